"""Openings and ends: boxes cut open without witnesses, left open, emptied; ends too early, and what is moved after its end."""

from custody.simulator.cast import HOUSES
from custody.simulator.deeds import Deed
from custody.simulator.plan import HOUR, MINUTE, when
from custody.simulator.stage import Nowhere, Planted, Planter, Stage


def _opening(stage: Stage) -> tuple[str, Deed]:
    tps = stage.tps()
    return tps, stage.step(stage.one(tps), "open ")


def _other(tps: str, deed: Deed) -> str:
    """Somebody else of the PPK."""
    return next(name for number in (3, 2) if (name := f"ppk-{tps[:6]}-{number}") != deed.who["officer"])


def alone(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    stage.told(deed, signers=(deed.who["officer"],))
    return stage.did(f"the chair alone signs that the boxes of {tps} were opened", deed.at, deed, boxes=stage.boxes(tps))


def one_has_not_signed(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    deed = stage.again(deed, who={**deed.who, "present": [*deed.who["present"], ("ppk", _other(tps, deed))]})
    stage.told(deed, signers=(deed.who["officer"], f"panwas-{tps[:6]}"))
    return stage.did(f"one of those present when the boxes of {tps} were opened does not sign", deed.at, deed, boxes=stage.boxes(tps))


def in_the_night(stage: Stage) -> Planted:
    """Two of the PPK cut the ties in the night before the plenary, without an order, take envelopes, put on new ties."""
    tps, later = _opening(stage)
    came = stage.step(stage.one(tps), "bring in")
    at = later.at - 7 * HOUR
    if at < came.at + HOUR:
        raise Nowhere(stage.kind)
    names = f"ppk-{tps[:6]}-2", f"ppk-{tps[:6]}-3"
    who = {"officer": names[0], "present": [("ppk", name) for name in names], "invited": []}
    facts = {"basis": "none", "order": None, "closed": at + HOUR, "points": stage.plan.points("plenary"), "taken out": {"c-hasil": 2}}
    deed = stage.add("in the night", at, "is opened", tps[:6], boxes=stage.boxes(tps), who=who, facts={**facts, "put back": {"c-hasil": 2}})
    return stage.did(f"{names[0]} and {names[1]} open the boxes of {tps} in the night", at, deed, boxes=stage.boxes(tps))


def order_without_number(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    stage.again(deed, facts={**deed.facts, "basis": "recount", "order": None})
    return stage.did(f"a recount of {tps}, and nobody can name the order", deed.at, deed, boxes=stage.boxes(tps))


def nobody_invited(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    stage.again(deed, who={**deed.who, "invited": [], "present": [("ppk", deed.who["officer"]), ("ppk", _other(tps, deed))]})
    return stage.did(f"no witness was invited when the boxes of {tps} were opened", deed.at, deed, boxes=stage.boxes(tps))


def witness_absent(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    stage.again(deed, who={**deed.who, "present": [("ppk", deed.who["officer"]), ("ppk", _other(tps, deed))]})
    return stage.did(f"no witness is there when the boxes of {tps} are opened", deed.at, deed, boxes=stage.boxes(tps))


def paper_kept(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    count = deed.facts["taken out"]["c-hasil"]
    stage.again(deed, facts={**deed.facts, "put back": {"c-hasil": count - 1}})
    return stage.did(f"one form of {tps} is taken out and does not go back", deed.at, deed, boxes=stage.boxes(tps))


def left_open(stage: Stage) -> Planted:
    tps, deed = _opening(stage)
    stage.again(deed, facts={**deed.facts, "points": (), "closed": None})
    return stage.did(f"the boxes of {tps} are not closed again, and travel open", deed.at, deed, boxes=stage.boxes(tps))


def ends_early(stage: Stage) -> Planted:
    tps = stage.tps()
    stage.without(tps, "end ")
    facts = {"end": "destroyed", "permit": f"LATIHAN/E{stage.number}/2024"}
    who = {"authorities": tuple(sorted(HOUSES))[:2]}
    deed = stage.add("end", when(14, 9), "ends", stage.plan.warehouse(tps), boxes=stage.boxes(tps), who=who, facts=facts)
    return stage.did(f"the boxes of {tps} are destroyed while they must still be kept", deed.at, deed, boxes=stage.boxes(tps))


def moved_after_end(stage: Stage) -> Planted:
    tps = stage.tps()
    store, short = stage.plan.warehouse(tps), tps[:4]
    at = stage.step(stage.one(tps), "end ").at + 10 * HOUR
    stage.add(
        "still there", at - MINUTE, "is put", store, told=False, boxes=stage.boxes(tps), facts={"to": store, "how": "was never archived"}
    )
    who = {"giver": f"gudang-{short}-1", "receiver": f"gudang-{short}-3"}
    deed = stage.add("after the end", at, "changes hands", store, boxes=stage.boxes(tps), who=who, facts={"from": store, "to": store})
    return stage.did(f"the boxes of {tps} change hands after they were archived", at, deed, boxes=stage.boxes(tps))


PLANTERS: dict[str, Planter] = {
    "opened, one signature": alone, "opened, one does not sign": one_has_not_signed, "opened in the night": in_the_night,
    "no order for a recount": order_without_number, "nobody invited": nobody_invited, "no witness present": witness_absent,
    "a form kept": paper_kept, "left open": left_open, "destroyed too early": ends_early, "moved after its end": moved_after_end,
}  # fmt: skip
