"""Boots each kernel once, runs guest_checks there, and keeps what came of it."""

import base64
import dataclasses
import functools
import pathlib

import guest
import truth_module
from failure import Failure
from kernel_image import image
from kernel_list import fetched

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = HERE / "guest_checks"
# A busy host makes the verifier's minute several.
LIMIT_S = 600


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


def commands_in(printed):
    """Lines NAME STATUS =OUT =ERR; see guest_checks."""
    for line in printed.decode().splitlines():
        name, status, out, err = line.split(" ")
        yield name, Command(int(status), *(base64.b64decode(text[1:]).decode()
                                           for text in (out, err)))


def keep(commands, directory):
    """For people: facts.out can become a file of tests/facts."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, command in commands.items():
        (directory / f"{name}.out").write_text(command.out)
        (directory / f"{name}.err").write_text(command.err)


@functools.cache
def guest_run(name):
    guest.require_programs()
    try:
        kernel, place = fetched(name, image)
    except Failure as failure:
        return GuestRun(not_fetched=str(failure))
    files = {f"checks/{part.name}": part for part in sorted((HERE / "checks").iterdir())}
    no_module = ""
    try:
        files["truth.ko"] = truth_module.built(kernel)
    except Failure as failure:
        no_module = str(failure)
    try:
        result = guest.run(kernel, place, CHECKS.read_bytes(), files=files, limit_s=LIMIT_S,
                           note=print)
        commands = dict(commands_in(result.printed))
    except (Failure, ValueError) as failure:
        return GuestRun(failed=str(failure))
    keep(commands, guest.BUILD / "vm" / name)
    return GuestRun(commands, no_module=no_module)
