/* SPDX-License-Identifier: GPL-2.0 */
/* What is added for a task while it runs its list is run in a later pass of the same call, which no
 * hook shows. Such items form a chain that hangs on the task's slot, the last one first, and are
 * settled at the end of the call: what is not on the list any more has run. An item that the chain
 * lost is found by the sweep, as tw_look.bpf.h looks at the list too.
 */
#ifndef ASYNCLAT_TW_SECOND_PASS_BPF_H
#define ASYNCLAT_TW_SECOND_PASS_BPF_H

#define TW_CHAIN 256 /* items settled in one go */

/* By the owner of its entry. */
static __always_inline void tw_chain(struct al_worker *w, struct al_item *item, __u64 work)
{
	for (int i = 0; i < 4; i++) {
		const __u64 before = *(volatile __u64 *)&w->added;

		item->activated = before;
		if (al_cas(&w->added, before, work) == before) {
			item->flags |= AL_ITEM_ADDED;
			return;
		}
	}
}

/* The item has been put on the list, and perhaps been run already. */
static __always_inline void tw_pushed(__u64 task, __u64 work)
{
	struct al_worker *w = al_worker_of(task, 0);
	struct al_entry entry;

	if (!w || !w->work || al_own(work, &entry) <= 0)
		return;
	if (entry.item->pool == task) {
		entry.item->flags |= AL_ITEM_PUSHED;
		if (!(entry.item->flags & AL_ITEM_ADDED))
			tw_chain(w, entry.item, work);
	}
	al_let_go(&entry, entry.old);
}

/* On the task itself, so nothing leaves its list meanwhile. Returns the next of the chain. */
__noinline __u64 tw_settle_one(__u64 work, __u64 task)
{
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_TASK_WORK);
	struct al_entry entry;
	struct al_item *item;
	__u64 before;

	if (al_own(work, &entry) <= 0)
		return 0;
	item = entry.item;
	before = item->flags & AL_ITEM_ADDED ? item->activated : 0;
	if (!(item->flags & AL_ITEM_ADDED) || item->pool != task) {
		al_let_go(&entry, entry.old);
		return before;
	}
	if (item->flags & AL_ITEM_PUSHED && !tw_waits(task, work)) {
		al_remove(&entry, work);
		al_count_unseen(b);
		return before;
	}
	item->flags &= ~AL_ITEM_ADDED;
	al_let_go(&entry, entry.old);
	return before;
}

__noinline int tw_settle(__u32 slot, __u64 task)
{
	struct al_worker *w = bpf_map_lookup_elem(&workers, &slot);
	__u64 work = 0;

	if (!w)
		return 0;
	for (int i = 0; i < 4; i++) {
		work = *(volatile __u64 *)&w->added;
		if (!work || al_cas(&w->added, work, 0) == work)
			break;
	}
#pragma clang loop unroll(disable)
	for (int i = 0; i < TW_CHAIN; i++) {
		if (!work)
			break;
		work = tw_settle_one(work, task);
	}
	return 0;
}

#endif
