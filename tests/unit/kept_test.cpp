#include "model/kept.h"

#include <gmock/gmock.h>

#include <vector>

namespace asynclat {
namespace {

using Numbers = Kept<int>;

constexpr uint64_t kEntry = sizeof(Numbers::Entry);

std::vector<int> all(const Numbers& kept) {
	std::vector<int> numbers;
	for (const auto& entry : kept.entries()) numbers.push_back(entry.thing);
	return numbers;
}

std::vector<int> leaving(Numbers& kept, uint64_t now_ns) {
	std::vector<int> numbers;
	while (const auto number = kept.leave(now_ns)) numbers.push_back(*number);
	return numbers;
}

TEST(Kept, WhatIsOlderThanTheSpanLeavesAndIsNotMissed) {
	Numbers kept(10, 1'000'000);
	for (int i = 0; i < 5; i++) kept.add(i, static_cast<uint64_t>(i), 0);
	EXPECT_THAT(leaving(kept, 10), testing::IsEmpty());
	EXPECT_THAT(leaving(kept, 13), testing::ElementsAre(0, 1, 2));
	EXPECT_THAT(all(kept), testing::ElementsAre(3, 4));
	EXPECT_EQ(kept.thrown_away(), 0U);
}

TEST(Kept, WhatFindsNoRoomLeavesFromTheOldestOnAndIsCounted) {
	Numbers kept(1'000, 3 * kEntry + 30);
	for (int i = 0; i < 5; i++) kept.add(i, static_cast<uint64_t>(i), 10);
	EXPECT_THAT(leaving(kept, 5), testing::ElementsAre(0, 1));
	EXPECT_THAT(all(kept), testing::ElementsAre(2, 3, 4));
	EXPECT_LE(kept.bytes(), 3 * kEntry + 30);
	EXPECT_EQ(kept.thrown_away(), 2U);
}

// What was thrown away long ago would have left by now.
TEST(Kept, TheCountIsThatOfTheSpan) {
	Numbers kept(10, 1);
	kept.add(1, 100, 0);
	kept.add(2, 101, 0);
	EXPECT_THAT(leaving(kept, 101), testing::ElementsAre(1));
	EXPECT_EQ(kept.thrown_away(), 1U);
	leaving(kept, 110);
	EXPECT_EQ(kept.thrown_away(), 1U);
	leaving(kept, 111);
	EXPECT_EQ(kept.thrown_away(), 0U);
}

TEST(Kept, TheNewestStaysHoweverLargeItIs) {
	Numbers kept(10, 1);
	kept.add(1, 100, 1'000'000);
	EXPECT_THAT(leaving(kept, 100), testing::IsEmpty());
	EXPECT_THAT(all(kept), testing::ElementsAre(1));
	EXPECT_THAT(leaving(kept, 111), testing::ElementsAre(1));
	EXPECT_EQ(kept.bytes(), 0U);
}

}  // namespace
}  // namespace asynclat
