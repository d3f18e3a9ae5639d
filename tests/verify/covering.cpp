#include "covering.h"

#include <set>
#include <utility>

namespace asynclat {
namespace {

using Value = std::pair<size_t, size_t>;  // factor, level
using Pairs = std::set<std::pair<Value, Value>>;

Pairs all_pairs(const std::vector<size_t>& levels) {
	Pairs pairs;
	for (size_t a = 0; a < levels.size(); a++)
		for (size_t b = a + 1; b < levels.size(); b++)
			for (size_t i = 0; i < levels[a]; i++)
				for (size_t j = 0; j < levels[b]; j++) pairs.insert({{a, i}, {b, j}});
	return pairs;
}

}  // namespace

// Greedy: each row starts from a pair that has not met and takes, factor by factor, the value that
// meets most of the row's for the first time.
std::vector<std::vector<size_t>> covering_rows(const std::vector<size_t>& levels) {
	Pairs open = all_pairs(levels);
	std::vector<std::vector<size_t>> rows;
	while (!open.empty()) {
		std::vector<Value> row{open.begin()->first, open.begin()->second};
		const auto meets = [&](const Value& value) {
			size_t count = 0;
			for (const Value& other : row)
				count += open.contains({std::min(value, other), std::max(value, other)});
			return count;
		};
		for (size_t factor = 0; factor < levels.size(); factor++) {
			if (factor == row[0].first || factor == row[1].first) continue;
			Value best{factor, rows.size() % levels[factor]};
			for (size_t level = 0; level < levels[factor]; level++)
				if (meets({factor, level}) > meets(best)) best = {factor, level};
			row.push_back(best);
		}
		for (const Value& a : row)
			for (const Value& b : row) open.erase({a, b});
		std::vector<size_t>& values = rows.emplace_back(levels.size());
		for (const auto& [factor, level] : row) values[factor] = level;
	}
	return rows;
}

}  // namespace asynclat
