"""A CPU that goes off and comes back while all mechanisms are traced: nothing unaccounted."""

import json

import pytest

from kernel_list import WANTED
from tracer import by_name, check_run


@pytest.fixture
def traced(commands):
    if "hotplug" not in commands:
        pytest.skip("this kernel cannot take a CPU off")
    assert commands["hotplug"].status == 0, commands["hotplug"].err
    assert commands["hotplug"].out == "0-1\n"
    assert commands["all"].status == 0, commands["all"].err
    return [json.loads(line) for line in commands["all"].out.splitlines()]


@pytest.mark.parametrize("kernel", WANTED)
def test_the_books_balance(traced):
    check_run(traced)


@pytest.mark.parametrize("kernel", WANTED)
def test_items_of_the_lost_cpu_are_accounted_for(traced):
    """Both CPUs ran items, and what was queued has started but for what the books name."""
    workqueue = by_name(traced[-1]["total"]["mechanisms"])["workqueue"]
    wait = by_name(workqueue["stages"])["wait"]
    assert {row["cpu"] for row in wait["cpus"]} == {0, 1}
    books = workqueue["books"]
    assert books["matched"] > 1_000
    assert books["unmatched_start"] <= books.get("missed", 0) + 5  # queued before it began
