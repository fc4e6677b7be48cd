"""Papers that lack: sealings nobody recorded, boxes nobody registered, notes logged twice."""

from custody.simulator.deeds import Body
from custody.simulator.founding import code_of
from custody.simulator.plan import MINUTE, when
from custody.simulator.stage import Planted, Planter, Stage


def sealing_unrecorded(stage: Stage) -> Planted:
    """The PPK closes its boxes of recapitulation and forgets to write it down."""
    kecamatan = stage.session()
    deed = stage.again(stage.script.deeds[f"seal {kecamatan}"], record=None)
    load = stage.step(deed.boxes[0], "load home")
    return stage.did(
        f"nobody writes down how the boxes of recapitulation of {kecamatan} were closed",
        deed.at,
        load,
        boxes=deed.boxes,
        rooms=(kecamatan,),
    )


def unregistered(stage: Stage) -> Planted:
    """A box more than the register has is sealed at the TPS and travels with the others."""
    tps = stage.tps()
    known = stage.one(tps)
    box = f"{known[:-1]}9"
    stage.plan.boxes[tps].append(box)
    up, sealing = stage.step(known, "bring up"), stage.step(known, "seal")
    facts = {"to": tps, "how": "is brought along"}
    stage.add("brought", sealing.at - MINUTE, "is put", tps, told=False, boxes=(box,), facts=facts)
    for deed in (sealing, stage.step(known, "leave up"), up):
        stage.script.change(deed.name, boxes=(*deed.boxes, box))
    facts = {"to": "-", "how": "is put aside"}
    stage.add("put aside", up.at + MINUTE, "is put", up.place, told=False, boxes=(box,), facts=facts)
    return stage.did(f"{box} is on no register and is sealed and carried all the same", sealing.at, sealing, up, boxes=stage.boxes(tps))


def logged_twice(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = stage.told(stage.step(stage.one(tps), "bring up"), again=True)
    return stage.did(f"whoever holds the ledger key logs the record of {tps} twice", deed.at, deed, boxes=stage.boxes(tps))


def new_number_unlinked(stage: Stage) -> Planted:
    """The vote is held again; the new boxes are registered, and none says which it stands for."""
    tps = stage.tps()
    rows: list[Body] = [
        {"box": f"{box[:-1]}2", "codes": [], "place": tps, "replaces": None, "round": 2, "type": box.split("-")[3]}
        for box in stage.boxes(tps)
    ]
    body = {"boxes": rows, "reason": "psu"}
    deed = stage.state("again", "register", body, ("otoritas-kpu", "otoritas-polri"), when(4, 9))
    boxes = (*stage.boxes(tps), *(row["box"] for row in rows))
    return stage.did(f"boxes for a second vote at {tps} name no older box", deed.at, deed, boxes=boxes)


def one_code_two_boxes(stage: Stage) -> Planted:
    """A roll of labels is printed twice: the same code for two boxes."""
    tps = stage.tps()
    one, other, *_ = stage.boxes(tps)
    body = {"labels": [{"box": other, "code": code_of(stage.plan.chance, one, 1), "copy": 1}], "reason": "first"}
    deed = stage.state("again", "label", body, (f"kasatops-{tps[:4]}-1",), when(-9, 9))
    return stage.did(f"the code of {one} is printed for {other} as well", deed.at, deed, boxes=stage.boxes(tps))


PLANTERS: dict[str, Planter] = {
    "sealing unrecorded": sealing_unrecorded, "on no register": unregistered, "logged twice": logged_twice,
    "second vote unlinked": new_number_unlinked, "one code for two boxes": one_code_two_boxes,
}  # fmt: skip
