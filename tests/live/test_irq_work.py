"""irq_work on this kernel: wake-ups of a BPF ring buffer's reader, a prime number in and exactly that
out; and the kernel's own events of the same window, read apart from asynclat."""

import contextlib
import time

import pytest

from load import run_load
from tracefs import Instance
from tracer import Tracer

FUNCTION = "bpf_ringbuf_notify"
RAISE, ENTRY = "ipi/ipi_send_cpu", "irq_vectors/irq_work_entry"


@pytest.mark.parametrize("count", [23, 1_009, 10_007])
def test_prime_in_prime_out(count):
    with Tracer("--mech=irq_work", f"-f{FUNCTION}") as tracer:
        assert run_load("irq-work", count)["queued"] == count
    assert tracer.function(FUNCTION, "irq_work")["count"] == count
    books = tracer.books("irq_work")
    assert books["queued"] == books["matched"] == books["started"] == books["finished"] == count
    for stage in ("wait", "run"):
        rows = [row for row in tracer.mechanism("irq_work")["stages"] if row["name"] == stage]
        assert {row["class"]: row["count"] for row in rows} == \
            {"raised": count, "lazy": 0, "remote": 0}


@pytest.mark.parametrize("hook", ["tp_btf", "raw_tp"])
def test_each_kind_of_hook(hook):
    with Tracer("--mech=irq_work", f"--hook={hook}", f"-f{FUNCTION}") as tracer:
        run_load("irq-work", 503)
    assert tracer.function(FUNCTION, "irq_work")["count"] == 503
    assert tracer.start["mechanisms"][0]["hooks"]["started"] == f"{hook}:irq_work_entry"


def test_agrees_with_the_kernels_own_events():
    """Raised and started, each by itself, all functions together; what runs before and after the
    load is in the one window and not in the other, but is no more than what an idle kernel does."""
    with contextlib.closing(Instance({RAISE: None, ENTRY: None}, 8_192)) as instance:
        instance.start()
        with Tracer("--mech=irq_work") as tracer:
            run_load("irq-work", 5_003, "--cpu", 0)
        instance.stop()
        instance.recorded()
        lines = instance.read("trace").splitlines()
    raised = sum(f"callback={FUNCTION}" in line for line in lines)
    entered = sum("irq_work_entry:" in line for line in lines)
    assert tracer.function(FUNCTION, "irq_work")["count"] == raised == 5_003
    started = tracer.books("irq_work")["started"]
    assert started <= entered
    assert entered - started <= 503, "the machine does much irq_work of its own"


def test_the_cpu_is_where_it_was_queued():
    with Tracer("--mech=irq_work", f"-f{FUNCTION}") as tracer:
        run_load("irq-work", 101, "--cpu", 1)
        run_load("irq-work", 211, "--cpu", 0)
    (raised,) = (row for row in tracer.mechanism("irq_work")["stages"]
                 if (row["name"], row["class"]) == ("wait", "raised"))
    cpus = {row["cpu"]: row["count"] for row in raised["cpus"]}
    assert cpus == {0: 211, 1: 101}


def test_cpus_left_out_are_matched_and_filtered():
    with Tracer("--mech=irq_work", "--cpu=0", f"-f{FUNCTION}") as tracer:
        run_load("irq-work", 101, "--cpu", 1)
        run_load("irq-work", 211, "--cpu", 0)
    books = tracer.books("irq_work")
    assert (books["matched"], books["filtered"]) == (312, 101)
    assert tracer.function(FUNCTION, "irq_work")["count"] == 211


def test_asynclat_makes_none_itself():
    """Measured while another one measures: maps that allocate, or a ring buffer's wake-ups, would
    show. So there is no counter of its own items."""
    with Tracer("--mech=irq_work", "-fbpf_*,irq_work_*") as watch:
        with Tracer("--mech=all", "0.1"):
            run_load("aio", 20_011)
            time.sleep(0.5)
    assert watch.books("irq_work")["queued"] == watch.books("irq_work")["started"] == 0


def test_what_cannot_be_known_is_absent():
    """Where only raises are seen nobody tells of an item that was queued already."""
    with Tracer("--mech=irq_work", "--hook=tp_btf", f"-f{FUNCTION}") as tracer:
        run_load("irq-work", 23)
    assert "coalesced" not in tracer.books("irq_work")
    assert "riders" not in tracer.books("irq_work")
