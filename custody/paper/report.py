"""Draws a report: facts and evidence in, the bytes of a PDF out, always the same (spec chapter 13)."""

from collections.abc import Iterator
from typing import NamedTuple

from reportlab import Version as REPORTLAB

from custody.core.excerpt import Excerpt
from custody.core.state import State
from custody.i18n import words
from custody.paper import attach, qr, typeface
from custody.paper.facts import Facts
from custody.paper.sheet import A4, GREY, MM, PALE, RED, Sheet
from custody.paper.view import Table, View, view

RENDERER = f"reportlab {REPORTLAB}"
LEFT, RIGHT, TOP, BOTTOM = 15.0, 195.0, 280.0, 20.0
_SIZE, _LEADING, _PAD = 7.6, 3.35, 1.1


class Evidence(NamedTuple):
    """What is embedded beside the facts: the excerpt of the ledger and the proof of the report's own entry."""

    excerpt: bytes
    proof: bytes


def draw(facts: Facts, evidence: Evidence, state: State) -> bytes:
    """The PDF of a report. `state` is the excerpt replayed, so that nothing unproven can reach the page."""
    told = view(facts, Excerpt.parse(evidence.excerpt), state)
    page = _Page(told)
    page.front()
    for table in told.tables:
        page.table(table)
    page.limits()
    attach.attach(page.sheet, _files(facts, evidence, told.lang))
    return page.finish()


def _files(facts: Facts, evidence: Evidence, lang: str) -> dict[str, tuple[bytes, str]]:
    say = words.say
    return {
        "facts.json": (facts.format(), say("report.file.facts", {}, lang)),
        "ledger.excerpt": (evidence.excerpt, say("report.file.excerpt", {}, lang)),
        "report.tlog-proof": (evidence.proof, say("report.file.proof", {}, lang)),
    }


