"""A second reading of what the kernel's threads do, independent of asynclat: the sched_kthread_work
and sched events of a tracefs instance, replayed.

    with KthreadOracle() as oracle:
        ...run a load...
    oracle.works[function], oracle.woken[comm] (when; how long it took at least, and at most),
    oracle.spawned[comm]

`hidden` holds the comms and the addresses of functions that had an event on top of a thread of
process 1, where some kernels run no BPF program (oracle.py): what asynclat says of those need not
agree. And some (one is known) do not record the switch from such a thread to another: the other one
leaves a CPU that it was not seen to come to. It came there between its waking and that.
"""

import math
import pathlib
import time
from collections import defaultdict
from dataclasses import dataclass, field
from heapq import merge

from oracle import kernel_symbols
from ring_page import decode, parse_format, parse_page_bytes
from tracefs import Instance

QUEUE, START, END, WAKING, SWITCH, FORK = range(6)
EVENTS = {
    "sched/sched_kthread_work_queue_work": (QUEUE, ("work", "function")),
    "sched/sched_kthread_work_execute_start": (START, ("work", "function")),
    "sched/sched_kthread_work_execute_end": (END, ("work", "function")),
    "sched/sched_waking": (WAKING, ("comm", "pid")),
    "sched/sched_switch": (SWITCH, ("prev_comm", "prev_pid", "prev_state", "next_comm",
                                    "next_pid")),
    "sched/sched_process_fork": (FORK, ("parent_pid", "child_pid")),
}
KTHREADD = 2
UNRECORDED = -1  # it slept and runs, so it was woken, nobody knows when
PREEMPTED = 0x100  # as sched_switch has it: no sleep, whatever the state
PF_KTHREAD = 0x200000


@dataclass
class Works:
    """All items of one function."""

    queued: int = 0
    finished: int = 0
    wait_ns: list = field(default_factory=list)
    run_ns: list = field(default_factory=list)


@dataclass
class Thread:
    waking_ns: int = None   # it was woken then, and is not on a CPU yet
    perhaps_ns: int = None  # the same, where it may have been on a CPU, and on its way off
    asleep: bool = None     # None: unknown
    forked_ns: int = None   # and has not run
    spawn_ns: int = None    # and is not named


def name_of(comm):
    return comm.split(b"\0")[0].decode("ascii", "backslashreplace")


def kernel_threads():
    """Process numbers of the kernel's threads."""
    pids = set()
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="latin-1").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[6]) & PF_KTHREAD:
            pids.add(int(stat.parent.name))
    return pids


