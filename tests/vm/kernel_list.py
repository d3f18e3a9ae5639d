"""Which kernels the guests run, and what they are called today."""

import dataclasses
import functools
import json
import re
import subprocess
import sys
import time

import private_apt
from cache import CACHE, locked
from debian_mirror import debian_mirror
from failure import Failure

# Groups of suites in order of preference; of a group the newest kernel is taken. 6.12 comes from
# backports first: that one's modules build with Debian 12's own compiler.
WANTED = {
    "5.10": [["bullseye"]],
    "6.1": [["bookworm"]],
    "6.12": [["bookworm-backports"], ["trixie"]],
    "7": [["trixie-backports", "sid"]],
}
META = "linux-image-cloud-amd64"
LIST = CACHE / "kernels.json"
# A name changes with every security update. An incomplete list may be a mirror's bad hour.
FRESH_S, FRESH_INCOMPLETE_S = 24 * 3600, 600


@dataclasses.dataclass
class Kernel:
    name: str  # as in WANTED
    abi: str
    version: str
    suite: str


def newer(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "gt", b], check=False).returncode == 0


def look_up(name, offered):
    for suites in WANTED[name]:
        best = None
        for suite, version in offered:
            if suite in suites and re.match(rf"{re.escape(name)}\.", version) and \
                    (best is None or newer(version, best[1])):
                best = (suite, version)
        if not best:
            continue
        suite, version = best
        for package in private_apt.depends(META, version):
            if found := re.fullmatch(r"linux-image-(\d.*-cloud-amd64)", package):
                return Kernel(name, found[1], version, suite)
    return None


def resolve():
    """Asks the mirror. Returns the kernels that it has and the reason why others are missing."""
    complaint = private_apt.update()
    offered = private_apt.versions(META)
    kernels = [kernel for name in WANTED if (kernel := look_up(name, offered))]
    if not kernels:
        raise Failure(f"no suite offers {META}", complaint,
                      "is the mirror in /etc/apt reachable, and does it have Debian's suites?")
    return kernels, complaint


def kernels(renew):
    """(the kernels that can be had, the reason why others cannot), at most a day old."""
    with locked():
        kept = json.loads(LIST.read_text()) if LIST.is_file() else None
        known = [Kernel(**fields) for fields in kept["kernels"]] if kept else []
        fresh_s = FRESH_S if len(known) == len(WANTED) else FRESH_INCOMPLETE_S
        if known and not renew and kept["mirror"] == debian_mirror() and \
                0 <= time.time() - kept["time"] < fresh_s:
            return known, kept["complaint"]
        try:
            found, complaint = resolve()
        except Failure as failure:
            if not known:
                raise
            print(f"{failure}\ngoing on with the kernels of {time.ctime(kept['time'])}",
                  file=sys.stderr)
            return known, kept["complaint"]
        LIST.write_text(json.dumps({
            "time": time.time(), "mirror": debian_mirror(), "complaint": complaint,
            "kernels": [dataclasses.asdict(kernel) for kernel in found]}, indent=1))
        return found, complaint


def matches(kernel, prefix):
    """Whether 6.1 or 6.1.0 means this kernel; 6.1 does not mean 6.12."""
    return any(re.match(rf"{re.escape(prefix)}(?![0-9])", name)
               for name in (kernel.name, kernel.abi))


@functools.cache
def kernels_or_failure(renew):
    """A mirror that cannot be reached is not waited for again, kernel by kernel."""
    try:
        return kernels(renew)
    except Failure as failure:
        return failure


def kernel_for(prefix, renew=False):
    known = kernels_or_failure(renew)
    if isinstance(known, Failure):
        raise known
    have, complaint = known
    found = [kernel for kernel in have if matches(kernel, prefix)]
    if found:
        return found[-1]
    if prefix in WANTED:
        suites = " or ".join(suite for group in WANTED[prefix] for suite in group)
        raise Failure(f"the mirror has no kernel {prefix}", complaint or f"not in {suites}",
                      "run without it, or name a mirror in /etc/apt that has it")
    raise Failure(f"there is no kernel '{prefix}'",
                  "\n".join(f"{kernel.name:6}{kernel.abi}" for kernel in have),
                  "name one of these, or as much of it as tells which")


def fetched(prefix, fetch):
    """(the kernel, what fetch(kernel) returns for it)."""
    kernel = kernel_for(prefix)
    try:
        return kernel, fetch(kernel)
    except Failure:
        # The mirror may have replaced this version since the list was made.
        renewed = kernel_for(prefix, renew=True)
        if renewed == kernel:
            raise
        return renewed, fetch(renewed)
