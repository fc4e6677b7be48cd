"""The plenary of each kecamatan: boxes are opened in panels, closed again, and travel to the warehouse when it is over."""

from custody.simulator.carrying import Way, carry
from custody.simulator.plan import HOUR, MINUTE, Plan, when

BEGIN, END = 8.5, 20.5  # hours between which a plenary sits


def recapitulate(plan: Plan) -> None:
    """All plenaries, and the way to the warehouse after each."""
    for kecamatan in plan.land.of_kind("kecamatan"):
        finished = _sit(plan, kecamatan)
        _to_warehouse(plan, kecamatan, finished)


def _sit(plan: Plan, kecamatan: str) -> int:
    """Open every box of the kecamatan in panels; returns when the plenary is over."""
    panels = plan.chance.between(2, 3, "panels", kecamatan)
    day = 2 + plan.chance.between(0, 1, "plenary", kecamatan)
    clocks = [when(day, BEGIN) + 30 * MINUTE] * panels
    _step(plan, kecamatan, "begun", when(day, BEGIN), panels)
    stations = [tps for desa in plan.land.of_kind("desa", kecamatan) for tps in plan.land.of_kind("tps", desa)]
    for number, tps in enumerate(stations):
        panel = number % panels
        takes = plan.chance.between(12, 25, "takes", tps) * MINUTE
        if (clocks[panel] - when(day, 0)) / HOUR % 24 > END - 1:
            clocks[panel] = when(_day(clocks[panel]) + 1, BEGIN) + 15 * MINUTE
        _open(plan, kecamatan, tps, panel, clocks[panel], takes)
        clocks[panel] += takes + 3 * MINUTE
    over = max(clocks) + 40 * MINUTE
    for past in range(day, _day(over)):
        _step(plan, kecamatan, "paused", when(past, END) + 30 * MINUTE, panels)
        _step(plan, kecamatan, "resumed", when(past + 1, BEGIN), panels)
    _recap_boxes(plan, kecamatan, over - 20 * MINUTE)
    _step(plan, kecamatan, "finished", over, panels)
    return over


def _day(at: int) -> int:
    return (at - when(0, 0)) // (24 * HOUR)


def _step(plan: Plan, kecamatan: str, step: str, at: int, panels: int) -> None:
    who = {"officer": f"ppk-{kecamatan}-1", "witness": f"panwas-{kecamatan}"}
    plan.do(f"plenary {kecamatan} {step} {_day(at)}", at, "plenary", kecamatan, who=who, facts={"step": step, "panels": panels})


def _open(plan: Plan, kecamatan: str, tps: str, panel: int, at: int, takes: int) -> None:
    officer, witness = f"ppk-{kecamatan}-{panel + 1}", f"panwas-{kecamatan}"
    facts = {
        "basis": "plenary", "order": None, "closed": at + takes, "points": plan.points("plenary"),
        "taken out": {"c-hasil": len(plan.boxes[tps])}, "put back": {"c-hasil": len(plan.boxes[tps])},
    }  # fmt: skip
    who = {"officer": officer, "present": [("ppk", officer), ("witness", witness)], "invited": [("witness", witness)]}
    plan.do(f"open {tps}", at, "is opened", kecamatan, boxes=plan.boxes[tps], who=who, facts=facts)


def _recap_boxes(plan: Plan, kecamatan: str, at: int) -> None:
    boxes = plan.boxes.get(kecamatan, [])
    if not boxes:
        return
    plan.do(f"unfold {kecamatan}", at - 30, "is put", kecamatan, told=False, boxes=boxes, facts={"to": kecamatan, "how": "is put together"})
    who = {"sealer": f"ppk-{kecamatan}-1", "witness": f"panwas-{kecamatan}"}
    facts = {"phase": "plenary", "points": plan.points("plenary")}
    plan.do(f"seal {kecamatan}", at, "is sealed", kecamatan, boxes=boxes, who=who, facts=facts)


def _to_warehouse(plan: Plan, kecamatan: str, finished: int) -> None:
    remote, short = plan.land.by_code[kecamatan].remote, kecamatan[:4]
    at = when(_day(finished) + 1 + plan.chance.between(0, 2, "rest", kecamatan), 8 + 2 * plan.chance.share("start home", kecamatan))
    way = Way(
        f"home {kecamatan}", kecamatan, plan.warehouse(kecamatan), f"ppk-{kecamatan}-1", f"gudang-{short}-1", "boat" if remote else "truck",
        2 + plan.chance.between(0, 4, "escort", kecamatan), recorder=f"regu-{kecamatan}-a", fetched=f"kurir-{kecamatan}", listed=True,
    )  # fmt: skip
    boxes = [*plan.of_kecamatan(kecamatan), *plan.boxes.get(kecamatan, [])]
    carry(plan, way, boxes, at, {"booth": 2 * len(plan.land.of_kind("desa", kecamatan))})
