"""kthread on this kernel, by its tracepoints: a prime number of items in and exactly that out, and
an independent reader of the same window that agrees."""

import json
import math
import subprocess
import time

import pytest

from kthread_oracle import KthreadOracle
from load import run_load
from test_workqueue import assert_same_distribution
from tracer import ASYNCLAT, Tracer, by_name

TRIES = 10
GRACE_PERIOD = "wait_rcu_exp_gp"
WORKER = "rcu_exp_gp_kthr"


def window(options, load, unfit):
    """(tracer, oracle) of a run of asynclat beside a load; taken again where it is unfit: as a rule
    because the kernel hid an event of what the test is about (oracle.py)."""
    for _ in range(TRIES):
        with KthreadOracle() as oracle:
            with Tracer("--mech=kthread", *options) as tracer:
                load()
        if not unfit(tracer, oracle):
            return tracer, oracle
    pytest.fail(f"none of {TRIES} windows was fit: events were hidden in each")


def mounts(count, where):
    """A umount waits for an expedited grace period of RCU, which a kthread_worker sees through."""
    for _ in range(count):
        subprocess.run(["mount", "-t", "tmpfs", "none", where], check=True)
        subprocess.run(["umount", where], check=True)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A file system whose mounting makes a thread, jbd2/loopN-8."""
    path = tmp_path_factory.mktemp("image") / "ext4"
    with open(path, "wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", path], check=True)
    return path


def threads(image, count, where):
    for _ in range(count):
        subprocess.run(["mount", "-o", "loop", image, where], check=True)
        subprocess.run(["umount", where], check=True)


def counts(rows):
    return {row["name"]: row["count"] for row in rows}


@pytest.mark.parametrize("hook", ["tp_btf", "raw_tp"])
def test_prime_in_prime_out(hook, tmp_path):
    tracer, oracle = window([f"--hook={hook}", f"-f{GRACE_PERIOD}"], lambda: mounts(307, tmp_path),
                            lambda _, oracle: GRACE_PERIOD in oracle.hidden)
    truth = oracle.works[GRACE_PERIOD]
    assert truth.queued == len(truth.wait_ns) == 307
    assert tracer.function(GRACE_PERIOD, "kthread")["count"] == 307
    books = tracer.books("kthread")
    assert books["queued"] == books["matched"] == books["finished"] == 307
    assert books["unmatched_start"] == books["superseded"] == books["lost_finish"] == 0
    # Waits of some 10 us: what one of the two hooks of a tracepoint takes is a bucket or two. And
    # mounts keep both CPUs busy: of 307 a run now and then has 4 that were interrupted in between.
    assert_same_distribution(tracer.stage("wait", "kthread"), truth.wait_ns, slack=3, one_in=50)
    assert_same_distribution(tracer.stage("run", "kthread"), truth.run_ns, slack=4)
    # One worker runs them all.
    assert list(counts(tracer.mechanism("kthread")["workers"]).values()) == [307]
    assert tracer.start["mechanisms"][0]["hooks"]["started"] == \
        f"{hook}:sched_kthread_work_execute_start"


def test_new_threads_agree_with_the_independent_reader(image, tmp_path):
    """On a kernel whose functions cannot be hooked spawn begins at the fork, and says so."""
    said = subprocess.run([ASYNCLAT, "--json", "-m", "kthread", "--stage=spawn", "-d", "100ms"],
                          capture_output=True, text=True, check=True)
    if "requested" in json.loads(said.stdout.splitlines()[0])["mechanisms"][0]["hooks"]:
        pytest.skip("requests can be seen here, and the reader knows forks only")
    assert "spawn begins at the fork of the thread: requested cannot be seen" in \
        " ".join(said.stderr.split())

    tracer, oracle = window(["--stage=spawn"], lambda: threads(image, 23, tmp_path),
                            lambda _, oracle: {"kthreadd", *oracle.spawned} & oracle.hidden)
    spawn = tracer.stage("spawn", "kthread")
    truth = [value for values in oracle.spawned.values() for value in values]
    assert counts(tracer.mechanism("kthread")["spawned"]) == \
        {name: len(values) for name, values in oracle.spawned.items()}
    assert sum(len(values) for name, values in oracle.spawned.items()
               if name.startswith("jbd2/loop")) == 23
    # A few microseconds each, of which what the two hooks of a tracepoint take is a good part: so
    # rank by rank, by the width of a bucket and 2 us; one in 23 may be interrupted between the two.
    ours = [bucket["ge_ns"] for bucket in spawn["buckets"] for _ in range(bucket["count"])]
    assert len(ours) == len(truth)
    far = [(a, b) for a, b in zip(ours, sorted(truth)) if not b * 0.85 - 2_000 <= a <= b + 2_000]
    assert len(far) <= len(truth) // 23, far
    books = spawn["books"]
    assert books["queued"] == books["matched"] == len(truth)
    assert books["dropped_full"] == books["superseded"] == 0
    assert "books" not in tracer.mechanism("kthread")


def timed(load, times):
    """The load, with when it began and ended left in `times`."""
    def run():
        times[:] = [time.monotonic_ns()]
        load()
        times.append(time.monotonic_ns())
    return run


def test_wakings_agree_with_the_independent_reader(tmp_path):
    """Thread by thread, where the kernel hid none of its events: all wakings of the load, and none
    but those of the reader's window, which is a little longer than asynclat's."""
    times = []
    tracer, oracle = window(["--stage=wakeup"], timed(lambda: mounts(97, tmp_path), times),
                            lambda _, oracle: WORKER in oracle.hidden)
    ours = counts(tracer.mechanism("kthread")["woken"])
    for name in oracle.woken.keys() - oracle.hidden:
        sure = sum(times[0] <= woken_ns < times[1] for woken_ns, *_ in oracle.woken[name])
        assert sure <= ours.get(name, 0) <= len(oracle.woken[name]), name
    assert ours[WORKER] >= 97
    books = tracer.stage("wakeup", "kthread")["books"]
    assert books["dropped_full"] == books["negative"] == 0


def test_wakeups_take_as_long_as_the_independent_reader_says(tmp_path):
    """The worker of RCU, which little else wakes."""
    def row_of(tracer):
        return by_name(tracer.mechanism("kthread")["woken"])[WORKER]

    def of_window(tracer, oracle):
        """asynclat's own start and end wake it as well, outside of its window."""
        return [took_ns for woken_ns, *took_ns in oracle.woken[WORKER]
                if tracer.start["mono_ns"] <= woken_ns < tracer.asked_ns]

    tracer, oracle = window(
        ["--stage=wakeup"], lambda: mounts(97, tmp_path),
        lambda tracer, oracle: WORKER in oracle.hidden or
        row_of(tracer)["count"] != len(of_window(tracer, oracle)))
    row = row_of(tracer)
    least, most = map(sorted, zip(*of_window(tracer, oracle)))
    # A quantile is the upper edge of its bucket, an eighth of the value wide; next to it is near.
    assert least[-1] * 0.9 - 2_000 <= row["max_ns"] <= most[-1] * 1.1 + 2_000
    for quantile, key in ((0.5, "p50_ns"), (0.99, "p99_ns")):
        rank = math.ceil(quantile * len(least)) - 1
        assert least[rank] / 1.13 - 500 <= row[key] <= most[rank] * 1.27 + 500


