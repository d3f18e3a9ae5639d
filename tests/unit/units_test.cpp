#include "base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asynclat {
namespace {

using ::testing::HasSubstr;

TEST(Duration, IsParsedToNanoseconds) {
	const struct {
		const char* text;
		uint64_t ns;
	} cases[] = {
		{"0s", 0},
		{"1ns", 1},
		{"500ns", 500},
		{"10us", 10'000},
		{"1.5ms", 1'500'000},
		{".5ms", 500'000},
		{"2.s", 2'000'000'000},
		{"2s", 2'000'000'000},
		{"1m", 60'000'000'000},
		{"1h", 3'600'000'000'000},
		{"0.1h", 360'000'000'000},
		{"1.000000001s", 1'000'000'001},
		{"0.4ns", 0},
		{"0.5ns", 1},
		{"9000000000.000000001s", 9'000'000'000'000'000'001},
		{"0.99999999999999999999999999h", 3'600'000'000'000},
	};
	for (const auto& c : cases) {
		const auto parsed = parse_duration(c.text);
		ASSERT_TRUE(parsed) << c.text << ": " << parsed.error().what;
		EXPECT_EQ(*parsed, c.ns) << c.text;
	}
}

TEST(Duration, ThatIsNotOneIsRefusedWithTheForm) {
	for (const char* text : {"", " ", "s", ".s", "5x", "5 s", "-1s", "+1s", "1e3s", "1e99", "nan",
							 "inf", "1.2.3s", "0x10s", "1,5ms", "1S", "10ms ", "1s\x1b"}) {
		const auto parsed = parse_duration(text);
		ASSERT_FALSE(parsed) << text << " gave " << *parsed;
		EXPECT_EQ(parsed.error().exit, Exit::usage);
		EXPECT_THAT(parsed.error().what, HasSubstr("is not a duration")) << text;
		EXPECT_THAT(parsed.error().hint, HasSubstr("500ns, 10us, 1.5ms, 2s")) << text;
	}
	EXPECT_EQ(parse_duration("1s\x1b").error().what, "'1s\\x1B' is not a duration");
}

TEST(Duration, NeedsAUnit) {
	for (const char* text : {"0", "10", "1.5"}) {
		const auto parsed = parse_duration(text);
		ASSERT_FALSE(parsed) << text;
		EXPECT_THAT(parsed.error().what, HasSubstr("has no unit"));
	}
}

TEST(Duration, ThatDoesNotFitIsRefused) {
	for (const std::string& text : {std::string("300000000h"), std::string("9223372036854775808ns"),
									std::string(400, '9') + "s"}) {
		const auto parsed = parse_duration(text);
		ASSERT_FALSE(parsed) << text;
		EXPECT_THAT(parsed.error().what, HasSubstr("is too long"));
	}
	EXPECT_EQ(*parse_duration("9223372036854775807ns"), uint64_t{INT64_MAX});
	// Too small for a double: no undefined rounding.
	EXPECT_EQ(*parse_duration("1." + std::string(400, '0') + "1s"), 1'000'000'000u);
}

TEST(Seconds, NeedNoUnit) {
	EXPECT_EQ(*parse_seconds("1"), 1'000'000'000u);
	EXPECT_EQ(*parse_seconds("0.5"), 500'000'000u);
	EXPECT_EQ(*parse_seconds("500ms"), 500'000'000u);
	EXPECT_EQ(*parse_seconds("0"), 0u);
	for (const char* text : {"", "5x", "-1", "1e99", "nan", "0x1"})
		EXPECT_FALSE(parse_seconds(text)) << text;
}

TEST(Duration, TextIsExactAndComesBack) {
	const struct {
		uint64_t ns;
		const char* text;
	} cases[] = {
		{0, "0s"},
		{1, "1ns"},
		{999, "999ns"},
		{1'500, "1.5us"},
		{10'000'000, "10ms"},
		{1'000'000'001, "1.000000001s"},
		{60'000'000'000, "1m"},
		{90'000'000'000, "90s"},
		{7'200'000'000'000, "2h"},
		{INT64_MAX, "9223372036.854775807s"},
	};
	for (const auto& c : cases) {
		EXPECT_EQ(duration_text(c.ns), c.text);
		EXPECT_EQ(*parse_duration(c.text), c.ns) << c.text;
	}
	for (uint64_t ns = 1; ns < uint64_t{INT64_MAX} / 7; ns = ns * 7 + 3)
		EXPECT_EQ(*parse_duration(duration_text(ns)), ns) << duration_text(ns);
}

TEST(Duration, ShortTextHasThreeDigits) {
	const struct {
		uint64_t ns;
		const char* text;
	} cases[] = {
		{0, "0"},
		{1, "1ns"},
		{999, "999ns"},
		{1'000, "1us"},
		{12'345, "12.3us"},
		{999'499, "999us"},
		{999'999, "1ms"},
		{1'234'567, "1.23ms"},
		{137'000'000'000, "137s"},
		{1'200'000'000'000, "20m"},
		{86'400'000'000'000, "24h"},
		{3'600'000'000'000'000, "1000h"},
	};
	for (const auto& c : cases) EXPECT_EQ(short_duration_text(c.ns), c.text);
}

TEST(Count, IsDigitsOnly) {
	EXPECT_EQ(*parse_count("0"), 0u);
	EXPECT_EQ(*parse_count("18446744073709551615"), UINT64_MAX);
	EXPECT_EQ(parse_count("18446744073709551616").error().what,
			  "'18446744073709551616' is too large");
	for (const char* text : {"", "-1", "+1", "1.0", "1e3", "0x1", "1k", " 1", "1,000"})
		EXPECT_THAT(parse_count(text).error().what, HasSubstr("is not a whole number")) << text;
}

TEST(Count, TextHasThousands) {
	EXPECT_EQ(count_text(0), "0");
	EXPECT_EQ(count_text(999), "999");
	EXPECT_EQ(count_text(18'204), "18,204");
	EXPECT_EQ(count_text(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Percent, IsZeroToAHundred) {
	EXPECT_EQ(*parse_percent("1%"), 1);
	EXPECT_EQ(*parse_percent("0.5"), 0.5);
	EXPECT_EQ(*parse_percent("0"), 0);
	EXPECT_EQ(*parse_percent("100%"), 100);
	for (const std::string& text :
		 {std::string(), std::string("%"), std::string("-1"), std::string("101"),
		  std::string("nan"), std::string("1%%"), std::string("1e1"), std::string(400, '9')})
		EXPECT_THAT(parse_percent(text).error().what, HasSubstr("is not a percentage")) << text;
}

TEST(Bytes, AreTextForPeople) {
	EXPECT_EQ(byte_text(0), "0 B");
	EXPECT_EQ(byte_text(1023), "1023 B");
	EXPECT_EQ(byte_text(1024), "1.0 KiB");
	EXPECT_EQ(byte_text(10'695'475), "10.2 MiB");
	EXPECT_EQ(byte_text(1'048'575), "1.0 MiB");
	EXPECT_EQ(byte_text(UINT64_MAX), "16.0 EiB");
}

}  // namespace
}  // namespace asynclat
