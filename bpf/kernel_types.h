/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel types that we read, by hand: only the members used, relocated by CO-RE. Builds on a
 * machine without BTF. Holds for 5.10 to 7.3; what moved between kernels is in compat.bpf.h.
 */
#ifndef ASYNCLAT_KERNEL_TYPES_H
#define ASYNCLAT_KERNEL_TYPES_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	long counter;
} atomic_long_t;

struct work_struct {
	atomic_long_t data;
	void (*func)(struct work_struct *work);
};

struct timer_list {
	unsigned long expires;
	void (*function)(struct timer_list *timer);
	__u32 flags;
};

struct workqueue_struct;

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;
};

struct workqueue_struct {
	char name[24]; /* 32 from 6.12: read as a string */
	unsigned int flags;
	int saved_max_active;
};

struct workqueue_attrs {
	int nice;
};

struct worker_pool {
	int cpu;
	int node;
	int id;
	struct workqueue_attrs *attrs;
};

struct pool_workqueue {
	struct worker_pool *pool;
	struct workqueue_struct *wq;
};

struct worker {
	struct work_struct *current_work;
	struct pool_workqueue *current_pwq;
	struct worker_pool *pool;
};

struct kthread {
	void *data;
};

struct list_head {
	struct list_head *next;
};

struct llist_node {
	struct llist_node *next;
};

/* In 5.10's irq_work it stands in a union with the same under other names. */
struct __call_single_node {
	struct llist_node llist;
	unsigned int u_flags;
};

struct irq_work {
	struct __call_single_node node;
	void (*func)(struct irq_work *work);
};

struct __call_single_data {
	struct __call_single_node node;
};

struct kthread_worker;

struct kthread_work {
	struct list_head node;
	void (*func)(struct kthread_work *work);
	struct kthread_worker *worker;
};

struct kthread_worker {
	struct task_struct *task;
	struct kthread_work *current_work;
};

struct kthread_delayed_work {
	struct kthread_work work;
};

struct cfs_rq {
	void *rq;
};

struct sched_entity {
	struct cfs_rq *cfs_rq;
	unsigned char sched_delayed;
};

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};

struct thread_info {
	__u64 preempt_count;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup *ancestors[1]; /* as many as its level, and itself */
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	struct thread_info thread_info;
	struct css_set *cgroups;
	unsigned int flags;
	int on_cpu;
	int on_rq;
	struct sched_entity se;
	int pid;
	int tgid;
	struct callback_head *task_works;
	unsigned int policy;
	unsigned int rt_priority;
	char comm[16];
	unsigned int __state;
	void *worker_private;
};

#pragma clang attribute pop

/* include/linux/workqueue.h: the same bits since 5.10. */
#define WORK_STRUCT_PENDING 1
#define WORK_STRUCT_INACTIVE 2 /* DELAYED before 5.15 */
#define WORK_STRUCT_PWQ 4

/* include/linux/irq_work.h, smp_types.h */
#define IRQ_WORK_PENDING 1
#define IRQ_WORK_LAZY 4
#define CSD_TYPE_IRQ_WORK 0x20
#define CSD_TYPE_MASK 0xf0

/* include/linux/sched.h */
#define TASK_INTERRUPTIBLE 0x1
#define TASK_UNINTERRUPTIBLE 0x2
#define TASK_STOPPED_OR_TRACED 0xc
#define PF_IDLE 0x2
#define PF_EXITING 0x4
#define PF_WQ_WORKER 0x20
#define PF_KTHREAD 0x200000

/* include/linux/preempt.h */
#define SOFTIRQ_OFFSET (1U << 8) /* one is being served; more only says that they are off */
#define HARDIRQ_OFFSET (1U << 16)
#define HARDIRQ_MASK (0xfU << 16)
#define NMI_OFFSET (1U << 20)
#define NMI_MASK (0xfU << 20)

/* include/linux/timer.h */
#define TIMER_DEFERRABLE 0x80000
#define TIMER_ARRAYSHIFT 22

#endif
