"""Sheets: a reportlab canvas made to give the same bytes everywhere, text written straight into it (spec chapter 13)."""

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab import Version as REPORTLAB
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFPage
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from custody.paper.canvas import archival, typeface
from custody.paper.canvas.structure import Group, Leaf, Structure

MM = 72 / 25.4
A4 = (210.0, 297.0)  # millimetres
Colour = tuple[float, float, float]
BLACK, WHITE, GREY, PALE, RED = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.45, 0.45, 0.45), (0.93, 0.93, 0.93), (0.75, 0.0, 0.0)

_NOTHING = nullcontext()
HELD = b"\0held\0"  # where a large content goes that is written as it is
_LATER = re.compile("\0([0-9]+)\0")
# Settings of reportlab that change bytes; environment and settings files may have set them otherwise.
_SETTINGS = {"useA85": 0, "wrapA85": 0, "pageCompression": 0, "ttfAsciiReadable": 1, "invariant": 1}


@contextmanager
def _same_everywhere() -> Iterator[None]:
    """Shut out what would change bytes: SOURCE_DATE_EPOCH and reportlab's own settings."""
    kept = {name: getattr(rl_config, name) for name in _SETTINGS}
    epoch = os.environ.pop("SOURCE_DATE_EPOCH", None)
    for name, value in _SETTINGS.items():
        setattr(rl_config, name, value)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(rl_config, name, value)
        if epoch is not None:
            os.environ["SOURCE_DATE_EPOCH"] = epoch


class _Growing(pdfdoc.PDFFile):
    """The file that reportlab collects, in one piece from the beginning: a long report is never in memory twice."""

    def __init__(self, version: tuple[int, int] = pdfdoc.PDF_VERSION_DEFAULT) -> None:
        self._whole = BytesIO()
        self.held: bytes | None = None  # what stands for `HELD` in the object that is added next
        super().__init__(version)

    def add(self, s: Any) -> int:
        """Put an object behind the others, without a copy of what is held; returns where it begins."""
        data, begins = pdfdoc.pdfdocEnc(s), self._whole.tell()
        head, mark, tail = data.partition(HELD) if self.held is not None else (data, b"", b"")
        for part in (head, self.held if mark else None, tail):
            self._whole.write(part or b"")
        self.held = None
        self.offset = self._whole.tell()
        return begins

    def format(self, document: object) -> bytes:
        return self._whole.getvalue()


@contextmanager
def _in_one_piece() -> Iterator[None]:
    kept, pdfdoc.PDFFile = pdfdoc.PDFFile, _Growing  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        pdfdoc.PDFFile = kept  # type: ignore[misc]


@lru_cache(maxsize=8_192)
def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _escaped(data: bytes) -> str:
    text = data.decode("latin-1").replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return "".join(char if " " <= char <= "~" else f"\\{ord(char):03o}" for char in text)


