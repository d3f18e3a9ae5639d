"""A load that does nothing until it is told to: its process is known before its first item."""

import subprocess

from load import LOAD


class WaitingLoad:
    def __init__(self, *words):
        self.run = subprocess.Popen(
            ["/bin/sh", "-c", 'read go && exec "$0" "$@"', LOAD, *map(str, words)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    @property
    def pid(self):
        return self.run.pid

    def go(self):
        self.run.stdin.write("\n")
        self.run.stdin.close()
        assert self.run.wait(60) == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run.kill()
        self.run.wait()
        self.run.stdin.close()
