"""The QEMU that runs the guests: the installed one, or, where that is too old, Debian's backport of a
newer one, unpacked into the cache.

Before 8.1 the emulator may translate code while another CPU writes it, and keep what is then no
longer there (mended by QEMU's "lock pages before translation"). A kernel that patches its code,
as each attaching does, then runs a breakpoint that it took away: it dies of it, or never leaves it.
"""

import dataclasses
import functools
import re
import subprocess

import private_apt
from cache import CACHE, locked, made_once
from failure import Failure

PROGRAM = "qemu-system-x86_64"
FIRST_SOUND = (8, 1)
SUITE = "bookworm-backports"
# The installed one brings the libraries and the BIOS.
PACKAGES = ("qemu-system-x86", "qemu-system-data")


@dataclasses.dataclass
class Emulator:
    version: str
    command: list
    complaint: str = ""  # why it is an old one

    def __str__(self):
        text = f"QEMU {self.version}"
        return f"{text}, whose breakpoints may be stale: {self.complaint}" if self.complaint else text


def version_of(program):
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failure(f"{program} does not run", str(error), "tools/install-packages vm") from error
    found = re.match(r"QEMU emulator version (\d+\.\d+[.\d]*)", done.stdout)
    if done.returncode or not found:
        raise Failure(f"{program} does not tell its version", done.stderr or done.stdout)
    return found[1]


def is_sound(version):
    return tuple(map(int, version.split(".")[:2])) >= FIRST_SOUND


def unpack(place):
    for package in PACKAGES:
        offered = [version for suite, version in private_apt.versions(package) if suite == SUITE]
        if not offered:
            raise Failure(f"the mirror has no {package} in {SUITE}")
        private_apt.download(package, offered[0], place)


def unpacked():
    with locked():
        try:
            place = made_once(CACHE / "qemu", unpack)
        except Failure:
            # The mirror may have replaced this version since the lists were made.
            private_apt.update()
            place = made_once(CACHE / "qemu", unpack)
    program = place / "usr/bin" / PROGRAM
    return Emulator(version_of(program), [program, "-L", place / "usr/share/qemu"])


@functools.cache
def emulator():
    installed = version_of(PROGRAM)
    if is_sound(installed):
        return Emulator(installed, [PROGRAM])
    try:
        return unpacked()
    except Failure as failure:
        return Emulator(installed, [PROGRAM], str(failure))
