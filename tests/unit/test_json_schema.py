"""Holds the lines that json_test.cpp wrote against docs/schema/asynclat-1.schema.json, and checks
that the schema refuses lines which are wrong.

The lines are in $BINARY_DIR/json_samples.jsonl; BINARY_DIR is `build` by default.
"""

import copy
import json
import os
import pathlib

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs/schema/asynclat-1.schema.json").read_text())
SAMPLES = pathlib.Path(os.environ.get("BINARY_DIR", ROOT / "build")) / "json_samples.jsonl"
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

ITEM = {
    "schema": 1, "type": "item", "mechanism": "workqueue", "stage": "wait", "wait_ns": 12000000,
    "function": "flush_to_ldisc", "cpu": 1, "queued_mono_ns": 1,
    "stages": {"kick_ns": 1, "wakeup_ns": 1, "behind_ns": 1},
    "owner": "wakeup", "share": 0.97, "pool": "cpu1",
    "blocker": {"kind": "item", "function": "xfs_end_io", "ran_ns": 11000000,
                "thread": "kworker/1:0", "tid": 17, "max_active": 1},
    "submitter": {"context": "task", "comm": "sh", "pid": 1},
}


def sample_lines():
    assert SAMPLES.exists(), f"no {SAMPLES}: run unit_tests first"
    return SAMPLES.read_text().splitlines()


def first(kind):
    """The first line of a type, cut to one mechanism and two buckets a stage."""
    if kind == "item":
        return copy.deepcopy(ITEM)
    line = next(line for line in map(json.loads, sample_lines()) if line["type"] == kind)
    whole = line["total"] if kind == "end" else line
    del whole["mechanisms"][1:]
    for stage in whole["mechanisms"][0]["stages"] if kind != "start" else []:
        del stage["buckets"][2:]
    return line


def paths_to_objects(value, path=()):
    """Paths of all objects in a line."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from paths_to_objects(inner, path + (key,))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from paths_to_objects(inner, path + (i,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_line_type_was_sampled():
    assert {json.loads(line)["type"] for line in sample_lines()} == {"start", "interval", "end"}


def test_samples_are_valid():
    for line in sample_lines():
        VALIDATOR.validate(json.loads(line))
    VALIDATOR.validate(ITEM)
    VALIDATOR.validate(ITEM | {"blocker": {"kind": "irqs_off", "ran_ns": 1, "thread": "sh", "tid": 1,
                                           "at": "probe_hw+0x8e"}})


def test_samples_have_integers_where_the_name_ends_in_ns():
    def check(pairs):
        for key, value in pairs:
            assert not key.endswith("_ns") or type(value) is int, (key, value)
        return dict(pairs)

    for line in sample_lines():
        json.loads(line, object_pairs_hook=check)


def test_every_field_is_described_and_every_object_is_closed():
    def walk(node, where):
        if not isinstance(node, dict):
            return
        if node.get("type") == "object":
            assert "additionalProperties" in node, where
        for name, field in node.get("properties", {}).items():
            assert field.get("description"), f"{where}: {name}"
            walk(field, f"{where}/{name}")

    for name, definition in SCHEMA["$defs"].items():
        assert definition.get("description"), name
        walk(definition, name)


@pytest.mark.parametrize("kind", ["start", "interval", "item", "end"])
def test_an_unknown_field_is_refused_in_every_object(kind):
    line = first(kind)
    for path in paths_to_objects(line):
        wrong = copy.deepcopy(line)
        at(wrong, path)["No such field"] = 1
        assert not VALIDATOR.is_valid(wrong), path


def required_fields(kind):
    return [(kind, field) for field in SCHEMA["$defs"][kind]["required"]]


@pytest.mark.parametrize(
    "kind,field", sum((required_fields(k) for k in ["start", "interval", "item", "end"]), []))
def test_a_missing_field_is_refused(kind, field):
    line = first(kind)
    del line[field]
    assert not VALIDATOR.is_valid(line)


@pytest.mark.parametrize("path", [
    ("overhead", "events"),
    ("mechanisms", 0, "name"),
    ("mechanisms", 0, "functions"),
    ("mechanisms", 0, "functions", 0, "p99_ns"),
    ("mechanisms", 0, "books", "queued"),
    ("mechanisms", 0, "stages", 0, "count"),
    ("mechanisms", 0, "stages", 0, "p999_ns"),
    ("mechanisms", 0, "stages", 0, "buckets", 0, "ge_ns"),
    ("mechanisms", 0, "stages", 0, "cpus", 0, "cpu"),
    ("mechanisms", 0, "stages", 0, "max_at", "cpu"),
])
def test_a_missing_field_is_refused_further_down(path):
    line = first("interval")
    del at(line, path[:-1])[path[-1]]
    assert not VALIDATOR.is_valid(line)


def paths_to_ns(line):
    return [path + (key,) for path in paths_to_objects(line) for key in at(line, path)
            if key.endswith("_ns")]


@pytest.mark.parametrize("kind", ["start", "interval", "item", "end"])
def test_only_whole_nanoseconds_that_are_not_negative(kind):
    line = first(kind)
    for path in paths_to_ns(line):
        for value in (1.5, -1, "1", None):
            wrong = copy.deepcopy(line)
            at(wrong, path[:-1])[path[-1]] = value
            assert not VALIDATOR.is_valid(wrong), (path, value)


@pytest.mark.parametrize("field,value", [
    ("schema", 2), ("type", "report"), ("time", "2026-11-23 09:00:00"),
    ("time", "2026-11-23T09:00:00Z"), ("mechanisms", {}),
])
def test_a_wrong_value_is_refused(field, value):
    line = first("interval")
    line[field] = value
    assert not VALIDATOR.is_valid(line)


def test_a_stage_without_events_has_no_quantiles():
    line = first("interval")
    stage = line["mechanisms"][0]["stages"][0]
    stage["count"] = 0
    assert not VALIDATOR.is_valid(line)


def test_a_row_without_events_is_refused():
    line = first("interval")
    line["mechanisms"][0]["functions"][0]["count"] = 0
    assert not VALIDATOR.is_valid(line)
