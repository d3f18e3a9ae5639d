"""Runs asynclat beside a load and reads what it says.

    with Tracer("--mech=workqueue") as tracer:
        ...run a load...
    tracer.end["total"]["mechanisms"]

Every line is held against the JSON Schema, and the books against their identities, whatever else
a test asks for.
"""

import json
import pathlib
import signal
import subprocess
import time

import jsonschema

from load import BUILD

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASYNCLAT = BUILD / "asynclat"
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "docs/schema/asynclat-1.schema.json").read_text()))

START_TIMEOUT_S = 30
END_TIMEOUT_S = 30


def by_name(rows):
    return {row["name"]: row for row in rows}


class Tracer:
    """A run of asynclat with --json; after the block: lines, start, intervals, end, status."""

    def __init__(self, *options, settle_s=0.1, check=True):
        self._command = [ASYNCLAT, "--json", *map(str, options)]
        self._settle_s = settle_s
        self._check = check

    def __enter__(self):
        self._run = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     text=True)
        # The banner comes when the books are open; anything else is an error.
        self.banner = self._run.stderr.readline()
        assert self.banner.startswith("Tracing"), self.banner + self._run.stderr.read()
        return self

    def __exit__(self, failure, *_):
        if failure:
            self._run.kill()
            self._run.communicate()
            return
        time.sleep(self._settle_s)
        self.asked_ns = time.monotonic_ns()  # to end
        self._run.send_signal(signal.SIGINT)
        out, self.warnings = self._run.communicate(timeout=END_TIMEOUT_S)
        self.status = self._run.returncode
        self.lines = [json.loads(line) for line in out.splitlines()]
        self.start, self.end = self.lines[0], self.lines[-1]
        self.intervals = self.lines[1:-1]
        if self._check:
            self.check()

    def mechanism(self, name="workqueue"):
        return by_name(self.end["total"]["mechanisms"])[name]

    def stage(self, name, mechanism="workqueue"):
        return by_name(self.mechanism(mechanism)["stages"])[name]

    def books(self, mechanism="workqueue"):
        return self.mechanism(mechanism)["books"]

    def function(self, name, mechanism="workqueue"):
        return by_name(self.mechanism(mechanism)["functions"]).get(name)

    def check(self):
        check_run(self.lines)


def check_run(lines):
    """All that any run must keep to: the schema, the books, the sums."""
    for line in lines:
        SCHEMA.validate(line)
    intervals = lines[1:-1]
    assert [line["type"] for line in lines] == ["start"] + ["interval"] * len(intervals) + ["end"]
    totals = lines[-1]["total"]["mechanisms"]
    for mechanism in totals:
        check_books(mechanism)
        for stage in mechanism["stages"]:
            check_stage(stage)
    check_sums(intervals, totals)


def identities(mechanism):
    """(books, left, right) of each identity whose terms are known, also of the stages with books of
    their own; exact where nothing was missed."""
    if "books" in mechanism:
        headline = mechanism["stages"][0]["name"]
        count = sum(s["count"] for s in mechanism["stages"] if s["name"] == headline)
        yield from identities_of(mechanism["books"],
                                 count if headline in ("wait", "late") else None)
    for stage in mechanism["stages"]:
        if "books" in stage:
            yield from identities_of(stage["books"], stage["count"])


def identities_of(books, measured):
    def total(*names):
        return sum(books.get(name, 0) for name in names)

    yield books, books["queued"], total(
        "matched", "cancelled", "superseded", "refused", "rearmed", "flushed_early", "aged_out",
        "dropped_full", "dropped_busy", "pending")
    yield books, books["started"], total("matched", "barriers", "unmatched_start")
    if "finished" in books:
        yield books, books["started"], total("finished", "running", "lost_finish")
    if measured is not None:
        yield books, books["matched"], measured + total("second_pass", "negative", "filtered")


def check_books(mechanism):
    for books, left, right in identities(mechanism):
        assert abs(left - right) <= books.get("missed", 0), (left, right, books)


def check_stage(stage):
    assert sum(bucket["count"] for bucket in stage.get("buckets", [])) == stage["count"], stage
    assert sum(cpu["count"] for cpu in stage.get("cpus", [])) == stage["count"], stage
    if stage["count"]:
        order = [stage[key] for key in ("min_ns", "p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns")]
        assert order == sorted(order), stage
        low, high = stage["buckets"][0], stage["buckets"][-1]
        assert low["ge_ns"] <= stage["min_ns"]
        assert high["ge_ns"] <= stage["max_ns"]
        assert stage["sum_ns"] >= stage["count"] * stage["min_ns"]
        assert stage["sum_ns"] <= stage["count"] * stage["max_ns"]


def check_sums(intervals, totals):
    """Nothing is lost between an interval and the next: they sum to the whole."""
    for total in totals:
        parts = [by_name(interval["mechanisms"])[total["name"]] for interval in intervals]
        for book, count in total.get("books", {}).items():
            if book not in ("pending", "running"):
                assert sum(part["books"].get(book, 0) for part in parts) == count, book
        for index, stage in enumerate(total["stages"]):
            assert sum(part["stages"][index]["count"] for part in parts) == stage["count"]
            assert sum(part["stages"][index].get("sum_ns", 0) for part in parts) == \
                stage.get("sum_ns", 0)
