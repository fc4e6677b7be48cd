"""What a receipt holds, in words: the statement, and who signed it as what; a ledger at hand names roles (docs/spec/14-receipt.md)."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core import entry as entries
from custody.core.bearing import Bearing
from custody.core.note import VerifierKey
from custody.core.rights import SLOTS
from custody.i18n import words
from custody.i18n.marks import is_drill, zone_of
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import zone_here

if TYPE_CHECKING:
    from collections.abc import Iterable

    from custody.assembly import Office
    from custody.core.entry import Entry
    from custody.core.statement import Statement

_MOST = 3  # boxes that are named on one line


@dataclass(frozen=True)
class Signed:
    """One signature: the key, what the statement calls it (giver, sealer …) and, where a ledger is at hand, its role and person."""

    key: str
    parts: tuple[str, ...]
    role: str | None
    person: str | None


class Uncounted(NamedTuple):
    """The boxes for which a statement does not count, and why; of how many."""

    boxes: dict[str, Bearing]
    of: int


def uncounted(entry: "Entry", opened: "Office | None") -> Uncounted | None:
    """What has become of the statement in the ledger at hand; None without one."""
    from custody.assembly.whereabouts import uncounted

    return Uncounted(*uncounted(opened, entry.statement)) if opened is not None else None


def uncounted_lines(app: App, marks: Uncounted | None) -> list[str]:
    """The same in words: that a receipt is authentic does not make its statement count."""
    counts = Counter(marks.boxes.values()) if marks is not None else Counter[Bearing]()
    return [
        paint(app.say("bearing.some", told=app.say(f"bearing.{mark}"), count=count, of=marks.of if marks is not None else 0), "bad")
        for mark, count in counts.items()
    ]


def lines(app: App, note: bytes, opened: "Office | None", origin: str = "") -> list[str]:
    """The statement and its signers, a line each.

    :param origin: the name of the ledger that proves it, which tells a drill where no ledger is at hand.
    """
    entry = entries.parse(note)
    body, zone = entry.statement.body, opened.zone if opened is not None else _zone(app, entry)
    told = [app.say("cli.receipt.what", kind=entry.statement.kind.name, at=body["happened"]["at"], zone=zone)]
    told += _content(app, entry, opened)
    told.append(app.say("cli.receipt.signed", count=len(entry.lines)))
    told += [_signer(app, one) for one in signers(entry, opened)]
    drill = opened is not None and opened.drill and body.get("ledger") == opened.founding.sid
    if drill or is_drill(origin) or body.get("drill"):
        told.insert(0, paint(app.say("cli.receipt.drill"), "bad"))
    return [*told, app.say("cli.receipt.roles" if opened is not None else "cli.receipt.no-roles")]


def signers(entry: "Entry", opened: "Office | None") -> list[Signed]:
    """Who signed, in the order of the note."""
    body, slots = entry.statement.body, SLOTS.get(entry.statement.kind.name, ())
    people = _people(opened) if opened is not None else {}
    found = []
    for line in entry.lines:
        parts = tuple(slot.field for slot in slots if body.get(slot.field) == line.name)
        key = opened.ledger.state.roster.keys.get((line.name, line.key_id)) if opened is not None else None
        found.append(Signed(line.name, parts, key.role if key is not None else None, people.get(line.name)))
    return found


def _zone(app: App, entry: "Entry") -> str:
    """The zone of the ledger, which only its founding tells; else that of the place it speaks of; else that of this computer."""
    body = entry.statement.body
    named = [body.get("place"), body.get("from"), *boxes_in(body)[:1], *(body.get("places") or ())[:1]]
    codes = [one.get("box", one.get("code")) if isinstance(one, dict) else one for one in named]
    zone = body.get("zone")
    return zone if isinstance(zone, str) else zone_of(codes) or zone_here(app)


def _people(opened: "Office") -> dict[str, str]:
    from custody_cli.boxes.named import Names

    return Names(opened).people


def _signer(app: App, one: Signed) -> str:
    parts = ", ".join(app.say(f"slot.{part}") for part in one.parts)
    said = [one.person, parts or None, app.say(f"title.{one.role}") if one.role else None]
    return app.say("cli.receipt.signer", key=one.key, said=" · ".join(word for word in said if word) or app.say("slot.signer"))


def _content(app: App, entry: "Entry", opened: "Office | None") -> list[str]:
    """Where, from whom to whom, which boxes, and for an enrolment which key; codes where no ledger tells their names."""
    body, told = entry.statement.body, []
    if "from" in body and "to" in body:
        told.append(app.say("cli.receipt.way", start=_place(body["from"], opened), end=_place(body["to"], opened)))
    elif isinstance(body.get("place"), str):
        told.append(app.say("cli.receipt.place", place=_place(body["place"], opened)))
    if entry.statement.kind.name == "handoff":
        told.append(app.say("cli.receipt.hands", **{slot: _person(body[slot], opened) for slot in ("giver", "receiver", "recorder")}))
    if entry.statement.kind.name == "incident":
        told.append(app.say("cli.receipt.incident", what=body["code"]))
    if entry.statement.kind.name == "opening":
        told.append(app.say("cli.receipt.opening", basis=body["basis"], order=body["order"] or "—"))
    if entry.statement.kind.name == "closing":
        told.append(app.say("cli.receipt.closing", end=body["end"], permit=body["permit"]))
    if entry.statement.kind.name == "enrol":
        told.append(app.say("cli.receipt.enrolled", key=VerifierKey.parse(body["key"]).name, role=body["role"], places=body["places"]))
    if entry.statement.kind.name == "report":
        told.append(app.say("cli.receipt.about", code=body["scope"]["code"], facts=body["facts"]))
    if entry.statement.kind.name == "label":
        told.append(app.say("cli.receipt.labels", count=len(body["labels"])))
    told += _decided(app, entry.statement, opened)
    told += things_lines(app, [entry.statement], opened)
    told += _came_otherwise(app, entry.statement, opened)
    return [*told, *_box_lines(app, boxes_in(body), opened)]


def _decided(app: App, statement: "Statement", opened: "Office | None") -> list[str]:
    """What a correction or a ruling decides about which records, and why a giver did not sign."""
    body = statement.body
    if statement.kind.name == "correction":
        about = _records(body["about"], opened)
        told = [app.say(f"cli.receipt.correction.{body['effect']}", about=about, reason=body["reason"])]
        return [*told, app.say("cli.receipt.instead", instead=_records([body["instead"]], opened))] if body["instead"] else told
    if statement.kind.name == "ruling":
        rows = dict.fromkeys((row["stands"], tuple(row["falls"])) for row in body["boxes"])
        return [_ruled(app, stands, falls, body["order"], opened) for stands, falls in rows]
    if statement.kind.name == "handoff" and body["unsigned"] is not None:
        return ["  " + app.say("cli.trace.unsigned", reason=body["unsigned"]["reason"])]
    return []


def _ruled(app: App, stands: str | None, falls: "Iterable[str]", order: str | None, opened: "Office | None") -> str:
    facts = {"falls": _records(falls, opened), "order": order or "—"}
    if stands is None:
        return app.say("cli.receipt.ruling.none", **facts)
    return app.say("cli.receipt.ruling", stands=_records([stands], opened), **facts)


def _records(sids: "Iterable[str]", opened: "Office | None") -> str:
    """Statements by the beginning of their ids, and by their first entries where a ledger is at hand."""
    found = [(sid, opened.ledger.indexes(sid) if opened is not None else ()) for sid in sids]
    return ", ".join(f"{sid[:12]} ({indexes[0]})" if indexes else sid[:12] for sid, indexes in found)


def things_lines(app: App, statements: "Iterable[Statement]", opened: "Office | None") -> list[str]:
    """What is no box and was handed over, a line for each statement that tells of any."""
    return [app.say("cli.receipt.things", things=one) for one in things_told(app, statements, opened)]


def things_told(app: App, statements: "Iterable[Statement]", opened: "Office | None") -> list[str]:
    """The same without a word before it."""
    found = filter(None, (_things_of(one, opened) for one in statements))
    return [" · ".join(f"{_thing(app, name)} {count}" for name, count in one.items()) for one in found]


def _came_otherwise(app: App, statement: "Statement", opened: "Office | None") -> list[str]:
    """Of a receipt what was reported about things of its load: that fewer or others were counted as it was taken off."""
    from custody.assembly import duty

    if statement.kind.name != "ack" or opened is None:
        return []
    load, told = set(statement.body["about"]), []
    for one in duty.told(opened, ("incident",)):
        if one.body["code"] == "other" and load & set(one.body["about"]) and one.body["note"] is not None:
            commitment = one.body["note"]["c"]
            found = opened.private.opened([commitment])
            text = found[commitment].value if commitment in found else app.say("cli.receipt.things.closed")
            told.append(app.say("cli.receipt.things.came", text=text, entry=one.entry if one.entry is not None else "—"))
    return told


def _thing(app: App, name: str) -> str:
    return app.say(f"thing.{name}") if words.known(f"thing.{name}") else name


def _things_of(statement: "Statement", opened: "Office | None") -> dict[str, int]:
    """What is no box and was handed over with it: of a handoff its own, of a receipt those of the handoffs that it is about."""
    from custody_cli.boxes.daily import recorded

    told = [statement]
    if statement.kind.name == "ack":
        told = [recorded(opened, sid) for sid in statement.body["about"] if opened is not None and opened.ledger.indexes(sid)]
    found: dict[str, int] = {}
    for one in told:
        for row in one.body.get("things") or () if one.kind.name == "handoff" else ():
            found[row["thing"]] = found.get(row["thing"], 0) + row["count"]
    return found


def boxes_in(body: dict[str, Any]) -> list[str]:
    """The boxes that a statement lists."""
    listed = body.get("boxes")
    return [item if isinstance(item, str) else item["box"] for item in listed] if isinstance(listed, list) else []


def _box_lines(app: App, boxes: list[str], opened: "Office | None") -> list[str]:
    """All of them: who holds a receipt looks for one. A few on one line, many each on its own."""
    from custody_cli.boxes.named import Names

    names = Names(opened) if opened is not None else None
    shown = boxes if names is None else [f"{names.box(box)} ({box})" for box in boxes]
    if len(boxes) <= _MOST:
        return [app.say("cli.receipt.boxes", count=len(boxes), boxes=shown)] if boxes else []
    return [app.say("cli.receipt.boxes", count=len(boxes), boxes="").rstrip(), *(f"    {box}" for box in shown)]


def _person(key: str | None, opened: "Office | None") -> str:
    from custody_cli.boxes.named import Names

    return Names(opened).person(key) if opened is not None else key or "—"


def _place(code: str, opened: "Office | None") -> str:
    from custody_cli.boxes.named import Names

    if opened is None:
        return code
    name = Names(opened).place(code)
    return code if name == code else f"{name} ({code})"
