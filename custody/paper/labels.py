"""Labels: what sticks on a box and what a guard reads at night (spec chapter 12)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from custody.i18n import words
from custody.paper import qr, typeface
from custody.paper.sheet import BLACK, GREY, MM, WHITE, Colour, Sheet, box_operators
from custody.paper.stocks import MODULES, WITH_QUIET, Stock


@dataclass(frozen=True)
class LabelFacts:
    """What one label shows. `payload` is what the code holds, `typed` the same symbols in groups of four.

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


class _Frame(NamedTuple):
    """Where the parts of a label lie, in millimetres from its lower left corner."""

    width: float
    height: float
    band: float
    code: float
    scale: float


def sheets(facts: Iterable[LabelFacts], stock: Stock, title: str, lang: str) -> Iterator[bytes]:
    """PDF files of at most `stock.pages_per_file` pages, one after the other, so that memory stays flat (LABEL-8)."""
    source = iter(facts)
    while chunk := list(islice(source, stock.per_page * stock.pages_per_file)):
        yield _file(chunk, stock, title, lang)


def _file(facts: list[LabelFacts], stock: Stock, title: str, lang: str) -> bytes:
    sheet = Sheet(stock.page, title, words.say("label.subject", {}, lang), lang)
    frame = _frame(stock)
    for start in range(0, len(facts), stock.per_page):
        for position, one in enumerate(facts[start : start + stock.per_page]):
            _label(sheet, one, stock.corner(position), frame, stock.module, lang)
        sheet.next_page()
    return sheet.finish()


def _frame(stock: Stock) -> _Frame:
    width, height = stock.label
    scale = min(width / 70, height / 37)
    return _Frame(width, height, 5.6 * scale, WITH_QUIET * stock.module, scale)


def _label(sheet: Sheet, one: LabelFacts, corner: tuple[float, float], frame: _Frame, module: float, lang: str) -> None:
    x, y = corner
    sheet.write(f"q 1 0 0 1 {x * MM:.3f} {y * MM:.3f} cm")
    sheet.kept((one.type, one.drill, one.spare), lambda: _ground(sheet, one, frame, lang))
    _codes(sheet, one, frame, module)
    sheet.kept(("TPS", one.station, one.spare), lambda: _number(sheet, one, frame, lang))
    sheet.kept((one.desa, one.kecamatan, one.kabupaten, one.spare), lambda: _place(sheet, one, frame))
    _foot(sheet, one, frame, lang)
    sheet.write("Q")


def _ground(sheet: Sheet, one: LabelFacts, frame: _Frame, lang: str) -> None:
    sheet.write(box_operators(0.6, 0.6, frame.width - 1.2, frame.height - 1.2, None, 0.15))
    if one.drill:
        _drill(sheet, frame, lang)
    _band(sheet, one, frame, lang)
    _purpose(sheet, frame, lang)


def _drill(sheet: Sheet, frame: _Frame, lang: str) -> None:
    """The word stands below the codes: their quiet zone stays white even in a drill."""
    word = words.say("paper.drill", {}, lang)
    room = frame.height - frame.band - 1.4 - frame.code
    size = typeface.fitting_size(word, typeface.BOLD, room * MM, frame.width * 0.9 * MM, 8)
    sheet.centred(frame.width / 2, room * 0.2, word, typeface.BOLD, size, (0.87, 0.87, 0.87))


def _band(sheet: Sheet, one: LabelFacts, frame: _Frame, lang: str) -> None:
    """The type of election in words beside its colour; the colour never stands alone (LABEL-4)."""
    bottom, block = frame.height - frame.band - 1.4, frame.width * 0.2
    sheet.box(1.4, bottom, frame.width - 2.8, frame.band, WHITE, 0.3)
    if not one.spare:
        sheet.box(1.4, bottom, block, frame.band, one.colour, 0.3)
        ink = WHITE if sum(one.colour) < 1.6 else BLACK
        size = typeface.fitting_size(one.colour_name.upper(), typeface.BOLD, 6 * frame.scale, block * 0.9 * MM, 4)
        sheet.centred(1.4 + block / 2, bottom + frame.band * 0.34, one.colour_name.upper(), typeface.BOLD, size, ink)
    name = words.say("label.spare", {}, lang) if one.spare else f"{one.type} · {one.type_name}" if one.type != one.type_name else one.type
    sheet.fitted(block + 3, bottom + frame.band * 0.26, name.upper(), typeface.BOLD, 11 * frame.scale, frame.width - block - 5.4, 5)


