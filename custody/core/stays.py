"""Stays: how many boxes were in one room at any second, counted fast for many seconds (spec chapter 17, ROOM-4, ROOM-5).

Says what `Trail.at` says, in figures. Most boxes come and go once: their stays are sorted ends, and a question is four searches. Boxes
that are back before they were surely gone, or of which more is said than their links, are asked one by one.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from custody.core.trail import Step, Trail

_NEVER = 2**62


class Stays:
    """The stays in one room; of a trail that does not change any more."""

    def __init__(self, trail: Trail, place: str, skew: int) -> None:
        self._trail, self._place, self._skew = trail, place, skew
        self._odd: list[str] = []
        self._sure: tuple[list[int], list[int]] = ([], [])  # when stays surely have begun, and may have ended
        self._may: tuple[list[int], list[int]] = ([], [])  # when they may have begun, and surely have ended
        for box in trail.visitors(place):
            self._take(box)
        for ends in (*self._sure, *self._may):
            ends.sort()

    def _take(self, box: str) -> None:
        late, steps = self._skew + (self._skew > 0), self._trail.of(box)
        stays = list(_stays(steps, self._place))
        again = any(two - self._skew < one + late for (_, one), (two, _) in pairwise(stays))
        if again or self._trail.loose(box):
            self._odd.append(box)
            return
        for begun, ended in stays:
            self._may[0].append(begun - self._skew)
            self._may[1].append(ended + late)
            if begun + late < ended - self._skew:
                self._sure[0].append(begun + late)
                self._sure[1].append(ended - self._skew)

    def count(self, second: int, but: int | None = None) -> tuple[int, int]:
        """How many were surely inside at a second, and how many may have been, these among them. but: as in `Trail.when`."""
        least, most = (bisect_right(begun, second) - bisect_right(ended, second) for begun, ended in (self._sure, self._may))
        for box in self._odd:
            told = [step is not None and step.inside(self._place) for step in self._trail.when(box, second, self._skew, but)]
            least, most = least + all(told), most + any(told)
        return least, most


def _stays(steps: list[Step], place: str) -> Iterator[tuple[int, int]]:
    """From when to when; links that follow each other in the room are one stay."""
    begun: int | None = None
    for step in steps:
        inside = step.inside(place)
        if inside and begun is None:
            begun = step.at
        elif not inside and begun is not None:
            yield begun, step.at
            begun = None
    if begun is not None:
        yield begun, _NEVER
