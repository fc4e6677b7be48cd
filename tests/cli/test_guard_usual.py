"""The usual cases of a guard as his card says them: nothing but the command, officers by badge, three keys at most."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from custody.paper.label.slips import pages
from custody.paper.label.stocks import STOCKS
from custody_cli.ground.prompts import is_scan
from custody_cli.papers import slipping
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended
from tests.cli.room_kit import Warehouse
from tests.paper import rendering

MOST = 3
SECOND = "5307192008-002"


class Badge(str):
    """What a scanner types off a printed badge."""


def badges(evening: Evening, *names: str) -> dict[str, Badge]:
    """The badges of officers, drawn, rendered, and read by a decoder."""
    with evening.office.open(write=False) as office:
        slips = [one for one in slipping.officers(office, False, "id") if one.typed in names]
    drawn = (rendering.codes(page) for data in pages(slips, STOCKS["a4-24"], "x", "id") for page in rendering.pages(data))
    found = {code: Badge(code) for codes in drawn for code in codes}
    assert found.keys() == set(names)
    return {name: found[name] for name in names}


def plugged(evening: Evening, *names: str) -> dict[str, str]:
    """These people have their sticks in."""
    return {"CUSTODY_KEYS": os.pathsep.join(str(Path(evening.key(name)).parent) for name in names)}


def keys(answers: Iterable[str], figures: Iterable[str] = ()) -> int:
    """How many keys are pressed, Enter too, beside scans, passphrases and the figure that was counted."""
    free = {WORD, *figures}
    return sum(len(one) + 1 for one in answers if not isinstance(one, Badge) and one not in free and not is_scan(one))


def codes(evening: Evening, tps: str = TPS) -> tuple[str, ...]:
    return tuple(evening.code[box] for box in evening.of(tps))


def typed(
    evening: Evening, present: Iterable[str], answers: Sequence[str], *argv: str, figures: Sequence[str] = (), most: int = MOST
) -> Ended:
    """The command of the card, nothing said beforehand; these keys are plugged in."""
    ended = evening.desk.run(*argv, answers=answers, environ=plugged(evening, *present))
    pressed = keys(answers, figures)
    assert ended.exit == 0 and "SELESAI" in ended.out and pressed <= most, (pressed, ended.err, ended.out)
    assert not {"--giver", "--receiver", "--officer", "--to"}.intersection(argv)
    return ended


def holders(evening: Evening, tps: str = TPS) -> set[str]:
    return {evening.state(box)[0].holding.holder for box in evening.of(tps)}


# -- handoffs ---------------------------------------------------------------------------------------------------------------------


def test_receiving_by_badges(evening: Evening) -> None:
    """The clock, the end of the scans, the page: three times Enter."""
    evening.hand()
    who = badges(evening, "pps-08", "ppk-1", "guard-1")
    ended = typed(evening, who, ("", *who.values(), *codes(evening), "", "", WORD, WORD, WORD), "scan")
    assert holders(evening) == {"ppk-1"} and "Tanda tangan pencatat: guard-1" in ended.err, ended.err


def test_receiving_without_badges(evening: Evening) -> None:
    """Where only these three sticks can be meant, Enter says so once for all three; the clock was said to be right on this watch."""
    evening.hand()
    evening.watch()
    who = ("pps-08", "ppk-1", "guard-1")
    ended = typed(evening, who, ("", *codes(evening), "", "", WORD, WORD, WORD), "scan")
    assert "Pemberi: pps-08 · penerima: ppk-1 · pencatat: guard-1. Benar?" in ended.err, ended.err
    assert holders(evening) == {"ppk-1"}


def test_a_badge_at_that_question_is_the_giver(evening: Evening) -> None:
    evening.hand()
    who = badges(evening, "pps-08", "ppk-1", "guard-1")
    typed(evening, who, ("", *who.values(), *codes(evening), "", "", WORD, WORD, WORD), "scan")
    assert holders(evening) == {"ppk-1"}


def test_a_no_at_that_question_asks_one_by_one(evening: Evening) -> None:
    evening.hand()
    said = ("", "t", "pps-08", "ppk-1", "tidak ada", *codes(evening), "", "", WORD, WORD)
    ended = typed(evening, ("pps-08", "ppk-1", "guard-1"), said, "scan", most=99)
    assert "Tanda tangan pencatat" not in ended.err and holders(evening) == {"ppk-1"}


def test_from_tps_to_pps(evening: Evening) -> None:
    """Who goes along is in no plan: the first time of a day it is a figure on the page; and once a watch the clock is asked for."""
    evening.seal(SECOND)
    evening.watch()
    for tps, last in ((TPS, "1"), (SECOND, "")):
        who = badges(evening, evening.kpps(tps), "pps-08", "guard-1")
        typed(evening, who, (*who.values(), *codes(evening, tps), "", last, WORD, WORD, WORD), "scan")
        assert holders(evening, tps) == {"pps-08"}


def test_from_tps_to_pps_without_badges(evening: Evening) -> None:
    """The PPS holds boxes of other stations: still only the KPPS can be the giver."""
    evening.seal(SECOND)
    evening.hand()
    evening.watch()
    typed(evening, (evening.kpps(SECOND), "pps-08", "guard-1"), ("", *codes(evening, SECOND), "", "", WORD, WORD, WORD), "scan")
    assert holders(evening, SECOND) == {"pps-08"}


NOBODY = {
    "two who may give": ("pps-08", "pps-09", "ppk-1", "guard-1"),
    "nobody who holds boxes": ("kpps-08-2", "ppk-1", "guard-1"),
    "nobody where they go next": ("pps-08", "keeper-1", "guard-1"),
}


@pytest.mark.parametrize("case", NOBODY)
def test_nobody_is_proposed_where_others_can_be_meant(evening: Evening, case: str) -> None:
    evening.seal("5307192009-001")
    evening.hand("5307192009-001")
    evening.hand()
    ended = evening.desk.run("scan", answers=("", "berhenti"), environ=plugged(evening, *NOBODY[case]))
    assert "Kunci PEMBERI" in ended.err and "Pemberi: " not in ended.err, ended.err


def test_loading_and_unloading(evening: Evening) -> None:
    """From the desa the plan knows one way on: it is not asked for, and the screen says it before anything is scanned."""
    evening.hand()
    who = badges(evening, "pps-08", "ppk-1")
    ended = typed(evening, ("pps-08", "guard-1"), ("", who["pps-08"], *codes(evening), "", "", WORD), "scan", "muat")
    before = ended.err.partition("Pindai kotak")[0]
    assert "Habi → Kangae" in before and "penerima: ppk-1" in before, ended.err
    assert {evening.state(box)[0].status for box in evening.of(TPS)} == {"offered"}
    ended = typed(evening, ("ppk-1", "guard-1"), ("", who["ppk-1"], *codes(evening), "", "", WORD), "scan", "bongkar")
    assert holders(evening) == {"ppk-1"}
    assert "custody ba 26 (26 adalah serah terimanya saat dimuat atau diberikan; penerimaan ini, entri 27" in ended.out, ended.out


def test_loading_and_unloading_without_badges(evening: Evening) -> None:
    evening.hand()
    evening.watch()
    ended = typed(evening, ("pps-08", "guard-1"), ("", *codes(evening), "", "", WORD), "scan", "muat")
    assert "Kunci PEMBERI, yang memuat (nomor, nama atau berkas): [pps-08]" in ended.err, ended.err
    ended = typed(evening, ("ppk-1", "guard-1"), ("", *codes(evening), "", "", WORD), "scan", "bongkar")
    assert "[ppk-1]" in ended.err and holders(evening) == {"ppk-1"}


def test_of_many_keys_only_one_is_awaited(evening: Evening) -> None:
    """Everybody's stick lies at the table: a load waits for one of them."""
    evening.hand()
    evening.watch()
    typed(evening, ("pps-08", "guard-1"), ("", *codes(evening), "", "", WORD), "scan", "muat")
    ended = typed(evening, sorted(evening.office.people), ("", *codes(evening), "", "", WORD), "scan", "bongkar")
    assert "[ppk-1]" in ended.err and holders(evening) == {"ppk-1"}


