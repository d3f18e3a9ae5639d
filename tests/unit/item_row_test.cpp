#include "view/item_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "export/json.h"
#include "unit/sample.h"

namespace asynclat {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

Item late_item() {
	return {.mechanism = AL_WORKQUEUE,
			.begun_mono_ns = sample::kStartMono + sample::kSecond,
			.wait_ns = 12'000'000,
			.cpu = 1,
			.function = "blk_mq_run_work_fn",
			.queue = "kblockd",
			.stages = {{AL_WQ_HOLD, 20'000},
					   {AL_WQ_KICK, 30'000},
					   {AL_WQ_WAKEUP, 11'640'000},
					   {AL_WQ_BEHIND, 310'000}}};
}

std::string row(const Item& item, int width = 80) {
	setenv("TZ", "UTC", 1);
	tzset();
	return item_row(item, sample::description(), width).text();
}

TEST(ItemRow, StandsUnderItsHeading) {
	EXPECT_EQ(item_heading(80).text(),
			  "started      mechanism      waited  mostly in      cpu  function, workqueue\n");
	EXPECT_EQ(
		row(late_item(), 84),
		"12:03:01.012 workqueue        12ms  wakeup 97%       1  blk_mq_run_work_fn, kblockd\n");
	// The function is worth more than its queue.
	EXPECT_EQ(row(late_item()),
			  "12:03:01.012 workqueue        12ms  wakeup 97%       1  blk_mq_run_work_fn\n");
}

TEST(ItemRow, FitsAnyWidth) {
	Item item = late_item();
	item.function = std::string(100, 'f');
	for (int width = 1; width <= 200; width++) {
		const Frame frame = item_row(item, sample::description(), width);
		ASSERT_EQ(frame.rows().size(), 1U);
		if (width >= 20) {
			EXPECT_LE(frame.rows()[0].size(), static_cast<size_t>(width));
		}
	}
	EXPECT_THAT(row(item, 30), HasSubstr("12ms"));
}

TEST(ItemRow, WithoutASplitNoStageIsNamed) {
	Item item = late_item();
	item.stages.clear();
	EXPECT_THAT(row(item), HasSubstr("  12ms  -  "));
	const Json json = Json::parse(json_item(item));
	for (const char* unknown : {"stages", "owner", "share"}) EXPECT_FALSE(json.contains(unknown));
}

// Below its item, with room for what the item's own row has none for.
TEST(ItemRow, TheBlockerStandsBelow) {
	Item item = late_item();
	EXPECT_TRUE(blocker_rows(item, 80).rows().empty());
	item.blocker = Blocker{
		.function = "xfs_end_io", .thread = "kworker/1:0H", .tid = 4711, .ran_ns = 11'700'000};
	EXPECT_EQ(blocker_rows(item, 80).text(),
			  "  ran meanwhile: xfs_end_io 11.7ms on kworker/1:0H-4711\n");
	item.blocker->max_active = 1;
	EXPECT_EQ(blocker_rows(item, 80).text(),
			  "  ran meanwhile: xfs_end_io 11.7ms on kworker/1:0H-4711, max_active 1\n");
	for (int width = 4; width <= 200; width++) {
		const Frame frame = blocker_rows(item, width);
		ASSERT_EQ(frame.rows().size(), 1U);
		EXPECT_LE(frame.rows()[0].size(), static_cast<size_t>(width));
	}
	const Json json = Json::parse(json_item(item)).at("blocker");
	EXPECT_EQ(json, Json::parse(R"({"kind":"item","function":"xfs_end_io","ran_ns":11700000,)"
								R"("thread":"kworker/1:0H","tid":4711,"max_active":1})"));
}

TEST(ItemRow, WhatHeldTheCpuStandsBelow) {
	Item item = late_item();
	const auto below = [&](const Blocker& blocker) {
		item.blocker = blocker;
		return blocker_rows(item, 80).text();
	};
	const auto json = [&] { return Json::parse(json_item(item)).at("blocker"); };
	const std::string thread = "stress";
	Blocker task{.kind = AL_BLOCKED_BY_TASK, .thread = thread, .tid = 4711, .ran_ns = 11'700'000};
	EXPECT_EQ(below(task), "  ran meanwhile: stress-4711 11.7ms, OTHER\n");
	EXPECT_EQ(json(), Json::parse(R"({"kind":"task","ran_ns":11700000,"thread":"stress",)"
								  R"("tid":4711,"policy":"OTHER"})"));
	task.policy = 1;
	task.priority = 50;
	EXPECT_EQ(below(task), "  ran meanwhile: stress-4711 11.7ms, FIFO 50\n");
	EXPECT_EQ(json().at("priority"), 50);
	task.policy = 99;  // of a kernel to come
	below(task);
	EXPECT_EQ(json().at("policy"), "99");
	EXPECT_EQ(below({.kind = AL_BLOCKED_BY_SOFTIRQ, .ran_ns = 2'000'000, .number = 3}),
			  "  ran meanwhile: softirq NET_RX 2ms\n");
	EXPECT_EQ(json(), Json::parse(R"({"kind":"softirq","ran_ns":2000000,"vector":"NET_RX"})"));
	EXPECT_EQ(below({.kind = AL_BLOCKED_BY_IRQ, .ran_ns = 2'000'000, .number = 27}),
			  "  ran meanwhile: interrupt 27 2ms\n");
	EXPECT_EQ(below({.kind = AL_BLOCKED_BY_IRQ, .ran_ns = 2'000'000}),
			  "  ran meanwhile: interrupts 2ms\n");
	EXPECT_EQ(json(), Json::parse(R"({"kind":"irq","ran_ns":2000000})"));
	EXPECT_EQ(below({.kind = AL_BLOCKED_BY_TARGET,
					 .thread = thread,
					 .tid = 4711,
					 .target = AL_TARGET_SLEEPING}),
			  "  was sleeping when it was queued: stress-4711\n");
	EXPECT_EQ(json(), Json::parse(R"({"kind":"target","thread":"stress","tid":4711,)"
								  R"("state":"sleeping"})"));
}

TEST(ItemRow, WhereInterruptsCameOnStandsBelow) {
	Item item = late_item();
	item.blocker = Blocker{.kind = AL_BLOCKED_BY_IRQS_OFF,
						   .thread = "modprobe",
						   .tid = 881,
						   .ran_ns = 3'190'000,
						   .at = "probe_hw+0x8e"};
	EXPECT_EQ(blocker_rows(item, 80).text(),
			  "  interrupts were off: modprobe-881 3.19ms, until probe_hw+0x8e\n");
	EXPECT_EQ(Json::parse(json_item(item)).at("blocker"),
			  Json::parse(R"({"kind":"irqs_off","ran_ns":3190000,"thread":"modprobe","tid":881,)"
						  R"("at":"probe_hw+0x8e"})"));
	item.blocker->at.clear();
	EXPECT_EQ(blocker_rows(item, 80).text(), "  interrupts were off: modprobe-881 3.19ms\n");
	EXPECT_FALSE(Json::parse(json_item(item)).at("blocker").contains("at"));
}

TEST(ItemRow, ClassesAreNamed) {
	Item item = late_item();
	item.mechanism = AL_IRQ_WORK;
	item.item_class = AL_CLASS_LAZY;
	item.queue.clear();
	EXPECT_THAT(row(item, 100), HasSubstr("blk_mq_run_work_fn (lazy)"));
	EXPECT_EQ(Json::parse(json_item(item)).at("class"), "lazy");
}

TEST(ItemJson, HasWhatTheRowSaysToTheNanosecond) {
	EXPECT_EQ(json_item(late_item()),
			  R"({"schema":1,"type":"item","mechanism":"workqueue","stage":"wait",)"
			  R"("wait_ns":12000000,"function":"blk_mq_run_work_fn","workqueue":"kblockd","cpu":1,)"
			  R"("queued_mono_ns":)" +
				  std::to_string(sample::kStartMono + sample::kSecond) +
				  R"(,"stages":{"hold_ns":20000,"kick_ns":30000,"wakeup_ns":11640000,)"
				  R"("behind_ns":310000},"owner":"wakeup","share":0.97})");
}

TEST(ItemJson, NamesFromOutsideAreEscaped) {
	Item item = late_item();
	item.queue = "new\nline\x1b";
	EXPECT_THAT(json_item(item), Not(HasSubstr("\n")));
	EXPECT_THAT(row(item, 120), HasSubstr("new\\x0aline\\x1b"));
}

}  // namespace
}  // namespace asynclat
