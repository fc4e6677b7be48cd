"""Boxes whose story a report needs beside that of its own: they tell whether a load left, and whether its trip came (spec chapter 13)."""

from collections.abc import Iterable, Iterator

from custody.core.act import Act
from custody.core.books import World
from custody.core.consignments import Consignment, Trip, came, consignments, unresolved
from custody.core.trail import Trail


def beside(acts: Iterable[Act], boxes: frozenset[str], trail: Trail, world: World) -> list[str]:
    """Other boxes without which the findings about `boxes` in their consignments would come out otherwise, as few as will do, in order.

    :param acts: all manifests and handoffs of these consignments. :param trail: of every box that they name.
    """
    found = set[str]()
    for one in consignments(acts, trail, world):
        if any(not boxes.isdisjoint(unresolved(manifest, one)) for manifest in one.manifests):
            found.update(_left(one, boxes))
        for trip in one.trips:
            found.update(_came(trip, boxes, trail, world))
    return sorted(found)


def _left(one: Consignment, boxes: frozenset[str]) -> Iterator[str]:
    """One box of every load: which trip is the last, and what it says of the rest, hangs on which of them left (LOAD-4)."""
    for trip in one.trips:
        for load in trip.loads:
            named = (*load.boxes, *load.pending)
            if named and boxes.isdisjoint(named):
                yield min(named)


def _came(trip: Trip, boxes: frozenset[str], trail: Trail, world: World) -> Iterator[str]:
    """One that has come where one of these has not (LOAD-10)."""
    moved = came(trip, trail, world)
    arrived = [box for box, step in moved.items() if step.place != trip.boxes[box].act.body["from"]]
    lacking = boxes.intersection(trip.boxes).difference(moved)
    if lacking and arrived and boxes.isdisjoint(arrived):
        yield min(arrived)
