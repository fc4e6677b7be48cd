"""Where a box is after a link, and the judgment on a box: the values that its fold gives (spec chapter 09, FOLD-8, FOLD-9)."""

from operator import itemgetter
from typing import Any, Literal, NamedTuple

from custody.core.act import Act
from custody.core.boxid import BoxId
from custody.core.moment import to_seconds

Status = Literal["registered", "ok", "offered", "claimed", "orphan", "disputed"]
SealState = tuple[str, str, str | None]  # point, state, number
Line = dict[str, Any]


class Holding(NamedTuple):
    """Where a box is after one link: who holds it, at which place, bound for which, with which seals.

    at, due: Unix seconds. copy: the highest copy number of a label read on the box so far. looked: the entry that told the seals last.
    way: the places where it has been since it was last sealed at its home, the earliest first, each once; it begins with that home
    unless the box has never been sealed there. seals: as last seen (FOLD-8); a link that says nothing of them leaves them as they were.
    """

    sid: str
    entry: int
    kind: str
    holder: str
    place: str
    to: str
    at: int
    due: int | None
    copy: int
    looked: int
    way: tuple[str, ...]
    seals: tuple[SealState, ...]


class BoxState(NamedTuple):
    """The judgment on one box.

    holding: after the last undisputed link, None before the first. offers: sids of links that wait for a signature.
    branches: the links that contradict each other. orphans: links whose `prev` is not here. unsigned: links whose giver
    has not signed. late: statements signed after a revocation.
    """

    box: str
    status: Status
    holding: Holding | None
    offers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    links: int = 0


_seal = itemgetter("point", "state", "number")


def seals_of(line: Line) -> tuple[SealState, ...]:
    """The seals of a box line, in the order of their points."""
    return tuple(map(_seal, line["seals"]))


def advance(act: Act, line: Line, parent: Holding | None, copy: int, passed: Act | None = None) -> Holding:
    """The state after one complete link on top of `parent`.

    passed: what brought the last signature, where that is not the entry of `act`; since then custody has passed (FOLD-8).
    """
    body = act.statement.body
    entry, at = (passed or act).entry, to_seconds((passed or act).body["happened"]["at"])
    place, seals = body["place"], seals_of(line)
    copy, way = (max(copy, parent.copy), parent.way) if parent is not None else (copy, ())
    if "sealer" in body:
        holder = parent.holder if parent is not None else body["sealer"]
        way = (place,) if place == BoxId.parse(line["box"]).place else _gone_on(way, place)
        return Holding(act.sid, entry, "seal", holder, place, place, at, None, copy, act.entry, way, seals)
    looked = act.entry
    if not seals and parent is not None:
        looked, seals = parent.looked, parent.seals
    under_way = body["due"] is not None and place != body["to"]  # at its end a leg can no longer become overdue
    due = to_seconds(body["due"]) if under_way else None
    way = _gone_on(way, place)
    return Holding(act.sid, entry, "handoff", body["receiver"], place, body["to"], at, due, copy, looked, way, seals)


def _gone_on(way: tuple[str, ...], place: str) -> tuple[str, ...]:
    return way if place in way else (*way, place)
