"""Text for a label printer drawn as a picture, command by command as the ZPL II guide has them; what it does not know it refuses."""

import io
import re
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFont
from PIL.Image import Image as Picture

from custody.paper.canvas import typeface

_COMMAND = re.compile(r"[\^]([A-Z][A-Z0-9])([^\^]*)")
_FIRST = 255


class Written(NamedTuple):
    """A line of text: where its base line begins, how high, and the text."""

    x: int
    y: int
    high: int
    wide: int
    text: str


class View(NamedTuple):
    """What the printer would put on one label."""

    picture: Picture
    codes: Picture  # the graphic fields alone
    texts: list[Written]


def views(data: bytes) -> list[View]:
    """Every label of a file."""
    return [_view(one) for one in re.findall(r"\^XA(.*?)\^XZ", data.decode("ascii"), re.DOTALL)]


def _view(commands: str) -> View:
    size, found = {"PW": 0, "LL": 0}, list[Written]()
    at, font, reverse, typeset = (0, 0), (0, 0), False, False
    picture = codes = Image.new("L", (0, 0))
    for name, rest in _COMMAND.findall(commands):
        given = rest.strip().split(",")
        if name in size:
            size[name] = int(given[0])
            picture, codes = (Image.new("L", (size["PW"], size["LL"]), _FIRST) for _ in "ab")
        elif name in ("FO", "FT"):
            at, reverse = (int(given[0]), int(given[1])), False
        elif name == "A0":
            font = int(given[1]), int(given[2])
        elif name == "FR":
            reverse = True
        elif name == "FH":
            typeset = True
        elif name == "FD":
            assert typeset
            text = re.sub("_([0-9A-F]{2})", lambda hexed: chr(int(hexed[1], 16)), rest.rstrip("\n"))
            found.append(Written(*at, *font, text))
            letters, corner = _letters(found[-1])
            _put(picture, letters, corner, reverse)
        elif name == "GB":
            _put(picture, _box(*map(int, given)), at, False)
        elif name == "GD":
            wide, high, thick = map(int, given[:3])
            up, down = (at[1] + high, at[1]) if given[4] == "R" else (at[1], at[1] + high)
            ImageDraw.Draw(picture).line((at[0], up, at[0] + wide, down), fill=0, width=thick)
        elif name == "GF":
            graphic = _graphic(rest)
            codes.paste(graphic, at)
            picture.paste(graphic, at)
        elif name not in ("FS", "LH"):
            raise ValueError(name)
        elif name == "FS":
            typeset = False
    return View(picture, codes, found)


def _box(wide: int, high: int, thick: int) -> Picture:
    """A black frame, or a bar where its lines meet."""
    box = Image.new("L", (wide, high), 0)
    if min(wide, high) > 2 * thick:
        box.paste(_FIRST, (thick, thick, wide - thick, high - thick))
    return box


def _put(picture: Picture, field: Picture, at: tuple[int, int], reverse: bool) -> None:
    """A field over what is there: black stays black; reversed, black upon black is white."""
    area = (*at, at[0] + field.width, at[1] + field.height)
    below = picture.crop(area)
    merged = ImageChops.invert(ImageChops.difference(below, field)) if reverse else ImageChops.darker(below, field)
    picture.paste(merged, area)


def _letters(line: Written) -> tuple[Picture, tuple[int, int]]:
    """With the bold font of the sheets, which is about as wide as the printer's own; and its upper left corner."""
    font = _font(line.high)
    left, top, right, foot = (round(part) for part in font.getbbox(line.text, anchor="ls"))
    field = Image.new("L", (max(1, right - left), max(1, foot - top)), _FIRST)
    ImageDraw.Draw(field).text((-left, -top), line.text, fill=0, font=font, anchor="ls")
    return field.resize((max(1, field.width * line.wide // line.high), field.height)), (line.x + left, line.y + top)


@cache
def _font(high: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(typeface.data(typeface.SIGN)), high)


def _graphic(rest: str) -> Picture:
    kind, total, count, wide, data = rest.split(",", 4)
    assert kind == "A" and total == count
    rows, digits, row = list[str](), int(wide) * 2, ""
    for mark in data.removesuffix("\n"):
        if mark == ":":
            assert not row
            rows.append(rows[-1])
            continue
        row += mark
        if len(row) == digits:
            rows.append(row)
            row = ""
    assert not row and len(rows) * int(wide) == int(total)
    light = bytes(255 - byte for byte in bytes.fromhex("".join(rows)))  # a set bit is a black dot
    return Image.frombytes("1", (digits * 4, len(rows)), light).convert("L")
