"""workqueue and delayed_work against ground truth, in guests: a module queues 23 items of each kind
and writes down, item by item, when it was before and after the queueing call, at the start and at
the end of the function. What asynclat stamps lies between: nothing here has a tolerance but where
it says so."""

import pytest

from kernel_list import WANTED
from tracer import by_name, check_run, identities
from truth import Truth, assert_at_least, assert_at_most, for_each

N = 23
PLAIN_KINDS = ["wq_percpu", "wq_unbound", "wq_highpri", "wq_ordered", "wq_max1", "wq_sleep",
               "wq_burst", "wq_self", "wq_flush", "wq_hold", "wq_bh"]
DELAYED_KINDS = ["dw", "dw_deferrable", "dw_rearm"]
KINDS = [*PLAIN_KINDS, "wq_cancel", "wq_coalesce", *DELAYED_KINDS, "dw_cancel", "dw_flush",
         "dw_zero"]
LEAVING = ["wq_cancel", "wq_coalesce", "wq_self", "dw_rearm", "dw_cancel", "dw_flush"]
DELAY_NS = 20_000_000
TICK_NS = 4_000_000


@pytest.fixture
def truth(run):
    if run.no_module:
        pytest.skip(run.no_module)
    return Truth(run.commands, "truth_workqueue", "wq_.*|dw|dw_.*")


@pytest.fixture
def kind(request, truth):
    if request.param not in truth.kinds:
        pytest.skip(f"this kernel has no {request.param}")
    return request.param


@pytest.mark.parametrize("kernel", WANTED)
@for_each(KINDS)
def test_count(truth, kind):
    own = [item for item in truth.started(kind) if item.index >= 0]
    assert truth.of_function(kind) == len(own)
    assert len(own) == (0 if kind.endswith("_cancel") else 1 if kind == "wq_coalesce" else N)


