"""Legs and places: where a box goes, with which escort, whether it may, how fast and when it arrives (spec chapters 09 PLACE and 10)."""

from collections.abc import Iterator
from typing import Any

from custody.core.act import Act
from custody.core.boxid import BoxId
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.moment import to_seconds
from custody.core.places import Leg, Places


def of_statement(act: Act, known: Known) -> list[Finding]:
    """A handoff between two places: whether they exist, who goes along, who signed without a stop."""
    body, index, found = act.statement.body, act.entry, []
    step = known.places.step(body["from"], body["to"], index)
    if step.unknown:
        found += [finding("place.unknown", index, place=code) for code in step.unknown]
    if step.leg is not None and step.leg.escorts:
        found += _escort(act, step.leg.escorts)
    if body["through"] in act.signed:
        found.append(finding("leg.through", index, key=body["through"]))
    return found


def _escort(act: Act, least: int) -> Iterator[Finding]:
    """None goes along, or fewer than the plan asks for (LAW-14)."""
    body, escort = act.body, act.body["escort"]
    count = max(escort["count"], len(escort["keys"]))
    if not escort["present"]:
        yield finding("escort.missing", act.entry, start=body["from"], end=body["to"])
    elif count < least:
        yield finding("escort.few", act.entry, start=body["from"], end=body["to"], count=count, least=least)


