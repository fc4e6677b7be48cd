"""Coverage: spans of a box's history that no signed holder covers (spec chapter 09, FOLD-15)."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from custody.core.findings import Finding, finding
from custody.core.holding import Coverage, Holding

# What a link says that begins where the one before did not end: nobody who signed held the box between the two.
_UNHELD = frozenset(("giver.not-holder", "giver.unsigned", "place.from", "sealer.not-holder"))


class Hole(NamedTuple):
    """A span between two links without a signed holder. before, after: the sids. start, end: Unix seconds, as claimed."""

    before: str
    after: str
    start: int
    end: int
    holder: str
    place: str
    entries: tuple[int, int]

    @property
    def seconds(self) -> int:
        """How long it lasted; 0 where the second link claims the earlier time."""
        return max(self.end - self.start, 0)


def uncovered(found: Iterable[Finding]) -> bool:
    """Whether the findings of a link say that no signed holder covers the time before it."""
    return any(one.code in _UNHELD for one in found)


def holes(chain: Iterable[Holding]) -> list[Hole]:
    """The holes of a box, the earliest first, from its holdings after each link (the steps of `fold`). holder, place: those before."""
    return [
        Hole(one.sid, other.sid, one.at, other.at, one.holder, one.place, (one.entry, other.entry))
        for one, other in pairwise(chain)
        if other.holes > one.holes
    ]


def gaps(box: str, chain: Iterable[Holding], skew: int) -> list[Finding]:
    """What is told of the holes that are longer than the clocks may differ."""
    return [
        finding("custody.gap", *hole.entries, box=box, minutes=hole.seconds // 60, holder=hole.holder)
        for hole in holes(chain)
        if hole.seconds > skew
    ]


def together(listed: Iterable[Coverage]) -> Coverage:
    """The coverage of several boxes as one."""
    spans, covered, seconds, held = 0, 0, 0, 0
    for one in listed:
        spans, covered = spans + one.spans, covered + one.covered_spans
        seconds, held = seconds + one.seconds, held + one.covered_seconds
    return Coverage(spans, covered, seconds, held)


def percent(covered: int, whole: int) -> int | None:
    """A share in whole percent, rounded down so that 100 means all; None of nothing."""
    return covered * 100 // whole if whole else None
