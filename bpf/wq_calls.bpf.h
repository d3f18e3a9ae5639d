/* SPDX-License-Identifier: GPL-2.0 */
/* Calls that this CPU is in the middle of. A kretprobe sees the result of a call and not what it was
 * for; and who grabs a work has a caller that says why.
 *
 * An interrupt that makes the same call, or a move to another CPU, may lose the note of a call; it
 * never puts another work's in its place.
 */
#ifndef ASYNCLAT_WQ_CALLS_BPF_H
#define ASYNCLAT_WQ_CALLS_BPF_H

enum wq_callee {
	WQ_GRAB,          /* try_to_grab_pending */
	WQ_MODIFY,        /* mod_delayed_work_on */
	WQ_QUEUE,         /* queue_work_on */
	WQ_QUEUE_NODE,    /* queue_work_node */
	WQ_QUEUE_DELAYED, /* queue_delayed_work_on */
	WQ_CALLEES,
};

struct wq_call {
	__u64 work; /* 0: none */
	__u64 task;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WQ_CALLEES);
	__type(key, __u32);
	__type(value, struct wq_call);
} calls SEC(".maps");

static __always_inline int wq_enter(__u32 callee, __u64 work)
{
	struct wq_call *call = bpf_map_lookup_elem(&calls, &callee);

	if (call && control.phase != AL_CLOSED) {
		call->work = work;
		call->task = bpf_get_current_task();
	}
	return 0;
}

/* What the call that returns now was for; 0: unknown. */
static __always_inline __u64 wq_leave(__u32 callee)
{
	struct wq_call *call = bpf_map_lookup_elem(&calls, &callee);
	__u64 work;

	if (!call)
		return 0;
	work = call->task == bpf_get_current_task() ? call->work : 0;
	call->work = 0;
	return work;
}

/* Is this work grabbed to be armed or queued anew? It is, once: `done` forgets the call. */
static __always_inline int wq_modifies(__u64 work, int done)
{
	const __u32 callee = WQ_MODIFY;
	struct wq_call *call = bpf_map_lookup_elem(&calls, &callee);

	if (!call || call->work != work || call->task != bpf_get_current_task())
		return 0;
	if (done)
		call->work = 0;
	return 1;
}

#endif
