"""Reading a PDF and the files in it (docs/spec/13-report.md, CHECK-1, REPORT-10)."""

from io import BytesIO

import pikepdf
import pytest

from custody.core.errors import Undecided
from custody.paper.canvas.attach import attach
from custody.paper.canvas.sheet import A4, Sheet
from custody.paper.checking import pdffile
from custody.paper.checking.pdffile import attachments, first_difference
from custody.paper.proven.evidence import NAMES
from fixtures import pdfedits as edits
from tests.paper import stories

PARTS = {"facts.json": b"{}", "ledger.excerpt": b"(\\) endstream endobj \x00\xff", "report.tlog-proof": b"x" * 5000}


def carrying(files: dict[str, bytes]) -> bytes:
    """A page with files attached by our own hand."""
    sheet = Sheet(A4, "Contoh", "contoh", "id")
    sheet.text(20, 20, "Contoh")
    sheet.next_page()
    attach(sheet, {name: (data, "Keterangan (contoh)") for name, data in files.items()})
    return sheet.finish()


def test_what_is_attached_is_read_back_byte_for_byte() -> None:
    assert attachments(carrying(PARTS), NAMES) == PARTS


def test_another_reader_finds_the_same_files_with_what_they_are() -> None:
    with pikepdf.open(BytesIO(carrying(PARTS))) as document:
        found = {name: spec.get_file().read_bytes() for name, spec in document.attachments.items()}
        assert found == PARTS
        assert {spec.description for spec in document.attachments.values()} == {"Keterangan (contoh)"}
        assert [str(spec.AFRelationship) for spec in document.Root.AF] == ["/Data"] * 3


def test_a_name_that_stands_twice_is_another_document() -> None:
    """Which of the two another reader shows, nobody knows; the catalogue is not the one that is drawn."""
    given = stories.short()

    def twice(document: pikepdf.Pdf) -> None:
        names = document.Root.Names.EmbeddedFiles.Names
        names.append(names[0])
        names.append(names[3])

    assert first_difference(edits.edited(given.pdf, twice), given.pdf) == 0


def test_missing_ones_are_named() -> None:
    with pytest.raises(Undecided) as refusal:
        attachments(carrying({"facts.json": b"{}"}), NAMES)
    assert refusal.value.facts == {"missing": "ledger.excerpt report.tlog-proof"}


def test_packed_files_are_unpacked_up_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdffile, "MOST_ATTACHED", 1000)
    packer = edits.zlib.compress
    assert attachments(edits.carrying(edits.packed(packer(b"a" * 1000))), NAMES)["facts.json"] == b"a" * 1000
    with pytest.raises(Undecided, match=r"check\.packed"):
        attachments(edits.carrying(edits.packed(packer(b"a" * 1001))), NAMES)


def test_too_large_a_file_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdffile, "MOST_BYTES", 100)
    with pytest.raises(Undecided, match=r"check\.unreadable"):
        attachments(stories.short().pdf, NAMES)


def test_a_document_is_the_same_as_itself() -> None:
    pdf = stories.long().pdf
    assert first_difference(pdf, pdf) is None
    assert first_difference(edits.edited(pdf), pdf) is None
    assert first_difference(pdf, edits.edited(pdf)) is None


@pytest.mark.parametrize("page", range(3))
def test_the_first_page_that_differs_is_named(page: int) -> None:
    pdf = stories.long().pdf
    changed = edits.edited(pdf, edits.in_content(b" Tj", b" TJ", page))
    assert first_difference(changed, pdf) == page + 1
