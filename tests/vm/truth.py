"""What the ground-truth module wrote down, beside what asynclat measured of it.

asynclat keeps no single items, so order is held rank by rank: where each item's measured time is
at most its true bound, the k-th smallest measured is at most the k-th smallest bound."""

import json
import re

import pytest

import truth_module
from tracer import by_name


class Truth:
    """A run of asynclat beside the module, as `trace_truth NAME PATTERN` of guest_checks makes it:
    `items` and the interval by kind, and the total."""

    def __init__(self, commands, name, pattern):
        end = commands[name]
        assert end.status == 0, end.err
        self.lines = [json.loads(line) for line in end.out.splitlines()]
        self.kinds = [command.removeprefix(f"{name}.") for command in commands
                      if re.fullmatch(rf"{name}\.({pattern})", command)]
        for kind in self.kinds:
            done = commands[f"{name}.{kind}"]
            assert done.status == 0, (kind, done.err)
        self.items = {kind: truth_module.items(commands[f"{name}.{kind}"].out)
                      for kind in self.kinds}
        # A report came after each kind.
        assert len(self.lines) == 1 + len(self.kinds) + 2
        self._intervals = dict(zip(self.kinds, self.lines[1:]))
        self.total = by_name(self.lines[-1]["total"]["mechanisms"])

    def mechanism(self, kind, name="workqueue"):
        return by_name(self._intervals[kind]["mechanisms"])[name]

    def stage(self, kind, stage, mechanism="workqueue", item_class=None):
        for row in self.mechanism(kind, mechanism)["stages"]:
            if row["name"] == stage and row.get("class") == item_class:
                return row
        return None

    def of_function(self, kind, mechanism="workqueue"):
        row = by_name(self.mechanism(kind, mechanism)["functions"]).get(f"truth_{kind}_fn")
        return row["count"] if row else 0

    def started(self, kind):
        return [item for item in self.items[kind] if item.start_ns]

    def count(self, result):
        return sum(result in item.result for items in self.items.values() for item in items
                   if item.index >= 0)


def for_each(kinds):
    """A test a kind; its fixture `kind` skips those that the kernel does not have."""
    return pytest.mark.parametrize("kind", kinds, indirect=True)


def ranks(stage, edge):
    """An edge of the bucket of each item, in ascending order."""
    return [bucket.get(edge, 1 << 63) for bucket in stage["buckets"] for _ in range(bucket["count"])]


def assert_at_most(stage, bounds):
    low = ranks(stage, "ge_ns")
    assert len(low) == len(bounds)
    assert all(a <= b for a, b in zip(low, sorted(bounds)))
    assert stage["sum_ns"] <= sum(bounds)
    assert stage["max_ns"] <= max(bounds)


def assert_at_least(stage, bounds):
    high = ranks(stage, "lt_ns")
    assert len(high) == len(bounds)
    assert all(a > b for a, b in zip(high, sorted(bounds)))
    assert stage["sum_ns"] >= sum(bounds)
    assert stage["max_ns"] >= max(bounds)
