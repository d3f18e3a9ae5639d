// Rows of the kthread family.
#pragma once

#include "catalog/mechanism.h"

namespace asynclat::kthread_rows {

using enum HookKind;
using enum PointOf;

// clang-format off: tables are aligned by hand
constexpr Hook kQueued[] = {
	{tp_btf, "sched_kthread_work_queue_work", "kt_queued_btf", {}},
	{raw_tp, "sched_kthread_work_queue_work", "kt_queued_raw", {}},
	{fentry, "kthread_insert_work", "kt_queued_fe", {}},
	{kprobe, "kthread_insert_work", "kt_queued_kp", {}},
};
// Of what these say they must know both arguments and result: a kretprobe has no arguments.
constexpr Hook kCoalesced[] = {{fexit, "kthread_queue_work", "kt_coalesc_fx", {}}};
constexpr Hook kCancelled[] = {{fexit, "kthread_cancel_work_sync", "kt_cancel_fx", {}}};
constexpr Hook kDelayCancelled[] = {
	{fexit, "kthread_cancel_delayed_work_sync", "kt_dcancel_fx", {}},
};
constexpr Hook kStarted[] = {
	{tp_btf, "sched_kthread_work_execute_start", "kt_started_btf", {}},
	{raw_tp, "sched_kthread_work_execute_start", "kt_started_raw", {}},
};
constexpr Hook kFinished[] = {
	{tp_btf, "sched_kthread_work_execute_end", "kt_finish_btf", {}},
	{raw_tp, "sched_kthread_work_execute_end", "kt_finish_raw", {}},
};
// Takes no variable arguments, as its callers do, so that fentry reaches it.
constexpr Hook kRequested[] = {
	{fentry, "__kthread_create_on_node", "kt_request_fe", {}},
	{kprobe, "__kthread_create_on_node", "kt_request_kp", {}},
};
constexpr Hook kForked[] = {
	{tp_btf, "sched_process_fork", "kt_forked_btf", {}},
	{raw_tp, "sched_process_fork", "kt_forked_raw", {}},
};
constexpr Hook kCreated[] = {
	{fexit, "__kthread_create_on_node", "kt_created_fx", {}},
	{kretprobe, "__kthread_create_on_node", "kt_created_kr", {}},
};
constexpr Hook kWoken[] = {
	{tp_btf, "sched_waking", "kt_woken_btf", {}},
	{raw_tp, "sched_waking", "kt_woken_raw", {}},
};
constexpr Hook kOnCpu[] = {
	{tp_btf, "sched_switch", "kt_on_cpu_btf", {}},
	{raw_tp, "sched_switch", "kt_on_cpu_raw", {}},
};
constexpr Hook kGone[] = {
	{tp_btf, "sched_process_exit", "kt_gone_btf", {}},
	{raw_tp, "sched_process_exit", "kt_gone_raw", {}},
};

constexpr Point kPoints[] = {
	{"queued", item, kQueued, "handed to a kthread_worker"},
	{"coalesced", item, kCoalesced, "asked for while it waited already", Refines::always},
	{"started", item, kStarted, "its function is about to be called"},
	{"cancelled", item, kCancelled, "taken back", Refines::always},
	{"delayed_cancelled", item, kDelayCancelled, "one with a timer of its own was taken back",
	 Refines::always},
	{"finished", item, kFinished, "its function has returned"},
	{"requested", worker, kRequested, "somebody asks for a new thread"},
	{"forked", worker, kForked, "kthreadd has made a new thread"},
	{"created", worker, kCreated, "the request returns the new thread, which has run"},
	{"woken", worker, kWoken, "a thread that sleeps is woken"},
	{"on_cpu", worker, kOnCpu, "a thread is switched in"},
	{"gone", worker, kGone, "a thread exits: its slot is free again"},
};

constexpr std::string_view kRunNeeds[] = {"gone"};
// It has its name when it is woken.
constexpr std::string_view kSpawnNeeds[] = {"woken", "gone"};
constexpr std::string_view kSpawnRefinedBy[] = {"requested", "created"};

constexpr Book kSpawnBooks[] = {
	{AL_QUEUED, "forked", {}},       {AL_MATCHED, "forked", {}},
	{AL_SUPERSEDED, "forked", {}},   {AL_REFUSED, "created", {}},
	{AL_DROPPED_FULL, "forked", {}}, {AL_DROPPED_BUSY, "created", {}},
	{AL_STARTED, "on_cpu", {}},      {AL_UNMATCHED_START, "created", {}},
	{AL_BUSY_START, "created", {}},  {AL_FILTERED, "forked", {}},
	{AL_NEGATIVE, "forked", {}},
};

constexpr Book kWakeupBooks[] = {
	{AL_QUEUED, "woken", {}},       {AL_MATCHED, "woken", {}},  {AL_SUPERSEDED, "woken", {}},
	{AL_DROPPED_FULL, "woken", {}}, {AL_STARTED, "on_cpu", {}}, {AL_UNMATCHED_START, "on_cpu", {}},
	{AL_FILTERED, "woken", {}},     {AL_NEGATIVE, "woken", {}}, {AL_COALESCED, "woken", {}},
};

constexpr Stage kStages[] = {
	{AL_KT_WAIT,
	 "wait",
	 "queued",
	 "started",
	 {},
	 true,
	 "from queueing to the start of the function",
	 {},
	 {},
	 {}},
	{AL_KT_RUN, "run", "started", "finished", kRunNeeds, true, "the function itself", {}, {}, {}},
	{AL_KT_SPAWN, "spawn", "forked", "on_cpu", kSpawnNeeds, true,
	 "from the request for a new thread to its first run; from its fork where requests cannot be "
	 "seen",
	 AL_LEDGER_SPAWN, kSpawnBooks, AL_BY_SPAWNED, kSpawnRefinedBy,
	 "begins at the fork of the thread"},
	{AL_KT_WAKEUP, "wakeup", "woken", "on_cpu", kRunNeeds, true,
	 "from the waking of a thread that slept until it is on a CPU, kworkers included",
	 AL_LEDGER_WAKEUP, kWakeupBooks, AL_BY_WOKEN},
};

constexpr Book kBooks[] = {
	{AL_QUEUED, "queued", {}},           {AL_MATCHED, "queued", {}},
	{AL_CANCELLED, "queued", {}},        {AL_SUPERSEDED, "queued", {}},
	{AL_AGED_OUT, "queued", {}},         {AL_DROPPED_FULL, "queued", {}},
	{AL_DROPPED_BUSY, "queued", {}},     {AL_STARTED, "started", {}},
	{AL_UNMATCHED_START, "started", {}}, {AL_BUSY_START, "started", {}},
	{AL_FILTERED, "queued", {}},         {AL_NEGATIVE, "queued", {}},
	{AL_FINISHED, "finished", {}},       {AL_LOST_FINISH, "finished", {}},
	{AL_UNMATCHED_END, "finished", {}},  {AL_COALESCED, "coalesced", {}},
};

constexpr std::string_view kClasses[] = {""};
constexpr al_group_kind kGroups[] = {AL_BY_FUNCTION, AL_BY_WORKER, AL_BY_SPAWNED, AL_BY_WOKEN};

constexpr Mechanism kKthread = {
	AL_KTHREAD,
	"kthread",
	"kthread",
	"work items of kthread_workers; new threads of the kernel, and their waking",
	"mount -t tmpfs none /mnt && umount /mnt",
	kPoints,
	kStages,
	kClasses,
	kGroups,
	kBooks,
	8192};
// clang-format on

}  // namespace asynclat::kthread_rows
