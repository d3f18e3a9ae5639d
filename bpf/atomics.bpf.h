/* SPDX-License-Identifier: GPL-2.0 */
/* Compare-and-swap, and a store that others see in order; also where the kernel has neither. */
#ifndef ASYNCLAT_ATOMICS_BPF_H
#define ASYNCLAT_ATOMICS_BPF_H

#ifndef AL_NO_CAS

#define al_cas(word, old, new) __sync_val_compare_and_swap(word, old, new)
#define al_store(word, value) ((void)__sync_lock_test_and_set(word, value))

#else

/* 5.12, 5ffa25502b5a brought both. Before, all that a program can do atomically is to insert a key
 * that is not there: so a word is locked, by its address, while it is compared and written. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024); /* locks held at once: at most a few a CPU */
	__type(key, __u64);
	__type(value, __u8);
} locks SEC(".maps");

/* The value before. Where another holds the lock, one that differs from `old`: try again. */
static __always_inline __u64 al_cas(__u64 *word, __u64 old, __u64 new)
{
	const __u64 key = al_address(word);
	const __u8 held = 1;
	__u64 was;

	if (bpf_map_update_elem(&locks, &key, &held, BPF_NOEXIST))
		return ~old;
	was = *(volatile __u64 *)word;
	if (was == old)
		*(volatile __u64 *)word = new;
	bpf_map_delete_elem(&locks, &key);
	return was;
}

/* Only ever by who owns the word: no compare-and-swap of another can succeed meanwhile. */
static __always_inline void al_store(__u64 *word, __u64 value)
{
	barrier();
	*(volatile __u64 *)word = value;
}

#endif

#endif
