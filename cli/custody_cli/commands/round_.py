"""`custody round`: what a guard sees on his round: the door, the lock, defects of the room, photographs (spec chapter 08, inspection)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.photographs import digest
from custody_cli.ground.questions import Answers
from custody_cli.ground.runtime import argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import public_of
from custody_cli.room import doors, places, rough, signing
from custody_cli.room.reading import Page, Usual
from custody_cli.table import handing, scanning
from custody_cli.table.journeys import Said, with_time_and_answers

if TYPE_CHECKING:
    from custody.core.statement import Statement

_FILE = click.Path(path_type=Path)
_TOPICS = {
    "pintu": "door", "door": "door",
    "gembok": "lock", "lock": "lock",
    "rusak": "defects", "kerusakan": "defects", "defect": "defects", "defects": "defects",
}  # fmt: skip


class RoundPage(Page):
    """The page of a round: the door, the lock, and defects one after the other."""

    question = "cli.round.page"
    topics = _TOPICS
    before = None

    @property
    def unread(self) -> list[str]:
        """A round reads no seal number."""
        return [what for what in super().unread if what != "door_seal"]

    @property
    def defects(self) -> list[str]:
        """The defects that were named."""
        return list(self.answers.said.get("defects", ()))

    def set(self, what: str, typed: str) -> bool:
        """As the page of a handover, and defects by their words."""
        if what != "defects":
            return super().set(what, typed)
        self.answers.keep("defects", sorted({*self.defects, *doors.defects([one for one in typed.split(",") if one.strip()])}))
        return bool(self.defects)

    def _meant(self, typed: str) -> str | None:
        """As on the page of a handover; a defect may stand alone, too."""
        known = doors.word("defect", doors.DEFECTS, typed)
        return super()._meant(typed) or ("defects" if known is not None else None)

    def _show(self, title: str, told: list[str]) -> None:
        app = self.app
        app.console.note(paint(title, "head"))
        app.console.note("  " + app.say("cli.round.page.door", door=self.shown("door"), lock=self.shown("lock")))
        if self.defects:
            app.console.note("  " + paint(app.say("cli.room.defects", defects=tuple(self.defects)), "warn"))


@define("round")
@argument("place", nargs=-1)
@option("--door")
@option("--lock")
@option("--defect", "defects", multiple=True)
@option("--officer", type=KEY)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--photo", "photos", type=_FILE, multiple=True)
@with_time_and_answers
@pass_app
def command(
    app: App,
    place: tuple[str, ...],
    door: str | None,
    lock: str | None,
    defects: tuple[str, ...],
    officer: Path | None,
    files: tuple[Path, ...],
    photos: tuple[Path, ...],
    said: Said,
) -> int | None:
    from custody.station import guardroom

    with scanning.at_table(app) as opened:
        choosing = Choosing(opened)
        room = places.room(app, choosing, " ".join(place).strip(), said.yes)
        said.terms(opened)  # a moment that cannot be read is told before anything is asked
        scanning.tell_locked(app, opened)
        with rough.draft_of(app, opened, "round", room, said.yes) as draft:
            if notes := handing.signed_before(draft):
                return rough.sent_again(app, opened, draft, notes)
            typed = {"door": door, "lock": lock, "defects": ",".join(defects) or None}
            page = _page(app, Usual.of(opened, room), typed, said.yes, Answers.of(draft))
            if not said.yes:
                page.ask(app.say("cli.round.title", place=Names(opened).place(room)), [])
            answers = page.answers
            who = rough.officer(answers, lambda: signing.officer(app, choosing, room, "inspection", officer, said.yes))
            read: dict[str, Any] = {"door": page.value("door"), "lock": page.value("lock"), "defects": page.defects}
            signer = public_of(who).name

            def made(common: guardroom.Common, noted: guardroom.Noted) -> "list[Statement]":
                return [guardroom.walk(common, place=room, officer=signer, noted=noted, **read)]

            done = signing.signed(app, opened, {"officer": who}, files, said, made, tuple(map(digest, photos)), answers)
            draft.finish()
        onward = doors.onward(app, opened, room, read["door"], read["lock"])
        return signing.ended(app, opened, "round", done, {"place": room, **read}, onward)


def _page(app: App, usual: Usual, said: dict[str, str | None], yes: bool, answers: Answers) -> RoundPage:
    """What was said of door, lock and defects. Raises `WrongUse`: `cli.shift.read`, `cli.shift.needed`."""
    page = RoundPage(app, usual, answers)
    for what, typed in said.items():
        if typed is not None and not page.set(what, typed):
            raise WrongUse("cli.shift.read", what=what, typed=typed)
    lacking = tuple(f"--{what}" for what in ("door", "lock") if said[what] is None)
    if yes and lacking:
        raise WrongUse("cli.shift.needed", options=lacking)
    return page
