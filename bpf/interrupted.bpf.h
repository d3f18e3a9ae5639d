/* SPDX-License-Identifier: GPL-2.0 */
/* Where this CPU was when the present interrupt came. Interrupts that come late come as soon as they are
 * on again: so that is where they came on. Only with --min.
 */
#ifndef ASYNCLAT_INTERRUPTED_BPF_H
#define ASYNCLAT_INTERRUPTED_BPF_H

#include "asynclat.bpf.h"

#define AL_FRAMES 32       /* of the stack, our own ones included */
#define AL_ENTRY_BYTES 48  /* a way in is shorter, and another one follows */

struct al_frames {
	__u64 at[AL_FRAMES];
};

AL_PER_CPU(frames, struct al_frames);

static __always_inline struct al_frames *al_frames_here(void)
{
	const __u32 zero = 0;

	return cfg.min_ns ? bpf_map_lookup_elem(&frames, &zero) : 0;
}

static __always_inline int al_is_irq_entry(__u64 address)
{
#pragma unroll
	for (int i = 0; i < AL_IRQ_ENTRIES; i++)
		if (cfg.irq_entry[i] && address - cfg.irq_entry[i] < AL_ENTRY_BYTES)
			return 1;
	return 0;
}

/* In a stack of that many frames: what lies below the way in, or AL_AT_*. The unwinder ends at user
 * mode, and always has the address that was interrupted. */
__noinline __u64 al_below_entry(__u32 frames_found)
{
	struct al_frames *f = al_frames_here();
	__u32 found = 0;

	if (!f)
		return AL_AT_UNKNOWN;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < AL_FRAMES; i++) {
		if (i >= frames_found)
			break;
		if (found)
			return f->at[i];
		found = al_is_irq_entry(f->at[i]);
	}
	return found && frames_found < AL_FRAMES ? AL_AT_USER_MODE : AL_AT_UNKNOWN;
}

static __always_inline __u64 al_interrupted(void *ctx)
{
	struct al_frames *f = al_frames_here();
	long bytes;

	if (!f)
		return AL_AT_UNKNOWN;
	bytes = bpf_get_stack(ctx, f->at, sizeof(f->at), 0);
	return bytes > 0 ? al_below_entry(bytes / 8) : AL_AT_UNKNOWN;
}

#endif
