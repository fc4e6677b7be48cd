"""The code on every page of a report or deed: which report, which page of it, which entries it shows (spec chapter 13, PAGE-1 to PAGE-3).

Pure: text in, text out. It holds nothing but digits, capital letters and marks, of which a QR code packs two into eleven bits.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core.errors import Malformed, quoted

HEAD = "CP1/"  # with which every such code begins, and no other code of ours
MOST = 90  # characters: a QR code of version 4 at level M, so that every page has room for it
_NUMBER = "0|[1-9][0-9]{0,15}"
_SPAN = f"(?:{_NUMBER})(?:-(?:{_NUMBER}))?"
_FORM = re.compile(
    rf"{HEAD}(?P<entry>{_NUMBER})/(?P<sid>[0-9A-F]{{16}})/(?P<size>{_NUMBER})/(?P<page>[1-9][0-9]{{0,4}})-(?P<pages>[1-9][0-9]{{0,4}})"
    rf"/(?:(?P<shown>{_SPAN}(?:\.{_SPAN})*)?(?P<more>\+)?|-)"
)


class PageCode(NamedTuple):
    """What the code of one page says.

    entry, sid: the entry of the report's own statement, and the first 16 hex digits of its id, lower case. size: of the checkpoint.
    page, pages: from 1, through the whole file, copies and all. shown: the entries that the page shows, as first and last of each run,
    ascending; more: whether it shows others as well, for which there was no room.
    """

    entry: int
    sid: str
    size: int
    page: int
    pages: int
    shown: tuple[tuple[int, int], ...] = ()
    more: bool = False

    def format(self) -> str:
        """The payload (PAGE-1)."""
        told = ".".join(_span(*run) for run in self.shown) + ("+" if self.more else "")
        return f"{HEAD}{self.entry}/{self.sid.upper()}/{self.size}/{self.page}-{self.pages}/{told or '-'}"

    def shows(self, index: int) -> bool:
        """Whether an entry is among those that are named."""
        return any(first <= index <= last for first, last in self.shown)


def of_page(entry: int, sid: str, size: int, page: tuple[int, int], shown: Iterable[int]) -> PageCode:
    """The code of a page. sid: the whole id of the report's own statement; page: its number and how many there are; shown: entries.

    Where they do not all fit into `MOST` characters, the lowest stand there, and that there are more (PAGE-2).
    """
    runs = tuple(_runs(sorted(set(shown))))
    code = PageCode(entry, sid[:16], size, *page, runs)
    kept = len(runs)
    while len(code.format()) > MOST and kept:
        kept -= 1
        code = code._replace(shown=runs[:kept], more=True)
    return code


def parse(text: str) -> PageCode:
    """Read a payload back. Raises `Malformed("pagecode.form")` for all that `format` would not write so (PAGE-3)."""
    found = _FORM.fullmatch(text) if len(text) <= MOST else None
    if found is None:
        raise Malformed("pagecode.form", text=quoted(text))
    runs = tuple(_run(span) for span in (found["shown"] or "").split(".") if span)
    entry, size, page, pages = (int(found[part]) for part in ("entry", "size", "page", "pages"))
    code = PageCode(entry, found["sid"].lower(), size, page, pages, runs, found["more"] is not None)
    if not (code.format() == text and _agrees(code)):
        raise Malformed("pagecode.form", text=text)
    return code


def _agrees(code: PageCode) -> bool:
    """The page is one of the pages, every entry lies under the checkpoint, and the runs ascend with a gap between them."""
    ends = [-2, *(end for run in code.shown for end in run)]
    ascending = all(ends[at] < ends[at + 1] - 1 if at % 2 == 0 else ends[at] <= ends[at + 1] for at in range(len(ends) - 1))
    return code.page <= code.pages and max(code.entry, ends[-1]) < code.size and ascending


def _runs(indexes: list[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other as first and last."""
    first: int | None = None
    for at, index in enumerate(indexes):
        first = index if first is None else first
        if at + 1 == len(indexes) or indexes[at + 1] != index + 1:
            yield first, index
            first = None


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _run(span: str) -> tuple[int, int]:
    first, _, last = span.partition("-")
    return int(first), int(last or first)
