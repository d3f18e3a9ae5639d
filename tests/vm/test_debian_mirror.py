"""Which mirror is taken from /etc/apt, in both formats. Needs no guest."""

import pytest

from debian_mirror import debian_mirror
from failure import Failure

ONE_LINE = """\
# deb http://old.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=amd64] http://tool.example/apt tool main
deb http://mirror.example/debian-security bookworm-security main
deb [arch=amd64 signed-by=/usr/share/keyrings/d.gpg] http://mirror.example/debian bookworm main # me
"""

DEB822 = """\
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

# the one
Types: deb deb-src
# a comment amid
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
"""


def etc_apt(directory, **files):
    (directory / "sources.list.d").mkdir()
    for name, text in files.items():
        place = "" if name == "sources" else "sources.list.d/"
        suffix = ".sources" if text == DEB822 else ".list"
        (directory / f"{place}{name}{suffix}").write_text(text)
    return directory


@pytest.mark.parametrize("name", ["sources", "debian"])
def test_one_line(tmp_path, name):
    assert debian_mirror(etc_apt(tmp_path, **{name: ONE_LINE}), "bookworm") == {
        "URIs": "http://mirror.example/debian", "Signed-By": "/usr/share/keyrings/d.gpg"}


def test_deb822(tmp_path):
    assert debian_mirror(etc_apt(tmp_path, debian=DEB822), "bookworm") == {
        "URIs": "http://mirror.example/debian",
        "Signed-By": "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc"}


def test_none_is_said(tmp_path):
    with pytest.raises(Failure, match="no Debian mirror is named in "):
        debian_mirror(etc_apt(tmp_path, tool="deb http://tool.example/apt tool main\n"), "bookworm")
