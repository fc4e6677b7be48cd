"""A whole night: a hierarchy, a seed and planted faults; out come a founding, notes in their order of arrival, and the truth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from custody.simulator.aftermath import afterwards
from custody.simulator.cast import Cast
from custody.simulator.chance import Chance
from custody.simulator.deeds import Script
from custody.simulator.founding import PEMILU, PILKADA, Preparation, code_of
from custody.simulator.guarding import guard
from custody.simulator.homecoming import come_home
from custody.simulator.land import Land
from custody.simulator.outbound import send_out
from custody.simulator.plan import DAY, VOTE, Plan
from custody.simulator.recapitulation import recapitulate
from custody.simulator.recording import ACCOUNTS
from custody.simulator.stage import Nowhere, Planted, Planter, Stage
from custody.simulator.truth import Carton, Truth
from custody.simulator.world import Arrival, World

PROFILES = {"pilkada": PILKADA, "pemilu": PEMILU}


@dataclass
class Night:
    """Everything of one night. laid: the notes of the preparation, the founding first; arrivals: what follows, in order of arrival.

    unplanted: the kinds of those faults that found no place left.
    """

    land: Land
    cast: Cast
    chance: Chance
    preparation: Preparation
    script: Script
    laid: list[bytes] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)
    planted: list[Planted] = field(default_factory=list)
    unplanted: list[str] = field(default_factory=list)
    sids: dict[str, str] = field(default_factory=dict)
    done: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def notes(self) -> list[bytes]:
        """The whole ledger, entry by entry."""
        return [*self.laid, *(arrival.note for arrival in self.arrivals)]


def simulate(
    land: Land,
    seed: str | int,
    profile: str = "pilkada",
    faults: Iterable[tuple[str, Planter]] = (),
    operation: str = "LATIHAN: malam pemilihan karangan",
    outbound: bool = True,
    later: bool = True,
) -> Night:
    """Let a night happen. The same arguments give the same bytes.

    faults: kinds of faults and their planters, each planted once; one that finds no place left plants nothing, and is told (`unplanted`).
    outbound: the way out is told as well; later: also the weeks after, up to the end of the boxes.
    """
    chance = Chance(seed)
    cast = Cast(land, chance)
    ready = Preparation(land, cast, chance, PROFILES[profile], VOTE - 14 * DAY, operation)
    plan = Plan.of(land, chance, PROFILES[profile], ready.boxes(), outbound, later)
    script = Script(_happens(plan))
    night = Night(land, cast, chance, ready, script)
    _plant(night, plan, faults)
    night.laid = [ready.note(), *ready.notes()]
    _run(night, plan)
    return night


def _happens(plan: Plan) -> list[Any]:
    if plan.outbound:
        send_out(plan)
    come_home(plan)
    recapitulate(plan)
    if plan.later:
        afterwards(plan)
    guard(plan)
    return plan.deeds


def _plant(night: Night, plan: Plan, faults: Iterable[tuple[str, Planter]]) -> None:
    counts: dict[str, int] = {}
    for kind, planter in faults:
        counts[kind] = counts.get(kind, 0) + 1
        try:
            night.planted.append(planter(Stage(plan, night.script, night.cast, kind, counts[kind])))
        except Nowhere:
            night.unplanted.append(kind)


def _run(night: Night, plan: Plan) -> None:
    world = World(night.preparation.founding.sid, night.cast, night.chance, ACCOUNTS)
    for boxes in plan.boxes.values():
        for box in boxes:
            code = code_of(night.chance, box, 1)
            world.truth.boxes[box] = Carton(box, "-", label=code, inside=box)
            world.owners[code] = box
    arrivals = list(world.run(night.script.in_order()))
    arrivals.sort(key=lambda arrival: (arrival.at, arrival.sid))
    night.arrivals, night.truth = arrivals, world.truth
    night.sids, night.done = world.sids, world.done
