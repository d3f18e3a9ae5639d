#!/usr/bin/python3
"""A second reading of the kernel's workqueues, independent of asynclat: what the workqueue (and
timer) events of a tracefs instance say, replayed item by item.

    with Oracle() as oracle:
        ...run a load...
    result = oracle.result()
    result.works["aio_fsync_work"].queued

    oracle.py [--timers] [--buffer-kb N] -- COMMAND...

It shares no code and no idea with asynclat but the kernel's events. A window in which an event
was lost has no result. Needs root.

`hidden` names the functions that had an event on top of a thread of process 1. Some kernels run no
BPF program there and count no miss (seen on a 6.18 build: 12 of 12 such queue events, from timers
that interrupted it, reached neither asynclat nor a program of three lines), so what asynclat says
of those functions in that window need not agree.
"""

import argparse
import math
import pathlib
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from heapq import merge

import replay
from replay import Replay
from ring_page import BadPage, decode, parse_format, parse_page_bytes
from tracefs import Instance, TraceError

CLOCK_MONOTONIC_COARSE = 6  # its resolution is a jiffy

WORK_EVENTS = {
    "workqueue/workqueue_queue_work": (replay.QUEUE, ("work", "function", "workqueue")),
    "workqueue/workqueue_activate_work": (replay.ACTIVATE, ("work", "function")),
    "workqueue/workqueue_execute_start": (replay.START, ("work", "function")),
    "workqueue/workqueue_execute_end": (replay.END, ("work", "function")),
}
TIMER_EVENTS = {
    "timer/timer_start": (replay.TIMER_START, ("timer", "function", "expires", "now", "flags")),
    "timer/timer_cancel": (replay.TIMER_CANCEL, ("timer",)),
    "timer/timer_expire_entry": (replay.TIMER_EXPIRE, ("timer", "function")),
}
TIMER_KINDS = {kind for kind, _ in TIMER_EVENTS.values()}


@dataclass
class Result:
    works: dict    # name of the function -> replay.Work
    hidden: set    # names of functions with an event that BPF programs may not have seen
    delayed: dict  # name of the function -> replay.Delayed; "?": armed, but never queued
    events: int
    start_ns: int  # CLOCK_MONOTONIC
    stop_ns: int


class Oracle:
    """Records while its `with` block runs; nothing of it is left in the kernel after that.

    settle_s: how long to go on after the block, so that what it queued can finish.
    """

    def __init__(self, timers=False, buffer_kb=65536, settle_s=0.1):
        self._timers = timers
        self._events = {**WORK_EVENTS, **(TIMER_EVENTS if timers else {})}
        self._replay = Replay(jiffy_ns() if timers else None)
        self._buffer_kb = buffer_kb
        self._settle_s = settle_s
        self._hidden, self._hidden_timers = set(), set()  # addresses
        self._result = None

    def __enter__(self):
        filters = dict.fromkeys(self._events)
        if self._timers:
            function = delayed_work_timer_fn()
            for event, (_, fields) in TIMER_EVENTS.items():
                filters[event] = f"function == {function:#x}" if "function" in fields else None
        self._instance = Instance(filters, self._buffer_kb)
        self._start_ns = time.monotonic_ns()
        self._instance.start()
        return self

    def __exit__(self, failure, *_):
        try:
            if not failure:
                time.sleep(self._settle_s)
            self._instance.stop()
            if not failure:
                self._result = self._read(time.monotonic_ns())
        finally:
            self._instance.close()

    def result(self):
        return self._result

    def _read(self, stop_ns):
        recorded = self._instance.recorded()
        page_bytes = parse_page_bytes(self._instance.read_root("events/header_page"))
        formats = {}
        for event, (kind, fields) in self._events.items():
            form = parse_format(self._instance.read(f"events/{event}/format"), kind, fields)
            formats[form.id] = form
        self._replay.feed(self._note_hidden(merge(*(
            self._cpu_events(cpu, n, page_bytes, formats) for cpu, n in recorded.items()))))
        self._replay.finish()
        names = kernel_symbols()
        hidden = self._hidden | set(map(self._replay.function_of, self._hidden_timers))
        return Result(named(self._replay.works, names), {names.get(f, "?") for f in hidden},
                      named(self._replay.delayed, names), sum(recorded.values()),
                      self._start_ns, stop_ns)

    def _note_hidden(self, events):
        of_init = {int(task.name) for task in pathlib.Path("/proc/1/task").iterdir()}
        for event in events:
            _, kind, _, (pid, item, *rest) = event
            if pid in of_init and kind in TIMER_KINDS:
                self._hidden_timers.add(item)
            elif pid in of_init:
                self._hidden.add(rest[0])
            yield event

    def _cpu_events(self, cpu, recorded, page_bytes, formats):
        seen = 0
        for page in self._instance.pages(cpu, page_bytes):
            events = decode(page, cpu, formats)
            seen += len(events)
            yield from events
        if seen != recorded:
            raise TraceError(f"CPU {cpu}: {recorded} events recorded, {seen} read")


