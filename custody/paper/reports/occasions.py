"""Rare occasions as a report tells them, from openings to plenaries: where and what of it, and who (spec chapter 13, REPORT-8)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from custody.core.act import Act
from custody.core.moment import to_seconds
from custody.paper.proven.evidence import Reading, Told
from custody.paper.reports.teller import Teller

KINDS = ("opening", "inspection", "incident", "ruling", "closing", "shift", "visit", "manifest", "plenary")


def told(teller: Teller, reading: Reading, act: Act, about: Mapping[str, Told]) -> tuple[list[str], list[str]]:
    """Lines of where and what, and lines of who, for one of `KINDS`. about: entries in scope by the statement they hold."""
    tell = _TELLERS.get(act.statement.kind.name)
    way = list(tell(teller, reading, act)) if tell is not None else list(_ruling(teller, reading, act, about))
    return way, _people(teller, act)


def _opening(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """On what basis, what was taken out and put back, and when it was shut again."""
    body = act.body
    yield teller.spot(body["place"])
    code = "report.opening.order" if body["order"] is not None else "report.opening.basis"
    yield teller.say(code, basis=body["basis"], order=body["order"])
    for field in ("taken_out", "put_back"):
        if body[field]:
            yield teller.say(f"report.opening.{field}", things=teller.things(body[field]))
    shut = body["closed"]
    yield teller.say("report.opening.closed", at=teller.short(to_seconds(shut))) if shut is not None else teller.say("report.opening.open")


def _inspection(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """What was seen: of the box that the report is about, or how many were seen, missing and too many."""
    body = act.body
    yield teller.spot(body["place"])
    if teller.facts.scope[0] == "box":
        box = teller.facts.scope[1]
        yield teller.say(f"report.look.{'missing' if box in body['missing'] else 'extra' if box in body['extra'] else 'seen'}")
        return
    if body["counted"] is not None:
        yield teller.say("report.room.count", count=body["counted"])
    for field, rows in (("seen", body["boxes"]), ("missing", body["missing"]), ("extra", body["extra"])):
        if rows:
            yield teller.say(f"report.look.{field}.count", count=len(rows))


def _incident(teller: Teller, reading: Reading, act: Act) -> Iterator[str]:
    """What happened, and whether anybody has settled it."""
    body = act.body
    if body["code"] != "other" or not body["settles"]:
        yield teller.say("report.incident", what=body["code"])
    yield teller.spot(body["place"])
    known = next((one for one in reading.incidents if one.act.sid == act.sid), None)
    if known is not None and known.settled is not None:
        yield teller.say("report.incident.settled", entry=known.settled.entry)
    elif known is not None and known.open:
        yield teller.say("report.incident.open")
    if body["settles"]:
        entries = tuple(one.act.entry for one in reading.incidents if one.act.sid in body["settles"])
        yield teller.say("report.incident.settles", entries=entries) if entries else teller.say("report.incident.settles.other")


def _ruling(teller: Teller, reading: Reading, act: Act, about: Mapping[str, Told]) -> Iterator[str]:
    """Which entry stands and which fall, and whether it took effect: of the box that the report is about, or of the first that it names."""
    rows = act.body["boxes"]
    row = next((row for row in rows if row["box"] in reading.settled), rows[0])
    found = reading.settled[row["box"]][1] if row["box"] in reading.settled else ()
    first = about[act.sid].entry if act.sid in about else act.entry
    if not any(one.code == "ruling.made" and first in one.entries for one in found):
        yield teller.say("report.ruling.idle")
    stands = _entries(teller, [row["stands"]], about) if row["stands"] is not None else teller.say("report.ruling.none")
    yield teller.say("report.ruling", stands=stands, falls=_entries(teller, row["falls"], about))
    if act.body["order"] is not None:
        yield act.body["order"]


def _closing(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """What became of the boxes, and on whose permit."""
    yield teller.spot(act.body["place"])
    yield teller.say("report.closing", end=act.body["end"], permit=act.body["permit"])


def _shift(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """Which room, and how it was found."""
    facts = {name: act.body[name] for name in ("door", "lock", "counted", "visitors")}
    yield teller.spot(act.body["place"])
    yield teller.say("report.room.state.text", **facts, seal=act.body["door_seal"] or "—")


def _visit(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """How many went in, what for, and when they were out again."""
    body = act.body
    yield teller.spot(body["place"])
    yield teller.say("report.room.visit", count=len(body["persons"]), why=body["why"])
    left = body["left"]
    yield teller.say("report.room.visit.left", at=teller.short(to_seconds(left))) if left else teller.say("report.room.visit.inside")


def _manifest(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """From where to where, and what is no box."""
    yield teller.say("report.way", start=teller.spot(act.body["from"]), end=teller.spot(act.body["to"]))
    if act.body["things"]:
        yield teller.things(act.body["things"])


def _plenary(teller: Teller, _: Reading, act: Act) -> Iterator[str]:
    """Where, and which step."""
    yield teller.spot(act.body["place"])
    yield teller.say("report.room.step", step=act.body["step"])


def _people(teller: Teller, act: Act) -> list[str]:
    """Who signed; of an opening who was in charge, who came and who was invited."""
    body, name = act.body, act.statement.kind.name
    if name == "opening":
        lines = [teller.say("report.opening.officer", officer=teller.person(body["officer"]))]
        return lines + [teller.say(f"report.opening.{part}", people=_attending(teller, body[part])) for part in ("present", "invited")]
    lines = [teller.person(key) for key in sorted(act.signed)]
    return lines + ([teller.say("report.incident.owner", owner=teller.person(body["owner"]))] if body.get("owner") else [])


def _attending(teller: Teller, people: Iterable[Mapping[str, Any]]) -> str:
    """People by key, or by role and institution; names only where the facts open them."""
    said = []
    for one in people:
        opened = teller.opened.get(one["name"]["c"]) if one["name"] is not None else None
        name = teller.person(one["key"]) if one["key"] is not None else opened.value if opened is not None else ""
        house = f" {one['institution'].upper()}" if one["institution"] is not None else ""
        said.append(f"{teller.say('report.signer.title', role=one['role'])}{house} {name}".strip())
    return "; ".join(said) or teller.say("report.opening.nobody")


def _entries(teller: Teller, sids: Iterable[str], about: Mapping[str, Told]) -> str:
    """Statements by their entries, as far as they are in scope."""
    return ", ".join(teller.say("report.ruling.entry", entry=about[sid].entry) if sid in about else f"{sid[:12]}…" for sid in sids)


_TELLERS = {
    "opening": _opening,
    "inspection": _inspection,
    "incident": _incident,
    "closing": _closing,
    "shift": _shift,
    "visit": _visit,
    "manifest": _manifest,
    "plenary": _plenary,
}
