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
    from custody.assembly import Office
    from custody.station.guardroom import Door

MOST_TEAM = 99
MOST_DIGITS = 2  # so short a figure may be that of the team
_YES = frozenset(("", "y", "ya", "yes", "benar", "tanda tangan", "sign", "selesai", "sudah", "done"))
_TOPICS = {
    "pintu": "door", "door": "door",
    "gembok": "lock", "lock": "lock",
    "segel": "door_seal", "seal": "door_seal",
    "perlengkapan": "equipment", "alat": "equipment", "equipment": "equipment",
    "regu": "team", "team": "team",
    "catatan": "text", "note": "text",
}  # fmt: skip
_ORDERLY = {"door": ("sealed", "locked"), "lock": ("intact",)}
_SPLITS = frozenset(("door", "lock", "door_seal"))  # topics that may follow one another on one line
_FILLERS = frozenset(("pintu", "nomor", "nomornya", "no", "no.", "segel", "door", "number", "seal"))
LOCKED = {"t": ("locked", "intact"), "l": ("locked", "intact")}  # one key, for who sees for the first time a door as doors should be
_PEOPLE = frozenset(("ubah", "ubah orang", "change", "change people"))


class Turn(Enum):
    """Where people want to go back to instead of signing."""

    PEOPLE = "people"
    COUNT = "count"


