// Rows of the workqueue family: workqueue and delayed_work.
#pragma once

#include "catalog/mechanism.h"

namespace asynclat::workqueue_rows {

using enum HookKind;
using enum PointOf;

// clang-format off: tables are aligned by hand
// ---- workqueue -------------------------------------------------------------------------------

constexpr Hook kQueued[] = {
	{tp_btf, "workqueue_queue_work", "wq_queued_btf", {}},
	{raw_tp, "workqueue_queue_work", "wq_queued_raw", {}},
};
constexpr Hook kActivated[] = {
	{tp_btf, "workqueue_activate_work", "wq_activ_btf", {}},
	{raw_tp, "workqueue_activate_work", "wq_activ_raw", {}},
};
// A call that found the item queued already.
constexpr Hook kCoalesced[] = {
	{fexit, "queue_work_on", "wq_again_fx", {}, {}},
	{kretprobe, "queue_work_on", "wq_again_kr", {}, "wq_again_kp"},
};
constexpr Hook kCoalescedOnNode[] = {
	{fexit, "queue_work_node", "wq_again_n_fx", {}, {}},
	{kretprobe, "queue_work_node", "wq_again_n_kr", {}, "wq_again_n_kp"},
};
constexpr Hook kCancelled[] = {
	{fexit, "try_to_grab_pending", "wq_grabbed_fx", {}, {}},
	{kretprobe, "try_to_grab_pending", "wq_grabbed_kr", {}, "wq_grabbed_kp"},
};
constexpr Hook kTaken[] = {
	{fentry, "process_one_work", "wq_taken_fe", {}, {}},
	{kprobe, "process_one_work", "wq_taken_kp", {}, {}},
};
constexpr Hook kStarted[] = {
	{tp_btf, "workqueue_execute_start", "wq_started_btf", {}},
	{raw_tp, "workqueue_execute_start", "wq_started_raw", {}},
};
constexpr Hook kFinished[] = {
	{tp_btf, "workqueue_execute_end", "wq_finish_btf", {}},
	{raw_tp, "workqueue_execute_end", "wq_finish_raw", {}},
};
constexpr Hook kKicked[] = {
	{tp_btf, "sched_waking", "wq_kicked_btf", {}},
	{raw_tp, "sched_waking", "wq_kicked_raw", {}},
};
constexpr Hook kOnCpu[] = {
	{tp_btf, "sched_switch", "wq_on_cpu_btf", {}},
	{raw_tp, "sched_switch", "wq_on_cpu_raw", {}},
};
constexpr Hook kGone[] = {
	{tp_btf, "sched_process_exit", "wq_gone_btf", {}},
	{raw_tp, "sched_process_exit", "wq_gone_raw", {}},
};
constexpr Hook kSoftirqBegan[] = {
	{tp_btf, "softirq_entry", "held_sirq_btf", {}},
	{raw_tp, "softirq_entry", "held_sirq_raw", {}},
};
constexpr Hook kSoftirqEnded[] = {
	{tp_btf, "softirq_exit", "held_sirqx_btf", {}},
	{raw_tp, "softirq_exit", "held_sirqx_raw", {}},
};
constexpr Hook kIrqBegan[] = {
	{tp_btf, "irq_handler_entry", "held_irq_btf", {}},
	{raw_tp, "irq_handler_entry", "held_irq_raw", {}},
};
constexpr Hook kIrqEnded[] = {
	{tp_btf, "irq_handler_exit", "held_irqx_btf", {}},
	{raw_tp, "irq_handler_exit", "held_irqx_raw", {}},
};

constexpr Point kWorkqueuePoints[] = {
	{"queued", item, kQueued, "handed to a workqueue"},
	{"coalesced", item, kCoalesced, "found queued already, or disabled: not queued again",
	 Refines::in_detail},
	{"coalesced_on_node", item, kCoalescedOnNode, "the same, by queue_work_node",
	 Refines::in_detail},
	{"activated", item, kActivated, "let in by max_active: on its pool's worklist"},
	{"cancelled", item, kCancelled, "taken off its list, seen at once", Refines::always},
	{"taken", item, kTaken,
	 "its worker took it, PENDING still set: tells a start from that of a later queueing",
	 Refines::in_detail},
	{"started", item, kStarted, "its function is about to be called"},
	{"finished", item, kFinished, "its function has returned"},
	{"kicked", worker, kKicked, "the executing worker was first woken since it slept"},
	{"on_cpu", worker, kOnCpu, "the executing worker was first switched in after that"},
	{"gone", worker, kGone, "a worker exits: its slot is free again"},
	{"softirq_began", cpu, kSoftirqBegan, "a softirq takes the CPU from what runs",
	 Refines::with_min, "on_cpu"},
	{"softirq_ended", cpu, kSoftirqEnded, "and gives it back", Refines::with_min, "softirq_began"},
	{"irq_began", cpu, kIrqBegan, "an interrupt takes the CPU", Refines::with_min, "on_cpu"},
	{"irq_ended", cpu, kIrqEnded, "and gives it back", Refines::with_min, "irq_began"},
};

// kick, wakeup and behind are one split of activated-to-started: none can be told alone.
constexpr std::string_view kSplitNeeds[] = {"activated", "started", "finished",
											"kicked",    "on_cpu",  "gone"};
constexpr std::string_view kRunNeeds[] = {"gone"};

constexpr Stage kWorkqueueStages[] = {
	{AL_WQ_WAIT,
	 "wait",
	 "queued",
	 "started",
	 {},
	 true,
	 "from queueing to the start of the function"},
	{AL_WQ_HOLD,
	 "hold",
	 "queued",
	 "activated",
	 {},
	 false,
	 "held back by the workqueue's max_active"},
	{AL_WQ_KICK, "kick", "activated", "kicked", kSplitNeeds, false,
	 "until the executing worker was woken: the pool's delay, concurrency management included"},
	{AL_WQ_WAKEUP, "wakeup", "kicked", "on_cpu", kSplitNeeds, false,
	 "from the waking of the executing worker until it was on a CPU"},
	{AL_WQ_BEHIND, "behind", "on_cpu", "started", kSplitNeeds, false,
	 "behind other items of a worker on a CPU or already awake; BH items wait here only"},
	{AL_WQ_RUN, "run", "started", "finished", kRunNeeds, true, "the function itself"},
};

// ---- delayed_work ----------------------------------------------------------------------------

constexpr std::string_view kTimerFunction = "delayed_work_timer_fn";

constexpr Hook kArmed[] = {
	{tp_btf, "timer_start", "dw_armed_btf", kTimerFunction},
	{raw_tp, "timer_start", "dw_armed_raw", kTimerFunction},
	{fentry, "__queue_delayed_work", "dw_armed_fe", {}, {}},
	{kprobe, "__queue_delayed_work", "dw_armed_kp", {}, {}},
};
constexpr Hook kExpired[] = {
	{tp_btf, "timer_expire_entry", "dw_expired_btf", kTimerFunction},
	{raw_tp, "timer_expire_entry", "dw_expired_raw", kTimerFunction},
	{fentry, "delayed_work_timer_fn", "dw_expired_fe", {}, {}},
	{kprobe, "delayed_work_timer_fn", "dw_expired_kp", {}, {}},
};
constexpr Hook kStopped[] = {
	{tp_btf, "timer_cancel", "dw_stopped_btf", kTimerFunction},
	{raw_tp, "timer_cancel", "dw_stopped_raw", kTimerFunction},
	// Enough: a timer that neither fired nor was grabbed was flushed.
	kCancelled[0],
	kCancelled[1],
};
constexpr Hook kModified[] = {
	{fentry, "mod_delayed_work_on", "dw_modify_fe", {}, {}},
	{kprobe, "mod_delayed_work_on", "dw_modify_kp", {}, {}},
};
constexpr Hook kDelayedCoalesced[] = {
	{fexit, "queue_delayed_work_on", "dw_again_fx", {}, {}},
	{kretprobe, "queue_delayed_work_on", "dw_again_kr", {}, "dw_again_kp"},
};

constexpr Point kDelayedWorkPoints[] = {
	{"armed", item, kArmed, "its timer was started"},
	{"coalesced", item, kDelayedCoalesced,
	 "found armed or queued already, or disabled: not armed again", Refines::in_detail},
	{"due", computed, {}, "arm time plus the requested delay"},
	{"bucket", computed, {}, "the timer wheel's bucket expires: due, rounded up by design"},
	{"expired", item, kExpired, "its timer fired"},
	{"stopped", item, kStopped, "its timer left the wheel: fired, re-armed, flushed or cancelled"},
	{"queued", item, kQueued, "handed to its workqueue"},
	{"cancelled", item, kCancelled, "its timer or the work was taken back, seen at once",
	 Refines::always},
	{"modified", item, kModified, "mod_delayed_work takes it back to arm it anew: not a cancel",
	 Refines::always},
	{"started", item, kStarted, "its function is about to be called"},
	{"finished", item, kFinished, "its function has returned"},
	{"gone", worker, kGone, "a worker exits: its slot is free again"},
	{"switched", cpu, kOnCpu, "another task gets the CPU", Refines::with_min, "expired"},
	{"softirq_began", cpu, kSoftirqBegan, "a softirq takes the CPU from what runs",
	 Refines::with_min, "switched"},
	{"softirq_ended", cpu, kSoftirqEnded, "and gives it back", Refines::with_min, "softirq_began"},
	{"irq_began", cpu, kIrqBegan, "an interrupt takes the CPU", Refines::with_min, "switched"},
	{"irq_ended", cpu, kIrqEnded, "and gives it back", Refines::with_min, "irq_began"},
};

constexpr std::string_view kTimerNeeds[] = {"armed", "expired", "stopped", "queued", "started"};
constexpr std::string_view kDelayedRunNeeds[] = {"armed", "expired", "stopped", "queued", "gone"};

constexpr Stage kDelayedWorkStages[] = {
	{AL_DW_LATE, "late", "due", "started", kTimerNeeds, true,
	 "from the moment that was asked for to the start of the function"},
	{AL_DW_SLACK, "slack", "due", "bucket", kTimerNeeds, false,
	 "the timer wheel's rounding: by design"},
	{AL_DW_TIMER, "timer", "bucket", "queued", kTimerNeeds, false, "the timer softirq came late"},
	{AL_DW_WAIT, "wait", "queued", "started", kTimerNeeds, false,
	 "from queueing to the start of the function"},
	{AL_DW_RUN, "run", "started", "finished", kDelayedRunNeeds, true, "the function itself"},
	{AL_DW_DELAY, "delay", "armed", "due", kTimerNeeds, true,
	 "the delay that was asked for: never latency"},
};

// ---- books -----------------------------------------------------------------------------------

constexpr Book kWorkqueueBooks[] = {
	{AL_QUEUED, "queued", {}},
	{AL_MATCHED, "queued", {}},
	{AL_CANCELLED, "queued", {}},
	{AL_SUPERSEDED, "queued", {}},
	{AL_AGED_OUT, "queued", {}},
	{AL_DROPPED_FULL, "queued", {}},
	{AL_DROPPED_BUSY, "queued", {}},
	{AL_STARTED, "started", {}},
	{AL_BARRIERS, "started", "wq_barrier_func"},
	{AL_UNMATCHED_START, "started", {}},
	{AL_BUSY_START, "started", {}},
	{AL_FILTERED, "queued", {}},
	{AL_NEGATIVE, "queued", {}},
	{AL_UNSPLIT, "kicked", {}},
	{AL_FINISHED, "finished", {}},
	{AL_LOST_FINISH, "finished", {}},
	{AL_UNMATCHED_END, "finished", {}},
	{AL_COALESCED, "coalesced", {}},
};

constexpr Book kDelayedWorkBooks[] = {
	{AL_QUEUED, "armed", {}},         {AL_MATCHED, "armed", {}},
	{AL_CANCELLED, "armed", {}},      {AL_SUPERSEDED, "armed", {}},
	{AL_REARMED, "armed", {}},        {AL_FLUSHED_EARLY, "armed", {}},
	{AL_AGED_OUT, "armed", {}},       {AL_DROPPED_FULL, "armed", {}},
	{AL_DROPPED_BUSY, "armed", {}},   {AL_STARTED, "started", {}},
	{AL_BUSY_START, "started", {}},   {AL_FILTERED, "armed", {}},
	{AL_NEGATIVE, "armed", {}},       {AL_FINISHED, "finished", {}},
	{AL_LOST_FINISH, "finished", {}}, {AL_COALESCED, "coalesced", {}},
};

constexpr al_group_kind kGroups[] = {AL_BY_FUNCTION, AL_BY_WORKQUEUE, AL_BY_POOL};

// ---- the mechanisms --------------------------------------------------------------------------

constexpr std::string_view kWorkqueueClasses[] = {""};
constexpr std::string_view kDelayedWorkClasses[] = {"", "deferrable"};

constexpr Mechanism kWorkqueue = {AL_WORKQUEUE,
								  "workqueue",
								  "workqueue",
								  "work items of the kernel's workqueues",
								  "cat /proc/sys/vm/stat_refresh",
								  kWorkqueuePoints,
								  kWorkqueueStages,
								  kWorkqueueClasses,
								  kGroups,
								  kWorkqueueBooks,
								  65536};

constexpr Mechanism kDelayedWork = {AL_DELAYED_WORK,
									"delayed_work",
									"workqueue",
									"work items queued by a timer",
									"echo > /var/tmp/asynclat; sync",
									kDelayedWorkPoints,
									kDelayedWorkStages,
									kDelayedWorkClasses,
									kGroups,
									kDelayedWorkBooks,
									65536,
									{},
									kIrqEntries};
// clang-format on

}  // namespace asynclat::workqueue_rows
