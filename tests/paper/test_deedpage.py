"""How a deed is divided into pages, and what stands at their heads (docs/spec/21-deeds.md, DEED-9, DEED-13)."""

import re
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from custody.paper import drawings
from custody.paper.canvas.sheet import MM
from custody.paper.canvas.table import TOGETHER, Table
from custody.paper.deeds import ending
from custody.paper.deeds.blank import FORMS
from custody.paper.deeds.blocks import Block, Deed, Listing, Pairs, Paragraph, Point, Points, Rests, Signature, Signatures
from custody.paper.deeds.drawn import FORMS as DRAWN
from custody.paper.deeds.page import DeedPage, sheet_of
from fixtures import deeds
from fixtures.deeds import KINDS
from tests.paper import rendering
from tests.paper.test_deeds import Many, form

LANGUAGES = ("id", "en")
LEAST = 6.5  # points
_WRITTEN = re.compile(r"1 0 0 1 [0-9.]+ ([0-9.]+) Tm((?: /\S+ [0-9.]+ Tf \((?:[^()\\]|\\.)*\) Tj)+)")
_SIZE = re.compile(r"/\S+ ([0-9.]+) Tf")


def sizes(pdf: bytes, above: float) -> list[set[float]]:
    """Of each page the sizes of what is written higher than so many millimetres; points."""
    with pikepdf.open(BytesIO(pdf)) as document:
        pages = [page.Contents.read_bytes().decode("ascii") for page in document.pages]
    found = [[(float(y), shown) for y, shown in _WRITTEN.findall(page)] for page in pages]
    return [{float(size) for y, shown in page if y > above * MM for size in _SIZE.findall(shown)} for page in found]


def deed(*blocks: Block, lines: int = 0, **changes: Any) -> Deed:
    """A deed whose first page is filled with so many lines before the blocks."""
    filling = Pairs("", tuple((f"baris {number}", "isi") for number in range(lines)))
    told: dict[str, Any] = {"title": "Berita acara contoh", "number": "Nomor: entri 1", "copies": ("",), **changes}
    head = ("Operasi Contoh", "Kabupaten Contoh · Pemilu 2024", "Buku besar contoh")
    return Deed("id", head, subject="", drill=False, blocks=(filling, *blocks), foot=("", ""), **told)


def drawn(one: Deed) -> bytes:
    sheet = sheet_of(one)
    DeedPage(sheet, one).draw()
    return sheet.finish()


# -- heads of pages --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_head_of_a_page_can_be_read(kind: str, lang: str) -> None:
    for copies in (("",), ("Badan Pengawas Pemilihan Umum Kabupaten Timor Tengah Utara X",)):
        reading = deeds.reading(kind, lang=lang, copies=copies)
        pdf = drawings.draw(reading)
        assert min(sizes(pdf, 264)[0]) >= LEAST and all(size and min(size) >= LEAST for size in sizes(pdf, 284)), sizes(pdf, 264)
        sid = f"{reading.facts.scope[1][:8]} {reading.facts.scope[1][8:16]}"
        for page in rendering.texts(pdf):
            head = page.split()[:80]
            assert {*sid.split(), *copies[0].split()} <= {*head}, head


@pytest.mark.parametrize("lang", LANGUAGES)
def test_long_names_at_the_head_take_more_lines_and_no_smaller_type(lang: str) -> None:
    long = "Nama Contoh yang Sangat Panjang Sekali di Ujung Barat Daya Pulau Contoh Persiapan"
    papers = [Many(4).pdf(lang, copies=(long[:60],)), form("handoff", lang, head=(long, f"{long} · {long}", f"{long} · {long}"))]
    for pdf in papers:
        assert min(sizes(pdf, 255)[0]) >= LEAST and all(min(size) >= LEAST for size in sizes(pdf, 284)), sizes(pdf, 255)
        assert rendering.overlapping(pdf) == [] and re.search("[a-z]…", rendering.texts(pdf)[0]) is None


def test_a_number_too_long_for_the_head_is_left_to_the_first_page() -> None:
    number = "Nomor: entri " + ", ".join(map(str, range(1000, 1060)))
    first, second = rendering.texts(drawn(deed(Paragraph("akhir"), lines=70, number=number)))
    assert "1059" in first and "1059" not in second
    assert second.split("Rangkap")[0].strip() == "Berita acara contoh"


# -- signatures --------------------------------------------------------------------------------------------------------------------------


def before_signatures(pdf: bytes, lang: str) -> list[str]:
    """The lines between the head of a page and the sentence before the signatures."""
    closing, head = {"id": ("Demikian naskah", "Rangkap 1"), "en": ("Made truthfully", "Copy 1")}[lang]
    (page,) = [page for page in rendering.texts(pdf) if closing in page]
    told = page[: page.index(closing)].splitlines()
    return [line for line in told[1:] if line.strip() and head not in line]


