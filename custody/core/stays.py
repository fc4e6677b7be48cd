"""Stays: how many boxes were in one room at any second, counted fast for many seconds (spec chapter 17, ROOM-4, ROOM-5).

Says what `Trail.at` says, in figures. The stays of all boxes are sorted ends, and a question is four searches.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain, pairwise

from custody.core.trail import ALWAYS, Span, Step, Trail, loose_spans, merged, spans, within


class Stays:
    """The stays in one room; of a trail that does not change any more. away: since when boxes are known to be gone (ROOM-4)."""

    def __init__(self, trail: Trail, place: str, skew: int, away: Mapping[str, Iterable[int]] | None = None) -> None:
        self._trail, self._place, self._skew = trail, place, skew
        self._lost: dict[str, list[Span]] = {}
        self._said: dict[int, list[str]] = {}  # entry -> the boxes of which it says more than their links
        self._sure: tuple[list[int], list[int]] = ([], [])  # when stays surely have begun, and may have ended
        self._may: tuple[list[int], list[int]] = ([], [])  # when they may have begun, and surely have ended
        for box in trail.visitors(place):
            self._take(box, (away or {}).get(box, ()))
        for ends in (*self._sure, *self._may):
            ends.sort()

    def _take(self, box: str, gone: Iterable[int]) -> None:
        steps, loose = self._trail.of(box), self._trail.loose(box)
        told = [*spans(steps, self._skew), *loose_spans(steps, loose, self._skew)]
        if lost := merged(_lost(steps, gone, self._skew)):
            self._lost[box] = lost
        for one in loose:
            self._said.setdefault(one.entry, []).append(box)
        inside = merged(span for step, span in told if step is not None and step.inside(self._place))
        outside = merged(chain((span for step, span in told if step is None or not step.inside(self._place)), lost))
        _enter(inside, self._may)
        ends = [(-ALWAYS, -ALWAYS), *outside, (ALWAYS, ALWAYS)]
        _enter([(one[1], two[0]) for one, two in pairwise(ends) if one[1] < two[0]], self._sure)

    def count(self, second: int, but: int | None = None) -> tuple[int, int]:
        """How many were surely inside at a second, and how many may have been, these among them. but: as in `Trail.when`."""
        least, most = (bisect_right(begun, second) - bisect_right(ended, second) for begun, ended in (self._sure, self._may))
        for box in self._said.get(but, ()) if but is not None else ():
            (sure, may), (surely, perhaps) = self._told(box, second, None), self._told(box, second, but)
            least, most = least + surely - sure, most + perhaps - may
        return least, most

    def _told(self, box: str, second: int, but: int | None) -> tuple[bool, bool]:
        """Whether one box was surely inside, and whether it may have been."""
        told = [step is not None and step.inside(self._place) for step in self._trail.when(box, second, self._skew, but)]
        return all(told) and not within(self._lost.get(box, ()), second), any(told)


def _lost(steps: list[Step], gone: Iterable[int], skew: int) -> list[Span]:
    """From when to when a box is known to be gone: until the next link after it was said."""
    told = sorted(set(gone))
    after = [bisect_right(steps, since, key=lambda step: step.at) for since in told]
    return [(since - skew, steps[at].at + skew if at < len(steps) else ALWAYS) for since, at in zip(told, after, strict=True)]


def _enter(told: Iterable[Span], ends: tuple[list[int], list[int]]) -> None:
    for begun, ended in told:
        ends[0].append(begun)
        ends[1].append(ended)
