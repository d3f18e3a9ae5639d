#include "view/hist_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <random>

#include "unit/golden.h"
#include "unit/sample.h"
#include "view/octaves.h"

namespace asynclat {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HistView : public testing::Test {
protected:
	HistView() {
		setenv("TZ", "UTC", 1);
		tzset();
	}

	std::string text(const HistOptions& options = {}) const {
		return hist_view(interval_, description_, options).text();
	}
	MechanismData& workqueue() { return interval_.data.mechanisms[0]; }
	// Leaves workqueue's wait alone, with these values on CPU 0.
	void only_wait(const Histogram& histogram) {
		description_.mechanisms.resize(1);
		description_.mechanisms[0].stages = {AL_WQ_WAIT};
		workqueue().stages = {{AL_WQ_WAIT, AL_CLASS_PLAIN, {histogram}}};
	}

	Description description_ = sample::description();
	Interval interval_ = sample::interval();
};

TEST_F(HistView, EightyColumns) { expect_golden("hist_80.txt", text()); }

TEST_F(HistView, FortyColumnsShrinkTheBar) { expect_golden("hist_40.txt", text({.width = 40})); }

TEST_F(HistView, UnderFortyNumbersOnly) { expect_golden("hist_39.txt", text({.width = 39})); }

TEST_F(HistView, TwentyColumnsNameARowByItsLowerEdge) {
	expect_golden("hist_20.txt", text({.width = 20}));
}

TEST_F(HistView, UnderTwentyFourFigures) { expect_golden("hist_19.txt", text({.width = 19})); }

TEST_F(HistView, Nanoseconds) { expect_golden("hist_ns.txt", text({.nanoseconds = true})); }

TEST_F(HistView, PerCpu) { expect_golden("hist_per_cpu.txt", text({.split_by = SplitBy::cpu})); }

TEST_F(HistView, PerFunctionLargestFirstAndOtherLast) {
	description_.mechanisms.resize(1);
	expect_golden("hist_functions.txt", text({.split_by = SplitBy::function}));
}

TEST_F(HistView, PerWorkqueue) {
	only_wait(sample::workqueue_wait_cpu0());
	expect_golden("hist_workqueues.txt", text({.split_by = SplitBy::workqueue}));
}

TEST_F(HistView, PerPool) {
	only_wait(sample::workqueue_wait_cpu0());
	expect_golden("hist_pools.txt", text({.split_by = SplitBy::pool}));
}

// Stages that count items of their own are split by their own rows.
TEST_F(HistView, KthreadPerThread) {
	const auto data = [](std::initializer_list<std::pair<uint64_t, uint64_t>> values) {
		return sample::histogram(values);
	};
	description_.mechanisms = {{AL_KTHREAD, {}, {AL_KT_WAIT, AL_KT_RUN, AL_KT_WAKEUP}, {}}};
	MechanismData kthread{.mechanism = AL_KTHREAD};
	kthread.stages = {{AL_KT_WAIT, AL_CLASS_PLAIN, {data({{6'000, 3}})}, {}},
					  {AL_KT_RUN, AL_CLASS_PLAIN, {data({{1'000, 3}})}, {}},
					  {AL_KT_WAKEUP, AL_CLASS_PLAIN, {data({{9'000, 7}})}, {}}};
	kthread.groups = {{AL_BY_FUNCTION, "fn", data({{6'000, 3}})},
					  {AL_BY_WORKER, "rcu_exp_gp", data({{6'000, 3}})},
					  {AL_BY_WOKEN, "ksoftirqd/0", data({{9'000, 5}})},
					  {AL_BY_WOKEN, "evil\x1b[2J", data({{9'000, 2}})}};
	interval_.data.mechanisms = {kthread};
	expect_golden("hist_threads.txt", text({.split_by = SplitBy::workqueue}));
	const std::string by_function = text({.split_by = SplitBy::function});
	EXPECT_THAT(by_function, HasSubstr("kthread wait, function fn"));
	EXPECT_THAT(by_function, HasSubstr("kthread run, all functions"));
	EXPECT_THAT(by_function, HasSubstr("kthread wakeup\n"));
	EXPECT_THAT(text({.split_by = SplitBy::pool}), Not(HasSubstr("pools")));
}

TEST_F(HistView, DeferrableTimersAreAClassOfTheirOwn) {
	description_.mechanisms.erase(description_.mechanisms.begin());
	expect_golden("hist_deferrable.txt", text());
}

TEST_F(HistView, NoEventsIsALineEach) {
	interval_.data.mechanisms.clear();
	expect_golden("hist_no_events.txt", text());
}

TEST_F(HistView, LossesAreShown) {
	only_wait(sample::histogram({{6'000, 3}}));
	workqueue().books.set(AL_DROPPED_FULL, 10);
	workqueue().books.set(AL_MISSED, 2);
	expect_golden("hist_losses.txt", text());
}

TEST_F(HistView, AllOctavesFromTheFirstToTheOpenOne) {
	Histogram all;
	for (int bit = 2; bit < 40; bit++) sample::record(all, 1ULL << bit, static_cast<uint64_t>(bit));
	only_wait(all);
	expect_golden("hist_octaves.txt", text());
	expect_golden("hist_octaves_ns.txt", text({.nanoseconds = true}));
}

// bcc 1649, inspektor-gadget 3996: the labels of a row were those of its neighbour.
TEST(Octaves, LabelsAreNotOffByOne_bcc1649) {
	for (int bit = 3; bit <= AL_TOP_OCTAVE; bit++) {
		const uint64_t edge = 1ULL << bit;
		const bool open = bit == AL_TOP_OCTAVE;
		const auto rows = octaves(sample::histogram({{edge - 1, 1}, {edge, 2}}));
		ASSERT_EQ(rows.size(), 2u) << edge;
		EXPECT_EQ(rows[0].count, 1u);
		EXPECT_EQ(rows[1].count, 2u);

		EXPECT_EQ(label(rows[0], Unit::nsecs).high, std::to_string(edge - 1));
		const OctaveLabel above = label(rows[1], Unit::nsecs);
		EXPECT_EQ(above.low, (open ? ">= " : "") + std::to_string(edge));
		EXPECT_EQ(above.high, open ? "" : std::to_string(2 * edge - 1));

		EXPECT_EQ((open ? ">= " : "") + label(rows[0], Unit::usecs).high,
				  label(rows[1], Unit::usecs).low);
	}
}

TEST(Octaves, TheFirstHoldsAllBelowEight) {
	const auto rows = octaves(sample::histogram({{0, 1}, {1, 1}, {7, 1}}));
	ASSERT_EQ(rows.size(), 1u);
	EXPECT_EQ(rows[0].count, 3u);
	EXPECT_EQ(label(rows[0], Unit::nsecs).low, "0");
	EXPECT_EQ(label(rows[0], Unit::nsecs).high, "7");
	EXPECT_EQ(label(rows[0], Unit::usecs).high, "0.008");
}

TEST(Octaves, AddUpToTheCountAndKeepEmptyOnesBetween) {
	const auto rows = octaves(sample::histogram({{100, 3}, {10'000, 4}}));
	EXPECT_EQ(rows.front().count, 3u);
	EXPECT_EQ(rows.back().count, 4u);
	EXPECT_EQ(rows.size(), 8u);
	for (size_t i = 1; i + 1 < rows.size(); i++) EXPECT_EQ(rows[i].count, 0u);
	EXPECT_TRUE(octaves(Histogram{}).empty());
}

TEST_F(HistView, ASingleEventBesideAMillionLeavesAMark) {
	only_wait(sample::histogram({{1'000, 10'000'000}, {100'000, 1}}));
	EXPECT_THAT(text(), HasSubstr(": 1        |*  "));
}

TEST_F(HistView, TheLargestRowFillsTheBar) {
	only_wait(sample::histogram({{1'000, 7}, {100'000, 1}}));
	EXPECT_THAT(text(), HasSubstr("|" + std::string(40, '*') + "|\n"));
}

TEST_F(HistView, ControlCharactersInNamesAreEscaped) {
	Histogram h;
	sample::record(h, 5'000, 1, sample::kSecond, 0, "evil\x1b[2J");
	only_wait(h);
	workqueue().groups = {{AL_BY_FUNCTION, "two\nrows", h}};
	const std::string picture = text({.split_by = SplitBy::function});
	EXPECT_THAT(picture, HasSubstr("function two\\x0arows\n"));
	EXPECT_THAT(picture, HasSubstr("in evil\\x1b[2J\n"));
	EXPECT_THAT(picture, Not(HasSubstr("\x1b")));
}

TEST_F(HistView, UnknownExtremesAreLeftOut) {
	Histogram h = sample::histogram({{5'000, 1}});
	h.min_ns = kNoMinimum;
	h.max = {};
	only_wait(h);
	EXPECT_THAT(text(), HasSubstr("n 1  p50 5.12"));
	EXPECT_THAT(text(), Not(HasSubstr("max")));
	EXPECT_THAT(text(), Not(HasSubstr("min")));
}

TEST_F(HistView, WithoutRowsOfThatKindTheWholeIsShown) {
	only_wait(sample::workqueue_wait_cpu1());
	workqueue().groups.clear();
	EXPECT_THAT(text({.split_by = SplitBy::pool}), StartsWith("workqueue wait, all pools\n"));
}

TEST_F(HistView, RowsAreOfThePlainClassOnly) {
	interval_.data.mechanisms[1].groups = {{AL_BY_FUNCTION, "f", sample::histogram({{5'000, 9}})}};
	const std::string picture = text({.split_by = SplitBy::function});
	EXPECT_THAT(picture, HasSubstr("\ndelayed_work late, function f\n"));
	EXPECT_THAT(picture, HasSubstr("\ndelayed_work late, deferrable, all functions\n"));
	EXPECT_THAT(picture, Not(HasSubstr("deferrable, function")));
}

TEST_F(HistView, NoRowIsWiderThanTheScreenNorEndsInABlank) {
	std::mt19937_64 random(5);
	for (int width = 1; width <= 120; width++) {
		Histogram h;
		for (int i = 0; i < 50; i++)
			sample::record(h, random() >> (random() % 64), 1 + (random() >> (30 + random() % 34)),
						   sample::kSecond, 0, "a_function_with_quite_a_long_name");
		workqueue().stages[0].cpus[0] = h;
		workqueue().books.set(AL_DROPPED_BUSY, random() >> 10);
		for (const SplitBy split : {SplitBy::nothing, SplitBy::cpu, SplitBy::function})
			for (const bool ns : {false, true}) {
				const HistOptions options{.width = width, .split_by = split, .nanoseconds = ns};
				const Frame frame = hist_view(interval_, description_, options);
				for (const Row& row : frame.rows())
					ASSERT_LE(row.size(), static_cast<size_t>(width)) << frame.text();
				ASSERT_THAT(frame.text(), Not(HasSubstr(" \n")));
			}
	}
}

}  // namespace
}  // namespace asynclat
