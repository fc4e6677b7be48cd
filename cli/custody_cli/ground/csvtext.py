"""Tables as CSV for a spreadsheet: no cell of it can become a formula there (OWASP, "CSV injection")."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from custody.i18n.screen import clean

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # what begins a formula; the wide forms in Asian versions
_BLANKS = " \t\r\n\u00a0\u200b\ufeff"  # a spreadsheet may drop these, and then find a formula behind them


def cell(value: object) -> str:
    """One cell: numbers as they are; text that a spreadsheet could run is led by an apostrophe; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(int(value))
    told = str(value)
    risky = told.startswith(("\t", "\r")) or told.lstrip(_BLANKS).startswith(_FORMULA)
    return clean(f"'{told}" if risky else told)


def lines(heads: Sequence[str], rows: Iterable[Sequence[object]], mark: str = "") -> Iterator[str]:
    """The lines of a table: comma between cells, quotes where they are needed (RFC 4180), no line end.

    mark: a word that stands in a last column of every row, since rows are copied one by one (LATIHAN in a drill); "" for none.
    """
    more = [mark] if mark else []
    for row in (heads, *rows):
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow([cell(value) for value in (*row, *more)])
        yield out.getvalue()
