/* SPDX-License-Identifier: GPL-2.0 */
/* delayed_work starts: its entry is taken, and how late it was is told, and why. */
#ifndef ASYNCLAT_DW_START_BPF_H
#define ASYNCLAT_DW_START_BPF_H

#include "delayed_work.bpf.h"
#include "outlier.bpf.h"

/* Takes the entry of a starting work that came by its timer. Where it was armed again before this
 * start was seen, the entry is the next one's, or just being made: this one's was set aside. */
static __always_inline int dw_take(__u64 work, struct al_item *item, __u64 *armed)
{
	__u64 key = work | AL_KEY_DELAYED;
	struct al_entry entry;
	int owned = al_own(key, &entry);

	if (owned > 0 && !(entry.item->flags & AL_ITEM_QUEUED)) {
		const int aside = entry.item->flags & AL_ITEM_ASIDE;

		al_let_go(&entry, entry.old);
		if (!aside)
			return 0;
		owned = 0;
	}
	if (!owned) {
		key |= AL_KEY_ASIDE;
		owned = al_own(key, &entry);
	}
	if (owned <= 0)
		return 0;
	*item = *entry.item;
	*armed = entry.old;
	al_remove(&entry, key);
	return 1;
}

/* What made an outlier wait, by the longest of its parts: nothing for slack; when its timer was late, what
 * was found then; `blamed`: what its workqueue's item was found to wait for. */
static __always_inline const struct al_blocker *dw_blame(__u64 work, __u64 armed, const __u64 *part,
							 __u32 blamed)
{
	if (part[0] >= part[1] && part[0] >= part[2])
		return 0;
	if (part[1] >= part[2])
		return dw_found_late(work, armed);
	return blamed ? al_blamed() : 0;
}

/* late = slack + timer + wait: queueing is clamped into due-to-started, as a tick that came late
 * makes timers fire before what we take for due; the bucket's expiry into due-to-queued. AL_RUNS_TOLD
 * or 0. */
static __always_inline __u32 dw_record(struct al_books *b, __u64 work, __u32 item_class,
				       const struct al_item *item, __u64 armed, __u64 now,
				       __u32 blamed)
{
	__u64 queued = item->activated;
	const struct workqueue_struct *wq = (const void *)item->workqueue;
	__u64 bucket = dw_bucket_at(item->expiry, item->due);

	al_record(AL_DW_DELAY, item_class, item->due - armed, now, item->function);
	if (queued < item->due)
		queued = item->due;
	if (queued > now)
		queued = now;
	if (bucket > queued)
		bucket = queued;
	al_record(AL_DW_SLACK, item_class, bucket - item->due, now, item->function);
	al_record(AL_DW_TIMER, item_class, queued - bucket, now, item->function);
	al_record(AL_DW_WAIT, item_class, now - queued, now, item->function);
	/* Slack is by design: what comes after it must be long. */
	if (al_is_outlier(bucket, now)) {
		const __u64 part[AL_PARTS] = {bucket - item->due, queued - bucket, now - queued};

		al_outlier(b, AL_DELAYED_WORK, item_class, item->function, &wq->name, part,
			   dw_blame(work, armed, part, blamed), work | AL_KEY_DELAYED, armed,
			   item->due, now);
	}
	return al_told(bucket, now);
}

#endif