@dataclass(frozen=True)
class Usual:
    """What is proposed: as it was recorded last, as long as that was in order.

    door, lock: None where nobody has recorded them, or where they were not in order: then they are to be read. sealed: the door bore a
    numbered seal then, so that its number is to be read.
    """

    door: str | None
    lock: str | None
    equipment: dict[str, int]
    team: int
    sealed: bool

    @classmethod
    def of(cls, office: Office, place: str) -> Usual:
        """What is usual in a room after its last shift and the rounds since then."""
        from custody.assembly import duty

        past = duty.shifts(office, place)
        if not past:
            return cls(None, None, {}, 1, False)
        body = past[-1].body
        looks = [one.body for one in duty.told(office, ("inspection",)) if one.body["place"] == place and one.order > past[-1].order]
        seen = {what: [body[what], *(look[what] for look in looks if look[what] is not None)][-1] for what in ("door", "lock")}
        door, lock = (seen[what] if seen[what] in _ORDERLY[what] else None for what in ("door", "lock"))
        equipment = {one["thing"]: one["count"] for one in body["equipment"]}
        return cls(door, lock, equipment, body["team"], body["door_seal"] is not None)


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
    def unread(self) -> list[str]:
        """What is still to be read: the door, the lock, the number on the door."""
        lacking = [what for what in ("door", "lock") if self.value(what) is None]
        sealed = self.value("door") == "sealed" and self.usual.sealed and "door_seal" not in self.answers.said
        return [*lacking, "door_seal"] if sealed else lacking

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
            if lacking := self._unseen:
                seals = "door_seal" in self.topics.values()
                self.app.console.note(paint(self.app.say(f"cli.shift.page.key.{lacking}" if seals else "cli.round.page.key"), "head"))
            typed = " ".join(line(self.app, self.app.say(self.question)).split())
            if typed.lower() in LOCKED and (lacking or self._orderly):
                self._locked(*LOCKED[typed.lower()])
                self._show(title, told)  # once more with all that Enter will sign: the team, the things
                continue
            if typed.lower() in _YES:
                if not self.unread:
                    return None
                for what in self.unread:
                    self.app.console.warn(self.app.say(f"cli.shift.unread.{what}"))
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

    @property
    def _unseen(self) -> str | None:
        """What of door and lock nobody has read yet: `both`, `door` or `lock`."""
        lacking = [what for what in ("door", "lock") if self.value(what) is None]
        return "both" if len(lacking) > 1 else next(iter(lacking), None)

    @property
    def _orderly(self) -> bool:
        """Whether door and lock stand as they should be: the one key then says again what the page says, and signs nothing."""
        return all(self.value(what) in _ORDERLY[what] for what in ("door", "lock"))

    def _locked(self, door: str, lock: str) -> None:
        """The door and the lock as they should be, as far as nothing else was said of them; who typed it has seen it."""
        for what, state in (("door", door), ("lock", lock)):
            if self.value(what) is None:
                self.answers.keep(what, state)

    def _show(self, title: str, told: list[str]) -> None:
        app = self.app
        said = self.answers.said.get("door_seal") or app.say("cli.room.nothing")
        seal = app.say("cli.shift.page.unread") if "door_seal" in self.unread else said
        facts = {"door": self.shown("door"), "lock": self.shown("lock"), "seal": seal, "team": self.value("team")}
        app.console.note(paint(title, "head"))
        app.console.note(app.say("cli.shift.page.door", **facts))
        app.console.note(app.say("cli.shift.page.equipment", things=doors.things_told(app, self.value("equipment"))))
        app.console.note(app.say("cli.shift.page.team", **facts))
        if self.value("text"):
            app.console.note(app.say("cli.shift.page.text", text=self.value("text")))
        for one in told:
            app.console.note(one)

    def shown(self, what: str) -> str:
        """The door or the lock in words, or that nobody has read it yet."""
        value = self.value(what)
        return self.app.say(f"{what}.{value}") if value is not None else self.app.say("cli.shift.page.look")

    def _changed(self, typed: str) -> bool:
        """What is not as usual, one thing or several on a line; False where some of the words name nothing."""
        try:
            parts = self._parts(typed)
            done = [self.set(what, rest) if what is not None else self._bare(rest) for what, rest in parts]
            return bool(done) and all(done)
        except CustodyError as error:
            self.app.console.warn(self.app.say(error.code, **error.facts))
            return True

    def _parts(self, typed: str) -> list[tuple[str | None, str]]:
        """`pintu terkunci, gembok utuh segel A12` → door, lock and seal with their words; None for words without a topic."""
        words = typed.split()
        first = self.topics.get(words[0].lower())
        if first is not None and first not in _SPLITS:
            return [(first, " ".join(words[1:]))]
        found: list[tuple[str | None, list[str]]] = []
        for word in typed.replace(",", " , ").replace("·", " , ").replace(";", " , ").split():
            topic = self.topics.get(word.lower())
            after_seal = bool(found) and found[-1][0] == "door_seal" and word.lower() in _FILLERS
            if topic in _SPLITS and not after_seal:
                found.append((topic, []))
            elif word == ",":
                found.append((None, []))
            elif not found:
                found.append((None, [word]))
            else:
                found[-1][1].append(word)
        return [(what, " ".join(rest)) for what, rest in found if what is not None or rest]

    def _bare(self, typed: str) -> bool:
        """Words without a topic, as far as they can mean one thing only: `terkunci`, `utuh`, or both; a number is that of the seal."""
        pieces = typed.split()
        if len(pieces) == 1 and any(mark.isdigit() for mark in typed) and ("door_seal" in self.topics.values()):
            return (len(typed) > MOST_DIGITS or self.value("door") == "sealed") and self.set("door_seal", typed)
        meant = self._meant(typed)
        if meant is None and len(pieces) > 1:
            each = [(piece, self._meant(piece)) for piece in pieces]
            done = [what is not None and self.set(what, piece) for piece, what in each]
            return all(done)
        return meant is not None and self.set(meant, typed)

    def _meant(self, typed: str) -> str | None:
        """The one topic to which words belong."""
        states = {"door": doors.DOORS, "lock": doors.LOCKS}
        fits = [what for what, codes in states.items() if typed.lower() not in NONE and doors.word(what, codes, typed) is not None]
        return fits[0] if len(fits) == 1 else None

    def set(self, what: str, typed: str) -> bool:
        """Keep what was said of one thing; False where it cannot be read. Raises `Malformed`."""
        match what:
            case "door":
                return self._door(typed)
            case "door_seal":
                return self._seal(typed)
            case "lock":
                return self._keep(what, doors.word("lock", doors.LOCKS, "none" if typed.lower() in NONE else typed))
            case "equipment":
                fresh = doors.things(typed)
                return self._keep(what, {**self.value("equipment"), **fresh} if fresh else {})
            case "team":
                fits = typed.isascii() and typed.isdigit() and 0 < int(typed) <= MOST_TEAM
                return self._keep(what, int(typed) if fits else None)
        return self._keep(what, typed or None)

    def _seal(self, typed: str) -> bool:
        """`A12`, `pintu A12`, `nomor A12`; or that there is none. Raises `Malformed`."""
        from custody.station.guardroom import seal_number

        words = [word for word in typed.split() if word.lower() not in _FILLERS]
        if " ".join(words).lower() in NONE and words:
            self.answers.keep("door_seal", None)
            if self.value("door") == "sealed":
                self.answers.keep("door", "locked")
            return True
        if sum(len(word) > 2 for word in words) > 1 or not words:  # `b 77` is a number, two words are none
            return False
        number = seal_number(" ".join(words))
        self.answers.keep("door", "sealed")
        return self._keep("door_seal", number)

    def _door(self, typed: str) -> bool:
        """`disegel A12`, `terkunci` …"""
        from custody.station.guardroom import seal_number

        words = typed.split()
        number = words.pop() if len(words) > 1 and any(mark.isdigit() for mark in words[-1]) else None
        state = doors.word("door", doors.DOORS, " ".join(words))
        if state is None or (number is not None and state != "sealed"):
            return False
        known = self.answers.said.get("door_seal")
        if number is None and known is not None and state in ("locked", "closed"):  # it is sealed, too
            self.app.console.note(paint(self.app.say("cli.shift.page.still-sealed", seal=known), "warn"))
            return True
        if known is not None and state in ("open", "damaged"):
            self.app.console.note(paint(self.app.say("cli.shift.page.unsealed", seal=known), "warn"))
        self.answers.keep("door", state)
        if number is not None or state != "sealed":
            self.answers.keep("door_seal", seal_number(number) if number is not None else None)
        return True

    def _keep(self, what: str, value: object) -> bool:
        if value is None:
            return False
        self.answers.keep(what, value)
        return True
