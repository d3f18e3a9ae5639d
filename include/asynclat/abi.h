/* What the BPF programs and user space agree on: identifiers, config, rows, books and maps.
 * Compiled as C (BPF) and as C++; includes nothing of ours but its neighbours.
 */
#ifndef ASYNCLAT_ABI_H
#define ASYNCLAT_ABI_H

#include <linux/types.h>

#include "buckets.h"
#include "glob.h"
#include "told.h"

enum al_mechanism {
	AL_WORKQUEUE,
	AL_DELAYED_WORK,
	AL_IRQ_WORK,
	AL_TASK_WORK,
	AL_KTHREAD,
	AL_MECHANISMS,
};

/* Whose books: those of a mechanism, by al_mechanism, then those of stages that count items of
 * their own. */
enum al_ledger {
	AL_LEDGER_SPAWN = AL_MECHANISMS,
	AL_LEDGER_WAKEUP,
	AL_LEDGERS,
};

/* One number a stage of a mechanism; catalog/mechanisms.cpp gives each its name and meaning. */
enum al_stage {
	AL_WQ_WAIT,
	AL_WQ_HOLD,
	AL_WQ_KICK,
	AL_WQ_WAKEUP,
	AL_WQ_BEHIND,
	AL_WQ_RUN,
	AL_DW_LATE,
	AL_DW_SLACK,
	AL_DW_TIMER,
	AL_DW_WAIT,
	AL_DW_RUN,
	AL_DW_DELAY,
	AL_IW_WAIT,
	AL_IW_RUN,
	AL_TW_WAIT,
	AL_TW_RUN,
	AL_KT_WAIT,
	AL_KT_RUN,
	AL_KT_SPAWN,
	AL_KT_WAKEUP,
	AL_STAGES,
};

/* Classes split a mechanism's stages where one histogram would mix unlike things. A mechanism
 * without any has the first. task_work's are the kernel's enum task_work_notify_mode. */
enum al_class {
	AL_CLASS_PLAIN = 0,
	AL_CLASS_DEFERRABLE = 1, /* delayed_work on a deferrable timer: waits for a busy CPU by design */
	AL_CLASS_RAISED = 0, /* irq_work: runs in an interrupt that it raises for itself */
	AL_CLASS_LAZY = 1,   /* irq_work: may wait for the next tick by design */
	AL_CLASS_REMOTE = 2, /* irq_work: sent to another CPU */
	AL_CLASSES = 5, /* task_work has as many notify modes, in the kernel's order */
};

enum al_group_kind {
	AL_BY_FUNCTION,
	AL_BY_WORKQUEUE,
	AL_BY_POOL,
	AL_BY_WORKER,  /* kthread: name of the worker's thread */
	AL_BY_SPAWNED, /* kthread: name of the new thread */
	AL_BY_WOKEN,   /* kthread: name of the woken thread */
	AL_GROUP_KINDS,
};

/* The counters of the books (docs/output.md says what each means). BPF counts all of them but
 * pending, running and missed, which user space reads off the tables and the programs; which of
 * them a mechanism has is in catalog/mechanisms.cpp. */
enum al_book {
	AL_QUEUED,
	AL_MATCHED,
	AL_CANCELLED,
	AL_SUPERSEDED,
	AL_REFUSED,
	AL_REARMED,
	AL_FLUSHED_EARLY,
	AL_AGED_OUT,
	AL_DROPPED_FULL,
	AL_DROPPED_BUSY,
	AL_PENDING,
	AL_STARTED,
	AL_BARRIERS,
	AL_UNMATCHED_START,
	AL_RIDERS,
	AL_FINISHED,
	AL_RUNNING,
	AL_LOST_FINISH,
	AL_BUSY_START,
	AL_UNMATCHED_END,
	AL_FILTERED,
	AL_NEGATIVE,
	AL_SECOND_PASS,
	AL_UNSPLIT,
	AL_COALESCED,
	AL_SELF,
	AL_WALKS_CUT,
	AL_ITEMS_DROPPED, /* outliers that the ring had no room for */
	AL_RUNS_DROPPED,  /* and runs */
	AL_MISSED,
	AL_BOOKS,
};

