// SPDX-License-Identifier: GPL-2.0
/* irq_work: items that run in an interrupt raised for them, or in that of another CPU's call.
 *
 * An item is known by its address where irq_work_queue can be hooked, or its list be read; elsewhere
 * only that something was raised is seen, and its key is the CPU.
 */
#include <linux/bpf_perf_event.h>

#include "pending.bpf.h"
#include "filing.bpf.h"

#define IW_LIST_BYTES 512 /* irq_work_run_list is shorter, and the other caller of
			     irq_work_single is in another file */
#define IW_WALK 128       /* items of a list that are looked at */

/* irq_work_single was seen to be called for items of a list: compilers may inline it there. */
volatile __u32 called_from_list SEC(".data.irq_work") = 0;

static __always_inline __u32 iw_flags(__u64 work)
{
	return BPF_CORE_READ((struct irq_work *)work, node.u_flags);
}

/* Nothing takes an item back: one that is not pending any more has started without our seeing it. */
static __always_inline int al_look(struct al_books *b, __u64 key, struct al_item *item)
{
	const struct irq_work *work = (const void *)key;
	__u64 function = 0;
	__u32 flags = 0;

	if (key & 1 || bpf_probe_read_kernel(&flags, sizeof(flags), &work->node.u_flags) ||
	    bpf_probe_read_kernel(&function, sizeof(function), &work->func) ||
	    function != item->function || !(flags & IRQ_WORK_PENDING))
		return AL_UNREADABLE;
	return AL_STILL_PENDING;
}

#include "sweep.bpf.h"

static __always_inline int iw_wanted(__u64 function)
{
	return cfg.function_mode == AL_FILTER_NONE || al_function_wanted(function);
}

/* ---- the lists ------------------------------------------------------------------------------- */

static __always_inline int iw_readable(void)
{
	return cfg.raised_list && cfg.lazy_list && cfg.per_cpu_offset;
}

/* The first item of this CPU's list. */
static __always_inline __u64 iw_first(__u64 list)
{
	const __u64 cpu = bpf_get_smp_processor_id();
	__u64 offset = 0, first = 0;

	bpf_probe_read_kernel(&offset, sizeof(offset), (void *)(cfg.per_cpu_offset + cpu * 8));
	bpf_probe_read_kernel(&first, sizeof(first), (void *)(list + offset));
	return first;
}

/* Starts are told item by item, so lists need not be walked. */
static __always_inline int iw_called_singly(void)
{
	return cfg.irq_called && (called_from_list || !cfg.irq_work_run_list);
}

/* ---- queued ---------------------------------------------------------------------------------- */

/* Several programs come here, and one may interrupt another: so all counters are shared. */
__noinline int iw_queued(__u64 key, __u64 function, __u32 flags)
{
	const __u64 now = bpf_ktime_get_ns();
	const __u32 phase = control.phase;
	struct al_books *b = al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK);
	struct al_entry entry;
	enum al_claim claim;

	if (phase == AL_CLOSED || !iw_wanted(function))
		return 0;
	if (phase == AL_DRAINING) {
		/* Not ours any more; but the next start is this one's, not that of an entry before. */
		if (al_own(key, &entry) > 0) {
			al_count_shared(b, AL_SUPERSEDED);
			al_remove(&entry, key);
		}
		return 0;
	}
	claim = al_claim(key, &entry);
	al_count_shared(b, AL_QUEUED);
	if (!al_owns(claim)) {
		al_count_shared(b, claim == AL_CLAIM_FULL ? AL_DROPPED_FULL : AL_DROPPED_BUSY);
		return 0;
	}
	if (claim == AL_CLAIM_FOUND)
		al_count_shared(b, AL_SUPERSEDED);
	entry.item->earlier = 0;
	entry.item->activated = 0;
	entry.item->function = function;
	entry.item->flags = flags;
	entry.item->ledger = AL_IRQ_WORK;
	al_let_go(&entry, now);
	return 0;
}

/* Somebody wants it queued. Where it is pending already the first stamp stays. */
static __always_inline int iw_attempted(__u64 work, int remote)
{
	const __u64 function = (__u64)BPF_CORE_READ((struct irq_work *)work, func);
	const __u32 flags = iw_flags(work);

	if (flags & IRQ_WORK_PENDING) {
		if (control.phase == AL_OPEN && iw_wanted(function))
			al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK),
					AL_COALESCED);
		return 0;
	}
	return iw_queued(work, function,
			 remote                  ? AL_ITEM_REMOTE
			 : flags & IRQ_WORK_LAZY ? AL_ITEM_LAZY
						 : 0);
}

static __always_inline int iw_attempted_on(__u64 work, __u32 cpu)
{
	return iw_attempted(work, cpu != bpf_get_smp_processor_id());
}

