/* SPDX-License-Identifier: GPL-2.0 */
/* What an irq_work waited for: interrupts were off on its CPU. For how long, at least; until where; and
 * in or above which task. Only with --min.
 */
#ifndef ASYNCLAT_IW_BLOCKER_BPF_H
#define ASYNCLAT_IW_BLOCKER_BPF_H

#include "blamed.bpf.h"
#include "interrupted.bpf.h"

#define IW_DELIVERY_NS 20000 /* where nothing is off, its interrupt is there sooner */

/* An item that raises an interrupt was queued here. */
static __always_inline void iw_note_waiting(void)
{
	struct al_worker *w;

	if (!cfg.min_ns)
		return;
	w = al_worker_of(al_cpu_owner(bpf_get_smp_processor_id()), 1);
	if (w && !w->since)
		w->since = bpf_ktime_get_ns();
}

static __always_inline void iw_look_back(void *ctx)
{
	struct al_blocker *blocker = al_blamed();

	if (blocker)
		blocker->function = al_interrupted(ctx);
}

/* Items start. A stack takes a microsecond or two: only if one of them can have waited long. */
static __always_inline void iw_look_if_late(void *ctx, struct al_worker *w)
{
	if (!cfg.min_ns || !w || !w->since)
		return;
	if (al_is_outlier(w->since, bpf_ktime_get_ns()))
		iw_look_back(ctx);
	w->since = 0;
}

/* An item that another CPU sent, and that waited long? */
__noinline int iw_sent_long_ago(__u64 work, __u64 now)
{
	struct al_entry entry;
	int so;

	if (!cfg.min_ns || al_own(work, &entry) <= 0)
		return 0;
	so = entry.item->flags & AL_ITEM_REMOTE && al_is_outlier(entry.old, now);
	al_let_go(&entry, entry.old);
	return so;
}

static __always_inline void iw_forget_place(void)
{
	struct al_blocker *blocker = al_blamed();

	if (blocker)
		blocker->function = AL_AT_UNKNOWN;
}

/* A lazy item waits by design. What was run by no interrupt (a thread of PREEMPT_RT, the idle loop)
 * waited for something else, and what interrupted the idle task may have had to wake the CPU. */
static __always_inline const struct al_blocker *iw_blame(__u32 item_class, __u64 queued, __u64 now)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const __u32 tid = bpf_get_current_pid_tgid();
	struct al_blocker *blocker = al_blamed();

	if (!blocker || item_class == AL_CLASS_LAZY || !al_is_outlier(queued, now) ||
	    now - queued < IW_DELIVERY_NS || blocker->function == AL_AT_UNKNOWN || !tid)
		return 0;
	blocker->kind = AL_BLOCKED_BY_IRQS_OFF;
	blocker->ran_ns = now - queued;
	blocker->tid = tid;
	bpf_probe_read_kernel(blocker->thread, sizeof(blocker->thread), &task->comm);
	return blocker;
}

#endif
