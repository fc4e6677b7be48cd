"""Badges from paper to prompt: drawn, rendered, read by a decoder, and typed where a place, an officer or a box is asked (LABEL-16)."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from custody.core import entry as entries
from custody.intake.badges import Badge, badge
from custody.paper.label.slips import Slip, pages
from custody.paper.label.stocks import STOCKS
from custody_cli.boxes.choosing import Choosing
from custody_cli.ground.exits import WrongUse
from custody_cli.papers import slipping
from tests.cli.daily_kit import TPS, Evening
from tests.cli.room_kit import TEAMS, WAREHOUSE, WORD, Warehouse
from tests.paper import rendering

STOCK = STOCKS["a4-24"]


def scanned(slips: Iterable[Slip]) -> set[str]:
    """What a scanner types off the printed badges."""
    return {code for data in pages(slips, STOCK, "x", "id") for page in rendering.pages(data) for code in rendering.codes(page)}


@pytest.fixture
def room(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, figure=3, desa=("5307192008",))


def reach(room: Warehouse, *names: str) -> dict[str, str]:
    """These sticks are plugged in."""
    return {"CUSTODY_KEYS": os.pathsep.join(str(Path(room.key(name)).parent) for name in names or TEAMS)}


def officer(room: Warehouse, name: str) -> str:
    """The badge of an officer, as the scanner types it."""
    with room.evening.office.open(write=False) as office:
        (code,) = scanned(one for one in slipping.officers(office, False, "id") if one.typed == name)
    return code


def place(room: Warehouse) -> str:
    with room.evening.office.open(write=False) as office:
        (code,) = scanned(slipping.places(office, [WAREHOUSE]))
    return code


@pytest.mark.parametrize("caps", [False, True], ids=["as printed", "with Caps Lock"])
def test_the_badge_of_an_officer_answers_who(room: Warehouse, caps: bool) -> None:
    typed = officer(room, "regu-b")
    ended = room.desk.run(
        "shift", WAREHOUSE, answers=("", typed.swapcase() if caps else typed, "3", "terkunci, utuh", "", WORD), environ=reach(room)
    )
    assert ended.exit == 0 and room.last("shift")["incoming"] == "regu-b", ended.out + ended.err


def test_the_badge_of_a_place_answers_no_question_for_an_officer(room: Warehouse) -> None:
    ended = room.desk.run("shift", WAREHOUSE, answers=("", place(room), "regu-b", "3", "terkunci, utuh", "", WORD), environ=reach(room))
    assert "Itu lencana tempat (Gudang" in ended.err and "PETUGAS yang ditanyakan" in ended.err
    assert room.last("shift")["incoming"] == "regu-b", ended.out + ended.err


def test_a_badge_whose_key_is_not_plugged_in_says_so(room: Warehouse) -> None:
    badge_of_b = officer(room, "regu-b")
    ended = room.desk.run(
        "shift", WAREHOUSE, answers=("", badge_of_b, "regu-a", "3", "terkunci, utuh", "", WORD), environ=reach(room, "regu-a")
    )
    assert "Lencana regu-b terbaca, tetapi kuncinya tidak ada" in ended.err
    assert room.last("shift")["incoming"] == "regu-a", ended.out + ended.err


def test_the_same_where_keys_of_a_handoff_are_asked(evening: Evening) -> None:
    """At the questions of the guard's screen, by hand of who has sticks of both sides in one folder."""
    sides = [evening.key(name) for name in (evening.kpps(TPS), evening.pps(TPS))]
    environ = {"CUSTODY_KEYS": os.pathsep.join(str(Path(one).parent) for one in sides)}
    said = ("5307192008", evening.kpps(TPS), "5307192008", evening.pps(TPS), "tidak ada")
    ended = evening.desk.run("scan", answers=["y", *said], environ=environ)
    assert ended.err.count("PETUGAS yang ditanyakan") == 2 and "dari 5" in ended.err, ended.err


