/* SPDX-License-Identifier: GPL-2.0 */
/* Threads of the kernel: from the waking that ends a sleep to the CPU. Whether a task sleeps is read
 * off the task: it is on no run queue, from before its switch-out until whoever wakes it has put it
 * back. One that is woken on its very way off the queue still stands there: its waking counts as
 * coalesced, and its switch-in as unmatched.
 */
#ifndef ASYNCLAT_KT_WAKEUP_BPF_H
#define ASYNCLAT_KT_WAKEUP_BPF_H

/* Every switch on the host asks: one test, and nothing else for all other tasks. The idle tasks never
 * sleep; what exits has no slot any more. */
static __always_inline int kt_is_thread(__u32 flags)
{
	return (flags & (PF_KTHREAD | PF_IDLE | PF_EXITING)) == PF_KTHREAD;
}

static __always_inline int kt_collects(__u32 stage)
{
	return cfg.row_of[stage][AL_CLASS_PLAIN] != AL_NO_ROW;
}

/* Under the task's pi_lock, but where a task wakes itself: it runs. */
static __always_inline int kt_woken(const struct task_struct *task, __u64 address)
{
	const __u32 phase = control.phase;
	const int wakeup = kt_collects(AL_KT_WAKEUP) && phase == AL_OPEN;
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_LEDGER_WAKEUP);
	struct al_worker *w;
	int sleeps;

	if (phase == AL_CLOSED)
		return 0;
	sleeps = !al_task_runnable(task);
	w = al_worker_of(address, wakeup && sleeps);
	if (w && w->life == AL_LIFE_NAMELESS)
		kt_named(w, address);
	if (!wakeup)
		return 0;
	if (!sleeps || (w && w->kicked)) {
		al_count_shared(b, AL_COALESCED);
		return 0;
	}
	al_count(b, AL_QUEUED);
	if (!w) {
		al_count(b, AL_DROPPED_FULL);
		return 0;
	}
	w->on_cpu_now = al_task_on_cpu(task);
	al_store(&w->kicked, bpf_ktime_get_ns());
	return 0;
}

static __always_inline void kt_switched_out(const struct task_struct *task, __u64 address)
{
	struct al_worker *w;

	if (control.phase == AL_CLOSED || al_task_runnable(task))
		return;
	w = al_worker_of(address, 0);
	if (!w)
		return;
	w->slept = 1;
	if (!w->kicked)
		return;
	/* Woken in the moment before: that counts. A waking from longer ago had a switch-in, and it
	 * was missed. */
	if (w->on_cpu_now) {
		w->on_cpu_now = 0;
		return;
	}
	w->kicked = 0;
	al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_LEDGER_WAKEUP), AL_SUPERSEDED);
}

static __always_inline void kt_switched_in(__u64 address)
{
	const __u32 phase = control.phase;
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_books *b = al_books_of(cpu, AL_LEDGER_WAKEUP);
	struct al_worker *w;
	__u64 woken, now;
	int slept;

	if (phase == AL_CLOSED)
		return;
	w = al_worker_of(address, 0);
	if (!w)
		return;
	slept = w->slept;
	woken = w->kicked;
	w->slept = 0;
	if (w->life == AL_LIFE_NEW || w->life == AL_LIFE_FORKED) {
		kt_first_run(w);
		return;
	}
	if (!kt_collects(AL_KT_WAKEUP))
		return;
	if (!woken) {
		if (slept && phase == AL_OPEN) {
			al_count(b, AL_STARTED);
			al_count(b, AL_UNMATCHED_START);
		}
		return;
	}
	now = bpf_ktime_get_ns();
	w->on_cpu_now = 0;
	w->kicked = 0;
	al_count(b, AL_STARTED);
	if (!al_match(b, cpu, 0, woken, now))
		return;
	al_record(AL_KT_WAKEUP, AL_CLASS_PLAIN, now - woken, now, 0);
	al_record_group(al_thread_row(cfg.group_base[AL_KTHREAD][AL_BY_WOKEN], address), now - woken,
			now);
}

#endif
