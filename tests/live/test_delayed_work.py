"""delayed_work on this kernel: what was asked for, what the timer wheel rounds, what came late; and
re-armed, flushed and cancelled told apart."""

import time

from load import run_load
from test_workqueue import assert_same_distribution
from tracer import Tracer
from window import window

DAD, REAPER = "addrconf_dad_work", "fsnotify_mark_destroy_workfn"
BOTH = "--mech=workqueue,delayed_work"


def delayed_window(function, options, load, settle_s=0.1):
    """(tracer, replay.Delayed of the function)"""
    tracer, result = window(function, options, load, timers=True, settle_s=settle_s)
    return tracer, result.delayed[function]


def plain(tracer, stage):
    """The stage of ordinary timers, or None where it has no event."""
    for row in tracer.mechanism("delayed_work")["stages"]:
        if row["name"] == stage and "class" not in row:
            return row if row["count"] else None


def deferrable(tracer, stage):
    for row in tracer.mechanism("delayed_work")["stages"]:
        if row["name"] == stage and row.get("class") == "deferrable":
            return row if row["count"] else None


def test_prime_in_prime_out_and_the_stages_sum():
    tracer, truth = delayed_window(DAD, ["--mech=delayed_work", "--stage=all"],
                                   ["delayed", 211, "--delay-ms", 20])
    books = tracer.books("delayed_work")
    assert books["queued"] == truth.armed == 211
    assert books["matched"] == truth.expired == 211
    assert books["pending"] == 0
    late = plain(tracer, "late")
    assert late["count"] == 211
    parts = [plain(tracer, stage) for stage in ("slack", "timer", "wait")]
    assert [part["count"] for part in parts] == [211] * 3
    assert sum(part["sum_ns"] for part in parts) == late["sum_ns"]
    # The wheel rounds a delay of 20 ms up by one to two ticks of 4 ms, whatever else happens.
    assert parts[0]["max_ns"] <= 8_000_000
    assert_same_distribution(late, truth.late_ns, slack=8)


def test_the_requested_delay_is_shown_and_never_latency():
    with Tracer("--mech=delayed_work", f"-f{DAD}") as tracer:
        run_load("delayed", 101, "--delay-ms", 500)
    assert plain(tracer, "delay")["min_ns"] >= 480_000_000
    assert plain(tracer, "late")["p50_ns"] < 100_000_000


def test_its_work_is_in_both_books():
    tracer, _ = delayed_window(DAD, [BOTH], ["delayed", 101])
    assert tracer.books("delayed_work")["matched"] == 101
    # The work queues itself twice more, without a timer.
    assert tracer.books("workqueue")["matched"] == 303


def test_cancelled():
    with Tracer(BOTH, f"-f{DAD}") as tracer:
        run_load("delayed-cancel", 1_009)
    books = tracer.books("delayed_work")
    assert books["queued"] == 1_009
    assert books["pending"] == 0
    assert books["rearmed"] == books["flushed_early"] == 0
    assert books["cancelled"] + books["aged_out"] + books["superseded"] == 1_009
    # The rest had its memory freed and used anew before it was looked at.
    assert books["cancelled"] > 1_009 // 2


def test_rearmed():
    tracer, truth = delayed_window(DAD, ["--mech=delayed_work"], ["delayed-rearm", 503])
    books = tracer.books("delayed_work")
    assert books["queued"] == truth.armed == 3 * 503
    assert books["rearmed"] == truth.rearmed == 2 * 503
    assert books["pending"] == 0
    assert books["cancelled"] + books["aged_out"] + books["superseded"] == 503


def test_flushed_early_has_no_late():
    tracer, truth = delayed_window(REAPER, [BOTH], ["flush-early", 53])
    books = tracer.books("delayed_work")
    assert books["flushed_early"] == truth.flushed > 40
    assert books["matched"] == truth.expired
    assert tracer.books("workqueue")["matched"] == truth.flushed + truth.expired


def test_armed_again_before_its_start_is_seen():
    """PENDING is clear before the start is traced, and this load arms again at once: the arming
    overtakes the start of the one before, which must keep its own times."""
    tracer, truth = delayed_window(REAPER, ["--mech=delayed_work"], ["inotify", 200_003],
                                   settle_s=0.3)
    books = tracer.books("delayed_work")
    assert books["queued"] == truth.armed > 30
    assert books["matched"] == truth.expired
    assert books["flushed_early"] == truth.flushed
    assert books["superseded"] == 0
    assert_same_distribution(plain(tracer, "late"), truth.late_ns, slack=8)


def test_an_idle_host_does_not_look_late():
    """Deferrable timers and the wheel's rounding are by design: both are shown apart."""
    with Tracer("--mech=delayed_work", "--stage=all") as tracer:
        time.sleep(4)
    apart = deferrable(tracer, "late")
    assert apart and apart["count"] > 0
    books = tracer.books("delayed_work")
    assert books["matched"] == books["negative"] + \
        apart["count"] + (plain(tracer, "late") or {"count": 0})["count"]
    for pick in (plain, deferrable):
        late = pick(tracer, "late")
        if late:
            assert late["sum_ns"] == sum(
                pick(tracer, stage)["sum_ns"] for stage in ("slack", "timer", "wait"))


def test_raw_tracepoints_tell_the_same():
    tracer, _ = delayed_window(DAD, ["--mech=delayed_work", "--hook=raw_tp"], ["delayed", 101])
    assert tracer.books("delayed_work")["matched"] == 101
