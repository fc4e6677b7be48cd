"""Guarded rooms: counts, teams, doors, defects and visits, held against the chains of the boxes (spec chapter 17, ROOM-1 to ROOM-11)."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from custody.core import reliefs
from custody.core.act import Act
from custody.core.books import World, happened, speaks, unsigned
from custody.core.findings import Finding, finding
from custody.core.incidents import gone
from custody.core.law import stated
from custody.core.moment import to_seconds
from custody.core.rights import SLOTS
from custody.core.roster import Key, colleague
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
    """One visit, from all statements that tell of it (ROOM-11).

    left: Unix seconds, None where nobody wrote it down. over: up to when somebody wrote down, once it was so, that they stayed.
    """

    acts: tuple[Act, ...]
    entered: int
    left: int | None
    over: int
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
        found += reliefs.judge(room.shifts, _Door(room, trail, world).opened, world.skew)
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
    """When visits with leave go on, or may: until they left, and never longer than until the next shift (ROOM-10).

    Where who gave leave has not signed, only as long as it was written down afterwards that they stayed.
    """
    shifts, found = [happened(act) for act in room.shifts], list[Span]()
    for one in room.visits:
        after = bisect_right(shifts, one.entered)
        left = (one.left if one.left is not None else ALWAYS) if _vouched(one, room.place, world) else one.over
        if _given(one, room.place, world):
            found.append((one.entered - world.skew, min((left, *shifts[after : after + 1])) + world.skew + 1))
    return merged(found)


class _Door:
    """When the door of a room was opened, by what is on record: for boxes that came in or went out, and for visits with leave (ROOM-18)."""

    def __init__(self, room: Room, trail: Trail, world: World) -> None:
        self.room, self.trail, self.world = room, trail, world

    def opened(self, since: int, until: int) -> bool:
        """Whether it may have been, between two seconds."""
        at = bisect_left(self.seconds, since - self.world.skew)
        return at < len(self.seconds) and self.seconds[at] <= until + self.world.skew

    @cached_property
    def seconds(self) -> list[int]:
        """All seconds at which it was, in order; looked up only where a seal differs."""
        return sorted((*self._visits(), *self._boxes()))

    def _visits(self) -> Iterator[int]:
        for one in self.room.visits:
            if _given(one, self.room.place, self.world):
                yield one.entered
                yield max(one.over, one.entered)

    def _boxes(self) -> Iterator[int]:
        place = self.room.place
        for box in self.trail.visitors(place):
            inside = False
            for step in self.trail.of(box):
                if inside or step.place == place:
                    yield step.at
                inside = step.inside(place)


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
            ends = [(to_seconds(act.body["left"]), to_seconds(act.body["at"])) for act in some if act.body["left"] is not None]
            left, over = max((end for end, _ in ends), default=None), max((min(end) for end in ends), default=entered)
            leave = tuple(sorted({act.body["leave"] for act in some if act.body["leave"] is not None}))
            yield Visit(tuple(some), entered, left, over, leave)


def _colleagues(one: Act, other: Act, world: World) -> bool:
    officers = (world.roster.find(act.body["officer"], act.entry) for act in (one, other))
    return colleague(*officers)


def _given(visit: Visit, place: str, world: World) -> bool:
    """Whether one who may give leave did."""
    return any(_may_give(key, place, visit.acts[0].entry, world) for key in _givers(visit, world))


def _vouched(visit: Visit, place: str, world: World) -> bool:
    """Whether one of these signed it too, and is nobody who tells of it: nobody gives himself leave to keep a door open."""
    tellers = {world.roster.person(act.body["officer"], act.entry) for act in visit.acts}
    signed = frozenset[str]().union(*(act.signed for act in visit.acts))
    keys = (key for key in _givers(visit, world) if key.name in signed and key.person not in tellers)
    return any(_may_give(key, place, visit.acts[0].entry, world) for key in keys)


def _givers(visit: Visit, world: World) -> list[Key]:
    keys = (world.roster.find(name, visit.acts[0].entry) for name in visit.leave)
    return [key for key in keys if key is not None]


def _may_give(key: Key, place: str, index: int, world: World) -> bool:
    """In a role that tells of visits, where he acts."""
    return key.role in _LEAVE.roles and world.reaches(key, place, index)


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
