"""What each kind of deed says between who acts and what lacks (spec chapter 21)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from custody.core.act import Act
from custody.core.statement import Statement, boxes_of, found_here
from custody.paper.canvas.table import Table
from custody.paper.deeds import handoff
from custody.paper.deeds.blocks import Block, Listing, Paragraph
from custody.paper.deeds.maker import Maker, told
from custody.paper.reports import boxtable


def title(make: Maker, form: str = "") -> str:
    """The title of a deed. form: `receipt` or `waybill` where one of those is drawn."""
    return make.teller.say(title_code(make.act.statement, form))


def title_code(statement: Statement, form: str = "") -> str:
    """The code of the words of that title."""
    variant = "" if form else _variant(statement)
    return f"deed.kind.title.{form or statement.kind.name}{f'.{variant}' if variant else ''}"


def _variant(statement: Statement) -> str:
    body = statement.body
    match statement.kind.name:
        case "handoff":
            return "found" if found_here(body) else "" if boxes_of(statement) else "things"
        case "inspection":
            return "counted" if body["counted"] is not None else ""
        case "shift":
            return "first" if body["outgoing"] is None else ""
        case "incident":
            return "settles" if body["settles"] else ""
    return ""


def blocks(make: Maker) -> Iterator[Block]:
    """What was done, of one of `scope.DEEDS`."""
    return _KINDS[make.kind](make)


def _manifest(make: Maker) -> Iterator[Block]:
    body, tell, teller = make.body, make.tell, make.teller
    yield Paragraph(tell("manifest", what=make.what(), start=teller.spot(body["from"]), end=teller.spot(body["to"])))
    rows = [
        (tell("way.from"), make.full(body["from"])),
        (tell("way.to"), make.full(body["to"])),
        (tell("manifest.vehicles"), make.count(body["vehicles"])),
        (tell("way.order"), body["order"] or make.say("nothing")),
        (tell("way.due"), teller.when(body["due"]) if body["due"] is not None else None),
        (tell("way.load"), body["id"][:12]),
        (tell("manifest.part"), tell("manifest.part.text", part=make.part(), parts=body["parts"])),
        *make.noted(),
    ]
    yield told(tell("way"), rows)
    yield handoff.by_hand(make)
    yield from make.counted()
    yield from make.things(make.say("things"), body["things"])
    yield from make.plain(make.say("list.plain"), make.boxes)


def _seal(make: Maker) -> Iterator[Block]:
    yield Paragraph(make.tell("seal", what=make.what()))
    phase = make.tell("seal.phase.text", phase=make.body["phase"])
    yield told("", [(make.tell("seal.phase"), phase), *make.noted()])
    yield from make.counted()
    yield from make.listed(empty="—")


def _opening(make: Maker) -> Iterator[Block]:
    body, tell, teller = make.body, make.tell, make.teller
    yield Paragraph(tell("opening", what=make.what()))
    invited = ["; ".join(filter(None, (_attending(make, one),))) for one in body["invited"]]
    rows = [
        (tell("opening.basis"), tell("opening.basis.text", basis=body["basis"])),
        (tell("opening.order"), body["order"] or tell("opening.noorder")),
        (tell("opening.begun"), teller.when(body["happened"]["at"])),
        (tell("opening.closed"), teller.when(body["closed"]) if body["closed"] is not None else tell("opening.open")),
        (tell("opening.taken"), make.some_things(body["taken_out"])),
        (tell("opening.put"), make.some_things(body["put_back"])),
        (tell("opening.invited"), "; ".join(invited) or make.say("nothing")),
        (tell("opening.present"), "; ".join(_attending(make, one) for one in body["present"]) or make.say("nothing")),
        *make.noted(),
    ]
    yield told(tell("opening.what"), rows)
    yield from make.counted()
    yield from _sealed(make)
    yield from make.listed(tell("opening.after"), empty=teller.say("report.opening.open"))


def _sealed(make: Maker) -> Iterator[Block]:
    """The seals of each box as they were last seen before it was opened, and where that is recorded; boxes that stand alike share a row."""
    bodies: dict[int, dict[str, Any]] = {}
    alike: dict[tuple[str, str], list[str]] = {}
    for box in make.boxes:
        alike.setdefault(_last_seals(make, box, bodies), []).append(box)
    rows = [(row[1], row[2], row[3], *key) for key, some in alike.items() for row in boxtable.names(make.teller, some)]
    heads = (*map(make.say, ("box", "type", "count", "seals")), make.tell("opening.seen"))
    yield Listing(Table(make.tell("opening.before"), heads, (56, 22, 14, 52, 26), tuple(rows)))


def _last_seals(make: Maker, box: str, bodies: dict[int, dict[str, Any]]) -> tuple[str, str]:
    """The seals of a box in the last link before this one that lists any, and its entry. bodies: of entries, each read once."""
    steps = [step.entry for step in make.reading.state.trail.of(box)]
    before = steps[: steps.index(make.act.entry)] if make.act.entry in steps else [one for one in steps if one < make.act.entry]
    for entry in reversed(before):
        if entry not in bodies:
            bodies[entry] = make.reading.act(entry).body
        seals = next((line["seals"] for line in bodies[entry].get("boxes", ()) if line["box"] == box), None)
        if seals:
            return boxtable.seals(make.teller, seals), make.tell("opening.seen.entry", entry=entry)
    return make.tell("opening.unseen"), "—"


def _attending(make: Maker, one: dict[str, Any]) -> str:
    """Somebody present or invited: role, institution, name."""
    role = make.teller.say("report.signer.title", role=one["role"]) if one["role"] is not None else ""
    house = one["institution"].upper() if one["institution"] is not None else ""
    name = make.teller.person(one["key"]) if one["key"] is not None else make.guest(one) if one["name"] is not None else ""
    return " ".join(filter(None, (role, house, name)))


def _shift(make: Maker) -> Iterator[Block]:
    body, tell = make.body, make.tell
    yield Paragraph(tell("shift.first" if body["outgoing"] is None else "shift", place=make.teller.spot(body["place"])))
    rows = [
        (tell("shift.counted"), make.count(body["counted"])),
        *_figure(make),
        (tell("shift.door"), tell("shift.door.text", door=body["door"])),
        (tell("shift.seal"), body["door_seal"] or make.say("nothing")),
        (tell("shift.lock"), tell("shift.lock.text", lock=body["lock"])),
        (tell("shift.visitors"), make.count(body["visitors"])),
        (tell("shift.team"), tell("shift.team.text", team=body["team"])),
        (tell("shift.incidents"), _recorded(make, body["incidents"]) or make.say("nothing")),
        *make.noted(),
    ]
    yield told(tell("shift.state"), rows)
    yield from _difference(make)
    yield from make.things(tell("shift.equipment"), body["equipment"])
    yield Paragraph(tell("shift.count"))


def _figure(make: Maker) -> Iterator[tuple[str, str]]:
    """What the whole ledger had there at that minute, as the issuer says, and whether the count agrees (DEED-11)."""
    if make.reading.facts.figure:
        least, most = make.reading.facts.figure
        code = "figure.text" if least == most else "figure.between"
        yield make.tell("figure"), make.tell(code, least=least, most=most, upto=make.reading.facts.upto)


def _difference(make: Maker) -> Iterator[Block]:
    """The difference in words: by how many the count is short or over."""
    if not make.reading.facts.figure:
        return
    (least, most), counted = make.reading.facts.figure, make.body["counted"]
    code = "less" if counted < least else "more" if counted > most else "none"
    by = least - counted if counted < least else counted - most
    told = make.tell(f"figure.{code}", counted=counted, by=by, expected="–".join(map(make.count, sorted({least, most}))))
    yield Paragraph(told, strong=code != "none")
    yield Paragraph(make.tell("figure.rests"))


def _recorded(make: Maker, sids: Iterable[str]) -> str:
    """Other statements by their entries, as far as the evidence holds them."""
    known = {one.sid: one for one in reversed((*make.reading.behind, *make.reading.told))}
    entries = {one.act.sid: one.act.entry for one in make.reading.incidents}
    said = []
    for sid in sids:
        entry, kind = (known[sid].entry, known[sid].kind) if sid in known else (entries.get(sid), "incident")
        said.append(make.tell("incident.entry", entry=entry, kind=kind) if entry is not None else make.tell("incident.other", sid=sid))
    return "; ".join(said)


def _inspection(make: Maker) -> Iterator[Block]:
    body, tell = make.body, make.tell
    yield Paragraph(tell("inspection", place=make.teller.spot(body["place"])))
    unseen = tell("unseen")
    rows = [
        (tell("inspection.counted"), make.count(body["counted"]) if body["counted"] is not None else tell("inspection.looked")),
        *_figure(make),
        (tell("inspection.seen"), make.count(len(body["boxes"]))),
        (tell("inspection.missing"), make.count(len(body["missing"]))),
        (tell("inspection.extra"), make.count(len(body["extra"]))),
        (tell("shift.door"), tell("shift.door.text", door=body["door"]) if body["door"] is not None else unseen),
        (tell("shift.lock"), tell("shift.lock.text", lock=body["lock"]) if body["lock"] is not None else unseen),
        (tell("inspection.defects"), tell("inspection.defects.text", defects=body["defects"]) if body["defects"] else make.say("nothing")),
        *make.noted(),
    ]
    yield told(tell("inspection.result"), rows)
    yield from _difference(make)
    yield from make.plain(tell("inspection.missing"), body["missing"])
    yield from make.plain(tell("inspection.extra"), body["extra"])
    yield from make.listed()


def _incident(make: Maker) -> Iterator[Block]:
    body, tell, teller = make.body, make.tell, make.teller
    if body["settles"]:
        yield from _settlement(make)
        return
    yield Paragraph(tell("incident", what=body["code"]).upper(), strong=True)
    rows = [
        (tell("incident.place"), make.full(body["place"])),
        (tell("incident.happened"), teller.happened(body)),
        (tell("incident.recorded"), teller.when(body["at"])),
        (tell("incident.state"), _state(make)),
        (tell("incident.owner"), teller.person(body["owner"]) if body["owner"] is not None else tell("incident.owner.none")),
        (tell("incident.due"), teller.when(body["due"]) if body["due"] is not None else None),
        (tell("incident.about"), _recorded(make, body["about"])),
        *make.noted(),
    ]
    yield told(tell("incident.case"), rows)
    yield from make.counted()
    yield from _standing(make)


def _settlement(make: Maker) -> Iterator[Block]:
    """What settles incidents: which, when those happened, and when they were settled; one that does not count as settled says so."""
    body, tell, teller = make.body, make.tell, make.teller
    known = {one.act.sid: one for one in make.reading.incidents}
    for sid in body["settles"]:
        one = known.get(sid)
        counts = one is not None and one.settled is not None and one.settled.sid == make.sid
        what = one.act.body["code"] if one is not None else body["code"]
        yield Paragraph(tell("incident.ended" if counts else "incident.claimed", what=what).upper(), strong=True)
    rows = [
        (
            tell("incident.settles"),
            "; ".join(_settled(make, known[sid].act) if sid in known else _recorded(make, [sid]) for sid in body["settles"]),
        ),
        (tell("incident.ended.place"), make.full(body["place"])),
        (tell("incident.ended.at"), teller.happened(body)),
        (tell("incident.recorded"), teller.when(body["at"])),
        (tell("incident.about"), _recorded(make, body["about"])),
        *make.noted(),
    ]
    yield told(tell("incident.case"), rows)
    yield from make.counted()
    yield from _standing(make)


def _settled(make: Maker, act: Act) -> str:
    """An incident that another statement settles: its entry, what it was, when and where it happened."""
    where, when = make.teller.spot(act.body["place"]), make.teller.happened(act.body)
    return make.tell("incident.settled.one", entry=act.entry, what=act.body["code"], when=when, place=where)


def _state(make: Maker) -> str:
    known = next((one for one in make.reading.incidents if one.act.sid == make.sid), None)
    if known is not None and known.settled is not None:
        who = ", ".join(make.teller.person(key) for key in sorted(known.settled.signed))
        return make.tell("incident.settled", entry=known.settled.entry, who=who)
    return make.tell("incident.open" if known is not None and known.open else "incident.idle")


def _standing(make: Maker) -> Iterator[Block]:
    """The boxes of an incident with who held them last, where, under what seals; those that stand alike together."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for box in make.boxes:
        holding = make.reading.settled[box][0].holding if box in make.reading.settled else None
        if holding is None:
            key = ("—", "—", "—")
        else:
            seals = [{"point": point, "state": state, "number": number} for point, state, number in holding.seals]
            key = make.teller.spot(holding.place), make.teller.person(holding.holder), boxtable.seals(make.teller, seals) or "—"
        alike.setdefault(key, []).append(box)
    rows = [(row[1], row[2], row[3], *key) for key, some in alike.items() for row in boxtable.names(make.teller, some)]
    if rows:
        heads = (
            make.say("box"),
            make.say("type"),
            make.say("count"),
            *(make.tell(f"incident.{name}") for name in ("last", "holder", "seals")),
        )
        yield Listing(Table(make.tell("incident.boxes"), heads, (44, 22, 13, 27, 32, 32), tuple(rows)))


