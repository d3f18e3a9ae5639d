/* SPDX-License-Identifier: GPL-2.0 */
/* One run: what was asked for, its items, and a row for every call that queues one of them.
 *
 * A row's q0, q1 and flags belong to whoever queues, s, e and ran_cpu to the item's function.
 * truth.left is what keeps the two apart: rows are read and freed once it is zero.
 */
#ifndef ASYNCLAT_TRUTH_H
#define ASYNCLAT_TRUTH_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#define TRUTH_QUEUED	(1 << 0)	/* the call put the item on a queue or armed it */
#define TRUTH_COALESCED	(1 << 1)	/* it was pending already */
#define TRUTH_REFUSED	(1 << 2)	/* the call failed, err says how */
#define TRUTH_CANCELLED	(1 << 3)	/* queued, and taken back before it ran */
#define TRUTH_REARMED	(1 << 4)	/* armed, and armed again by the item's next row */

struct truth_row {
	void *item;
	const char *function;
	const char *note;	/* name of note_value, or NULL */
	long note_value;
	u64 q0, q1, s, e;
	u64 op0, op1;		/* around the cancel, flush or wake-up that came after, or 0 */
	int index;		/* of the item; -1: the run's own blocker or companion */
	int queued_cpu, ran_cpu;
	int err;
	unsigned int flags;
};

struct truth_item {
	/* First, so that an item has the address that a tracer sees. */
	union {
		struct irq_work irq;
		struct callback_head task;
		struct work_struct work;
		struct delayed_work dwork;
		struct kthread_work kwork;
		struct kthread_delayed_work kdwork;
	};
	struct truth_row *row;		/* the row that its function fills when it runs next */
	struct task_struct *thread;
};

struct truth_kind {
	const char *name;
	const char *function;
	int (*run)(const struct truth_kind *kind);
	union {
		void (*irq)(struct irq_work *work);
		void (*task)(struct callback_head *head);
		work_func_t work;
		kthread_work_func_t kwork;
		int (*thread)(void *data);
	} fn;
	unsigned int calls;		/* that queue one item; 0 counts as 1 */
	bool one_item;			/* all calls are for the same item */
	unsigned int flags;		/* of the workqueue or the timer, or the notify mode */
	int max_active;
};

/* Functions that look alike must not become one: their names are what a tracer filters by. */
#define TRUTH_FN(_member, _name) .function = "truth_" #_name "_fn", .fn._member = truth_##_name##_fn
#define TRUTH_KIND(_member, _name, _run) .name = #_name, TRUTH_FN(_member, _name), .run = (_run)

struct truth_run {
	const struct truth_kind *kind;
	unsigned int n, gap_us;
	long option;			/* -1: none given */
	int error;
	struct truth_item *items;	/* n, and one for a blocker or companion */
	struct truth_row *rows;		/* n * calls, and one for a blocker or companion */
	unsigned int nrows;		/* without that one */
	atomic_t left;			/* queued, not finished or cancelled; + 1 while queueing */
	bool queueing;
	struct completion blocked, release;
};

extern struct truth_run truth;

extern const struct truth_kind truth_irq_work_kinds[];
extern const struct truth_kind truth_task_work_kinds[];
extern const struct truth_kind truth_workqueue_kinds[];
extern const struct truth_kind truth_delayed_work_kinds[];
extern const struct truth_kind truth_kthread_worker_kinds[];
extern const struct truth_kind truth_kthread_kinds[];

void truth_irq_work_init(void);
void truth_task_work_init(void);

void *truth_symbol(const char *name);

/* Queueing is over; from now on the last item's end ends the run. */
void truth_queueing_done(void);
int truth_wait_idle(unsigned int seconds);
/* Both, with a limit that only a lost item exceeds. */
int truth_wait(void);
void truth_put(void);
void truth_gap(void);

/* The row beyond the last: blockers and companions are in the table, but not in its totals. */
struct truth_row *truth_extra(const char *function);
void truth_block(struct truth_row *row);
void truth_release_late(void);	/* the blocker, after OPTION ms */
/* Queues with interrupts off, which come on within this very function. */
void truth_irqs_off(struct truth_row *row, void (*queue)(struct truth_row *row), u64 ns);
void truth_settle(struct workqueue_struct *queue, int cpu);

static inline unsigned int truth_calls(const struct truth_kind *kind)
{
	return kind->calls ? kind->calls : 1;
}

static __always_inline void truth_begin(struct truth_row *row)
{
	row->s = ktime_get_ns();
	row->ran_cpu = raw_smp_processor_id();
}

static __always_inline void truth_spend(u64 ns)
{
	u64 until = ktime_get_ns() + ns;

	while (ktime_get_ns() < until)
		cpu_relax();
}

/* Touches neither row nor item after truth_put(): that may have been the last one. */
static __always_inline void truth_finish(struct truth_row *row)
{
	row->e = ktime_get_ns();
	truth_put();
}

#define TRUTH_ITEM_NS 3000

static __always_inline void truth_execute(struct truth_row *row)
{
	truth_begin(row);
	truth_spend(TRUTH_ITEM_NS);
	truth_finish(row);
}

/* flush_work() may give the CPU away before it looks, and makes a barrier only for an item that has
 * not ended by then.
 */
static __always_inline void truth_sleep_in_flush(void)
{
	usleep_range(500, 600);
}

static inline bool truth_outcome(struct truth_row *row, bool queued)
{
	row->flags |= queued ? TRUTH_QUEUED : TRUTH_COALESCED;
	if (!queued)
		truth_put();
	return queued;
}

/* Without preemption, so that queued_cpu is true and q0 to q1 is the call and nothing else. */
#define truth_call(_row, _call) ({			\
	struct truth_row *__row = (_row);		\
	bool __queued;					\
							\
	__row->queued_cpu = get_cpu();			\
	atomic_inc(&truth.left);			\
	__row->q0 = ktime_get_ns();			\
	__queued = (_call);				\
	__row->q1 = ktime_get_ns();			\
	put_cpu();					\
	truth_outcome(__row, __queued);			\
})

/* A second operation on a queued item. */
#define truth_operation(_row, _call) ({			\
	typeof(_call) __ret;				\
							\
	(_row)->op0 = ktime_get_ns();			\
	__ret = (_call);				\
	(_row)->op1 = ktime_get_ns();			\
	__ret;						\
})

static inline void truth_note(struct truth_row *row, const char *name, long value)
{
	row->note_value = value;
	row->note = name;
}

/* An item is kept waiting meanwhile. Less than what makes the kernel have another worker woken. */
#define TRUTH_LATE_NS (5 * 1000 * 1000)

static __always_inline void truth_spend_late(struct truth_row *row, u64 ns)
{
	truth_operation(row, (truth_spend(ns), 0));
	truth_note(row, "tid", current->pid);
}

static inline void truth_await(struct truth_row *row)
{
	while (!READ_ONCE(row->e))
		usleep_range(100, 200);
}

static inline void truth_cancelled(struct truth_row *row, bool was_pending)
{
	if (!was_pending)
		return;
	row->flags |= TRUTH_CANCELLED;
	truth_put();
}

#endif
