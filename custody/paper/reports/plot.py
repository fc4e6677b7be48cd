"""Draws the course of boxes: stages over time as a stack, and a strip for each way; told apart without any colour (spec chapter 13)."""

from collections.abc import Callable, Iterable
from itertools import groupby

from custody.paper.canvas import typeface
from custody.paper.canvas.sheet import BLACK, MM, WHITE, Colour, Sheet
from custody.paper.label import tincture
from custody.paper.label.frame import Rect
from custody.paper.reports.course import COLUMNS, STAGES, Course, Span

HEIGHT = 30.0  # of the stack, millimetres
STRIP = 3.4
LEAD = 46.0  # what stands before a strip
_AXIS = 4.5
_HATCH = 1.3
_APART = 2.5  # of labels under a plot
_HOLE = 1.6  # no hole is drawn narrower
# Each stage by a grey, or by lines on white: on any printer they differ from their neighbours.
_FILLS: dict[str, tuple[Colour | None, str]] = {
    "warehouse": ((0.86, 0.86, 0.86), ""),
    "kecamatan": (None, "dashes"),
    "desa": (None, "rising"),
    "tps": (None, "dots"),
    "other": (None, "horizontal"),
    "transit": ((0.3, 0.3, 0.3), ""),
    "unsettled": (None, "vertical"),
    "gone": (None, "falling"),
    "closed": (None, "grid"),
}
_THIN = 0.12


class Plot:
    """The plots of one course on a sheet. x and y are millimetres from the lower left corner of the page."""

    def __init__(self, sheet: Sheet, course: Course, left: float, right: float) -> None:
        self.sheet, self.course, self.left, self.right = sheet, course, left, right

    def stack(self, top: float) -> float:
        """How many boxes at which stage; returns where it ends."""
        area = Rect(self.left + 9, top - HEIGHT, self.right - self.left - 9, HEIGHT)
        for number, stage in enumerate(STAGES):
            self._layer(area, number, stage)
        self.sheet.box(area.x, area.y, area.width, area.height, None, 0.25)
        self.sheet.right(area.x - 1, area.top - 2.2, str(self.course.total), typeface.NARROW, 7)
        self.sheet.right(area.x - 1, area.y, "0", typeface.NARROW, 7)
        return self.axis(area.x, area.right, area.y)

    def _layer(self, area: Rect, number: int, stage: str) -> None:
        """One stage, on top of those below it, and the line that ends it."""
        wide, high = area.width / COLUMNS, area.height / max(self.course.total, 1)
        rects, edge, start = list[Rect](), list[tuple[float, float, float, float]](), 0
        for (below, here), run in groupby((sum(column[:number]), column[number]) for column in self.course.counts):
            one = Rect(area.x + start * wide, area.y + high * below, wide * len(list(run)), high * here)
            start += round(one.width / wide)
            if here:
                rects.append(one)
            if edge and edge[-1][3] != one.top:
                edge.append((one.x, edge[-1][3], one.x, one.top))
            edge.append((one.x, one.top, one.right, one.top))
        if rects:
            self._fill(rects, stage)
            self.sheet.strokes(edge, _THIN)

    def _fill(self, rects: list[Rect], stage: str) -> None:
        """Rectangles in the manner of a stage; its lines run on from one to the next."""
        colour, lines = _FILLS[stage]
        if colour is not None:
            for one in rects:
                self.sheet.box(one.x, one.y, one.width, one.height, colour, None)
            return
        x, y = min(one.x for one in rects), min(one.y for one in rects)
        whole = Rect(x, y, max(one.right for one in rects) - x, max(one.top for one in rects) - y)
        self.sheet.write("q")
        self.sheet.clip_all((one.x, one.y, one.width, one.height) for one in rects)
        self.sheet.strokes(tincture.strokes(lines, whole, _HATCH), 0.3 if lines == "dots" else _THIN)
        self.sheet.write("Q")

    def axis(self, left: float, right: float, y: float) -> float:
        """Marks of time under a plot, both ends among them; returns where they end."""
        start, end = self.course.ends
        self.sheet.text(left, y - 3.2, start.label, typeface.NARROW, 6.5)
        self.sheet.right(right, y - 3.2, end.label, typeface.NARROW, 6.5)
        free, least = left + _wide(start.label) + _APART, right - _wide(end.label) - _APART
        for tick in self.course.ticks:
            x, half = self._x(tick.at, left, right), _wide(tick.label) / 2
            self.sheet.rule(x, y, x, y - 0.9, 0.2, BLACK)
            if x - half > free and x + half < least:
                self.sheet.centred(x, y - 3.2, tick.label, typeface.NARROW, 6.5)
                free = x + half + _APART
        return y - _AXIS

    def _x(self, at: int, left: float, right: float) -> float:
        course = self.course
        return left + (right - left) * (at - course.first) / (course.last - course.first)

    def legend(self, y: float, words: Iterable[tuple[str, str]]) -> float:
        """What each manner stands for, in words; returns where it ends."""
        x = self.left
        for stage, told in words:
            wide = 7 + typeface.width(told, typeface.NARROW, 7) / MM + 4
            if x + wide > self.right:
                x, y = self.left, y - 4
            self._swatch(Rect(x, y - 2.6, 5.5, 2.8), stage)
            self.sheet.text(x + 7, y - 2.2, told, typeface.NARROW, 7)
            x += wide
        return y - 4

    def _swatch(self, area: Rect, stage: str) -> None:
        if stage in _FILLS:
            self._fill([area], stage)
        if stage == "hole":
            self._hole(area)
        self.sheet.box(area.x, area.y, area.width, area.height, None, _THIN)

    def strip(self, y: float, spans: Iterable[Span], names: Callable[[str], Iterable[str]]) -> None:
        """Who held a box from when to when, in a strip whose lower edge is y.

        :param names: what a holder may be called, the longest first.
        """
        left = self.left + LEAD
        for span in sorted(spans, key=lambda one: one.hole):  # holes last: a short one is drawn wider than it is
            x, end = self._x(span.start, left, self.right), self._x(span.end, left, self.right)
            if end <= x:
                continue
            if span.hole and end - x < _HOLE:
                end = min(x + _HOLE, self.right)
            area = Rect(x, y, end - x, STRIP)
            if span.hole:
                self._hole(area)
            else:
                self._fill([area], span.stage)
            self.sheet.box(x, y, end - x, STRIP, None, 0.2)
            self._named(area, names(span.holder))

    def _hole(self, area: Rect) -> None:
        """White, crossed out: nobody signed for this time."""
        self.sheet.box(area.x, area.y, area.width, area.height, WHITE, None)
        self.sheet.rule(area.x, area.y, area.right, area.top, 0.35, BLACK)
        self.sheet.rule(area.x, area.top, area.right, area.y, 0.35, BLACK)

    def _named(self, area: Rect, names: Iterable[str]) -> None:
        """The holder inside the strip, on white so that it can be read, where there is room for it."""
        for told in names:
            wide = typeface.width(told, typeface.NARROW, 6) / MM
            if told and wide + 2.4 <= area.width:
                self.sheet.box(area.x + 0.6, area.y + 0.5, wide + 1.2, STRIP - 1, WHITE, None)
                self.sheet.text(area.x + 1.2, area.y + 1, told, typeface.NARROW, 6)
                return


def _wide(label: str) -> float:
    return typeface.width(label, typeface.NARROW, 6.5) / MM
