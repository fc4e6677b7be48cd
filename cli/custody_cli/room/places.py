"""Which room, and whose keys: as said, as the last shift there shows, or asked for with that as the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError
from custody.core.rights import SLOTS
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import NONE, command_word, line
from custody_cli.ground.settings import from_home
from custody_cli.keys.askkey import named, told_badge
from custody_cli.keys.keyring import check_pair, enrolled, keys_in
from custody_cli.keys.signing import public_of
from custody_cli.table import scanning

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.roster import Key

ROOMS = ("store", "warehouse", "office", "court")  # kinds of places that people guard; any other may be named


def room(app: App, choosing: Choosing, said: str, yes: bool) -> str:
    """The code of the room that is meant: as said; the only one there is; else asked for. Raises as `Choosing.place`; `Back`, `Stop`."""
    if said:
        return choosing.place(said)
    usual = _usual(choosing.office)
    if len(usual) == 1 or (usual and yes):
        return usual[0]
    if yes:
        raise WrongUse("cli.room.which")
    default = usual[0] if usual else None
    shown = f" [{Names(choosing.office).place(default)}]" if default is not None else ""
    return scanning.asked_place(app, choosing, app.say("cli.room.where") + shown, default)


def _usual(office: Office) -> list[str]:
    """The rooms that were guarded so far, the last first; where there are none, all stores and warehouses."""
    from custody.assembly import duty

    guarded = dict.fromkeys(one.body["place"] for one in reversed(duty.shifts(office)))
    if guarded:
        return list(guarded)
    places, size = office.ledger.state.places, office.ledger.size
    return [code for code in sorted(places.versions) if (one := places.get(code, size)) is not None and one.kind in ROOMS]


class Bench:
    """The keys within reach, for a room: who may stand in a slot, and who is asked for."""

    def __init__(self, app: App, choosing: Choosing, place: str, kind: str, within: Sequence[Path]) -> None:
        """:param kind: of the statement that will be signed."""
        self.app, self.choosing, self.place, self.kind, self.within = app, choosing, place, kind, list(within)
        self.taken: dict[str, Path] = {}

    def default(self, slot: str, name: str | None) -> Path | None:
        """The key file of that name; where no name is given, the only one that may stand in the slot here."""
        known, left = self.choosing.known, [path for path in self.within if path not in self.taken.values()]
        keys = [(path, key) for path in left if (key := enrolled(known, path)) is not None]
        if name is not None:
            return next((path for path, key in keys if key.name == name), None)
        people = [enrolled(known, path) for path in self.taken.values()]
        taken = {key.person for key in people if key is not None}
        fit = [path for path, key in keys if key.person not in taken and self._fits(slot, key)]
        return fit[0] if len(fit) == 1 else None

    def ask(self, slot: str, question: str, default: Path | None, without: str | None = None) -> Path | None:
        """A key file by number, name or path; Enter takes the default; None where people say that there is none (`without` tells so).

        Raises `Back`, `Stop`.
        """
        shown = f" [{self._told(default)}]" if default is not None else ""
        while True:
            typed = line(self.app, question + shown)
            if not typed and default is not None:
                found: Path | None = default
            elif command_word(self.app, typed):
                continue
            elif without is not None and typed.lower() in NONE:
                return None
            else:
                found = self._named(typed)
            if found is not None and self._agreed(slot, found):
                self.taken[slot] = found
                self.app.console.note(paint(f"  {self._told(found)}", "head"))
                return found
            if found is None and not told_badge(self.app, self.choosing.known, typed):
                choices = [self.app.say("cli.ask.key.numbers", last=len(self.within))] if self.within else []
                choices += [self.app.say("cli.ask.key.path"), *([self.app.say(without)] if without else [])]
                self.app.prompter.tell(self.app.say("cli.ask.choices", choices=" · ".join(choices)))

    def _agreed(self, slot: str, path: Path) -> bool:
        """Whether this key may sign here; what is odd about it is told, and taken only when that is said."""
        try:
            public = public_of(path)
            others = {other: public_of(one).name for other, one in self.taken.items()}
            check_pair(self.choosing.known, {**others, slot: public.name})
        except CustodyError as error:
            self.app.console.warn(self.app.say(error.code, **error.facts))
            return False
        key = enrolled(self.choosing.known, path)
        if key is None:
            self.app.console.warn(self.app.say("table.unknown", name=public.name, key_id=public.key_id.hex()))
            return False
        odd = {"slot": slot, "key": key.name, "role": key.role, "place": Names(self.choosing.office).place(self.place)}
        return self._fits(slot, key) or confirm(self.app.prompter, self.app.say("cli.room.odd", **odd), self.app.lang, False)

    def _fits(self, slot: str, key: Key) -> bool:
        places, size = self.choosing.office.ledger.state.places, self.choosing.office.ledger.size
        anywhere = not next(one for one in SLOTS[self.kind] if one.field == slot).where
        here = anywhere or not key.places.isdisjoint(places.path(self.place, size))
        return here and self.choosing.known.may(key, slot, (self.kind,))

    def _named(self, typed: str) -> Path | None:
        path = from_home(typed)
        inside = keys_in(path) if typed and path.is_dir() else []
        return inside[0] if len(inside) == 1 else named(self.app, self.choosing.known, typed, self.within)

    def _told(self, path: Path) -> str:
        return Names(self.choosing.office).person(public_of(path).name)


def resolved(keys: Mapping[str, Path]) -> dict[str, str]:
    """Key files as a draft keeps them."""
    return {slot: str(from_home(str(path)).resolve()) for slot, path in keys.items()}
