"""The usual case takes a guard at most three keystrokes beside scans, passphrases and the figure that he counted: each is counted here."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from custody_cli.ground.prompts import is_scan
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended
from tests.cli.room_kit import WAREHOUSE, Warehouse

KANGAE = "530719"
MOST = 3


@dataclass
class Hand:
    """What a guard presses: of each answer that is no scan, passphrase or figure every key, Enter too."""

    answers: tuple[str, ...]
    figures: frozenset[str] = field(default_factory=frozenset)

    @property
    def keys(self) -> int:
        return sum(len(one) + 1 for one in self.answers if one != WORD and one not in self.figures and not is_scan(one))


def run(evening: Evening, hand: Hand, *argv: str) -> Ended:
    ended = evening.desk.run(*argv, answers=hand.answers)
    assert ended.exit == 0 and hand.keys <= MOST, (hand.keys, ended.err)
    return ended


def codes(evening: Evening) -> tuple[str, ...]:
    return tuple(evening.code[box] for box in evening.of(TPS))


def test_receiving(evening: Evening) -> None:
    evening.hand()
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"), "--recorder", evening.key("guard-1"))
    ended = run(evening, Hand(("", *codes(evening), "", "", WORD, WORD, WORD)), "scan", *keys, "--expect", "TPS 1 Habi")
    assert "Habi → Kangae, diterima ppk-1" in ended.err and "1 Pengawal: 1" in ended.err, ended.err
    proposed = "USUL, belum dinyatakan siapa pun: 1 Pengawal menurut rencana, 2 Sprin tidak ditanyakan, 3 kendaraan tidak ditanyakan"
    assert proposed in ended.err, ended.err
    assert {evening.state(box)[0].holding.holder for box in evening.of(TPS)} == {"ppk-1"}


def test_from_a_tps_to_the_pps(evening: Evening) -> None:
    """The plan sends nobody along from a TPS. The first time of a day it is said on the page, and signs it; the next goes as that one."""
    evening.seal("5307192008-002")
    evening.watch()
    for tps, last in ((TPS, "1"), ("5307192008-002", "")):
        keys = ("--giver", evening.key(evening.kpps(tps)), "--receiver", evening.key("pps-08"))
        ended = run(evening, Hand((*(evening.code[box] for box in evening.of(tps)), "", last, WORD, WORD)), "scan", *keys)
        told = "1 Pengawal: BELUM DISEBUT" if last else "1 Pengawal: 1 · 2 Sprin: tidak ada · 3 kendaraan: tidak ada"
        assert told in ended.err and "dibenarkan 0 menit lalu" in ended.err, ended.err
    assert {evening.state(box)[0].holding.holder for box in evening.of("5307192008-002")} == {"pps-08"}


def test_the_vehicle_of_another_giver_is_not_proposed(evening: Evening) -> None:
    evening.seal("5307192008-002")
    for tps, more, typed in ((TPS, ("--vehicle", "dh 1 ab"), "1"), ("5307192008-002", (), "")):
        keys = ("--giver", evening.key(evening.kpps(tps)), "--receiver", evening.key("pps-08"), *more)
        scans = tuple(evening.code[box] for box in evening.of(tps))
        ended = evening.desk.run("scan", *keys, answers=("", *scans, "", typed, WORD, WORD))
        assert ended.exit == 0, ended.err
    assert "1 Pengawal: 1 · 2 Sprin: tidak ada · 3 kendaraan: tidak ada" in ended.err, ended.err


def test_the_first_load_of_the_day_and_its_receipt(evening: Evening) -> None:
    evening.hand()
    plan = ("--officer", evening.key("pps-08"), "--passphrase-file", evening.word(), "--order", "Sprin/7", "--thing", "bilik=4", "--yes")
    assert evening.desk.run("manifest", "make", *plan).exit == 0
    ended = run(evening, Hand(("", *codes(evening), "", "", WORD)), "scan", "muat", "--giver", evening.key("pps-08"))
    page = ended.err.rpartition("Enter: benar")[0]
    for told in ("Habi → Kangae, diterima ppk-1", "1 Pengawal: 1", "2 Sprin: Sprin/7", "3 kendaraan: tidak ada", "5 Barang: bilik suara 4"):
        assert told in page, page
    with evening.office.open(write=False) as office:
        from custody.core import entry as entries

        body = entries.parse(office.ledger.note(office.ledger.size - 1)).statement.body
    assert (body["escort"]["count"], body["escort"]["order"], body["things"]) == (1, "Sprin/7", [{"count": 4, "thing": "booth"}])
    run(evening, Hand(("", *codes(evening), "", "", WORD)), "scan", "bongkar", "--receiver", evening.key("ppk-1"))
    assert {evening.state(box)[0].holding.holder for box in evening.of(TPS)} == {"ppk-1"}


# What is typed on the page, and what the statement says then.
CHANGED = {
    "the escort": (("1", "4"), ("escort", "count"), 4),
    "nobody goes along": (("1", "tidak ada", "1"), ("escort", "count"), 0),
    "the order": (("2", "Sprin/9"), ("escort", "order"), "Sprin/9"),
    "the plate": (("3", "dh 1 ab"), ("vehicle",), "DH-1-AB"),
    "the carrier": (("4", "truk"), ("carrier",), "truck"),
    "in words": (("pelat", "dh 2 ab"), ("vehicle",), "DH-2-AB"),
    "everything anew": (("ubah", "3", "Sprin/3", "tidak ada"), ("escort", "count"), 3),
}


@pytest.mark.parametrize("name", CHANGED)
def test_one_key_changes_one_thing(evening: Evening, name: str) -> None:
    typed, path, value = CHANGED[name]
    evening.hand()
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"))
    ended = evening.desk.run("scan", *keys, "--expect", "TPS 1 Habi", answers=("", *codes(evening), "", *typed, "", WORD, WORD))
    assert ended.exit in (0, 1), ended.err
    with evening.office.open(write=False) as office:
        from custody.core import entry as entries

        said = entries.parse(office.ledger.note(office.ledger.size - 1)).statement.body
    for part in path:
        said = said[part]
    assert said == value, ended.err
    pages = [row for row in ended.err.splitlines() if row.startswith("USUL")]
    number = {"escort": "1 Pengawal", "order": "2 Sprin", "vehicle": "3 kendaraan"}.get(path[-1] if path[-1] != "count" else "escort")
    assert number is None or (number in pages[0] and not (len(pages) > 1 and number in pages[-1])), "what was said is no proposal any more"


def test_the_next_handoff_on_the_leg_goes_as_the_last_one(evening: Evening) -> None:
    evening.hand()
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"))
    first, second = evening.of(TPS)[:2], evening.of(TPS)[2:]
    for boxes, typed in ((first, ("1", "3", "3", "dh 1 ab")), (second, ())):
        scans = tuple(evening.code[box] for box in boxes)
        more = tuple(word for box in boxes for word in ("--expect", box))
        ended = evening.desk.run("scan", *keys, *more, answers=("", *scans, "", *typed, "", WORD, WORD))
        assert ended.exit == 0, ended.err
    assert "1 Pengawal: 3" in ended.err and "3 kendaraan: DH-1-AB" in ended.err, ended.err
    assert "1 Pengawal seperti serah terima terakhir hari ini dari sini" in ended.err, ended.err


def test_enter_alone_ends_nothing_while_boxes_are_missing(evening: Evening) -> None:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    ended = evening.desk.run("scan", *keys, "--expect", "TPS 1 Habi", answers=("", "", codes(evening)[0], "", ""))
    assert "Masih kurang 4" in ended.err and "Catat dan tanda tangani" not in ended.err and ended.exit == 2, ended.err


@pytest.fixture
def room(tmp_path: Path) -> Warehouse:
    made = Warehouse(tmp_path, figure=5, desa=(HABI,))
    made.evening.labels()
    return made


def test_counting_and_a_shift(room: Warehouse) -> None:
    evening, figure = room.evening, frozenset(("5",))
    run(evening, Hand(("", "5", WORD), figure), "inspect", WAREHOUSE, "--count", "--officer", room.key("keeper-1"))
    scans = tuple(evening.code[box] for box in room.inside)
    run(evening, Hand(("", *scans, "", "", WORD)), "inspect", WAREHOUSE, "--count", "--officer", room.key("keeper-1"))
    # One key says what was seen of a door that nobody has recorded yet; the page is shown once more, and Enter signs it.
    evening.watch()
    run(evening, Hand(("5", "t", "", WORD), figure), "shift", WAREHOUSE, "--incoming", room.key("regu-a"))
    assert (room.last("shift")["door"], room.last("shift")["lock"], room.last("shift")["door_seal"]) == ("locked", "intact", None)
    room.go(60)
    hand = Hand(("", "5", "", WORD, WORD), figure)
    run(evening, hand, "shift", WAREHOUSE, "--outgoing", room.key("regu-a"), "--incoming", room.key("regu-b"))


def test_the_seal_at_a_door_is_read_with_the_scanner(room: Warehouse) -> None:
    """The number must be read where it hangs: a scan, or a typing of its own; the lock beside it is one key more."""
    ended = room.run("shift", WAREHOUSE, "--incoming", room.key("regu-a"), answers=("", "5", "P0001234", "t", "", WORD))
    body = room.last("shift")
    assert (body["door"], body["lock"], body["door_seal"]) == ("sealed", "intact", "P0001234"), ended.err
    room.go(60)
    hand = ("", "5", "P0001234", "", WORD, WORD)
    ended = room.run("shift", WAREHOUSE, "--outgoing", room.key("regu-a"), "--incoming", room.key("regu-b"), answers=hand)
    assert ended.exit == 0 and room.last("shift")["door_seal"] == "P0001234", ended.err


def test_enter_says_nothing_of_a_door_that_nobody_has_seen(room: Warehouse) -> None:
    ended = room.run("shift", WAREHOUSE, "--incoming", room.key("regu-a"), answers=("", "5", "", "gembok rusak", "t", "regu 4", "", WORD))
    assert room.last("shift")["team"] == 4, "after the door there is still time to mend the rest: nobody is asked for a passphrase yet"
    assert "Pintu belum dibaca" in ended.err and (room.last("shift")["door"], room.last("shift")["lock"]) == ("locked", "broken"), ended.err


# -- the clock, once a watch ------------------------------------------------------------------------------------------------------

MINUTE = 60
# Minutes that the computer's clock and the computer itself have gone on since people said that the clock is right; whether they are asked.
CLOCKS = {
    "at once": (0, 0, False),
    "an hour later": (60, 60, False),
    "a watch later": (480, 480, True),
    "the clock was set forward": (60, 59, True),
    "the clock was set back": (-60, 5, True),
    "the computer was started anew": (60, -59, True),
    "nothing counts": (0, None, True),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_the_clock_is_asked_for_once_a_watch(evening: Evening, name: str) -> None:
    shown, counted, asked = CLOCKS[name]
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    evening.desk.uptime = 7200.0
    first = evening.desk.run("scan", *keys, answers=("", codes(evening)[0], "berhenti"))
    assert "Benar?" in first.err, first.err
    evening.desk.now += timedelta(minutes=shown)
    evening.desk.uptime = 7200.0 + counted * MINUTE if counted is not None else None
    second = evening.desk.run("scan", *keys, "--new", answers=("", codes(evening)[0], "berhenti"))
    assert ("Benar?" in second.err) == asked, second.err


def test_a_clock_that_is_called_wrong_is_asked_for_again(evening: Evening) -> None:
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    evening.desk.uptime = 7200.0
    for _ in range(2):
        ended = evening.desk.run("scan", *keys, "--new", answers=("t", "20.00", codes(evening)[0], "berhenti"))
        assert "Benar?" in ended.err, ended.err


@pytest.mark.parametrize("kept", ["", "{}", "[1]", '{"clock": "x", "uptime": 0}', "\ufeff"])
def test_a_kept_word_about_the_clock_that_cannot_be_read_is_none(evening: Evening, kept: str) -> None:
    evening.watch()
    (evening.office.state / "clock-right").write_text(kept, encoding="utf-8")
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    ended = evening.desk.run("scan", *keys, answers=("", codes(evening)[0], "berhenti"))
    assert "Benar?" in ended.err, ended.err
