"""record beside a load, and what replay and the page make of it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
from html.parser import HTMLParser

import pytest

from load import run_load
from process import Running, run
from tracer import SCHEMA, by_name, check_books

AIO = "aio_fsync_work"


def recorded(path, *options, load=("aio", 1_009)):
    """A recording of a run beside a load; what record printed with --json."""
    with Running("record", path, "--json", *options) as tracer:
        run_load(*load)
        status, out, said = tracer.end()
    assert status == 0, said
    return out


@pytest.fixture(name="recording", scope="module")
def one_recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("record") / "run.rec"
    return path, recorded(path, "0.2")


def test_replay_gives_the_live_json_byte_for_byte(recording):
    path, live = recording
    replayed = run("replay", path, "--json")
    assert replayed.returncode == 0, replayed.stderr
    assert replayed.stdout == live
    lines = [json.loads(line) for line in live.splitlines()]
    for line in lines:
        SCHEMA.validate(line)
    total = by_name(lines[-1]["total"]["mechanisms"])
    assert by_name(total["workqueue"]["functions"])[AIO]["count"] == 1_009
    for mechanism in total.values():
        check_books(mechanism)


def test_a_record_has_every_stage_unless_told_otherwise(recording, tmp_path):
    _, live = recording
    start = json.loads(live.splitlines()[0])
    workqueue = by_name(start["mechanisms"])["workqueue"]
    assert {"wait", "hold", "run"} <= set(workqueue["stages"]) | set(workqueue["unavailable"])
    assert len(workqueue["stages"]) > 2
    only = recorded(tmp_path / "a", "-m", "workqueue", "--stage", "wait")
    assert by_name(json.loads(only.splitlines()[0])["mechanisms"])["workqueue"]["stages"] == ["wait"]


def test_a_limit_on_what_was_not_recorded_is_no_pass(tmp_path):
    path = tmp_path / "run.rec"
    assert run("record", path, "-m", "workqueue", "-d", "200ms").returncode == 0
    done = run("replay", path, "--fail-if", "kthread.wait.max=1h")
    assert done.returncode == 3
    assert "--fail-if kthread.wait.max=1h can never be exceeded: kthread wait is not measured" \
        in " ".join(done.stderr.split())


def test_a_replay_is_text_with_groupings_and_filters(recording):
    path, _ = recording
    by_function = run("replay", path, "-F", "-m", "workqueue", "--stage", "wait")
    assert by_function.returncode == 0
    assert f"workqueue wait, function {AIO}" in by_function.stdout.replace("  ", " ") or \
        AIO in by_function.stdout
    assert "workqueue run" not in by_function.stdout
    assert "delayed_work" not in by_function.stdout
    assert run("replay", path, "-c", "4000").returncode == 2
    assert run("replay", path, "--fail-if", "workqueue.wait.max=1ns").returncode == 5
    assert "Recorded on " in by_function.stderr


def test_without_root_and_from_a_pipe(recording):
    path, live = recording
    done = run("replay", "-", "--json", within=("setpriv", "--reuid=65534", "--clear-groups"),
               stdin=open(path, "rb"))
    assert (done.returncode, done.stdout) == (0, live)


def test_a_killed_run_loses_its_last_interval_at_most(tmp_path):
    path = tmp_path / "killed.rec"
    with Running("record", path, "0.1") as tracer:
        time.sleep(1)
        tracer.send(signal.SIGKILL)
    done = run("replay", path, "--json")
    assert done.returncode == 1
    assert f"at byte {path.stat().st_size}" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) > 5
    assert lines[-1]["type"] == "end" and lines[-1]["reason"] == "truncated"


def test_a_full_disk_says_what_is_kept(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", tmp_path]).returncode:
        pytest.skip("cannot mount a small tmpfs")
    try:
        path = tmp_path / "full.rec"
        done = run("record", path, "0.02", "2000")
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        kept = int(done.stderr.split("full.rec' holds ")[1].split()[0])
        replayed = run("replay", path, "--json")
        assert replayed.returncode == 1 and "cut off" in replayed.stderr
        assert replayed.stdout.count('"type":"interval"') == kept
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_no_file_is_overwritten_and_no_link_followed(tmp_path):
    there = tmp_path / "there"
    there.write_text("precious")
    (tmp_path / "link").symlink_to(there)
    for options in (("there",), ("link",), ("link", "--force")):
        refused = run("record", tmp_path / options[0], *options[1:], "-d", "100ms")
        assert refused.returncode == 1
        assert "Tracing" not in refused.stderr, "told before anything is attached"
    assert there.read_text() == "precious"
    assert run("record", there, "--force", "-d", "100ms").returncode == 0
    assert run("replay", there).returncode == 0


def test_the_page_is_never_written_over_the_recording(recording, tmp_path):
    path = tmp_path / "run.rec"
    shutil.copy(recording[0], path)
    (tmp_path / "same.html").hardlink_to(path)
    for name in ("run.rec", "same.html"):
        refused = run("replay", path, "--html", tmp_path / name, "--force")
        assert refused.returncode == 1 and "it is what is being read" in refused.stderr
    assert path.read_bytes() == recording[0].read_bytes()
    assert run("replay", path, "--html", "-").returncode == 2


def test_the_demo_needs_no_root():
    done = run("demo", within=("setpriv", "--reuid=65534", "--clear-groups"))
    assert done.returncode == 0, done.stderr
    assert "workqueue books" in done.stdout


# ---- the page ------------------------------------------------------------------------------------

class Page(HTMLParser):
    """Holds a page against the rules of well-formed markup, and collects what is in it."""

    VOID = {"meta", "rect", "line", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.titles = [], [], 0
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.titles += tag == "title"
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"{tag} closes nothing"

    def count(self, tag):
        return sum(name == tag for name, _ in self.elements)


@pytest.fixture(name="page", scope="module")
def one_page(recording, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "page.html"
    done = run("replay", recording[0], "--html", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return out


def test_the_page_is_well_formed_and_complete_in_itself(page):
    text = page.read_text()
    parsed = Page(text)
    assert parsed.count("svg") >= 4
    assert parsed.titles > 20, "tooltips"
    assert AIO in text and "books" in text and "prefers-color-scheme" in text
    for _, attributes in parsed.elements:
        assert not {"src", "href", "onload"} & set(attributes)
    assert "url(" not in text and "<script" not in text and "@import" not in text


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_in_a_browser(page, width, tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        pytest.skip("no chromium")
    shot = tmp_path / "page.png"
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         f"--user-data-dir={tmp_path}/profile", f"--window-size={width},1600",
         f"--screenshot={shot}", f"file://{page}"],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert shot.stat().st_size > 20_000, "nothing was drawn"
