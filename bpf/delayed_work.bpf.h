/* SPDX-License-Identifier: GPL-2.0 */
/* delayed_work from armed to queued. Its entries lie in the pending table beside those of
 * workqueue, under the key work | AL_KEY_DELAYED; their stamp is the arm time.
 *
 * jiffies move by whole ticks of CLOCK_MONOTONIC, so jiffy j began at jiffies_base + j * tick, and
 * the smallest (now - jiffies * tick) ever seen is that base, from above.
 */
#ifndef ASYNCLAT_DELAYED_WORK_BPF_H
#define ASYNCLAT_DELAYED_WORK_BPF_H

#include "dw_late.bpf.h"

static __always_inline void dw_learn_base(__u64 now, __u64 jiffies)
{
	const __s64 base = (__s64)(now - jiffies * cfg.tick_ns);

	if (base < control.jiffies_base)
		control.jiffies_base = base;
}

static __always_inline __u64 dw_work(__u64 timer)
{
	return timer - bpf_core_field_offset(struct delayed_work, timer);
}

/* The timer that left the wheel last on this CPU, and who took it off. */
struct dw_stop {
	__u64 key;
	__u64 task;
};

AL_PER_CPU(last_stop, struct dw_stop);

static __always_inline struct dw_stop *dw_last_stop(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&last_stop, &zero);
}

/* Was this timer taken off by this very task, on this CPU, with no other timer or queueing since?
 * mod_delayed_work and flush_delayed_work go on with interrupts off, so nothing comes between,
 * however long the CPU is stalled. Forgets the stop: whatever asks comes after it. */
static __always_inline int dw_just_stopped(__u64 key)
{
	struct dw_stop *stop = dw_last_stop();
	int just;

	if (!stop)
		return 0;
	just = stop->key == key && stop->task == bpf_get_current_task();
	stop->key = 0;
	return just;
}

/* How a live entry of an item left that is armed or queued anew. `at_once` is the book for a timer
 * that was just taken off for that. */
static __always_inline __u32 dw_left_by(const struct al_entry *entry, __u32 at_once, int just)
{
	if (!(entry->item->flags & AL_ITEM_STOPPED))
		return AL_SUPERSEDED;
	return just ? at_once : AL_CANCELLED;
}

/* An owned entry whose start would have come by now. */
static __always_inline void dw_drop(struct al_books *b, struct al_entry *entry, __u64 key)
{
	al_count_shared(b, AL_SUPERSEDED);
	al_remove(entry, key);
}

/* The item is armed anew: what becomes of the entry that it still has? AL_ITEM_ASIDE or 0, a flag
 * for the new one.
 *
 * One whose work is queued and not seen started was cancelled, or its start is only just about to be
 * traced, PENDING being clear already: then that start comes before the new timer fires. So it is
 * set aside. While the books close nothing new comes, and it can stay where it is. */
__noinline __u32 dw_make_way(__u32 cpu, __u64 key, int just, __u32 phase)
{
	struct al_books *b = al_books_of(cpu, AL_DELAYED_WORK);
	struct al_entry entry, aside;
	enum al_claim claim;
	__u32 flags;

	if (al_own(key, &entry) <= 0)
		return 0;
	flags = entry.item->flags;
	if (!(flags & AL_ITEM_QUEUED)) {
		al_count_shared(b, dw_left_by(&entry, AL_REARMED, just));
		al_remove(&entry, key);
		return flags & AL_ITEM_ASIDE;
	}
	if (phase == AL_DRAINING) {
		al_let_go(&entry, entry.old);
		return 0;
	}
	claim = al_claim(key | AL_KEY_ASIDE, &aside);
	al_count_dropped(b, claim);
	if (claim == AL_CLAIM_FOUND)
		al_count_shared(b, AL_SUPERSEDED);
	if (al_owns(claim)) {
		*aside.item = *entry.item;
		al_let_go(&aside, entry.old);
	}
	al_remove(&entry, key);
	return al_owns(claim) ? AL_ITEM_ASIDE : 0;
}

