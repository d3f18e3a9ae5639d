"""workqueue on this kernel: a known load, a prime number of items in, and exactly that out; and an
independent reader of the same window that agrees. Named tests are mistakes that others made."""

import os
import signal
import subprocess
import time

import pytest

from load import LOAD, run_load
from oracle import Oracle
from tracer import ASYNCLAT, Tracer, by_name
from window import window

AIO, PTY, BARRIER = "aio_fsync_work", "flush_to_ldisc", "wq_barrier_func"


@pytest.fixture(scope="module", autouse=True)
def two_cpus():
    if os.cpu_count() < 2:
        pytest.skip("needs two CPUs")


def buckets_of(stage):
    return {bucket["ge_ns"]: bucket["count"] for bucket in stage["buckets"]}


def bucket_edges(value):
    """Lower edge of the log-linear bucket of a value: eight an octave."""
    if value < 8:
        return value
    shift = value.bit_length() - 4
    return value >> shift << shift


def bucket_index(edge):
    if edge < 8:
        return edge
    shift = edge.bit_length() - 4
    return shift * 8 + (edge >> shift)


def assert_same_distribution(stage, values, slack=1, one_in=100):
    """Rank by rank, the two readings are at most `slack` buckets apart."""
    ours = [bucket_index(edge) for edge, count in sorted(buckets_of(stage).items())
            for _ in range(count)]
    theirs = sorted(bucket_index(bucket_edges(value)) for value in values)
    assert len(ours) == len(theirs)
    apart = [abs(a - b) for a, b in zip(ours, theirs)]
    # The two hooks of one tracepoint run one after the other, so a single one may be interrupted
    # between them; such items are as rare as interrupts, one in so many.
    assert sum(d > slack for d in apart) <= len(apart) // one_in, max(apart)


@pytest.mark.parametrize("hook", ["tp_btf", "raw_tp"])
@pytest.mark.parametrize("kind,count,function", [("aio", 10_007, AIO), ("pty", 5_003, PTY)])
def test_prime_in_prime_out(hook, kind, count, function):
    with Tracer("--mech=workqueue", f"--hook={hook}", f"-f{function},{BARRIER}") as tracer:
        run_load(kind, count)
    assert tracer.function(function)["count"] == count
    assert tracer.books()["unmatched_start"] == 0
    assert tracer.books()["dropped_full"] == tracer.books()["dropped_busy"] == 0
    assert tracer.start["mechanisms"][0]["hooks"]["started"] == f"{hook}:workqueue_execute_start"


def test_agrees_with_the_independent_reader():
    """Attached before and detached after the load: counts exactly, buckets within one."""
    with Oracle() as oracle:
        with Tracer("--mech=workqueue", "--stage=wait,hold,run", f"-f{AIO}") as tracer:
            run_load("aio", 20_011)
    truth = oracle.result().works[AIO]
    assert tracer.stage("wait")["count"] == len(truth.wait_ns) == 20_011
    assert tracer.stage("run")["count"] == truth.finished == 20_011
    assert_same_distribution(tracer.stage("wait"), truth.wait_ns)
    assert_same_distribution(tracer.stage("run"), truth.run_ns, slack=4)


def test_agrees_with_the_independent_reader_on_terminals():
    with Oracle() as oracle:
        with Tracer("--mech=workqueue", f"-f{PTY}") as tracer:
            run_load("pty", 5_003)
    truth = oracle.result().works[PTY]
    assert tracer.stage("wait")["count"] == len(truth.wait_ns) == 5_003
    assert tracer.books()["superseded"] == truth.superseded
    assert_same_distribution(tracer.stage("wait"), truth.wait_ns, slack=3)


def test_max_active_wait_is_seen():
    """perf kwork starts at activate, so the wait for max_active is invisible to it."""
    with Oracle() as oracle:
        with Tracer("--mech=workqueue", "--stage=wait,hold", f"-f{AIO}") as tracer:
            run_load("aio", 20_011, "--batch", 8_192)
    truth = oracle.result().works[AIO]
    assert len(truth.hold_ns) > 1_000
    assert tracer.stage("hold")["count"] == len(truth.hold_ns)
    assert_same_distribution(tracer.stage("hold"), truth.hold_ns)
    assert_same_distribution(tracer.stage("wait"), truth.wait_ns)


