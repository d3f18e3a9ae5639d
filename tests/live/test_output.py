"""What a user sees: text through a pipe and on terminals, what stderr tells, and the commands that
measure nothing."""

import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import termios
import time

import pytest

from load import run_load
from process import Running, run
from tracer import ROOT, SCHEMA, Tracer

AIO = "aio_fsync_work"
COLOUR = re.compile(r"\x1b\[[\d;]*m")
NEVER_CALLED = "start_kernel"
TIME_OF_DAY = re.compile(r"^\d\d:\d\d:\d\d$", re.MULTILINE)


def traced(*options, load=("aio", 1_009), warnings=""):
    """The text of a run beside a load of its own."""
    with Running("-m", "workqueue", "-f", AIO, *options) as tracer:
        run_load(*load)
        status, out, said = tracer.end()
    assert status == 0
    assert said == warnings
    return out


def longest(text):
    return max(map(len, text.splitlines()))


# ---- shape ---------------------------------------------------------------------------------------

class Terminal:
    """A pseudo terminal for stdout; what was drawn on it is read at the end."""

    def __init__(self, columns, rows):
        self._ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def drawn(self):
        os.close(self.theirs)
        drawn = b""
        try:
            while part := os.read(self._ours, 65536):
                drawn += part
        except OSError:  # EIO: nobody has the other end open any more
            pass
        os.close(self._ours)
        return drawn.decode().replace("\r\n", "\n")


def on_terminal(columns, rows, *options, **environment):
    terminal = Terminal(columns, rows)
    env = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
    with Running("-m", "workqueue", "-f", AIO, *options, stdout=terminal.theirs,
                 env={name: value for name, value in env.items() if value is not None}) as tracer:
        run_load("aio", 1_009)
        assert tracer.end()[0] == 0
    return terminal.drawn()


@pytest.mark.parametrize("columns,rows,width", [(80, 24, 80), (200, 50, 80), (40, 12, 40),
                                                (20, 10, 20), (0, 0, 80)])
def test_terminals_of_all_sizes(columns, rows, width):
    coloured = on_terminal(columns, rows, "--stage=all")
    assert COLOUR.search(coloured)
    text = COLOUR.sub("", coloured)
    assert "n 1,009 " in text
    assert "queued 1,009" in text
    assert width * 0.85 < longest(text) <= width
    assert text.isascii() and "\x1b" not in text
    assert ("|***" in text) == (width >= 40), "no room for bars"


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": None}, {"NO_COLOR": "1"}],
                         ids=str)
def test_poor_terminals_get_plain_text(environment):
    text = on_terminal(80, 24, **environment)
    assert "n 1,009 " in text
    assert text.isascii() and "\x1b" not in text
    assert longest(text) <= 80


def test_a_pipe_is_80_columns_wide():
    text = traced("--stage=all")
    assert 70 < longest(text) <= 80
    assert text.isascii() and "\x1b" not in text


def test_the_banner_fits_80_columns():
    lines = run("-d", "100ms").stderr.splitlines()
    whole = " ".join(line.strip() for line in lines)
    assert re.match(r"Tracing workqueue, delayed_work.* [\d.]+ MiB of memory\.\.\. Ctrl-C to end\.",
                    whole)
    assert max(map(len, lines)) <= 80


# ---- options that shape it -----------------------------------------------------------------------

def test_timestamps_on_each_report():
    done = run("-m", "workqueue", "-T", "0.1", "3")
    assert len(TIME_OF_DAY.findall(done.stdout)) == 3
    assert not TIME_OF_DAY.search(run("-m", "workqueue", "0.1", "1").stdout)


def test_units():
    assert "     nsecs  " in traced("-N")
    text = traced()
    assert "     usecs  " in text and "nsecs" not in text


@pytest.mark.parametrize("options", [["-d", "1.1s"], ["-f", "no_such_function", "-d", "0.1s"],
                                     ["-w", "no_such_workqueue", "-d", "0.1s"]])
def test_quiet_leaves_stderr_empty(options):
    done = run("-q", "-m", "workqueue", *options)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "workqueue books\n" in done.stdout


def test_json_is_alone_on_stdout():
    """Even where the run ends with an error."""
    done = run("--json", "--fail-if", "workqueue.run.min=0s", "0.1", "3")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["type"] for line in lines] == ["start"] + 3 * ["interval"] + ["end"]


