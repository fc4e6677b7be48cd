"""What honest people write down of a deed: what they see of the boxes in front of them, no more and no less."""

from collections.abc import Iterable
from typing import Any

from custody.core.moment import from_seconds
from custody.simulator.deeds import Body, Deed
from custody.simulator.truth import SealMark
from custody.simulator.world import Account, Draft, World

MOST_LOOKED = 140  # boxes of which one look tells every seal
NOTED: Body = {"irregular": [], "note": None, "photos": []}


def _seals(world: World, box: str) -> list[Body]:
    """The seals as they are on the box."""
    marks = sorted(world.carton(box).seals.items())
    return [{"number": number, "point": point, "state": state} for point, (state, number) in marks]


def _by(world: World, box: str) -> Body:
    """The code that is read on the box, or none."""
    carton = world.carton(box)
    if carton.label is None or not carton.readable:
        return {"how": "sight", "label": None}
    return {"how": "scanned", "label": carton.label}


def _prev(world: World, deed: Deed, box: str) -> str | None:
    known = deed.record.known if deed.record is not None else {}
    if box in known:
        name = known[box]
        return world.sids[name] if name is not None else None
    return world.tips.get(box)


def lines(world: World, deed: Deed, boxes: Iterable[str], seals: bool = True) -> list[Body]:
    """A line for each box that carries a link."""
    return [
        {"box": box, "by": _by(world, box), "prev": _prev(world, deed, box), "seals": _seals(world, box) if seals else []}
        for box in sorted(boxes)
    ]


def found(world: World, boxes: Iterable[str]) -> list[Body]:
    """A line for each box that somebody looked at."""
    return [{"box": box, "by": _by(world, box), "seals": _seals(world, box)} for box in sorted(boxes)]


def here(world: World, deed: Deed, *places: str) -> list[str]:
    """Those of the deed's boxes that are really at one of these places."""
    return [box for box in deed.boxes if world.carton(box).place in places]


def _people(who: Iterable[tuple[str, str]], world: World) -> list[Body]:
    """People present or invited: role and key name."""
    rows = [{"institution": world.cast.parts[key].institution, "key": key, "name": None, "role": role} for role, key in who]
    return sorted(rows, key=lambda row: (row["role"], row["key"]))


def _things(facts: dict[str, Any], name: str = "things") -> list[Body]:
    return [{"count": count, "thing": thing} for thing, count in sorted(facts.get(name, {}).items())]


# -- links --------------------------------------------------------------------------------------------------------------------------


def _put_on(world: World, deed: Deed, box: str) -> dict[str, SealMark]:
    """New ties and stickers. facts: `spoilt` point -> state, `numbers` (box, point) -> a number that was taken from somewhere."""
    spoilt, numbers = deed.facts.get("spoilt", {}), deed.facts.get("numbers", {})
    return {
        point: (spoilt.get(point, "intact"), numbers.get((box, point)) or world.chance.hex(5, "seal", deed.name, box, point).upper())
        for point in deed.facts["points"]
    }


def _sealed(world: World, deed: Deed) -> Draft | None:
    boxes = here(world, deed, deed.place)
    for box in boxes:
        carton = world.carton(box)
        carton.seals = _put_on(world, deed, box)
        carton.shut, carton.holder = True, carton.holder or deed.who["sealer"]
        carton.happens(deed.at, "is sealed", deed.facts["phase"])
    world.done[deed.name] = tuple(boxes)
    body = {**NOTED, "boxes": lines(world, deed, boxes), "phase": deed.facts["phase"], "place": deed.place, **deed.who}
    return Draft("seal", body, (deed.who["sealer"], deed.who["witness"])) if boxes else None


def _handed(world: World, deed: Deed) -> Draft | None:
    start, end = deed.facts["from"], deed.facts["to"]
    boxes = here(world, deed, start, f"{start}>{end}", deed.place)
    drawn = lines(world, deed, boxes, deed.facts.get("looked", True))
    for box in () if deed.facts.get("paper only") else boxes:
        carton = world.carton(box)
        carton.place, carton.holder = deed.place, deed.who["receiver"]
        carton.happens(deed.at, "changes hands", f"{deed.who.get('giver')} > {deed.who['receiver']}")
    world.done[deed.name] = tuple(boxes)
    things = _things(deed.facts)
    if not boxes and not things:
        return None
    signers = [deed.who.get(slot) for slot in ("giver", "receiver", "recorder", "through")]
    body = {**_HANDED, **_handing(deed), "boxes": drawn, "things": things}
    if body["unsigned"] is not None:
        signers[0] = None
    return Draft("handoff", body, tuple(dict.fromkeys(name for name in signers if name is not None)))


