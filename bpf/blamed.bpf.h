/* SPDX-License-Identifier: GPL-2.0 */
/* Where whoever looks for the blocker of an item puts the answer. Only with --min: without it there is no
 * such map. That must be told where a map is looked into, here and in the headers beside: some kernels
 * look at a global function also where nobody calls it.
 */
#ifndef ASYNCLAT_BLAMED_BPF_H
#define ASYNCLAT_BLAMED_BPF_H

#include "asynclat.bpf.h"

/* [asker]: a CPU is in one of each at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AL_ASKERS);
	__type(key, __u32);
	__type(value, struct al_blocker);
} blamed SEC(".maps");

static __always_inline struct al_blocker *al_blamed_for(__u32 asker)
{
	return cfg.min_ns ? bpf_map_lookup_elem(&blamed, &asker) : 0;
}

static __always_inline struct al_blocker *al_blamed(void)
{
	return al_blamed_for(AL_ASKED_BY_START);
}

/* Global: the verifier need not follow its ways at every run that somebody looks at. */
__noinline __u64 al_overlap(__u64 begun, __u64 ended, __u64 from, __u64 to)
{
	if (begun < from)
		begun = from;
	if (ended > to)
		ended = to;
	return ended > begun ? ended - begun : 0;
}

#endif
