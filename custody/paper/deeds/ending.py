"""The end of a deed: fields for ink beside the digital signatures, and what the deed rests on (spec chapter 21, DEED-7 and DEED-9)."""

from typing import Protocol

from custody.paper.canvas import qr, typeface
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import BLACK, GREY, MM, RED, Colour, Sheet
from custody.paper.deeds.blocks import Rests, Signature, Signatures

LEFT, RIGHT = 20.0, 190.0  # room at the left for a binder
WIDE = RIGHT - LEFT
_CODE = 32.0  # side of the code of the checkpoint, its white included
HEADING = 7.8  # height of a heading
_HALF = (WIDE - 6) / 2  # width of a field for a signature

_Line = tuple[str, str, float, Colour, float]  # text, font, size, colour, and millimetres from the line above


class Page(Protocol):
    """The page that is written on. ink: height of the room for a signature, millimetres."""

    sheet: Sheet
    y: float
    ink: float

    def say(self, code: str, **values: object) -> str: ...
    def room(self, height: float) -> bool: ...
    def heading(self, title: str, below: float) -> None: ...
    def lines(self, lines: list[str], x: float, font: str, size: float, leading: float) -> None: ...


def signatures(page: Page, block: Signatures) -> None:
    """Fields for ink, two in a row, each row on one page."""
    for at in range(0, len(block.rows), 2):
        row = [(one, _signed(page, one)) for one in block.rows[at : at + 2]]
        height = 7.6 + page.ink + max(sum(leading for *_, leading in lines) for _, lines in row) + 5
        if at == 0:
            page.heading(block.title, height)
        page.room(height)
        for number, (one, lines) in enumerate(row):
            with page.sheet.part("P"):
                _signature(page, one, lines, LEFT + number * (_HALF + 6))
        page.y -= height


def _signed(page: Page, one: Signature) -> list[_Line]:
    """What stands below the line for ink: the name, the key, its signature."""
    wide = _HALF * MM
    size = 8.6 if typeface.width(one.who, typeface.PLAIN, 8.6) <= wide else 7.2
    told: list[_Line] = [(line, typeface.PLAIN, size, BLACK, 3.6) for line in even(one.who, typeface.PLAIN, size)]
    if not one.who:
        told = [(page.say("name"), typeface.NARROW, 6.5, GREY, 3.2)]
    if one.key:
        told += [(line, typeface.NARROW, 7.2, BLACK, 3.3) for line in even(one.key, typeface.NARROW, 7.2)]
    font, ink = (typeface.BOLD, RED) if one.alarm else (typeface.NARROW, BLACK)
    if one.state:
        told += [(line, font, 7.2, ink, 3.2) for line in even(one.state, font, 7.2)]
    return told


def even(text: str, font: str, size: float) -> list[str]:
    """The lines of a field, evenly filled: none holds a single word that another had room for."""
    return typeface.fitting_lines(text, font, size, size - 0.25, _HALF * MM, 100 * MM)[1]


def _signature(page: Page, one: Signature, lines: list[_Line], x: float) -> None:
    """As what, room for ink over a line, and what stands below it."""
    sheet, y = page.sheet, page.y - 3.6
    for row, line in enumerate(typeface.wrapped(one.part, typeface.BOLD, 8.2, _HALF * MM)[:2]):
        sheet.text(x, y - 3.5 * row, line, typeface.BOLD, 8.2)
    y -= 3.5 + page.ink
    sheet.rule(x, y, x + _HALF, y, 0.25, BLACK)
    sheet.text(x + _HALF - 20, y + page.ink - 5, page.say("ink"), typeface.NARROW, 6.2, (0.7, 0.7, 0.7))
    for text, font, size, ink, leading in lines:
        y -= leading
        sheet.text(x, y, text, font, size, ink)


def rests(page: Page, block: Rests) -> None:
    """The checkpoint: its short line large enough to be read aloud, a code, and what the deed cannot prove."""
    sheet, wide = page.sheet, WIDE - _CODE - 4
    limits = [typeface.wrapped(one, typeface.NARROW, 7.6, (WIDE - 4) * MM) for one in block.limits]
    explained = typeface.wrapped(block.explained, typeface.NARROW, 7.6, wide * MM)
    lines = [line for one in block.lines for line in typeface.wrapped(one, typeface.NARROW, 7.2, wide * MM)]
    high = max(_CODE + 2 if block.mark else 0, 14 + len(explained) * 3.3 + len(lines) * 3.2)
    page.room(HEADING + high + sum(len(one) * 3.3 + 0.6 for one in limits) + (HEADING if limits else 0))
    page.heading(block.title, 0)
    top = page.y
    if block.mark:
        modules = 17 + 4 * qr.smallest_version(len(block.mark.encode())) + 2 * QUIET
        with sheet.part("Figure", page.say("code")):
            qr.draw(sheet, RIGHT - _CODE, top - 1 - _CODE, _CODE / modules, block.mark)
    with sheet.part("P"):
        page.y -= 8.6
        if block.short:
            sheet.fitted(LEFT, page.y, block.short, typeface.CODE, 16, wide)
        else:
            sheet.rule(LEFT, page.y, LEFT + wide, page.y, 0.25, BLACK)
        page.y -= 1.4
        page.lines(explained, LEFT, typeface.NARROW, 7.6, 3.3)
        page.y -= 1
        page.lines(lines, LEFT, typeface.NARROW, 7.2, 3.2)
    page.y = min(page.y, top - high)
    if not limits:
        return
    page.heading(block.limits_title, 0)
    with sheet.group("L"):
        for one in limits:
            with sheet.part("LI"):
                sheet.text(LEFT, page.y - 2.9, "■", typeface.PLAIN, 4.5, RED)
                page.lines(one, LEFT + 4, typeface.NARROW, 7.6, 3.3)
            page.y -= 0.6
