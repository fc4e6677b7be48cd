"""Seals and labels: torn, changed, used twice, copied onto other boxes."""

from custody.simulator.founding import code_of
from custody.simulator.plan import HOUR, MINUTE, when
from custody.simulator.stage import Nowhere, Planted, Planter, Stage


def _touched(stage: Stage, state: str, number: str | None, words: str) -> Planted:
    """On the way between desa and kecamatan somebody lays hands on one seal."""
    tps = stage.tps()
    box = stage.one(tps)
    before = stage.step(box, "bring up")
    deed = stage.add(
        "hand on the seal",
        before.at + 10 * MINUTE,
        "is marked",
        tps[:10],
        told=False,
        boxes=(box,),
        facts={"seals": {"tie-1": (state, number)}},
    )
    return stage.did(f"{words}: tie-1 of {box} in {tps[:10]}", deed.at, stage.step(box, "bring in"), boxes=stage.boxes(tps))


def tie_torn(stage: Stage) -> Planted:
    return _touched(stage, "torn", None, "a tie is torn while the boxes wait for the truck")


def tie_loose(stage: Stage) -> Planted:
    return _touched(stage, "loose", None, "a tie is found so loose that a hand goes under it")


def tie_gone(stage: Stage) -> Planted:
    return _touched(stage, "missing", None, "a tie is cut off and taken away")


def other_number(stage: Stage) -> Planted:
    return _touched(stage, "intact", f"Z{stage.number:06d}", "a tie is cut and another with another number put on")


def torn_in_store(stage: Stage) -> Planted:
    """After the plenary, in the store; the keeper who fetches the boxes sees it."""
    tps = stage.tps()
    box = stage.one(tps)
    after = stage.step(box, "open")
    marks = {"seals": {"lid": ("torn", None)}}
    stage.add("torn", after.facts["closed"] + 5 * MINUTE, "is marked", after.place, told=False, boxes=(box,), facts=marks)
    return stage.did(
        f"the sticker on the lid of {box} is torn in the store", after.at, stage.step(box, "load home"), boxes=stage.boxes(tps)
    )


def seen_on_a_round(stage: Stage) -> Planted:
    """Torn in the store of the kecamatan; a squad that looks at the boxes finds it in the morning."""
    tps = stage.tps()
    box = stage.one(tps)
    came, later = stage.step(box, "bring in"), stage.step(box, "open")
    if later.at - came.at < 10 * HOUR:
        raise Nowhere(stage.kind)
    kecamatan = came.place
    marks = {"seals": {"tie-2": ("missing", None)}}
    stage.add("cut", later.at - 9 * HOUR, "is marked", kecamatan, told=False, boxes=(box,), facts=marks)
    who = {"officer": f"regu-{kecamatan}-b"}
    look = stage.add(
        "look",
        later.at - 2 * HOUR - stage.draw().between(0, HOUR, "soon"),
        "is looked after",
        kecamatan,
        who=who,
        facts={"boxes": stage.boxes(tps)},
    )
    return stage.did(f"tie-2 of {box} is gone one morning in the store", look.at, look, boxes=stage.boxes(tps))


