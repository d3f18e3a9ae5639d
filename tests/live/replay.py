"""What became of every work item, told from the kernel's events alone.

Feed events in order of time across CPUs as (time_ns, kind, cpu, (pid, item, ...)); then finish().

The PENDING bit is cleared just before execute_start, so on another CPU the next queue event may
overtake the start that it follows. `queue queue start` is that, or a cancelled first item; only
what comes later tells. An address to which this happens is kept with all its further events and
settled backwards at the end: each start takes the latest queue event that is still free.

The kernel does some pairs of things with interrupts off, so their events follow each other on
their CPU with none between: that tells an item that was let in at once from one that was held,
and a delayed work that was re-armed or flushed from one that was cancelled and used again.
"""

from array import array
from collections import defaultdict, deque
from dataclasses import dataclass, field

QUEUE, ACTIVATE, START, END, TIMER_START, TIMER_CANCEL, TIMER_EXPIRE = range(7)

# struct delayed_work: its timer follows its work_struct (32 bytes without lockdep).
TIMER_OFFSET = 32

DEFERRABLE = 0x80000  # in a timer's flags


def nanoseconds():
    return field(default_factory=lambda: array("q"))


@dataclass
class Work:
    """All items of one work function.

    queued = len(wait_ns) + superseded + leftover; started = len(wait_ns) + unqueued;
    len(run_ns) + running = started; finished = len(run_ns) + unstarted.
    """

    queued: int = 0
    started: int = 0
    finished: int = 0
    unqueued: int = 0       # started without a queue event: flush barrier, or queued before
    superseded: int = 0     # queued again and never started: cancelled in between
    leftover: int = 0       # not started by the end: cancelled, or still pending
    running: int = 0        # not finished by the end
    unstarted: int = 0      # finished without a start event: started before
    cross_cpu: int = 0      # started on another CPU than it was queued on
    self_requeued: int = 0  # queued by itself while it ran
    wait_ns: array = nanoseconds()  # queued to started
    hold_ns: array = nanoseconds()  # queued to activated, of those let in later than queued
    run_ns: array = nanoseconds()   # started to finished
    workqueues: set = field(default_factory=set)  # names of those it was queued on

    @property
    def never_started(self):
        return self.superseded + self.leftover


@dataclass
class Delayed:
    """All timers of one delayed work function.

    armed = expired + flushed + rearmed + cancelled + pending.
    """

    armed: int = 0
    expired: int = 0    # the timer fired and queued the work
    flushed: int = 0    # stopped and queued at once: flushed, or re-armed to zero
    rearmed: int = 0    # stopped and armed again at once
    cancelled: int = 0  # stopped
    pending: int = 0    # still armed at the end
    deferrable: int = 0
    delay_ns: array = nanoseconds()  # asked for, of those expired
    armed_ns: array = nanoseconds()  # armed to queued, of those expired
    late_ns: array = nanoseconds()   # due to started, of those expired; true to a tick


@dataclass(slots=True)
class Item:
    """One queueing of a work item."""

    queued_ns: int
    cpu: int
    hold_ns: int = None  # None: let in at once, or not yet
    due_ns: int = None   # of delayed work whose timer fired


@dataclass(slots=True)
class Timer:
    """One arming of a delayed work."""

    armed_ns: int
    delay_ns: int
    deferrable: bool
    stopped: bool = False
    fired: bool = False


