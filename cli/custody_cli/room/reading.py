"""What the leader who takes over reads at the door: one page with what is usual, which Enter confirms, or words for what is not so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.questions import NONE, Answers, Back, line
from custody_cli.room import doors

if TYPE_CHECKING:
    from custody.assembly.duty import Told
    from custody.station.guardroom import Door

MOST_TEAM = 99
_YES = frozenset(("", "y", "ya", "yes", "benar", "tanda tangan", "sign", "selesai", "sudah", "done"))
_TOPICS = {
    "pintu": "door", "door": "door",
    "gembok": "lock", "lock": "lock",
    "segel": "door_seal", "seal": "door_seal",
    "perlengkapan": "equipment", "alat": "equipment", "equipment": "equipment",
    "regu": "team", "team": "team",
    "catatan": "text", "note": "text",
}  # fmt: skip
_PEOPLE = frozenset(("ubah", "ubah orang", "change", "change people"))


class Turn(Enum):
    """Where people want to go back to instead of signing."""

    PEOPLE = "people"
    COUNT = "count"


@dataclass(frozen=True)
class Usual:
    """What is proposed: as the last shift left it. sealed: the door bore a numbered seal then, so that its number is to be read."""

    door: str
    lock: str
    equipment: dict[str, int]
    team: int
    sealed: bool

    @classmethod
    def after(cls, last: Told | None) -> Usual:
        """What is usual after the last shift of a room; a lock that was broken is not proposed again."""
        if last is None:
            return cls("locked", "intact", {}, 1, False)
        body = last.body
        door = body["door"] if body["door"] in ("sealed", "locked") else "locked"
        equipment = {one["thing"]: one["count"] for one in body["equipment"]}
        return cls(door, "intact", equipment, body["team"], body["door_seal"] is not None)


class Page:
    """The page of one handover; every change is in the draft before it is shown."""

    question = "cli.shift.page"
    topics = _TOPICS
    before: Turn | None = Turn.COUNT  # what came before the page; None where nothing did

    def __init__(self, app: App, usual: Usual, answers: Answers) -> None:
        self.app, self.usual, self.answers = app, usual, answers

    def value(self, what: str) -> Any:
        """As it was said, or as is usual."""
        return self.answers.said.get(what, getattr(self.usual, what, None))

    @property
    def unread(self) -> bool:
        """Whether the number on the door is still to be read."""
        return self.value("door") == "sealed" and self.usual.sealed and "door_seal" not in self.answers.said

    def door(self) -> Door:
        """The door as it was read."""
        from custody.station.guardroom import Door

        return Door(self.value("door"), self.value("lock"), self.answers.said.get("door_seal"))

    def ask(self, title: str, told: list[str]) -> Turn | None:
        """Show the page until people confirm it. Raises `Back`, `Stop`."""
        from custody_cli.ground.questions import command_word

        self._show(title, told)
        self.app.console.note(paint(self.app.say(f"{self.question}.words"), "dim"))
        while True:
            typed = " ".join(line(self.app, self.app.say(self.question)).split())
            if typed.lower() in _YES:
                if not self.unread:
                    return None
                self.app.console.warn(self.app.say("cli.shift.unread"))
            elif typed.lower() in _PEOPLE:
                return Turn.PEOPLE
            elif self._changed(typed):
                self._show(title, told)
            else:
                try:
                    known = command_word(self.app, typed)
                except Back:
                    if self.before is None:
                        raise
                    return self.before
                if not known:
                    self.app.prompter.tell(self.app.say(f"{self.question}.again"))

    def _show(self, title: str, told: list[str]) -> None:
        app = self.app
        seal = app.say("cli.shift.page.unread") if self.unread else self.answers.said.get("door_seal") or app.say("cli.room.nothing")
        facts = {"door": self.value("door"), "lock": self.value("lock"), "seal": seal, "team": self.value("team")}
        app.console.note(paint(title, "head"))
        app.console.note(app.say("cli.shift.page.door", **facts))
        app.console.note(app.say("cli.shift.page.equipment", things=doors.things_told(app, self.value("equipment"))))
        app.console.note(app.say("cli.shift.page.team", **facts))
        if self.value("text"):
            app.console.note(app.say("cli.shift.page.text", text=self.value("text")))
        for one in told:
            app.console.note(one)

    def _changed(self, typed: str) -> bool:
        """One thing that is not as usual; False where the words name none."""
        topic, _, rest = typed.partition(" ")
        what = self.topics.get(topic.lower())
        try:
            if what is not None:
                return self.set(what, rest)
            if self.value("door") == "sealed" and any(mark.isdigit() for mark in typed) and " " not in typed:
                return self.set("door_seal", typed)
        except CustodyError as error:
            self.app.console.warn(self.app.say(error.code, **error.facts))
            return True
        return False

    def set(self, what: str, typed: str) -> bool:
        """Keep what was said of one thing; False where it cannot be read. Raises `Malformed`."""
        from custody.station.guardroom import seal_number

        match what:
            case "door":
                return self._door(typed)
            case "lock":
                return self._keep(what, doors.word("lock", doors.LOCKS, "none" if typed.lower() in NONE else typed))
            case "door_seal" if typed.lower() in NONE:
                self.answers.keep("door_seal", None)
                if self.value("door") == "sealed":
                    self.answers.keep("door", "locked")
                return True
            case "door_seal":
                self.answers.keep("door", "sealed")
                return self._keep(what, seal_number(typed))
            case "equipment":
                fresh = doors.things(typed)
                return self._keep(what, {**self.value("equipment"), **fresh} if fresh else {})
            case "team":
                fits = typed.isascii() and typed.isdigit() and 0 < int(typed) <= MOST_TEAM
                return self._keep(what, int(typed) if fits else None)
        return self._keep(what, typed or None)

    def _door(self, typed: str) -> bool:
        """`disegel A12`, `terkunci` …"""
        from custody.station.guardroom import seal_number

        words = typed.split()
        number = words.pop() if len(words) > 1 and any(mark.isdigit() for mark in words[-1]) else None
        state = doors.word("door", doors.DOORS, " ".join(words))
        if state is None or (number is not None and state != "sealed"):
            return False
        self.answers.keep("door", state)
        if number is not None or state != "sealed":
            self.answers.keep("door_seal", seal_number(number) if number is not None else None)
        return True

    def _keep(self, what: str, value: object) -> bool:
        if value is None:
            return False
        self.answers.keep(what, value)
        return True
