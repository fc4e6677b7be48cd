"""What is shown of statements about a room: the page before a signature, what a new team takes in, and the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custody_cli.boxes import findings
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.boxes.travel import kept_lines
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import receipts, span
from custody_cli.room import comparing, doors

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.duty import Told
    from custody.core.private import Opening
    from custody.core.statement import Statement
    from custody_cli.table.terms import Done

_SHOWN = 12
_WHOLE = frozenset(("intact", "replaced"))


def show(app: App, names: Names, statements: Sequence[Statement], note: str | None = None) -> None:
    """The page that a signer reads before the passphrase. note: the words that he signs with it."""
    for one in statements:
        for told in lines(app, names, one.kind.name, one.body):
            app.console.note(f"  {told}")
        happened = one.body["happened"]
        if happened["basis"] != "now":
            app.console.note(f"  {app.say('cli.room.happened', at=happened['at'], zone=names.office.zone, basis=happened['basis'])}")
    if note:
        app.console.note("  " + app.say("cli.room.note", text=note))


def lines(app: App, names: Names, kind: str, body: Mapping[str, Any]) -> list[str]:
    """What a statement about a room says, in words, without its date."""
    made = {"shift": _shift, "visit": _visit, "inspection": _inspection, "plenary": _plenary}[kind]
    return made(app, names, body)


def _shift(app: App, names: Names, body: Mapping[str, Any]) -> list[str]:
    facts = {"place": names.place(body["place"]), "counted": body["counted"], "team": body["team"], "visitors": body["visitors"]}
    who = {slot: names.person(body[slot]) for slot in ("outgoing", "incoming")}
    return [
        app.say("cli.room.shift" if body["outgoing"] is not None else "cli.room.shift.first", **facts, **who),
        doors.door_told(app, body["door"], body["lock"], body["door_seal"]),
        app.say("cli.room.equipment", things=doors.things_told(app, {one["thing"]: one["count"] for one in body["equipment"]})),
        app.say("cli.room.taken-in", incidents=len(body["incidents"]), visitors=body["visitors"]),
    ]


def _visit(app: App, names: Names, body: Mapping[str, Any]) -> list[str]:
    persons = persons_told(app, names, body)
    facts = {"place": names.place(body["place"]), "count": len(body["persons"]), "persons": persons, "why": body["why"]}
    told = [app.say("cli.room.visit", **facts)]
    told.append(app.say("cli.room.leave", leave=names.person(body["leave"])) if body["leave"] else app.say("cli.room.no-leave"))
    if len(body["persons"]) == 1:
        told.append(app.say("cli.room.alone"))
    if body["left"] is not None:
        told.append(app.say("cli.room.left", left=body["left"], zone=names.office.zone))
    return told


def _inspection(app: App, names: Names, body: Mapping[str, Any]) -> list[str]:
    told = []
    if body["counted"] is not None:
        told.append(app.say("cli.room.counted", counted=body["counted"], place=names.place(body["place"])))
    if body["boxes"]:
        told.append(app.say("cli.room.seen", count=len(body["boxes"]), place=names.place(body["place"])))
        told += _seals_seen(app, names, body["boxes"])
    if body["door"] is not None or body["lock"] is not None:
        place = names.place(body["place"])
        facts = {"door": body["door"] or "unseen", "lock": body["lock"] or "unseen"}
        told.append(f"{place}: {app.say('cli.room.door', **facts, seal='')}")
    if body["defects"]:
        told.append(app.say("cli.room.defects", defects=tuple(body["defects"])))
    for field in ("missing", "extra"):
        if body[field]:
            told.append(app.say(f"cli.count.{field}", count=len(body[field])))
            told += comparing.listed(names, body[field])
    return told or [app.say("cli.room.looked", place=names.place(body["place"]))]


def _seals_seen(app: App, names: Names, boxes: Sequence[Mapping[str, Any]]) -> list[str]:
    """On how many boxes somebody looked at the seals, and which of these are not whole."""
    from custody.core.holding import seals_of

    looked = [line for line in boxes if line["seals"]]
    others = len(boxes) - len(looked)
    told = [app.say("cli.room.seals.some" if others else "cli.room.seals", count=len(looked), others=others)] if looked else []
    torn = {line["box"]: [one for one in seals_of(dict(line)) if one[1] not in _WHOLE] for line in looked}
    return told + [f"  ! {names.box(box)}: {seals_told(app, seals)}" for box, seals in torn.items() if seals]


def _plenary(app: App, names: Names, body: Mapping[str, Any]) -> list[str]:
    facts = {"place": names.place(body["place"]), "step": body["step"], "panels": body["panels"]}
    told = [app.say("cli.room.plenary", **facts)]
    if body["panels"]:
        told.append(app.say("cli.room.panels", **facts))
    if body["venue"] is not None:
        told.append(app.say("cli.room.venue", venue=names.place(body["venue"])))
    if body["witness"] is not None:
        told.append(app.say("cli.room.witness", witness=names.person(body["witness"])))
    return told


def persons_told(app: App, names: Names, body: Mapping[str, Any]) -> str:
    """Who went in: by key and rank, by the name that the private register opens, or as somebody whose name is not shown here."""
    hidden = [one["name"]["c"] for one in body["persons"] if one["name"] is not None]
    opened = names.office.private.opened(hidden)
    return ", ".join(_person(app, names, one, opened) for one in body["persons"])


def _person(app: App, names: Names, one: Mapping[str, Any], opened: Mapping[str, Opening]) -> str:
    if one["key"] is not None:
        told = names.person(one["key"])
    elif one["name"] is not None and one["name"]["c"] in opened:
        told = opened[one["name"]["c"]].value
    else:
        told = app.say("cli.room.somebody")
    more = [app.say(f"title.{one['role']}")] if one["role"] is not None else []
    more += [one["institution"].upper()] if one["institution"] is not None else []
    return f"{told} ({', '.join(more)})" if more else told


def taken_in(app: App, opened: Office, place: str, last: Told | None) -> list[str]:
    """Open incidents, and who went in since the last shift: what the new team takes in."""
    from custody.assembly import duty

    names, zone = Names(opened), opened.zone
    told = []
    incidents = duty.open_incidents(opened, place)
    visits = duty.visits(opened, place, last.at if last is not None else None)
    told.append(app.say("cli.shift.incidents", count=len(incidents)))
    for one in incidents[:_SHOWN]:
        facts = {"at": one.at, "zone": zone, "what": one.body["code"], "count": len(one.body["boxes"]), "sid": one.sid}
        told.append(paint("  " + app.say("cli.shift.incident", **facts), "warn"))
    told.append(app.say("cli.shift.visits", count=len(visits)))
    for one in visits[:_SHOWN]:
        facts = {"at": one.at, "zone": zone, "persons": persons_told(app, names, one.body), "why": one.body["why"]}
        code = "cli.shift.visit" if one.body["left"] else "cli.shift.visit.inside"
        told.append("  " + app.say(code, **facts, left=one.body["left"] or ""))
    return told


def done(app: App, opened: Office, ended: Done) -> list[str]:
    """The end in words that nobody can mistake: in the ledger with its entry, or waiting for the ledger key; and what the law found."""
    from custody_cli.papers import deedkind

    sub, first = ended.submitted, ended.statements[0]
    if sub.sealed:
        entries = span(receipt.index for receipt in sub.receipts)
        unsigned = ended.how == "unsigned"
        code, tone = ("cli.room.done.unsigned", "warn") if unsigned else ("cli.room.done", "good")
        told = [paint(app.say(code, kind=first.kind.name, entries=entries), tone)]
        told.append(app.say("cli.handing.receipt", command=receipts(app, sub)))
        told += deedkind.commands(app, opened, ended.statements)
    else:
        told = kept_lines(app, opened, "cli.room.unsealed", kind=first.kind.name)
    stand = [one for one in ended.found if one.severity != "note"]
    for one, more in findings.looks(stand):
        said = app.say(one.code, **findings.facts_of(one, opened.zone, Names(opened)))
        told.append(app.say("cli.handing.finding", code=one.code, count=more + 1, told=said))
    return told