class Replay:
    """works and delayed hold the outcome, by address of the function; a delayed work that was
    never seen queued has the function 0."""

    def __init__(self, tick_ns=None):
        """tick_ns: nanoseconds of a jiffy, if there are timer events."""
        self.works = defaultdict(Work)
        self.delayed = defaultdict(Delayed)
        self._tick_ns = tick_ns
        self._open = {}       # (work, function) -> Item
        self._ambiguous = {}  # (work, function) -> its events since: Item or (start_ns, cpu)
        self._running = {}    # (pid, work) -> (start_ns, function)
        self._timers = {}     # timer -> Timer
        self._function = {}   # timer -> function its work was queued with last
        self._previous = {}   # cpu -> the event before, there

    def feed(self, events):
        handlers = (self._queue, self._activate, self._start, self._end,
                    self._timer_start, self._timer_cancel, self._timer_expire)
        previous = self._previous
        for event in events:
            time_ns, kind, cpu, values = event
            handlers[kind](time_ns, cpu, *values)
            previous[cpu] = event

    def finish(self):
        for work in self.works.values():
            work.workqueues = {name.decode() for name in work.workqueues}
        for (_, function), history in self._ambiguous.items():
            self._settle(function, history)
        for _, function in self._open:
            self.works[function].leftover += 1
        for _, function in self._running.values():
            self.works[function].running += 1
        for address, timer in self._timers.items():
            self._leave(address, timer)

    def function_of(self, timer):
        """What the work of a timer was queued with last; 0 where it never was."""
        return self._function.get(timer, 0)

    def _queue(self, time_ns, cpu, pid, work, function, workqueue):
        stats = self.works[function]
        stats.queued += 1
        stats.workqueues.add(workqueue)
        if (pid, work) in self._running:
            stats.self_requeued += 1
        key = work, function
        item = Item(time_ns, cpu)
        if self._tick_ns:
            item.due_ns = self._queue_delayed(time_ns, cpu, work + TIMER_OFFSET, function)
        if key in self._ambiguous:
            self._ambiguous[key].append(item)
        elif key in self._open:
            self._ambiguous[key] = [self._open.pop(key), item]
        else:
            self._open[key] = item

    def _activate(self, time_ns, cpu, _pid, work, function):
        if self._just_before(cpu, QUEUE, work):
            return
        key = work, function
        item = self._open.get(key)
        if key in self._ambiguous:
            item = next(e for e in reversed(self._ambiguous[key]) if isinstance(e, Item))
        if item:
            item.hold_ns = time_ns - item.queued_ns

    def _start(self, time_ns, cpu, pid, work, function):
        stats = self.works[function]
        stats.started += 1
        self._running[pid, work] = time_ns, function
        key = work, function
        if key in self._ambiguous:
            self._ambiguous[key].append((time_ns, cpu))
        elif key in self._open:
            self._match(function, self._open.pop(key), time_ns, cpu)
        else:
            stats.unqueued += 1

    def _end(self, time_ns, _cpu, pid, work, function):
        stats = self.works[function]
        stats.finished += 1
        start_ns, _ = self._running.pop((pid, work), (None, 0))
        if start_ns is None:
            stats.unstarted += 1
        else:
            stats.run_ns.append(time_ns - start_ns)

    def _match(self, function, item, start_ns, cpu):
        stats = self.works[function]
        stats.wait_ns.append(start_ns - item.queued_ns)
        stats.cross_cpu += cpu != item.cpu
        if item.hold_ns is not None:
            stats.hold_ns.append(item.hold_ns)
        if item.due_ns is not None:
            self.delayed[function].late_ns.append(start_ns - item.due_ns)

    def _settle(self, function, history):
        stats = self.works[function]
        starts = deque()
        last = True
        for event in reversed(history):
            if not isinstance(event, Item):
                starts.append(event)
                continue
            if starts:
                self._match(function, event, *starts.popleft())
            elif last:
                stats.leftover += 1
            else:
                stats.superseded += 1
            last = False
        stats.unqueued += len(starts)

    def _timer_start(self, time_ns, cpu, _pid, address, _function, expires, now, flags):
        before = self._timers.get(address)
        if before and (self._just_before(cpu, TIMER_CANCEL, address) or not before.stopped):
            self._count_arming(address, before).rearmed += 1
        elif before:
            self._leave(address, before)
        delay_ns = (expires - now) * self._tick_ns
        self._timers[address] = Timer(time_ns, delay_ns, bool(flags & DEFERRABLE))

    def _timer_cancel(self, _time_ns, _cpu, _pid, address):
        if address in self._timers:
            self._timers[address].stopped = True  # also comes before each expiry

    def _timer_expire(self, _time_ns, _cpu, _pid, address, _function):
        if address in self._timers:
            self._timers[address].fired = True

    def _queue_delayed(self, queued_ns, cpu, address, function):
        """Concludes the timer of what is queued, if it has one; when it was due, if that fired."""
        timer = self._timers.pop(address, None)
        if timer and not timer.fired and not self._just_before(cpu, TIMER_CANCEL, address):
            self._leave(address, timer)
            timer = None
        self._function[address] = function
        if not timer:
            return None
        delayed = self._count_arming(address, timer)
        if not timer.fired:
            delayed.flushed += 1
            return None
        delayed.expired += 1
        delayed.delay_ns.append(timer.delay_ns)
        delayed.armed_ns.append(queued_ns - timer.armed_ns)
        return timer.armed_ns + timer.delay_ns

    def _leave(self, address, timer):
        delayed = self._count_arming(address, timer)
        if timer.stopped and not timer.fired:
            delayed.cancelled += 1
        else:
            delayed.pending += 1

    def _count_arming(self, address, timer):
        delayed = self.delayed[self._function.get(address, 0)]
        delayed.armed += 1
        delayed.deferrable += timer.deferrable
        return delayed

    def _just_before(self, cpu, kind, item):
        """Was the event before, on this CPU, of this kind and of this item?"""
        event = self._previous.get(cpu)
        return event is not None and event[1] == kind and event[3][1] == item
