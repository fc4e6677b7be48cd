"""Legs and places: where a box goes, with which escort, whether it may and when it arrives (spec chapters 09 PLACE and 10)."""

from collections.abc import Iterator

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.known import Known
from custody.core.moment import to_seconds


def of_statement(act: Act, known: Known) -> Iterator[Finding]:
    """A handoff between places of two kinds: whether the leg is planned, and who goes along (PLACE-3)."""
    body, index = act.body, act.entry
    start, end = known.places.get(body["from"], index), known.places.get(body["to"], index)
    for code, place in ((body["from"], start), (body["to"], end)):
        if place is None:
            yield finding("place.unknown", index, place=code)
    if start is None or end is None:
        return
    leg = known.places.leg(start.kind, end.kind, index)
    if leg is None and start.kind != end.kind and start.kind != "vehicle":  # who takes over on the way goes on with a leg that began before
        yield finding("leg.unplanned", index, start=body["from"], end=body["to"])
    elif leg is not None and leg.escorts and not body["escort"]["present"]:
        yield finding("escort.missing", index, start=body["from"], end=body["to"])
    if body["through"] in act.signed:
        yield finding("leg.through", index, key=body["through"])


def of_line(act: Act, box: str, parent: Holding, known: Known) -> Iterator[Finding]:
    """The leg that ends came in time (LAW-8), and a box leaves from where it was, or from where it was bound for."""
    happened = to_seconds(act.body["happened"]["at"])
    if parent.due is not None and happened > parent.due + known.skew:
        yield finding("leg.overdue", parent.entry, act.entry, box=box, minutes=(happened - parent.due) // 60)
    start = act.body.get("from", act.body["place"])
    if start not in (parent.place, parent.to) and not _on_the_way(start, parent, act.entry, known):
        yield finding("place.from", parent.entry, act.entry, box=box, start=start, last=parent.to)
    if start == parent.place != parent.to and act.body["place"] not in (start, parent.to):
        yield finding("manifest.destination", parent.entry, act.entry, box=box, to=act.body["place"], planned=parent.to)


def _on_the_way(start: str, parent: Holding, index: int, known: Known) -> bool:
    """A box under way changes hands at a vehicle (LOAD-11)."""
    place = known.places.get(start, index)
    return place is not None and place.kind == "vehicle" and parent.place != parent.to


def goal(act: Act, box: str, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Where a box is bound for, or first sealed, lies on its way (PLACE-2)."""
    body, registered = act.statement.body, known.register.get(box, act.entry)
    to = body["to"] if "to" in body else body["place"] if parent is None else None
    if to is not None and registered is not None and not known.places.on_way(registered.place, to, act.entry):
        yield finding("place.wrong", act.entry, box=box, to=to)
