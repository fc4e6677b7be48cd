"""The page that tells what comes of known tricks on a PDF is what `check` says (docs/threat-model.md, "The paper under attack")."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest

from custody.i18n import words
from custody.paper.checking.check import PaperVerdict, check
from custody.paper.proven.evidence import NAMES
from fixtures import pdfedits as edits
from fixtures import pdfraw as raw
from fixtures import pdftricks as tricks
from fixtures.reports import Told
from tests.paper import stories

PAGE = Path(__file__).parent.parent.parent / "docs" / "threat-model.md"
SECTION = "## The paper under attack"
Attack = Callable[[bytes], bytes]


def by(edit: edits.Edit) -> Attack:
    """An edit with a PDF library, saved again."""
    return lambda pdf: edits.edited(pdf, edit)


def with_tool(*command: str) -> Attack:
    """What another program makes of the file."""

    def run(pdf: bytes) -> bytes:
        if shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "in.pdf").write_bytes(pdf)
            (Path(folder) / "other.pdf").write_bytes(stories.other().pdf)
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            return (Path(folder) / "out.pdf").read_bytes()

    return run


redistilled = with_tool("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", "out.pdf", "in.pdf")


def by_pypdf(pdf: bytes) -> bytes:
    """The document read and written by another library."""
    pypdf = pytest.importorskip("pypdf")
    out = BytesIO()
    pypdf.PdfWriter(clone_from=BytesIO(pdf)).write(out)
    return out.getvalue()


def evidence_of_another(pdf: bytes) -> bytes:
    return edits.edited(pdf, edits.attached(dict(zip(NAMES, stories.other().evidence, strict=True))))


def facts_of_another(pdf: bytes) -> bytes:
    return edits.edited(pdf, edits.attached({"facts.json": stories.other().evidence.facts}))


@cache
def silent() -> tuple[bytes, stories.Report]:
    """A report whose issuer leaves the last handoff out, and logs it so."""
    world = Told()
    last = len(world.entries) - 1
    sids = world.scoped_sids()[:-1]
    told = stories.told(world, world.report(keep=range(last), sids=sids, renderer=stories.short().reading.facts.renderer))
    return told.pdf, told


class Row(NamedTuple):
    """What comes of a trick on the long report. named: the words of the place, where one is told; entries: those of its line."""

    attack: Attack
    outcome: str
    code: str
    page: int | None = None
    named: str | None = None
    entries: str = ""


def page(attack: Attack, number: int, named: str, entries: str = "") -> Row:
    return Row(attack, "altered", "check.page", number, named, entries)


def outside(attack: Attack) -> Row:
    return Row(attack, "altered", "check.outside-pages", 0, "outside")


def undecided(attack: Attack, code: str) -> Row:
    return Row(attack, "undecided", f"check.{code}")


def resaved(attack: Attack) -> Row:
    return Row(attack, "resaved", "check.resaved")


MATRIX: dict[str, Row] = {
    "the file as it was issued": Row(lambda pdf: pdf, "intact", "check.intact"),
    # text
    "a word of a row edited, and saved": page(by(edits.in_content(b"pengawal 2", b"pengawal 9", 1)), 2, "line", "9"),
    "the same in place, no byte more or less": page(lambda pdf: pdf.replace(b"(27 November", b"(28 November", 1), 1, "line"),
    "page content replaced by an incremental update": page(lambda pdf: edits.page_replaced(pdf, b"(27 Nov", b"(28 Nov"), 1, "line"),
    "a row taken out": page(by(edits.in_content(tricks.ROW, b"() Tj", 1)), 2, "line", "9"),
    "content drawn from a form, painted over": page(by(tricks.form), 2, "line-less"),
    # covering and hiding
    "white box over a row": page(lambda pdf: tricks.white_box(pdf, 1), 2, "covered", "9"),
    "stamp over a row": page(lambda pdf: tricks.stamp(pdf, 1), 2, "hidden", "9"),
    "stamp by an incremental update": page(edits.stamped, 1, "hidden"),
    "CropBox above a row": page(lambda pdf: tricks.boxed(pdf, 1, "/CropBox"), 2, "hidden"),
    "MediaBox above a row": page(lambda pdf: tricks.boxed(pdf, 1, "/MediaBox"), 2, "hidden"),
    "CropBox and TrimBox that are the page itself": resaved(by(tricks.edged)),
    "TrimBox above a row": page(lambda pdf: tricks.boxed(pdf, 1, "/TrimBox"), 2, "frame"),
    "CropBox that the pages inherit": page(by(tricks.inherited), 1, "hidden"),
    "the same, written by hand": page(lambda pdf: raw.rebuilt(pdf, raw.said(b"/CropBox [ 0 0 595 400 ]", "tree")), 1, "hidden"),
    "page turned (Rotate)": page(by(tricks.turned), 2, "frame"),
    "page scaled (UserUnit)": page(by(tricks.scaled), 2, "frame"),
    "no stamps, no scale and no turn, said or left out": resaved(by(tricks.told_usual)),
    "content cut into two streams": resaved(by(lambda pdf: tricks.cut(pdf, b" Tj"))),
    "content cut inside a number": page(by(lambda pdf: tricks.cut(pdf, b"BT 1 0 0 1 4")), 2, "painted-first"),
    "page in a hidden layer (OCG)": page(by(tricks.layered), 2, "painted-first"),
    # letters
    "outlines of an embedded font exchanged": page(by(edits.swap_glyphs), 1, "font"),
    "other letters when copied (ToUnicode)": page(by(tricks.other_letters), 1, "font"),
    # attachments and pages
    "facts of another report": Row(facts_of_another, "altered", "check.not-logged"),
    "evidence of one report, pages of another": page(evidence_of_another, 1, "line"),
    "an attachment removed": undecided(by(tricks.attachment_removed), "unproven"),
    "attachments under each other's name": Row(by(tricks.attachments_exchanged), "altered", "check.not-logged"),
    "an attachment under a second name": outside(by(tricks.attachment_doubled)),
    "an attachment twice under one name": Row(by(tricks.attachment_twice), "altered", "check.not-logged"),
    "one attachment more": outside(by(edits.more_attached)),
    "a page dropped": page(by(edits.drop_page), 2, "page-moved"),
    "a page doubled at the end": page(by(edits.double_page), 7, "page-more"),
    "a page in the place of another": page(by(tricks.page_doubled_in_place), 3, "page-moved"),
    "pages in another order": page(by(edits.reorder_pages), 1, "page-moved"),
    "pages of two reports mixed": page(lambda pdf: edits.edited(pdf, edits.page_of(stories.other().pdf)), 2, "line"),
    # what stands beside the pages
    "words to be read aloud changed": outside(by(tricks.said_aloud)),
    "the order of reading taken out": resaved(by(tricks.without_structure)),
    "title and language taken out": resaved(by(tricks.without_title)),
    "another title": outside(by(edits.retitled)),
    "another title in the description (XMP)": undecided(by(edits.described("<dc:title>x</dc:title>")), "metadata"),
    "a level of the format that holds a note": outside(by(tricks.level_with_a_note)),
    "a script at opening": outside(by(edits.script)),
    "a form": outside(by(edits.form_field)),
    # the file
    "cut off": undecided(lambda pdf: pdf[: len(pdf) * 2 // 3], "cut"),
    "two files one behind the other": undecided(lambda pdf: pdf + pdf, "views"),
    "another report behind it": undecided(lambda pdf: pdf + stories.short().pdf, "damaged"),
    "two tables of contents": undecided(raw.hybrid, "views"),
    "a key twice": undecided(lambda pdf: raw.rebuilt(pdf, raw.said(b"/Rotate 0", "page")), "damaged"),
    "an attachment that unpacks to 400 MB": undecided(lambda pdf: edits.carrying(edits.packed(edits.bomb(400))), "packed"),
    "a million objects": undecided(lambda pdf: edits.bare(edits.NAMED, *[b"0"] * 1_000_000), "unreadable"),
    "locked with a password": undecided(lambda pdf: edits.edited(pdf, encryption=pikepdf.Encryption(owner="x", user="x")), "unreadable"),
    "no report": undecided(lambda pdf: edits.bare(b"<< /Type /Catalog /Pages 2 0 R >>"), "not-a-report"),
    "white space behind it": resaved(lambda pdf: pdf + b"\0 \r\n" * 100),
    "locked for nobody (qpdf --encrypt, no password)": undecided(
        with_tool("qpdf", "--encrypt", "", "x", "256", "--", "in.pdf", "out.pdf"), "views"
    ),
    # other programs
    "saved again by a mail gateway": resaved(by(edits.described())),
    "saved again by pikepdf": resaved(edits.edited),
    "saved again by qpdf": resaved(with_tool("qpdf", "--object-streams=generate", "in.pdf", "out.pdf")),
    "laid out for reading (qpdf --qdf)": resaved(with_tool("qpdf", "--qdf", "in.pdf", "out.pdf")),
    "laid out for the web (qpdf --linearize)": undecided(with_tool("qpdf", "--linearize", "in.pdf", "out.pdf"), "views"),
    "cleaned by mupdf (mutool clean)": resaved(with_tool("mutool", "clean", "in.pdf", "out.pdf")),
    "cleaned and packed by mupdf (mutool clean -gggg -z)": resaved(with_tool("mutool", "clean", "-gggg", "-z", "in.pdf", "out.pdf")),
    "saved again by pypdf": resaved(by_pypdf),
    "joined anew by poppler (pdfunite)": resaved(with_tool("pdfunite", "in.pdf", "out.pdf")),
    "joined with another report (pdfunite)": page(with_tool("pdfunite", "in.pdf", "other.pdf", "out.pdf"), 7, "page-more"),
    "one page cut out by poppler (pdfseparate)": page(with_tool("pdfseparate", "-l", "1", "in.pdf", "out.pdf"), 2, "page-less"),
    "drawn anew by poppler (pdftocairo)": undecided(with_tool("pdftocairo", "-pdf", "in.pdf", "out.pdf"), "not-a-report"),
    "drawn anew by ghostscript": undecided(redistilled, "redrawn"),
    "a word of a row edited, then drawn anew by ghostscript": page(
        lambda pdf: redistilled(edits.edited(pdf, edits.in_content(b"pengawal 2", b"pengawal 9", 1))), 1, "line-less"
    ),
}


@cache
def told(name: str) -> PaperVerdict:
    given = stories.long()
    return check(MATRIX[name].attack(given.pdf), given.trust)


@pytest.mark.parametrize("name", MATRIX)
def test_what_comes_of_a_trick(name: str) -> None:
    row, verdict = MATRIX[name], told(name)
    place = verdict.place
    found = (verdict.outcome, verdict.code, verdict.page, None if place is None else place.code, "" if place is None else place.entries)
    assert found == (row.outcome, row.code, row.page, row.named and f"check.at.{row.named}", row.entries)
    for lang in words.LANGUAGES:
        assert "{" not in words.say(verdict.code, dict(verdict.details), lang)
        assert place is None or "{" not in words.say(place.code, place.facts, lang)


def test_the_page_says_what_comes_of_each_trick() -> None:
    assert _table() == {name: _cells(row) for name, row in MATRIX.items()}


_ANSWERS = {"intact": "intact", "resaved": "saved again", "altered": "altered", "undecided": "cannot be decided"}


def _cells(row: Row) -> tuple[str, str, str]:
    where = "" if row.page is None else f"page {row.page}" if row.page else "outside the pages"
    named = "" if row.named is None else f"`{row.named}`" + (f", entry {row.entries}" if row.entries else "")
    return f"{_ANSWERS[row.outcome]} `{row.code}`", where, named


def _table() -> dict[str, tuple[str, str, str]]:
    section = PAGE.read_text("utf-8").split(SECTION, 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (.+?) +\| (.+?) +\|(.*?)\|(.*?)\|$", section, re.MULTILINE)
    return {one: (answer, where.strip(), named.strip()) for one, answer, where, named in rows if answer != "answer"}


def test_the_line_is_quoted_as_drawn_and_as_it_stands() -> None:
    place = told("a word of a row edited, and saved").place
    assert place is not None
    assert "pengawal 2" in place.ledger and "pengawal 9" in place.given and "pengawal 9" not in place.ledger


def test_what_a_file_says_cannot_steer_a_screen() -> None:
    def edit(document: pikepdf.Pdf) -> None:
        edits.in_content(b"pengawal 2", b"\\033]0;x\\007" + b"y" * 2_000, 1)(document)

    given = stories.long()
    place = check(edits.edited(given.pdf, edit), given.trust).place
    assert place is not None and place.given.isprintable() and len(place.given) < 400
    assert r"\x1b" in place.given


def test_an_issuer_who_leaves_entries_out_is_intact_by_the_file_alone() -> None:
    """Only a ledger tells (CHECK-8): tests/assembly/test_paper_and_ledger.py and tests/assembly/test_scopes.py hold that."""
    pdf, given = silent()
    verdict = check(pdf, given.trust)
    assert verdict.outcome == "intact"
    assert verdict.reading is not None and len(verdict.reading.told) == len(stories.short().reading.told) - 1
