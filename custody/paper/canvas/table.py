"""A table of a report: rows of words under a heading (spec chapter 13, REPORT-8)."""

from collections.abc import Iterable
from dataclasses import dataclass

Row = tuple[str, ...]


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
