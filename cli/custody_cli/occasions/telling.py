"""Openings, looks, incidents, rulings and closings in the story of one box, in words (spec chapters 08, 09, 17 and 20)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from custody_cli.boxes import linked
from custody_cli.boxes.named import Names
from custody_cli.boxes.underway import place_told
from custody_cli.ground.app import App
from custody_cli.occasions import attending
from custody_cli.room.doors import things_told

if TYPE_CHECKING:
    from custody.core.statement import Statement

KINDS = ("opening", "inspection", "incident", "ruling", "closing")


def lines(app: App, names: Names, box: str, one: Statement) -> list[str]:
    """What a statement of one of `KINDS` says of a box."""
    tell = {"opening": _opening, "inspection": _inspection, "incident": _incident, "ruling": _ruling, "closing": _closing}
    return tell[one.kind.name](app, names, box, one)


def _opening(app: App, names: Names, _: str, one: Statement) -> list[str]:
    body, zone = one.body, names.office.zone
    code = "cli.trace.opening.order" if body["order"] else "cli.trace.opening"
    facts = {"place": names.place(body["place"]), "officer": names.person(body["officer"]), "basis": body["basis"], "order": body["order"]}
    told = [app.say(code, **facts)]
    present, invited = (attending.told(app, names, body[part]) for part in ("present", "invited"))
    told.append(app.say("cli.trace.opening.people", present=present, invited=invited))
    taken, put = (things_told(app, {row["thing"]: row["count"] for row in body[part]}) for part in ("taken_out", "put_back"))
    told.append(app.say("cli.trace.opening.things", taken=taken, put=put))
    shut = body["closed"]
    return [*told, app.say("cli.trace.opening.closed", at=shut, zone=zone) if shut else app.say("cli.trace.opening.open")]


def _inspection(app: App, names: Names, box: str, one: Statement) -> list[str]:
    body = one.body
    what = "missing" if box in body["missing"] else "extra" if box in body["extra"] else "seen"
    return [app.say(f"cli.trace.look.{what}", place=names.place(body["place"]), officer=names.person(body["officer"]))]


def _incident(app: App, names: Names, _: str, one: Statement) -> list[str]:
    from custody.assembly.incidents import incidents

    body, office = one.body, names.office
    code = "cli.trace.incident.owned" if body["owner"] else "cli.trace.incident"
    told = [app.say(code, place=place_told(app, names, body), what=body["code"], owner=names.person(body["owner"]))]
    if body["note"] is not None:
        opened = office.private.opened([body["note"]["c"]]).get(body["note"]["c"])
        told += [app.say("cli.trace.note", text=opened.value)] if opened is not None else []
    known = next((found for found in incidents(office) if found.act.sid == one.sid), None)
    if known is not None and known.settled is not None:
        by = tuple(names.person(name) for name in sorted(known.settled.signed))
        told.append(app.say("cli.trace.incident.settled", entry=known.settled.entry, by=by))
    elif known is not None and known.open:
        told.append(app.say("cli.trace.incident.open"))
    if body["settles"]:
        told.append(app.say("cli.trace.incident.settles", entries=_entries(names, body["settles"])))
    return told


def _ruling(app: App, names: Names, box: str, one: Statement) -> list[str]:
    row: dict[str, Any] = next(row for row in one.body["boxes"] if row["box"] == box)
    falls = _entries(names, row["falls"])
    if row["stands"] is None:
        return [app.say("cli.trace.ruling.none", falls=falls, order=one.body["order"] or "—")]
    return [app.say("cli.trace.ruling", stands=_entries(names, [row["stands"]]), falls=falls, order=one.body["order"] or "—")]


def _closing(app: App, names: Names, box: str, one: Statement) -> list[str]:
    body = one.body
    told = [app.say("cli.trace.closing", place=names.place(body["place"]), end=body["end"], permit=body["permit"])]
    newer = linked.successors(names, box) if body["end"] == "replaced" else ""
    return [*told, app.say("cli.linked.successor", box=newer)] if newer else told


def _entries(names: Names, sids: Iterable[str]) -> str:
    """Statements by the entries where they stand first."""
    found = ((sid, names.office.ledger.indexes(sid)) for sid in sids)
    return ", ".join(str(indexes[0]) if indexes else sid[:12] for sid, indexes in found)