/* Sizes that both sides must know. */
#define AL_WAYS 4             /* items a set of the pending table holds */
#define AL_SPILL_COUNTERS 4096 /* filter in front of the overflow table */
#define AL_GROUP_ROWS 256     /* rows a kind; one more, the last, is `other` */
#define AL_WORKER_PROBES 8    /* slots tried for a worker */
#define AL_MAX_CPUS 8192
#define AL_SWEEP_KEYS 256     /* keys one sweep call looks at */
#define AL_IRQ_ENTRIES 4
#define AL_NO_ROW 0xff         /* this stage is not collected */
#define AL_NO_GROUP 0xffffffffu /* nor are these groups */

/* An item's key in the pending table: its address; delayed_work marks the lowest bit, so that
 * an armed item and the same item queued can both be there, and the next one where it was armed
 * again before its start was seen. */
#define AL_KEY_DELAYED 1ULL
#define AL_KEY_ASIDE 2ULL
#define AL_KEY_MARKS (AL_KEY_DELAYED | AL_KEY_ASIDE)

/* kthread: the address is that of a task that asks for a new thread. */
#define AL_KEY_REQUESTER 1ULL

/* The stamp of a pending item is also its ownership word. */
#define AL_STAMP_FREE 0ULL
#define AL_STAMP_BUSY 1ULL /* being written; any larger value is a time */

enum al_phase {
	AL_CLOSED,   /* nothing is counted */
	AL_OPEN,     /* everything is counted */
	AL_DRAINING, /* nothing new enters; what is in may still leave */
};

enum al_filter_mode {
	AL_FILTER_NONE,
	AL_FILTER_ONLY, /* only the listed functions */
	AL_FILTER_NOT,  /* all but the listed functions */
};

/* Written once by user space before loading; read-only and known to the verifier after that. */
struct al_config {
	__u64 delayed_work_timer_fn; /* addresses; 0: unknown on this kernel */
	__u64 wq_barrier_func;
	__u64 irq_work_run_list;
	__u64 csd_callback;   /* generic_smp_call_function_single_interrupt */
	__u64 raised_list;    /* per CPU, as the two below: known all together or 0 */
	__u64 lazy_list;
	__u64 per_cpu_offset;
	__u64 irq_entry[AL_IRQ_ENTRIES]; /* the kernel's ways in for interrupts; 0: unknown, or other ones */
	__u64 tick_ns;
	__u64 min_ns;         /* items whose headline took that long are told one by one; 0: none */
	__u64 submitter_cgroup; /* only what is queued from within it; 0: from anywhere */
	__s64 preempt_count;    /* from a CPU's runqueue; 0: not known, or in its task */
	__u32 submitter_level;  /* of that cgroup, the root's being 0 */
	__u32 submitter_pid;    /* only what this process queues; 0: any */
	__u32 mechanisms;     /* bit per al_mechanism */
	__u32 set_bits;       /* log2 of the sets in the pending table */
	__u32 worker_bits;    /* log2 of the worker slots */
	__u32 rows_per_cpu;
	__u32 wq_bh;          /* WQ_BH of this kernel, 0 before it had one */
	__u32 group_base[AL_MECHANISMS][AL_GROUP_KINDS]; /* first group row, or AL_NO_GROUP */
	__u8 row_of[AL_STAGES][AL_CLASSES];              /* row within a CPU's rows, or AL_NO_ROW */
	__u8 bucket_expiry_arg; /* timer_start's second argument is the bucket's expiry (6.12) */
	__u8 function_mode;     /* al_filter_mode */
	__u8 filter_cpus;       /* cpu_mask is to be tested */
	__u8 filter_workqueues; /* workqueue_glob is to be tested */
	__u8 split;             /* kicked and on_cpu are stamped */
	__u8 finish;            /* finished is hooked */
	__u8 irq_raise;         /* irq_work: queued is seen at the raise, so not of every item */
	__u8 irq_called;        /* irq_work: irq_work_single is hooked */
	__u8 irq_listed;        /* irq_work: irq_work_run_list is hooked */
	__u8 switch_state_arg;  /* sched_switch's fourth argument is prev's state (5.18) */
	__u8 spawn_requests;    /* kthread: spawn begins at the request, not at the fork */
	__u8 keep_calls;        /* task_work: for a kretprobe, which is told the result only */
	__u8 modified;          /* delayed_work: mod_delayed_work is hooked */
	__u8 stops_grabbed;     /* delayed_work: a timer is seen stopped by who grabbed it only */
	__u8 taken;             /* workqueue: taken is hooked */
	__u8 submitters;        /* who queues is noted */
	__u8 stacks;            /* and from where */
	__u8 tell_runs;         /* the runs of these items are told, and all that take min_ns */
	char workqueue_glob[AL_GLOB_BYTES];
	__u64 cpu_mask[AL_MAX_CPUS / 64];
};

