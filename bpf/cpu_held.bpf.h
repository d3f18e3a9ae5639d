/* SPDX-License-Identifier: GPL-2.0 */
/* Who held this CPU lately: the tasks that ran on it for long, and what softirqs and interrupts took
 * of their time. Only with --min; its hooks are in the object of whoever asks.
 */
#ifndef ASYNCLAT_CPU_HELD_BPF_H
#define ASYNCLAT_CPU_HELD_BPF_H

#include "blamed.bpf.h"
#include "submitter.bpf.h"

#define HELD_RUNS 64           /* remembered of a CPU */
#define HELD_SHORTEST_SHIFT 6  /* of these none is shorter than a 64th of --min */
#define HELD_CUT_SHIFT 4       /* a softirq cuts a run of a 16th: its share is better known so */
#define HELD_VECTORS 16        /* the kernel has 10 */
#define HELD_TIMER 1           /* the vector of timers */

/* A task's run, up to its switch-out or a cut. */
struct held_run {
	__u64 begun;
	__u64 ended;
	__u64 softirq_ns; /* of it */
	__u64 irq_ns;     /* of it, in softirqs as well */
	__u32 tid;        /* 0: the idle task */
	__u16 detail;     /* al_blocker's, of a task */
	__u8 vector;      /* the softirq that took most */
	__u8 irq;         /* the line that took longest at once, if below 256 */
	char comm[16];
	__u32 stack;          /* where it left the CPU, or 0 */
};

/* Who had how much of the time between two moments, at least. */
struct held_search {
	__u64 task_ns, softirq_ns, irq_ns;
	__u64 longest_task, longest_softirq, longest_irq; /* in one run */
	__u32 tid;
	__u32 stack;
	__u16 task;   /* al_blocker's detail, as are the next two */
	__u8 vector;
	__u8 irq;
	char comm[16];
};

struct held_cpu {
	__u64 since; /* the present run began, 0: not known */
	__u64 softirq_at;  /* a softirq began, 0: in none */
	__u64 irq_at;
	__u64 irq_ns_before; /* irq_ns when that softirq began */
	__u64 softirq_ns;    /* of the present run, as are all below */
	__u64 irq_ns;
	__u64 vector_ns[HELD_VECTORS];
	__u64 irq_longest;
	__u32 irq;
	__u32 next;
	struct held_run run[HELD_RUNS];
	struct held_search search[AL_ASKERS];
};

AL_PER_CPU(held, struct held_cpu);

static __always_inline struct held_cpu *held_here(void)
{
	const __u32 zero = 0;

	return cfg.min_ns ? bpf_map_lookup_elem(&held, &zero) : 0;
}

/* The present run of this task ends here. Global, so that the verifier looks at it once. */
__noinline int held_note(__u64 task_address, __u64 now, __u32 stack)
{
	struct task_struct *task = (void *)task_address;
	struct held_cpu *h = held_here();
	struct held_run *run;
	__u64 most = 0;

	if (!h)
		return 0;
	run = &h->run[h->next++ % HELD_RUNS];
	run->begun = h->since;
	run->ended = now;
	run->softirq_ns = h->softirq_ns;
	run->irq_ns = h->irq_ns;
	run->tid = BPF_CORE_READ(task, pid);
	run->detail = BPF_CORE_READ(task, policy) | BPF_CORE_READ(task, rt_priority) << 8;
	run->irq = h->irq < 256 ? h->irq : 0;
	run->vector = 0;
	run->stack = stack;
	bpf_probe_read_kernel(run->comm, sizeof(run->comm), &task->comm);
#pragma clang loop unroll(disable)
	for (int i = 0; i < HELD_VECTORS; i++) {
		if (h->vector_ns[i] > most) {
			most = h->vector_ns[i];
			run->vector = i;
		}
	}
	return 0;
}

/* `ctx`: of the program that sees the task leave the CPU, or null. */
static __always_inline void held_run_ends(struct held_cpu *h, __u64 task, __u64 now, void *ctx)
{
	if (h->since && now - h->since >= cfg.min_ns >> HELD_SHORTEST_SHIFT)
		held_note(task, now, ctx ? al_stack_here(ctx) : 0);
	h->since = now;
	h->irq_ns = 0;
	h->irq_longest = 0;
	h->irq_ns_before = 0;
	if (h->softirq_ns)
		__builtin_memset(h->vector_ns, 0, sizeof(h->vector_ns));
	h->softirq_ns = 0;
}

static __always_inline void held_switched(__u64 prev, void *ctx)
{
	struct held_cpu *h = held_here();

	if (h && control.phase != AL_CLOSED)
		held_run_ends(h, prev, bpf_ktime_get_ns(), ctx);
}

static __always_inline void held_cut(struct held_cpu *h, __u64 now)
{
	if (h->since && now - h->since >= cfg.min_ns >> HELD_CUT_SHIFT)
		held_run_ends(h, bpf_get_current_task(), now, 0);
}

static __always_inline int held_softirq_began(void)
{
	struct held_cpu *h = held_here();
	const __u64 now = bpf_ktime_get_ns();

	if (!h || control.phase == AL_CLOSED)
		return 0;
	held_cut(h, now);
	h->irq_ns_before = h->irq_ns;
	h->softirq_at = now;
	return 0;
}

static __always_inline int held_softirq_ended(__u32 vector)
{
	struct held_cpu *h = held_here();
	const __u64 now = bpf_ktime_get_ns();
	__u64 took, irqs;

	if (!h || !h->softirq_at)
		return 0;
	took = now - h->softirq_at;
	irqs = h->irq_ns - h->irq_ns_before;
	took -= irqs < took ? irqs : took;
	h->softirq_at = 0;
	h->softirq_ns += took;
	h->vector_ns[vector & (HELD_VECTORS - 1)] += took;
	held_cut(h, now);
	return 0;
}

static __always_inline int held_irq_began(void)
{
	struct held_cpu *h = held_here();

	if (h && control.phase != AL_CLOSED)
		h->irq_at = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int held_irq_ended(__u32 irq)
{
	struct held_cpu *h = held_here();
	__u64 took;

	if (!h || !h->irq_at)
		return 0;
	took = bpf_ktime_get_ns() - h->irq_at;
	h->irq_at = 0;
	h->irq_ns += took;
	if (took > h->irq_longest) {
		h->irq_longest = took;
		h->irq = irq;
	}
	return 0;
}

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
