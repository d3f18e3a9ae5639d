/* SPDX-License-Identifier: GPL-2.0 */
/* Cancelled items: nothing traces a cancel, so user space has their bits looked at now and then. */
#ifndef ASYNCLAT_WQ_SWEEP_BPF_H
#define ASYNCLAT_WQ_SWEEP_BPF_H

/* Global, so that the verifier looks at it once and not once a key. */
__noinline int wq_sweep_one(__u32 i)
{
	const struct work_struct *work;
	struct al_books *b;
	struct al_entry entry;
	__u64 data = 0, function = 0, key, waiting;
	__u8 verdict;

	if (i >= AL_SWEEP_KEYS)
		return 0;
	key = sweep.key[i];
	work = (const void *)(key & ~AL_KEY_MARKS);
	if (al_own(key, &entry) <= 0) {
		sweep.verdict[i] = AL_GONE;
		return 0;
	}
	if (entry.old != sweep.stamp[i]) {
		al_let_go(&entry, entry.old);
		sweep.verdict[i] = AL_GONE;
		return 0;
	}
	b = al_books_of(0, key & AL_KEY_DELAYED ? AL_DELAYED_WORK : AL_WORKQUEUE);
	if (key & AL_KEY_ASIDE) {
		if (sweep.expire)
			dw_drop(b, &entry, key);
		else
			al_let_go(&entry, entry.old);
		sweep.verdict[i] = sweep.expire ? AL_EXPIRED : AL_NOT_PENDING;
		return 0;
	}
	/* A queued work stands on a list (PWQ), an armed one is only PENDING. */
	waiting = key & AL_KEY_DELAYED ? WORK_STRUCT_PENDING : WORK_STRUCT_PWQ;
	if (bpf_probe_read_kernel(&data, sizeof(data), &work->data.counter) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &work->func) ||
	    function != entry.item->function)
		verdict = AL_UNREADABLE;
	else
		verdict = data & waiting ? AL_STILL_PENDING : AL_NOT_PENDING;
	/* The start of an earlier queueing comes at once or never, and the later one is old. */
	if (entry.item->earlier) {
		entry.item->earlier = 0;
		al_count_shared(b, AL_SUPERSEDED);
	}
	if (sweep.expire && verdict != AL_STILL_PENDING) {
		al_count_shared(b, verdict == AL_NOT_PENDING ? AL_CANCELLED : AL_AGED_OUT);
		al_remove(&entry, key);
		verdict = AL_EXPIRED;
	} else {
		al_let_go(&entry, entry.old);
	}
	sweep.verdict[i] = verdict;
	return 0;
}

/* Run by user space on the keys in `sweep`; attached to nothing. */
SEC("?raw_tp")
int wq_sweep(void *ctx)
{
	for (__u32 i = 0; i < AL_SWEEP_KEYS; i++) {
		if (i >= sweep.count)
			break;
		wq_sweep_one(i);
	}
	return 0;
}

#endif
