"""What a trace for Perfetto must keep to (Chrome's JSON format), whatever is in it."""

import json
from collections import defaultdict
from decimal import Decimal


def check_trace(text):
    """Its events by phase: M, b, e, X."""
    trace = json.loads(text, parse_float=Decimal)
    assert set(trace) == {"displayTimeUnit", "otherData", "traceEvents"}
    events = defaultdict(list)
    for event in trace["traceEvents"]:
        events[event["ph"]].append(event)
        assert isinstance(event["pid"], int) and isinstance(event["tid"], int)
        assert event["pid"] > 0 and event["tid"] > 0
        if event["ph"] != "M":
            check_times(event)
    assert set(events) <= {"M", "b", "e", "X"}
    check_waits(events)
    check_runs(events)
    return events


def check_times(event):
    """Microseconds, with three digits behind the point: to the nanosecond."""
    for name in ("ts", "dur"):
        if name in event:
            assert isinstance(event[name], Decimal) and event[name] >= 0
            assert -event[name].as_tuple().exponent == 3
    assert ("dur" in event) == (event["ph"] == "X")


def check_waits(events):
    """Each begin has its end, under the same names, and no sooner."""
    def key(event):
        return event["cat"], event["id"]

    ends = {key(event): event for event in events["e"]}
    assert len(ends) == len(events["e"]) == len(events["b"])
    assert len({key(event) for event in events["b"]}) == len(events["b"])
    for begin in events["b"]:
        end = ends[key(begin)]
        assert all(begin[name] == end[name] for name in ("name", "pid", "tid"))
        assert end["ts"] - begin["ts"] == Decimal(begin["args"]["wait_ns"]) / 1000


def check_runs(events):
    """What one thread runs nests, or follows each other; and who they are is named."""
    processes = {event["pid"] for event in events["M"] if event["name"] == "process_name"}
    threads = {(event["pid"], event["tid"]) for event in events["M"]
               if event["name"] == "thread_name"}
    assert all(event["args"]["name"] for event in events["M"])
    assert {event["pid"] for event in events["b"] + events["X"]} <= processes
    of_thread = defaultdict(list)
    for run in events["X"]:
        of_thread[run["pid"], run["tid"]].append((run["ts"], -run["dur"]))
    assert set(of_thread) == threads
    for runs in of_thread.values():
        open_ends = []
        for begin, minus_length in sorted(runs):
            end = begin - minus_length
            while open_ends and open_ends[-1] <= begin:
                open_ends.pop()
            assert not open_ends or end <= open_ends[-1]
            open_ends.append(end)
