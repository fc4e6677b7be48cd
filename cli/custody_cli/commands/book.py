"""`custody book`: the duty book of a room, from the ledger: number, hour, what happened, what was done, who; nothing is ever removed."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.minute import span
from custody_cli.boxes.named import Names
from custody_cli.ground import csvtext
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.runtime import argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.room import doors, dutybook, places
from custody_cli.room.dutybook import Book, Line

if TYPE_CHECKING:
    from custody.assembly import Office

_WIDE = 100  # columns of a terminal that hold the book as a table
_PAPER = 78  # columns of a page, and of what a file or a pager gets
_COLUMNS = ("number", "when", "what", "action", "who")
_IN_CSV = ("number", "when", "zone", "when_utc", "written", "written_utc", "what", "action", "who")


@define("book")
@argument("place", nargs=-1)
@option("--since")
@option("--until")
@csvtext.with_csv
@pass_app
def command(app: App, place: tuple[str, ...], since: str | None, until: str | None, table: csvtext.Csv) -> None:
    table.check(app)
    with office(app) as opened:
        room = places.room(app, Choosing(opened), " ".join(place).strip(), True)
        time = span(since, until, opened.now(), opened.zone)
        found = dutybook.book(app, opened, room, time.since, time.last)
        if table.asked:
            csvtext.put(app, table, _IN_CSV, [_csv_row(app, opened, line) for line in found.lines], opened.drill)
            return
        lines = [one.document() for one in found.lines]
        document = {"place": room, "zone": opened.zone, "since": time.since, "until": time.until, "lines": lines}
        taken = {"sid": found.taken.sid, "entry": found.taken.entry} if found.taken is not None else None
        app.answer("book", {**document, "taken_over": taken}, lambda: _tell(app, opened, found))


def _tell(app: App, opened: "Office", found: Book) -> None:
    console = app.console
    columns = shutil.get_terminal_size().columns if console.out.isatty() else _PAPER
    console.answer(paint(app.say("cli.book.title", place=Names(opened).place(found.place)), "head"))
    for one in _taken_over(app, opened, found):
        for line in _wrapped(one, min(columns, _PAPER)):
            console.answer(line)
    if not found.lines:
        console.answer(app.say("cli.book.empty"))
        return
    rows = [_row(app, opened, one) for one in found.lines]
    if console.out.isatty() and columns >= _WIDE:
        console.table(_heads(app), rows, right=[0])
    else:
        for line in (line for row in rows for line in _block(_heads(app), row, min(columns, _PAPER))):
            console.answer(line)
    app.console.answer(app.say("cli.book.end", count=len(found.lines)))


def _block(heads: Sequence[str], row: Sequence[str], columns: int) -> Iterator[str]:
    """One line of the book as a few lines of a page: its number and hour, then each of the others under its name, broken between words."""
    number, when, *rest = row
    yield from _wrapped(f"{heads[0]} {number}  {when}", columns)
    inset = max(map(len, heads[2:])) + 4
    for head, cell in zip(heads[2:], rest, strict=True):
        if cell:
            yield from _wrapped(f"  {head}:".ljust(inset) + cell, columns, inset)
    yield ""


def _wrapped(text: str, columns: int, inset: int = 4) -> list[str]:
    """Text in lines of so many columns, broken between words; all but the first set in."""
    lead = text[: len(text) - len(text.lstrip())]
    room = {"initial_indent": lead, "subsequent_indent": " " * inset, "break_on_hyphens": False}
    return textwrap.wrap(text.lstrip(), columns, **room)  # type: ignore[arg-type]


def _heads(app: App) -> list[str]:
    return [app.say(f"cli.book.column.{one}") for one in _COLUMNS]


def _taken_over(app: App, opened: "Office", found: Book) -> list[str]:
    """Team, equipment and situation as they were taken over."""
    if found.taken is None:
        return [app.say("cli.book.no-shift")]
    body, names = found.taken.body, Names(opened)
    facts = {"at": found.taken.at, "zone": opened.zone, "incoming": names.person(body["incoming"]), "team": body["team"]}
    door = doors.door_told(app, body["door"], body["lock"], body["door_seal"])
    return [
        app.say("cli.book.team", **facts),
        "  " + app.say("cli.room.equipment", things=doors.things_told(app, {one["thing"]: one["count"] for one in body["equipment"]})),
        "  " + app.say("cli.book.situation", counted=body["counted"], door=door),
        "  " + app.say("cli.room.taken-in", incidents=len(body["incidents"]), visitors=body["visitors"]),
    ]


def _row(app: App, opened: "Office", one: Line) -> list[str]:
    when = app.say("cli.book.when", at=one.at, zone=opened.zone)
    if one.recorded is not None:
        when += " " + app.say("cli.book.recorded", recorded=one.recorded, zone=opened.zone)
    return [str(one.number) if one.number is not None else "—", when, _what(app, one), one.action, ", ".join(one.who)]


def _csv_row(app: App, opened: "Office", one: Line) -> list[object]:
    (here, utc), written = csvtext.moment(one.at, opened.zone), csvtext.moment(one.recorded, opened.zone)
    row: list[object] = [one.number, here, csvtext.zone(app, one.at, opened.zone), utc, *written]
    return [*row, _what(app, one), one.action, ", ".join(one.who)]


def _what(app: App, one: Line) -> str:
    """What happened, with what became of the record."""
    what = one.what
    if one.void:
        what = app.say("cli.book.struck" if one.struck else "cli.book.struck.other", numbers=one.struck, what=one.what)
    elif one.undone is not None:
        count, of = one.undone
        what = app.say("cli.book.undone", numbers=one.struck or ("—",), what=one.what, count=count, of=of)
    elif one.struck:
        what = app.say("cli.book.corrected", numbers=one.struck, what=one.what)
    if one.number is None:
        what = app.say("cli.book.waiting", what=what)
    return what
