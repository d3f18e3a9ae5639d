/* Shell-like matching of workqueue names: `*` any run, `?` any one character. Compiled on both
 * sides: the kernel side decides with it, user space tests it.
 */
#ifndef ASYNCLAT_GLOB_H
#define ASYNCLAT_GLOB_H

#include <linux/types.h>

#define AL_GLOB_BYTES 32

/* 1 if a and b are the same byte, else 0. No branch: the verifier would follow both ways, and that
 * for every pair of characters. */
static __attribute__((always_inline)) inline __u32 al_same(char a, char b)
{
	return ((__u32)(unsigned char)(a ^ b) - 1) >> 31;
}

/* Does name match glob? Both are NUL-terminated in AL_GLOB_BYTES bytes. Bit i of `at` says that
 * what was read of the name matches the first i characters of the glob. */
static __attribute__((always_inline)) inline int al_glob(const char *glob, const char *name)
{
	__u32 stars = 0, end = 0, at = 1;

	for (__u32 g = 0; g < AL_GLOB_BYTES; g++) {
		stars |= al_same(glob[g], '*') << g;
		end |= al_same(glob[g], 0) << g;
	}
	for (__u32 n = 0; n < AL_GLOB_BYTES; n++) {
		__u32 matching = 0;

		/* A star may match nothing; a run of them needs as many steps. */
		for (__u32 g = 0; g < AL_GLOB_BYTES; g++)
			at |= (at & stars) << 1;
		if (!name[n])
			break;
		for (__u32 g = 0; g < AL_GLOB_BYTES; g++)
			matching |= (al_same(glob[g], name[n]) | al_same(glob[g], '?')) << g;
		at = (at & matching) << 1 | (at & stars);
	}
	return (at & end) != 0;
}

#endif
