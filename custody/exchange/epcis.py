"""The ledger as one EPCIS 2.0 document in JSON-LD, written event by event (spec chapter 28, EPCIS-1 to EPCIS-9; GS1 EPCIS and CBV 2.0)."""

from collections.abc import Iterator

import orjson

from custody.core.findings import Finding
from custody.core.places import Place
from custody.exchange.events import MAIN, Fields, Part, parts
from custody.exchange.names import TERMS, Names, event_id, term
from custody.exchange.notice import about
from custody.exchange.source import Source, Told

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
OFFSETS = {"Asia/Jakarta": "+07:00", "Asia/Pontianak": "+07:00", "Asia/Makassar": "+08:00", "Asia/Jayapura": "+09:00"}
_BODY = b'"epcisBody":{"eventList":['
_REASONS = {"did-not-happen": "did_not_occur"}  # of a correction; everything else was said wrongly


def document(source: Source) -> Iterator[bytes]:
    """The document in pieces, each a line: whatever the size of the ledger, no more than one entry of it is at hand."""
    head = orjson.dumps(_head(source))
    yield head[:-1] + b"," + _BODY + b"\n"
    between = b""
    for event in events(source):
        yield between + orjson.dumps(event)
        between = b",\n"
    yield b"\n]}}\n"


def events(source: Source) -> Iterator[Fields]:
    """The events in the order of the ledger, then one for each finding."""
    names = Names(source.founding.sid)
    for told in source.entries():
        if told.fresh:
            yield from (_event(part, told, source) for part in parts(told, source, names))
        for sid in sorted(source.undone.get(told.entry, ())):
            yield from _undone(told, sid, source, names)
    for one in source.findings():
        yield _found(one, source, names)


def _head(source: Source) -> Fields:
    said = {f"custody:{name}": value for name, value in about(source).items()}
    names = Names(source.founding.sid)
    vocabulary = {"type": "urn:epcglobal:epcis:vtype:BizLocation", "vocabularyElementList": [*_places(source, names)]}
    return {
        "@context": [CONTEXT, {"custody": TERMS}],
        "id": f"{names.root}:export:{source.head.size}",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": source.made,
        **said,
        "epcisHeader": {"epcisMasterData": {"vocabularyList": [vocabulary]}},
    }


def _places(source: Source, names: Names) -> Iterator[Fields]:
    """The places as they stand, each with the places right below it."""
    size = source.head.size - 1
    there = [place for code in sorted(source.places.versions) if (place := source.places.get(code, size)) is not None]
    below: dict[str, list[str]] = {}
    for place in there:
        if place.parent is not None:
            below.setdefault(place.parent, []).append(names.place(place.code))
    for place in there:
        children = below.get(place.code)
        yield {"id": names.place(place.code), "attributes": _attributes(place), **({"children": children} if children else {})}


def _attributes(place: Place) -> list[Fields]:
    return [{"id": term(name), "attribute": value} for name, value in (("code", place.code), ("kind", place.kind), ("name", place.name))]


# -- events --------------------------------------------------------------------------------------------------------------------


def _event(part: Part, told: Told, source: Source, declared: Fields | None = None) -> Fields:
    """A whole event: when, its id, its own fields, and where it stands in the ledger. :param declared: what is wrong with it."""
    act, body = told.act, told.act.body
    return {
        "type": part.fields["type"],
        "eventID": event_id(act.sid, part.name),
        "eventTime": body["happened"]["at"],
        "recordTime": body["at"],
        "eventTimeZoneOffset": OFFSETS[source.zone],
        **{name: value for name, value in part.fields.items() if name != "type"},
        "custody:sid": act.sid,
        "custody:entry": told.entry,
        "custody:kind": told.kind,
        "custody:stage": told.stage,
        **(_said(told) if part.name.startswith(MAIN) else {}),
        **({"errorDeclaration": declared} if declared is not None else {}),
    }


