"""What is known of a journey before anybody asks: from the manifest, the last trip, the last handoff on this leg, the plan (chapter 18).

It is shown on one page, marked as a proposal with where it comes from; Enter accepts it, and one key changes one thing. Where the plan
asks for no escort, and nobody came this way today, people are asked on that page how many go along, and for nothing else: who says it has
the whole page before him, and says with it that the rest is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from custody.i18n import words
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.questions import Answers, escorts, escorts_or, listed, order, vehicle
from custody_cli.table.handing import CARRIERS
from custody_cli.table.journeys import Wishes, asked

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.manifest import Journey

_LOOKED = 200  # entries that are looked through for the last handoff on this leg
# What is typed on the page to change one thing: its number, or a word.
CHANGES = {
    **dict.fromkeys(("1", "pengawal", "escort", "escorts"), "escort"),
    **dict.fromkeys(("2", "sprin", "order"), "order"),
    **dict.fromkeys(("3", "kendaraan", "pelat", "vehicle", "plate"), "vehicle"),
    **dict.fromkeys(("4", "angkutan", "carrier"), "carrier"),
    **dict.fromkeys(("5", "barang", "things"), "things"),
}
PROPOSED = "proposed"  # among answers: what nobody said, by what it is, with where it comes from
ASKED: Mapping[str, Callable[[App], object]] = {
    "escort": escorts,
    "order": order,
    "vehicle": vehicle,
    "carrier": lambda app: listed(app, app.say("cli.scan.ask.carrier"), "carrier", CARRIERS),
}


@dataclass(frozen=True)
class Known:
    """Who goes along and in what, as far as it is known; escort None: nobody can tell who goes along, so people are asked.

    source: where it comes from (`load`, `last`, `alike`, `plan`); the order comes from the load where that names one.
    """

    escort: int | None = None
    order: str | None = None
    vehicle: str | None = None
    carrier: str | None = None
    source: str = "plan"
    order_source: str = "plan"

    def of(self, what: str) -> str:
        """Where one of its values comes from; `unasked` where there is none, as nobody was asked either."""
        if getattr(self, what) is None:
            return "unasked"
        return self.order_source if what == "order" else self.source


def known(opened: Office, head: Mapping[str, Any]) -> Known:
    """What is known of the journey that a draft's head tells of."""
    before = head.get("before") or {}
    if before.get("escort") is not None:
        return Known(before["escort"], before["order"], before["vehicle"], before.get("carrier"), "load", "load")
    last = _last(opened, head)
    if last is not None:
        escort, own = last["escort"], last["giver"] == head["names"].get("giver")  # another's vehicle is not this one's
        carrier, source = last["carrier"] if own or not last["vehicle"] else None, "last" if own else "alike"
        order, vehicle = before.get("order") or escort["order"], last["vehicle"] if own else None
        return Known(escort["count"], order, vehicle, carrier, source, "load" if before.get("order") else source)
    leg = opened.ledger.state.places.step(head["start"], head["end"], opened.ledger.size).leg
    planned = leg.escorts if leg is not None and leg.escorts else None  # that a plan asks for nobody is no testimony that nobody came
    return Known(planned, before.get("order"), order_source="load")


