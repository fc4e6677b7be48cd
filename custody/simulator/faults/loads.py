"""Loads: lists and trucks that do not agree, trips that lose boxes, plenaries out of order, incidents nobody settles."""

from custody.simulator.carrying import Way
from custody.simulator.deeds import Deed
from custody.simulator.faults.ways import _carried
from custody.simulator.plan import DAY, HOUR, MINUTE
from custody.simulator.stage import Planted, Planter, Stage


def _home(stage: Stage) -> tuple[str, Deed]:
    tps = stage.tps()
    return tps, stage.step(stage.one(tps), "load home")


def _next_day(stage: Stage, tps: str, at: int) -> list[Deed]:
    """What stayed behind goes a day later, on a paper of its own."""
    kecamatan, store = tps[:6], stage.plan.warehouse(tps)
    way = Way("later", kecamatan, store, f"ppk-{kecamatan}-1", f"gudang-{tps[:4]}-1", "truck", 2, fetched=f"kurir-{kecamatan}")
    return _carried(stage, way, stage.boxes(tps), at + DAY)


def left_behind(stage: Stage) -> Planted:
    tps, deed = _home(stage)
    listed = stage.step(stage.one(tps), "list home")
    stage.without(tps, "load home", "leave home", "bring home")
    later = _next_day(stage, tps, deed.at)
    return stage.did(
        f"the boxes of {tps} are on the list and stay behind in a corner", deed.at, listed, deed, *later, boxes=stage.boxes(tps)
    )


def not_on_the_list(stage: Stage) -> Planted:
    tps, deed = _home(stage)
    listed = stage.step(stage.one(tps), "list home")
    stage.without(tps, "list home")
    return stage.did(f"the boxes of {tps} are on the truck and on no list", deed.at, listed, deed, boxes=stage.boxes(tps))


def to_another_door(stage: Stage) -> Planted:
    """The driver of one truck is told another place than the list has, and the boxes go on from there."""
    tps = stage.tps()
    court, store, short = f"{tps[:4]}-SIDANG", stage.plan.warehouse(tps), tps[:4]
    load, leave, bring = (stage.apart(tps, f"{step} home") for step in ("load", "leave", "bring"))
    load = stage.again(load, facts={**load.facts, "to": court})
    stage.again(leave, facts={**leave.facts, "to": court})
    bring = stage.again(bring, place=court, facts={**bring.facts, "to": court}, who={**bring.who, "receiver": f"gudang-{short}-3"})
    way = Way("onward", court, store, f"gudang-{short}-3", f"gudang-{short}-1", "truck", 2)
    later = _carried(stage, way, stage.boxes(tps), bring.at + HOUR)
    words = f"the boxes of {tps} are driven to {court} instead of {store}"
    return stage.did(words, load.at, load, bring, *later, boxes=stage.boxes(tps))


def never_arrives(stage: Stage) -> Planted:
    """Of one trip some boxes come and some do not."""
    tps, load = _home(stage)
    bring = stage.step(stage.one(tps), "bring home")
    stage.without(tps, "bring home")
    stage.add(
        "fell",
        bring.at - 20 * MINUTE,
        "is put",
        bring.place,
        told=False,
        boxes=stage.boxes(tps),
        facts={"to": "-", "how": "falls off the truck"},
    )
    return stage.did(f"the truck arrives without the boxes of {tps}", bring.at, load, bring, boxes=stage.boxes(tps))


def booths_lacking(stage: Stage) -> Planted:
    kecamatan = stage.session()
    load = stage.script.deeds[f"load home {kecamatan} 1"]
    stage.again(load, facts={**load.facts, "things": {"booth": max(0, load.facts["things"]["booth"] - 2)}})
    words = f"two voting booths of the list are not on the truck from {kecamatan}"
    return stage.did(words, load.at, load, stage.script.deeds[f"list home {kecamatan}"])


def leaves_unreleased(stage: Stage) -> Planted:
    """No room on the truck: some boxes stay for the next day, and no supervisor knows."""
    kecamatan = stage.kecamatan()
    stations = [tps for desa in stage.land.of_kind("desa", kecamatan) for tps in stage.land.of_kind("tps", desa)]
    tps = stage.draw().pick(stations, "left")
    load = stage.step(stage.plan.boxes[tps][0], "load home")
    last = max((deed for name, deed in stage.script.deeds.items() if name.startswith(f"load home {kecamatan} ")), key=lambda deed: deed.at)
    stage.without(tps, "load home", "leave home", "bring home")
    last = stage.script.deeds[last.name]
    stage.again(last, facts={**last.facts, "consignment": {**last.facts["consignment"], "rest": "no-room"}})
    bring = stage.script.deeds[last.name.replace("load", "bring")]
    stage.again(bring, facts={**bring.facts, "consignment": {**bring.facts["consignment"], "rest": "no-room"}})
    later = _next_day(stage, tps, last.at)
    words = f"there is no room for the boxes of {tps}; the truck leaves and no supervisor has signed"
    deeds = (load, last, stage.script.deeds[f"list home {kecamatan}"], *later)
    return stage.did(words, last.at, *deeds, boxes=(*stage.plan.of_kecamatan(kecamatan), *stage.plan.boxes.get(kecamatan, ())))


