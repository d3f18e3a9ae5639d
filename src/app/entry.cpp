#include "app/entry.h"

#include "base/words.h"

namespace asynclat {
namespace {

constexpr size_t kColumns = 80;

}  // namespace

std::string entry(const std::string& left, std::string_view text, size_t column) {
	std::string lines, line = left;

	if (left.size() + 2 > column) {
		lines = left + "\n";
		line.clear();
	}
	line.resize(column, ' ');
	for (const std::string_view word : split(text, ' ')) {
		const bool first = line.size() == column;
		if (!first && line.size() + 1 + word.size() > kColumns) {
			lines += line + "\n";
			line.assign(column, ' ');
		} else if (!first) {
			line += ' ';
		}
		line += word;
	}
	return lines + line + "\n";
}

std::string wrapped(std::string_view text) {
	constexpr size_t kIndent = 2;
	std::string lines = entry("", text, kIndent).substr(kIndent);
	lines.pop_back();
	return lines;
}

}  // namespace asynclat
