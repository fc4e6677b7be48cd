"""Boxes that are looked at: an inspection that names a box, held against its chain (spec chapter 17, ROOM-12 to ROOM-17).

A look moves nothing. It tells where a box was seen or missed, with which seals and label; what its chain says of that time decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, Protocol

from custody.core import labels, seals
from custody.core.act import Act
from custody.core.books import World, gathered, happened, speaks
from custody.core.box import Step as Linked
from custody.core.concern import has_part, home, reaches_any
from custody.core.findings import Finding, finding
from custody.core.holding import BoxState, Holding, Line, SealState, seals_of
from custody.core.law import stated
from custody.core.moment import from_seconds
from custody.core.trail import NOWHERE, Loose, Step, candidates, loose_spans, merged, straight, within

_at = attrgetter("at")


class Watched(World, Protocol):
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


def path(box: str, steps: Iterable[Linked], known: Watched) -> list[Step]:
    """The links of a folded box as steps of its trail, at times that run forwards.

    A link of people none of whom is concerned leaves the box where it was (ROOM-4): what they wrote is told of the link itself.
    """
    found, holder = list[Step](), None
    for one in steps:
        place, to = one.holding.place, bound_for(one.act, one.holding)
        if found and not has_part(one.act, box, holder, known):
            place, to = found[-1].place, found[-1].to
        found.append(Step(box, one.holding.at, place, to, one.act.entry))
        holder = one.holding.holder
    return straight(found)


def bound_for(act: Act, holding: Holding) -> str:
    """Where a link leaves a box bound for: nowhere, where its end is not the archive (ROOM-3)."""
    return NOWHERE if act.body.get("end", "archived") != "archived" else holding.to


def pending(box: str, acts: Iterable[Act], state: BoxState, steps: Iterable[Linked], known: Watched) -> list[Loose]:
    """Links that moved the box not, and may have (ROOM-4): offers, claims, branches, orphans, and what goes on from one of these.

    Where two have signed, the box may be there and is surely nowhere; one person's word only says where it may be too.
    """
    chain = list(steps)
    found = [
        Loose(Step(box, happened(one.act), one.act.body["place"], one.act.body.get("to", one.act.body["place"]), one.act.entry))
        for one in chain
        if happened(one.act) < one.holding.at
    ]
    if not (state.offers or state.branches or state.orphans):
        return found
    by_sid = {act.sid: act for act in gathered(act for act in acts if act.statement.kind.link)}
    wanted = _hanging(box, by_sid, state, {one.holding.sid: one.holding.holder for one in chain}, known)
    return found + [
        Loose(Step(box, happened(act), act.body["place"], act.body.get("to", act.body["place"]), act.entry), takes=wanted[sid])
        for sid, act in by_sid.items()
        if sid in wanted
    ]


def _hanging(box: str, links: dict[str, Act], state: BoxState, holders: dict[str, str], known: Watched) -> dict[str, bool]:
    """What moved the box not, and all that follows it, where who signed is concerned; and whether two signed it and all before it."""
    after: dict[str | None, list[str]] = {}
    for act in links.values():
        after.setdefault(_prev(box, act), []).append(act.sid)
    found = dict[str, bool]()
    ahead = [(sid, holders.get(_prev(box, links[sid]) or ""), True) for sid in (*state.branches, *state.orphans)]
    ahead += [(sid, holders.get(_prev(box, links[sid]) or ""), False) for sid in state.offers]
    while ahead:
        sid, holder, two = ahead.pop()
        act = links[sid]
        if sid in found or not _tells(act, box, holder, known):
            continue
        found[sid] = two and _by_two(act)
        ahead += [(one, _taker(act), found[sid]) for one in after.get(sid, ())]
    return found


def _prev(box: str, act: Act) -> str | None:
    return next((line["prev"] for line in act.body["boxes"] if line["box"] == box), None)


def _tells(act: Act, box: str, holder: str | None, known: Watched) -> bool:
    """Whether one of those who signed a link is concerned with the box."""
    named = {act.body.get(side) for side in ("giver", "receiver", "sealer", "witness", "officer")}
    return ("end" in act.body or not named.isdisjoint(act.signed)) and has_part(act, box, holder, known)


def _by_two(act: Act) -> bool:
    """Whether two persons told it: both sides of it, or what a giver offered and its receiver acknowledged; never a receiver alone."""
    return "giver" not in act.body or act.body["giver"] in act.signed


def _taker(act: Act) -> str | None:
    """Who would hold the box after a link."""
    names = (act.body.get(side) for side in ("receiver", "sealer", "officer"))
    return next((name for name in names if name is not None), None)


def plain(act: Act, line: Line, holding: Holding, known: Watched) -> bool:
    """At a glance: the box is where it lies, with its own label and the seals last seen (ROOM-17)."""
    printed = known.register.codes.get(line["by"]["label"])
    at, read = happened(act), line["by"]["label"] is None
    if printed is not None and printed.box == line["box"]:
        read = printed.copy == max(holding.copy, 1) and printed.at <= at + known.skew
    here = act.body["place"] == holding.place == holding.to and at > holding.at + known.skew
    return here and read and (not line["seals"] or seals_of(line) == holding.seals)


class Sightings:
    """The looks at one box, held against its chain (ROOM-13 to ROOM-16)."""

    def __init__(self, box: str, steps: Sequence[Linked], told: Sequence[Look], hanging: Sequence[Loose], known: Watched) -> None:
        """steps: the links of the box in order. told: the looks that count. hanging: what may have moved it as well (`pending`)."""
        self.box, self.told, self.known = box, told, known
        self.path = path(box, steps, known)
        self.open = merged(span for _, span in loose_spans(self.path, (one for one in hanging if one.takes), known.skew))
        self.times = {one.act.sid: step.at for one, step in zip(steps, self.path, strict=True)}
        self.after = {one.act.entry: one.holding for one in steps}
        self.lines = [one.line for one in steps]
        self.seen = sorted({look.at for look in told if not look.missed})
        self.sealed = [look for look in told if look.seals and self._near_way(look) and any(self.may(look))]
        self.sealed_at = [look.at for look in self.sealed]
        self.copies = sorted((look.at, copy) for look in told if (copy := self._copy(look)) > 1 and self._near_way(look))
        self.alike: dict[tuple[SealState, ...], list[int]] = {}  # the numbers of those with the same seals
        for number, look in enumerate(self.sealed):
            self.alike.setdefault(look.seals, []).append(number)
        self.number = {look.act.sid: number for number, look in enumerate(self.sealed)}
        self.changed: dict[tuple[SealState, ...], int] = {}  # the last time at which these seals were told as changed
        self.read: dict[str, _Readings] = {}

    def last_seen(self, holding: Holding, link: tuple[Act, Line] | None) -> Holding:
        """The state after a link, with the seals and the copy of the label last seen since, by times that leave no doubt (ROOM-15, REG-6).

        link: only what was surely seen before this next one.
        """
        until = self.times.get(link[0].sid, happened(link[0])) if link is not None else None
        newest = self._newest(until)
        if newest > holding.copy:
            holding = holding._replace(copy=newest)
        first, end = self._last(self.times[holding.sid], until)
        if first == end:
            return holding
        alike = self._alike(seals_of(link[1]) if link is not None else (), first, end)
        look = self.sealed[end - 1 if alike is None else alike]
        return holding if look.seals == holding.seals else holding._replace(seals=look.seals, looked=look.act.entry)

    def _last(self, since: int, until: int | None) -> tuple[int, int]:
        """Of the looks with seals surely after a second and before another, the last, and those not surely before it: from, to before."""
        first = bisect_right(self.sealed_at, since + self.known.skew)
        end = bisect_left(self.sealed_at, until - self.known.skew) if until is not None else len(self.sealed)
        if first >= end:
            return 0, 0
        return max(first, bisect_left(self.sealed_at, self.sealed_at[end - 1] - self.known.skew)), end

    def _alike(self, told: tuple[SealState, ...], first: int, end: int) -> int | None:
        """The first look with these seals, from one number to before another."""
        alike = self.alike.get(told, [])
        at = bisect_left(alike, first)
        return alike[at] if at < len(alike) and alike[at] < end else None

    def _copy(self, look: Look) -> int:
        """The copy number of the label that a look read on the box; 0 where it read none of this box, or one not printed by then."""
        if look.line is None:
            return 0
        codes = self.known.register.codes
        printed = codes.get(look.line["by"]["label"])
        by_then = printed is not None and printed.at <= look.at + self.known.skew
        return labels.copy_number(look.line, codes) if by_then else 0

    def _newest(self, until: int | None) -> int:
        """The newest copy that looks read on the box, surely before a second (REG-6)."""
        return max((copy for at, copy in self.copies if until is None or at < until - self.known.skew), default=0)

    def judge(self) -> Judged:
        """What is found of all looks."""
        found, loose = list[Finding](), list[Loose]()
        for look in self.told:
            here = [*self.where(look), *self.seals(look), *self.label(look)]
            found += stated(look.act, here)
            loose += self.loose(look, here)
        return Judged(found, loose)

    def may(self, look: Look) -> list[Step | None]:
        """The links after which the box may have stood then; none where something unsettled leaves it open."""
        return [] if within(self.open, look.at) else list(candidates(self.path, look.at, self.known.skew))

    def where(self, look: Look) -> Iterator[Finding]:
        """Seen where it is not, or missed where it is (ROOM-13, ROOM-14)."""
        all_, may = self.may(look), [step for step in self.may(look) if step is not None]
        if not may or len(may) < len(all_):
            return
        last = may[-1]
        if look.missed:
            if all(step.inside(look.place) for step in may):
                until = self._again(look)
                told = from_seconds(until) if until is not None else "-"
                yield finding("box.missing", last.entry, look.act.entry, box=self.box, place=look.place, until=told)
        elif all(look.place not in (step.place, step.to) for step in may):
            there = last.to or last.place
            told = self._explained(look)
            yield finding("box.unexpected", last.entry, look.act.entry, box=self.box, place=look.place, expected=there, until=told)

    def _explained(self, look: Look) -> str:
        """When the mark of a stranger ended: somebody concerned saw the box where its chain has it, or it was moved; else `-`."""
        until = None if self._near_way(look) or self._concerned(look) else self._first(self.found, look, look.at - self.known.skew)
        return from_seconds(until) if until is not None else "-"

    @cached_property
    def found(self) -> list[int]:
        """When somebody concerned saw the box where its chain may have it."""
        return sorted(look.at for look in self.told if not look.missed and self._concerned(look) and self._at_its_place(look))

    def _at_its_place(self, look: Look) -> bool:
        return any(step is not None and look.place in (step.place, step.to) for step in self.may(look))

    def _first(self, seen: Sequence[int], look: Look, since: int) -> int | None:
        """The first of these times from a second on, or that of the next link after a look; never before the look itself."""
        at = bisect_left(seen, since)
        moved = self.path[bisect_right(self.path, look.at + self.known.skew, key=_at) :][:1]
        return min((*(max(one, look.at) for one in seen[at : at + 1]), *(step.at for step in moved)), default=None)

    def _again(self, look: Look) -> int | None:
        """When it was seen or moved after that; at the earliest then, where the order of the two is open."""
        return self._first(self.seen, look, look.at - self.known.skew)

    def _sighted(self, look: Look) -> int | None:
        """When it was seen again; after a look that missed it, already where the order of the two is open."""
        skew = self.known.skew
        at = bisect_left(self.seen, look.at - skew) if look.missed else bisect_right(self.seen, look.at + skew)
        return max(self.seen[at], look.at) if at < len(self.seen) else None

    def seals(self, look: Look) -> list[Finding]:
        """Seals against those last seen (ROOM-15). What excuses a look is a link, or a look of an earlier time that was judged itself."""
        if look.act.sid not in self.number or not look.seals:
            return []
        parents = list[Holding]()
        for step in self.may(look):
            if step is not None:
                holding, (first, end) = self.after[step.entry], self._last(step.at, look.at)
                same = self._alike(look.seals, first, end) is not None if first < end else look.seals == holding.seals
                if same or self._near(look, step):
                    return []
                last = self.sealed[end - 1] if first < end else None
                parents.append(holding if last is None else holding._replace(seals=last.seals, looked=last.act.entry))
        found = list(seals.of_line(look.act, look.line or {}, max(parents, key=lambda one: (bool(one.seals), one.at)), self.known))
        if found:
            self.changed[look.seals] = look.at
        return found

    def _near(self, look: Look, step: Step) -> bool:
        """Whether a look of an earlier time within the skew tells the same, and was told as changed or held against this link."""
        skew, told = self.known.skew, self.changed.get(look.seals)
        first = bisect_left(self.sealed_at, max(look.at - skew, step.at + skew + 1))
        return (told is not None and look.at - skew <= told) or self._alike(look.seals, first, self.number[look.act.sid]) is not None

    def label(self, look: Look) -> Iterator[Finding]:
        """The label that was read: whose it is, and whether it was read elsewhere before (ROOM-16)."""
        code = look.line["by"]["label"] if look.line is not None else None
        if code is None or look.line is None or not (self._near_way(look) or self._own(code)):
            return
        may = self.may(look)
        parents = [self.after[step.entry] for step in may if step is not None]
        if self._near_way(look):
            parent = min(parents, key=lambda one: one.copy, default=None)
            yield from labels.of_line(look.act, look.line, parent, self.known, self._newest(look.at))
        before = self._readings(code).before(look.at - self.known.skew)
        if before is None or not may:
            return
        since = bisect_left(self.path, before.at - self.known.skew, key=_at)
        upto = bisect_right(self.path, look.at + self.known.skew, key=_at)
        came = any(look.place in (step.place, step.to) for step in self.path[since:upto])
        if before.place != look.place and not came:
            facts = {"place": look.place, "other": before.place, "until": self._explained(look)}
            yield finding("label.cloned", before.entry, look.act.entry, box=self.box, **facts)

    def _own(self, code: str) -> bool:
        """Whether a code was printed for this box alone: who reads it elsewhere has a copy of its label before him, or the box."""
        printed = self.known.register.codes.get(code)
        return printed is not None and printed.box == self.box

    def _near_way(self, look: Look) -> bool:
        """Whether a place is one where the box may come: only there seals and labels that are seen are a word about it."""
        there = any(look.place in (step.place, step.to) for step in self.path)
        return there or self.known.places.on_way(home(self.box), look.place, look.act.entry)

    def _readings(self, code: str) -> _Readings:
        """When and where a code was read on the box, by links and looks."""
        if code not in self.read:
            told = [
                _Reading(step.at, sid, self.after[step.entry].place, step.entry)
                for (sid, step, line) in zip(self.times, self.path, self.lines, strict=True)
                if line["by"]["label"] == code
            ]
            for look in self.told:
                if look.line is not None and look.line["by"]["label"] == code and self._near_way(look):
                    told.append(_Reading(look.at, look.act.sid, look.place, look.act.entry))
            self.read[code] = _Readings(sorted(told))
        return self.read[code]

    def loose(self, look: Look, found: Iterable[Finding]) -> Iterator[Loose]:
        """From a look that has it elsewhere or missing on, until it is seen again, the box is surely nowhere (ROOM-4)."""
        if any(one.code in ("box.missing", "box.unexpected") for one in found) and self._concerned(look):
            place = NOWHERE if look.missed else look.place
            yield Loose(Step(self.box, look.at, place, place, look.act.entry), self._sighted(look))

    def _concerned(self, look: Look) -> bool:
        """Whether who looked acts at the home of the box, or where its chain ever had or sent it."""
        key = self.known.roster.find(look.act.body["officer"], look.act.entry)
        places = (home(self.box), *(place for step in self.path for place in (step.place, step.to)))
        return key is not None and reaches_any(key, places, look.act.entry, self.known)


class _Reading(NamedTuple):
    """A code read on a box; readings of one second are in the order of their sids."""

    at: int
    sid: str
    place: str
    entry: int


class _Readings(NamedTuple):
    """The readings of one code, in order."""

    told: list[_Reading]

    def before(self, second: int) -> _Reading | None:
        """The last before a second."""
        at = bisect_left(self.told, second, key=_at)
        return self.told[at - 1] if at else None
