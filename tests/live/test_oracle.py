"""The oracle itself: against event streams written by hand, and against loads whose counts are
known (tests/load/README.md)."""

import os
import struct
from pathlib import Path

import pytest
import replay
import ring_page
import tracefs
from load import run_load
from oracle import Oracle

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="tracefs and these loads need root")

# ---- pages ------------------------------------------------------------------------------------

FORMAT = """name: example
ID: 337
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:void * work;\toffset:8;\tsize:8;\tsigned:0;
\tfield:__data_loc char[] workqueue;\toffset:16;\tsize:4;\tsigned:0;
\tfield:int cpu;\toffset:20;\tsize:4;\tsigned:1;

print fmt: "example"
"""
RECORD = struct.pack("=HBBiQIi", 337, 0, 0, 42, 0xFFFF888000000040, 7 << 16 | 24, -1)
RECORD += b"events\0\0"


def page(*events, time_ns=1000, flags=0):
    data = b"".join(events)
    return (struct.pack("=QQ", time_ns, len(data) | flags) + data).ljust(4096, b"\0")


def data(delta, record=RECORD):
    return struct.pack("=I", len(record) // 4 | delta << 5) + record


def decode(raw):
    form = ring_page.parse_format(FORMAT, replay.QUEUE, ("work", "workqueue", "cpu"))
    return ring_page.decode(raw, 1, {form.id: form})


def test_page_size_comes_from_the_header_page():
    text = "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n"
    assert ring_page.parse_page_bytes(text) == 4096


def test_event_fields_and_text_are_decoded():
    assert decode(page(data(5))) == [
        (1005, replay.QUEUE, 1, (42, 0xFFFF888000000040, b"events", -1))]


def test_times_add_up_over_extensions_and_padding():
    extend = struct.pack("=II", ring_page.TIME_EXTEND | 3 << 5, 2)
    absolute = struct.pack("=II", ring_page.TIME_STAMP | 7 << 5, 100)
    skipped = struct.pack("=II", ring_page.PADDING | 11 << 5, 12) + bytes(8)
    long = struct.pack("=II", 1 << 5, 4 + len(RECORD)) + RECORD
    end = struct.pack("=I", ring_page.PADDING)
    raw = page(data(1), extend, data(1), skipped, long, absolute, data(1), end, data(1))
    extended = 1001 + (2 << 27) + 3 + 1
    assert [event[0] for event in decode(raw)] == [
        1001, extended, extended + 11 + 1, (100 << 27) + 7 + 1]


@pytest.mark.parametrize("flag", [1 << 31, 1 << 30])
def test_a_page_after_a_loss_is_refused(flag):
    with pytest.raises(ring_page.BadPage):
        decode(page(data(1), flags=flag))


# ---- replay -----------------------------------------------------------------------------------

WORK, TIMER, FUNCTION = 0x1000, 0x1000 + replay.TIMER_OFFSET, 0x77
TICK_NS = 4_000_000


def queue(time_ns, cpu=0, pid=1, work=WORK, function=FUNCTION):
    return time_ns, replay.QUEUE, cpu, (pid, work, function, b"events")


def activate(time_ns, cpu=0, pid=1):
    return time_ns, replay.ACTIVATE, cpu, (pid, WORK, FUNCTION)


def start(time_ns, cpu=0, pid=9):
    return time_ns, replay.START, cpu, (pid, WORK, FUNCTION)


def end(time_ns, cpu=0, pid=9):
    return time_ns, replay.END, cpu, (pid, WORK, FUNCTION)


def arm(time_ns, ticks=5, cpu=0):
    return time_ns, replay.TIMER_START, cpu, (1, TIMER, 0x88, 100 + ticks, 100, 0)


def cancel(time_ns, cpu=0):
    return time_ns, replay.TIMER_CANCEL, cpu, (1, TIMER)


def expire(time_ns, cpu=0):
    return time_ns, replay.TIMER_EXPIRE, cpu, (1, TIMER, 0x88)


def other(time_ns, cpu=0):
    return time_ns, replay.QUEUE, cpu, (1, 0x2000, 0x99, b"events")


def replayed(*events):
    result = replay.Replay(TICK_NS)
    result.feed(events)
    result.finish()
    return result


def work_of(*events):
    return replayed(*events).works[FUNCTION]


def delayed_of(*events):
    delayed = replayed(*events).delayed
    assert set(delayed) <= {FUNCTION}
    return delayed[FUNCTION]


def test_one_item_has_its_times():
    work = work_of(queue(10), activate(12), start(30), end(70))
    assert (work.queued, work.started, work.finished) == (1, 1, 1)
    assert (list(work.wait_ns), list(work.run_ns), list(work.hold_ns)) == ([20], [40], [])
    assert work.workqueues == {"events"}


def test_an_item_let_in_later_was_held():
    work = work_of(queue(10), other(11), activate(15), start(30), queue(40), activate(41),
                   start(50))
    assert (list(work.hold_ns), list(work.wait_ns)) == ([5], [20, 10])


def test_an_item_queued_again_before_its_start_event_keeps_its_own_queue_time():
    work = work_of(queue(10, cpu=0), queue(95, cpu=0), start(100, cpu=1), end(110, cpu=1),
                   start(120, cpu=1), end(130, cpu=1))
    assert sorted(work.wait_ns) == [25, 90]
    assert work.never_started == 0


def test_overtaking_may_follow_on_overtaking():
    work = work_of(queue(10), queue(95), start(100), end(110), queue(119), start(120), end(130),
                   start(140), end(150))
    assert sorted(work.wait_ns) == [21, 25, 90]
    assert work.never_started == 0


def test_an_item_cancelled_and_queued_again_has_the_later_queue_time():
    work = work_of(queue(10), queue(95), start(100), end(110), queue(200), start(210), end(220))
    assert sorted(work.wait_ns) == [5, 10]
    assert (work.superseded, work.leftover) == (1, 0)


def test_several_cancelled_in_a_row():
    work = work_of(queue(10), queue(20), queue(30), start(35), end(36), queue(40), queue(50))
    assert (list(work.wait_ns), work.superseded, work.leftover) == ([5], 3, 1)


def test_never_started_is_left_over():
    work = work_of(queue(10), activate(11))
    assert (work.queued, work.started, work.leftover) == (1, 0, 1)


def test_barriers_start_without_having_been_queued():
    work = work_of(start(10), end(20))
    assert (work.unqueued, len(work.wait_ns), len(work.run_ns)) == (1, 0, 1)


def test_what_crosses_the_borders_of_the_window_is_counted():
    work = work_of(end(5), start(10))
    assert (work.unstarted, work.running, len(work.run_ns)) == (1, 1, 0)


def test_an_address_reused_for_another_function_is_another_item():
    result = replayed(queue(10), queue(20, function=0x99), start(30))
    assert list(result.works[FUNCTION].wait_ns) == [20]
    assert result.works[0x99].leftover == 1


def test_queueing_itself_while_running():
    work = work_of(queue(10), start(20), queue(25, pid=9), end(30), start(40), end(50))
    assert (work.self_requeued, list(work.wait_ns), list(work.run_ns)) == (1, [10, 15], [10, 10])


def test_queued_by_another_while_running():
    work = work_of(queue(10), start(20), queue(25, pid=1, cpu=1), end(30), start(40), end(50))
    assert (work.self_requeued, work.cross_cpu) == (0, 1)


def test_a_timer_that_expires():
    result = replayed(arm(1000), cancel(20_500_000), expire(20_500_100), queue(20_500_200),
                      start(20_600_000))
    delayed = result.delayed[FUNCTION]
    assert (delayed.armed, delayed.expired, delayed.cancelled) == (1, 1, 0)
    assert list(delayed.delay_ns) == [5 * TICK_NS]
    assert list(delayed.armed_ns) == [20_499_200]
    assert list(delayed.late_ns) == [20_600_000 - 1000 - 5 * TICK_NS]
    assert list(result.works[FUNCTION].wait_ns) == [99_800]


def test_a_timer_stopped_and_queued_in_one_go_was_flushed():
    delayed = delayed_of(queue(1), start(2), arm(10), cancel(20), queue(21), start(30))
    assert (delayed.armed, delayed.flushed, delayed.cancelled, len(delayed.late_ns)) == (1, 1, 0, 0)


def test_a_timer_stopped_before_its_work_is_queued_anew_was_cancelled():
    delayed = delayed_of(queue(1), start(2), arm(10), cancel(20), end(21), queue(30), start(40))
    assert (delayed.armed, delayed.flushed, delayed.cancelled) == (1, 0, 1)


def test_a_timer_stopped_and_armed_in_one_go_was_rearmed():
    delayed = delayed_of(queue(1), start(2), arm(10), cancel(20), arm(21), cancel(30))
    assert (delayed.armed, delayed.rearmed, delayed.cancelled) == (2, 1, 1)


def test_a_timer_stopped_and_armed_later_was_cancelled():
    delayed = delayed_of(queue(1), start(2), arm(10), cancel(20), end(21), arm(30))
    assert (delayed.armed, delayed.rearmed, delayed.cancelled, delayed.pending) == (2, 0, 1, 1)


def test_a_timer_whose_work_was_never_queued_has_no_function():
    assert replayed(arm(10)).delayed[0].pending == 1


# ---- loads ------------------------------------------------------------------------------------


def observe(*words):
    """Runs a load; its report must agree with the oracle in every count it gives."""
    with Oracle(timers=True) as oracle:
        report = run_load(*words)
    result = oracle.result()
    work = result.works[report["function"]]
    delayed = result.delayed.get(report["function"])
    for name in ("queued", "started", "self_requeued"):
        assert getattr(work, name) == report.get(name, getattr(work, name)), name
    for name in ("armed", "expired", "flushed", "rearmed", "cancelled"):
        if name in report:
            assert getattr(delayed, name) == report[name], name
    assert work.queued == len(work.wait_ns) + work.never_started
    assert work.started == len(work.wait_ns) + work.unqueued == len(work.run_ns) + work.running
    assert all(0 < wait < result.stop_ns - result.start_ns for wait in work.wait_ns)
    return report, result


@needs_root
def test_aio_runs_every_item():
    report, result = observe("aio", 1009)
    work = result.works["aio_fsync_work"]
    assert (work.queued, work.started, work.finished, len(work.wait_ns)) == (1009,) * 4
    assert (work.never_started, work.unqueued, work.running) == (0, 0, 0)
    assert len(work.hold_ns) == 0
    assert max(work.wait_ns) < report["elapsed_ns"]
    assert any(wait % 1000 for wait in work.wait_ns)


@needs_root
def test_more_aio_than_max_active_is_held():
    batch = 4096
    _, result = observe("aio", batch, "--batch", batch, "--cpu", 0)
    work = result.works["aio_fsync_work"]
    assert len(work.wait_ns) == batch
    assert batch - len(work.hold_ns) in (256, 512, 1024)  # max_active
    assert max(work.hold_ns) < max(work.wait_ns)


@needs_root
def test_pty_crosses_cpus():
    _, result = observe("pty", 1009, "--cpu", 0, "--work-cpu", 1)
    work = result.works["flush_to_ldisc"]
    assert (work.cross_cpu, len(work.wait_ns)) == (1009, 1009)
    barriers = result.works.get("wq_barrier_func", replay.Work())
    assert barriers.queued == 0 and barriers.started == barriers.unqueued


@needs_root
def test_flood_overtakes_and_loses_nothing():
    _, result = observe("flood", 50021, "--cpu", 0)
    work = result.works["flush_to_ldisc"]
    assert 0 < work.queued <= 50021
    assert work.queued == work.started == len(work.wait_ns)


@needs_root
def test_cancelled_work_never_starts():
    _, result = observe("cancel", 1009)
    work = result.works["flush_to_ldisc"]
    assert (work.queued, work.started, work.leftover) == (1009, 0, 1009)


@needs_root
def test_delayed_work_expires_late_but_not_early():
    _, result = observe("delayed", 101, "--delay-ms", 20)
    delayed = result.delayed["addrconf_dad_work"]
    assert set(delayed.delay_ns) == {20_000_000}
    assert min(delayed.armed_ns) > 20_000_000 - 4_000_000  # armed within a tick
    assert len(delayed.late_ns) == 101


@needs_root
@pytest.mark.parametrize("kind", ["delayed-cancel", "delayed-rearm"])
def test_delayed_work_that_does_not_expire(kind):
    _, result = observe(kind, 1009)
    assert result.delayed["addrconf_dad_work"].expired == 0


@needs_root
def test_delayed_work_flushed_early():
    _, result = observe("flush-early", 23)
    delayed = result.delayed["fsnotify_mark_destroy_workfn"]
    assert delayed.armed == 23 == delayed.flushed + delayed.expired
    assert delayed.flushed > delayed.expired


# ---- what is left behind ----------------------------------------------------------------------


def instances():
    root = tracefs.open_tracefs()
    try:
        return tracefs.listdir(root, "instances")
    finally:
        os.close(root)


def leftovers():
    name = f"{tracefs.INSTANCE_PREFIX}{os.getpid()}"
    mounts = Path("/proc/self/mounts").read_text()
    return [i for i in instances() if i == name] + [
        m for m in mounts.splitlines() if tracefs.INSTANCE_PREFIX in m]


@needs_root
def test_a_lossy_window_has_no_result():
    oracle = Oracle(buffer_kb=4)
    with pytest.raises(tracefs.TraceError, match="lost events"):
        with oracle:
            run_load("aio", 20011)
    assert oracle.result() is None
    assert leftovers() == []


@needs_root
def test_nothing_is_left_behind():
    with Oracle():
        assert leftovers() != []
    assert leftovers() == []


@needs_root
def test_nothing_is_left_behind_by_a_failure_in_the_block():
    with pytest.raises(KeyError):
        with Oracle():
            raise KeyError
    assert leftovers() == []


@needs_root
def test_nothing_is_left_behind_by_a_failure_of_the_reader(monkeypatch):
    def fail(*_):
        raise ring_page.BadPage

    monkeypatch.setattr("oracle.decode", fail)
    with pytest.raises(ring_page.BadPage):
        with Oracle():
            run_load("aio", 101)
    assert leftovers() == []


@needs_root
def test_the_instance_of_a_killed_process_is_removed():
    child = os.fork()
    if child == 0:
        tracefs.Instance({}, 64)
        os._exit(0)
    os.waitpid(child, 0)
    assert f"{tracefs.INSTANCE_PREFIX}{child}" in instances()
    instance = tracefs.Instance({}, 64)
    try:
        assert f"{tracefs.INSTANCE_PREFIX}{child}" not in instances()
    finally:
        instance.close()
