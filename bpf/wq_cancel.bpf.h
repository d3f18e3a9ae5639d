/* SPDX-License-Identifier: GPL-2.0 */
/* What leaves without a start, and what never came in: no tracepoint tells of either, calls do. */
#ifndef ASYNCLAT_WQ_CANCEL_BPF_H
#define ASYNCLAT_WQ_CANCEL_BPF_H

#include "wq_calls.bpf.h"

/* try_to_grab_pending() returns this where it took the item off its list, or its timer off the
 * wheel. Until the caller lets go, interrupts are off and PENDING is set: nobody queues it. */
#define WQ_TAKEN_OFF 1

/* An item was taken off its list. Where the start of an earlier queueing is not traced yet, the
 * entry is that one's again. */
static __always_inline void wq_taken_off(struct al_books *b, __u64 work)
{
	struct al_entry entry;
	__u64 earlier;

	if (al_own(work, &entry) <= 0)
		return;
	al_count_shared(b, AL_CANCELLED);
	earlier = entry.item->earlier;
	if (!earlier) {
		al_remove(&entry, work);
		return;
	}
	entry.item->earlier = 0;
	entry.item->flags |= AL_ITEM_OVERTAKEN;
	al_let_go(&entry, earlier);
}

/* All who grab an item cancel it, but for mod_delayed_work: see dw_grabbed(). Where delayed_work is
 * not measured, a timer that is grabbed has no entry here, unless the start of an earlier queueing
 * is only about to be traced. */
static __always_inline int wq_grabbed(__u64 work, int result)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	int modified;

	if (control.phase == AL_CLOSED || !work)
		return 0;
	modified = wq_modifies(work, result >= 0);
	if (result != WQ_TAKEN_OFF)
		return 0;
	if (cfg.mechanisms & (1 << AL_DELAYED_WORK) && dw_grabbed(cpu, work, modified))
		return 0;
	if (cfg.mechanisms & (1 << AL_WORKQUEUE))
		wq_taken_off(al_books_of(cpu, AL_WORKQUEUE), work);
	return 0;
}

/* A call that queues returned. False: PENDING was set already, or (6.10) the work is disabled. */
static __always_inline int wq_queue_returned(__u32 ledger, __u64 work, __u64 result)
{
	if ((__u8)result || control.phase != AL_OPEN || !(cfg.mechanisms & (1 << ledger)))
		return 0;
	if (cfg.function_mode != AL_FILTER_NONE && (!work || !wq_wanted(work)))
		return 0;
	al_count_shared(al_books_of(bpf_get_smp_processor_id(), ledger), AL_COALESCED);
	return 0;
}

/* ---- hooks ---------------------------------------------------------------------------------- */

SEC("?fexit/try_to_grab_pending")
int BPF_PROG(wq_grabbed_fx, struct work_struct *work, unsigned int flags, void *irq_flags, int result)
{
	return wq_grabbed(al_address(work), result);
}

SEC("?kprobe/try_to_grab_pending")
int BPF_KPROBE(wq_grabbed_kp, struct work_struct *work)
{
	return wq_enter(WQ_GRAB, (__u64)work);
}

SEC("?kretprobe/try_to_grab_pending")
int BPF_KRETPROBE(wq_grabbed_kr, int result)
{
	return wq_grabbed(wq_leave(WQ_GRAB), result);
}

SEC("?fentry/mod_delayed_work_on")
int BPF_PROG(dw_modify_fe, int cpu, struct workqueue_struct *wq, struct delayed_work *dwork)
{
	return wq_enter(WQ_MODIFY, al_address(dwork));
}

SEC("?kprobe/mod_delayed_work_on")
int BPF_KPROBE(dw_modify_kp, int cpu, struct workqueue_struct *wq, struct delayed_work *dwork)
{
	return wq_enter(WQ_MODIFY, (__u64)dwork);
}

/* A function that queues, its book, and the fourth argument's place, where its result lies if it
 * has three. */
#define WQ_QUEUES(suffix, function, callee, ledger, result_at)                                      \
	SEC("?fexit/" #function)                                                                    \
	int BPF_PROG(suffix##_fx, int where, struct workqueue_struct *wq, struct work_struct *work) \
	{                                                                                           \
		return wq_queue_returned(ledger, al_address(work), ctx[result_at]);                 \
	}                                                                                           \
	SEC("?kprobe/" #function)                                                                   \
	int BPF_KPROBE(suffix##_kp, int where, struct workqueue_struct *wq, struct work_struct *work) \
	{                                                                                           \
		return wq_enter(callee, (__u64)work);                                               \
	}                                                                                           \
	SEC("?kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(suffix##_kr, unsigned long result)                                        \
	{                                                                                           \
		return wq_queue_returned(ledger, wq_leave(callee), result);                         \
	}

WQ_QUEUES(wq_again, queue_work_on, WQ_QUEUE, AL_WORKQUEUE, 3)
WQ_QUEUES(wq_again_n, queue_work_node, WQ_QUEUE_NODE, AL_WORKQUEUE, 3)
WQ_QUEUES(dw_again, queue_delayed_work_on, WQ_QUEUE_DELAYED, AL_DELAYED_WORK, 4)

#endif
