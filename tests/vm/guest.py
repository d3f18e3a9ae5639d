"""Boots a Debian kernel under QEMU's emulator, runs a shell command there, and tells what it
printed and its exit status.

The flags are not a matter of taste:
- An uncompressed vmlinux boots by PVH. `-cpu max,-cx16`: QEMU 7.2 corrupts flags after cmpxchg16b,
  and guests died of it. 2 CPUs are needed for work that crosses CPUs; more are slower.
- ttyS0 is the console and carries the protocol (@@UP, @@RC), ttyS1 what the command prints, so
  neither can spoil the other.
"""

import contextlib
import os
import pathlib
import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import time

from emulator import PROGRAM, emulator
from failure import Failure
from initramfs import Initramfs

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("ASYNCLAT_BUILD", HERE.parents[1] / "build"))
BUSYBOX = pathlib.Path("/bin/busybox")

LIMIT_S = 120
LOOK_EVERY_S = 5
DYING_S = 10
LAST_LINES = 20

FLAGS = ("-accel tcg,thread=multi -cpu max,-cx16 -M pc -smp 2 -m 1G -nodefaults -no-user-config "
         "-display none -serial stdio -no-reboot").split()
KERNEL_WORDS = ("console=ttyS0,115200 panic=-1 quiet nokaslr mitigations=off audit=0 apparmor=0 "
                "selinux=0 tsc=reliable random.trust_cpu=on unknown_nmi_panic")


def initramfs(command, modules, files):
    """`files`: name in the guest -> path here, beside what every guest has."""
    archive = Initramfs()
    for directory in ("proc", "sys", "dev", "tmp", "run", "root", "etc", "modules"):
        archive.directory(directory)
    archive.device("dev/console", 5, 1)
    archive.file("bin/busybox", BUSYBOX.read_bytes())
    applets = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout
    for applet in applets.split():
        if applet != "busybox":
            archive.link(f"bin/{applet}", "busybox")
    for program in ("asynclat", "asynclat-load", "asynclat-verify"):
        if (BUILD / program).is_file():
            archive.file(f"bin/{program}", stripped(BUILD / program))
    for module in modules:
        archive.file(f"modules/{module.name}", module.read_bytes(), 0o644)
    for name, path in files.items():
        mode = 0o755 if os.access(path, os.X_OK) else 0o644
        archive.file(name.lstrip("/"), pathlib.Path(path).read_bytes(), mode)
    archive.file("init", (HERE / "init").read_bytes())
    archive.file("cmd", command)
    return archive.bytes()


def stripped(program):
    """Its symbols are most of it, and the guest would have to unpack them."""
    with tempfile.NamedTemporaryFile(prefix="asynclat-stripped-") as copy:
        done = subprocess.run(["strip", "-o", copy.name, program], check=False,
                              capture_output=True)
        return pathlib.Path(copy.name if done.returncode == 0 else program).read_bytes()


# The kernel's word for it that no timer interrupt comes any more. Seen once, and not explained: so it
# is not waited for, and not tried again either.
TIMERS_STOPPED = "kthread timer wakeup didn't happen"


def has_stopped(console):
    return TIMERS_STOPPED.encode() in console.read_bytes()


