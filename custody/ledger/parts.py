"""Long lists of places and boxes cut into statements by their measured bytes (spec chapter 07: a text leaves room for signatures)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custody.core import canonical
from custody.core.boxid import BoxId
from custody.core.statement import MOST_BYTES

MOST_TEXT = MOST_BYTES - 4_096
MOST_PLACES = 400
MOST_BOXES = 300
Items = Sequence[Mapping[str, Any]]
_MARGIN = 64  # the first line of the text, and what a longer number may add


def place(code: str, kind: str, name: str, parent: str | None, vulnerability: str | None = None, remote: bool = False) -> dict[str, Any]:
    """A place as a places statement has it. vulnerability: low, medium or high, None where nobody has said."""
    return {"code": code, "kind": kind, "name": name, "parent": parent, "remote": remote, "vulnerability": vulnerability}


def boxes_of(places: Items, election: str, types: Sequence[str], recap: bool) -> list[dict[str, Any]]:
    """One box of each type a polling station, first round; with `recap` also one of each type a kecamatan."""
    found: list[dict[str, Any]] = []
    for item in places:
        code = str(item["code"])
        if item["kind"] == "tps":
            area, _, station = code.partition("-")
        elif item["kind"] == "kecamatan" and recap:
            area, station = code + "0000", "PPK"
        else:
            continue
        for kind in types:
            box = str(BoxId(election, area, station, kind, 1))
            found.append({"box": box, "codes": [], "place": code, "replaces": None, "round": 1, "type": kind})
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
