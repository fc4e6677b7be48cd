"""The lines of text on a page, and the entries that they rest on (spec chapter 13, CHECK-11).

Only for telling somebody where to look: what is compared is every sign of a page, not its lines.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from custody.i18n import words
from custody.paper.checking.pagesigns import signs

Fonts = Mapping[bytes, Mapping[int, str]]
_HEADING = 9.5  # points: what is larger than rows of a table and their heads
_OPERATOR = re.compile(rb"[A-Za-z][A-Za-z0-9]{0,3}\*?|['\"]")
_VALUES = (b"true", b"false", b"null")
_PAIR = re.compile(rb"<([0-9A-F]{2})> <([0-9A-F]{4})>")
_HEADS = ("report.entries", "report.event.entry", "report.seal.entry", "report.evidence.entry")
_ENTRIES = re.compile(r"[0-9][0-9., ]*")
_SPOKEN = re.compile(r"\b(?:entri|entry)\s+([0-9][0-9.,]*[0-9]|[0-9])", re.IGNORECASE)
_MOST_OPERANDS = 4_000


class Run(NamedTuple):
    """Text that was shown at one place. x and y: points from the lower left corner; at: which sign of the content showed it."""

    x: float
    y: float
    text: str
    font: bytes
    size: float
    at: int


class Line(NamedTuple):
    """What stands at one height, from left to right. y: points."""

    y: float
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """As it is read, two spaces between what stands apart."""
        return "  ".join(run.text for run in self.runs)


def letters(cmap: bytes) -> dict[int, str]:
    """The letters of a font of ours, by code, from its own table (`ToUnicode`)."""
    return {int(code, 16): chr(int(letter, 16)) for code, letter in _PAIR.findall(cmap) if letter != b"0000"}


def lines(content: bytes, fonts: Fonts) -> list[Line]:
    """The lines of a page from the top down, as far as its content can be read."""
    rows: dict[float, list[Run]] = {}
    for run in _runs(content, fonts):
        rows.setdefault(round(run.y, 1), []).append(run)
    return [Line(y, tuple(sorted(rows[y], key=lambda run: (run.x, run.at)))) for y in sorted(rows, reverse=True)]


def words_of(content: bytes, fonts: Fonts) -> str:
    """The letters of a page in the order in which they are shown, without white space, as far as its content can be read."""
    return "".join("".join(run.text.split()) for run in _runs(content, fonts))


def entries(page: Sequence[Line], number: int) -> str:
    """The entries, as they stand there, that a line of a drawn page rests on; "" where it does not say."""
    for above in range(number, -1, -1):
        line = page[above]
        heads = [run for run in line.runs if run.text in _words()]
        if heads:
            return _below(page[above + 1 : number + 1], heads[0].x) if above < number else ""
        if any(run.size > _HEADING for run in line.runs):
            break
    said = _SPOKEN.search(page[number].text)
    return said[1] if said else ""


def _below(rows: Sequence[Line], x: float) -> str:
    """What stands lowest under a head: in the first line of the row to which the last of these lines belongs."""
    for line in reversed(rows):
        for run in line.runs:
            if abs(run.x - x) < 1 and _ENTRIES.fullmatch(run.text):
                return run.text
    return ""


@cache
def _words() -> frozenset[str]:
    """What stands above entries in a table, in every language."""
    return frozenset(words.say(code, {}, lang) for code in _HEADS for lang in words.LANGUAGES)


def _runs(content: bytes, fonts: Fonts) -> Iterator[Run]:
    """Text with its place, as far as the content can be read; what is shown behind it without another place belongs to it."""
    x = y = size = 0.0
    font, last = b"", None
    for at, operator, given in _operations(content):
        numbers = _numbers(given)
        if operator == b"Tf" and numbers and len(given) > 1:
            font, size = given[-2][1], numbers[-1]
        elif operator in (b"Tm", b"Td", b"TD") and len(numbers) > 1:
            moved = operator != b"Tm"
            x, y = (x if moved else 0) + numbers[-2], (y if moved else 0) + numbers[-1]
            if last is not None:
                yield last
            last = None
        elif operator in (b"Tj", b"TJ", b"'", b'"'):
            shown = "".join(_shown(sign, fonts.get(font, {})) for kind, sign in given if kind == "string")
            last = Run(x, y, shown, font, size, at) if last is None else last._replace(text=last.text + shown)
    if last is not None:
        yield last


def _operations(content: bytes) -> Iterator[tuple[int, bytes, list[tuple[str, bytes]]]]:
    """Each operator with what stands before it."""
    given: list[tuple[str, bytes]] = []
    try:
        for at, (kind, sign) in enumerate(signs(content)):
            if kind == "sign" and _OPERATOR.fullmatch(sign) and sign not in _VALUES:
                yield at, sign, given
                given = []
            elif len(given) < _MOST_OPERANDS:
                given.append((kind, sign))
    except ValueError:  # from here on nobody knows what it says
        return


def _numbers(given: Iterable[tuple[str, bytes]]) -> list[float]:
    found = []
    for kind, sign in given:
        if kind == "sign" and re.fullmatch(rb"-?[0-9]{0,9}\.?[0-9]{0,9}", sign) and sign.strip(b"-."):
            found.append(float(sign))
    return found


def _shown(text: bytes, known: Mapping[int, str]) -> str:
    """Letters of a string; of another font than ours they are guessed, as most write them."""
    return "".join(known.get(code, chr(code)) for code in text)
