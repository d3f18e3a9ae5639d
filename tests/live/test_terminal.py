"""asynclat in a real terminal: what stands in its cells, keys, sizes, and that the terminal is as
before on every way out. The demo is watched, which needs nothing; the last part is live."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import pytest

from load import run_load
from pane import BACKGROUND, PROMPT, Pane
from tracer import ASYNCLAT

DEMO = f"{ASYNCLAT} demo -q --step"
VIEWS = ["heatmap", "time", "stages", "top"]
VIRIDIS = {"53", "61", "24", "30", "36", "113", "148", "220"}


def watch(pane, options, steps=3):
    """The demo, held; some intervals on."""
    pane.type(f"{DEMO} {options}")
    pane.until(pane.on_alternate_screen, "on the alternate screen")
    pane.press(*["."] * steps)
    pane.until(lambda: re.search(r"queued [1-9]|n=[1-9]|[.:]{2}", pane.text()), "some events")


def leave(pane):
    pane.press("q")
    pane.until(lambda: not pane.on_alternate_screen(), "back on the normal screen")
    pane.until(lambda: pane.rows() and PROMPT in pane.text(), "the shell's prompt")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("columns, rows", [(80, 24), (40, 12), (200, 60), (20, 8)])
def test_a_view_has_the_screen_and_gives_it_back(view, columns, rows):
    with Pane(columns, rows) as pane:
        state = pane.answer("stty -g")
        pane.type("echo before me")
        watch(pane, f"--view {view}")
        pane.wait_for("q quit")
        lines = pane.rows()
        assert "workqueue wait" in lines[0]
        # A row that was wider would have pushed the keys off the last one.
        assert len(lines) == rows and "q quit" in lines[-1]
        leave(pane)
        assert "missed 0, lost 0" in pane.text().replace("\n  ", " ")
        assert pane.answer("stty -g") == state


def test_hist_scrolls_and_tab_leads_to_the_screen_and_back():
    with Pane(80, 24) as pane:
        pane.type(DEMO)
        pane.until(lambda: pane.child(), "running")
        pane.press(".")
        pane.wait_for("count")
        assert not pane.on_alternate_screen()
        pane.press("Tab")
        pane.until(pane.on_alternate_screen, "on the alternate screen")
        pane.press("BTab")
        pane.until(lambda: not pane.on_alternate_screen(), "back on the normal screen")
        pane.press("?")
        pane.wait_for("hold the picture")
        pane.press("x", "q")
        pane.wait_for("kthread wakeup books")


def test_the_picture_follows_the_size():
    with Pane(80, 24) as pane:
        watch(pane, "--view heatmap")
        for columns, rows in [(60, 15), (120, 40), (30, 10), (20, 5), (80, 24)]:
            pane.resize(columns, rows)

            def fits():
                lines = pane.rows()
                return len(lines) == rows and "q quit" in lines[-1] and \
                    "workqueue wait" in lines[0]
            pane.until(fits, f"a frame of {columns}x{rows}")
            # Nothing of a former, larger frame is left.
            assert sum("q quit" in line for line in pane.rows()) == 1


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again():
    with Pane(80, 24) as pane:
        state = pane.answer("stty -g")
        watch(pane, "--view top")
        pane.press("C-z")
        pane.wait_for("Stopped")
        assert not pane.on_alternate_screen()
        assert pane.answer("stty -g") == state
        pane.type("fg")
        pane.until(pane.on_alternate_screen, "on the alternate screen")
        pane.wait_for("by function")
        leave(pane)
        assert pane.answer("stty -g") == state


@pytest.mark.parametrize("end", [signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGTERM,
                                 signal.SIGHUP])
def test_the_terminal_is_given_back_however_it_ends(end):
    with Pane(80, 24) as pane:
        state = pane.answer("stty -g")
        watch(pane, "--view heatmap")
        os.kill(pane.child(), end)
        pane.until(lambda: not pane.on_alternate_screen(), "back on the normal screen")
        status = 0 if end in (signal.SIGTERM, signal.SIGHUP) else 128 + end
        assert pane.answer("echo $?") == str(status)
        assert pane.answer("stty -g") == state


def test_ctrl_c_prints_the_last_picture_and_the_books():
    with Pane(80, 50) as pane:
        watch(pane, "-m workqueue --view heatmap")
        pane.press("C-c")
        pane.until(lambda: not pane.on_alternate_screen(), "back on the normal screen")
        pane.wait_for("workqueue books")
        assert "count/cell" in pane.text()
        assert pane.answer("echo $?") == "0"


def test_keys_change_what_is_seen():
    with Pane(80, 24) as pane:
        watch(pane, "-m workqueue,delayed_work --view heatmap")
        for keys, title in [("s", "workqueue hold"), ("m", "delayed_work late"),
                            ("m", "workqueue wait"), ("Enter", "CPU"), ("Escape", "2 CPUs"),
                            ("Tab", "over time"), ("Tab", "by stage"), ("Tab", "by function"),
                            ("g", "by workqueue")]:
            pane.press(keys)
            pane.until(lambda: title in pane.rows()[0], f"'{title}' in the title")
        of_one = pane.rows()[0]
        pane.press("w")
        pane.until(lambda: "window=" in pane.rows()[0] and pane.rows()[0] != of_one,
                   "the whole run")
        pane.press("Space")
        pane.until(lambda: "held" not in pane.text(), "going on")
        leave(pane)


def test_every_count_has_a_colour_of_the_map():
    with Pane(80, 24) as pane:
        watch(pane, "-m workqueue --view heatmap")
        colours = set(BACKGROUND.findall(pane.styled()))
        assert colours and colours <= VIRIDIS
        # The one that stands for the largest count is that of its legend's last step.
        legend = [line for line in pane.styled().split("\n") if "count/cell" in line]
        assert legend and legend[0].rfind("48;5;220") > legend[0].rfind("48;5;148") > 0
        pane.resize(100, 30)
        pane.until(lambda: len(pane.rows()) == 30 and "q quit" in pane.rows()[-1], "resized")
        assert set(BACKGROUND.findall(pane.styled())) <= VIRIDIS


@pytest.mark.parametrize("environment, options", [({"NO_COLOR": "1"}, ""), ({}, "--color never")])
def test_without_colour_no_cell_has_one(environment, options):
    with Pane(80, 24, **environment) as pane:
        watch(pane, f"-m workqueue --view heatmap {options}")
        assert "\x1b[" not in pane.styled()
        assert re.search(r"[.:=+*#@]", pane.rows()[2])


@pytest.mark.parametrize("environment, options", [({"LANG": "C", "LC_ALL": "C"}, ""),
                                                  ({}, "--ascii")])
def test_without_utf8_all_is_ascii(environment, options):
    with Pane(80, 24, **environment) as pane:
        for view in VIEWS:
            watch(pane, f"-m workqueue --view {view} {options}")
            assert pane.text().isascii()
            leave(pane)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_gets_plain_blocks(term):
    with Pane(80, 24, TERM=term) as pane:
        pane.type(f"{ASYNCLAT} demo -q --speed 1000 -m workqueue --view heatmap")
        pane.wait_for("workqueue books")
        assert not pane.on_alternate_screen()
        assert "\x1b[" not in pane.styled()


def test_a_terminal_without_a_size_or_keys_gets_80_columns_and_24_rows():
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
    # In a session of its own, whose terminal that is.
    done = subprocess.Popen(
        [ASYNCLAT, "demo", "-q", "--speed", "1000", "-m", "workqueue", "--view", "heatmap"],
        stdin=subprocess.DEVNULL, stdout=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
        env={"TERM": "xterm", "LANG": "C", "NO_COLOR": "1"})
    os.close(theirs)
    drawn = b""
    try:
        while part := os.read(ours, 65536):
            drawn += part
    except OSError:  # EIO: nobody has the other end open any more
        pass
    os.close(ours)
    assert done.wait() == 0
    screen, after = drawn.decode().split("\x1b[?1049l")
    frames = screen.split("\x1b[?2026h\x1b[H")[1:]
    assert len(frames) > 10
    for frame in frames:
        rows = frame.replace("\x1b[K", "").replace("\r", "").split("\x1b[J")[0].split("\n")
        assert len(rows) == 24 and max(map(len, rows)) <= 80
        assert frame.endswith("\x1b[J\x1b[?2026l") or frame is frames[-1]
    assert "\x1b" not in after and "workqueue books" in after


def test_live_a_picture_is_of_the_load_and_what_is_not_traced_names_the_option():
    with Pane(100, 30) as pane:
        pane.type(f"{ASYNCLAT} -q -m workqueue -f aio_fsync_work --view heatmap")
        pane.until(pane.on_alternate_screen, "on the alternate screen")
        pane.wait_for("n=0")
        run_load("aio", 1_009)
        pane.press("w")
        pane.until(lambda: "n=1,009" in pane.rows()[0], "all of the load")
        pane.press("m")
        pane.wait_for("--mech all")
        pane.press("s", "s", "Tab", "Tab")
        pane.wait_for("hold is not collected: --stage all")
        pane.press("q")
        pane.wait_for("queued 1,009 = matched 1,009")
        assert pane.answer("echo $?") == "0"


def test_live_hist_scrolls_also_after_another_view_and_has_the_whole_run():
    with Pane(80, 200) as pane:
        pane.type(f"{ASYNCLAT} -q -m workqueue -f aio_fsync_work --view heatmap 0.3")
        pane.until(pane.on_alternate_screen, "on the alternate screen")
        run_load("aio", 1_009)
        pane.press("w")
        pane.until(lambda: "n=1,009" in pane.rows()[0], "all of the load")
        pane.press("BTab")
        pane.until(lambda: not pane.on_alternate_screen(), "back on the normal screen")
        pane.until(lambda: pane.text().count("workqueue wait: no events") >= 2, "two reports")
        assert "count/cell" not in pane.text()
        pane.press("q")
        pane.wait_for("workqueue books")
        assert "n 1,009 " in pane.text().partition("Whole run")[2]


def test_live_items_stand_below_the_picture():
    with Pane(100, 30) as pane:
        pane.type(f"{ASYNCLAT} -q -m workqueue -f aio_fsync_work --min 1ns --view heatmap")
        pane.until(pane.on_alternate_screen, "on the alternate screen")
        run_load("aio", 101)
        pane.until(lambda: "aio_fsync_work" in pane.rows()[-1], "an item in the last row")
        leave(pane)


def test_live_no_event_yet_is_said_in_the_picture():
    with Pane(80, 60) as pane:
        pane.type(f"{ASYNCLAT} -m workqueue -f start_kernel --view heatmap")
        pane.wait_for("has passed the filters yet")
        assert pane.on_alternate_screen()
        leave(pane)
        # And once more where it stays.
        pane.wait_for("has passed the filters yet")


