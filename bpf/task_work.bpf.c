// SPDX-License-Identifier: GPL-2.0
/* task_work: callbacks on a task's list. The task runs all of the list at once, on its way to user
 * mode, and nothing shows the single callback: an item starts when its batch does.
 */
#include <linux/ptrace.h>

#include "pending.bpf.h"
#include "filing.bpf.h"
#include "tw_look.bpf.h"
#include "sweep.bpf.h"
#include "tw_second_pass.bpf.h"
#include "tw_calls.bpf.h"
#include "tw_target.bpf.h"

#define TW_NOTIFY_MODE 0xff /* 6.12 puts flags beside it */

static __always_inline __u32 tw_class(__u32 flags)
{
	__u32 item_class = flags >> AL_ITEM_CLASS_SHIFT & TW_NOTIFY_MODE;

	if (item_class >= AL_CLASSES)
		item_class = 0;
	barrier_var(item_class); /* or the compiler compares what it was before the shift */
	return item_class < AL_CLASSES ? item_class : 0;
}

/* Before anybody can see the item: from here on another CPU may run it at any time. Also from
 * interrupts on top of itself, so every counter is shared. */
static __always_inline int tw_queued(void *ctx, __u64 task, __u64 work, __u32 notify)
{
	const __u64 function = (__u64)BPF_CORE_READ((struct callback_head *)work, func);
	const __u32 phase = control.phase;
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_TASK_WORK);
	struct al_entry entry;
	enum al_claim claim;
	__u32 chained = 0;
	__u64 here;

	if (cfg.keep_calls)
		tw_keep_call(task, work);
	if (phase == AL_CLOSED || !al_function_wanted(function))
		return 0;
	if ((__u32)BPF_CORE_READ((struct task_struct *)task, tgid) == control.self) {
		if (phase == AL_OPEN)
			al_count_shared(b, AL_SELF);
		return 0;
	}
	if (phase == AL_DRAINING) {
		al_not_ours(b, work);
		return 0;
	}
	here = al_stack_here(ctx);
	claim = al_enter_shared(b, work, &entry);
	if (!al_owns(claim))
		return 0;
	if (claim == AL_CLAIM_FOUND) {
		/* Nobody adds an item that waits, and what is taken back is seen: it has run. If it was
		 * added for a later pass, it may be on its way to one again. */
		chained = entry.item->pool == task ? entry.item->flags & AL_ITEM_ADDED : 0;
		al_count_unseen(b);
	}
	if (!chained)
		entry.item->activated = 0;
	entry.item->earlier = 0;
	entry.item->function = function;
	entry.item->pool = task;
	entry.item->flags = chained | tw_target(task) | al_left_out(here) |
			    (notify & TW_NOTIFY_MODE) << AL_ITEM_CLASS_SHIFT;
	entry.item->ledger = AL_TASK_WORK;
	al_pend(&entry, work, bpf_ktime_get_ns(), here);
	return 0;
}

static __always_inline int tw_added(__u64 task, __u64 work, int error)
{
	struct al_entry entry;

	if (control.phase == AL_CLOSED)
		return 0;
	if (!error) {
		tw_pushed(task, work);
		return 0;
	}
	if (al_own(work, &entry) <= 0)
		return 0;
	if (entry.item->pool != task) {
		al_let_go(&entry, entry.old);
		return 0;
	}
	al_remove(&entry, work);
	al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_TASK_WORK), AL_REFUSED);
	return 0;
}

static __always_inline int tw_cancelled(__u64 work)
{
	struct al_entry entry;

	if (!work || control.phase == AL_CLOSED || al_own(work, &entry) <= 0)
		return 0;
	al_remove(&entry, work);
	al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_TASK_WORK), AL_CANCELLED);
	return 0;
}

/* An item starts, in the batch that the task's slot holds. */
static __always_inline void tw_start(__u64 work, __u64 function, __u32 slot, __u64 now)
{
	const __u32 phase = control.phase;
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_books *b = al_books_of(cpu, AL_TASK_WORK);
	struct al_worker *w = bpf_map_lookup_elem(&workers, &slot);
	struct al_entry entry;
	__u32 item_class, flags, told = 0;
	__u64 queued;
	int seen = 0, owned = al_own(work, &entry);

	if (owned > 0 && entry.item->pool != bpf_get_current_task()) {
		/* An item that was here before: neither its start nor this one's queueing was seen. */
		al_remove(&entry, work);
		al_count_shared(b, AL_SUPERSEDED);
		owned = 0;
	}
	if (owned > 0) {
		queued = entry.old;
		flags = entry.item->flags;
		item_class = tw_class(flags);
		al_remove(&entry, work);
		al_count_shared(b, AL_STARTED);
		seen = al_file(b, cpu, AL_TASK_WORK, AL_TW_WAIT, item_class, flags, function, 0,
			       al_is_outlier(queued, now) ? tw_blame(flags) : 0, work, queued, now);
		told = seen ? al_told(queued, now) : 0;
	} else if (phase == AL_OPEN) {
		al_count_shared(b, AL_STARTED);
		al_count_shared(b, AL_UNMATCHED_START);
		if (owned < 0)
			al_count_shared(b, AL_BUSY_START);
		seen = al_cpu_wanted(cpu) && !al_filters_submitters();
	} else {
		return;
	}
	if (!w) {
		al_count_shared(b, AL_LOST_FINISH);
		return;
	}
	w->batch++;
	w->function = w->batch == 1 ? function : 0;
	w->flags |= AL_RUNS_WORK | told;
	if (seen)
		w->flags &= ~AL_RUNS_WORK_UNSEEN;
}

