// SPDX-License-Identifier: GPL-2.0
/* delayed_work: expired, cancelled, armed again, flushed, deferrable, without a delay. */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/version.h>

#include "asynclat_truth.h"

#define DELAY_MS	20
#define NEVER_MS	60000	/* must not expire before it is cancelled, flushed or armed again */

#define TRUTH_DW_FN(_name)							\
static noinline void truth_##_name##_fn(struct work_struct *work)		\
{										\
	truth_execute(container_of(work, struct truth_item, dwork.work)->row);	\
}

TRUTH_DW_FN(dw)
TRUTH_DW_FN(dw_cancel)
TRUTH_DW_FN(dw_rearm)
TRUTH_DW_FN(dw_deferrable)
TRUTH_DW_FN(dw_zero)
TRUTH_DW_FN(late_dw_irqs)
TRUTH_DW_FN(late_dw_task)
TRUTH_DW_FN(late_dw_softirq)
TRUTH_DW_FN(late_dw_timer)

static noinline void truth_dw_flush_fn(struct work_struct *work)
{
	struct truth_row *row = container_of(work, struct truth_item, dwork.work)->row;

	truth_begin(row);
	truth_sleep_in_flush();
	truth_finish(row);
}

static struct workqueue_struct *wq;

static int dw_open(const struct truth_kind *kind)
{
	unsigned int i;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	wq = alloc_workqueue("asynclat_%s", WQ_PERCPU, 0, kind->name);
#else
	wq = alloc_workqueue("asynclat_%s", 0, 0, kind->name);
#endif
	if (!wq)
		return -ENOMEM;
	for (i = 0; i < truth.n; i++) {
		if (kind->flags & TIMER_DEFERRABLE)
			INIT_DEFERRABLE_WORK(&truth.items[i].dwork, kind->fn.work);
		else
			INIT_DELAYED_WORK(&truth.items[i].dwork, kind->fn.work);
	}
	return 0;
}

static int dw_close(void)
{
	int err = truth_wait();
	unsigned int i;

	for (i = 0; err && i < truth.n; i++)
		truth_cancelled(truth.items[i].row,
				cancel_delayed_work_sync(&truth.items[i].dwork));
	destroy_workqueue(wq);
	return err;
}

static unsigned int dw_delay(unsigned int by_default)
{
	return truth.option < 0 ? by_default : truth.option;
}

static void dw_queue(struct truth_row *row, struct truth_item *item, unsigned int ms)
{
	truth_note(row, "delay_ms", ms);
	truth_call(row, queue_delayed_work(wq, &item->dwork, msecs_to_jiffies(ms)));
}

static void dw_queue_all(unsigned int ms)
{
	unsigned int i;

	for (i = 0; i < truth.n; i++) {
		dw_queue(&truth.rows[i], &truth.items[i], ms);
		truth_gap();
	}
}

static int dw_expire(const struct truth_kind *kind)
{
	int err = dw_open(kind);

	if (err)
		return err;
	dw_queue_all(dw_delay(DELAY_MS));
	return dw_close();
}

static int dw_zero(const struct truth_kind *kind)
{
	int err = dw_open(kind);

	if (err)
		return err;
	dw_queue_all(0);
	return dw_close();
}

static int dw_cancel(const struct truth_kind *kind)
{
	unsigned int i;
	int err = dw_open(kind);

	if (err)
		return err;
	dw_queue_all(dw_delay(NEVER_MS));
	for (i = 0; i < truth.n; i++) {
		struct truth_row *row = &truth.rows[i];
		struct delayed_work *dwork = &truth.items[i].dwork;

		truth_cancelled(row, truth_operation(row, cancel_delayed_work_sync(dwork)));
	}
	return dw_close();
}

static int dw_flush(const struct truth_kind *kind)
{
	int cpu = raw_smp_processor_id(), err = dw_open(kind);
	unsigned int i, ms = dw_delay(NEVER_MS);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		struct truth_row *row = &truth.rows[i];
		struct delayed_work *dwork = &truth.items[i].dwork;

		truth_call(row, queue_delayed_work_on(cpu, wq, dwork, msecs_to_jiffies(ms)));
		truth_note(row, "waited", truth_operation(row, flush_delayed_work(dwork)));
		truth_gap();
	}
	truth_settle(wq, cpu);
	return dw_close();
}

static void dw_mod(struct truth_row *row, struct truth_item *item, unsigned int ms)
{
	bool was_pending = false;

	item->row = row;
	truth_note(row, "delay_ms", ms);
	/* It always arms, and says whether it disarmed before. */
	truth_call(row, (was_pending = mod_delayed_work(wq, &item->dwork, msecs_to_jiffies(ms)),
			 true));
	if (!was_pending)
		return;
	row[-1].flags |= TRUTH_REARMED;
	truth_put();
}

/* Three rows an item: armed, armed again, and the one that runs. */
static int dw_rearm(const struct truth_kind *kind)
{
	unsigned int i;
	int err = dw_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		struct truth_row *row = &truth.rows[i * kind->calls];

		dw_queue(row, &truth.items[i], NEVER_MS);
		dw_mod(row + 1, &truth.items[i], NEVER_MS / 2);
		dw_mod(row + 2, &truth.items[i], dw_delay(DELAY_MS));
		truth_gap();
	}
	return dw_close();
}

