"""Places and planned legs by entry index: where a box may be and where it goes next (spec chapter 09, PLACE-1 to PLACE-3)."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

MOST_LEVELS = 12
LEVELS = ("tps", "desa", "kecamatan", "kabupaten")  # from the polling station up; a leg goes from one to the next


class Place(NamedTuple):
    """A place as the authorities stated it at entry `since`."""

    code: str
    kind: str
    name: str
    parent: str | None
    remote: bool
    vulnerability: str | None
    since: int


class Leg(NamedTuple):
    """A planned move between two kinds of places: most and least minutes (None: not stated), least number of escorts."""

    limit: int | None
    least: int | None
    escorts: int
    since: int


class Step(NamedTuple):
    """A move from one place to another.

    leg: the planned leg between their kinds, if there is one. alike: both are of one kind. rise: how many levels it goes up, negative
    downwards; 0 where one of the two has no level. left_out: levels between that it leaves out. unknown: codes of places nobody registered.
    """

    leg: Leg | None
    alike: bool
    rise: int
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass
class Places:
    """Every version of every place; the newest at or before an index is in force there."""

    versions: dict[str, list[Place]] = field(default_factory=dict)
    legs: dict[tuple[str, str], list[Leg]] = field(default_factory=dict)
    changed: int = -1
    _paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _steps: dict[tuple[str, str], Step] = field(default_factory=dict)

    def take(self, body: dict[str, Any], index: int) -> None:
        """Put a places statement in force from `index` on."""
        for item in body["places"]:
            place = Place(item["code"], item["kind"], item["name"], item["parent"], item["remote"], item["vulnerability"], index)
            self.versions.setdefault(place.code, []).append(place)
        for item in body["legs"]:
            self.legs.setdefault((item["from"], item["to"]), []).append(Leg(item["limit"], item["least"], item["escorts"], index))
        self.changed = index
        self._paths.clear()
        self._steps.clear()

    def get(self, code: str, index: int) -> Place | None:
        """The place of that code in force at `index`."""
        versions = self.versions.get(code)
        if versions is None:
            return None
        newest = versions[-1]
        return newest if newest.since <= index else next((place for place in reversed(versions) if place.since <= index), None)

    def leg(self, start: str, end: str, index: int) -> Leg | None:
        """The planned leg between two kinds of places in force at `index`."""
        for leg in reversed(self.legs.get((start, end), ())):
            if leg.since <= index:
                return leg
        return None

    def step(self, start: str, end: str, index: int) -> Step:
        """What the plan in force at `index` says of a move between two places."""
        if index < self.changed:
            return self._judge(start, end, index)
        step = self._steps.get((start, end))
        if step is None:
            step = self._steps[start, end] = self._judge(start, end, index)
        return step

    def _judge(self, start: str, end: str, index: int) -> Step:
        one, other = self.get(start, index), self.get(end, index)
        if one is None or other is None:
            return Step(None, False, 0, (), tuple(code for code in dict.fromkeys((start, end)) if self.get(code, index) is None))
        low, high = self._level(one, index), self._level(other, index)
        rise = high - low if low is not None and high is not None else 0
        between = LEVELS[min(low, high) + 1 : max(low, high)] if low is not None and high is not None else ()
        return Step(self.leg(one.kind, other.kind, index), one.kind == other.kind, rise, between, ())

    def _level(self, place: Place, index: int) -> int | None:
        """The level that a place belongs to: its own, or that of the first place above it; a court and a vehicle belong to none."""
        if place.kind in ("court", "vehicle"):
            return None
        kinds = (above.kind for code in self.path(place.code, index) if (above := self.get(code, index)) is not None)
        return next((LEVELS.index(kind) for kind in kinds if kind in LEVELS), None)

    def kecamatan(self, code: str, index: int) -> str | None:
        """The kecamatan that a place is or lies in."""
        above = (self.get(one, index) for one in self.path(code, index))
        return next((place.code for place in above if place is not None and place.kind == "kecamatan"), None)

    def path(self, code: str, index: int) -> tuple[str, ...]:
        """The place and all places above it, lowest first."""
        if index < self.changed:
            return self._climb(code, index)
        path = self._paths.get(code)
        if path is None:
            path = self._paths[code] = self._climb(code, index)
        return path

    def _climb(self, code: str, index: int) -> tuple[str, ...]:
        path: list[str] = []
        step: str | None = code
        while step is not None and step not in path and len(path) < MOST_LEVELS:
            place = self.get(step, index)
            if place is None:
                break
            path.append(step)
            step = place.parent
        return tuple(path)

    def onward(self, code: str, index: int) -> list[str]:
        """The places on the way up to which the plan in force at `index` has a leg from here, in order."""
        place = self.get(code, index)
        if place is None:
            return []
        path = self.path(code, index)
        goals = (one for other in sorted(self.versions) if (one := self.get(other, index)) is not None and one.kind != place.kind)
        above = (one for one in goals if one.code in path or (one.kind not in LEVELS and one.parent in path[1:]))
        return [one.code for one in above if self.leg(place.kind, one.kind, index) is not None]

    def on_way(self, home: str, code: str, index: int) -> bool:
        """Tell whether `code` lies on the planned way of a box whose home is `home`.

        The way is every place above the box's own TPS, and every store, warehouse, office or vehicle that belongs to one of them; also
        any court, which may call for every box.
        """
        path = self.path(home, index)
        if code in path:
            return True
        place = self.get(code, index)
        return place is not None and (place.kind == "court" or (place.kind not in LEVELS and place.parent in path))
