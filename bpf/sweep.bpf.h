/* SPDX-License-Identifier: GPL-2.0 */
/* Cancelled items: nothing traces a cancel, so user space has the oldest items looked at now and
 * then. Each object says how, in
 *
 *	static int al_look(struct al_books *b, __u64 key, struct al_item *item);
 *
 * which returns an al_verdict, and is defined before this is included.
 */
#ifndef ASYNCLAT_SWEEP_BPF_H
#define ASYNCLAT_SWEEP_BPF_H

static __always_inline __u32 al_book_for(int verdict)
{
	if (verdict == AL_NOT_PENDING)
		return AL_CANCELLED;
	return verdict == AL_SET_ASIDE ? AL_SUPERSEDED : AL_AGED_OUT;
}

/* Global, so that the verifier looks at it once and not once a key. */
__noinline int al_sweep_one(__u32 i)
{
	struct al_books *b;
	struct al_entry entry;
	__u64 key;
	__u8 verdict;

	if (i >= AL_SWEEP_KEYS)
		return 0;
	key = sweep.key[i];
	if (al_own(key, &entry) <= 0) {
		sweep.verdict[i] = AL_GONE;
		return 0;
	}
	if (entry.old != sweep.stamp[i]) {
		al_let_go(&entry, entry.old);
		sweep.verdict[i] = AL_GONE;
		return 0;
	}
	b = al_books_of(0, entry.item->ledger);
	verdict = al_look(b, key, entry.item);
	if (sweep.expire && verdict != AL_STILL_PENDING) {
		if (verdict == AL_RAN_UNSEEN)
			al_count_unseen(b);
		else
			al_count_shared(b, al_book_for(verdict));
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
int al_sweep(void *ctx)
{
	for (__u32 i = 0; i < AL_SWEEP_KEYS; i++) {
		if (i >= sweep.count)
			break;
		al_sweep_one(i);
	}
	return 0;
}

#endif
