"""The trail: where each box was from when to when, by the times that the signers of its links claimed (spec chapter 17, ROOM-3, ROOM-4).

Twelve bytes a link: the second, the number of a pair of places, the entry. A box whose place is not what it is bound for is under way and
in no room. What happened within the skew of two clocks may have been on either side: then a box is possibly inside, never surely.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

Span = tuple[int, int]  # from a second on, until before another
ALWAYS = 2**62  # later than any second
NOWHERE = ""  # bound for nowhere: what was destroyed, lost or handed to a court is in no room any more
_NONE = array("I")
_at = attrgetter("at")
_LATEST = 2**32 - 1  # the last second that an array keeps; times outside of it are kept as the nearest inside


class Step(NamedTuple):
    """One complete link of a box: since when (Unix seconds) it is at `place`, bound for `to`. entry: the first of the link."""

    box: str
    at: int
    place: str
    to: str
    entry: int

    def inside(self, place: str) -> bool:
        """Whether it puts the box into this room."""
        return self.place == place == self.to


_step: Callable[[tuple[str, int, str, str, int]], Step] = partial(tuple.__new__, Step)  # for one of every link


class Loose(NamedTuple):
    """What is said of a box and moves it not, from `step.at` until a later link or `until` (Unix seconds), whichever is first.

    takes: whether the box is surely nowhere else meanwhile. One person's word only says where it may be too (ROOM-4).
    """

    step: Step
    until: int | None = None
    takes: bool = True

    @property
    def entry(self) -> int:
        """The first entry of the statement that says so."""
        return self.step.entry


class Inside(NamedTuple):
    """The boxes in a room at one second, in order: those that surely were, and the others that may have been."""

    surely: tuple[str, ...]
    possibly: tuple[str, ...]


class Turn(NamedTuple):
    """A link by its place in the chain of its box (`Trail.of`), with its second, and where the link before it left the box."""

    box: str
    number: int
    at: int
    place: str
    to: str


class Trail:
    """The steps of all boxes, each in the order of its chain, and beside them what is said of a box and moves it not (`loose`)."""

    def __init__(self) -> None:
        self._links: dict[str, array[int]] = {}
        self._loose: dict[str, tuple[Loose, ...]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._pairs: list[tuple[str, str]] = []
        self._guests: dict[str, list[str]] = {}  # place -> boxes that ever were in it; made when first asked

    def add(self, box: str, at: int, place: str, to: str, entry: int) -> None:
        """One link more at the end of a box's chain."""
        links = self._links.get(box)
        if links is None:
            links = self._links[box] = array("I")
        number = self._numbers.get((place, to))
        if number is None:
            number = self._number(place, to)
        links.extend((at if 0 <= at <= _LATEST else min(max(at, 0), _LATEST), number, entry))
        if self._guests:
            self._guests = {}

    def _number(self, place: str, to: str) -> int:
        self._pairs.append((place, to))
        number = self._numbers[place, to] = len(self._pairs) - 1
        return number

    def put(self, box: str, steps: Iterable[Step], loose: Iterable[Loose] = ()) -> None:
        """All links of a box anew.

        :param loose: what may have moved it as well, or taken it away (offers, claims, branches, orphans, sightings): as long as one that
            `takes` holds, the box is surely nowhere.
        """
        self._links[box], self._guests = array("I"), {}
        for step in steps:
            self.add(box, step.at, step.place, step.to, step.entry)
        told = tuple(loose)
        if told:
            self._loose[box] = told
        else:
            self._loose.pop(box, None)

    def boxes(self) -> Iterable[str]:
        """Every box that has a link."""
        return self._links.keys()

    def of(self, box: str) -> list[Step]:
        """The links of a box, in the order of its chain, at times that run forwards (`straight`); none where it has none."""
        links, pairs = self._links.get(box, _NONE), self._pairs
        told = zip(links[::3], links[1::3], links[2::3], strict=True)
        return straight([_step((box, at, *pairs[number], entry)) for at, number, entry in told])

    def loose(self, box: str) -> tuple[Loose, ...]:
        """What `put` was told beside its links."""
        return self._loose.get(box, ())

    def steps(self) -> Iterator[Step]:
        """Every link of every box."""
        for box in self._links:
            yield from self.of(box)

    def turns(self, first: Callable[[str, str], bool], then: Callable[[str, str], bool]) -> Iterator[Turn]:
        """Every link that goes on from one of a kind to one of another; each pair of places is asked about once.

        :param first: tells of place and bound-for whether a link is of the first kind. :param then: of the second.
        """
        before, after = [first(*pair) for pair in self._pairs], [then(*pair) for pair in self._pairs]
        for box, links in self._links.items():
            numbers = links[1::3]
            for at in range(1, len(numbers)):
                if after[numbers[at]] and before[numbers[at - 1]]:
                    yield Turn(box, at, min(links[3 * at :: 3]), *self._pairs[numbers[at - 1]])

    def has(self, box: str, entry: int) -> bool:
        """Whether the link that first stood at `entry` is one of the chain of this box: complete, not taken back, not in dispute."""
        return entry in self._links.get(box, _NONE)[2::3]

    def when(self, box: str, second: int, skew: int, but: int | None = None) -> list[Step | None]:
        """The steps after which the box may have stood at a second, None for before its first; there is always one.

        but: what the statement that first stands at this entry says beside the links is left out.
        """
        steps, loose = self.of(box), [one for one in self.loose(box) if one.entry != but]
        return [*candidates(steps, second, skew), *astray(steps, loose, second, skew)]

    def at(self, place: str, second: int, skew: int) -> Inside:
        """The boxes in a room at a second (ROOM-4). A place below it is another room."""
        surely, possibly = [], []
        for box in self.visitors(place):
            steps, loose = self.of(box), self.loose(box)
            told = [step is not None and step.inside(place) for step in candidates(steps, second, skew)]
            told += [step.inside(place) for step in astray(steps, (one for one in loose if one.takes), second, skew)]
            if all(told):
                surely.append(box)
            elif any(told) or any(step.inside(place) for step in astray(steps, loose, second, skew)):
                possibly.append(box)
        return Inside(tuple(surely), tuple(possibly))

    def visitors(self, place: str) -> list[str]:
        """The boxes that a link, or what is said of them, ever had at a place, in order."""
        if not self._guests:
            found: dict[str, dict[str, None]] = {}
            for box in sorted(self._links):
                for step in (*self.of(box), *(one.step for one in self.loose(box))):
                    found.setdefault(step.place, {})[box] = None
            self._guests = {code: list(boxes) for code, boxes in found.items()}
        return self._guests.get(place, [])


