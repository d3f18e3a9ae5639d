/* SPDX-License-Identifier: GPL-2.0 */
/* The split of activated-to-started, read off the executing worker: kick, wakeup, behind. */
#ifndef ASYNCLAT_WQ_SPLIT_BPF_H
#define ASYNCLAT_WQ_SPLIT_BPF_H

#include "wq_blocker.bpf.h"

#define AL_COMM_KWORKER 0x2f72656b726f776bULL /* "kworker/" */

/* A worker sets PF_WQ_WORKER itself, when it first runs. Its name comes earlier, before its first
 * waking, which would be missed otherwise. */
static __always_inline int wq_is_worker(const struct task_struct *task, __u32 flags)
{
	__u64 comm = 0;

	if (flags & PF_WQ_WORKER)
		return 1;
	if (!(flags & PF_KTHREAD))
		return 0;
	bpf_probe_read_kernel(&comm, sizeof(comm), &task->comm);
	return comm == AL_COMM_KWORKER;
}

/* Keep the first waking since the worker slept. One that comes while it is on a CPU wakes nobody,
 * one that comes while it sleeps inside an item belongs to that item's run. */
static __always_inline int wq_kicked(const struct task_struct *task, __u64 address, __u32 flags)
{
	struct al_worker *w;
	__u32 slot;

	if (control.phase == AL_CLOSED || !wq_is_worker(task, flags))
		return 0;
	slot = al_worker_index(address, 1);
	w = bpf_map_lookup_elem(&workers, &slot);
	if (!w)
		return 0;
	if (w->on_cpu_now || w->work)
		return 0;
	w->seen = 1;
	if (w->kicked)
		return 0;
	w->kicked = bpf_ktime_get_ns();
	if (cfg.min_ns)
		wq_note_kicker(slot, w->kicked);
	return 0;
}

static __always_inline void wq_switched_out(const struct task_struct *task, __u64 address,
					    __u32 flags, int sleeps)
{
	struct al_worker *w;

	if (control.phase == AL_CLOSED || !wq_is_worker(task, flags))
		return;
	/* Never claims: the last switch of a worker comes after it gave its slot back. */
	w = al_worker_of(address, 0);
	if (!w)
		return;
	w->on_cpu_now = 0;
	w->seen = 1;
	if (sleeps && !w->work) {
		w->kicked = 0;
		w->on_cpu = 0;
	}
}

/* Keep the first switch-in after the waking: later ones follow a preemption. */
static __always_inline void wq_switched_in(const struct task_struct *task, __u64 address, __u32 flags)
{
	struct al_worker *w;

	if (control.phase == AL_CLOSED || !wq_is_worker(task, flags))
		return;
	w = al_worker_of(address, 1);
	if (!w)
		return;
	w->on_cpu_now = 1;
	w->seen = 1;
	if (w->kicked && !w->on_cpu)
		w->on_cpu = bpf_ktime_get_ns();
}

/* A worker exits: nobody else will need its slot, and its address may come again. */
static __always_inline int wq_gone(__u64 address, __u32 flags)
{
	struct al_worker *w = flags & PF_KTHREAD ? al_worker_of(address, 0) : 0;

	if (!w)
		return 0;
	w->work = 0;
	w->kicked = 0;
	w->on_cpu = 0;
	w->seen = 0;
	w->on_cpu_now = 0;
	al_store(&w->owner, 0);
	return 0;
}

/* When the executing worker was woken and when it got a CPU, clamped into activated-to-started and
 * into order, so that the stages sum. 0 where the item cannot be split. */
static __always_inline int wq_bounds(const struct al_worker *w, const struct al_item *item,
				     __u64 queued, __u64 now, __u64 *kicked, __u64 *on_cpu)
{
	const __u64 activated = item->activated ?: queued;

	if (activated > now || activated < queued || item->flags & AL_ITEM_OVERTAKEN)
		return 0;
	*kicked = *on_cpu = activated;
	if (item->flags & AL_ITEM_BH)
		return 1;
	if (!w || !w->seen)
		return 0;
	if (w->kicked > activated)
		*kicked = w->kicked < now ? w->kicked : now;
	*on_cpu = *kicked;
	if (w->on_cpu > *kicked)
		*on_cpu = w->on_cpu < now ? w->on_cpu : now;
	return 1;
}

/* Is the wait long enough to ask for what? That of a delayed_work, of which it is more than half, may be
 * without being an outlier itself. */
static __always_inline int wq_is_long(const struct al_item *item, __u64 queued, __u64 now)
{
	return al_is_outlier(queued, now) ||
	       (cfg.min_ns && item->flags & AL_ITEM_DELAYED && now - queued >= cfg.min_ns / 2);
}

/* Splits a started item's wait, and tells of it if it is an outlier. A stage that the item did not
 * have is not recorded. 1 if it was asked what it waited for. */
static __always_inline int wq_split(struct al_books *b, const struct al_worker *w, __u64 work,
				     const struct al_item *item, __u64 queued, __u64 now)
{
	const __u64 activated = item->activated ?: queued;
	const struct workqueue_struct *wq = (const void *)item->workqueue;
	__u64 kicked, on_cpu, part[AL_PARTS] = {};
	const struct al_blocker *blocker = 0;

	if (cfg.split && wq_bounds(w, item, queued, now, &kicked, &on_cpu)) {
		if (kicked > activated)
			al_record(AL_WQ_KICK, AL_CLASS_PLAIN, kicked - activated, now, item->function);
		if (on_cpu > kicked)
			al_record(AL_WQ_WAKEUP, AL_CLASS_PLAIN, on_cpu - kicked, now, item->function);
		al_record(AL_WQ_BEHIND, AL_CLASS_PLAIN, now - on_cpu, now, item->function);
		part[0] = activated - queued;
		part[1] = kicked - activated;
		part[2] = on_cpu - kicked;
		part[3] = now - on_cpu;
		if (wq_is_long(item, queued, now))
			blocker = wq_blame(w, item, part, queued, now);
	} else if (cfg.split) {
		al_count(b, AL_UNSPLIT);
	}
	al_outlier(b, AL_WORKQUEUE, AL_CLASS_PLAIN, item->function, &wq->name, part, blocker, work,
		   queued, queued, now);
	return !!blocker;
}

#endif
