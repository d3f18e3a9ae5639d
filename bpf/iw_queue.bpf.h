/* SPDX-License-Identifier: GPL-2.0 */
/* irq_work is queued: seen at the call, at the raise of the interrupt, or on the way to another CPU. */
#ifndef ASYNCLAT_IW_QUEUE_BPF_H
#define ASYNCLAT_IW_QUEUE_BPF_H

/* Several programs come here, and one may interrupt another. */
__noinline int iw_enqueued(__u64 key, __u64 function, __u32 flags, __u64 here)
{
	if (!(flags & (AL_ITEM_LAZY | AL_ITEM_REMOTE)))
		iw_note_waiting();
	al_queue(AL_IRQ_WORK, key, function, flags, here);
	return 0;
}

/* `trap`: AL_AT_BREAKPOINT where one told, or 0. */
static __always_inline int iw_queued(void *ctx, __u64 trap, __u64 key, __u64 function, __u32 flags)
{
	return iw_wanted(function) ? iw_enqueued(key, function, flags, al_stack_here(ctx) | trap) : 0;
}

/* Somebody wants it queued. Where it is pending already the first stamp stays. */
static __always_inline int iw_attempted(void *ctx, __u64 trap, __u64 work, int remote)
{
	const __u64 function = (__u64)BPF_CORE_READ((struct irq_work *)work, func);
	const __u32 flags = iw_flags(work);

	if (flags & IRQ_WORK_PENDING) {
		if (control.phase == AL_OPEN && iw_wanted(function))
			al_count_shared(iw_books(), AL_COALESCED);
		return 0;
	}
	return iw_queued(ctx, trap, work, function,
			 remote                  ? AL_ITEM_REMOTE
			 : flags & IRQ_WORK_LAZY ? AL_ITEM_LAZY
						 : 0);
}

static __always_inline int iw_attempted_on(void *ctx, __u64 trap, __u64 work, __u32 cpu)
{
	return iw_attempted(ctx, trap, work, cpu != bpf_get_smp_processor_id());
}

/* It is on its way to another CPU, if it is one of ours at all: other calls go the same way. */
static __always_inline int iw_sent_to(void *ctx, __u64 work)
{
	if ((iw_flags(work) & CSD_TYPE_MASK) != CSD_TYPE_IRQ_WORK)
		return 0;
	return iw_queued(ctx, 0, work, (__u64)BPF_CORE_READ((struct irq_work *)work, func),
			 AL_ITEM_REMOTE);
}

static __always_inline int iw_in_table(__u64 key)
{
	struct al_entry entry;
	const int owned = al_own(key, &entry);

	if (owned > 0)
		al_let_go(&entry, entry.old);
	return owned;
}

/* This CPU raises the interrupt, because its list was empty: for the only item that is on it now.
 * Lazy items raise one where the tick has stopped. */
static __always_inline int iw_raised(void *ctx, __u64 function)
{
	__u64 work;

	if (!iw_readable())
		return iw_queued(ctx, 0, al_cpu_owner(bpf_get_smp_processor_id()), function, 0);
	work = iw_first(cfg.raised_list);
	if (!work || iw_in_table(work))
		work = iw_first(cfg.lazy_list);
	if (!work)
		return 0;
	return iw_queued(ctx, 0, work, (__u64)BPF_CORE_READ((struct irq_work *)work, func),
			 iw_flags(work) & IRQ_WORK_LAZY ? AL_ITEM_LAZY : 0);
}

/* Interrupts for other reasons are sent the same way. */
static __always_inline int iw_sent(void *ctx, __u32 cpu, __u64 function)
{
	if (cpu != bpf_get_smp_processor_id() || !function || function == cfg.csd_callback)
		return 0;
	return iw_raised(ctx, function);
}

#endif
