"""Checks a report: the evidence first, then the page drawn again and compared (spec chapter 13, CHECK-1 to CHECK-6; 22, OFFICE-5).

1 the file and its attachments · 2 the evidence: checkpoint, entries, signatures · 3 the report's own entry · 4 the page.
"""

from dataclasses import dataclass, replace
from typing import Literal

from custody.core.errors import CustodyError, Fact, Malformed, Undecided
from custody.core.policy import Policy
from custody.paper import drawings
from custody.paper.checking import officetail, pdffile, whereabouts
from custody.paper.checking.officetail import OfficeTail
from custody.paper.checking.redrawn import redrawn
from custody.paper.checking.whereabouts import Place
from custody.paper.proven import evidence
from custody.paper.proven.evidence import Evidence, Reading

Outcome = Literal["intact", "resaved", "altered", "undecided"]
ATTACHED = evidence.NAMES
_NO_TRUST = frozenset(("check.no-trust", "check.other-ledger"))


@dataclass(frozen=True)
class PaperVerdict:
    """The answer about one PDF.

    outcome: `intact` (byte for byte what the ledger draws), `resaved` (the same pages and evidence, packed anew by another
    program), `altered`, `undecided`. code and details say why. reading: the evidence, once it is proven. page: the first
    page that differs, 0 outside the pages. ahead: with how many bytes a file begins that are the whole drawn paper, though it goes on
    otherwise; 0 where it does not. place: the line there and its entry, where that can be told. tail: the office
    signature of a paper that holds; what its certificate is worth is another question (`officesignature.judge`).
    """

    outcome: Outcome
    code: str
    details: tuple[tuple[str, Fact], ...] = ()
    reading: Reading | None = None
    page: int | None = None
    tail: OfficeTail | None = None
    place: Place | None = None
    ahead: int = 0

    @property
    def holds(self) -> bool:
        """Whether the paper says what its evidence says."""
        return self.outcome in ("intact", "resaved")


def check(data: bytes, trust: Policy | None, here: str | None = None) -> PaperVerdict:
    """Judge a PDF with a trust file alone. Never raises for what the file holds.

    here: what this program draws with, `drawings.renderer` unless a vector says otherwise.
    """
    verdict = _judged(data, trust, here)
    if verdict.holds or verdict.ahead or verdict.code in _NO_TRUST or not pdffile.cut(data):
        return verdict
    return PaperVerdict("undecided", "check.cut", (("bytes", len(data)),), verdict.reading)


def _judged(data: bytes, trust: Policy | None, here: str | None) -> PaperVerdict:
    """The answer about the bytes as they are, whole or not."""
    reading: Reading | None = None
    try:
        files = pdffile.attachments(data, ATTACHED)
        if trust is None or not trust.logs:
            raise Undecided("check.no-trust")
        reading = evidence.read(Evidence(*(files[name] for name in ATTACHED)), trust)
        verdict = _page(data, reading, here)
    except Undecided as error:
        return PaperVerdict("undecided", error.code, tuple(error.facts.items()), reading)
    except Malformed as error:  # cut, or of another version: nobody can say what it was
        return PaperVerdict("undecided", "check.broken", (("why", error.code),), reading)
    except CustodyError as error:
        return PaperVerdict("altered", error.code, tuple(error.facts.items()), reading)
    return _witnessed(verdict, reading, trust)


def _page(data: bytes, reading: Reading, here: str | None) -> PaperVerdict:
    """Step 4: draw the page again from the evidence and compare."""
    drawn = drawings.draw(reading)
    told: tuple[tuple[str, Fact], ...] = (("size", reading.head.size), ("entry", reading.own.entry))
    if drawn == data:
        return PaperVerdict("intact", "check.intact", told, reading)
    if (tail := officetail.read(data, drawn)) is not None:
        return PaperVerdict("intact", "check.intact", told, reading, tail=tail)
    tail = officetail.padded(data, drawn)
    if tail is not None or officetail.only_white_behind(data, drawn):
        return PaperVerdict("resaved", "check.resaved", told, reading, tail=tail)
    return replace(_compared(data, drawn, reading, here, told), ahead=len(drawn) if data.startswith(drawn) else 0)


def _compared(data: bytes, drawn: bytes, reading: Reading, here: str | None, told: tuple[tuple[str, Fact], ...]) -> PaperVerdict:
    """The answer about a file that is not the drawn bytes."""
    try:
        return _object_by_object(data, drawn, reading, here, told)
    except Undecided as error:
        return PaperVerdict("undecided", error.code, tuple(error.facts.items()), reading)


def _object_by_object(data: bytes, drawn: bytes, reading: Reading, here: str | None, told: tuple[tuple[str, Fact], ...]) -> PaperVerdict:
    """Another file with the same content, or where it is another. Raises `Undecided`."""
    tail = officetail.saved_again(data)
    wanted = drawn if tail is None else officetail.signed(drawn, tail.moment, tail.cms)
    differs = pdffile.first_difference(data, wanted)
    if differs is None:
        return PaperVerdict("resaved", "check.resaved", told, reading, tail=tail)
    facts = reading.facts
    here = here or drawings.renderer(facts.lang, facts.drawing)
    if facts.renderer != here:
        raise Undecided("check.renderer", renderer=facts.renderer, here=here)
    if differs and redrawn(data, wanted):
        raise Undecided("check.redrawn", page=differs)
    code = "check.page" if differs else "check.outside-pages"
    details = ("page", differs), ("size", reading.head.size)
    return PaperVerdict("altered", code, details, reading, differs, place=_resting(whereabouts.place(data, wanted, differs), reading))


def _resting(place: Place | None, reading: Reading) -> Place | None:
    """The place with the entries of its deed, where a line of a deed names none itself: all of it rests on that one statement."""
    kind, sid = reading.facts.scope
    if place is None or place.entries or place.code not in whereabouts.OF_A_LINE or kind != "deed":
        return place
    return place._replace(entries=", ".join(str(one.entry) for one in reading.told if one.sid == sid))


def _witnessed(verdict: PaperVerdict, reading: Reading, trust: Policy) -> PaperVerdict:
    """A trust file may ask for witnesses (POLICY); without them nothing can be vouched for, but what is altered stays altered."""
    if not (verdict.holds and trust.requires_witnesses) or trust.witnessed(reading.checkpoint) is not None:
        return verdict
    return PaperVerdict("undecided", "check.unwitnessed", verdict.details, reading)
