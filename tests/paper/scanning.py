"""Pages as they come back from a scanner or a telephone: drawn at 150 dots an inch, then tilted, blurred, shaded.

The same for the same seed.
"""

import io
from collections.abc import Callable
from random import Random
from typing import TypeVar

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from PIL.Image import Image as Picture

Change = Callable[[Picture, Random], Picture]
Seen = TypeVar("Seen")
TABLE = 150  # the grey of the desk that a page lies on


def tilted(degrees: float) -> Change:
    """Turned by up to so many degrees either way, the desk showing at the corners."""

    def change(page: Picture, random: Random) -> Picture:
        turn = random.uniform(degrees * 0.6, degrees) * random.choice((-1, 1))
        return page.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE)

    return change


def turned(page: Picture, random: Random) -> Picture:
    """Lying on its side or upside down."""
    return page.transpose(random.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)))


def blurred(radius: float) -> Change:
    return lambda page, random: page.filter(ImageFilter.GaussianBlur(radius * random.uniform(0.8, 1.0)))


def noisy(strength: int) -> Change:
    """Grain as of a telephone at night."""

    def change(page: Picture, random: Random) -> Picture:
        grain = Image.frombytes("L", page.size, random.randbytes(page.width * page.height)).point(lambda value: value * strength // 255)
        return ImageChops.add(ImageChops.subtract(page, grain), Image.new("L", page.size, strength // 2))

    return change


def shaded(page: Picture, random: Random) -> Picture:
    """One half lies in shade, with a soft edge that runs across the page."""
    edge = random.uniform(0.3, 0.7)
    light = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(light).polygon([(0, 64), (64, 64), (64, 64 * edge), (0, 64 * (1 - edge))], fill=90)
    soft = light.filter(ImageFilter.GaussianBlur(4)).resize(page.size, Image.Resampling.BICUBIC)
    return ImageChops.multiply(page, soft)


def slanted(page: Picture, random: Random) -> Picture:
    """Photographed from one side: the far edge is shorter."""
    wide, high = page.size
    inset = wide * random.uniform(0.06, 0.12)
    corners = (-inset, -inset * 0.3, 0, high, wide, high, wide + inset, -inset * 0.3)
    return page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=TABLE)


def sent(quality: int, longest: int) -> Change:
    """Sent through a messenger: made smaller, packed hard."""

    def change(page: Picture, random: Random) -> Picture:
        page = page.copy()
        page.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        packed = io.BytesIO()
        page.save(packed, "JPEG", quality=quality)
        return Image.open(packed).convert("L")

    return change


def copied(page: Picture, random: Random) -> Picture:
    """Through a worn copier: greys lost, specks, a little tilted."""
    page = tilted(1.0)(page.filter(ImageFilter.GaussianBlur(0.7)), random).point(lambda value: 0 if value < 135 else 255)
    pen = ImageDraw.Draw(page)
    for _ in range(400):
        x, y = random.randrange(page.width), random.randrange(page.height)
        pen.rectangle((x, y, x + 1, y + 1), fill=random.choice((0, 255)))
    return page


def stained(part: float) -> Change:
    """Blots over the foot of the page, as large together as so much of the code."""

    def change(page: Picture, random: Random) -> Picture:
        side = 22 / 210 * page.width
        pen, left, top = ImageDraw.Draw(page := page.copy()), page.width - side * 1.7, page.height - side * 1.3
        for _ in range(4):
            size = side * (part / 4 * 4 / 3.1416) ** 0.5
            x, y = left + random.uniform(0, side), top + random.uniform(0, side)
            pen.ellipse((x, y, x + size, y + size), fill=random.choice((40, 120)))
        return page

    return change


def then(*changes: Callable[[Seen, Random], Seen]) -> Callable[[Seen, Random], Seen]:
    """One after the other."""

    def change(seen: Seen, random: Random) -> Seen:
        for one in changes:
            seen = one(seen, random)
        return seen

    return change


CASES: dict[str, Change] = {
    "as drawn": lambda page, random: page,
    "tilted 3 degrees": tilted(3),
    "tilted 15 degrees": tilted(15),
    "on its side": turned,
    "blurred": blurred(0.9),
    "blurred more": blurred(1.3),
    "grain": noisy(70),
    "half in shade": shaded,
    "from one side": slanted,
    "messenger 1600": sent(60, 1600),
    "messenger 1280": sent(50, 1280),
    "copied": copied,
    "stained 5 %": stained(0.05),
    "stained 10 %": stained(0.10),
    "telephone": then(slanted, tilted(4), shaded, blurred(0.6), noisy(40), sent(75, 1754)),
}
