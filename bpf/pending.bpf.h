/* SPDX-License-Identifier: GPL-2.0 */
/* The pending table: items between their first and their last point. Sets of four {key, stamp} in
 * an array, a preallocated hash for what finds its set full. The stamp says who owns an entry:
 * nothing of it is read or written but by whoever made it AL_STAMP_BUSY. Nothing is ever evicted.
 */
#ifndef ASYNCLAT_PENDING_BPF_H
#define ASYNCLAT_PENDING_BPF_H

#include "asynclat.bpf.h"
#include "submitter.bpf.h"

#define E2BIG 7

AL_ARRAY(pending, struct al_set);  /* [set] */
AL_ARRAY(items, struct al_item);   /* [set][way] */

/* Items whose set is full. Preallocated: allocating would queue irq_work of our own. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct al_overflow);
} overflow SEC(".maps");

/* How many keys that hash there are in the overflow table. */
__u64 spill[AL_SPILL_COUNTERS] SEC(".data.spill") = {};

/* An entry that this program run owns: its stamp reads AL_STAMP_BUSY until it lets go. */
struct al_entry {
	__u64 *stamp;
	struct al_item *item;
	__u64 old;         /* the stamp it had */
	__u32 overflowed;
	__u32 slot;        /* whose note is its submitter's */
};

enum al_claim {
	AL_CLAIM_NEW,   /* owned, was free; its item holds rubbish */
	AL_CLAIM_FOUND, /* owned, was pending since entry.old */
	AL_CLAIM_FULL,  /* no room */
	AL_CLAIM_BUSY,  /* another CPU had it for too long */
};

static __always_inline struct al_set *al_set_of(__u64 key, __u32 *index)
{
	*index = al_set_index(key);
	return bpf_map_lookup_elem(&pending, index);
}

static __always_inline __u64 *al_spill_of(__u64 key)
{
	return &spill[al_spill_index(key)];
}

static __always_inline void al_let_go(struct al_entry *e, __u64 stamp)
{
	al_store(e->stamp, stamp);
}

/* Takes an owned entry out of the table. */
static __always_inline void al_remove(struct al_entry *e, __u64 key)
{
	al_let_go(e, AL_STAMP_FREE);
	/* An overflow entry is deleted by whoever frees it; until then a put finds it busy. */
	if (e->overflowed && !bpf_map_delete_elem(&overflow, &key))
		__sync_fetch_and_add(al_spill_of(key), -1ULL);
}

/* A quarter of a microsecond: leaves the cache line to the one who writes it. */
static __always_inline void al_pause(void)
{
#pragma unroll
	for (int i = 0; i < 8; i++)
		bpf_ktime_get_ns();
}

/* Makes a stamp ours: the time it was, or AL_STAMP_FREE, or AL_STAMP_BUSY where another CPU keeps it
 * for too long: 10 us, as one that sets an item aside may be held up. */
static __always_inline __u64 al_seize(__u64 *word)
{
	for (int i = 0; i < 40; i++) {
		const __u64 stamp = *(volatile __u64 *)word;

		if (stamp == AL_STAMP_FREE)
			return AL_STAMP_FREE;
		if (stamp != AL_STAMP_BUSY &&
		    al_cas(word, stamp, AL_STAMP_BUSY) == stamp)
			return stamp;
		al_pause();
	}
	return AL_STAMP_BUSY;
}

/* Both global, with numbers only: the verifier follows the loop once, and not once a way and call. */
__noinline __u64 al_seize_way(__u32 index, __u32 way)
{
	struct al_set *set = bpf_map_lookup_elem(&pending, &index);

	return set ? al_seize(&set->way[way & (AL_WAYS - 1)].stamp) : AL_STAMP_FREE;
}

__noinline __u64 al_seize_overflow(__u64 key)
{
	struct al_overflow *spilled = bpf_map_lookup_elem(&overflow, &key);
	__u64 stamp;

	if (!spilled)
		return AL_STAMP_FREE;
	stamp = al_seize(&spilled->stamp);
	/* It may have become another key's between the look-up and the swap. */
	if (stamp > AL_STAMP_BUSY && spilled->key != key) {
		al_store(&spilled->stamp, stamp);
		return AL_STAMP_FREE;
	}
	return stamp;
}

/* Owns the entry of key if it is pending: 1 owned, 0 not there, -1 busy. */
static __noinline int al_own(__u64 key, struct al_entry *e)
{
	struct al_overflow *spilled;
	struct al_set *set;
	__u32 index;

	set = al_set_of(key, &index);
	if (!set)
		return 0;
#pragma unroll
	for (int w = 0; w < AL_WAYS; w++) {
		struct al_way *way = &set->way[w];
		const __u32 slot = index * AL_WAYS + w;
		__u64 stamp;

		/* A way keeps the key of what left it: only its stamp says that something is there. */
		if (*(volatile __u64 *)&way->key != key)
			continue;
		stamp = al_seize_way(index, w);
		if (stamp == AL_STAMP_FREE)
			continue;
		if (stamp == AL_STAMP_BUSY)
			return -1;
		/* It may have changed hands between the two reads above. */
		if (*(volatile __u64 *)&way->key != key) {
			al_store(&way->stamp, stamp);
			continue;
		}
		e->item = bpf_map_lookup_elem(&items, &slot);
		e->stamp = &way->stamp;
		e->old = stamp;
		e->overflowed = 0;
		e->slot = slot;
		return e->item ? 1 : 0;
	}
	if (!*(volatile __u64 *)al_spill_of(key))
		return 0;
	e->old = al_seize_overflow(key);
	if (e->old == AL_STAMP_FREE)
		return 0;
	if (e->old == AL_STAMP_BUSY)
		return -1;
	spilled = bpf_map_lookup_elem(&overflow, &key);
	if (!spilled)
		return 0; /* never: only its owner deletes it, and that is us */
	e->item = &spilled->item;
	e->stamp = &spilled->stamp;
	e->overflowed = 1;
	e->slot = al_spill_slot(key);
	return 1;
}

