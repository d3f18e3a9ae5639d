// SPDX-License-Identifier: GPL-2.0
/* irq_work: items that run in an interrupt raised for them, or in that of another CPU's call.
 *
 * An item is known by its address where irq_work_queue can be hooked, or its list be read; elsewhere
 * only that something was raised is seen, and its key is the CPU.
 */
#include <linux/bpf_perf_event.h>

#include "pending.bpf.h"
#include "filing.bpf.h"
#include "iw_lists.bpf.h"
#include "sweep.bpf.h"
#include "iw_blocker.bpf.h"
#include "iw_queue.bpf.h"
#include "iw_start.bpf.h"

/* ---- hooks ----------------------------------------------------------------------------------- */

SEC("?kprobe/irq_work_queue")
int BPF_KPROBE(iw_queued_kp, __u64 work)
{
	return iw_attempted(ctx, 0, work, 0);
}

SEC("?perf_event")
int iw_queued_bp(struct bpf_perf_event_data *ctx)
{
	return iw_attempted(ctx, AL_AT_BREAKPOINT, PT_REGS_PARM1(&ctx->regs), 0);
}

SEC("?kprobe/irq_work_queue_on")
int BPF_KPROBE(iw_on_kp, __u64 work, int cpu)
{
	return iw_attempted_on(ctx, 0, work, cpu);
}

SEC("?perf_event")
int iw_on_bp(struct bpf_perf_event_data *ctx)
{
	return iw_attempted_on(ctx, AL_AT_BREAKPOINT, PT_REGS_PARM1(&ctx->regs),
			       (__u32)PT_REGS_PARM2(&ctx->regs));
}

SEC("?tp_btf/csd_queue_cpu")
int BPF_PROG(iw_on_btf, unsigned int cpu, unsigned long callsite, void *function,
	     struct __call_single_data *csd)
{
	return iw_sent_to(ctx, al_address(csd));
}

SEC("?raw_tp/csd_queue_cpu")
int BPF_PROG(iw_on_raw, unsigned int cpu, unsigned long callsite, void *function,
	     struct __call_single_data *csd)
{
	return iw_sent_to(ctx, (__u64)csd);
}

SEC("?fentry/__smp_call_single_queue")
int BPF_PROG(iw_on_fe, int cpu, struct llist_node *node)
{
	return iw_sent_to(ctx, al_address(node));
}

SEC("?kprobe/__smp_call_single_queue")
int BPF_KPROBE(iw_on_csd_kp, int cpu, __u64 node)
{
	return iw_sent_to(ctx, node);
}

SEC("?fentry/arch_irq_work_raise")
int BPF_PROG(iw_raised_fe)
{
	return iw_raised(ctx, 0);
}

SEC("?kprobe/arch_irq_work_raise")
int BPF_KPROBE(iw_raised_kp)
{
	return iw_raised(ctx, 0);
}

SEC("?tp_btf/ipi_send_cpu")
int BPF_PROG(iw_sent_btf, unsigned int cpu, unsigned long callsite, void *callback)
{
	return iw_sent(ctx, cpu, (__u64)callback);
}

SEC("?raw_tp/ipi_send_cpu")
int BPF_PROG(iw_sent_raw, unsigned int cpu, unsigned long callsite, void *callback)
{
	return iw_sent(ctx, cpu, (__u64)callback);
}

SEC("?kprobe/irq_work_run_list")
int BPF_KPROBE(iw_listed_kp, __u64 list)
{
	return iw_listed(ctx, list);
}

SEC("?perf_event")
int iw_listed_bp(struct bpf_perf_event_data *ctx)
{
	return iw_listed(ctx, PT_REGS_PARM1(&ctx->regs));
}

SEC("?kprobe/irq_work_single")
int BPF_KPROBE(iw_called_kp, __u64 work)
{
	return iw_called(ctx, work, PT_REGS_SP(ctx));
}

SEC("?perf_event")
int iw_called_bp(struct bpf_perf_event_data *ctx)
{
	return iw_called(ctx, PT_REGS_PARM1(&ctx->regs), PT_REGS_SP(&ctx->regs));
}

SEC("?tp_btf/irq_work_entry")
int BPF_PROG(iw_enter_btf, int vector)
{
	return iw_entered(ctx);
}

SEC("?raw_tp/irq_work_entry")
int BPF_PROG(iw_enter_raw, int vector)
{
	return iw_entered(ctx);
}

SEC("?tp_btf/irq_work_exit")
int BPF_PROG(iw_finish_btf, int vector)
{
	return iw_finished();
}

SEC("?raw_tp/irq_work_exit")
int BPF_PROG(iw_finish_raw, int vector)
{
	return iw_finished();
}
