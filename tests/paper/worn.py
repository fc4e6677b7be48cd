"""Labels after a night outside: rendered as printed, then worn, dirtied, photographed; and how many of them two decoders still read.

`python -m tests.paper.worn [COUNT]` prints the table. The same for the same count: every picture has a seed of its own.
Lengths are millimetres on the label, so that a case means the same at every resolution.
"""

import io
import math
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as Xml
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from PIL.Image import Image as Picture

from custody.paper.label.labels import sheets
from custody.paper.label.stocks import STOCKS
from tests.paper import rendering
from tests.paper.samples import labels
from tests.paper.scanning import then

GROUND = 120  # the grey of what a label sticks on
AROUND = 4.0  # millimetres of it that a picture shows
SCRATCH = 0.7  # millimetres: the edge of a crate, a nail


class Shot(NamedTuple):
    """A picture, and how many of its pixels make a millimetre of the label."""

    picture: Picture
    dots: float


Change = Callable[[Shot, Random], Shot]


class Paper(NamedTuple):
    """What labels are printed on: a stock, and the dots of the printer in an inch."""

    stock: str
    dpi: int


PAPERS = {"thermal 203 dpi": Paper("thermal-100x50", 203), "A4 300 dpi": Paper("a4-24", 300)}


@cache
def printed(paper: Paper, count: int) -> tuple[tuple[str, Shot], ...]:
    """Labels as they come out of the printer, each with what its code holds."""
    stock, dots = STOCKS[paper.stock], 8.0 if paper.dpi == 203 else paper.dpi / 25.4  # a head of 203 dpi has 8 dots in a millimetre
    facts = list(labels(count, seed=paper.dpi))
    found, wide, high = [], *(round(side * dots) for side in stock.label)
    for data in sheets(facts, stock, "Label", "id"):
        for page in rendering.pages(data, dots * 25.4):
            for position in range(stock.per_page):
                x, y = stock.corner(position)
                left, top = round(x * dots), round((stock.page[1] - y - stock.label[1]) * dots)
                found.append(page.crop((left, top, left + wide, top + high)))
    return tuple((one.payload, _laid(Shot(picture, dots))) for one, picture in zip(facts, found, strict=False))


def _laid(shot: Shot) -> Shot:
    """The label on its box."""
    edge = round(AROUND * shot.dots)
    ground = Image.new("L", (shot.picture.width + 2 * edge, shot.picture.height + 2 * edge), GROUND)
    ground.paste(shot.picture, (edge, edge))
    return Shot(ground, shot.dots)


# -- what happens to a label ------------------------------------------------------------------------------------------------------


def blurred(millimetres: float) -> Change:
    return lambda shot, random: Shot(shot.picture.filter(ImageFilter.GaussianBlur(millimetres * shot.dots)), shot.dots)


def rotated(least: float, most: float) -> Change:
    def change(shot: Shot, random: Random) -> Shot:
        turn = random.uniform(least, most) * random.choice((-1, 1))
        return Shot(shot.picture.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=GROUND), shot.dots)

    return change


def perspective(part: float) -> Change:
    """Seen from one side: the far edge is shorter by this part at either end, and a little nearer."""

    def change(shot: Shot, random: Random) -> Shot:
        wide, high = shot.picture.size
        inset = wide * random.uniform(part * 0.6, part)
        corners = (-inset, -inset * 0.4, 0, high, wide, high, wide + inset, -inset * 0.4)
        turned = shot.picture.transform((wide, high), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=GROUND)
        return Shot(turned, shot.dots)

    return change


def scratched(count: int) -> Change:
    """So many lines, `SCRATCH` wide, from edge to edge through any point of the label, bare or black."""

    def change(shot: Shot, random: Random) -> Shot:
        picture = shot.picture.copy()
        pen, long = ImageDraw.Draw(picture), sum(picture.size)
        for _ in range(count):
            x, y, angle = random.uniform(0, picture.width), random.uniform(0, picture.height), random.uniform(0, math.pi)
            along = (long * math.cos(angle), long * math.sin(angle))
            ends = (x - along[0], y - along[1], x + along[0], y + along[1])
            pen.line(ends, fill=random.choice((20, 235)), width=round(SCRATCH * shot.dots))
        return Shot(picture, shot.dots)

    return change


def stained(part: float) -> Change:
    """Blots anywhere on the label, together as large as this part of it: mud and ink, dark or pale."""

    def change(shot: Shot, random: Random) -> Shot:
        picture = shot.picture.copy()
        edge, pen = AROUND * shot.dots, ImageDraw.Draw(picture)
        wide, high = picture.width - 2 * edge, picture.height - 2 * edge
        shares = [random.uniform(0.5, 1.5) for _ in range(5)]
        for share in shares:
            radius = math.sqrt(part * wide * high * share / sum(shares) / math.pi)
            x, y, flat = edge + random.uniform(0, wide), edge + random.uniform(0, high), random.uniform(0.7, 1.4)
            pen.ellipse((x - radius * flat, y - radius / flat, x + radius * flat, y + radius / flat), fill=random.choice((30, 80, 200)))
        return Shot(picture, shot.dots)

    return change


