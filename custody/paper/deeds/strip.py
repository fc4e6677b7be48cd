"""A receipt as a strip of paper: what was recorded, and the proof as a code (spec chapter 27). Facts in, always the same bytes out."""

from dataclasses import dataclass

from custody.i18n import words
from custody.paper.canvas import qr, typeface
from custody.paper.canvas.qr import QUIET
from custody.paper.canvas.sheet import BLACK, MM, WHITE, Sheet

WIDE, LEFT, RIGHT = 80.0, 5.0, 75.0  # a roll of 80 mm; also cut from A4
_LEADING, _LINE = 3.6, 7.6
_LIMITS = ("paper.strip.add", "paper.strip.keep", "paper.strip.proves", "report.companion")


@dataclass(frozen=True)
class StripFacts:
    """What a strip shows, in words of one language.

    what: the kind of statement and when; rows: names and values. proof: the tlog-proof without its note, which the code holds. short: the
    short line of its checkpoint.
    """

    lang: str
    operation: str
    drill: bool
    what: str
    entry: int
    sid: str
    rows: tuple[tuple[str, str], ...]
    origin: str
    short: str
    proof: str


def draw(facts: StripFacts) -> bytes:
    """The strip as a PDF of one page, as long as it needs. Raises `Malformed("qr.long")` for a proof that no code can hold."""
    modules = 17 + 4 * qr.smallest_version(len(facts.proof.encode()), "L") + 2 * QUIET
    lines = _lines(facts)
    tall = 34 + (RIGHT - LEFT) + _LEADING * len(lines)
    sheet = Sheet((WIDE, tall), words.say("paper.strip.title", {}, facts.lang), f"{facts.entry} · {facts.sid}", facts.lang)
    y = _head(sheet, facts, tall - 7)
    for font, text in lines[: -_limits(facts)]:
        sheet.fitted(LEFT, y, text, font, _LINE, RIGHT - LEFT)
        y -= _LEADING
    sheet.fitted(LEFT, y - 2.5, facts.short, typeface.CODE, 13, RIGHT - LEFT)
    y -= 5
    qr.draw(sheet, LEFT, y - (RIGHT - LEFT), (RIGHT - LEFT) / modules, facts.proof, "L")
    y -= RIGHT - LEFT + 3
    for font, text in lines[-_limits(facts) :]:
        sheet.fitted(LEFT, y, text, font, _LINE - 0.8, RIGHT - LEFT)
        y -= _LEADING
    sheet.next_page()
    return sheet.finish()


def _head(sheet: Sheet, facts: StripFacts, y: float) -> float:
    sheet.fitted(LEFT, y, facts.operation.upper(), typeface.BOLD, 7, RIGHT - LEFT)
    sheet.fitted(LEFT, y - 6, words.say("paper.strip.title", {}, facts.lang), typeface.BOLD, 14, RIGHT - LEFT)
    y -= 11
    if facts.drill:
        sheet.box(LEFT, y - 2, RIGHT - LEFT, 5, BLACK, None)
        sheet.centred(WIDE / 2, y - 0.6, words.say("paper.strip.drill", {}, facts.lang), typeface.BOLD, 8, WHITE)
        y -= 6
    return y


def _lines(facts: StripFacts) -> list[tuple[str, str]]:
    """What is told above the code, and below it how it is used."""
    head = [facts.what, words.say("paper.strip.entry", {"entry": facts.entry, "sid": facts.sid[:16]}, facts.lang)]
    lines = [(typeface.BOLD, line) for text in head for line in typeface.wrapped(text, typeface.BOLD, _LINE, (RIGHT - LEFT) * MM)]
    for name, value in facts.rows:
        lines += [(typeface.PLAIN, line) for line in typeface.wrapped(f"{name}: {value}", typeface.PLAIN, _LINE, (RIGHT - LEFT) * MM)]
    lines += [(typeface.NARROW, line) for line in typeface.wrapped(facts.origin, typeface.NARROW, _LINE, (RIGHT - LEFT) * MM)]
    return [*lines, *_told(facts)]


def _told(facts: StripFacts) -> list[tuple[str, str]]:
    sentences = [words.say(code, {}, facts.lang) for code in _LIMITS]
    return [
        (typeface.NARROW, line) for one in sentences for line in typeface.wrapped(one, typeface.NARROW, _LINE - 0.8, (RIGHT - LEFT) * MM)
    ]


def _limits(facts: StripFacts) -> int:
    return len(_told(facts))
