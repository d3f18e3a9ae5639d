"""The oldest items against ground truth, in guests: a work that sleeps for 2.5 s and 23 that wait
behind it, and 23 callbacks for a task that is stopped for as long."""

import json

import pytest

import truth_module
from kernel_list import WANTED
from tracer import check_run

N, MOST = 23, 10
MIN_NS = 200_000_000
KINDS = {"workqueue": "wq_hold", "kthread": "kw_hold", "task_work": "tw_remote"}


@pytest.fixture(params=KINDS)
def mechanism(request, run, kernel):
    if run.no_module:
        pytest.skip(run.no_module)
    if kernel == "5.10" and request.param == "kthread":
        pytest.skip("this kernel has no sched_kthread_work_* tracepoints: nothing shows a start")
    return request.param


@pytest.fixture
def items(run, mechanism):
    """What the module saw of each, in the order of their queueing; the blocker, if any, last."""
    done = run.commands[f"pending_{mechanism}.{KINDS[mechanism]}"]
    assert done.status == 0, done.err
    return truth_module.items(done.out)


@pytest.fixture
def lines(run, mechanism):
    done = run.commands[f"pending_{mechanism}"]
    assert done.status == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def listings(lines):
    """(end of the interval, the oldest items) of each interval that has some."""
    return [(line["mono_ns"], line["oldest"]) for line in lines
            if line["type"] == "interval" and "oldest" in line]


def assert_wait(now, oldest, items, **words):
    for waiting, item in zip(oldest, items, strict=False):
        assert {name: waiting.get(name) for name in words} == words
        assert "thread" not in waiting
        assert item.before_ns <= now - waiting["age_ns"] <= item.after_ns


@pytest.mark.parametrize("kernel", WANTED)
def test_those_that_wait_have_their_stage_and_true_age(run, mechanism, lines, items):
    waiting = [item for item in items if item.index >= 0]
    blocker = next((item for item in items if item.index < 0), None)
    words = {
        "workqueue": {"stage": "hold", "function": "truth_wq_hold_fn",
                      "workqueue": "asynclat_wq_hold"},
        "kthread": {"stage": "wait", "function": "truth_kw_hold_fn", "worker": "asynclat_kw"},
        "task_work": {"stage": "wait", "function": "truth_tw_remote_fn",
                      "tid": int(run.commands["pending_target"].out)},
    }[mechanism]
    assert len(waiting) == N
    # Twice a second for 2.5 s, from 200 ms on.
    assert len(listings(lines)) >= 3
    for now, oldest in listings(lines):
        assert all(item["mechanism"] == mechanism for item in oldest)
        assert len(oldest) == MOST
        for item in oldest[1:] if blocker else oldest:
            assert item["submitter"]["context"] == "task"
            assert item["submitter"]["comm"] == "sh"
        assert_wait(now, oldest[1:] if blocker else oldest, waiting, **words)


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("mechanism", ["workqueue", "kthread"], indirect=True)
def test_the_one_that_they_wait_for_runs(mechanism, lines, items):
    blocker = items[-1]
    assert blocker.index == -1
    queue, name, thread = {
        "workqueue": ("workqueue", "asynclat_wq_hold", "kworker/"),
        "kthread": ("worker", "asynclat_kw", "asynclat_kw"),
    }[mechanism]
    for now, (first, *_) in listings(lines):
        assert (first["stage"], first["function"]) == ("run", blocker.function)
        assert first[queue] == name
        assert first["thread"].startswith(thread)
        # The module stamps behind the start, the queueing before it.
        assert blocker.before_ns <= now - first["age_ns"] <= blocker.start_ns


@pytest.mark.parametrize("kernel", WANTED)
def test_none_is_listed_once_they_have_ended(lines):
    assert lines[-2]["type"] == "interval"
    assert "oldest" not in lines[-2]
    check_run(lines)


@pytest.mark.parametrize("kernel", WANTED)
def test_none_is_younger_than_asked_for(lines):
    assert all(item["age_ns"] >= MIN_NS for _, oldest in listings(lines) for item in oldest)
