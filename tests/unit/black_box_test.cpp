// What the black box keeps, and in which order it tells it.
#include "app/black_box.h"

#include <gmock/gmock.h>

#include "unit/sample_items.h"

namespace asynclat {
namespace {

using sample::kMs;
using sample::kSecond;
using sample::kStartMono;
using testing::ElementsAre;

Item item_at(uint64_t started_ns, std::string function = "f") {
	return {.mechanism = AL_WORKQUEUE,
			.begun_mono_ns = kStartMono + started_ns - kMs,
			.wait_ns = kMs,
			.function = std::move(function)};
}

Interval interval_to(uint64_t end_ns, uint64_t queued = 1) {
	Interval i{.length_ns = kSecond};
	i.data.mono_ns = kStartMono + end_ns;
	i.data.mechanisms.push_back({.mechanism = AL_WORKQUEUE});
	i.data.mechanisms[0].books.set(AL_QUEUED, queued);
	return i;
}

// Says in words what it was told.
class Listener : public Report {
public:
	std::string start(const Description&) override { return "start"; }
	std::string interval(const Interval& i, const Description&) override {
		return "interval " + std::to_string(i.data.mechanisms[0].books.value(AL_QUEUED));
	}
	std::string items(const std::vector<Item>& items, const Description&) override {
		std::string text;
		for (const Item& item : items) text += item.function;
		return text;
	}
	std::string runs(const std::vector<Run>& runs) override {
		return std::to_string(runs.size()) + " runs";
	}
	std::string end(const Interval& last, const Interval& total, const Description& d,
					std::string_view reason) override {
		return "last " + interval(last, d) + " total " + interval(total, d) + " " +
			   std::string(reason);
	}
};

std::vector<std::string> told_by(const BlackBox& box) {
	Listener listener;
	std::vector<std::string> told;
	EXPECT_TRUE(box.tell(listener, {}, "dump", [&](std::string_view text) -> Status {
		told.emplace_back(text);
		return Nothing{};
	}));
	return told;
}

TEST(BlackBox, TellsInTheOrderOfTime) {
	BlackBox box;
	box.add({item_at(500 * kMs, "a"), item_at(900 * kMs, "b")}, {}, kStartMono + kSecond);
	box.add(interval_to(kSecond, 3));
	box.add({item_at(1'500 * kMs, "c")},
			{{.mechanism = AL_WORKQUEUE, .begun_mono_ns = kStartMono + kSecond, .ran_ns = kMs}},
			kStartMono + 2 * kSecond);
	// It came after the last interval was read: it is told with that all the same.
	box.add({item_at(2'001 * kMs, "d")}, {}, kStartMono + 2 * kSecond);
	box.add(interval_to(2 * kSecond, 5));
	EXPECT_THAT(told_by(box), ElementsAre("start", "ab", "interval 3", "cd", "1 runs",
										  "last interval 5 total interval 8 dump"));
}

TEST(BlackBox, WhatCameBeforeTheSpanIsOneInterval) {
	BlackBox box;
	for (uint64_t s = 1; s <= 30; s++) {
		box.add({item_at(s * kSecond, std::to_string(s) + " ")}, {}, kStartMono + s * kSecond);
		box.add(interval_to(s * kSecond, s));
	}
	const auto told = told_by(box);
	ASSERT_EQ(told.size(), 2 + 2 * 11U);
	EXPECT_EQ(told[1], "interval 190");  // 1 to 19
	EXPECT_EQ(told[2], "20 ");
	EXPECT_EQ(told[3], "interval 20");
	EXPECT_EQ(told.back(), "last interval 30 total interval 465 dump");
	EXPECT_EQ(box.items().thrown_away(), 0U);
}

TEST(BlackBox, IsNeverLargerThanItsRoom) {
	const BlackBoxRoom room{100'000, 10'000, 50'000};
	BlackBox box(room);
	for (uint64_t i = 0; i < 5'003; i++)
		box.add({item_at(i * 1'000, std::string(i % 97, 'x'))},
				{{.mechanism = AL_WORKQUEUE,
				  .begun_mono_ns = kStartMono,
				  .thread = std::string(30, 't')}},
				kStartMono);
	Interval large = interval_to(kSecond);
	large.data.mechanisms[0].stages = {{AL_WQ_WAIT, AL_CLASS_PLAIN, std::vector<Histogram>(8)}};
	for (int i = 0; i < 23; i++) box.add(large);
	EXPECT_LE(box.items().bytes(), room.items_bytes);
	EXPECT_GT(box.items().bytes(), room.items_bytes / 2);
	EXPECT_LE(box.runs().bytes(), room.runs_bytes);
	EXPECT_LE(box.intervals().bytes(), room.intervals_bytes);
	EXPECT_EQ(box.items().thrown_away() + box.items().entries().size(), 5'003U);
	EXPECT_EQ(box.runs().thrown_away() + box.runs().entries().size(), 5'003U);
	EXPECT_THAT(told_by(box).back(), testing::HasSubstr("total interval 23"));
}

TEST(BlackBox, AnErrorEndsTheTelling) {
	BlackBox box;
	box.add(interval_to(kSecond));
	box.add(interval_to(2 * kSecond));
	Listener listener;
	int written = 0;
	EXPECT_FALSE(box.tell(listener, {}, "dump", [&](std::string_view) -> Status {
		if (++written == 2) return Error{.what = "full"};
		return Nothing{};
	}));
	EXPECT_EQ(written, 2);
}

}  // namespace
}  // namespace asynclat
