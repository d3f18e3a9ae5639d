// Rows of the task_work family.
#pragma once

#include "catalog/mechanism.h"

namespace asynclat::task_work_rows {

using enum HookKind;
using enum PointOf;

// clang-format off: tables are aligned by hand
constexpr Hook kQueued[] = {
	{fentry, "task_work_add", "tw_queued_fe", {}},
	{kprobe, "task_work_add", "tw_queued_kp", {}},
};
constexpr Hook kAdded[] = {
	{fexit, "task_work_add", "tw_added_fx", {}},
	{kretprobe, "task_work_add", "tw_added_kr", {}},
};
constexpr Hook kCancelled[] = {
	{fexit, "task_work_cancel_match", "tw_cancel_fx", {}},
	{kretprobe, "task_work_cancel_match", "tw_cancel_kr", {}},
};
constexpr Hook kStarted[] = {
	{fentry, "task_work_run", "tw_started_fe", {}},
	{kprobe, "task_work_run", "tw_started_kp", {}},
};
constexpr Hook kFinished[] = {
	{fexit, "task_work_run", "tw_finish_fx", {}},
	{kretprobe, "task_work_run", "tw_finish_kr", {}},
};

constexpr Point kPoints[] = {
	{"queued", item, kQueued, "about to be put on the task's list"},
	{"added", item, kAdded, "it is on the list, or was refused: the task is past its exit"},
	{"cancelled", item, kCancelled, "taken off the list again", Refines::always},
	{"started", item, kStarted, "its task begins to run what is on the list: its batch"},
	{"finished", item, kFinished, "its task has run all of the batch, and what came meanwhile"},
};

// Nothing shows the end of the first pass, so the books need the end of the last.
constexpr std::string_view kWaitNeeds[] = {"added", "finished"};
constexpr std::string_view kRunNeeds[] = {"queued", "added"};

constexpr Stage kStages[] = {
	{AL_TW_WAIT, "wait", "queued", "started", kWaitNeeds, true,
	 "from queueing until the task began to run its list: the items before it there are left out"},
	{AL_TW_RUN,
	 "run",
	 "started",
	 "finished",
	 kRunNeeds,
	 true,
	 "the task's whole list, once a batch: no single function is told from the others",
	 {},
	 {},
	 {},
	 {},
	 {},
	 true},
};

constexpr Book kBooks[] = {
	{AL_QUEUED, {}, {}},       {AL_MATCHED, {}, {}},   {AL_CANCELLED, "cancelled", {}},
	{AL_SUPERSEDED, {}, {}},   {AL_REFUSED, {}, {}},   {AL_DROPPED_FULL, {}, {}},
	{AL_DROPPED_BUSY, {}, {}}, {AL_STARTED, {}, {}},   {AL_UNMATCHED_START, {}, {}},
	{AL_BUSY_START, {}, {}},   {AL_FILTERED, {}, {}},  {AL_NEGATIVE, {}, {}},
	{AL_SECOND_PASS, {}, {}},  {AL_FINISHED, {}, {}},  {AL_LOST_FINISH, {}, {}},
	{AL_SELF, {}, {}},         {AL_WALKS_CUT, {}, {}},
};

constexpr std::string_view kClasses[] = {"none", "resume", "signal", "signal_no_ipi",
										 "nmi_current"};
constexpr al_group_kind kGroups[] = {AL_BY_FUNCTION};

constexpr Mechanism kTaskWork = {AL_TASK_WORK,
								 "task_work",
								 "task_work",
								 "callbacks that a task runs on its way to user mode",
								 "cat /proc/version",
								 kPoints,
								 kStages,
								 kClasses,
								 kGroups,
								 kBooks,
								 16384,
								 "notify"};
// clang-format on

}  // namespace asynclat::task_work_rows
