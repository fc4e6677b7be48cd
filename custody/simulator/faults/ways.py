"""Ways: wrong places, legs left out or turned round, too fast, too late, without escort, and the clocks of those who write."""

from custody.core.moment import from_seconds
from custody.simulator.carrying import Way, carry
from custody.simulator.deeds import Deed
from custody.simulator.plan import DAY, HOUR, MINUTE, Plan, when
from custody.simulator.stage import Nowhere, Planted, Planter, Stage


def _carried(stage: Stage, way: Way, boxes: tuple[str, ...], at: int) -> list[Deed]:
    """A journey more: its deeds join the script."""
    plan = stage.plan
    aside = Plan(plan.land, plan.chance, plan.profile, plan.boxes, plan.outbound, plan.later)
    carry(aside, replace_name(way, f"{stage.tag} {way.name}"), boxes, at)
    return [stage.script.add(deed) for deed in aside.deeds]


def replace_name(way: Way, name: str) -> Way:
    """The same way under a name of its own."""
    return way._replace(name=name)


def _straight(stage: Stage, tps: str, receiver: str, end: str, escorts: int = 2) -> Deed:
    """The boxes of a TPS do not stop at the desa: one paper instead of two."""
    up, in_ = stage.step(stage.one(tps), "bring up"), stage.apart(tps, "bring in")
    leave = stage.step(stage.one(tps), "leave up")
    stage.without(tps, "bring in", "leave in", "list in")
    stage.again(leave, facts={**leave.facts, "to": end})
    facts = {**up.facts, "to": end, "escorts": escorts, "order": "Sprin/77/XI/LATIHAN/2024"}
    return stage.again(up, at=in_.at, place=end, who={**up.who, "receiver": receiver}, facts=facts)


def passes_through(stage: Stage) -> Planted:
    """The PPS comes along and signs without a stop."""
    tps = stage.tps()
    deed = _straight(stage, tps, f"ppk-{tps[:6]}-1", tps[:6])
    stage.again(deed, who={**deed.who, "through": f"pps-{tps[:10]}"})
    return stage.did(f"the boxes of {tps} go straight to the kecamatan, the PPS aboard", deed.at, deed, boxes=stage.boxes(tps))


