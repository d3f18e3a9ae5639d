// SPDX-License-Identifier: GPL-2.0
/* /proc/asynclat_truth: a write is a run, a read is its table. See README.md. */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "asynclat_truth.h"

#define MAX_ITEMS 65536
#define MAX_GAP_US 1000000
#define HOLD_MS 200

struct truth_run truth;

static DEFINE_MUTEX(lock);
static DECLARE_WAIT_QUEUE_HEAD(idle);

static const struct truth_kind *const mechanisms[] = {
	truth_irq_work_kinds,
	truth_task_work_kinds,
	truth_workqueue_kinds,
	truth_delayed_work_kinds,
	truth_kthread_worker_kinds,
	truth_kthread_kinds,
};

/* ---- the run ------------------------------------------------------------------------------- */

void truth_put(void)
{
	if (atomic_dec_and_test(&truth.left))
		wake_up(&idle);
}

void truth_queueing_done(void)
{
	if (!truth.queueing)
		return;
	truth.queueing = false;
	truth_put();
}

int truth_wait_idle(unsigned int seconds)
{
	return wait_event_timeout(idle, !atomic_read(&truth.left), seconds * HZ) ? 0 : -ETIMEDOUT;
}

int truth_wait(void)
{
	truth_queueing_done();
	return truth_wait_idle(60);
}

void truth_gap(void)
{
	if (truth.gap_us)
		usleep_range(truth.gap_us, truth.gap_us + truth.gap_us / 8 + 1);
}

struct truth_row *truth_extra(const char *function)
{
	struct truth_row *row = &truth.rows[truth.nrows];

	row->index = -1;
	row->function = function;
	row->item = &truth.items[truth.n];
	truth.items[truth.n].row = row;
	return row;
}

void truth_block(struct truth_row *row)
{
	truth_begin(row);
	complete(&truth.blocked);
	wait_for_completion(&truth.release);
	truth_finish(row);
}

void truth_release_late(void)
{
	msleep(truth.option < 0 ? HOLD_MS : truth.option);
	complete(&truth.release);
}

static void truth_free(void)
{
	kvfree(truth.items);
	kvfree(truth.rows);
	memset(&truth, 0, sizeof(truth));
}

static int truth_prepare(const struct truth_kind *kind, unsigned int n)
{
	unsigned int calls = truth_calls(kind);
	unsigned int i;

	truth.items = kvcalloc(n + 1, sizeof(*truth.items), GFP_KERNEL);
	truth.rows = kvcalloc(n * calls + 1, sizeof(*truth.rows), GFP_KERNEL);
	if (!truth.items || !truth.rows) {
		truth_free();
		return -ENOMEM;
	}
	truth.kind = kind;
	truth.n = n;
	truth.nrows = n * calls;
	for (i = 0; i < truth.nrows; i++) {
		struct truth_row *row = &truth.rows[i];
		struct truth_item *item = &truth.items[kind->one_item ? 0 : i / calls];

		row->index = i / calls;
		row->function = kind->function;
		row->item = item;
		if (!item->row)
			item->row = row;
	}
	init_completion(&truth.blocked);
	init_completion(&truth.release);
	truth.queueing = true;
	atomic_set(&truth.left, 1);
	return 0;
}

static const struct truth_kind *truth_find(const char *name)
{
	const struct truth_kind *kind;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mechanisms); i++)
		for (kind = mechanisms[i]; kind->name; kind++)
			if (!strcmp(kind->name, name))
				return kind;
	return NULL;
}

static ssize_t truth_write(struct file *file, const char __user *buffer, size_t count, loff_t *pos)
{
	const struct truth_kind *kind;
	unsigned int n, gap_us = 0;
	char line[128], name[32];
	long option = -1;
	int err;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buffer, count))
		return -EFAULT;
	line[count] = '\0';
	if (sscanf(line, "%31s %u %u %ld", name, &n, &gap_us, &option) < 2)
		return -EINVAL;
	kind = truth_find(name);
	if (!kind)
		return -EOPNOTSUPP;
	if (!n || n > MAX_ITEMS || gap_us > MAX_GAP_US)
		return -EINVAL;

	mutex_lock(&lock);
	/* Items on another writer that is not back in user mode yet. */
	err = truth_wait_idle(5) ? -EBUSY : 0;
	if (!err) {
		truth_free();
		err = truth_prepare(kind, n);
	}
	if (!err) {
		truth.gap_us = gap_us;
		truth.option = option;
		err = kind->run(kind);
		truth.error = err;
		truth_queueing_done();
	}
	mutex_unlock(&lock);
	return err ? err : count;
}

/* ---- the table ----------------------------------------------------------------------------- */

/* Position 0 is the header, row i is at i + 1. */
static void *truth_at(loff_t pos)
{
	if (!pos)
		return SEQ_START_TOKEN;
	return truth.rows && pos <= truth.nrows + 1 ? &truth.rows[pos - 1] : NULL;
}

static void *truth_seq_start(struct seq_file *seq, loff_t *pos)
{
	mutex_lock(&lock);
	return truth_at(*pos);
}

