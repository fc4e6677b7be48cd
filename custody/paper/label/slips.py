"""Small papers beside the labels: stickers that name a seal point, badges of places and officers (spec chapter 12, LABEL-15 and LABEL-16).

None of them proves anything and none carries a code of chapter 11: a badge types for who has no hand free, a sticker names a place on a
box.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from custody.i18n import words
from custody.paper.canvas import qr, typeface
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import BLACK, GREY, MM, WHITE, Sheet
from custody.paper.label import band
from custody.paper.label.frame import Rect
from custody.paper.label.labels import HAND
from custody.paper.label.stocks import Stock

_LEVEL = "Q"


@dataclass(frozen=True)
class Slip:
    """One paper. kind: `seal-point`, `place` or `officer`. above, big, below: its words from the top down; typed: what its code types.

    A sticker of a seal point has no code (`typed` empty) and a line for the number of the seal.
    """

    kind: str
    big: str
    above: str = ""
    below: str = ""
    typed: str = ""
    drill: bool = False


def pages(slips: Iterable[Slip], stock: Stock, title: str, lang: str) -> Iterator[bytes]:
    """PDF files of at most `stock.pages_per_file` pages. Raises `Malformed("qr.long")` for a code that no QR holds."""
    source = iter(slips)
    while chunk := list(islice(source, stock.per_page * stock.pages_per_file)):
        sheet = Sheet(stock.page, title, words.say("slip.subject", {}, lang), lang)
        for start in range(0, len(chunk), stock.per_page):
            for position, one in enumerate(chunk[start : start + stock.per_page]):
                draw(sheet, one, stock, stock.corner(position), lang)
            sheet.next_page()
        yield sheet.finish()


def draw(sheet: Sheet, one: Slip, stock: Stock, corner: tuple[float, float], lang: str) -> None:
    """One paper with its lower left corner at `corner` (millimetres)."""
    sheet.write(f"q 1 0 0 1 {corner[0] * MM:.3f} {corner[1] * MM:.3f} cm")
    (wide, high), (side, end) = stock.label, stock.inset
    room = Rect(side, end, wide - 2 * side, high - 2 * end)
    if one.typed:
        room = _code(sheet, one.typed, room)
    foot = room.height * 0.2
    _fine(sheet, one, Rect(room.x, room.y, room.width, foot), lang)
    rest = Rect(room.x, room.y + foot + 0.5, room.width, room.height - foot - 0.5)
    if not one.typed:
        rest = _number(sheet, rest, lang)
    _words(sheet, one, rest)
    sheet.write("Q")


def _code(sheet: Sheet, typed: str, room: Rect) -> Rect:
    """The code at the left, as large as the paper is high or as half of it is wide; what is left of the room."""
    modules = qr.smallest_version(len(typed.encode()), _LEVEL) * 4 + 17 + 2 * QUIET
    module = min(room.height, room.width * 0.5) / modules
    side = qr.draw(sheet, room.x, room.y + (room.height - modules * module) / 2, module, typed, _LEVEL)
    return Rect(room.x + side, room.y, room.width - side, room.height)


def _number(sheet: Sheet, room: Rect, lang: str) -> Rect:
    """A line for the number of the seal, high enough for a hand; what is left of the room."""
    said = words.say("slip.number", {}, lang)
    sheet.text(room.x, room.y + 0.8, said, typeface.NOTE, 8)
    start = room.x + typeface.width(said + " ", typeface.NOTE, 8) / MM
    sheet.rule(start, room.y + 0.5, room.right, room.y + 0.5, 0.25, BLACK)
    return Rect(room.x, room.y + HAND, room.width, room.height - HAND)


def _words(sheet: Sheet, one: Slip, room: Rect) -> None:
    """Small words above and below, the large ones between."""
    small = room.height * 0.2
    for text, y in ((one.above, room.top - small), (one.below, room.y)):
        if text:
            band.centred(sheet, Rect(room.x, y, room.width, small), text, BLACK, 16)
    band.centred(sheet, Rect(room.x, room.y + small, room.width, room.height - 2 * small), one.big.upper(), BLACK, 60)


def _fine(sheet: Sheet, one: Slip, room: Rect, lang: str) -> None:
    """What it is not; in a drill a bar that says that it is one."""
    if one.drill:
        sheet.box(*room, BLACK, None)
        return band.centred(sheet, Rect(room.x + 1, room.y, room.width - 2, room.height), words.say("label.drill", {}, lang), WHITE, 16)
    said = words.say(f"slip.fine.{one.kind}", {}, lang)
    size, lines = typeface.fitting_lines(said, typeface.NOTE, 8, 3.4, room.width * MM, room.height * MM)
    for number, line in enumerate(lines):
        sheet.text(room.x, room.top - (number + 0.8) * size / MM, line, typeface.NOTE, size, GREY if one.typed else BLACK)
    return None