/* What tells that an item is armed: its timer, just started under the base's lock, and the jiffy at
 * which its bucket expires (6.12); or the call that is about to start it, and the delay in ticks. */
enum dw_witness {
	DW_TIMER_STARTED,
	DW_CALLED,
};

static __always_inline int dw_armed(void *ctx, __u64 work, enum dw_witness witness, __u64 told)
{
	const struct timer_list *timer = &((struct delayed_work *)work)->timer;
	const __u64 function = (__u64)BPF_CORE_READ((struct work_struct *)work, func);
	const __u64 key = work | AL_KEY_DELAYED;
	const __u32 cpu = bpf_get_smp_processor_id();
	const __u32 phase = control.phase;
	const int just = dw_just_stopped(key);
	struct al_books *b = al_books_of(cpu, AL_DELAYED_WORK);
	__u64 now, jiffies, expires, expiry, here;
	struct al_entry entry;
	enum al_claim claim;
	__u32 flags, aside;
	__s64 delay;

	if (phase == AL_CLOSED || !al_function_wanted(function))
		return 0;
	aside = dw_make_way(cpu, key, just, phase);
	if (phase == AL_DRAINING)
		return 0;
	now = bpf_ktime_get_ns();
	jiffies = bpf_jiffies64();
	dw_learn_base(now, jiffies);
	flags = BPF_CORE_READ(timer, flags);
	if (witness == DW_TIMER_STARTED) {
		expires = BPF_CORE_READ(timer, expires);
		delay = (__s64)(expires - jiffies);
		expiry = cfg.bucket_expiry_arg ? told : al_bucket_expiry(expires, flags);
	} else {
		delay = told;
		expiry = 0; /* the timer will tell when it fires */
	}
	here = al_stack_here(ctx);
	claim = al_enter(b, key, &entry);
	if (!al_owns(claim))
		return 0;
	if (claim == AL_CLAIM_FOUND) /* it was busy a moment ago */
		al_count_shared(b, AL_SUPERSEDED);
	entry.item->earlier = 0;
	entry.item->activated = 0;
	entry.item->due = now + (delay > 0 ? delay * cfg.tick_ns : 0);
	entry.item->expiry = expiry;
	entry.item->function = function;
	entry.item->flags = aside | (flags & TIMER_DEFERRABLE ? AL_ITEM_DEFERRABLE : 0) |
			    al_left_out(here);
	entry.item->ledger = AL_DELAYED_WORK;
	al_pend(&entry, key, now, here);
	return 0;
}

/* When its bucket expires; not before it is due, as a tick that came late lets that seem later. */
static __always_inline __u64 dw_bucket_at(__u64 expiry, __u64 due)
{
	const __s64 at = control.jiffies_base + (__s64)(expiry * cfg.tick_ns);

	return at > (__s64)due ? at : due;
}

/* The timer fired: what queues the work next is its expiry, not a flush. */
static __always_inline int dw_expired(void *ctx, __u64 timer_address)
{
	const struct timer_list *timer = (const void *)timer_address;
	const __u64 work = dw_work(timer_address), key = work | AL_KEY_DELAYED;
	struct al_entry entry;
	__u64 now, armed, bucket;
	__u32 flags;

	if (control.phase == AL_CLOSED || al_own(key, &entry) <= 0)
		return 0;
	now = bpf_ktime_get_ns();
	dw_learn_base(now, bpf_jiffies64());
	/* It still names the bucket that it was in. */
	if (!entry.item->expiry)
		entry.item->expiry = al_bucket_expiry(BPF_CORE_READ(timer, expires),
						      BPF_CORE_READ(timer, flags));
	entry.item->flags &= ~AL_ITEM_STOPPED;
	entry.item->flags |= AL_ITEM_EXPIRED;
	flags = entry.item->flags;
	armed = entry.old;
	bucket = dw_bucket_at(entry.item->expiry, entry.item->due);
	al_let_go(&entry, armed);
	/* A deferrable one waits for a busy CPU by design: what ran there did not hold it up. */
	if (!(flags & AL_ITEM_DEFERRABLE))
		dw_expired_late(ctx, work, armed, bucket, now);
	return 0;
}

