/* SPDX-License-Identifier: GPL-2.0 */
/* Does a callback still wait? Nothing in it says, but its task's list does. */
#ifndef ASYNCLAT_TW_LOOK_BPF_H
#define ASYNCLAT_TW_LOOK_BPF_H

#include "tell.bpf.h"

#define TW_LIST 512 /* items of a list that are looked at: each costs the verifier some */

/* Does it stand on the task's list? 1 yes, 0 no, -1 where nobody can tell. A task that is gone has
 * run all it had: what is found in its memory does not matter, as it is not the item. */
__noinline int tw_waits(__u64 task_address, __u64 work)
{
	const struct task_struct *task = (const void *)task_address;
	__u64 at = 0;

	if (bpf_probe_read_kernel(&at, sizeof(at), &task->task_works))
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < TW_LIST; i++) {
		const struct callback_head *head = (const void *)at;

		if (!at)
			return 0;
		if (at == work)
			return 1;
		if (bpf_probe_read_kernel(&at, sizeof(at), &head->next))
			return -1;
	}
	return -1;
}

/* One that was taken back is not pending any more: that is hooked. */
static __always_inline int al_look(struct al_books *b, __u64 key, struct al_item *item)
{
	return tw_waits(item->pool, key) ? AL_STILL_PENDING : AL_RAN_UNSEEN;
}

static __always_inline int al_tell_waiting(__u64 key, const struct al_item *item,
					   struct al_told *told)
{
	const struct task_struct *task = (const void *)item->pool;

	if (tw_waits(item->pool, key) <= 0)
		return 0;
	al_name_task(told, task);
	return 1;
}

/* A batch is no item. */
static __always_inline int al_tell_running(struct task_struct *task, __u64 work,
					   struct al_told *told)
{
	return 0;
}

#endif
