"""`custody handoff`: one handoff from a list of boxes; also offers, their completion and withdrawal, and a giver who signs later."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import Refused
from custody_cli.boxes import acknowledging, daily
from custody_cli.boxes.choosing import Boxes, Choosing, with_boxes
from custody_cli.boxes.named import Names
from custody_cli.ground import photographs
from custody_cli.ground.app import App
from custody_cli.ground.desk import random
from custody_cli.ground.runtime import Exit, gathered, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keyring import within_reach
from custody_cli.table import handing, offers, scanning, sealsight, signingpage
from custody_cli.table.handing import ended, seat, typed
from custody_cli.table.happening import person
from custody_cli.table.journeys import Hands, Said, Wishes, needed, planned, with_escort, with_hands, with_time_and_answers, with_wishes
from custody_cli.table.reasons import reasons_for
from custody_cli.table.sealsight import Sight, with_sight
from custody_cli.table.terms import Done, Terms

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station.manifest import Journey, Seen
    from custody.station.table import Seat
    from custody_cli.boxes.acknowledging import Came


@dataclass(frozen=True)
class More:
    """What only a handoff from a list can say: escorts with keys, conditions, whose key is missing, offers that it withdraws."""

    escort_keys: tuple[str, ...]
    conditions: tuple[str, ...]
    giver_key_name: str | None
    withdraws: tuple[str, ...]
    due: str | None


@dataclass(frozen=True)
class Earlier:
    """Handoffs that are in the ledger already: an offer to complete, as it stands or not, and one that the giver acknowledges."""

    completed: str | None
    differs: bool
    acknowledged: str | None


with_more = gathered(
    "more",
    More,
    option("--escort-key", "escort_keys", multiple=True),
    option("--condition", "conditions", multiple=True),
    option("--giver-key-name"),
    option("--withdraw", "withdraws", multiple=True),
    option("--due"),
)
with_earlier = gathered(
    "earlier",
    Earlier,
    option("--complete", "completed"),
    option("--differs", is_flag=True),
    option("--acknowledge", "acknowledged"),
)


@define("handoff")
@with_boxes
@with_hands
@with_wishes
@with_more
@with_sight
@with_time_and_answers
@option("--offer", is_flag=True)
@with_earlier
@pass_app
def command(
    app: App, boxes: Boxes, hands: Hands, wishes: Wishes, more: More, sight: Sight, said: Said, offer: bool, earlier: Earlier
) -> int | None:
    sealsight.needed(sight, said.yes)
    with scanning.at_table(app) as opened:
        choosing = Choosing(opened)
        if earlier.acknowledged is not None:
            return _acknowledge(app, choosing, earlier.acknowledged, hands, sight, said.yes)
        if earlier.completed is not None:
            return _complete(app, choosing, earlier, hands, boxes, sight, said)
        seats, terms = handing.seated(app, hands.keys, hands.files), said.terms(opened, offer)
        journey = _journey(app, choosing, seats, wishes, more, terms)
        journey = _as_load(journey) if offer else journey
        if journey.unsigned is not None:
            seats = [one for one in seats if one.slot != "giver"]
        seen = sealsight.looked(app, choosing, _boxes(choosing, boxes, journey.withdraws), sight, said.yes)
        done = handing.hand_over(app, opened, journey, seen, seats, terms)
        assert isinstance(done, Done)  # nothing to turn back to
        return ended(app, opened, "handoff", done)


def _journey(app: App, choosing: Choosing, seats: "list[Seat]", wishes: Wishes, more: More, terms: Terms) -> "Journey":
    """The journey that was said, its ends by the people's own places where they were not."""
    from custody_cli.table.happening import to_come

    opened, names = choosing.office, {one.slot: one.key.name for one in seats}
    if "receiver" not in names:
        needed("--receiver")
    if "giver" not in names and more.giver_key_name is not None:
        names["giver"] = person(choosing, more.giver_key_name)
    start = choosing.place(wishes.start) if wishes.start else choosing.place_of(names.get("giver"), "--from")
    end = choosing.place(wishes.end) if wishes.end else choosing.place_of(names["receiver"], "--to")
    due = to_come(more.due, terms.happened or opened.now(), opened.zone) if more.due else None
    leg = start, end, choosing.place(wishes.place) if wishes.place else end
    along = tuple(person(choosing, one) for one in more.escort_keys)
    wishes = with_escort(app, wishes, terms.answers, terms.yes, len(along))
    withdraws = _parts(opened, more.withdraws)
    photos = photographs.shown(wishes.photos, choosing.box)
    journey = planned(names, leg, wishes, along, withdraws=withdraws, conditions=more.conditions, photos=photos, due=due)
    if wishes.unsigned is None and journey.giver is not None:
        return journey
    return handing.without_giver(app, opened, journey, terms, wishes.unsigned or needed("--giver"), wishes.giver_name, wishes.deed)