/* An idle CPU ignores deferrable timers. Staying on the one that has them keeps them coming: the
 * waits below end with a timer of their own, every tick.
 */
static int dw_deferrable(const struct truth_kind *kind)
{
	cpumask_var_t allowed;
	unsigned int tries;
	int err;

	if (!zalloc_cpumask_var(&allowed, GFP_KERNEL))
		return -ENOMEM;
	cpumask_copy(allowed, &current->cpus_mask);
	err = set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	if (!err)
		err = dw_open(kind);
	if (!err) {
		dw_queue_all(dw_delay(DELAY_MS));
		truth_queueing_done();
		for (tries = 0; atomic_read(&truth.left) && tries < 60 * HZ; tries++)
			schedule_timeout_uninterruptible(1);
		err = dw_close();
	}
	set_cpus_allowed_ptr(current, allowed);
	free_cpumask_var(allowed);
	return err;
}

/* ---- late for a known reason: op0 to op1, on the CPU of its timer --------------------------- */

#define LATE_TICKS 1

/* The bucket of the shortest delay expires within another tick. */
static u64 late_ns(void)
{
	return TRUTH_LATE_NS + (LATE_TICKS + 1) * (NSEC_PER_SEC / HZ);
}

static void late_dw_queue(struct truth_row *row)
{
	struct truth_item *item = row->item;

	truth_call(row, queue_delayed_work_on(raw_smp_processor_id(), wq, &item->dwork, LATE_TICKS));
}

static int late_dw(const struct truth_kind *kind, void (*make_late)(struct truth_row *row))
{
	unsigned int i;
	int err = dw_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		make_late(&truth.rows[i]);
		truth_await(&truth.rows[i]);
	}
	return dw_close();
}

/* The writer has interrupts off. */
static void late_irqs(struct truth_row *row)
{
	truth_irqs_off(row, late_dw_queue, late_ns());
}

static int late_dw_irqs(const struct truth_kind *kind)
{
	return late_dw(kind, late_irqs);
}

/* The writer keeps softirqs off its CPU, and the tick comes. */
static void late_bh(struct truth_row *row)
{
	local_bh_disable();
	late_dw_queue(row);
	truth_spend_late(row, late_ns());
	local_bh_enable();
}

static int late_dw_task(const struct truth_kind *kind)
{
	return late_dw(kind, late_bh);
}

/* A tasklet does, on top of the writer. */
static struct truth_row *late_row;

static void late_tasklet_fn(struct tasklet_struct *tasklet)
{
	late_dw_queue(late_row);
	truth_spend_late(late_row, late_ns());
}

static void late_tasklet(struct truth_row *row)
{
	struct tasklet_struct tasklet;

	late_row = row;
	tasklet_setup(&tasklet, late_tasklet_fn);
	local_bh_disable();
	tasklet_schedule(&tasklet);
	local_bh_enable();
	tasklet_kill(&tasklet);
}

static int late_dw_softirq(const struct truth_kind *kind)
{
	return late_dw(kind, late_tasklet);
}

/* Another timer does: of a bucket's timers the last to come is the first to go. */
static struct timer_list late_timer;

static void late_timer_fn(struct timer_list *timer)
{
	truth_spend_late(late_row, TRUTH_LATE_NS);
}

static void late_after_timer(struct truth_row *row)
{
	struct truth_item *item = row->item;

	late_row = row;
	local_irq_disable();
	late_dw_queue(row);
	late_timer.expires = item->dwork.timer.expires;
	add_timer_on(&late_timer, raw_smp_processor_id());
	local_irq_enable();
}

static int late_dw_timer(const struct truth_kind *kind)
{
	int err;

	timer_setup(&late_timer, late_timer_fn, TIMER_PINNED);
	err = late_dw(kind, late_after_timer);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	timer_delete_sync(&late_timer);
#else
	del_timer_sync(&late_timer);
#endif
	return err;
}

const struct truth_kind truth_delayed_work_kinds[] = {
	{ TRUTH_KIND(work, dw, dw_expire) },
	{ TRUTH_KIND(work, dw_cancel, dw_cancel) },
	{ TRUTH_KIND(work, dw_rearm, dw_rearm), .calls = 3 },
	{ TRUTH_KIND(work, dw_flush, dw_flush) },
	{ TRUTH_KIND(work, dw_deferrable, dw_deferrable), .flags = TIMER_DEFERRABLE },
	{ TRUTH_KIND(work, dw_zero, dw_zero) },
	{ TRUTH_KIND(work, late_dw_irqs, late_dw_irqs) },
	{ TRUTH_KIND(work, late_dw_task, late_dw_task) },
	{ TRUTH_KIND(work, late_dw_softirq, late_dw_softirq) },
	{ TRUTH_KIND(work, late_dw_timer, late_dw_timer) },
	{ }
};
