"""The oldest items: works that sleep because a file server does not answer."""

import json
import re
import time

from hung_filesystem import HungFilesystem
from load import run_load
from load import run_load
from process import Running, run
from tracer import Tracer, by_name

COUNT = 3
SECOND_NS = 1_000_000_000
LOOKED_FOR_NS = 200_000_000  # at most so long ago; it is 100 ms, and the interval's own end
UNITS = {"ms": 0.001, "s": 1}


def own(interval):
    """Those of this load, oldest first, and since when each of them runs."""
    found = [item for item in interval.get("oldest", []) if item.get("function") == "aio_fsync_work"]
    return found, [interval["mono_ns"] - item["age_ns"] for item in found]


def test_running_for_too_long_is_listed_with_its_true_age():
    with Tracer("-m", "workqueue", "0.2") as tracer:
        with HungFilesystem() as hung:
            before = time.monotonic_ns()
            hung.fsync(COUNT)
            started = time.monotonic_ns()
            time.sleep(2)
            released = time.monotonic_ns()
        ended = time.monotonic_ns()
        time.sleep(0.5)
    seen = 0
    for interval in tracer.intervals:
        found, since = own(interval)
        now = interval["mono_ns"]
        if started + SECOND_NS + LOOKED_FOR_NS < now < released:
            assert len(found) >= 1
            seen += len(found) == COUNT
        if not before + SECOND_NS < now < ended + LOOKED_FOR_NS:
            assert not found
        for item in found:
            assert (item["mechanism"], item["stage"]) == ("workqueue", "run")
            assert item["workqueue"] == "events"
            assert item["thread"].startswith("kworker/")
            assert item["age_ns"] >= SECOND_NS
        assert len({item["tid"] for item in found}) == len(found)
        assert all(before < start < released for start in since)
        assert since == sorted(since)
    assert seen > 0


def run_beside_a_hung_server(*options):
    """What asynclat prints, while COUNT works sleep."""
    with Running(*options) as running, HungFilesystem() as hung:
        hung.fsync(COUNT)
        out, _ = running.run.communicate(timeout=30)
        assert running.run.returncode == 0
    return out


def seconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


def test_pending_lists_them_as_a_table():
    out = run_beside_a_hung_server("pending", "-m", "workqueue", "--min", "600ms", "3", "1")
    table = [line.split() for line in out.splitlines()]
    assert table[0][:2] == ["the", "oldest"]
    assert table[1] == ["age", "in", "mechanism", "function,", "thread,", "workqueue"]
    rows = [row for row in table if "aio_fsync_work," in row]
    assert len(rows) == COUNT
    for age, stage, mechanism, _, thread, workqueue in rows:
        assert (stage, mechanism, workqueue) == ("run", "workqueue", "events")
        assert 0.6 <= seconds(age) <= 3
        assert thread.startswith("kworker/")


def test_a_view_that_hides_them_has_a_line_for_the_oldest():
    for view in ("hist", "top", "heatmap"):
        out = run_beside_a_hung_server("-m", "workqueue", "--view", view, "3", "1")
        found = re.search(r"oldest ([0-9.]+s) in run: aio_fsync_work, kworker/", out)
        assert found, out
        assert 1 <= seconds(found[1]) <= 3


def test_a_workqueue_that_is_not_asked_for_lists_none():
    for glob, listed in (("eve*", True), ("system*", False)):
        out = run_beside_a_hung_server("pending", "-m", "workqueue", "-w", glob, "2", "1")
        assert ("aio_fsync_work" in out) == listed


def test_a_recording_keeps_them(tmp_path):
    file = tmp_path / "hung.rec"
    live = run_beside_a_hung_server("record", file, "--json", "-m", "workqueue", "0.5", "6")
    assert any(own(line)[0] for line in map(json.loads, live.splitlines()))
    assert run("replay", file, "--json").stdout == live


def test_what_the_timer_wheel_rounds_up_is_not_late():
    """That is by design: a delay of 3 s is rounded up to the next 64 jiffies, 256 ms."""
    with Tracer("pending", "--min=70ms", "-m", "delayed_work", "0.1") as tracer:
        for delay_ms in (3000, 3080, 3160):
            run_load("delayed", 3, "--delay-ms", delay_ms)
    assert by_name(tracer.mechanism("delayed_work")["stages"])["late"]["max_ns"] > 70_000_000
    for interval in tracer.intervals:
        assert not any(item.get("function") == "addrconf_dad_work"
                       for item in interval.get("oldest", []))