def papers(lang: str) -> dict[str, bytes]:
    found = {kind: drawings.draw(deeds.reading(kind, lang=lang)) for kind in KINDS}
    found |= {name: drawings.draw(deeds.reading("handoff", lang=lang, drawing=name)) for name in DRAWN}
    found |= {f"form {kind}": form(kind, lang) for kind in FORMS}
    return found | {f"{count} boxes": Many(count).pdf(lang) for count in (1, 4, 16, 40, 160)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_signatures_stand_on_a_page_with_something_that_is_signed(lang: str) -> None:
    forms = {f"form {kind}" for kind in FORMS}
    bare = {name: told for name, pdf in papers(lang).items() if len(told := before_signatures(pdf, lang)) < (1 if name in forms else 2)}
    assert bare == {}


def ended(rows: int, lines: int, signers: int = 2) -> list[list[str]]:
    """The words that begin the lines of each page of a deed that ends in a table of findings."""
    told = Table("Temuan", ("No.", "Temuan"), (30, 140), tuple((f"r{number}", "kata") for number in range(rows)), "nihil")
    signed = Signatures("Tanda tangan", tuple(Signature(f"s{number}", "Nama", "Kunci", "Keadaan") for number in range(signers)))
    rests = Rests("Dasar", "43 98f4-ff43-271d-2756", "kata " * 30, "", ("x",) * 5, "Batas", ("kata " * 30,) * 4)
    pdf = drawn(deed(Listing(told), Paragraph("Penutup naskah ini."), signed, rests, lines=lines))
    assert rendering.overlapping(pdf) == []
    return [[line.split()[0] for line in page.splitlines() if line.strip()] for page in rendering.texts(pdf)]


@pytest.mark.parametrize("lines", range(0, 46, 3))
@pytest.mark.parametrize("rows", [0, 1, 2, 4, 5, 7, 30, 90])
def test_however_much_is_told_the_end_of_it_stands_with_the_signatures(rows: int, lines: int) -> None:
    pages = ended(rows, lines)
    (page,) = [page for page in pages if "Penutup" in page]
    assert "s0" in page and "s1" in page
    if rows == 0:
        assert "nihil" in page and "Temuan" in page
    else:
        assert f"r{rows - 1}" in page
        some = [count for page in pages if (count := sum(word[0] == "r" and word[1:].isdigit() for word in page))]
        assert sum(some) == rows and min(some) >= min(rows, TOGETHER), some
    assert sum("Dasar" in page and "Batas" in page for page in pages) == 1


@pytest.mark.parametrize("signers", [8, 20, 60])
def test_many_who_sign_begin_under_the_end_of_what_they_sign(signers: int) -> None:
    pages = ended(30, 20, signers)
    (page,) = [page for page in pages if "Penutup" in page]
    assert "r29" in page and "s0" in page
    assert sum(word[0] == "s" and word[1:].isdigit() for page in pages for word in page) * 2 >= signers


def test_the_state_of_a_signature_leaves_no_word_alone() -> None:
    said = "Ditandatangani digital: entri 22, naskah 27 November 2024 18.22 WITA"
    lines = ending.even(said, "DejaVuSansCondensed", 7.2)
    assert " ".join(lines) == said and len(lines) == 2 and len(lines[-1].split()) > 2


# -- tables and lines to write on ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", range(0, 46, 3))
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 12])
def test_no_row_to_write_on_stands_alone(rows: int, lines: int) -> None:
    empty = Listing(Table("Daftar", ("No.", "Isi"), (20, 150), ()), lines=rows)
    pages = [page.splitlines() for page in rendering.texts(drawn(deed(empty, Paragraph("akhir"), lines=lines)))]
    some = [count for page in pages if (count := sum(line.strip().isdigit() for line in page))]
    assert sum(some) == rows and min(some) >= min(rows, TOGETHER), some


@pytest.mark.parametrize("lines", range(20, 46))
def test_what_explains_a_mark_stands_below_its_table(lines: int) -> None:
    told = Table("Daftar", ("No.", "Isi"), (20, 150), tuple((f"r{number}", "kata") for number in range(8)))
    pages = rendering.texts(drawn(deed(Listing(told), Points("", (Point("TANDA: ada yang lain."),)), Paragraph("akhir"), lines=lines)))
    (page,) = [page for page in pages if "TANDA" in page]
    assert "r7" in page and "r5" in page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", FORMS)
def test_the_lines_for_differences_stand_under_their_heading_with_the_signatures(kind: str, lang: str) -> None:
    heading = {"id": "Perbedaan dan hal lain", "en": "Differences and other things"}[lang]
    assert any(heading in line for line in before_signatures(form(kind, lang), lang))


def test_what_stands_below_a_name_of_two_lines_keeps_its_distance() -> None:
    with pikepdf.open(BytesIO(drawn(deed(Pairs("", (("Orang masuk sejak jaga terakhir", ""), ("Gembok", ""))), lines=1)))) as document:
        written = _WRITTEN.findall(document.pages[0].Contents.read_bytes().decode("ascii"))
    heights = [float(y) / MM for y, shown in written if " 8.6 Tf" in shown]
    *_, first, second, colon, below, _ = heights
    assert first - second == pytest.approx(4.1, abs=0.01) and colon == first
    assert second - below > 6