def jiffy_ns():
    return round(time.clock_getres(CLOCK_MONOTONIC_COARSE) * 1e9)


def kernel_symbols():
    """{address: name}"""
    with open("/proc/kallsyms", encoding="ascii") as file:
        lines = (line.split(maxsplit=2) for line in file)
        return {int(address, 16): name.split()[0] for address, _, name in lines}


def delayed_work_timer_fn():
    for address, name in kernel_symbols().items():
        if name == "delayed_work_timer_fn" and address:
            return address
    raise TraceError("the address of delayed_work_timer_fn is hidden: see kptr_restrict")


def named(by_address, names):
    """The same by name of the function; a second function of that name carries its address."""
    result = {}
    for address, stats in by_address.items():
        name = names.get(address, f"{address:#x}") if address else "?"
        result[name if name not in result else f"{name}@{address:#x}"] = stats
    return result


def quantile(values, q):
    """The smallest value that at least the share q of the sorted values does not exceed."""
    return values[math.ceil(q * len(values)) - 1] if values else 0


def table(result):
    head = ("function", "queued", "started", "finished", "left", "unqueued", "cross", "self",
            "held", "p50", "p99", "max")
    rows = []
    for name, work in sorted(result.works.items(), key=lambda row: -row[1].started):
        waits = sorted(work.wait_ns)
        rows.append((name, work.queued, work.started, work.finished, work.never_started,
                     work.unqueued, work.cross_cpu, work.self_requeued, len(work.hold_ns),
                     quantile(waits, 0.5), quantile(waits, 0.99), waits[-1] if waits else 0))
    yield from aligned("wait in ns", head, rows)
    head = ("timer of", "armed", "expired", "flushed", "rearmed", "cancelled", "pending",
            "late p50", "p99", "max")
    rows = []
    for name, timer in sorted(result.delayed.items()):
        lates = sorted(timer.late_ns)
        rows.append((name, timer.armed, timer.expired, timer.flushed, timer.rearmed,
                     timer.cancelled, timer.pending, quantile(lates, 0.5), quantile(lates, 0.99),
                     lates[-1] if lates else 0))
    if rows:
        yield from aligned("late in ns", head, rows)


def aligned(title, head, rows):
    widths = [max(len(str(row[i])) for row in (head, *rows)) for i in range(len(head))]
    yield title
    for row in (head, *rows):
        yield "  ".join((str(row[0]).ljust(widths[0]),
                         *(str(v).rjust(w) for v, w in zip(row[1:], widths[1:]))))


def main():
    parser = argparse.ArgumentParser(description="what the kernel's events say while COMMAND runs")
    parser.add_argument("--timers", action="store_true", help="also the timers of delayed work")
    parser.add_argument("--buffer-kb", type=int, default=65536, help="kept a CPU (%(default)s)")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    oracle = Oracle(options.timers, options.buffer_kb)
    try:
        with oracle:
            status = subprocess.run(options.command).returncode
    except (TraceError, BadPage, OSError) as error:
        sys.exit(f"oracle: {error}")
    print("\n".join(table(oracle.result())))
    return status


if __name__ == "__main__":
    sys.exit(main())
