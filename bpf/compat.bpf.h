/* SPDX-License-Identifier: GPL-2.0 */
/* Differences between kernels, one dated block each. Callers write for the newest kernel. */
#ifndef ASYNCLAT_COMPAT_BPF_H
#define ASYNCLAT_COMPAT_BPF_H

/* 5.17, e32cf5dfbe22: a kthread's data moved from set_child_tid to worker_private. */
struct task_struct___before_5_17 {
	void *set_child_tid;
} __attribute__((preserve_access_index));

static __always_inline struct kthread *al_kthread(struct task_struct *task)
{
	struct task_struct___before_5_17 *old = (void *)task;

	if (bpf_core_field_exists(task->worker_private))
		return BPF_CORE_READ(task, worker_private);
	return BPF_CORE_READ(old, set_child_tid);
}

/* 5.14, 2f064a59a11f: task_struct.state became __state. */
struct task_struct___before_5_14 {
	long state;
} __attribute__((preserve_access_index));

static __always_inline __u32 al_task_state(struct task_struct *task)
{
	struct task_struct___before_5_14 *old = (void *)task;

	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	return BPF_CORE_READ(old, state);
}

/* 6.12, 152e11f6df29: a task that sleeps may stay on its run queue for a while, marked. */
static __always_inline int al_task_runnable(const struct task_struct *task)
{
	if (!BPF_CORE_READ(task, on_rq))
		return 0;
	return !bpf_core_field_exists(task->se.sched_delayed) ||
	       !BPF_CORE_READ(task, se.sched_delayed);
}

/* Also when it is just being switched out. */
static __always_inline int al_task_on_cpu(const struct task_struct *task)
{
	return bpf_core_field_exists(task->on_cpu) && BPF_CORE_READ(task, on_cpu);
}

/* 6.1, 7f203bc89eb6: a cgroup knows its ancestors; before, only their numbers. The helper that tells is not
 * for tracing programs before 5.15. 0: it has none of that level. */
struct cgroup___before_6_1 {
	__u64 ancestor_ids[1];
} __attribute__((preserve_access_index));

static __always_inline __u64 al_cgroup_ancestor(const struct cgroup *cgroup, __u32 level)
{
	const void *at = (const void *)cgroup + level * sizeof(__u64);
	const struct cgroup *ancestor = 0;
	__u64 id = 0;

	if (BPF_CORE_READ(cgroup, level) < (int)level)
		return 0;
	if (!bpf_core_field_exists(cgroup->ancestors)) {
		bpf_probe_read_kernel(&id, sizeof(id),
				      at + bpf_core_field_offset(struct cgroup___before_6_1,
								 ancestor_ids));
		return id;
	}
	bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
			      at + bpf_core_field_offset(struct cgroup, ancestors));
	return BPF_CORE_READ(ancestor, kn, id);
}

/* 6.2, 64701838bf05: x86's preempt_count moved into pcpu_hot, and with 6.15, 46e8fff6d45f out of it again.
 * Where it is in that. */
struct pcpu_hot {
	int preempt_count;
} __attribute__((preserve_access_index));

static __always_inline __u32 al_preempt_count_offset(void)
{
	return bpf_core_field_exists(struct pcpu_hot, preempt_count)
		       ? bpf_core_field_offset(struct pcpu_hot, preempt_count)
		       : 0;
}

/* 6.11, ecbde88e544f: timer_start passes the jiffy at which the wheel bucket expires. Before,
 * it follows from the level, which the bucket's index in the flags tells: 64 buckets a level,
 * each level eight times coarser, rounded up by one bucket so that no timer fires early. */
static __always_inline __u64 al_bucket_expiry(__u64 expires, __u32 flags)
{
	const __u32 shift = ((flags >> TIMER_ARRAYSHIFT) / 64 * 3) & 31;

	return ((expires >> shift) + 1) << shift;
}

#endif
