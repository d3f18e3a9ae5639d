// Items and runs to look at, with all that they can have.
#pragma once

#include <vector>

#include "model/item.h"
#include "model/run.h"
#include "unit/sample.h"

namespace asynclat::sample {

inline constexpr uint64_t kMs = 1'000'000;

// Behind another item, on a worker.
inline Item behind_item() {
	return {.mechanism = AL_WORKQUEUE,
			.begun_mono_ns = kStartMono + kSecond + 7,
			.wait_ns = 12 * kMs,
			.cpu = 1,
			.function = "blk_mq_run_work_fn",
			.queue = "kblockd",
			.stages = {{AL_WQ_WAKEUP, 2 * kMs}, {AL_WQ_BEHIND, 10 * kMs}},
			.blocker = Blocker{.kind = AL_BLOCKED_BY_ITEM,
							   .function = "xfs_end_io",
							   .thread = "kworker/1:2",
							   .tid = 412,
							   .ran_ns = 9 * kMs,
							   .max_active = 1}};
}

// A task held the CPU, and both stacks and the submitter are known.
inline Item told_item() {
	return {.mechanism = AL_DELAYED_WORK,
			.begun_mono_ns = kStartMono + kSecond + 20 * kMs,
			.wait_ns = 5 * kMs + 1,
			.cpu = 3,
			.function = "flush_to_ldisc",
			.queue = "events",
			.stages = {{AL_DW_TIMER, 4 * kMs}, {AL_DW_WAIT, kMs + 1}},
			.blocker = Blocker{.kind = AL_BLOCKED_BY_TASK,
							   .thread = "rt \"audio\"",
							   .tid = 4711,
							   .ran_ns = 3 * kMs,
							   .policy = 1,
							   .priority = 50,
							   .stack = {"schedule", "futex_wait"}},
			.submitter = Submitter{AL_IN_TASK, "bash\x1b", 77, 70, "/user.slice"},
			.stack = {"queue_work_on", "tty_write"}};
}

inline Item plain_item() {
	return {.mechanism = AL_IRQ_WORK,
			.item_class = AL_CLASS_LAZY,
			.begun_mono_ns = kStartMono + kSecond + 21 * kMs,
			.wait_ns = kMs,
			.function = "0xffffffff81234567",
			.submitter = Submitter{.context = AL_IN_HARDIRQ}};
}

inline std::vector<Item> items() { return {behind_item(), told_item(), plain_item()}; }

inline std::vector<Run> runs() {
	const uint64_t begin = kStartMono + kSecond;
	return {
		{AL_WORKQUEUE, begin + 3 * kMs, 9 * kMs, 1, "xfs_end_io", "kworker/1:2", 412},
		{AL_WORKQUEUE, begin + 12 * kMs + 7, 31'456, 1, "blk_mq_run_work_fn", "kworker/1:2", 412},
		{AL_IRQ_WORK, begin + 22 * kMs, 1'500, 0, "0xffffffff81234567", "", 0},
		{AL_TASK_WORK, begin + 23 * kMs, 2'000, 3, "", "cat", 900}};
}

}  // namespace asynclat::sample
