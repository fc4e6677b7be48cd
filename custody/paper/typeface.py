"""The fonts that travel with the program: embedded in every paper, checked by hash, never taken from the system (chapter 13)."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

from reportlab.pdfbase.ttfonts import TTFont

from custody.core.errors import Altered

HASHES = {
    "DejaVuSans": "2605299df88b1b3140594da87f29cb2060cea05a4c12099189313e9b4e2329c3",
    "DejaVuSans-Bold": "1071d20fdffd0608b34ff967fd8a5ccdf07cfa2c74c987b459deac021953665b",
    "DejaVuSansCondensed": "7324cb6599a047848fccbc5b0c223ab1389a6fdbc649fb990a6b7d39ab501006",
    "DejaVuSansMono-Bold": "ac2ab39a814f3a9bfbc2897152e6918252c1bacb8c05a6f4fecfd81022cbcd88",
}
PLAIN, BOLD, NARROW, CODE = HASHES


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


@cache
def _widths(name: str) -> dict[int, float]:
    return dict(_ruler(name).face.charWidths)


def width(text: str, name: str, size: float) -> float:
    """Width in points; a character the font lacks counts as its widest digit."""
    widths = _widths(name)
    spare = widths[ord("0")]
    return sum(widths.get(ord(char), spare) for char in text) * size / 1000.0


def fitting_size(text: str, name: str, size: float, room: float, least: float) -> float:
    """The largest size up to `size`, down to `least` points, at which `text` fits into `room` points."""
    needed = width(text, name, size)
    return size if needed <= room else max(least, size * room / needed)


def cut(text: str, name: str, size: float, room: float) -> str:
    """The text, shortened with an ellipsis where even its least size does not fit."""
    if width(text, name, size) <= room:
        return text
    while text and width(text + "…", name, size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, name: str, size: float, room: float) -> list[str]:
    """The text in lines of at most `room` points; a word longer than a line is broken."""
    lines, line = list[str](), ""
    for word in text.split():
        trial = f"{line} {word}" if line else word
        if width(trial, name, size) <= room:
            line = trial
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, name, size, room)
        lines += whole
    return [*lines, line] if line or not lines else lines


def _broken(word: str, name: str, size: float, room: float) -> list[str]:
    parts, part = [], ""
    for char in word:
        if part and width(part + char, name, size) > room:
            parts.append(part)
            part = ""
        part += char
    return [*parts, part]
