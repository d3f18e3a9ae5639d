// Words that come from outside, made safe to show, and lists of words for people.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asynclat {

// Text that may be put on a terminal: control characters, invisible and direction-changing
// characters and bytes that are not UTF-8 become \xNN, byte by byte. All else stays.
std::string escape(std::string_view text);

// escape() within single quotes, as messages show what a user typed.
std::string in_quotes(std::string_view text);

// The parts between the separators, also empty ones; one empty part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

// "a, b or c"
std::string one_of(std::span<const std::string_view> words);

// Which of the candidates was probably meant: the fewest characters added, left out, changed or
// swapped with the next; one, or up to a third of the word. Nothing when none is that near.
std::optional<std::string_view> nearest(std::string_view word,
										std::span<const std::string_view> candidates);

}  // namespace asynclat
