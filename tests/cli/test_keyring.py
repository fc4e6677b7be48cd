"""Keys where they are asked for and on the command line: by number, path, bare name or person; who may act here first, none left out."""

import os
from pathlib import Path

import pytest

from custody_cli.keys import keyring
from custody_cli.keys.keypath import KEY
from tests.cli.room_kit import TEAMS, WAREHOUSE, WORD, Warehouse

DONE = "SELESAI: pergantian regu jaga masuk buku besar"


@pytest.fixture
def room(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, figure=3, desa=("5307192008",))


def reach(room: Warehouse) -> dict[str, str]:
    """Every stick is plugged in."""
    for name in TEAMS:
        room.key(name)
    return {"CUSTODY_KEYS": os.pathsep.join(map(str, sorted(Path(room.key("regu-a")).parent.parent.glob("stick-*"), reverse=True)))}


@pytest.mark.parametrize("name", ["key", "file"])
def test_a_bare_name_on_the_command_line(room: Warehouse, name: str) -> None:
    typed = "regu-a" if name == "key" else Path(room.key("regu-a")).name
    quick = ("--counted", "3", "--door", "locked", "--lock", "intact", "--yes", "--passphrase-file", room.evening.word())
    ended = room.desk.run("shift", WAREHOUSE, "--incoming", typed, *quick, environ=reach(room))
    assert DONE in ended.out, ended.out + ended.err
    assert room.last("shift")["incoming"] == "regu-a"


def test_a_name_that_nobody_has_is_told_as_it_was_typed(room: Warehouse) -> None:
    ended = room.desk.run("shift", WAREHOUSE, "--incoming", "siapa", "--counted", "3", "--yes", environ=reach(room))
    assert ended.exit != 0 and "siapa" in ended.err and room.told("shift") == []


@pytest.mark.parametrize("typed", ["regu-b", "REGU-B", "gu-b"])
def test_a_name_or_part_of_it_where_a_key_is_asked_for(room: Warehouse, typed: str) -> None:
    ended = room.desk.run("shift", WAREHOUSE, answers=("", typed, "3", "", WORD), environ=reach(room))
    assert DONE in ended.out and room.last("shift")["incoming"] == "regu-b", ended.out + ended.err


def test_part_of_several_names_shows_these_with_their_numbers(room: Warehouse) -> None:
    ended = room.desk.run("shift", WAREHOUSE, answers=("", "regu", "2", "3", "", WORD), environ=reach(room))
    shown = ended.err.rpartition("regu-c")[0]
    assert shown.count("regu-a") >= 2 and DONE in ended.out, ended.out + ended.err  # in the whole list, and among those found
    assert room.last("shift")["incoming"] == "regu-b"  # leaders of this room stand first in the list, as the sticks lie


def test_how_many_more_there_are_is_said(room: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "SHOWN", 2)
    ended = room.desk.run("shift", WAREHOUSE, answers=("", "berhenti"), environ=reach(room))
    count = len(reach(room)["CUSTODY_KEYS"].split(os.pathsep)) - 2
    assert f"dan {count} kunci lain" in ended.err, ended.err


def test_a_key_is_a_path_outside_a_command() -> None:
    assert KEY.convert("regu-a", None, None) == Path("regu-a")
