"""Pages that another program drew anew: with letters of its own, and the same words on each (spec chapter 13, CHECK-4).

Ghostscript and "print to PDF" make other fonts and other content of a page. What that looks like nobody can tell here; that it was
altered cannot be said either, as long as it shows the words of the drawn page in their order. What its own tables of letters say is
not believed: it can keep a paper from being called altered, and can never make it good.
"""

import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from custody.core.errors import Undecided
from custody.paper.checking import pagelines, pdffile

_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_CODES = re.compile(rb"<([0-9A-Fa-f]{2})>\s*(?:<([0-9A-Fa-f]{2})>\s*)?<([0-9A-Fa-f]{4})>")
_IMAGE = re.compile(
    rb"\bBI\s.{0,2000}?\bID\s.*?\sEI(?=\s[\t\r\n -~]{40}|\s*\Z|\s[\t\r\n -~]{0,39}\Z)", re.DOTALL
)  # a picture among the signs
_MOST_PAGES = 400
_MOST_TOLD = 256 * 1024  # bytes of a table of letters
_MOST_MORE = 65_536  # bytes by which a content may be more than three times the drawn one


def redrawn(given: bytes, drawn: bytes) -> bool:
    """Whether each page is written in other fonts than ours, and says letter by letter what ours says. Never raises."""
    try:
        with pdffile.opened(given) as one, pdffile.opened(drawn) as other:
            same = len(one.pages) == len(other.pages) <= _MOST_PAGES
            return same and all(_same(left.obj, right.obj) for left, right in zip(one.pages, other.pages, strict=True))
    except (Undecided, RecursionError, *pdffile.BROKEN):
        return False


def _same(given: Any, wanted: Any) -> bool:
    theirs, ours = dict(_fonts(given)), dict(_fonts(wanted))
    if not theirs or {pdffile.begun(one, pdffile.MOST_ATTACHED) for one in _files(given)} & {
        pdffile.unpacked(one) for one in _files(wanted)
    }:
        return False
    content = pdffile.unpacked(wanted.Contents)
    found = given.get("/Contents")
    streams = list(found)[:64] if isinstance(found, pikepdf.Array) else [found]
    now = b"\n".join(pdffile.begun(one, 3 * len(content) + _MOST_MORE) for one in streams if isinstance(one, pikepdf.Stream))
    return _reads(pagelines.words_of(_IMAGE.sub(b"", now), theirs), pagelines.words_of(content, ours))


def _reads(now: str, drawn: str) -> bool:
    """Whether the letters are the same; one whose table lacks, and that is no letter by its code, may be any."""
    return len(now) == len(drawn) and all(one == other or not one.isprintable() for one, other in zip(now, drawn, strict=True))


def _files(page: Any) -> Iterator[Any]:
    """The outlines of letters that a page has with it."""
    for _, font in page.get("/Resources", {}).get("/Font", {}).items():
        described = font.get("/FontDescriptor", {})
        yield from (described[key] for key in _FILES if key in described)


def _fonts(page: Any) -> Iterator[tuple[bytes, dict[int, str]]]:
    for name, font in page.get("/Resources", {}).get("/Font", {}).items():
        told = font.get("/ToUnicode")
        yield name.encode(), _letters(pdffile.begun(told, _MOST_TOLD)) if isinstance(told, pikepdf.Stream) else {}


def _letters(cmap: bytes) -> dict[int, str]:
    """Letters by code, as any program writes them: one by one or in runs."""
    found = dict[int, str]()
    for kind, block in _BLOCK.findall(cmap):
        for first, last, letter in _CODES.findall(block):
            begin, end = int(first, 16), int(last or first, 16) if kind == b"bfrange" else int(first, 16)
            found |= {code: chr(int(letter, 16) + code - begin) for code in range(begin, end + 1)}
    return found
