"""A Debian kernel as QEMU boots it fastest: the uncompressed vmlinux, and the modules that the
loads need. A guest would take 8 s to decompress itself."""

import lzma
import re
import struct
import subprocess
import zlib

import private_apt
from cache import CACHE, locked, made_once
from failure import Failure

# asynclat-load makes network links of its own with it.
MODULES = ("tun",)


def unzip(kind):
    def run(data):
        done = subprocess.run([kind, "-dc"], input=data, capture_output=True, check=False)
        if done.returncode:
            raise Failure(f"{kind} cannot decompress the kernel", done.stderr.decode())
        return done.stdout
    return run


UNPACKERS = {
    b"\xfd7zXZ\0": lambda data: lzma.LZMADecompressor().decompress(data),
    b"\x28\xb5\x2f\xfd": unzip("zstd"),
    b"\x02\x21\x4c\x18": unzip("lz4"),
    b"\x1f\x8b\x08": lambda data: zlib.decompressobj(wbits=31).decompress(data),
}


def unpack(data):
    for magic, unpacker in UNPACKERS.items():
        if data.startswith(magic):
            return unpacker(data)
    return data


def vmlinux_of(vmlinuz):
    """The payload, found by the x86 boot header (Documentation/arch/x86/boot.rst)."""
    if vmlinuz[0x202:0x206] != b"HdrS":
        raise Failure("the kernel is no bzImage")
    setup_sectors = vmlinuz[0x1f1] or 4
    offset, length = struct.unpack_from("<II", vmlinuz, 0x248)
    begin = (setup_sectors + 1) * 512 + offset
    payload = vmlinuz[begin:begin + length]
    # All but gzip, whose trailer has it anyway, are followed by the unpacked size.
    vmlinux = unpack(payload if payload.startswith(b"\x1f\x8b") else payload[:-4])
    if not vmlinux.startswith(b"\x7fELF"):
        raise Failure("the kernel's payload cannot be unpacked",
                      f"it begins with {payload[:8].hex()}",
                      "a new compression needs a row in UNPACKERS")
    return vmlinux


def packages(kernel):
    """The image's package; since 7.3 it only depends on those that have the files."""
    image = f"linux-image-{kernel.abi}"
    parts = private_apt.depends(image, kernel.version)
    return [image, *(part for part in parts
                     if re.fullmatch(rf"linux-(binary|modules)-{re.escape(kernel.abi)}", part))]


def only(found, what):
    found = list(found)
    if len(found) != 1:
        raise Failure(f"{len(found)} files are {what}, not one", "\n".join(map(str, found)))
    return found[0]


def make_image(kernel, place):
    unpacked = place / "unpacked"
    unpacked.mkdir()
    for package in packages(kernel):
        private_apt.download(package, kernel.version, unpacked)
    vmlinuz = only((file for file in unpacked.rglob("vmlinuz*") if file.is_file()),
                   f"the image of {kernel.abi}")
    (place / "vmlinux").write_bytes(vmlinux_of(vmlinuz.read_bytes()))
    for module in MODULES:
        packed = only(unpacked.rglob(f"{module}.ko*"), f"the module {module} of {kernel.abi}")
        (place / f"{module}.ko").write_bytes(unpack(packed.read_bytes()))
    subprocess.run(["rm", "-rf", unpacked], check=True)


def image(kernel):
    """The directory of its vmlinux and modules (*.ko)."""
    with locked():
        return made_once(CACHE / "images" / kernel.abi, lambda place: make_image(kernel, place))