/* It is on its way to another CPU, if it is one of ours at all: other calls go the same way. */
static __always_inline int iw_sent_to(__u64 work)
{
	if ((iw_flags(work) & CSD_TYPE_MASK) != CSD_TYPE_IRQ_WORK)
		return 0;
	return iw_queued(work, (__u64)BPF_CORE_READ((struct irq_work *)work, func), AL_ITEM_REMOTE);
}

static __always_inline int iw_in_table(__u64 key)
{
	struct al_entry entry;
	const int owned = al_own(key, &entry);

	if (owned > 0)
		al_let_go(&entry, entry.old);
	return owned;
}

/* This CPU raises the interrupt, because its list was empty: for the only item that is on it now.
 * Lazy items raise one where the tick has stopped. */
static __always_inline int iw_raised(__u64 function)
{
	__u64 work;

	if (!iw_readable())
		return iw_queued(al_cpu_owner(bpf_get_smp_processor_id()), function, 0);
	work = iw_first(cfg.raised_list);
	if (!work || iw_in_table(work))
		work = iw_first(cfg.lazy_list);
	if (!work)
		return 0;
	return iw_queued(work, (__u64)BPF_CORE_READ((struct irq_work *)work, func),
			 iw_flags(work) & IRQ_WORK_LAZY ? AL_ITEM_LAZY : 0);
}

/* Interrupts for other reasons are sent the same way. */
static __always_inline int iw_sent(__u32 cpu, __u64 function)
{
	if (cpu != bpf_get_smp_processor_id() || !function || function == cfg.csd_callback)
		return 0;
	return iw_raised(function);
}

/* ---- started, finished ----------------------------------------------------------------------- */

/* What this CPU runs: `work`; `seen`: within the interrupt whose end is hooked; `kicked`: how many
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
	int owned;

	if (phase == AL_CLOSED || (function && !iw_wanted(function)))
		return 0;
	owned = al_own(key, &entry);
	if (owned > 0) {
		queued = entry.old;
		function = entry.item->function;
		if (entry.item->flags & AL_ITEM_LAZY) {
			item_class = AL_CLASS_LAZY;
			runs |= AL_RUNS_LAZY;
		}
		if (entry.item->flags & AL_ITEM_REMOTE)
			item_class = AL_CLASS_REMOTE;
		al_remove(&entry, key);
		al_count_shared(b, AL_STARTED);
		if (!al_file(b, cpu, AL_IRQ_WORK, AL_IW_WAIT, item_class, function, queued, now))
			runs |= AL_RUNS_WORK_UNSEEN;
		return runs;
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
	return al_cpu_wanted(cpu) ? runs : runs | AL_RUNS_WORK_UNSEEN;
}

/* `ends`: what runs next on this CPU, or the interrupt's end, will show its end. */
__noinline int iw_begin(__u64 work, __u64 function, __u32 runs, __u32 ends, __u64 now)
{
	struct al_worker *w = iw_slot();

	if (!cfg.finish)
		return 0;
	if (!w || !w->seen || !ends) {
		al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK),
				AL_LOST_FINISH);
		return 0;
	}
	w->function = function;
	w->started = now;
	w->flags = runs;
	w->work = work;
	return 0;
}

static __always_inline void iw_end(struct al_worker *w)
{
	const __u64 now = bpf_ktime_get_ns();

	if (!w || !w->work)
		return;
	al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK), AL_FINISHED);
	if (!(w->flags & AL_RUNS_WORK_UNSEEN))
		al_record(AL_IW_RUN, w->flags & AL_RUNS_LAZY ? AL_CLASS_LAZY : AL_CLASS_RAISED,
			  now - w->started, now, w->function);
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
		al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK), AL_WALKS_CUT);
	return n;
}

static __always_inline int iw_listed(__u64 list)
{
	struct al_worker *w = iw_slot();
	__u64 first = 0;
	__u32 n = 0;

	iw_end(w);
	if (!iw_called_singly()) {
		bpf_probe_read_kernel(&first, sizeof(first), (void *)list);
		n = iw_walk(first, 1);
	}
	if (w)
		w->kicked = n;
	return 0;
}

static __always_inline int iw_called(__u64 work, __u64 stack)
{
	struct al_worker *w = iw_slot();
	__u64 caller = 0;

	bpf_probe_read_kernel(&caller, sizeof(caller), (void *)stack);
	if (cfg.irq_work_run_list && caller - cfg.irq_work_run_list < IW_LIST_BYTES) {
		called_from_list = 1;
		if (w && w->kicked) {
			w->kicked--; /* its list was walked before this was known */
			return 0;
		}
	}
	iw_end(w);
	iw_start_item(work, 1, bpf_ktime_get_ns());
	return 0;
}

