"""Deeds of handoffs: berita acara, receipt, waybill, and where the two sides tell otherwise (spec chapter 21, DEED-2, DEED-5)."""

from collections.abc import Iterator
from typing import Any

from custody.core.act import Act
from custody.core.statement import found_here
from custody.paper.canvas.table import Table
from custody.paper.deeds.blocks import Block, Listing, Pairs, Paragraph
from custody.paper.deeds.maker import Maker, told
from custody.paper.reports import boxtable


def receipt(make: Maker) -> Iterator[Block]:
    """A handoff as the receiver confirms it."""
    giver = make.teller.person(make.body["giver"]) if make.body["giver"] is not None else next((n for _, n, _ in make.keyless()), "—")
    yield Paragraph(make.tell("receipt", giver=giver, what=make.what(), place=make.teller.spot(make.body["place"])))
    if make.body["receiver"] not in make.act.signed and not _taken(make):
        yield Paragraph(make.tell("receipt.not"), strong=True)
    yield from _load(make)
    yield from _differences(make)


def waybill(make: Maker) -> Iterator[Block]:
    """A handoff as it goes along with the load: what, with what, whither; and what is written on the way.

    One by which the load had arrived says so, and sends nothing on its way (DEED-2).
    """
    ends = {"start": make.teller.spot(make.body["from"]), "end": make.teller.spot(make.body["to"])}
    yield Paragraph(make.tell("waybill" if departs(make.act) else "waybill.arrived", what=make.what(), **ends))
    yield _way(make)
    yield by_hand(make)
    yield from _load(make)


def handoff(make: Maker) -> Iterator[Block]:
    yield Paragraph(make.tell(f"handoff.{_stage(make)}", what=make.what(), entry=_taken(make)))
    yield from _load(make)
    yield _way(make)
    yield from _differences(make)


def departs(act: Act) -> bool:
    """Whether a handoff sends its load on its way: the receiver has not signed it, or it was made elsewhere than where the load goes."""
    return act.body["place"] != act.body["to"] or act.body["receiver"] not in act.signed


def _load(make: Maker) -> Iterator[Block]:
    """Boxes by desa and one by one, and things."""
    yield from make.counted()
    yield from make.things(make.say("things"), make.body["things"])
    yield from make.listed(differing=[box for box, _, _ in _differing(make)])


def _stage(make: Maker) -> str:
    """How far the signatures go, as the sentence says it."""
    if found_here(make.body):
        return "found"
    if make.done == "offered" and _taken(make):
        return "acked" if _differing(make) else "agreed"
    return (
        "alone"
        if make.done == "complete" and make.body["unsigned"] is not None and make.body["giver"] not in make.act.signed
        else make.done
    )


def _taken(make: Maker) -> int:
    """The entry of an acknowledgement by the receiver, of each part of a load; 0 where there is none."""
    return make.acked("receiver", make.body["receiver"]) or 0


def _way(make: Maker) -> Pairs:
    body, teller, tell = make.body, make.teller, make.tell
    escort, load = body["escort"], body["consignment"]
    keys = "".join(f"; {teller.person(key)}" for key in escort["keys"])
    rows = [
        (tell("way.from"), make.full(body["from"])),
        (tell("way.to"), make.full(body["to"])),
        (tell("way.at"), teller.spot(body["place"])),
        (tell("way.carrier"), teller.say(f"carrier.{body['carrier']}") if body["carrier"] else make.say("unrecorded")),
        (tell("way.vehicle"), body["vehicle"] or make.say("unrecorded")),
        (tell("way.escort"), tell("way.escort.text", count=escort["count"], keys=keys) if escort["present"] else tell("way.escort.none")),
        (tell("way.order"), escort["order"] or make.say("unrecorded")),
        (tell("way.load"), tell("way.load.text", **{**load, "part": make.part()}) if load is not None else None),
        (tell("way.rest"), tell("way.rest.text", **load) if load is not None and load["rest"] is not None else None),
        (tell("way.due"), teller.when(body["due"]) if body["due"] is not None else None),
        (tell("way.conditions"), ", ".join(one.replace("-", " ") for one in body["conditions"]) or make.say("unrecorded")),
        (tell("way.withdraws"), tell("way.withdraws.text", count=len(body["withdraws"])) if body["withdraws"] else None),
        *make.noted(),
    ]
    return told(tell("way"), rows)


def by_hand(make: Maker) -> Pairs:
    names = ("driver", "phone", "left", "stops", "came")
    return Pairs(make.tell("waybill.byhand"), tuple((make.tell(f"waybill.{name}"), "") for name in names))


def _differences(make: Maker) -> Iterator[Block]:
    """Where an acknowledgement tells otherwise than the handoff, box by box."""
    rows = [row for _, row, _ in _differing(make)]
    if not make.acks:
        return
    entries = tuple((entry,) for _, _, entry in _differing(make))
    side = make.tell("differ.receiver" if _taken(make) else "differ.giver")
    heads = make.tell("differ.box"), make.tell("differ.given"), make.tell("differ.taken", side=side, entry=make.acks[0].entry)
    table = Table(make.tell("differ"), heads, (58, 56, 56), tuple(rows), make.tell("differ.none"), entries)
    yield Listing(table, frozenset(range(len(rows))))


def _differing(make: Maker) -> list[tuple[str, tuple[str, ...], int]]:
    """Boxes of which the two sides tell otherwise: the box, its row, the entry of the acknowledgement."""
    told = {part.sid: part.body["boxes"] for part in make.parts}
    given = ({line["box"]: line for sid in ack.body["about"] for line in told.get(sid, ())} for ack in make.acks)
    return [one for ack, lines in zip(make.acks, given, strict=True) for one in _against(make, lines, ack)]


def _against(make: Maker, given: dict[str, Any], ack: Act) -> Iterator[tuple[str, tuple[str, ...], int]]:
    taken = {line["box"]: line for line in ack.body["boxes"]}
    unseen = make.teller.say("report.seal.unseen")
    for box in sorted({*given, *taken}):
        before = boxtable.seals(make.teller, given[box]["seals"]) or unseen if box in given else make.tell("differ.unlisted")
        after = boxtable.seals(make.teller, taken[box]["seals"]) or unseen if box in taken else make.tell("differ.lacking")
        if box in given and box in taken and given[box]["by"] != taken[box]["by"]:
            before, after = (f"{_identified(make, lines[box])}\n{said}" for lines, said in ((given, before), (taken, after)))
        if box not in given:
            after = f"{make.tell('differ.extra')}\n{after}"
        if before != after:
            yield box, (f"{boxtable.place(make.teller, box)}\n{box}", before, after), ack.entry


def _identified(make: Maker, line: dict[str, Any]) -> str:
    """How a side identified a box, with the beginning of the hash of the label that it read."""
    how, label = make.teller.say(f"report.read.{line['by']['how']}"), line["by"]["label"]
    return how if label is None else make.tell("differ.label", how=how, label=label)
