/* SPDX-License-Identifier: GPL-2.0 */
/* irq_work starts and ends: seen at the call of an item, by a walk of its list, or of the interrupt. */
#ifndef ASYNCLAT_IW_START_BPF_H
#define ASYNCLAT_IW_START_BPF_H

#define IW_LIST_BYTES 512 /* irq_work_run_list is shorter, and the other caller of
			     irq_work_single is in another file */
#define IW_WALK 128       /* items of a list that are looked at */

/* irq_work_single was seen to be called for items of a list: compilers may inline it there. */
volatile __u32 called_from_list SEC(".data.irq_work") = 0;

/* Starts are told item by item, so lists need not be walked. */
static __always_inline int iw_called_singly(void)
{
	return cfg.irq_called && (called_from_list || !cfg.irq_work_run_list);
}

/* What this CPU runs: `work`; `seen`: within the interrupt whose end is hooked; `walked`: how many
 * items a walk has started that may yet be seen to be called. */
static __always_inline struct al_worker *iw_slot(void)
{
	return al_worker_of(al_cpu_owner(bpf_get_smp_processor_id()), 1);
}

/* AL_RUNS_* of an item that has entered the books as started; 0: it has not. */
__noinline __u32 iw_start(__u64 key, __u64 function, __u32 rider, __u64 now)
{
	const __u32 phase = control.phase;
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_books *b = al_books_of(cpu, AL_IRQ_WORK);
	__u32 runs = AL_RUNS_WORK, item_class = AL_CLASS_RAISED;
	struct al_entry entry;
	__u64 queued;
	__u32 flags;
	int owned;

	if (phase == AL_CLOSED || (function && !iw_wanted(function)))
		return 0;
	owned = al_own(key, &entry);
	if (owned > 0) {
		queued = entry.old;
		function = entry.item->function;
		flags = entry.item->flags;
		if (flags & AL_ITEM_LAZY) {
			item_class = AL_CLASS_LAZY;
			runs |= AL_RUNS_LAZY;
		}
		if (flags & AL_ITEM_REMOTE)
			item_class = AL_CLASS_REMOTE;
		al_remove(&entry, key);
		al_count_shared(b, AL_STARTED);
		if (!al_file(b, cpu, AL_IRQ_WORK, AL_IW_WAIT, item_class, flags, function, 0,
			     iw_blame(item_class, queued, now), key, queued, now))
			runs |= AL_RUNS_WORK_UNSEEN;
		return runs | al_told(queued, now);
	}
	/* Nobody knows what it is where only CPUs are known: it may be one that was left out. */
	if (phase != AL_OPEN || (!function && cfg.function_mode != AL_FILTER_NONE))
		return 0;
	al_count_shared(b, AL_STARTED);
	al_count_shared(b, AL_UNMATCHED_START);
	if (owned < 0)
		al_count_shared(b, AL_BUSY_START);
	else if (rider)
		al_count_shared(b, AL_RIDERS);
	return al_cpu_wanted(cpu) && !al_filters_submitters() ? runs : runs | AL_RUNS_WORK_UNSEEN;
}

/* `ends`: what runs next on this CPU, or the interrupt's end, will show its end. */
__noinline int iw_begin(__u64 work, __u64 function, __u32 runs, __u32 ends, __u64 now)
{
	struct al_worker *w = iw_slot();

	if (!cfg.finish)
		return 0;
	if (!w || !w->seen || !ends) {
		al_count_shared(iw_books(), AL_LOST_FINISH);
		return 0;
	}
	al_occupy(w, work, function, now, runs);
	return 0;
}

static __always_inline void iw_end(struct al_worker *w)
{
	const __u64 now = bpf_ktime_get_ns();

	if (!w || !w->work)
		return;
	al_count_shared(iw_books(), AL_FINISHED);
	if (!(w->flags & AL_RUNS_WORK_UNSEEN)) {
		al_record(AL_IW_RUN, w->flags & AL_RUNS_LAZY ? AL_CLASS_LAZY : AL_CLASS_RAISED,
			  now - w->started, now, w->function);
		al_run_ended(AL_IRQ_WORK, w, now, 0);
	}
	w->work = 0;
}

