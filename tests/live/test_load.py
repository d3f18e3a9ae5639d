"""The load generators' own contract: exit status, and that nothing they changed stays changed."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from load import LOAD

UNBOUND_CPUS = Path("/sys/devices/virtual/workqueue/cpumask")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes the unbound CPUs: needs root")


@pytest.mark.parametrize("words", [
    [], ["nosuch", "5"], ["aio"], ["aio", "0"], ["aio", "-1"], ["aio", "5x"], ["aio", ""],
    ["aio", "5", "--batch"], ["aio", "5", "--batch", "0"], ["aio", "5", "--batch", "65537"],
    ["aio", "5", "--nosuch", "1"], ["aio", "5", "7"], ["inotify", "5", "--cpu", "0"],
])
def test_wrong_usage(words):
    done = subprocess.run([LOAD, *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage:" in done.stderr


def test_a_failed_operation():
    done = subprocess.run([LOAD, "aio", "5", "--cpu", "8191"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot run on CPU 8191" in done.stderr


def test_output_that_cannot_be_written():
    with open("/dev/full", "w") as full:
        done = subprocess.run([LOAD, "aio", "5"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "standard output" in done.stderr


def await_unbound_cpus(wanted):
    for _ in range(500):
        if wanted(UNBOUND_CPUS.read_text()):
            return
        time.sleep(0.01)
    pytest.fail(f"unbound CPUs are {UNBOUND_CPUS.read_text()}")


@needs_root
@pytest.mark.parametrize("last_signal", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_unbound_cpus_are_restored_however_it_ends(last_signal):
    before = UNBOUND_CPUS.read_text()
    load = subprocess.Popen([LOAD, "pty", "1000000000", "--work-cpu", "1"], start_new_session=True)
    try:
        await_unbound_cpus(lambda now: now != before)
    finally:
        os.killpg(load.pid, last_signal)
        load.wait()
    await_unbound_cpus(lambda now: now == before)


@needs_root
@pytest.mark.parametrize("words", [["cancel", "101"], ["pty", "101", "--work-cpu", "1"],
                                   ["cancel", "5", "--hold-cpu", "8191"]])
def test_unbound_cpus_are_restored_at_the_end(words):
    before = UNBOUND_CPUS.read_text()
    subprocess.run([LOAD, *words], capture_output=True)
    assert UNBOUND_CPUS.read_text() == before