def _codes(sheet: Sheet, one: LabelFacts, frame: _Frame, module: float) -> None:
    """The code twice, at both ends: stains take finder patterns, and a second copy helps more than more redundancy (LABEL-2)."""
    rows = qr.rows_hex(qr.matrix(one.payload))
    side, quiet = MODULES * module, qr.QUIET * module
    bottom = frame.height - frame.band - 1.4 - frame.code + quiet
    for left in (1.0 + quiet, frame.width - 1.0 - frame.code + quiet):
        sheet.write(qr.mask_operators(left, bottom, side, MODULES, rows))


def _number(sheet: Sheet, one: LabelFacts, frame: _Frame, lang: str) -> None:
    """The number of the TPS between the codes, as large as there is room."""
    room = frame.width - 2 * frame.code - 3
    middle, top = frame.width / 2, frame.height - frame.band - 1.4
    if one.spare:
        _blank(sheet, frame, top, room)
        return
    above = "TPS" if one.station != "PPK" else words.say("label.recap", {}, lang)
    sheet.centred(middle, top - 3.2 * frame.scale, above, typeface.BOLD, 7 * frame.scale)
    size = typeface.fitting_size(one.station, typeface.BOLD, 34 * frame.scale, room * MM, 10)
    sheet.centred(middle, top - 4.4 * frame.scale - size * 0.75 / MM, one.station, typeface.BOLD, size)


def _blank(sheet: Sheet, frame: _Frame, top: float, room: float) -> None:
    left = frame.code + 1.5
    for step, word in enumerate(("TPS", "DESA", "JENIS")):
        y = top - (5.0 + 5.0 * step) * frame.scale
        sheet.text(left, y + 0.6, word, typeface.PLAIN, 4.5 * frame.scale, GREY)
        sheet.rule(left, y, left + room, y, 0.2)


def _place(sheet: Sheet, one: LabelFacts, frame: _Frame) -> None:
    top, room = frame.height - frame.band - 1.4 - frame.code, frame.width - 4
    if not one.spare:
        sheet.fitted(2, top - 2.4 * frame.scale, one.desa.upper(), typeface.BOLD, 11 * frame.scale, room, 5)
    above = " · ".join(part for part in (one.kecamatan, one.kabupaten) if part)
    sheet.fitted(2, top - 5.1 * frame.scale, above, typeface.NARROW, 7 * frame.scale, room, 4.5)


def _foot(sheet: Sheet, one: LabelFacts, frame: _Frame, lang: str) -> None:
    """The code to type, the box id and the number of the print (LABEL-5, LABEL-6)."""
    scale = frame.scale
    size = min(12 * scale, (frame.width - 4) * 0.7 * MM / (len(one.typed) * typeface.width("0", typeface.CODE, 1)))
    sheet.text(2, 4.6 * scale, one.typed, typeface.CODE, size)
    sheet.text(2, 2.75 * scale, one.box, typeface.NARROW, 4.7 * scale)
    sheet.kept(("copy", one.copy), lambda: _copy(sheet, one.copy, frame, lang))


def _copy(sheet: Sheet, copy: int, frame: _Frame, lang: str) -> None:
    text, font = words.say("label.copy", {"copy": copy}, lang), typeface.BOLD if copy > 1 else typeface.PLAIN
    sheet.right(frame.width - 2, 4.6 * frame.scale, text, font, 6 * frame.scale)


def _purpose(sheet: Sheet, frame: _Frame, lang: str) -> None:
    """What the label is for and what it cannot prove (LABEL-7)."""
    left, scale = 2 + 25 * frame.scale, frame.scale
    room = frame.width - left - 2
    sheet.fitted(left, 2.75 * scale, words.say("label.purpose", {}, lang), typeface.NARROW, 4.7 * scale, room, 3.2)
    sheet.fitted(2, 1.25 * scale, words.say("label.limits", {}, lang), typeface.NARROW, 4.7 * scale, frame.width - 4, 3.2)
