"""A boot that the emulator ends costs no part that had come to its end, and a part that ends two
boots is not tried again. No guest is needed for it."""

import types

import pytest

import guest
import guest_run

HANGS, LOOPS = " hangs", " loops"
CONSOLES = {"": "Oops: int3: 0000", LOOPS: "  RIP: 0010:asm_exc_int3+0x3/0x40",
            HANGS: "  RIP: 0033:0x52ec76"}
PARTS = sorted(part.name for part in guest_run.CHECKS.iterdir())


def line(part):
    return f"of_{part} 0 = =\nend {part}\n".encode()


@pytest.fixture
def boots(monkeypatch):
    """What each boot was to run; `breaking`: the parts at which boots end, one each."""
    asked, breaking = [], []

    def run_once(_kernel, _place, command, **_):
        parts = command.decode().splitlines()[0].removeprefix("parts='").removesuffix("'").split()
        asked.append(parts)
        bad = breaking.pop(0) if breaking else None
        where = bad and bad.removesuffix(HANGS).removesuffix(LOOPS)
        ended = parts[:parts.index(where)] if where in parts else parts
        printed = b"".join(line(part) for part in ended)
        if bad is None:
            return types.SimpleNamespace(printed=printed)
        console = CONSOLES[bad[len(where):]]
        boot = types.SimpleNamespace(printed=printed + b"begun 0 = =\n", console=console,
                                     is_up=True, gave_up="", last_lines=[console])
        raise guest.NoResult(boot, types.SimpleNamespace(abi="6.66"))

    monkeypatch.setattr(guest, "run_once", run_once)
    return types.SimpleNamespace(asked=asked, breaking=breaking)


def names():
    return [name for name, _ in guest_run.commands_in(guest_run.run_parts("K", "place", {}))]


def test_all_in_one_boot(boots):
    assert names() == [f"of_{part}" for part in PARTS]
    assert boots.asked == [PARTS]


def test_goes_on_with_what_broke_off(boots):
    boots.breaking += [PARTS[2], PARTS[5] + LOOPS]
    assert names() == [f"of_{part}" for part in PARTS]
    assert boots.asked == [PARTS, PARTS[2:], PARTS[5:]]


def test_a_part_has_two_tries(boots):
    boots.breaking += [PARTS[2], PARTS[2]]
    with pytest.raises(guest.NoResult, match=f"in {PARTS[2]}, guest 6.66: "):
        names()
    assert len(boots.asked) == 2


def test_what_is_not_the_emulators_fault_is_not_tried_again(boots):
    boots.breaking += [PARTS[3] + HANGS]
    with pytest.raises(guest.NoResult, match=f"in {PARTS[3]}, guest 6.66: "):
        names()
    assert len(boots.asked) == 1


def test_ended_behind_the_last_part(boots):
    boots.breaking += ["none of them"]
    assert names() == [f"of_{part}" for part in PARTS]
    assert boots.asked == [PARTS]
