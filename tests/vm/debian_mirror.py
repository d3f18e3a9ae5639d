"""Which Debian mirror /etc/apt names, so that no other is ever asked."""

import pathlib
import platform
import re

from failure import Failure

ETC_APT = pathlib.Path("/etc/apt")


def one_line_entries(text):
    """Entries of a sources.list: `deb [signed-by=KEY] URI SUITE COMPONENT...`."""
    for line in text.splitlines():
        found = re.match(r"deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<rest>[^#]*)", line.strip())
        words = found["rest"].split() if found else []
        if len(words) < 3:
            continue
        options = dict(option.split("=", 1) for option in (found["options"] or "").split()
                       if "=" in option)
        yield {"URIs": words[0], "Suites": words[1], "Components": " ".join(words[2:]),
               **{field: options[option] for option, field in
                  (("signed-by", "Signed-By"), ("trusted", "Trusted")) if option in options}}


def deb822_entries(text):
    """Entries of a *.sources file. A folded field, such as a key in Signed-By, stays folded."""
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE))
        if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes") != "no":
            yield fields


def entries(etc_apt):
    files = [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]
    for file in files:
        if not file.is_file():
            continue
        if file.suffix == ".sources":
            yield from deb822_entries(file.read_text())
        elif file.suffix == ".list":
            yield from one_line_entries(file.read_text())


def codename():
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    except OSError:
        return ""


def debian_mirror(etc_apt=ETC_APT, release=None):
    """The fields URIs and, where given, Signed-By and Trusted of the entry that serves this
    release's main suite: the mirror that has the other suites too."""
    release = release or codename()
    for entry in entries(etc_apt):
        if {release, "stable"} & set(entry.get("Suites", "").split()) and \
                "main" in entry.get("Components", "").split() and entry.get("URIs"):
            return {field: entry[field] for field in ("URIs", "Signed-By", "Trusted")
                    if field in entry}
    raise Failure(f"no Debian mirror is named in {etc_apt}",
                  f"no entry has the suite {release or 'stable'} and the component main",
                  "guests run Debian's kernels, so name a mirror there")