def test_the_badge_of_a_place_answers_where(room: Warehouse) -> None:
    with room.evening.office.open(write=False) as office:
        assert Choosing(office).place(place(room)) == WAREHOUSE
        assert Choosing(office).place(place(room).lower()) == WAREHOUSE  # with Caps Lock on


WRONG = {
    "the badge of an officer": ("regu-b", "badge.officer-here"),
    "the label of a box, typed": ("{label}", "badge.label-here"),
    "words that name nothing": ("xyzzy", "cli.place.unknown"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_place_is_called_what_it_is(evening: Evening, case: str) -> None:
    typed, code = WRONG[case]
    typed = {"{label}": evening.code[evening.of(TPS)[0]].removeprefix("KSU1"), "regu-b": "guard-1"}.get(typed, typed)
    with evening.office.open(write=False) as office, pytest.raises(WrongUse) as raised:
        Choosing(office).place(typed)
    assert raised.value.code == code


def test_at_a_question_for_a_place_it_is_said_and_asked_again(room: Warehouse) -> None:
    ended = room.run("incident", "--code", "power-cut", "--key", room.key("regu-a"), answers=("regu-a", "tidak ada", "regu-a", place(room)))
    assert "Itu lencana atau nama kunci petugas (regu-a); di sini KOTAK atau tempat yang ditanyakan." in ended.err, ended.out + ended.err
    assert "Itu lencana petugas (regu-a); di sini TEMPAT yang ditanyakan." in ended.err, ended.out + ended.err


WORDS = {
    "of a place": ("5307-GUDANG", "ITU LENCANA TEMPAT (5307-GUDANG), BUKAN JAWABAN"),
    "of an officer, with Caps Lock": ("GUARD-1", "ITU LENCANA PETUGAS (guard-1), BUKAN JAWABAN"),
}


@pytest.mark.parametrize("case", WORDS)
def test_where_words_are_asked_for_no_badge_is_taken_for_them(evening: Evening, case: str) -> None:
    typed, said = WORDS[case]
    asked = ("incident", "TPS 1 Habi DPR", "--code", "wet", "--key", evening.key("guard-1"))
    ended = evening.desk.run(*asked, answers=("", typed, f"kata guard: {typed}", "tidak ada", "y", WORD))
    assert ended.exit == 0 and said in ended.err, ended.out + ended.err
    with evening.office.open(write=False) as office:
        note = entries.parse(office.ledger.note(office.ledger.size - 1)).statement.body["note"]
        assert office.private.opened([note["c"]])[note["c"]].value == f"kata guard: {typed}"


BOXES = {"of a place": (WAREHOUSE, "ITU LENCANA TEMPAT (Gudang"), "of an officer": ("guard-1", "ITU LENCANA PETUGAS (guard-1)")}


@pytest.mark.parametrize("case", BOXES)
def test_no_badge_counts_as_a_box(evening: Evening, case: str) -> None:
    typed, said = BOXES[case]
    good = evening.code[evening.of(TPS)[0]]
    ended = evening.scan(good, typed)
    assert said in ended.err and "1 dari 5" in ended.err and "2 dari 5" not in ended.err, ended.err


READ = {
    "as it stands": ("5307-GUDANG", Badge("place", "5307-GUDANG")),
    "with the mark of the symbology": ("]Q15307-GUDANG", Badge("place", "5307-GUDANG")),
    "with Caps Lock": ("5307-gudang", Badge("place", "5307-GUDANG")),
    "on a French keyboard": ("regu)b", Badge("officer", "regu-b")),
    "an officer": ("regu-b", Badge("officer", "regu-b")),
    "an officer, with Caps Lock": ("REGU-B", Badge("officer", "regu-b")),
    "other words": ("regu", None),
    "nothing": ("", None),
    "somebody leaning on the keyboard": ("5" * 500, None),
}


@pytest.mark.parametrize("case", READ)
def test_what_a_scanner_types(case: str) -> None:
    typed, meant = READ[case]
    assert badge(typed, {"5307-GUDANG"}.__contains__, {"regu-b"}.__contains__) == meant