static __always_inline int iw_entered(void)
{
	const __u64 owner = al_cpu_owner(bpf_get_smp_processor_id());
	struct al_worker *w = iw_slot();
	__u64 now, raised, lazy;
	__u32 n = 0, runs;

	if (w) {
		if (w->work)
			al_count_shared(al_books_of(bpf_get_smp_processor_id(), AL_IRQ_WORK),
					AL_LOST_FINISH);
		w->work = 0;
		w->seen = 1;
	}
	if (cfg.irq_listed || iw_called_singly())
		return 0;
	if (iw_readable()) {
		raised = iw_first(cfg.raised_list);
		lazy = iw_first(cfg.lazy_list);
		n = iw_walk(raised, !lazy);
		n += iw_walk(lazy, !raised);
		if (w)
			w->kicked = n;
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

	iw_end(w);
	if (w) {
		w->seen = 0;
		w->kicked = 0;
	}
	return 0;
}

/* ---- hooks ----------------------------------------------------------------------------------- */

SEC("?kprobe/irq_work_queue")
int BPF_KPROBE(iw_queued_kp, __u64 work)
{
	return iw_attempted(work, 0);
}

SEC("?perf_event")
int iw_queued_bp(struct bpf_perf_event_data *ctx)
{
	return iw_attempted(PT_REGS_PARM1(&ctx->regs), 0);
}

SEC("?kprobe/irq_work_queue_on")
int BPF_KPROBE(iw_on_kp, __u64 work, int cpu)
{
	return iw_attempted_on(work, cpu);
}

SEC("?perf_event")
int iw_on_bp(struct bpf_perf_event_data *ctx)
{
	return iw_attempted_on(PT_REGS_PARM1(&ctx->regs), (__u32)PT_REGS_PARM2(&ctx->regs));
}

SEC("?tp_btf/csd_queue_cpu")
int BPF_PROG(iw_on_btf, unsigned int cpu, unsigned long callsite, void *function,
	     struct __call_single_data *csd)
{
	return iw_sent_to(al_address(csd));
}

SEC("?raw_tp/csd_queue_cpu")
int BPF_PROG(iw_on_raw, unsigned int cpu, unsigned long callsite, void *function,
	     struct __call_single_data *csd)
{
	return iw_sent_to((__u64)csd);
}

SEC("?fentry/__smp_call_single_queue")
int BPF_PROG(iw_on_fe, int cpu, struct llist_node *node)
{
	return iw_sent_to(al_address(node));
}

SEC("?kprobe/__smp_call_single_queue")
int BPF_KPROBE(iw_on_csd_kp, int cpu, __u64 node)
{
	return iw_sent_to(node);
}

SEC("?fentry/arch_irq_work_raise")
int BPF_PROG(iw_raised_fe)
{
	return iw_raised(0);
}

SEC("?kprobe/arch_irq_work_raise")
int BPF_KPROBE(iw_raised_kp)
{
	return iw_raised(0);
}

SEC("?tp_btf/ipi_send_cpu")
int BPF_PROG(iw_sent_btf, unsigned int cpu, unsigned long callsite, void *callback)
{
	return iw_sent(cpu, (__u64)callback);
}

SEC("?raw_tp/ipi_send_cpu")
int BPF_PROG(iw_sent_raw, unsigned int cpu, unsigned long callsite, void *callback)
{
	return iw_sent(cpu, (__u64)callback);
}

SEC("?kprobe/irq_work_run_list")
int BPF_KPROBE(iw_listed_kp, __u64 list)
{
	return iw_listed(list);
}

SEC("?perf_event")
int iw_listed_bp(struct bpf_perf_event_data *ctx)
{
	return iw_listed(PT_REGS_PARM1(&ctx->regs));
}

SEC("?kprobe/irq_work_single")
int BPF_KPROBE(iw_called_kp, __u64 work)
{
	return iw_called(work, PT_REGS_SP(ctx));
}

SEC("?perf_event")
int iw_called_bp(struct bpf_perf_event_data *ctx)
{
	return iw_called(PT_REGS_PARM1(&ctx->regs), PT_REGS_SP(&ctx->regs));
}

SEC("?tp_btf/irq_work_entry")
int BPF_PROG(iw_enter_btf, int vector)
{
	return iw_entered();
}

SEC("?raw_tp/irq_work_entry")
int BPF_PROG(iw_enter_raw, int vector)
{
	return iw_entered();
}

SEC("?tp_btf/irq_work_exit")
int BPF_PROG(iw_finish_btf, int vector)
{
	return iw_finished();
}

SEC("?raw_tp/irq_work_exit")
int BPF_PROG(iw_finish_raw, int vector)
{
	return iw_finished();
}