/* One item starts: found on a list, or called. Where only raises are seen, what was added behind
 * the one that raised has no stamp. A list's first came last. */
__noinline __u64 iw_start_item(__u64 work, __u32 ends, __u64 now)
{
	const __u64 function = (__u64)BPF_CORE_READ((struct irq_work *)work, func);
	const __u64 next = (__u64)BPF_CORE_READ((struct irq_work *)work, node.llist.next);
	const __u32 rider = cfg.irq_raise && (next || iw_flags(work) & IRQ_WORK_LAZY);
	const __u64 key = cfg.irq_raise && !iw_readable()
				  ? al_cpu_owner(bpf_get_smp_processor_id())
				  : work;
	const __u32 runs = iw_start(key, function, rider, now);

	if (runs)
		iw_begin(work, function, runs, ends, now);
	return next;
}

/* All items of a list start, one after the other: the first at once, the others no sooner. Of more
 * than one nothing tells where the one ends. How many there were. */
__noinline __u32 iw_walk(__u64 first, __u32 alone)
{
	const __u64 now = bpf_ktime_get_ns();
	__u64 work = first;
	__u32 n = 0;

	for (__u32 i = 0; i < IW_WALK; i++) {
		if (!work)
			return n;
		work = iw_start_item(
			work, alone && !i && !BPF_CORE_READ((struct irq_work *)work, node.llist.next),
			now);
		n++;
	}
	if (work)
		al_count_shared(iw_books(), AL_WALKS_CUT);
	return n;
}

static __always_inline int iw_listed(void *ctx, __u64 list)
{
	struct al_worker *w = iw_slot();
	__u64 first = 0;
	__u32 n = 0;

	iw_end(w);
	if (!iw_called_singly()) {
		iw_look_if_late(ctx, w);
		bpf_probe_read_kernel(&first, sizeof(first), (void *)list);
		n = iw_walk(first, 1);
	}
	if (w)
		w->walked = n;
	return 0;
}

static __always_inline int iw_called(void *ctx, __u64 work, __u64 stack)
{
	struct al_worker *w = iw_slot();
	__u64 caller = 0, now;

	bpf_probe_read_kernel(&caller, sizeof(caller), (void *)stack);
	if (cfg.irq_work_run_list && caller - cfg.irq_work_run_list < IW_LIST_BYTES) {
		called_from_list = 1;
		if (w && w->walked) {
			w->walked--; /* its list was walked before this was known */
			return 0;
		}
	}
	iw_end(w);
	now = bpf_ktime_get_ns();
	iw_look_if_late(ctx, w);
	if (cfg.min_ns && iw_sent_long_ago(work, now))
		iw_look_back(ctx);
	iw_start_item(work, 1, now);
	return 0;
}

static __always_inline int iw_entered(void *ctx)
{
	const __u64 owner = al_cpu_owner(bpf_get_smp_processor_id());
	struct al_worker *w = iw_slot();
	__u64 now, raised, lazy;
	__u32 n = 0, runs;

	if (w) {
		if (w->work)
			al_count_shared(iw_books(), AL_LOST_FINISH);
		w->work = 0;
		w->seen = 1;
	}
	if (cfg.irq_listed || iw_called_singly())
		return 0;
	iw_look_if_late(ctx, w);
	if (iw_readable()) {
		raised = iw_first(cfg.raised_list);
		lazy = iw_first(cfg.lazy_list);
		n = iw_walk(raised, !lazy);
		n += iw_walk(lazy, !raised);
		if (w)
			w->walked = n;
		return 0;
	}
	now = bpf_ktime_get_ns();
	runs = iw_start(owner, 0, 0, now);
	if (runs)
		iw_begin(owner, 0, runs, 1, now);
	return 0;
}

static __always_inline int iw_finished(void)
{
	struct al_worker *w = iw_slot();

	iw_forget_place();
	iw_end(w);
	if (w) {
		w->seen = 0;
		w->walked = 0;
	}
	return 0;
}

#endif
