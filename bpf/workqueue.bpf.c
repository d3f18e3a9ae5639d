// SPDX-License-Identifier: GPL-2.0
/* workqueue and delayed_work: they share the hottest tracepoints, so they share an object.
 * docs/design.md says what each point means; here is how the kernel shows it.
 */
#include "pending.bpf.h"
#include "delayed_work.bpf.h"
#include "dw_start.bpf.h"
#include "dw_hooks.bpf.h"
#include "wq_executor.bpf.h"
#include "wq_rows.bpf.h"
#include "wq_split.bpf.h"
#include "held_hooks.bpf.h"
#include "wq_look.bpf.h"
#include "sweep.bpf.h"
#include "wq_take.bpf.h"
#include "wq_cancel.bpf.h"

/* ---- queued, activated ---------------------------------------------------------------------- */

/* Under the pool's lock, before the item can be seen by a worker. `function` is for storing only:
 * to some verifiers it is a pointer, to others a number. */
static __always_inline int wq_queued(void *ctx, __u64 work, __u64 function, __u64 workqueue,
				     __u64 pool, __u32 workqueue_flags)
{
	const __u32 phase = control.phase;
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_entry entry;
	enum al_claim claim;
	struct al_books *b;
	__u64 now, here;
	__u32 flags = 0;

	if (phase == AL_CLOSED || !wq_wanted(work))
		return 0;
	now = bpf_ktime_get_ns();
	if (cfg.mechanisms & (1 << AL_DELAYED_WORK) &&
	    dw_queued(cpu, work, workqueue, pool, now))
		flags |= AL_ITEM_DELAYED;
	if (!(cfg.mechanisms & (1 << AL_WORKQUEUE)))
		return 0;
	b = al_books_of(cpu, AL_WORKQUEUE);
	if (phase == AL_DRAINING) {
		al_not_ours(b, work);
		return 0;
	}
	if (workqueue_flags & cfg.wq_bh)
		flags |= AL_ITEM_BH;
	here = al_stack_here(ctx);
	claim = al_enter(b, work, &entry);
	if (!al_owns(claim))
		return 0;
	/* Cancelled and queued again, or queued again between the clearing of PENDING and the start
	 * tracepoint: the start will tell. */
	if (claim == AL_CLAIM_FOUND && entry.item->earlier)
		al_count_shared(b, AL_SUPERSEDED);
	entry.item->earlier = claim == AL_CLAIM_FOUND ? entry.old : 0;
	entry.item->activated = 0;
	entry.item->function = function;
	entry.item->workqueue = workqueue;
	entry.item->pool = pool;
	entry.item->flags = flags | al_left_out(here);
	entry.item->ledger = AL_WORKQUEUE;
	al_pend(&entry, work, now, here);
	return 0;
}

/* INACTIVE still stands in work->data where max_active held the item back. Where it does not, the
 * item was activated by the very call that queued it. */
static __always_inline int wq_activated(__u64 work, __u64 data)
{
	struct al_entry entry;

	if (control.phase == AL_CLOSED || !(data & WORK_STRUCT_INACTIVE) ||
	    al_own(work, &entry) <= 0)
		return 0;
	entry.item->activated = bpf_ktime_get_ns();
	al_let_go(&entry, entry.old);
	return 0;
}

/* ---- started -------------------------------------------------------------------------------- */

/* A start of what is in delayed_work's books. `blamed`: al_blamed() has what it waited for since it was
 * queued. Returns AL_RUNS_*. */
__noinline __u32 wq_started_delayed(__u32 cpu, __u64 work, __u64 now, __u32 blamed)
{
	struct al_books *b = al_books_of(cpu, AL_DELAYED_WORK);
	struct al_item item;
	__u32 item_class;
	__u64 armed;

	if (!dw_take(work, &item, &armed))
		return 0;
	item_class = item.flags & AL_ITEM_DEFERRABLE ? AL_CLASS_DEFERRABLE : AL_CLASS_PLAIN;
	al_count(b, AL_STARTED);
	if (!wq_file(b, cpu, AL_DELAYED_WORK, item_class, &item, item.due, now))
		return AL_RUNS_DELAYED | AL_RUNS_DELAYED_UNSEEN;
	return AL_RUNS_DELAYED | (item_class == AL_CLASS_DEFERRABLE ? AL_RUNS_DEFERRABLE : 0) |
	       dw_record(b, work, item_class, &item, armed, now, blamed);
}

