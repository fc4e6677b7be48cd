"""Names as people type them: folded spellings and the distance between two (docs/adr/0002-intake-room.md)."""

import re
import unicodedata
from collections.abc import Iterable

_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u00b4`]")
_OTHER = re.compile(r"[^a-z0-9]+")
_TWICE = re.compile(r"(.)\1+")
# The spelling before 1972 beside today's, and the u of Timor written oe; in this order, so that dj is not read as d and j.
_OLD = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "sy"), ("nj", "ny"), ("ch", "kh"))
_ORDER = "abcdefghijklmnopqrstuvwxyz0123456789"
_RANK = re.compile(
    r"(?:provinsi|prov\b\.?|kabupaten|kab\b\.?|kecamatan|kec\b\.?|distrik|desa|ds\b\.?|kelurahan|kel\b\.?)\s*(?=\S)", re.IGNORECASE
)


def plain(name: str) -> str:
    """A name in lower case with single spaces and straight apostrophes: what counts as written exactly."""
    return " ".join(_APOSTROPHES.sub("'", name).casefold().split())


def fold(name: str) -> str:
    """A name without spaces, accents, apostrophes, double letters and old spelling: `T'Eba`, `TEBA` and `Teba` are one."""
    text = letters(name)
    for old, new in _OLD:
        text = text.replace(old, new)
    return _TWICE.sub(_single, text)


def letters(name: str) -> str:
    """The letters and digits of a name, in lower case and without accents; the spelling stays."""
    return _OTHER.sub("", unicodedata.normalize("NFKD", name).casefold())


def bare(name: str) -> str:
    """A name without the word for what it names: `Kec. Kangae` → `Kangae`. `Kota` stays: Kota Kupang is not Kupang."""
    return _RANK.sub("", name.strip(), count=1)


def _single(match: re.Match[str]) -> str:
    """Double letters fall together; double digits do not, since 11 is not 1."""
    return match[0] if match[1].isdigit() else match[1]


def mask(text: str) -> int:
    """The letters and digits of a folded name with how often they occur, as bits: four to a letter, more spill into the next.

    A cheap bound on the distance: each letter sets one bit more wherever it lands, so inserting or leaving one out changes one
    bit, replacing it two, swapping none.
    """
    bits = 0
    for mark in text:
        bit = 1 << 4 * _ORDER.index(mark)
        while bits & bit:
            bit <<= 1
        bits |= bit
    return bits


def allowed(text: str) -> int:
    """How many typing errors a word of this length may hold and still be taken for a suggestion."""
    return 0 if len(text) < 3 else 1 if len(text) < 6 else 2


def distance(left: str, right: str, most: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from one to the other; `most + 1` where it is more than `most`."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        before, last, row = row, before, [at]
        for to, other in enumerate(right, 1):
            cost = min(_one_side(before, row, to), before[to - 1] + (letter != other))
            if at > 1 and to > 1 and letter == right[to - 2] and left[at - 2] == other:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _one_side(above: list[int], row: list[int], to: int) -> int:
    """The cheaper of leaving out a letter on one side or the other."""
    return min(above[to], row[to - 1]) + 1


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option most like `word`, or None where none is near: at most a third of its letters differ, or one, and never all."""
    best, least = None, min(max(1, len(word) // 3) + 1, len(word))
    for option in options:
        far = distance(word, option, least - 1)
        if far < least:
            best, least = option, far
    return best
