"""--dump beside a load: when it writes, and what replay and a trace viewer make of it."""

import json
import subprocess
import time
from decimal import Decimal

import pytest

from load import run_load
from process import Running, run
from trace_format import check_trace
from tracer import SCHEMA, check_run, check_stage, check_sums

AIO = "aio_fsync_work"
ANY_WAIT = "workqueue.wait.max=1us"
NO_WAIT = "workqueue.wait.max=1h"


def dumping(path, *options, on=ANY_WAIT):
    return Running("-m", "workqueue", "--dump", path, "--on", on, *options)


def lines_of(path):
    done = run("replay", path, "--json")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        SCHEMA.validate(line)
    return lines


def words(text):
    """Without its line breaks."""
    return " ".join(text.split())


def split(lines):
    """Lines of items, and the others."""
    return ([line for line in lines if line["type"] == "item"],
            [line for line in lines if line["type"] != "item"])


def check_dump(rest):
    """What must hold also in the midst of a run: of its books only that they sum."""
    assert [line["type"] for line in rest] == ["start"] + ["interval"] * (len(rest) - 2) + ["end"]
    totals = rest[-1]["total"]["mechanisms"]
    for stage in (stage for mechanism in totals for stage in mechanism["stages"]):
        check_stage(stage)
    check_sums(rest[1:-1], totals)


@pytest.fixture(name="dump", scope="module")
def one_dump(tmp_path_factory):
    """(path, the lines of the live run, what it said): only one interval had something to tell."""
    path = tmp_path_factory.mktemp("dump") / "slow.rec"
    with dumping(path, "-f", AIO, "--min=1us", "--json", "0.5") as tracer:
        run_load("aio", 503, "--cpu", 0)
        time.sleep(1.2)
        status, out, said = tracer.end()
    assert status == 0, said
    return path, [json.loads(line) for line in out.splitlines()], said


def test_replay_has_the_items_that_were_shown(dump):
    path, live, said = dump
    assert f"--on {ANY_WAIT} was exceeded: it was " in said
    assert f"asynclat replay '{path}'" in " ".join(said.split())
    items, rest = split(lines_of(path))
    check_dump(rest)
    shown, live_rest = split(live)
    check_run(live_rest)
    assert 100 < len(items) <= len(shown)
    assert items == shown[:len(items)]
    [workqueue] = rest[-1]["total"]["mechanisms"]
    assert workqueue["books"]["items_dropped"] + len(items) > 400
    assert rest[-1]["reason"] == "dump"
    text = run("replay", path)
    assert text.returncode == 0 and "function, workqueue" in text.stdout and AIO in text.stdout
    assert f"--on {ANY_WAIT} was exceeded" in text.stderr


def test_the_trace_is_one_and_has_waits_and_runs(dump):
    path, _, _ = dump
    events = check_trace((path.parent / "slow.rec.json").read_text())
    items, _ = split(lines_of(path))
    assert len(events["b"]) == len(items)
    for item, begin in zip(items, events["b"]):
        assert begin["ts"] == Decimal(item["queued_mono_ns"]) / 1000
        assert begin["name"] == item["function"]
        assert begin["args"].get("stages") == item.get("stages")
        assert begin["args"].get("blocker") == item.get("blocker")
    runs = {event["ts"]: event for event in events["X"]}
    workers = [event["args"]["name"] for event in events["M"] if event["name"] == "thread_name"]
    assert workers and all(name.startswith("kworker/") for name in workers)
    # An item's run begins where its wait ends.
    with_run = [end for end in events["e"] if end["ts"] in runs]
    assert len(with_run) > 0.9 * len(events["e"])
    assert all(runs[end["ts"]]["name"] == end["name"] for end in with_run)


def test_replay_makes_the_same_trace(dump, tmp_path):
    path, _, _ = dump
    done = run("replay", path, "--trace", tmp_path / "trace.json")
    assert done.returncode == 0, done.stderr
    check_trace((tmp_path / "trace.json").read_text())
    assert (tmp_path / "trace.json").read_text() == (path.parent / "slow.rec.json").read_text()
    assert run("replay", path, "--trace", tmp_path / "trace.json").returncode == 1, "it is there"


