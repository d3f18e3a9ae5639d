"""task_work against ground truth, in guests: a module queues 23 items of each kind and writes down,
item by item, when it was before and after the call, at the start and at the end of the function.
An item's wait ends when its task begins to run its list. Also a load that needs no module."""

import json

import pytest

from kernel_list import WANTED
from tracer import by_name, check_run
from truth import Truth, assert_at_least, assert_at_most, for_each

N = 23
FIRST_PASS = (N + 1) // 2
CLASSES = {"tw_none": "none", "tw_resume": "resume", "tw_signal": "signal",
           "tw_remote": "signal", "tw_remote_resume": "resume", "tw_second_pass": "resume"}
REMOTE = ["tw_remote", "tw_remote_resume"]
ON_THE_WRITER = ["tw_none", "tw_resume", "tw_signal", "tw_second_pass"]
KINDS = [*CLASSES, "tw_cancel", "tw_refused"]
WAYS = {"fentry": "fexit", "kprobe": "kretprobe"}
ONE_BY_ONE, BATCH, LONG, WALK = 1_009, 503, 2_003, 512


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


def truth_of(run, way):
    if run.no_module:
        pytest.skip(run.no_module)
    return Truth(run.commands, f"truth_task_work_{way}", "tw_.*")


@pytest.fixture
def truth(run, way):
    return truth_of(run, way)


@pytest.fixture
def kind(request, truth):
    assert request.param in truth.kinds
    return request.param


def books(truth, kind):
    return truth.mechanism(kind, "task_work")["books"]


def own(truth, kind):
    return [item for item in truth.items[kind] if item.index >= 0]


@pytest.mark.parametrize("kernel", WANTED)
def test_each_way_uses_its_hooks(truth, way):
    [started] = truth.lines[0]["mechanisms"]
    assert started["hooks"] == {
        "queued": f"{way}:task_work_add", "added": f"{WAYS[way]}:task_work_add",
        "cancelled": f"{WAYS[way]}:task_work_cancel_match",
        "started": f"{way}:task_work_run", "finished": f"{WAYS[way]}:task_work_run"}


@pytest.mark.parametrize("kernel", WANTED)
@for_each(KINDS)
def test_count(truth, kind):
    """Where each of the items went, and nowhere else."""
    ran = 0 if kind in ("tw_cancel", "tw_refused") else N
    companions = kind == "tw_none"
    assert len([item for item in own(truth, kind) if item.start_ns]) == ran
    counted = books(truth, kind)
    measured = truth.of_function(kind, "task_work")
    assert counted["queued"] == N + companions
    assert counted["matched"] == measured + counted["second_pass"] + companions
    # The emulator may stop a CPU that is just adding an item, for longer than its start waits: that
    # start is told as unmatched, and the item is found gone.
    assert counted["unmatched_start"] == counted["busy_start"] <= (kind in REMOTE)
    assert counted["started"] == counted["finished"] == counted["matched"] + counted["busy_start"]
    if kind in REMOTE:
        # Another task may add some just when the target takes its list: found by the end at last.
        assert counted["matched"] <= N
    else:
        later = N - FIRST_PASS if kind == "tw_second_pass" else 0
        # Such an item may be found beside a later kind.
        found = sum(N - books(truth, remote)["matched"] for remote in REMOTE)
        assert measured == ran - later
        assert later <= counted["second_pass"] <= later + found
    assert counted["cancelled"] == (N if kind == "tw_cancel" else 0)
    assert counted["refused"] == (N if kind == "tw_refused" else 0)


@pytest.mark.parametrize("kernel", WANTED)
def test_nothing_is_left(truth):
    counted = truth.total["task_work"]["books"]
    assert counted["matched"] == len(CLASSES) * N + 1
    assert counted["second_pass"] >= N - FIRST_PASS
    assert counted["unmatched_start"] == counted["busy_start"] <= len(REMOTE)
    for book in ("pending", "running", "superseded", "lost_finish", "negative", "filtered",
                 "walks_cut"):
        assert counted[book] == 0, book


