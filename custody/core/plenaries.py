"""The plenary of each kecamatan, and the boxes that wait for its end (spec chapter 19). A function of the set of statements."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from custody.core.act import Act
from custody.core.books import World, happened, speaks, unsigned
from custody.core.findings import Finding, finding
from custody.core.trail import Step, Trail, Turn

Stage = Literal["none", "session", "paused", "finished"]

_FOLLOWS: dict[Stage, tuple[str, ...]] = {
    "none": ("begun", "moved"),
    "session": ("paused", "finished", "moved"),
    "paused": ("resumed", "finished", "moved"),
    "finished": ("begun",),
}
_AFTER: dict[str, Stage] = {"begun": "session", "resumed": "session", "paused": "paused", "finished": "finished"}
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
        found += [one._replace(stated=reasons.get(step.entry)) for step, one in _unfinished(walks, trail, world)]
    return found


def _reason(act: Act) -> str | None:
    return next((item["reason"] for item in act.body["irregular"] if item["finding"] == "plenary.unfinished"), None)


def _by_place(acts: Iterable[Act], world: World) -> dict[str, list[Act]]:
    """The steps that count, by kecamatan, in order of the times they claim (PLEN-1, PLEN-2)."""
    found: dict[str, list[Act]] = {}
    for act in sorted(acts, key=lambda act: (happened(act), act.sid)):
        if act.statement.kind.name == "plenary" and speaks(act, "officer", world):
            found.setdefault(act.body["place"], []).append(act)
    return found


def _signatures(act: Act, world: World) -> Iterator[Finding]:
    body = act.body
    if body["officer"] not in act.signed:
        yield from unsigned(act, "officer")
    elif body["witness"] is not None and body["witness"] not in act.signed:
        yield finding("plenary.unsigned", act.entry, place=body["place"], step=body["step"], key=body["witness"])


def _walk(place: str, steps: Sequence[Act], skew: int) -> _Walk:
    """Take the steps one after the other; of those within the skew the one that can follow first (PLEN-3)."""
    state, left, walk = PlenaryState(place, "none"), _once(steps, skew), _Walk([], [])
    while left:
        near = [act for act in left if happened(act) <= happened(left[0]) + skew]
        act = next((act for act in near if act.body["step"] in _FOLLOWS[state.stage]), None)
        if act is None:
            act = left[0]
            walk.odd.append((act, state.stage))
        left.remove(act)
        state = _taken(state, act)
        walk.states.append((happened(act), state))
    return walk


def _once(steps: Sequence[Act], skew: int) -> list[Act]:
    """Without the steps that another officer had told by his clock."""
    kept: list[Act] = []
    for act in steps:
        near = (one for one in kept if happened(act) <= happened(one) + skew and one.body["officer"] != act.body["officer"])
        if all(one.body["step"] != act.body["step"] for one in near):
            kept.append(act)
    return kept


def _taken(state: PlenaryState, act: Act) -> PlenaryState:
    body = act.body
    stage = _AFTER.get(body["step"], state.stage)
    panels, venue = body["panels"] or state.panels, body["venue"] or state.venue
    if body["step"] == "moved":
        return state._replace(panels=panels, venue=venue)
    return PlenaryState(state.place, stage, panels, venue, happened(act), act)


# -- the boxes that wait -----------------------------------------------------------------------------------------------------------


def _unfinished(walks: dict[str, _Walk], trail: Trail, world: World) -> Iterator[tuple[Step, Finding]]:
    """Links that took a box out of its kecamatan before the plenary there was over (PLEN-4, PLEN-5)."""
    levels = _Levels(world)
    over = {code: walk.states[-1][0] - world.skew for code, walk in walks.items() if walk.states[-1][1].stage == "finished"}
    for turn in trail.turns(lambda place, to: levels.rests(place, to) is not None, lambda _, to: levels.out(to)):
        kecamatan = str(levels.rests(turn.place, turn.to))
        if turn.at >= over.get(kecamatan, _NEVER):  # of most boxes nothing else needs to be asked
            continue
        states = _around(walks.get(kecamatan), turn.at, world.skew)
        if any(state.stage == "finished" for state in states) or not _waits(turn, kecamatan, trail, world, levels):
            continue
        step, last = trail.of(turn.box)[turn.number], states[-1] if states else PlenaryState(kecamatan, "none")
        entries = (step.entry, *([last.act.entry] if last.act is not None else []))
        yield step, finding("plenary.unfinished", *entries, box=turn.box, place=kecamatan, to=step.to, stage=last.stage)


def _waits(turn: Turn, kecamatan: str, trail: Trail, world: World, levels: "_Levels") -> bool:
    """The box is of this kecamatan, and has been at its home before."""
    registered = world.register.boxes.get(turn.box)
    if registered is None or levels.around(registered.place) != kecamatan:
        return False
    return any(step.place == registered.place for step in trail.of(turn.box)[: turn.number])


def _around(walk: _Walk | None, at: int, skew: int) -> list[PlenaryState]:
    """The states in which the plenary may have been at a second, as far as two clocks may differ; none before its first step."""
    states = walk.states if walk is not None else []
    ends = [*(begun for begun, _ in states[1:]), None]
    return [state for (begun, state), end in zip(states, ends, strict=False) if begun <= at + skew and (end is None or end > at - skew)]


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

    def out(self, code: str) -> bool:
        """A place of no kecamatan, and no vehicle."""
        kind, around = self._of(code)
        return kind is not None and kind != "vehicle" and around is None
