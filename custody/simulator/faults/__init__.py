"""Faults to plant, in physical words: what was done, to which box, when, by whom. What a ledger finds of it is judged elsewhere."""

from collections.abc import Iterable

from custody.simulator.faults.hands import PLANTERS as HANDS
from custody.simulator.faults.loads import PLANTERS as LOADS
from custody.simulator.faults.offices import PLANTERS as OFFICES
from custody.simulator.faults.openings import PLANTERS as OPENINGS
from custody.simulator.faults.papers import PLANTERS as PAPERS
from custody.simulator.faults.rooms import PLANTERS as ROOMS
from custody.simulator.faults.seals import PLANTERS as SEALS
from custody.simulator.faults.unseen import PLANTERS as UNSEEN
from custody.simulator.faults.ways import PLANTERS as WAYS
from custody.simulator.stage import Planter

PLANTERS: dict[str, Planter] = {**SEALS, **HANDS, **WAYS, **OPENINGS, **ROOMS, **LOADS, **PAPERS, **OFFICES, **UNSEEN}
WIDE = ("leaves unreleased", "plenary broken off")  # these want a kecamatan of their own


def mixture(count: int, kinds: Iterable[str] = PLANTERS) -> list[tuple[str, Planter]]:
    """So many faults, of all kinds in turn; those that want a whole kecamatan first, and once in three rounds."""
    kinds, chosen = list(kinds), list[str]()
    for turn in range(count):
        if len(chosen) >= count:
            break
        chosen += [kind for kind in kinds if kind not in WIDE or turn % 3 == 0][: count - len(chosen)]
    chosen.sort(key=lambda kind: kind not in WIDE)
    return [(kind, PLANTERS[kind]) for kind in chosen]