_HANDED: Body = {**NOTED, "conditions": [], "consignment": None, "due": None, "unsigned": None, "withdraws": []}


def _handing(deed: Deed) -> Body:
    facts, who = deed.facts, deed.who
    count = facts.get("escorts", 0)
    body = {
        "carrier": facts.get("carrier"),
        "escort": {"count": count, "keys": [], "order": facts.get("order"), "present": count > 0},
        "from": facts["from"],
        "place": deed.place,
        "to": facts["to"],
        "vehicle": facts.get("vehicle"),
        **{slot: who.get(slot) for slot in ("giver", "receiver", "recorder", "through")},
    }
    if facts.get("due") is not None:
        body["due"] = from_seconds(facts["due"])
    return {**body, **{name: facts[name] for name in ("consignment", "unsigned", "conditions") if name in facts}}


def _opened(world: World, deed: Deed) -> Draft | None:
    boxes = here(world, deed, deed.place)
    for box in boxes:
        carton = world.carton(box)
        carton.happens(deed.at, "is opened", str(deed.facts["basis"]))
        carton.seals = _put_on(world, deed, box)
        carton.shut = bool(carton.seals)
        if carton.shut:
            carton.happens(deed.facts["closed"], "is sealed", "after an opening")
    world.done[deed.name] = tuple(boxes)
    present = _people(deed.who["present"], world)
    body = {
        **NOTED,
        "basis": deed.facts["basis"],
        "boxes": lines(world, deed, boxes),
        "closed": from_seconds(deed.facts["closed"]) if deed.facts["closed"] is not None else None,
        "invited": _people(deed.who["invited"], world),
        "officer": deed.who["officer"],
        "order": deed.facts["order"],
        "place": deed.place,
        "present": present,
        "put_back": _things(deed.facts, "put back"),
        "taken_out": _things(deed.facts, "taken out"),
    }
    signers = dict.fromkeys((deed.who["officer"], *(person["key"] for person in present)))
    return Draft("opening", body, tuple(signers)) if boxes else None


def _ended(world: World, deed: Deed) -> Draft | None:
    boxes = here(world, deed, deed.place)
    drawn = lines(world, deed, boxes, seals=False)
    for box in boxes:
        carton = world.carton(box)
        carton.place = "-"
        carton.happens(deed.at, "ends", deed.facts["end"])
    world.done[deed.name] = tuple(boxes)
    body = {**NOTED, "boxes": drawn, "end": deed.facts["end"], "permit": deed.facts["permit"], "place": deed.place}
    return Draft("closing", body, deed.who["authorities"]) if boxes else None


# -- rooms and journeys -------------------------------------------------------------------------------------------------------------


def _inside(world: World, place: str) -> list[str]:
    return sorted(box for box, carton in world.truth.boxes.items() if carton.place == place)


def _watch(world: World, deed: Deed) -> Draft:
    """One squad takes the room over from another, and counts before anybody tells it what to expect."""
    inside = _inside(world, deed.place)
    world.done[deed.name] = tuple(inside)
    body = {
        **NOTED,
        "counted": len(inside),
        "door": deed.facts.get("door", "locked"),
        "door_seal": None,
        "equipment": [{"count": 2, "thing": "torch"}],
        "incidents": [],
        "incoming": deed.who["incoming"],
        "lock": deed.facts.get("lock", "intact"),
        "outgoing": deed.who["outgoing"],
        "place": deed.place,
        "team": 4,
        "visitors": deed.facts.get("visitors", 0),
    }
    return Draft("shift", body, tuple(name for name in (deed.who["outgoing"], deed.who["incoming"]) if name is not None))


def _look(world: World, deed: Deed) -> Draft:
    """A round, or a look at every box in the room against the list of what should be there."""
    facts, inside = deed.facts, _inside(world, deed.place)
    world.done[deed.name] = tuple(inside)
    body = {**NOTED, "boxes": [], "counted": None, "defects": sorted(facts.get("defects", ())), "door": "locked", "extra": []}
    body |= {"lock": facts.get("lock", "intact"), "missing": [], "officer": deed.who["officer"], "place": deed.place}
    if facts.get("door"):
        body["door"] = facts["door"]
    if facts.get("boxes"):
        listed = {box for box, place in world.believed.items() if place == deed.place}
        near = [box for box in inside if box in listed and (facts["boxes"] is True or box in facts["boxes"])]
        body |= {"boxes": found(world, near[:MOST_LOOKED]), "counted": len(inside)}
        body |= {"extra": [box for box in inside if box not in listed][:250], "missing": sorted(listed - set(inside))[:250]}
    return Draft("inspection", body, tuple(dict.fromkeys((deed.who["officer"], *deed.who.get("also", ())))))


