"""A control group (v2) of its own, for as long as a block."""

import os
import time
from pathlib import Path

import pytest


def mount():
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, directory, kind, *_ = line.split(" ")
        if kind == "cgroup2":
            return Path(directory)
    return pytest.skip("no cgroup v2 hierarchy is mounted here")


class Cgroup:
    def __init__(self):
        self.path = mount() / f"asynclat_test_{os.getpid()}"

    def __enter__(self):
        (self.path / "inner").mkdir(parents=True)
        return self

    def __exit__(self, *_):
        for directory in (self.path / "inner", self.path):
            for _ in range(100):  # a process that has just ended may still be in it
                try:
                    directory.rmdir()
                    break
                except OSError:
                    time.sleep(0.02)
            else:
                directory.rmdir()

    @property
    def name(self):
        """Below the mount."""
        return "/" + self.path.name

    def take(self, pid, inner=False):
        (self.path / ("inner/cgroup.procs" if inner else "cgroup.procs")).write_text(str(pid))