/* Smallest and largest value since user space last folded this slot. */
struct al_extreme {
	__u64 min_plus_one; /* 0: no value yet */
	__u64 max;
	__u64 max_at;       /* CLOCK_MONOTONIC */
	__u64 max_function; /* of a CPU's row; a group's row has max_cpu */
	__u64 max_cpu;
};

/* A stage's values on one CPU. Counters only grow; extremes[epoch & 1] is the one being written. */
struct al_row {
	__u64 sum;
	__u64 buckets[AL_BUCKETS];
	struct al_extreme extremes[2];
} __attribute__((aligned(64)));

/* The headline stage of one function, workqueue, pool or thread, all CPUs together. */
struct al_group {
	__u64 key;      /* address, or for threads their name's hash; 0: free */
	__u64 ready;    /* the fields below are written */
	char name[32];  /* workqueue or thread; functions are named by user space */
	__s32 cpu;      /* pool: -1 unbound */
	__s32 node;
	__s32 nice;
	__u32 id;
	__u32 flags;    /* AL_GROUP_* */
	__u32 excluded; /* workqueue: the glob leaves it out */
	struct al_row row;
};

#define AL_GROUP_BH 1u

struct al_books {
	__u64 count[AL_BOOKS];
} __attribute__((aligned(64)));

/* Pending table: sets of four {key, stamp} fill a cache line; the rest of an item lies beside. */
struct al_way {
	__u64 key;
	__u64 stamp;
};

struct al_set {
	struct al_way way[AL_WAYS];
} __attribute__((aligned(64)));

struct al_item {
	__u64 earlier;   /* workqueue: stamp of a queueing not yet started when this one came, or 0 */
	__u64 activated; /* workqueue: when max_active let it in, 0: at once; delayed_work: queued;
	                  * task_work: key of the one added before it, see AL_ITEM_ADDED */
	__u64 due;       /* delayed_work: arm time + requested delay */
	__u64 expiry;    /* delayed_work: jiffy at which its wheel bucket expires */
	__u64 function;
	__u64 workqueue;
	__u64 pool;      /* task_work: the task that is to run it */
	__u32 flags;     /* AL_ITEM_* */
	__u32 ledger;    /* al_ledger: whose books it is in */
};

#define AL_ITEM_BH 1u         /* runs in softirq */
#define AL_ITEM_DEFERRABLE 2u /* its timer waits for a busy CPU */
#define AL_ITEM_EXPIRED 4u    /* delayed_work: its timer has fired */
#define AL_ITEM_STOPPED 8u    /* delayed_work: its timer was taken off the wheel */
#define AL_ITEM_QUEUED 16u    /* delayed_work: its timer is done, the work is queued */
#define AL_ITEM_DELAYED 32u   /* workqueue: a delayed_work entry goes with it */
#define AL_ITEM_OVERTAKEN 64u /* a later queueing took its place: only its stamp is known */
#define AL_ITEM_ASIDE 128u    /* delayed_work: an entry with AL_KEY_ASIDE may go with it */
#define AL_ITEM_ADDED 256u    /* task_work: its task was running its list when it was added */
#define AL_ITEM_PUSHED 512u   /* task_work: the call that adds it had put it on the list */
#define AL_ITEM_TARGET_SHIFT 12 /* task_work, with --min: its al_target, in the bits below the class */
#define AL_ITEM_CLASS_SHIFT 16 /* task_work: its al_class, above this bit */
#define AL_ITEM_LAZY 1024u     /* irq_work: of that class */
#define AL_ITEM_REMOTE 2048u  /* irq_work: of that class */
#define AL_ITEM_LEFT_OUT (1u << 24) /* by who queued it: its start counts as filtered */

