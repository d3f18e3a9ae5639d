"""The way into a guest and back: every byte of the command, all that it prints, its status."""

import os
import pathlib
import subprocess

import pytest

import guest
from failure import Failure
from kernel_image import image
from kernel_list import fetched

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERNEL = "6.1"

# What make, its recipe's shell or a serial line could take for theirs.
COMMAND = r"""printf '%s|' "$HOME" $((6 * 7)) 'a  b' "#x" $(echo sub) '$(shell exit) $( $$ %' \
	"it's" '\n' `uname -s`
printf '\rend\n\n\tof it' >&2
sleep 1000 &
exit 7"""
PRINTED = b"/root|42|a  b|#x|sub|$(shell exit) $( $$ %|it's|\\n|Linux|\rend\n\n\tof it"


@pytest.fixture(autouse=True)
def kernel_is_there():
    guest.require_programs()
    try:
        fetched(KERNEL, image)
    except Failure as failure:
        pytest.skip(str(failure))


def boot(*words, **environment):
    return subprocess.run([ROOT / "tests/vm/boot", *words], capture_output=True, check=False,
                          env={**os.environ, **environment})


def test_every_byte_through_make():
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS")}
    done = subprocess.run(["make", "-C", ROOT, "-s", "vm", f"KERNEL={KERNEL}", f"CMD={COMMAND}"],
                          capture_output=True, check=False, env=environment)
    assert done.stdout == PRINTED, done.stderr.decode()
    assert done.returncode == 2
    assert b"Error 7\n" in done.stderr


def test_files_and_status(tmp_path):
    (tmp_path / "data").write_bytes(bytes(range(256)))
    done = boot("--file", f"/deep/data={tmp_path / 'data'}", KERNEL,
                "cat /deep/data; exit 41")
    assert (done.returncode, done.stdout) == (41, bytes(range(256))), done.stderr.decode()


def test_no_result_is_said():
    done = boot(KERNEL, "echo before; sleep 1; echo c >/proc/sysrq-trigger")
    assert (done.returncode, done.stdout) == (125, b"before\n")
    assert b"it ended without a result; the end of its console:\n" in done.stderr
    assert b"Kernel panic" in done.stderr


def test_what_hangs_says_where():
    done = boot("--limit", "15", KERNEL, "echo before; while :; do :; done")
    assert (done.returncode, done.stdout) == (125, b"before\n")
    assert b"no result within 15 s; the end of its console:\n" in done.stderr
    assert b"Kernel panic - not syncing: NMI" in done.stderr


def test_unknown_kernels_are_listed():
    done = boot("4.19", "true")
    assert (done.returncode, done.stdout) == (125, b"")
    assert b"there is no kernel '4.19':\n  5.10 " in done.stderr