def _visit(make: Maker) -> Iterator[Block]:
    body, tell, teller = make.body, make.tell, make.teller
    yield Paragraph(tell("visit", place=teller.spot(body["place"])))
    rows = [
        (tell("visit.why"), tell("visit.why.text", why=body["why"])),
        (tell("visit.in"), teller.when(body["happened"]["at"])),
        (tell("visit.out"), teller.when(body["left"]) if body["left"] is not None else tell("visit.inside")),
        (tell("visit.leave"), teller.person(body["leave"]) if body["leave"] is not None else tell("visit.leave.none")),
        *make.noted(),
    ]
    yield told(tell("visit.what"), rows)
    heads = teller.say("report.number"), tell("visit.person"), tell("visit.role"), tell("visit.house")
    persons = [(str(at), *_visitor(make, one)) for at, one in enumerate(body["persons"], 1)]
    yield Listing(Table(tell("visit.persons"), heads, (10, 90, 40, 30), tuple(persons)))


def _visitor(make: Maker, one: dict[str, Any]) -> tuple[str, str, str]:
    name = make.teller.person(one["key"]) if one["key"] is not None else make.guest(one)
    role = make.teller.say("report.signer.title", role=one["role"]) if one["role"] is not None else "—"
    return name, role, (one["institution"] or "—").upper()


