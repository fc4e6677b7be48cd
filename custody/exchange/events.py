"""Statements as events of EPCIS 2.0 with the words of CBV 2.0: what each kind becomes (spec chapter 28, EPCIS-4 to EPCIS-7)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from custody.exchange.names import Names, term
from custody.exchange.source import COMPLETE, NO_EFFECT, Source, Told

Fields = dict[str, Any]


class Part(NamedTuple):
    """One event of a statement: its name within it, the boxes it is about, the fields that are its own."""

    name: str
    boxes: tuple[str, ...]
    fields: Fields


MAIN = "main"
_BROKEN = ("torn", "missing")
_WAITING = {"offered": "staging_outbound", "claimed": "receiving"}  # as long as the other side has not signed
_ENDS = {
    "archived": ("OBSERVE", "storing", "inactive"),
    "disposed": ("DELETE", "decommissioning", "disposed"),
    "destroyed": ("DELETE", "destroying", "destroyed"),
    "court": ("DELETE", "decommissioning", "inactive"),
    "lost": ("DELETE", "decommissioning", "unknown"),
    "replaced": ("DELETE", "decommissioning", "inactive"),
}
_INCIDENTS = {
    "damaged": "damaged", "wet": "damaged", "burnt": "damaged", "stolen": "stolen", "opened": "container_open", "missing": "unknown",
    "sunk": "unknown", "seal": "non_conformant", "swapped": "mismatch_instance", "extra": "mismatch_instance",
}  # fmt: skip


def parts(told: Told, source: Source, names: Names) -> list[Part]:
    """The events of a statement as it stands after an entry; none of a kind that is about no object."""
    make = _KINDS.get(told.kind)
    return list(make(told, source, names)) if make is not None else []


def step(told: Told) -> str:
    """The one word for what an entry tells: the business step of its main event, else its kind."""
    body, whole = told.act.body, told.stage == COMPLETE
    if told.kind == "handoff":
        return ("departing" if _leaves(body) else "accepting") if whole else _WAITING.get(told.stage, "other")
    if told.kind == "closing":
        return _ENDS[body["end"]][1]
    if told.kind == "inspection":
        return "stock_taking" if body["counted"] is not None else "inspecting"
    if told.kind == "ack":
        return "accepting" if body["side"] == "receiver" and whole else "acknowledging"
    return _STEPS.get(told.kind, told.kind)


_STEPS = {
    "register": "commissioning", "label": "encoding", "seal": "packing", "opening": "unpacking", "shift": "cycle_counting",
    "manifest": "staging_outbound", "incident": "inspecting",
}  # fmt: skip


def _object(names: Names, boxes: Sequence[str], action: str, bizstep: str, disposition: str | None, **fields: Any) -> Fields:
    found: Fields = {"type": "ObjectEvent", "epcList": [names.box(box) for box in boxes], "action": action, "bizStep": bizstep}
    return {**found, **({"disposition": disposition} if disposition is not None else {}), **fields}


def _at(names: Names, place: str, stays: bool = True) -> Fields:
    """Where it happened; and where the boxes are from then on, unless they are on their way."""
    here = {"id": names.place(place)}
    return {"readPoint": here, "bizLocation": here} if stays else {"readPoint": here}


def _boxes(lines: Sequence[Any]) -> tuple[str, ...]:
    return tuple(line["box"] for line in lines)


def _damaged(lines: Sequence[Any], place: str, names: Names) -> Iterator[Part]:
    """Beside the main event: the boxes of which a seal was seen torn or missing."""
    boxes = tuple(line["box"] for line in lines if any(seal["state"] in _BROKEN for seal in line["seals"]))
    if boxes:
        yield Part("damaged", boxes, _object(names, boxes, "OBSERVE", "inspecting", "damaged", **_at(names, place, False)))


def _quantities(names: Names, things: Sequence[Any]) -> Fields:
    found = [{"epcClass": names.thing(one["thing"]), "quantity": one["count"]} for one in things]
    return {"quantityList": found} if found else {}


# -- kinds ---------------------------------------------------------------------------------------------------------------------


def _register(told: Told, source: Source, names: Names) -> Iterator[Part]:
    boxes = _boxes(told.act.body["boxes"])
    mine = tuple(box for box in boxes if told.stage == COMPLETE and source.registered(box) == told.entry)
    if mine:
        yield Part(MAIN, mine, _object(names, mine, "ADD", "commissioning", "active"))
    others = tuple(box for box in boxes if box not in mine)
    if others:  # registered before, or without enough authorities
        yield Part(f"{MAIN}/{NO_EFFECT}", others, _object(names, others, "OBSERVE", "commissioning", None))


def _label(told: Told, source: Source, names: Names) -> Iterator[Part]:
    boxes = tuple(dict.fromkeys(sorted(one["box"] for one in told.act.body["labels"] if one["box"] is not None)))
    if boxes:
        yield Part(MAIN, boxes, _object(names, boxes, "OBSERVE", "encoding", "encoded"))


def _seal(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes, whole = told.act.body, _boxes(told.act.body["boxes"]), told.stage == COMPLETE
    where = _at(names, body["place"])
    disposition = "container_closed" if whole else "in_progress"
    yield Part(_main(told), boxes, _object(names, boxes, "OBSERVE", "packing", disposition, **where))
    if whole:
        yield from _sealed(body["boxes"], where, names)
        yield from _damaged(body["boxes"], body["place"], names)


def _sealed(lines: Sequence[Any], where: Fields, names: Names) -> Iterator[Part]:
    """Seals put on boxes: one association a box."""
    for line in lines:
        children = list(dict.fromkeys(names.seal(line["box"], seal) for seal in line["seals"] if seal["state"] != "missing"))
        if children:
            tied: Fields = {"type": "AssociationEvent", "parentID": names.box(line["box"]), "childEPCs": children, "action": "ADD"}
            yield Part(f"seal/{line['box']}", (line["box"],), {**tied, "bizStep": "installing", **where})


def _handoff(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes, whole = told.act.body, _boxes(told.act.body["boxes"]), told.stage == COMPLETE
    leaves = _leaves(body)
    disposition = ("in_transit" if leaves else "completeness_verified") if whole else "in_progress"
    more = {**_at(names, body["place"], whole and not leaves), **_leg(body, names), **_quantities(names, body["things"])}
    yield Part(_main(told), boxes, _object(names, boxes, "OBSERVE", step(told), disposition, **more))
    if whole and boxes and body["consignment"] is not None:
        yield Part("load", boxes, _load(body, boxes, names))
    if whole:
        yield from _damaged(body["boxes"], body["place"], names)


def _leaves(body: Fields) -> bool:
    """Whether a handoff is at the beginning of its leg."""
    return bool(body["place"] == body["from"] != body["to"])


def _leg(body: Fields, names: Names) -> Fields:
    """From where and whom to where and whom, and the papers of the journey."""
    ends: Fields = {
        "sourceList": [{"type": "location", "source": names.place(body["from"])}],
        "destinationList": [
            {"type": "location", "destination": names.place(body["to"])},
            {"type": "possessing_party", "destination": names.party(body["receiver"])},
        ],
    }
    if body["giver"] is not None:
        ends["sourceList"].append({"type": "possessing_party", "source": names.party(body["giver"])})
    papers = [{"type": "desadv", "bizTransaction": names.manifest(body["consignment"]["id"])}] if body["consignment"] is not None else []
    if body["escort"]["order"] is not None:
        papers.append({"type": term("order"), "bizTransaction": names.order(body["escort"]["order"])})
    return {**ends, **({"bizTransactionList": papers} if papers else {})}


def _load(body: Fields, boxes: Sequence[str], names: Names) -> Fields:
    """Boxes put on a vehicle's trip, or taken off it."""
    trip = names.trip(body["consignment"]["id"], body["consignment"]["trip"])
    action, word = ("ADD", "loading") if _leaves(body) else ("DELETE", "unloading")
    children = [names.box(box) for box in boxes]
    found: Fields = {"type": "AggregationEvent", "parentID": trip, "childEPCs": children, "action": action, "bizStep": word}
    return {**found, **_at(names, body["place"], False)}


