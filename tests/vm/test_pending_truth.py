"""The oldest items against ground truth, in guests: a work that sleeps for 2.5 s on a workqueue with
max_active 1, and 23 that it holds back."""

import json

import pytest

import truth_module
from kernel_list import WANTED
from tracer import check_run

MIN_NS = 200_000_000
MOST = 10


@pytest.fixture
def lines(run):
    if run.no_module:
        pytest.skip(run.no_module)
    for name in ("pending", "pending.wq_hold"):
        assert run.commands[name].status == 0, run.commands[name].err
    return [json.loads(line) for line in run.commands["pending"].out.splitlines()]


def listings(lines):
    """(end of the interval, the oldest items) of each interval that has some."""
    return [(line["mono_ns"], line["oldest"]) for line in lines
            if line["type"] == "interval" and "oldest" in line]


@pytest.mark.parametrize("kernel", WANTED)
def test_stuck_items_have_their_stage_and_true_age(run, lines):
    items = truth_module.items(run.commands["pending.wq_hold"].out)
    blocker, held = items[-1], items[:-1]
    assert (blocker.index, len(held)) == (-1, 23)
    # It runs for 2.5 s and is looked at twice a second, from 200 ms on.
    assert len(listings(lines)) >= 4
    for now, oldest in listings(lines):
        first, *others = oldest
        assert (first["stage"], first["function"]) == ("run", "truth_wq_blocker_fn")
        assert first["workqueue"] == "asynclat_wq_hold"
        assert first["thread"].startswith("kworker/")
        assert blocker.after_ns - 1_000_000_000 < now - first["age_ns"] <= blocker.start_ns
        assert len(others) == MOST - 1
        for waiting, item in zip(others, held):
            assert (waiting["stage"], waiting["function"]) == ("hold", "truth_wq_hold_fn")
            assert waiting["workqueue"] == "asynclat_wq_hold"
            assert "thread" not in waiting
            assert item.before_ns <= now - waiting["age_ns"] <= item.after_ns


@pytest.mark.parametrize("kernel", WANTED)
def test_none_is_listed_once_they_have_ended(lines):
    assert "oldest" not in lines[-2]
    assert lines[-2]["type"] == "interval"
    check_run(lines)


@pytest.mark.parametrize("kernel", WANTED)
def test_none_is_younger_than_asked_for(lines):
    assert all(item["age_ns"] >= MIN_NS for _, oldest in listings(lines) for item in oldest)