def no_tie_left(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = stage.step(stage.one(tps), "seal")
    stage.again(deed, facts={**deed.facts, "points": tuple(point for point in deed.facts["points"] if point != "tie-2")})
    return stage.did(f"the KPPS of {tps} runs out of ties: tie-2 is left away", deed.at, deed, boxes=stage.boxes(tps))


def torn_while_sticking(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = stage.step(stage.one(tps), "seal")
    stage.again(deed, facts={**deed.facts, "spoilt": {"lid": "torn"}})
    return stage.did(f"poor paper: the sticker on the lid tears while it is put on at {tps}", deed.at, deed, boxes=stage.boxes(tps))


def number_twice(stage: Stage) -> Planted:
    """A tie of one TPS is cut off when the boxes have gone, and closes a box of another."""
    first, second = stage.tps(), stage.tps()
    if stage.step(stage.one(second), "seal").at < stage.step(stage.one(first), "seal").at:
        first, second = second, first
    one, other = stage.one(first), stage.one(second)
    deeds = stage.step(one, "seal"), stage.step(other, "seal")
    stage.again(deeds[0], facts={**deeds[0].facts, "numbers": {(one, "tie-1"): f"Y{stage.number:06d}"}})
    stage.again(deeds[1], facts={**deeds[1].facts, "numbers": {(other, "tie-1"): f"Y{stage.number:06d}"}})
    words = f"a tie with the number of one on {one} is put on {other}"
    return stage.did(words, deeds[1].at, *deeds, boxes=(*stage.boxes(first), *stage.boxes(second)))


def nobody_looks(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = stage.apart(tps, "bring in")
    stage.again(deed, facts={**deed.facts, "looked": False})
    return stage.did(f"in the rain nobody looks at the seals of the boxes of {tps}", deed.at, deed, boxes=stage.boxes(tps))


def sealed_by_another(stage: Stage) -> Planted:
    """The PPK comes to the desa and puts new ties on boxes that the PPS holds."""
    tps = stage.tps()
    desa, kecamatan = tps[:10], tps[:6]
    at = stage.step(stage.one(tps), "bring up").at + 12 * MINUTE
    who = {"sealer": f"ppk-{kecamatan}-2", "witness": f"pam-{desa}"}
    facts = {"phase": "transit", "points": stage.plan.points("transit")}
    deed = stage.add("new ties", at, "is sealed", desa, boxes=stage.boxes(tps), who=who, facts=facts)
    return stage.did(f"{who['sealer']} puts new ties on the boxes of {tps}, which the PPS holds", at, deed, boxes=stage.boxes(tps))


# -- labels -------------------------------------------------------------------------------------------------------------------------


def _printed(stage: Stage, box: str | None, code: str, copy: int, at: int, reason: str = "reprint") -> None:
    body = {"labels": [{"box": box, "code": code, "copy": copy}], "reason": reason}
    stage.state(f"print {box or code[:6]}", "label", body, (f"kasatops-{stage.land.of_kind('kabupaten')[0]}-1",), at)


def old_copy(stage: Stage) -> Planted:
    """A new label is stuck over a torn one; later the new one falls off and the old one is scanned."""
    tps = stage.tps()
    box = stage.one(tps)
    code, up, in_ = code_of(stage.plan.chance, box, 2), stage.step(box, "bring up"), stage.apart(tps, "bring in")
    _printed(stage, box, code, 2, when(-1, 20))
    stage.add("new label", up.at - 5 * MINUTE, "is labelled", up.place, told=False, boxes=(box,), facts={"code": code})
    old = {"code": code_of(stage.plan.chance, box, 1)}
    stage.add("falls off", up.at + 5 * MINUTE, "is labelled", up.place, told=False, boxes=(box,), facts=old)
    return stage.did(f"the new label of {box} falls off, the old one is read", in_.at, in_, boxes=stage.boxes(tps))


def foreign_code(stage: Stage) -> Planted:
    tps = stage.tps()
    box = stage.one(tps)
    up = stage.step(box, "bring up")
    facts = {"code": stage.draw().hex(32, "home-made")}
    stage.add("home-made label", up.at - 5 * MINUTE, "is labelled", tps, told=False, boxes=(box,), facts=facts)
    return stage.did(f"a home-made label is stuck on {box}", up.at, up, stage.apart(tps, "bring in"), boxes=stage.boxes(tps))


def labels_exchanged(stage: Stage) -> Planted:
    tps = stage.tps()
    one, other, *_ = stage.boxes(tps)
    up = stage.step(one, "bring up")
    for box, its in ((one, other), (other, one)):
        facts = {"code": code_of(stage.plan.chance, its, 1)}
        stage.add(f"label of {its}", up.at - 5 * MINUTE, "is labelled", tps, told=False, boxes=(box,), facts=facts)
    return stage.did(f"the labels of {one} and {other} are exchanged", up.at, up, boxes=stage.boxes(tps))


def spare_twice(stage: Stage) -> Planted:
    """A spare label is photocopied and stuck on two boxes."""
    tps = stage.tps()
    one, other, *_ = stage.boxes(tps)
    code, up = stage.draw().hex(32, "spare"), stage.step(one, "bring up")
    _printed(stage, None, code, 1, when(-1, 20), "spare")
    for box in (one, other):
        stage.add(f"spare on {box}", up.at - 5 * MINUTE, "is labelled", tps, told=False, boxes=(box,), facts={"code": code})
    return stage.did(f"one spare label is copied onto {one} and {other}", up.at, up, boxes=stage.boxes(tps))


def label_torn(stage: Stage) -> Planted:
    tps = stage.tps()
    box = stage.one(tps)
    up = stage.step(box, "bring up")
    stage.add("label torn", up.at - 5 * MINUTE, "is labelled", tps, told=False, boxes=(box,), facts={"code": None})
    return stage.did(f"the label of {box} is torn off; people know the box by what is painted on it", up.at, up, boxes=stage.boxes(tps))


def copied_elsewhere(stage: Stage) -> Planted:
    """A box that looks the same, with a copy of the label, stands in another kecamatan; a squad there writes down what it sees."""
    tps = stage.tps()
    box = stage.one(tps)
    others = [code for code in stage.land.of_kind("kecamatan") if code != tps[:6]]
    other = stage.draw().pick(others or [stage.plan.warehouse(tps)], "other")
    line = {"box": box, "by": {"how": "scanned", "label": code_of(stage.plan.chance, box, 1)}, "seals": []}
    short = other[:4] if other.endswith("GUDANG") else other
    officer = f"regu-{short}-a"
    body = {
        "boxes": [line], "counted": None, "defects": [], "door": "locked", "extra": [box], "irregular": [], "lock": "intact", "missing": [],
        "note": None, "officer": officer, "photos": [], "place": other,
    }  # fmt: skip
    at = stage.step(box, "bring in").at + 6 * HOUR
    deed = stage.state("look-alike", "inspection", body, (officer,), at, place=other)
    words = f"a box with a copy of the label of {box} stands in {other}"
    return stage.did(words, at, deed, boxes=stage.boxes(tps), rooms=(other,))


PLANTERS: dict[str, Planter] = {
    "tie torn": tie_torn, "tie loose": tie_loose, "tie cut off": tie_gone, "other number": other_number, "torn in the store": torn_in_store,
    "missing one morning": seen_on_a_round, "no tie left": no_tie_left, "torn while sticking": torn_while_sticking,
    "number used twice": number_twice, "nobody looks at the seals": nobody_looks, "sealed by another": sealed_by_another,
    "old label read": old_copy, "home-made label": foreign_code, "labels exchanged": labels_exchanged, "spare label twice": spare_twice,
    "label torn off": label_torn, "label copied elsewhere": copied_elsewhere,
}  # fmt: skip
