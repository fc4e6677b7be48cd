"""`custody incident`: something happened; recorded in a few keystrokes, with a page to hand on and a message for the radio (chapter 20)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Boxes, Choosing, with_boxes
from custody_cli.boxes.named import Names
from custody_cli.ground import target
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, random
from custody_cli.ground.runtime import Exit, gathered, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import matched
from custody_cli.table import happening, scanning
from custody_cli.table.handing import seat
from custody_cli.table.happening import CODES
from custody_cli.table.journeys import Said, with_time_and_answers

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.core.statement import Statement
    from custody_cli.papers.incidentpage import Recorded

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class Signing:
    """Who says so: key files and passphrase files; where the page goes."""

    keys: tuple[Path, ...]
    files: tuple[Path, ...]
    out: Path | None


with_told = gathered(
    "told",
    happening.Told,
    option("--code", type=WordChoice("happening", CODES)),
    option("--place"),
    option("--photo", "photos", type=_FILE, multiple=True),
    option("--about", multiple=True),
    option("--settles", multiple=True),
    option("--owner"),
    option("--due"),
)
with_signing = gathered(
    "signing",
    Signing,
    option("--key", "keys", type=KEY, multiple=True),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
    option("--out", type=_FILE),
)


@define("incident")
@with_boxes
@with_told
@with_signing
@with_time_and_answers
@option("--open", "listing", is_flag=True)
@option("--page", "again")
@pass_app
def command(app: App, boxes: Boxes, told: happening.Told, signing: Signing, said: Said, listing: bool, again: str | None) -> int | None:
    if listing:
        return _list(app)
    target.free(signing.out)
    if again is not None:
        _again(app, again, signing.out)
        return None
    with scanning.at_table(app) as opened:
        said.terms(opened)  # a moment that cannot be read is told before anything is asked
        scanning.tell_locked(app, opened)
        choosing = Choosing(opened)
        keys = signing.keys or happening.asked_key(app, choosing, said.yes)
        seats = [seat(app, "signer", path, word) for path, word in zip(keys, matched(list(keys), signing.files), strict=True)]
        made = happening.asked(app, choosing, told, boxes, seats[0].key.name, said)
        happening.check_settles(opened, made, said, [one.key.name for one in seats])
        statements = happening.drafted(opened, made, said, random)
        happening.show(app, opened, statements, made)
        happening.show_beside(app, opened, statements, [one.key.name for one in seats])
        agreed(app, app.say("cli.incident.agree"), said.yes)
        done = daily.submit(opened, statements, seats)
        _ended(app, opened, statements, done, tuple(one.key.name for one in seats), signing.out)
    return None


def _ended(app: App, opened: Office, statements: list[Statement], done: Submitted, signers: tuple[str, ...], out: Path | None) -> None:
    """The page and the message at once; while the ledger key is locked both say that the entry is still to come."""
    from custody_cli.papers.incidentpage import Recorded

    entry = done.receipts[0].index if done.sealed else None
    boxes = tuple(box for one in statements for box in one.body["boxes"])
    _give(app, opened, Recorded(statements[0], entry, signers, boxes), out)


def _again(app: App, what: str, out: Path | None) -> None:
    """Page and message of an incident once more, as the ledger stands now."""
    from custody_cli.papers.incidentpage import recorded_of

    with office(app) as opened:
        _give(app, opened, recorded_of(opened, what), out)


def _give(app: App, opened: Office, one: Recorded, out: Path | None) -> None:
    from custody.durable import write_new
    from custody_cli.papers import deedkind, incidentpage

    message = incidentpage.message(app, opened, one)
    path = out or target.unused(Path(f"kejadian-{one.entry if one.entry is not None else one.statement.sid[:8]}.pdf"))
    write_new(path, incidentpage.page(app, opened, one), 0o600)  # it opens names and the note
    facts: dict[str, Any] = {"entry": one.entry, "sid": one.statement.sid, "page": str(path), "message": message, "length": len(message)}
    deeds = deedkind.commands(app, opened, [one.statement]) if one.entry is not None else []
    app.answer("incident", {**facts, "sealed": one.entry is not None}, lambda: _told(app, facts, deeds))


def _told(app: App, facts: dict[str, Any], deeds: list[str]) -> None:
    code = "cli.incident.done" if facts["entry"] is not None else "cli.incident.unsealed"
    app.console.answer(paint(app.say(code, **facts), "good" if facts["entry"] is not None else "warn"))
    app.console.answer(app.say("cli.incident.page", **facts))
    app.console.answer(app.say("cli.incident.message", **facts))
    app.console.answer(facts["message"])
    for line in deeds:
        app.console.answer(line)


def _list(app: App) -> int | None:
    """The incidents that nobody has settled, the earliest first; late ones say so."""
    from custody.assembly.incidents import open_incidents
    from custody_cli.papers.incidentpage import facts_of_open

    with office(app) as opened:
        found, names, now = open_incidents(opened), Names(opened), opened.now()
        rows = [{**row, "late": row["due"] is not None and row["due"] < now} for row in facts_of_open(found, opened)]

        def human() -> None:
            if not rows:
                return app.console.answer(app.say("cli.incident.none"))
            for row in rows:
                boxes = app.say("cli.incident.row.boxes", count=len(row["boxes"]), first=names.box(row["boxes"][0])) if row["boxes"] else ""
                owner = app.say("cli.incident.row.owner", owner=names.person(row["owner"])) if row["owner"] else ""
                code = "cli.incident.row.late" if row["late"] else "cli.incident.row.due"
                due = paint(app.say(code, due=row["due"], zone=opened.zone), "bad" if row["late"] else "dim") if row["due"] else ""
                facts = {"entry": _number(app, row), "at": row["happened"], "zone": opened.zone, "what": row["code"]}
                line = app.say("cli.incident.row", **facts, place=names.place(row["place"]))
                app.console.answer(" · ".join(filter(None, (line, boxes, owner, due))))
            app.console.answer(app.say("cli.incident.next", entry=_number(app, rows[0])))
            return None

        app.answer("incident.open", {"open": rows, "size": opened.ledger.size}, human)
    return Exit.FINDINGS if rows else None


def _number(app: App, row: dict[str, Any]) -> int | str:
    """By what an incident is named in a command: its entry; at a station, of one that waits, the beginning of its sid."""
    waits = app.away.size is not None and row["entry"] >= app.away.size
    return str(row["sid"])[:12] if waits else int(row["entry"])
