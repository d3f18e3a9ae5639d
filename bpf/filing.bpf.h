/* SPDX-License-Identifier: GPL-2.0 */
/* Files a matched item where all that names it is its function and the thread that runs it: left
 * out, negative, or into the headline's rows.
 */
#ifndef ASYNCLAT_FILING_BPF_H
#define ASYNCLAT_FILING_BPF_H

#include "outlier.bpf.h"

/* The row of a thread's name. Its key is the name's own 16 bytes, folded: threads come and go, and
 * their addresses with them. */
__noinline __u32 al_thread_row(__u32 base, __u64 task_address)
{
	const struct task_struct *task = (const void *)task_address;
	__u64 name[2] = {}, key;
	struct al_group *g;
	__u32 row;

	if (base == AL_NO_GROUP)
		return AL_NO_GROUP;
	bpf_probe_read_kernel_str(name, sizeof(name), &task->comm);
	key = name[0] * 0x9e3779b97f4a7c15ULL ^ name[1];
	row = al_group_index(base, key ?: 1);
	g = bpf_map_lookup_elem(&groups, &row);
	if (g && g->key && !g->ready) {
		__builtin_memcpy(g->name, name, sizeof(name));
		al_store(&g->ready, 1);
	}
	return row;
}

/* An item has come to its last point: 1 if it is to be measured. `flags`: AL_ITEM_* */
static __always_inline int al_match(struct al_books *b, __u32 cpu, __u32 flags, __u64 begin, __u64 now)
{
	al_count_shared(b, AL_MATCHED);
	if (flags & AL_ITEM_LEFT_OUT || !al_cpu_wanted(cpu)) {
		al_count_shared(b, AL_FILTERED);
		return 0;
	}
	if (begin > now) {
		al_count_shared(b, AL_NEGATIVE);
		return 0;
	}
	return 1;
}

/* 1 if the item was measured: that of `key`, pending since `begin`. `queue`: where the name of its
 * worker's thread is, or null, as `blocker` may be. */
static __always_inline int al_file(struct al_books *b, __u32 cpu, __u32 mechanism, __u32 stage,
				   __u32 item_class, __u32 flags, __u64 function, const void *queue,
				   const struct al_blocker *blocker, __u64 key, __u64 begin,
				   __u64 now)
{
	const volatile __u32 *base = cfg.group_base[mechanism];

	if (!al_match(b, cpu, flags, begin, now))
		return 0;
	al_record(stage, item_class, now - begin, now, function);
	al_record_group(al_group_index(base[AL_BY_FUNCTION], function), now - begin, now);
	al_outlier(b, mechanism, item_class, function, queue, 0, blocker, key, begin,
		   begin, now);
	return 1;
}

#endif
