"""What one part of a report says, no other part contradicts (docs/spec/13-report.md, REPORT-8, REPORT-11, REPORT-14)."""

import re
from functools import cache
from typing import Any

import pytest

from custody.i18n import words
from custody.paper import drawings
from custody.paper.proven import evidence
from custody.paper.proven.scope import NAMING
from custody.paper.reports.view import View, view
from fixtures.deeds import NOTE, Deeds
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX
from tests.paper import rendering

PLACES = {"box": BOX, "tps": "5307192001-001", "desa": "5307192001", "kecamatan": "530719"}


@cache
def day() -> tuple[Told, dict[str, str]]:
    world = Told()
    return world, {**PLACES, **world.a_day()}


def seen(world: Told, kind: str, code: str, lang: str = "id", **changes: Any) -> View:
    sids = world.scoped_sids((BOX,) if kind in ("box", "tps") else (BOX, NEIGHBOUR)) if kind in PLACES else world.named_sids((kind, code))
    return view(evidence.read(world.report(scope=(kind, code), sids=sids, lang=lang, **changes), trusting(world)))


def table(told: View, title: str) -> dict[str, str]:
    found = next(one for one in (*told.leading, *told.tables) if one.title == words.say(title, {}, told.lang))
    return {row[0]: " | ".join(row[1:]) for row in found.rows}


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("kind", [*PLACES, *(kind for kind in NAMING if kind != "deed")])
def test_a_table_of_seals_is_pointed_at_only_where_there_is_one(kind: str, lang: str) -> None:
    world, codes = day()
    told = seen(world, kind, codes[kind], lang)
    there = told.seals is not None or any(one.title == words.say("report.seals", {}, lang) for one in told.tables)
    assert (words.say("report.means.seals", {}, lang) in table(told, "report.means.title")) == there


def test_what_settles_an_incident_is_no_other_incident() -> None:
    world, codes = day()
    told = seen(world, "shift", codes["shift"])
    assert ("kejadian", "1") in told.figures
    rows = [row for row in table(told, "report.events").values() if "kejadian" in row]
    assert [row.split(" | ")[1] for row in rows] == ["kejadian khusus", "penyelesaian kejadian"]
    assert "kejadian lain" not in rows[1] and "menyelesaikan kejadian entri" in rows[1]


def test_a_shift_counts_no_box_as_gone_that_nobody_received() -> None:
    """Two boxes were offered, one was received: one has left, and the row says of how many the receiver has not signed."""
    world, codes = day()
    told = seen(world, "shift", codes["shift"])
    assert [pair for pair in told.figures if pair[0] in ("masuk", "keluar", "belum diterima")] == [
        ("masuk", "1"),
        ("keluar", "1"),
        ("belum diterima", "1"),
    ]
    moved = table(told, "report.room.moves").values()
    assert any("keluar: ditawarkan, penerima belum menandatangani (1 dari 2 kotak)" in row for row in moved)


def test_an_incident_is_told_in_the_words_of_who_reported_it_where_they_are_opened() -> None:
    world = Deeds()
    sid = world.kinds["incident"]
    assert ("Keterangan", NOTE) in seen(world, "incident", sid).pairs
    closed = dict(seen(world, "incident", sid, openings=()).pairs)["Keterangan"]
    assert closed.startswith("tertutup; sidik ")


def test_things_are_called_by_their_names_with_the_number_first() -> None:
    world = Deeds()
    rows = table(seen(world, "tps", "5307192001-001"), "report.events").values()
    row = next(row for row in rows if "pembukaan kotak" in row)
    assert "diambil: 12 bilik suara, 2 kontainer" in row and "booth" not in row


@pytest.mark.parametrize(("kind", "all_of_them"), [("tps", True), ("desa", True), ("kecamatan", False)])
def test_where_only_some_boxes_have_a_strip_the_page_says_which(kind: str, all_of_them: bool) -> None:
    world, codes = day()
    told = seen(world, kind, codes[kind])
    assert told.plots is not None
    assert ("Hanya kotak" not in told.plots.strips_note) == all_of_them


@pytest.mark.parametrize("wrong", ["manifes", "surat muatan"])
def test_the_list_of_a_load_has_one_name(wrong: str) -> None:
    said = {code: str((words.find(code) or {}).get("id", "")).lower() for _, code in words.codes()}
    assert [code for code, text in said.items() if re.search(rf"\b{wrong}\b", text)] == []


@pytest.mark.parametrize(("kind", "count"), [("tps", "1 dari 2"), ("desa", "2"), ("shift", "2")])
def test_of_a_statement_on_more_boxes_than_the_report_is_about_both_numbers_stand(kind: str, count: str) -> None:
    world, codes = day()
    offer = next(row for row in table(seen(world, kind, codes[kind]), "report.events").values() if "ditawarkan" in row)
    assert offer.split(" | ")[-1] == count


def test_the_short_list_of_evidence_never_stands_alone_on_the_last_page() -> None:
    world, _ = day()
    given = world.report(scope=("box", BOX), sids=world.scoped_sids((BOX,)), renderer=drawings.renderer("id"))
    pages = rendering.texts(drawings.draw(evidence.read(given, trusting(world))))
    assert len(pages) == 3 and "Kunci dan pemiliknya" in pages[-1] and "Bukti" in pages[-1]


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("code", ["report.foot", "report.asof.text", "report.code"])
def test_a_checkpoint_is_written_as_it_is_read_aloud(code: str, lang: str) -> None:
    """As in the short line and in the codes: `12345`, without marks of thousands."""
    assert " 12345" in words.say(code, {"size": 12345, "entry": 12344, "origin": "contoh", "root": "ab"}, lang)