def test_stages_sum_to_the_wait():
    """hold + kick + wakeup + behind = wait, to the nanosecond, in totals and in every interval."""
    with Tracer("--mech=workqueue", "--stage=all", f"-f{AIO}", "0.1") as tracer:
        time.sleep(0.3)
        for batch in (1, 64, 4_096):
            run_load("aio", 5_003, "--batch", batch)
    books = tracer.books()
    assert books["unsplit"] == 0
    assert tracer.stage("wait")["count"] == 3 * 5_003
    for mechanisms in [tracer.end["total"]["mechanisms"],
                       *(interval["mechanisms"] for interval in tracer.intervals[-1:])]:
        stages = by_name(mechanisms[0]["stages"])
        parts = sum(stages[name]["sum_ns"] for name in ("hold", "kick", "wakeup", "behind")
                    if stages[name]["count"])
        assert parts == stages["wait"]["sum_ns"]
    stages = by_name(tracer.mechanism()["stages"])
    assert stages["behind"]["count"] == stages["wait"]["count"]
    # A stage that an item did not have is not recorded: with many items a waking, few have a kick.
    assert 0 < stages["kick"]["count"] < stages["wait"]["count"]
    assert stages["kick"]["min_ns"] > 0 and stages["wakeup"]["min_ns"] > 0


def test_sched_programs_only_when_asked_for():
    with Tracer("--mech=workqueue") as tracer:
        pass
    assert set(tracer.start["mechanisms"][0]["hooks"]) == {"queued", "started", "finished", "gone"}


def test_queued_on_one_cpu_and_run_on_another():
    """perf kwork and SysAK key by CPU and lose these."""
    with Oracle() as oracle:
        with Tracer("--mech=workqueue", f"-f{PTY}") as tracer:
            run_load("pty", 1_009, "--cpu", 0, "--work-cpu", 1)
    assert oracle.result().works[PTY].cross_cpu == 1_009
    assert tracer.stage("wait")["count"] == 1_009
    assert tracer.stage("wait")["cpus"] == [
        {**tracer.stage("wait")["cpus"][0], "cpu": 1, "count": 1_009}]


def test_work_that_queues_itself_while_it_runs():
    """A stamp consumed at the end loses the queueing that came meanwhile."""
    function = "addrconf_dad_work"
    tracer, result = window(function, ["--mech=workqueue"], ["delayed", 101])
    truth = result.works[function]
    assert truth.self_requeued >= 101
    assert tracer.stage("wait")["count"] == len(truth.wait_ns) == truth.queued
    assert tracer.books()["unmatched_start"] == 0


