/* SPDX-License-Identifier: GPL-2.0 */
/* What an item waited for, where other items were it: those that ran under its workqueue while
 * max_active held it back, or on its worker while it was behind. Only with --min.
 */
#ifndef ASYNCLAT_WQ_BLOCKER_BPF_H
#define ASYNCLAT_WQ_BLOCKER_BPF_H

#include "outlier.bpf.h"

/* What is remembered in one place: the last runs that took --min or longer, the last that took a
 * quarter of it, a sixteenth, a 64th. So a long one is not forgotten for many short ones. */
#define WQ_LENGTHS 4
#define WQ_RUNS 8 /* of each length */
#define WQ_RECENT (WQ_LENGTHS * WQ_RUNS)

struct wq_run {
	__u64 begun;
	__u64 ended; /* 0: being written */
	__u64 function;
	__u32 tid;
	char thread[16];
};

struct wq_recent {
	__u64 next[WQ_LENGTHS];
	struct wq_run run[WQ_RECENT];
};

/* A pool; or what shares a max_active: a workqueue's items in one pool, or if it is unbound, those
 * of one node. */
struct wq_place {
	__u64 workqueue;
	__u64 pool; /* or the node + 1 */
};

/* What finds no room is not remembered. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* user space says, or leaves it out */
	__type(key, struct wq_place);
	__type(value, struct wq_recent);
} recent SEC(".maps");

static const struct wq_recent wq_nothing_yet;

static __always_inline void wq_limited_place(struct wq_place *place, __u64 workqueue, __u64 pool)
{
	const struct worker_pool *in = (const void *)pool;

	place->workqueue = workqueue;
	place->pool = BPF_CORE_READ(in, cpu) < 0 ? BPF_CORE_READ(in, node) + 1 : pool;
}

/* Of which length a run is: 0 for --min or longer, WQ_LENGTHS for one too short to be remembered. */
static __always_inline __u32 wq_length(__u64 ran_ns)
{
	__u32 length = 0;

#pragma unroll
	for (int i = 0; i < WQ_LENGTHS; i++)
		if (ran_ns < cfg.min_ns >> 2 * i)
			length = i + 1;
	return length;
}

static __always_inline void wq_remember_in(const struct wq_place *place, const struct al_worker *w,
					   __u64 now)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct wq_recent *r = bpf_map_lookup_elem(&recent, place);
	const __u32 length = wq_length(now - w->started) & (WQ_LENGTHS - 1);

	if (!r) {
		bpf_map_update_elem(&recent, place, &wq_nothing_yet, BPF_NOEXIST);
		r = bpf_map_lookup_elem(&recent, place);
	}
	for (int i = 0; r && i < 4; i++) {
		const __u64 at = *(volatile __u64 *)&r->next[length];
		struct wq_run *run = &r->run[length * WQ_RUNS + at % WQ_RUNS];

		if (al_cas(&r->next[length], at, at + 1) != at)
			continue;
		al_store(&run->ended, 0);
		run->begun = w->started;
		run->function = w->function;
		run->tid = bpf_get_current_pid_tgid();
		bpf_probe_read_kernel(run->thread, sizeof(run->thread), &task->comm);
		al_store(&run->ended, now);
		break;
	}
}

/* On the worker's thread: it has run an item, and still knows under which workqueue. */
__noinline int wq_remember(__u32 slot, __u64 now)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct al_worker *w = bpf_map_lookup_elem(&workers, &slot);
	struct wq_place place = {};
	struct pool_workqueue *pwq;
	struct kthread *kthread;
	struct worker *worker;

	if (!w || w->owner != (__u64)task)
		return 0;
	kthread = al_kthread(task);
	worker = BPF_CORE_READ(kthread, data);
	pwq = BPF_CORE_READ(worker, current_pwq);
	place.pool = (__u64)BPF_CORE_READ(pwq, pool);
	wq_remember_in(&place, w, now);
	wq_limited_place(&place, (__u64)BPF_CORE_READ(pwq, wq), place.pool);
	wq_remember_in(&place, w, now);
	return 0;
}

static __always_inline int wq_is_worth_it(const struct al_worker *w, __u64 now)
{
	return cfg.min_ns && w->started && wq_length(now - w->started) < WQ_LENGTHS;
}

static __always_inline __u64 wq_overlap(const struct wq_run *run, __u64 from, __u64 to)
{
	const __u64 begun = run->begun > from ? run->begun : from;
	const __u64 ended = run->ended < to ? run->ended : to;

	return ended > begun ? ended - begun : 0;
}

/* Where the answer is put: only a start asks, and a CPU is in one at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct al_blocker);
} blamed SEC(".maps");

static __always_inline struct al_blocker *wq_blamed(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&blamed, &zero);
}

/* The function that ran there for longest between two moments; in this thread, or (0) in any. Global,
 * so that the verifier follows its loops once, and not with all that a caller knows. */
__noinline int wq_find_blocker(__u64 workqueue, __u64 pool, __u64 from, __u64 to, __u32 tid)
{
	const struct wq_place place = {workqueue, pool};
	struct wq_recent *r = bpf_map_lookup_elem(&recent, &place);
	struct al_blocker *blocker = wq_blamed();
	__u64 longest = 0;

	if (!r || !blocker)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < WQ_RECENT; i++) {
		const __u64 overlap = wq_overlap(&r->run[i], from, to);

		if (overlap <= longest || (tid && r->run[i].tid != tid))
			continue;
		longest = overlap;
		blocker->function = r->run[i].function;
		blocker->tid = r->run[i].tid;
		__builtin_memcpy(blocker->thread, r->run[i].thread, sizeof(blocker->thread));
	}
	if (!longest)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < WQ_RECENT; i++)
		if (r->run[i].function == blocker->function && (!tid || r->run[i].tid == tid))
			blocker->ran_ns += wq_overlap(&r->run[i], from, to);
	return 0;
}

/* What made an outlier wait, if its longest part was for other items; `part` as in the split. */
static __always_inline const struct al_blocker *wq_blame(const struct al_item *item,
							 const __u64 *part, __u64 queued, __u64 now)
{
	const struct workqueue_struct *wq = (const void *)item->workqueue;
	struct al_blocker *blocker = wq_blamed();
	struct wq_place place;

	if (!blocker)
		return 0;
	__builtin_memset(blocker, 0, sizeof(*blocker));
	if (part[0] >= part[1] && part[0] >= part[2] && part[0] >= part[3]) {
		wq_limited_place(&place, item->workqueue, item->pool);
		blocker->max_active = BPF_CORE_READ(wq, saved_max_active);
		wq_find_blocker(place.workqueue, place.pool, queued, queued + part[0], 0);
	} else if (part[3] > part[0] && part[3] > part[1] && part[3] > part[2] &&
		   !(item->flags & AL_ITEM_BH)) {
		wq_find_blocker(0, item->pool, now - part[3], now, bpf_get_current_pid_tgid());
	}
	return blocker;
}

#endif
