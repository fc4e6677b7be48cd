"""The band of a label: the type of election in words, its colour, and its hatching at both ends (spec chapter 12, LABEL-4)."""

from typing import Protocol

from custody.paper.canvas import typeface
from custody.paper.canvas.sheet import BLACK, MM, WHITE, Colour
from custody.paper.label import tincture
from custody.paper.label.frame import Rect

OUTLINE = 0.45


class Surface(Protocol):
    """What can be drawn on, in millimetres from the lower left corner; sizes of type are points."""

    def text(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = ...) -> None: ...
    def centred(self, x: float, y: float, text: str, font: str, size: float, colour: Colour = ...) -> None: ...
    def box(self, x: float, y: float, width: float, height: float, fill: Colour | None, line: float | None) -> None: ...
    def rule(self, x1: float, y1: float, x2: float, y2: float, line: float, colour: Colour = ...) -> None: ...
    def clipped(self, x: float, y: float, width: float, height: float) -> None: ...
    def restored(self) -> None: ...


def draw(sheet: Surface, area: Rect, name: str, small: str, colour: Colour | None, mono: bool) -> None:
    """Draw the band. `small` stands in a white strip below the name; without colour (spares) and on mono stock the ground is white."""
    area = area.grown(-OUTLINE / 2)  # the outline too stays inside
    fill = WHITE if colour is None or mono else colour
    strip = area.height * 0.26 if small else 0.0
    ground = Rect(area.x, area.y + strip, area.width, area.height - strip)
    end = min(ground.height * 0.55, area.width * 0.13) if colour is not None else 0.0
    sheet.box(*ground, fill, None)
    if colour is not None:
        for left in (ground.x, ground.right - end):
            _hatched(sheet, Rect(left, ground.y, end, ground.height), tincture.hatch(colour), tincture.ink(fill))
    centred(sheet, Rect(ground.x + end + 0.5, ground.y, ground.width - 2 * end - 1, ground.height), name.upper(), tincture.ink(fill))
    if small:
        centred(sheet, Rect(area.x + 0.5, area.y, area.width - 1, strip), small.upper(), BLACK, 11)
        sheet.rule(area.x, ground.y, area.right, ground.y, OUTLINE / 2, BLACK)
    sheet.box(*area, None, OUTLINE)


def _hatched(sheet: Surface, area: Rect, pattern: str, line: Colour) -> None:
    sheet.clipped(*area)
    step = max(0.7, area.height / 7)
    for x1, y1, x2, y2 in tincture.strokes(pattern, area, step):
        sheet.rule(x1, y1, x2, y2, step * 0.3, line)
    sheet.restored()
    for x in (area.x, area.right):
        sheet.rule(x, area.y, x, area.top, OUTLINE / 2, BLACK)


def centred(sheet: Surface, area: Rect, text: str, colour: Colour, most: float = 44) -> None:
    """Lines in the middle of an area, as large as it allows."""
    size, lines = typeface.fitting_lines(text, typeface.SIGN, most, 3.4, area.width * MM, area.height * 0.94 * MM)
    step = size / MM * 0.96
    capital = size / MM * typeface.CAPITALS[typeface.SIGN]
    y = area.y + (area.height + step * (len(lines) - 1) - capital) / 2
    for number, line in enumerate(lines):
        sheet.centred(area.x + area.width / 2, y - number * step, line, typeface.SIGN, size, colour)
