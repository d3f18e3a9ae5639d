"""A real terminal: a shell in a pane of a tmux of its own, and what stands in it.

    with Pane(80, 24) as pane:
        pane.type("asynclat demo --view heatmap --step")
        pane.wait_for("q quit")
        pane.press("Tab", "q")
"""

import os
import re
import subprocess
import tempfile
import time

PROMPT = "ready>"
TIMEOUT_S = 20
# Colours of the 256, as the terminal writes them down again.
BACKGROUND = re.compile(r"48;5;(\d+)")


class Pane:
    def __init__(self, columns, rows, **environment):
        self._columns, self._rows = columns, rows
        self._environment = {"LANG": "C.UTF-8", "TERM": "screen-256color", **environment}

    def _tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self._socket, *map(str, arguments)], check=True,
                              capture_output=True, text=True, env=self._outer).stdout

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory()
        self._socket = f"{self._directory.name}/socket"
        self._outer = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        inner = " ".join(f"{name}='{value}'" for name, value in self._environment.items())
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", self._columns, "-y", self._rows,
                   f"env -u NO_COLOR -u COLORTERM {inner} PS1='{PROMPT} ' "
                   "bash --noprofile --norc")
        # Whatever the tests do, no status line takes a row.
        self._tmux("set", "-g", "status", "off")
        self.resize(self._columns, self._rows)
        self.wait_for(PROMPT)
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        self._directory.cleanup()

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", columns, "-y", rows)

    def type(self, command):
        """A command to the shell."""
        self._tmux("send-keys", "-l", command)
        self._tmux("send-keys", "Enter")

    def press(self, *keys):
        """Keys by tmux's names, or characters."""
        for key in keys:
            self._tmux("send-keys", key)

    def rows(self):
        return self._tmux("capture-pane", "-p").split("\n")[:-1]

    def text(self):
        return "\n".join(self.rows())

    def styled(self):
        """With the escapes that give the cells their colours."""
        return self._tmux("capture-pane", "-p", "-e")

    def _property(self, name):
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def on_alternate_screen(self):
        return self._property("alternate_on") == "1"

    def shell(self):
        return int(self._property("pane_pid"))

    def child(self):
        """Process number of what the shell runs."""
        [child] = subprocess.run(["pgrep", "-P", str(self.shell())], capture_output=True,
                                 text=True, check=True).stdout.split()
        return int(child)

    def until(self, true, what):
        end = time.monotonic() + TIMEOUT_S
        while not true():
            assert time.monotonic() < end, f"not {what}:\n{self.text()}"
            time.sleep(0.05)

    def wait_for(self, text):
        self.until(lambda: text in self.text(), f"'{text}'")

    def answer(self, command):
        """What a command prints, in one line."""
        mark = f"answer{time.monotonic_ns()}"
        self.type(f"echo {mark}:$({command}):")
        found = []

        def answered():
            joined = "".join(self.rows())
            found[:] = re.findall(rf"{mark}:([^$]*?):", joined)
            return bool(found)
        self.until(answered, f"an answer of {command}")
        return found[0]