def straight(steps: list[Step]) -> list[Step]:
    """The same links, none later than one that follows it (ROOM-3): their order is proven, and a clock that runs ahead proves nothing."""
    for at in range(len(steps) - 2, -1, -1):
        if steps[at].at > steps[at + 1].at:
            steps[at] = steps[at]._replace(at=steps[at + 1].at)
    return steps


def candidates(steps: Sequence[Step], second: int, skew: int) -> Iterator[Step | None]:
    """The links that may have been the last at a second: begun by one clock, not surely followed by the other.

    steps: at times that run forwards (`straight`).
    """
    for at in range(_over(steps, second, skew) - 1, bisect_right(steps, second + skew, key=_at)):
        yield steps[at] if at >= 0 else None


def astray(steps: Sequence[Step], loose: Iterable[Loose], second: int, skew: int) -> Iterator[Step]:
    """Of what moved a box not, what may hold at a second: told by then, not ended, and no link since. steps: as in `candidates`."""
    over = _over(steps, second, skew)
    since = steps[over - 1].at if over else None  # what was said earlier than this link is surely over
    for one, until, _ in loose:
        if one.at - skew <= second and (since is None or since <= one.at) and (until is None or not _past(until, second, skew)):
            yield one


def spans(steps: Sequence[Step], skew: int) -> Iterator[tuple[Step | None, Span]]:
    """When each link may have been the last, as `candidates` says it of one second; None for the time before the first."""
    late = skew + (skew > 0)
    for at in range(-1, len(steps)):
        begun = steps[at].at - skew if at >= 0 else -ALWAYS
        yield steps[at] if at >= 0 else None, (begun, steps[at + 1].at + late if at + 1 < len(steps) else ALWAYS)


def loose_spans(steps: Sequence[Step], loose: Iterable[Loose], skew: int) -> Iterator[tuple[Step, Span]]:
    """When each of what moved a box not may hold, as `astray` says it of one second."""
    late = skew + (skew > 0)
    for one, until, _ in loose:
        ended = bisect_right(steps, one.at, key=_at)
        ends = [*([steps[ended].at] if ended < len(steps) else []), *([until] if until is not None else [])]
        yield one, (one.at - skew, min(ends) + late if ends else ALWAYS)


def merged(told: Iterable[Span]) -> list[Span]:
    """The same seconds in spans that do not touch, in order; those that hold no second are left out."""
    found: list[Span] = []
    for begun, ended in sorted(told):
        if found and begun <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ended))
        elif begun < ended:
            found.append((begun, ended))
    return found


def within(told: Sequence[Span], second: int) -> bool:
    """Whether one of these spans, as `merged` gives them, holds a second."""
    at = bisect_right(told, (second, ALWAYS))
    return at > 0 and second < told[at - 1][1]


def _over(steps: Sequence[Step], second: int, skew: int) -> int:
    """How many links surely were before a second."""
    return bisect_right(steps, second - skew - (skew > 0), key=_at)


def _past(other: int, second: int, skew: int) -> bool:
    """Surely before a second, as far as two clocks may differ."""
    return other + skew + (skew > 0) <= second
