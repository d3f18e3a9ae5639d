/* SPDX-License-Identifier: GPL-2.0 */
/* What the task that is to run a callback did when that was added: where it slept or waited for a CPU,
 * the callback did so with it. Only with --min.
 */
#ifndef ASYNCLAT_TW_TARGET_BPF_H
#define ASYNCLAT_TW_TARGET_BPF_H

#include "blamed.bpf.h"

/* For the item's flags. Its state is read first: who wakes it meanwhile has it on a run queue by then. */
static __always_inline __u32 tw_target(__u64 address)
{
	struct task_struct *task = (void *)address;
	__u32 state, target = AL_TARGET_UNKNOWN;

	if (!cfg.min_ns)
		return 0;
	state = al_task_state(task);
	if (al_task_on_cpu(task))
		target = AL_TARGET_RUNNING;
	else if (al_task_runnable(task))
		target = AL_TARGET_RUNNABLE;
	else if (state & TASK_INTERRUPTIBLE)
		target = AL_TARGET_SLEEPING;
	else if (state & TASK_UNINTERRUPTIBLE)
		target = AL_TARGET_BLOCKED;
	else if (state & TASK_STOPPED_OR_TRACED)
		target = AL_TARGET_STOPPED;
	return target << AL_ITEM_TARGET_SHIFT;
}

/* On the task itself, which starts it now. */
static __always_inline const struct al_blocker *tw_blame(__u32 flags)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct al_blocker *blocker = al_blamed();
	const __u32 target = flags >> AL_ITEM_TARGET_SHIFT & 7;

	if (!blocker || target == AL_TARGET_UNKNOWN)
		return 0;
	__builtin_memset(blocker, 0, sizeof(*blocker));
	blocker->kind = AL_BLOCKED_BY_TARGET;
	blocker->detail = target;
	blocker->tid = bpf_get_current_pid_tgid();
	bpf_probe_read_kernel(blocker->thread, sizeof(blocker->thread), &task->comm);
	return blocker;
}

#endif
