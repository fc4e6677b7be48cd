"""Ways with many boxes: what is to travel is listed, then goes in as many trips as the vehicle needs."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from custody.simulator.plan import HOUR, MINUTE, SEATS, Plan

MOST = 250  # boxes of one list
MOST_WAVES = 3  # how often a vehicle goes to and fro


class Way(NamedTuple):
    """One journey: from, to, who gives and who receives, who goes along, with how many and by which means.

    listed: a list is written even for one trip.
    fetched: the receiver's colleague who takes the boxes over where they stand and travels with them; None where the giver brings them.
    """

    name: str
    start: str
    end: str
    giver: str
    receiver: str
    carrier: str
    escorts: int
    recorder: str | None = None
    fetched: str | None = None
    listed: bool = False


def carry(plan: Plan, way: Way, boxes: Sequence[str], at: int, things: dict[str, int] | None = None) -> int:
    """Bring boxes somewhere from `at` on; returns when the last trip has arrived."""
    loads = list(_loads(boxes, SEATS[way.carrier]))
    whole = len(loads) > 1 or way.listed
    id_ = plan.chance.hex(16, "consignment", way.name)
    order = f"Sprin/{plan.chance.between(1, 400, 'sprin', way.name)}/XI/LATIHAN/2024" if way.escorts else None
    if whole:
        _list(plan, way, boxes, at - 20 * MINUTE, {"id": id_, "to": way.end, "order": order, "vehicles": 1}, things or {})
    minutes = plan.land.minutes(way.start, way.end, plan.chance)
    fleet = -(-len(loads) // MOST_WAVES)  # so many go at a time, and come back for the rest
    arrived = at
    for trip, load in enumerate(loads, 1):
        last = trip == len(loads)
        carried: dict[str, Any] = {
            "escorts": way.escorts,
            "order": order,
            "carrier": way.carrier,
            "vehicle": _vehicle(plan, way, trip % fleet),
        }
        if whole:
            carried["consignment"] = {"id": id_, "part": 1, "parts": 1, "rest": None if last else "later", "trip": trip}
            carried["things"] = (things or {}) if trip == 1 else {}
        leaves = at + (trip - 1) // fleet * (5 * minutes // 2 + 40) * MINUTE
        arrived = max(arrived, _trip(plan, way, f"{way.name} {trip}", load, leaves, minutes, carried))
    return arrived


def _list(plan: Plan, way: Way, boxes: Sequence[str], at: int, facts: dict[str, Any], things: dict[str, int]) -> None:
    """The list of what is to travel, in as many parts as it needs."""
    parts = [boxes[at_ : at_ + MOST] for at_ in range(0, len(boxes), MOST)]
    for part, some in enumerate(parts, 1):
        own = {**facts, "part": part, "parts": len(parts), "things": things if part == 1 else {}}
        name = f"list {way.name}" + (f" part {part}" if part > 1 else "")
        plan.do(name, at, "is listed", way.start, boxes=some, who={"officer": way.giver}, facts=own)


def _loads(boxes: Sequence[str], seats: int) -> Iterator[tuple[str, ...]]:
    for at in range(0, len(boxes), seats):
        yield tuple(boxes[at : at + seats])


def _vehicle(plan: Plan, way: Way, which: int) -> str | None:
    if way.carrier in ("foot", "motorcycle"):
        return None
    number = plan.chance.between(1, 9_999, "plate", way.start, way.carrier, which)
    return f"LATIHAN-{number}" if way.carrier == "boat" else f"XX-{number:04d}-XX"


def _trip(plan: Plan, way: Way, name: str, load: tuple[str, ...], at: int, minutes: int, facts: dict[str, Any]) -> int:
    """One trip; weather and road make it up to half as long again. Returns when it has arrived."""
    took = minutes * MINUTE + plan.chance.between(0, minutes * 30, "weather", way.name, name)
    leg = {"from": way.start, "to": way.end}
    giver = way.giver
    if way.fetched is not None:
        due = at + 2 * took + 4 * HOUR
        who = {"giver": giver, "receiver": way.fetched, "recorder": way.recorder}
        plan.do(f"load {name}", at, "changes hands", way.start, boxes=load, who=who, facts={**facts, **leg, "due": due})
        giver, facts = way.fetched, {**facts, "things": {}}
    plan.do(f"leave {name}", at + MINUTE, "leaves", way.start, told=False, boxes=load, facts={"to": way.end, "aboard": way.carrier})
    who = {"giver": giver, "receiver": way.receiver, "recorder": way.recorder}
    plan.do(f"bring {name}", at + took + 5 * MINUTE, "changes hands", way.end, boxes=load, who=who, facts={**facts, **leg})
    return at + took + 5 * MINUTE
