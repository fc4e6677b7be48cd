"""The truth of a night: where each box was minute by minute, who held it, what was done to it. No record enters here."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

SealMark = tuple[str, str | None]  # state, number


class Moment(NamedTuple):
    """What became true of a box at a second: what was done, where the box was then, who held it."""

    at: int
    what: str
    place: str
    holder: str | None
    details: str = ""


@dataclass
class Carton:
    """A physical box. painted: the id on its side; label: the code that sticks on it; inside: whose ballots it holds.

    place: a code, `>` between two codes while it is under way, `-` where nobody can say.
    """

    painted: str
    place: str
    holder: str | None = None
    label: str | None = None
    readable: bool = True
    inside: str = ""
    condition: str = "dry"
    shut: bool = False
    seals: dict[str, SealMark] = field(default_factory=dict)
    story: list[Moment] = field(default_factory=list)

    def happens(self, at: int, what: str, details: str = "") -> None:
        """Write into the story what has just become true."""
        self.story.append(Moment(at, what, self.place, self.holder, details))

    def at(self, second: int) -> Moment | None:
        """What was last true of it at a second; None before its story."""
        number = bisect_right(self.story, second, key=lambda moment: moment.at)
        return self.story[number - 1] if number else None


class Truth:
    """All boxes of a night by the id painted on them."""

    def __init__(self) -> None:
        self.boxes: dict[str, Carton] = {}

    def inside(self, place: str, second: int) -> list[str]:
        """The boxes that were in a room at a second."""
        return [box for box, carton in self.boxes.items() if (now := carton.at(second)) is not None and now.place == place]

    def minutes(self, box: str) -> list[tuple[int, str, str | None]]:
        """From when on it was where and with whom, each stay once."""
        stays: list[tuple[int, str, str | None]] = []
        for moment in self.boxes[box].story:
            if not stays or stays[-1][1:] != (moment.place, moment.holder):
                stays.append((moment.at, moment.place, moment.holder))
        return stays
