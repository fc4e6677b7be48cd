"""Forms of deeds to fill by hand where there is no printer, power or key: laid out as the deed, with lines to write on (chapter 21)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from custody.i18n import words
from custody.paper.canvas.table import Table
from custody.paper.deeds.blocks import Block, Deed, Listing, Pairs, Paragraph, Parties, Party, Point, Points, Rests, Signature, Signatures
from custody.paper.deeds.page import DeedPage, sheet_of

_GAP = "……………"
_AREAS, _BOXES, _THINGS, _PERSONS = "areas", "boxes", "things", "persons"


class Form(NamedTuple):
    """One form. title: of its words; told: code of its sentence; sides: who signs; pairs: what is asked for, with codes of its words.

    tables: which, with how many lines. command: how it is recorded later.
    """

    title: str
    told: str
    sides: tuple[str, ...]
    heading: str
    pairs: tuple[str, ...]
    tables: tuple[tuple[str, int], ...]
    command: str


_WAY = tuple(f"way.{name}" for name in ("from", "to", "at", "carrier", "vehicle", "escort", "order", "conditions"))
_HAND = tuple(f"waybill.{name}" for name in ("driver", "phone", "left", "stops", "came"))
_HANDOFF = 'custody handoff "…" --giver … --receiver … --photo {photo} --happened "{when}" --basis {paper}'
FORMS: dict[str, Form] = {
    "handoff": Form(
        "handoff", "handoff.complete", ("giver", "receiver", "recorder", "through"), "way", _WAY, ((_AREAS, 4), (_BOXES, 12), (_THINGS, 3)),
        _HANDOFF,
    ),
    "receipt": Form("receipt", "receipt", ("giver", "receiver"), "", (), ((_AREAS, 4), (_BOXES, 12), (_THINGS, 4)), _HANDOFF),
    "waybill": Form(
        "waybill", "waybill", ("giver", "receiver"), "way", (*_WAY, *_HAND), ((_AREAS, 6), (_THINGS, 4)),
        'custody handoff "…" --giver … --receiver … --offer --vehicle … --happened "{when}" --basis {paper}',
    ),
    "seal": Form(
        "seal", "seal", ("sealer", "witness"), "", ("seal.phase",), ((_AREAS, 2), (_BOXES, 18)),
        'custody seal "…" --sealer … --witness … --seals … --photo {photo} --happened "{when}" --basis {paper}',
    ),
    "opening": Form(
        "opening", "opening", ("officer", "present", "present", "present"), "opening.what",
        tuple(f"opening.{name}" for name in ("basis", "order", "begun", "closed", "taken", "put", "invited")), ((_BOXES, 12),),
        'custody open "…" --officer … --present … --photo {photo} --happened "{when}" --basis {paper}',
    ),
    "shift": Form(
        "shift", "shift", ("outgoing", "incoming"), "shift.state",
        tuple(f"shift.{name}" for name in ("counted", "door", "seal", "lock", "visitors", "team", "incidents")), ((_THINGS, 8),),
        'custody shift "…" --outgoing … --incoming … --photo {photo} --happened "{when}" --basis {paper}',
    ),
    "inspection": Form(
        "inspection.counted", "inspection", ("officer", "witness"), "inspection.result",
        (*(f"inspection.{name}" for name in ("counted", "missing", "extra")), "shift.door", "shift.lock", "inspection.defects"),
        ((_AREAS, 6), (_BOXES, 10)), 'custody inspect "…" --officer … --photo {photo} --happened "{when}" --basis {paper}',
    ),
    "incident": Form(
        "incident", "incident", ("signer", "known"), "incident.case",
        tuple(f"incident.{name}" for name in ("place", "happened", "owner", "due", "settles")), ((_BOXES, 10),),
        'custody incident "…" --key … --photo {photo} --happened "{when}" --basis {paper}',
    ),
    "visit": Form(
        "visit", "visit", ("officer", "leave"), "visit.what", tuple(f"visit.{name}" for name in ("why", "in", "out", "leave")),
        ((_PERSONS, 10),), 'custody visit "…" --who … --officer … --photo {photo} --happened "{when}" --basis {paper}',
    ),
}  # fmt: skip


@dataclass(frozen=True)
class BlankFacts:
    """Whose form it is. kind: one of `FORMS`. head: operation, kabupaten and election, the ledger and its authorities. short: the short
    line of the ledger's last checkpoint when it was printed, empty where none is at hand; origin: of the ledger. copies: for whom each is.
    """

    kind: str
    lang: str
    head: tuple[str, ...]
    drill: bool
    origin: str = ""
    short: str = ""
    copies: tuple[str, ...] = ("",)


def draw(facts: BlankFacts) -> bytes:
    """The form as a PDF, once for each copy."""
    form = FORMS[facts.kind]
    blank = _Blank(facts, form)
    title = blank.tell(f"title.{form.title}")
    deed = Deed(
        lang=facts.lang,
        head=facts.head,
        title=title,
        number=blank.say("number", gap=_GAP),
        subject=blank.say("subject", title=title),
        drill=facts.drill,
        blocks=tuple(blank.blocks()),
        foot=(facts.origin or _GAP, blank.say("foot")),
        copies=facts.copies,
    )
    sheet = sheet_of(deed)
    DeedPage(sheet, deed).draw()
    return sheet.finish()


class _Blank:
    def __init__(self, facts: BlankFacts, form: Form) -> None:
        self.facts, self.form = facts, form

    def say(self, code: str, **values: object) -> str:
        return words.say(f"deed.blank.{code}", values, self.facts.lang)

    def tell(self, code: str, **values: object) -> str:
        return words.say(f"deed.kind.{code}", values, self.facts.lang)

    def page(self, code: str, **values: object) -> str:
        return words.say(f"deed.page.{code}", values, self.facts.lang)

    def blocks(self) -> Iterator[Block]:
        """As on a deed: when and where, who, what, lists, signatures; then how it is entered."""
        form = self.form
        yield Paragraph(self.page("intro", weekday=_GAP, day=f"{_GAP}{_GAP}", clock=_GAP, place=_GAP * 4))
        yield Parties(tuple(Party(self.page(f"as.{side}"), "") for side in form.sides))
        what = self.say("what", gap=_GAP)
        facts = dict.fromkeys(("giver", "place", "start", "end", "step"), _GAP * 2)
        yield Paragraph(self.tell(form.told, **{**facts, "what": _GAP * 3 if form.told == "incident" else what}))
        if form.pairs:
            title = self.tell(form.heading) if form.heading else ""
            yield Pairs(title, tuple((self.tell(code), "") for code in form.pairs))
        for name, lines in form.tables:
            yield Listing(self._table(name), lines=lines)
        yield Pairs(self.say("differ"), (("", ""),) * 2)
        yield Paragraph(self.page("closing", copies=""))
        yield Signatures(self.page("signatures"), tuple(Signature(self.page(f"as.{side}")) for side in form.sides))
        yield from self._later()

    def _table(self, name: str) -> Table:
        number = words.say("report.number", {}, self.facts.lang)
        heads: dict[str, tuple[str, tuple[str, ...], tuple[float, ...]]] = {
            _AREAS: ("areas", (number, *map(self.page, ("area", "stations", "types", "count"))), (10, 60, 18, 62, 20)),
            _BOXES: ("list", (number, *map(self.page, ("box", "type", "seals")), self.say("state")), (10, 48, 18, 60, 34)),
            _THINGS: ("things", (number, *map(self.page, ("thing", "thing.count"))), (10, 120, 40)),
            _PERSONS: ("", (number, *(self.tell(f"visit.{part}") for part in ("person", "role", "house"))), (10, 90, 40, 30)),
        }
        code, named, widths = heads[name]
        return Table(self.page(code) if code else self.tell("visit.persons"), named, widths, ())

    def _later(self) -> Iterator[Block]:
        """How it comes into the ledger, and where its hash and its entry are written then."""
        command = self.form.command.format(photo=self.say("photo"), when=self.say("when"), paper=self.say("paper"))
        keyless = ("keyless",) if self.form.sides[0] == "giver" and "--offer" not in self.form.command else ()
        steps = ("photo.take", "enter", *keyless, "hash", "keep")
        yield Points(self.say("later"), tuple(Point(self.say(f"step.{step}", command=command, photo=self.say("photo"))) for step in steps))
        yield Pairs("", ((self.say("hash"), ""), (self.say("entry"), ""), (self.say("by"), "")))
        limits = tuple(self.say(f"limit.{code}") for code in ("form", "line"))
        explained = self.say("short" if self.facts.short else "short.none")
        lines = (self.facts.origin,) if self.facts.origin else ()
        yield Rests(self.say("rests"), self.facts.short, explained, "", lines, self.page("limits"), limits)
