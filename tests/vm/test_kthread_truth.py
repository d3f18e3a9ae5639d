"""kthread against ground truth, in guests: 23 items for a kthread_worker, 23 new threads, a thread
woken 23 times, each with its times written down. What asynclat stamps lies between."""

import json
import re

import pytest

from kernel_list import WANTED
from tracer import by_name, check_run
from truth import Truth, assert_at_least, assert_at_most, for_each

N = 23
WORK_KINDS = ["kw", "kw_flush", "kw_delayed", "kw_self"]
BEHIND_A_BLOCKER = ["kw_cancel", "kw_hold"]
KINDS = [*WORK_KINDS, *BEHIND_A_BLOCKER, "kt_spawn", "kt_wake"]
HOOKS = {"kthread_probes": "kprobe", "kthread_entries": "fentry", "kthread_tracepoints": None}
THREAD = re.compile(r"asynclat_kt/(\d+)")


@pytest.fixture
def truth(run):
    if run.no_module:
        pytest.skip(run.no_module)
    return Truth(run.commands, "truth_kthread", "kw|kw_.*|kt_.*")


@pytest.fixture
def kind(request, truth):
    return request.param


@pytest.fixture
def items_seen(kernel):
    if kernel == "5.10":
        pytest.skip("this kernel has no sched_kthread_work_* tracepoints: nothing shows a start")


def kthread(truth, kind):
    return truth.mechanism(kind, "kthread")


def spawned(mechanism):
    """{index of the thread: its row}"""
    rows = ((THREAD.fullmatch(row["name"]), row) for row in mechanism["spawned"])
    return {int(match[1]): row for match, row in rows if match}


def stage_books(mechanism, name):
    return by_name(mechanism["stages"])[name]["books"]


@pytest.mark.parametrize("kernel", WANTED)
def test_every_kind_ran(truth):
    assert sorted(truth.kinds) == sorted(KINDS)


@pytest.mark.parametrize("kernel", WANTED)
@for_each([*WORK_KINDS, *BEHIND_A_BLOCKER])
def test_count(truth, kind, items_seen):
    own = [item for item in truth.started(kind) if item.index >= 0]
    assert truth.of_function(kind, "kthread") == len(own) == (0 if kind == "kw_cancel" else N)
    books = kthread(truth, kind)["books"]
    assert books["queued"] == N + (kind in BEHIND_A_BLOCKER)
    assert books["unmatched_start"] == books["pending"] == books["lost_finish"] == 0


@pytest.mark.parametrize("kernel", WANTED)
@for_each([*WORK_KINDS, *BEHIND_A_BLOCKER])
def test_wait_and_run_lie_within_the_truth(truth, kind, items_seen):
    started = truth.started(kind)
    wait, run = truth.stage(kind, "wait", "kthread"), truth.stage(kind, "run", "kthread")
    assert_at_most(wait, [item.start_ns - item.before_ns for item in started])
    if kind == "kw_delayed":  # the 20 ms until its timer queues it are no wait
        assert wait["p50_ns"] < 10_000_000
    assert_at_least(run, [item.end_ns - item.start_ns for item in started])


@pytest.mark.parametrize("kernel", WANTED)
def test_cancelled_items_are_counted_when_it_happens(truth, items_seen):
    """By the return of the cancelling call, not by a look at what is left."""
    books = kthread(truth, "kw_cancel")["books"]
    assert truth.count("cancelled") == books["cancelled"] == N
    assert books["superseded"] == books["aged_out"] == 0
    hooks = truth.lines[0]["mechanisms"][0]["hooks"]
    assert hooks["cancelled"] == "fexit:kthread_cancel_work_sync"


@pytest.mark.parametrize("kernel", WANTED)
def test_items_have_their_workers_name(truth, items_seen):
    for kind in WORK_KINDS:
        rows = by_name(kthread(truth, kind)["workers"])
        assert {name: row["count"] for name, row in rows.items()} == {"asynclat_kw": N}