def _boxes(choosing: Choosing, boxes: Boxes, withdraws: tuple[str, ...]) -> "list[Seen]":
    """The boxes that were named; where none were, those of the offers that are taken back and made anew."""
    if boxes.what or boxes.file is not None or not withdraws:
        return choosing.seen(boxes)
    from custody.station.manifest import Seen

    offers = [daily.recorded(choosing.office, sid) for sid in withdraws]
    return [Seen(box) for box in dict.fromkeys(line["box"] for one in offers for line in one.body["boxes"])]


def _parts(opened: "Office", typed: tuple[str, ...]) -> tuple[str, ...]:
    """The offers that were named, each with all parts of its trip."""
    found: dict[str, None] = {}
    for one in (daily.recorded(opened, sid) for sid in typed):
        trip = (one.body.get("consignment") or {}).get("trip")
        parts = [part for part in daily.of_consignment(opened, one) if trip is None or part.body["consignment"]["trip"] == trip]
        found |= dict.fromkeys(part.sid for part in parts)
    return tuple(found)


def _as_load(journey: "Journey") -> "Journey":
    """An offer is a load of its own: what is received of it in part is told, and whoever unloads finds it waiting (LOAD-10)."""
    from custody.station.manifest import Load

    return replace(journey, load=journey.load or Load(random(16).hex()))


def _earlier(opened: "Office", sid: str) -> "Statement":
    """A handoff of the ledger. Raises Refused("daily.not-handoff")."""
    one = daily.recorded(opened, sid)
    if one.kind.name != "handoff":
        raise Refused("daily.not-handoff", sid=sid, kind=one.kind.name)
    return one


def _key(app: App, choosing: Choosing, hands: Hands, slot: str, yes: bool) -> Path:
    """The key file of somebody who signs alone: as named, or asked for from those within reach."""
    if slot in hands.keys or yes:
        return hands.one(slot)
    within = within_reach(app, choosing.known, slot)
    show_keys(app, choosing.known, Names(choosing.office), within)
    return ask_key(app, choosing.known, Slot(slot), app.say(f"cli.handoff.who.{slot}"), within) or needed(f"--{slot}")


def _acknowledge(app: App, choosing: Choosing, sid: str, hands: Hands, sight: Sight, yes: bool) -> int | None:
    """A giver who had not signed signs now."""
    opened = choosing.office
    one = _earlier(opened, sid)
    if one.body["unsigned"] is None:
        raise Refused("daily.signed-already", sid=one.sid)
    parts = daily.of_consignment(opened, one)
    sitting = seat(app, "giver", _key(app, choosing, hands, "giver", yes), hands.word())
    drafts = daily.ack_drafts(opened, parts, "giver", _looked(app, choosing, parts, None, sight, yes))
    signingpage.show(app, Names(opened), drafts)
    before = acknowledging.holders(opened, parts)
    submitted = daily.submit(opened, drafts, [sitting])
    idle, names = acknowledging.idle(opened, parts, submitted, sitting.key.name), Names(opened)
    for line in _came(app, names, acknowledging.came(opened, parts, submitted, before), sitting.key.name):
        app.console.note(line)
    if idle is None:
        return ended(app, opened, "handoff", Done(tuple(parts), submitted, (), "acknowledged", by=sitting.key.name))
    facts = {name: names.person(value) if name in ("key", "giver", "receiver", "holder") else value for name, value in idle.facts.items()}
    facts |= {"box": names.box(idle.facts["box"]), "command": typed(app, f"handoff --acknowledge {one.sid[:12]}")}
    app.console.warn(app.say(idle.code, **facts))
    app.console.note(f"{app.say('cli.next')} {app.next_step(idle.code, **facts)}")
    return ended(app, opened, "handoff", Done(tuple(parts), submitted, idle.found, "idle", by=sitting.key.name))


