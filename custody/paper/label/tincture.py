"""Colours of elections on paper: an ink that can be read on them, and a hatching that tells them apart in black and white.

The hatching is that of heraldry (Petra Sancta, 1638): engravers had no colours either. Spec chapter 12, LABEL-4.
"""

from collections.abc import Iterator

from custody.paper.canvas.sheet import BLACK, WHITE, Colour
from custody.paper.label.frame import Rect

# The colours that KPU uses for ballots, and the lines drawn for each. A colour of another profile takes the lines of the nearest.
HATCHES: dict[str, tuple[Colour, str]] = {
    "grey": ((0.62, 0.62, 0.62), "grid"),
    "yellow": ((1.0, 0.86, 0.0), "dots"),
    "red": ((0.83, 0.09, 0.13), "vertical"),
    "blue": ((0.0, 0.32, 0.66), "horizontal"),
    "green": ((0.0, 0.55, 0.27), "falling"),
    "maroon": ((0.5, 0.0, 0.13), "crossed"),
    "lightblue": ((0.45, 0.75, 0.93), "dashes"),
    "tosca": ((0.25, 0.78, 0.72), "rising"),
}


def luminance(colour: Colour) -> float:
    """Relative luminance from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio from 1 to 21 (WCAG 2.2); 4.5 can be read."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink(ground: Colour) -> Colour:
    """Black or white, whichever stands out more: what stands out by brightness stands out on a black-and-white printer too."""
    return BLACK if contrast(ground, BLACK) >= contrast(ground, WHITE) else WHITE


def hatch(colour: Colour) -> str:
    """The name of the hatching of a colour."""
    return min(HATCHES.values(), key=lambda known: sum((a - b) ** 2 for a, b in zip(known[0], colour, strict=True)))[1]


def strokes(name: str, area: Rect, step: float) -> Iterator[tuple[float, float, float, float]]:
    """The lines of a hatching over an area, to be clipped to it: x1, y1, x2, y2 in millimetres. Dots are very short lines."""
    if name in ("horizontal", "grid"):
        yield from ((area.x, y, area.right, y) for y in _steps(area.y, area.top, step))
    if name in ("vertical", "grid"):
        yield from ((x, area.y, x, area.top) for x in _steps(area.x, area.right, step))
    if name in ("falling", "crossed"):
        yield from ((x, area.top, x + area.height, area.y) for x in _steps(area.x - area.height, area.right, step * 1.4))
    if name in ("rising", "crossed"):
        yield from ((x, area.y, x + area.height, area.top) for x in _steps(area.x - area.height, area.right, step * 1.4))
    if name in ("dots", "dashes"):
        long = step * (0.3 if name == "dots" else 0.9)
        for row, y in enumerate(_steps(area.y, area.top, step * 0.8)):
            yield from ((x, y, x + long, y) for x in _steps(area.x + (row % 2) * step * 0.8 - step, area.right, step * 1.6))


def _steps(start: float, end: float, step: float) -> Iterator[float]:
    count = int((end - start) / step)
    yield from (start + step * (number + 0.5) for number in range(count + 1) if start + step * (number + 0.5) < end)
