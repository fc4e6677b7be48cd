"""What stands on a page and in which order it is read: headings, tables, figures (spec chapter 13, DRAW-6; ISO 32000-1, 14.7 and 14.8).

Who cannot see the page has it read aloud in this order; who copies a table gets its rows. Whatever is in no part is decoration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFString, format

Group = Literal["Document", "Table", "TR", "L"]
Leaf = Literal["H1", "H2", "P", "TH", "TD", "LI", "Figure"]
_BEGIN, _END = "/Artifact BMC", "EMC"


@dataclass
class Part:
    """A group of parts, or a leaf with what was drawn for it. alt: words for a figure. page, mark: where a leaf is drawn."""

    kind: str
    above: "Part | None" = None
    alt: str = ""
    page: int = -1
    mark: int = -1
    parts: list["Part"] = field(default_factory=list)


class Structure:
    """The parts of one document under way."""

    def __init__(self) -> None:
        self.whole = Part("Document")
        self._open = self.whole
        self._pages: list[list[Part]] = [[]]

    @contextmanager
    def group(self, kind: Group) -> Iterator[None]:
        """A part made of parts; it may go on over several pages."""
        above, self._open = self._open, Part(kind, self._open)
        above.parts.append(self._open)
        try:
            yield
        finally:
            self._open = above

    def leaf(self, kind: Leaf, alt: str = "") -> str:
        """Begin a leaf on this page; returns the operators that do so (`ended` ends it)."""
        marks = self._pages[-1]
        part = Part(kind, self._open, alt, len(self._pages) - 1, len(marks))
        self._open.parts.append(part)
        marks.append(part)
        return f"{_END} /{kind} << /MCID {part.mark} >> BDC"

    @property
    def ended(self) -> str:
        """The operators that end a leaf."""
        return f"{_END} {_BEGIN}"

    def page(self, code: list[str]) -> None:
        """Put the marks around the operators of a finished page."""
        code.insert(0, _BEGIN)
        code.append(_END)
        self._pages.append([])

    def write(self, document: Any) -> None:
        """Put the structure into a reportlab document whose pages are all drawn."""
        pages = document.Pages.pages
        known = {id(part): _Element(part, pages) for part in _all(self.whole)}
        for part in _all(self.whole):
            known[id(part)].known = known
        rows = [PDFArray([document.Reference(known[id(part)]) for part in marks]) for marks in self._pages[: len(pages)]]
        numbers = [item for number, row in enumerate(rows) for item in (number, document.Reference(row))]
        for number, page in enumerate(pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")
        catalog = document.Catalog
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        known[id(self.whole)].root = root
        root.dict["K"] = document.Reference(known[id(self.whole)])
        root.dict["ParentTree"] = document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}))
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})


def _all(part: Part) -> Iterator[Part]:
    yield part
    for below in part.parts:
        yield from _all(below)


class _Element(PDFObject):
    """One part as the file has it."""

    __RefOnly__ = 1

    def __init__(self, part: Part, pages: list[Any]) -> None:
        self.part, self.pages = part, pages
        self.known: dict[int, _Element] = {}
        self.root: Any = None

    def format(self, document: Any) -> Any:
        part = self.part
        above = self.root if part.above is None else self.known[id(part.above)]
        told = {"Type": PDFName("StructElem"), "S": PDFName(part.kind), "P": document.Reference(above)}
        if part.page >= 0:
            told |= {"K": part.mark, "Pg": document.Reference(self.pages[part.page])}
        else:
            told["K"] = PDFArray([document.Reference(self.known[id(below)]) for below in part.parts])
        if part.alt:
            told["Alt"] = PDFString(part.alt)
        if part.kind == "TH":
            told["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName("Column")})
        return format(PDFDictionary(told), document)
