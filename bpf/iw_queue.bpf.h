/* SPDX-License-Identifier: GPL-2.0 */
/* irq_work is queued: seen at the call, at the raise of the interrupt, or on the way to another CPU. */
#ifndef ASYNCLAT_IW_QUEUE_BPF_H
#define ASYNCLAT_IW_QUEUE_BPF_H

/* Several programs come here, and one may interrupt another. */
__noinline int iw_queued(__u64 key, __u64 function, __u32 flags, __u64 here)
{
	if (!iw_wanted(function))
		return 0;
	if (!(flags & (AL_ITEM_LAZY | AL_ITEM_REMOTE)))
		iw_note_waiting();
	al_queue(AL_IRQ_WORK, key, function, flags, here);
	return 0;
}

/* Somebody wants it queued. Where it is pending already the first stamp stays. */
static __always_inline int iw_attempted(__u64 work, int remote, __u64 here)
{
	const __u64 function = (__u64)BPF_CORE_READ((struct irq_work *)work, func);
	const __u32 flags = iw_flags(work);

	if (flags & IRQ_WORK_PENDING) {
		if (control.phase == AL_OPEN && iw_wanted(function))
			al_count_shared(iw_books(), AL_COALESCED);
		return 0;
	}
	return iw_queued(work, function,
			 remote                  ? AL_ITEM_REMOTE
			 : flags & IRQ_WORK_LAZY ? AL_ITEM_LAZY
						 : 0,
			 here);
}

static __always_inline int iw_attempted_on(__u64 work, __u32 cpu, __u64 here)
{
	return iw_attempted(work, cpu != bpf_get_smp_processor_id(), here);
}

/* It is on its way to another CPU, if it is one of ours at all: other calls go the same way. */
static __always_inline int iw_sent_to(__u64 work, __u64 here)
{
	if ((iw_flags(work) & CSD_TYPE_MASK) != CSD_TYPE_IRQ_WORK)
		return 0;
	return iw_queued(work, (__u64)BPF_CORE_READ((struct irq_work *)work, func), AL_ITEM_REMOTE,
			 here);
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
static __always_inline int iw_raised(__u64 function, __u64 here)
{
	__u64 work;

	if (!iw_readable())
		return iw_queued(al_cpu_owner(bpf_get_smp_processor_id()), function, 0, here);
	work = iw_first(cfg.raised_list);
	if (!work || iw_in_table(work))
		work = iw_first(cfg.lazy_list);
	if (!work)
		return 0;
	return iw_queued(work, (__u64)BPF_CORE_READ((struct irq_work *)work, func),
			 iw_flags(work) & IRQ_WORK_LAZY ? AL_ITEM_LAZY : 0, here);
}

/* Interrupts for other reasons are sent the same way. */
static __always_inline int iw_sent(__u32 cpu, __u64 function, __u64 here)
{
	if (cpu != bpf_get_smp_processor_id() || !function || function == cfg.csd_callback)
		return 0;
	return iw_raised(function, here);
}

#endif
