/* SPDX-License-Identifier: GPL-2.0 */
/* Who queues an item, noted beside the pending table for when it turns out to be slow; and the filters on
 * that. A note is not taken back with its entry: key and stamp say whose it is. Nothing of this is in the
 * programs, nor are there such maps, unless it is asked for.
 */
#ifndef ASYNCLAT_SUBMITTER_BPF_H
#define ASYNCLAT_SUBMITTER_BPF_H

#include "asynclat.bpf.h"

struct al_note {
	__u64 key;
	__u64 stamp; /* 0: being written */
	struct al_submitter who;
} __attribute__((aligned(64)));

AL_ARRAY(notes, struct al_note); /* as the items, then one for each spill counter */

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1); /* user space says, or leaves it out */
	__uint(key_size, sizeof(__u32));
	__uint(value_size, AL_STACK_FRAMES * sizeof(__u64));
} stacks SEC(".maps");

/* Where a queueing hook stands, `here`: the number of its stack plus one, and this mark of a hardware
 * breakpoint, an exception that the kernel counts as an NMI. */
#define AL_AT_BREAKPOINT (1ULL << 32)

/* A walk of a microsecond or two: once it is known that the item is wanted. What a full map or another stack of the same hash leave no room for is not known. */
static __always_inline __u32 al_stack_here(void *ctx)
{
	const long id = cfg.stacks ? bpf_get_stackid(ctx, &stacks, 0) : -1;

	return id < 0 ? 0 : id + 1;
}

/* What the CPU is in, as the kernel counts it: 1 if that can be read. Variables of a CPU lie at fixed
 * distances: its runqueue, which a task leads to, says where they are. */
static __always_inline int al_preempt_count(__u32 *count)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const void *runqueue;

	if (bpf_core_field_exists(task->thread_info.preempt_count)) {
		*count = BPF_CORE_READ(task, thread_info.preempt_count);
		return 1;
	}
	if (!cfg.preempt_count || !bpf_core_field_exists(struct cfs_rq, rq))
		return 0;
	runqueue = BPF_CORE_READ(task, se.cfs_rq, rq);
	return runqueue && !bpf_probe_read_kernel(count, sizeof(*count),
						  runqueue + cfg.preempt_count +
							  al_preempt_count_offset());
}

static __always_inline __u32 al_context(__u64 here)
{
	__u32 count = 0;

	if (!al_preempt_count(&count))
		return AL_IN_UNKNOWN;
	if (here & AL_AT_BREAKPOINT)
		count -= NMI_OFFSET + HARDIRQ_OFFSET;
	if (count & NMI_MASK)
		return AL_IN_NMI;
	if (count & HARDIRQ_MASK)
		return AL_IN_HARDIRQ;
	return count & SOFTIRQ_OFFSET ? AL_IN_SOFTIRQ : AL_IN_TASK;
}

/* Nothing can be told of what was not seen to be queued. */
static __always_inline int al_filters_submitters(void)
{
	return cfg.submitter_pid || cfg.submitter_cgroup;
}

/* Is it an item of whom --pid and --cgroup ask for? AL_ITEM_LEFT_OUT or 0. */
static __always_inline __u32 al_left_out(__u64 here)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (!al_filters_submitters())
		return 0;
	if (al_context(here) != AL_IN_TASK)
		return AL_ITEM_LEFT_OUT;
	if (cfg.submitter_pid && bpf_get_current_pid_tgid() >> 32 != cfg.submitter_pid)
		return AL_ITEM_LEFT_OUT;
	if (cfg.submitter_cgroup &&
	    al_cgroup_ancestor(BPF_CORE_READ(task, cgroups, dfl_cgrp), cfg.submitter_level) !=
		    cfg.submitter_cgroup)
		return AL_ITEM_LEFT_OUT;
	return 0;
}

/* Global, so that the verifier looks at it once. */
__noinline int al_note_submitter(__u32 slot, __u64 key, __u64 stamp, __u64 here)
{
	struct al_note *note = cfg.submitters ? bpf_map_lookup_elem(&notes, &slot) : 0;
	__u64 ids;

	if (!note)
		return 0;
	al_store(&note->stamp, 0);
	note->key = key;
	note->who.stack = here;
	note->who.context = al_context(here);
	if (note->who.context == AL_IN_TASK) {
		ids = bpf_get_current_pid_tgid();
		note->who.tid = ids;
		note->who.pid = ids >> 32;
		note->who.cgroup = bpf_get_current_cgroup_id();
		bpf_get_current_comm(note->who.comm, sizeof(note->who.comm));
	}
	al_store(&note->stamp, stamp);
	return 0;
}

/* Writes who queued the item that has, or had, this key and stamp; 0 where that is not known. */
static __always_inline int al_submitter_at(__u32 slot, __u64 key, __u64 stamp,
					   struct al_submitter *who)
{
	const struct al_note *note = bpf_map_lookup_elem(&notes, &slot);

	if (!note || note->key != key || *(volatile __u64 *)&note->stamp != stamp)
		return 0;
	*who = note->who;
	/* Another item may have come to its place meanwhile. */
	barrier();
	if (*(volatile __u64 *)&note->stamp == stamp)
		return 1;
	who->context = AL_IN_UNKNOWN;
	who->stack = 0;
	return 0;
}

static __always_inline __u32 al_spill_slot(__u64 key)
{
	return (AL_WAYS << (cfg.set_bits & 31)) + al_spill_index(key);
}

/* `who` is cleared first. */
static __always_inline void al_submitter_of(__u64 key, __u64 stamp, struct al_submitter *who)
{
	const __u32 set = al_set_index(key);

	__builtin_memset(who, 0, sizeof(*who));
	if (!cfg.submitters)
		return;
	for (int way = 0; way < AL_WAYS; way++)
		if (al_submitter_at(set * AL_WAYS + way, key, stamp, who))
			return;
	al_submitter_at(al_spill_slot(key), key, stamp, who);
}

#endif