/* An owned entry whose timer was taken off by this very task, just now. */
static __always_inline void dw_stop(struct al_entry *entry, __u64 key)
{
	struct dw_stop *stop = dw_last_stop();

	if (!(entry->item->flags & AL_ITEM_QUEUED))
		entry->item->flags |= AL_ITEM_STOPPED;
	al_let_go(entry, entry->old);
	if (stop) {
		stop->key = key;
		stop->task = bpf_get_current_task();
	}
}

/* The timer left the wheel: it expires (dw_expired follows), or is re-armed, flushed, cancelled. */
static __always_inline int dw_stopped(__u64 timer_address)
{
	const __u64 key = dw_work(timer_address) | AL_KEY_DELAYED;
	struct al_entry entry;

	if (control.phase != AL_CLOSED && al_own(key, &entry) > 0)
		dw_stop(&entry, key);
	return 0;
}

/* The work was grabbed: off its list, or the timer off the wheel (returns 1). It is cancelled, unless
 * mod_delayed_work goes on to arm it or to queue it at once: that event will tell. */
__noinline int dw_grabbed(__u32 cpu, __u64 work, int modified)
{
	const __u64 key = work | AL_KEY_DELAYED;
	struct al_entry entry;
	int timer;

	if (al_own(key, &entry) <= 0)
		return 0;
	timer = !(entry.item->flags & (AL_ITEM_QUEUED | AL_ITEM_EXPIRED));
	if (timer && (modified || !cfg.modified)) {
		dw_stop(&entry, key);
	} else {
		al_count_shared(al_books_of(cpu, AL_DELAYED_WORK), AL_CANCELLED);
		al_remove(&entry, key);
	}
	return timer;
}

/* A work was queued: was it armed? Where its timer has not fired, it was flushed early, or this
 * queueing is another. 1 if it stays in the books. */
__noinline int dw_queued(__u32 cpu, __u64 work, __u64 workqueue, __u64 pool, __u64 now)
{
	const __u64 key = work | AL_KEY_DELAYED;
	const int just = dw_just_stopped(key);
	struct al_entry entry, aside;
	struct al_books *b;

	if (al_own(key, &entry) <= 0)
		return 0;
	b = al_books_of(cpu, AL_DELAYED_WORK);
	if (entry.item->flags & AL_ITEM_ASIDE) {
		entry.item->flags &= ~AL_ITEM_ASIDE;
		if (al_own(key | AL_KEY_ASIDE, &aside) > 0)
			dw_drop(b, &aside, key | AL_KEY_ASIDE);
	}
	if (entry.item->flags & AL_ITEM_QUEUED) {
		/* Queued twice without being armed in between: the first one was cancelled. */
		dw_drop(b, &entry, key);
		return 0;
	}
	if (!(entry.item->flags & AL_ITEM_EXPIRED)) {
		/* A flush stops the timer, but grabs nothing. */
		const int flushed = cfg.stops_grabbed && !(entry.item->flags & AL_ITEM_STOPPED);

		al_count_shared(b, flushed ? AL_FLUSHED_EARLY :
					     dw_left_by(&entry, AL_FLUSHED_EARLY, just));
		al_remove(&entry, key);
		return 0;
	}
	entry.item->flags |= AL_ITEM_QUEUED;
	entry.item->activated = now;
	entry.item->workqueue = workqueue;
	entry.item->pool = pool;
	al_let_go(&entry, entry.old);
	return 1;
}

#endif
