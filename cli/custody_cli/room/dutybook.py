"""The duty book of a room (buku mutasi jaga) as a view of the ledger: every line in the order in which it was written, none ever removed.

Numbers follow the ledger, so that they never change. What was corrected stays, struck, with the number of the correction beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from custody.core.moment import to_seconds
from custody_cli.boxes import findings
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.room import doors, pages

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.duty import Told

_ROOM = frozenset(("shift", "visit", "inspection", "plenary"))


@dataclass(frozen=True)
class Line:
    """One line. number: its place in the book, None while it waits for the ledger key.

    struck: numbers of what corrects it; void: it counts no more, for none of its boxes. undone: for how many boxes it was taken back or
    fell, of how many, where that is not all. recorded: when it was written, where that is later.
    """

    number: int | None
    entry: int | None
    sid: str
    kind: str
    at: str
    recorded: str | None
    what: str
    action: str
    who: tuple[str, ...]
    struck: tuple[int, ...]
    void: bool
    undone: tuple[int, int] | None = None

    def document(self) -> dict[str, Any]:
        """For --json."""
        told = {name: getattr(self, name) for name in ("number", "entry", "sid", "kind", "at", "recorded", "what", "action", "void")}
        return {**told, "who": list(self.who), "corrected_by": list(self.struck), "undone": list(self.undone or ())}


@dataclass(frozen=True)
class Book:
    """The book of a room, or a part of it. taken: the handover that was in force when the part begins, or the first in it."""

    place: str
    lines: tuple[Line, ...]
    taken: Told | None


def book(app: App, opened: Office, place: str, since: str | None, until: str | None) -> Book:
    """The lines of a room; `since` and `until` narrow them by when it happened, and leave the numbers as they are."""
    from custody.assembly import duty

    found = duty.at_place(opened, place)
    mine, corrections = {one.sid for one in found}, duty.taken_back(opened, ("correction", "incident"))
    for ruling in duty.told(opened, ("ruling",)):
        for sid in dict.fromkeys(sid for row in ruling.body["boxes"] for sid in row["falls"]):
            corrections.setdefault(sid, []).append(ruling)
    found += [one for sid in sorted(mine) for one in corrections.get(sid, ()) if one.sid not in mine]
    written = sorted({one.sid: one for one in found}.values(), key=lambda one: (one.entry is None, one.entry or 0, one.at))
    numbers = {one.sid: at for at, one in enumerate(written, 1) if one.entry is not None}
    teller, undone = Teller(app, opened, place, numbers), duty.undone(opened, written)
    lines = []
    for one in written:
        about = corrections.get(one.sid, [])
        struck = tuple(sorted(numbers[other.sid] for other in about if other.sid in numbers))
        if _within(one.at, since, until):
            gone = undone.get(one.sid)
            void = gone.whole if gone is not None else duty.void(opened, one, [by for by in about if by.kind == "correction"])
            line = teller.line(one, struck, void)
            lines.append(replace(line, undone=(gone.boxes, gone.of)) if gone is not None and gone.boxes and not void else line)
    return Book(place, tuple(lines), _taken(duty.shifts(opened, place), since))


def _within(at: str, since: str | None, until: str | None) -> bool:
    seconds = to_seconds(at)
    return (since is None or to_seconds(since) <= seconds) and (until is None or seconds <= to_seconds(until))


def _taken(shifts: Iterable[Told], since: str | None) -> Told | None:
    """The last handover before a moment, else the first there is."""
    past = list(shifts)
    before = [one for one in past if since is not None and to_seconds(one.at) <= to_seconds(since)]
    return before[-1] if before else past[0] if past else None


class Teller:
    """Words for every kind of statement that a room's book may hold."""

    def __init__(self, app: App, opened: Office, place: str, numbers: Mapping[str, int]) -> None:
        self.app, self.opened, self.place, self.numbers, self.names = app, opened, place, numbers, Names(opened)
        self.entered: set[str] = set()  # the visits that were told
        self.marks = opened.ledger.books()

    def line(self, one: Told, struck: tuple[int, ...], void: bool) -> Line:
        """One statement as a line."""
        made: dict[str, Callable[[dict[str, Any]], list[str]]] = {
            "handoff": lambda body: self._handoff(body, body["receiver"] in one.signed),
            "incident": self._incident,
            "correction": self._correction,
        }
        if one.kind == "visit" and not self._fresh(one) and one.body["left"] is not None:
            told = self._gone_out(one.body)
        elif one.kind in _ROOM:
            told = pages.lines(self.app, self.names, one.kind, one.body)
        else:
            told = made.get(one.kind, self._other(one.kind))(one.body)
        told += self._note(one.body)
        told += self._marks(one)
        recorded = one.body["at"] if one.body["happened"]["basis"] != "now" else None
        who = tuple(self.names.person(name) for name in one.signed)
        number = self.numbers.get(one.sid)
        action = "; ".join(text.strip() for text in told[1:]).replace(":; ", ": ")
        return Line(number, one.entry, one.sid, one.kind, one.at, recorded, told[0], action, who, struck, void)

    def _fresh(self, one: Told) -> bool:
        """Whether a visit is told here for the first time; it is told once more when they leave."""
        from custody.assembly.duty import visit_of

        key = visit_of(one.body)
        known = key in self.entered
        self.entered.add(key)
        return not known

    def _gone_out(self, body: dict[str, Any]) -> list[str]:
        facts = {"persons": pages.persons_told(self.app, self.names, body), "at": body["happened"]["at"], "left": body["left"]}
        return [self.app.say("cli.book.out", **facts, zone=self.opened.zone)]

    def _handoff(self, body: dict[str, Any], received: bool) -> list[str]:
        """What came or left; boxes whose receiver has not signed have set out and not arrived, wherever the giver says it happens."""
        from custody.core.statement import found_here

        if found_here(body):
            return [self.app.say("cli.book.found", count=len(body["boxes"]), place=self.names.place(body["place"]))]
        here = body["to"] == self.place
        code = "cli.book.arrived" if here and received and body["place"] == self.place else "cli.book.coming" if here else "cli.book.left"
        ends = {"start": self.names.place(body["from"]), "end": self.names.place(body["to"])}
        told = [self.app.say(code, count=len(body["boxes"]), **ends)]
        told += [] if received else [self.app.say("cli.book.offered")]
        if body.get("things"):
            told.append(doors.things_told(self.app, {one["thing"]: one["count"] for one in body["things"]}))
        if body["vehicle"]:
            told.append(self.app.say("cli.ask.said.vehicle", value=body["vehicle"]))
        escort = "escort" if body["escort"]["present"] else "no-escort"
        return [*told, self.app.say(f"cli.ask.said.{escort}", value=body["escort"]["count"])]

    def _incident(self, body: dict[str, Any]) -> list[str]:
        told = [self.app.say("cli.book.incident", what=body["code"], count=len(body["boxes"]))]
        settled = [self.numbers[sid] for sid in body["settles"] if sid in self.numbers]
        about = [self.numbers[sid] for sid in body["about"] if sid in self.numbers]
        if about:
            told.append(self.app.say("cli.book.about", numbers=about))
        if settled:
            told.append(self.app.say("cli.book.settles", numbers=settled))
        if body["owner"] is not None:
            told.append(self.app.say("cli.book.owner", owner=self.names.person(body["owner"])))
        return told

    def _correction(self, body: dict[str, Any]) -> list[str]:
        about = [self.numbers[sid] for sid in body["about"] if sid in self.numbers]
        return [self.app.say(f"cli.book.correction.{body['effect']}", numbers=about, mistake=body["reason"])]

    def _other(self, kind: str) -> Callable[[dict[str, Any]], list[str]]:
        return lambda body: [self.app.say("cli.book.other", kind=kind, count=len(body.get("boxes", ())))]

    def _marks(self, one: Told) -> list[str]:
        """What is found of it, each thing once."""
        found = [mark for mark in self.marks if one.entry is not None and one.entry in mark.entries and mark.severity != "note"]
        texts = [self.app.say(mark.code, **findings.facts_of(mark, self.opened.zone, self.names)) for mark in found]
        return [self.app.say("cli.book.marked", text=text) for text in dict.fromkeys(texts)]

    def _note(self, body: dict[str, Any]) -> list[str]:
        """The free text, where the private register opens it."""
        if body.get("note") is None:
            return []
        found = self.opened.private.opened([body["note"]["c"]]).get(body["note"]["c"])
        return [self.app.say("cli.book.note", text=found.value)] if found is not None else [self.app.say("cli.book.note.closed")]
