/* SPDX-License-Identifier: GPL-2.0 */
/* Does a work item still wait, or run? Its data says, and its worker. */
#ifndef ASYNCLAT_WQ_LOOK_BPF_H
#define ASYNCLAT_WQ_LOOK_BPF_H

#include "tell.bpf.h"

#define WQ_NO_DATA (~0ULL)

/* The data of the work that this key is of, WQ_NO_DATA where another is there by now. */
static __always_inline __u64 wq_data(__u64 key, const struct al_item *item)
{
	const struct work_struct *work = (const void *)(key & ~AL_KEY_MARKS);
	__u64 data = 0, function = 0;

	if (bpf_probe_read_kernel(&data, sizeof(data), &work->data.counter) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &work->func) ||
	    function != item->function)
		return WQ_NO_DATA;
	return data;
}

/* A queued work stands on a list (PWQ), an armed one is only PENDING. */
static __always_inline __u64 wq_waiting(__u64 key)
{
	return key & AL_KEY_DELAYED ? WORK_STRUCT_PENDING : WORK_STRUCT_PWQ;
}

static __always_inline int al_look(struct al_books *b, __u64 key, struct al_item *item)
{
	__u64 data;

	if (key & AL_KEY_ASIDE)
		return AL_SET_ASIDE;
	/* The start of an earlier queueing comes at once or never, and the later one is old. */
	if (item->earlier) {
		item->earlier = 0;
		al_count_shared(b, AL_SUPERSEDED);
	}
	data = wq_data(key, item);
	if (data == WQ_NO_DATA)
		return AL_UNREADABLE;
	return data & wq_waiting(key) ? AL_STILL_PENDING : AL_NOT_PENDING;
}

static __always_inline int al_tell_waiting(__u64 key, const struct al_item *item,
					   struct al_told *told)
{
	const struct delayed_work *dwork = (const void *)(key & ~AL_KEY_MARKS);
	const struct workqueue_struct *wq = (const void *)item->workqueue;
	const __u64 data = wq_data(key, item);

	if (key & AL_KEY_ASIDE || data == WQ_NO_DATA || !(data & wq_waiting(key)))
		return 0;
	if (key & AL_KEY_DELAYED)
		wq = BPF_CORE_READ(dwork, wq);
	al_name_queue(told, &wq->name);
	told->held = !(key & AL_KEY_DELAYED) && data & WORK_STRUCT_INACTIVE;
	return 1;
}

static __always_inline int al_tell_running(struct task_struct *task, __u64 work,
					   struct al_told *told)
{
	struct kthread *kthread;
	struct worker *worker;

	if (!(BPF_CORE_READ(task, flags) & PF_WQ_WORKER))
		return 0;
	kthread = al_kthread(task);
	worker = BPF_CORE_READ(kthread, data);
	if ((__u64)BPF_CORE_READ(worker, current_work) != work)
		return 0;
	al_name_queue(told, &BPF_CORE_READ(worker, current_pwq, wq)->name);
	al_name_thread(told, task);
	return 1;
}

#endif
