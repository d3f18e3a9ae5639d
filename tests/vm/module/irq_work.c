// SPDX-License-Identifier: GPL-2.0
/* irq_work: local, lazy, remote, in bursts, coalesced, queued again by its own function. */
#include <linux/cpumask.h>
#include <linux/irqflags.h>

#include "asynclat_truth.h"

static typeof(irq_work_queue_on) *queue_on;

void truth_irq_work_init(void)
{
	queue_on = truth_symbol("irq_work_queue_on");
}

static __always_inline struct truth_row *irq_row(struct irq_work *work)
{
	return container_of(work, struct truth_item, irq)->row;
}

#define TRUTH_IRQ_FN(_name)						\
static noinline void truth_##_name##_fn(struct irq_work *work)		\
{									\
	truth_execute(irq_row(work));					\
}

TRUTH_IRQ_FN(irq_local)
TRUTH_IRQ_FN(irq_lazy)
TRUTH_IRQ_FN(irq_remote)
TRUTH_IRQ_FN(irq_burst)
TRUTH_IRQ_FN(irq_coalesce)
TRUTH_IRQ_FN(late_irq)
TRUTH_IRQ_FN(late_irq_remote)

static noinline void truth_irq_requeue_fn(struct irq_work *work)
{
	struct truth_item *item = container_of(work, struct truth_item, irq);
	struct truth_row *row = item->row;

	truth_begin(row);
	truth_spend(TRUTH_ITEM_NS);
	if (row + 1 < truth.rows + truth.nrows) {
		item->row = row + 1;
		truth_call(row + 1, irq_work_queue(work));
	}
	truth_finish(row);
}

static void irq_init(struct truth_item *item, const struct truth_kind *kind)
{
	init_irq_work(&item->irq, kind->fn.irq);
	if (!kind->flags)
		return;
#ifdef IRQ_WORK_INIT_LAZY
	item->irq = IRQ_WORK_INIT_LAZY(kind->fn.irq);
#else
	atomic_set(&item->irq.flags, IRQ_WORK_LAZY);
#endif
}

static void irq_init_all(const struct truth_kind *kind)
{
	unsigned int i;

	for (i = 0; i < truth.n; i++)
		irq_init(&truth.items[i], kind);
}

/* BUSY is cleared after the function has returned, in the item that is about to be freed. */
static int irq_wait(void)
{
	int err = truth_wait();
	unsigned int i;

	for (i = 0; i < truth.n; i++)
		irq_work_sync(&truth.items[i].irq);
	return err;
}

static int irq_one_by_one(const struct truth_kind *kind)
{
	unsigned int i;

	irq_init_all(kind);
	for (i = 0; i < truth.n; i++) {
		truth_call(&truth.rows[i], irq_work_queue(&truth.items[i].irq));
		truth_gap();
	}
	return irq_wait();
}

static int irq_remote(const struct truth_kind *kind)
{
	unsigned int i, cpu;

	if (!queue_on)
		return -EOPNOTSUPP;
	if (num_online_cpus() < 2)
		return -ENODEV;
	irq_init_all(kind);
	for (i = 0; i < truth.n; i++) {
		cpu = cpumask_any_but(cpu_online_mask, get_cpu());
		truth_call(&truth.rows[i], queue_on(&truth.items[i].irq, cpu));
		put_cpu();
		truth_note(&truth.rows[i], "target_cpu", cpu);
		truth_gap();
	}
	return irq_wait();
}

#define TRUTH_APART_NS (10 * 1000 * 1000)

/* The first raises the interrupt, the others ride along; with one item they are coalesced, and come
 * so much later that no stamp of theirs can be taken for that of the first. */
static int irq_masked(const struct truth_kind *kind)
{
	unsigned long flags;
	unsigned int i;

	irq_init_all(kind);
	local_irq_save(flags);
	for (i = 0; i < truth.n; i++) {
		truth_call(&truth.rows[i], irq_work_queue(truth.rows[i].item));
		if (kind->one_item && !i)
			truth_spend(TRUTH_APART_NS);
	}
	local_irq_restore(flags);
	return irq_wait();
}

/* ---- late for a known reason: op0 to op1, interrupts are off on its CPU ---------------------- */

noinline void truth_irqs_off(struct truth_row *row, void (*queue)(struct truth_row *row), u64 ns)
{
	local_irq_disable();
	queue(row);
	truth_spend_late(row, ns);
	local_irq_enable();
	/* What was held up comes after the next instruction, which is not to be the caller's. */
	asm volatile("nop; nop; nop; nop");
}

static void late_irq_queue(struct truth_row *row)
{
	truth_call(row, irq_work_queue(row->item));
}

static int late_irq(const struct truth_kind *kind)
{
	unsigned int i;

	irq_init_all(kind);
	for (i = 0; i < truth.n; i++) {
		truth_irqs_off(&truth.rows[i], late_irq_queue, TRUTH_LATE_NS);
		truth_await(&truth.rows[i]);
	}
	return irq_wait();
}

/* The writer sends, and a work on the other CPU has interrupts off. */
static struct truth_row *late_row;
static bool late_masked;

static void late_irq_sent(struct truth_row *row)
{
	WRITE_ONCE(late_masked, true);
	while (!READ_ONCE(row->q1))
		cpu_relax();
}

static void late_irq_there(struct work_struct *work)
{
	truth_irqs_off(late_row, late_irq_sent, TRUTH_LATE_NS);
}

static int late_irq_remote(const struct truth_kind *kind)
{
	struct work_struct there;
	unsigned int i, cpu;

	if (!queue_on)
		return -EOPNOTSUPP;
	if (num_online_cpus() < 2)
		return -ENODEV;
	irq_init_all(kind);
	INIT_WORK_ONSTACK(&there, late_irq_there);
	for (i = 0; i < truth.n; i++) {
		late_row = &truth.rows[i];
		WRITE_ONCE(late_masked, false);
		cpu = cpumask_any_but(cpu_online_mask, get_cpu());
		schedule_work_on(cpu, &there);
		while (!READ_ONCE(late_masked))
			cpu_relax();
		truth_call(late_row, queue_on(late_row->item, cpu));
		put_cpu();
		flush_work(&there);
		truth_await(late_row);
	}
	destroy_work_on_stack(&there);
	return irq_wait();
}

static int irq_requeue(const struct truth_kind *kind)
{
	irq_init_all(kind);
	truth_call(&truth.rows[0], irq_work_queue(&truth.items[0].irq));
	return irq_wait();
}

const struct truth_kind truth_irq_work_kinds[] = {
	{ TRUTH_KIND(irq, irq_local, irq_one_by_one) },
	{ TRUTH_KIND(irq, irq_lazy, irq_one_by_one), .flags = IRQ_WORK_LAZY },
	{ TRUTH_KIND(irq, irq_remote, irq_remote) },
	{ TRUTH_KIND(irq, irq_burst, irq_masked) },
	{ TRUTH_KIND(irq, irq_coalesce, irq_masked), .one_item = true },
	{ TRUTH_KIND(irq, irq_requeue, irq_requeue), .one_item = true },
	{ TRUTH_KIND(irq, late_irq, late_irq) },
	{ TRUTH_KIND(irq, late_irq_remote, late_irq_remote) },
	{ }
};
