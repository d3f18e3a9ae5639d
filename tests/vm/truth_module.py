"""The test module tests/vm/module: built for a kernel, and what it writes down."""

import dataclasses
import pathlib
import subprocess

import guest
from failure import Failure
from kernel_headers import headers

SOURCE = pathlib.Path(__file__).with_name("module")
# Debian 12's own compiler does not build modules for these.
NOT_BUILT = {"7": "its headers need a newer compiler than Debian 12's"}


def built(kernel):
    """The module for a kernel (kernel_list.Kernel)."""
    if kernel.name in NOT_BUILT:
        raise Failure(f"no test module for {kernel.abi}", NOT_BUILT[kernel.name])
    place = guest.BUILD / "vm" / kernel.name / "module"
    done = subprocess.run(["make", "-C", SOURCE, f"KDIR={headers(kernel)}", f"OUT={place}"],
                          check=False, capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"the test module does not build for {kernel.abi}", done.stderr)
    return place / "asynclat_truth.ko"


@dataclasses.dataclass
class Item:
    """One queueing, as the module saw it; times are CLOCK_MONOTONIC, 0: never."""

    index: int  # -1: one that the kind needs beside its items
    function: str
    before_ns: int
    after_ns: int
    start_ns: int
    end_ns: int
    result: set

    def noted(self, name):
        """What the result says of that name, a number."""
        [value] = [int(word.removeprefix(f"{name}=")) for word in self.result
                   if word.startswith(f"{name}=")]
        return value


def items(table):
    rows = (line.split() for line in table.splitlines() if not line.startswith("#"))
    return [Item(int(index), function, *map(int, times), set(result.split(",")))
            for _, index, _, function, *times, _, _, result in rows]
