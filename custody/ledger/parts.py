"""Long lists of places and boxes cut into statements by their measured bytes (spec chapter 07: a text leaves room for signatures)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from custody.core import canonical
from custody.core.boxid import BoxId
from custody.core.register import Registered
from custody.core.statement import MOST_BYTES

MOST_TEXT = MOST_BYTES - 4_096
MOST_PLACES = 400
MOST_BOXES = 300
Items = Sequence[Mapping[str, Any]]
_MARGIN = 64  # the first line of the text, and what a longer number may add


def place(code: str, kind: str, name: str, parent: str | None, vulnerability: str | None = None, remote: bool = False) -> dict[str, Any]:
    """A place as a places statement has it. vulnerability: low, medium or high, None where nobody has said."""
    return {"code": code, "kind": kind, "name": name, "parent": parent, "remote": remote, "vulnerability": vulnerability}


def boxes_of(places: Items, election: str, types: Sequence[str], recap: int) -> list[dict[str, Any]]:
    """One box of each type a polling station, first round; and `recap` boxes of each type a kecamatan, for its recapitulation."""
    found: list[dict[str, Any]] = []
    for item in places:
        code = str(item["code"])
        if item["kind"] == "tps":
            area, _, station = code.partition("-")
            count = 1
        elif item["kind"] == "kecamatan":
            area, station, count = code + "0000", "PPK", recap
        else:
            continue
        found += [box_of(BoxId(election, area, station, kind, number + 1)) for kind in types for number in range(count)]
    return sorted(found, key=lambda item: str(item["box"]))


def box_of(identity: BoxId, round_: int = 1, replaces: str | None = None) -> dict[str, Any]:
    """A box as a register statement has it. replaces: the older box of that place and type which it follows."""
    home, kind = identity.place, identity.type
    return {"box": str(identity), "codes": [], "place": home, "replaces": replaces, "round": round_, "type": kind}


def next_boxes(known: Iterable[Registered], places: Items, election: str, types: Sequence[str], again: bool) -> list[dict[str, Any]]:
    """One box more of each type for these TPS or kecamatan, each naming the newest box of its place and type that it follows.

    again: for another round of the vote; else it takes the place of that box in the same round.
    """
    newest: dict[tuple[str, str], Registered] = {}
    for one in known:
        last = newest.get((one.place, one.type))
        if last is None or BoxId.parse(one.box).number > BoxId.parse(last.box).number:
            newest[one.place, one.type] = one
    found = []
    for code in (str(item["code"]) for item in places):
        for kind in types:
            last = newest.get((code, kind))
            area, _, station = code.partition("-")
            identity = BoxId(election, area if station else area + "0000", station or "PPK", kind, 1)
            if last is not None:
                identity = identity._replace(number=BoxId.parse(last.box).number + 1)
            found.append(box_of(identity, (last.round if last else 0) + (1 if again or last is None else 0), last.box if last else None))
    return sorted(found, key=lambda item: str(item["box"]))


def places_bodies(common: Mapping[str, Any], places: Items, legs: Items) -> Iterator[dict[str, Any]]:
    """Bodies of places statements: a place never comes before the one above it, and the legs stand in the first."""
    ordered = sorted(places, key=lambda item: str(item["code"]))  # a code begins with the code above it
    body = {**common, "legs": list(legs), "places": []}
    for part in _cut(ordered, body, MOST_PLACES):
        yield {**body, "places": part}
        body = {**body, "legs": []}


def register_bodies(common: Mapping[str, Any], boxes: Items, reason: str = "first") -> Iterator[dict[str, Any]]:
    """Bodies of register statements for boxes sorted by their id."""
    body = {**common, "boxes": [], "reason": reason}
    for part in _cut(boxes, body, MOST_BOXES):
        yield {**body, "boxes": part}


def _cut(items: Items, body: Mapping[str, Any], most: int) -> Iterator[list[Mapping[str, Any]]]:
    room = MOST_TEXT - len(canonical.encode(dict(body))) - _MARGIN
    part: list[Mapping[str, Any]] = []
    used = 0
    for item in items:
        size = len(canonical.encode(dict(item))) + 1
        if part and (used + size > room or len(part) >= most):
            yield part
            part, used = [], 0
        part.append(item)
        used += size
    if part:
        yield part
