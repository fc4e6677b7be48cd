"""Boxes as rows of a deed: by desa, and one by one with their seals, those that stand alike together (spec chapter 21)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from custody.core.boxid import BoxId
from custody.i18n import dates, words
from custody.paper.canvas.table import Row, unbroken
from custody.paper.proven.scope import home
from custody.paper.reports.teller import Teller

_GOOD = frozenset(("intact", "replaced"))
MARK = "▲"


def areas(teller: Teller, boxes: Iterable[str], total: str) -> list[Row]:
    """For each desa (or kecamatan, of recapitulation boxes): stations, boxes of each type, boxes; the last row is the sum."""
    found: dict[str, list[str]] = {}
    for box in sorted(boxes):
        found.setdefault(home(box, teller.state).partition("-")[0], []).append(box)
    rows = [_area(teller, teller.titled(area), some) for area, some in found.items()]
    return [*rows, _area(teller, total, [box for some in found.values() for box in some])]


def _area(teller: Teller, name: str, boxes: Sequence[str]) -> Row:
    stations = {place for box in boxes if "-" in (place := home(box, teller.state))}
    types = Counter(BoxId.parse(box).type for box in boxes)
    told = ", ".join(f"{code} {_count(teller, count)}" for code, count in types.items())
    return name, _count(teller, len(stations)) if stations else "—", told, _count(teller, len(boxes))


def _count(teller: Teller, count: int) -> str:
    return dates.number(count, teller.lang)


def rows(teller: Teller, lines: Iterable[Mapping[str, Any]], differing: Mapping[str, str], empty: str) -> tuple[list[Row], frozenset[int]]:
    """Box lines as rows, and which of them are marked: broken seals, or one of those that differ from what the other side says.

    differing: of these what stands there for the seals of the line, or nothing where these do. empty: said where no seal is recorded.
    """
    alike: dict[tuple[str, str, str, bool], list[str]] = {}
    for line in sorted(lines, key=lambda line: str(line["box"])):
        odd = line["box"] in differing or any(seal["state"] not in _GOOD for seal in line["seals"])
        shown = differing.get(line["box"]) or seals(teller, line["seals"]) or empty
        key = home(line["box"], teller.state), teller.say(f"report.read.{line['by']['how']}"), shown, odd
        alike.setdefault(key, []).append(line["box"])
    groups: dict[tuple[str, str, str, str, bool], list[str]] = {}
    for (place, read, seal, odd), boxes in alike.items():
        groups.setdefault((place.partition("-")[0], _types(boxes), read, seal, odd), []).extend(boxes)
    told: list[Row] = [
        (f"{MARK} {at}" if odd else str(at), _named(teller, boxes), types, _count(teller, len(boxes)), read, seal)
        for at, ((_, types, read, seal, odd), boxes) in enumerate(groups.items(), 1)
    ]
    return told, frozenset(at for at, row in enumerate(told) if row[0].startswith(MARK))


def names(teller: Teller, boxes: Iterable[str]) -> list[Row]:
    """Boxes of one desa with the same types in one row."""
    homes: dict[str, list[str]] = {}
    for box in sorted(boxes):
        homes.setdefault(home(box, teller.state), []).append(box)
    groups: dict[tuple[str, str], list[str]] = {}
    for place, some in homes.items():
        groups.setdefault((place.partition("-")[0], _types(some)), []).extend(some)
    return [(str(at), _named(teller, some), types, _count(teller, len(some))) for at, ((_, types), some) in enumerate(groups.items(), 1)]


def seals(teller: Teller, found: Iterable[Mapping[str, str | None]]) -> str:
    """`intact: lid, tie 1 A-17`; what is not whole stands first, with a mark."""
    states: dict[str, list[str]] = {}
    for seal in found:
        point = f"sealpoint.{seal['point']}"
        named = teller.say(point) if words.known(point) else str(seal["point"])
        told = f"{named} {seal['number']}" if seal["number"] else named
        states.setdefault(str(seal["state"]), []).append(told)
    parts = [(state in _GOOD, _state(teller, state, points)) for state, points in states.items()]
    return "\n".join(said if good else f"{MARK} {said}" for good, said in sorted(parts))


def _state(teller: Teller, state: str, points: Sequence[str]) -> str:
    """A state with its points; what is said makes every space a plain one, so that those within a point are bound together afterwards."""
    said = teller.say("deed.page.seals.state", state=state, points=", ".join(points))
    begun = said.removesuffix(", ".join(points))
    return begun + ", ".join(unbroken(point) for point in points) if begun != said else said


def _types(boxes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(BoxId.parse(box).type for box in sorted(boxes)))


def _named(teller: Teller, boxes: Sequence[str]) -> str:
    """Boxes by their homes; a single one also by its id."""
    said = teller.homes(sorted({home(box, teller.state) for box in boxes}))
    return f"{said}\n{boxes[0]}" if len(boxes) == 1 else said


def place(teller: Teller, box: str) -> str:
    """Where a box belongs, in words, and its type."""
    return f"{teller.place(home(box, teller.state))} {BoxId.parse(box).type}"
