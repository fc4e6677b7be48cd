"""What `custody find` looks through: boxes, people, givers without a key, seals, labels, plates, orders, days, and findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core import labelcode
from custody.core.errors import CustodyError, Malformed
from custody_cli.boxes import findings, resolver

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.errors import Fact
    from custody_cli.boxes.choosing import Choosing
    from custody_cli.boxes.named import Names
    from custody_cli.ground.app import App

_SHORTEST = 3  # letters and digits: fewer are part of every number
_STATES = {"sobek": ("torn",), "putus": ("torn",), "hilang": ("missing",), "rusak": ("loose", "missing", "torn")}
_SEAL_STATES = ("loose", "missing", "replaced", "torn")
_TROUBLE = frozenset(("bermasalah", "masalah", "temuan", "trouble"))
_LATE = frozenset(("terlambat", "telat", "late"))
_DAYS = {"hari ini": 0, "today": 0, "kemarin": 1, "yesterday": 1}
_LEAP = 2024  # a year in which every day of a year exists
_ORDER = re.compile(rb'"order":"((?:[^"\\]|\\.)*)"')
_VEHICLE = re.compile(rb'"vehicle":"((?:[^"\\]|\\.)*)"')


def bare(text: str) -> str:
    """Letters and digits only, folded: so that `dh 1234`, `DH-1234-AB` and `Sprin/12` are compared by what matters."""
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def boxes(choosing: Choosing, text: str) -> list[str]:
    """The boxes that a text names or may mean, where it says more of them than a place does."""
    one = resolver.written(choosing, text)
    if one is not None:
        return [one]
    answer = choosing.boxes.read(text)
    if answer.sure is not None:
        return [answer.sure.box]
    reasons = {one.code for one in answer.reasons}
    vague = {"search.tps.missing", "search.type.missing"} <= reasons or "search.tps.unknown" in reasons
    certain = any(one.found.certain for one in answer.candidates)
    return [one.box for one in answer.candidates] if certain and not vague else []


def people(app: App, opened: Office, text: str) -> list[dict[str, Any]]:
    """By key name, and by name, rank, service number, unit or role as far as the private register tells them; with what they hold."""
    from custody.assembly.whereabouts import held_by

    words = text.casefold().split()
    found = []
    for card in opened.people():
        told = " ".join(filter(None, (card.key, card.rank, card.name, card.number, card.unit, app.say(f"title.{card.role}"))))
        if all(word in told.casefold() for word in words):
            shown = {"key": card.key, "role": card.role, "name": card.name, "rank": card.rank, "places": list(card.places)}
            found.append({**shown, "holds": len(held_by(opened, card.key))})
    return found


def givers(opened: Office, text: str) -> list[dict[str, Any]]:
    """Givers without a key, by the name that was typed for them; known only where the private register is."""
    from custody.core import entry as entries

    named: dict[str, tuple[int, list[str]]] = {}
    with opened.store.read() as reader:
        for row in reader.rows():
            if row.kind == "handoff" and b'"unsigned":{' in row.body:
                body = entries.parse(row.body).statement.body
                if body["unsigned"] is not None and body["unsigned"]["name"] is not None:
                    named.setdefault(body["unsigned"]["name"]["c"], (row.idx, [line["box"] for line in body["boxes"]]))
    words, known = text.casefold().split(), opened.private.opened(list(named))
    return [
        {"name": opening.value, "entry": named[commitment][0], "boxes": named[commitment][1]}
        for commitment, opening in known.items()
        if all(word in opening.value.casefold() for word in words)
    ]


def seals(opened: Office, text: str) -> list[dict[str, Any]]:
    """Seal numbers that hold what was typed, and the first box of each."""
    wanted = bare(text)
    if len(wanted) < _SHORTEST or not any(mark.isdigit() for mark in wanted):
        return []
    found = ((number, box.decode().split()[0]) for number, box in opened.store.facts("seal"))
    return [{"number": number, "box": box} for number, box in found if wanted in bare(number)]


def labels(choosing: Choosing, text: str) -> list[dict[str, Any]]:
    """The box of a label's code, with or without its prefix; newest: its last copy. Raises as `resolver.labelled`."""
    box = resolver.labelled(choosing, text)
    if box is None:
        return []
    printed = choosing.known.printed(choosing.hash(resolver.symbols(text) or ""))
    if printed is None:
        return []
    copies = [one for one in choosing.office.ledger.state.register.codes.values() if one.box == box]
    newest = max(copies, key=lambda one: one.copy, default=printed)
    return [{"box": box, "copy": printed.copy, "entry": printed.entry, "newest": newest.copy, "since": newest.entry}]


def slip(text: str) -> tuple[str, dict[str, Fact]] | None:
    """Why what looks like the code of a label is none: mistyped, or somebody else's; the code of the words and their facts."""
    try:
        labelcode.parse(text)
    except Malformed as why:
        mistyped = why.code == "labelcode.check" and any(sign.isdigit() for sign in text)
        return (why.code, why.facts) if mistyped or why.code == "labelcode.foreign" else None
    return None


