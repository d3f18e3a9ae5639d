// SPDX-License-Identifier: GPL-2.0
/* kthread: the items of kthread_workers, and the kernel's threads themselves. */
#include "pending.bpf.h"
#include "filing.bpf.h"
#include "kt_work.bpf.h"
#include "kt_spawn.bpf.h"
#include "kt_wakeup.bpf.h"

/* A thread exits: nobody else will need its slot, and its address may come again. */
static __always_inline int kt_gone(__u64 address)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_worker *w = al_worker_of(address, 0);

	if (!w)
		return 0;
	if (w->life == AL_LIFE_NAMELESS)
		kt_named(w, address);
	/* It runs: so a waking or a fork that is still open had a switch-in, which was missed. */
	if (w->life == AL_LIFE_FORKED)
		al_count_shared(al_books_of(cpu, AL_LEDGER_SPAWN), AL_SUPERSEDED);
	if (w->kicked)
		al_count_shared(al_books_of(cpu, AL_LEDGER_WAKEUP), AL_SUPERSEDED);
	w->work = 0;
	w->kicked = 0;
	w->on_cpu_now = 0;
	w->slept = 0;
	w->life = AL_LIFE_KNOWN;
	al_store(&w->owner, 0);
	return 0;
}

/* ---- hooks ---------------------------------------------------------------------------------- */

SEC("?tp_btf/sched_kthread_work_queue_work")
int BPF_PROG(kt_queued_btf, struct kthread_worker *worker, struct kthread_work *work)
{
	return kt_queued(ctx, al_address(work), (__u64)work->func);
}

SEC("?raw_tp/sched_kthread_work_queue_work")
int BPF_PROG(kt_queued_raw, struct kthread_worker *worker, struct kthread_work *work)
{
	return kt_queued(ctx, (__u64)work, (__u64)BPF_CORE_READ(work, func));
}

SEC("?tp_btf/sched_kthread_work_execute_start")
int BPF_PROG(kt_started_btf, struct kthread_work *work)
{
	return kt_started(al_address(work));
}

SEC("?raw_tp/sched_kthread_work_execute_start")
int BPF_PROG(kt_started_raw, struct kthread_work *work)
{
	return kt_started((__u64)work);
}

SEC("?tp_btf/sched_kthread_work_execute_end")
int BPF_PROG(kt_finish_btf, struct kthread_work *work)
{
	return kt_finished(al_address(work));
}

SEC("?raw_tp/sched_kthread_work_execute_end")
int BPF_PROG(kt_finish_raw, struct kthread_work *work)
{
	return kt_finished((__u64)work);
}

SEC("?tp_btf/sched_process_fork")
int BPF_PROG(kt_forked_btf, struct task_struct *parent, struct task_struct *child)
{
	return parent->pid == KT_KTHREADD ? kt_forked(al_address(child)) : 0;
}

SEC("?raw_tp/sched_process_fork")
int BPF_PROG(kt_forked_raw, struct task_struct *parent, struct task_struct *child)
{
	return BPF_CORE_READ(parent, pid) == KT_KTHREADD ? kt_forked((__u64)child) : 0;
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(kt_woken_btf, struct task_struct *task)
{
	return kt_is_thread(task->flags) ? kt_woken(task, al_address(task)) : 0;
}

SEC("?raw_tp/sched_waking")
int BPF_PROG(kt_woken_raw, struct task_struct *task)
{
	return kt_is_thread(BPF_CORE_READ(task, flags)) ? kt_woken(task, (__u64)task) : 0;
}

SEC("?tp_btf/sched_switch")
int BPF_PROG(kt_on_cpu_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	if (kt_is_thread(prev->flags))
		kt_switched_out(prev, al_address(prev));
	if (kt_is_thread(next->flags))
		kt_switched_in(al_address(next));
	return 0;
}

SEC("?raw_tp/sched_switch")
int BPF_PROG(kt_on_cpu_raw, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	if (kt_is_thread(BPF_CORE_READ(prev, flags)))
		kt_switched_out(prev, (__u64)prev);
	if (kt_is_thread(BPF_CORE_READ(next, flags)))
		kt_switched_in((__u64)next);
	return 0;
}

/* Of all tasks: one that was a thread of the kernel may have become a program since. */
SEC("?tp_btf/sched_process_exit")
int BPF_PROG(kt_gone_btf, struct task_struct *task)
{
	return kt_gone(al_address(task));
}

SEC("?raw_tp/sched_process_exit")
int BPF_PROG(kt_gone_raw, struct task_struct *task)
{
	return kt_gone((__u64)task);
}

/* The tracepoint of the queueing stands in this function. */
SEC("?fentry/kthread_insert_work")
int BPF_PROG(kt_queued_fe, struct kthread_worker *worker, struct kthread_work *work)
{
	return kt_queued(ctx, al_address(work), (__u64)work->func);
}

SEC("?kprobe/kthread_insert_work")
int BPF_KPROBE(kt_queued_kp, struct kthread_worker *worker, struct kthread_work *work)
{
	return kt_queued(ctx, (__u64)work, (__u64)BPF_CORE_READ(work, func));
}

/* Results of type bool are a byte: the rest of the register is rubbish. */
SEC("?fexit/kthread_queue_work")
int BPF_PROG(kt_coalesc_fx, struct kthread_worker *worker, struct kthread_work *work)
{
	return (__u8)ctx[2] ? 0 : kt_coalesced((__u64)work->func);
}

SEC("?fexit/kthread_cancel_work_sync")
int BPF_PROG(kt_cancel_fx, struct kthread_work *work)
{
	return (__u8)ctx[1] ? kt_cancelled(al_address(work)) : 0;
}

SEC("?fexit/kthread_cancel_delayed_work_sync")
int BPF_PROG(kt_dcancel_fx, struct kthread_delayed_work *dwork)
{
	return (__u8)ctx[1] ? kt_cancelled(al_address(&dwork->work)) : 0;
}

SEC("?fentry/__kthread_create_on_node")
int kt_request_fe(void *ctx)
{
	return kt_requested(ctx);
}

SEC("?kprobe/__kthread_create_on_node")
int kt_request_kp(void *ctx)
{
	return kt_requested(ctx);
}

/* threadfn, data, node, namefmt and args, then what it returns. */
SEC("?fexit/__kthread_create_on_node")
int kt_created_fx(__u64 *ctx)
{
	return kt_created(al_address((const void *)ctx[5]));
}

SEC("?kretprobe/__kthread_create_on_node")
int BPF_KRETPROBE(kt_created_kr, struct task_struct *thread)
{
	return kt_created((__u64)thread);
}
