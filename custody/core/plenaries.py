"""The plenary of each kecamatan, and the boxes that wait for its end (spec chapter 19). A function of the set of statements."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from custody.core.act import Act
from custody.core.books import World, happened, speaks, unsigned
from custody.core.findings import Finding, finding
from custody.core.moment import to_seconds
from custody.core.trail import Step, Trail, Turn

Stage = Literal["none", "session", "paused", "finished"]

_FOLLOWS: dict[Stage, tuple[str, ...]] = {
    "none": ("begun", "moved"),
    "session": ("paused", "finished", "moved"),
    "paused": ("resumed", "finished", "moved"),
    "finished": ("begun",),
}
_AFTER: dict[str, Stage] = {"begun": "session", "resumed": "session", "paused": "paused", "finished": "finished"}
_WITNESSED = frozenset(("begun", "finished"))  # steps by which boxes wait, or go: one person alone does not take them
_NEVER = 2**63  # Unix seconds
_RESTS = ("kecamatan", "store", "office")  # where boxes lie while the plenary sits


class PlenaryState(NamedTuple):
    """Where the plenary of a kecamatan stands. since: Unix seconds of the step that made it so; act: that step; None before the first."""

    place: str
    stage: Stage
    panels: int = 0
    venue: str | None = None
    since: int | None = None
    act: Act | None = None


class _Walk(NamedTuple):
    """The states that the steps of one kecamatan led to, in order, each with the time of its step; and the steps that could not follow."""

    states: list[tuple[int, PlenaryState]]
    odd: list[tuple[Act, Stage]]


def standing(acts: Iterable[Act], world: World) -> dict[str, PlenaryState]:
    """The plenary of every kecamatan of which one was told, by its code; of others there is none.

    acts: plenary statements, each sid once with all its signatures.
    """
    return {place: _walk(place, steps, world.skew).states[-1][1] for place, steps in _by_place(acts, world).items()}


def judge(acts: Iterable[Act], trail: Trail, world: World) -> list[Finding]:
    """Steps that could not follow, signatures that lack, boxes that did not wait.

    acts: plenary statements, and handoffs that state `plenary.unfinished` with a reason, each sid once.
    """
    told = [act for act in acts if act.statement.kind.name == "plenary"]
    reasons = {act.entry: _reason(act) for act in acts if act.statement.kind.name != "plenary"}
    walks = {place: _walk(place, steps, world.skew) for place, steps in _by_place(told, world).items()}
    found = [one for act in told for one in _signatures(act, world)]
    for place, walk in walks.items():
        found += [finding("plenary.order", act.entry, place=place, step=act.body["step"], stage=stage) for act, stage in walk.odd]
    if world.profile.plenary:
        found += [one._replace(stated=reasons.get(entry) if entry is not None else None) for entry, one in _unfinished(walks, trail, world)]
    return found


def _reason(act: Act) -> str | None:
    return next((item["reason"] for item in act.body["irregular"] if item["finding"] == "plenary.unfinished"), None)


def _by_place(acts: Iterable[Act], world: World) -> dict[str, list[Act]]:
    """The steps that count, by kecamatan, in order of the times they claim (PLEN-1, PLEN-2)."""
    found: dict[str, list[Act]] = {}
    for act in sorted(acts, key=lambda act: (happened(act), act.sid)):
        if act.statement.kind.name == "plenary" and _counts(act, world):
            found.setdefault(act.body["place"], []).append(act)
    return found


def _counts(act: Act, world: World) -> bool:
    """Its officer stands behind it; and a witness, who is somebody else, where it begins or ends a plenary (PLEN-1)."""
    if not speaks(act, "officer", world):
        return False
    person = world.roster.person_of
    return act.body["step"] not in _WITNESSED or (
        speaks(act, "witness", world) and person(act.body["witness"]) != person(act.body["officer"])
    )


def _signatures(act: Act, world: World) -> Iterator[Finding]:
    body = act.body
    if body["officer"] not in act.signed:
        yield from unsigned(act, "officer")
    elif body["witness"] not in act.signed and (body["witness"] is not None or body["step"] in _WITNESSED):
        yield finding("plenary.unsigned", act.entry, place=body["place"], step=body["step"], key=body["witness"] or "-")


def _walk(place: str, steps: Sequence[Act], skew: int) -> _Walk:
    """Take the steps one after the other; of those within the skew the one that can follow first (PLEN-3)."""
    state, left, walk = PlenaryState(place, "none"), _once(steps, skew), _Walk([], [])
    waiting: dict[str, deque[int]] = {}  # by step, the numbers of those that are not taken yet; always taken from the front
    for number, act in enumerate(left):
        waiting.setdefault(act.body["step"], deque()).append(number)
    while waiting:
        first = min(numbers[0] for numbers in waiting.values())
        until = happened(left[first]) + skew
        near = [waiting[step][0] for step in _FOLLOWS[state.stage] if step in waiting and happened(left[waiting[step][0]]) <= until]
        act = left[min(near, default=first)]
        if not near:
            walk.odd.append((act, state.stage))
        waiting[act.body["step"]].popleft()
        if not waiting[act.body["step"]]:
            del waiting[act.body["step"]]
        state = _taken(state, act)
        walk.states.append((happened(act), state))
    return walk


def _once(steps: Sequence[Act], skew: int) -> list[Act]:
    """Without the steps that another officer had told by his clock. steps: in order of the times that they claim."""
    kept: list[Act] = []
    last: dict[str, dict[str, int]] = {}  # by step, the last times that two officers told it
    for act in steps:
        officer, told = act.body["officer"], last.setdefault(act.body["step"], {})
        if all(one == officer or happened(act) > at + skew for one, at in told.items()):
            kept.append(act)
            told.pop(officer, None)
            told[officer] = happened(act)
            if len(told) > 2:
                del told[next(iter(told))]
    return kept


def _taken(state: PlenaryState, act: Act) -> PlenaryState:
    body = act.body
    stage = _AFTER.get(body["step"], state.stage)
    panels, venue = body["panels"] or state.panels, body["venue"] or state.venue
    if body["step"] == "moved":
        return state._replace(panels=panels, venue=venue)
    return PlenaryState(state.place, stage, panels, venue, happened(act), act)


# -- the boxes that wait -----------------------------------------------------------------------------------------------------------


def _unfinished(walks: dict[str, _Walk], trail: Trail, world: World) -> Iterator[tuple[int | None, Finding]]:
    """Links that took a box out of its kecamatan before the plenary there was over (PLEN-4, PLEN-5), each with its entry; and ends of a
    plenary that were written down after boxes had left (PLEN-6)."""
    levels, spans = _Levels(world), {code: _Spans(walk, world.skew) for code, walk in walks.items()}
    way, late = _Way(trail), dict[int, tuple[Act, set[str]]]()
    for turn in trail.turns(levels.leaves, lambda _, to: levels.out(to)):
        kecamatan = levels.rests(turn.place, turn.to) or way.left(turn, levels)
        span = spans.get(kecamatan) if kecamatan is not None else None
        if kecamatan is None or (span is not None and turn.at >= span.over):  # of most boxes nothing else needs to be asked
            continue
        states = span.around(turn.at) if span is not None else []
        over = [state.act for state in states if state.stage == "finished" and state.act is not None]
        known = any(_written(act) <= turn.at + world.skew for act in over)
        if known or not _waits(turn, kecamatan, way, world, levels):
            continue
        if over:
            late.setdefault(over[0].entry, (over[0], set()))[1].add(turn.box)
            continue
        step, last = way.of(turn.box)[turn.number], states[-1] if states else PlenaryState(kecamatan, "none")
        entries = (step.entry, *([last.act.entry] if last.act is not None else []))
        yield step.entry, finding("plenary.unfinished", *entries, box=turn.box, place=kecamatan, to=step.to, stage=last.stage)
    for act, boxes in late.values():
        yield None, finding("plenary.late", act.entry, place=act.body["place"], step=act.body["step"], count=len(boxes))


def _written(act: Act) -> int:
    """When a statement was written, as it says itself; Unix seconds."""
    return to_seconds(act.body["at"])


def _waits(turn: Turn, kecamatan: str, way: "_Way", world: World, levels: "_Levels") -> bool:
    """The box is of this kecamatan, and has been at its home before."""
    registered = world.register.boxes.get(turn.box)
    if registered is None or levels.around(registered.place) != kecamatan:
        return False
    return way.since(turn.box, registered.place) < turn.number


class _Spans:
    """The states of one plenary by their times. over: Unix seconds from which on nothing needs to be asked, as the last end of it was
    written down by then."""

    def __init__(self, walk: _Walk, skew: int) -> None:
        self._states, self._skew = walk.states, skew
        self._upto = list(accumulate((begun for begun, _ in walk.states), max))
        begun, last = walk.states[-1]
        written = _written(last.act) if last.act is not None else _NEVER
        self.over = max(begun, written) - skew if last.stage == "finished" else _NEVER

    def around(self, at: int) -> list[PlenaryState]:
        """The states in which the plenary may have been at a second, as far as two clocks may differ; none before its first step."""
        skew, states = self._skew, self._states
        first = max(bisect_right(self._upto, at - skew) - 1, 0)
        rows = range(first, bisect_right(self._upto, at + 2 * skew))  # a step is taken at most the skew before an earlier one
        ends = (states[row + 1][0] if row + 1 < len(states) else None for row in rows)
        told = zip((states[row] for row in rows), ends, strict=True)
        return [state for (begun, state), end in told if begun <= at + skew and (end is None or end > at - skew)]


class _Way:
    """The links of the box that was asked about last."""

    def __init__(self, trail: Trail) -> None:
        self._trail, self._box, self._steps, self._since = trail, "", list[Step](), -1

    def of(self, box: str) -> list[Step]:
        """Its links."""
        if box != self._box:
            self._box, self._steps, self._since = box, self._trail.of(box), -1
        return self._steps

    def since(self, box: str, home: str) -> int:
        """The number of the first link that has it at its home; as many as there are where none has."""
        steps = self.of(box)
        if self._since < 0:
            self._since = next((number for number, step in enumerate(steps) if step.place == home), len(steps))
        return self._since

    def left(self, turn: Turn, levels: "_Levels") -> str | None:
        """The kecamatan that a box left for a vehicle, looking back over the links at vehicles to the last that was none (PLEN-4)."""
        steps = self.of(turn.box)
        for number in range(turn.number - 1, -1, -1):
            step = steps[number]
            if not levels.aboard(step.place, step.to):
                return levels.rests(step.place, step.to)
        return None


class _Levels:
    """Which kecamatan a place belongs to; asked for every link of every box, so each code is looked up once."""

    def __init__(self, world: World) -> None:
        self._places, self._known = world.places, dict[str, tuple[str | None, str | None]]()

    def _of(self, code: str) -> tuple[str | None, str | None]:
        """Its kind and its kecamatan; None for a place that nobody laid down, or that lies in no kecamatan."""
        known = self._known.get(code)
        if known is None:
            index = self._places.changed
            path = [place for place in (self._places.get(one, index) for one in self._places.path(code, index)) if place is not None]
            around = next((place.code for place in path if place.kind == "kecamatan"), None)
            known = self._known[code] = (path[0].kind if path else None, around)
        return known

    def around(self, code: str) -> str | None:
        """The kecamatan of a place, itself included."""
        return self._of(code)[1]

    def rests(self, place: str, to: str) -> str | None:
        """The kecamatan in which a link left a box: there, at a store or office of it, or on a vehicle that it was loaded on there."""
        kind, around = self._of(to)
        if kind == "vehicle":
            kind, around = self._of(place)
        return around if kind in _RESTS else None

    def aboard(self, place: str, to: str) -> bool:
        """A link at a vehicle, bound for one."""
        return self._of(place)[0] == self._of(to)[0] == "vehicle"

    def leaves(self, place: str, to: str) -> bool:
        """A link after which a box may leave a kecamatan."""
        return self.rests(place, to) is not None or self.aboard(place, to)

    def out(self, code: str) -> bool:
        """A place of no kecamatan, and no vehicle."""
        kind, around = self._of(code)
        return kind is not None and kind != "vehicle" and around is None
