/* SPDX-License-Identifier: GPL-2.0 */
/* What user space asks about the oldest items: do they still wait, or run, and what are they called?
 * Each object has the two functions that tell; they return 1 if it is so, with the names filled in
 * that they know.
 */
#ifndef ASYNCLAT_TELL_BPF_H
#define ASYNCLAT_TELL_BPF_H

struct al_tell tell SEC(".data.tell") = {};

static __always_inline int al_tell_waiting(__u64 key, const struct al_item *item,
					   struct al_told *told);
static __always_inline int al_tell_running(struct task_struct *task, __u64 work,
					   struct al_told *told);

static __always_inline void al_name_queue(struct al_told *told, const void *name)
{
	bpf_probe_read_kernel_str(told->queue, sizeof(told->queue), name);
}

/* A task that is a queue: the one that is to run the item, or that waits for it. */
static __always_inline void al_name_task(struct al_told *told, const struct task_struct *task)
{
	told->pid = BPF_CORE_READ(task, pid);
	al_name_queue(told, &task->comm);
}

static __always_inline void al_name_thread(struct al_told *told, const struct task_struct *task)
{
	told->pid = BPF_CORE_READ(task, pid);
	bpf_probe_read_kernel_str(told->thread, sizeof(told->thread), &task->comm);
}

/* Global, so that the verifier looks at it once and not once an item. */
__noinline int al_tell_one(__u32 i)
{
	struct al_entry entry;
	struct al_told *told;
	struct al_worker *w;
	struct al_item item;

	if (i >= AL_TELL_ITEMS)
		return 0;
	told = &tell.item[i];
	told->so = 0;
	told->held = 0;
	told->pid = 0;
	told->queue[0] = 0;
	told->thread[0] = 0;
	told->submitter.context = AL_IN_UNKNOWN;
	if (told->owner) {
		w = al_worker_of(told->owner, 0);
		if (w && w->work == told->key && w->started == told->stamp)
			told->so = al_tell_running((void *)told->owner, told->key, told);
		return 0;
	}
	if (al_own(told->key, &entry) <= 0)
		return 0;
	/* Not kept while it is looked at: its start would not wait so long. */
	item = *entry.item;
	al_let_go(&entry, entry.old);
	if (entry.old != told->stamp)
		return 0;
	al_submitter_of(told->key, told->stamp, &told->submitter);
	told->so = al_tell_waiting(told->key, &item, told);
	return 0;
}

/* Run by user space on the items in `tell`; attached to nothing. */
SEC("?raw_tp")
int al_tell_all(void *ctx)
{
	for (__u32 i = 0; i < AL_TELL_ITEMS; i++) {
		if (i >= tell.count)
			break;
		al_tell_one(i);
	}
	return 0;
}

#endif
