#include "base/cpu_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "asynclat/abi.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

constexpr uint64_t kLargest = AL_MAX_CPUS - 1;

// What is wrong with "3" or "0-3"; its CPUs go to `cpus` when nothing is.
std::optional<std::string> add_entry(std::string_view entry, std::set<uint32_t>& cpus) {
	if (entry.empty()) return "an entry is empty";
	const auto ends = split(entry, '-');
	const bool numbers = std::all_of(ends.begin(), ends.end(), [](std::string_view end) {
		return !end.empty() && end.find_first_not_of("0123456789") == std::string_view::npos;
	});

	if (!numbers || ends.size() > 2) return in_quotes(entry) + " is neither a number nor a range";
	for (const std::string_view end : ends) {
		const auto number = parse_count(end);
		if (!number || *number > kLargest)
			return fmt::format("{} is beyond the largest CPU number", end);
	}
	const auto first = static_cast<uint32_t>(*parse_count(ends.front()));
	const auto last = static_cast<uint32_t>(*parse_count(ends.back()));
	if (first > last) return in_quotes(entry) + " runs backwards";
	for (uint32_t cpu = first; cpu <= last; cpu++) cpus.insert(cpu);
	return {};
}

}  // namespace

Result<std::vector<uint32_t>> parse_cpu_list(std::string_view text) {
	std::set<uint32_t> cpus;

	for (const std::string_view entry : split(text, ','))
		if (const auto wrong = add_entry(entry, cpus))
			return Error{Exit::usage,
						 fmt::format("{} is not a CPU list: {}", in_quotes(text), *wrong),
						 {},
						 fmt::format("CPU numbers, 0 to {}, and ranges: 0-3,8", kLargest)};
	return std::vector<uint32_t>(cpus.begin(), cpus.end());
}

std::string cpu_list_text(std::span<const uint32_t> cpus) {
	std::string text;

	for (size_t first = 0, next = 0; first < cpus.size(); first = next) {
		next = first + 1;
		while (next < cpus.size() && cpus[next] == cpus[next - 1] + 1) next++;
		text += fmt::format("{}{}", text.empty() ? "" : ",", cpus[first]);
		if (next - first > 1) text += fmt::format("-{}", cpus[next - 1]);
	}
	return text;
}

}  // namespace asynclat
