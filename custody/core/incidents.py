"""Incidents: what is open, what was settled and by whom (spec chapter 20, INC-1 to INC-5). A function of the set of statements."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from custody.core.act import Act
from custody.core.books import World
from custody.core.findings import Finding, finding
from custody.core.rights import SIGNERS
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


def standing(acts: Iterable[Act], world: World) -> list[Incident]:
    """Every incident that counts, in order of entries.

    acts: incident statements, each sid once with all its signatures.
    """
    known = {act.sid: act for act in acts if _signers(act, world)}
    settled: dict[str, Act] = {}
    for one in sorted(known.values(), key=lambda act: act.sid):
        for sid in one.body["settles"]:
            if sid in known and sid not in settled and _may_settle(one, known[sid], world):
                settled[sid] = one
    return [Incident(act, settled.get(act.sid)) for act in sorted(known.values(), key=lambda act: act.entry)]


def judge(acts: Iterable[Act], _: Trail, world: World) -> list[Finding]:
    """What stands open, what was settled, and what settles nothing."""
    found, known = list[Finding](), standing(acts, world)
    by_sid = {one.act.sid: one.act for one in known}
    for one in known:
        if one.open:
            found += _open(one.act, world)
        elif one.settled is not None:
            by = ", ".join(sorted(one.settled.signed))
            found.append(finding("incident.settled", one.act.entry, one.settled.entry, what=one.act.body["code"], by=by))
        found += _idle(one.act, by_sid, world)
    return found


def _open(act: Act, world: World) -> Iterator[Finding]:
    """Told of each box that is its signers' concern, and without a box where there is none (INC-4)."""
    body = act.body
    facts = {"what": body["code"], "place": body["place"], "owner": body["owner"] or "-", "due": body["due"] or "-"}
    mine = [box for box in body["boxes"] if _concerned(act, box, world)]
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


def _signers(act: Act, world: World) -> list[Key]:
    """Who signed it in time and may sign incidents (INC-1)."""
    keys = (world.roster.find(name, act.entry) for name in sorted(act.signed))
    return [key for key in keys if key is not None and key.role in SIGNERS["incident"]]


def _may_settle(act: Act, about: Act, world: World) -> bool:
    """Who had signed it, or who leads or commands at its place (INC-3)."""
    persons = {key.person for key in _signers(about, world)}
    for key in _signers(act, world):
        if key.person in persons or (key.role in _SETTLERS and world.reaches(key, about.body["place"], act.entry)):
            return True
    return False


def _concerned(act: Act, box: str, world: World) -> bool:
    """A signer acts at the place of the incident, or where the box belongs (INC-4)."""
    registered = world.register.get(box, act.entry)
    places = (act.body["place"], *([registered.place] if registered is not None else []))
    return any(world.reaches(key, place, act.entry) for key in _signers(act, world) for place in places)