def _ack(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes = told.act.body, _boxes(told.act.body["boxes"])
    if step(told) == "acknowledging":
        yield Part(_main(told), boxes, _object(names, boxes, "OBSERVE", term("acknowledging"), None, **_at(names, body["place"], False)))
        return
    offer = source.find(body["about"][0])
    offered = _boxes(offer.act.body["boxes"]) if offer is not None and offer.kind == "handoff" else boxes
    disposition = "completeness_verified" if set(boxes) == set(offered) else "mismatch_instance"
    yield Part(MAIN, boxes, _object(names, boxes, "OBSERVE", "accepting", disposition, **_at(names, body["place"])))
    lacking = tuple(box for box in offered if box not in boxes)
    if lacking:
        fields = _object(names, lacking, "OBSERVE", "void_shipping", "mismatch_instance", **_at(names, body["place"], False))
        yield Part("lacking", lacking, fields)
    yield from _damaged(body["boxes"], body["place"], names)


def _opening(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes, whole = told.act.body, _boxes(told.act.body["boxes"]), told.stage == COMPLETE
    where = _at(names, body["place"])
    sealed = all(line["seals"] for line in body["boxes"])
    disposition = ("container_closed" if sealed else "container_open") if whole else "in_progress"
    yield Part(_main(told), boxes, _object(names, boxes, "OBSERVE", "unpacking", disposition, **where))
    if whole:
        for box in boxes:  # without children: all that were on it
            cut: Fields = {"type": "AssociationEvent", "parentID": names.box(box), "action": "DELETE", "bizStep": "removing", **where}
            yield Part(f"cut/{box}", (box,), cut)
        yield from _sealed(body["boxes"], where, names)
        yield from _damaged(body["boxes"], body["place"], names)


def _closing(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes = told.act.body, _boxes(told.act.body["boxes"])
    action, word, disposition = _ENDS[body["end"]]
    if told.stage != COMPLETE:
        action, disposition = "OBSERVE", "in_progress"
    fields = _object(names, boxes, action, word, disposition, **_at(names, body["place"], action == "OBSERVE"))
    permit = {"type": term("permit"), "bizTransaction": names.order(body["permit"])}
    yield Part(_main(told), boxes, {**fields, "bizTransactionList": [permit]})


def _inspection(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes, word = told.act.body, _boxes(told.act.body["boxes"]), step(told)
    yield Part(MAIN, boxes, _object(names, boxes, "OBSERVE", word, None, **_at(names, body["place"])))
    for name, disposition, stays in (("missing", "unknown", False), ("extra", "mismatch_instance", True)):
        some = tuple(body[name])
        if some:
            yield Part(name, some, _object(names, some, "OBSERVE", word, disposition, **_at(names, body["place"], stays)))
    yield from _damaged(body["boxes"], body["place"], names)


def _shift(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body = told.act.body
    counted = {"quantityList": [{"epcClass": names.thing("box"), "quantity": body["counted"]}]}
    yield Part(MAIN, (), _object(names, (), "OBSERVE", "cycle_counting", None, **_at(names, body["place"]), **counted))


def _manifest(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes = told.act.body, tuple(told.act.body["boxes"])
    papers = [{"type": "desadv", "bizTransaction": names.manifest(body["id"])}]
    if body["order"] is not None:
        papers.append({"type": term("order"), "bizTransaction": names.order(body["order"])})
    fields = {**_object(names, boxes, "ADD", "staging_outbound", None), "type": "TransactionEvent", "bizTransactionList": papers}
    ends = {
        "sourceList": [{"type": "location", "source": names.place(body["from"])}],
        "destinationList": [{"type": "location", "destination": names.place(body["to"])}],
    }
    yield Part(MAIN, boxes, {**fields, "readPoint": {"id": names.place(body["from"])}, **ends, **_quantities(names, body["things"])})


def _incident(told: Told, source: Source, names: Names) -> Iterator[Part]:
    body, boxes = told.act.body, tuple(told.act.body["boxes"])
    disposition = _INCIDENTS.get(body["code"]) if boxes else None
    yield Part(MAIN, boxes, _object(names, boxes, "OBSERVE", "inspecting", disposition, **_at(names, body["place"], False)))


def _main(told: Told) -> str:
    """A link that still waits for a signature tells something else than the same link once it is complete."""
    return MAIN if told.stage == COMPLETE else f"{MAIN}/{told.stage}"


_KINDS: dict[str, Callable[[Told, Source, Names], Iterator[Part]]] = {
    "register": _register, "label": _label, "seal": _seal, "handoff": _handoff, "ack": _ack, "opening": _opening, "closing": _closing,
    "inspection": _inspection, "shift": _shift, "manifest": _manifest, "incident": _incident,
}  # fmt: skip
