/* SPDX-License-Identifier: GPL-2.0 */
/* Why a delayed_work's timer came late: looked for when it fires, and told when its work starts, which
 * may be on another CPU. Only with --min.
 */
#ifndef ASYNCLAT_DW_LATE_BPF_H
#define ASYNCLAT_DW_LATE_BPF_H

#include "held_search.bpf.h"
#include "interrupted.bpf.h"

struct dw_late {
	__u64 armed; /* when the work was: otherwise this is of another time. AL_STAMP_BUSY: being written */
	__u64 work;
	struct al_blocker blocker;
};

/* A slot is that of any work whose hash it is: the later one takes it. There are as many as worker
 * slots. */
AL_ARRAY(late, struct dw_late);

static __always_inline struct dw_late *dw_late_of(__u64 work)
{
	const __u32 slot = al_hash(work) & ((1u << (cfg.worker_bits & 31)) - 1);

	/* Without delayed_work there is no such map either. */
	return cfg.min_ns && cfg.mechanisms & (1 << AL_DELAYED_WORK) ?
		       bpf_map_lookup_elem(&late, &slot) :
		       0;
}

static __always_inline void dw_keep_late(__u64 work, __u64 armed, const struct al_blocker *blocker)
{
	struct dw_late *slot = dw_late_of(work);
	__u64 old;

	if (!slot)
		return;
	old = *(volatile __u64 *)&slot->armed;
	if (old == AL_STAMP_BUSY || al_cas(&slot->armed, old, AL_STAMP_BUSY) != old)
		return;
	slot->work = work;
	slot->blocker = *blocker;
	al_store(&slot->armed, armed);
}

/* In the timer's softirq. That is late for what had the CPU, or because the tick's interrupt was: where
 * that interrupted the very task that ran all the time, interrupts were off there. But not so in user
 * mode, where they never are: nothing that is seen here made it late, then. */
__noinline int dw_find_late(__u64 work, __u64 armed, __u64 from, __u64 now, __u64 at)
{
	struct al_blocker *blocker = al_blamed_for(AL_ASKED_BY_TIMER);

	if (!blocker)
		return 0;
	__builtin_memset(blocker, 0, sizeof(*blocker));
	held_find(AL_ASKED_BY_TIMER, from, now);
	if (blocker->kind == AL_BLOCKED_BY_TASK && at != AL_AT_UNKNOWN &&
	    blocker->tid == (__u32)bpf_get_current_pid_tgid()) {
		blocker->kind = at == AL_AT_USER_MODE ? AL_BLOCKED_BY_UNKNOWN :
							AL_BLOCKED_BY_IRQS_OFF;
		blocker->function = at;
	}
	if (blocker->kind != AL_BLOCKED_BY_UNKNOWN)
		dw_keep_late(work, armed, blocker);
	return 0;
}

/* Only what is late for half of --min can own a wait of that. */
static __always_inline void dw_expired_late(void *ctx, __u64 work, __u64 armed, __u64 from, __u64 now)
{
	if (cfg.min_ns && now > from && now - from >= cfg.min_ns / 2)
		dw_find_late(work, armed, from, now, al_interrupted(ctx));
}

/* At the start: what was found when its timer fired, or null. Copied, as a slot may become another
 * work's meanwhile. */
static __always_inline const struct al_blocker *dw_found_late(__u64 work, __u64 armed)
{
	struct dw_late *found = dw_late_of(work);
	struct al_blocker *blocker = al_blamed();

	if (!found || !blocker || *(volatile __u64 *)&found->armed != armed || found->work != work)
		return 0;
	*blocker = found->blocker;
	return *(volatile __u64 *)&found->armed == armed ? blocker : 0;
}

#endif