def test_queueing_that_overtakes_the_start():
    """PENDING is clear before the start is traced: the next queueing may come in between."""
    with Oracle() as oracle:
        with Tracer("--mech=workqueue", f"-f{PTY}") as tracer:
            run_load("flood", 200_003, "--cpu", 0)
    truth = oracle.result().works[PTY]
    books = tracer.books()
    assert books["queued"] == truth.queued
    assert tracer.stage("wait")["count"] + books["superseded"] + books["negative"] + \
        books["dropped_busy"] == truth.queued
    # Each start without an entry is explained, one by one: two CPUs met on the entry (a loss), or
    # the start fell between the later one's tracepoint and its insertion.
    assert books["unmatched_start"] == \
        books["superseded"] - truth.superseded + books["dropped_busy"]
    assert books["unmatched_start"] <= max(10, truth.queued // 1_000)


def test_cancelled_work_leaves_the_books():
    """Nothing traces a cancel; 1,009 cancelled works leave pending 0."""
    with Oracle() as oracle:
        with Tracer("--mech=workqueue", f"-f{PTY}") as tracer:
            run_load("cancel", 1_009)
    truth = oracle.result().works[PTY]
    books = tracer.books()
    assert truth.never_started == 1_009
    assert books["pending"] == 0
    assert books["cancelled"] + books["aged_out"] + books["superseded"] == 1_009
    # The rest had its memory freed and used anew before it was looked at.
    assert books["cancelled"] > 1_009 // 2


def test_reused_addresses_give_no_huge_value():
    """SysAK keeps the first stamp (NOEXIST): reuse of a cancelled item's address is a fake outlier."""
    with Tracer("--mech=workqueue", f"-f{PTY}") as tracer:
        run_load("cancel", 503)
        time.sleep(1)
        run_load("pty", 1_009, "--ptys", 503)
    books = tracer.books()
    assert books["cancelled"] + books["aged_out"] + books["superseded"] == 503
    assert tracer.stage("wait")["count"] == 1_009
    assert tracer.stage("wait")["max_ns"] < 900_000_000


def test_full_table_is_counted_and_leaves_no_stale_stamp():
    """Others ignore update errors, or match the stale stamp later."""
    with Tracer("--mech=workqueue", f"-f{AIO}", "--max-entries=8", "0.2") as tracer:
        run_load("aio", 10_007, "--batch", 4_096)
        time.sleep(0.5)
        run_load("aio", 1_009, "--batch", 1)
    books = tracer.books()
    assert books["dropped_full"] > 5_000
    assert books["queued"] == 11_016
    assert books["matched"] + books["dropped_full"] + books["dropped_busy"] == 11_016
    assert books["unmatched_start"] == books["dropped_full"] + books["dropped_busy"]
    assert books["pending"] == 0
    assert tracer.warnings.count("the pending table of workqueue is full") == 1
    assert "--max-entries 32" in tracer.warnings
    last = [i for i in tracer.intervals if i["mechanisms"][0]["stages"][0]["count"]][-1]
    assert last["mechanisms"][0]["stages"][0]["max_ns"] < 400_000_000


def test_nothing_is_lost_with_65536_outstanding():
    with Tracer("--mech=workqueue", f"-f{AIO}") as tracer:
        run_load("aio", 131_071, "--batch", 65_536)
    assert tracer.stage("wait")["count"] == 131_071
    assert tracer.books()["dropped_full"] == tracer.books()["dropped_busy"] == 0


def test_started_before_we_attached_is_never_measured():
    """Items already queued when the books open: unmatched, and nothing else."""
    busy = subprocess.Popen([LOAD, "aio", "2000003", "--batch", "8192"], stdout=subprocess.DEVNULL)
    try:
        with Tracer("--mech=workqueue", f"-f{AIO}") as tracer:
            time.sleep(0.3)
    finally:
        busy.kill()
        busy.wait()
    books = tracer.books()
    assert books["unmatched_start"] <= 8_192
    assert books["negative"] == 0
    assert books["pending"] <= 8_192


def test_flush_barriers_are_started_but_never_queued():
    with Tracer("--mech=workqueue", f"-f{PTY},{BARRIER}") as tracer:
        run_load("pty", 5_003)
    assert tracer.books()["barriers"] > 0
    assert tracer.books()["unmatched_start"] == 0
    assert tracer.function(BARRIER) is None


def test_half_intervals_sum_to_the_whole():
    """Printing and then clearing loses what comes in between (bcc 3173, 3428)."""
    with Tracer("--mech=workqueue", f"-f{AIO}", "0.05") as tracer:
        run_load("aio", 300_007)
    assert len(tracer.intervals) > 5
    assert tracer.stage("wait")["count"] == 300_007  # and check_sums holds them together


def test_pending_and_running_are_derived_in_intervals():
    with Tracer("--mech=workqueue", f"-f{AIO}", "0.05") as tracer:
        run_load("aio", 200_003, "--batch", 4_096)
    before = {"pending": 0, "running": 0}
    for interval in tracer.intervals[:-1]:
        books = interval["mechanisms"][0]["books"]
        left = before["pending"] + books["queued"]
        gone = sum(books.get(k, 0) for k in ("matched", "cancelled", "superseded", "aged_out",
                                             "dropped_full", "dropped_busy"))
        assert books["pending"] == left - gone
        assert 0 <= books["pending"] <= 4_096
        before = books


def test_filters_by_cpu_and_workqueue_keep_the_books():
    with Tracer("--mech=workqueue", f"-f{AIO}", "--cpu=1") as tracer:
        run_load("aio", 1_009, "--cpu", 0)
        run_load("aio", 503, "--cpu", 1)
    books = tracer.books()
    assert books["matched"] == 1_512
    assert books["filtered"] == 1_009
    assert [(cpu["cpu"], cpu["count"]) for cpu in tracer.stage("wait")["cpus"]] == [(1, 503)]
    assert tracer.stage("run")["count"] == 503

    with Tracer("--mech=workqueue", "--workqueue=no_such_*") as tracer:
        run_load("aio", 503)
    assert tracer.stage("wait")["count"] == 0
    assert tracer.books()["filtered"] == tracer.books()["matched"] >= 503
    assert "no item yet on a workqueue" in tracer.warnings


@pytest.mark.parametrize("left_out", [("--workqueue=no_such_*",), ("--cpu=0",)])
def test_what_a_filter_leaves_out_has_no_run_either(left_out):
    """Also where the start is unmatched: nobody knows its workqueue, but its CPU."""
    with Tracer("--mech=workqueue", "--max-entries=1", *left_out) as tracer:
        run_load("aio", 10_007, "--batch", 4_096, "--cpu", 1)
    assert tracer.books()["unmatched_start"] > 1_000
    assert tracer.books()["finished"] > 10_000
    counts = [cpu["count"] for cpu in tracer.stage("run")["cpus"] if cpu["cpu"] == 1]
    assert sum(counts) == 0


def test_workqueue_glob_selects():
    with Tracer("--mech=workqueue") as tracer:
        run_load("aio", 503)
    names = {row["name"]: row["count"] for row in tracer.mechanism()["workqueues"]}
    name = max(names, key=names.get)
    with Tracer("--mech=workqueue", f"--workqueue={name[:3]}*{name[-1]}") as tracer:
        run_load("aio", 503)
    assert all(row["name"].startswith(name[:3]) for row in tracer.mechanism()["workqueues"]
               if row["count"])
    assert tracer.function(AIO)["count"] == 503


def test_function_filter_leaves_out_of_every_book():
    with Tracer("--mech=workqueue", f"-f!{AIO}") as tracer:
        run_load("aio", 1_009)
    assert tracer.function(AIO) is None
    assert tracer.books()["queued"] < 1_009


def test_pools_are_told_apart():
    with Tracer("--mech=workqueue", "--per-pool", f"-f{AIO}") as tracer:
        run_load("aio", 503, "--cpu", 0)
        run_load("aio", 101, "--cpu", 1)
    pools = {row["name"]: row["count"] for row in tracer.mechanism()["pools"]}
    assert pools == {"cpu0": 503, "cpu1": 101}


def test_what_is_queued_while_it_ends_matches_no_old_stamp():
    """A cancelled item whose address is queued again during the drain is not a huge outlier."""
    done = subprocess.Popen([ASYNCLAT, "-jq", "-m", "workqueue", f"-f{PTY}",
                             "--fail-if=workqueue.wait.max=900ms", "60"], stdout=subprocess.DEVNULL)
    time.sleep(1)
    run_load("cancel", 211)
    time.sleep(1)
    done.send_signal(signal.SIGINT)
    for _ in range(3):
        run_load("pty", 64, "--ptys", 64)
    assert done.wait(timeout=30) == 0


def test_the_split_is_the_same_whatever_else_is_collected():
    """A worker that sleeps inside an item is behind, not idle; also where run is not asked for and
    where --function leaves that item out."""
    split = ("kick", "wakeup", "behind")
    with Tracer("--mech=workqueue", "--stage=all", f"-f{AIO}") as whole:
        with Tracer("--mech=workqueue", f"--stage={','.join(split)}", f"-f{AIO}") as alone:
            time.sleep(0.2)
            for batch in (1, 64):
                run_load("aio", 5_003, "--batch", batch)
    for stage in split:
        assert whole.stage(stage)["count"] == pytest.approx(alone.stage(stage)["count"], rel=0.02)
        assert whole.stage(stage)["sum_ns"] == pytest.approx(alone.stage(stage)["sum_ns"], rel=0.3)


def test_group_rows_name_the_cpu_of_their_maximum():
    command = [ASYNCLAT, "-q", "-m", "workqueue", "-F", f"-f{AIO}", "-d", "1s", "60"]
    shown = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    run_load("aio", 1_009, "--cpu", 1)
    out, _ = shown.communicate(timeout=30)
    places = [line for line in out.splitlines() if line.strip().startswith("max ")]
    assert places and all("on cpu 1" in line for line in places), places


def test_cancelled_items_leave_the_table_however_rare_the_reports():
    """The sweep is once a second, not once a report."""
    with Tracer("--mech=workqueue", f"-f{PTY}", "--max-entries=256", "60") as tracer:
        run_load("cancel", 101)
        time.sleep(12.5)
        run_load("pty", 101)
    assert tracer.books()["cancelled"] + tracer.books()["aged_out"] + \
        tracer.books()["superseded"] == 101
    assert tracer.books()["pending"] == 0


def test_workers_that_exit_give_their_slot_back():
    with Tracer("--mech=workqueue", "--stage=all", f"-f{PTY}") as tracer:
        for cpu in (0, 1, 0, 1):
            run_load("pty", 211, "--cpu", 1 - cpu, "--work-cpu", cpu)
    assert tracer.books()["lost_finish"] == 0
    assert tracer.stage("wait")["count"] == 4 * 211


def test_two_instances_agree():
    with Tracer("--mech=workqueue", f"-f{AIO}") as first:
        with Tracer("--mech=workqueue", f"-f{AIO}") as second:
            run_load("aio", 10_007)
    assert first.stage("wait")["count"] == second.stage("wait")["count"] == 10_007


def test_a_busy_host_does_not_slow_the_display():
    busy = subprocess.Popen([LOAD, "aio", "100000000"], stdout=subprocess.DEVNULL)
    try:
        with Tracer("--mech=workqueue", "0.25", "8", settle_s=2.5) as tracer:
            pass
    finally:
        busy.kill()
        busy.wait()
    assert len(tracer.intervals) == 8
    assert tracer.end["reason"] == "count"