def _came(app: App, names: Names, what: "Came", by: str) -> list[str]:
    """Who signed in whose place, and what came of it, in words."""
    who = {"by": names.person(by), "holder": names.person(what.holder)}
    told = [app.say(f"cli.handoff.came.{role}", count=count, **who) for role, count in sorted(what.roles.items())]
    return told + [
        app.say("cli.handoff.came.moved", count=count, holder=names.person(holder)) for holder, count in sorted(what.moved.items())
    ]


def _complete(app: App, choosing: Choosing, earlier: Earlier, hands: Hands, boxes: Boxes, sight: Sight, said: Said) -> int | None:
    """The receiver takes an offer, as it was made or with the boxes and seals really found, at his own moment (FOLD-8)."""
    from custody.station import table

    opened = choosing.office
    offer = _earlier(opened, earlier.completed or "")
    sitting = seat(app, "receiver", _key(app, choosing, hands, "receiver", said.yes), hands.word())
    if sitting.key.name != offer.body["receiver"]:
        raise Refused("daily.not-receiver", name=sitting.key.name, receiver=offer.body["receiver"], sid=offer.sid)
    table.enrolled(opened.ledger.state.roster, sitting.key, opened.ledger.size)
    seen = choosing.seen(boxes) if earlier.differs else None
    parts = daily.of_consignment(opened, offer)
    signingpage.show(app, Names(opened), parts)
    found = _looked(app, choosing, parts, seen, sight, said.yes)
    return _received(app, opened, parts, sitting, found, said, seen is None and _as_offered(parts, found))


def _looked(app: App, choosing: Choosing, parts: "list[Statement]", seen: "list[Seen] | None", sight: Sight, yes: bool) -> "list[Seen]":
    """The boxes of a handoff, or those of them that were named, with what its other side says of their seals."""
    from custody.station.manifest import Seen

    offered = [line for part in parts for line in part.body["boxes"]]
    boxes = seen if seen is not None else [Seen(line["box"], **line["by"]) for line in offered]
    told = {line["box"] for line in offered if line["seals"]}
    return sealsight.looked(app, choosing, boxes, sight, yes, told)


def _as_offered(parts: "list[Statement]", seen: "list[Seen]") -> bool:
    """Whether the offer can be signed as it stands: of each box both sides saw the same seals, or neither did."""
    offered = {line["box"]: bool(line["seals"]) for part in parts for line in part.body["boxes"]}
    return all(not one.seals and (one.seals is not None) == offered[one.box] for one in seen)


def _received(
    app: App, opened: "Office", parts: "list[Statement]", sitting: "Seat", seen: "list[Seen]", said: Said, same: bool
) -> int | None:
    """What was really found, part by part; boxes that nobody offered are told and left out. same: all is as it was offered."""
    offered = {line["box"] for part in parts for line in part.body["boxes"]}
    strange = sorted(one.box for one in seen if one.box not in offered)
    for box in strange:
        app.console.warn(app.say("cli.handoff.not-offered", box=box))
    taken, terms = [one for one in seen if one.box in offered], said.terms(opened)
    left = len(offered) - len(taken)
    receipt = partial(daily.ack_drafts, opened, parts, "receiver", taken, happened=terms.happened, basis=terms.basis)
    drafts = receipt(reasons=reasons_for(app, opened, daily.late(opened, parts, receipt()), terms))
    acknowledging.require_new(opened, drafts, sitting.key.name)
    brought = offers.foreseen(opened, drafts, sitting.key.name)
    offers.tell(app, opened, brought)
    question = app.say("cli.handing.agree", count=len(taken)) if same else app.say("cli.handoff.differs", count=len(taken), left=left)
    agreed(app, question, said.yes)
    signingpage.show(app, Names(opened), drafts)
    submitted = daily.submit(opened, drafts, [sitting])
    found = ended(app, opened, "handoff", Done(tuple(drafts or parts), submitted, tuple(brought), "complete" if same else "differs"))
    return Exit.FINDINGS if left or strange else found
