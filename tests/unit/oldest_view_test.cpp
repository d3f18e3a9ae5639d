#include "view/oldest_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "export/json.h"
#include "unit/sample.h"
#include "view/hist_view.h"

namespace asynclat {
namespace {

using sample::kSecond;
using testing::HasSubstr;
using testing::Not;

Interval stuck() {
	Interval interval{.length_ns = kSecond};
	interval.data.mono_ns = sample::kStartMono + 95 * kSecond;
	const auto since = [&](uint64_t age_ns) { return interval.data.mono_ns - age_ns; };
	interval.data.oldest = {
		{AL_WQ_RUN, since(94'021'000'000), "xfs_end_io", "xfs-conv/sda1", "kworker/2:1", 4711},
		{AL_WQ_HOLD, since(93'500'000'000), "xfs_end_io", "xfs-conv/sda1", ""},
		{AL_DW_TIMER, since(4'200'000'000), "vmstat_update", "", ""},
		{AL_KT_RUN, since(1'250'000'000), "spi_pump_messages", "spi0", "spi0", 77},
		{AL_TW_WAIT, since(100'000'001), "____fput", "qemu-system-x86", "", 99}};
	return interval;
}

TEST(OldestView, LongestFirst) {
	EXPECT_EQ(oldest_view(stuck(), sample::description(), 100'000'000, 80).text(),
			  R"(the oldest items that still wait or run  t=95s
     age  in       mechanism      function, thread, workqueue
     94s  run      workqueue      xfs_end_io, kworker/2:1-4711, xfs-conv/sda1
   93.5s  hold     workqueue      xfs_end_io, xfs-conv/sda1
    4.2s  timer    delayed_work   vmstat_update
   1.25s  run      kthread        spi_pump_messages, spi0-77
   100ms  wait     task_work      ____fput, qemu-system-x86-99
)");
}

TEST(OldestView, FitsAnyWidth) {
	for (int width = 20; width <= 200; width++) {
		const Frame frame = oldest_view(stuck(), sample::description(), 1, width);
		for (const Row& row : frame.rows()) EXPECT_LE(row.size(), static_cast<size_t>(width));
	}
	EXPECT_THAT(oldest_view(stuck(), sample::description(), 1, 40).text(),
				HasSubstr("     94s  run      xfs_end_io, kworker/~\n"));
}

TEST(OldestView, SaysThatThereIsNone) {
	Interval quiet = stuck();
	quiet.data.oldest.clear();
	EXPECT_EQ(oldest_view(quiet, sample::description(), 100'000'000, 80).text(),
			  "of what was queued or started in these 95s, nothing has waited or run for 100ms\n");
}

// Each live view has a line for what hides from its histogram.
TEST(OldestView, AViewNamesItsMechanismsLongest) {
	EXPECT_EQ(oldest_words(stuck(), AL_WORKQUEUE),
			  "oldest 94s in run: xfs_end_io, kworker/2:1-4711, xfs-conv/sda1");
	EXPECT_EQ(oldest_words(stuck(), AL_IRQ_WORK), "");
	const std::string hist = hist_view(stuck(), sample::description(), {.width = 80}).text();
	EXPECT_THAT(hist, HasSubstr("\noldest 4.2s in timer: vmstat_update\n"));
	EXPECT_THAT(hist, Not(HasSubstr("____fput")));  // its mechanism is not measured there
}

TEST(OldestView, JsonHasAllOfIt) {
	const auto json =
		nlohmann::json::parse(json_interval(stuck(), sample::description())).at("oldest");
	ASSERT_EQ(json.size(), 5U);
	EXPECT_EQ(json[0], nlohmann::json::parse(
						   R"({"mechanism":"workqueue","stage":"run","age_ns":94021000000,
		"function":"xfs_end_io","workqueue":"xfs-conv/sda1","thread":"kworker/2:1","tid":4711})"));
	EXPECT_EQ(json[2], nlohmann::json::parse(R"({"mechanism":"delayed_work","stage":"timer",
		"age_ns":4200000000,"function":"vmstat_update"})"));
	EXPECT_EQ(json[3].at("worker"), "spi0");
	EXPECT_EQ(json[4].at("task"), "qemu-system-x86");
	EXPECT_EQ(json[4].at("tid"), 99);
}

}  // namespace
}  // namespace asynclat
