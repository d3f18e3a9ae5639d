// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace asynclat {

// The one unit of a table.
enum class Unit { usecs, nsecs };

std::string_view unit_name(Unit unit);  // "usecs", as bcc says it

// 18204 -> "18,204"
std::string with_commas(uint64_t count);

// At most five characters: 18204 -> "18.2k", 999 -> "999".
std::string short_count(uint64_t count);

// Three or four significant digits: 0.512, 8.19, 61.4, 1049. Whole nanoseconds in nsecs. Larger
// values never give smaller numbers.
std::string rounded(uint64_t value_ns, Unit unit);

// To the nanosecond: 410.123, 410.
std::string exact(uint64_t value_ns, Unit unit);

// With the unit that suits it, three digits: 4ms, 1.07s, 60s.
std::string duration(uint64_t value_ns);

// An edge of an axis, with two digits: 8.2us, 131us, 1ms. At most six characters up to 9999 s.
std::string edge(uint64_t value_ns);

// Time of day of a moment since the epoch, local: 12:03:04.123.
std::string time_of_day(uint64_t wall_ns);

}  // namespace asynclat
