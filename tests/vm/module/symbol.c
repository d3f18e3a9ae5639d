// SPDX-License-Identifier: GPL-2.0
/* Addresses of functions that the kernel does not export. */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/string.h>

#include "asynclat_truth.h"

/* A disabled kprobe is looked up but never written into the function. Where functions begin with
 * an ENDBR the kprobe's address lies behind it, and an indirect call must not land there.
 */
void *truth_symbol(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	char text[KSYM_SYMBOL_LEN];
	unsigned long address, offset;
	const char *plus;

	if (register_kprobe(&probe))
		return NULL;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);

	sprint_symbol(text, address);
	plus = strrchr(text, '+');
	if (!plus || sscanf(plus, "+0x%lx/", &offset) != 1)
		return NULL;
	return (void *)(address - offset);
}
