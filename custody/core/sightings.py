"""Boxes that are looked at: an inspection that names a box, held against its chain (spec chapter 17, ROOM-12 to ROOM-17).

A look moves nothing. It tells where a box was seen or missed, with which seals and label; what its chain says of that time decides.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from custody.core import labels, seals
from custody.core.act import Act
from custody.core.books import World, gathered, happened, speaks
from custody.core.box import Step as Linked
from custody.core.findings import Finding, finding
from custody.core.holding import Holding, Line, SealState, seals_of
from custody.core.known import Known
from custody.core.law import stated
from custody.core.moment import from_seconds
from custody.core.trail import NOWHERE, Loose, Step, astray, candidates


class Watched(Known, World, Protocol):
    """The state on which looks are judged."""


class Look(NamedTuple):
    """What one inspection says of one box. line: how it was found, None where it is only named. missed: it should have been there."""

    act: Act
    at: int
    place: str
    line: Line | None
    missed: bool

    @property
    def seals(self) -> tuple[SealState, ...]:
        """The seals told; none where nobody looked at them."""
        return seals_of(self.line) if self.line is not None else ()


class Judged(NamedTuple):
    """What is found of the looks at one box, and what they say beside its links (ROOM-4)."""

    findings: list[Finding]
    loose: list[Loose]


def looks(box: str, acts: Iterable[Act], world: World) -> list[Look]:
    """The looks at a box that count (ROOM-1), in order of the times claimed."""
    told = gathered(act for act in acts if act.statement.kind.name == "inspection")
    return [look for act in told if speaks(act, "officer", world) for look in _of_act(box, act)]


def _of_act(box: str, act: Act) -> Iterator[Look]:
    body, at = act.body, happened(act)
    line = next((line for line in body["boxes"] if line["box"] == box), None)
    if line is not None or box in body["extra"]:
        yield Look(act, at, body["place"], line, False)
    if box in body["missing"]:
        yield Look(act, at, body["place"], None, True)


def last_seen(told: Sequence[Look], holding: Holding, skew: int, link: tuple[Act, Line] | None = None) -> Holding:
    """The state after a link, with the seals that were last seen since, by times that leave no doubt (ROOM-15).

    link: only what was seen before this next one; a look that may have come before or after it counts if the link has the same seals.
    """
    seen = [look for look in told if look.seals and look.at > holding.at + skew]
    if link is not None:
        act, line = link
        at, now = happened(act), seals_of(line)
        seen = [look for look in seen if look.at + skew < at or (look.at <= at + skew and look.seals == now)]
    if not seen or seen[-1].seals == holding.seals:
        return holding
    return holding._replace(seals=seen[-1].seals, looked=seen[-1].act.entry)


def path(box: str, steps: Iterable[Linked]) -> list[Step]:
    """The links of a folded box as steps of its trail."""
    return [Step(box, one.holding.at, one.holding.place, bound_for(one.act, one.holding), one.act.entry) for one in steps]


def bound_for(act: Act, holding: Holding) -> str:
    """Where a link leaves a box bound for: nowhere, where its end is not the archive (ROOM-3)."""
    return NOWHERE if act.body.get("end", "archived") != "archived" else holding.to


def pending(box: str, acts: Iterable[Act], sids: Iterable[str]) -> list[Loose]:
    """Links that moved the box not, and may have: offers, claims, branches, orphans, and what goes on from one of these."""
    known = list(acts)
    wanted = _hanging(box, known, set(sids))
    told = gathered(act for act in known if act.sid in wanted)
    return [Loose(Step(box, happened(act), act.body["place"], act.body.get("to", act.body["place"]), act.entry)) for act in told]


def _hanging(box: str, acts: Iterable[Act], sids: set[str]) -> set[str]:
    """The sids, and those of all links of the box that follow one of them."""
    after: dict[str | None, set[str]] = {}
    for act in acts if sids else ():
        if act.statement.kind.link:
            after.setdefault(next(line["prev"] for line in act.body["boxes"] if line["box"] == box), set()).add(act.sid)
    new = sids
    while new := {sid for one in new for sid in after.get(one, ())} - sids:
        sids = sids | new
    return sids


def plain(act: Act, line: Line, holding: Holding, known: Watched) -> bool:
    """At a glance: the box is where it lies, with its own label and the seals last seen (ROOM-17)."""
    printed = known.register.codes.get(line["by"]["label"])
    read = line["by"]["label"] is None or (printed is not None and printed.box == line["box"] and printed.copy >= holding.copy)
    here = act.body["place"] == holding.place == holding.to and happened(act) > holding.at + known.skew
    return here and read and (not line["seals"] or seals_of(line) == holding.seals)


def judge(box: str, steps: Sequence[Linked], told: Sequence[Look], hanging: Sequence[Loose], known: Watched) -> Judged:
    """Hold every look against the chain.

    steps: the links of the box in order. told: the looks that count, in order of time. hanging: what may have moved it as well (`pending`).
    """
    run = _Run(box, steps, told, hanging, known)
    found, loose = list[Finding](), list[Loose]()
    for look in told:
        here = [*run.where(look), *(run.seals(look) if look.seals else ()), *(run.label(look) if look.line is not None else ())]
        found += stated(look.act, here)
        loose += run.loose(look, here)
    return Judged(found, loose)


class _Run:
    """The looks at one box under way."""

    def __init__(self, box: str, steps: Sequence[Linked], told: Sequence[Look], hanging: Sequence[Loose], known: Watched) -> None:
        self.box, self.steps, self.told, self.hanging, self.known = box, steps, told, hanging, known
        self.path = path(box, steps)
        self.after = {one.act.entry: one.holding for one in steps}

    def may(self, look: Look) -> list[Step | None]:
        """The links after which the box may have stood then; none where something unsettled leaves it open."""
        if any(True for _ in astray(self.path, self.hanging, look.at, self.known.skew)):
            return []
        return list(candidates(self.path, look.at, self.known.skew))

    def where(self, look: Look) -> Iterator[Finding]:
        """Seen where it is not, or missed where it is (ROOM-13, ROOM-14)."""
        may = [step for step in self.may(look) if step is not None]
        if not may or len(may) < len(self.may(look)):
            return
        last = may[-1]
        if look.missed:
            if all(step.inside(look.place) for step in may) and not self._near(look):
                until = self._again(look)
                told = from_seconds(until) if until is not None else "-"
                yield finding("box.missing", last.entry, look.act.entry, box=self.box, place=look.place, until=told)
        elif all(look.place not in (step.place, step.to) for step in may):
            there = last.to or last.place
            yield finding("box.unexpected", last.entry, look.act.entry, box=self.box, place=look.place, expected=there)

    def _near(self, look: Look) -> bool:
        """Seen at the same place, at a time that has no order with this."""
        return any(not one.missed and one.place == look.place and abs(one.at - look.at) <= self.known.skew for one in self.told)

    def _again(self, look: Look) -> int | None:
        """When it was seen or moved after that."""
        seen = (one.at for one in self.told if not one.missed)
        moved = (step.at for step in self.path)
        return min((at for at in (*seen, *moved) if at > look.at + self.known.skew), default=None)

    def seals(self, look: Look) -> list[Finding]:
        """Seals against those last seen, whichever of the clocks was right (ROOM-15)."""
        skew, others = self.known.skew, [one for one in self.told if one is not look]
        before = [one for one in others if one.at + skew < look.at]
        parents = [last_seen(before, self.after[step.entry], skew) for step in self.may(look) if step is not None]
        near = {one.seals for one in others if abs(one.at - look.at) <= skew}
        if not parents or look.seals in {*(parent.seals for parent in parents), *near}:
            return []
        parent = max(parents, key=lambda one: (bool(one.seals), one.at))
        return list(seals.of_line(look.act, look.line or {}, parent, self.known))

    def label(self, look: Look) -> Iterator[Finding]:
        """The label that was read: whose it is, and whether it was read elsewhere before (ROOM-16)."""
        code = look.line["by"]["label"] if look.line is not None else None
        if code is None or look.line is None:
            return
        parents = [self.after[step.entry] for step in self.may(look) if step is not None]
        yield from labels.of_line(look.act, look.line, min(parents, key=lambda one: one.copy, default=None), self.known)
        skew = self.known.skew
        before = [reading for reading in self._readings(code) if reading[0] + skew < look.at]
        if not before or not self.may(look):
            return
        at, other, entry = max(before)
        came = [step for step in self.path if at - skew <= step.at <= look.at + skew and look.place in (step.place, step.to)]
        if other != look.place and not came:
            yield finding("label.cloned", entry, look.act.entry, box=self.box, place=look.place, other=other)

    def _readings(self, code: str) -> Iterator[tuple[int, str, int]]:
        """When and where a code was read on the box, by links and looks; and the entry."""
        for one in self.steps:
            if one.line["by"]["label"] == code:
                yield one.holding.at, one.holding.place, one.act.entry
        for look in self.told:
            if look.line is not None and look.line["by"]["label"] == code:
                yield look.at, look.place, look.act.entry

    def loose(self, look: Look, found: Iterable[Finding]) -> Iterator[Loose]:
        """From a look that has it elsewhere or missing on, until it is seen again, the box is surely nowhere (ROOM-4)."""
        if any(one.code in ("box.missing", "box.unexpected") for one in found):
            place = NOWHERE if look.missed else look.place
            seen = (one.at for one in self.told if not one.missed and one.at > look.at + self.known.skew)
            yield Loose(Step(self.box, look.at, place, place, look.act.entry), min(seen, default=None))
