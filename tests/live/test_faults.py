"""What goes wrong, and how a run ends: exit status, signals, and a stdout that does not take it."""

import fcntl
import json
import os
import signal
import subprocess
import time

import pytest

from load import LOAD, run_load
from process import Running, run
from tracer import ASYNCLAT, Tracer

AIO = "aio_fsync_work"
SMALLEST_PIPE = 4096


def full_pipe():
    """Both ends of a pipe that takes nothing more until somebody reads."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    os.write(writer, b"\n" * SMALLEST_PIPE)
    return reader, writer


class Stuck(Running):
    """Cannot end: its last report has nowhere to go."""

    def __init__(self):
        self.reader, writer = full_pipe()
        super().__init__("--json", "-m", "workqueue", stdout=writer)
        os.close(writer)

    def __exit__(self, *failure):
        super().__exit__(*failure)
        os.close(self.reader)

    def read_on(self):
        """The run goes on and ends: (status, its lines)."""
        text = b""
        while part := os.read(self.reader, 65536):
            text += part
        return self.run.wait(), [json.loads(line) for line in text.split()]


# ---- how a run ends ------------------------------------------------------------------------------

@pytest.mark.parametrize("options,reason", [(("0.1", "2"), "count"), (("-d", "0.2s"), "duration")])
def test_ends_by_itself_with_0(options, reason):
    done = run("--json", "-m", "workqueue", *options)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["reason"] == reason


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_first_signal_prints_the_last_report_and_the_books(number):
    with Running("-m", "workqueue", "-f", AIO, "60") as tracer:
        run_load("aio", 1_009)
        status, out, _ = tracer.end(number)
    assert status == 0
    assert "  n 1,009  min" in out
    assert "  queued 1,009 = matched 1,009 + pending 0\n" in out


def test_timeout_prints():
    """It signals its child twice: once by itself, once with its group."""
    done = run(within=["timeout", "1"])
    assert done.returncode == 124
    assert "workqueue books\n  queued" in done.stdout
    assert run(within=["timeout", "--preserve-status", "1"]).returncode == 0


@pytest.mark.parametrize("options,text", [
    (["-m", "workque"], "there is no mechanism 'workque'\n  did you mean 'workqueue'?"),
    (["0"], "interval: '0' is too short"),
    (["1", "0"], "count: '0' is no report at all"),
    (["--cpu", "7-3"], "--cpu: '7-3'"),
    (["--cpu", os.sysconf("SC_NPROCESSORS_CONF") + 500], "--cpu: there is no CPU"),
    (["--json", "--view", "hist"], "--json: cannot be together with --view"),
    (["--max-entries", "0"], "'0' is out of range\n  a whole number from 1 to"),
    (["--max-entries", 2**32], "each entry takes about"),
    (["-m", "\x1b[31m"], r"'\x1B[31m'"),
])
def test_usage_is_2_and_says_what_is_accepted(options, text):
    done = run(*options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("asynclat: ")
    assert text in done.stderr
    assert "\x1b" not in done.stderr


def test_a_cpu_that_cannot_be_is_told_with_those_that_can():
    done = run("--cpu", "0,8000")
    assert done.returncode == 2
    with open("/sys/devices/system/cpu/possible") as possible:
        assert done.stderr == ("asynclat: --cpu: there is no CPU 8000\n"
                               f"  this kernel has CPUs {possible.read()}")


def test_a_cpu_that_is_there_is_no_warning():
    done = run("--cpu", "0", "-d", "0.1s")
    assert done.returncode == 0
    assert "asynclat: CPU" not in done.stderr, done.stderr


def test_a_mechanism_that_cannot_run_is_3():
    """Here: no kernel BTF, hidden in a mount namespace (fault 11)."""
    # Where / is no mount point (a chroot), /sys is one.
    hidden = ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c",
              '(mount --make-rprivate / || mount --make-rprivate /sys) 2>/dev/null && '
              'mount -t tmpfs none /sys/kernel/btf && exec "$@"', "sh"]
    done = run("-m", "workqueue", within=hidden)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "workqueue cannot be measured" in done.stderr
    assert "CONFIG_DEBUG_INFO_BTF" in done.stderr
    assert "`asynclat doctor`" in done.stderr


@pytest.mark.parametrize("kept,lacking", [("-all", "CAP_BPF"), ("-all,+bpf", "CAP_PERFMON")])
def test_without_privileges_is_4(kept, lacking):
    nobody = ["setpriv", "--reuid=65534", "--clear-groups", f"--inh-caps={kept}",
              f"--ambient-caps={kept}"]
    done = run("-m", "workqueue", within=nobody)
    assert done.returncode == 4
    assert done.stdout == ""
    assert f"no {lacking}\n" in done.stderr
    assert "setcap cap_bpf,cap_perfmon,cap_syslog+ep" in done.stderr


def test_fail_if_is_5():
    with Running("-m", "workqueue", "-f", AIO, "--fail-if", "workqueue.wait.max=1ns") as tracer:
        run_load("aio", 101)
        status, out, warnings = tracer.end()
    assert status == 5
    assert "n 101 " in out
    assert "--fail-if workqueue.wait.max=1ns was exceeded: it was " in warnings
    with Running("-m", "workqueue", "-f", AIO, "--fail-if", "workqueue.wait.max=1h") as tracer:
        run_load("aio", 101)
        assert tracer.end()[0] == 0


def test_fail_if_without_an_event_passes_and_says_so():
    done = run("-q", "-m", "workqueue", "-f", "no_such_function", "-d", "0.1s",
               "--fail-if", "workqueue.wait.p99=1ns")
    assert done.returncode == 0
    assert done.stderr == \
        "asynclat: --fail-if workqueue.wait.p99=1ns passes: there was no event\n"


def test_max_loss_is_6():
    options = ("-m", "workqueue", "-f", AIO, "--max-loss", "1", "--max-entries", "8")
    with Running(*options) as tracer:
        run_load("aio", 10_007, "--batch", 4_096)
        status, _, warnings = tracer.end()
    assert status == 6
    assert "workqueue lost more than --max-loss allows" in warnings
    assert "try --max-entries 32\n" in warnings
    with Running(*options) as tracer:
        run_load("aio", 101, "--batch", 1)
        assert tracer.end()[0] == 0


# ---- signals -------------------------------------------------------------------------------------

def test_a_second_ctrl_c_leaves_at_once():
    with Stuck() as tracer:
        tracer.send(signal.SIGINT)
        assert tracer.runs_for(0.4)
        tracer.send(signal.SIGINT)
        assert tracer.run.wait(1) == 130


def test_a_repeat_at_once_is_the_same_signal():
    with Stuck() as tracer:
        tracer.send(signal.SIGINT)
        time.sleep(0.1)
        tracer.send(signal.SIGINT)
        assert tracer.runs_for(0.4)
        status, lines = tracer.read_on()
    assert status == 0
    assert [line["type"] for line in lines] == ["start", "interval", "end"]


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_sigterm_is_never_the_second(first):
    with Stuck() as tracer:
        tracer.send(first)
        time.sleep(0.4)
        tracer.send(signal.SIGTERM)
        assert tracer.runs_for(0.2)
        status, lines = tracer.read_on()
    assert (status, lines[-1]["reason"]) == (0, "signal")


def test_sigusr1_prints_a_report_now():
    with Running("--json", "-m", "workqueue", "-f", AIO, "3600") as tracer:
        assert json.loads(tracer.stdout.readline())["type"] == "start"
        run_load("aio", 1_009)
        tracer.send(signal.SIGUSR1)
        report = json.loads(tracer.stdout.readline())
        status, out, _ = tracer.end()
    assert report["type"] == "interval"
    assert report["mechanisms"][0]["stages"][0]["count"] == 1_009
    assert report["interval_ns"] < 10e9
    rest = [json.loads(line) for line in out.splitlines()]
    assert [line["type"] for line in rest] == ["interval", "end"]
    assert rest[0]["mechanisms"][0]["stages"][0]["count"] == 0
    assert status == 0


@pytest.mark.parametrize("after_ms", [0, 2, 10, 30, 60, 100, 150, 200, 300])
def test_ctrl_c_while_loading(after_ms):
    tracer = subprocess.Popen([ASYNCLAT], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_ms / 1000)
    tracer.send_signal(signal.SIGINT)
    try:
        # Before it takes signals it dies of this one, which a shell shows as 130.
        assert tracer.wait(2) in (0, -signal.SIGINT)
    finally:
        tracer.kill()
        tracer.wait()


@pytest.mark.parametrize("after_ms", [2, 30, 100, 200])
def test_killed_while_loading(after_ms):
    tracer = subprocess.Popen([ASYNCLAT], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_ms / 1000)
    tracer.kill()
    assert tracer.wait(2) == -signal.SIGKILL


@pytest.mark.parametrize("ending", [False, True])
def test_killed_later(ending):
    """The end may be over before the second signal comes: then there was nothing to kill."""
    with Running("--stage=all", "0.05", stdout=subprocess.DEVNULL) as tracer:
        busy = subprocess.Popen([LOAD, "aio", "100000000"], stdout=subprocess.DEVNULL)
        try:
            assert tracer.runs_for(0.1)
            if ending:
                tracer.send(signal.SIGINT)
                time.sleep(0.002)
            tracer.run.kill()
            assert tracer.run.wait(2) in ((-signal.SIGKILL, 0) if ending else (-signal.SIGKILL,))
        finally:
            busy.kill()
            busy.wait()


def test_stopped_for_long_is_one_interval_of_its_real_length():
    with Tracer("-m", "workqueue", "-f", AIO, "0.5") as tracer:
        tracer._run.send_signal(signal.SIGSTOP)
        run_load("aio", 1_009)
        time.sleep(1.5)
        tracer._run.send_signal(signal.SIGCONT)
    long = [interval for interval in tracer.intervals if interval["interval_ns"] >= 1_400_000_000]
    assert len(long) == 1
    assert long[0]["mechanisms"][0]["stages"][0]["count"] == 1_009


# ---- a stdout that does not take it --------------------------------------------------------------

def with_closed(redirection, *options):
    return ["sh", "-c", f'exec "$0" "$@" {redirection}', ASYNCLAT, *options]


@pytest.mark.parametrize("command", [[], ["doctor"], ["list"], ["--help"]])
def test_a_closed_stdout_is_an_error(command):
    done = subprocess.run(with_closed(">&-", *command), stderr=subprocess.PIPE, text=True,
                          timeout=10)
    assert done.returncode == 1
    assert done.stderr.startswith("asynclat: standard output is closed\n")


def test_no_bpf_descriptor_becomes_a_standard_one():
    """Else a message would be written to a map, or a map be read as input."""
    tracer = subprocess.Popen(with_closed("<&- 2>&-", "--json", "-m", "workqueue"),
                              stdout=subprocess.PIPE, text=True)
    try:
        assert json.loads(tracer.stdout.readline())["type"] == "start"
        for fd in (0, 2):
            assert os.readlink(f"/proc/{tracer.pid}/fd/{fd}") == "/dev/null"
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=5)
        assert tracer.returncode == 0
    finally:
        tracer.kill()
        tracer.wait()


@pytest.mark.parametrize("options", ["-m workqueue 0.1", "-m workqueue -j 60"])
def test_head_ends_it_quietly(options):
    line = f'"{ASYNCLAT}" {options} | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=10)
    first, status = done.stdout.splitlines()
    assert first.startswith(("workqueue wait", '{"schema":1,"type":"start"'))
    assert status == "0"
    assert done.stderr.startswith("Tracing") and "asynclat: CPU" not in done.stderr, done.stderr


def test_a_reader_that_goes_ends_a_long_interval():
    """Text has nothing to write until the interval is over: a write would not tell."""
    with Running("-m", "workqueue", "3600") as tracer:
        tracer.stdout.close()
        assert tracer.run.wait(2) == 0
        assert tracer.stderr.read() == ""


@pytest.mark.parametrize("command", [["-m", "workqueue", "0.1"], ["-m", "workqueue", "-j"],
                                     ["list"], ["--help"]])
def test_a_full_disk_is_an_error_with_the_bytes_lost(command):
    with open("/dev/full", "w") as full:
        done = run(*command, stdout=full)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    head = "asynclat: cannot write to standard output: No space left on device; "
    assert message.startswith(head)
    assert int(message.removeprefix(head).removesuffix(" bytes lost")) > 50


def test_a_slow_reader_delays_lines_and_loses_nothing():
    with Tracer("-m", "workqueue", "-f", AIO, "0.05") as tracer:
        fcntl.fcntl(tracer._run.stdout, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
        run_load("aio", 5_003)
        time.sleep(0.8)
        run_load("aio", 5_003)
    # Tracer checks that the intervals sum to the whole.
    assert tracer.stage("wait")["count"] == 10_006
    assert max(interval["interval_ns"] for interval in tracer.intervals) > 500_000_000
    assert len(tracer.intervals) < 12


@pytest.mark.parametrize("options", [("-d", "0.1s"), ("--max-entries", "0")])
def test_stderr_that_cannot_be_written_changes_nothing(options):
    with open("/dev/full", "w") as full:
        done = subprocess.run([ASYNCLAT, "-m", "workqueue", *options], stdout=subprocess.DEVNULL,
                              stderr=full, timeout=30)
    assert done.returncode == (2 if "0" in options else 0)


def test_a_signal_that_was_ignored_stays_so():
    """nohup: SIGHUP does not end it."""
    ran = subprocess.Popen(["nohup", ASYNCLAT, "-jq", "-m", "workqueue", "-d", "1.5s"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    time.sleep(0.7)
    ran.send_signal(signal.SIGHUP)
    out, _ = ran.communicate(timeout=30)
    assert ran.returncode == 0
    assert json.loads(out.splitlines()[-1])["reason"] == "duration"
