"""The oldest items: works that sleep because a file server does not answer."""

import json
import time

from hung_filesystem import HungFilesystem
from process import Running, run
from tracer import Tracer

COUNT = 3


def own(interval):
    """Those of this load, oldest first, and since when each of them runs."""
    found = [item for item in interval.get("oldest", []) if item.get("function") == "aio_fsync_work"]
    return found, [interval["mono_ns"] - item["age_ns"] for item in found]


def test_running_for_too_long_is_listed_with_its_true_age():
    with Tracer("-m", "workqueue", "0.2") as tracer:
        with HungFilesystem() as hung:
            before = time.monotonic_ns()
            hung.fsync(COUNT)
            after = time.monotonic_ns()
            time.sleep(2)
            released = time.monotonic_ns()
        time.sleep(0.5)
    seen = 0
    for interval in tracer.intervals:
        found, since = own(interval)
        if after + 1_300_000_000 < interval["mono_ns"] < released:
            assert len(found) == COUNT
            seen += 1
        if not before + 1_000_000_000 < interval["mono_ns"] < released + 300_000_000:
            assert not found
        for item in found:
            assert (item["mechanism"], item["stage"]) == ("workqueue", "run")
            assert item["workqueue"] == "events"
            assert item["thread"].startswith("kworker/")
            assert 1_000_000_000 <= item["age_ns"]
        assert len({item["thread"] for item in found}) == len(found)
        assert all(before < started < after + 100_000_000 for started in since)
        assert since == sorted(since)
    assert seen > 0


def run_beside_a_hung_server(*options):
    """What asynclat prints, while COUNT works sleep."""
    with Running(*options) as running, HungFilesystem() as hung:
        hung.fsync(COUNT)
        out, _ = running.run.communicate(timeout=30)
        assert running.run.returncode == 0
    return out


def test_pending_lists_them_as_a_table():
    out = run_beside_a_hung_server("pending", "-m", "workqueue", "--min", "600ms", "1", "1")
    table = [line.split() for line in out.splitlines()]
    assert table[0][:2] == ["the", "oldest"]
    assert table[1] == ["age", "in", "mechanism", "function,", "workqueue,", "thread"]
    rows = [row for row in table if "aio_fsync_work," in row]
    assert len(rows) == COUNT
    for age, stage, mechanism, _, workqueue, thread in rows:
        assert (stage, mechanism, workqueue) == ("run", "workqueue", "events,")
        assert 600 <= float(age.removesuffix("ms")) < 1_000
        assert thread.startswith("kworker/")


def test_the_histogram_that_hides_them_has_a_line_for_the_oldest():
    out = run_beside_a_hung_server("-m", "workqueue", "2", "1")
    assert "\noldest 1." in out or "\noldest 2" in out
    assert "s in run: aio_fsync_work, events, kworker/" in out
    out = run_beside_a_hung_server("-m", "workqueue", "--view", "top", "2", "1")
    assert "s in run: aio_fsync_work" in out


def test_a_workqueue_that_is_not_asked_for_lists_none():
    out = run_beside_a_hung_server("pending", "-m", "workqueue", "-w", "[!e]*", "1", "1")
    assert "aio_fsync_work" not in out


def test_a_recording_keeps_them(tmp_path):
    file = tmp_path / "hung.rec"
    live = run_beside_a_hung_server("record", file, "--json", "-m", "workqueue", "0.5", "4")
    assert any(own(line)[0] for line in map(json.loads, live.splitlines()))
    assert run("replay", file, "--json").stdout == live
