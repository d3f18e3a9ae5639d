/* SPDX-License-Identifier: GPL-2.0 */
/* Does a work item still wait? Its data says. */
#ifndef ASYNCLAT_WQ_LOOK_BPF_H
#define ASYNCLAT_WQ_LOOK_BPF_H

static __always_inline int al_look(struct al_books *b, __u64 key, struct al_item *item)
{
	const struct work_struct *work = (const void *)(key & ~AL_KEY_MARKS);
	/* A queued work stands on a list (PWQ), an armed one is only PENDING. */
	const __u64 waiting = key & AL_KEY_DELAYED ? WORK_STRUCT_PENDING : WORK_STRUCT_PWQ;
	__u64 data = 0, function = 0;

	if (key & AL_KEY_ASIDE)
		return AL_SET_ASIDE;
	/* The start of an earlier queueing comes at once or never, and the later one is old. */
	if (item->earlier) {
		item->earlier = 0;
		al_count_shared(b, AL_SUPERSEDED);
	}
	if (bpf_probe_read_kernel(&data, sizeof(data), &work->data.counter) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &work->func) ||
	    function != item->function)
		return AL_UNREADABLE;
	return data & waiting ? AL_STILL_PENDING : AL_NOT_PENDING;
}

#endif
