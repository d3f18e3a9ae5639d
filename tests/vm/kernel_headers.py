"""A kernel's headers, unpacked so that a module can be built with `make -C DIR M=...`."""

import re

import private_apt
from cache import CACHE, locked, made_once
from failure import Failure


def make_headers(kernel, place, final):
    headers = f"linux-headers-{kernel.abi}"
    parts = private_apt.depends(headers, kernel.version)
    for package in [headers, *(part for part in parts
                               if re.match(r"linux-(headers|kbuild)-", part))]:
        version = kernel.version
        offered = [offer for _, offer in private_apt.versions(package)]
        if version not in offered:  # kbuild may be rebuilt apart from its kernel
            if not offered:
                raise Failure(f"the mirror has no {package}")
            version = offered[0]
        private_apt.download(package, version, place)
    directory = place / "usr/src" / headers
    # Of no use but to give a module BTF, which nobody reads and which would need pahole.
    (directory / "vmlinux").unlink(missing_ok=True)
    # It includes the common one by its place in an installed system.
    makefile = directory / "Makefile"
    makefile.write_text(makefile.read_text().replace("/usr/src/", f"{final}/usr/src/"))


def headers(kernel):
    """The directory to give to make -C."""
    root = CACHE / "headers" / kernel.abi
    with locked():
        made_once(root, lambda place: make_headers(kernel, place, root))
    return root / "usr/src" / f"linux-headers-{kernel.abi}"
