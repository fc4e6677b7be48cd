"""What stands on a page, for who cannot see it (docs/spec/13-report.md, DRAW-6), as poppler and pikepdf read it."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from custody.paper.canvas.sheet import A4, Sheet
from custody.paper.checking.onereading import one_reading


def _drawn(tagged: bool = True) -> bytes:
    """Two pages: a heading, and a table that goes on over the page."""
    sheet = Sheet(A4, "Judul", "Perihal", "id")
    if tagged:
        sheet.tagged()
    with sheet.part("H1"):
        sheet.text(20, 280, "Halo")
    with sheet.group("Table"):
        for page in range(2):
            sheet.text(20, 10, "kaki halaman")
            for row in range(2):
                with sheet.group("TR"), sheet.part("TH" if (page, row) == (0, 0) else "TD"):
                    sheet.text(20, 200 - 10 * row, f"sel {page} {row}")
            sheet.next_page()
    return sheet.finish()


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo (poppler-utils) is not installed")
def test_it_is_read_aloud_in_order_and_without_decoration(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(_drawn())
    told = subprocess.run(["pdfinfo", "-struct-text", file], capture_output=True, text=True, check=True).stdout
    lines = [line.strip() for line in told.splitlines()]
    assert [line for line in lines if line.startswith('"')] == ['"Halo"', '"sel 0 0"', '"sel 0 1"', '"sel 1 0"', '"sel 1 1"']
    assert [sum(line.startswith(kind) for line in lines) for kind in ("Document", "H1", "Table", "TR", "TH", "TD")] == [1, 1, 1, 4, 1, 3]


def test_each_mark_on_a_page_leads_to_its_part_and_back() -> None:
    with pikepdf.open(BytesIO(_drawn())) as document:
        tree = document.Root.StructTreeRoot.ParentTree.Nums
        for number, page in enumerate(document.pages):
            assert page.obj.StructParents == number
            parts = tree[2 * number + 1]
            assert [(part.K, part.Pg.objgen) for part in parts] == [(mark, page.obj.objgen) for mark in range(len(parts))]
            assert all(part.P.objgen != (0, 0) for part in parts)


def test_all_that_is_drawn_is_within_a_part_or_decoration() -> None:
    with pikepdf.open(BytesIO(_drawn())) as document:
        for page in document.pages:
            depth = 0
            for operands, operator in pikepdf.parse_content_stream(page):
                depth += {"BMC": 1, "BDC": 1, "EMC": -1}.get(str(operator), 0)
                assert depth == 1 or str(operator) in ("EMC", "cm"), operands
            assert depth == 0


def test_a_tagged_file_reads_in_one_way() -> None:
    assert one_reading(_drawn())


def test_without_it_nothing_is_told() -> None:
    with pikepdf.open(BytesIO(_drawn(tagged=False))) as document:
        assert "/StructTreeRoot" not in document.Root
        assert b"BMC" not in document.pages[0].Contents.read_bytes()
