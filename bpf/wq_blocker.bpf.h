/* SPDX-License-Identifier: GPL-2.0 */
/* What an item waited for. In hold: what ran under its max_active meanwhile. In kick: what its pool's
 * worker was busy with. In wakeup: what held the CPU. In behind: what its worker ran. Only with --min.
 */
#ifndef ASYNCLAT_WQ_BLOCKER_BPF_H
#define ASYNCLAT_WQ_BLOCKER_BPF_H

#include "held_search.bpf.h"
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

static __always_inline struct wq_recent *wq_recent_of(const struct wq_place *place)
{
	return cfg.min_ns ? bpf_map_lookup_elem(&recent, place) : 0;
}

static __always_inline void wq_remember_in(const struct wq_place *place, const struct al_worker *w,
					   __u64 now)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct wq_recent *r = wq_recent_of(place);
	const __u32 length = wq_length(now - w->started) & (WQ_LENGTHS - 1);

	if (!r && cfg.min_ns) {
		bpf_map_update_elem(&recent, place, &wq_nothing_yet, BPF_NOEXIST);
		r = wq_recent_of(place);
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
	return cfg.min_ns && cfg.split && w->started && wq_length(now - w->started) < WQ_LENGTHS;
}

/* Who woke a worker: it then ran an item of the same pool, which it left to sleep, or which was found
 * to take long. By the woken worker's slot. */
struct wq_kicker {
	__u64 kicked; /* its al_worker's: otherwise the below is of another waking */
	__u64 pool;
	__u64 begun;
	__u64 function; /* 0: no item */
	__u32 tid;
	char thread[16];
};

AL_ARRAY(kickers, struct wq_kicker);

static __always_inline struct wq_kicker *wq_kicker_of(__u32 slot)
{
	return cfg.min_ns ? bpf_map_lookup_elem(&kickers, &slot) : 0;
}

/* Only of the current task's own pool: an interrupt on another pool's worker kicks, too. */
__noinline int wq_note_kicker(__u32 slot, __u64 kicked)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct wq_kicker *k = wq_kicker_of(slot);
	struct kthread *kthread;
	struct worker *worker;
	struct al_worker *w;

	if (!k)
		return 0;
	k->kicked = kicked;
	k->function = 0;
	if (!(BPF_CORE_READ(task, flags) & PF_WQ_WORKER))
		return 0;
	w = al_worker_of((__u64)task, 0);
	if (!w || !w->work)
		return 0;
	kthread = al_kthread(task);
	worker = BPF_CORE_READ(kthread, data);
	k->pool = (__u64)BPF_CORE_READ(worker, pool);
	k->begun = w->started;
	k->function = w->function;
	k->tid = BPF_CORE_READ(task, pid);
	bpf_probe_read_kernel(k->thread, sizeof(k->thread), &task->comm);
	return 0;
}

/* The function that ran there for longest between two moments; in this thread, or (0) in any. Global,
 * so that the verifier follows its loops once, and not with all that a caller knows. */
__noinline int wq_find_blocker(__u64 workqueue, __u64 pool, __u64 from, __u64 to, __u32 tid)
{
	const struct wq_place place = {workqueue, pool};
	struct wq_recent *r = wq_recent_of(&place);
	struct al_blocker *blocker = al_blamed();

	if (!r || !blocker)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < WQ_RECENT; i++) {
		const __u64 ended = *(volatile __u64 *)&r->run[i].ended;
		const __u64 overlap = al_overlap(r->run[i].begun, ended, from, to);

		if (overlap <= blocker->ran_ns || (tid && r->run[i].tid != tid))
			continue;
		blocker->ran_ns = overlap;
		blocker->function = r->run[i].function;
		blocker->tid = r->run[i].tid;
		__builtin_memcpy(blocker->thread, r->run[i].thread, sizeof(blocker->thread));
		/* Another CPU forgot it for a later one meanwhile: these may be the words of both. */
		if (*(volatile __u64 *)&r->run[i].ended != ended) {
			blocker->ran_ns = 0;
			return 0;
		}
	}
	if (!blocker->ran_ns)
		return 0;
	blocker->ran_ns = 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < WQ_RECENT; i++)
		if (r->run[i].function == blocker->function && (!tid || r->run[i].tid == tid))
			blocker->ran_ns += al_overlap(r->run[i].begun, r->run[i].ended, from, to);
	if (blocker->ran_ns)
		blocker->kind = AL_BLOCKED_BY_ITEM;
	return 0;
}

/* The item that kept the pool's worker busy until it woke this one; else what ended there meanwhile. */
__noinline int wq_find_kicker(__u32 slot, __u64 pool, __u64 from, __u64 to)
{
	struct al_blocker *blocker = al_blamed();
	struct wq_kicker *k = wq_kicker_of(slot);
	struct al_worker *w = bpf_map_lookup_elem(&workers, &slot);

	if (!blocker || !k || !w)
		return 0;
	if (k->kicked != w->kicked || !k->function || k->pool != pool)
		return wq_find_blocker(0, pool, from, to, 0);
	blocker->kind = AL_BLOCKED_BY_ITEM;
	blocker->function = k->function;
	blocker->ran_ns = al_overlap(k->begun, to, from, to);
	blocker->tid = k->tid;
	__builtin_memcpy(blocker->thread, k->thread, sizeof(blocker->thread));
	return 0;
}

/* Where an unbound worker waited before it came to this CPU is not known. */
static __always_inline int wq_stayed_here(const struct al_item *item)
{
	const struct worker_pool *pool = (const void *)item->pool;

	return BPF_CORE_READ(pool, cpu) == (int)bpf_get_smp_processor_id();
}

/* What made an outlier wait, by the longest of its parts, which are those of the split. */
static __always_inline const struct al_blocker *wq_blame(const struct al_worker *w,
							 const struct al_item *item,
							 const __u64 *part, __u64 queued, __u64 now)
{
	const struct workqueue_struct *wq = (const void *)item->workqueue;
	const __u64 activated = queued + part[0], on_cpu = now - part[3];
	const __u64 kicked = activated + part[1];
	struct al_blocker *blocker = al_blamed();
	struct wq_place place;

	if (!blocker)
		return 0;
	__builtin_memset(blocker, 0, sizeof(*blocker));
	if (part[0] >= part[1] && part[0] >= part[2] && part[0] >= part[3]) {
		wq_limited_place(&place, item->workqueue, item->pool);
		blocker->max_active = BPF_CORE_READ(wq, saved_max_active);
		wq_find_blocker(place.workqueue, place.pool, queued, activated, 0);
	} else if (item->flags & AL_ITEM_BH || !w) {
		/* A softirq: not known. */
	} else if (part[1] >= part[2] && part[1] >= part[3]) {
		wq_find_kicker(al_worker_index(w->owner, 0), item->pool, activated, kicked);
	} else if (part[2] >= part[3]) {
		if (wq_stayed_here(item))
			held_find(AL_ASKED_BY_START, kicked, on_cpu);
	} else {
		wq_find_blocker(0, item->pool, on_cpu, now, bpf_get_current_pid_tgid());
		/* No item of its worker: that was pushed off its CPU, then. */
		if (wq_stayed_here(item) && blocker->ran_ns < part[3] / 2)
			held_find(AL_ASKED_BY_START, on_cpu, now);
	}
	return blocker;
}

#endif