def _plenary(make: Maker) -> Iterator[Block]:
    body, tell = make.body, make.tell
    yield Paragraph(tell("plenary", place=make.teller.titled(body["place"]), step=body["step"]))
    rows = [
        (tell("plenary.venue"), make.full(body["venue"] or body["place"])),
        (tell("plenary.panels"), make.count(body["panels"])),
        *make.noted(),
    ]
    yield told(tell("plenary.what"), rows)


def _closing(make: Maker) -> Iterator[Block]:
    yield Paragraph(make.tell("closing", what=make.what(), end=make.body["end"]))
    yield told(make.tell("closing.what"), [(make.tell("closing.permit"), make.body["permit"]), *make.noted()])
    yield from make.counted()
    yield from make.listed(empty="—")


def _ruling(make: Maker) -> Iterator[Block]:
    body, tell = make.body, make.tell
    yield Paragraph(tell("ruling"))
    yield told(tell("ruling.what"), [(tell("ruling.order"), body["order"] or make.say("nothing")), *make.noted()])
    heads = tell("differ.box"), tell("ruling.stands"), tell("ruling.falls")
    rows = [
        (
            f"{boxtable.place(make.teller, row['box'])}\n{row['box']}",
            _named(make, [row["stands"]] if row["stands"] else []),
            _named(make, row["falls"]),
        )
        for row in body["boxes"]
    ]
    yield Listing(Table(tell("ruling.table"), heads, (58, 56, 56), tuple(rows)))


