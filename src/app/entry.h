// A name and what is said about it, as the help, the list and the doctor print them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace asynclat {

// `left`, then the text from the column on, in as many lines of at most 80 columns as it needs. A
// `left` that leaves no gap of two before the column gets a line of its own.
std::string entry(const std::string& left, std::string_view text, size_t column);

// In lines of at most 80 columns, all but the first indented; without an end of line.
std::string wrapped(std::string_view text);

}  // namespace asynclat