/* On the worker's thread, PENDING is clear: the item may be queued again from here on. */
static __always_inline int wq_started(__u64 work)
{
	const __u32 phase = control.phase;
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_item item = {};
	struct al_worker *w = 0;
	struct al_books *b;
	__u64 now, queued = 0, function = 0;
	__u32 runs = 0, blamed = 0;
	int matched = 0;

	if (phase == AL_CLOSED)
		return 0;
	if (!wq_wanted(work)) {
		/* The split must know that its worker is busy, and a blocker may be of any function. */
		if (cfg.split)
			wq_occupy(wq_executor(cpu, work, 0), cpu, work,
				  cfg.min_ns ? wq_function(work) : 0,
				  cfg.min_ns ? bpf_ktime_get_ns() : 0, 0);
		return 0;
	}
	now = bpf_ktime_get_ns();
	b = al_books_of(cpu, AL_WORKQUEUE);
	if (cfg.mechanisms & (1 << AL_WORKQUEUE)) {
		const int taken = wq_take(b, cpu, work, now, &item, &queued);

		matched = taken > 0;
		if (taken < 0)
			al_count(b, AL_BUSY_START);
		if (matched) {
			function = item.function;
			runs = AL_RUNS_WORK;
			al_count(b, AL_STARTED);
			if (!wq_file(b, cpu, AL_WORKQUEUE, AL_CLASS_PLAIN, &item, queued, now))
				runs |= AL_RUNS_WORK_UNSEEN;
		} else if (phase == AL_OPEN) {
			function = wq_function(work);
			runs = AL_RUNS_WORK;
			al_count(b, AL_STARTED);
			if (function == cfg.wq_barrier_func) {
				al_count(b, AL_BARRIERS);
				runs |= AL_RUNS_WORK_UNSEEN;
			} else {
				al_count(b, AL_UNMATCHED_START);
				/* Nobody knows its workqueue and submitter. */
				if (cfg.filter_workqueues || al_filters_submitters() ||
				    !al_cpu_wanted(cpu))
					runs |= AL_RUNS_WORK_UNSEEN;
			}
		}
	}
	if (cfg.finish || cfg.split)
		w = wq_executor(cpu, work, item.flags & AL_ITEM_BH);
	if ((cfg.split || cfg.min_ns) && matched && !(runs & AL_RUNS_WORK_UNSEEN)) {
		blamed = wq_split(b, w, work, &item, queued, now);
		runs |= al_told(queued, now);
	}
	if (cfg.mechanisms & (1 << AL_DELAYED_WORK) && (!matched || item.flags & AL_ITEM_DELAYED))
		runs |= wq_started_delayed(cpu, work, now, blamed);
	if (cfg.finish || cfg.split)
		wq_occupy(w, cpu, work, function ?: wq_function(work), now, runs);
	if (matched && !(runs & AL_RUNS_WORK_UNSEEN) && item.activated > queued && item.activated <= now &&
	    !(item.flags & AL_ITEM_OVERTAKEN))
		al_record(AL_WQ_HOLD, AL_CLASS_PLAIN, item.activated - queued, now, function);
	return 0;
}

/* ---- finished ------------------------------------------------------------------------------- */

/* The item may be freed by now: its address is a key, never followed. The tracepoint's function
 * cannot be read by tp_btf, the one seen at the start is the same. */
static __always_inline int wq_finished(__u64 work)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_worker *w;
	__u64 now;
	__u32 runs;

	if (control.phase == AL_CLOSED)
		return 0;
	w = cfg.wq_bh ? al_worker_of(al_cpu_owner(cpu), 0) : 0;
	if (!w || w->work != work)
		w = al_worker_of(bpf_get_current_task(), 0);
	if (!w || w->work != work) {
		/* Started before we attached; or --function left it out, which is no loss. */
		if (cfg.mechanisms & (1 << AL_WORKQUEUE) && control.phase == AL_OPEN &&
		    cfg.function_mode == AL_FILTER_NONE)
			al_count(al_books_of(cpu, AL_WORKQUEUE), AL_UNMATCHED_END);
		return 0;
	}
	now = bpf_ktime_get_ns();
	runs = w->flags;
	if (runs & AL_RUNS_WORK) {
		al_count(al_books_of(cpu, AL_WORKQUEUE), AL_FINISHED);
		if (!(runs & AL_RUNS_WORK_UNSEEN))
			al_record(AL_WQ_RUN, AL_CLASS_PLAIN, now - w->started, now, w->function);
	}
	if (runs & AL_RUNS_DELAYED) {
		al_count(al_books_of(cpu, AL_DELAYED_WORK), AL_FINISHED);
		if (runs & AL_RUNS_DEFERRABLE)
			al_record(AL_DW_RUN, AL_CLASS_DEFERRABLE, now - w->started, now, w->function);
		else if (!(runs & AL_RUNS_DELAYED_UNSEEN))
			al_record(AL_DW_RUN, AL_CLASS_PLAIN, now - w->started, now, w->function);
	}
	if (runs & AL_RUNS_WORK && !(runs & AL_RUNS_WORK_UNSEEN))
		al_run_ended(AL_WORKQUEUE, w, now, !(w->owner & 1));
	else if (runs & AL_RUNS_DELAYED && !(runs & AL_RUNS_DELAYED_UNSEEN))
		al_run_ended(AL_DELAYED_WORK, w, now, !(w->owner & 1));
	w->work = 0;
	if (wq_is_worth_it(w, now))
		wq_remember(al_worker_index(w->owner, 0), now);
	return 0;
}

