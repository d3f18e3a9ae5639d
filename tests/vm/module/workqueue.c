// SPDX-License-Identifier: GPL-2.0
/* Works on a workqueue of their own, whose name is the kind's. */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/version.h>

#include "asynclat_truth.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#define HAVE_WQ_BH
#endif
/* From here on a workqueue has to say that it is per CPU. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define PER_CPU WQ_PERCPU
#else
#define PER_CPU 0
#endif

static __always_inline struct truth_row *wq_row(struct work_struct *work)
{
	return container_of(work, struct truth_item, work)->row;
}

#define TRUTH_WQ_FN(_name, _body)					\
static noinline void truth_##_name##_fn(struct work_struct *work)	\
{									\
	struct truth_row *row = wq_row(work);				\
									\
	truth_begin(row);						\
	_body;								\
	truth_finish(row);						\
}

TRUTH_WQ_FN(wq_percpu, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_unbound, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_highpri, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_ordered, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_max1, truth_spend(200 * 1000))
#ifdef HAVE_WQ_BH
TRUTH_WQ_FN(wq_bh, truth_spend(TRUTH_ITEM_NS))
#endif
TRUTH_WQ_FN(wq_cancel, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_coalesce, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_hold, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_flush, truth_sleep_in_flush())
TRUTH_WQ_FN(wq_sleep, msleep(2))
TRUTH_WQ_FN(wq_burst, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(wq_hardirq, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(late_task, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(late_softirq, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(late_busy, truth_spend(TRUTH_ITEM_NS))
TRUTH_WQ_FN(late_behind, truth_spend(TRUTH_ITEM_NS))

static struct workqueue_struct *wq;

static noinline void truth_wq_self_fn(struct work_struct *work)
{
	struct truth_item *item = container_of(work, struct truth_item, work);
	struct truth_row *row = item->row;

	truth_begin(row);
	truth_spend(TRUTH_ITEM_NS);
	if (row + 1 < truth.rows + truth.nrows) {
		item->row = row + 1;
		truth_call(row + 1, queue_work(wq, work));
	}
	truth_finish(row);
}

static noinline void truth_wq_blocker_fn(struct work_struct *work)
{
	truth_block(wq_row(work));
}

static noinline void truth_settle_fn(struct work_struct *work)
{
	truth_execute(wq_row(work));
}

/* Before 5.16 destroy_workqueue() warns of a flush barrier that has let flush_work() return and is
 * still on its way out. A work behind it on the same pool starts only after that.
 */
void truth_settle(struct workqueue_struct *queue, int cpu)
{
	struct truth_item *item = &truth.items[truth.n];

	INIT_WORK(&item->work, truth_settle_fn);
	truth_call(truth_extra("truth_settle_fn"), queue_work_on(cpu, queue, &item->work));
	flush_workqueue(queue);
}

static int wq_open(const struct truth_kind *kind)
{
	unsigned int i;

	if (kind->flags == __WQ_ORDERED)
		wq = alloc_ordered_workqueue("asynclat_%s", 0, kind->name);
	else
		wq = alloc_workqueue("asynclat_%s", kind->flags, kind->max_active, kind->name);
	if (!wq)
		return -ENOMEM;
	for (i = 0; i < truth.n; i++)
		INIT_WORK(&truth.items[i].work, kind->fn.work);
	return 0;
}

static int wq_close(void)
{
	int err = truth_wait();

	destroy_workqueue(wq);
	return err;
}

static int wq_simple(const struct truth_kind *kind)
{
	unsigned int i;
	int err = wq_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		truth_call(&truth.rows[i], queue_work(wq, &truth.items[i].work));
		truth_gap();
	}
	return wq_close();
}

/* Works that do not sleep, queued while the CPU is not given away: one worker takes them all. */
static int wq_burst(const struct truth_kind *kind)
{
	unsigned int i;
	int err = wq_open(kind);

	if (err)
		return err;
	preempt_disable();
	for (i = 0; i < truth.n; i++)
		truth_call(&truth.rows[i], queue_work(wq, &truth.items[i].work));
	preempt_enable();
	return wq_close();
}

static int wq_self(const struct truth_kind *kind)
{
	int err = wq_open(kind);

	if (err)
		return err;
	truth_call(&truth.rows[0], queue_work(wq, &truth.items[0].work));
	return wq_close();
}

