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

/* What an item's run is marked with, so that its end tells of it. */
static __always_inline __u32 al_told(__u64 begun, __u64 ended)
{
	return cfg.tell_runs && al_is_outlier(begun, ended) ? AL_RUNS_TOLD : 0;
}

/* Global, so that the verifier looks at it once. */
__noinline int al_tell_run(__u32 mechanism, __u64 begun, __u64 ended, __u64 function, int in_thread)
{
	const struct task_struct *task = (void *)bpf_get_current_task();
	const __u32 cpu = bpf_get_smp_processor_id();
	struct al_run *run;

	if (!cfg.min_ns || !cfg.tell_runs || mechanism >= AL_MECHANISMS)
		return 0;
	run = bpf_ringbuf_reserve(&outliers, sizeof(*run), 0);
	if (!run) {
		al_count_shared(al_books_of(cpu, mechanism), AL_RUNS_DROPPED);
		return 0;
	}
	__builtin_memset(run, 0, sizeof(*run));
	run->begun = begun;
	run->ended = ended;
	run->function = function;
	run->cpu = cpu;
	run->mechanism = mechanism;
	if (in_thread) {
		run->tid = bpf_get_current_pid_tgid();
		bpf_probe_read_kernel(run->thread, sizeof(run->thread), &task->comm);
	}
	bpf_ringbuf_submit(run, BPF_RB_NO_WAKEUP);
	return 0;
}

/* What an executor ran has come to its end; what is left out is not told of. */
static __always_inline void al_run_ended(__u32 mechanism, const struct al_worker *w, __u64 now,
					 int in_thread)
{
	if (!cfg.min_ns || !cfg.tell_runs || !w->started || w->started > now)
		return;
	if (w->flags & AL_RUNS_TOLD || now - w->started >= cfg.min_ns)
		al_tell_run(mechanism, w->started, now, w->function, in_thread);
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
