#include "base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/words.h"

namespace asynclat {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kLongest = INT64_MAX;  // 292 years
constexpr size_t kFractionDigits = 18;    // of an hour: far below a nanosecond

struct Unit {
	std::string_view name;
	uint64_t ns;
};
constexpr std::array<Unit, 6> kUnits = {{{"ns", 1},
										 {"us", 1'000},
										 {"ms", 1'000'000},
										 {"s", kSecond},
										 {"m", 60 * kSecond},
										 {"h", 3600 * kSecond}}};

constexpr std::string_view kDurationHint =
	"a number and its unit, ns, us, ms, s, m or h: 500ns, 10us, 1.5ms, 2s";
constexpr std::string_view kSecondsHint =
	"seconds, or a number and its unit (ns, us, ms, s, m or h): 1, 0.5, 500ms";

Error refused(std::string_view text, std::string_view why, std::string_view hint) {
	return {Exit::usage, fmt::format("{} {}", in_quotes(text), why), {}, std::string(hint)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// All of the text as digits; nothing when it is anything else or does not fit.
std::optional<uint64_t> whole_number(std::string_view text) {
	uint64_t number = 0;
	const char* const end = text.data() + text.size();
	const auto [stop, failure] = std::from_chars(text.data(), end, number);

	if (text.empty() || stop != end || failure != std::errc()) return {};
	return number;
}

// Digits, optionally a dot and digits; no sign, exponent, inf or nan.
bool is_decimal(std::string_view text) {
	const size_t dot = std::min(text.find('.'), text.size());
	const std::string_view whole = text.substr(0, dot);
	const std::string_view fraction = text.substr(std::min(dot + 1, text.size()));

	return std::all_of(whole.begin(), whole.end(), is_digit) &&
		   std::all_of(fraction.begin(), fraction.end(), is_digit) &&
		   whole.size() + fraction.size() > 0;
}

double decimal(std::string_view text) {
	double number = HUGE_VAL;  // stays when the text is too large
	std::from_chars(text.data(), text.data() + text.size(), number);
	return number;
}

// The whole part in integers: a double loses nanoseconds beyond 104 days.
std::optional<uint64_t> scaled(std::string_view number, uint64_t unit_ns) {
	const size_t dot = std::min(number.find('.'), number.size());
	const std::string_view digits = number.substr(0, dot);
	const auto whole = digits.empty() ? 0 : whole_number(digits);
	const std::string fraction = "0" + std::string(number.substr(dot, 1 + kFractionDigits));
	const auto part_ns =
		static_cast<uint64_t>(std::llround(decimal(fraction) * static_cast<double>(unit_ns)));

	if (!whole || *whole > (kLongest - part_ns) / unit_ns) return {};
	return *whole * unit_ns + part_ns;
}

Result<uint64_t> parse_time(std::string_view text, const Unit* bare, std::string_view hint) {
	const size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
	const std::string_view number = text.substr(0, length);
	const std::string_view name = text.substr(length);

	if (!is_decimal(number)) return refused(text, "is not a duration", hint);
	if (name.empty() && !bare) return refused(text, "has no unit", hint);
	const Unit* const unit =
		name.empty() ? bare : std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) {
			return u.name == name;
		});
	if (unit == kUnits.end()) return refused(text, "is not a duration", hint);
	const auto value_ns = scaled(number, unit->ns);
	if (!value_ns) return refused(text, "is too long", "at most 292 years");
	return *value_ns;
}

}  // namespace

Result<uint64_t> parse_duration(std::string_view text) {
	return parse_time(text, nullptr, kDurationHint);
}

Result<uint64_t> parse_seconds(std::string_view text) {
	return parse_time(text, &kUnits[3], kSecondsHint);
}

std::string duration_text(uint64_t value_ns) {
	if (value_ns == 0) return "0s";
	for (const size_t i : {5, 4})
		if (value_ns % kUnits[i].ns == 0)
			return fmt::format("{}{}", value_ns / kUnits[i].ns, kUnits[i].name);
	size_t unit = 3;
	while (value_ns < kUnits[unit].ns) unit--;
	const uint64_t whole = value_ns / kUnits[unit].ns;
	std::string fraction = fmt::format("{:0{}}", value_ns % kUnits[unit].ns, unit * 3);
	fraction.erase(fraction.find_last_not_of('0') + 1);
	if (unit == 0 || fraction.empty()) return fmt::format("{}{}", whole, kUnits[unit].name);
	return fmt::format("{}.{}{}", whole, fraction, kUnits[unit].name);
}

std::string short_duration_text(uint64_t value_ns) {
	if (value_ns == 0) return "0";
	for (const Unit& unit : kUnits) {
		const double value = static_cast<double>(value_ns) / static_cast<double>(unit.ns);
		if (value < 999.5) return fmt::format("{:.3g}{}", value, unit.name);
	}
	return fmt::format("{}h", value_ns / kUnits.back().ns);
}

Result<uint64_t> parse_count(std::string_view text) {
	const auto count = whole_number(text);
	if (count) return *count;
	const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
	return refused(text, digits ? "is too large" : "is not a whole number",
				   "a whole number: digits only");
}

std::string count_text(uint64_t count) {
	std::string text = fmt::format("{}", count);

	for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
	return text;
}

Result<double> parse_percent(std::string_view text) {
	const std::string_view number = text.substr(0, text.size() - (text.ends_with('%') ? 1 : 0));

	if (!is_decimal(number) || decimal(number) > 100)
		return refused(text, "is not a percentage", "a number from 0 to 100: 1%, 0.5");
	return decimal(number);
}

std::string byte_text(uint64_t bytes) {
	constexpr std::array<std::string_view, 7> kNames = {"B",   "KiB", "MiB", "GiB",
														"TiB", "PiB", "EiB"};
	auto value = static_cast<double>(bytes);
	size_t name = 0;

	if (bytes < 1024) return fmt::format("{} B", bytes);
	for (; value >= 1023.95; name++) value /= 1024;
	return fmt::format("{:.1f} {}", value, kNames[name]);
}

}  // namespace asynclat
