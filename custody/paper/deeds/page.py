"""Draws a deed from top to bottom, once for each copy: the same page for one that is proven and for a form (spec chapter 21)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from custody.i18n import words
from custody.paper.canvas import typeface
from custody.paper.canvas.flow import Flow
from custody.paper.canvas.sheet import A4, BLACK, GREY, MM, PALE, RED, WHITE, Sheet
from custody.paper.canvas.table import TOGETHER, row_height
from custody.paper.codes import pagefoot
from custody.paper.deeds import ending
from custody.paper.deeds.blocks import (
    Block,
    Deed,
    Listing,
    Pairs,
    Paragraph,
    Parties,
    Points,
    Rests,
    Signatures,
)
from custody.paper.deeds.ending import HEADING, LEFT, RIGHT, WIDE

TOP, BOTTOM = 283.0, 31.0
_FOOT = RIGHT - pagefoot.SIDE - 3  # where the words at the foot of a page end
_BODY, _LEADING = 9.2, 4.4
_SMALL, _CLOSE, _PAD = 7.8, 3.4, 1.5  # size and leading in tables and lists, and what is between rows
_NAMED = 44.0  # width of the names in pairs
_INK = (17.0, 13.0)  # height of the room for ink, and the least, where that saves a page
_MARKED = (1.0, 0.9, 0.9)  # behind rows that differ
_COPY = 85.0  # the most width of what says which copy this is, where the title stands beside it
_LEAST = 6.5  # the smallest type of what stands at the head of a page, points
_MOST_KEPT = 0.7 * (TOP - BOTTOM)  # what is higher is not kept together, lest the page before is left nearly empty
_FULL = TOP - BOTTOM - 12  # of a page: what rows and what follows them may take below the names of the columns
_SCROLL = 3_900.0
_LINE = 8.0  # height of an empty row to write on
_TALLEST = 120.0  # what is higher together goes on over the page
_LEGEND = 6.0  # height of a line that explains a mark in the table above it
_FIRST = 60.0  # height of the first row of signatures, where they are too many for one page

Foot = Callable[[Sheet, float, float, Iterable[int]], None]


class DeedPage(Flow):
    """Writes the copies of a deed one after the other into a sheet. foot: puts the code of a page, where there is one."""

    def __init__(self, sheet: Sheet, deed: Deed, foot: Foot | None = None) -> None:
        super().__init__(sheet, BOTTOM)
        self.deed, self.foot = deed, foot
        self.shown = set[int]()
        self.copy, self.page, self.ink = 0, 0, _INK[0]
        self.follows = 0.0  # how high is what must stand on one page with the end of the block that is drawn
        self._draw: dict[type, Callable[[Any], None]] = {
            Paragraph: self._paragraph, Parties: self._parties, Pairs: self._pairs, Listing: self._listing, Points: self._points,
            Signatures: lambda block: ending.signatures(self, block), Rests: lambda block: ending.rests(self, block),
        }  # fmt: skip

    def draw(self) -> None:
        """All copies."""
        facts, signed, rests = _parts(self.deed.blocks)
        signs = [_high(self.deed, signed, ink) for ink in _INK]
        least = min(signs) if min(signs) <= _MOST_KEPT else _high(self.deed, signed[:1], self.ink) + _FIRST
        below = _high(self.deed, rests, self.ink)
        for copy in range(1, len(self.deed.copies) + 1):
            self.copy, self.page = copy, 0
            self.begin()
            self._title()
            self.draw_blocks(facts[:-1])
            self._last(facts[-1], least)
            self.room(least)
            ways = [(ink, high + rest) for rest in (below, 0.0) for ink, high in zip(_INK, signs, strict=True)]
            self.ink = next((ink for ink, high in ways if high <= self.left()), _INK[0])  # less room for ink where that saves a page
            self.draw_blocks(signed)
            if below <= _MOST_KEPT:
                self.room(below)
            self.draw_blocks(rests)
            self.end()

    def draw_blocks(self, blocks: Sequence[Block]) -> None:
        """One after the other, over as many pages as they take."""
        for block, after in zip(blocks, (*blocks[1:], None), strict=False):
            follows = self.follows
            if isinstance(after, Points) and not after.title:
                self.follows = max(follows, _LEGEND)
            self._draw[type(block)](block)
            self.follows = follows

    def _last(self, fact: Block, follows: float) -> None:
        """The last of what is signed: it, or the end of a long table, stands on one page with the signatures, which are so high."""
        if not isinstance(fact, Listing) or len(fact.table.rows) < 2 * TOGETHER:
            high = _high(self.deed, [fact], self.ink) + follows
            self.room(high if high <= _MOST_KEPT else 0)
        self.follows = follows
        self.draw_blocks([fact])
        self.follows = 0.0

    def say(self, code: str, **values: object) -> str:
        return words.say(f"deed.page.{code}", values, self.deed.lang)

    # -- pages -----------------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.y, self.page = TOP, self.page + 1
        self.shown.clear()
        self.shown.update(self.deed.shown)
        if self.deed.drill:
            self.sheet.watermark(words.say("paper.drill", {}, self.deed.lang))
        if self.page > 1:
            self._running(WIDE - self._copy_told(_COPY) - 4)
            self.sheet.rule(LEFT, 285, RIGHT, 285)
            self.y = 280

    def _running(self, room: float) -> None:
        """Title and number in up to two lines, the title alone where both are too long for them."""
        for told in (f"{self.deed.title} · {self.deed.number}", self.deed.title):
            size, lines = typeface.fitting_lines(told, typeface.NARROW, 7.5, _LEAST, room * MM, 2 * 7.5)
            if " ".join(lines) == told:
                break
        for below, line in zip(reversed(range(len(lines))), lines, strict=True):
            self.sheet.text(LEFT, 286.6 + 2.9 * below, line, typeface.NARROW, size)

    def _copy_told(self, room: float) -> float:
        """Which copy this is and for whom, in up to two lines; returns how wide they are, millimetres."""
        copies, whom = self.deed.copies, self.deed.copies[self.copy - 1]
        said = self.say("copy.for" if whom else "copy", copy=self.copy, copies=len(copies), whom=whom)
        size, lines = typeface.fitting_lines(said, typeface.BOLD, 8.5, _LEAST, room * MM, 2 * 8.5)
        for below, line in zip(reversed(range(len(lines))), lines, strict=True):
            self.sheet.right(RIGHT, 286.6 + 3.2 * below, line, typeface.BOLD, size)
        return max(typeface.width(line, typeface.BOLD, size) for line in lines) / MM

    def end(self) -> None:
        sheet, page, copies = self.sheet, self.page, len(self.deed.copies)
        sheet.rule(LEFT, 26.5, _FOOT, 26.5)
        sheet.text(LEFT, 21.5, self.say("initials"), typeface.NARROW, 7, GREY)
        sheet.rule(LEFT + 12, 21.2, LEFT + 100, 21.2, 0.2, BLACK)
        sheet.numbered(_FOOT, 21.5, lambda pages: self.say("number", page=page, pages=pages // copies), typeface.BOLD, 7)
        for row, line in enumerate((*self.deed.foot, self.say("companion"))):
            sheet.fitted(LEFT, 16.5 - 3.1 * row, line, typeface.NARROW, 6.8, _FOOT - LEFT)
        if self.foot is not None:
            self.foot(sheet, RIGHT - pagefoot.SIDE, 5.5, self.shown)
        sheet.next_page()

    # -- the first page ----------------------------------------------------------------------------------------------------------

    def _title(self) -> None:
        """Head as of a letter, title, number; a drill says so in a black band."""
        sheet, deed, middle = self.sheet, self.deed, (LEFT + RIGHT) / 2
        self._copy_told(WIDE)
        first, *others = deed.head
        with sheet.part("P"):
            self.y = self._centred(self.y - 3, first.upper(), typeface.BOLD, 12, 4.4)
            for line in others:
                self.y = self._centred(self.y, line, typeface.PLAIN, 8.5, 3.9)
        self.y += 1.6
        sheet.rule(LEFT, self.y, RIGHT, self.y, 0.7, BLACK)
        sheet.rule(LEFT, self.y - 0.9, RIGHT, self.y - 0.9, 0.2, BLACK)
        if deed.drill:
            self.y -= 8.4
            sheet.box(LEFT, self.y, WIDE, 6.2, BLACK, None)
            text = self.say("drill")
            size = typeface.fitting_size(text, typeface.BOLD, 10.5, (WIDE - 6) * MM, 5)
            sheet.centred(middle, self.y + 1.7, text, typeface.BOLD, size, WHITE)
        self.y -= 8.6
        with sheet.part("H1"):
            for line in typeface.wrapped(deed.title.upper(), typeface.BOLD, 13, WIDE * MM):
                sheet.centred(middle, self.y, line, typeface.BOLD, 13)
                self.y -= 5.6
        with sheet.part("P"):
            self.y = self._centred(self.y + 0.6, deed.number, typeface.PLAIN, 8.5, 3.9)
        self.y -= 2.2

    def _centred(self, y: float, text: str, font: str, size: float, leading: float) -> float:
        """A line in the middle, in smaller type or in more lines where it is long; returns where the next one stands."""
        size = typeface.fitting_size(text, font, size, WIDE * MM, _LEAST)
        for line in typeface.wrapped(text, font, size, WIDE * MM + 0.01):
            self.sheet.centred((LEFT + RIGHT) / 2, y, line, font, size)
            y -= leading
        return y

    # -- blocks ------------------------------------------------------------------------------------------------------------------

    def heading(self, title: str, below: float) -> None:
        """A heading on one page with so many millimetres of what follows."""
        if not title:
            return
        self.room(below + HEADING)
        self.y -= 6.2
        with self.sheet.part("H2"):
            self.sheet.fitted(LEFT, self.y, title, typeface.BOLD, 9.6, WIDE)
        self.y -= 1.6

    def lines(self, lines: list[str], x: float, font: str, size: float, leading: float) -> None:
        """Lines below each other; they stand on this page."""
        for line in lines:
            self.y -= leading
            self.sheet.text(x, self.y, line, font, size)

    def _paragraph(self, block: Paragraph) -> None:
        font = typeface.BOLD if block.strong else typeface.PLAIN
        lines = typeface.wrapped(block.text, font, _BODY, WIDE * MM)
        while lines:
            self.room(min(len(lines), 3) * _LEADING)
            fits = max(1, int(self.left() / _LEADING))
            with self.sheet.part("P"):
                self.lines(lines[:fits], LEFT, font, _BODY, _LEADING)
            lines = lines[fits:]
        self.y -= 1.8

    def _parties(self, block: Parties) -> None:
        with self.sheet.group("L"):
            for number, one in enumerate(block.rows, 1):
                rest = typeface.wrapped(one.rest, typeface.PLAIN, 8.2, (WIDE - 62) * MM) if one.rest else []
                who = typeface.wrapped(one.who, typeface.BOLD, _BODY, (WIDE - 62) * MM) if one.who else []
                part = typeface.wrapped(one.part, typeface.PLAIN, 8.6, 52 * MM)
                height = max(len(part) * 4.2, (len(who) or 1.8) * 4.2 + (len(rest) or (0 if one.who else 1.8)) * 3.8)
                self.room(height + 1.5)
                with self.sheet.part("LI"):
                    self._party(f"{number}.", part, who, rest)
                self.y -= height + 1.5

    def _party(self, number: str, part: list[str], who: list[str], rest: list[str]) -> None:
        self.sheet.text(LEFT, self.y - 3.6, number, typeface.PLAIN, 8.6)
        for row, line in enumerate(part):
            self.sheet.text(LEFT + 6, self.y - 3.6 - 4.2 * row, line, typeface.PLAIN, 8.6)
        if not who:
            for down in (6.2, 13.4):
                self.sheet.rule(LEFT + 60, self.y - down, RIGHT, self.y - down, 0.2, BLACK)
        for row, line in enumerate(who):
            self.sheet.text(LEFT + 60, self.y - 3.6 - 4.2 * row, line, typeface.BOLD, _BODY)
        for row, line in enumerate(rest):
            self.sheet.text(LEFT + 60, self.y - 3.6 - 4.2 * len(who) - 3.8 * row, line, typeface.PLAIN, 8.2)

    def _pairs(self, block: Pairs) -> None:
        self.heading(block.title, 8)
        self.y -= 0 if block.title else 1.5
        with self.sheet.group("L"):
            for name, value in block.rows:
                named = typeface.wrapped(name, typeface.PLAIN, 8.6, (_NAMED - 2) * MM)
                lines = typeface.wrapped(value, typeface.PLAIN, 8.6, (WIDE - _NAMED - 3) * MM) if value else []
                open_ = 0.0 if value else 0.8 if len(named) < 2 else 0.6  # room to write, and after a name of several lines
                height = (max(len(named), len(lines), 1) + open_) * 4.1 + 0.5
                self.room(height)
                left = LEFT + _NAMED + 3 if name else LEFT
                with self.sheet.part("LI"):
                    for row, line in enumerate(named):
                        self.sheet.text(LEFT, self.y - 3.4 - 4.1 * row, line, typeface.PLAIN, 8.6)
                    self.sheet.text(LEFT + _NAMED, self.y - 3.4, ":" if name else "", typeface.PLAIN, 8.6)
                    for row, line in enumerate(lines):
                        self.sheet.text(LEFT + _NAMED + 3, self.y - 3.4 - 4.1 * row, line, typeface.PLAIN, 8.6)
                    if not lines:
                        self.sheet.rule(left, self.y - height + 1, RIGHT, self.y - height + 1, 0.2, BLACK)
                self.y -= height
        self.y -= 1

    def _listing(self, block: Listing) -> None:
        table = block.table
        rows = [self._cells(block, number) for number in range(len(table.rows))]
        heights = [row_height(cells, _CLOSE, _PAD) for cells in rows] + [_LINE] * block.lines
        kept, last = self._kept(heights)
        self.heading(table.title, max(16, 9 + (last if kept == len(heights) else min(_TALLEST, sum(heights[:TOGETHER])))))
        if not table.rows and not block.lines:
            with self.sheet.part("P"):
                self.lines([table.empty or "—"], LEFT, typeface.PLAIN, 8.6, 4.4)
            self.y -= 2.4
            return
        with self.sheet.group("Table"):
            self._head(block)
            for number, height in enumerate(heights):
                if number == len(heights) - kept > 0 and self.room(last):
                    self._head(block)
                if number < len(rows):
                    self._row(block, rows[number], height, self._strong(block, number), number in block.marked)
                    self.shown.update(table.shown(number))
                else:
                    self._row(block, [[str(number - len(rows) + 1)], *([] for _ in table.widths[1:])], height)
        self.y -= 1

    def _kept(self, heights: Sequence[float]) -> tuple[int, float]:
        """How many rows at the end of a table stay on one page with what follows it, so that none stands there alone; how high that is."""
        least = len(heights) if len(heights) < 2 * TOGETHER else TOGETHER
        for count in range(least, 0, -1):
            high = sum(heights[-count:])
            if high < _TALLEST and high + self.follows <= _FULL:
                return count, high + self.follows
        return 0, 0.0

    def _cells(self, block: Listing, number: int) -> list[list[str]]:
        """The lines of each cell of a row."""
        font = typeface.BOLD if self._strong(block, number) else typeface.NARROW
        return [_wrapped(cell, font, width) for cell, width in zip(block.table.rows[number], block.table.widths, strict=True)]

    def _strong(self, block: Listing, number: int) -> bool:
        """Whether a row is the sum of the others."""
        return block.sum and number == len(block.table.rows) - 1

    def _head(self, block: Listing) -> None:
        table = block.table
        heads = [_wrapped(head, typeface.BOLD, width, 7) for head, width in zip(table.heads, table.widths, strict=True)]
        height = max(map(len, heads)) * 3.2 + 1.8
        self.sheet.box(LEFT, self.y - height, sum(table.widths), height, PALE, None)
        with self.sheet.group("TR"):
            x = LEFT
            for lines, width in zip(heads, table.widths, strict=True):
                with self.sheet.part("TH"):
                    for row, line in enumerate(lines):
                        self.sheet.text(x + 0.9, self.y - 3.2 - 3.2 * row, line, typeface.BOLD, 7)
                x += width
        self._grid(table.widths, height, 0.35)
        self.y -= height

    def _row(self, block: Listing, cells: list[list[str]], height: float, strong: bool = False, marked: bool = False) -> None:
        """One row, over two pages where it is higher than a page."""
        fits = int((TOP - BOTTOM - 30) / _CLOSE)
        if self.room(min(height, fits * _CLOSE)):
            self._head(block)
        rest = [lines[fits:] for lines in cells]
        cells = [lines[:fits] for lines in cells]
        height = min(height, fits * _CLOSE + _PAD)
        if marked:
            self.sheet.box(LEFT, self.y - height, sum(block.table.widths), height, _MARKED, None)
        with self.sheet.group("TR"):
            x = LEFT
            for lines, width in zip(cells, block.table.widths, strict=True):
                with self.sheet.part("TD"):
                    for row, line in enumerate(lines):
                        self.sheet.text(x + 0.9, self.y - 3.2 - _CLOSE * row, line, typeface.BOLD if strong else typeface.NARROW, _SMALL)
                x += width
        self._grid(block.table.widths, height, 0.15)
        self.y -= height
        if any(rest):
            self._row(block, rest, row_height(rest, _CLOSE, _PAD), strong, marked)

    def _grid(self, widths: tuple[float, ...], height: float, line: float) -> None:
        """The lines around the cells of one row."""
        x = LEFT
        for width in widths:
            self.sheet.box(x, self.y - height, width, height, None, line)
            x += width

    def _points(self, block: Points) -> None:
        self.heading(block.title, 8)
        self.y -= 0 if block.title else 0.8
        with self.sheet.group("L"):
            for one in block.rows:
                font = typeface.BOLD if one.alarm else typeface.NARROW
                lines = [line for part in one.text.split("\n") for line in typeface.wrapped(part, font, 8.2, (WIDE - 5) * MM)]
                while lines:
                    self.room(min(len(lines), 3) * 3.7)
                    fits = max(1, int(self.left() / 3.7))
                    with self.sheet.part("LI"):
                        self.sheet.text(LEFT, self.y - 3.1, "■", typeface.PLAIN, 5, RED if one.alarm else GREY)
                        self.lines(lines[:fits], LEFT + 5, font, 8.2, 3.7)
                    lines = lines[fits:]
                self.y -= 0.7
        self.shown.update(block.entries)


class _Scroll(DeedPage):
    """A page without end, on which blocks are measured."""

    def __init__(self, deed: Deed, ink: float) -> None:
        super().__init__(Sheet((A4[0], 4_000), "", "", deed.lang), deed)
        self.copy, self.y, self.ink = 1, _SCROLL, ink

    def begin(self) -> None:
        self.y = _SCROLL


def _high(deed: Deed, blocks: Sequence[Block], ink: float) -> float:
    """How high blocks are together; millimetres."""
    scroll = _Scroll(deed, ink)
    scroll.draw_blocks(blocks)
    return _SCROLL - scroll.y


def _parts(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block], Sequence[Block]]:
    """What is told; the sentence before the signatures, and these; what the deed rests on, of a form how it is entered. A cover is told."""
    kinds = [type(block) for block in blocks]
    closing = kinds.index(Signatures) - 1 if Signatures in kinds else len(kinds)
    return blocks[:closing], blocks[closing : closing + 2], blocks[closing + 2 :]


def sheet_of(deed: Deed) -> Sheet:
    """An empty sheet for a deed, which tells what stands on it (DRAW-6)."""
    sheet = Sheet(A4, deed.title, deed.subject, deed.lang)
    sheet.tagged()
    return sheet


def _wrapped(cell: str, font: str, width: float, size: float = _SMALL) -> list[str]:
    room = (width - 1.8) * MM
    return [line for part in cell.split("\n") for line in typeface.wrapped(part, font, size, room)]
