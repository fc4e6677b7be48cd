"""An opening from people to receipts: what is asked, what is shown before anybody signs, and whose signature may lack (chapter 10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError, KeyTrouble
from custody_cli.boxes import daily
from custody_cli.boxes.known import Known
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import Answers, Back, listed, or_none
from custody_cli.ground.questions import told as asked_until
from custody_cli.occasions import attending, resealing
from custody_cli.room.doors import things, things_told
from custody_cli.table import handing
from custody_cli.table.journeys import needed
from custody_cli.table.terms import Done, Terms, Turn

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.findings import Finding
    from custody.core.holding import Holding
    from custody.core.statement import Statement
    from custody.station.manifest import Seen
    from custody.station.occasions import Opening
    from custody.station.table import Seat

# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
BASES = ("plenary", "court-order", "kpu-order", "recount", "inspection", "emergency", "none")
MOST = 60  # boxes whose seals are shown to a signer
_FORGOTTEN = frozenset(("key.passphrase", "key.empty"))
_CLOCK = re.compile(r"\d{1,2}[.:]\d\d", re.ASCII)


@dataclass(frozen=True)
class Cut:
    """What the command line says of an opening, but for its boxes, keys and times."""

    why: str | None = None
    order: str | None = None
    guests: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    taken: str | None = None
    returned: str | None = None
    closed: str | None = None
    ajar: bool = False
    uncut: bool = False
    photos: tuple[Path, ...] = ()


def based(app: App, office: Office, cut: Cut, yes: bool) -> Cut:
    """The opening with its basis, asked before anything else: it decides who must be there, which is told before a seal is cut.

    Raises `WrongUse` where nobody may be asked; `Back`, `Stop`.
    """
    cut = replace(cut, why=cut.why or (needed("--why") if yes else _why(app)))
    rules = office.ledger.state.profile.openings.get(cut.why or "")
    for name, roles in (("present", rules.present), ("invited", rules.invited)) if rules else ():
        if roles:
            told = app.say(f"cli.open.rules.{name}", why=cut.why, roles=tuple(app.say(f"title.{role}") for role in roles))
            app.console.note(paint(told, "head"))
    return cut


def asked(app: App, office: Office, cut: Cut, answers: Answers, yes: bool) -> dict[str, Any]:
    """Basis, order, guests, invited, taken, returned: as said, else as answered.

    Raises `WrongUse` where nobody may be asked or a person or thing cannot be read; `Back`, `Stop`.
    """
    why = cut.why or (needed("--why") if yes else answers.once("why", lambda: _why(app)))
    rules = office.ledger.state.profile.openings.get(why)
    order = cut.order
    if order is None and why != "none" and not yes:
        order = answers.once("openorder", lambda: or_none(app, "cli.open.ask.order", _is_order))

    def people(name: str, said: Sequence[str], required: Sequence[str]) -> list[str]:
        if said or yes:
            return [attending.checked(office, one) for one in said]
        return answers.once(name, lambda: attending.asked(app, office, f"cli.open.ask.{name}", required))

    guests = people("guests", cut.guests, rules.present if rules else ())
    invited = people("invited", cut.invited, rules.invited if rules else ())
    taken, returned = _counted(app, cut, answers, yes)
    return {"why": why, "order": order, "guests": guests, "invited": invited, "taken": taken, "returned": returned}


def _counted(app: App, cut: Cut, answers: Answers, yes: bool) -> tuple[dict[str, int], dict[str, int]]:
    """What was taken out and what was put back; that it was nothing is said, too."""
    if cut.taken is not None:
        taken = things(cut.taken)
    else:
        taken = needed("--taken") if yes else answers.once("taken", lambda: _things(app, "cli.open.ask.taken"))
    if cut.returned is not None or not taken:
        return taken, things(cut.returned or "-")
    return taken, needed("--returned") if yes else answers.once("returned", lambda: _things(app, "cli.open.ask.returned", taken))


def began(app: App, office: Office, answers: Answers, terms: Terms) -> None:
    """When the seals are cut is asked when they are: Enter means this moment, which is kept. Nothing is asked where it was said."""
    if terms.happened is None and not terms.yes:
        answers.once("at.opened", office.now)
        answers.once("opened", lambda: _past(app, office.now(), office.zone, "cli.open.ask.opened"))


def times(app: App, office: Office, cut: Cut, answers: Answers, terms: Terms, shut: bool) -> tuple[str | None, str, str | None]:
    """When it was opened and how that is known, and when the boxes were shut again (None: they were not).

    Asked as soon as all boxes are read, before anything else: `began` has asked for the first. Raises `WrongUse`: `cli.open.closed`.
    """
    opened, basis = terms.happened, terms.basis
    if opened is None and not terms.yes:
        began(app, office, answers, terms)
        typed = answers.said["opened"]
        opened, basis = typed or answers.said["at.opened"], "memory" if typed is not None else "now"
    if not shut:
        return opened, basis, None
    opened = opened if opened is not None else office.now()
    return opened, basis, _closed(app, office, cut, answers, terms, opened)


def _closed(app: App, office: Office, cut: Cut, answers: Answers, terms: Terms, opened: str) -> str:
    """When the boxes were shut again, which is never before they were opened. Raises `WrongUse`: `cli.open.closed`."""
    if cut.closed:
        closed = past(cut.closed, office.now(), office.zone)
        if closed < opened:
            raise WrongUse("cli.open.closed", closed=closed, opened=opened, zone=office.zone)
        return closed
    if terms.yes:
        return office.now() if terms.happened is None else needed("--closed")
    now = answers.once("at.closed", office.now)
    while "closed" not in answers.said:
        closed = _past(app, office.now(), office.zone, "cli.open.ask.closed", opened=opened) or now
        if closed >= opened:
            answers.keep("closed", closed)
        else:
            app.console.warn(app.say("cli.open.closed", closed=closed, opened=opened, zone=office.zone))
    return str(answers.said["closed"])


def record(app: App, office: Office, seen: Sequence[Seen], seats: Sequence[Seat], terms: Terms, cut: Cut, place: str) -> Done | Turn:
    """The opening of these boxes, signed by the officer and who is with him. Returns and raises as `handing.record`.

    What the law would find is shown before, and stands in the statement with its reason; nothing that happened is refused.
    """
    opened, basis, closed = times(app, office, cut, terms.answers, terms, any(one.seals for one in seen))
    said = asked(app, office, cut, terms.answers, terms.yes)
    seen = resealing.spoken(app, office, seen, said["why"], cut.uncut, terms.answers, terms.yes)
    told = _told(office, cut, said, seats, place, closed)
    known, drafts = Known(office), list[Any]()

    def drafted(irregular: Mapping[str, str], note: dict[str, str] | None) -> list[Statement]:
        drafts[:] = draft(office, known, seen, told, tuple(irregular.items()), note, opened, basis)
        return drafts

    names = Names(office)
    return handing.record(
        app,
        office,
        drafted,
        seats,
        terms,
        len(seen),
        lambda: foreseen_on_boxes(office, drafts, [one.key.name for one in seats], daily.reused(office, seen)),
        page=lambda shown: show(app, names, shown),
        missing=_missing(app, names, terms),
    )


def draft(
    office: Office,
    known: Known,
    seen: Sequence[Seen],
    told: Opening,
    irregular: Sequence[tuple[str, str]],
    note: dict[str, str] | None,
    happened: str | None,
    basis: str,
) -> list[Statement]:
    """The statements of an opening as things stand now. Raises `Refused`: `manifest.empty`; `Malformed`."""
    from custody.core.holding import PHASES
    from custody.station import manifest, occasions

    known.forget()
    known.judge([one.box for one in seen])

    def points(last: Holding | None) -> Sequence[str]:
        return office.ledger.state.points_in(PHASES.get(told.basis, last.phase if last is not None else ""))

    rows = manifest.lines(seen, known.holding, points)
    return occasions.opening(office.common(happened, basis), told, rows, irregular, note)


def foreseen_on_boxes(office: Office, drafts: Sequence[Statement], signers: Sequence[str], also: Sequence[Finding] = ()) -> list[Finding]:
    """What only the fold of a box says of a draft (openings by one alone, signatures that lack), for the first box of each; and `also`."""
    from custody.core.act import Act

    found: dict[str, Finding] = {}
    for one in drafts:
        act = Act(one, office.ledger.size, frozenset(signers), frozenset())
        _, told = office.ledger.foresee(one.body["boxes"][0]["box"], act)
        mine = [item for item in told if item.code.startswith(("opening.", "box.closed")) and act.entry in item.entries]
        lawful = {item.code for item in daily.foreseen(office, [one], signers)}
        found |= {item.code: item for item in mine if item.code not in lawful}
    return [*found.values(), *also]


def show(app: App, names: Names, statements: Sequence[Statement]) -> None:
    """What a signer reads before the passphrase: each box with the seals that it bears now."""
    from custody.core.holding import seals_of

    body = statements[0].body
    boxes = [line for one in statements for line in one.body["boxes"]]
    left = sum(not line["seals"] for line in boxes)
    facts = {"why": body["basis"], "order": body["order"] or "—", "place": names.place(body["place"]), "count": len(boxes)}
    app.console.note(paint(app.say("cli.open.shown", **facts), "bad" if body["basis"] == "none" else "head"))
    for line in boxes[:MOST]:
        bad = any(seal["state"] in ("missing", "torn", "loose") for seal in line["seals"])
        told = seals_told(app, seals_of(line)) if line["seals"] else app.say("cli.open.shown.bare")
        shown = "  " + app.say("cli.open.shown.box", box=names.box(line["box"]), seals=told)
        app.console.note(paint(shown, "bad") if bad else shown)
    if len(boxes) > MOST:
        app.console.note("  " + app.say("cli.page.more", count=len(boxes) - MOST))
    for name in ("present", "invited"):
        app.console.note("  " + app.say(f"cli.open.shown.{name}", people=attending.told(app, names, body[name])))
    for name in ("taken_out", "put_back"):
        app.console.note(
            "  " + app.say(f"cli.open.shown.{name}", things=things_told(app, {one["thing"]: one["count"] for one in body[name]}))
        )
    facts = {"at": body["happened"]["at"], "closed": body["closed"] or "", "zone": names.office.zone}
    app.console.note("  " + app.say("cli.open.shown.times" if body["closed"] else "cli.open.shown.opened", **facts))
    if left:
        app.console.note(paint("  ! " + app.say("cli.open.shown.left", count=left), "bad"))


# -- questions -----------------------------------------------------------------------------------------------------------------


def _why(app: App) -> str:
    return listed(app, app.say("cli.open.ask.why"), "openingbasis", BASES)


def _is_order(typed: str) -> bool:
    from custody.core.shapes import ORDER

    return bool(ORDER.ok(typed)) and any(mark.isdigit() for mark in typed)


def _things(app: App, question: str, default: Mapping[str, int] | None = None) -> dict[str, int]:
    """Things with their figures on one line; Enter takes those that were taken out, where there are any."""

    def take(typed: str) -> dict[str, int] | None:
        if not typed:
            return dict(default) if default else None
        try:
            return things(typed)
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            return None

    shown = app.say(question, things=things_told(app, default or {}))
    return asked_until(app, shown, app.say("cli.open.ask.things.again"), take)


def _past(app: App, now: str, zone: str, question: str, **facts: object) -> str | None:
    """A moment that has passed; None for now, which Enter says."""

    def take(typed: str) -> tuple[str | None] | None:
        try:
            return (past(typed, now, zone),) if typed else (None,)
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            return None

    return asked_until(app, app.say(question, zone=zone, **facts), app.say("cli.open.ask.clock.again"), take)[0]


def past(typed: str, now: str, zone: str) -> str:
    """A moment as people type it; a clock alone is the last time it showed that. Raises `Malformed`."""
    from custody.i18n.dates import from_typed, local, parse_utc, utc_text

    typed = typed.strip()
    if not _CLOCK.fullmatch(typed):
        return from_typed(typed, zone)
    found = from_typed(f"{local(now, zone):%d-%m-%Y} {typed}", zone)
    return found if found <= now else utc_text(parse_utc(found) - timedelta(days=1))


def left_open(app: App, names: Names, seen: Sequence[Seen], cut: Cut, yes: bool) -> list[Seen]:
    """The boxes; those without a new seal were left open, which is said or asked for. Raises WrongUse("cli.open.seals"), `Back`."""
    bare = [one for one in seen if not one.seals]
    if bare and not cut.ajar:
        if yes:
            raise WrongUse("cli.open.seals", count=len(bare))
        few = [names.box(one.box) for one in bare[:6]]
        if not confirm(app.prompter, app.say("cli.open.ask.left", boxes=[*few, *["…"][: len(bare) > 6]], count=len(bare)), app.lang):
            raise Back("cli.ask.back")
    return [replace(one, seals=one.seals or None) for one in seen]


def _told(office: Office, cut: Cut, said: Mapping[str, Any], seats: Sequence[Seat], place: str, closed: str | None) -> Opening:
    """The opening; whoever signs and is not the officer is present, and guests beside."""
    from custody.station.manifest import Photo
    from custody.station.occasions import Opening
    from custody_cli.ground.photographs import digest

    officer, *others = seats
    keyed = dict.fromkeys([*(one.key.name for one in others), *said["guests"]])
    return Opening(
        said["why"],
        said["order"],
        place,
        officer.key.name,
        attending.attendants(office, list(keyed), random),
        attending.attendants(office, said["invited"], random),
        said["taken"],
        said["returned"],
        closed,
        tuple(Photo(digest(path)) for path in cut.photos),
    )


def _missing(app: App, names: Names, terms: Terms) -> Callable[[Seat, KeyTrouble], None]:
    """Somebody other than the officer cannot open his key: his signature may come later, where people say so."""

    def asked_of(one: Seat, error: KeyTrouble) -> None:
        if error.code not in _FORGOTTEN or terms.yes or one.slot == "officer":
            raise error
        app.console.warn(app.say("cli.handing.forgotten", name=names.person(one.key.name)))
        if not confirm(app.prompter, app.say("cli.open.without", name=names.person(one.key.name)), app.lang):
            raise error

    return asked_of
