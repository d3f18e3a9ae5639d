"""--min: a line for each item that waited at least so long, and no other."""

import json

import pytest

from load import run_load
from process import Running, run
from tracer import SCHEMA, by_name, check_run

AIO = "aio_fsync_work"
# Edges of the histogram's buckets, so that the two can be held against each other exactly.
EDGES_NS = (512, 2_048, 8_192, 32_768, 131_072)


def traced(*options, load=("aio", 5_003), function=AIO):
    """(lines of items, the other lines) of a JSON run beside a load."""
    with Running("--json", "-m", "workqueue", "-f", function, *options) as tracer:
        run_load(*load)
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
    # Another function may have been there for a moment.
    assert sum(blocker["function"] == AIO for blocker in blamed) > 0.9 * len(behind)
    for item in behind:
        if "blocker" not in item:
            continue
        blocker = item["blocker"]
        assert blocker["kind"] == "item"
        assert blocker["thread"].startswith("kworker/")
        assert 0 < blocker["ran_ns"] <= item["stages"]["behind_ns"]
        assert "max_active" not in blocker
    assert not any("blocker" in item for item in items
                   if item.get("owner") not in ("behind", "hold"))


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