static int wq_flush(const struct truth_kind *kind)
{
	unsigned int i;
	int cpu = raw_smp_processor_id(), err = wq_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		struct truth_row *row = &truth.rows[i];

		truth_call(row, queue_work_on(cpu, wq, &truth.items[i].work));
		truth_note(row, "waited", truth_operation(row, flush_work(&truth.items[i].work)));
		truth_gap();
	}
	truth_settle(wq, cpu);
	return wq_close();
}

/* max_active is 1: what is queued on the blocker's CPU stays pending until it is released. */
static int wq_block(void)
{
	struct truth_item *blocker = &truth.items[truth.n];
	int cpu = raw_smp_processor_id();

	INIT_WORK(&blocker->work, truth_wq_blocker_fn);
	truth_call(truth_extra("truth_wq_blocker_fn"), queue_work_on(cpu, wq, &blocker->work));
	wait_for_completion(&truth.blocked);
	return cpu;
}

static void wq_queue_behind(void)
{
	int cpu = wq_block();
	unsigned int i;

	for (i = 0; i < truth.n; i++) {
		truth_call(&truth.rows[i], queue_work_on(cpu, wq, &truth.items[i].work));
		truth_gap();
	}
}

static int wq_cancel(const struct truth_kind *kind)
{
	unsigned int i;
	int err = wq_open(kind);

	if (err)
		return err;
	wq_queue_behind();
	for (i = 0; i < truth.n; i++) {
		struct truth_row *row = &truth.rows[i];

		truth_cancelled(row, truth_operation(row, cancel_work_sync(row->item)));
	}
	complete(&truth.release);
	return wq_close();
}

static int wq_coalesce(const struct truth_kind *kind)
{
	unsigned int i;
	int cpu, err = wq_open(kind);

	if (err)
		return err;
	cpu = wq_block();
	for (i = 0; i < truth.n; i++) {
		truth_call(&truth.rows[i], queue_work_on(cpu, wq, &truth.items[0].work));
		truth_gap();
	}
	complete(&truth.release);
	return wq_close();
}

static int wq_hold(const struct truth_kind *kind)
{
	int err = wq_open(kind);

	if (err)
		return err;
	wq_queue_behind();
	truth_release_late();
	return wq_close();
}

/* Queued by an interrupt, while the writer spins. */
static struct truth_row *hardirq_row;

static enum hrtimer_restart wq_hardirq_fn(struct hrtimer *timer)
{
	truth_call(hardirq_row, queue_work_on(raw_smp_processor_id(), wq, hardirq_row->item));
	return HRTIMER_NORESTART;
}

static int wq_hardirq(const struct truth_kind *kind)
{
	struct hrtimer timer;
	unsigned int i;
	int err = wq_open(kind);

	if (err)
		return err;
	hrtimer_init_on_stack(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer.function = wq_hardirq_fn;
	for (i = 0; i < truth.n; i++) {
		hardirq_row = &truth.rows[i];
		hrtimer_start(&timer, ns_to_ktime(200 * 1000), HRTIMER_MODE_REL_HARD);
		while (hrtimer_active(&timer))
			cpu_relax();
		truth_gap();
	}
	destroy_hrtimer_on_stack(&timer);
	return wq_close();
}

static void late_queue(struct truth_row *row)
{
	truth_call(row, queue_work_on(raw_smp_processor_id(), wq, row->item));
}

/* The writer keeps the CPU, for itself: also from softirqs. */
static int late_task(const struct truth_kind *kind)
{
	unsigned int i;
	int err = wq_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		local_bh_disable();
		late_queue(&truth.rows[i]);
		truth_spend_late(&truth.rows[i], TRUTH_LATE_NS);
		local_bh_enable();
		truth_await(&truth.rows[i]);
	}
	return wq_close();
}

/* A tasklet of the writer's CPU does. */
static struct truth_row *late_row;

static void late_tasklet_fn(struct tasklet_struct *tasklet)
{
	late_queue(late_row);
	truth_spend_late(late_row, TRUTH_LATE_NS);
}