def _said(told: Told) -> Fields:
    """What EPCIS has no field for, on the main event of a statement: signers, basis, and of links the chain of each box."""
    body = told.act.body
    found: Fields = {
        "custody:leaf": told.leaf.hex(),
        "custody:signers": sorted(told.act.signed),
        "custody:basis": body["happened"]["basis"],
    }
    if told.act.late:
        found["custody:late"] = sorted(told.act.late)
    if told.act.statement.kind.link:
        found["custody:chain"] = [_link(line) for line in body["boxes"]]
    for name in ("carrier", "code", "due", "effect", "end", "phase", "reason", "through", "recorder", "vehicle", "about"):
        if body.get(name):
            found[f"custody:{name}"] = body[name]
    if body.get("unsigned"):
        found["custody:unsigned"] = body["unsigned"]["reason"]
    if body.get("irregular"):
        found["custody:irregular"] = [f"{one['finding']} {one['reason']}" for one in body["irregular"]]
    return found


def _link(line: Fields) -> Fields:
    seals = [" ".join(filter(None, (seal["point"], seal["state"], seal["number"]))) for seal in line["seals"]]
    return {"custody:box": line["box"], "custody:prev": line["prev"], "custody:how": line["by"]["how"], "custody:seals": seals}


def _undone(by: Told, sid: str, source: Source, names: Names) -> Iterator[Fields]:
    """The events of a statement that a correction or a ruling undid, declared wrong; and the same for the boxes of which it stands."""
    was = source.find(sid)
    if was is None:
        return
    before = frozenset[str]().union(*(told.get(sid, ()) for index, told in source.undone.items() if index < by.entry))
    gone = before | source.undone[by.entry][sid]
    instead = by.act.body.get("instead")
    kept = _standing(was, gone, source, names)
    for name, part in _standing(was, before, source, names).items():
        if gone.isdisjoint(part.boxes):
            continue
        rest = kept.get(name)
        ids = [event_id(sid, rest.name)] if rest is not None else []
        ids += [event_id(instead, MAIN)] if instead is not None else []
        declared = _declared(by, ids)
        yield _event(part, was, source, declared) | {"recordTime": by.act.body["at"]}
        if rest is not None:
            yield _event(rest, was, source) | {"recordTime": by.act.body["at"], "custody:by": by.act.sid}


def _standing(was: Told, gone: frozenset[str], source: Source, names: Names) -> dict[str, Part]:
    """The events of a statement without the boxes of which it stands no more, by their first names; one that lost boxes has its own."""
    statement = was.act.statement
    lines = [line for line in statement.body["boxes"] if line["box"] not in gone]
    cut = was._replace(act=was.act._replace(statement=statement._replace(body={**statement.body, "boxes": lines})))
    left = {part.name: part for part in parts(cut, source, names)}
    found: dict[str, Part] = {}
    for part in parts(was, source, names):
        lost = sorted(gone.intersection(part.boxes))
        rest = left.get(part.name)
        if rest is not None and rest.boxes:
            found[part.name] = rest._replace(name=f"{part.name}/without {' '.join(lost)}") if lost else rest
    return found


def _declared(by: Told, ids: list[str]) -> Fields:
    body = by.act.body
    reason = _REASONS.get(body["reason"], "incorrect_data") if by.kind == "correction" else term("ruling")
    declared: Fields = {"declarationTime": body["at"], "reason": reason, **({"correctiveEventIDs": ids} if ids else {})}
    said = {"custody:sid": by.act.sid, "custody:entry": by.entry, "custody:why": body.get("reason", by.kind)}
    return {**declared, **said}


def _found(one: Finding, source: Source, names: Names) -> Fields:
    """A finding: nobody's event, but what the law says of the events before it."""
    said = {"finding": one.code, "severity": one.severity, "entries": list(one.entries), "stated": one.stated, "facts": dict(one.facts)}
    return {
        "type": "ObjectEvent",
        "eventID": event_id(source.founding.sid, f"finding {source.head.size} {orjson.dumps([*said.values(), one.box]).decode()}"),
        "eventTime": source.made,
        "eventTimeZoneOffset": OFFSETS[source.zone],
        "epcList": [names.box(one.box)] if one.box is not None else [],
        "action": "OBSERVE",
        "bizStep": term("judging"),
        **({"disposition": "unknown"} if one.code == "box.disputed" else {}),
        **{f"custody:{name}": value for name, value in said.items() if value is not None and name != "facts"},
        "custody:facts": [f"{name}: {value}" for name, value in one.facts],
    }
