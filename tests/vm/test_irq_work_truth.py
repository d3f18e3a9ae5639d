"""irq_work against ground truth, in guests: a module queues 23 items of each kind and writes down,
item by item, when it was before and after the queueing call and at the start and end of the
function. All of it by the hooks that see every item, which are breakpoints there."""

import json

import pytest

from kernel_list import WANTED
from tracer import by_name, check_books, check_run
from truth import Truth, assert_at_least, assert_at_most, for_each

N = 23
APART_NS = 10_000_000
# Those of one item that is queued once at a time, and how each is called.
CLASSES = {"irq_local": "raised", "irq_lazy": "lazy", "irq_remote": "remote", "irq_burst": "raised",
           "irq_requeue": "raised"}
KINDS = [*CLASSES, "irq_coalesce"]


@pytest.fixture
def truth(run):
    if run.no_module:
        pytest.skip(run.no_module)
    return Truth(run.commands, "truth_irq_work", "irq_.*")


@pytest.fixture
def kind(request, truth):
    assert request.param in truth.kinds
    return request.param


def classes(truth, kind, stage):
    return {row["class"]: row["count"] for row in truth.mechanism(kind, "irq_work")["stages"]
            if row["name"] == stage and row["count"]}


@pytest.fixture
def other(commands):
    """(start, total) of the tracer beside it: see checks/50_irq_work."""
    end = commands["irq_work"]
    assert end.status == 0, end.err
    lines = [json.loads(line) for line in end.out.splitlines()]
    return lines[0]["mechanisms"][0], lines[-1]["total"]["mechanisms"][0]


@pytest.mark.parametrize("kernel", WANTED)
def test_a_load_of_ring_buffer_wake_ups(commands, other):
    """The only one on 7, where there is no module: by breakpoints, and a walk of the list."""
    load = commands["irq_load"]
    assert load.status == 0, load.err
    start, total = other
    assert by_name(total["functions"])["bpf_ringbuf_notify"]["count"] == 1_009
    check_books(total)
    if start["hooks"]["queued"] == "hwbp:irq_work_queue":
        assert start["hooks"]["started"] == "hwbp:irq_work_run_list"
        assert total["books"]["queued"] == total["books"]["finished"] == 1_009


@pytest.mark.parametrize("kernel", WANTED)
def test_hooks_agree_on_what_raises(truth, other):
    """Those that see only the raise count what raised as the others do, and name what rode along."""
    start, total = other
    assert start["hooks"]["queued"] == "fentry:arch_irq_work_raise"
    assert "queued_on" not in start["hooks"]
    functions = {name: row["count"] for name, row in by_name(total["functions"]).items()}
    assert functions["truth_irq_local_fn"] == functions["truth_irq_requeue_fn"] == N
    assert functions["truth_irq_burst_fn"] == functions["truth_irq_coalesce_fn"] == 1
    # Lazy items ride along only where an interrupt comes before the tick does.
    books = total["books"]
    assert N - 1 <= books["riders"] <= 2 * N - 1
    assert books["riders"] <= books["unmatched_start"]
    assert "coalesced" not in books


@pytest.mark.parametrize("kernel", WANTED)
def test_every_item_is_seen(truth):
    hooks = truth.lines[0]["mechanisms"][0]["hooks"]
    assert hooks["queued"] == "hwbp:irq_work_queue"
    assert hooks["queued_on"] == "hwbp:irq_work_queue_on"
    assert hooks["called"] == "hwbp:irq_work_single"


@pytest.mark.parametrize("kernel", WANTED)
@for_each(CLASSES)
def test_prime_in_prime_out(truth, kind):
    books = truth.mechanism(kind, "irq_work")["books"]
    assert books["queued"] == books["matched"] == books["started"] == N
    assert books["coalesced"] == books["unmatched_start"] == books["superseded"] == 0
    assert truth.of_function(kind, "irq_work") == len(truth.started(kind)) == N
    assert classes(truth, kind, "wait") == {CLASSES[kind]: N}


@pytest.mark.parametrize("kernel", WANTED)
def test_one_item_queued_again_and_again_is_one_item(truth):
    books = truth.mechanism("irq_coalesce", "irq_work")["books"]
    assert (books["queued"], books["coalesced"], books["matched"]) == (1, N - 1, 1)
    assert truth.count("coalesced") == N - 1
    wait = truth.stage("irq_coalesce", "wait", "irq_work", "raised")
    first = truth.items["irq_coalesce"][0]
    # The first stamp stays: the second attempt came this much later.
    assert APART_NS <= wait["max_ns"] <= first.start_ns - first.before_ns


@pytest.mark.parametrize("kernel", WANTED)
@for_each(CLASSES)
def test_wait_and_run_lie_within_the_truth(truth, kind):
    started = truth.started(kind)
    wait = truth.stage(kind, "wait", "irq_work", CLASSES[kind])
    assert_at_most(wait, [item.start_ns - item.before_ns for item in started])
    # And not far off: half the items are stamped within a millisecond of the truth, emulated.
    median = sorted(item.start_ns - item.after_ns for item in started)[len(started) // 2]
    assert wait["p50_ns"] >= median - 1_000_000


@pytest.mark.parametrize("kernel", WANTED)
@for_each(["irq_local", "irq_burst", "irq_requeue"])
def test_run_is_the_function_and_ends_with_the_next_or_the_interrupt(truth, kind):
    """Item by item also in a burst: what starts next shows the end of the one before."""
    run = truth.stage(kind, "run", "irq_work", "raised")
    books = truth.mechanism(kind, "irq_work")["books"]
    assert books["finished"] + books["lost_finish"] == N
    assert run["count"] == books["finished"]
    if not books["lost_finish"]:
        assert_at_least(run, [item.end_ns - item.start_ns for item in truth.started(kind)])


@pytest.mark.parametrize("kernel", WANTED)
def test_the_end_of_remote_items_is_not_guessed(truth):
    books = truth.mechanism("irq_remote", "irq_work")["books"]
    assert (books["finished"], books["lost_finish"]) == (0, N)
    assert classes(truth, "irq_remote", "run") == {}


@pytest.mark.parametrize("kernel", WANTED)
def test_the_books_balance_exactly(truth):
    """No kernel counts the hits of a breakpoint that it did not hand over: `missed` is absent."""
    check_run(truth.lines)
    total = truth.total["irq_work"]
    assert "missed" not in total["books"]
    assert total["books"]["queued"] == len(CLASSES) * N + 1
    assert total["books"]["pending"] == total["books"]["running"] == 0
