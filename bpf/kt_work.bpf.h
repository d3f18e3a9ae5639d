/* SPDX-License-Identifier: GPL-2.0 */
/* The items of kthread_workers: wait and run. */
#ifndef ASYNCLAT_KT_WORK_BPF_H
#define ASYNCLAT_KT_WORK_BPF_H

#include "tell.bpf.h"

/* A work that waits stands on its worker's list; one that was cancelled or runs does not. A request
 * for a thread ends when it returns, and not before. */
static __always_inline int kt_verdict(__u64 key, const struct al_item *item)
{
	const struct kthread_work *work = (const void *)key;
	__u64 next = 0, function = 0;

	if (item->ledger == AL_LEDGER_SPAWN)
		return AL_STILL_PENDING;
	if (bpf_probe_read_kernel(&next, sizeof(next), &work->node.next) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &work->func) ||
	    function != item->function)
		return AL_UNREADABLE;
	return next == (__u64)&work->node ? AL_NOT_PENDING : AL_STILL_PENDING;
}

static __always_inline int al_look(struct al_books *b, __u64 key, struct al_item *item)
{
	return kt_verdict(key, item);
}

static __always_inline int al_tell_waiting(__u64 key, const struct al_item *item,
					   struct al_told *told)
{
	const struct kthread_work *work = (const void *)key;
	const struct task_struct *task = (const void *)(key & ~AL_KEY_REQUESTER);

	if (kt_verdict(key, item) != AL_STILL_PENDING)
		return 0;
	if (item->ledger != AL_LEDGER_SPAWN)
		task = BPF_CORE_READ(work, worker, task);
	al_name_task(told, task);
	return 1;
}

static __always_inline int al_tell_running(struct task_struct *task, __u64 work,
					   struct al_told *told)
{
	struct kthread *kthread = al_kthread(task);
	struct kthread_worker *worker = BPF_CORE_READ(kthread, data);

	if ((__u64)BPF_CORE_READ(worker, current_work) != work)
		return 0;
	al_name_queue(told, &task->comm);
	al_name_thread(told, task);
	return 1;
}

#include "sweep.bpf.h"

static __always_inline int kt_wanted(__u64 function)
{
	return cfg.function_mode == AL_FILTER_NONE || al_function_wanted(function);
}

/* Under the worker's lock, before the item can be seen by the worker. */
static __always_inline int kt_queued(void *ctx, __u64 work, __u64 function)
{
	if (kt_wanted(function))
		al_queue(AL_KTHREAD, work, function, 0, al_stack_here(ctx));
	return 0;
}

/* On the worker's thread. */
static __always_inline int kt_started(__u64 work)
{
	const __u32 phase = control.phase;
	const __u32 cpu = bpf_get_smp_processor_id();
	const __u64 task = bpf_get_current_task();
	const __u64 function = (__u64)BPF_CORE_READ((struct kthread_work *)work, func);
	struct al_books *b = al_books_of(cpu, AL_KTHREAD);
	struct al_entry entry;
	struct al_worker *w;
	__u64 now, queued;
	__u32 runs = AL_RUNS_WORK, flags;
	int owned;

	if (phase == AL_CLOSED || !kt_wanted(function))
		return 0;
	now = bpf_ktime_get_ns();
	owned = al_own(work, &entry);
	if (owned > 0) {
		queued = entry.old;
		flags = entry.item->flags;
		al_remove(&entry, work);
		al_count(b, AL_STARTED);
		if (!al_file(b, cpu, AL_KTHREAD, AL_KT_WAIT, AL_CLASS_PLAIN, flags, function,
			     &((const struct task_struct *)task)->comm, 0, work, queued, now))
			runs |= AL_RUNS_WORK_UNSEEN;
		else
			al_record_group(al_thread_row(cfg.group_base[AL_KTHREAD][AL_BY_WORKER], task),
					now - queued, now);
		runs |= al_told(queued, now);
	} else if (phase == AL_OPEN) {
		al_count(b, AL_STARTED);
		al_count(b, AL_UNMATCHED_START);
		if (owned < 0)
			al_count(b, AL_BUSY_START);
		if (al_filters_submitters() || !al_cpu_wanted(cpu))
			runs |= AL_RUNS_WORK_UNSEEN;
	} else {
		return 0;
	}
	if (!cfg.finish)
		return 0;
	w = al_worker_of(task, 1);
	if (!w || w->work)
		al_count_shared(b, AL_LOST_FINISH);
	if (!w)
		return 0;
	al_occupy(w, work, function, now, runs);
	return 0;
}

/* The item may be freed by now: its address is a key, never followed. */
static __always_inline int kt_finished(__u64 work)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_books *b = al_books_of(cpu, AL_KTHREAD);
	struct al_worker *w;
	__u64 now;

	if (control.phase == AL_CLOSED)
		return 0;
	w = al_worker_of(bpf_get_current_task(), 0);
	if (!w || w->work != work) {
		/* Started before we attached; or --function left it out, which is no loss. */
		if (control.phase == AL_OPEN && cfg.function_mode == AL_FILTER_NONE)
			al_count(b, AL_UNMATCHED_END);
		return 0;
	}
	now = bpf_ktime_get_ns();
	al_count(b, AL_FINISHED);
	if (!(w->flags & AL_RUNS_WORK_UNSEEN)) {
		al_record(AL_KT_RUN, AL_CLASS_PLAIN, now - w->started, now, w->function);
		al_run_ended(AL_KTHREAD, w, now, 1);
	}
	w->work = 0;
	return 0;
}

/* Taken off its worker's list. By now it may be queued anew: then the entry is that queueing's. */
static __always_inline int kt_cancelled(__u64 work)
{
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_KTHREAD);
	struct al_entry entry;

	if (control.phase == AL_CLOSED || al_own(work, &entry) <= 0)
		return 0;
	if (kt_verdict(work, entry.item) == AL_STILL_PENDING) {
		al_let_go(&entry, entry.old);
		return 0;
	}
	al_count_shared(b, AL_CANCELLED);
	al_remove(&entry, work);
	return 0;
}

/* Asked for while it waits already, or is being cancelled. */
static __always_inline int kt_coalesced(__u64 function)
{
	if (control.phase == AL_OPEN && kt_wanted(function))
		al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_KTHREAD), AL_COALESCED);
	return 0;
}

#endif
