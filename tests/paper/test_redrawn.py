"""Pages that another program drew anew are neither vouched for nor called altered (docs/spec/13-report.md, CHECK-4)."""

from collections.abc import Callable

import pikepdf
import pytest

from custody.paper.checking import redrawn
from custody.paper.checking.check import check
from fixtures import pdfedits as edits
from tests.paper import stories

Edit = Callable[[pikepdf.Pdf], object]


def other_fonts(document: pikepdf.Pdf) -> None:
    """Outlines that are not ours, as another program writes its own."""
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one:
            one.FontFile2.write(one.FontFile2.read_bytes() + b"\0")


def without_letters(document: pikepdf.Pdf) -> None:
    """Letters without a table: what is no ASCII may be anything."""
    other_fonts(document)
    for one in document.objects:
        if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one:
            del one["/ToUnicode"]


def both(*steps: Edit) -> Edit:
    return lambda document: [step(document) for step in steps]


def with_picture(document: pikepdf.Pdf) -> None:
    content = document.pages[0].Contents
    content.write(b"q BI /W 8 /H 1 /IM true ID \xff\x00(\nEI Q " + content.read_bytes())


# Name: what was done to the long report, and whether its words still read the same.
PAGES: dict[str, tuple[Edit, bool]] = {
    "other fonts": (other_fonts, True),
    "other fonts whose letters have no table": (without_letters, True),
    "a picture of bytes that nobody parses": (both(other_fonts, with_picture), True),
    "other fonts, a word edited": (both(other_fonts, edits.in_content(b"pengawal 2", b"pengawal 9", 1)), False),
    "other fonts, a page less": (both(other_fonts, edits.drop_page), False),
    "our fonts, painted over": (edits.in_content(b"BT", b"0 0 9 9 re f BT"), False),
    "no fonts at all": (lambda document: document.pages[0].obj.Resources.__delitem__("/Font"), False),
}


@pytest.mark.parametrize("name", PAGES)
def test_only_pages_in_other_letters_that_say_the_same_are_drawn_anew(name: str) -> None:
    edit, same = PAGES[name]
    given = stories.long()
    made = edits.edited(given.pdf, edit)
    assert redrawn.redrawn(made, given.pdf) is same
    verdict = check(made, given.trust)
    assert (verdict.outcome, verdict.code) == (("undecided", "check.redrawn") if same else ("altered", "check.page"))


READ: dict[str, tuple[str, str, bool]] = {
    "alike": ("TPS001", "TPS001", True),
    "a letter without a table": ("TPS\x01001", "TPS·001", True),
    "another letter": ("TPS002", "TPS001", False),
    "one letter more": ("TPS0011", "TPS001", False),
}


@pytest.mark.parametrize("name", READ)
def test_letters_are_compared_one_by_one(name: str) -> None:
    now, drawn, same = READ[name]
    assert redrawn._reads(now, drawn) is same


TABLE: dict[str, tuple[bytes, dict[int, str]]] = {
    "one by one": (b"1 beginbfchar\n<41> <0041>\nendbfchar", {0x41: "A"}),
    "in a run": (b"1 beginbfrange\n<41> <43> <0061>\nendbfrange", {0x41: "a", 0x42: "b", 0x43: "c"}),
    "none": (b"begincmap", {}),
}


@pytest.mark.parametrize("name", TABLE)
def test_tables_of_letters_as_others_write_them(name: str) -> None:
    cmap, found = TABLE[name]
    assert redrawn._letters(cmap) == found
