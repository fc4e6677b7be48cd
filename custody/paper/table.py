"""A table of a report: rows of words under a heading (spec chapter 13, REPORT-8)."""

from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading; widths in millimetres. A cell may have several lines. `empty` is said where there are no rows.

    entries: which entries each row shows, where it shows any.
    """

    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    entries: tuple[tuple[int, ...], ...] = ()
