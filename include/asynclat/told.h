/* What the BPF programs tell of one item: one that waited long, its run, or one that still waits.
 * Compiled as C (BPF) and as C++.
 */
#ifndef ASYNCLAT_TOLD_H
#define ASYNCLAT_TOLD_H

#include <linux/types.h>

/* Stages that split a headline, at most: workqueue's hold, kick, wakeup and behind. */
#define AL_PARTS 4

#define AL_TELL_ITEMS 16   /* items one tell call is asked about */
#define AL_STACK_FRAMES 32 /* of a stack, at most */

/* Who asks what an item waited for. A timer may interrupt a start. */
enum al_asker {
	AL_ASKED_BY_START,
	AL_ASKED_BY_TIMER,
	AL_ASKERS,
};

enum al_blocker_kind {
	AL_BLOCKED_BY_UNKNOWN,
	AL_BLOCKED_BY_ITEM,
	AL_BLOCKED_BY_TASK,
	AL_BLOCKED_BY_SOFTIRQ,
	AL_BLOCKED_BY_IRQ,
	AL_BLOCKED_BY_TARGET, /* task_work: the task that is to run it was not on its way to user mode */
	AL_BLOCKED_BY_IRQS_OFF, /* interrupts were off there: in or above a task */
};

/* Where interrupts came on, where that is no address in the kernel. */
#define AL_AT_UNKNOWN 0ULL
#define AL_AT_USER_MODE 1ULL

/* What the task that is to run an item did when that was queued. */
enum al_target {
	AL_TARGET_UNKNOWN,
	AL_TARGET_RUNNING,  /* on a CPU */
	AL_TARGET_RUNNABLE, /* waited for one */
	AL_TARGET_SLEEPING,
	AL_TARGET_BLOCKED, /* in uninterruptible sleep */
	AL_TARGET_STOPPED,
};

/* What ran when an item was queued. Only a task is the item's submitter: what an interrupt interrupted has
 * nothing to do with it. */
enum al_context {
	AL_IN_UNKNOWN,
	AL_IN_TASK,
	AL_IN_SOFTIRQ,
	AL_IN_HARDIRQ,
	AL_IN_NMI,
};

struct al_submitter {
	__u64 cgroup; /* the kernel's number, in its default hierarchy */
	char comm[16];
	__u32 tid; /* these four are a task's */
	__u32 pid;
	__u32 stack;   /* its number in the map of stacks, plus one; 0: not known */
	__u32 context; /* al_context */
};

/* What ran while an item waited, and kept it waiting. */
struct al_blocker {
	__u64 function;   /* item; irqs_off: where they came on, or AL_AT_* */
	__u64 ran_ns;     /* how long it ran meanwhile, at least */
	__u32 tid;        /* of the thread that ran it, or of the task */
	__u32 max_active; /* workqueue: held the item back; 0: it did not */
	__u16 kind;       /* al_blocker_kind */
	__u16 detail;     /* task: its policy, its real-time priority << 8; the softirq's vector;
			   * the interrupt, 0: not known; al_target */
	char thread[16];
	__u32 stack;      /* task: when it left the CPU; its number plus one, or 0 */
};

/* In the ring: an item whose headline took al_config::min_ns or longer. */
struct al_outlier {
	__u64 begun;   /* its headline: CLOCK_MONOTONIC */
	__u64 ended;
	__u64 function;
	__u64 part[AL_PARTS]; /* how long, in the order of the stages that split the headline; all 0:
			       * it was not split */
	struct al_blocker blocker;
	struct al_submitter submitter;
	char queue[32]; /* its workqueue, or the worker's thread; empty: has none */
	__u32 cpu;
	__u16 mechanism;
	__u16 item_class;
};

/* Beside it in the ring, told apart by its size: a run. A list of task_work is one. */
struct al_run {
	__u64 begun; /* CLOCK_MONOTONIC */
	__u64 ended;
	__u64 function; /* 0: several */
	__u32 tid;      /* of the thread that ran it; 0: it ran in an interrupt */
	__u32 cpu;      /* where it ended */
	__u32 mechanism;
	char thread[16];
};

/* What is asked about one item, and told. */
struct al_told {
	__u64 key;      /* asked: of the pending table, or the address of what runs */
	__u64 stamp;    /* its entry's, or when it started */
	__u64 owner;    /* of the worker's slot, of what runs; 0: it waits */
	char queue[32]; /* told: its workqueue, worker or task; empty: has none */
	char thread[16];
	struct al_submitter submitter;
	__s32 pid;      /* of that thread, or of the queue if it is a task; 0: neither */
	__u8 so;        /* it still waits, or runs */
	__u8 held;      /* workqueue: max_active holds it back */
};

/* .data.tell: for one run of the tell program. */
struct al_tell {
	__u32 count;
	struct al_told item[AL_TELL_ITEMS];
};

#ifdef __cplusplus
static_assert(sizeof(struct al_run) != sizeof(struct al_outlier));
#endif

#endif
