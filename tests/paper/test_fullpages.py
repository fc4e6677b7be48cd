"""Pages of long reports: none nearly empty, no heading and no row alone (docs/spec/13-report.md, DRAW-1)."""

from functools import cache

import pytest

from custody.paper.canvas.sheet import MM
from custody.paper.canvas.table import Table
from custody.paper.drawings import draw
from custody.paper.proven.evidence import read
from custody.paper.reports import report
from custody.paper.reports.view import view
from fixtures.bigworld import BigWorld
from tests.bench import printing
from tests.paper import rendering, stories

TOP, FOOT = 283.0, 29.0
LEAST = 0.24  # of a page


@cache
def paper(rows: int, lang: str) -> bytes:
    """A report of a kecamatan with so many entries to tell of."""
    preparations = len(BigWorld(200).entries)
    return draw(read(*printing.made(2 * (preparations + rows), lang)))


def filled(pdf: bytes) -> list[float]:
    """How far down each page is written, of 1."""
    return [(TOP * MM - min(bottom for _, bottom, *_ in page if bottom > FOOT * MM)) / ((TOP - FOOT) * MM) for page in rendering.lines(pdf)]


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("rows", [30, 34, 37, 300])
def test_no_page_is_nearly_empty(rows: int, lang: str) -> None:
    *others, last = filled(paper(rows, lang))
    assert last > LEAST and min(others) > 2 * LEAST, (last, others)


def told(rows: int, least: float = 0.0) -> list[list[str]]:
    """What stands on each page: a title page, then two tables of rows of one line, the second of them long."""
    given = stories.short()
    page = report._Page(view(given.reading), given.reading, rows)
    for name, count in (("a", rows), ("b", 100)):
        cells = tuple((f"{name}{number}", "kata") for number in range(count))
        page.table(Table(f"Tabel {name}", ("Satu", "Dua"), (90, 90), cells, note="catatan"), least=least if name == "b" else 0.0)
    return [[line.split()[0] for line in text.splitlines() if line.strip()] for text in rendering.texts(page.finish())]


@pytest.mark.parametrize("rows", range(6, 60, 2))
def test_tables_begin_and_end_with_some_rows_on_a_page(rows: int) -> None:
    """However many rows stand before: three of each table at its first page and at its last one, and none of them lost."""
    pages = told(rows)
    for name in ("a", "b"):
        some = [count for page in pages if (count := sum(word[0] == name and word[1:].isdigit() for word in page))]
        assert sum(some) == (rows if name == "a" else 100) and min(some) >= 3, some


@pytest.mark.parametrize("rows", range(6, 60, 6))
def test_of_the_last_table_a_part_of_the_last_page_is_full(rows: int) -> None:
    last = told(rows, report._LEAST)[-1]
    assert sum(word[0] == "b" and word[1:].isdigit() for word in last) * 4.65 >= report._LEAST


def test_a_row_that_is_higher_than_a_page_goes_on_over_it() -> None:
    pieces = report._pieces([["a"] * 200, ["b"]])
    assert [len(lines) for lines, _ in pieces] == [68, 68, 64] and [len(lines) for _, lines in pieces] == [1, 0, 0]
