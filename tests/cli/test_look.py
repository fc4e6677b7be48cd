"""`custody scan periksa`: boxes looked at one by one wherever they stand, their seals told, nothing counted and nothing missed."""

import json
from pathlib import Path
from typing import Any

import pytest

from custody.core import entry as entries
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended

KANGAE = "530719"


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    """The boxes of TPS 1 are with the PPS of Habi."""
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    made.hand()
    return made


def looked(evening: Evening, *lines: str, place: str = "Habi", who: str = "pps-08", options: tuple[str, ...] = ()) -> Ended:
    argv = ("scan", "periksa", "--place", place, "--recorder", evening.key(who), *options)
    return evening.desk.run(*argv, answers=("", *lines))


def inspections(evening: Evening) -> list[dict[str, Any]]:
    with evening.office.open(write=False) as office:
        notes = [note for note in office.ledger.notes() if note.startswith(b"custody/inspection/")]
        return [entries.parse(note).statement.body for note in notes]


def test_two_boxes_of_five_are_looked_at_and_none_is_missed(evening: Evening) -> None:
    first, second = evening.of(TPS)[:2]
    ended = looked(evening, evening.code[first], "segel 2 longgar", evening.code[second], "selesai", "", WORD)
    (body,) = inspections(evening)
    told = {row["box"]: {seal["point"]: seal["state"] for seal in row["seals"]} for row in body["boxes"]}
    whole = {"lid": "intact", "slot": "intact", "tie-1": "intact", "tie-2": "intact"}
    assert told == {first: {**whole, "slot": "loose"}, second: whole}, ended.err
    assert (body["counted"], body["missing"], body["extra"], body["place"]) == (None, [], [], HABI)
    assert "BERAPA" not in ended.err.upper() and "HITUNG kotaknya" not in ended.err and "kurang" not in ended.err, ended.err
    assert ended.exit == 1 and "seal.changed" in ended.out and "celah longgar" in ended.err, ended.out


def test_what_is_recorded_of_a_box_is_told_beside_it(evening: Evening) -> None:
    ended = looked(evening, evening.code[evening.of(TPS)[0]], "berhenti")
    assert "tercatat: di Habi, dipegang pps-08" in ended.err and "segel tercatat: " in ended.err, ended.err


def test_a_box_where_nobody_expects_it_is_found_and_told(evening: Evening) -> None:
    box = evening.of(TPS)[0]
    ended = looked(evening, evening.code[box], "selesai", "", WORD, place="Kangae", who="ppk-1")
    assert ended.exit == 1 and "box.unexpected" in ended.out, ended.out + ended.err
    assert inspections(evening)[0]["place"] == KANGAE and "box.unexpected" in {one.code for one in evening.state(box)[1]}


def test_seals_that_nobody_looked_at_are_not_told(evening: Evening) -> None:
    ended = looked(evening, evening.code[evening.of(TPS)[0]], "tidak dilihat", "selesai", "", WORD)
    assert ended.exit == 0 and [row["seals"] for row in inspections(evening)[0]["boxes"]] == [[]], ended.err


def test_a_look_that_was_interrupted_goes_on(evening: Evening) -> None:
    first, second = evening.of(TPS)[:2]
    looked(evening, evening.code[first])
    assert len(evening.drafts()) == 1
    again = evening.desk.run("scan", "periksa", answers=("y", "", "berhenti"))
    assert again.exit == 2 and "Berhenti sebelum tanda tangan" in again.err and len(evening.drafts()) == 1, again.err
    ended = evening.desk.run("scan", "periksa", answers=("y", "", evening.code[second], "selesai", "", WORD))
    assert [row["box"] for row in inspections(evening)[0]["boxes"]] == [first, second], ended.err
    assert evening.drafts() == [] and "Ada pemeriksaan di Habi" in ended.err


def test_silence_about_seals_is_no_testimony(evening: Evening) -> None:
    ended = looked(evening, options=("--yes", "--json"))
    assert json.loads(ended.err.splitlines()[-1])["code"] == "cli.scan.sight" and inspections(evening) == []


def test_a_room_under_count_is_not_looked_into(evening: Evening) -> None:
    """Who looks is told what is recorded of a box; who counts the room must not be."""
    evening.desk.run("inspect", "Gudang KPU Sikka", "--officer", evening.key("guard-1"), answers=("", "5"))
    ended = looked(evening, place="Gudang KPU Sikka", who="guard-1")
    assert "sedang dihitung" in ended.err and len(evening.drafts()) == 1, ended.err
