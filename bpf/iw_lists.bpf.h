/* SPDX-License-Identifier: GPL-2.0 */
/* irq_work's items, and the lists of a CPU that they stand on. */
#ifndef ASYNCLAT_IW_LISTS_BPF_H
#define ASYNCLAT_IW_LISTS_BPF_H

#include "tell.bpf.h"

static __always_inline __u32 iw_flags(__u64 work)
{
	return BPF_CORE_READ((struct irq_work *)work, node.u_flags);
}

/* Nothing takes an item back: one that is not pending any more has started without our seeing it. */
static __always_inline int iw_verdict(__u64 key, const struct al_item *item)
{
	const struct irq_work *work = (const void *)key;
	__u64 function = 0;
	__u32 flags = 0;

	if (key & 1 || bpf_probe_read_kernel(&flags, sizeof(flags), &work->node.u_flags) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &work->func) ||
	    function != item->function || !(flags & IRQ_WORK_PENDING))
		return AL_UNREADABLE;
	return AL_STILL_PENDING;
}

static __always_inline int al_look(struct al_books *b, __u64 key, struct al_item *item)
{
	return iw_verdict(key, item);
}

static __always_inline int al_tell_waiting(__u64 key, const struct al_item *item,
					   struct al_told *told)
{
	return iw_verdict(key, item) == AL_STILL_PENDING;
}

/* No thread runs it. */
static __always_inline int al_tell_running(struct task_struct *task, __u64 work,
					   struct al_told *told)
{
	return 0;
}

static __always_inline struct al_books *iw_books(void)
{
	return al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK);
}

static __always_inline int iw_wanted(__u64 function)
{
	return cfg.function_mode == AL_FILTER_NONE || al_function_wanted(function);
}

static __always_inline int iw_readable(void)
{
	return cfg.raised_list && cfg.lazy_list && cfg.per_cpu_offset;
}

/* The first item of this CPU's list. */
static __always_inline __u64 iw_first(__u64 list)
{
	const __u64 cpu = bpf_get_smp_processor_id();
	__u64 offset = 0, first = 0;

	bpf_probe_read_kernel(&offset, sizeof(offset), (void *)(cfg.per_cpu_offset + cpu * 8));
	bpf_probe_read_kernel(&first, sizeof(first), (void *)(list + offset));
	return first;
}

#endif
