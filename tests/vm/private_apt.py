"""An apt of our own beside the system's: own suites, lists and cache. /etc/apt is only read."""

import os
import re
import subprocess
import time

from cache import CACHE
from debian_mirror import debian_mirror
from failure import Failure

APT = CACHE / "apt"
SUITES = ("bullseye", "bookworm", "bookworm-backports", "trixie", "trixie-backports", "sid")
RETRY_S = 5

OPTIONS = {
    "Dir::Etc::sourcelist": "/dev/null",
    "Dir::Etc::sourceparts": APT / "sources",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::State": APT / "state",
    "Dir::State::lists": APT / "lists",
    "Dir::State::status": APT / "status",
    "Dir::Cache": APT / "cache",
    "Dir::Cache::pkgcache": "packages.bin",
    "Dir::Cache::srcpkgcache": "sources.bin",
    "APT::Architecture": "amd64",
    "APT::Architectures": "amd64",
    "Acquire::Languages": "none",
    "Acquire::GzipIndexes": "true",
    # The user of the sandbox cannot reach a cache in somebody's home.
    "APT::Sandbox::User": "",
}


def said(done):
    """What apt complained about, without its progress."""
    lines = [line for line in done.stderr.splitlines() if re.match(r"[EW]: ", line)]
    return "\n".join(lines) or done.stderr or f"status {done.returncode}"


def apt(*words, cwd=None):
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    command = [words[0], "-q"]
    for name, value in OPTIONS.items():
        command += ["-o", f"{name}={value}"]
    try:
        return subprocess.run([*command, *words[1:]], cwd=cwd, text=True, check=False,
                              capture_output=True, stdin=subprocess.DEVNULL, env=environment)
    except FileNotFoundError as error:
        raise Failure(f"there is no {words[0]} here", str(error),
                      "guests run Debian's kernels: fetch them on a Debian") from error


def apt_twice(*words, cwd=None):
    """A mirror may stumble, so what failed is tried once more."""
    done = apt(*words, cwd=cwd)
    if done.returncode:
        time.sleep(RETRY_S)
        done = apt(*words, cwd=cwd)
    return done


def update():
    """Renews the lists. Returns what apt complained about: a suite that the mirror lacks, or has
    lost to the archive, leaves the others usable."""
    for directory in ("sources", "lists/partial", "state", "cache/archives/partial"):
        (APT / directory).mkdir(parents=True, exist_ok=True)
    (APT / "status").touch()
    fields = {"Types": "deb", **debian_mirror(), "Suites": " ".join(SUITES), "Components": "main"}
    (APT / "sources/guests.sources").write_text(
        "".join(f"{name}: {value}\n" for name, value in fields.items()))
    done = apt_twice("apt-get", "update", "-o", "APT::Update::Error-Mode=any")
    return said(done) if done.returncode else ""


def versions(package):
    """(suite, version) of a package in every suite that has it."""
    rows = [line.split("|") for line in apt("apt-cache", "madison", package).stdout.splitlines()]
    return [(where.split()[1].split("/")[0], version.strip()) for _, version, where in rows]


def depends(package, version):
    """The packages in its Depends; of alternatives the first."""
    shown = apt("apt-cache", "show", f"{package}={version}").stdout
    field = re.search(r"^Depends: (.*)$", shown, re.MULTILINE)
    return [part.split()[0] for part in field[1].split(",")] if field else []


def download(package, version, into):
    """Unpacks the package below the directory `into`."""
    done = apt_twice("apt-get", "download", f"{package}={version}", cwd=into)
    if done.returncode:
        raise Failure(f"apt-get download {package}={version} failed, twice", said(done))
    for deb in into.glob("*.deb"):
        unpacked = subprocess.run(["dpkg-deb", "-x", deb, into], capture_output=True, text=True,
                                  check=False)
        deb.unlink()
        if unpacked.returncode:
            raise Failure(f"dpkg-deb cannot unpack {package}={version}", unpacked.stderr)