def test_where_to_is_asked_for_once_people_are_changed(evening: Evening) -> None:
    evening.hand()
    said = ("", "", *codes(evening), "", "ubah orang", "", "berhenti")
    ended = evening.desk.run("scan", "muat", answers=said, environ=plugged(evening, "pps-08"))
    assert ended.err.count("Ke mana kotaknya?") == 1, ended.err


def test_where_to_is_asked_for_on_the_way_out(tmp_path: Path) -> None:
    """Boxes that have not been voted into go down: the plan of the way back says nothing of them."""
    room = Warehouse(tmp_path, figure=5, desa=(HABI,))
    who = plugged(room.evening, "keeper-1")
    ended = room.desk.run("scan", "muat", answers=("", "", "berhenti"), environ=who)
    assert "Ke mana kotaknya?" in ended.err, ended.err


def test_what_the_law_will_find_is_told_once_while_the_page_is_changed(evening: Evening) -> None:
    """A torn seal, then the plate: the seal is not told anew; the end says that the deed is that of this very handoff."""
    evening.hand()
    who = badges(evening, "pps-08", "ppk-1", "guard-1")
    said = ("", *who.values(), *codes(evening), "segel 2 robek", "", "unknown", "3", "dh 1 ab", "", WORD, WORD, WORD)
    ended = evening.desk.run("scan", answers=said, environ=plugged(evening, *who))
    assert ended.exit == 1 and ended.err.count("[seal.changed]") == 1 and "DH-1-AB" in ended.err, ended.err
    assert "penerimaan ini" not in ended.out, ended.out