def test_default_collects_all_but_a_function_filter_only_items():
    with Tracer("--mech=kthread") as tracer:
        pass
    assert tracer.start["mechanisms"][0]["stages"] == ["wait", "run", "spawn", "wakeup"]
    with Tracer("--mech=kthread", f"-f{GRACE_PERIOD}") as tracer:
        pass
    assert tracer.start["mechanisms"][0]["stages"] == ["wait", "run"]
    assert "woken" not in tracer.start["mechanisms"][0]["hooks"]


def test_a_cpu_filter_keeps_the_books(tmp_path):
    with Tracer("--mech=kthread", "--cpu=0") as tracer:
        mounts(23, tmp_path)
    for name in ("wait", "spawn", "wakeup"):
        assert {cpu["cpu"] for cpu in tracer.stage(name, "kthread")["cpus"]} <= {0}
    books = tracer.stage("wakeup", "kthread")["books"]
    assert books["filtered"] > 0  # and check_books holds them


def test_workers_and_threads_are_shown_by_name(tmp_path):
    shown = subprocess.Popen([ASYNCLAT, "-m", "kthread", "-W", "60"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    assert shown.stderr.readline().startswith("Tracing kthread")
    mounts(23, tmp_path)
    shown.send_signal(2)
    out, _ = shown.communicate(timeout=30)
    assert f"kthread wait, worker {WORKER}" in out
    assert f"kthread wakeup, thread {WORKER}" in out
    assert "kthread books" in out and "kthread spawn books" in out and \
        "kthread wakeup books" in out
