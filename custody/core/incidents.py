"""Incidents: what is open, what was settled and by whom (spec chapter 20, INC-1 to INC-6). A function of the set of statements."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core.act import Act
from custody.core.books import GONE, World, happened
from custody.core.concern import home, reaches_any, signers, stood
from custody.core.findings import Finding, finding
from custody.core.roster import Key
from custody.core.trail import Trail

_SETTLERS = frozenset(("supervisor", "leader", "authority"))


class Incident(NamedTuple):
    """One incident that counts, and the settlement that closed it: the one of the lowest sid that may; None while it is open."""

    act: Act
    settled: Act | None

    @property
    def open(self) -> bool:
        """Whether it waits for somebody to settle it; a settlement of others opens nothing (INC-2)."""
        return self.settled is None and not self.act.body["settles"]


class _Stood(dict[str, tuple[str, ...]]):
    """Where each box belongs and ever was by its chain; each chain is walked once."""

    def __init__(self, trail: Trail) -> None:
        super().__init__()
        self._trail = trail

    def __missing__(self, box: str) -> tuple[str, ...]:
        found = self[box] = tuple(dict.fromkeys(stood(box, self._trail)))
        return found


def standing(acts: Iterable[Act], world: World) -> list[Incident]:
    """Every incident that counts, in order of entries.

    acts: each sid once with all its signatures; what is no incident is passed over.
    """
    known = {act.sid: act for act in acts if act.statement.kind.name == "incident" and signers(act, world)}
    settled: dict[str, Act] = {}
    for one in sorted(known.values(), key=lambda act: act.sid):
        for sid in one.body["settles"]:
            if sid in known and sid not in settled and _may_settle(one, known[sid], world):
                settled[sid] = one
    return [Incident(act, settled.get(act.sid)) for act in sorted(known.values(), key=lambda act: act.entry)]


def gone(acts: Iterable[Act], trail: Trail, world: World) -> dict[str, list[int]]:
    """Boxes that open incidents say are gone, and since when in Unix seconds (INC-6): only those that are their signers' concern."""
    found, places = dict[str, list[int]](), _Stood(trail)
    for act in (one.act for one in standing(acts, world) if one.open and one.act.body["code"] in GONE):
        for box in _concern(act, places, world):
            found.setdefault(box, []).append(happened(act))
    return found


def beside(act: Act, trail: Trail, world: World) -> list[str]:
    """The boxes of an incident that it does not stand against: nobody who signed it is concerned with them (INC-4)."""
    mine = frozenset(_concern(act, _Stood(trail), world))
    return [box for box in act.body["boxes"] if box not in mine]


def judge(acts: Iterable[Act], trail: Trail, world: World) -> list[Finding]:
    """What stands open, what was settled, and what settles nothing."""
    found, known = list[Finding](), standing(acts, world)
    by_sid, places = {one.act.sid: one.act for one in known}, _Stood(trail)
    for one in known:
        if one.open:
            found += _open(one.act, places, world)
        elif one.settled is not None:
            by = ", ".join(sorted(one.settled.signed))
            found.append(finding("incident.settled", one.act.entry, one.settled.entry, what=one.act.body["code"], by=by))
        found += _idle(one.act, by_sid, world)
    return found


def _open(act: Act, places: _Stood, world: World) -> Iterator[Finding]:
    """Told of each box that is its signers' concern, and without a box where there is none (INC-4)."""
    body = act.body
    facts = {"what": body["code"], "place": body["place"], "owner": body["owner"] or "-", "due": body["due"] or "-"}
    mine = _concern(act, places, world)
    for box in mine:
        yield finding("incident.open", act.entry, box=box, **facts)
    if not mine:
        yield finding("incident.open", act.entry, **facts)


def _idle(act: Act, known: dict[str, Act], world: World) -> Iterator[Finding]:
    for sid in act.body["settles"]:
        if sid not in known:
            yield finding("incident.no-effect", act.entry, about=sid, why="missing")
        elif not _may_settle(act, known[sid], world):
            yield finding("incident.no-effect", act.entry, known[sid].entry, about=sid, why="unentitled")


def _may_settle(act: Act, about: Act, world: World) -> bool:
    """Who leads or commands at its place; or all who signed it, one of whom acts there (INC-3). A line that is added entitles nobody."""
    keys = signers(act, world)
    if any(key.role in _SETTLERS and _acts_there(key, about, act.entry, world) for key in keys):
        return True
    told = signers(about, world)
    if not any(_acts_there(key, about, about.entry, world) for key in told):
        return False
    return {key.person for key in told} <= {key.person for key in keys}


def _acts_there(key: Key, about: Act, index: int, world: World) -> bool:
    """A key acts at the place of an incident; where nobody knows that place, at the homes of all its boxes."""
    body = about.body
    known = world.places.get(body["place"], about.entry) is not None
    return all(world.reaches(key, place, index) for place in ([body["place"]] if known or not body["boxes"] else map(home, body["boxes"])))


def _concern(act: Act, places: _Stood, world: World) -> list[str]:
    """The boxes that are the concern of one who signed: he acts where they belong or ever were, whatever place he states (INC-4)."""
    keys = signers(act, world)
    return [box for box in act.body["boxes"] if any(_theirs(key, box, places[box], act.entry, world) for key in keys)]


def _theirs(key: Key, box: str, stood_at: tuple[str, ...], index: int, world: World) -> bool:
    """A box of which no link tells yet may be anywhere on its way."""
    if reaches_any(key, stood_at, index, world):
        return True
    return stood_at == (home(box),) and any(world.places.on_way(home(box), place, index) for place in key.places)
