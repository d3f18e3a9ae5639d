"""A tracefs instance of one's own: which events it records, what it lost, its pages."""

import contextlib
import os
import subprocess
import tempfile

INSTANCE_PREFIX = "asynclat-oracle-"


class TraceError(Exception):
    """tracefs refused something, or the window is not complete."""


class Instance:
    """Records `events` ({"workqueue/workqueue_queue_work": filter or None}) between start() and
    stop(), stamped with CLOCK_MONOTONIC; close() removes it.

    tracefs is mounted on a private directory and detached at once, so nothing but the instance
    could outlive a killed process; the next one removes those that did.
    """

    def __init__(self, events, buffer_kb):
        self.name = f"instances/{INSTANCE_PREFIX}{os.getpid()}"
        with contextlib.ExitStack() as undo:
            self.root = open_tracefs()
            undo.callback(os.close, self.root)
            self._remove_stale()
            os.mkdir(self.name, dir_fd=self.root)
            undo.callback(os.rmdir, self.name, dir_fd=self.root)
            self.write("tracing_on", "0")
            self.write("trace_clock", "mono")
            self.write("options/overwrite", "0")
            self.write("buffer_size_kb", str(buffer_kb))
            for event, only in events.items():
                if only:
                    self.write(f"events/{event}/filter", only)
                self.write(f"events/{event}/enable", "1")
            self._undo = undo.pop_all()

    def close(self):
        self._undo.close()

    def start(self):
        self.write("tracing_on", "1")

    def stop(self):
        self.write("tracing_on", "0")

    def read(self, path):
        with open(self._open(path, os.O_RDONLY), encoding="ascii") as file:
            return file.read()

    def read_root(self, path):
        """A file of tracefs itself, not of the instance."""
        with open(os.open(path, os.O_RDONLY, dir_fd=self.root), encoding="ascii") as file:
            return file.read()

    def write(self, path, text):
        try:
            fd = self._open(path, os.O_WRONLY)
            try:
                os.write(fd, text.encode())
            finally:
                os.close(fd)
        except OSError as error:
            raise TraceError(f"cannot write {text!r} to tracefs {path}: {error}") from error

    def recorded(self):
        """{cpu: events in its buffer}; raises when any was lost."""
        entries = {}
        for cpu in self._cpus():
            stats = dict(line.split(": ", 1)
                         for line in self.read(f"per_cpu/cpu{cpu}/stats").splitlines())
            for loss in ("overrun", "commit overrun", "dropped events"):
                if int(stats[loss]):
                    raise TraceError(f"CPU {cpu} lost events ({loss}: {stats[loss]}): "
                                     "ask for a larger buffer")
            entries[cpu] = int(stats["entries"])
        return entries

    def pages(self, cpu, page_bytes):
        """Takes the pages out of a CPU's buffer, one by one."""
        fd = self._open(f"per_cpu/cpu{cpu}/trace_pipe_raw", os.O_RDONLY | os.O_NONBLOCK)
        self._undo.callback(os.close, fd)  # an open one would keep the instance from going
        with contextlib.suppress(BlockingIOError):
            while page := os.read(fd, page_bytes):
                yield page

    def _open(self, path, flags):
        return os.open(f"{self.name}/{path}", flags, dir_fd=self.root)

    def _cpus(self):
        return sorted(int(cpu.removeprefix("cpu"))
                      for cpu in listdir(self.root, f"{self.name}/per_cpu"))

    def _remove_stale(self):
        for name in listdir(self.root, "instances"):
            pid = name.removeprefix(INSTANCE_PREFIX)
            if pid != name and not os.path.exists(f"/proc/{pid}"):
                with contextlib.suppress(OSError):
                    os.rmdir(f"instances/{name}", dir_fd=self.root)


def open_tracefs():
    """A directory descriptor of tracefs. Its mount goes when the descriptor is closed."""
    where = tempfile.mkdtemp(prefix=INSTANCE_PREFIX)
    with contextlib.ExitStack() as undo:
        undo.callback(os.rmdir, where)
        run("mount", "-t", "tracefs", "tracefs", where)
        undo.callback(run, "umount", "-l", where)
        return os.open(where, os.O_RDONLY | os.O_DIRECTORY)


def listdir(root, path):
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=root)
    try:
        return os.listdir(fd)
    finally:
        os.close(fd)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise TraceError(f"{' '.join(command)}: {done.stderr.strip()}")