/* ---- hooks ---------------------------------------------------------------------------------- */

SEC("?tp_btf/workqueue_queue_work")
int BPF_PROG(wq_queued_btf, int cpu, struct pool_workqueue *pwq, struct work_struct *work)
{
	return wq_queued(ctx, al_address(work), (__u64)work->func, al_address(pwq->wq),
			 al_address(pwq->pool), pwq->wq->flags);
}

SEC("?raw_tp/workqueue_queue_work")
int BPF_PROG(wq_queued_raw, int cpu, struct pool_workqueue *pwq, struct work_struct *work)
{
	return wq_queued(ctx, (__u64)work, (__u64)BPF_CORE_READ(work, func),
			 (__u64)BPF_CORE_READ(pwq, wq), (__u64)BPF_CORE_READ(pwq, pool),
			 BPF_CORE_READ(pwq, wq, flags));
}

SEC("?tp_btf/workqueue_activate_work")
int BPF_PROG(wq_activ_btf, struct work_struct *work)
{
	return wq_activated(al_address(work), work->data.counter);
}

SEC("?raw_tp/workqueue_activate_work")
int BPF_PROG(wq_activ_raw, struct work_struct *work)
{
	return wq_activated((__u64)work, BPF_CORE_READ(work, data.counter));
}

SEC("?tp_btf/workqueue_execute_start")
int BPF_PROG(wq_started_btf, struct work_struct *work)
{
	return wq_started(al_address(work));
}

SEC("?raw_tp/workqueue_execute_start")
int BPF_PROG(wq_started_raw, struct work_struct *work)
{
	return wq_started((__u64)work);
}

SEC("?tp_btf/workqueue_execute_end")
int BPF_PROG(wq_finish_btf, struct work_struct *work)
{
	return wq_finished(al_address(work));
}

SEC("?raw_tp/workqueue_execute_end")
int BPF_PROG(wq_finish_raw, struct work_struct *work)
{
	return wq_finished((__u64)work);
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(wq_kicked_btf, struct task_struct *task)
{
	return wq_kicked(task, al_address(task), task->flags);
}

SEC("?raw_tp/sched_waking")
int BPF_PROG(wq_kicked_raw, struct task_struct *task)
{
	return wq_kicked(task, (__u64)task, BPF_CORE_READ(task, flags));
}

SEC("?tp_btf/sched_switch")
int BPF_PROG(wq_on_cpu_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	const __u32 state = cfg.switch_state_arg ? (__u32)ctx[3] : al_task_state(prev);

	held_switched(al_address(prev), ctx);
	if (!cfg.split)
		return 0;
	wq_switched_out(prev, al_address(prev), prev->flags, !preempt && state);
	wq_switched_in(next, al_address(next), next->flags);
	return 0;
}

SEC("?raw_tp/sched_switch")
int BPF_PROG(wq_on_cpu_raw, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	const __u32 state = cfg.switch_state_arg ? (__u32)ctx[3] : al_task_state(prev);

	held_switched((__u64)prev, ctx);
	if (!cfg.split)
		return 0;
	wq_switched_out(prev, (__u64)prev, BPF_CORE_READ(prev, flags), !preempt && state);
	wq_switched_in(next, (__u64)next, BPF_CORE_READ(next, flags));
	return 0;
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(wq_gone_btf, struct task_struct *task)
{
	return wq_gone(al_address(task), task->flags);
}

SEC("?raw_tp/sched_process_exit")
int BPF_PROG(wq_gone_raw, struct task_struct *task)
{
	return wq_gone((__u64)task, BPF_CORE_READ(task, flags));
}