class Sheet:
    """One document under way. All lengths are millimetres from the lower left corner, sizes of type are points."""

    def __init__(self, size: tuple[float, float], title: str, subject: str, lang: str) -> None:
        self.size, self.lang = size, {"id": "id-ID"}.get(lang, "en-GB")
        with _same_everywhere():
            typeface_first = typeface.load(typeface.PLAIN)
            pdfmetrics.registerFont(typeface_first)
            self.canvas: Any = Canvas(
                BytesIO(),
                pagesize=(size[0] * MM, size[1] * MM),
                pageCompression=0,
                invariant=1,
                initialFontName=typeface.PLAIN,  # type: ignore[arg-type]  # the stubs think it a size
                lang=self.lang,
                pdfVersion=(1, 7),
            )
        self._fonts = {typeface.PLAIN: typeface_first}
        self._shown: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._kept: dict[object, str] = {}
        self.canvas.setTitle(title)
        self.canvas.setSubject(subject)
        self.canvas.setAuthor("custody")
        self.canvas.setCreator("custody")
        self.canvas.setProducer(f"custody, reportlab {REPORTLAB}")
        self.pages = 0
        self.structure: Structure | None = None
        self._numbered: list[Callable[[int], str]] = []

    # -- what stands there, for who cannot see it -------------------------------------------------------------------------------

    def tagged(self) -> None:
        """From the first page on, tell what stands there (DRAW-6); whatever is drawn in no part counts as decoration."""
        self.structure = Structure()

    def group(self, kind: Group) -> AbstractContextManager[None]:
        """A table, a row, a list: what is drawn within belongs to it."""
        return _NOTHING if self.structure is None else self.structure.group(kind)

    def part(self, kind: Leaf, alt: str = "") -> AbstractContextManager[None]:
        """A heading, a paragraph, a cell, a figure (`alt` says it in words): what is drawn within, on one page."""
        return _NOTHING if self.structure is None else self._part(self.structure, kind, alt)

    @contextmanager
    def _part(self, structure: Structure, kind: Leaf, alt: str) -> Iterator[None]:
        self.write(structure.leaf(kind, alt))
        yield
        self.write(structure.ended)

    # -- writing into the page -------------------------------------------------------------------------------------------------

    def write(self, operators: str) -> None:
        """Put PDF operators into the page as they are."""
        self.canvas._code.append(operators)

    def kept(self, key: object, draw: Callable[[], object]) -> None:
        """Draw what recurs: drawn once for a document, as a form, and used again for every equal key.

        It may lie anywhere from 0 to the size of the page, in the coordinates that hold where it is used.
        """
        name = self._kept.get(key)
        if name is None:
            name = self._kept[key] = str(len(self._kept))
            self.canvas.beginForm(name)
            draw()
            self.canvas.endForm()
        self.canvas.doForm(name)

    def text(self, x: float, y: float, text: str, font: str = typeface.PLAIN, size: float = 9, colour: Colour = BLACK) -> None:
        """One line of text, its base line at y."""
        if text:
            self.write(self.text_operators(x, y, text, font, size, colour))

    def text_operators(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = BLACK) -> str:
        """The operators of one line of text, to be kept and written again."""
        parts = [f"{_rgb(colour)} rg" if colour != BLACK else "0 g", "BT", f"1 0 0 1 {_number(x * MM)} {_number(y * MM)} Tm"]
        for internal, shown in self._encoded(font, text):
            parts.append(f"{internal} {_number(size)} Tf ({shown}) Tj")
        return " ".join([*parts, "ET"])

    def _encoded(self, font: str, text: str) -> list[tuple[str, str]]:
        known = self._shown.get((font, text))
        if known is None:
            face = self._font(font)
            split = face.splitString(text, self.canvas._doc)
            known = [(face.getSubsetInternalName(subset, self.canvas._doc), _escaped(data)) for subset, data in split]
            if len(self._shown) < 5_000:
                self._shown[font, text] = known
        return known

    def _font(self, name: str) -> TTFont:
        if name not in self._fonts:
            self._fonts[name] = typeface.load(name)
            pdfmetrics.registerFont(self._fonts[name])
        return self._fonts[name]

    def centred(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = BLACK) -> None:
        """One line of text with its middle at x."""
        self.text(x - typeface.width(text, font, size) / MM / 2, y, text, font, size, colour)

    def right(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = BLACK) -> None:
        """One line of text that ends at x."""
        self.write(self.right_operators(x, y, text, font, size, colour))

    def right_operators(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = BLACK) -> str:
        """The operators of one line of text that ends at x."""
        return self.text_operators(x - typeface.width(text, font, size) / MM, y, text, font, size, colour)

    def fitted(self, x: float, y: float, text: str, font: str, size: float, room: float, least: float = 4) -> float:
        """One line made to fit into `room` millimetres; returns the size it got."""
        size = typeface.fitting_size(text, font, size, room * MM, least)
        self.text(x, y, typeface.cut(text, font, size, room * MM), font, size)
        return size

    def box(self, x: float, y: float, width: float, height: float, fill: Colour | None = None, line: float | None = 0.3) -> None:
        """A rectangle, filled, outlined (`line` millimetres) or both."""
        self.write(box_operators(x, y, width, height, fill, line))

    def rule(self, x1: float, y1: float, x2: float, y2: float, line: float = 0.2, colour: Colour = GREY) -> None:
        """A straight line."""
        ends = f"{_number(x1 * MM)} {_number(y1 * MM)} m {_number(x2 * MM)} {_number(y2 * MM)} l S"
        self.write(f"{_rgb(colour)} RG {_number(line * MM)} w {ends}")

    def clip(self, x: float, y: float, width: float, height: float) -> None:
        """Draw only inside this rectangle until the graphics state is restored."""
        self.write(f"{_number(x * MM)} {_number(y * MM)} {_number(width * MM)} {_number(height * MM)} re W n")

    def clipped(self, x: float, y: float, width: float, height: float) -> None:
        """Draw only inside this rectangle until `restored`."""
        self.write("q")
        self.clip(x, y, width, height)

    def restored(self) -> None:
        """End what `clipped` began."""
        self.write("Q")

    def clip_all(self, areas: Iterable[tuple[float, float, float, float]]) -> None:
        """As `clip`, inside any of these rectangles (x, y, width, height)."""
        self.write(" ".join(f"{' '.join(_number(part * MM) for part in area)} re" for area in areas) + " W n")

    def strokes(self, lines: Iterable[tuple[float, float, float, float]], line: float) -> None:
        """Many straight black lines (x1, y1, x2, y2) of one thickness, as one path."""
        path = " ".join("{} {} m {} {} l".format(*(_number(part * MM) for part in ends)) for ends in lines)
        if path:
            self.write(f"0 G {_number(line * MM)} w {path} S")

    def watermark(self, text: str, area: tuple[float, float, float, float] | None = None, colour: Colour | None = (0.9, 0.9, 0.9)) -> None:
        """Large letters from corner to corner of an area (the page unless one is given); without a colour only their outline."""
        x, y, width, height = area or (0.0, 0.0, *self.size)
        long = math.sqrt(width * width + height * height)  # exact on every machine, unlike hypot
        across, up = _number(width / long), _number(height / long)
        wide = typeface.width(text, typeface.BOLD, 1)
        size = min(long * 0.72 * MM / wide, min(width, height) * 0.55 * MM)
        middle = f"{_number((x + width / 2) * MM)} {_number((y + height / 2) * MM)}"
        self.write(f"q {across} {up} -{up} {across} {middle} cm" + (" 1 Tr 0.3 w 0 G" if colour is None else ""))
        self.text(-wide * size / 2 / MM, -size * 0.36 / MM, text, typeface.BOLD, size, colour or BLACK)
        self.write("Q")

    def next_page(self) -> None:
        """End this page."""
        self.pages += 1
        if self.structure is not None:
            self.structure.page(self.canvas._code)
        with _same_everywhere():
            self.canvas.showPage()

    def numbered(self, x: float, y: float, say: Callable[[int], str], font: str, size: float) -> None:
        """One line that ends at x and tells the number of pages, which is known only when all are drawn."""
        self.later(lambda pages: self.right_operators(x, y, say(pages), font, size))

    def later(self, operators: Callable[[int], str]) -> None:
        """Operators that hang on the number of pages, put here when all are drawn."""
        self.write(f"\0{len(self._numbered)}\0")  # no operator and no escaped text holds this character
        self._numbered.append(operators)

    def finish(self) -> bytes:
        """The whole document, fit for an archive; the sheet is used up."""
        archival.describe(self.canvas._doc, self.lang)
        if self.structure is not None:
            self.structure.write(self.canvas._doc)
        for page in self.canvas._doc.idToObject.values() if self._numbered else ():
            if isinstance(page, PDFPage):
                told = _LATER.sub(lambda found: self._numbered[int(found[1])](self.pages), page.stream)
                page.stream = told.encode("ascii")  # all text is escaped; reportlab would look at each character
        with _same_everywhere(), _in_one_piece():
            return self.canvas.getpdfdata()  # type: ignore[no-any-return]


def _rgb(colour: Colour) -> str:
    return " ".join(_number(part) for part in colour)


def box_operators(x: float, y: float, width: float, height: float, fill: Colour | None, line: float | None) -> str:
    """The operators of a rectangle."""
    area = f"{_number(x * MM)} {_number(y * MM)} {_number(width * MM)} {_number(height * MM)} re"
    paint = "B" if fill is not None and line is not None else "f" if fill is not None else "S"
    settings = "" if fill is None else f"{_rgb(fill)} rg "
    settings += "" if line is None else f"0 G {_number(line * MM)} w "
    return f"{settings}{area} {paint}"