static void *truth_seq_next(struct seq_file *seq, void *at, loff_t *pos)
{
	return truth_at(++*pos);
}

static void truth_seq_stop(struct seq_file *seq, void *at)
{
	mutex_unlock(&lock);
}

static void truth_kinds(struct seq_file *seq)
{
	const struct truth_kind *kind;
	unsigned int i;

	seq_puts(seq, "# kinds");
	for (i = 0; i < ARRAY_SIZE(mechanisms); i++)
		for (kind = mechanisms[i]; kind->name; kind++)
			seq_printf(seq, " %s", kind->name);
	seq_putc(seq, '\n');
}

static void truth_header(struct seq_file *seq)
{
	unsigned int attempts = 0, queued = 0, coalesced = 0, cancelled = 0, rearmed = 0;
	unsigned int refused = 0, started = 0, finished = 0;
	unsigned int i;

	if (!truth.rows) {
		truth_kinds(seq);
		return;
	}
	for (i = 0; i < truth.nrows; i++) {
		const struct truth_row *row = &truth.rows[i];

		attempts += !!row->q0;
		queued += !!(row->flags & TRUTH_QUEUED);
		coalesced += !!(row->flags & TRUTH_COALESCED);
		cancelled += !!(row->flags & TRUTH_CANCELLED);
		rearmed += !!(row->flags & TRUTH_REARMED);
		refused += !!(row->flags & TRUTH_REFUSED);
		started += !!READ_ONCE(row->s);
		finished += !!READ_ONCE(row->e);
	}
	seq_printf(seq, "# run kind=%s n=%u gap_us=%u option=%ld error=%d",
		   truth.kind->name, truth.n, truth.gap_us, truth.option, truth.error);
	seq_printf(seq, " attempts=%u queued=%u coalesced=%u cancelled=%u rearmed=%u",
		   attempts, queued, coalesced, cancelled, rearmed);
	seq_printf(seq, " refused=%u started=%u finished=%u extra=%u\n",
		   refused, started, finished, !!truth.rows[truth.nrows].q0);
	seq_puts(seq, "# kind index item function q0_ns q1_ns s_ns e_ns");
	seq_puts(seq, " queued_cpu ran_cpu result\n");
}

static void truth_result(struct seq_file *seq, const struct truth_row *row)
{
	const unsigned int gone = TRUTH_CANCELLED | TRUTH_REARMED;

	if (row->flags & TRUTH_QUEUED)
		seq_puts(seq, "queued");
	else if (row->flags & TRUTH_COALESCED)
		seq_puts(seq, "coalesced");
	else
		seq_printf(seq, "refused,err=%d", row->err);
	if (row->flags & TRUTH_CANCELLED)
		seq_puts(seq, ",cancelled");
	if (row->flags & TRUTH_REARMED)
		seq_puts(seq, ",rearmed");
	if (row->flags & TRUTH_QUEUED && !(row->flags & gone) && !READ_ONCE(row->e))
		seq_puts(seq, READ_ONCE(row->s) ? ",running" : ",pending");
	if (row->op0)
		seq_printf(seq, ",op0=%llu,op1=%llu", row->op0, row->op1);
	if (row->note)
		seq_printf(seq, ",%s=%ld", row->note, row->note_value);
	seq_putc(seq, '\n');
}

static int truth_seq_show(struct seq_file *seq, void *at)
{
	const struct truth_row *row = at;
	bool ran;

	if (at == SEQ_START_TOKEN) {
		truth_header(seq);
		return 0;
	}
	if (!row->q0)
		return 0;
	ran = READ_ONCE(row->s);
	seq_printf(seq, "%s %d %016lx %s %llu %llu %llu %llu %d %d ", truth.kind->name, row->index,
		   (unsigned long)row->item, row->function, row->q0, row->q1, READ_ONCE(row->s),
		   READ_ONCE(row->e), row->queued_cpu, ran ? row->ran_cpu : -1);
	truth_result(seq, row);
	return 0;
}

static const struct seq_operations truth_seq_ops = {
	.start = truth_seq_start,
	.next = truth_seq_next,
	.stop = truth_seq_stop,
	.show = truth_seq_show,
};

static int truth_open(struct inode *inode, struct file *file)
{
	return seq_open(file, &truth_seq_ops);
}

static const struct proc_ops truth_proc_ops = {
	.proc_open = truth_open,
	.proc_read = seq_read,
	.proc_write = truth_write,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release,
};

static int __init truth_init(void)
{
	truth_irq_work_init();
	truth_task_work_init();
	/* Holds kernel addresses. */
	if (!proc_create("asynclat_truth", 0600, NULL, &truth_proc_ops))
		return -ENOMEM;
	return 0;
}

static void __exit truth_exit(void)
{
	remove_proc_entry("asynclat_truth", NULL);
	wait_event(idle, !atomic_read(&truth.left));
	/* The last task work has counted itself out, but may still be in its last instructions. */
	synchronize_rcu_tasks();
	truth_free();
}

module_init(truth_init);
module_exit(truth_exit);
MODULE_DESCRIPTION("Deferred work with known times, for asynclat's tests");
MODULE_LICENSE("GPL");