def passes_unsigned(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = _straight(stage, tps, f"ppk-{tps[:6]}-1", tps[:6])
    deed = stage.again(deed, who={**deed.who, "through": f"pps-{tps[:10]}"})
    stage.told(deed, signers=(deed.who["giver"], deed.who["receiver"], deed.who["recorder"]))
    words = f"the boxes of {tps} go straight to the kecamatan; the PPS is named and never signed"
    return stage.did(words, deed.at, deed, boxes=stage.boxes(tps))


def leaves_desa_out(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = _straight(stage, tps, f"ppk-{tps[:6]}-1", tps[:6])
    return stage.did(f"the KPPS of {tps} drives straight to the kecamatan, no PPS knows of it", deed.at, deed, boxes=stage.boxes(tps))


def straight_to_warehouse(stage: Stage) -> Planted:
    tps = stage.tps()
    store = stage.plan.warehouse(tps)
    deed = _straight(stage, tps, f"gudang-{tps[:4]}-1", store)
    stage.without(tps, "open ", "list home", "load home", "leave home", "bring home")
    return stage.did(f"the boxes of {tps} are driven straight to the warehouse in the night", deed.at, deed, boxes=stage.boxes(tps))


def back_down(stage: Stage) -> Planted:
    """After the kecamatan has them, boxes are taken down to the desa once more, and brought up again."""
    tps = stage.tps()
    kecamatan, desa, plenary = tps[:6], tps[:10], stage.step(stage.one(tps), "open")
    at = max(stage.step(box, "bring in").at for box in stage.boxes(tps)) + 90 * MINUTE
    if plenary.at - at < 12 * HOUR:
        raise Nowhere(stage.kind)
    ppk, pps = f"ppk-{kecamatan}-1", f"pps-{desa}"
    down = _carried(stage, Way("down again", kecamatan, desa, ppk, pps, "truck", 1), stage.boxes(tps), at)
    up = _carried(stage, Way("up again", desa, kecamatan, pps, ppk, "truck", 2), stage.boxes(tps), at + 5 * HOUR)
    return stage.did(f"the boxes of {tps} go back to the desa for a night", at, *down, *up, boxes=stage.boxes(tps))


def wrong_kecamatan(stage: Stage) -> Planted:
    """Tired people unload at the wrong office; next morning the boxes go where they belong."""
    tps = stage.tps()
    others = [code for code in stage.land.of_kind("kecamatan") if code != tps[:6] and code[:4] == tps[:4]]
    if not others:
        raise Nowhere(stage.kind)
    other = stage.draw().pick(others, "other")
    in_ = stage.apart(tps, "bring in")
    leave, back = stage.apart(tps, "leave in"), in_.at + 5 * HOUR
    stage.again(leave, facts={**leave.facts, "to": other})
    who = {**in_.who, "receiver": f"ppk-{other}-1"}
    facts = {name: fact for name, fact in in_.facts.items() if name != "consignment"} | {"to": other}
    stage.without(tps, "list in")
    in_ = stage.again(in_, place=other, who=who, facts=facts)
    who = {"giver": f"ppk-{other}-1", "receiver": f"ppk-{tps[:6]}-1"}
    facts = {"from": other, "to": tps[:6], "carrier": "truck", "escorts": 2, "order": "Sprin/78/XI/LATIHAN/2024"}
    home = stage.add("back", back, "changes hands", tps[:6], boxes=stage.boxes(tps), who=who, facts=facts)
    return stage.did(f"the boxes of {tps} are unloaded at {other}", in_.at, in_, home, boxes=stage.boxes(tps))


def wrong_desa(stage: Stage) -> Planted:
    """The KPPS brings its boxes to the desa of the neighbours."""
    tps = stage.tps()
    others = [code for code in stage.land.of_kind("desa", tps[:6]) if code != tps[:10]]
    if not others:
        raise Nowhere(stage.kind)
    other = stage.draw().pick(others, "other")
    up, in_ = stage.step(stage.one(tps), "bring up"), stage.apart(tps, "bring in")
    leave = stage.step(stage.one(tps), "leave up")
    stage.again(leave, facts={**leave.facts, "to": other})
    up = stage.again(up, place=other, who={**up.who, "receiver": f"pps-{other}"}, facts={**up.facts, "to": other})
    stage.without(tps, "list in", "leave in")
    facts = {name: fact for name, fact in in_.facts.items() if name != "consignment"} | {"from": other}
    in_ = stage.again(in_, who={**in_.who, "giver": f"pps-{other}"}, facts=facts)
    return stage.did(f"the KPPS of {tps} brings its boxes to {other}", up.at, up, in_, boxes=stage.boxes(tps))


def taken_elsewhere(stage: Stage) -> Planted:
    """At night the boxes are carried to the next desa without a paper, and handed over from there."""
    tps = stage.tps()
    others = [code for code in stage.land.of_kind("desa", tps[:6]) if code != tps[:10]]
    if not others:
        raise Nowhere(stage.kind)
    other, in_ = stage.draw().pick(others, "other"), stage.apart(tps, "bring in")
    stage.without(tps, "list in", "leave in")
    facts = {"to": other, "how": "is carried off in the night"}
    stage.add(
        "carried",
        stage.step(stage.one(tps), "bring up").at + 5 * MINUTE,
        "is put",
        tps[:10],
        told=False,
        boxes=stage.boxes(tps),
        facts=facts,
    )
    facts = {name: fact for name, fact in in_.facts.items() if name != "consignment"} | {"from": other}
    deed = stage.again(in_, facts=facts)
    return stage.did(f"the boxes of {tps} wait in {other}, nobody wrote down how they came there", deed.at, deed, boxes=stage.boxes(tps))


def nowhere_place(stage: Stage) -> Planted:
    tps = stage.tps()
    up, in_ = stage.step(stage.one(tps), "bring up"), stage.apart(tps, "bring in")
    hut = f"GUBUK-{stage.number}"
    leave = stage.step(stage.one(tps), "leave up")
    stage.again(leave, facts={**leave.facts, "to": hut})
    up = stage.again(up, place=hut, facts={**up.facts, "to": hut})
    stage.without(tps, "list in", "leave in")
    facts = {name: fact for name, fact in in_.facts.items() if name != "consignment"} | {"from": hut}
    in_ = stage.again(in_, facts=facts)
    return stage.did(f"the PPS takes over the boxes of {tps} in a hut that is on no list", up.at, up, in_, boxes=stage.boxes(tps))


def too_fast(stage: Stage) -> Planted:
    """What is written cannot be: minutes for a way of an hour. The boxes were fetched earlier and the hour made up."""
    tps = stage.tps()
    up = stage.step(stage.one(tps), "bring up")
    in_ = stage.apart(tps, "bring in")
    claimed = from_seconds(up.at + 2 * MINUTE)
    stage.told(in_, tell=lambda body, world: {**body, "happened": {**body["happened"], "at": claimed}})
    return stage.did(
        f"the boxes of {tps} came from desa to kecamatan in two minutes, it is said", in_.at, in_, boxes=stage.boxes(tps), rooms=(tps[:6],)
    )


def too_late(stage: Stage) -> Planted:
    """The engine dies: the boxes are fetched, and come half a day after they were due."""
    tps = stage.tps()
    in_, leave = stage.apart(tps, "bring in"), stage.apart(tps, "leave in")
    plenary = stage.step(stage.one(tps), "open")
    if plenary.at - in_.at < 11 * HOUR:
        raise Nowhere(stage.kind)
    who = {"giver": in_.who["giver"], "receiver": f"ppk-{tps[:6]}-3", "recorder": in_.who["recorder"]}
    facts = {**in_.facts, "due": leave.at + 3 * HOUR}
    load = stage.add("fetched", leave.at - MINUTE, "changes hands", tps[:10], boxes=stage.boxes(tps), who=who, facts=facts)
    in_ = stage.again(in_, at=in_.at + 9 * HOUR, who={**in_.who, "giver": f"ppk-{tps[:6]}-3"})
    return stage.did(f"the engine dies under the boxes of {tps}: nine hours late", in_.at, load, in_, boxes=stage.boxes(tps))


def without_escort(stage: Stage) -> Planted:
    tps = stage.tps()
    in_ = stage.apart(tps, "bring in")
    stage.again(in_, facts={**in_.facts, "escorts": 0, "order": None})
    return stage.did(f"no guard goes along with the boxes of {tps}", in_.at, in_, boxes=stage.boxes(tps))


def one_guard(stage: Stage) -> Planted:
    tps = stage.tps()
    in_ = stage.apart(tps, "bring in")
    stage.again(in_, facts={**in_.facts, "escorts": 1})
    return stage.did(f"one guard alone goes along with the boxes of {tps}", in_.at, in_, boxes=stage.boxes(tps))


# -- clocks -------------------------------------------------------------------------------------------------------------------------


def _claims(stage: Stage, tps: str, claimed: int, words: str) -> Planted:
    in_ = stage.apart(tps, "bring in")
    hour = from_seconds(claimed)
    stage.told(in_, tell=lambda body, world: {**body, "happened": {**body["happened"], "at": hour}})
    return stage.did(f"{words} the boxes of {tps}", in_.at, in_, boxes=stage.boxes(tps), rooms=(tps[:6],))


def hour_before(stage: Stage) -> Planted:
    tps = stage.tps()
    up = stage.step(stage.one(tps), "bring up")
    return _claims(stage, tps, up.at - 5 * HOUR, "the paper has an hour before the count was over for")


def hour_ahead(stage: Stage) -> Planted:
    tps = stage.tps()
    in_ = stage.apart(tps, "bring in")
    return _claims(stage, tps, in_.at + 40 * MINUTE, "the paper has an hour that has not come yet for")


def on_paper(stage: Stage) -> Planted:
    tps = stage.tps()
    up = stage.step(stage.one(tps), "bring up")
    stage.told(up, basis="paper", after=9 * HOUR)
    return stage.did(f"no phone at {tps}: a paper deed, entered the next day", up.at, up, boxes=stage.boxes(tps))


def clock_ahead(stage: Stage) -> Planted:
    """The recorder's phone is three days ahead; he believes it."""
    tps = stage.tps()
    up = stage.step(stage.one(tps), "bring up")
    stage.told(up, tell=lambda body, world: {**body, "at": from_seconds(up.at + 30 * DAY)}, delay=HOUR)
    return stage.did(f"the phone at {tps} is a month ahead", up.at, up, boxes=stage.boxes(tps))


def laptop_ahead(stage: Stage) -> Planted:
    """The laptop of the PPS is set ten years ahead: it writes down both hours so. Whoever takes the boxes on has a clock that is right."""
    tps = stage.tps()
    up = stage.step(stage.one(tps), "bring up")
    then = from_seconds(up.at + 3_653 * DAY)
    stage.told(up, tell=lambda body, world: {**body, "at": then, "happened": {**body["happened"], "at": then}})
    words = f"the laptop that writes down how the boxes of {tps} came to the PPS is ten years ahead"
    return stage.did(words, up.at, up, boxes=stage.boxes(tps), rooms=(tps[:10],))


def gone_before_the_end(stage: Stage) -> Planted:
    """A truck goes to the warehouse before the plenary has begun, with boxes that nobody has opened."""
    tps = stage.tps()
    kecamatan, store = tps[:6], stage.plan.warehouse(tps)
    opening = stage.step(stage.one(tps), "open")
    stage.without(tps, "open ", "list home", "load home", "leave home", "bring home")
    at = max(stage.step(stage.one(tps), "bring in").at + HOUR, when((opening.at - when(0, 0)) // DAY - 1, 15))
    if at > opening.at - 6 * HOUR:
        raise Nowhere(stage.kind)
    way = Way("early", kecamatan, store, f"ppk-{kecamatan}-1", f"gudang-{tps[:4]}-1", "truck", 2)
    deeds = _carried(stage, way._replace(fetched=f"kurir-{kecamatan}"), stage.boxes(tps), at)
    return stage.did(f"the boxes of {tps} go to the warehouse before the plenary", at, *deeds, boxes=stage.boxes(tps))


PLANTERS: dict[str, Planter] = {
    "PPS aboard": passes_through, "PPS named, not signed": passes_unsigned, "desa left out": leaves_desa_out,
    "straight to the warehouse": straight_to_warehouse, "down once more": back_down, "wrong kecamatan": wrong_kecamatan,
    "wrong desa": wrong_desa, "taken elsewhere": taken_elsewhere, "a hut on no list": nowhere_place, "too fast": too_fast,
    "engine dead": too_late, "no escort": without_escort, "one guard": one_guard, "an hour long past": hour_before,
    "an hour to come": hour_ahead, "entered from paper": on_paper, "phone a month ahead": clock_ahead,
    "laptop ten years ahead": laptop_ahead,
    "gone before the plenary": gone_before_the_end,
}  # fmt: skip
