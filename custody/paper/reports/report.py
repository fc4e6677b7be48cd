"""Draws a report: facts and evidence in, the bytes of a PDF out, always the same (spec chapter 13)."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace

from custody.i18n import words
from custody.paper.canvas import attach, qr, typeface
from custody.paper.canvas.flow import Flow
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import A4, BLACK, GREY, MM, PALE, RED, Sheet
from custody.paper.canvas.table import TOGETHER, Row, Table, row_height
from custody.paper.codes import pagefoot
from custody.paper.proven.evidence import NAMES, Evidence, Reading
from custody.paper.reports.plot import HEIGHT, LEAD, STRIP, Plot
from custody.paper.reports.view import View, view

LEFT, RIGHT, TOP, BOTTOM = 15.0, 195.0, 280.0, 29.0
_FOOT = RIGHT - pagefoot.SIDE - 2  # where the words at the foot of a page end
_SIZE, _LEADING, _PAD = 7.6, 3.35, 1.3
_CLOSE = 0.4  # between the rows of long lists, which else spill over to one page more
_VALUE = 38.0  # from where on the value of a pair stands
_PAIR = 3.6  # from line to line of one
_SENTENCE = 3.4  # millimetres from line to line
_BETWEEN = 2.7  # white between two columns, so that they are not read as one line
_HIGH = 20.0  # millimetres of rows that need no company
_LEAST = 75.0  # millimetres of the last table that stay on one page, lest the last page is nearly empty
_FEW = 80  # rows of both lists at the end, of which it is tried whether they go together
_HEADS = 17.0  # height of a heading, a note and the names of columns
_NAMES = 13.0  # height of a heading and the names of columns
_TALLEST = 230.0  # of a row: what a page has room for below the names of its columns
_TAGGED = 1_000  # rows up to which a report tells what stands where (DRAW-6)
_CAPTION = 6.0  # the smallest type, points
_ACROSS = 10  # figures in a row
_CODE = 28.0  # side of the code that names ledger and checkpoint, with its white
# the catalogues whose words stand in a report, with what their sentences look up
WORDS = ("report", "report-scope", "bearing", "law", "terms", "sealstate", "date")


def draw(reading: Reading) -> bytes:
    """The PDF of a report (DRAW-1): the page shows what was proven, and the evidence lies inside."""
    told = view(reading)
    *tables, signers, evidence = told.tables
    leading = told.leading
    upper = [tables.pop(0), *([told.seals] if told.seals is not None else []), tables.pop(0)]  # findings, seals, boxes
    rows = sum(len(table.rows) for table in (*told.tables, *leading, *upper[1:-1]))
    told = replace(told, tables=(), leading=(), seals=None)  # what is drawn is let go
    page = _Page(told, reading, rows)
    page.front()
    for one in leading:
        page.table(one)
    page.stack()
    while upper:
        page.table(upper.pop(0))
    page.strips()
    while tables:
        page.table(tables.pop(0))
    page.limits()  # before the long lists of keys and hashes, where they are read
    page.last(signers, evidence)
    del signers, evidence
    shown = [words.say(f"report.file.{part}", {}, told.lang) for part in Evidence._fields]
    attach.attach(page.sheet, dict(zip(NAMES, zip(reading.evidence, shown, strict=True), strict=True)))
    return page.finish()


class _Page(Flow):
    """Writes down the page from top to bottom and turns it when it is full."""

    def __init__(self, told: View, reading: Reading, rows: int) -> None:
        super().__init__(Sheet(A4, told.title, f"{told.scope} · {told.operation}", told.lang), BOTTOM)
        self.told, self.reading = told, reading
        self.shown = set[int]()
        self.sheet.canvas.setProducer(f"custody, {reading.facts.renderer}")
        if rows <= _TAGGED:
            self.sheet.tagged()
        name = f"{told.title} · {told.scope}"
        self.small = 8 if typeface.width(name, typeface.NARROW, 8) <= (RIGHT - LEFT) * MM else 7  # the size of the line above a page
        self.head = _fitted(name, (RIGHT - LEFT) * MM, self.small)
        self.begin()

    def begin(self) -> None:
        self.y = TOP
        self.shown.clear()
        if self.told.drill:
            self.sheet.watermark(words.say("paper.drill", {}, self.told.lang))
        if self.sheet.pages:
            for number, line in enumerate(reversed(self.head)):
                self.sheet.text(LEFT, 286 + 3 * number, line, typeface.NARROW, self.small)
            self.sheet.rule(LEFT, 284, RIGHT, 284)

    def end(self) -> None:
        page, lang = self.sheet.pages + 1, self.told.lang
        self.sheet.rule(LEFT, 15.5, _FOOT, 15.5)
        self.sheet.fitted(LEFT, 11.5, self.told.foot, typeface.NARROW, 6.5, _FOOT - LEFT - 22)
        self.sheet.numbered(_FOOT, 11.5, lambda pages: words.say("report.page", {"page": page, "pages": pages}, lang), typeface.BOLD, 7)
        self.sheet.fitted(LEFT, 8.5, words.say("report.companion", {}, self.told.lang), typeface.NARROW, 6.5, _FOOT - LEFT)
        pagefoot.put(self.sheet, self.reading, RIGHT - pagefoot.SIDE, 6, self.shown)
        self.sheet.next_page()

    def finish(self) -> bytes:
        self.end()
        return self.sheet.finish()

    def front(self) -> None:
        """Title, what it rests on, and the figures, on the first page."""
        told, sheet = self.told, self.sheet
        name = told.operation.upper()
        size = typeface.fitting_size(name, typeface.BOLD, 8, (RIGHT - LEFT - _CODE - 2) * MM, 4)
        sheet.text(LEFT, 283, typeface.cut(name, typeface.BOLD, size, (RIGHT - LEFT - _CODE - 2) * MM), typeface.BOLD, size, GREY)
        qr.draw(sheet, RIGHT - _CODE, TOP + 12 - _CODE, _CODE / _modules(told.mark), told.mark)
        for number, line in enumerate(line for said in told.caption for line in _fitted(said, _CODE * MM, _CAPTION)):
            sheet.centred(RIGHT - _CODE / 2, TOP + 11.3 - _CODE - number * 2.3, line, typeface.NARROW, _CAPTION)
        with sheet.part("H1"):
            sheet.text(LEFT, 274, told.title, typeface.BOLD, 19)
        lines = typeface.wrapped(told.scope, typeface.BOLD, 11, (RIGHT - LEFT - 34) * MM)
        with sheet.part("P"):
            for number, line in enumerate(lines):
                sheet.text(LEFT, 267 - 5 * number, line, typeface.BOLD, 11)
        self.y = min(267 - 5 * len(lines), TOP + 5 - _CODE)
        sheet.rule(LEFT, self.y, RIGHT, self.y, 0.6, BLACK)
        self.y -= 5
        for name, value in told.pairs:
            self._pair(name, value)
        self.y -= 2
        with sheet.part("P"):
            sheet.fitted(LEFT, self.y, told.coverage, typeface.BOLD, 10.5, RIGHT - LEFT)
        self.y -= 2.5
        self._figures()

    def _pair(self, name: str, value: str) -> None:
        """A name and what it is, each in as many lines as it takes."""
        sides = [(LEFT, _VALUE - 2, name, GREY), (LEFT + _VALUE, RIGHT - LEFT - _VALUE, value, BLACK)]
        wrapped = [(x, typeface.wrapped(words, typeface.PLAIN, 8, wide * MM), colour) for x, wide, words, colour in sides]
        self.room(max(len(lines) for _, lines, _ in wrapped) * _PAIR)
        with self.sheet.part("P"):
            for x, lines, colour in wrapped:
                for number, line in enumerate(lines):
                    self.sheet.text(x, self.y - number * _PAIR, line, typeface.PLAIN, 8, colour)
        self.y -= (max(len(lines) for _, lines, _ in wrapped) - 1) * _PAIR + 4.4

    def _figures(self) -> None:
        """The counts, large, in rows of boxes of one size."""
        figures = self.told.figures
        across = -(-len(figures) // -(-len(figures) // _ACROSS))
        wide = (RIGHT - LEFT) / across
        self.y -= 1
        for at in range(0, len(figures), across):
            self._figure_row(figures[at : at + across], wide)
        self.y -= 4

    def _figure_row(self, figures: tuple[tuple[str, str], ...], wide: float) -> None:
        captions = [_caption(name, (wide - 1.2) * MM) for name, _ in figures]
        most = max(len(lines) for _, lines in captions)
        height = 10.1 + 2.7 * most
        self.y -= height
        for number, ((_, value), (size, lines)) in enumerate(zip(figures, captions, strict=True)):
            x = LEFT + number * wide
            self.sheet.box(x, self.y, wide, height, PALE if number % 2 else None, 0.2)
            with self.sheet.part("P"):
                self.sheet.centred(x + wide / 2, self.y + height - 7.4, value, typeface.BOLD, 15)
                first = self.y + height - 10.9 - 1.35 * (most - len(lines))
                for at, line in enumerate(lines):
                    self.sheet.centred(x + wide / 2, first - 2.7 * at, line, typeface.NARROW, size)

    def stack(self) -> None:
        """How many boxes were at which stage, over time (REPORT-11); of one box its strip says all."""
        plots = self.told.plots
        if plots is None or plots.course.total < 2:
            return
        self._plotted(plots.title, plots.note, HEIGHT + 16)
        plot = Plot(self.sheet, plots.course, LEFT, RIGHT)
        with self.sheet.part("Figure", plots.title):
            self.y = plot.legend(plot.stack(self.y), plots.stages)

    def strips(self) -> None:
        """Who held each box when (REPORT-11)."""
        plots = self.told.plots
        if plots is None or not plots.strips:
            return
        self._plotted(plots.strips_title, plots.strips_note, 20)
        plot = Plot(self.sheet, plots.course, LEFT, RIGHT)
        for label, strip in zip(plots.strips, plots.course.strips, strict=True):
            lines, size = strip_label(label)
            high = max(STRIP, 2.3 * len(lines))
            if self.left() < high + 12:
                plot.axis(LEFT + LEAD, RIGHT, self.y)
                self.room(RIGHT)
            self.y -= high + 1
            with self.sheet.part("Figure", label):
                for number, line in enumerate(reversed(lines)):
                    self.sheet.text(LEFT, self.y + 0.8 + 2.3 * number, line, typeface.NARROW, size)
                plot.strip(self.y + (high - STRIP) / 2, strip.spans, plots.people.__getitem__)
        self.y = plot.legend(plot.axis(LEFT + LEAD, RIGHT, self.y), plots.held)
        if plots.more:
            self.y -= 2
            with self.sheet.part("P"):
                self.sheet.text(LEFT, self.y, plots.more, typeface.PLAIN, 8)

    def _plotted(self, title: str, note: str, height: float) -> None:
        """The heading of a plot, on one page with so many millimetres of it, and what its times rest on."""
        self.room(height + 12)
        self.heading(title)
        self.y -= 0.5
        with self.sheet.part("P"):
            self.sheet.text(LEFT, self.y, note, typeface.NARROW, 7, GREY)
        self.y -= 2

    def heading(self, title: str) -> None:
        """A heading that never stands alone at the foot of a page."""
        self.room(28)
        self.y -= 5
        with self.sheet.part("H2"):
            self.sheet.text(LEFT, self.y, title, typeface.BOLD, 11)
        self.y -= 3

    def table(self, table: Table, pad: float = _PAD, least: float = 0.0) -> None:
        """Draw a table; its head is repeated on every page, and it begins with more than a heading.

        pad: millimetres between rows. least: of its end, so many millimetres stay on one page.
        """
        count, last = _together(reversed(table.rows), table, pad, least)
        first = last if count == len(table.rows) else _together(table.rows, table, pad, 0.0)[1]
        self.room(min(_HEADS + first, TOP - BOTTOM))
        self.heading(table.title)
        if not table.rows:
            self.y -= 2.5
            with self.sheet.part("P"):
                self.sheet.text(LEFT, self.y, table.empty or "—", typeface.PLAIN, 8.5)
            self.y -= 2
        else:
            if table.note:
                self.y -= 1.5
                with self.sheet.part("P"):
                    self.sheet.text(LEFT, self.y, table.note, typeface.NARROW, 7, GREY)
                self.y -= 0.7
            with self.sheet.group("Table"):
                self._rows(table, pad, count, last)
        for sentence in table.after:
            self._below(sentence)
        self.y -= 1.5 if table.after else 0

    def last(self, signers: Table, evidence: Table) -> None:
        """The two lists at the end; where the second is short and would stand alone on a page, the first goes with it."""
        if len(signers.rows) + len(evidence.rows) <= _FEW:
            end = _HEADS + _rows_high(evidence, _CLOSE)
            both = _NAMES + _rows_high(signers, _CLOSE) + end
            if end < _LEAST and self.left() < min(both, (TOP - BOTTOM) / 2) and both < TOP - BOTTOM:
                self.room(both)
        self.table(signers, _CLOSE)
        self.table(evidence, _CLOSE, _LEAST)

    def _below(self, sentence: str) -> None:
        """A sentence under a table."""
        lines = typeface.wrapped(sentence, typeface.PLAIN, 8, (RIGHT - LEFT) * MM)
        self.room(len(lines) * _PAIR + 1)
        self.y -= 1
        with self.sheet.part("P"):
            for line in lines:
                self.y -= _PAIR
                self.sheet.text(LEFT, self.y, line, typeface.PLAIN, 8)

    def _rows(self, table: Table, pad: float, count: int, last: float) -> None:
        """All rows; the last `count`, so many millimetres high, stay on one page where one can hold them."""
        with self.sheet.group("TR"):
            self._head(table)
        for number, row in enumerate(table.rows):
            left = last if number == len(table.rows) - count and last < _TALLEST else 0.0
            for cells in _pieces(_cells(table, row)):
                height = row_height(cells, _LEADING, pad)
                if self.room(max(height, left)):
                    self._head(table, again=True)
                with self.sheet.group("TR"):
                    self._row(table, cells, height, number % 2 == 1)
            self.shown.update(table.shown(number))

    def _head(self, table: Table, again: bool = False) -> None:
        """The names of the columns; read aloud once, not again on each page."""
        self.y -= 4.6
        x = LEFT
        for head, width in zip(table.heads, table.widths, strict=True):
            with nullcontext() if again else self.sheet.part("TH"):
                self.sheet.fitted(x + 0.6, self.y + 1.2, head, typeface.BOLD, 7, width - 2)
            x += width
        self.sheet.rule(LEFT, self.y, RIGHT, self.y, 0.4, BLACK)
        self.y -= 0.4

    def _row(self, table: Table, cells: list[list[str]], height: float, shaded: bool) -> None:
        if shaded:
            self.sheet.box(LEFT, self.y - height, RIGHT - LEFT, height, (0.965, 0.965, 0.965), None)
        x = LEFT
        for lines, width in zip(cells, table.widths, strict=True):
            with self.sheet.part("TD"):
                for number, line in enumerate(lines):
                    self.sheet.text(x + 0.6, self.y - 2.7 - number * _LEADING, line, typeface.NARROW, _SIZE)
            x += width
        self.y -= height

    def limits(self) -> None:
        """What this paper proves and how that is checked; beside it what it cannot prove, in so many words (REPORT-9)."""
        told, middle, gap = self.told, (LEFT + RIGHT) / 2, 4.0
        columns = [
            (LEFT, [("report.proven", told.proven), ("report.how", told.how)]),
            (middle + gap, [("report.limits", told.limits)]),
        ]
        lines = [
            (x, [(title, [_said(one, middle - gap - LEFT - 4) for one in sentences]) for title, sentences in parts]) for x, parts in columns
        ]
        self.room(5 + max(sum(_tall(sentences) for _, sentences in parts) for _, parts in lines))
        top, ends = self.y, list[float]()
        for x, parts in lines:
            y = top
            for title, sentences in parts:
                y = self._column(title, sentences, x, y - 6)
            ends.append(y)
        self.y = min(ends) - 1.5

    def _column(self, title: str, sentences: list[list[str]], x: float, top: float) -> float:
        """Sentences under a heading, each with a mark before it; returns where they end."""
        with self.sheet.part("H2"):
            self.sheet.fitted(x, top, words.say(title, {}, self.told.lang), typeface.BOLD, 10, (RIGHT - LEFT) / 2 - 4)
        y = top - 1.5
        for lines in sentences:
            self.sheet.text(x, y - 3, "■", typeface.PLAIN, _CAPTION, RED)
            with self.sheet.part("P"):
                for line in lines:
                    self.sheet.text(x + 4, y - 3, line, typeface.NARROW, 7.8)
                    y -= _SENTENCE
            y -= 0.9
        return y


def _tall(sentences: list[list[str]]) -> float:
    """How high sentences and their heading are; millimetres."""
    return 7.5 + sum(len(lines) * _SENTENCE + 0.9 for lines in sentences)


def _said(sentence: str, width: float) -> list[str]:
    return typeface.wrapped(sentence, typeface.NARROW, 7.8, width * MM)


def _modules(payload: str) -> int:
    """The side of a code in modules, its white included."""
    return 17 + 4 * qr.smallest_version(len(payload.encode())) + 2 * QUIET


def _cells(table: Table, row: Row) -> list[list[str]]:
    """The lines of each cell of a row."""
    *between, last = [(width - _BETWEEN) * MM for width in table.widths]
    return [_lines(cell, room) for cell, room in zip(row, (*between, last + (_BETWEEN - 1) * MM), strict=True)]


def _rows_high(table: Table, pad: float) -> float:
    """How high the rows of a table are; millimetres."""
    return sum(row_height(_cells(table, row), _LEADING, pad) for row in table.rows)


def _together(rows: Iterable[Row], table: Table, pad: float, least: float) -> tuple[int, float]:
    """How many of these rows stay on one page, so that none stands there alone, and how high they are; fewer where they are high."""
    count, high = 0, 0.0
    for row in rows:
        if (count >= TOGETHER or (count and high >= _HIGH)) and high >= least:
            break
        count, high = count + 1, high + row_height(_cells(table, row), _LEADING, pad)
    return count, high


def _pieces(cells: list[list[str]]) -> list[list[list[str]]]:
    """A row that is higher than a page, in pieces that are not."""
    most, longest = int(_TALLEST / _LEADING), max(map(len, cells))
    return [cells] if longest <= most else [[lines[at : at + most] for lines in cells] for at in range(0, longest, most)]


def _lines(cell: str, room: float) -> list[str]:
    return [line for part in cell.split("\n") for line in _fitted(part, room)]


def strip_label(label: str) -> tuple[list[str], float]:
    """What stands before a strip: on one line where it fits at one of two sizes; and the size at which it fits, points."""
    for size in (7.0, _CAPTION):
        lines = _fitted(label, (LEAD - 2) * MM, size)
        if len(lines) == 1:
            break
    return lines, size


def _fitted(text: str, room: float, size: float = _SIZE) -> list[str]:
    return [text] if typeface.width(text, typeface.NARROW, size) <= room else typeface.wrapped(text, typeface.NARROW, size, room)


def _caption(name: str, room: float) -> tuple[float, list[str]]:
    """The words under a figure in few lines, and the size at which no word of them is wider than its box; points."""
    for size in (7.0, 6.5, _CAPTION):
        lines = typeface.wrapped(name, typeface.NARROW, size, room)
        if len(lines) <= 2 and " ".join(lines) == name:  # no word was broken
            break
    return size, lines
