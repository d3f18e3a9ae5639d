#include "view/quantity.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace asynclat {
namespace {

TEST(Quantity, CountsHaveCommas) {
	EXPECT_EQ(with_commas(0), "0");
	EXPECT_EQ(with_commas(999), "999");
	EXPECT_EQ(with_commas(1'000), "1,000");
	EXPECT_EQ(with_commas(18'204), "18,204");
	EXPECT_EQ(with_commas(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Quantity, UsecsHaveThreeOrFourDigits) {
	EXPECT_EQ(rounded(0, Unit::usecs), "0");
	EXPECT_EQ(rounded(8, Unit::usecs), "0.008");
	EXPECT_EQ(rounded(999, Unit::usecs), "0.999");
	EXPECT_EQ(rounded(1'024, Unit::usecs), "1.02");
	EXPECT_EQ(rounded(8'191, Unit::usecs), "8.19");
	EXPECT_EQ(rounded(9'994, Unit::usecs), "9.99");
	EXPECT_EQ(rounded(9'996, Unit::usecs), "10.0");
	EXPECT_EQ(rounded(61'440, Unit::usecs), "61.4");
	EXPECT_EQ(rounded(99'960, Unit::usecs), "100");
	EXPECT_EQ(rounded(1'048'576, Unit::usecs), "1049");
	EXPECT_EQ(rounded(1'048'576, Unit::nsecs), "1048576");
}

TEST(Quantity, RoundingKeepsTheOrder) {
	double last = 0;
	for (uint64_t ns = 0; ns < 1'000'000; ns += ns < 200'000 ? 1 : 13) {
		const double now = std::stod(rounded(ns, Unit::usecs));
		ASSERT_GE(now, last) << ns;
		last = now;
	}
}

TEST(Quantity, ExactKeepsEveryNanosecond) {
	EXPECT_EQ(exact(410'123, Unit::usecs), "410.123");
	EXPECT_EQ(exact(410'120, Unit::usecs), "410.120");
	EXPECT_EQ(exact(410'000, Unit::usecs), "410.000");
	EXPECT_EQ(exact(1'000'000, Unit::usecs), "1000.000");
	EXPECT_EQ(exact(7, Unit::usecs), "0.007");
	EXPECT_EQ(exact(0, Unit::usecs), "0.000");
	EXPECT_EQ(exact(410'123, Unit::nsecs), "410123");
	EXPECT_EQ(exact(1'000, Unit::nsecs), "1000");
}

TEST(Quantity, DurationsTakeTheUnitThatSuitsThem) {
	EXPECT_EQ(duration(0), "0ns");
	EXPECT_EQ(duration(999), "999ns");
	EXPECT_EQ(duration(1'500), "1.5us");
	EXPECT_EQ(duration(4'000'000), "4ms");
	EXPECT_EQ(duration(999'700), "1ms");
	EXPECT_EQ(duration(999'700'000), "1s");
	EXPECT_EQ(duration(1'073'741'823), "1.07s");
	EXPECT_EQ(duration(60'000'000'000), "60s");
	EXPECT_EQ(duration(3'600'000'000'000), "3600s");
}

TEST(Quantity, TimeOfDayIsLocal) {
	const char* before = std::getenv("TZ");
	const std::string saved = before ? before : "";
	setenv("TZ", "EAST-2", 1);  // two hours east of Greenwich
	tzset();
	EXPECT_EQ(time_of_day(1'795'435'384'123'456'789), "14:03:04.123");
	setenv("TZ", "UTC", 1);
	tzset();
	EXPECT_EQ(time_of_day(1'795'435'384'123'456'789), "12:03:04.123");
	before ? setenv("TZ", saved.c_str(), 1) : unsetenv("TZ");
	tzset();
}

}  // namespace
}  // namespace asynclat
