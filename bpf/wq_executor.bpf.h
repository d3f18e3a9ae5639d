/* SPDX-License-Identifier: GPL-2.0 */
/* What executes an item, and that it is busy with it: a worker's slot, or the CPU's for BH work. */
#ifndef ASYNCLAT_WQ_EXECUTOR_BPF_H
#define ASYNCLAT_WQ_EXECUTOR_BPF_H

/* Which slot belongs to what executes the item: the worker, or the CPU for BH work. */
__noinline __u32 wq_executor_index(__u32 cpu, __u64 work, __u32 bh)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct al_worker *w;
	__u32 key;

	if (bh || !(BPF_CORE_READ(task, flags) & PF_WQ_WORKER))
		return al_worker_index(al_cpu_owner(cpu), 1);
	key = al_worker_index((__u64)task, 1);
	w = bpf_map_lookup_elem(&workers, &key);
	if (w && w->work) {
		/* Busy: either its last finish was missed, or a softirq interrupted it and runs BH
		 * work of which we know nothing. What the worker itself says it runs decides. */
		struct kthread *kthread = al_kthread(task);
		struct worker *worker = BPF_CORE_READ(kthread, data);

		if ((__u64)BPF_CORE_READ(worker, current_work) != work)
			return al_worker_index(al_cpu_owner(cpu), 1);
	}
	return key;
}

static __always_inline struct al_worker *wq_executor(__u32 cpu, __u64 work, __u32 bh)
{
	const __u32 key = wq_executor_index(cpu, work, bh);

	return bpf_map_lookup_elem(&workers, &key);
}

static __always_inline void wq_lose_finish(__u32 cpu, __u32 runs)
{
	if (runs & AL_RUNS_WORK)
		al_count_shared(al_books_of(cpu, AL_WORKQUEUE), AL_LOST_FINISH);
	if (runs & AL_RUNS_DELAYED)
		al_count_shared(al_books_of(cpu, AL_DELAYED_WORK), AL_LOST_FINISH);
}

/* From now on the executor runs this item. Its last finish was missed if it still runs another. */
static __always_inline void wq_occupy(struct al_worker *w, __u32 cpu, __u64 work, __u64 function,
				      __u64 now, __u32 runs)
{
	if (!w) {
		wq_lose_finish(cpu, runs);
		return;
	}
	if (w->work)
		wq_lose_finish(cpu, w->flags);
	al_occupy(w, work, function, now, runs);
}

#endif