class _Page:
    """Writes down the page from top to bottom and turns it when it is full."""

    def __init__(self, told: View) -> None:
        self.told = told
        subject = f"{told.scope} · {told.operation}"
        self.sheet = Sheet(A4, told.title, subject, told.lang)
        self.y = TOP
        self._begin()

    def _begin(self) -> None:
        self.y = TOP
        if self.told.drill:
            self.sheet.watermark(words.say("paper.drill", {}, self.told.lang))
        if self.sheet.pages:
            self.sheet.fitted(LEFT, 286, f"{self.told.title} · {self.told.scope}", typeface.NARROW, 8, RIGHT - LEFT)
            self.sheet.rule(LEFT, 284, RIGHT, 284)

    def _end(self) -> None:
        number = words.say("report.page", {"page": self.sheet.pages + 1}, self.told.lang)
        self.sheet.rule(LEFT, 15.5, RIGHT, 15.5)
        self.sheet.fitted(LEFT, 11.5, self.told.foot, typeface.NARROW, 6.5, RIGHT - LEFT - 22)
        self.sheet.right(RIGHT - 6, 11.5, number, typeface.BOLD, 7)
        self.sheet.later(RIGHT - 6, 11.5)
        self.sheet.fitted(LEFT, 8.5, words.say("report.companion", {}, self.told.lang), typeface.NARROW, 6.5, RIGHT - LEFT)
        self.sheet.next_page()

    def room(self, height: float) -> bool:
        """Turn the page unless so many millimetres are left; tells whether it was turned."""
        if self.y - height >= BOTTOM:
            return False
        self._end()
        self._begin()
        return True

    def finish(self) -> bytes:
        self._end()
        return self.sheet.finish(str(self.sheet.pages), typeface.BOLD, 7)

    def front(self) -> None:
        """Title, what it rests on, and the figures, on the first page."""
        told, sheet = self.told, self.sheet
        sheet.text(LEFT, 283, told.operation.upper(), typeface.BOLD, 8, GREY)
        side = qr.draw(sheet, RIGHT - 29, 259, 0.6, told.mark)
        sheet.text(LEFT, 274, told.title, typeface.BOLD, 19)
        lines = typeface.wrapped(told.scope, typeface.BOLD, 11, (RIGHT - LEFT - 34) * MM)
        for number, line in enumerate(lines):
            sheet.text(LEFT, 267 - 5 * number, line, typeface.BOLD, 11)
        self.y = min(267 - 5 * len(lines), 291 - side)
        sheet.rule(LEFT, self.y, RIGHT, self.y, 0.6, (0.0, 0.0, 0.0))
        self.y -= 5
        for name, value in told.pairs:
            sheet.text(LEFT, self.y, name, typeface.PLAIN, 8, GREY)
            sheet.fitted(LEFT + 38, self.y, value, typeface.PLAIN, 8, RIGHT - LEFT - 38)
            self.y -= 4.4
        self._figures()

    def _figures(self) -> None:
        """The counts, large, in one row of boxes."""
        figures, height = self.told.figures, 13.0
        wide = (RIGHT - LEFT) / max(len(figures), 1)
        self.y -= 1 + height
        for number, (name, value) in enumerate(figures):
            x = LEFT + number * wide
            self.sheet.box(x, self.y, wide, height, PALE if number % 2 else None, 0.2)
            self.sheet.centred(x + wide / 2, self.y + 5.6, value, typeface.BOLD, 15)
            size = typeface.fitting_size(name, typeface.NARROW, 7, (wide - 1) * MM, 4.5)
            self.sheet.centred(x + wide / 2, self.y + 1.6, name, typeface.NARROW, size)
        self.y -= 4

    def heading(self, title: str) -> None:
        """A heading that never stands alone at the foot of a page."""
        self.room(24)
        self.y -= 5
        self.sheet.text(LEFT, self.y, title, typeface.BOLD, 11)
        self.y -= 3

    def table(self, table: Table) -> None:
        """Draw a table; its head is repeated on every page."""
        self.heading(table.title)
        if not table.rows:
            self.y -= 2.5
            self.sheet.text(LEFT, self.y, table.empty or "—", typeface.PLAIN, 8.5)
            self.y -= 2
            return
        self._head(table)
        for number, row in enumerate(table.rows):
            cells = [_lines(cell, width) for cell, width in zip(row, table.widths, strict=True)]
            height = max(map(len, cells)) * _LEADING + _PAD
            if self.room(height):
                self._head(table)
            self._row(table, cells, height, number % 2 == 1)

    def _head(self, table: Table) -> None:
        self.y -= 4.6
        x = LEFT
        for head, width in zip(table.heads, table.widths, strict=True):
            self.sheet.fitted(x + 0.6, self.y + 1.2, head, typeface.BOLD, 7, width - 1)
            x += width
        self.sheet.rule(LEFT, self.y, RIGHT, self.y, 0.4, (0.0, 0.0, 0.0))

    def _row(self, table: Table, cells: list[list[str]], height: float, shaded: bool) -> None:
        if shaded:
            self.sheet.box(LEFT, self.y - height, RIGHT - LEFT, height, (0.965, 0.965, 0.965), None)
        x = LEFT
        for lines, width in zip(cells, table.widths, strict=True):
            for number, line in enumerate(lines):
                self.sheet.text(x + 0.6, self.y - 2.7 - number * _LEADING, line, typeface.NARROW, _SIZE)
            x += width
        self.y -= height

    def limits(self) -> None:
        """What this paper cannot prove, in so many words (REPORT-7)."""
        self.heading(words.say("report.limits", {}, self.told.lang))
        for sentence in self.told.limits:
            lines = typeface.wrapped(sentence, typeface.PLAIN, 8, (RIGHT - LEFT - 5) * MM)
            self.room(len(lines) * 3.8 + 1)
            for number, line in enumerate(lines):
                if number == 0:
                    self.sheet.text(LEFT, self.y - 3, "■", typeface.PLAIN, 6, RED)
                self.sheet.text(LEFT + 4, self.y - 3, line, typeface.PLAIN, 8)
                self.y -= 3.8
            self.y -= 0.8


def _lines(cell: str, width: float) -> list[str]:
    room = (width - 1.2) * MM
    if typeface.width(cell, typeface.NARROW, _SIZE) <= room:
        return [cell]
    return typeface.wrapped(cell, typeface.NARROW, _SIZE, room)


def files_of(facts: Facts, evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """The embedded files by name, for those who want them beside the paper."""
    for name, (data, _) in _files(facts, evidence, facts.lang).items():
        yield name, data