static __always_inline enum al_claim al_claim_overflow(__u64 key, struct al_entry *e)
{
	static const struct al_overflow busy = {.stamp = AL_STAMP_BUSY};
	struct al_overflow *spilled;
	long err;

	/* Up before the insert and down after the delete: a reader may look in vain, never miss. */
	__sync_fetch_and_add(al_spill_of(key), 1);
	err = bpf_map_update_elem(&overflow, &key, &busy, BPF_NOEXIST);
	spilled = err ? 0 : bpf_map_lookup_elem(&overflow, &key);
	if (!spilled) {
		__sync_fetch_and_add(al_spill_of(key), -1ULL);
		return err == -E2BIG ? AL_CLAIM_FULL : AL_CLAIM_BUSY;
	}
	spilled->key = key;
	e->item = &spilled->item;
	e->stamp = &spilled->stamp;
	e->old = 0;
	e->overflowed = 1;
	e->slot = al_spill_slot(key);
	return AL_CLAIM_NEW;
}

/* Owns the entry of key, or a free one for it. One caller a key at a time: the item's own PENDING
 * bit sees to that. */
static __always_inline enum al_claim al_claim(__u64 key, struct al_entry *e)
{
	const int owned = al_own(key, e);
	struct al_set *set;
	__u32 index;

	if (owned)
		return owned > 0 ? AL_CLAIM_FOUND : AL_CLAIM_BUSY;
	set = al_set_of(key, &index);
	if (!set)
		return AL_CLAIM_FULL;
#pragma unroll
	for (int w = 0; w < AL_WAYS; w++) {
		struct al_way *way = &set->way[w];

		if (!*(volatile __u64 *)&way->stamp &&
		    !al_cas(&way->stamp, AL_STAMP_FREE, AL_STAMP_BUSY)) {
			const __u32 slot = index * AL_WAYS + w;

			*(volatile __u64 *)&way->key = key;
			e->item = bpf_map_lookup_elem(&items, &slot);
			e->stamp = &way->stamp;
			e->old = 0;
			e->overflowed = 0;
			e->slot = slot;
			return e->item ? AL_CLAIM_NEW : AL_CLAIM_FULL;
		}
	}
	return al_claim_overflow(key, e);
}

static __always_inline int al_owns(enum al_claim claim)
{
	return claim == AL_CLAIM_NEW || claim == AL_CLAIM_FOUND;
}

static __always_inline void al_count_dropped(struct al_books *b, enum al_claim claim)
{
	if (claim == AL_CLAIM_FULL)
		al_count(b, AL_DROPPED_FULL);
	if (claim == AL_CLAIM_BUSY)
		al_count(b, AL_DROPPED_BUSY);
}

/* An item enters the books: al_claim(), counted. */
static __always_inline enum al_claim al_enter(struct al_books *b, __u64 key, struct al_entry *e)
{
	const enum al_claim claim = al_claim(key, e);

	al_count(b, AL_QUEUED);
	al_count_dropped(b, claim);
	return claim;
}

/* The same where several programs queue, one of which may interrupt another. */
static __always_inline enum al_claim al_enter_shared(struct al_books *b, __u64 key,
						     struct al_entry *e)
{
	const enum al_claim claim = al_claim(key, e);

	al_count_shared(b, AL_QUEUED);
	if (!al_owns(claim))
		al_count_shared(b, claim == AL_CLAIM_FULL ? AL_DROPPED_FULL : AL_DROPPED_BUSY);
	return claim;
}

/* Queued while the books close: not ours any more. But the next start is this one's, not that of an
 * entry before. */
static __always_inline void al_not_ours(struct al_books *b, __u64 key)
{
	struct al_entry entry;

	if (al_own(key, &entry) <= 0)
		return;
	al_count_shared(b, AL_SUPERSEDED);
	if (entry.item->earlier)
		al_count_shared(b, AL_SUPERSEDED);
	al_remove(&entry, key);
}

/* The item of an owned entry is pending from now on, and its submitter is the one that runs here. */
static __always_inline void al_pend(struct al_entry *e, __u64 key, __u64 now, __u64 here)
{
	if (cfg.submitters)
		al_note_submitter(e->slot, key, now, here);
	al_let_go(e, now);
}

/* An item is queued that was not pending: an entry that it still has lacks its start. */
static __always_inline void al_queue(__u32 ledger, __u64 key, __u64 function, __u32 flags, __u64 here)
{
	const __u32 phase = control.phase;
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), ledger);
	struct al_entry entry;
	enum al_claim claim;

	if (phase == AL_DRAINING)
		al_not_ours(b, key);
	if (phase != AL_OPEN)
		return;
	claim = al_enter_shared(b, key, &entry);
	if (!al_owns(claim))
		return;
	if (claim == AL_CLAIM_FOUND)
		al_count_shared(b, AL_SUPERSEDED);
	entry.item->earlier = 0;
	entry.item->function = function;
	entry.item->flags = flags | al_left_out(here);
	entry.item->ledger = ledger;
	al_pend(&entry, key, bpf_ktime_get_ns(), here);
}

#endif