def _enter(world: World, deed: Deed) -> Draft:
    persons = [{"institution": house, "key": key, "name": None, "role": role} for house, key, role in deed.who["persons"]]
    left = deed.facts["left"]
    body = {**NOTED, "leave": deed.who["leave"], "left": from_seconds(left) if left is not None else None}
    body |= {"officer": deed.who["officer"], "persons": persons, "place": deed.place, "why": deed.facts["why"]}
    return Draft("visit", body, (deed.who["officer"],))


def _list(world: World, deed: Deed) -> Draft:
    """What is to travel: the boxes that stand ready."""
    boxes = sorted(here(world, deed, deed.place))
    world.done[deed.name] = tuple(boxes)
    facts = deed.facts
    body = {**NOTED, "boxes": boxes, "due": None, "from": deed.place, "id": facts["id"], "officer": deed.who["officer"]}
    body |= {"order": facts.get("order"), "part": facts.get("part", 1), "parts": facts.get("parts", 1), "things": _things(facts)}
    return Draft("manifest", {**body, "to": facts["to"], "vehicles": facts.get("vehicles", 1)}, (deed.who["officer"],))


def _meet(world: World, deed: Deed) -> Draft:
    body = {**NOTED, "officer": deed.who["officer"], "panels": deed.facts.get("panels", 2), "place": deed.place, "step": deed.facts["step"]}
    body |= {"venue": deed.facts.get("venue"), "witness": deed.who["witness"]}
    return Draft("plenary", body, (deed.who["officer"], deed.who["witness"]))


# -- words about boxes --------------------------------------------------------------------------------------------------------------


def _cry(world: World, deed: Deed) -> Draft:
    facts, due = deed.facts, deed.facts.get("due")
    body = {**NOTED, "about": _sids(world, facts, "about"), "boxes": sorted(deed.boxes), "code": facts["code"]}
    body |= {"due": from_seconds(due) if due is not None else None, "owner": deed.who.get("owner"), "place": deed.place}
    return Draft("incident", {**body, "settles": _sids(world, facts, "settles")}, (deed.who["teller"],))


def _sids(world: World, facts: dict[str, Any], name: str) -> list[str]:
    return sorted({world.sids[deed] for deed in facts.get(name, ()) if deed in world.sids})


def _acknowledge(world: World, deed: Deed) -> Draft | None:
    about = world.sids.get(deed.facts["about"])
    if about is None:
        return None
    boxes = [box for box in deed.boxes if world.carton(box).place != "-"]
    for box in boxes if deed.facts["side"] == "receiver" else ():
        if world.bodies[deed.facts["about"]]["to"] == deed.place or deed.facts.get("moves"):
            world.tips[box], world.believed[box] = about, deed.place
    body = {**NOTED, "about": [about], "boxes": found(world, boxes), "place": deed.place, "side": deed.facts["side"]}
    return Draft("ack", body, (deed.who["teller"],))


def _correct(world: World, deed: Deed) -> Draft | None:
    about = world.sids.get(deed.facts["about"])
    if about is None:
        return None
    for box in deed.boxes if deed.facts["effect"] == "void" else ():
        if world.tips.get(box) == about:
            line = next(line for line in world.bodies[deed.facts["about"]]["boxes"] if line["box"] == box)
            world.tips[box] = line["prev"]
    body = {"about": [about], "boxes": sorted(deed.boxes), "effect": deed.facts["effect"], "instead": None, "note": None}
    return Draft("correction", {**body, "reason": deed.facts["reason"]}, deed.who["tellers"])


def _rule(world: World, deed: Deed) -> Draft:
    rows = []
    for box, prev, stands, falls in deed.facts["decided"]:
        row = {"box": box, "falls": sorted(world.sids[name] for name in falls)}
        row |= {"prev": world.sids[prev] if prev is not None else None, "stands": world.sids[stands] if stands is not None else None}
        rows.append(row)
    body = {"boxes": sorted(rows, key=lambda row: str(row["box"])), "note": None, "order": deed.facts.get("order")}
    return Draft("ruling", {**body, "supersedes": _sids(world, deed.facts, "supersedes")}, deed.who["supervisors"])


def _plain(world: World, deed: Deed) -> Draft:
    """A statement of the authorities, or one whose fields are given as they are."""
    return Draft(deed.facts["kind"], dict(deed.facts["body"]), deed.who["signers"])


ACCOUNTS: dict[str, Account] = {
    "is sealed": _sealed, "changes hands": _handed, "is opened": _opened, "ends": _ended, "watch changes": _watch, "is looked after": _look,
    "room is entered": _enter, "is listed": _list, "plenary": _meet, "is reported": _cry, "is acknowledged": _acknowledge,
    "is corrected": _correct, "is ruled": _rule, "is stated": _plain,
}  # fmt: skip