def _named(make: Maker, sids: Sequence[str]) -> str:
    return _recorded(make, sids) or make.tell("ruling.none")


def _correction(make: Maker) -> Iterator[Block]:
    body, tell = make.body, make.tell
    yield Paragraph(tell("correction"))
    rows = [
        (tell("correction.about"), _recorded(make, body["about"])),
        (tell("correction.reason"), tell("correction.reason.text", reason=body["reason"])),
        (tell("correction.effect"), tell(f"correction.{body['effect']}")),
        (tell("correction.instead"), _recorded(make, [body["instead"]]) if body["instead"] is not None else None),
        *make.noted(),
    ]
    yield told(tell("correction.what"), rows)
    yield from make.plain(make.say("list.plain"), make.boxes)


def _register(make: Maker) -> Iterator[Block]:
    yield Paragraph(make.tell("register", what=make.what()))
    reason = make.tell("register.reason.text", reason=make.body["reason"])
    yield told(make.tell("register.what"), [(make.tell("register.reason"), reason)])
    yield from make.counted()
    yield from make.plain(make.say("list.plain"), make.boxes)


def _label(make: Maker) -> Iterator[Block]:
    labels = make.body["labels"]
    yield Paragraph(make.tell("label", what=make.what(len(set(make.boxes)))))
    spare = sum(row["box"] is None for row in labels)
    reason = make.body["reason"]
    why = make.tell(f"label.reason.{reason}") if reason in ("first", "spare") else make.tell("label.reason.text", reason=reason)
    rows = [
        (make.tell("label.reason"), why),
        (make.tell("label.codes"), make.count(len(labels))),
        (make.tell("label.spare"), make.count(spare)),
    ]
    yield told(make.tell("label.what"), rows)
    yield from make.plain(make.say("list.plain"), sorted(set(make.boxes)))


_KINDS: dict[str, Callable[[Maker], Iterator[Block]]] = {
    "handoff": handoff.handoff, "manifest": _manifest, "seal": _seal, "opening": _opening, "shift": _shift, "inspection": _inspection,
    "incident": _incident, "visit": _visit, "plenary": _plenary, "closing": _closing, "ruling": _ruling, "correction": _correction,
    "register": _register, "label": _label,
}  # fmt: skip
