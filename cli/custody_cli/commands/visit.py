"""`custody visit`: who goes into a guarded room, what for, by whose leave, with whom; and when they come out (spec chapter 08, visit)."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Refused
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.photographs import digest
from custody_cli.ground.questions import NONE, Answers, command_word, line, listed, told
from custody_cli.ground.runtime import argument, gathered, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.keypath import KEY
from custody_cli.room import pages, places, rough, signing, visitors
from custody_cli.table import handing, scanning
from custody_cli.table.journeys import Said, needed, with_time_and_answers

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.duty import Told
    from custody.core.statement import Statement
    from custody.station.draft import Draft

_ALONE = frozenset(("sendiri", "sendirian", "alone"))
_YES = frozenset(("y", "ya", "yes"))
_FILE = click.Path(path_type=Path)
# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
WHY = ("deliver", "fetch", "inspect", "repair", "clean", "verify", "media", "rest", "other")


@dataclass(frozen=True)
class Entry:
    """What the command line says of a visit."""

    persons: str | None
    why: str | None
    leave: str | None
    left: str | None
    officer: Path | None
    files: tuple[Path, ...]
    photos: tuple[Path, ...]


with_entry = gathered(
    "entry",
    Entry,
    option("--who", "persons"),
    option("--why", type=WordChoice("visitwhy", WHY)),
    option("--leave"),
    option("--left"),
    option("--officer", type=KEY),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
    option("--photo", "photos", type=_FILE, multiple=True),
)


@define("visit")
@argument("place", nargs=-1)
@with_entry
@option("--out", "leaving", is_flag=True)
@with_time_and_answers
@pass_app
def command(app: App, place: tuple[str, ...], entry: Entry, leaving: bool, said: Said) -> int | None:
    with scanning.at_table(app) as opened:
        choosing = Choosing(opened)
        room = places.room(app, choosing, " ".join(place).strip(), said.yes)
        said.terms(opened)  # a moment that cannot be read is told before anything is asked
        scanning.tell_locked(app, opened)
        return _out(app, choosing, room, entry, said) if leaving else _in(app, choosing, room, entry, said)


def _in(app: App, choosing: Choosing, room: str, entry: Entry, said: Said) -> int | None:
    opened = choosing.office
    with rough.draft_of(app, opened, "visit", room, said.yes, side="in") as draft:
        if notes := handing.signed_before(draft):
            return rough.sent_again(app, opened, draft, notes)
        return _entered(app, choosing, room, entry, said, draft)


def _entered(app: App, choosing: Choosing, room: str, entry: Entry, said: Said, draft: "Draft") -> int | None:
    from custody.station import guardroom

    opened, zone, answers = choosing.office, choosing.office.zone, Answers.of(draft)
    if not said.yes:
        app.console.note(paint(app.say("cli.visit.title", place=Names(opened).place(room)), "head"))
    found = visitors.persons(Names(opened), answers.once("persons", lambda: _persons(app, Names(opened), entry, said.yes)))
    why = answers.once(
        "why", lambda: entry.why or (needed("--why") if said.yes else listed(app, app.say("cli.visit.why"), "visitwhy", WHY))
    )
    leave = answers.once("leave", lambda: _leave(app, choosing, room, entry.leave, said.yes))
    left, entered = _moment(app, entry.left, zone), said.terms(opened).happened or opened.now()
    if left is not None and left < entered:
        draft.finish()
        raise WrongUse("cli.visit.before", at=entered, zone=zone)
    who = rough.officer(answers, lambda: signing.officer(app, choosing, room, "visit", entry.officer, said.yes))
    named = visitors.committed(opened, found)
    if len(named) == 1 and (said.yes or entry.persons is not None):
        app.console.warn(app.say("cli.visit.alone"))

    def made(common: guardroom.Common, noted: guardroom.Noted) -> "list[Statement]":
        return [guardroom.visit(common, named, place=room, officer=signer, why=why, leave=leave, left=left, noted=noted)]

    signer = _name(who)
    done = signing.signed(app, opened, {"officer": who}, entry.files, said, made, tuple(map(digest, entry.photos)), answers)
    draft.finish()
    step = [] if left is not None else [f"{app.say('cli.next')} {app.say('cli.visit.next')}"]
    return signing.ended(app, opened, "visit", done, {"place": room, "alone": len(named) == 1, "leave": leave}, step)


def _out(app: App, choosing: Choosing, room: str, entry: Entry, said: Said) -> int | None:
    """Those who went in come out: the same visit, with the moment."""
    opened = choosing.office
    with rough.draft_of(app, opened, "visit", room, said.yes, side="out") as draft:
        if notes := handing.signed_before(draft):
            return rough.sent_again(app, opened, draft, notes)
        return _gone(app, choosing, room, entry, said, draft)


def _gone(app: App, choosing: Choosing, room: str, entry: Entry, said: Said, draft: "Draft") -> int | None:
    from custody.station import guardroom

    opened, answers = choosing.office, Answers.of(draft)
    about = answers.once("about", lambda: _inside(app, opened, room, entry.persons, said.yes).sid)
    visit = _visit(opened, room, about)
    left = answers.once("left", lambda: _moment(app, entry.left or said.happened, opened.zone) or opened.now())
    if left < visit.at:
        draft.finish()
        raise WrongUse("cli.visit.before", at=visit.at, zone=opened.zone)
    who = rough.officer(answers, lambda: signing.officer(app, choosing, room, "visit", entry.officer, said.yes))
    signer = _name(who)

    def made(common: guardroom.Common, _: guardroom.Noted) -> "list[Statement]":
        return [guardroom.departure(common, visit.body, signer, left)]

    plain = Said(None, None, said.reason, None, said.yes)
    done = signing.signed(app, opened, {"officer": who}, entry.files, plain, made, (), answers)
    draft.finish()
    return signing.ended(app, opened, "visit", done, {"place": room, "left": left})


def _visit(opened: "Office", room: str, sid: str) -> "Told":
    """The visit of that id, if it has not ended since. Raises `Refused("cli.visit.nobody")`."""
    from custody.assembly import duty

    inside = (one for one in duty.visits(opened, room) if one.body["left"] is None and one.sid == sid)
    found = next(inside, None)
    if found is None:
        raise Refused("cli.visit.nobody", place=Names(opened).place(room))
    return found


def _persons(app: App, names: Names, entry: Entry, yes: bool) -> str:
    """Who goes in, as it was typed; asked until it can be read. Raises as `visitors.persons`; `Back`, `Stop`."""
    if entry.persons is not None:
        visitors.persons(names, entry.persons)
        return entry.persons
    if yes:
        needed("--who")
    while True:
        typed = line(app, app.say("cli.visit.who-goes"))
        try:
            if typed and not command_word(app, typed):
                return _accompanied(app, names, typed)
        except WrongUse as error:
            if error.code != "cli.visit.persons":
                raise
        app.prompter.tell(app.say("cli.visit.who-goes.again"))


def _accompanied(app: App, names: Names, typed: str) -> str:
    """Who goes in; of one alone it is asked at once who goes with him. Raises as `visitors.persons`; `Back`, `Stop`."""
    if len(visitors.persons(names, typed)) > 1:
        return typed
    app.console.warn(app.say("cli.visit.alone"))

    def take(more: str) -> str | None:
        if not more or more.lower() in NONE or more.lower() in _ALONE:
            return typed if more else None
        visitors.persons(names, more)
        return f"{typed}, {more}"

    return told(app, app.say("cli.visit.with"), app.say("cli.visit.with.again"), take)


def _leave(app: App, choosing: Choosing, room: str, said: str | None, yes: bool) -> str | None:
    """The key of who gave leave; that nobody did is said in words."""
    usual = None if said is not None else _keeper(choosing, room)
    if said is None and yes:
        raise WrongUse("cli.visit.leave")
    shown = f" [y: {Names(choosing.office).person(usual)}]" if usual is not None else ""
    while True:
        typed = said if said is not None else line(app, app.say("cli.visit.whose-leave") + shown)
        if typed.lower() in _YES and usual is not None:  # Enter alone says of nobody that he gave leave
            return usual
        if typed.lower() in NONE:
            return None
        found = visitors.persons(Names(choosing.office), typed)[0].key if typed else None
        if found is not None:
            return found
        if said is not None:
            raise WrongUse("cli.visit.leave.unknown", name=said)
        if not command_word(app, typed):
            app.prompter.tell(app.say("cli.visit.whose-leave.again"))


def _keeper(choosing: Choosing, room: str) -> str | None:
    """The keeper of a room, if there is one only."""
    ledger = choosing.office.ledger
    keys = [choosing.known.key(card.key) for card in choosing.office.people()]
    found = {key.name for key in keys if key is not None and key.role == "keeper" and room in key.places and key.counts(ledger.size)}
    return found.pop() if len(found) == 1 else None


def _inside(app: App, opened: "Office", room: str, said: str | None, yes: bool) -> "Told":
    """The visit that ends: the only one, the one whose persons were named, or chosen by number. Raises `Refused("cli.visit.nobody")`."""
    from custody.assembly import duty

    names = Names(opened)
    inside = [one for one in duty.visits(opened, room) if one.body["left"] is None]
    if not inside:
        raise Refused("cli.visit.nobody", place=names.place(room))
    told = [pages.persons_told(app, names, one.body) for one in inside]
    if said is not None:
        inside = [one for one, words in zip(inside, told, strict=True) if said.lower() in words.lower()]
    if len(inside) == 1:
        return inside[0]
    if yes or not inside:
        raise WrongUse("cli.visit.which", persons=tuple(told))
    for number, words in enumerate(told, 1):
        facts: dict[str, Any] = {"at": inside[number - 1].at, "zone": opened.zone, "persons": words}
        app.console.note(f"  {number:2}  {app.say('cli.visit.inside', **facts)}")
    while True:
        typed = line(app, app.say("cli.visit.who-leaves"))
        if typed.isdigit() and 1 <= int(typed) <= len(inside):
            return inside[int(typed) - 1]
        command_word(app, typed)


def _moment(app: App, typed: str | None, zone: str) -> str | None:
    from custody.i18n.dates import utc_text
    from custody_cli.boxes.minute import minute

    return minute(typed, utc_text(app.clock()), zone) if typed else None


def _name(path: Path) -> str:
    from custody_cli.keys.signing import public_of

    return public_of(path).name
