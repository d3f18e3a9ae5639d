"""An initramfs: an uncompressed cpio archive (newc), made without root or a staging directory."""

import pathlib
import stat


class Initramfs:
    def __init__(self):
        self._entries = {}

    def directory(self, name):
        self._add(name, stat.S_IFDIR | 0o755)

    def link(self, name, target):
        self._add(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor):
        self._add(name, stat.S_IFCHR | 0o600, device=(major, minor))

    def file(self, name, data, mode=0o755):
        self._add(name, stat.S_IFREG | mode, data)

    def _add(self, name, mode, data=b"", device=(0, 0)):
        for parent in reversed(pathlib.PurePosixPath(name).parents):
            if str(parent) != "." and str(parent) not in self._entries:
                self.directory(str(parent))
        self._entries[name] = (mode, data, device)

    def bytes(self):
        archive = bytearray()
        for number, (name, (mode, data, device)) in enumerate(
                [*self._entries.items(), ("TRAILER!!!", (0, b"", (0, 0)))], start=1):
            links = 2 if stat.S_ISDIR(mode) else 1
            fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name) + 1, 0)
            archive += b"070701" + b"".join(b"%08X" % field for field in fields)
            for part in (name.encode() + b"\0", data):
                archive += part
                archive += b"\0" * (-len(archive) % 4)
        return bytes(archive)