# -- the room ---------------------------------------------------------------------------------------------------------------------

FIGURE = ("5",)


@pytest.fixture
def room(tmp_path: Path) -> Warehouse:
    """A room that regu-a has taken over an hour ago, its door locked; people have said on this watch that the clock is right."""
    made = Warehouse(tmp_path, figure=5, desa=(HABI,))
    made.evening.labels()
    made.first()
    made.go(60)
    return made


def test_a_shift(room: Warehouse) -> None:
    """The clock, that it is these two, the page; the figure is counted."""
    typed(room.evening, ("regu-a", "regu-b"), ("", "", "5", "", WORD, WORD), "shift", figures=FIGURE)
    assert (room.last("shift")["outgoing"], room.last("shift")["incoming"]) == ("regu-a", "regu-b")


def test_a_shift_where_three_leaders_are_by_badges(room: Warehouse) -> None:
    who = badges(room.evening, "regu-a", "regu-c")
    said = ("", who["regu-a"], who["regu-c"], "5", "", WORD, WORD)
    typed(room.evening, ("regu-a", "regu-b", "regu-c"), said, "shift", figures=FIGURE)
    assert (room.last("shift")["outgoing"], room.last("shift")["incoming"]) == ("regu-a", "regu-c")


def test_the_first_shift(tmp_path: Path) -> None:
    """Once in the life of a room: nobody has recorded its door yet, which is read with a key of its own; the clock comes on top."""
    made = Warehouse(tmp_path, figure=5, desa=(HABI,))
    made.evening.watch()
    who = badges(made.evening, "regu-a")
    typed(made.evening, who, (who["regu-a"], "5", "t", "", WORD), "shift", figures=FIGURE)
    assert made.last("shift")["door"] == "locked"


@pytest.mark.parametrize("by", ["badge", "Enter"])
def test_a_count(room: Warehouse, by: str) -> None:
    who = badges(room.evening, "regu-a")["regu-a"] if by == "badge" else ""
    typed(room.evening, ("regu-a", "regu-b"), ("", who, "5", WORD), "scan", "hitung", figures=FIGURE)
    assert room.last("inspection")["counted"] == 5


@pytest.mark.parametrize("by", ["badge", "Enter"])
def test_a_round(room: Warehouse, by: str) -> None:
    who = badges(room.evening, "regu-a")["regu-a"] if by == "badge" else ""
    typed(room.evening, ("regu-a", "regu-b"), ("", who, WORD), "round")
    assert room.last("inspection")["door"] == "locked"


@pytest.mark.parametrize("by", ["badge", "Enter"])
def test_an_inspection(room: Warehouse, by: str) -> None:
    """Enter ends the scans at once: of a look nothing can be missing. Without a badge, Enter for whoever is on duty comes on top."""
    if by == "Enter":
        room.evening.watch()
    who = badges(room.evening, "regu-a")["regu-a"] if by == "badge" else ""
    before = () if by == "Enter" else ("",)
    scans = tuple(room.evening.code[box] for box in room.inside)
    typed(room.evening, ("regu-a", "regu-b"), (*before, who, *scans, "", "", WORD), "scan", "periksa")
    assert {line["box"] for line in room.last("inspection")["boxes"]} == set(room.inside)
