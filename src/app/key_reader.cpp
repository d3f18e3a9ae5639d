#include "app/key_reader.h"

#include <algorithm>

#include "view/keymap.h"

namespace asynclat {
namespace {

struct Sequence {
	std::string_view behind_escape;
	char32_t pressed;
};

// xterm's, the Linux console's, rxvt's, and those of the keypad in application mode.
constexpr Sequence kSequences[] = {
	{"[A", key::kUp},      {"OA", key::kUp},        {"[B", key::kDown},    {"OB", key::kDown},
	{"[C", key::kRight},   {"OC", key::kRight},     {"[D", key::kLeft},    {"OD", key::kLeft},
	{"[5~", key::kPageUp}, {"[6~", key::kPageDown}, {"[H", key::kHome},    {"OH", key::kHome},
	{"[1~", key::kHome},   {"[7~", key::kHome},     {"[F", key::kEnd},     {"OF", key::kEnd},
	{"[4~", key::kEnd},    {"[8~", key::kEnd},      {"[Z", key::kBackTab},
};

constexpr size_t kLongest = 32;  // what is longer is no key

// Is this, behind an escape, all of a sequence?
bool is_whole(std::string_view text) {
	if (text.empty()) return false;
	if (text[0] != '[' && text[0] != 'O') return true;  // a letter with alt
	if (text.size() < 2) return false;
	return text[0] == 'O' || (text.back() >= '@' && text.back() <= '~') || text.size() >= kLongest;
}

}  // namespace

std::vector<char32_t> KeyReader::feed(std::string_view bytes) {
	std::vector<char32_t> keys;
	for (const char c : bytes) {
		if (c == '\x1b') {
			// Pressed twice; or the one before was alone.
			if (begun_ == "\x1b") keys.push_back(key::kEscape);
			begun_ = c;
		} else if (!begun_.empty()) {
			begun_ += c;
			const std::string_view behind = std::string_view(begun_).substr(1);
			if (!is_whole(behind)) continue;
			for (const Sequence& sequence : kSequences)
				if (sequence.behind_escape == behind) keys.push_back(sequence.pressed);
			begun_.clear();
		} else if (c == '\r') {
			keys.push_back(key::kEnter);
		} else if (c == '\b') {
			keys.push_back(key::kBackspace);
		} else if (static_cast<unsigned char>(c) < 0x80) {
			keys.push_back(static_cast<char32_t>(c));
		}
	}
	return keys;
}

std::vector<char32_t> KeyReader::flush() {
	const bool alone = begun_ == "\x1b";
	begun_.clear();
	return alone ? std::vector<char32_t>{key::kEscape} : std::vector<char32_t>{};
}

}  // namespace asynclat
