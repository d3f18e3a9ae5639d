"""Pages of the kernel's trace ring buffer, decoded into events.

The fields' places are read from tracefs (events/header_page, events/*/format); only the event
header itself is known here (include/linux/ring_buffer.h).
"""

import re
import struct
from dataclasses import dataclass

# What the five type bits of an event header say; up to 28 it is the length in 4-byte words.
LONG_DATA, PADDING, TIME_EXTEND, TIME_STAMP = 0, 29, 30, 31

HEADER = struct.Struct("=I")
PAGE_HEADER = struct.Struct("=QQ")  # time of the first event, bytes of data and flags
COMMIT_BYTES = 0xFFFFF
COMMIT_LOST = 0b11 << 30
EXTRA_BITS = 27
ABSOLUTE_BITS = 59


class BadPage(Exception):
    """A page that says that events were lost, or that makes no sense."""


@dataclass(frozen=True)
class Format:
    """How one kind of event is laid out: `fields` in the order in which events carry them."""

    id: int
    kind: int
    unpack: object  # (page, offset of the record) -> the fields' values
    text: int       # position of the field that is a string, or -1


def parse_format(text, kind, fields):
    """A Format from a tracefs format file; `fields` are wanted, common_pid comes before them."""
    places = {}
    pattern = r"field:(.*?)(\w+)(?:\[\d*\])?;\s*offset:(\d+);\s*size:(\d+);\s*signed:(\d)"
    for type_, name, offset, size, signed in re.findall(pattern, text):
        code = {1: "b", 2: "h", 4: "i", 8: "q"}.get(int(size))
        if code and signed == "0":
            code = code.upper()
        code = code or f"{size}s"
        places[name] = (int(offset), int(size), code, "__data_loc" in type_)
    layout, end = "=", 0
    for name in ("common_pid", *fields):
        offset, size, code, _ = places[name]
        if offset < end:
            raise BadPage(f"field {name} comes before its predecessor in:\n{text}")
        layout += f"{offset - end}x{code}"
        end = offset + size
    text_field = [1 + i for i, name in enumerate(fields) if places[name][3]]
    id_ = int(re.search(r"^ID: (\d+)$", text, re.MULTILINE).group(1))
    return Format(id_, kind, struct.Struct(layout).unpack_from, text_field[0] if text_field else -1)


def parse_page_bytes(header_page):
    """Bytes of a page, from events/header_page."""
    offset, size = map(int, re.search(r"data;\s*offset:(\d+);\s*size:(\d+)", header_page).groups())
    if offset != PAGE_HEADER.size:
        raise BadPage(f"unknown page header:\n{header_page}")
    return offset + size


def decode(page, cpu, formats):
    """The events of a page in order: (time_ns, kind, cpu, (pid, fields...)).

    `formats` is {id: Format}. A string field's value is replaced by the string's bytes.
    """
    time_ns, commit = PAGE_HEADER.unpack_from(page)
    if commit & COMMIT_LOST:
        raise BadPage(f"CPU {cpu} lost events: ask for a larger buffer")
    events = []
    header_at = HEADER.unpack_from
    position = PAGE_HEADER.size
    end = position + (commit & COMMIT_BYTES)
    while position < end:
        header, = header_at(page, position)
        type_len, delta = header & 31, header >> 5
        record = position + 4
        if LONG_DATA < type_len < PADDING:
            position = record + 4 * type_len
        else:
            if type_len == PADDING and not delta:
                break
            extra, = header_at(page, record)
            if type_len == TIME_EXTEND:
                time_ns += delta + (extra << EXTRA_BITS)
            elif type_len == TIME_STAMP:
                above = time_ns >> ABSOLUTE_BITS << ABSOLUTE_BITS
                time_ns = above | extra << EXTRA_BITS | delta
            if type_len in (TIME_EXTEND, TIME_STAMP):
                position += 8
                continue
            position = record + extra
            if type_len == PADDING:
                time_ns += delta
                continue
            record += 4
        time_ns += delta
        form = formats[page[record] | page[record + 1] << 8]
        values = form.unpack(page, record)
        if form.text >= 0:
            where = values[form.text]
            text = record + (where & 0xFFFF)
            values = (*values[:form.text], page[text:text + (where >> 16) - 1],
                      *values[form.text + 1:])
        events.append((time_ns, form.kind, cpu, values))
    return events