def _last(opened: Office, head: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The last handoff of this day by the same giver from here to there; else the last one there from a place like this one."""
    from custody.core import entry as entries
    from custody.i18n.dates import local

    today, size, alike = local(opened.now(), opened.zone).date(), opened.ledger.size, None
    for index in range(size - 1, max(0, size - 1 - _LOOKED), -1):
        one = entries.parse(opened.ledger.note(index)).statement
        if one.kind.name != "handoff" or one.body["unsigned"] is not None or local(one.body["at"], opened.zone).date() != today:
            continue
        if (one.body["from"], one.body["to"], one.body["giver"]) == (head["start"], head["end"], head["names"].get("giver")):
            return one.body
        alike = alike or (one.body if _alike(opened, one.body, head) else None)
    return alike


def _alike(opened: Office, body: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    """Whether a handoff went to the same place from a place of the same kind, such as from another TPS to this PPS."""
    places, size = opened.ledger.state.places, opened.ledger.size
    kinds = {one.kind if (one := places.get(code, size)) is not None else None for code in (body["from"], head["start"])}
    return bool(body["to"] == head["end"] != head["start"] and body["from"] != body["to"] and len(kinds) == 1)


def settled(
    app: App, opened: Office, wishes: Wishes, head: Mapping[str, Any], answers: Answers, yes: bool, ask: Callable[[Wishes], int | None]
) -> Wishes:
    """The wishes with what was answered or is known; asked for only where nothing is known, or where people want to say all anew.

    ask: shows the page, and asks on it how many go along; None where people want to say all anew.
    """
    wishes = replace(wishes, carrier=wishes.carrier or answers.said.get("carrier"))
    if yes:
        before = head.get("before") or {}
        return asked(app, replace(wishes, order=wishes.order or before.get("order")), answers, yes)
    if not answers.said.get("anew"):
        wishes = _proposed(known(opened, head), wishes, answers)
        if not wishes.no_escort and wishes.escort is None and "escort" not in answers.said:
            count = ask(wishes)
            if count is None:
                answers.forget()
                answers.keep("anew", True)
            else:
                answers.keep("escort", count)
                answers.agreed = len(answers.said)
    said = answers.said
    return asked(app, replace(wishes, order=wishes.order or said.get("order"), carrier=wishes.carrier or said.get("carrier")), answers, yes)


def _proposed(one: Known, wishes: Wishes, answers: Answers) -> Wishes:
    """The wishes with what is known of what nobody has said yet; what is only proposed is kept as such, with where it comes from.

    Where it is not known who goes along that is asked; what else there is stands on the page, to be changed there.
    """
    said = wishes.no_escort or wishes.escort is not None
    wanted = ("order", "vehicle") if one.escort is None else ("escort", "order", "vehicle")
    fresh = [what for what in wanted if what not in answers.said and not (what == "escort" and said) and not getattr(wishes, what)]
    if fresh:
        answers.keep(PROPOSED, {**answers.said.get(PROPOSED, {}), **{what: one.of(what) for what in fresh}})
    for what in fresh:
        answers.keep(what, getattr(one, what))
    return wishes if one.escort is None else replace(wishes, carrier=wishes.carrier or one.carrier)


def asked_on_page(app: App, count: int, answers: Answers, page: Callable[[], None]) -> int | None:
    """How many go along, asked on the page, where anything else may be said before; None where people want to say all anew.

    count: boxes. page: shows it as it stands. Raises `Back`, `Stop`.
    """
    words = {word: what for word, what in CHANGES.items() if what in ASKED and what != "escort" and not word.isdecimal()}
    words |= dict.fromkeys(("ubah", "change"), "anew")
    while True:
        page()
        said = escorts_or(app, app.say("cli.scan.agree.escort", count=count), words)
        if isinstance(said, int):
            return said
        if said == "anew":
            return None
        settle(answers, said, ASKED[said](app))


def settle(answers: Answers, what: str, value: object) -> None:
    """Somebody said it: it is no proposal any more."""
    answers.keep(what, value)
    answers.keep(PROPOSED, {name: source for name, source in answers.said.get(PROPOSED, {}).items() if name != what})


def in_order(said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Answers as the page has them, whatever was kept first; the others after them as they came."""
    first = tuple(ASKED)
    return sorted(said.items(), key=lambda item: first.index(item[0]) if item[0] in first else len(first))


# -- the page ---------------------------------------------------------------------------------------------------------------------


def lies(journey: Journey) -> bool:
    """Whether the boxes were found here, and make no journey."""
    return journey.unsigned is not None and journey.unsigned.reason == "found" and journey.start == journey.end


def show(
    app: App,
    names: Names,
    journey: Journey,
    planned: bool,
    proposed: Mapping[str, str] = MappingProxyType({}),
    open_: bool = False,
) -> None:
    """Where to, with whom, in what, what goes along and who gives, also where there is none of it.

    :param proposed: what of it nobody has said, and where it comes from. open_: how many go along is still to be said.
    """
    if lies(journey):
        return app.console.note(paint(app.say("cli.page.found", place=names.place(journey.place)), "head"))
    places = {"start": names.place(journey.start), "end": names.place(journey.end), "receiver": names.person(journey.receiver)}
    due = app.say("cli.scan.page.due", due=journey.due, zone=names.office.zone) if journey.due else ""
    app.console.note(paint(f"{app.say('cli.scan.page.leg', **places)}{due}", "head"))
    none, escort = app.say("cli.scan.page.none"), journey.escort
    count = app.say("cli.scan.page.unsaid") if open_ else str(escort.count or none)
    facts = {"escort": count, "order": escort.order or none, "vehicle": journey.vehicle or none}
    carrier = app.say(f"carrier.{journey.carrier}") if journey.carrier else none
    app.console.note(paint(app.say("cli.scan.page", **facts, carrier=carrier), "head"))
    if proposed:
        marks = tuple(f"{app.say(f'cli.scan.page.of.{one}')} {app.say(f'cli.scan.page.from.{source}')}" for one, source in proposed.items())
        app.console.note(paint(app.say("cli.scan.page.proposed", told=marks), "warn"))
    if planned or journey.things:
        told = " · ".join(f"{_thing(app, name)} {count}" for name, count in journey.things) or none
        app.console.note(paint(app.say("cli.scan.page.things", things=told), "head"))
    unsigned = journey.unsigned
    code, tone = ("cli.scan.page.giver", "head") if unsigned is None else ("cli.scan.page.unsigned", "bad")
    reason = unsigned.reason if unsigned is not None else "-"
    return app.console.note(paint(app.say(code, giver=names.person(journey.giver), reason=reason), tone))


def _thing(app: App, name: str) -> str:
    return app.say(f"thing.{name}") if words.known(f"thing.{name}") else name