def test_a_run_of_a_whole_machine_keeps_to_the_format(tmp_path):
    path = tmp_path / "all.rec"
    with Running("--dump", path, "--on", ANY_WAIT, "0.5") as tracer:
        run_load("aio", 1_009)
        time.sleep(0.7)
        assert tracer.end()[0] == 0
    check_trace((tmp_path / "all.rec.json").read_text())
    check_dump(split(lines_of(path))[1])


def test_without_min_items_are_kept_and_not_shown(tmp_path):
    path = tmp_path / "slow.rec"
    with dumping(path, "-f", AIO, "--json", "0.5") as tracer:
        keeps = next(line for line in tracer.stderr if "--dump keeps" in line)
        keeps = words(keeps + tracer.stderr.readline())
        run_load("aio", 5_003, "--cpu", 0)
        time.sleep(0.7)
        status, out, _ = tracer.end()
    assert status == 0
    assert "the last 10s, in at most 40.0 MiB of memory" in keeps
    assert "items that waited 10us or longer" in keeps
    assert '"item"' not in out
    items, _ = split(lines_of(path))
    assert items and all(item["wait_ns"] >= 10_000 for item in items)


def test_a_limit_that_is_never_reached_writes_nothing_and_says_so(tmp_path):
    path = tmp_path / "never.rec"
    with dumping(path, "0.2", on=NO_WAIT) as tracer:
        run_load("aio", 101)
        status, _, said = tracer.end()
    assert status == 0
    assert "no interval exceeded a limit of --on" in words(said)
    assert not list(tmp_path.iterdir())


def test_a_storm_writes_at_most_so_often(tmp_path):
    def files_of(*options):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.rec"
        with dumping(path, "-f", AIO, "0.05", *options) as tracer:
            until = time.monotonic() + 1.5
            while time.monotonic() < until:
                run_load("aio", 101)
            status, _, said = tracer.end()
        assert status == 0
        assert "more exceeded a limit" in words(said)
        files = {file.name for file in tmp_path.glob(path.name + "*")}
        recordings = {name for name in files if not name.endswith(".json")}
        assert files == recordings | {name + ".json" for name in recordings}
        assert said.count("was exceeded") == len(recordings)
        for recording in recordings:
            check_dump(split(lines_of(tmp_path / recording))[1])
        return len(recordings)

    assert files_of() == 1
    assert 2 <= files_of("--dump-every", "500ms") <= 5


def test_no_file_is_overwritten_and_that_is_told_first(tmp_path):
    path = tmp_path / "there"
    for name in ("there", "there.json"):
        (tmp_path / name).write_text("precious")
        done = run("--dump", path, "--on", NO_WAIT, "-d", "100ms")
        assert done.returncode == 1 and "--force" in done.stderr
        assert "Tracing" not in done.stderr, "told before anything is attached"
        assert (tmp_path / name).read_text() == "precious"
        (tmp_path / name).unlink()
    path.write_text("precious")
    with dumping(path, "--force", "0.2") as tracer:
        run_load("aio", 101)
        time.sleep(0.3)
        assert tracer.end()[0] == 0
    lines_of(path)


def test_a_full_disk_leaves_nothing_half_and_does_not_end_the_run(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", tmp_path]).returncode:
        pytest.skip("cannot mount a small tmpfs")
    try:
        with dumping(tmp_path / "slow.rec", "--min=1us", "0.2") as tracer:
            run_load("aio", 1_009)
            assert tracer.runs_for(0.5)
            status, out, said = tracer.end()
        assert status == 1
        assert "No space left on device" in said
        assert "workqueue books" in out
        assert not (tmp_path / "slow.rec.json").exists()
        if (tmp_path / "slow.rec").exists():
            lines_of(tmp_path / "slow.rec")
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize("options", [("--dump", "x"), ("--on", ANY_WAIT), ("--dump-every", "1s")])
def test_the_one_without_the_other_is_a_usage_error(options):
    done = run(*options, "-d", "100ms")
    assert done.returncode == 2 and "--dump" in done.stderr
