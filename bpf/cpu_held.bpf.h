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

#endif
