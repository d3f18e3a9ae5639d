#include <algorithm>
#include <array>

#include "catalog/mechanism.h"

namespace asynclat {
namespace {

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

constexpr Point kWorkqueuePoints[] = {
	{"queued", item, kQueued, "handed to a workqueue"},
	{"activated", item, kActivated, "let in by max_active: on its pool's worklist"},
	{"started", item, kStarted, "its function is about to be called"},
	{"finished", item, kFinished, "its function has returned"},
	{"kicked", worker, kKicked, "the executing worker was first woken since it slept"},
	{"on_cpu", worker, kOnCpu, "the executing worker was first switched in after that"},
	{"gone", worker, kGone, "a worker exits: its slot is free again"},
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
};
constexpr Hook kExpired[] = {
	{tp_btf, "timer_expire_entry", "dw_expired_btf", kTimerFunction},
	{raw_tp, "timer_expire_entry", "dw_expired_raw", kTimerFunction},
};
constexpr Hook kStopped[] = {
	{tp_btf, "timer_cancel", "dw_stopped_btf", kTimerFunction},
	{raw_tp, "timer_cancel", "dw_stopped_raw", kTimerFunction},
};

constexpr Point kDelayedWorkPoints[] = {
	{"armed", item, kArmed, "its timer was started"},
	{"due", computed, {}, "arm time plus the requested delay"},
	{"bucket", computed, {}, "the timer wheel's bucket expires: due, rounded up by design"},
	{"expired", item, kExpired, "its timer fired"},
	{"stopped", item, kStopped, "its timer left the wheel: fired, re-armed, flushed or cancelled"},
	{"queued", item, kQueued, "handed to its workqueue"},
	{"started", item, kStarted, "its function is about to be called"},
	{"finished", item, kFinished, "its function has returned"},
	{"gone", worker, kGone, "a worker exits: its slot is free again"},
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

constexpr std::string_view kPlainClass[] = {""};
constexpr std::string_view kDelayedWorkClasses[] = {"", "deferrable"};

// ---- the table -------------------------------------------------------------------------------

constexpr Mechanism kMechanisms[] = {
	{AL_WORKQUEUE, "workqueue", "workqueue", "work items of the kernel's workqueues",
	 "cat /proc/sys/vm/stat_refresh", kWorkqueuePoints, kWorkqueueStages, kPlainClass},
	{AL_DELAYED_WORK, "delayed_work", "workqueue", "work items queued by a timer",
	 "echo > /var/tmp/asynclat; sync", kDelayedWorkPoints, kDelayedWorkStages, kDelayedWorkClasses},
};
// clang-format on
static_assert(std::size(kMechanisms) == AL_MECHANISMS);

constexpr std::array<std::string_view, 7> kHookKinds = {"tp_btf", "raw_tp",    "fentry", "fexit",
														"kprobe", "kretprobe", "hwbp"};
constexpr std::array<HookKind, 7> kHookKindValues = {tp_btf, raw_tp,    fentry, fexit,
													 kprobe, kretprobe, hwbp};

template <typename Row>
const Row* find_row(std::span<const Row> rows, std::string_view name) {
	const auto row =
		std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
	return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::span<const Mechanism> catalog() { return kMechanisms; }

const Mechanism& mechanism(al_mechanism id) { return kMechanisms[id]; }

const Mechanism* find_mechanism(std::string_view name) { return find_row(catalog(), name); }

const Mechanism& mechanism_of(al_stage id) {
	for (const Mechanism& m : kMechanisms)
		for (const Stage& s : m.stages)
			if (s.id == id) return m;
	return kMechanisms[0];  // unreachable: the contract test finds every stage in the table
}

const Stage& stage(al_stage id) {
	const Mechanism& m = mechanism_of(id);
	return *std::find_if(m.stages.begin(), m.stages.end(),
						 [&](const Stage& s) { return s.id == id; });
}

const Stage* find_stage(const Mechanism& mechanism, std::string_view name) {
	return find_row(mechanism.stages, name);
}

const Point* find_point(const Mechanism& mechanism, std::string_view name) {
	return find_row(mechanism.points, name);
}

std::string_view hook_kind_name(HookKind kind) { return kHookKinds[static_cast<size_t>(kind)]; }

const HookKind* find_hook_kind(std::string_view name) {
	for (size_t i = 0; i < kHookKinds.size(); i++)
		if (kHookKinds[i] == name) return &kHookKindValues[i];
	return nullptr;
}

}  // namespace asynclat
