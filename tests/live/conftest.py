"""Live tests need root and this kernel's BTF; each leaves behind what it found: no BPF program, map
or link of ours, and no process."""

import os
import pathlib
import re
import subprocess

import pytest

from load import LOAD
from tracer import ASYNCLAT


def pytest_collection_modifyitems(items):
    reason = None
    if os.geteuid() != 0:
        reason = "needs root"
    elif not os.path.exists("/sys/kernel/btf/vmlinux"):
        reason = "this kernel has no BTF"
    if reason:
        here = pathlib.Path(__file__).parent
        for item in items:  # of the whole session
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


def bpf_objects():
    """Identifiers of all BPF programs, maps and links in the kernel."""
    found = {}
    for kind in ("prog", "map", "link"):
        shown = subprocess.run(["bpftool", kind, "show"], capture_output=True, text=True,
                               env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
        assert shown.returncode == 0, shown.stderr
        found[kind] = set(re.findall(r"^(\d+):", shown.stdout, re.MULTILINE))
    return found


# Inherited by whatever a test starts, so that an orphan is known as ours.
MARK = f"ASYNCLAT_TESTED_BY={os.getpid()}"
os.environ.update([MARK.split("=")])


def held_by_others():
    """Identifiers that processes hold which no test here has started: another tracer beside us."""
    found = {"prog": set(), "map": set(), "link": set()}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if process.name == str(os.getpid()) or MARK.encode() in (process / "environ").read_bytes():
                continue
            texts = [info.read_text() for info in (process / "fdinfo").iterdir()]
        except OSError:  # it has ended meanwhile
            continue
        for text in texts:
            for kind, number in re.findall(r"^(prog|map|link)_id:\s*(\d+)$", text, re.MULTILINE):
                found[kind].add(number)
    return found


@pytest.fixture(autouse=True)
def leaves_nothing_behind():
    assert ASYNCLAT.exists() and LOAD.exists(), "build first: make build"
    before = bpf_objects()
    yield
    left = None
    # The kernel frees maps and programs a little after their last descriptor is closed.
    for _ in range(50):
        after = bpf_objects()
        if left is None:
            left = {kind: after[kind] - before[kind] for kind in after}
        others = held_by_others() if any(left.values()) else {}
        left = {kind: left[kind] & after[kind] - others.get(kind, set()) for kind in left}
        if not any(left.values()):
            return
        subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail(f"left in the kernel: {left}")
