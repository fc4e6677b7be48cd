"""Deeds of handoffs: berita acara, receipt, waybill, and where the two sides tell otherwise (spec chapter 21, DEED-2, DEED-5)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

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
    yield from _load(make, _both(make))
    yield from _differences(make, extra=True)


def handoff(make: Maker) -> Iterator[Block]:
    yield Paragraph(make.tell(f"handoff.{_stage(make)}", what=make.what(), entry=_taken(make)))
    yield from _load(make)
    yield _way(make)
    yield from _differences(make)


def departs(act: Act) -> bool:
    """Whether a handoff sends its load on its way: the receiver has not signed it, or it was made elsewhere than where the load goes."""
    return act.body["place"] != act.body["to"] or act.body["receiver"] not in act.signed


def _load(make: Maker, both: Mapping[str, str] | None = None) -> Iterator[Block]:
    """Boxes by desa and one by one, and things. both: what both sides saw of boxes, where no table of its own tells that."""
    yield from make.counted()
    yield from make.things(make.say("things"), make.body["things"])
    yield from make.listed(differing=both or {one.box: "" for one in _differing(make)})


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


class _Differing(NamedTuple):
    """A box of which an acknowledgement tells otherwise than the handoff. given, taken: what each says; of: the entry of the handoff, of a
    load that of its part; entry, side: whose acknowledgement it is. extra: it is on no list.
    """

    box: str
    given: str
    taken: str
    of: int
    entry: int
    side: str
    extra: bool


def _differences(make: Maker, extra: bool = False) -> Iterator[Block]:
    """Where an acknowledgement tells otherwise than the handoff, box by box. extra: only of boxes that the handoff does not list."""
    differing = [one for one in _differing(make) if one.extra or not extra]
    for side in dict.fromkeys(act.body["side"] for act in make.acks):
        told = [one for one in differing if one.side == side]
        if not told and extra:
            continue
        entries = [act.entry for act in make.acks if act.body["side"] == side]
        of = make.tell("differ.given", side=_textual(make, side), entry=_entries(one.entry for one in make.parts))
        heads = make.tell("differ.box"), of, make.tell("differ.taken", side=make.tell(f"differ.{side}"), entry=_entries(entries))
        rows = tuple((f"{boxtable.place(make.teller, one.box)}\n{one.box}", one.given, one.taken) for one in told)
        shown = tuple((one.entry,) for one in told)
        yield Listing(Table(make.tell("differ"), heads, (58, 56, 56), rows, make.tell("differ.none"), shown), frozenset(range(len(rows))))


def _entries(entries: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(entries)))


def _textual(make: Maker, side: str) -> str:
    """Whose word the text of the handoff is, where this side acknowledges it: the other's, or that of both."""
    if make.body[side] in make.act.signed:
        return make.tell("differ.both")
    return make.tell("differ.giver" if side == "receiver" else "differ.receiver")


def _both(make: Maker) -> dict[str, str]:
    """Of each box that is told otherwise what both sides saw, each with the entry that says so."""
    found: dict[str, list[str]] = {}
    for one in _differing(make):
        told = found.setdefault(one.box, [make.tell("differ.told", side=_textual(make, one.side), entry=one.of), one.given])
        told += [make.tell("differ.told", side=make.tell(f"differ.{one.side}"), entry=one.entry), one.taken]
    return {box: "\n".join(told) for box, told in found.items()}


def _differing(make: Maker) -> list[_Differing]:
    """Boxes of which the two sides tell otherwise."""
    parts = {part.sid: part for part in make.parts}
    found = list[_Differing]()
    for ack in make.acks:
        about = [parts[sid] for sid in ack.body["about"] if sid in parts]
        given = {line["box"]: (line, part.entry) for part in about for line in part.body["boxes"]}
        found += _against(make, given, ack, about[0].entry)
    return found


def _against(make: Maker, given: dict[str, tuple[dict[str, Any], int]], ack: Act, of: int) -> Iterator[_Differing]:
    taken = {line["box"]: line for line in ack.body["boxes"]}
    unseen = make.teller.say("report.seal.unseen")
    for box in sorted({*given, *taken}):
        line, of = given.get(box, (None, of))
        before = boxtable.seals(make.teller, line["seals"]) or unseen if line is not None else make.tell("differ.unlisted")
        after = boxtable.seals(make.teller, taken[box]["seals"]) or unseen if box in taken else make.tell("differ.lacking")
        if line is not None and box in taken and line["by"] != taken[box]["by"]:
            before, after = f"{_identified(make, line)}\n{before}", f"{_identified(make, taken[box])}\n{after}"
        if line is None:
            after = f"{make.tell('differ.extra')}\n{after}"
        if before != after:
            yield _Differing(box, before, after, of, ack.entry, ack.body["side"], line is None)


def _identified(make: Maker, line: dict[str, Any]) -> str:
    """How a side identified a box, with the beginning of the hash of the label that it read."""
    how, label = make.teller.say(f"report.read.{line['by']['how']}"), line["by"]["label"]
    return how if label is None else make.tell("differ.label", how=how, label=label)
