"""The election as the founding states it: box types, seal points, openings, what is settled by the authorities (spec chapter 08)."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Opening(NamedTuple):
    """What an opening on one basis asks for: whether an order number, which roles are invited, which are present."""

    order: bool
    invited: tuple[str, ...]
    present: tuple[str, ...]


class Pattern(NamedTuple):
    """How polling stations of one vulnerability are guarded: so many police and linmas for so many TPS."""

    police: int
    tps: int
    linmas: int


class Profile(NamedTuple):
    """An election profile.

    points: seal points that every sealing names, but for phases that `phases` gives their own. plenary: whether the recapitulation in the
    kecamatan is recorded, and boxes wait for its end. recap: boxes of recapitulation of each type and kecamatan. retention: days that a
    box is kept after its first sealing, None where nothing is stated.
    """

    code: str
    name: str
    types: frozenset[str]
    points: tuple[str, ...]
    phases: Mapping[str, tuple[str, ...]]
    openings: Mapping[str, Opening]
    patterns: Mapping[str, Pattern]
    plenary: bool
    recap: int
    retention: int | None

    def points_in(self, phase: str) -> tuple[str, ...]:
        """Seal points that a sealing of this phase names."""
        return self.phases.get(phase, self.points)


EMPTY = Profile("", "", frozenset(), (), {}, {}, {}, False, 0, None)


def of_founding(field: dict[str, Any]) -> Profile:
    """The profile in a founding, whose shape has been checked."""
    return Profile(
        code=field["code"],
        name=field["name"],
        types=frozenset(item["code"] for item in field["types"]),
        points=tuple(field["points"]),
        phases={item["phase"]: tuple(item["points"]) for item in field["phases"]},
        openings={one["basis"]: Opening(one["order"], tuple(one["invited"]), tuple(one["present"])) for one in field["openings"]},
        patterns={one["vulnerability"]: Pattern(one["police"], one["tps"], one["linmas"]) for one in field["patterns"]},
        plenary=field["plenary"],
        recap=field["recap"],
        retention=field["retention"],
    )
