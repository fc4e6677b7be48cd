"""The screen of a sealing: boxes, then the numbers of their seals, scanned or typed; undo, crash, numbers used twice; files of numbers."""

from pathlib import Path

import pytest

from custody.core import entry
from custody_cli.table import sealwords
from fixtures.daydesk import WORD
from tests.cli.daily_kit import TPS, Evening
from tests.cli.harness import Ended

SIGN = ("y", WORD, WORD)
POINTS = ("lid", "slot", "tie-1", "tie-2")


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path)
    made.labels()
    return made


def box(kind: str, tps: str = TPS) -> str:
    return f"PEM24-{tps}-{kind}-1"


def seal(evening: Evening, *lines: str, end: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> Ended:
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"))
    return evening.desk.run("seal", *keys, *options, answers=["y", *lines, "selesai", *end])


def seals(evening: Evening, kind: str) -> set[tuple[str, str, str | None]]:
    holding = evening.state(box(kind))[0].holding
    return set(holding.seals) if holding is not None else set()


def numbered(evening: Evening) -> list[str]:
    """Five boxes, two ties each, as a guard scans them."""
    lines = []
    for at, one in enumerate(evening.of(TPS)):
        lines += [evening.code[one], f"KPU-{at}1", f"kpu-{at}2"]
    return lines


def test_five_boxes_with_two_ties_each(evening: Evening) -> None:
    ended = seal(evening, *numbered(evening), end=SIGN)
    assert ended.exit == 0 and "SELESAI: 5 kotak masuk buku besar" in ended.out, ended.err
    assert "Menyegel di TPS 001 Habi" in ended.err and "5 dari 5 · kurang 0" in ended.err
    assert {("tie-1", "intact", "KPU-11"), ("tie-2", "intact", "KPU-12"), ("lid", "intact", None)} <= seals(evening, "DPR")
    assert "TPS 001 Habi · DPR: tali 1 utuh KPU-11, tali 2 utuh KPU-12" in ended.err
    assert evening.drafts() == []


# What is typed or scanned after the box of DPR, and what the screen says to it.
SAID = {
    "a number": (["A123"], "TPS 001 Habi · DPR: segel tali 1 utuh A123"),
    "a number of digits alone": (["1234567"], "segel tali 1 utuh 1234567"),
    "a long number, as a machine sends it": (["0123456789012345"], "segel tali 1 utuh 0123456789012345"),
    "three numbers": (["A1", "A2", "A3"], "segel tutup utuh A3"),
    "all four": (["A1", "A2", "A3", "A4"], "semua segel TPS 001 Habi · DPR bernomor"),
    "a fifth": (["A1", "A2", "A3", "A4", "A5"], "A5 tidak dicatat"),
    "a point by name": (["tali 2 A9"], "segel tali 2 utuh A9"),
    "a point in English": (["tie-2 A9"], "segel tali 2 utuh A9"),
    "the lid": (["tutup A9"], "segel tutup utuh A9"),
    "twice": (["A1", "A1"], "A1 sudah tercatat pada TPS 001 Habi · DPR"),
    "a short number that a scanner sent without Enter": (["7712{DPD}"], "TPS 001 Habi · DPR: segel tali 1 utuh 7712"),
    "undone": (["A1", "batal"], "TPS 001 Habi · DPR: segel tali 1 dibatalkan; kotaknya tetap"),
    "undone, and its box": (["A1", "batal", "batal"], "Dibatalkan: TPS 001 Habi · DPR"),
    "not whole": (["segel celah robek"], "segel celah robek"),
    "another box by words": (["tps 1 habi presiden"], "TPS 001 Habi · PPWP: diketik"),
    "the same on another box": (["A1", "tps 1 habi presiden", "A1"], "NOMOR SEGEL SUDAH DIPAKAI: A1 tercatat pada TPS 001 Habi · DPR"),
    "the order, before the first number": ([], "urut: tali 1 → tali 2 → tutup → celah"),
    "the order, of a box scanned again": (["A1", "{DPR}"], "berikutnya: nomor tali 2"),
    "a point by its number": (["segel 1 B0000010"], "TPS 001 Habi · DPR: segel tutup utuh B0000010"),
    "a point by its name, with the word": (["segel tali 2 B0000010"], "TPS 001 Habi · DPR: segel tali 2 utuh B0000010"),
    "nonsense": (["zzz"], "tali 1 NOMOR"),
    "help": (["bantuan"], "tali dulu, lalu tutup dan celah"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_the_screen_says(evening: Evening, name: str) -> None:
    lines, said = SAID[name]
    ended = seal(
        evening, evening.code[box("DPR")], *(line.format(DPD=evening.code[box("DPD")], DPR=evening.code[box("DPR")]) for line in lines)
    )
    assert said in ended.err, ended.err


def test_a_number_without_a_box(evening: Evening) -> None:
    assert "Pindai kotaknya dulu" in seal(evening, "A123").err


def test_a_number_used_before_is_told_and_recorded_as_irregular(evening: Evening) -> None:
    seal(evening, evening.code[box("DPR")], "A123", end=("lanjut", *SIGN))
    ended = seal(evening, evening.code[box("DPD")], "a123", end=("lanjut", "8", *SIGN))
    assert "NOMOR SEGEL SUDAH DIPAKAI: A123 tercatat pada TPS 001 Habi · DPR" in ended.err, ended.err
    assert ended.exit == 1 and "SELESAI: 1 kotak" in ended.out and "temuan (1): Nomor segel A123" in ended.out, ended.err
    with evening.office.open(write=False) as office:
        body = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body
    assert body["irregular"] == [{"finding": "seal.reused", "reason": "mistake-before"}]


def test_a_crash_loses_no_number(evening: Evening) -> None:
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"))
    lines = numbered(evening)
    evening.desk.run("seal", *keys, answers=["y", *lines[:8]])  # the third box waits for its second tie
    again = evening.desk.run("seal", answers=["y", "y", *lines[8:], "selesai", *SIGN])
    assert "penyegelan yang belum selesai: TPS 001 Habi, 3 kotak" in again.err, again.err
    assert "SELESAI: 5 kotak" in again.out, again.err
    assert {("tie-1", "intact", "KPU-21"), ("tie-2", "intact", "KPU-22")} <= seals(evening, "DPRDK")


def test_scan_and_seal_leave_each_others_drafts_alone(evening: Evening) -> None:
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"))
    evening.desk.run("seal", *keys, answers=["y", evening.code[box("DPR")]])
    ended = evening.scan(evening.code[box("DPR")])
    assert "belum selesai" not in ended.err and len(evening.drafts()) == 2


def test_whose_keys_is_asked(evening: Evening) -> None:
    answers = ["y", "", evening.key("kpps-08-1"), evening.key("guard-1"), evening.code[box("DPR")], "A1", "selesai", "lanjut", *SIGN]
    ended = evening.desk.run("seal", answers=answers)
    assert "SELESAI: 1 kotak" in ended.out, ended.err


@pytest.mark.parametrize("heads", ["box,point,number,state", "Kotak,Titik,Nomor,Keadaan"])
@pytest.mark.parametrize(("point", "state"), [("tie-1", "intact"), ("tali 1", "utuh"), ("Tali-1", "")])
def test_a_file_of_numbers_in_either_language(evening: Evening, heads: str, point: str, state: str) -> None:
    file = evening.root / "nomor.csv"
    file.write_text(f"{heads}\n{box('DPR')},{point},ab123,{state}\n")
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word(), "--yes")
    ended = evening.desk.run("seal", "TPS 1 Habi", *keys, "--seals", str(file))
    assert ended.exit == 0, ended.err
    assert ("tie-1", "intact", "AB123") in seals(evening, "DPR")


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        *(("1", "lid"), ("4", "tie-2"), ("5", None), ("0", None), ("tutup", "lid"), ("Celah", "slot"), ("slot", "slot")),
        *(("tali 1", "tie-1"), ("tali2", "tie-2"), ("tie 2", "tie-2"), ("TIE-1", "tie-1"), ("ikat 1", None), ("", None)),
    ],
)
def test_a_point_as_people_type_it(typed: str, point: str | None) -> None:
    assert sealwords.point(typed, POINTS) == point
