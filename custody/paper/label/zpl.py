"""Labels as text for a label printer: the same label as on a sheet, in commands of ZPL II (spec chapter 12, LABEL-11 to LABEL-13).

What is written and where is decided by the same writer as for PDF; here are only the marks that a Zebra and its likes understand.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from custody.core.errors import Malformed
from custody.paper.canvas import qr, typeface
from custody.paper.canvas.sheet import BLACK, GREY, MM, WHITE, Colour
from custody.paper.label.frame import Rect
from custody.paper.label.labels import LabelFacts, Writer
from custody.paper.label.stocks import LEAST_DOTS, MODULES, Stock

DOTS = {203: 8.0, 300: 300 / 25.4}  # in a millimetre; heads called 203 dpi have 8
_SLIM = {typeface.NOTE: 0.9, typeface.SIGN: 0.96}  # so wide is the printer's bold letter drawn for one of the sheets, of its own width
_PLAINER = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "·": "-", "…": "...", "×": "x"})
_COMMANDS = str.maketrans({"_": "_5F", "^": "_5E", "~": "_7E"})  # what begins a command, in the hexadecimal of ^FH


def labels(facts: Iterable[LabelFacts], stock: Stock, dpi: int, lang: str) -> Iterator[bytes]:
    """Files of at most `stock.pages_per_file` labels, one after the other. dpi: 203 or 300.

    Raises `Malformed("label.roll")` for a stock that is no roll of one label, `Malformed("label.dots")` where a module gets too few dots.
    """
    roll = fitted(stock, dpi)
    source = iter(facts)
    while chunk := list(islice(source, stock.pages_per_file)):
        yield "".join(_label(one, roll, dpi, lang) for one in chunk).encode("ascii")


def fitted(stock: Stock, dpi: int) -> Stock:
    """The stock with a module of whole dots of this printer, never larger than it was. Raises as `labels`."""
    if stock.per_page != 1 or not stock.mono:
        raise Malformed("label.roll", stock=stock.name)
    dots = int(stock.module * DOTS[dpi] + 1e-6)
    if dots < LEAST_DOTS:
        raise Malformed("label.dots", stock=stock.name, dots=dots, least=LEAST_DOTS)
    return replace(stock, module=dots / DOTS[dpi])


def _label(one: LabelFacts, stock: Stock, dpi: int, lang: str) -> str:
    strip = Strip(stock, DOTS[dpi])
    Writer(strip, stock, lang, strip.codes).label(one)
    wide, high = (round(side * DOTS[dpi]) for side in stock.label)
    return "\n".join([f"^XA^PW{wide}^LL{high}^LH0,0", *strip.marks, "^XZ\n"])


def ascii_only(text: str) -> str:
    """The text in ASCII: accents and curly quotes made plain, what has no plain form a question mark."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAINER))
    return "".join(mark if " " <= mark <= "~" else "?" for mark in plain if not unicodedata.combining(mark))


def graphic(rows: str, modules: int, dots: int) -> str:
    """`^GFA` of a code (`qr.label_rows`), each module so many dots; a row like the one above is a colon."""
    wide = (modules * dots + 7) // 8
    digits = len(rows) // modules
    lines = []
    for row in range(modules):
        bits = f"{int(rows[row * digits : (row + 1) * digits], 16):0{digits * 4}b}"[:modules]
        line = "".join(bit * dots for bit in bits).ljust(wide * 8, "0")
        lines.append(f"{int(line, 2):0{wide * 2}X}" + ":" * (dots - 1))
    size = wide * modules * dots
    return f"^GFA,{size},{size},{wide},{''.join(lines)}^FS"


