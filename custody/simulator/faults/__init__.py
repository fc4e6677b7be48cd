"""Faults to plant, in physical words: what was done, to which box, when, by whom. What a ledger finds of it is judged elsewhere."""

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
