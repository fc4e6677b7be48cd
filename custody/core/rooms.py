"""Guarded rooms: counts, teams, doors, defects and visits, held against the chains of the boxes (spec chapter 17, ROOM-1 to ROOM-11)."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core.act import Act
from custody.core.books import World, happened, speaks, unsigned
from custody.core.concern import colleague
from custody.core.findings import Finding, finding
from custody.core.incidents import gone
from custody.core.law import stated
from custody.core.moment import to_seconds
from custody.core.rights import SLOTS
from custody.core.stays import Stays
from custody.core.trail import ALWAYS, Span, Step, Trail, merged, within

_BAD_LOCKS = frozenset(("changed", "broken"))
_LEAVE = next(slot for slot in SLOTS["visit"] if slot.field == "officer")  # who may tell of a visit may give leave for one
_RESPONSIBLE = {"shift": "incoming", "inspection": "officer", "visit": "officer"}


class Count(NamedTuple):
    """A figure counted in a room, beside those of the chains at that second: how many were surely inside, and at most (ROOM-5)."""

    counted: int
    least: int
    most: int

    @property
    def differs(self) -> bool:
        """Whether no clock makes the figure right."""
        return not self.least <= self.counted <= self.most

    @property
    def expected(self) -> str:
        """The figure of the chains: `40`, or `38-40` where they leave it open."""
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"


class Visit(NamedTuple):
    """One visit, from all statements that tell of it (ROOM-11). left: Unix seconds, None where nobody wrote it down."""

    acts: tuple[Act, ...]
    entered: int
    left: int | None
    leave: tuple[str, ...]


class Room(NamedTuple):
    """What counts of one room, in order of the times claimed."""

    place: str
    shifts: list[Act]
    looks: list[Act]
    visits: list[Visit]


def judge(acts: Iterable[Act], trail: Trail, world: World) -> list[Finding]:
    """Everything that is found of rooms.

    acts: each statement of the book once, with all its signatures.
    """
    told = list(acts)
    found = [one for act in told for one in _signatures(act)]
    away = gone(told, trail, world)
    for room in rooms(told, world):
        found += _counts(room, away, trail, world)
        found += _teams(room, world)
        found += _unguarded(room, trail, world)
        found += _doors(room, world)
        found += _visits(room, world)
    return found


def rooms(acts: Iterable[Act], world: World) -> list[Room]:
    """The rooms that are spoken of, by code, each with what counts (ROOM-1)."""
    found: dict[str, Room] = {}
    visits: dict[str, list[Act]] = {}
    for act in sorted(acts, key=lambda act: (happened(act), act.sid)):
        kind, place = act.statement.kind.name, act.body["place"]
        if kind not in _RESPONSIBLE or not speaks(act, _RESPONSIBLE[kind], world):
            continue
        room = found.setdefault(place, Room(place, [], [], []))
        if kind == "visit":
            visits.setdefault(place, []).append(act)
        else:
            (room.shifts if kind == "shift" else room.looks).append(act)
    for place, told in visits.items():
        found[place].visits.extend(_united(told, world))
    return [found[place] for place in sorted(found)]


def count(act: Act, stays: Stays) -> Count | None:
    """The comparison of a shift, or of an inspection that counts; None where nothing was counted. Only of a statement that is signed.

    What it says of single boxes is no excuse for its own figure.
    """
    return Count(act.body["counted"], *stays.count(happened(act), but=act.entry)) if act.body["counted"] is not None else None


def _signatures(act: Act) -> Iterator[Finding]:
    """Who has not signed what he is named in (ROOM-1, ROOM-8)."""
    kind = act.statement.kind.name
    if kind == "shift":
        yield from _shift_unsigned(act)
    elif kind in _RESPONSIBLE:
        yield from unsigned(act, _RESPONSIBLE[kind])


def _shift_unsigned(act: Act) -> Iterator[Finding]:
    body = act.body
    sides = [slot for slot in ("outgoing", "incoming") if body[slot] is not None]
    lacking = [slot for slot in sides if body[slot] not in act.signed]
    if lacking == sides:
        yield from unsigned(act, "incoming")
    else:
        for slot in lacking:
            yield from stated(act, [finding("shift.unsigned", act.entry, place=body["place"], slot=slot, key=body[slot])])


def _counts(room: Room, away: dict[str, list[int]], trail: Trail, world: World) -> Iterator[Finding]:
    stays = Stays(trail, room.place, world.skew, away)
    for act in (*room.shifts, *room.looks):
        told = count(act, stays)
        if told is not None and told.differs:
            one = finding("count.differs", act.entry, place=room.place, counted=told.counted, expected=told.expected)
            yield from stated(act, [one])


def _teams(room: Room, world: World) -> Iterator[Finding]:
    """Who leaves is who took over last (ROOM-7)."""
    times, took, skew = [happened(act) for act in room.shifts], _Took(room.shifts, world), world.skew
    for number, act in enumerate(room.shifts):
        before = bisect_left(times, times[number] - skew)
        if not before:
            continue
        last, leaves = room.shifts[before - 1], act.body["outgoing"]
        if leaves is None:
            yield from stated(act, [finding("shift.unrelieved", last.entry, act.entry, place=room.place, last=last.body["incoming"])])
            continue
        took.move(bisect_left(times, times[before - 1] - skew), bisect_right(times, times[number] + skew))
        if not took.has(world.roster.person(leaves, act.entry), but=number):
            facts = {"place": room.place, "outgoing": leaves, "last": last.body["incoming"]}
            yield from stated(act, [finding("shift.gap", last.entry, act.entry, **facts)])


class _Took:
    """Who took over in a stretch of shifts that only moves on."""

    def __init__(self, shifts: list[Act], world: World) -> None:
        self._who = [world.roster.person(act.body["incoming"], act.entry) for act in shifts]
        self._told: Counter[str | None] = Counter()
        self._first = self._end = 0

    def move(self, first: int, end: int) -> None:
        """On to the shifts from `first` to before `end`; neither may be less than before."""
        self._told.update(self._who[self._end : end])
        self._told.subtract(self._who[self._first : first])
        self._first, self._end = first, end

    def has(self, person: str | None, but: int) -> bool:
        """Whether a person took over, in another shift than the one of this number."""
        return self._told[person] > (self._who[but] == person)


def _unguarded(room: Room, trail: Trail, world: World) -> Iterator[Finding]:
    """Boxes inside before the first shift (ROOM-9)."""
    if not room.shifts:
        return
    first = room.shifts[0]
    until = happened(first)
    early = [
        stay for box in trail.visitors(room.place) for stay in _stays(trail.of(box), room.place, world.skew) if stay.at + world.skew < until
    ]
    if early:
        begun = min(early, key=lambda stay: (stay.at, stay.box))
        boxes, minutes = len({stay.box for stay in early}), (until - begun.at) // 60
        one = finding("room.unguarded", begun.entry, first.entry, place=room.place, boxes=boxes, minutes=minutes)
        yield from stated(first, [one])


def _stays(steps: list[Step], place: str, skew: int) -> Iterator[Step]:
    """The links by which a box came to lie in a room, longer than clocks may differ."""
    for at, step in enumerate(steps):
        if step.inside(place) and (at + 1 == len(steps) or steps[at + 1].at > step.at + skew):
            yield step


def _doors(room: Room, world: World) -> Iterator[Finding]:
    visited = _visited(room, world)
    for act in (*room.shifts, *room.looks):
        body, found = act.body, list[Finding]()
        if body["door"] == "damaged" or (body["door"] == "open" and not within(visited, happened(act))):
            found.append(finding("room.door", act.entry, place=room.place, state=body["door"]))
        if body["lock"] in _BAD_LOCKS:
            found.append(finding("room.lock", act.entry, place=room.place, state=body["lock"]))
        if body.get("defects"):
            found.append(finding("room.defect", act.entry, place=room.place, defects=" ".join(body["defects"])))
        yield from stated(act, found)


def _visited(room: Room, world: World) -> list[Span]:
    """When visits with leave go on, or may: until they left, and never longer than until the next shift."""
    shifts, found = [happened(act) for act in room.shifts], list[Span]()
    for one in room.visits:
        after = bisect_right(shifts, one.entered)
        ends = [*([one.left] if one.left is not None else []), *shifts[after : after + 1]]
        if _given(one, room.place, world):
            found.append((one.entered - world.skew, min(ends, default=ALWAYS) + world.skew + 1))
    return merged(found)


def _united(acts: list[Act], world: World) -> Iterator[Visit]:
    """Statements of the same visit as one: it is told once more when they leave, by the same officer or a colleague."""
    parts: dict[tuple[int, tuple[str, ...]], list[list[Act]]] = {}
    for act in acts:
        who = tuple(str(one["key"] or (one["name"] or {}).get("c")) for one in act.body["persons"])
        known = parts.setdefault((happened(act), who), [])
        same = next((some for some in known if _colleagues(some[0], act, world)), None)
        if same is None:
            known.append([act])
        else:
            same.append(act)
    for (entered, _), told in parts.items():
        for some in told:
            left = [to_seconds(act.body["left"]) for act in some if act.body["left"] is not None]
            leave = tuple(sorted({act.body["leave"] for act in some if act.body["leave"] is not None}))
            yield Visit(tuple(some), entered, max(left, default=None), leave)


def _colleagues(one: Act, other: Act, world: World) -> bool:
    officers = (world.roster.find(act.body["officer"], act.entry) for act in (one, other))
    return colleague(*officers)


def _given(visit: Visit, place: str, world: World) -> bool:
    """Whether one who may give leave did: in a role that tells of visits, where he acts."""
    entry = visit.acts[0].entry
    keys = (world.roster.find(name, entry) for name in visit.leave)
    return any(key is not None and key.role in _LEAVE.roles and world.reaches(key, place, entry) for key in keys)


def _visits(room: Room, world: World) -> Iterator[Finding]:
    for visit in room.visits:
        act, entries = visit.acts[0], [one.entry for one in visit.acts]
        found, facts = list[Finding](), {"place": room.place, "why": act.body["why"]}
        if _alone(act, world):
            found.append(finding("visit.alone", *entries, **facts))
        if not _given(visit, room.place, world):
            found.append(finding("visit.no-leave", *entries, **facts))
        for one in found:
            told = (stated(each, [one])[0] for each in visit.acts)
            yield next((each for each in told if each.stated is not None), one)


def _alone(act: Act, world: World) -> bool:
    """Persons are counted, never keys; of two nobody knows whether they are one."""
    persons = act.body["persons"]
    known = {world.roster.person(one["key"], act.entry) for one in persons}
    return len(persons) == 1 or (None not in known and len(known) == 1)
