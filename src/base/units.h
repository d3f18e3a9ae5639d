// Values with units, as people type and read them. What is parsed here comes from users: every
// error is Exit::usage, its `what` quotes the text, its `hint` says what is accepted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace asynclat {

// "10us", "1.5ms", "2s": nanoseconds, rounded to the nearest. A bare number is an error.
Result<uint64_t> parse_duration(std::string_view text);

// As parse_duration(), but a bare number means seconds: "1", "0.5", "500ms".
Result<uint64_t> parse_seconds(std::string_view text);

// The exact value in the largest unit that suits; parse_duration() gives it back. "1.5ms", "0s".
std::string duration_text(uint64_t value_ns);

// Three significant digits: "12.3us", "8us", "0".
std::string short_duration_text(uint64_t value_ns);

// A whole number: digits only.
Result<uint64_t> parse_count(std::string_view text);

// "18,204"
std::string count_text(uint64_t count);

// "1%" or "0.5": percent, 0 to 100.
Result<double> parse_percent(std::string_view text);

// "10.2 MiB"
std::string byte_text(uint64_t bytes);

}  // namespace asynclat
