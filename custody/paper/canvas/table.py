"""A table of a report or deed: rows of words under a heading (spec chapter 13, REPORT-8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]
TOGETHER = 3  # rows of a table that stay on one page at its beginning and at its end
_NO_BREAK = "\u00a0"


def unbroken(text: str) -> str:
    """The text as one word: no line ends within it."""
    return text.replace(" ", _NO_BREAK)


def row_height(cells: Sequence[Sequence[str]], leading: float, pad: float) -> float:
    """How high a row is whose cells have these lines, `leading` from line to line and `pad` beside; millimetres."""
    return max(map(len, cells)) * leading + pad


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading; widths in millimetres. A cell may have several lines. `empty` is said where there are no rows.

    note: in what order the rows stand, where that is not plain. after: sentences below the rows.
    numbered: whether each row begins with the entry that it tells of. entries: else which entries each row rests on, where it rests on any.
    """

    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    entries: tuple[tuple[int, ...], ...] = ()
    numbered: bool = False
    note: str = ""
    after: tuple[str, ...] = ()

    def shown(self, number: int) -> Iterable[int]:
        """The entries that a row shows."""
        if self.numbered:
            return (int(self.rows[number][0]),)
        return self.entries[number] if self.entries else ()
