"""The weeks after: a look at every box in the warehouse, one polling station before the court, and the end of all boxes."""

from custody.simulator.carrying import Way, carry
from custody.simulator.cast import HOUSES
from custody.simulator.plan import HOUR, MINUTE, Plan, when

COURT_DAY, END_DAY = 12, 24
MOST, MOST_LOOKED = 250, 140


def afterwards(plan: Plan) -> None:
    """What follows once the boxes are in the warehouse."""
    for kabupaten in plan.land.of_kind("kabupaten"):
        store = plan.warehouse(kabupaten)
        boxes = sorted(box for home, own in plan.boxes.items() if home.startswith(kabupaten) for box in own)
        _look(plan, store, len(boxes))
        _before_court(plan, kabupaten, store)
        _end(plan, store, boxes)


def _look(plan: Plan, store: str, count: int) -> None:
    who = {"officer": f"regu-{store[:4]}-b", "also": (f"gudang-{store[:4]}-1",)}
    plan.do(f"inspect {store}", when(11, 10), "is looked after", store, who=who, facts={"boxes": count <= MOST_LOOKED})


def _before_court(plan: Plan, kabupaten: str, store: str) -> None:
    tps = plan.chance.pick([tps for tps in plan.boxes if tps.startswith(kabupaten) and "-" in tps], "court")
    boxes, court, short = plan.boxes[tps], f"{kabupaten}-SIDANG", kabupaten
    keepers = f"gudang-{short}-2", f"gudang-{short}-3"
    carry(plan, Way(f"court {kabupaten}", store, court, keepers[0], keepers[1], "car", 2), boxes, when(COURT_DAY, 8.5))
    at = when(COURT_DAY, 11)
    facts = {"basis": "court-order", "order": "Perintah 12/LATIHAN/2024", "closed": at + HOUR, "points": plan.points("court")}
    facts |= {"taken out": {"c-hasil": 1}, "put back": {"c-hasil": 1}}
    witness = ("witness", f"bawaslu-{short}")
    who = {"officer": keepers[1], "present": [("keeper", keepers[1]), witness], "invited": [witness]}
    plan.do(f"open court {kabupaten}", at, "is opened", court, boxes=boxes, who=who, facts=facts)
    carry(plan, Way(f"back {kabupaten}", court, store, keepers[1], keepers[0], "car", 2), boxes, at + 2 * HOUR)


def _end(plan: Plan, store: str, boxes: list[str]) -> None:
    for number, at in enumerate(range(0, len(boxes), MOST)):
        who = {"authorities": tuple(sorted(HOUSES))[:2]}
        facts = {"end": "archived", "permit": f"LATIHAN/{number + 1}/2024"}
        hour = when(END_DAY, 9) + number * 10 * MINUTE
        plan.do(f"end {store} {number}", hour, "ends", store, boxes=boxes[at : at + MOST], who=who, facts=facts)