# -- plenaries ----------------------------------------------------------------------------------------------------------------------


def _session(stage: Stage, step: str, whole: bool = False) -> Deed:
    place = stage.kecamatan() if whole else stage.session()
    found = [deed for name, deed in stage.script.deeds.items() if name.startswith(f"plenary {place} {step} ")]
    return min(found, key=lambda deed: deed.at)


def begun_unrecorded(stage: Stage) -> Planted:
    deed = _session(stage, "begun")
    stage.script.drop(deed.name)
    later = [one for name, one in stage.script.deeds.items() if name.startswith(f"plenary {deed.place} ")]
    words = f"nobody writes down that the plenary of {deed.place} begins"
    return stage.did(words, deed.at, *later, rooms=(deed.place,))


def plenary_unwitnessed(stage: Stage) -> Planted:
    deed = _session(stage, "finished")
    stage.told(deed, signers=(deed.who["officer"],))
    return stage.did(f"the witness does not sign the end of the plenary of {deed.place}", deed.at, deed, rooms=(deed.place,))


def end_written_later(stage: Stage) -> Planted:
    """The end is remembered when the boxes have long been in the warehouse."""
    deed = _session(stage, "finished")
    stage.told(deed, after=6 * DAY, basis="memory")
    return stage.did(f"the end of the plenary of {deed.place} is written down days later", deed.at, deed, rooms=(deed.place,))


def never_finished(stage: Stage) -> Planted:
    """The plenary is broken off, and all boxes go to the warehouse."""
    deed = _session(stage, "finished", whole=True)
    stage.script.drop(deed.name)
    boxes = (*stage.plan.of_kecamatan(deed.place), *stage.plan.boxes.get(deed.place, ()))
    return stage.did(f"the plenary of {deed.place} is broken off, the boxes go all the same", deed.at, boxes=boxes, rooms=(deed.place,))


# -- incidents ----------------------------------------------------------------------------------------------------------------------


def _cry(stage: Stage, code: str, tps: str, at: int, place: str, teller: str) -> Deed:
    facts = {"code": code, "due": at + DAY}
    return stage.add("cry", at, "is reported", place, boxes=stage.boxes(tps), who={"teller": teller, "owner": None}, facts=facts)


def _wet(stage: Stage) -> tuple[str, Deed]:
    tps = stage.tps()
    up = stage.step(stage.one(tps), "bring up")
    at = up.at + 10 * MINUTE
    stage.add("rain", at - MINUTE, "suffers", up.place, told=False, boxes=stage.boxes(tps), facts={"condition": "wet"})
    return tps, _cry(stage, "wet", tps, at, up.place, f"pps-{tps[:10]}")


def soaked(stage: Stage) -> Planted:
    tps, cry = _wet(stage)
    return stage.did(f"the boxes of {tps} are soaked, and nobody says what became of it", cry.at, cry, boxes=stage.boxes(tps))


def _settled(stage: Stage, tps: str, cry: Deed, teller: str, at: int) -> Deed:
    facts = {"code": "wet", "settles": (cry.name,)}
    return stage.add("settled", at, "is reported", cry.place, boxes=(), who={"teller": teller, "owner": None}, facts=facts)


def soaked_and_dried(stage: Stage) -> Planted:
    tps, cry = _wet(stage)
    end = _settled(stage, tps, cry, f"pps-{tps[:10]}", cry.at + 6 * HOUR)
    return stage.did(f"the boxes of {tps} are soaked; the PPS dries them and says so", cry.at, cry, end, boxes=stage.boxes(tps))


def settled_by_nobody(stage: Stage) -> Planted:
    tps, cry = _wet(stage)
    end = _settled(stage, tps, cry, f"kpps-{tps}", cry.at + 6 * HOUR)
    return stage.did(f"the KPPS says that all is well with the soaked boxes of {tps}", end.at, cry, end, boxes=stage.boxes(tps))


PLANTERS: dict[str, Planter] = {
    "left behind": left_behind, "not on the list": not_on_the_list, "driven to another door": to_another_door,
    "never arrives": never_arrives, "booths lacking": booths_lacking, "leaves unreleased": leaves_unreleased,
    "plenary begun unrecorded": begun_unrecorded, "plenary unwitnessed": plenary_unwitnessed,
    "plenary ended from memory": end_written_later, "plenary broken off": never_finished,
    "soaked": soaked, "soaked and dried": soaked_and_dried, "settled by nobody": settled_by_nobody,
}  # fmt: skip
