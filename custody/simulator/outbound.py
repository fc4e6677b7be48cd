"""The way out: boxes are packed and sealed in the warehouse, go to the kecamatan, to the desa, and on the eve to the TPS."""

from custody.simulator.carrying import Way, carry
from custody.simulator.plan import HOUR, MINUTE, Plan, when


def send_out(plan: Plan) -> None:
    """Everything before voting day."""
    for kabupaten in plan.land.of_kind("kabupaten"):
        kecamatan = plan.chance.order(plan.land.of_kind("kecamatan", kabupaten), "waves")
        kecamatan.sort(key=lambda code: not plan.land.by_code[code].remote)  # the farthest first
        for number, code in enumerate(kecamatan):
            _to_kecamatan(plan, code, number, len(kecamatan))


def _to_kecamatan(plan: Plan, kecamatan: str, number: int, among: int) -> None:
    store, short = plan.warehouse(kecamatan), kecamatan[:4]
    day = -6 + 2 * number // max(1, among)
    hour = 8 + 8 * (number % 12) / 12
    boxes = plan.of_kecamatan(kecamatan)
    for order, desa in enumerate(plan.land.of_kind("desa", kecamatan)):
        for step, tps in enumerate(plan.land.of_kind("tps", desa)):
            at = when(day, hour) + (order * 12 + step) * MINUTE
            put = {"to": store, "how": "is put together"}
            plan.do(f"unfold {tps}", at - 30, "is put", store, told=False, boxes=plan.boxes[tps], facts=put)
            who = {"sealer": f"gudang-{short}-1", "witness": f"regu-{short}-a"}
            facts = {"phase": "packed", "points": plan.points("packed")}
            plan.do(f"pack {tps}", at, "is sealed", store, boxes=plan.boxes[tps], who=who, facts=facts)
    remote = plan.land.by_code[kecamatan].remote
    crew = f"ppk-{kecamatan}-1", f"ppk-{kecamatan}-2"
    way = Way(
        f"out {kecamatan}", store, kecamatan, f"gudang-{short}-1", crew[0], "boat" if remote else "truck", 2, fetched=crew[1], listed=True
    )
    carry(plan, way, boxes, when(day + 2, 8 + 2 * plan.chance.share("start", kecamatan)))
    for desa in plan.land.of_kind("desa", kecamatan):
        _to_desa(plan, kecamatan, desa)


def _to_desa(plan: Plan, kecamatan: str, desa: str) -> None:
    at = when(-2, 8 + 2 * plan.chance.share("eve", desa))
    way = Way(f"down {desa}", kecamatan, desa, f"ppk-{kecamatan}-1", f"pps-{desa}", "truck", 1, recorder=f"pam-{desa}")
    carry(plan, way, plan.of_desa(desa), at)
    for tps in plan.land.of_kind("tps", desa):
        leaves = when(-1, 13) + plan.chance.between(0, 2 * HOUR, "last way", tps)
        carry(plan, Way(f"give {tps}", desa, tps, f"pps-{desa}", f"kpps-{tps}", "car", 0), plan.boxes[tps], leaves)
