"""Boots each kernel, runs guest_checks there, and keeps what came of it."""

import base64
import concurrent.futures
import dataclasses
import functools
import itertools
import pathlib
import threading

import guest
import truth_module
from failure import Failure
from kernel_image import image
from kernel_list import fetched

HERE = pathlib.Path(__file__).resolve().parent
COMMANDS = HERE / "guest_checks"
CHECKS = HERE / "checks"
# A busy host makes the verifier's minute several.
LIMIT_S = 900
SILENCE_S = 300
# A guest seldom keeps more than one CPU busy, as most of what it does is one thing after the other.
AT_ONCE = 2

# Kernels, headers and modules are fetched and built in one cache.
_preparing = threading.Lock()


@dataclasses.dataclass
class Command:
    status: int
    out: str
    err: str


@dataclasses.dataclass
class GuestRun:
    commands: dict = dataclasses.field(default_factory=dict)
    not_fetched: str = ""
    failed: str = ""
    no_module: str = ""


def whole_parts(printed):
    """Part -> its lines, of those that came to their end; see guest_checks."""
    parts, lines = {}, []
    for line in printed.decode().splitlines(keepends=True):
        if line.startswith("end ") and line.endswith("\n"):
            parts[line[len("end "):-1]], lines = lines, []
        else:
            lines.append(line)
    return parts


def commands_in(parts):
    for line in itertools.chain.from_iterable(parts.values()):
        words = line.split(" ")
        if len(words) != 4:
            raise Failure("this is no result of guest_checks", line)
        name, status, out, err = words
        yield name, Command(int(status), *(base64.b64decode(text[1:]).decode()
                                           for text in (out, err)))


def run_parts(kernel, place, files):
    """In one boot; where the emulator stumbles, another goes on with the part that broke off, which
    gets no third try."""
    files |= {f"checks/{part.name}": part for part in CHECKS.iterdir()}
    todo, done, broken = sorted(part.name for part in CHECKS.iterdir()), {}, None
    while todo:
        command = f"parts='{' '.join(todo)}'\n".encode() + COMMANDS.read_bytes()
        try:
            done |= whole_parts(guest.run_once(kernel, place, command, files=files,
                                               limit_s=LIMIT_S, silence_s=SILENCE_S).printed)
            return done
        except guest.NoResult as lost:
            done |= whole_parts(lost.printed)
            todo = [part for part in todo if part not in done]
            if todo and (todo[0] == broken or not lost.stumbled):
                lost.what = f"in {todo[0]}, {lost.what}"
                raise
            broken = todo[0] if todo else None
    return done


def keep(commands, directory):
    """For people: facts.out can become a file of tests/facts."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, command in commands.items():
        (directory / f"{name}.out").write_text(command.out)
        (directory / f"{name}.err").write_text(command.err)


@functools.cache
def guest_run(name):
    guest.require_programs()
    files, no_module = {}, ""
    with _preparing:
        try:
            kernel, place = fetched(name, image)
        except Failure as failure:
            return GuestRun(not_fetched=str(failure))
        try:
            files["truth.ko"] = truth_module.built(kernel)
        except Failure as failure:
            no_module = str(failure)
    try:
        commands = dict(commands_in(run_parts(kernel, place, files)))
    except (Failure, ValueError) as failure:
        return GuestRun(failed=str(failure))
    keep(commands, guest.BUILD / "vm" / name)
    return GuestRun(commands, no_module=no_module)


def run_guests(names):
    """Two at once; guest_run has them after that."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(guest_run, names))
