/* SPDX-License-Identifier: GPL-2.0 */
/* The shape that every object has: config, control, books, histogram rows and workers, and the few
 * calls on them; the pending table is in pending.bpf.h. It knows no mechanism.
 */
#ifndef ASYNCLAT_BPF_H
#define ASYNCLAT_BPF_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "asynclat/abi.h"
#include "kernel_types.h"
#include "compat.bpf.h"

/* Sizes that depend on the host or on the options are set by user space before loading. */
const volatile struct al_config cfg SEC(".rodata.cfg") = {};
volatile struct al_control control SEC(".data.control") = {};
struct al_sweep sweep SEC(".data.sweep") = {};

#define AL_ARRAY(map_name, value_type)                   \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_ARRAY);        \
		__uint(map_flags, BPF_F_MMAPABLE);       \
		__uint(max_entries, 1);                  \
		__type(key, __u32);                      \
		__type(value, value_type);               \
	} map_name SEC(".maps")

/* One value a CPU. */
#define AL_PER_CPU(map_name, value_type)                 \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); \
		__uint(max_entries, 1);                  \
		__type(key, __u32);                      \
		__type(value, value_type);               \
	} map_name SEC(".maps")

AL_ARRAY(books, struct al_books);     /* [cpu][ledger] */
AL_ARRAY(rows, struct al_row);        /* [cpu][row] */
AL_ARRAY(groups, struct al_group);    /* [mechanism, kind][AL_GROUP_ROWS + 1] */
AL_ARRAY(workers, struct al_worker);

/* The addresses that --function asks for or leaves out. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u8);
} functions SEC(".maps");

/* ---- addresses ------------------------------------------------------------------------------ */

/* The verifier allows no arithmetic on a typed pointer, but the difference of two pointers is a
 * number: so measure from a place whose address is known. */
static __always_inline __u64 al_address(const void *pointer)
{
	__u64 address = (__u64)pointer;

	asm volatile("%0 -= %1" : "+r"(address) : "r"(&control));
	return address + control.address;
}

static __always_inline __u32 al_hash(__u64 address)
{
	return (__u32)((address * 0x9e3779b97f4a7c15ULL) >> 32);
}

/* Which set of the pending table a key is in, and which spill counter is its. */
static __always_inline __u32 al_set_index(__u64 key)
{
	return al_hash(key) & ((1u << (cfg.set_bits & 31)) - 1);
}

static __always_inline __u32 al_spill_index(__u64 key)
{
	return (al_hash(key) >> 8) & (AL_SPILL_COUNTERS - 1);
}

#include "atomics.bpf.h"

/* ---- books and rows ------------------------------------------------------------------------- */

static __always_inline struct al_books *al_books_of(__u32 cpu, __u32 ledger)
{
	const __u32 key = cpu * AL_LEDGERS + ledger;

	return bpf_map_lookup_elem(&books, &key);
}

/* For counters that a single program writes: a CPU runs it once at a time. */
static __always_inline void al_count(struct al_books *b, __u32 book)
{
	if (b)
		b->count[book]++;
}

/* For counters that several programs write, one of which may interrupt another. */
static __always_inline void al_count_shared(struct al_books *b, __u32 book)
{
	if (b)
		__sync_fetch_and_add(&b->count[book], 1);
}

/* An item left the pending table because it has run: no hook shows when. */
static __always_inline void al_count_unseen(struct al_books *b)
{
	al_count_shared(b, AL_STARTED);
	al_count_shared(b, AL_MATCHED);
	al_count_shared(b, AL_SECOND_PASS);
	al_count_shared(b, AL_FINISHED);
}

/* Global functions that take and return numbers only, here and below: the verifier looks at each
 * once, and not again at every call with all that its caller knows. */
__noinline int al_record_row(__u32 index, __u64 value, __u64 now, __u64 function)
{
	const __u32 key = bpf_get_smp_processor_id() * cfg.rows_per_cpu + index;
	struct al_row *row = bpf_map_lookup_elem(&rows, &key);
	struct al_extreme *e;
	__u32 bucket;

	if (!row)
		return 0;
	bucket = al_bucket(value);
	barrier_var(bucket);
	if (bucket < AL_BUCKETS)
		row->buckets[bucket]++;
	row->sum += value;
	e = control.epoch & 1 ? &row->extremes[1] : &row->extremes[0];
	if (!e->min_plus_one || value < e->min_plus_one - 1)
		e->min_plus_one = value + 1;
	if (value >= e->max) {
		e->max_at = now;
		e->max_function = function;
		e->max = value;
	}
	return 0;
}

/* On this CPU's row of a stage, if the stage is collected. */
static __always_inline void al_record(__u32 stage, __u32 item_class, __u64 value, __u64 now,
				      __u64 function)
{
	const __u8 index = cfg.row_of[stage][item_class];

	if (index != AL_NO_ROW)
		al_record_row(index, value, now, function);
}

/* Makes a free row an address's; 1 if it is that now. By itself, so that the verifier looks at the
 * swap once and not once a row. */
__noinline int al_claim_group(__u32 key, __u64 address)
{
	struct al_group *g = bpf_map_lookup_elem(&groups, &key);
	__u64 old;

	if (!g)
		return 0;
	old = al_cas(&g->key, 0, address);
	return !old || old == address;
}

