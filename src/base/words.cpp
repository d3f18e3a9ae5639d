#include "base/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace asynclat {
namespace {

struct Character {
	uint32_t code = 0;
	size_t bytes = 0;  // 0: the text does not begin with a valid character
};

// Strict: no overlong forms, no surrogates, nothing beyond U+10FFFF.
Character first_character(std::string_view text) {
	const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
	const unsigned char lead = byte(0);

	if (lead < 0x80) return {lead, 1};
	const size_t bytes = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
	if (bytes == 0 || text.size() < bytes) return {};
	uint32_t code = lead & (0x7fU >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if ((byte(i) & 0xc0) != 0x80) return {};
		code = code << 6 | (byte(i) & 0x3fU);
	}
	const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
	const bool surrogate = code >= 0xd800 && code <= 0xdfff;
	if (overlong || surrogate || code > 0x10ffff) return {};
	return {code, bytes};
}

bool may_be_shown(uint32_t code) {
	const auto within = [code](uint32_t first, uint32_t last) {
		return code >= first && code <= last;
	};
	const bool control = code < 0x20 || within(0x7f, 0x9f);
	// A comm can be set by anybody: what hides or reorders text could forge a line of ours.
	const bool hides = code == 0xad || code == 0x61c || within(0x200b, 0x200f) ||
					   within(0x2028, 0x202e) || within(0x2060, 0x206f) || code == 0xfeff;
	return !control && !hides;
}

// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
size_t edit_distance(std::string_view a, std::string_view b) {
	std::vector<size_t> before, previous(b.size() + 1), current(b.size() + 1);

	std::iota(previous.begin(), previous.end(), size_t{0});
	for (size_t i = 1; i <= a.size(); i++) {
		current[0] = i;
		for (size_t j = 1; j <= b.size(); j++) {
			const size_t changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
			current[j] = std::min({previous[j] + 1, current[j - 1] + 1, changed});
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				current[j] = std::min(current[j], before[j - 2] + 1);
		}
		before = previous;
		previous = current;
	}
	return previous.back();
}

}  // namespace

std::string escape(std::string_view text) {
	std::string shown;

	while (!text.empty()) {
		const Character c = first_character(text);
		const size_t bytes = std::max<size_t>(c.bytes, 1);
		if (c.bytes != 0 && may_be_shown(c.code)) {
			shown += text.substr(0, bytes);
		} else {
			for (const char byte : text.substr(0, bytes))
				shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
		}
		text.remove_prefix(bytes);
	}
	return shown;
}

std::string in_quotes(std::string_view text) { return "'" + escape(text) + "'"; }

std::vector<std::string_view> split(std::string_view text, char separator) {
	std::vector<std::string_view> parts;

	for (;;) {
		const size_t end = text.find(separator);
		parts.push_back(text.substr(0, end));
		if (end == std::string_view::npos) return parts;
		text.remove_prefix(end + 1);
	}
}

std::string one_of(std::span<const std::string_view> words) {
	if (words.empty()) return "";
	if (words.size() == 1) return std::string(words.front());
	return fmt::format("{} or {}", fmt::join(words.first(words.size() - 1), ", "), words.back());
}

std::optional<std::string_view> nearest(std::string_view word,
										std::span<const std::string_view> candidates) {
	std::optional<std::string_view> best;
	size_t limit = std::max<size_t>(word.size() / 3, 1) + 1;

	for (const std::string_view candidate : candidates) {
		const size_t shorter = std::min(word.size(), candidate.size());
		const size_t longer = std::max(word.size(), candidate.size());
		if (shorter == 0 || longer - shorter >= limit) continue;
		const size_t distance = edit_distance(word, candidate);
		// A word of which nothing is left is not near, however short it is.
		if (distance >= std::min(limit, longer)) continue;
		best = candidate;
		limit = distance;
	}
	return best;
}

}  // namespace asynclat