@pytest.mark.parametrize("kernel", WANTED)
@for_each(PLAIN_KINDS)
def test_wait_and_run_lie_within_the_truth(truth, kind):
    started = truth.started(kind)
    wait, run = truth.stage(kind, "wait"), truth.stage(kind, "run")
    assert_at_most(wait, [item.start_ns - item.before_ns for item in started])
    assert_at_least(run, [item.end_ns - item.start_ns for item in started])
    # And not far off: half the items are stamped within a millisecond of the truth, emulated.
    median = sorted(item.start_ns - item.after_ns for item in started)[len(started) // 2]
    assert wait["p50_ns"] >= median - 1_000_000


@pytest.mark.parametrize("kernel", WANTED)
@for_each(PLAIN_KINDS)
def test_the_stages_sum_to_the_wait(truth, kind):
    parts = [truth.stage(kind, name) for name in ("hold", "kick", "wakeup", "behind")]
    unsplit = truth.mechanism(kind)["books"]["unsplit"]
    assert unsplit == 0
    assert sum(part["sum_ns"] for part in parts if part["count"]) == \
        truth.stage(kind, "wait")["sum_ns"]


@pytest.mark.parametrize("kernel", WANTED)
def test_hold_is_what_max_active_held(truth):
    """Item by item: one that was queued while the one before ran was held until that ended."""
    items = truth.started("wq_max1")
    held = [before.end_ns - item.after_ns for before, item in zip(items, items[1:])
            if item.after_ns < before.end_ns]
    hold = truth.stage("wq_max1", "hold")
    assert len(held) <= hold["count"] <= N - 1
    assert hold["sum_ns"] >= sum(held) > 0
    # Nor does the hold end sooner: what is left of the wait began when the one before had ended.
    left = sum(item.start_ns - (before.end_ns if item.after_ns < before.end_ns else item.before_ns)
               for before, item in zip(items, items[1:]))
    left += items[0].start_ns - items[0].before_ns
    assert truth.stage("wq_max1", "wait")["sum_ns"] - hold["sum_ns"] <= left


@pytest.mark.parametrize("kernel", WANTED)
def test_behind_is_other_items_of_the_worker(truth):
    """Of a burst that one worker runs, all but the first wait for the function of those before."""
    items = sorted(truth.started("wq_burst"), key=lambda item: item.start_ns)
    ran_before = sum(item.end_ns - item.start_ns for k, item in enumerate(items)
                     for _ in items[k + 1:])
    assert truth.stage("wq_burst", "behind")["sum_ns"] >= ran_before
    assert truth.stage("wq_burst", "hold")["count"] == 0


@pytest.mark.parametrize("kernel", WANTED)
def test_bh_items_wait_behind_and_nowhere_else(truth):
    if "wq_bh" not in truth.kinds:
        pytest.skip("this kernel has no BH workqueues")
    assert truth.stage("wq_bh", "behind")["count"] == N
    for name in ("hold", "kick", "wakeup"):
        assert truth.stage("wq_bh", name)["count"] == 0


@pytest.mark.parametrize("kernel", WANTED)
@for_each(DELAYED_KINDS)
def test_late_lies_within_the_truth(truth, kind):
    item_class = "deferrable" if kind == "dw_deferrable" else None
    late = truth.stage(kind, "late", "delayed_work", item_class)
    negative = truth.mechanism(kind, "delayed_work")["books"]["negative"]
    assert late["count"] + negative == N
    # A delay counts jiffies, so under a late tick an item may come early: no `late` then. And a
    # jiffy may begin between the kernel's reading of the clock and ours.
    if not negative:
        assert_at_most(late, [item.start_ns - item.before_ns - DELAY_NS + TICK_NS
                              for item in truth.started(kind)])
    assert truth.of_function(kind) == N
    parts = [truth.stage(kind, name, "delayed_work", item_class)
             for name in ("slack", "timer", "wait")]
    assert sum(part["sum_ns"] for part in parts) == late["sum_ns"]


@pytest.mark.parametrize("kernel", WANTED)
def test_how_delayed_work_left(truth):
    def books(kind):
        return truth.mechanism(kind, "delayed_work")["books"]

    assert books("dw_rearm")["queued"] == 3 * N
    assert books("dw_rearm")["rearmed"] == truth.count("rearmed") == 2 * N
    assert books("dw_flush")["queued"] == books("dw_flush")["flushed_early"] == N
    assert books("dw_zero")["queued"] == 0
    assert books("dw_cancel")["queued"] == N
    for kind in ("dw", "dw_deferrable"):
        assert books(kind)["queued"] == books(kind)["matched"] == N


@pytest.mark.parametrize("kernel", WANTED)
def test_cancelled_items_leave_the_books(truth):
    assert truth.count("cancelled") == 2 * N
    for mechanism in ("workqueue", "delayed_work"):
        books = truth.total[mechanism]["books"]
        assert books["cancelled"] + books["aged_out"] + books["superseded"] == N
        assert books["pending"] == 0


def own_books(truth, kind):
    return truth.mechanism(kind, "delayed_work" if kind.startswith("dw") else "workqueue")["books"]


@pytest.mark.parametrize("kernel", WANTED)
@for_each(KINDS)
def test_every_item_is_in_the_books_of_its_own_interval(truth, kind):
    """Pending is exact at any time: a cancel is not left for the sweep to find."""
    books = own_books(truth, kind)
    assert books["pending"] == 0
    assert books["cancelled"] == (N if kind.endswith("_cancel") else 0)
    assert books["superseded"] == books["aged_out"] == 0
    if kind == "dw_cancel":
        assert truth.mechanism(kind)["books"]["cancelled"] == 0


@pytest.mark.parametrize("kernel", WANTED)
@for_each(KINDS)
def test_coalesced_attempts(truth, kind):
    coalesced = sum("coalesced" in item.result for item in truth.items[kind])
    assert coalesced == (N - 1 if kind == "wq_coalesce" else 0)
    assert truth.mechanism(kind)["books"]["coalesced"] == coalesced
    assert truth.mechanism(kind, "delayed_work")["books"]["coalesced"] == 0


@pytest.mark.parametrize("kernel", WANTED)
def test_an_item_that_queues_itself_is_matched_each_time(truth):
    books = own_books(truth, "wq_self")
    assert books["queued"] == books["matched"] == N
    # Somebody else's flush_work() brings a barrier, which finishes, too.
    assert books["finished"] == N + books["barriers"]
    assert books["unmatched_start"] == 0


@pytest.mark.parametrize("means", ["by_tracepoints", "by_returns"])
@pytest.mark.parametrize("kernel", WANTED)
def test_other_hooks_count_the_same(run, truth, means):
    others = Truth(run.commands, means, "|".join(LEAVING))
    assert others.kinds == [kind for kind in truth.kinds if kind in LEAVING]
    returns = means == "by_returns"
    for kind in others.kinds:
        books, same = own_books(others, kind), own_books(truth, kind)
        # Not what started: somebody else's flush makes barriers, too.
        for book in ("queued", "matched", "rearmed", "flushed_early"):
            assert books.get(book) == same.get(book), (kind, book)
        if returns:
            for book in ("cancelled", "coalesced", "pending"):
                assert books[book] == same[book], (kind, book)
        else:
            assert "coalesced" not in books
    for mechanism in others.total.values():
        # Before 6.7 a kernel does not tell what a kprobe missed: so nothing was.
        assert all(left == right for books, left, right in identities(mechanism)
                   if not books.get("missed"))
        books = mechanism["books"]
        assert books["cancelled"] + books["aged_out"] + books["superseded"] == N
        assert books["pending"] == 0
    hooks = {row["name"]: row["hooks"] for row in others.lines[0]["mechanisms"]}
    expected = "kretprobe:try_to_grab_pending" if returns else None
    for name in ("workqueue", "delayed_work"):
        assert hooks[name].get("cancelled") == expected


@pytest.mark.parametrize("kernel", WANTED)
def test_delayed_work_is_seen_by_its_calls_where_addresses_are_hidden(run, truth):
    calls = Truth(run.commands, "by_calls", "dw|dw_.*")
    hooks = by_name(calls.lines[0]["mechanisms"])["delayed_work"]["hooks"]
    assert [hooks[point] for point in ("armed", "expired", "stopped")] == [
        "fentry:__queue_delayed_work", "fentry:delayed_work_timer_fn", "fexit:try_to_grab_pending"]
    late = calls.stage("dw", "late", "delayed_work")
    assert late["count"] + calls.mechanism("dw", "delayed_work")["books"]["negative"] == N
    if late["count"] == N:
        assert_at_most(late, [item.start_ns - item.before_ns - DELAY_NS + TICK_NS
                              for item in calls.started("dw")])
    for kind, book, count in (("dw_rearm", "rearmed", 2 * N), ("dw_cancel", "cancelled", N),
                              ("dw_flush", "flushed_early", N)):
        # The kernel's own works are in the books, too.
        assert own_books(calls, kind)[book] >= count
    check_run(calls.lines)


@pytest.mark.parametrize("kernel", WANTED)
def test_every_flush_that_waited_is_a_barrier(truth):
    for kind in ("wq_flush", "dw_flush"):
        waited = sum("waited=1" in item.result for item in truth.items[kind])
        assert truth.mechanism(kind)["books"]["barriers"] >= waited > 0


@pytest.mark.parametrize("kernel", WANTED)
def test_the_books_balance(truth, commands):
    check_run(truth.lines)
    for mechanism in truth.total.values():
        assert mechanism["books"]["dropped_full"] == mechanism["books"]["dropped_busy"] == 0
    assert commands["rmmod"].status == 0, commands["rmmod"].err
