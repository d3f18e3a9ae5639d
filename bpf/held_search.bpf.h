/* SPDX-License-Identifier: GPL-2.0 */
/* Who held this CPU between two moments, of those that are remembered. Only with --min. */
#ifndef ASYNCLAT_HELD_SEARCH_BPF_H
#define ASYNCLAT_HELD_SEARCH_BPF_H

#include "cpu_held.bpf.h"

#define HELD_TIMER 1 /* the vector of timers */

/* How much of `taken`, which is part of a run, fell into `overlap` of it at least. */
static __always_inline __u64 held_at_least(const struct held_run *run, __u64 taken, __u64 overlap)
{
	const __u64 outside = run->ended - run->begun - overlap;

	return taken > outside ? taken - outside : 0;
}

static __always_inline __u64 held_own(const struct held_run *run, __u64 overlap)
{
	const __u64 taken = run->softirq_ns + run->irq_ns;

	return overlap > taken ? overlap - taken : 0;
}

static __always_inline struct held_run *held_run_at(struct held_cpu *h, __u32 i)
{
	return &h->run[i & (HELD_RUNS - 1)];
}

static __always_inline struct held_search *held_search_of(struct held_cpu *h, __u32 asker)
{
	return &h->search[asker & (AL_ASKERS - 1)];
}

/* One run's share of the softirqs and interrupts, and is it the longest? One by one, here and below:
 * the verifier would follow all ways through all of them. */
__noinline int held_search_run(__u32 asker, __u32 i, __u64 from, __u64 to)
{
	struct held_cpu *h = held_here();
	struct held_search *s;
	struct held_run *run;
	__u64 overlap, part;
	__u32 self;

	if (!h)
		return 0;
	s = held_search_of(h, asker);
	run = held_run_at(h, i);
	overlap = al_overlap(run->begun, run->ended, from, to);
	if (!overlap)
		return 0;
	part = held_at_least(run, run->softirq_ns, overlap);
	s->softirq_ns += part;
	if (part > s->longest_softirq) {
		s->longest_softirq = part;
		s->vector = run->vector;
	}
	part = held_at_least(run, run->irq_ns, overlap);
	s->irq_ns += part;
	if (part > s->longest_irq) {
		s->longest_irq = part;
		s->irq = run->irq;
	}
	/* A start's own thread waited; what a timer interrupts did not. */
	self = asker == AL_ASKED_BY_START ? (__u32)bpf_get_current_pid_tgid() : 0;
	part = held_own(run, overlap);
	if (run->tid && run->tid != self && part > s->longest_task) {
		s->longest_task = part;
		s->tid = run->tid;
		s->task = run->detail;
		__builtin_memcpy(s->comm, run->comm, sizeof(s->comm));
	}
	return 0;
}

/* The task found is given all of its runs. */
__noinline int held_sum_run(__u32 asker, __u32 i, __u64 from, __u64 to)
{
	struct held_cpu *h = held_here();
	struct held_search *s;
	struct held_run *run;
	__u64 part;

	if (!h)
		return 0;
	s = held_search_of(h, asker);
	run = held_run_at(h, i);
	if (run->tid != s->tid)
		return 0;
	part = held_own(run, al_overlap(run->begun, run->ended, from, to));
	s->task_ns += part;
	if (part && run->stack)
		s->stack = run->stack;
	return 0;
}

/* A timer asks out of its own softirq, which may be what took long: in an earlier timer. The run that
 * it interrupted ended where it began, see held_cut(). */
static __always_inline void held_add_present(struct held_cpu *h, struct held_search *s, __u64 from,
					     __u64 to)
{
	const __u64 irqs = h->irq_ns - h->irq_ns_before;
	const __u64 took = h->softirq_at ? al_overlap(h->softirq_at, to, from, to) : 0;

	if (took <= irqs)
		return;
	s->softirq_ns += took - irqs;
	if (took - irqs > s->longest_softirq)
		s->vector = HELD_TIMER;
}

/* What held this CPU for most of the time between two moments: a task, other than the present one if
 * that asks for itself, softirqs or interrupts. Each is given what it had at least. Nothing is blamed
 * for less than a quarter of it, nor for less than what is blamed already; nor is idling. */
__noinline int held_find(__u32 asker, __u64 from, __u64 to)
{
	struct al_blocker *blocker = al_blamed_for(asker);
	struct held_cpu *h = held_here();
	struct held_search *s;
	__u64 least;

	if (!h || !blocker)
		return 0;
	s = held_search_of(h, asker);
	__builtin_memset(s, 0, sizeof(*s));
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < HELD_RUNS; i++)
		held_search_run(asker, i, from, to);
#pragma clang loop unroll(disable)
	for (__u32 i = 0; s->tid && i < HELD_RUNS; i++)
		held_sum_run(asker, i, from, to);
	if (asker == AL_ASKED_BY_TIMER)
		held_add_present(h, s, from, to);
	least = (to - from) / 4;
	if (least < blocker->ran_ns)
		least = blocker->ran_ns;
	if (s->task_ns > least && s->task_ns >= s->softirq_ns && s->task_ns >= s->irq_ns) {
		blocker->kind = AL_BLOCKED_BY_TASK;
		blocker->ran_ns = s->task_ns;
		blocker->tid = s->tid;
		blocker->detail = s->task;
		blocker->stack = s->stack;
		__builtin_memcpy(blocker->thread, s->comm, sizeof(blocker->thread));
	} else if (s->softirq_ns > least && s->softirq_ns >= s->irq_ns) {
		blocker->kind = AL_BLOCKED_BY_SOFTIRQ;
		blocker->ran_ns = s->softirq_ns;
		blocker->detail = s->vector;
	} else if (s->irq_ns > least) {
		blocker->kind = AL_BLOCKED_BY_IRQ;
		blocker->ran_ns = s->irq_ns;
		blocker->detail = s->irq;
	}
	return 0;
}

#endif