def states(app: App, opened: Office, text: str) -> list[dict[str, Any]]:
    """Where a seal was recorded in the state that the word names: `robek`, `rusak`, `hilang`."""
    from custody.core import entry as entries

    low = text.casefold().strip()
    wanted = {state for state in _SEAL_STATES if low in (state, app.say(f"sealstate.{state}").casefold())} or set(_STATES.get(low, ()))
    marks = [f'"state":"{state}"'.encode() for state in wanted]
    found: list[dict[str, Any]] = []
    with opened.store.read() as reader:
        for row in reader.rows() if marks else ():
            if any(mark in row.body for mark in marks):
                found += [{**one, "entry": row.idx} for one in _bad_seals(entries.parse(row.body).statement.body, wanted)]
    return found


def _bad_seals(body: dict[str, Any], wanted: set[str]) -> Iterator[dict[str, Any]]:
    for line in body.get("boxes", ()):
        for seal in line.get("seals", ()) if isinstance(line, dict) else ():
            if seal["state"] in wanted:
                yield {"box": line["box"], "point": seal["point"], "state": seal["state"], "number": seal["number"]}


def against(app: App, opened: Office, names: Names, text: str) -> list[dict[str, Any]]:
    """What stands against boxes, by its code, its gravity or its sentence; all of it for `bermasalah`, late legs for `terlambat`."""
    from custody.assembly.reconciling import overdue
    from custody.assembly.whereabouts import where
    from custody.core.findings import said

    low, found = text.casefold().strip(), list[dict[str, Any]]()
    late = {one.box: one.where for one in overdue(opened)} if low in _LATE else {}
    for one in where(opened):
        for item in one.against:
            facts = {**findings.facts_of(item, opened.zone, names), "box": names.box(one.box)}
            message = app.say(said(item), **facts)
            grave = app.say(f"severity.{item.severity}").casefold()
            if low in _TROUBLE or low in (item.code, grave) or (len(low) > _SHORTEST and low in message.casefold()):
                found.append({"box": one.box, "code": item.code, "message": message})
        leg = late.get(one.box)
        if leg is not None:
            facts = {"name": names.box(one.box), "to": names.place(leg.to or "-"), "due": leg.due, "zone": opened.zone}
            message = app.say("cli.find.late", holder=names.person(leg.holder), **facts)
            found.append({"box": one.box, "code": "leg.overdue", "message": message})
    return found


def entries_with(opened: Office, text: str) -> list[dict[str, Any]]:
    """Records by entry number or id, of a vehicle, of an order (Sprin), or of a day; those that move boxes first."""
    from custody.core import entry as entries
    from custody.i18n.dates import local

    day, wanted, numbered = day_of(opened, text), bare(text), _numbered(opened, text)
    found = []
    with opened.store.read() as reader:
        for row in reader.rows():
            why = _why(row.body, wanted) if row.kind == "handoff" and len(wanted) >= _SHORTEST else None
            if row.idx in numbered:
                why = why or ""
            if why is None and day is None:
                continue
            statement = entries.parse(row.body).statement
            happened = statement.body["happened"]["at"]
            if why is not None or (day is not None and day.fits(local(happened, opened.zone).date())):
                told = {"entry": row.idx, "kind": row.kind, "sid": statement.sid, "happened": happened}
                body = statement.body
                way = [body[name] for name in ("from", "to") if name in body] or [body[name] for name in ("place",) if name in body]
                found.append({**told, "boxes": len(body.get("boxes", ())), "way": way, "why": why})
    return sorted(found, key=lambda one: not one["way"])


def _numbered(opened: Office, text: str) -> frozenset[int]:
    """The entries that a number (`31`, `entri 31`) or the beginning of a statement's id means."""
    from custody_cli.boxes.daily import recorded

    low = text.casefold().strip()
    number = re.fullmatch(r"(?:entri|entry|#)?\s*([0-9]{1,7})", low)
    if number:
        return frozenset((int(number[1]),))
    if re.fullmatch(r"[0-9a-f]{8,64}", low):
        try:
            return frozenset(opened.ledger.indexes(recorded(opened, low).sid))
        except CustodyError:
            pass
    return frozenset()


class Day(NamedTuple):
    """A day as people name it, perhaps without its year."""

    year: int | None
    month: int
    day: int

    def fits(self, found: date) -> bool:
        """Whether a day of the calendar is meant."""
        return (found.month, found.day) == (self.month, self.day) and self.year in (None, found.year)


def _why(body: bytes, wanted: str) -> str | None:
    """The plate or order number of a handoff that holds what was typed."""
    for pattern in (_VEHICLE, _ORDER):
        for told in pattern.findall(body):
            text = told.decode("utf-8", "replace")
            if wanted in bare(text):
                return str(text)
    return None


def day_of(opened: Office, text: str) -> Day | None:
    """The day that a text means: a date, one without its year, `hari ini`, `kemarin`."""
    from custody.i18n.dates import from_typed, local

    today = local(opened.now(), opened.zone).date()
    low = text.casefold().strip()
    if low in _DAYS:
        then = today - timedelta(days=_DAYS[low])
        return Day(then.year, then.month, then.day)
    for typed, dated in ((text, True), (f"{text} {_LEAP}", False), (f"{text}-{_LEAP}", False), (f"{text}/{_LEAP}", False)):
        try:
            found = local(from_typed(f"{typed} 00.00", opened.zone), opened.zone).date()
        except CustodyError:
            continue
        return Day(found.year if dated else None, found.month, found.day)
    return None
