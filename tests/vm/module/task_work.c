// SPDX-License-Identifier: GPL-2.0
/* task_work on the writer itself or on another task; in a second pass, cancelled, refused.
 *
 * Items on the writer run when it returns to user mode: its write() cannot wait for them, so the
 * table shows them only after that.
 */
#include <linux/pid.h>
#include <linux/sched/task.h>

#include "asynclat_truth.h"

static typeof(task_work_add) *add;
static typeof(task_work_cancel_match) *cancel_match;

void truth_task_work_init(void)
{
	add = truth_symbol("task_work_add");
	cancel_match = truth_symbol("task_work_cancel_match");
}

#define TRUTH_TASK_FN(_name)						\
static noinline void truth_##_name##_fn(struct callback_head *head)	\
{									\
	truth_execute(container_of(head, struct truth_item, task)->row);	\
}

TRUTH_TASK_FN(tw_none)
TRUTH_TASK_FN(tw_resume)
TRUTH_TASK_FN(tw_signal)
TRUTH_TASK_FN(tw_remote)
TRUTH_TASK_FN(tw_remote_resume)
TRUTH_TASK_FN(tw_cancel)
TRUTH_TASK_FN(tw_refused)
TRUTH_TASK_FN(tw_companion)

static bool tw_add(struct task_struct *task, struct truth_item *item, struct truth_row *row,
		   enum task_work_notify_mode mode)
{
	int err = 0;
	bool added;

	added = truth_call(row, !(err = add(task, &item->task, mode)));
	if (!added) {
		row->flags = TRUTH_REFUSED;
		row->err = err;
	}
	return added;
}

/* The first half of the items adds the second, which the batch that is running does not hold. */
static noinline void truth_tw_second_pass_fn(struct callback_head *head)
{
	struct truth_item *item = container_of(head, struct truth_item, task);
	unsigned int next = item->row->index + (truth.n + 1) / 2;
	struct truth_row *row = item->row;

	truth_begin(row);
	truth_spend(TRUTH_ITEM_NS);
	if (next < truth.n) {
		truth_note(&truth.rows[next], "pass", 2);
		tw_add(current, &truth.items[next], &truth.rows[next], TWA_RESUME);
	}
	truth_finish(row);
}

static void tw_init_all(const struct truth_kind *kind)
{
	unsigned int i;

	for (i = 0; i < truth.n; i++)
		init_task_work(&truth.items[i].task, kind->fn.task);
}

static int tw_self(const struct truth_kind *kind)
{
	unsigned int i;

	if (!add)
		return -EOPNOTSUPP;
	tw_init_all(kind);
	for (i = 0; i < truth.n; i++) {
		tw_add(current, &truth.items[i], &truth.rows[i], kind->flags);
		truth_gap();
	}
	return 0;
}

/* Nobody tells the task about TWA_NONE; one more item that does makes sure that they run. */
static int tw_none(const struct truth_kind *kind)
{
	struct truth_item *companion = &truth.items[truth.n];
	int err = tw_self(kind);

	if (err)
		return err;
	init_task_work(&companion->task, truth_tw_companion_fn);
	tw_add(current, companion, truth_extra("truth_tw_companion_fn"), TWA_RESUME);
	return 0;
}

static int tw_second_pass(const struct truth_kind *kind)
{
	unsigned int i;

	if (!add)
		return -EOPNOTSUPP;
	tw_init_all(kind);
	for (i = 0; i < (truth.n + 1) / 2; i++) {
		truth_note(&truth.rows[i], "pass", 1);
		tw_add(current, &truth.items[i], &truth.rows[i], TWA_RESUME);
	}
	return 0;
}

static bool tw_is(struct callback_head *head, void *wanted)
{
	return head == wanted;
}

static void tw_cancel_row(struct task_struct *task, struct truth_row *row)
{
	struct callback_head *found;

	found = truth_operation(row, cancel_match(task, tw_is, row->item));
	truth_cancelled(row, found);
}

static int tw_cancel(const struct truth_kind *kind)
{
	unsigned int i;
	int err;

	if (!cancel_match)
		return -EOPNOTSUPP;
	err = tw_self(kind);
	for (i = 0; !err && i < truth.n; i++)
		tw_cancel_row(current, &truth.rows[i]);
	return err;
}

static struct task_struct *tw_target(void)
{
	struct task_struct *task;
	struct pid *pid;

	if (truth.option <= 0)
		return NULL;
	pid = find_get_pid(truth.option);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	return task;
}

/* A target that stays in the kernel must not keep the module's items for ever. */
static int tw_wait_for(struct task_struct *task)
{
	unsigned int i;
	int err;

	truth_queueing_done();
	err = truth_wait_idle(10);
	for (i = 0; err && i < truth.n; i++)
		if (truth.rows[i].flags & TRUTH_QUEUED)
			tw_cancel_row(task, &truth.rows[i]);
	return err;
}

static int tw_remote(const struct truth_kind *kind)
{
	struct task_struct *task;
	unsigned int i;
	int err;

	if (!add || !cancel_match)
		return -EOPNOTSUPP;
	task = tw_target();
	if (!task)
		return -ESRCH;
	if (task == current || task->flags & PF_KTHREAD) {
		put_task_struct(task);
		return -EINVAL;
	}
	tw_init_all(kind);
	for (i = 0; i < truth.n; i++) {
		tw_add(task, &truth.items[i], &truth.rows[i], kind->flags);
		truth_gap();
	}
	err = tw_wait_for(task);
	put_task_struct(task);
	return err;
}

static int tw_exits(void *data)
{
	return 0;
}

/* A task that is past exit_task_work() refuses every item, and a kernel thread can be made to be
 * there for certain: exit_state is set after it.
 */
static int tw_refused(const struct truth_kind *kind)
{
	struct task_struct *task;
	unsigned int i;

	if (!add)
		return -EOPNOTSUPP;
	task = kthread_create(tw_exits, NULL, "asynclat_exits");
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	kthread_stop(task);
	while (!READ_ONCE(task->exit_state))
		msleep(20);

	tw_init_all(kind);
	for (i = 0; i < truth.n; i++) {
		tw_add(task, &truth.items[i], &truth.rows[i], TWA_RESUME);
		truth_gap();
	}
	put_task_struct(task);
	return truth_wait();
}

const struct truth_kind truth_task_work_kinds[] = {
	{ TRUTH_KIND(task, tw_none, tw_none), .flags = TWA_NONE },
	{ TRUTH_KIND(task, tw_resume, tw_self), .flags = TWA_RESUME },
	{ TRUTH_KIND(task, tw_signal, tw_self), .flags = TWA_SIGNAL },
	{ TRUTH_KIND(task, tw_remote, tw_remote), .flags = TWA_SIGNAL },
	{ TRUTH_KIND(task, tw_remote_resume, tw_remote), .flags = TWA_RESUME },
	{ TRUTH_KIND(task, tw_second_pass, tw_second_pass) },
	{ TRUTH_KIND(task, tw_cancel, tw_cancel), .flags = TWA_RESUME },
	{ TRUTH_KIND(task, tw_refused, tw_refused) },
	{ }
};
