"""The fonts that travel with the program: embedded in every paper, checked by hash, never taken from the system (chapter 13)."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

from reportlab.pdfbase.ttfonts import TTFont

from custody.core.errors import Altered

HASHES = {
    "DejaVuSans": "8cbe3d42d172795a89b39d891210d7a68066ab639c8c4019efcaf36d51f13ea9",
    "DejaVuSans-Bold": "e0a484e48b9bf380aabf6782a0529518e6420d7dd3a773fcbf5efd9bd7d2de94",
    "DejaVuSansCondensed": "f1019b85ead9731906a0eb19b4833711a9cafe6e0625131b94555eeeac6e25ff",
    "DejaVuSansMono-Bold": "9077df3d5b8eb89df0ac476a06a6aa6cec75c9a594810fdb670ad4eeadf5cf67",
    "BarlowSemiCondensed-Bold": "6bcae91da44200a095e295d60e809fd2982d764769e55aa7cc26492d2b172fd9",
    "BarlowSemiCondensed-Medium": "fbe5586fa9ff662032061d624c99db2e1e819a0fd839e3b451d3efb544cb50e0",
}
PLAIN, BOLD, NARROW, CODE, SIGN, NOTE = HASHES
CAPITALS = {SIGN: 0.7, NOTE: 0.7, CODE: 0.729}  # height of a capital letter, as a share of the size


@cache
def data(name: str) -> bytes:
    """The bytes of a font file. Raises `Altered("paper.font")` when they are not the ones this version was made with."""
    found = (files("custody.paper") / "fonts" / f"{name}.ttf").read_bytes()
    if sha256(found).hexdigest() != HASHES[name]:
        raise Altered("paper.font", name=name)
    return found


def load(name: str) -> TTFont:
    """A font for one document: a fresh object, since reportlab numbers its characters in the order of their first use."""
    return TTFont(name, BytesIO(data(name)), asciiReadable=True)


@cache
def _ruler(name: str) -> TTFont:
    return load(name)


class _Widths(dict[str, float]):
    """Advance of each character, in thousandths of the size; a character the font lacks counts as its widest digit."""

    def __missing__(self, char: str) -> float:
        return self["0"]


@cache
def _advance(name: str) -> Callable[[str], float]:
    widths = _Widths((chr(code), advance) for code, advance in _ruler(name).face.charWidths.items())
    return widths.__getitem__


def width(text: str, name: str, size: float) -> float:
    """Width in points."""
    return sum(map(_advance(name), text)) * size / 1000.0


def fitting_size(text: str, name: str, size: float, room: float, least: float) -> float:
    """The largest size up to `size`, down to `least` points, at which `text` fits into `room` points."""
    needed = width(text, name, size)
    return size if needed <= room else max(least, size * room / needed)


def cut(text: str, name: str, size: float, room: float) -> str:
    """The text, shortened with an ellipsis where even its least size does not fit."""
    if width(text, name, size) <= room + 0.01:  # a size that was made to fit may miss by a rounding
        return text
    while text and width(text + "…", name, size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, name: str, size: float, room: float) -> list[str]:
    """The text in lines of at most `room` points, broken at spaces (not at no-break spaces); a word longer than a line is broken."""
    lines, line = list[str](), ""
    for word in _words(text):
        trial = f"{line} {word}" if line else word
        if width(trial, name, size) <= room:
            line = trial
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, name, size, room)
        lines += whole
    return [*lines, line] if line or not lines else lines


def _words(text: str) -> list[str]:
    return [word for word in text.split(" ") if word]


def fitting_lines(text: str, name: str, most: float, least: float, wide: float, high: float, last: float = 1.0) -> tuple[float, list[str]]:
    """The largest size at which `text`, wrapped, fits into `wide` times `high` points, and its lines, evenly filled.

    last: height of the last line as a share of the size, less than 1 where nothing hangs below the base line. What does not fit at
    the least size is cut with an ellipsis: a label may lose the end of a sentence, never run over its neighbour.
    """
    size, longest = most, max((width(word, name, 1) for word in _words(text)), default=0.0)
    while size > least:
        if longest * size <= wide:
            lines = wrapped(text, name, size, wide)
            if (len(lines) - 1 + last) * size <= high:
                return size, _even(text, name, size, wide, max(longest * size, wide / 2), lines)
        size -= 0.25
    lines = wrapped(text, name, least, wide)
    kept = max(1, int(high / least + 1 - last))
    return least, lines if len(lines) <= kept else [*lines[: kept - 1], cut(" ".join(lines[kept - 1 :]), name, least, wide)]


def _even(text: str, name: str, size: float, wide: float, least: float, lines: list[str]) -> list[str]:
    """The same number of lines, as even as they get: no single word left over on the last."""
    for step in range(10):
        trial = wrapped(text, name, size, least + (wide - least) * step / 10)
        if len(trial) <= len(lines):
            return trial
    return lines


def _broken(word: str, name: str, size: float, room: float) -> list[str]:
    parts, part = [], ""
    for char in word:
        if part and width(part + char, name, size) > room:
            parts.append(part)
            part = ""
        part += char
    return [*parts, part]