static int late_softirq(const struct truth_kind *kind)
{
	struct tasklet_struct tasklet;
	unsigned int i;
	int err = wq_open(kind);

	if (err)
		return err;
	tasklet_setup(&tasklet, late_tasklet_fn);
	for (i = 0; i < truth.n; i++) {
		late_row = &truth.rows[i];
		local_bh_disable();
		tasklet_schedule(&tasklet);
		local_bh_enable();
		truth_await(late_row);
	}
	tasklet_kill(&tasklet);
	return wq_close();
}

/* The pool's worker does, in an item that then sleeps: only that has another worker woken. */
static noinline void truth_late_busy_blocker_fn(struct work_struct *work)
{
	struct truth_row *row = wq_row(work);
	unsigned int i;

	truth_begin(row);
	for (i = 0; i < truth.n; i++) {
		late_queue(&truth.rows[i]);
		truth_spend_late(&truth.rows[i], TRUTH_LATE_NS);
		truth_await(&truth.rows[i]);
	}
	truth_finish(row);
}

/* The same, but it does not sleep: its own worker runs them, after it. */
static noinline void truth_late_behind_blocker_fn(struct work_struct *work)
{
	struct truth_row *row = wq_row(work);
	unsigned int i;

	truth_begin(row);
	for (i = 0; i < truth.n; i++)
		late_queue(&truth.rows[i]);
	truth_spend_late(row, TRUTH_LATE_NS);
	truth_finish(row);
}

static int late_after(const struct truth_kind *kind, work_func_t blocker_fn, const char *name)
{
	struct truth_item *blocker = &truth.items[truth.n];
	int cpu = raw_smp_processor_id(), err = wq_open(kind);

	if (err)
		return err;
	INIT_WORK(&blocker->work, blocker_fn);
	truth_call(truth_extra(name), queue_work_on(cpu, wq, &blocker->work));
	return wq_close();
}

static int late_busy(const struct truth_kind *kind)
{
	return late_after(kind, truth_late_busy_blocker_fn, "truth_late_busy_blocker_fn");
}

static int late_behind(const struct truth_kind *kind)
{
	return late_after(kind, truth_late_behind_blocker_fn, "truth_late_behind_blocker_fn");
}

const struct truth_kind truth_workqueue_kinds[] = {
	{ TRUTH_KIND(work, wq_percpu, wq_simple), .flags = PER_CPU },
	{ TRUTH_KIND(work, wq_unbound, wq_simple), .flags = WQ_UNBOUND },
	{ TRUTH_KIND(work, wq_highpri, wq_simple), .flags = PER_CPU | WQ_HIGHPRI },
	{ TRUTH_KIND(work, wq_ordered, wq_simple), .flags = __WQ_ORDERED },
	{ TRUTH_KIND(work, wq_max1, wq_simple), .flags = PER_CPU, .max_active = 1 },
#ifdef HAVE_WQ_BH
	{ TRUTH_KIND(work, wq_bh, wq_simple), .flags = PER_CPU | WQ_BH },
#endif
	{ TRUTH_KIND(work, wq_cancel, wq_cancel), .flags = PER_CPU, .max_active = 1 },
	{ TRUTH_KIND(work, wq_hold, wq_hold), .flags = PER_CPU, .max_active = 1 },
	{ TRUTH_KIND(work, wq_coalesce, wq_coalesce), .flags = PER_CPU, .max_active = 1,
	  .one_item = true },
	{ TRUTH_KIND(work, wq_self, wq_self), .flags = PER_CPU, .one_item = true },
	{ TRUTH_KIND(work, wq_flush, wq_flush), .flags = PER_CPU },
	/* 16, because each sleeping one needs a worker. */
	{ TRUTH_KIND(work, wq_sleep, wq_simple), .flags = PER_CPU, .max_active = 16 },
	{ TRUTH_KIND(work, wq_burst, wq_burst), .flags = PER_CPU },
	{ TRUTH_KIND(work, wq_hardirq, wq_hardirq), .flags = PER_CPU },
	{ TRUTH_KIND(work, late_task, late_task), .flags = PER_CPU },
	{ TRUTH_KIND(work, late_softirq, late_softirq), .flags = PER_CPU },
	{ TRUTH_KIND(work, late_busy, late_busy), .flags = PER_CPU },
	{ TRUTH_KIND(work, late_behind, late_behind), .flags = PER_CPU },
	{ }
};
