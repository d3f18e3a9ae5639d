"""A filesystem whose server does not answer: AIO's fsync on its file runs as a work item that sleeps
until the server is gone.

    with HungFilesystem() as hung:
        hung.fsync(3)       # three items that run from now on

The server is a process of its own: whatever becomes of the one that waits, the kernel ends what
waits for it when it dies.
"""

import contextlib
import ctypes
import os
import pathlib
import select
import struct
import subprocess
import sys
import tempfile

LOOKUP, GETATTR, OPEN, RELEASE, FSYNC, FLUSH, INIT, DESTROY = 1, 3, 14, 18, 20, 25, 26, 38
ROOT, FILE = 1, 2
IOCB_CMD_FSYNC = 2
SYS_IO_SETUP, SYS_IO_DESTROY, SYS_IO_SUBMIT = 206, 207, 209
MNT_DETACH = 2
ENOSYS = 38
FSYNC_CAME = "fsync\n"
TIMEOUT_S = 20

libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def answer(server):
    if not select.select([server.stdout], [], [], TIMEOUT_S)[0]:
        raise TimeoutError("the file server says nothing")
    return server.stdout.readline()


class HungFilesystem:
    def __enter__(self):
        with contextlib.ExitStack() as undo:
            directory = pathlib.Path(tempfile.mkdtemp(prefix="asynclat-hung-"))
            undo.callback(directory.rmdir)
            server = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sys.executable, __file__, directory],
                stdout=subprocess.PIPE, text=True)
            undo.callback(server.wait)
            undo.callback(server.kill)
            assert answer(server) == "ready\n"
            undo.callback(libc.umount2, str(directory).encode(), MNT_DETACH)
            self._file = os.open(directory / "file", os.O_RDWR)
            undo.callback(libc.close, self._file)  # whose flush nobody answers
            self._aio = ctypes.c_ulong()
            checked(libc.syscall(SYS_IO_SETUP, 64, ctypes.byref(self._aio)))
            undo.callback(libc.syscall, SYS_IO_DESTROY, self._aio)
            undo.callback(server.kill)
            self._server, self._undo = server, undo.pop_all()
        return self

    def fsync(self, count):
        """Queues so many items. The first has started when this returns; the others wait for the
        file's lock, in workers of their own."""
        for _ in range(count):
            block = ctypes.create_string_buffer(struct.pack(
                "<QIIHhIQQqQII", 0, 0, 0, IOCB_CMD_FSYNC, 0, self._file, 0, 0, 0, 0, 0, 0))
            pointer = ctypes.c_void_p(ctypes.addressof(block))
            checked(libc.syscall(SYS_IO_SUBMIT, self._aio, 1, ctypes.byref(pointer)))
        assert answer(self._server) == FSYNC_CAME

    def __exit__(self, *_):
        self._undo.close()


class Server:
    def __init__(self, directory):
        self._device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0".encode()
        checked(libc.mount(b"asynclat-hung", directory.encode(), b"fuse.hung", 0, options))
        print("ready", flush=True)

    def _reply(self, unique, body=b"", error=0):
        os.write(self._device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)

    def serve(self):
        while True:
            request = os.read(self._device, 1 << 20)
            _, opcode, unique, inode = struct.unpack_from("<IIQQ", request)
            answer = self._answer(opcode, inode)
            if opcode == FSYNC:
                print(FSYNC_CAME, end="", flush=True)
            elif answer is not None:
                self._reply(unique, answer)
            elif opcode != DESTROY:
                self._reply(unique, error=ENOSYS)

    @staticmethod
    def _answer(opcode, inode):
        def attributes(of):
            mode = 0o40755 if of == ROOT else 0o100644
            return struct.pack("<6Q10I", of, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

        return {
            INIT: struct.pack("<4I2H2I2H8I", 7, 31, 0, 0, 0, 0, 4096, 1, 0, 0, *[0] * 8),
            LOOKUP: struct.pack("<4Q2I", FILE, 0, 60, 60, 0, 0) + attributes(FILE),
            GETATTR: struct.pack("<Q2I", 60, 0, 0) + attributes(inode),
            OPEN: struct.pack("<Q2I", 1, 0, 0),
            RELEASE: b"",
            FLUSH: b"",
        }.get(opcode)


if __name__ == "__main__":
    Server(sys.argv[1]).serve()
