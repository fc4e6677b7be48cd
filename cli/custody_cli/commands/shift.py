"""`custody shift`: a guarded room goes from one team to the next, counted before anybody hears the figure (spec chapter 08, shift)."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import Refused
from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.feed import ready
from custody_cli.ground.photographs import digest
from custody_cli.ground.runtime import argument, gathered, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.keypath import KEY
from custody_cli.room import handover, pages
from custody_cli.room.counting import MOST
from custody_cli.room.handover import Wanted
from custody_cli.table import handing, scanning
from custody_cli.table.journeys import Said, needed, with_time_and_answers
from custody_cli.table.terms import Done

if TYPE_CHECKING:
    from custody.assembly import Office

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class Guards:
    """Key files of the leaders, in the order in which they sign; `nobody`: nobody is there to hand over."""

    outgoing: Path | None
    incoming: Path | None
    nobody: bool
    files: tuple[Path, ...]

    @property
    def keys(self) -> dict[str, Path]:
        """Slot -> key file, of those who were named."""
        named = {"outgoing": self.outgoing, "incoming": self.incoming}
        return {slot: path for slot, path in named.items() if path is not None}


@dataclass(frozen=True)
class Read:
    """What was counted and read, as it was typed."""

    counted: int | None
    door: str | None
    lock: str | None
    door_seal: str | None
    equipment: str | None
    team: int | None

    @property
    def typed(self) -> dict[str, str]:
        """What was said of the room, by name."""
        said = {"door": self.door, "lock": self.lock, "door_seal": self.door_seal, "equipment": self.equipment, "team": self.team}
        return {what: str(value) for what, value in said.items() if value is not None}


with_guards = gathered(
    "guards",
    Guards,
    option("--outgoing", type=KEY),
    option("--incoming", type=KEY),
    option("--nobody", is_flag=True),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
)
with_read = gathered(
    "read",
    Read,
    option("--counted", type=click.IntRange(0, MOST)),
    option("--door"),
    option("--lock"),
    option("--door-seal"),
    option("--equipment"),
    option("--team", type=click.IntRange(1, 99)),
)


@define("shift")
@argument("place", nargs=-1)
@with_guards
@with_read
@option("--photo", "photos", type=_FILE, multiple=True)
@with_time_and_answers
@option("--new", "fresh", is_flag=True)
@option("--drop", "dropped", is_flag=True)
@option("--sign", "later")
@pass_app
def command(
    app: App,
    place: tuple[str, ...],
    guards: Guards,
    read: Read,
    photos: tuple[Path, ...],
    said: Said,
    fresh: bool,
    dropped: bool,
    later: str | None,
) -> int | None:
    ready()
    with scanning.at_table(app) as opened:
        if dropped:
            _drop(app, opened, said.yes)
            return None
        if later is not None:
            return _later(app, opened, later, guards)
        if opened.drill:
            app.console.big(app.say("paper.drill"), "warn")
        scanning.tell_locked(app, opened)
        room = " ".join(place).strip()
        wanted = Wanted(room, guards.keys, guards.files, guards.nobody, read.counted, read.typed, tuple(map(digest, photos)), said)
        with handover.draft_of(app, opened, wanted, fresh) as draft:
            signed = handing.signed_before(draft)
            if signed:
                return handover.sent_again(app, opened, draft, signed)
            return handover.ended(app, opened, handover.taken_over(app, opened, wanted, draft))


def _drop(app: App, opened: "Office", yes: bool) -> None:
    gone = handover.drop(app, opened, yes)
    app.answer("shift.drop", {"dropped": gone}, lambda: app.say("cli.shift.dropped", count=len(gone), rooms=gone))


def _later(app: App, opened: "Office", sid: str, guards: Guards) -> int | None:
    """Who left and could not sign signs now: the same text with one more line."""
    one = daily.recorded(opened, sid)
    if one.kind.name != "shift":
        raise Refused("cli.shift.none", sid=sid, kind=one.kind.name)
    slot = next(iter(guards.keys), "outgoing")
    seat = handing.seat(app, slot, guards.keys.get(slot) or needed(f"--{slot}"), guards.files[0] if guards.files else None)
    if seat.key.name not in (one.body["outgoing"], one.body["incoming"]):
        raise Refused("cli.shift.other", name=seat.key.name)
    app.console.note(paint(app.say("cli.handing.signer", name=Names(opened).person(seat.key.name), role="-", slot=slot), "head"))
    pages.show(app, Names(opened), [one])
    done = Done((one,), daily.submit(opened, [one], [seat]), ())
    app.answer("shift", handing.document(app, opened, done), lambda: "\n".join(pages.done(app, opened, done)))
    return None
