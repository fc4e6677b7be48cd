"""Every drawing of a report or deed by its name, and what else its bytes hang on (spec chapter 13, DRAW-3 and DRAW-4)."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from reportlab import Version as REPORTLAB

from custody.core.errors import Undecided
from custody.i18n import words
from custody.paper.canvas import typeface
from custody.paper.deeds import drawn
from custody.paper.proven.evidence import Reading
from custody.paper.reports import report


class Drawing(NamedTuple):
    """How one drawing is made. draw: proven evidence in, the bytes of a PDF out. words: the catalogues whose sentences can stand on it."""

    draw: Callable[[Reading], bytes]
    words: tuple[str, ...]


DRAWINGS: dict[str, Drawing] = {  # every version that was ever released stays here (DRAW-4)
    "report-1": Drawing(report.draw, report.WORDS),
    **dict.fromkeys(drawn.FORMS, Drawing(drawn.draw, drawn.WORDS)),
}
_NEWEST = {"deed": "deed-1"}  # by kind of scope; of all others a report


def of_scope(kind: str) -> str:
    """The drawing in which a scope of this kind is issued now."""
    return _NEWEST.get(kind, "report-1")


def fits(drawing: str, kind: str | None) -> bool:
    """Whether a drawing shows what is asked for. kind: of the statement whose deed it is, None where the scope is no deed."""
    return drawing in DRAWINGS and (kind is None or drawn.shows(drawing, kind))


def draw(reading: Reading) -> bytes:
    """Draw what the facts ask for. Raises `Undecided("check.drawing")` for a drawing that nobody knows here."""
    drawing = DRAWINGS.get(reading.facts.drawing)
    if drawing is None:
        raise Undecided("check.drawing", drawing=reading.facts.drawing)
    return drawing.draw(reading)


@cache
def renderer(lang: str, drawing: str = "report-1") -> str:
    """What a page in this language is drawn with, beside the version of its drawing: the library, every word that can stand on it, and
    the fonts. Another one may draw other bytes (DRAW-3).
    """
    used = repr(sorted(_sentences(lang, DRAWINGS[drawing].words).items())), repr(sorted(typeface.HASHES.items()))
    said, fonts = (sha256(one.encode()).hexdigest()[:12] for one in used)
    return f"reportlab {REPORTLAB}, words {said}, fonts {fonts}"


def _sentences(lang: str, rooms: tuple[str, ...]) -> dict[str, str]:
    """The sentences of a drawing in one language by code: those of its catalogues, and words that they look up (`{state:sealstate}`)."""
    told = {code: fields[lang] for room in rooms for code, fields in words.catalogue(room).items()}
    prefixes = {place.form for sentence in told.values() for place in words.places(sentence)}
    wanted = {room for room, code in words.codes() if code.partition(".")[0] in prefixes or code == "paper.drill"}
    others = {code: fields[lang] for room in sorted(wanted) for code, fields in words.catalogue(room).items()}
    return told | {code: text for code, text in others.items() if code.partition(".")[0] in prefixes or code == "paper.drill"}
