"""Keys where they are asked for and on the command line: by number, path, bare name or person; who may act here first, none left out."""

import os
import re
import shutil
from pathlib import Path

import pytest

from custody_cli.boxes import daily
from custody_cli.keys import askkey
from custody_cli.keys.keypath import KEY
from fixtures.smalloffice import fixed_random
from fixtures.smallworld import Person
from tests.cli import harness
from tests.cli.daily_kit import Evening
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


def enrolled(room: Warehouse, key: str, name: str) -> None:
    """A leader whose name the private register knows."""
    office = room.evening.office
    who = office.people.setdefault(key, Person(key))
    with office.open() as opened:
        fields = {
            **dict.fromkeys(("number", "rank", "unit", "institution")),
            "name": daily.private_text(opened, "name", name, fixed_random(key)),
            "delegate": False, "key": str(who.key), "person": who.person, "places": [WAREHOUSE], "role": "leader",
        }  # fmt: skip
        opened.submit([office.signed(opened.draft("enrol", **fields), "kpu-1", "polri-1", key)])


# What is typed; whose key it is, or what the error lists.
PEOPLE = {
    "the whole name": ("Penjaga Contoh", "jaga-1", ()),
    "in another case": ("penjaga contoh", "jaga-1", ()),
    "a part that only one has": ("dua", "jaga-2", ()),
    "a part that two have": ("contoh", None, ("Penjaga Contoh (jaga-1)", "Penjaga Contoh Dua (jaga-2)")),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_the_name_of_a_person_on_the_command_line(room: Warehouse, case: str) -> None:
    typed, key, listed = PEOPLE[case]
    enrolled(room, "jaga-1", "Penjaga Contoh")
    enrolled(room, "jaga-2", "Penjaga Contoh Dua")
    around = {"CUSTODY_KEYS": os.pathsep.join(str(Path(room.key(name)).parent) for name in ("jaga-1", "jaga-2"))}
    quick = ("--counted", "3", "--door", "locked", "--lock", "intact", "--yes", "--passphrase-file", room.evening.word())
    ended = room.desk.run("shift", WAREHOUSE, "--incoming", typed, *quick, environ=around)
    assert [one.body["incoming"] for one in room.told("shift")] == ([key] if key else []), ended.err
    assert all(one in ended.err for one in listed) and (ended.exit == 0) == (key is not None), ended.err


def test_a_name_that_nobody_has_is_told_as_it_was_typed(room: Warehouse) -> None:
    ended = room.desk.run("shift", WAREHOUSE, "--incoming", "siapa", "--counted", "3", "--yes", environ=reach(room))
    assert ended.exit != 0 and "siapa" in ended.err and room.told("shift") == []


@pytest.mark.parametrize("typed", ["regu-b", "REGU-B", "gu-b"])
def test_a_name_or_part_of_it_where_a_key_is_asked_for(room: Warehouse, typed: str) -> None:
    ended = room.desk.run("shift", WAREHOUSE, answers=("", typed, "3", "terkunci, utuh", "", WORD), environ=reach(room))
    assert DONE in ended.out and room.last("shift")["incoming"] == "regu-b", ended.out + ended.err


def test_part_of_several_names_shows_these_with_their_numbers(room: Warehouse) -> None:
    ended = room.desk.run("shift", WAREHOUSE, answers=("", "regu", "2", "3", "terkunci, utuh", "", WORD), environ=reach(room))
    shown = ended.err.rpartition("regu-c")[0]
    assert shown.count("regu-a") >= 2 and DONE in ended.out, ended.out + ended.err  # in the whole list, and among those found
    assert room.last("shift")["incoming"] == "regu-b"  # leaders of this room stand first in the list, as the sticks lie


def test_how_many_more_there_are_is_said(room: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(askkey, "SHOWN", 2)
    ended = room.desk.run("shift", WAREHOUSE, answers=("", "berhenti"), environ=reach(room))
    count = len(reach(room)["CUSTODY_KEYS"].split(os.pathsep)) - 2
    assert f"dan {count} lagi" in ended.err, ended.err


@pytest.fixture
def night(tmp_path: Path) -> Evening:
    made = Evening(tmp_path)
    made.labels()
    made.seal()
    return made


def sticks(night: Evening) -> dict[str, str]:
    """Some forty keys, as after an evening in which everybody left his stick at the table."""
    return {"CUSTODY_KEYS": os.pathsep.join(str(Path(night.key(name)).parent) for name in sorted(night.office.people))}


def listed(text: str) -> list[str]:
    """The rows of the lists of keys, in order."""
    return [row for row in text.splitlines() if re.match(r"\s+\d+  \S", row)]


def test_of_many_keys_ten_are_shown_the_likely_ones_first(night: Evening) -> None:
    ended = night.desk.run("scan", answers=("", "kpps-08-1", "berhenti"), environ=sticks(night))
    rows = listed(ended.err)
    assert len(rows) == 2 * askkey.SHOWN and "lagi. Ketik sebagian nama" in ended.err, ended.err
    assert "pps-08" in rows[askkey.SHOWN], rows  # who receives from a KPPS of Habi is its PPS


def test_the_guard_who_signed_here_lately_is_the_first_recorder(night: Evening) -> None:
    """Guards come first of all who may record, and of them whoever was at this table before, also where another works nearer."""
    night.office.enrol("guard-0", "guard", ["5307192008"])
    ended = night.desk.run("scan", answers=("", "kpps-08-1", "pps-08", "berhenti"), environ=sticks(night))
    rows = listed(ended.err)[2 * askkey.SHOWN :]
    assert ["guard-1" in rows[0], "guard-0" in rows[1]] == [True, True], rows


def test_several_that_fit_are_shown_and_not_called_wrong(night: Evening) -> None:
    ended = night.desk.run("scan", answers=("", "kpps habi", "berhenti"), environ=sticks(night))
    assert len(listed(ended.err)) == askkey.SHOWN + 7 and "cocok dengan beberapa kunci" in ended.err, ended.err
    assert "bukan berkas kunci" not in ended.err, ended.err


@pytest.mark.parametrize("typed", ["PPS Habi", "habi pps", "pps-08"])
def test_a_key_is_found_by_role_and_place(night: Evening, typed: str) -> None:
    ended = night.desk.run("scan", answers=("", "kpps-08-1", typed, "tidak ada", "berhenti"), environ=sticks(night))
    assert "TPS 001 Habi → Habi   pemberi: kpps-08-1   penerima: pps-08" in ended.err, ended.err


def test_a_key_is_a_path_outside_a_command() -> None:
    assert KEY.convert("regu-a", None, None) == Path("regu-a")


def test_a_stick_may_be_plugged_in_while_the_question_waits(room: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is in reach when it is asked: that is said, and who is named after the stick was plugged in is found."""
    stick = tmp_path / "late"
    stick.mkdir()

    class Slow(harness.EchoPrompter):
        """Somebody who plugs the stick in before the last answer."""

        def line(self, question: str) -> str:
            typed = super().line(question)
            if len(self.asked) == 3:
                for half in (Path(room.key("regu-a")), Path(room.key("regu-a") + ".pub")):
                    shutil.copy(half, stick / half.name)
            return typed

    monkeypatch.setattr(harness, "EchoPrompter", Slow)
    ended = room.desk.run("scan", "muat", answers=("y", "regu-x", "regu-a"), environ={"CUSTODY_KEYS": str(stick)})
    before, after = ended.err.split('"regu-x" bukan berkas kunci', 1)
    assert "Tidak terlihat satu kunci pun" in before
    assert "bukan berkas kunci" not in after and str(stick) in after, "the list as it is now, and the next question"
