"""What no ledger sees: people who lie together, seals that are copied well, and contents exchanged inside whole seals."""

from custody.simulator.plan import HOUR, MINUTE
from custody.simulator.stage import Planted, Planter, Stage, writes_lines


def contents_exchanged(stage: Stage) -> Planted:
    """The bottoms are cut open and glued again; no seal is touched."""
    tps = stage.tps()
    pair = stage.boxes(tps)[:2]
    up = stage.step(pair[0], "bring up")
    deed = stage.add("exchange", up.at + 15 * MINUTE, "is refilled", up.place, told=False, boxes=pair)
    return stage.did(f"the contents of {pair[0]} and {pair[1]} are exchanged through the bottom", deed.at, boxes=pair, seen=False)


def seals_copied(stage: Stage) -> Planted:
    """Ties are cut and replaced by copies with the same numbers."""
    tps = stage.tps()
    box = stage.one(tps)
    up = stage.step(box, "bring up")
    facts = {"seals": {"tie-1": ("intact", None), "tie-2": ("intact", None)}}
    deed = stage.add("copies", up.at + 15 * MINUTE, "is marked", up.place, told=False, boxes=(box,), facts=facts)
    return stage.did(f"the ties of {box} are replaced by copies with the same numbers", deed.at, boxes=stage.boxes(tps), seen=False)


def both_lie(stage: Stage) -> Planted:
    """A tie is torn, and giver and receiver agree to write that it is whole; it is cut off and forgotten at the plenary."""
    tps = stage.tps()
    box = stage.one(tps)
    up, in_ = stage.step(box, "bring up"), stage.apart(tps, "bring in")
    stage.add("torn", up.at + 15 * MINUTE, "is marked", up.place, told=False, boxes=(box,), facts={"seals": {"tie-1": ("torn", None)}})

    def whole(line: dict[str, object]) -> dict[str, object]:
        seals = line["seals"]
        assert isinstance(seals, list)
        return {**line, "seals": [{**seal, "state": "intact"} for seal in seals]}

    stage.told(in_, tell=writes_lines(whole))
    return stage.did(f"giver and receiver write that the torn tie of {box} is whole", in_.at, boxes=stage.boxes(tps), seen=False)


def opened_between(stage: Stage) -> Planted:
    """Opened in the store before the plenary, closed with ties at hand; the plenary cuts these ties and nobody compares numbers."""
    tps = stage.tps()
    box = stage.one(tps)
    opening = stage.step(box, "open ")
    facts = {"seals": {"tie-1": ("intact", f"X{stage.number:06d}")}}
    deed = stage.add("between", opening.at - HOUR, "is marked", opening.place, told=False, boxes=(box,), facts=facts)
    return stage.did(f"a tie of {box} is changed in the store just before the plenary cuts it", deed.at, boxes=stage.boxes(tps), seen=False)


def left_alone(stage: Stage) -> Planted:
    """The crew goes to eat; the boxes stand by the road, and nobody comes near them."""
    tps = stage.tps()
    in_ = stage.apart(tps, "bring in")
    facts = {"condition": "left alone by the road"}
    stage.add("left alone", in_.at - 10 * MINUTE, "suffers", tps[:10], told=False, boxes=stage.boxes(tps), facts=facts)
    return stage.did(f"the boxes of {tps} stand by the road for ten minutes", in_.at, boxes=stage.boxes(tps), seen=False)


def empty_when_sealed(stage: Stage) -> Planted:
    tps = stage.tps()
    box = stage.one(tps)
    sealing = stage.step(box, "seal ")
    facts = {"condition": "empty"}
    deed = stage.add("empty", sealing.at - MINUTE, "suffers", tps, told=False, boxes=(box,), facts=facts)
    return stage.did(f"{box} is sealed without the ballots of one election in it", deed.at, boxes=stage.boxes(tps), seen=False)


PLANTERS: dict[str, Planter] = {
    "contents exchanged": contents_exchanged, "seals copied": seals_copied, "both lie": both_lie,
    "changed before the plenary": opened_between, "left alone": left_alone, "sealed empty": empty_when_sealed,
}  # fmt: skip
