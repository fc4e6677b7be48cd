"""Where a box is after a link, and the judgment on a box: the values that its fold gives (spec chapter 09, FOLD-8, FOLD-9)."""

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from custody.core.act import Act
from custody.core.boxid import BoxId
from custody.core.moment import to_seconds

Status = Literal["registered", "ok", "offered", "claimed", "orphan", "disputed", "ruled", "closed"]
SealState = tuple[str, str, str | None]  # point, state, number
Seals = tuple[SealState, ...]
Line = dict[str, Any]


class Holding(NamedTuple):
    """Where a box is after one link: who holds it, at which place, bound for which, with which seals.

    at, due: Unix seconds. taken: the entry since which this holder has it at this place, bound for the same; since: its Unix seconds. A
    link that leaves all three as they were, such as an opening, does not begin it anew. copy: the highest copy number of a label read on
    the box so far. looked: the entry that told the seals last, of a link that an ack completed that of the ack, where it tells them.
    way: the places where it has been since it was last sealed at its home, the earliest first, each once; it begins with that home
    unless the box has never been sealed there. seals: as last seen (FOLD-8); a link that says nothing of them leaves them as they were.
    first: the first link, its first sealing as a rule, Unix seconds. phase: of the last seal, `plenary` or `court` after such an opening,
    empty before any. shut: False after an opening without new seals. holes: how many spans between two of its links no signed holder
    covers (FOLD-15); dark: their seconds.
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
    first: int
    phase: str
    shut: bool
    holes: int
    dark: int
    taken: int
    since: int
    way: tuple[str, ...]
    seals: Seals


class Coverage(NamedTuple):
    """What a signed holder covers of the time since the first sealing: the proven order (spans between links) and claimed seconds."""

    spans: int
    covered_spans: int
    seconds: int
    covered_seconds: int


NOTHING_COVERED = Coverage(0, 0, 0, 0)


def coverage_of(holding: Holding | None, links: int) -> Coverage:
    """How much of the history that led to a holding by so many links a signed holder covers (FOLD-15); all zero before the second link."""
    if holding is None:
        return NOTHING_COVERED
    spans, seconds = links - 1, max(holding.at - holding.first, 0)
    return Coverage(spans, spans - holding.holes, seconds, max(seconds - holding.dark, 0))


class BoxState(NamedTuple):
    """The judgment on one box.

    holding: after the last undisputed link, None before the first. offers: sids of links that wait for a signature.
    branches: the links that contradict each other. orphans: links whose `prev` is not here. unsigned: links whose giver
    has not signed. waiting: openings and closings that lack signatures. fallen: links that a ruling decided against, and what follows them.
    unclear: the latest moment (Unix seconds) that a link claims which contradicts another or follows none that is here, None without any.
    """

    box: str
    status: Status
    holding: Holding | None
    offers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    links: int = 0
    waiting: tuple[str, ...] = ()
    fallen: tuple[str, ...] = ()
    unclear: int | None = None

    @property
    def coverage(self) -> Coverage:
        """How much of its history a signed holder covers (FOLD-15); what contradicts or hangs in the air covers nothing."""
        known = coverage_of(self.holding, self.links)
        if self.holding is None or self.unclear is None:
            return known
        return known._replace(spans=known.spans + 1, seconds=known.seconds + max(self.unclear - self.holding.at, 0))


_seal = itemgetter("point", "state", "number")


def seals_of(line: Line) -> Seals:
    """The seals of a box line, in the order of their points."""
    return tuple(map(_seal, line["seals"]))


_holding: Callable[[tuple[Any, ...]], Holding] = partial(tuple.__new__, Holding)  # for one of every link
PHASES = {"plenary": "plenary", "court-order": "court"}  # basis of an opening -> the phase that it begins


def advance(act: Act, line: Line, parent: Holding | None, copy: int, passed: Act | None = None, hole: bool = False) -> Holding:
    """The state after one complete link on top of `parent`.

    passed: what brought the last signature, where that is not the entry of `act`; since then custody has passed (FOLD-8).
    hole: no signed holder covers the time since `parent` (FOLD-15).
    """
    body = act.statement.body
    last = passed or act
    entry, at = last.entry, to_seconds(last.statement.body["happened"]["at"])
    place, seals, looked = body["place"], seals_of(line), line.get("looked", act.entry)
    way: tuple[str, ...] = ()
    first, phase, shut, holes, dark = at, "", True, 0, 0
    if parent is not None:
        way, first, phase, shut, holes, dark = parent.way, parent.first, parent.phase, parent.shut, parent.holes, parent.dark
        if copy < parent.copy:
            copy = parent.copy
        if hole:
            holes, dark = holes + 1, dark + max(at - parent.at, 0)
        if seals == parent.seals:
            seals = parent.seals  # one object for all links that tell the same
        elif not seals and "sealer" not in body and "officer" not in body:
            looked, seals = parent.looked, parent.seals
    if "receiver" in body:
        kind, holder, to = "handoff", body["receiver"], body["to"]
        due = body["due"]
        due = to_seconds(due) if due is not None and place != to else None  # at its end a leg can no longer become overdue
    else:
        kind, holder, to, due = act.statement.kind.name, _keeper(body, parent), place, None
        shut = bool(seals) if kind == "opening" else shut or kind == "seal"
        phase = body.get("phase") or PHASES.get(body.get("basis", ""), phase)
    if kind == "seal" and place == BoxId.parse(line["box"]).place:
        way = (place,)
    elif place not in way:
        way = (*way, place)
    taken, since = entry, at
    if parent is not None and parent.holder == holder and parent.place == place and parent.to == to:
        taken, since = parent.taken, parent.since
    sid = act.statement.sid
    return _holding((sid, entry, kind, holder, place, to, at, due, copy, looked, first, phase, shut, holes, dark, taken, since, way, seals))


def _keeper(body: dict[str, Any], parent: Holding | None) -> str:
    """Who holds a box after a seal, an opening or a closing: who held it before; if that begins its chain, who sealed or opened it."""
    return parent.holder if parent is not None else str(body.get("sealer", body.get("officer", "-")))
