// SPDX-License-Identifier: GPL-2.0
/* Threads created, and one thread woken up again and again. The item is the task_struct. */
#include <linux/err.h>
#include <linux/sched/task.h>

#include "asynclat_truth.h"

static noinline int truth_kt_spawn_fn(void *data)
{
	struct truth_item *item = data;

	truth_execute(item->row);
	return 0;
}

/* kthread_run() in its two steps, so that the thread can be held before it runs and ends. */
static int kt_spawn_one(const struct truth_kind *kind, unsigned int i)
{
	struct truth_item *item = &truth.items[i];
	struct truth_row *row = &truth.rows[i];
	struct task_struct *task;

	atomic_inc(&truth.left);
	row->queued_cpu = raw_smp_processor_id();
	row->q0 = ktime_get_ns();
	task = kthread_create(kind->fn.thread, item, "asynclat_kt/%u", i);
	if (IS_ERR(task)) {
		row->q1 = ktime_get_ns();
		row->item = NULL;
		row->flags = TRUTH_REFUSED;
		row->err = PTR_ERR(task);
		truth_put();
		return row->err;
	}
	get_task_struct(task);
	item->thread = task;
	row->item = task;
	row->flags = TRUTH_QUEUED;
	truth_note(row, "pid", task_pid_nr(task));
	truth_operation(row, wake_up_process(task));
	row->q1 = ktime_get_ns();
	return 0;
}

static int kt_spawn(const struct truth_kind *kind)
{
	unsigned int i;
	int wait_err, err = 0;

	for (i = 0; !err && i < truth.n; i++) {
		err = kt_spawn_one(kind, i);
		truth_gap();
	}
	wait_err = truth_wait();
	/* Afterwards they have left the module. One that is stopped before it ran says EINTR. */
	for (i = 0; i < truth.n && truth.items[i].thread; i++) {
		truth_cancelled(&truth.rows[i], kthread_stop(truth.items[i].thread) == -EINTR);
		put_task_struct(truth.items[i].thread);
	}
	return err ? err : wait_err;
}

static struct {
	unsigned int parked;	/* set by the thread: waits for this many wake-ups */
	unsigned int posted;	/* set by the writer: has sent this many */
} wake;

static noinline int truth_kt_wake_fn(void *data)
{
	unsigned int seen = 0;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		smp_store_release(&wake.parked, seen + 1);
		schedule();
		if (smp_load_acquire(&wake.posted) > seen)
			truth_execute(&truth.rows[seen++]);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Waking a thread that is still on its way to sleep is no switch: wait until it is off its CPU. */
static bool kt_asleep(struct task_struct *task, unsigned int wakeup)
{
	if (smp_load_acquire(&wake.parked) != wakeup)
		return false;
#ifdef CONFIG_SMP
	return !READ_ONCE(task->on_cpu);
#else
	return true;
#endif
}

static bool kt_post(struct task_struct *task, unsigned int wakeup)
{
	smp_store_release(&wake.posted, wakeup);
	return wake_up_process(task);
}

static int kt_wake(const struct truth_kind *kind)
{
	unsigned long deadline = jiffies + 60 * HZ;
	struct task_struct *task;
	int wait_err, err = 0;
	unsigned int i;

	wake.parked = wake.posted = 0;
	task = kthread_run(kind->fn.thread, NULL, "asynclat_wake");
	if (IS_ERR(task))
		return PTR_ERR(task);
	for (i = 0; i < truth.nrows; i++)
		truth.rows[i].item = task;
	for (i = 0; !err && i < truth.n; i++) {
		while (!err && !kt_asleep(task, i + 1)) {
			usleep_range(20, 50);
			err = time_after(jiffies, deadline) ? -ETIMEDOUT : 0;
		}
		if (!err)
			truth_call(&truth.rows[i], kt_post(task, i + 1));
		truth_note(&truth.rows[i], "pid", task_pid_nr(task));
		truth_gap();
	}
	wait_err = truth_wait();
	kthread_stop(task);
	return err ? err : wait_err;
}

const struct truth_kind truth_kthread_kinds[] = {
	{ TRUTH_KIND(thread, kt_spawn, kt_spawn) },
	{ TRUTH_KIND(thread, kt_wake, kt_wake), .one_item = true },
	{ }
};