class Strip:
    """One label of a roll under way, for the writer of labels. Millimetres from the lower left corner, as there."""

    def __init__(self, stock: Stock, dots: float) -> None:
        self.marks: list[str] = []
        self._stock, self._dots = stock, dots
        self._clip: Rect | None = None

    def codes(self, places: tuple[Rect, Rect], payload: str) -> None:
        """The code at both places."""
        found = graphic(qr.label_rows(payload), MODULES, round(self._stock.module * self._dots))
        for place in places:
            self.marks.append(f"{self._origin(place.x, place.top)}{found}")

    def kept(self, key: object, draw: Callable[[], object]) -> None:
        """Draw what recurs: a printer that is switched off between two labels has kept nothing."""
        draw()

    def text(self, x: float, y: float, text: str, font: str = typeface.PLAIN, size: float = 9, colour: Colour = BLACK) -> None:
        """One line, its base line at y, in the one scalable font that every printer has."""
        if text:
            high = round(size / MM * self._dots)
            wide = round(high * _SLIM.get(font, 1))
            reverse = "^FR" if colour == WHITE else ""
            shown = ascii_only(text).translate(_COMMANDS)
            self.marks.append(f"^FT{self._across(x)},{self._down(y)}^A0N,{high},{wide}{reverse}^FH^FD{shown}^FS")

    def centred(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = BLACK) -> None:
        """One line of text with its middle at x."""
        self.text(x - typeface.width(text, font, size) / MM / 2, y, text, font, size, colour)

    def box(self, x: float, y: float, width: float, height: float, fill: Colour | None = None, line: float | None = 0.3) -> None:
        """A rectangle, black or an outline; white paper stays as it is."""
        if fill is not None and fill != WHITE:
            self.marks.append(f"{self._origin(x, y + height)}{self._bar(width, height)}")
        if line is not None:
            thick, half = self._at_least(line), line / 2
            wide, high = self._at_least(width + line), self._at_least(height + line)
            self.marks.append(f"{self._origin(x - half, y + height + half)}^GB{wide},{high},{thick}^FS")

    def rule(self, x1: float, y1: float, x2: float, y2: float, line: float = 0.2, colour: Colour = GREY) -> None:
        """A straight black line, inside the clipping where there is one."""
        ends = (x1, y1, x2, y2) if self._clip is None else clipped((x1, y1, x2, y2), self._clip)
        if ends is None or colour == WHITE:
            return
        (left, first), (right, last) = sorted((ends[:2], ends[2:]))
        if first == last or left == right:
            wide, high = (right - left, line) if first == last else (line, abs(last - first))
            top = first + line / 2 if first == last else max(first, last)
            self.marks.append(f"{self._origin(left if first == last else left - line / 2, top)}{self._bar(wide, high)}")
            return
        wide, high = self._at_least(right - left), self._at_least(abs(last - first))
        self.marks.append(
            f"{self._origin(left, max(first, last))}^GD{wide},{high},{self._at_least(line)},B,{'R' if last > first else 'L'}^FS"
        )

    def clipped(self, x: float, y: float, width: float, height: float) -> None:
        """Draw lines only inside this rectangle until `restored`."""
        self._clip = Rect(x, y, width, height)

    def restored(self) -> None:
        """Draw anywhere again."""
        self._clip = None

    def watermark(self, text: str, area: tuple[float, float, float, float] | None = None, colour: Colour | None = None) -> None:
        """No letters below other letters: a printer of one black without outlines would make both unreadable (LABEL-13)."""

    def _across(self, x: float) -> int:
        return round(x * self._dots)

    def _down(self, y: float) -> int:
        return round((self._stock.label[1] - y) * self._dots)

    def _origin(self, x: float, top: float) -> str:
        return f"^FO{self._across(x)},{self._down(top)}"

    def _at_least(self, length: float) -> int:
        return max(1, round(length * self._dots))

    def _bar(self, width: float, height: float) -> str:
        wide, high = self._at_least(width), self._at_least(height)
        return f"^GB{wide},{high},{min(wide, high)}^FS"


def clipped(ends: tuple[float, float, float, float], area: Rect) -> tuple[float, float, float, float] | None:
    """The part of a line (x1, y1, x2, y2) inside an area, or None (Liang and Barsky 1984)."""
    x1, y1, x2, y2 = ends
    first, last = 0.0, 1.0
    for step, room in ((x1 - x2, x1 - area.x), (x2 - x1, area.right - x1), (y1 - y2, y1 - area.y), (y2 - y1, area.top - y1)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first >= last:
        return None
    return x1 + first * (x2 - x1), y1 + first * (y2 - y1), x1 + last * (x2 - x1), y1 + last * (y2 - y1)
