"""What each detail of --min costs: nanoseconds of BPF programs a work, beside the same run without it.

Each round runs all variants, one after the other, on a known load; the kernel's BPF statistics say how long
the programs ran. Printed is the median over the rounds, and the median of each round's difference to the
variant before it in the table's second column. The statistics' own clock reads are in both."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build"
STATS = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")
WORKS = 20_011
NEVER = "--min=1h"  # nothing waits that long: what is paid when all is well
VARIANTS = {
    "wait, run": ([], None),
    "all stages": (["--stage=all"], "wait, run"),
    "--min, nothing slow": ([NEVER], "all stages"),
    "--min, all are told": (["--min=1ns"], "--min, nothing slow"),
    "--submitter": ([NEVER, "--submitter"], "--min, nothing slow"),
    "--stack": ([NEVER, "--stack"], "--submitter"),
    "--pid": (["--pid=1"], "wait, run"),
    "--dump, nothing slow": (["--dump={dump}", "--on=workqueue.wait.max=1h"], "all stages"),
}


def spent_ns(pid):
    """By the programs that this process holds."""
    total = 0
    for info in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        for line in info.read_text().splitlines():
            name, _, value = line.partition(":")
            total += int(value) if name == "run_time_ns" else 0
    return total


def ns_a_work(options):
    with subprocess.Popen([BUILD / "asynclat", "-m", "workqueue", "-j", *options],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr.readline().startswith("Tracing")
        before = spent_ns(tracer.pid)
        subprocess.run([BUILD / "asynclat-load", "aio", str(WORKS)], check=True,
                       stdout=subprocess.DEVNULL)
        spent = spent_ns(tracer.pid) - before
        tracer.terminate()
        tracer.stderr.read()
    assert spent, "the kernel shows no statistics of these programs"
    return spent / WORKS


def main():
    if os.geteuid():
        sys.exit("asynclat loads BPF programs, and their statistics are root's: run make bench as root")
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=7)
    rounds = words.parse_args().rounds
    measured = {name: [] for name in VARIANTS}
    was = STATS.read_text()
    STATS.write_text("1")
    try:
        for _ in range(rounds):
            for name, (options, _) in VARIANTS.items():
                with tempfile.TemporaryDirectory() as place:
                    measured[name].append(
                        ns_a_work([option.format(dump=f"{place}/dump") for option in options]))
    finally:
        STATS.write_text(was)
    print(f"BPF programs, ns a work, {rounds} rounds of {WORKS:,} works")
    print(f"{'':22} {'median':>8} {'min':>8} {'max':>8}   more than")
    for name, (_, base) in VARIANTS.items():
        values = measured[name]
        row = f"{name:22} {statistics.median(values):8.0f} {min(values):8.0f} {max(values):8.0f}"
        if base:
            more = statistics.median(a - b for a, b in zip(values, measured[base], strict=True))
            row += f"   {more:+6.0f} {base}"
        print(row, flush=True)


main()
