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
};
constexpr Hook kStarted[] = {
	{tp_btf, "sched_kthread_work_execute_start", "kt_started_btf", {}},
	{raw_tp, "sched_kthread_work_execute_start", "kt_started_raw", {}},
};
constexpr Hook kFinished[] = {
	{tp_btf, "sched_kthread_work_execute_end", "kt_finish_btf", {}},
	{raw_tp, "sched_kthread_work_execute_end", "kt_finish_raw", {}},
};
constexpr Hook kGone[] = {
	{tp_btf, "sched_process_exit", "kt_gone_btf", {}},
	{raw_tp, "sched_process_exit", "kt_gone_raw", {}},
};

constexpr Point kPoints[] = {
	{"queued", item, kQueued, "handed to a kthread_worker"},
	{"started", item, kStarted, "its function is about to be called"},
	{"finished", item, kFinished, "its function has returned"},
	{"gone", worker, kGone, "a worker's thread exits: its slot is free again"},
};

constexpr std::string_view kRunNeeds[] = {"gone"};

constexpr Stage kStages[] = {
	{AL_KT_WAIT, "wait", "queued", "started", {}, true, "from queueing to the start of the function", {}, {}, {}},
	{AL_KT_RUN, "run", "started", "finished", kRunNeeds, true, "the function itself", {}, {}, {}},
};

constexpr Book kBooks[] = {
	{AL_QUEUED, "queued", {}},       {AL_MATCHED, "queued", {}},
	{AL_CANCELLED, "queued", {}},    {AL_SUPERSEDED, "queued", {}},
	{AL_AGED_OUT, "queued", {}},     {AL_DROPPED_FULL, "queued", {}},
	{AL_DROPPED_BUSY, "queued", {}}, {AL_STARTED, "started", {}},
	{AL_UNMATCHED_START, "started", {}},
	{AL_BUSY_START, "started", {}},  {AL_FILTERED, "queued", {}},
	{AL_NEGATIVE, "queued", {}},     {AL_FINISHED, "finished", {}},
	{AL_LOST_FINISH, "finished", {}},
	{AL_UNMATCHED_END, "finished", {}},
};

constexpr std::string_view kClasses[] = {""};
constexpr al_group_kind kGroups[] = {AL_BY_FUNCTION, AL_BY_WORKER};

constexpr Mechanism kKthread = {
	AL_KTHREAD, "kthread", "kthread", "work items of kthread_workers",
	"mount -t tmpfs none /mnt && umount /mnt", kPoints, kStages, kClasses, kGroups, kBooks, 8192};
// clang-format on

}  // namespace asynclat::kthread_rows
