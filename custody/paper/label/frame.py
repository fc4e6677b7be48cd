"""Where the parts of a label lie, worked out from its stock (spec chapter 12, LABEL-2, LABEL-3)."""

from typing import NamedTuple

from custody.paper.canvas.qr import QUIET
from custody.paper.label.stocks import MODULES, Stock


class Rect(NamedTuple):
    """A rectangle in millimetres from the lower left corner of the label."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.y + self.height

    def grown(self, by: float) -> "Rect":
        """The same with `by` more on every side."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


class Frame(NamedTuple):
    """The parts of a label. codes: the two codes without their quiet zones; module: side of a dark square; open: where no code is."""

    open: Rect
    module: float
    codes: tuple[Rect, Rect]
    band: Rect
    number: Rect
    identity: Rect
    desa: Rect
    above: Rect
    typed: Rect
    mark: Rect
    fine: Rect

    @property
    def zones(self) -> tuple[Rect, Rect]:
        """The codes with the white that belongs to them."""
        left, right = self.codes
        return left.grown(QUIET * self.module), right.grown(QUIET * self.module)

    @property
    def parts(self) -> dict[str, Rect]:
        """All that is written, by name."""
        names = ("band", "number", "identity", "desa", "above", "typed", "mark", "fine")
        return {name: getattr(self, name) for name in names}


def frame(stock: Stock) -> Frame:
    """The parts of a label of this stock: codes at both ends of a wide label, at opposite corners of a tall one."""
    width, height = stock.label
    return _wide(stock) if width > height else _tall(stock)


def _rows(x: float, top: float, width: float, height: float, shares: tuple[float, ...]) -> list[Rect]:
    """Rows from the top down, each with its share of the height and a tenth of it white below."""
    rows, y = [], top
    for share in shares:
        whole = height * share / sum(shares)
        y -= whole
        rows.append(Rect(x, y + whole * 0.1, width, whole * 0.9))
    return rows


def _wide(stock: Stock) -> Frame:
    (width, height), (side_white, end_white) = stock.label, stock.inset
    quiet, side = QUIET * stock.module, MODULES * stock.module
    left, upper = max(side_white, quiet), height - max(end_white, quiet)
    codes = Rect(left, upper - side, side, side), Rect(width - left - side, upper - side, side, side)
    middle, foot = left + side + quiet, upper - side - quiet
    band, number, identity = _rows(middle, height - end_white, width - 2 * middle, height - end_white - foot, (8, 10, 3))
    desa, above, typed, fine = _rows(side_white, foot, width - 2 * side_white, foot - end_white, (10.5, 6, 8, 9))
    mark = Rect(typed.x + typed.width * 0.74, typed.y, typed.width * 0.26, typed.height)
    typed = Rect(typed.x, typed.y, typed.width * 0.71, typed.height)
    return Frame(Rect(0, 0, width, foot), stock.module, codes, band, number, identity, desa, above, typed, mark, fine)


def _tall(stock: Stock) -> Frame:
    (width, height), (side_white, end_white) = stock.label, stock.inset
    quiet, side = QUIET * stock.module, MODULES * stock.module
    left, upper, lower = max(side_white, quiet), height - max(end_white, quiet), max(end_white, quiet)
    codes = Rect(left, upper - side, side, side), Rect(width - left - side, lower, side, side)
    beside, room = left + side + quiet, width - side_white - left - side - quiet
    (number,) = _rows(beside, upper, room, side, (1,))
    inner_top, inner_foot, inner = upper - side - quiet, lower + side + quiet, width - 2 * side_white
    band, desa, above, typed = _rows(side_white, inner_top, inner, inner_top - inner_foot, (9, 13, 6, 6))
    identity, mark, fine = _rows(side_white, inner_foot - quiet / 2, room, inner_foot - quiet / 2 - lower, (2, 2, 6))
    inner_open = Rect(0, inner_foot, width, inner_top - inner_foot)
    return Frame(inner_open, stock.module, codes, band, number, identity, desa, above, typed, mark, fine)