def shaded(shot: Shot, random: Random) -> Shot:
    """One half lies in deep shade, with a soft edge."""
    at = random.uniform(0.35, 0.65)
    light = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(light).polygon([(0, 64), (64, 64), (64, 64 * at), (0, 64 * (1 - at))], fill=75)
    soft = light.filter(ImageFilter.GaussianBlur(3)).resize(shot.picture.size, Image.Resampling.BICUBIC)
    return Shot(ImageChops.multiply(shot.picture, soft), shot.dots)


def grainy(shot: Shot, random: Random) -> Shot:
    """Night, and a small lens."""
    size = shot.picture.size
    grain = Image.frombytes("L", size, random.randbytes(size[0] * size[1])).point(lambda value: value * 60 // 255)
    return Shot(ImageChops.add(ImageChops.subtract(shot.picture, grain), Image.new("L", size, 30)), shot.dots)


def seen_at(dpi: float) -> Change:
    """So many pixels for an inch of the label, packed as a messenger packs."""

    def change(shot: Shot, random: Random) -> Shot:
        scale = dpi / 25.4 / shot.dots
        small = shot.picture.resize((round(shot.picture.width * scale), round(shot.picture.height * scale)), Image.Resampling.LANCZOS)
        packed = io.BytesIO()
        small.save(packed, "JPEG", quality=60)
        return Shot(Image.open(packed).convert("L"), dpi / 25.4)

    return change


CASES: dict[str, Change] = {
    "as printed": lambda shot, random: shot,
    "blurred 0.15 mm": blurred(0.15),
    "blurred 0.25 mm": blurred(0.25),
    "tilted 8 degrees": rotated(4, 8),
    "rotated 20 to 70 degrees": rotated(20, 70),
    "upside down": lambda shot, random: Shot(shot.picture.transpose(Image.Transpose.ROTATE_180), shot.dots),
    "1 scratch": scratched(1),
    "2 scratches": scratched(2),
    "3 scratches": scratched(3),
    "stained 5 %": stained(0.05),
    "stained 10 %": stained(0.10),
    "half in shade": shaded,
    "perspective": perspective(0.12),
    "photograph 100 dpi": then(perspective(0.08), rotated(2, 10), shaded, grainy, seen_at(100)),
}
# The least share that one of the two decoders reads. On a label as small as 70 × 37 mm the same scratch covers more of the code.
FLOOR = {"3 scratches": (0.95, 0.90), "2 scratches": (0.97, 0.94), "stained 5 %": (0.85, 0.85), "stained 10 %": (0.70, 0.70)}
USUAL = 0.98


def floor(paper: str, case: str) -> float:
    """From 0 to 1."""
    return FLOOR.get(case, (USUAL, USUAL))[list(PAPERS).index(paper)]


# -- who reads it ----------------------------------------------------------------------------------------------------------------


class Rate(NamedTuple):
    """Of so many labels in one case, those read by ZXing, by ZBar, by one of them; and those read as something that is not on the label."""

    count: int
    zxing: int
    zbar: int
    either: int
    wrong: int


def rate(paper: str, case: str, count: int) -> Rate:
    """Wear so many labels in one way and read them."""
    wanted, pictures = [], []
    for number, (payload, shot) in enumerate(printed(PAPERS[paper], count)):
        wanted.append(payload)
        pictures.append(CASES[case](shot, Random(f"{paper} {case} {number}")).picture)
    zxing, zbar = [set(rendering.codes(one)) for one in pictures], list(zbar_reads(pictures))
    wrong = sum(bool((one | other) - {own}) for own, one, other in zip(wanted, zxing, zbar, strict=True))
    one, other = ([own in read for own, read in zip(wanted, reads, strict=True)] for reads in (zxing, zbar))
    return Rate(len(wanted), sum(one), sum(other), sum(a or b for a, b in zip(one, other, strict=True)), wrong)


def zbar_reads(pictures: list[Picture]) -> Iterator[set[str]]:
    """What the program zbarimg reads on each picture."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number:05d}.png" for number in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            picture.save(file, compress_level=1)
        command = ["zbarimg", "--quiet", "--xml", "--nodbus", "-Sdisable", "-Sqrcode.enable", *map(str, files)]
        told = subprocess.run(command, capture_output=True, check=False)  # it ends with 4 where one picture has no code
        if told.returncode not in (0, 4):
            raise RuntimeError(told.stderr.decode())
        read: dict[str, set[str]] = {}
        for source in Xml.fromstring(told.stdout):
            texts = (one.text or "" for one in source.iter() if one.tag.endswith("}data"))
            read.setdefault(Path(source.attrib["href"]).name, set()).update(texts)
        for file in files:
            yield read.get(file.name, set())


def table(count: int) -> Iterator[str]:
    """The lines of the table, in per cent."""
    yield f"{count} labels of each paper in every case; per cent read by ZXing / by ZBar / by one of the two (at least)."
    yield ""
    yield f"| case | {' | '.join(PAPERS)} |"
    yield f"|---|{'---|' * len(PAPERS)}"
    for case in CASES:
        yield f"| {case} | {' | '.join(cell(paper, case, rate(paper, case, count)) for paper in PAPERS)} |"


def cell(paper: str, case: str, read: Rate) -> str:
    """`98 / 95 / 100 (98)`"""
    parts = " / ".join(f"{100 * part / read.count:.0f}" for part in (read.zxing, read.zbar, read.either))
    return f"{parts} ({100 * floor(paper, case):.0f})"


if __name__ == "__main__":
    for line in table(int(sys.argv[1]) if len(sys.argv) > 1 else 60):
        print(line, flush=True)
