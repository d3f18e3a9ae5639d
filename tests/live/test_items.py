"""--min: a line for each item that waited at least so long, and no other."""

import json
import os
import subprocess
import sys
import time

import pytest

from load import LOAD, run_load
from process import Running, run
from tracer import SCHEMA, by_name, check_run

AIO = "aio_fsync_work"
# Edges of the histogram's buckets, so that the two can be held against each other exactly.
EDGES_NS = (512, 2_048, 8_192, 32_768, 131_072)


def traced(*options, load=("aio", 5_003), function=AIO):
    """(lines of items, the other lines) of a JSON run beside a load."""
    return traced_beside(lambda: run_load(*load), *options, function=function)


def traced_beside(run_it, *options, function=AIO):
    """The same beside what run_it() does."""
    with Running("--json", "-m", "workqueue", "-f", function, *options) as tracer:
        run_it()
        status, out, said = tracer.end()
    assert status == 0, said
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        SCHEMA.validate(line)
    rest = [line for line in lines if line["type"] != "item"]
    check_run(rest)
    return [line for line in lines if line["type"] == "item"], rest


def total(rest):
    [workqueue] = rest[-1]["total"]["mechanisms"]
    return by_name(workqueue["stages"])["wait"], workqueue["books"]


def test_as_many_lines_as_the_histogram_has_items_above():
    both_sides = 0
    for edge_ns in EDGES_NS:
        items, rest = traced(f"--min={edge_ns}ns")
        wait, books = total(rest)
        above = sum(bucket["count"] for bucket in wait["buckets"] if bucket["ge_ns"] >= edge_ns)
        assert wait["count"] == 5_003
        assert len(items) + books["items_dropped"] == above
        assert all(item["wait_ns"] >= edge_ns for item in items)
        if items and not books["items_dropped"]:
            assert max(item["wait_ns"] for item in items) == wait["max_ns"]
        both_sides += 0 < above < 5_003
    assert both_sides, "no threshold had items on both sides"


def test_each_line_has_its_stages():
    items, rest = traced("--min=1us")
    assert items
    stages = by_name(rest[-1]["total"]["mechanisms"][0]["stages"])
    workqueues = by_name(rest[-1]["total"]["mechanisms"][0]["workqueues"])
    for item in items:
        assert item["mechanism"] == "workqueue" and item["function"] == AIO
        assert item["workqueue"] in workqueues
        if "stages" not in item:
            continue
        assert sum(item["stages"].values()) == item["wait_ns"]
        assert item["stages"][item["owner"] + "_ns"] == max(item["stages"].values())
    if not total(rest)[1]["items_dropped"]:
        for name in ("kick", "wakeup", "behind"):
            in_items = sum(item.get("stages", {}).get(f"{name}_ns", 0) for item in items)
            assert in_items <= stages[name]["sum_ns"]


def test_what_an_item_was_behind_is_named():
    """The fsyncs of a batch are behind those before them, on the worker that runs all of them."""
    items, _ = traced("--min=8us", load=("aio", 5_003, "--cpu", 0))
    behind = [item for item in items if item.get("owner") == "behind"]
    assert len(behind) > 100
    blamed = [item["blocker"] for item in behind if "blocker" in item]
    assert len(blamed) > 0.9 * len(behind)
    # What pushed the worker off its CPU is named, too, and another function may have been there.
    by_items = [blocker for blocker in blamed if blocker["kind"] == "item"]
    assert len(by_items) > 50
    assert sum(blocker["function"] == AIO for blocker in by_items) > 0.9 * len(by_items)
    for blocker in by_items:
        assert blocker["thread"].startswith("kworker/")
        assert "max_active" not in blocker
    for item in behind:
        if "blocker" in item:
            assert 0 < item["blocker"]["ran_ns"] <= item["stages"]["behind_ns"]


HOG = """
import os, time
os.sched_setaffinity(0, {0})
open("/proc/self/comm", "w").write("hog")
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
while True:
    until = time.monotonic() + 0.05
    while time.monotonic() < until:
        pass
    time.sleep(0.005)
"""
# Since 6.12 a fair server lets ordinary tasks past real-time ones for a while: this one uses it up.
ORDINARY_HOG = "import os\nos.sched_setaffinity(0, {0})\nwhile True: pass"


def as_fifo():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(60))


def lone_fsyncs():
    for i in range(23):
        time.sleep(i / 23 * 0.055)  # the one before ended when the hog slept: at any time after that
        subprocess.run([LOAD, "aio", "1", "--cpu", "0"], check=True, preexec_fn=as_fifo,
                       stdout=subprocess.DEVNULL)


def test_the_task_that_held_the_cpu_is_named():
    """23 fsyncs, one by one, while a real-time task has that CPU for 50 of 55 ms: it is to blame."""
    hogs = [subprocess.Popen([sys.executable, "-c", code]) for code in (HOG, ORDINARY_HOG)]
    try:
        items, _ = traced_beside(lone_fsyncs, "--min=5ms")
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    wakeups = [item for item in items if item["owner"] == "wakeup"]
    assert len(wakeups) > 5, [(item["wait_ns"], item["owner"]) for item in items]
    for item in wakeups:
        blocker = item["blocker"]
        assert (blocker["kind"], blocker["thread"], blocker["tid"]) == ("task", "hog", hogs[0].pid)
        assert (blocker["policy"], blocker["priority"]) == ("FIFO", 50)
        assert item["wait_ns"] / 2 < blocker["ran_ns"] <= item["stages"]["wakeup_ns"]


def test_workqueues_are_named_also_without_their_rows():
    items, rest = traced("--min=1us", "--stage=hold")
    assert not rest[-1]["total"]["mechanisms"][0].get("workqueues")
    assert items and all(item["workqueue"] for item in items)


def test_what_the_ring_has_no_room_for_is_counted():
    items, rest = traced("--min=1ns", load=("aio", 20_011))
    wait, books = total(rest)
    zero = sum(bucket["count"] for bucket in wait["buckets"] if bucket["ge_ns"] == 0)
    assert 20_011 - zero <= len(items) + books["items_dropped"] <= 20_011


def test_without_it_nothing_is_dropped_nor_said():
    items, rest = traced()
    assert not items
    assert "items_dropped" not in total(rest)[1]


def test_for_people_a_line_has_80_columns():
    with Running("-m", "workqueue", "-f", AIO, "--min", "1us") as tracer:
        run_load("aio", 101)
        status, out, _ = tracer.end()
    assert status == 0
    lines = out.splitlines()
    heading = next(i for i, line in enumerate(lines) if line.startswith("started "))
    assert lines[heading].split() == ["started", "mechanism", "waited", "mostly", "in", "cpu",
                                      "function,", "workqueue"]
    assert lines[heading + 1].split()[1] == "workqueue" and AIO in lines[heading + 1]
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("text", ["", "5", "5 parsecs", "-1us"])
def test_a_wrong_duration_is_a_usage_error(text):
    done = run("--min", text, "-d", "100ms")
    assert done.returncode == 2 and "--min" in done.stderr
