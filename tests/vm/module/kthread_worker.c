// SPDX-License-Identifier: GPL-2.0
/* kthread_worker: works for one thread, asynclat_kw. */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/version.h>

#include "asynclat_truth.h"

/* Since then kthread_create_worker() leaves the thread asleep. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define start_worker kthread_run_worker
#else
#define start_worker kthread_create_worker
#endif

#define DELAY_MS	20

static __always_inline struct truth_row *kw_row(struct kthread_work *work)
{
	return container_of(work, struct truth_item, kwork)->row;
}

#define TRUTH_KW_FN(_name)						\
static noinline void truth_##_name##_fn(struct kthread_work *work)	\
{									\
	truth_execute(kw_row(work));					\
}

TRUTH_KW_FN(kw)
TRUTH_KW_FN(kw_cancel)
TRUTH_KW_FN(kw_hold)
TRUTH_KW_FN(kw_flush)

static noinline void truth_kw_delayed_fn(struct kthread_work *work)
{
	truth_execute(container_of(work, struct truth_item, kdwork.work)->row);
}

static struct kthread_worker *worker;

static noinline void truth_kw_self_fn(struct kthread_work *work)
{
	struct truth_item *item = container_of(work, struct truth_item, kwork);
	struct truth_row *row = item->row;

	truth_begin(row);
	truth_spend(TRUTH_ITEM_NS);
	if (row + 1 < truth.rows + truth.nrows) {
		item->row = row + 1;
		truth_call(row + 1, kthread_queue_work(worker, work));
	}
	truth_finish(row);
}

static noinline void truth_kw_blocker_fn(struct kthread_work *work)
{
	truth_block(kw_row(work));
}

static int kw_open(const struct truth_kind *kind)
{
	unsigned int i;

	worker = start_worker(0, "asynclat_kw");
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	for (i = 0; i < truth.n; i++)
		kthread_init_work(&truth.items[i].kwork, kind->fn.kwork);
	return 0;
}

static int kw_close(void)
{
	int err = truth_wait();

	kthread_destroy_worker(worker);
	return err;
}

static void kw_queue_all(void)
{
	unsigned int i;

	for (i = 0; i < truth.n; i++) {
		truth_call(&truth.rows[i], kthread_queue_work(worker, &truth.items[i].kwork));
		truth_gap();
	}
}

static int kw_simple(const struct truth_kind *kind)
{
	int err = kw_open(kind);

	if (err)
		return err;
	kw_queue_all();
	return kw_close();
}

/* What is queued behind it stays pending until it is released. */
static void kw_block(void)
{
	struct truth_item *blocker = &truth.items[truth.n];

	kthread_init_work(&blocker->kwork, truth_kw_blocker_fn);
	truth_call(truth_extra("truth_kw_blocker_fn"), kthread_queue_work(worker, &blocker->kwork));
	wait_for_completion(&truth.blocked);
}

static int kw_cancel(const struct truth_kind *kind)
{
	unsigned int i;
	int err = kw_open(kind);

	if (err)
		return err;
	kw_block();
	kw_queue_all();
	for (i = 0; i < truth.n; i++) {
		struct truth_row *row = &truth.rows[i];

		truth_cancelled(row, truth_operation(row, kthread_cancel_work_sync(row->item)));
	}
	complete(&truth.release);
	return kw_close();
}

static int kw_hold(const struct truth_kind *kind)
{
	int err = kw_open(kind);

	if (err)
		return err;
	kw_block();
	kw_queue_all();
	truth_release_late();
	return kw_close();
}

static int kw_flush(const struct truth_kind *kind)
{
	unsigned int i;
	int err = kw_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		struct kthread_work *work = &truth.items[i].kwork;

		truth_call(&truth.rows[i], kthread_queue_work(worker, work));
		truth_operation(&truth.rows[i], (kthread_flush_work(work), 0));
		truth_gap();
	}
	return kw_close();
}

static int kw_self(const struct truth_kind *kind)
{
	int err = kw_open(kind);

	if (err)
		return err;
	truth_call(&truth.rows[0], kthread_queue_work(worker, &truth.items[0].kwork));
	return kw_close();
}

static int kw_delayed(const struct truth_kind *kind)
{
	unsigned int ms = truth.option < 0 ? DELAY_MS : truth.option;
	unsigned int i;
	int err = kw_open(kind);

	if (err)
		return err;
	for (i = 0; i < truth.n; i++) {
		struct kthread_delayed_work *dwork = &truth.items[i].kdwork;

		kthread_init_delayed_work(dwork, kind->fn.kwork);
		truth_note(&truth.rows[i], "delay_ms", ms);
		truth_call(&truth.rows[i], kthread_queue_delayed_work(worker, dwork,
								      msecs_to_jiffies(ms)));
		truth_gap();
	}
	err = truth_wait();
	for (i = 0; err && i < truth.n; i++)
		truth_cancelled(&truth.rows[i],
				kthread_cancel_delayed_work_sync(&truth.items[i].kdwork));
	kthread_destroy_worker(worker);
	return err;
}

const struct truth_kind truth_kthread_worker_kinds[] = {
	{ TRUTH_KIND(kwork, kw, kw_simple) },
	{ TRUTH_KIND(kwork, kw_cancel, kw_cancel) },
	{ TRUTH_KIND(kwork, kw_hold, kw_hold) },
	{ TRUTH_KIND(kwork, kw_flush, kw_flush) },
	{ TRUTH_KIND(kwork, kw_delayed, kw_delayed) },
	{ TRUTH_KIND(kwork, kw_self, kw_self), .one_item = true },
	{ }
};
