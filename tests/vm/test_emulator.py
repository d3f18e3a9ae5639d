"""Which QEMU runs the guests. None is run for it."""

import pytest

import emulator
import private_apt
from failure import Failure

OLD, NEW = "7.2.18", "10.0.2"


def program(path, version):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho 'QEMU emulator version {version} (Debian)'\n")
    path.chmod(0o755)


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    """Offers what `offered` says; `fetched`: what was asked of it."""
    class Mirror:
        offered = [("sid", "1:11.1"), (emulator.SUITE, "1:10.0.2~bpo"), ("bookworm", "1:7.2")]
        runs = True
        stale = False
        fetched = []

        def download(self, package, version, into):
            if self.stale:
                raise Failure("404")
            self.fetched.append((package, version))
            if self.runs:
                program(into / "usr/bin" / emulator.PROGRAM, NEW)

        def update(self):
            self.stale = False

    mirror = Mirror()
    mirror.fetched = []
    monkeypatch.setattr(private_apt, "versions", lambda package: mirror.offered)
    monkeypatch.setattr(private_apt, "download", mirror.download)
    monkeypatch.setattr(private_apt, "update", mirror.update)
    monkeypatch.setattr(emulator, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    emulator.emulator.cache_clear()
    yield mirror
    emulator.emulator.cache_clear()


@pytest.fixture
def installed(tmp_path):
    return lambda version: program(tmp_path / "bin" / emulator.PROGRAM, version)


@pytest.mark.parametrize("version", ["8.1.0", "10.0.2", "11.1"])
def test_a_sound_one_is_used(mirror, installed, version):
    installed(version)
    assert emulator.emulator() == emulator.Emulator(version, [emulator.PROGRAM])
    assert not mirror.fetched


@pytest.mark.parametrize("version", [OLD, "8.0.5"])
def test_an_old_one_is_replaced_once(mirror, installed, tmp_path, version):
    installed(version)
    place = tmp_path / "cache/qemu/usr"
    for _ in range(2):
        emulator.emulator.cache_clear()
        assert emulator.emulator() == emulator.Emulator(
            NEW, [place / "bin" / emulator.PROGRAM, "-L", place / "share/qemu"])
    assert mirror.fetched == [(package, "1:10.0.2~bpo") for package in emulator.PACKAGES]


def test_lists_that_are_too_old(mirror, installed):
    installed(OLD)
    mirror.stale = True
    assert emulator.emulator().version == NEW


def test_no_backport(mirror, installed):
    installed(OLD)
    mirror.offered = [("bookworm", "1:7.2")]
    assert str(emulator.emulator()) == (f"QEMU {OLD}, whose breakpoints may be stale: the mirror has "
                                        "no qemu-system-x86 in bookworm-backports")


def test_a_backport_that_does_not_run(mirror, installed):
    installed(OLD)
    mirror.runs = False
    used = emulator.emulator()
    assert (used.version, used.command) == (OLD, [emulator.PROGRAM])
    assert "does not run" in used.complaint
