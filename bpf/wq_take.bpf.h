/* SPDX-License-Identifier: GPL-2.0 */
/* Which of its queueings an item starts with: PENDING is clear by then, and a later one may have come
 * already.
 */
#ifndef ASYNCLAT_WQ_TAKE_BPF_H
#define ASYNCLAT_WQ_TAKE_BPF_H

/* Where a worker notes what it took: BH work is the CPU's. */
static __always_inline __u64 wq_taker(__u32 cpu, __u32 bh)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return bh || !(BPF_CORE_READ(task, flags) & PF_WQ_WORKER) ? al_cpu_owner(cpu) : (__u64)task;
}

/* A worker is about to run the item; PENDING still stands, under the pool's lock. Before 6.6 it may
 * yet leave it to another worker, which runs the same item already: nothing is taken out here. */
static __always_inline int wq_taken(__u64 work)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_entry entry;
	struct al_worker *w;
	__u64 stamp = 0;
	__u32 bh = 0;

	if (control.phase == AL_CLOSED)
		return 0;
	if (al_own(work, &entry) > 0) {
		bh = entry.item->flags & AL_ITEM_BH;
		stamp = entry.old;
		al_let_go(&entry, stamp);
	}
	w = al_worker_of(wq_taker(cpu, bh), 1);
	if (w)
		w->taken = stamp;
	return 0;
}

/* The kernel traces a queueing, then inserts the item, under a lock: within this. */
#define WQ_INSERTION_NS 2000

/* Two queueings wait for a start: did the later one overtake it? Where it was not seen which of them
 * was taken: it did if it came after the start, or if work->data shows that it is on a list (PWQ) or
 * was about to be. Otherwise the earlier one was cancelled, and the start belongs to the later one. */
static __always_inline int wq_overtaken(__u32 cpu, __u64 work, const struct al_entry *entry,
					__u64 now)
{
	const __u64 later = entry->old, earlier = entry->item->earlier;
	__u64 data;

	if (cfg.taken) {
		struct al_worker *w = al_worker_of(wq_taker(cpu, entry->item->flags & AL_ITEM_BH), 0);

		if (w && (w->taken == later || w->taken == earlier))
			return w->taken == earlier;
	}
	data = BPF_CORE_READ((struct work_struct *)work, data.counter);
	return later > now || data & WORK_STRUCT_PWQ ||
	       (data & WORK_STRUCT_PENDING && now - later < WQ_INSERTION_NS);
}

/* Takes the entry of an item that starts now: 1, or 0 where it has none, or -1 where another CPU
 * kept it for too long. */
static __always_inline int wq_take(struct al_books *b, __u32 cpu, __u64 work, __u64 now,
				   struct al_item *item, __u64 *stamp)
{
	struct al_entry entry;
	const int owned = al_own(work, &entry);

	if (owned <= 0)
		return owned;
	*item = *entry.item;
	*stamp = entry.old;
	if (item->earlier) {
		if (wq_overtaken(cpu, work, &entry, now)) {
			*stamp = item->earlier;
			item->flags |= AL_ITEM_OVERTAKEN;
			entry.item->earlier = 0;
			al_let_go(&entry, entry.old);
			return 1;
		}
		al_count_shared(b, AL_SUPERSEDED);
	}
	al_remove(&entry, work);
	return 1;
}

SEC("?fentry/process_one_work")
int BPF_PROG(wq_taken_fe, struct worker *worker, struct work_struct *work)
{
	return wq_taken(al_address(work));
}

SEC("?kprobe/process_one_work")
int BPF_KPROBE(wq_taken_kp, struct worker *worker, struct work_struct *work)
{
	return wq_taken((__u64)work);
}

#endif
