"""What offices do wrong before any box moves: registers, enrolments, places, revocations."""

from typing import Any

from custody.simulator.cast import Part, Signer
from custody.simulator.deeds import Deed
from custody.simulator.founding import BLANK, enrolment, registered
from custody.simulator.plan import HOUR, when
from custody.simulator.stage import Planted, Planter, Stage

BOTH = ("otoritas-kpu", "otoritas-polri")


def _stated(stage: Stage, kind: str, body: dict[str, Any], signers: tuple[str, ...], hour: float = 9) -> Deed:
    deed = stage.state(kind, kind, body, signers, when(-8, hour) + stage.number)
    return stage.told(deed, delay=HOUR)


def registered_twice(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = _stated(stage, "register", {"boxes": [registered(stage.one(tps))], "reason": "first"}, BOTH)
    return stage.did(f"a box of {tps} is registered a second time", deed.at, deed, boxes=stage.boxes(tps))


def registered_wrongly(stage: Stage) -> Planted:
    tps = stage.tps()
    box = f"{stage.one(tps)[:-1]}7"
    row = {**registered(box), "place": tps[:10], "replaces": stage.one(tps)}
    deed = _stated(stage, "register", {"boxes": [row], "reason": "replacement"}, BOTH)
    return stage.did(f"{box} is registered for a place that its id does not name", deed.at, deed, boxes=(*stage.boxes(tps), box))


def same_foreign_code(stage: Stage) -> Planted:
    tps = stage.tps()
    boxes = [f"{box[:-1]}6" for box in stage.boxes(tps)[:2]]
    rows = [
        {**registered(box, replaces=old), "codes": [f"KPU-{stage.number:05d}"]} for box, old in zip(boxes, stage.boxes(tps), strict=False)
    ]
    deed = _stated(stage, "register", {"boxes": rows, "reason": "replacement"}, BOTH)
    return stage.did(f"{boxes[0]} and {boxes[1]} are given the same code of the KPU", deed.at, deed, boxes=(*stage.boxes(tps), *boxes))


def one_authority(stage: Stage) -> Planted:
    tps = stage.tps()
    box = f"{stage.one(tps)[:-1]}5"
    body = {"boxes": [registered(box, replaces=stage.one(tps))], "reason": "replacement"}
    deed = _stated(stage, "register", body, ("otoritas-kpu",))
    return stage.did(f"one authority alone registers {box}", deed.at, deed, boxes=(*stage.boxes(tps), box))


def _newcomer(stage: Stage, name: str, role: str = "guard", **changes: Any) -> dict[str, Any]:
    """Somebody who is not on the list of the preparation."""
    kabupaten = stage.land.of_kind("kabupaten")[0]
    part = Part(name, role, (kabupaten,), "polri")
    stage.cast.signers[name] = Signer(name, name, stage.plan.chance.seed)
    stage.cast.parts.setdefault(name, part)
    enrolled = {**enrolment(stage.cast, part), **changes}
    if stage.cast.parts[name] is part:
        del stage.cast.parts[name]
    return enrolled


def name_taken(stage: Stage) -> Planted:
    """Somebody else comes with a key under a name that is taken. The stranger's own key signs for him."""
    desa = stage.draw().pick(stage.land.of_kind("desa"), "desa")
    taken = f"pam-{desa}"
    stranger = Signer(taken, f"stranger {stage.number}", f"{stage.plan.chance.seed} stranger {stage.number}")
    stage.cast.signers[f"stranger {stage.number}"] = stranger
    body = {
        **BLANK,
        "delegate": False,
        "institution": "polri",
        "key": str(stranger.key),
        "person": stranger.person,
        "places": [desa],
        "role": "guard",
    }
    deed = _stated(stage, "enrol", body, (*BOTH, f"stranger {stage.number}"))
    return stage.did(f"a stranger is enrolled under the name {taken}", deed.at, deed)


def key_taken(stage: Stage) -> Planted:
    """The stick of one guard is enrolled once more, under another name."""
    desa = stage.draw().pick(stage.land.of_kind("desa"), "desa")
    name = f"pinjam-{stage.number}"
    borrower = stage.cast.signers[name] = Signer(name, name, stage.plan.chance.seed, key=f"pam-{desa}")
    body = {**BLANK, "delegate": False, "institution": "polri", "key": str(borrower.key), "person": borrower.person}
    deed = _stated(stage, "enrol", {**body, "places": [desa], "role": "guard"}, (*BOTH, name))
    return stage.did(f"the key of pam-{desa} is enrolled again as {name}", deed.at, deed)


def unproven(stage: Stage) -> Planted:
    name = f"bko-{stage.number}"
    deed = _stated(stage, "enrol", _newcomer(stage, name), BOTH)
    return stage.did(f"{name} is enrolled and never showed that the key is his", deed.at, deed)


def odd_name(stage: Stage) -> Planted:
    name = f"mesin-{stage.number}"
    deed = _stated(stage, "enrol", _newcomer(stage, name, "ledger"), (*BOTH, name))
    return stage.did(f"a key named {name} is enrolled as key of the ledger", deed.at, deed)


def delegated(stage: Stage) -> Planted:
    name, kabupaten = f"bantuan-{stage.number}", stage.land.of_kind("kabupaten")[0]
    deed = _stated(stage, "enrol", _newcomer(stage, name), (f"kasatops-{kabupaten}-3", name))
    return stage.did(f"{name} is enrolled by a supervisor alone, by delegation", deed.at, deed)


def revokes_nobody(stage: Stage) -> Planted:
    body = {"key": f"tiada-{stage.number}", "reason": "mistake", "since": None}
    deed = _stated(stage, "revoke", body, BOTH)
    return stage.did("a key is revoked that nobody ever had", deed.at, deed)


def place_in_the_air(stage: Stage) -> Planted:
    code = f"TENDA-{stage.number}"
    row = {"code": code, "kind": "store", "name": "Tenda Contoh", "parent": f"TIADA-{stage.number}", "remote": False, "vulnerability": None}
    deed = _stated(stage, "places", {"legs": [], "places": [row]}, BOTH)
    return stage.did(f"{code} is said to lie below a place that nobody has stated", deed.at, deed)


PLANTERS: dict[str, Planter] = {
    "registered twice": registered_twice, "registered wrongly": registered_wrongly, "same code of others": same_foreign_code,
    "one authority": one_authority, "name taken": name_taken, "key taken": key_taken, "key unproven": unproven, "odd name": odd_name,
    "delegated": delegated, "revokes nobody": revokes_nobody, "place in the air": place_in_the_air,
}  # fmt: skip