struct al_overflow {
	__u64 key;
	__u64 stamp;
	struct al_item item;
};

/* What an executor runs, and when it was woken and switched in for it. */
struct al_worker {
	__u64 owner;  /* task, or a CPU's mark; 0: free */
	__u64 work;   /* running now; 0: none */
	__u64 function;
	__u64 started;
	union {
		__u64 kicked; /* first waking since it slept, 0: none */
		__u64 added;  /* task_work: key of the last one added while it runs its list */
		__u64 walked; /* irq_work: items of the walk that may yet be seen to be called */
	};
	__u64 on_cpu; /* first switch-in after that, 0: none */
	__u8 seen;    /* the sched hooks know its state; bytes, as two CPUs may write at once */
	__u8 on_cpu_now; /* kthread: it was when it was woken, about to leave */
	__u16 flags;  /* AL_RUNS_*: what `work` is */
	__u16 cpu;    /* kthread: where it first ran */
	__u8 life;    /* kthread: al_life */
	__u8 slept;   /* kthread: since its last switch-in */
	union {
		__u64 born;  /* kthread: by `life` */
		__u32 batch; /* task_work: how many items run, one after the other */
		__u64 taken; /* workqueue: when the item that it took last was queued, 0: unknown */
		__u64 since; /* irq_work, with --min: the first that waits here was queued, 0: none */
	};
} __attribute__((aligned(64)));

/* What is awaited of a thread's birth. */
enum al_life {
	AL_LIFE_KNOWN,    /* nothing, or it was not seen */
	AL_LIFE_FORKED,   /* its first run; spawn counts from its fork, at `born` */
	AL_LIFE_NEW,      /* its first run; spawn counts from its request */
	AL_LIFE_RAN,      /* that its request returns it; it first ran at `born` */
	AL_LIFE_NAMELESS, /* its name; spawn took `born` */
};

#define AL_RUNS_WORK 1u    /* is in the books of its family's first mechanism */
#define AL_RUNS_DELAYED 2u /* is in delayed_work's books */
#define AL_RUNS_WORK_UNSEEN 4u /* its run is counted, not recorded: a barrier, or filtered */
#define AL_RUNS_DELAYED_UNSEEN 8u /* the same in delayed_work's books */
#define AL_RUNS_DEFERRABLE 16u /* of delayed_work's deferrable class */
#define AL_RUNS_LAZY 32u       /* of irq_work's lazy class */
#define AL_RUNS_TOLD 64u       /* was told of as an outlier, so its run is to be */

/* .data.control: the words that change while programs run. */
struct al_control {
	__u32 phase;        /* al_phase; written by user space */
	__u32 epoch;        /* which slot of the extremes is written; flipped by user space */
	__u64 address;      /* of this very struct, see al_address() */
	__s64 jiffies_base; /* smallest seen (now - jiffies * tick): when jiffy 0 was */
	__u64 self;         /* the tool's own process, as the kernel numbers it */
	__u8 pad[32];
} __attribute__((aligned(64)));

enum al_verdict {
	AL_STILL_PENDING,
	AL_NOT_PENDING,  /* it was taken back */
	AL_UNREADABLE,   /* its memory is gone or holds something else, or its start was not seen */
	AL_SET_ASIDE,    /* its start would have come by now */
	AL_RAN_UNSEEN,   /* it has started, where no hook shows it */
	AL_GONE,         /* no such entry any more */
	AL_EXPIRED,      /* taken out and counted by this call */
};

/* .data.sweep: the keys that one run of the sweep program looks at, and what it found. */
struct al_sweep {
	__u32 count;
	__u32 expire; /* take out and count those not pending; otherwise only look */
	__u64 key[AL_SWEEP_KEYS];
	__u64 stamp[AL_SWEEP_KEYS];
	__u8 verdict[AL_SWEEP_KEYS];
};

#ifdef __cplusplus
static_assert(sizeof(struct al_set) == 64);
static_assert(sizeof(struct al_worker) == 64);
static_assert(sizeof(struct al_item) == 64);
static_assert(sizeof(struct al_control) == 64);
#endif

#endif
