"""Labels: what sticks on a box and what a guard reads at night (spec chapter 12)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeAlias

from custody.i18n import words
from custody.paper.canvas import qr, typeface
from custody.paper.canvas.sheet import BLACK, GREY, MM, WHITE, Colour, Sheet
from custody.paper.label import band
from custody.paper.label.frame import Frame, Rect, frame
from custody.paper.label.stocks import MODULES, Stock

_PALE = (0.86, 0.86, 0.86)
HAND = 4.5  # millimetres that a handwritten line needs
_GAP = 2.0


@dataclass(frozen=True)
class LabelFacts:
    """What one label shows. `payload` is what the code holds, `typed` the same symbols in groups of four.

    station: three digits, or PPK for a recapitulation box. copy: 1 for the first print of a box, more for a reprint.
    later: why there is a box after the first of its TPS and type (PSU, replacement …), in words; "" for the first.
    A spare has no box yet: `box`, `type`, `station` and `desa` are empty, and there are lines to write on.
    """

    payload: str
    typed: str
    box: str
    type: str
    type_name: str
    colour_name: str
    colour: Colour
    station: str
    desa: str
    kecamatan: str
    kabupaten: str
    copy: int
    drill: bool = False
    spare: bool = False
    operation: str = ""
    later: str = ""


def sheets(facts: Iterable[LabelFacts], stock: Stock, title: str, lang: str) -> Iterator[bytes]:
    """PDF files of at most `stock.pages_per_file` pages, one after the other, so that memory stays flat (LABEL-8)."""
    source = iter(facts)
    while chunk := list(islice(source, stock.per_page * stock.pages_per_file)):
        yield _file(chunk, stock, title, lang)


def _file(facts: list[LabelFacts], stock: Stock, title: str, lang: str) -> bytes:
    sheet = Sheet(stock.page, title, words.say("label.subject", {}, lang), lang)
    writer = Writer(sheet, stock, lang, on_sheet(sheet, stock))
    for start in range(0, len(facts), stock.per_page):
        sheet.kept("cuts", lambda: _cuts(sheet, stock))
        for position, one in enumerate(facts[start : start + stock.per_page]):
            x, y = stock.corner(position)
            sheet.write(f"q 1 0 0 1 {x * MM:.3f} {y * MM:.3f} cm")
            writer.label(one)
            sheet.write("Q")
        sheet.next_page()
    return sheet.finish()


def _cuts(sheet: Sheet, stock: Stock) -> None:
    """Small crosses where four labels meet, for who prints on plain paper and cuts."""
    (left, top), (width, height) = stock.margin, stock.label
    for column in range(stock.columns + 1 if stock.per_page > 1 and stock.gap == (0.0, 0.0) else 0):
        for row in range(stock.rows + 1):
            x, y = left + column * width, stock.page[1] - top - row * height
            sheet.rule(x - 1.5, y, x + 1.5, y, 0.1)
            sheet.rule(x, y - 1.5, x, y + 1.5, 0.1)


class Surface(band.Surface, Protocol):
    """What labels are drawn on: a sheet, or the text for a label printer. Whatever recurs (`kept`) may be drawn once and used again."""

    def kept(self, key: object, draw: Callable[[], object]) -> None: ...
    def watermark(self, text: str, area: tuple[float, float, float, float] | None, colour: Colour | None) -> None: ...


Codes: TypeAlias = Callable[[tuple[Rect, Rect], str], None]  # draws a payload at both places


def on_sheet(sheet: Sheet, stock: Stock) -> Codes:
    """What draws the codes of a stock into a sheet."""
    left, right = (qr.mask_place(place.x, place.y, place.width, MODULES) for place in frame(stock).codes)

    def draw(_: tuple[Rect, Rect], payload: str) -> None:
        rows = qr.label_rows(payload)
        sheet.write(f"{left}{rows}> EI Q {right}{rows}> EI Q")

    return draw


class Writer:
    """Writes labels of one stock, each with its lower left corner at 0, 0."""

    def __init__(self, sheet: Surface, stock: Stock, lang: str, codes: Codes) -> None:
        self.sheet, self.stock, self.lang = sheet, stock, lang
        self.frame: Frame = frame(stock)
        self._draw_codes = codes
        self._wide = stock.label[0] > stock.label[1]

    def label(self, one: LabelFacts) -> None:
        """One label. The code stands there twice: stains take finder patterns, and a second copy helps more than redundancy (LABEL-2)."""
        sheet = self.sheet
        ground = (one.type, one.type_name, one.colour_name, one.colour, one.drill, one.spare, one.operation, one.later)
        sheet.kept(ground, lambda: self._ground(one))
        self._draw_codes(self.frame.codes, one.payload)
        sheet.kept(("place", one.desa, one.kecamatan, one.kabupaten, one.spare), lambda: self._place(one))
        sheet.kept(("station", one.station, one.spare), lambda: self._station(one))
        sheet.kept(("copy", one.copy), lambda: self._copy(one.copy))
        if one.box:
            self._line(self.frame.identity, f"{one.box} · {one.later}" if one.later else one.box, typeface.NOTE, 9, middle=self._wide)
        self._line(self.frame.typed, one.typed, typeface.CODE, 26)

    # -- what many labels have in common ---------------------------------------------------------------------------------------

    def _ground(self, one: LabelFacts) -> None:
        if one.drill:
            self._drill()
        colour = None if one.spare else one.colour
        name = words.say("label.spare", {}, self.lang) if one.spare else one.type_name
        small = " · ".join(dict.fromkeys(part for part in (one.type, one.colour_name, one.later) if part and part != name))
        band.draw(self.sheet, self.frame.band, name, small, colour, self.stock.mono)
        self._fine(one)

    def _drill(self) -> None:
        """A word that no eye misses, where it leaves the codes alone (LABEL-9)."""
        self.sheet.clipped(*self.frame.open)  # its corners stay out of the white of the codes
        self.sheet.watermark(words.say("paper.drill", {}, self.lang), self.frame.open, None if self.stock.mono else _PALE)
        self.sheet.restored()

    def _fine(self, one: LabelFacts) -> None:
        """What the label is for and what it cannot prove (LABEL-7); in a drill a bar that says that it is one (LABEL-9)."""
        area = self.frame.fine
        if one.drill:
            self.sheet.box(*area, BLACK, None)
            inner = Rect(area.x + 1, area.y, area.width - 2, area.height)
            return band.centred(self.sheet, inner, words.say("label.drill", {}, self.lang), WHITE, 24)
        said = words.say("label.purpose.spare" if one.spare else "label.purpose", {}, self.lang)
        text = " ".join(part for part in (one.operation and f"{one.operation}.", said) if part)
        return self._block(area, text, typeface.NOTE, 8.5, 3.4)

    # -- what some labels have in common ---------------------------------------------------------------------------------------

    def _station(self, one: LabelFacts) -> None:
        """The number of the TPS between the codes, as large as there is room."""
        area = self.frame.number
        if one.spare:
            low = self.frame.identity.y if self._wide else area.y  # a spare has no box id below the number
            whole = Rect(area.x, low, area.width, area.top - low)
            return self._blanks(whole, ("TPS", words.say("label.type", {}, self.lang)))
        above = words.say("label.recap", {}, self.lang) if one.station == "PPK" else "TPS"
        most = area.height / typeface.CAPITALS[typeface.SIGN]
        ratio = 0.34
        long = typeface.width(one.station, typeface.SIGN, 1) + typeface.width(above + " ", typeface.SIGN, ratio)
        size = min(most * MM, area.width * MM / long)
        x, y = area.x + (area.width - long * size / MM) / 2, area.y + (area.height - size / MM * 0.7) / 2
        self.sheet.text(x, y, above, typeface.SIGN, size * ratio)
        self.sheet.text(x + typeface.width(above + " ", typeface.SIGN, ratio * size) / MM, y, one.station, typeface.SIGN, size)
        return None

    def _place(self, one: LabelFacts) -> None:
        """The desa in large letters and what lies above it."""
        if one.spare:
            x, y, width, _ = self.frame.above
            asked = [words.say(code, {"name": ""}, self.lang).strip() for code in ("label.desa", "label.kecamatan")]
            return self._blanks(Rect(x, y, width, self.frame.desa.top - y), asked)
        self._block(self.frame.desa, (one.desa or one.kecamatan).upper(), typeface.SIGN, 60, 4, 0.76)
        return self._block(self.frame.above, self._above(one), typeface.NOTE, 22, 4)

    def _above(self, one: LabelFacts) -> str:
        """Kecamatan and kabupaten, each called so unless its name says it."""
        parts = [("kecamatan", one.kecamatan)] if one.desa else []
        named = [(kind, name) for kind, name in [*parts, ("kabupaten", one.kabupaten)] if name]
        return " · ".join(_called(kind, name, self.lang) for kind, name in named)

    def _copy(self, copy: int) -> None:
        """The number of the print; a reprint stands out (LABEL-6)."""
        area = self.frame.mark
        if copy == 1:
            return self._line(area, words.say("label.copy", {"copy": copy}, self.lang), typeface.NOTE, 7, right=self._wide)
        self.sheet.box(*area, BLACK, None)
        inner = Rect(area.x + area.width * 0.05, area.y, area.width * 0.9, area.height)
        return self._line(inner, words.say("label.reprint", {"copy": copy}, self.lang), typeface.SIGN, 16, WHITE, middle=True)

    # -- writing into a rectangle ----------------------------------------------------------------------------------------------

    def _line(
        self, area: Rect, text: str, font: str, most: float, colour: Colour = BLACK, middle: bool = False, right: bool = False
    ) -> None:
        """One line, as large as the rectangle allows, capitals centred in its height."""
        size = min(most, area.height * 0.9 / typeface.CAPITALS[font] * MM)
        size = typeface.fitting_size(text, font, size, area.width * MM, 3.4)
        text = typeface.cut(text, font, size, area.width * MM)
        spare = area.width - typeface.width(text, font, size) / MM
        x = area.x + (spare if right else spare / 2 if middle else 0)
        self.sheet.text(x, area.y + (area.height - typeface.CAPITALS[font] * size / MM) / 2, text, font, size, colour)

    def _block(self, area: Rect, text: str, font: str, most: float, least: float, last: float = 1.0) -> None:
        """Lines in the middle of a rectangle's height, as large as it allows; `last` as in `fitting_lines`."""
        size, lines = typeface.fitting_lines(text, font, most, least, area.width * MM, area.height * MM, last)
        step = size / MM
        y = area.top - (area.height - step * (len(lines) - 1 + last)) / 2 - step * (last if last < 1 else 0.8)
        for number, line in enumerate(lines):
            self.sheet.text(area.x, y - number * step, line, font, size)

    def _blanks(self, area: Rect, asked: Sequence[str]) -> None:
        """Lines to write on, each with a word before it: one below the other where that leaves room for a hand, else side by side."""
        high = area.height / len(asked)
        stacked = high >= HAND
        wide = area.width if stacked else (area.width - _GAP * (len(asked) - 1)) / len(asked)
        for number, word in enumerate(asked):
            x = area.x if stacked else area.x + number * (wide + _GAP)
            y = area.top - (number + 1) * high if stacked else area.y
            self._blank(Rect(x, y, wide, high if stacked else area.height), word)

    def _blank(self, area: Rect, word: str) -> None:
        size = min(9.0, area.height * MM * 0.6)
        self.sheet.text(area.x, area.y + 0.5, word, typeface.NOTE, size, BLACK if self.stock.mono else GREY)
        start = area.x + typeface.width(word + " ", typeface.NOTE, size) / MM
        self.sheet.rule(start, area.y + 0.3, area.right, area.y + 0.3, 0.2, BLACK)


_SAID = ("kecamatan", "kec", "kabupaten", "kab", "kota", "distrik")


def _called(kind: str, name: str, lang: str) -> str:
    first = name.split(" ", 1)[0].lower().rstrip(".")
    return name if first in _SAID else words.say(f"label.{kind}", {"name": name}, lang)
