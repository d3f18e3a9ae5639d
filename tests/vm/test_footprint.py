"""What asynclat adds to what it measures, on an idle guest: the more often it reads, the more items
there would be if reading made any."""

import json

import pytest

from kernel_list import WANTED
from tracer import by_name

# Callbacks by which BPF's own machinery would show.
OWN = {"bpf_ringbuf_notify", "bpf_mem_refill", "perf_pending_irq"}
READS_OFTEN, READS_SELDOM = 150, 1


def totals(command):
    assert command.status == 0, command.err
    return by_name(json.loads(command.out.splitlines()[-1])["total"]["mechanisms"])


def started(mechanism):
    return mechanism.get("books", {}).get("started", 0)


@pytest.mark.parametrize("kernel", WANTED)
def test_no_callback_of_ours(commands):
    for run in ("idle_often", "idle_seldom"):
        for mechanism in totals(commands[run]).values():
            assert not OWN & by_name(mechanism["functions"]).keys()


@pytest.mark.parametrize("kernel", WANTED)
def test_reading_makes_no_items(commands):
    """Less than one item of any mechanism in two readings; an idle kernel has some of its own, more
    in one run than in the other."""
    often, seldom = totals(commands["idle_often"]), totals(commands["idle_seldom"])
    assert often.keys() == seldom.keys()
    for name in often:
        more = started(often[name]) - started(seldom[name])
        assert more < (READS_OFTEN - READS_SELDOM) / 2, name