@pytest.mark.parametrize("kernel", WANTED)
@for_each(CLASSES)
def test_wait_lies_within_the_truth(truth, kind):
    """By notify mode. The task begins to run its list before the first function, and not before
    the last call on it was over where all calls come from the task itself."""
    wait = truth.stage(kind, "wait", "task_work", CLASSES[kind])
    items = own(truth, kind)[:FIRST_PASS if kind == "tw_second_pass" else N]
    bounds = sorted(item.start_ns - item.before_ns for item in items)
    assert_at_most(wait, bounds[len(bounds) - wait["count"]:])
    if kind in ON_THE_WRITER:
        begin = min(item.start_ns for item in items)
        assert_at_most(wait, [begin - item.before_ns for item in items])
        queued = max(item.after_ns for item in items)
        assert_at_least(wait, [queued - item.after_ns for item in items])


@pytest.mark.parametrize("kernel", WANTED)
@for_each(ON_THE_WRITER)
def test_run_is_that_of_the_batch(truth, kind):
    run = truth.stage(kind, "run", "task_work")
    items = truth.started(kind)
    assert run["count"] == 1
    assert run["sum_ns"] >= max(i.end_ns for i in items) - min(i.start_ns for i in items)


@pytest.mark.parametrize("kernel", WANTED)
def test_both_ways_agree(run):
    by_way = [truth_of(run, way) for way in WAYS]
    for kind in KINDS:
        counts = [(*(books(truth, kind)[book] for book in ("queued", "cancelled", "refused")),
                   None if kind in REMOTE else truth.of_function(kind, "task_work"))
                  for truth in by_way]
        assert counts[0] == counts[1], kind
    assert by_way[0].total["task_work"]["books"]["matched"] == \
        by_way[1].total["task_work"]["books"]["matched"]


@pytest.mark.parametrize("kernel", WANTED)
def test_the_books_balance(truth):
    check_run(truth.lines)
    books = truth.total["task_work"]["books"]
    assert books["dropped_full"] == books["dropped_busy"] == 0


@pytest.fixture
def fput(commands):
    """The lines of a run beside the loads, and its total."""
    done = commands["task_work"]
    assert done.status == 0, done.err
    for load in ("fput", "fput_batch", "fput_long"):
        assert commands[load].status == 0, commands[load].err
    lines = [json.loads(line) for line in done.out.splitlines()]
    return lines, by_name(lines[-1]["total"]["mechanisms"])["task_work"]


def on_cpu(mechanism, name, cpu, item_class=None):
    [stage] = [stage for stage in mechanism["stages"]
               if stage["name"] == name and stage.get("class") == item_class]
    return sum(row["count"] for row in stage["cpus"] if row["cpu"] == cpu)


@pytest.mark.parametrize("kernel", WANTED)
def test_prime_in_prime_out(fput):
    """Nothing but the loads lets go of files on CPU 1. Of a list longer than what is looked at, the
    rest has no wait."""
    _, counted = fput
    lacking = ONE_BY_ONE + BATCH + WALK - on_cpu(counted, "wait", 1, "resume")
    assert 0 <= lacking <= counted["books"]["missed"]
    lacking = ONE_BY_ONE + 1 + 1 - on_cpu(counted, "run", 1)
    assert 0 <= lacking <= counted["books"]["missed"]
    assert counted["books"]["walks_cut"] == 1
    assert abs(counted["books"]["second_pass"] - (LONG - WALK)) <= counted["books"]["missed"]


@pytest.mark.parametrize("kernel", WANTED)
def test_books_balance(fput):
    lines, counted = fput
    check_run(lines)
    assert counted["books"]["dropped_full"] == counted["books"]["dropped_busy"] == 0


@pytest.mark.parametrize("kernel", ["5.10", "6.1"])
def test_it_leaves_itself_out(fput):
    """There a close() of its own is task_work, too."""
    assert fput[1]["books"]["self"] > 0