def of_line(act: Act, box: str, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """The leg that begins is planned and goes onward; the one that ends took its time, and ended where and when it should."""
    if "to" in act.body:
        yield from _direction(act, box, parent, known)
        yield from arrival(act, None, box, known)
    if parent is not None:
        yield from _duration(act, box, parent, known)
        yield from _start(act, box, parent, known)


def _direction(act: Act, box: str, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Down again after the vote, past a level, or otherwise not planned (LAW-11, LAW-12, PLACE-3): the first that applies."""
    start, end = act.body["from"], act.body["to"]
    step = known.places.step(start, end, act.entry)
    if step.rise < 0 and parent is not None and parent.way[:1] == (BoxId.parse(box).place,):
        yield finding("leg.reversed", parent.entry, act.entry, box=box, start=start, end=end)
        return
    if step.leg is not None or step.alike or step.unknown or _from_vehicle(start, act.entry, known):
        return
    skipped = [level for level in step.left_out if level != "desa" or act.body["through"] not in act.signed]
    if skipped:
        yield finding("leg.skipped", act.entry, box=box, start=start, end=end, level=" ".join(skipped))
    elif not step.left_out:
        yield finding("leg.unplanned", act.entry, box=box, start=start, end=end)


def _duration(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """Later than it was due (LAW-8), or sooner than the way can be travelled (LAW-13)."""
    happened, places = to_seconds(act.body["happened"]["at"]), known.places
    until = due(parent, places, act.entry)
    if until is not None and happened > until + known.skew:
        yield finding("leg.overdue", parent.entry, act.entry, box=box, minutes=(happened - until) // 60)
    least, took = _least(act, parent, places), happened - parent.at
    if least is not None and -known.skew <= took < least * 60 - known.skew:
        place = act.body["place"]
        yield finding(
            "leg.too-fast", parent.entry, act.entry, box=box, start=parent.place, end=place, minutes=max(took, 0) // 60, least=least
        )


def arrival(act: Act, ack: Act | None, box: str, known: Known) -> Iterator[Finding]:
    """A handoff that took place where its leg ends, later than it says that it was due; or an offer that was taken over there (LAW-8).

    ack: of the receiver, who completed the offer; None for what the handoff says of itself.
    """
    until, body = _own_due(act, ack, known), act.body
    if until is None or body["place"] != body["to"]:
        return
    at = to_seconds((ack or act).body["happened"]["at"])
    told = ack is not None and to_seconds(body["happened"]["at"]) > until + known.skew  # of the handoff itself already
    if at > until + known.skew and not told:
        entries = (act.entry,) if ack is None else (act.entry, ack.entry)
        yield finding("leg.overdue", *entries, box=box, minutes=(at - until) // 60)


def _own_due(act: Act, ack: Act | None, known: Known) -> int | None:
    """Until when a handoff should end its own leg: as it says; of an offer that waited for its receiver else by the plan."""
    body = act.body
    if body["due"] is not None:
        return to_seconds(body["due"])
    leg = known.places.step(body["from"], body["to"], act.entry).leg if ack is not None else None
    return to_seconds(body["happened"]["at"]) + leg.limit * 60 if leg is not None and leg.limit is not None else None


def due(holding: Holding, places: Places, index: int) -> int | None:
    """Until when a box should have arrived, Unix seconds: as its handoff says, else by the limit of the planned leg (LAW-8).

    None where it is not under way, or nothing limits its leg. index: the entry by which the plan is read.
    """
    if holding.due is not None or holding.place == holding.to:
        return holding.due
    leg = places.step(holding.place, holding.to, index).leg
    return holding.at + leg.limit * 60 if leg is not None and leg.limit is not None else None


def _least(act: Act, parent: Holding, places: Places) -> int | None:
    """The least minutes from where the box was to where it now is; None where it did not move, or a leg states none."""
    place = act.body["place"]
    start = act.body.get("from", place)
    if start not in (parent.place, parent.to):
        return None
    hops = [(one, other) for one, other in ((parent.place, start), (start, place)) if one != other]
    legs = [places.step(one, other, act.entry).leg for one, other in hops]
    least = [leg.least for leg in legs if leg is not None and leg.least is not None]
    return sum(least) if hops and len(least) == len(hops) else None


def _start(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """A box leaves from where it was, or from where it was bound for."""
    start = act.body.get("from", act.body["place"])
    if start not in (parent.place, parent.to) and not (parent.place != parent.to and _from_vehicle(start, act.entry, known)):
        yield finding("place.from", parent.entry, act.entry, box=box, start=start, last=parent.to)
    if start == parent.place != parent.to and act.body["place"] not in (start, parent.to):
        yield finding("manifest.destination", parent.entry, act.entry, box=box, to=act.body["place"], planned=parent.to)


def _from_vehicle(start: str, index: int, known: Known) -> bool:
    """A box under way changes hands at a vehicle (LOAD-11): who takes over goes on with a leg that began before."""
    place = known.places.get(start, index)
    return place is not None and place.kind == "vehicle"


def usual(body: dict[str, Any], parent: Holding, at: int, home: str, index: int, places: Places) -> bool:
    """At a glance: one planned leg onward from where the box arrived, neither too fast nor too late. Then `of_line` finds nothing."""
    start, was = body["from"], parent.place
    leg, alike, rise, _, _ = places.step(start, body["to"], index)
    if (leg is None and not alike) or (rise < 0 and parent.way[0] == home):
        return False
    if start != was:
        return body["place"] == start and _arrived(parent, at, places.step(was, start, index).leg)
    if parent.to != start:
        return False
    return leg is None or leg.least is None or body["place"] == start or at - parent.at >= leg.least * 60


def _arrived(parent: Holding, at: int, leg: Leg | None) -> bool:
    """The leg that a box was on ended within what the plan states."""
    if leg is None:
        return True
    late = parent.due is None and leg.limit is not None and at > parent.at + leg.limit * 60
    return not late and (leg.least is None or at - parent.at >= leg.least * 60)


def goal(act: Act, box: str, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Where a box is bound for, or first sealed, lies on its way (PLACE-2); else in another kecamatan, or elsewhere in its own."""
    body, registered, places = act.statement.body, known.register.get(box, act.entry), known.places
    to = body["to"] if "to" in body else body["place"] if parent is None else None
    if to is None or registered is None or places.on_way(registered.place, to, act.entry):
        return
    there, home = places.kecamatan(to, act.entry), places.kecamatan(registered.place, act.entry)
    if there is not None and home is not None and there != home:
        yield finding("place.other-kecamatan", act.entry, box=box, to=to, kecamatan=there, home=home)
    else:
        yield finding("place.wrong", act.entry, box=box, to=to)


def unjudged(places: Places) -> list[Finding]:
    """The planned legs in force that state no least time, told once: of them nobody can say that a journey was too fast (LAW-13)."""
    newest = [versions[-1] for versions in places.legs.values()]
    silent = [leg for leg in newest if leg.least is None]
    return [finding("leg.speed-unjudged", *(leg.since for leg in silent), count=len(silent))] if silent else []