def end(guest, monitor):
    """Of an NMI first, which has the kernel say what its CPUs were at."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired), \
            socket.socket(socket.AF_UNIX) as talk:
        talk.connect(str(monitor))
        talk.sendall(b"nmi\n")
        guest.wait(DYING_S)
    guest.kill()
    guest.wait()


class Boot:
    """One attempt: `printed`, `status` (None: no result), and the console. One that takes too long
    dies of an NMI, so that its console says what its CPUs were at."""

    def __init__(self, vmlinux, initrd, limit_s, silence_s, sink):
        self.printed = bytearray()
        self.gave_up = ""  # why it was not waited for any longer
        self._sink = sink
        self._limit_s, self._silence_s = limit_s, silence_s or limit_s
        with tempfile.TemporaryDirectory(prefix="asynclat-guest-") as scratch:
            console = pathlib.Path(scratch, "console")
            archive = pathlib.Path(scratch, "initrd")
            archive.write_bytes(initrd)
            with open(console, "wb") as log:
                self._run(vmlinux, archive, log, pathlib.Path(scratch, "monitor"))
            self.console = console.read_bytes().decode(errors="replace").replace("\r", "")

    def _run(self, vmlinux, archive, log, monitor):
        deadline = time.monotonic() + self._limit_s
        ours, theirs = os.pipe()
        # The guest dies with us, however we die.
        guest = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *emulator().command, *FLAGS, "-serial", f"file:/dev/fd/{theirs}",
             "-monitor", f"unix:{monitor},server=on,wait=off",
             "-kernel", vmlinux, "-initrd", archive, "-append", KERNEL_WORDS],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, pass_fds=[theirs])
        os.close(theirs)
        try:
            if self._pass_on(ours, deadline, console=pathlib.Path(log.name)):
                guest.wait(max(0, deadline - time.monotonic()))
            else:
                self.gave_up = self._why(log, deadline)
        except subprocess.TimeoutExpired:
            self.gave_up = self._why(log, deadline)
        finally:
            os.close(ours)
            if guest.poll() is None:
                end(guest, monitor)

    def _why(self, log, deadline):
        if has_stopped(pathlib.Path(log.name)):
            return "its timers have stopped"
        return f"no result within {self._limit_s:g} s" if time.monotonic() >= deadline else \
            f"nothing printed for {self._silence_s:g} s"

    def _pass_on(self, source, deadline, console):
        """As it comes, so that somebody who watches sees it live; true at its end. A guest that is
        silent for too long, or whose timers have stopped, is not waited for."""
        heard = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(source, selectors.EVENT_READ)
            while not has_stopped(console):
                left = min(deadline, heard + self._silence_s) - time.monotonic()
                if left <= 0:
                    return False
                if not selector.select(min(left, LOOK_EVERY_S)):
                    continue
                part = os.read(source, 65536)
                if not part:
                    return True
                heard = time.monotonic()
                self.printed += part
                if self._sink:
                    self._sink(part)
        return False

    @property
    def is_up(self):
        return re.search(r"^@@UP$", self.console, re.MULTILINE) is not None

    @property
    def status(self):
        found = re.findall(r"^@@RC (\d+)$", self.console, re.MULTILINE)
        return int(found[-1]) if found else None

    @property
    def last_lines(self):
        """From where the kernel complained, however long that is."""
        lines = self.console.splitlines()
        bad = [number for number, line in enumerate(lines)
               if re.search("Kernel panic|Oops|BUG:", line)]
        return lines[min([len(lines) - LAST_LINES, *bad]):] if len(lines) > LAST_LINES else lines

class Result:
    """What the command printed, and its exit status."""

    def __init__(self, boot):
        self.printed, self.status = bytes(boot.printed), boot.status


# By an oops; or where the NMI that ends a hung guest finds a CPU.
STALE_BREAKPOINT = ["Oops: int3", "RIP: 0010:asm_exc_int3"]


class NoResult(Failure):
    """`printed`: what the command had printed until then. `stumbled`: that was the emulator's fault,
    not the command's, and is worth a second try: the guest did not come up, or ran a breakpoint of
    the kernel's own code patching that was no longer there (see emulator). Older kernels take that
    for one that was just removed, and run it again for ever."""

    def __init__(self, boot, kernel):
        why = boot.gave_up or \
            ("it ended without a result" if boot.is_up else "it did not come up")
        super().__init__(f"guest {kernel.abi}: {why}; the end of its console",
                         "\n".join(boot.last_lines))
        self.printed = bytes(boot.printed)
        self.stumbled = not boot.is_up or any(sign in boot.console for sign in STALE_BREAKPOINT)


def require_programs():
    for program in (BUSYBOX, PROGRAM):
        if not shutil.which(program):
            raise Failure(f"there is no {program} here", hint="tools/install-packages vm")


def run_once(kernel, image, command, *, files=None, limit_s=LIMIT_S, silence_s=None, sink=None):
    """Runs the shell text `command` (bytes) on the kernel whose `image` directory this is. `sink`
    gets what is printed as it comes. Raises NoResult, also where nothing is printed for
    `silence_s`."""
    require_programs()
    boot = Boot(image / "vmlinux", initramfs(command, sorted(image.glob("*.ko")), files or {}),
                limit_s, silence_s, sink)
    if boot.status is None:
        raise NoResult(boot, kernel)
    return Result(boot)


def run(kernel, *words, note=lambda text: None, **more):
    """As run_once, but once more where the emulator stumbled, which `note` is told."""
    try:
        return run_once(kernel, *words, **more)
    except NoResult as lost:
        if not lost.stumbled:
            raise
        note(f"{kernel.abi} stumbled; once more")
        return run_once(kernel, *words, **more)
