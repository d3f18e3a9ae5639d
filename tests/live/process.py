"""Runs asynclat as a user does, without looking into what it prints: see tracer.py for that."""

import signal
import subprocess

from tracer import ASYNCLAT

TIMEOUT_S = 20


def run(*options, within=(), **how):
    """A whole run; `within` is a command that runs it, such as setpriv."""
    return subprocess.run([*within, ASYNCLAT, *map(str, options)], text=True, timeout=TIMEOUT_S,
                          **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how})


class Running:
    """A run that measures from the begin of the block on; killed where the block leaves it alive."""

    def __init__(self, *options, stdout=subprocess.PIPE, **how):
        self.run = subprocess.Popen([ASYNCLAT, *map(str, options)], stdout=stdout,
                                    stderr=subprocess.PIPE, text=True, **how)
        self.stdout, self.stderr = self.run.stdout, self.run.stderr

    def __enter__(self):
        self.banner = self.stderr.readline()
        assert self.banner.startswith("Tracing"), self.banner + self.stderr.read()
        return self

    def __exit__(self, *_):
        self.run.kill()
        self.run.wait()
        for stream in (self.stdout, self.stderr):
            if stream:
                stream.close()

    def send(self, number):
        self.run.send_signal(number)

    def runs_for(self, seconds):
        """Whether it is still there after that time."""
        try:
            self.run.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def end(self, number=signal.SIGINT):
        """(status, stdout, the rest of stderr)."""
        self.send(number)
        out, warnings = self.run.communicate(timeout=TIMEOUT_S)
        return self.run.returncode, out, warnings
