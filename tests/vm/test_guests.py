"""asynclat on Debian's kernels, in guests: what it can measure there, and a prime number of items
in and exactly that out. Each kernel boots once, before the first test that asks for any."""

import json
import pathlib

import pytest

from guest_run import guest_run
from kernel_list import WANTED
from tracer import by_name, check_run

FACTS = pathlib.Path(__file__).resolve().parents[1] / "facts"
MECHANISMS = ["workqueue", "delayed_work"]
ENOUGH = 3


def total(command, mechanism):
    assert command.status == 0, command.err
    return by_name(json.loads(command.out.splitlines()[-1])["total"]["mechanisms"])[mechanism]


def intervals(command, mechanism):
    lines = [json.loads(line) for line in command.out.splitlines()]
    return [by_name(line["mechanisms"])[mechanism]["books"] for line in lines
            if line["type"] == "interval"]


@pytest.mark.parametrize("kernel", WANTED)
def test_doctor(kernel, commands):
    doctor = commands["doctor"]
    assert (doctor.status, doctor.err) == (0, "")
    assert doctor.out.startswith(f"Linux {commands['release'].out.strip()} x86_64\n")
    for mechanism in MECHANISMS:
        assert f"\n{mechanism}: can be measured\n" in doctor.out


@pytest.mark.parametrize("kernel", WANTED)
def test_facts_are_those_of_the_fixture(kernel, commands):
    """But for the release, which changes with every security update."""
    facts = commands["facts"]
    assert (facts.status, facts.err) == (0, "")
    assert facts.out.startswith(f"release {commands['release'].out}")
    known = FACTS / f"{kernel}-cloud.txt"
    assert facts.out.splitlines()[1:] == known.read_text().splitlines()[1:], \
        f"cp build/vm/{kernel}/facts.out {known}"


@pytest.mark.parametrize("load,function,count", [
    ("aio", "aio_fsync_work", 1_009), ("pty", "flush_to_ldisc", 503),
    ("delayed", "addrconf_dad_work", 3 * 101)])
@pytest.mark.parametrize("kernel", WANTED)
def test_prime_in_prime_out(commands, load, function, count):
    assert commands[load].status == 0, commands[load].err
    assert json.loads(commands[load].out)["started"] == count
    workqueue = total(commands["workqueue"], "workqueue")
    lacking = count - by_name(workqueue["functions"])[function]["count"]
    assert 0 <= lacking <= workqueue["books"]["missed"]


@pytest.mark.parametrize("kernel", WANTED)
def test_delayed_prime_in_prime_out(commands):
    books = total(commands["delayed_work"], "delayed_work")["books"]
    assert books["queued"] == books["matched"] == books["started"] == books["finished"] == 101


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kernel", WANTED)
def test_nothing_is_lost_but_what_the_kernel_says(commands, mechanism):
    """Where BPF programs can be preempted (7), one that starts meanwhile is skipped, and counted."""
    books = total(commands[mechanism], mechanism)["books"]
    assert books["dropped_full"] == books["dropped_busy"] == 0
    assert books["lost_finish"] <= books["missed"]
    # What the kernel itself had queued before the books opened starts within the first second, and
    # the loads come after that. Their own starts are in test_prime_in_prime_out.
    _, *later = intervals(commands[mechanism], mechanism)
    assert later
    assert sum(books.get("unmatched_start", 0) for books in later) <= books["missed"]


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("kernel", WANTED)
def test_books_balance(commands, mechanism):
    assert commands[mechanism].status == 0, commands[mechanism].err
    check_run([json.loads(line) for line in commands[mechanism].out.splitlines()])


def test_enough_kernels_ran():
    """Without a mirror every other test here is skipped; that is not a success."""
    runs = {name: guest_run(name) for name in WANTED}
    missing = {name: run.not_fetched or run.failed
               for name, run in runs.items() if not run.commands}
    assert len(runs) - len(missing) >= ENOUGH, missing