def test_groups():
    cpus = traced("--per-cpu", load=("aio", 101, "--cpu", 0))
    assert "workqueue wait, cpu 0\n" in cpus
    assert "workqueue wait, cpu 1\n" not in cpus
    assert f"workqueue wait, function {AIO}\n" in traced("--per-function")
    assert re.search(r"^workqueue wait, workqueue \S+$", traced("--per-workqueue"), re.MULTILINE)
    pools = traced("--per-pool", load=("aio", 101, "--cpu", 0))
    assert "workqueue wait, pool cpu0\n" in pools
    for grouped in (cpus, pools):
        assert "  n 101  min" in grouped


def test_two_mechanisms_print_both():
    out = run("0.1", "1").stdout
    for mechanism, headline in (("workqueue", "wait"), ("delayed_work", "late")):
        assert re.search(f"^{mechanism} {headline}", out, re.MULTILINE)
        assert f"{mechanism} books\n" in out


def test_delayed_work_alone():
    out = run("-m", "delayed_work", "0.1", "1").stdout
    assert "delayed_work books\n" in out
    assert "workqueue books" not in out


# ---- what stderr tells ---------------------------------------------------------------------------

@pytest.mark.parametrize("mechanism,makes", [("workqueue", "refresh_vm_stats"),
                                             ("delayed_work", "wb_update_bandwidth_workfn")])
def test_silence_names_a_command_that_helps(mechanism, makes):
    begin = time.monotonic()
    with Running("-m", mechanism, "-f", NEVER_CALLED, "60", stdout=subprocess.DEVNULL) as tracer:
        first, second = tracer.stderr.readline(), tracer.stderr.readline()
        assert time.monotonic() - begin < 3
    assert first == \
        f"No {mechanism} event has passed the filters yet. Without them, this makes some:\n"
    with Tracer("-m", mechanism, f"-f{makes}") as tracer:
        for _ in range(3):  # once does, unless the kernel hides it (oracle.py)
            subprocess.run(second, shell=True, check=True, stdout=subprocess.DEVNULL)
            time.sleep(0.5)  # wb_update_bandwidth_workfn is armed for 200 ms
    assert tracer.books(mechanism)["matched"] > 0


def test_globs_that_match_nothing_are_told_once():
    done = run("-m", "workqueue", "-f", "no_such_*", "-w", "nor_this_*", "0.1", "3")
    assert done.returncode == 0
    assert done.stderr.count("asynclat: --function no_such_* matches no function\n") == 1
    assert done.stderr.count(
        "asynclat: no item yet on a workqueue that --workqueue 'nor_this_*' matches\n") == 1


# ---- commands that measure nothing ---------------------------------------------------------------

def test_doctor():
    done = run("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Linux {os.uname().release} ")
    assert "\nworkqueue: can be measured\n" in done.stdout
    assert longest(done.stdout) <= 80


def test_doctor_json_says_what_is_measured():
    doctor = json.loads(run("doctor", "--json").stdout)
    SCHEMA.validate(doctor)
    assert doctor["kernel"] == os.uname().release
    with Tracer("--stage=all") as tracer:
        pass
    told = {m["name"]: m["stages"] for m in doctor["mechanisms"] if m["works"]}
    assert told == {m["name"]: m["stages"] for m in tracer.start["mechanisms"]}


def test_doctor_facts_can_become_a_fixture():
    def keys(text):
        """Names are the key of a fact that there are many of."""
        words = [line.split() for line in text.splitlines()]
        return {tuple(w[:2]) if w[0] in ("tracepoint", "address", "capability") else w[0]
                for w in words}

    facts = run("doctor", "--facts").stdout
    assert keys(facts) == keys((ROOT / "tests/facts/6.18-tracepoints-only.txt").read_text())
    assert f"release {os.uname().release}\n" in facts


def test_doctor_without_privileges_says_what_lacks():
    done = run("doctor", within=["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "workqueue: cannot be measured\n" in done.stdout
    assert done.stdout.count("no CAP_BPF\n  run it with sudo, or: setcap ") == 1


def test_list():
    text = run("list").stdout
    for mechanism in ("workqueue", "delayed_work"):
        assert f"{mechanism}: " in text
    assert longest(text) <= 80


def test_docs_list_the_mechanisms_as_the_program_does():
    assert run("list", "--markdown").stdout == \
        pathlib.Path(ROOT / "docs/mechanisms.md").read_text(), \
        "asynclat list --markdown > docs/mechanisms.md"
