"""The frame of a night: which boxes belong where, and the calendar by which everything happens (local time is UTC+8)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from custody.simulator.chance import Chance
from custody.simulator.deeds import Deed, Record
from custody.simulator.founding import home_of
from custody.simulator.land import Land

VOTE = 1_732_636_800  # 2024-11-27, midnight in UTC+8
MINUTE, HOUR, DAY = 60, 3_600, 86_400
SEATS = {"foot": 2, "motorcycle": 2, "car": 12, "boat": 50, "truck": 95}  # boxes that go on one trip


def when(day: int, hour: float) -> int:
    """A local time, days counted from voting day."""
    return VOTE + day * DAY + int(hour * HOUR)


@dataclass
class Plan:
    """What the makers of a night share. outbound: also the way out is told; later: also what follows in the weeks after."""

    land: Land
    chance: Chance
    profile: dict[str, Any]
    boxes: dict[str, list[str]]  # by TPS, or by kecamatan for those of recapitulation
    outbound: bool = True
    later: bool = True
    deeds: list[Deed] = field(default_factory=list)

    @classmethod
    def of(cls, land: Land, chance: Chance, profile: dict[str, Any], boxes: Iterable[str], outbound: bool, later: bool) -> "Plan":
        """The plan for these boxes."""
        homes: dict[str, list[str]] = {}
        for box in sorted(boxes):
            homes.setdefault(home_of(box), []).append(box)
        return cls(land, chance, profile, homes, outbound, later)

    def points(self, phase: str) -> tuple[str, ...]:
        """The seal points of a phase."""
        own = {one["phase"]: one["points"] for one in self.profile["phases"]}
        return tuple(own.get(phase, self.profile["points"]))

    def do(self, name: str, at: int, what: str, place: str, *, told: bool = True, **rest: Any) -> Deed:
        """Add a deed. told: somebody records it, honestly. rest: boxes, who, facts, record."""
        record = rest.pop("record", Record() if told else None)
        deed = Deed(name, at, what, place, tuple(rest.pop("boxes", ())), record=record, **rest)
        self.deeds.append(deed)
        return deed

    def warehouse(self, code: str) -> str:
        """The warehouse of the kabupaten in which a place lies."""
        return f"{code[:4]}-GUDANG"

    def of_desa(self, desa: str) -> list[str]:
        """All boxes of the TPS of a desa."""
        return [box for tps in self.land.of_kind("tps", desa) for box in self.boxes[tps]]

    def of_kecamatan(self, kecamatan: str) -> list[str]:
        """All boxes of the TPS of a kecamatan."""
        return [box for desa in self.land.of_kind("desa", kecamatan) for box in self.of_desa(desa)]
