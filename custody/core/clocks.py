"""Clocks that ran ahead: of claims that contradict each other, the one that the many contradict (spec chapter 10, TIME-7)."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from operator import gt
from typing import NamedTuple, Protocol

from custody.core import times
from custody.core.act import Act
from custody.core.brackets import Claims
from custody.core.findings import Finding, finding
from custody.core.holding import Holding
from custody.core.moment import from_seconds, to_seconds
from custody.core.roster import Roster

REACH = 1_000  # entries: how many of what it had seen, the newest, an entry is held against
MOST = 100  # of these, so many it may contradict; whoever contradicts more is heard by nobody


class Voice(NamedTuple):
    """Who says something, and where: the persons whose signatures of it count. sees: the head that he saw is one of this ledger."""

    place: str
    persons: frozenset[str]
    sees: bool = True


Contradicted = Mapping[int, Sequence[int]]  # who came first -> who surely came after, and claims an earlier time


class Passed(Protocol):
    """One complete link of a chain (`Step` of the fold)."""

    @property
    def act(self) -> Act: ...
    @property
    def holding(self) -> Holding: ...


def backwards(found: Iterable[Finding]) -> bool:
    """Whether one of these says that a link claims an earlier time than the one before."""
    return any(one.code == "time.backwards" for one in found)


def of_chain(box: str, found: list[Finding], steps: Sequence[Passed], skew: int, roster: Roster) -> list[Finding]:
    """The findings of a chain, where one of its links claims too late a time for those after it: that one is told, not the next.

    found: those of the links, in which one at least is `time.backwards`.
    """
    ends = [step.holding.at - skew for step in steps]
    starts = [to_seconds(step.act.body["happened"]["at"]) for step in steps]
    later = {one: [other for other in range(one + 1, len(steps)) if starts[other] < ends[one]] for one in range(len(steps))}
    told = list[Finding]()
    for one, heard in _odd(later, lambda number: voice(steps[number].act, roster)):
        entry, at = steps[one].holding.entry, from_seconds(steps[one].holding.at)
        then = steps[heard[0]].act
        told.append(finding("time.ahead", entry, then.entry, box=box, at=at, count=len(heard), other=then.body["happened"]["at"]))
        if one + 1 in heard:
            blamed = times.backwards(box, steps[one].holding, steps[one + 1].act)
            found = [item for item in found if item._replace(stated=None) != blamed]
    return found + told


def voice(act: Act, roster: Roster, sees: bool = True) -> Voice:
    """Who says an act; see `Voice`. What names no place is of one that is no other's."""
    persons = frozenset(person for name in act.signed if (person := roster.person_of(name)) is not None)
    return Voice(act.body.get("place") or "-", persons, sees)


def of_entries(claims: Claims, skew: int, said: Callable[[int], Voice]) -> list[Finding]:
    """Entries that claim a later time than those do who had seen them in the ledger. said: by whom an entry is."""
    told = list[Finding]()
    for one, heard in _odd(_seen(claims, skew), said):
        at, other = from_seconds(claims.at[one]), from_seconds(claims.at[heard[0]])
        told.append(finding("time.ahead", one, heard[0], at=at, count=len(heard), other=other))
    return told


def _seen(claims: Claims, skew: int) -> dict[int, list[int]]:
    """Of each entry those that had seen it and claim an earlier time; nobody is heard who contradicts too many."""
    if _in_order(claims.at, skew):
        return {}
    at, latest, pairs = claims.at, _latest(claims.at), dict[int, list[int]]()
    for later, (size, claimed) in enumerate(zip(claims.seen, at, strict=True)):
        if 0 < size <= later and latest[size - 1] > claimed + skew:
            its = [one for one in range(max(size - REACH, 0), size) if at[one] > claimed + skew]
            for one in its if len(its) <= MOST else ():
                pairs.setdefault(one, []).append(later)
    return pairs


def _in_order(at: "array[int]", skew: int) -> bool:
    """Whether no entry claims an earlier time than one before it, but for the skew: then nobody contradicts anybody."""
    return not any(map(gt, accumulate(at, max), map(skew.__add__, at)))


def _latest(at: "array[int]") -> "array[int]":
    """Of each entry, and of those before it, `REACH` together, the latest time. Two passes over stretches of that length."""
    ups, downs = array("q"), array("q")
    for start in range(0, len(at), REACH):
        stretch = at[start : start + REACH]
        ups.extend(accumulate(stretch, max))
        downs.extend(reversed(list(accumulate(reversed(stretch), max))))
    return array("q", [*ups[: REACH - 1], *map(max, ups[REACH - 1 :], downs)])


def _odd(later: Contradicted, said: Callable[[int], Voice]) -> Iterator[tuple[int, list[int]]]:
    """Who is contradicted from more places than any of them contradicts, and by whom; and by as many persons, who have not signed his."""
    said = cache(said)
    against: dict[int, set[str]] = {}
    for one, others in later.items():
        for other in others:
            against.setdefault(other, set()).add(said(one).place)
    weights = {other: len(places) for other, places in against.items()}
    for one, others in sorted(later.items()):
        heard = _heard(said(one), sorted(others, key=lambda other: (weights[other], other)), weights, said)
        if heard:
            yield one, sorted(heard)


def _heard(mine: Voice, others: list[int], weights: Mapping[int, int], said: Callable[[int], Voice]) -> list[int]:
    """Those who are enough together, from who contradicts the fewest on."""
    places, persons, asked, enough = set[str](), set[str](), list[int](), 0
    for other in others:
        its = said(other)
        if its.sees:
            places.add(its.place)
            persons |= its.persons - mine.persons
            asked.append(other)
        if min(len(places), len(persons)) > weights[other]:
            enough = len(asked)
    return asked[:enough]
