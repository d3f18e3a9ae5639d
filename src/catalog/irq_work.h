// Rows of the irq_work family.
#pragma once

#include "catalog/mechanism.h"

namespace asynclat::irq_work_rows {

using enum HookKind;
using enum PointOf;

// Tables are aligned by hand.
// clang-format off
// Distributions build irq_work.c so that no probe reaches it; a breakpoint does.
constexpr Hook kQueuedOn[] = {
	{kprobe, "irq_work_queue_on",         "iw_on_kp",     {}},
	{hwbp,   "irq_work_queue_on",         "iw_on_bp",     {}},
	{tp_btf, "csd_queue_cpu",             "iw_on_btf",    {}},
	{raw_tp, "csd_queue_cpu",             "iw_on_raw",    {}},
	{fentry, "__smp_call_single_queue",   "iw_on_fe",     {}},
	{kprobe, "__smp_call_single_queue",   "iw_on_csd_kp", {}},
};
// At the raise only the item that raises is seen: the list tells which, where it can be read.
constexpr std::string_view kList = "raised_list";
constexpr Hook kQueued[] = {
	{kprobe, "irq_work_queue",            "iw_queued_kp", {}},
	{hwbp,   "irq_work_queue",            "iw_queued_bp", {}},
	{fentry, "arch_irq_work_raise",       "iw_raised_fe", kList},
	{kprobe, "arch_irq_work_raise",       "iw_raised_kp", kList},
	{tp_btf, "ipi_send_cpu",              "iw_sent_btf",  {}},
	{raw_tp, "ipi_send_cpu",              "iw_sent_raw",  {}},
};
constexpr Hook kStarted[] = {
	{kprobe, "irq_work_run_list",         "iw_listed_kp", {}},
	{hwbp,   "irq_work_run_list",         "iw_listed_bp", {}},
	{tp_btf, "irq_work_entry",            "iw_enter_btf", {}},
	{raw_tp, "irq_work_entry",            "iw_enter_raw", {}},
};
constexpr Hook kCalled[] = {
	{kprobe, "irq_work_single",           "iw_called_kp", {}},
	{hwbp,   "irq_work_single",           "iw_called_bp", {}},
};
constexpr Hook kEntered[] = {
	{tp_btf, "irq_work_entry",            "iw_enter_btf", {}},
	{raw_tp, "irq_work_entry",            "iw_enter_raw", {}},
};
constexpr Hook kFinished[] = {
	{tp_btf, "irq_work_exit",             "iw_finish_btf", {}},
	{raw_tp, "irq_work_exit",             "iw_finish_raw", {}},
};

// queued_on first: where breakpoints run out it is queued that keeps one, as remote items are the
// fewer and have other hooks as exact.
constexpr Point kPoints[] = {
	{"queued_on", item, kQueuedOn, "handed to another CPU", Refines::always, "called"},
	{"queued", item, kQueued, "handed to this CPU"},
	{"started", item, kStarted, "its list is about to be run"},
	{"called", item, kCalled, "it is about to be run itself", Refines::always},
	{"entered", worker, kEntered, "the interrupt that runs items begins"},
	{"finished", item, kFinished, "that interrupt ends, and the last item's function with it"},
};

constexpr std::string_view kRunNeeds[] = {"entered"};

constexpr Stage kStages[] = {
	{AL_IW_WAIT, "wait", "queued", "started", {}, true, "from queueing to the start of the function", {}, {}, {}},
	{AL_IW_RUN, "run", "started", "finished", kRunNeeds, true, "the function itself, where its end is seen", {}, {}, {}},
};

constexpr Book kBooks[] = {
	{AL_QUEUED, "queued", {}, {}},       {AL_MATCHED, "queued", {}, {}},
	{AL_SUPERSEDED, "queued", {}, {}},   {AL_AGED_OUT, "queued", {}, {}},
	{AL_DROPPED_FULL, "queued", {}, {}}, {AL_DROPPED_BUSY, "queued", {}, {}},
	{AL_STARTED, "started", {}, {}},     {AL_UNMATCHED_START, "started", {}, {}},
	{AL_RIDERS, "started", kList, {}},   {AL_BUSY_START, "started", {}, {}},
	{AL_FILTERED, "queued", {}, {}},     {AL_NEGATIVE, "queued", {}, {}},
	{AL_FINISHED, "finished", {}, {}},   {AL_LOST_FINISH, "finished", {}, {}},
	{AL_COALESCED, "queued", {}, "irq_work_queue"},
	{AL_WALKS_CUT, "started", {}, "irq_work_run_list"},
};

constexpr std::string_view kClasses[] = {"raised", "lazy", "remote"};
constexpr al_group_kind kGroups[] = {AL_BY_FUNCTION};
constexpr std::string_view kSymbols[] = {kList, "lazy_list", "__per_cpu_offset",
	"irq_work_run_list", "generic_smp_call_function_single_interrupt",
	kIrqEntries[0], kIrqEntries[1], kIrqEntries[2], kIrqEntries[3]};

constexpr Mechanism kIrqWork = {
	AL_IRQ_WORK, "irq_work", "irq_work", "items that run in an interrupt raised for them",
	"perf record -o /dev/null -m 1 -c 1 -e page-faults true", kPoints, kStages, kClasses, kGroups, kBooks, 8192,
	"classes", kSymbols};
// clang-format on

}  // namespace asynclat::irq_work_rows
