"""`custody inspect`: the boxes in a room are counted, or looked at one by one; nothing is compared before (spec chapter 08, inspection)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground import blind
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.feed import ready
from custody_cli.ground.photographs import digest
from custody_cli.ground.questions import Answers, Back, Stop
from custody_cli.ground.runtime import argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import public_of
from custody_cli.room import comparing, counting, handover, places, signing
from custody_cli.room.comparing import Compared
from custody_cli.table import clock, handing, scanning
from custody_cli.table.journeys import Said, with_time_and_answers
from custody_cli.table.leaving import held
from custody_cli.table.terms import Done

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station.draft import Draft

_FILE = click.Path(path_type=Path)


@define("inspect")
@argument("place", nargs=-1)
@option("--count", "figure", is_flag=False, flag_value=-1, type=int)
@option("--officer", type=KEY)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--photo", "photos", type=_FILE, multiple=True)
@option("--new", "fresh", is_flag=True)
@with_time_and_answers
@pass_app
def command(
    app: App,
    place: tuple[str, ...],
    figure: int | None,
    officer: Path | None,
    files: tuple[Path, ...],
    photos: tuple[Path, ...],
    fresh: bool,
    said: Said,
) -> int | None:
    ready()
    counted = figure if figure is not None and figure >= 0 else None
    if said.yes and counted is None:
        raise WrongUse("cli.inspect.needed")
    with scanning.at_table(app) as opened:
        scanning.tell_locked(app, opened)
        with held(_draft(app, opened, " ".join(place).strip(), officer, fresh, said)) as draft:
            if notes := handing.signed_before(draft):
                return _sent_again(app, opened, draft, notes)
            try:
                return _counted(app, opened, draft, officer, files, tuple(map(digest, photos)), counted, said)
            except (Back, Stop):
                if draft.hollow:
                    raise WrongUse("cli.inspect.nothing", command=handing.typed(app, "inspect")) from None
                raise WrongUse("cli.inspect.stopped", command=handing.typed(app, "inspect")) from None


def _draft(app: App, opened: "Office", place: str, officer: Path | None, fresh: bool, said: Said) -> "Draft":
    """The count to go on with, or a new one; one that was begun and never made needs no question."""
    found = None if fresh else handover.taken_up(app, opened, "count", said.yes)
    if found is not None:
        return found
    choosing, happened = Choosing(opened), clock.right(app, opened, said.yes or said.happened is not None)
    room = places.room(app, choosing, place, said.yes)
    blind.once(opened.folder.path, room, "count", fresh)
    keys = {"officer": signing.officer(app, choosing, room, "inspection", officer, said.yes)}
    head: dict[str, Any] = {"kind": "count", "place": room, "title": Names(opened).place(room), "zone": opened.zone}
    return scanning.begun(app, opened, happened, **head, keys=places.resolved(keys))


def _counted(
    app: App,
    opened: "Office",
    draft: "Draft",
    officer: Path | None,
    files: tuple[Path, ...],
    photos: tuple[str, ...],
    figure: int | None,
    said: Said,
) -> int | None:
    from custody.station import guardroom

    answers, room = Answers.of(draft), draft.head["place"]
    app.console.note(paint(app.say("cli.inspect.welcome", place=draft.head["title"]), "head"))
    found = counting.settled(app, opened, draft, answers, figure, said.yes)
    seen = counting.seen(opened, draft, answers) or []
    who = officer or Path(draft.head["keys"]["officer"])
    signer = public_of(who).name

    def made(common: guardroom.Common, noted: guardroom.Noted) -> "list[Statement]":
        return guardroom.counts(common, seen, place=room, officer=signer, counted=found.counted, noted=noted)

    done = signing.signed(app, opened, {"officer": who}, files, said, made, photos, answers)
    draft.finish()
    signing.named(app, opened, found, room, signer, who, files, said)
    return _ended(app, opened, done, room, found)


def _sent_again(app: App, opened: "Office", draft: "Draft", notes: list[bytes]) -> int | None:
    """It was signed before the crash: only the append is left, and it may be repeated."""
    statements = tuple(daily.reparsed(one) for one in notes)
    found = counting.settled(app, opened, draft, Answers.of(draft), None, True)
    done = Done(statements, opened.submit(notes), ())
    draft.finish()
    return _ended(app, opened, done, draft.head["place"], found)


def _ended(app: App, opened: "Office", done: Done, room: str, found: Compared) -> int | None:
    names = Names(opened)
    told = [*comparing.tell(app, names, found), *comparing.onward(app, names, room, found)]
    code = signing.ended(app, opened, "inspect", done, {"place": room, **found.document()}, told)
    return code if found.agrees else Exit.FINDINGS
