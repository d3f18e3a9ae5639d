/* SPDX-License-Identifier: GPL-2.0 */
/* Files a started item: left out, negative, or into the headline's rows: its CPU's, its function's,
 * its workqueue's and its pool's.
 */
#ifndef ASYNCLAT_WQ_ROWS_BPF_H
#define ASYNCLAT_WQ_ROWS_BPF_H

static __always_inline __u64 wq_function(__u64 work)
{
	return (__u64)BPF_CORE_READ((struct work_struct *)work, func);
}

static __always_inline int wq_wanted(__u64 work)
{
	return cfg.function_mode == AL_FILTER_NONE || al_function_wanted(wq_function(work));
}

__noinline int wq_name_wanted(__u64 workqueue)
{
	const struct workqueue_struct *wq = (const void *)workqueue;
	char glob[AL_GLOB_BYTES] = {}, name[AL_GLOB_BYTES] = {};

	/* The config is volatile: read directly it would be taken for the zeros it begins with. */
	bpf_probe_read_kernel(glob, sizeof(glob), (const void *)cfg.workqueue_glob);
	bpf_probe_read_kernel_str(name, sizeof(name), &wq->name);
	return al_glob(glob, name);
}

/* Names the row of a workqueue if that is still to do. Does --workqueue want it? */
__noinline int wq_row_wanted(__u32 index, __u64 workqueue)
{
	const struct workqueue_struct *wq = (const void *)workqueue;
	struct al_group *g = bpf_map_lookup_elem(&groups, &index);

	if (!g)
		return 1;
	if (g->key != workqueue)
		return !cfg.filter_workqueues || wq_name_wanted(workqueue);
	if (!g->ready) {
		bpf_probe_read_kernel_str(g->name, sizeof(g->name), &wq->name);
		g->excluded = cfg.filter_workqueues && !wq_name_wanted(workqueue);
		al_store(&g->ready, 1);
	}
	return !g->excluded;
}

__noinline int wq_describe_pool(__u32 index, __u64 pool_address, __u32 item_flags)
{
	const struct worker_pool *pool = (const void *)pool_address;
	struct al_group *g = bpf_map_lookup_elem(&groups, &index);

	if (!g || g->key != pool_address || g->ready)
		return 0;
	g->cpu = BPF_CORE_READ(pool, cpu);
	g->node = BPF_CORE_READ(pool, node);
	g->id = BPF_CORE_READ(pool, id);
	g->nice = BPF_CORE_READ(pool, attrs, nice);
	g->flags = item_flags & AL_ITEM_BH ? AL_GROUP_BH : 0;
	al_store(&g->ready, 1);
	return 0;
}

/* Files a matched item: left out, negative, or into the headline. 1 if it was measured. */
static __always_inline int wq_file(struct al_books *b, __u32 cpu, __u32 mechanism, __u32 item_class,
				   const struct al_item *item, __u64 begin, __u64 now)
{
	const __u32 stage = mechanism == AL_WORKQUEUE ? AL_WQ_WAIT : AL_DW_LATE;
	const volatile __u32 *base = cfg.group_base[mechanism];
	const __u32 row = al_group_index(base[AL_BY_WORKQUEUE], item->workqueue);
	__u32 pool;

	al_count(b, AL_MATCHED);
	if (item->flags & AL_ITEM_LEFT_OUT || !wq_row_wanted(row, item->workqueue) ||
	    !al_cpu_wanted(cpu)) {
		al_count(b, AL_FILTERED);
		return 0;
	}
	if (begin > now) {
		al_count(b, AL_NEGATIVE);
		return 0;
	}
	al_record(stage, item_class, now - begin, now, item->function);
	if (item_class != AL_CLASS_PLAIN)
		return 1;
	al_record_group(row, now - begin, now);
	al_record_group(al_group_index(base[AL_BY_FUNCTION], item->function), now - begin, now);
	if (base[AL_BY_POOL] != AL_NO_GROUP) {
		pool = al_group_index(base[AL_BY_POOL], item->pool);
		wq_describe_pool(pool, item->pool, item->flags);
		al_record_group(pool, now - begin, now);
	}
	return 1;
}

#endif
