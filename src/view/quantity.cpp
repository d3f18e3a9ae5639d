#include "view/quantity.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace asynclat {

std::string_view unit_name(Unit unit) { return unit == Unit::usecs ? "usecs" : "nsecs"; }

std::string with_commas(uint64_t count) {
	std::string text = std::to_string(count);
	for (size_t left = text.size(); left > 3;) text.insert(left -= 3, 1, ',');
	return text;
}

std::string short_count(uint64_t count) {
	if (count < 10'000) return std::to_string(count);
	constexpr std::string_view kPrefixes = "kMGTPE";
	auto value = static_cast<double>(count) / 1e3;
	size_t prefix = 0;
	for (; value >= 999.5; prefix++) value /= 1e3;
	return fmt::format("{:.{}f}{}", value, value < 99.95 ? 1 : 0, kPrefixes[prefix]);
}

std::string rounded(uint64_t value_ns, Unit unit) {
	if (unit == Unit::nsecs || value_ns == 0) return std::to_string(value_ns);
	const double usecs = static_cast<double>(value_ns) / 1e3;
	const int decimals = value_ns < 1000 ? 3 : usecs < 9.995 ? 2 : usecs < 99.95 ? 1 : 0;
	return fmt::format("{:.{}f}", usecs, decimals);
}

std::string exact(uint64_t value_ns, Unit unit) {
	if (unit == Unit::nsecs) return std::to_string(value_ns);
	return fmt::format("{}.{:03}", value_ns / 1000, value_ns % 1000);
}

std::string duration(uint64_t value_ns) {
	const auto value = static_cast<double>(value_ns);
	if (value >= 999.5e9) return fmt::format("{:.0f}s", value / 1e9);
	if (value >= 999.5e6) return fmt::format("{:.3g}s", value / 1e9);
	if (value >= 999.5e3) return fmt::format("{:.3g}ms", value / 1e6);
	if (value_ns >= 1000) return fmt::format("{:.3g}us", value / 1e3);
	return fmt::format("{}ns", value_ns);
}

std::string edge(uint64_t value_ns) {
	if (value_ns < 1000) return fmt::format("{}ns", value_ns);
	auto value = static_cast<double>(value_ns) / 1e3;
	const char* unit = "us";
	for (const char* next : {"ms", "s"})
		if (value >= 999.5) {
			value /= 1e3;
			unit = next;
		}
	std::string text = fmt::format("{:.{}f}", value, value < 9.95 ? 1 : 0);
	if (text.ends_with(".0")) text.resize(text.size() - 2);
	return text + unit;
}

std::string time_of_day(uint64_t wall_ns) {
	const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
	return fmt::format("{:%H:%M:%S}.{:03}", fmt::localtime(seconds), wall_ns / 1'000'000 % 1000);
}

}  // namespace asynclat
