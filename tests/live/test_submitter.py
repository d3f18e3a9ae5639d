"""Who queued an item, and the filters on that."""

import json
import re
import subprocess
import time

import pytest

from cgroup import Cgroup
from load import run_load
from process import Running, run
from test_items import traced_beside
from tracer import Tracer
from waiting_load import WaitingLoad

AIO = "aio_fsync_work"
N, OTHERS = 1_009, 503  # the ring holds as many
FRAME = re.compile(r"\S+\+0x[0-9a-f]+")


def items_of(load, *options, function=AIO):
    items, _ = traced_beside(load.go, "--min=1ns", *options, function=function)
    assert len(items) == N
    return items


def test_a_task_is_named_with_its_process_and_cgroup():
    with Cgroup() as cgroup, WaitingLoad("aio", N) as load:
        cgroup.take(load.pid)
        for item in items_of(load, "--submitter"):
            assert item["submitter"] == {"context": "task", "comm": "asynclat-load",
                                         "tid": load.pid, "pid": load.pid, "cgroup": cgroup.name}
            assert "stack" not in item


def test_the_stack_begins_where_the_kernel_queued_it():
    with WaitingLoad("aio", N) as load:
        for item in items_of(load, "--stack"):
            assert item["submitter"]["pid"] == load.pid
            frames = item["stack"]
            assert all(FRAME.fullmatch(frame) for frame in frames)
            assert re.match(r"_*queue_work(_on)?\+", frames[0]), frames
            assert any("io_submit" in frame for frame in frames), frames


def test_an_interrupted_task_is_not_the_submitter():
    """A timer's work is queued in the timer's softirq, on top of whatever runs: a hog, mostly."""
    hog = subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"])
    try:
        items, _ = traced_beside(lambda: run_load("delayed", 23), "--min=1ns", "--submitter",
                                 function="*")
    finally:
        hog.kill()
        hog.wait()
    submitters = [item["submitter"] for item in items]
    assert len([s for s in submitters if s["context"] == "softirq"]) >= 23
    for submitter in submitters:
        if submitter["context"] == "task":
            assert submitter["tid"] != hog.pid
        else:
            assert set(submitter) == {"context"}


def check(tracer):
    """A run where N items pass the filter, and OTHERS do not."""
    books = tracer.books()
    assert tracer.stage("wait")["count"] == tracer.stage("run")["count"] == N
    assert (books["matched"], books["filtered"]) == (N + OTHERS, OTHERS)


def test_pid_leaves_out_what_others_queue():
    with WaitingLoad("aio", N) as load:
        with Tracer("-m", "workqueue", "-f", AIO, "--pid", load.pid) as tracer:
            load.go()
            run_load("aio", OTHERS)
        check(tracer)


@pytest.mark.parametrize("inner", (False, True))
def test_cgroup_leaves_out_what_is_queued_from_outside(inner):
    with Cgroup() as cgroup, WaitingLoad("aio", N) as load:
        cgroup.take(load.pid, inner)
        with Tracer("-m", "workqueue", "-f", AIO, "--cgroup", cgroup.name) as tracer:
            load.go()
            run_load("aio", OTHERS)
        check(tracer)


def test_runs_of_delayed_work_are_kept_whoever_its_timer_interrupted(tmp_path):
    """Its work is queued by the timer, which is not of --pid; the delayed work is."""
    with WaitingLoad("delayed", 23) as load:
        with Running("-j", "-m", "workqueue,delayed_work", "--pid", load.pid, "--min=1ns", "--dump",
                     tmp_path / "dump", "--on=delayed_work.delay.max=1ns", "0.5") as running:
            load.go()
            time.sleep(1)
            assert running.end()[0] == 0
    trace = json.loads((tmp_path / "dump.json").read_text())["traceEvents"]
    late = [event for event in trace if event["ph"] == "b"]
    assert len(late) >= 23
    assert len([event for event in trace if event["ph"] == "X"]) >= len(late) - 1


def test_a_limit_on_what_is_not_measured_is_an_error(tmp_path):
    for options in (["--fail-if"], ["--dump", tmp_path / "dump", "--on"]):
        done = run(*options, "task_work.wait.max=1s", "1", "1")
        if done.returncode == 0:
            pytest.skip("task_work is measured here")
        assert done.returncode == 3
        assert "task_work.wait.max=1s can never be exceeded" in done.stderr


@pytest.mark.parametrize("options, why, what_to_do", [
    (("--submitter",), "--submitter: there is no item to tell it of", "--min"),
    (("--stack",), "--stack: there is no item to tell it of", "--min"),
    (("--pid", "0"), "--pid: '0' is no process", "a process that runs"),
    (("--pid", "x"), "--pid: 'x' is no process", "a process that runs"),
    (("--pid", "4194305"), "--pid: there is no process 4194305", "as ps shows it"),
    (("--cgroup", "/no/such"), "--cgroup: '/no/such' is no cgroup", "a directory below"),
    (("--cgroup", "/proc"), "--cgroup: '/proc' is no cgroup", "a directory below"),
    (("--cgroup", "../../../../proc/sys"), "is no cgroup", "a directory below"),
    (("--cgroup", ""), "--cgroup: '' is no cgroup", "/system.slice"),
])
def test_wrong_words_are_usage_errors(options, why, what_to_do):
    done = run(*options, "1", "1")
    assert done.returncode == 2
    assert why in done.stderr and what_to_do in done.stderr
    assert not done.stdout


def test_numbers_of_another_pid_namespace_are_refused():
    done = run("--pid", "1", "1", "1", within=("unshare", "--pid", "--fork", "--mount-proc"))
    assert done.returncode == 2
    assert "--pid: processes have other numbers in this PID namespace" in done.stderr


def test_a_thread_is_no_process():
    with subprocess.Popen([
        "/usr/bin/python3", "-c",
        "import threading, time, sys;"
        "t = threading.Thread(target=sys.stdin.read); t.start(); print(t.native_id, flush=True)"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        tid = other.stdout.readline().strip()
        done = run("--pid", tid, "1", "1")
        other.stdin.close()
    assert done.returncode == 2
    assert f"{tid} is a thread of process {other.pid}" in done.stderr
