/* SPDX-License-Identifier: GPL-2.0 */
/* Items that waited for --min or longer, one by one. The ring wakes nobody, as that would queue
 * irq_work of our own: user space looks into it. Without --min none of this is in the programs.
 */
#ifndef ASYNCLAT_OUTLIER_BPF_H
#define ASYNCLAT_OUTLIER_BPF_H

#include "submitter.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* user space says, or leaves it out */
} outliers SEC(".maps");

static __always_inline int al_is_outlier(__u64 begun, __u64 ended)
{
	return cfg.min_ns && ended > begun && ended - begun >= cfg.min_ns;
}

/* `part`: AL_PARTS times, or null. `blocker`: may be null too. `queue`: where the kernel has the name,
 * or null; it is read now, as another may live there later. `key`, `stamp`: of its entry, that was. */
static __always_inline void al_outlier(struct al_books *b, __u32 mechanism, __u32 item_class,
				       __u64 function, const void *queue, const __u64 *part,
				       const struct al_blocker *blocker, __u64 key, __u64 stamp,
				       __u64 begun, __u64 ended)
{
	struct al_outlier *o;

	if (!al_is_outlier(begun, ended))
		return;
	o = bpf_ringbuf_reserve(&outliers, sizeof(*o), 0);
	if (!o) {
		al_count_shared(b, AL_ITEMS_DROPPED);
		return;
	}
	o->begun = begun;
	o->ended = ended;
	o->function = function;
	for (int i = 0; i < AL_PARTS; i++)
		o->part[i] = part ? part[i] : 0;
	__builtin_memset(&o->blocker, 0, sizeof(o->blocker));
	if (blocker)
		o->blocker = *blocker;
	al_submitter_of(key, stamp, &o->submitter);
	o->queue[0] = 0;
	if (queue)
		bpf_probe_read_kernel_str(o->queue, sizeof(o->queue), queue);
	o->cpu = bpf_get_smp_processor_id();
	o->mechanism = mechanism;
	o->item_class = item_class;
	bpf_ringbuf_submit(o, BPF_RB_NO_WAKEUP);
}

#endif
