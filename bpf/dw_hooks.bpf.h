/* SPDX-License-Identifier: GPL-2.0 */
/* What catches delayed_work's own points: its timer's tracepoints, or, where they cannot tell whose
 * timer it is, the functions that arm it and that it calls.
 */
#ifndef ASYNCLAT_DW_HOOKS_BPF_H
#define ASYNCLAT_DW_HOOKS_BPF_H

#include "delayed_work.bpf.h"

SEC("?tp_btf/timer_start")
int BPF_PROG(dw_armed_btf, struct timer_list *timer, unsigned long second)
{
	if ((__u64)timer->function != cfg.delayed_work_timer_fn)
		return 0;
	return dw_armed(ctx, dw_work(al_address(timer)), DW_TIMER_STARTED, second);
}

SEC("?raw_tp/timer_start")
int BPF_PROG(dw_armed_raw, struct timer_list *timer, unsigned long second)
{
	if ((__u64)BPF_CORE_READ(timer, function) != cfg.delayed_work_timer_fn)
		return 0;
	return dw_armed(ctx, dw_work((__u64)timer), DW_TIMER_STARTED, second);
}

/* Without a delay there is no timer. */
SEC("?fentry/__queue_delayed_work")
int BPF_PROG(dw_armed_fe, int where, struct workqueue_struct *wq, struct delayed_work *dwork,
	     unsigned long delay)
{
	return delay ? dw_armed(ctx, al_address(dwork), DW_CALLED, delay) : 0;
}

SEC("?kprobe/__queue_delayed_work")
int BPF_KPROBE(dw_armed_kp, int where, struct workqueue_struct *wq, struct delayed_work *dwork,
	       unsigned long delay)
{
	return delay ? dw_armed(ctx, (__u64)dwork, DW_CALLED, delay) : 0;
}

SEC("?tp_btf/timer_expire_entry")
int BPF_PROG(dw_expired_btf, struct timer_list *timer)
{
	if ((__u64)timer->function != cfg.delayed_work_timer_fn)
		return 0;
	return dw_expired(ctx, al_address(timer));
}

SEC("?raw_tp/timer_expire_entry")
int BPF_PROG(dw_expired_raw, struct timer_list *timer)
{
	if ((__u64)BPF_CORE_READ(timer, function) != cfg.delayed_work_timer_fn)
		return 0;
	return dw_expired(ctx, (__u64)timer);
}

SEC("?fentry/delayed_work_timer_fn")
int BPF_PROG(dw_expired_fe, struct timer_list *timer)
{
	return dw_expired(ctx, al_address(timer));
}

SEC("?kprobe/delayed_work_timer_fn")
int BPF_KPROBE(dw_expired_kp, struct timer_list *timer)
{
	return dw_expired(ctx, (__u64)timer);
}

SEC("?tp_btf/timer_cancel")
int BPF_PROG(dw_stopped_btf, struct timer_list *timer)
{
	if ((__u64)timer->function != cfg.delayed_work_timer_fn)
		return 0;
	return dw_stopped(al_address(timer));
}

SEC("?raw_tp/timer_cancel")
int BPF_PROG(dw_stopped_raw, struct timer_list *timer)
{
	if ((__u64)BPF_CORE_READ(timer, function) != cfg.delayed_work_timer_fn)
		return 0;
	return dw_stopped((__u64)timer);
}

#endif
