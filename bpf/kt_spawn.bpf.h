/* SPDX-License-Identifier: GPL-2.0 */
/* New threads: from the request, or where that cannot be seen from the fork, to the first run. The
 * first run is stamped in the thread's slot. A request is known by the task that waits in it, and
 * which thread was its is known when it returns: the thread has run and has its name by then.
 */
#ifndef ASYNCLAT_KT_SPAWN_BPF_H
#define ASYNCLAT_KT_SPAWN_BPF_H

#define KT_KTHREADD 2 /* pid of the parent of all of them */
#define KT_MAX_ERRNO 4095

static __always_inline int kt_requested(void *ctx)
{
	al_queue(AL_LEDGER_SPAWN, bpf_get_current_task() | AL_KEY_REQUESTER, 0, 0,
		 al_stack_here(ctx));
	return 0;
}

/* Before the child can run. */
static __always_inline int kt_forked(__u64 child)
{
	const __u32 phase = control.phase;
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_LEDGER_SPAWN);
	struct al_worker *w;

	if (phase == AL_CLOSED || (phase == AL_DRAINING && !cfg.spawn_requests))
		return 0;
	w = al_worker_of(child, 1);
	if (!cfg.spawn_requests)
		al_count_shared(b, AL_QUEUED);
	if (!w) {
		if (!cfg.spawn_requests)
			al_count_shared(b, AL_DROPPED_FULL);
		return 0;
	}
	/* Left by an earlier thread at this address, whose exit was missed. */
	if (w->life == AL_LIFE_FORKED)
		al_count_shared(b, AL_SUPERSEDED);
	if (w->kicked)
		al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_LEDGER_WAKEUP),
				AL_SUPERSEDED);
	w->kicked = 0;
	w->slept = 0;
	w->born = cfg.spawn_requests ? 0 : bpf_ktime_get_ns();
	w->life = cfg.spawn_requests ? AL_LIFE_NEW : AL_LIFE_FORKED;
	return 0;
}

static __always_inline int kt_spawned(struct al_books *b, __u32 cpu, __u64 begin, __u64 end)
{
	al_count_shared(b, AL_STARTED);
	if (!al_match(b, cpu, 0, begin, end))
		return 0;
	al_record_row_on(cfg.row_of[AL_KT_SPAWN][AL_CLASS_PLAIN], end - begin, end, cpu);
	return 1;
}

static __always_inline void kt_first_run(struct al_worker *w)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	const __u64 now = bpf_ktime_get_ns(), forked = w->born;

	w->cpu = cpu;
	if (w->life == AL_LIFE_NEW) {
		w->born = now;
		w->life = AL_LIFE_RAN;
		return;
	}
	w->born = now - forked;
	w->life = kt_spawned(al_books_of(cpu, AL_LEDGER_SPAWN), cpu, forked, now) ?
			  AL_LIFE_NAMELESS :
			  AL_LIFE_KNOWN;
}

static __always_inline void kt_file_name(const struct al_worker *w, __u64 task, __u64 took)
{
	const __u32 row = al_thread_row(cfg.group_base[AL_KTHREAD][AL_BY_SPAWNED], task);

	al_record_group_on(row, took, bpf_ktime_get_ns(), w->cpu);
}

/* A thread forked is called kthreadd. Whoever wakes it up next has named it. */
static __always_inline void kt_named(struct al_worker *w, __u64 task)
{
	w->life = AL_LIFE_KNOWN;
	kt_file_name(w, task, w->born);
}

/* A request returns a thread or an error. */
static __always_inline int kt_created(__u64 thread)
{
	const __u32 phase = control.phase;
	const __u64 key = bpf_get_current_task() | AL_KEY_REQUESTER;
	const int refused = thread >= (__u64)-KT_MAX_ERRNO;
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_LEDGER_SPAWN);
	struct al_worker *w;
	struct al_entry entry;
	__u64 requested = 0, ran = 0;
	__u32 life = AL_LIFE_KNOWN;
	int owned;

	if (phase == AL_CLOSED || !cfg.spawn_requests)
		return 0;
	w = refused ? 0 : al_worker_of(thread, 0);
	if (w) {
		life = w->life;
		ran = w->born;
		w->life = AL_LIFE_KNOWN;
	}
	owned = al_own(key, &entry);
	if (owned > 0) {
		requested = entry.old;
		al_remove(&entry, key);
		if (refused)
			al_count_shared(b, AL_REFUSED);
		else if (!w)
			al_count_shared(b, AL_DROPPED_FULL);
		else if (life != AL_LIFE_RAN) /* its first run was missed */
			al_count_shared(b, AL_SUPERSEDED);
		else if (kt_spawned(b, w->cpu, requested, ran))
			kt_file_name(w, thread, ran - requested);
	} else if (phase == AL_OPEN && !refused) {
		al_count_shared(b, AL_STARTED);
		al_count_shared(b, AL_UNMATCHED_START);
		if (owned < 0)
			al_count_shared(b, AL_BUSY_START);
	}
	return 0;
}

#endif
