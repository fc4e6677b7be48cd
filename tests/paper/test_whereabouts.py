"""Where an altered paper differs: line, quotation, entry (docs/spec/13-report.md, CHECK-11)."""

import pikepdf
import pytest

from custody.paper import drawings
from custody.paper.checking import pagelines, whereabouts
from custody.paper.checking.check import check
from custody.paper.proven import evidence
from fixtures import deeds
from fixtures import pdfedits as edits
from fixtures.reports import trusting
from tests.paper import stories

FONTS = {b"/F1": {code: chr(code) for code in range(32, 127)} | {1: "·"}}
HEAD = (
    b"BT 1 0 0 1 40 700 Tm /F1 11 Tf (Perjalanan) Tj ET\n"
    b"BT 1 0 0 1 40 690 Tm /F1 7 Tf (Entri) Tj ET BT 1 0 0 1 90 690 Tm /F1 7 Tf (Siapa) Tj ET\n"
)
ROWS = (
    b"BT 1 0 0 1 40 680 Tm /F1 7 Tf (8) Tj ET BT 1 0 0 1 90 680 Tm /F1 7 Tf (satu) Tj ET BT 1 0 0 1 90 670 Tm /F1 7 Tf (dua) Tj ET\n"
    b"BT 1 0 0 1 40 660 Tm /F1 7 Tf (9, 10) Tj ET BT 1 0 0 1 90 660 Tm /F1 7 Tf (tiga) Tj ET\n"
    b"BT 1 0 0 1 40 640 Tm /F1 11 Tf (Kata) Tj ET\n"
    b"BT 1 0 0 1 40 630 Tm /F1 7 Tf (sejak entri 12) Tj ET BT 1 0 0 1 40 620 Tm (a\\001) Tj ET\n"
)
LINES = {
    "Perjalanan": "",
    "Entri  Siapa": "",
    "8  satu": "8",
    "dua": "8",
    "9, 10  tiga": "9, 10",
    "Kata": "",
    "sejak entri 12": "12",
    "a·": "",
}


def test_lines_from_the_top_with_the_entries_they_rest_on() -> None:
    """A second line of a row rests on the entry of its first; another table below has none."""
    found = pagelines.lines(HEAD + ROWS, FONTS)
    assert {line.text: pagelines.entries(found, number) for number, line in enumerate(found)} == LINES
    assert [line.y for line in found] == sorted((line.y for line in found), reverse=True)


WRITTEN = {
    "an array": b"BT 1 0 0 1 9 9 Tm /F1 8 Tf [ (ab) -20 (c) ] TJ ET",
    "moved": b"BT /F1 8 Tf 4 5 Td 5 4 Td (abc) Tj ET",
    "in two pieces": b"BT 1 0 0 1 9 9 Tm /F1 8 Tf (ab) Tj /F2 8 Tf (c) Tj ET",
    "in hex": b"BT 1 0 0 1 9 9 Tm /F1 8 Tf <616263> Tj ET",
    "with nonsense before": b"1 x Tf Tm Td (y) pop BT 1 0 0 1 9 9 Tm /F1 8 Tf (abc) Tj ET",
    "and then something that cannot be read": b"BT 1 0 0 1 9 9 Tm /F1 8 Tf (abc) Tj ET (",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_text_is_found_however_it_is_written(name: str) -> None:
    assert [(line.text, line.y) for line in pagelines.lines(WRITTEN[name], FONTS)] == [("abc", 9.0)]


HOSTILE = {
    "numbers without end": b"9" * 100_000 + b" 1 0 0 1 1e9 .. Tm (x) Tj",
    "operands without end": b"[ " + b"(x) " * 50_000 + b"] TJ",
    "nothing": b"",
    "noughts": b"\0" * 100,
    "brackets": b"<<" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_content_ends_in_lines(name: str) -> None:
    assert len(pagelines.lines(HOSTILE[name], FONTS)) <= 1


ODD_BOXES = ("[ 0 0 9 ]", "[ 0 0 (x) 9 ]", "[ ]", "7", "[ 0 0 595 -9 ]")


@pytest.mark.parametrize("box", ODD_BOXES)
def test_a_box_that_is_none_is_named_all_the_same(box: str) -> None:
    given = stories.short()
    data = edits.edited(given.pdf, lambda document: document.pages[0].obj.__setitem__("/CropBox", pikepdf.Object.parse(box.encode())))
    place = whereabouts.place(data, given.pdf, 1)
    assert place is not None and place.page == 1 and place.member in ("CropBox", "")


def test_a_page_without_content_has_lost_its_first_line() -> None:
    given = stories.short()
    data = edits.edited(given.pdf, lambda document: document.pages[0].obj.__delitem__("/Contents"))
    place = whereabouts.place(data, given.pdf, 1)
    assert place is not None and (place.code, place.ledger) == ("check.at.line-less", "OPERASI CONTOH")


def test_of_what_is_no_pdf_nothing_is_told() -> None:
    assert whereabouts.place(b"%PDF-1.7\n", stories.short().pdf, 1) is None


def test_a_line_of_a_deed_rests_on_the_entry_of_its_statement() -> None:
    """Of a report it rests on what it names itself."""
    world = deeds.Deeds()
    reading = evidence.read(world.deed("handoff"), trusting(world))
    pdf = drawings.draw(reading)
    (own,) = {one.entry for one in reading.told if one.sid == reading.facts.scope[1]}
    found = check(edits.edited(pdf, edits.in_content(b"PIHAK PERTAMA", b"PIHAK KETIGA.")), trusting(world)).place
    assert found is not None and (found.code, found.entries) == ("check.at.line", str(own))
    found = check(edits.edited(pdf, edits.double_page), trusting(world)).place
    assert found is not None and (found.code, found.entries) == ("check.at.page-more", "")
