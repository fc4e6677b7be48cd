"""The night of voting: counting ends, boxes are sealed and carried to the desa, and from there to the kecamatan."""

from custody.simulator.carrying import Way, carry
from custody.simulator.plan import HOUR, MINUTE, Plan, when


def come_home(plan: Plan) -> None:
    """From the end of the count to the store of the PPK."""
    for kecamatan in plan.land.of_kind("kecamatan"):
        for desa in plan.land.of_kind("desa", kecamatan):
            last = max(_to_desa(plan, desa, tps) for tps in plan.land.of_kind("tps", desa))
            _to_kecamatan(plan, kecamatan, desa, last)


def _to_desa(plan: Plan, desa: str, tps: str) -> int:
    """The TPS seals its boxes and carries them; returns when they are with the PPS."""
    counted = when(0, 13) + int(10 * HOUR * plan.chance.share("count", tps) ** 0.7)
    sealed = counted + plan.chance.between(20, 60, "sealing", tps) * MINUTE
    boxes, guard = plan.boxes[tps], f"pam-{desa}"
    if not plan.outbound:
        plan.do(f"unfold {tps}", counted, "is put", tps, told=False, boxes=boxes, facts={"to": tps, "how": "stands at the TPS"})
    facts = {"phase": "voted", "points": plan.points("voted")}
    plan.do(f"seal {tps}", sealed, "is sealed", tps, boxes=boxes, who={"sealer": f"kpps-{tps}", "witness": guard}, facts=facts)
    leaves = sealed + plan.chance.between(10, 60, "leaving", tps) * MINUTE
    carrier = "car" if len(boxes) > 2 else plan.chance.pick(("foot", "motorcycle", "car"), "carrier", tps)
    escorts = plan.chance.between(0, 1, "along", tps)
    return carry(plan, Way(f"up {tps}", tps, desa, f"kpps-{tps}", f"pps-{desa}", carrier, escorts, recorder=guard), boxes, leaves)


def _to_kecamatan(plan: Plan, kecamatan: str, desa: str, ready: int) -> None:
    remote = plan.land.by_code[kecamatan].remote
    carrier = plan.chance.pick(("boat", "truck") if remote else ("car", "truck", "truck"), "vehicle", desa)
    at = ready + plan.chance.between(25, 90, "waiting", desa) * MINUTE
    if remote and plan.chance.share("rough sea", desa) < 0.3:
        at = when(1, 7) + plan.chance.between(0, 180, "morning", desa) * MINUTE
    way = Way(f"in {desa}", desa, kecamatan, f"pps-{desa}", f"ppk-{kecamatan}-1", carrier, 2, recorder=f"pam-{desa}")
    carry(plan, way, plan.of_desa(desa), at)
