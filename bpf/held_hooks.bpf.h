/* SPDX-License-Identifier: GPL-2.0 */
/* Where softirqs and interrupts take the CPU from what runs, and give it back. Only with --min. */
#ifndef ASYNCLAT_HELD_HOOKS_BPF_H
#define ASYNCLAT_HELD_HOOKS_BPF_H

#include "cpu_held.bpf.h"

SEC("?tp_btf/softirq_entry")
int BPF_PROG(held_sirq_btf, unsigned int vector)
{
	return held_softirq_began();
}

SEC("?raw_tp/softirq_entry")
int BPF_PROG(held_sirq_raw, unsigned int vector)
{
	return held_softirq_began();
}

SEC("?tp_btf/softirq_exit")
int BPF_PROG(held_sirqx_btf, unsigned int vector)
{
	return held_softirq_ended(vector);
}

SEC("?raw_tp/softirq_exit")
int BPF_PROG(held_sirqx_raw, unsigned int vector)
{
	return held_softirq_ended(vector);
}

SEC("?tp_btf/irq_handler_entry")
int BPF_PROG(held_irq_btf, int irq, void *action)
{
	return held_irq_began();
}

SEC("?raw_tp/irq_handler_entry")
int BPF_PROG(held_irq_raw, int irq, void *action)
{
	return held_irq_began();
}

SEC("?tp_btf/irq_handler_exit")
int BPF_PROG(held_irqx_btf, int irq, void *action, int handled)
{
	return held_irq_ended(irq);
}

SEC("?raw_tp/irq_handler_exit")
int BPF_PROG(held_irqx_raw, int irq, void *action, int handled)
{
	return held_irq_ended(irq);
}

#endif