@pytest.mark.parametrize("kernel", WANTED)
def test_spawn_lies_within_the_truth_thread_by_thread(truth):
    """A row a thread, so what is held against the truth is each one's exact time: it begins at the
    request, and has ended before the wake-up that lets it into its function."""
    assert truth.lines[0]["mechanisms"][0]["hooks"]["requested"] == \
        "fentry:__kthread_create_on_node"
    rows = spawned(kthread(truth, "kt_spawn"))
    assert sorted(rows) == list(range(N))
    for item in truth.items["kt_spawn"]:
        op0 = next(int(word[4:]) for word in item.result if word.startswith("op0="))
        assert rows[item.index]["count"] == 1
        assert 0 < rows[item.index]["max_ns"] <= op0 - item.before_ns


@pytest.mark.parametrize("kernel", WANTED)
def test_spawn_has_books_of_its_own(truth):
    books = stage_books(kthread(truth, "kt_spawn"), "spawn")
    assert books["queued"] >= N
    assert books["matched"] == books["queued"]
    assert books["refused"] == books["superseded"] == books["dropped_full"] == 0
    assert books["unmatched_start"] == 0


def assert_woken(mechanism, bounds):
    """The thread asynclat_wake is also woken into its function, and when it is to stop, if it has
    gone to sleep again by then."""
    row = by_name(mechanism["woken"])["asynclat_wake"]
    assert N + 1 <= row["count"] <= N + 2
    # Of more items the k-th smallest is no larger; a quantile is its bucket's upper edge.
    middle = -(-row["count"] // 2)
    assert row["p50_ns"] * 8 // 9 <= sorted(bounds)[middle - 1]


@pytest.mark.parametrize("kernel", WANTED)
def test_wakeup_lies_within_the_truth(truth):
    bounds = [item.start_ns - item.before_ns for item in truth.items["kt_wake"]]
    assert len(bounds) == N
    assert_woken(kthread(truth, "kt_wake"), bounds)
    books = stage_books(kthread(truth, "kt_wake"), "wakeup")
    assert books["unmatched_start"] == books["superseded"] == books["dropped_full"] == 0


@pytest.mark.parametrize("kernel", WANTED)
def test_every_thread_is_woken_into_its_function(truth):
    """All but those that had not gone to sleep yet: that woke nobody."""
    mechanism = kthread(truth, "kt_spawn")
    rows = by_name(mechanism["woken"])
    awake = [index for index in range(N) if f"asynclat_kt/{index}" not in rows]
    assert len(awake) <= stage_books(mechanism, "wakeup")["coalesced"] < N


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("name", HOOKS)
def test_other_hooks_agree(run, kernel, commands, name):
    if run.no_module:
        pytest.skip(run.no_module)
    assert commands[name].status == 0, commands[name].err
    lines = [json.loads(line) for line in commands[name].out.splitlines()]
    check_run(lines)
    hooks = lines[0]["mechanisms"][0]["hooks"]
    kind = HOOKS[name]
    assert hooks.get("requested") == (kind and f"{kind}:__kthread_create_on_node")
    assert ("spawn begins at the fork" in commands[name].err) == (kind is None)
    total = lines[-1]["total"]["mechanisms"][0]
    rows = spawned(total)
    assert sorted(rows) == list(range(N))
    assert all(row["count"] == 1 for row in rows.values())
    assert N + 1 <= by_name(total["woken"])["asynclat_wake"]["count"] <= N + 2
    assert stage_books(total, "spawn").get("unmatched_start", 0) == 0
    # A waking that meets a thread on its very way off the CPU looks like one of a thread that runs.
    wakeup = stage_books(total, "wakeup")
    assert wakeup["unmatched_start"] <= wakeup["coalesced"]
    if kernel != "5.10":
        assert by_name(total["functions"])["truth_kw_fn"]["count"] == N
        assert total["books"]["cancelled"] + total["books"]["aged_out"] == N


@pytest.mark.parametrize("kernel", WANTED)
def test_the_books_balance(truth):
    check_run(truth.lines)


@pytest.mark.parametrize("kernel", WANTED)
def test_what_cannot_be_seen_says_why(truth, kernel):
    unavailable = truth.lines[0]["mechanisms"][0]["unavailable"]
    assert set(unavailable) == ({"wait", "run"} if kernel == "5.10" else set())
    assert all("tracepoint" in why for why in unavailable.values())
