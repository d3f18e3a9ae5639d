/* Value <-> bucket, log-linear: eight buckets an octave, so a bucket is at most 12.5 % wide.
 * Values below 8 have a bucket each; the last bucket takes everything from its lower edge up.
 * Compiled on both sides.
 */
#ifndef ASYNCLAT_BUCKETS_H
#define ASYNCLAT_BUCKETS_H

#include <linux/types.h>

#define AL_SUB_BITS 3
#define AL_SUB (1 << AL_SUB_BITS)
#define AL_TOP_OCTAVE 36 /* the last octave is 2^36 to 2^37 ns: 69 to 137 s */
#define AL_BUCKETS ((AL_TOP_OCTAVE - AL_SUB_BITS + 2) * AL_SUB)

#ifdef __cplusplus
#define AL_PURE constexpr
#else
#define AL_PURE static __attribute__((always_inline)) inline
#endif

/* A ladder: clang 14's BPF backend cannot count leading zeros. */
AL_PURE __u32 al_log2(__u64 v)
{
	__u32 r = 0;

	if (v >> 32) {
		v >>= 32;
		r += 32;
	}
	if (v >> 16) {
		v >>= 16;
		r += 16;
	}
	if (v >> 8) {
		v >>= 8;
		r += 8;
	}
	if (v >> 4) {
		v >>= 4;
		r += 4;
	}
	if (v >> 2) {
		v >>= 2;
		r += 2;
	}
	return r + (__u32)(v >> 1);
}

/* Bucket of a value; always < AL_BUCKETS. */
AL_PURE __u32 al_bucket(__u64 v)
{
	if (v < AL_SUB)
		return (__u32)v;
	if (v >> (AL_TOP_OCTAVE + 1))
		return AL_BUCKETS - 1;
	const __u32 octave = al_log2(v);

	return (octave - AL_SUB_BITS + 1) * AL_SUB +
	       (__u32)((v >> (octave - AL_SUB_BITS)) & (AL_SUB - 1));
}

/* Smallest value of a bucket. */
AL_PURE __u64 al_bucket_low(__u32 bucket)
{
	if (bucket < AL_SUB)
		return bucket;
	const __u32 octave = bucket / AL_SUB + AL_SUB_BITS - 1;

	return (__u64)(AL_SUB + bucket % AL_SUB) << (octave - AL_SUB_BITS);
}

/* First value beyond a bucket; the last bucket has no end, its nominal one is given. */
AL_PURE __u64 al_bucket_end(__u32 bucket)
{
	return al_bucket_low(bucket + 1);
}

#endif
