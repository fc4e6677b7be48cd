"""Stays: how many boxes were in one room at any second, counted fast for many seconds (spec chapter 17, ROOM-4, ROOM-5).

Says what `Trail.at` says, in figures. The stays of all boxes are sorted ends, and a question is four searches.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain, pairwise
from typing import NamedTuple, Self

from custody.core.trail import ALWAYS, Span, Step, Trail, loose_spans, merged, spans, within


class Stays:
    """The stays in one room; of a trail that does not change any more. away: since when boxes are known to be gone (ROOM-4)."""

    def __init__(self, trail: Trail, place: str, skew: int, away: Mapping[str, Iterable[int]] | None = None) -> None:
        self._trail, self._place, self._skew = trail, place, skew
        self._said: dict[int, list[tuple[_Box, bool, Span]]] = {}  # entry -> what it says beside the links of a box, and whether inside
        self._sure: tuple[list[int], list[int]] = ([], [])  # when stays surely have begun, and may have ended
        self._may: tuple[list[int], list[int]] = ([], [])  # when they may have begun, and surely have ended
        for box in trail.visitors(place):
            self._take(box, (away or {}).get(box, ()))
        for ends in (*self._sure, *self._may):
            ends.sort()

    def _take(self, box: str, gone: Iterable[int]) -> None:
        steps, loose = self._trail.of(box), self._trail.loose(box)
        chained = [(_inside(step, self._place), span) for step, span in spans(steps, self._skew)]
        said = [(step.inside(self._place), span) for step, span in loose_spans(steps, loose, self._skew)]
        lost = merged(_lost(steps, gone, self._skew))
        _enter(merged(span for inside, span in (*chained, *said) if inside), self._may)
        taken = [(one.entry, inside, span) for one, (inside, span) in zip(loose, said, strict=True) if inside or one.takes]
        outside = merged(chain((span for inside, span in (*chained, *(one[1:] for one in taken)) if not inside), lost))
        ends = [(-ALWAYS, -ALWAYS), *outside, (ALWAYS, ALWAYS)]
        _enter([(one[1], two[0]) for one, two in pairwise(ends) if one[1] < two[0]], self._sure)
        if taken:
            whole = _Box.of([*chained, *(one[1:] for one in taken)], lost)
            for entry, inside, span in taken:
                self._said.setdefault(entry, []).append((whole, inside, span))

    def count(self, second: int, but: int | None = None) -> tuple[int, int]:
        """How many were surely inside at a second, and how many may have been, these among them. but: as in `Trail.when`."""
        least, most = (bisect_right(begun, second) - bisect_right(ended, second) for begun, ended in (self._sure, self._may))
        for box, inside, span in self._said.get(but, ()) if but is not None else ():
            if span[0] <= second < span[1]:
                (sure, may), (surely, perhaps) = box.told(second), box.told(second, without=inside)
                least, most = least + surely - sure, most + perhaps - may
        return least, most


Ends = tuple[list[int], list[int]]


class _Box(NamedTuple):
    """A box of which more is said than its links: when what has it inside and outside begins and ends, and when it is gone."""

    inside: Ends
    outside: Ends
    lost: list[Span]

    @classmethod
    def of(cls, told: Iterable[tuple[bool, Span]], lost: list[Span]) -> Self:
        """From all that is said of it: whether inside, and from when to when."""
        ends: tuple[Ends, Ends] = (([], []), ([], []))
        for inside, span in told:
            if span[0] < span[1]:
                _enter([span], ends[not inside])
        for one in (*ends[0], *ends[1]):
            one.sort()
        return cls(*ends, lost)

    def told(self, second: int, without: bool | None = None) -> tuple[bool, bool]:
        """Whether it was surely inside, and whether it may have been. without: left out is one that then has it inside, or not."""
        inside, outside = (bisect_right(begun, second) - bisect_right(ended, second) for begun, ended in (self.inside, self.outside))
        if without is not None:
            inside, outside = (inside - 1, outside) if without else (inside, outside - 1)
        return outside == 0 and not within(self.lost, second), inside > 0


def _inside(step: Step | None, place: str) -> bool:
    return step is not None and step.inside(place)


def _lost(steps: list[Step], gone: Iterable[int], skew: int) -> list[Span]:
    """From when to when a box is known to be gone: until the next link after it was said."""
    told = sorted(set(gone))
    after = [bisect_right(steps, since, key=lambda step: step.at) for since in told]
    return [(since - skew, steps[at].at + skew if at < len(steps) else ALWAYS) for since, at in zip(told, after, strict=True)]


def _enter(told: Iterable[Span], ends: Ends) -> None:
    for begun, ended in told:
        ends[0].append(begun)
        ends[1].append(ended)