/* Where the row of an address is among those that start at base; `other` when no room is left. A
 * row just claimed has `ready` 0: the caller writes its name. */
__noinline __u32 al_group_index(__u32 base, __u64 address)
{
	const __u32 first = al_hash(address);

	for (__u32 i = 0; i < AL_GROUP_ROWS; i++) {
		const __u32 key = base + ((first + i) & (AL_GROUP_ROWS - 1));
		struct al_group *g = bpf_map_lookup_elem(&groups, &key);

		if (!g)
			break;
		if (g->key == address)
			return key;
		if (!g->key && al_claim_group(key, address))
			return key;
	}
	return base + AL_GROUP_ROWS;
}

/* To a row that several CPUs write, so atomic. */
static __always_inline void al_add_shared(struct al_row *row, __u64 value, __u64 now, __u32 cpu)
{
	struct al_extreme *e;
	__u32 bucket;

	bucket = al_bucket(value);
	barrier_var(bucket);
	if (bucket < AL_BUCKETS)
		__sync_fetch_and_add(&row->buckets[bucket], 1);
	__sync_fetch_and_add(&row->sum, value);
	e = control.epoch & 1 ? &row->extremes[1] : &row->extremes[0];
	for (int i = 0; i < 4; i++) {
		const __u64 min = e->min_plus_one;

		if ((min && value >= min - 1) ||
		    al_cas(&e->min_plus_one, min, value + 1) == min)
			break;
	}
	for (int i = 0; i < 4; i++) {
		const __u64 max = e->max;

		if (value <= max)
			break;
		if (al_cas(&e->max, max, value) == max) {
			e->max_at = now;
			e->max_cpu = cpu;
			break;
		}
	}
}

__noinline int al_record_group_on(__u32 index, __u64 value, __u64 now, __u32 cpu)
{
	struct al_group *g = bpf_map_lookup_elem(&groups, &index);

	if (g)
		al_add_shared(&g->row, value, now, cpu);
	return 0;
}

static __always_inline void al_record_group(__u32 index, __u64 value, __u64 now)
{
	al_record_group_on(index, value, now, bpf_get_smp_processor_id());
}

/* On the row of a CPU that need not be this one; all that goes to such a row must come this way. */
__noinline int al_record_row_on(__u32 index, __u64 value, __u64 now, __u32 cpu)
{
	const __u32 key = cpu * cfg.rows_per_cpu + index;
	struct al_row *row = bpf_map_lookup_elem(&rows, &key);

	if (row)
		al_add_shared(row, value, now, cpu);
	return 0;
}

/* ---- filters -------------------------------------------------------------------------------- */

static __always_inline int al_function_wanted(__u64 function)
{
	return cfg.function_mode == AL_FILTER_NONE ||
	       !bpf_map_lookup_elem(&functions, &function) == (cfg.function_mode == AL_FILTER_NOT);
}

static __always_inline int al_cpu_wanted(__u32 cpu)
{
	__u64 word = cpu / 64;

	if (!cfg.filter_cpus)
		return 1;
	barrier_var(word); /* what indexes is what was compared: 5.10 sees no further */
	return word < AL_MAX_CPUS / 64 && (cfg.cpu_mask[word] >> (cpu % 64)) & 1;
}

/* ---- workers -------------------------------------------------------------------------------- */

/* What runs in an interrupt runs on whatever task was interrupted: its slot belongs to the CPU. Odd,
 * so never the address of a task. */
static __always_inline __u64 al_cpu_owner(__u32 cpu)
{
	return (__u64)cpu << 1 | 1;
}

#define AL_NO_WORKER 0xffffffffu

/* Which slot is an owner's, claimed if asked for; AL_NO_WORKER when there is none or no room. */
__noinline __u32 al_worker_index(__u64 owner, __u32 claim)
{
	const __u32 mask = (1u << (cfg.worker_bits & 31)) - 1;
	const __u32 first = al_hash(owner);

	for (__u32 i = 0; i < AL_WORKER_PROBES; i++) {
		const __u32 key = (first + i) & mask;
		struct al_worker *w = bpf_map_lookup_elem(&workers, &key);

		if (w && w->owner == owner)
			return key;
	}
	if (!claim)
		return AL_NO_WORKER;
	for (__u32 i = 0; i < AL_WORKER_PROBES; i++) {
		const __u32 key = (first + i) & mask;
		struct al_worker *w = bpf_map_lookup_elem(&workers, &key);

		if (w && !w->owner && !al_cas(&w->owner, 0, owner))
			return key;
	}
	return AL_NO_WORKER;
}

static __always_inline struct al_worker *al_worker_of(__u64 owner, __u32 claim)
{
	const __u32 key = al_worker_index(owner, claim);

	return bpf_map_lookup_elem(&workers, &key);
}

/* The executor runs this item now. `work` last: it says that the others are there. */
static __always_inline void al_occupy(struct al_worker *w, __u64 work, __u64 function, __u64 now,
				      __u32 runs)
{
	w->function = function;
	w->started = now;
	w->flags = runs;
	w->work = work;
}

/* ---- start-up ------------------------------------------------------------------------------- */

/* Run once by user space before anything is attached. */
SEC("?raw_tp")
int al_init(void *ctx)
{
	control.address = (__u64)&control;
	control.self = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

#endif