class KthreadOracle:
    """Records while its `with` block runs; nothing of it is left in the kernel after that."""

    def __init__(self, buffer_kb=32768, settle_s=0.1):
        self.works = defaultdict(Works)
        self.woken, self.spawned = defaultdict(list), defaultdict(list)
        self.hidden = set()
        self._buffer_kb, self._settle_s = buffer_kb, settle_s
        self._threads = defaultdict(Thread)
        self._open, self._running = {}, {}

    def __enter__(self):
        self._kernel = kernel_threads()
        self._instance = Instance(dict.fromkeys(EVENTS), self._buffer_kb)
        self._instance.start()
        return self

    def __exit__(self, failure, *_):
        try:
            if failure:
                return
            time.sleep(self._settle_s)
            self._instance.stop()
            self._kernel |= kernel_threads()
            self._replay()
        finally:
            self._instance.close()

    def _replay(self):
        counts = self._instance.recorded()
        page_bytes = parse_page_bytes(self._instance.read_root("events/header_page"))
        formats = {}
        for event, (kind, fields) in EVENTS.items():
            form = parse_format(self._instance.read(f"events/{event}/format"), kind, fields)
            formats[form.id] = form
        of_init = {int(task.name) for task in pathlib.Path("/proc/1/task").iterdir()}
        handlers = (self._queue, self._start, self._end, self._waking, self._switch, self._fork)
        for time_ns, kind, _, (pid, *values) in merge(*(
                self._of_cpu(cpu, count, page_bytes, formats) for cpu, count in counts.items())):
            handlers[kind](time_ns, pid in of_init, pid, *values)
        names = kernel_symbols()
        self.works = {names.get(function, "?"): works for function, works in self.works.items()}
        self.hidden = {names.get(of, of) for of in self.hidden}

    def _of_cpu(self, cpu, count, page_bytes, formats):
        events = [event for page in self._instance.pages(cpu, page_bytes)
                  for event in decode(page, cpu, formats)]
        assert len(events) == count, f"CPU {cpu}: {count} events recorded, {len(events)} read"
        return events

    def _queue(self, time_ns, hidden, _pid, work, function):
        self.works[function].queued += 1
        self._open[work] = time_ns
        if hidden:
            self.hidden.add(function)

    def _start(self, time_ns, _hidden, pid, work, function):
        self._running[pid] = time_ns
        if work in self._open:
            self.works[function].wait_ns.append(time_ns - self._open.pop(work))

    def _end(self, time_ns, _hidden, pid, _work, function):
        self.works[function].finished += 1
        if pid in self._running:
            self.works[function].run_ns.append(time_ns - self._running.pop(pid))

    def _waking(self, time_ns, hidden, _pid, comm, pid):
        if pid not in self._kernel:
            return
        thread = self._threads[pid]
        if hidden:
            self.hidden.add(name_of(comm))
        if thread.spawn_ns is not None:
            self.spawned[name_of(comm)].append(thread.spawn_ns)
            thread.spawn_ns = None
        if thread.asleep is False or thread.waking_ns is not None:
            thread.perhaps_ns = time_ns
        else:
            thread.waking_ns = time_ns

    def _switch(self, time_ns, hidden, _pid, prev_comm, prev_pid, prev_state, next_comm, next_pid):
        if hidden:
            self.hidden |= {name_of(prev_comm), name_of(next_comm)}
        if prev_pid in self._kernel:
            thread = self._threads[prev_pid]
            self._came_unseen(thread, time_ns, name_of(prev_comm))
            thread.asleep = prev_state not in (0, PREEMPTED)
            if not thread.asleep:
                thread.perhaps_ns = None
        if next_pid in self._kernel:
            self._switched_in(self._threads[next_pid], time_ns, name_of(next_comm))

    def _came_unseen(self, thread, time_ns, comm):
        """It runs, and was last seen asleep or new."""
        if thread.forked_ns is not None:
            self.hidden.add(comm)  # nobody knows how long that took
            thread.forked_ns = None
        if thread.asleep is False:
            return
        woken_ns = thread.waking_ns or thread.perhaps_ns
        if woken_ns is None and thread.asleep:
            self.woken[comm].append((UNRECORDED, 0, math.inf))
        elif woken_ns is not None:
            self.woken[comm].append((woken_ns, 0, time_ns - woken_ns))
            # A later waking may have met it on its way off.
            if thread.waking_ns is None:
                thread.perhaps_ns = None
            thread.waking_ns = None

    def _switched_in(self, thread, time_ns, comm):
        if thread.forked_ns is not None:
            thread.spawn_ns = time_ns - thread.forked_ns
            thread.forked_ns = None
        elif thread.asleep is not False:
            woken_ns = thread.waking_ns or thread.perhaps_ns
            if woken_ns is not None:
                self.woken[comm].append((woken_ns, time_ns - woken_ns, time_ns - woken_ns))
            elif thread.asleep:
                self.woken[comm].append((UNRECORDED, 0, math.inf))
        thread.waking_ns = thread.perhaps_ns = None
        thread.asleep = False

    def _fork(self, time_ns, _hidden, _pid, parent_pid, child_pid):
        if parent_pid == KTHREADD:
            self._kernel.add(child_pid)
            self._threads[child_pid] = Thread(forked_ns=time_ns, asleep=False)