/* One of the list; returns the next. Global, so that the verifier looks at it once. */
__noinline __u64 tw_start_one(__u64 work, __u32 slot, __u64 now)
{
	const struct callback_head *head = (const void *)work;
	__u64 next = 0, function = 0;

	if (bpf_probe_read_kernel(&next, sizeof(next), &head->next) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &head->func) ||
	    !function) /* the mark of a task past its exit, or rubbish */
		return 0;
	if (al_function_wanted(function))
		tw_start(work, function, slot, now);
	return next;
}

/* All of the list from this one on; returns what was too much. */
__noinline __u64 tw_start_all(__u64 work, __u32 slot, __u64 now)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < TW_LIST && work; i++)
		work = tw_start_one(work, slot, now);
	return work;
}

/* The task is about to take its list, which the hook sees as the kernel will. */
static __always_inline int tw_started(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_books *b = al_books_of(cpu, AL_TASK_WORK);
	struct al_worker *w;
	__u64 now, work;
	__u32 slot;

	if (control.phase == AL_CLOSED || !BPF_CORE_READ(task, task_works) ||
	    bpf_get_current_pid_tgid() >> 32 == control.self)
		return 0;
	slot = al_worker_index((__u64)task, 1);
	w = bpf_map_lookup_elem(&workers, &slot);
	if (w) {
		if (w->work) {
			/* It runs its list within a callback, or the end of the last run was missed. */
			tw_settle(slot, (__u64)task);
			if (b)
				__sync_fetch_and_add(&b->count[AL_LOST_FINISH], w->batch);
		}
		w->added = 0;
		w->batch = 0;
		w->flags = AL_RUNS_WORK_UNSEEN; /* until one of it is to be measured */
		w->work = (__u64)task; /* from now on what is added is chained */
	}
	work = (__u64)BPF_CORE_READ(task, task_works);
	now = bpf_ktime_get_ns(); /* after: what another CPU adds this very moment is older, if seen */
	if (w)
		w->started = now;
	if (tw_start_all(work, slot, now))
		al_count_shared(b, AL_WALKS_CUT);
	return 0;
}

static __always_inline int tw_finished(void)
{
	const __u64 task = bpf_get_current_task();
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_TASK_WORK);
	const __u32 slot = al_worker_index(task, 0);
	struct al_worker *w = bpf_map_lookup_elem(&workers, &slot);
	__u64 now;

	if (control.phase == AL_CLOSED)
		return 0;
	if (!w || !w->work)
		return 0;
	now = bpf_ktime_get_ns();
	tw_settle(slot, task);
	if (b)
		__sync_fetch_and_add(&b->count[AL_FINISHED], w->batch);
	if (w->batch && !(w->flags & AL_RUNS_WORK_UNSEEN)) {
		al_record(AL_TW_RUN, AL_CLASS_PLAIN, now - w->started, now, w->function);
		al_run_ended(AL_TASK_WORK, w, now, 1);
	}
	w->work = 0;
	al_store(&w->owner, 0);
	return 0;
}

/* ---- hooks ---------------------------------------------------------------------------------- */

SEC("?fentry/task_work_add")
int BPF_PROG(tw_queued_fe, struct task_struct *task, struct callback_head *work, int notify)
{
	return tw_queued(ctx, al_address(task), al_address(work), notify);
}

SEC("?kprobe/task_work_add")
int BPF_KPROBE(tw_queued_kp, struct task_struct *task, struct callback_head *work, int notify)
{
	return tw_queued(ctx, (__u64)task, (__u64)work, notify);
}

SEC("?fexit/task_work_add")
int BPF_PROG(tw_added_fx, struct task_struct *task, struct callback_head *work, int notify, int error)
{
	return tw_added(al_address(task), al_address(work), error);
}

SEC("?kretprobe/task_work_add")
int BPF_KRETPROBE(tw_added_kr, int error)
{
	__u64 task, work;

	return tw_take_call(&task, &work) ? tw_added(task, work, error) : 0;
}

SEC("?fexit/task_work_cancel_match")
int BPF_PROG(tw_cancel_fx, struct task_struct *task, void *match, void *data,
	     struct callback_head *work)
{
	return work ? tw_cancelled(al_address(work)) : 0;
}

SEC("?kretprobe/task_work_cancel_match")
int BPF_KRETPROBE(tw_cancel_kr, struct callback_head *work)
{
	return tw_cancelled((__u64)work);
}

SEC("?fentry/task_work_run")
int BPF_PROG(tw_started_fe)
{
	return tw_started();
}

SEC("?kprobe/task_work_run")
int BPF_KPROBE(tw_started_kp)
{
	return tw_started();
}

SEC("?fexit/task_work_run")
int BPF_PROG(tw_finish_fx)
{
	return tw_finished();
}

SEC("?kretprobe/task_work_run")
int BPF_KRETPROBE(tw_finish_kr)
{
	return tw_finished();
}
