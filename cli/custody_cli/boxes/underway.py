"""Boxes that are on the way: what left one place for another and has not been received there; told where an incident met them (ch. 20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office

_SHORT = 4  # digits of a consignment's id that people type


class Leg(NamedTuple):
    """A leg that boxes are on: from where to where, and the handoffs by which they are."""

    start: str
    end: str
    sids: tuple[str, ...]


def leg_of(choosing: Choosing, boxes: Sequence[str]) -> Leg | None:
    """The one leg that all these boxes are on, offered or handed over; None where they are on none, or on several."""
    from custody.assembly.loads import offered

    loads = {box: one.offer for one in offered(choosing.office) for box in one.boxes}
    choosing.known.judge(boxes)
    found: dict[tuple[str, str], dict[str, None]] = {}
    for box in boxes:
        load, holding = loads.get(box), choosing.known.holding(box)
        if load is not None:
            leg, sid = (load.body["from"], load.body["to"]), load.sid
        elif holding is not None and holding.place != holding.to:
            leg, sid = (holding.place, holding.to), holding.sid
        else:
            return None
        found.setdefault(leg, {})[sid] = None
    if len(found) != 1:
        return None
    ((start, end), sids), *_ = found.items()
    return Leg(start, end, tuple(sids))


def loaded(choosing: Choosing, typed: str) -> list[str]:
    """The boxes of the loads on the way that are meant by the number of their manifest, or by their vehicle; none where none is."""
    from custody.assembly.loads import offered
    from custody_cli.ground.questions import plate

    number, vehicle = typed.lower().removeprefix("muatan ").removeprefix("load ").strip(), plate(typed)
    found: set[str] = set()
    for one in offered(choosing.office):
        body = one.offer.body
        by_number = len(number) >= _SHORT and body["consignment"]["id"].startswith(number)
        if by_number or (vehicle is not None and body["vehicle"] == vehicle):
            found |= set(one.boxes)
    return sorted(found)


def place_told(app: App, names: Names, body: Mapping[str, Any]) -> str:
    """Where an incident happened: a place, or on the way from it to where the handoff that the incident is about leads."""
    ends = [end for sid in body["about"] if (end := _end(names.office, sid, body["place"])) is not None]
    if not ends:
        return names.place(body["place"])
    return app.say("cli.incident.under-way", start=names.place(body["place"]), end=names.place(ends[0]))


def _end(office: Office, sid: str, start: str) -> str | None:
    """Where a handoff leads that sets out from here; None for any other statement."""
    one = daily.recorded(office, sid)
    leads = one.kind.name == "handoff" and one.body["from"] == start != one.body["to"]
    return str(one.body["to"]) if leads else None


def offered_lines(app: App, opened: Office, boxes: Sequence[str]) -> Iterator[str]:
    """Of boxes that wait for their receiver's signature: those that were loaded are on the way, whoever holds them by the law till then."""
    from custody.assembly.loads import offered

    loaded = {box for one in offered(opened) for box in one.boxes}.intersection(boxes) if boxes else set[str]()
    for code, count in (("loaded", len(loaded)), ("offered", len(boxes) - len(loaded))):
        if count:
            yield paint(app.say(f"cli.status.{code}", count=count), "warn")
