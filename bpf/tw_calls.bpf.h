/* SPDX-License-Identifier: GPL-2.0 */
/* A kretprobe is told the result only: what the call was about is kept from its entry on, in slots
 * of the calling task. Interrupts may nest calls; the last one to begin is the first to return.
 */
#ifndef ASYNCLAT_TW_CALLS_BPF_H
#define ASYNCLAT_TW_CALLS_BPF_H

#define TW_NESTED 3 /* a task's own call, an interrupt's, an NMI's */

/* Never a task's address, nor a CPU's mark. */
static __always_inline __u64 tw_call_owner(__u64 caller, __u32 depth)
{
	return caller | depth << 2 | 2;
}

static __always_inline void tw_keep_call(__u64 task, __u64 work)
{
	const __u64 caller = bpf_get_current_task();

	for (__u32 depth = 0; depth < TW_NESTED; depth++) {
		struct al_worker *w = al_worker_of(tw_call_owner(caller, depth), 1);

		if (!w || w->work)
			continue;
		w->function = task;
		w->flags = 0;
		w->work = work;
		return;
	}
}

/* 1 if there is one. */
static __always_inline int tw_take_call(__u64 *task, __u64 *work)
{
	const __u64 caller = bpf_get_current_task();

	for (__u32 depth = TW_NESTED; depth--;) {
		struct al_worker *w = al_worker_of(tw_call_owner(caller, depth), 0);

		if (!w || !w->work)
			continue;
		*task = w->function;
		*work = w->work;
		w->work = 0;
		al_store(&w->owner, 0);
		return 1;
	}
	return 0;
}

#endif
