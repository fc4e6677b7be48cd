"""`custody seal`: a sealing of boxes at a place, by who seals and a witness; a box's chain begins here."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import Malformed
from custody_cli import daily, handing
from custody_cli.app import App
from custody_cli.choosing import Choosing
from custody_cli.commands.handoff import ended, seats_of, sole_place
from custody_cli.desk import office, random
from custody_cli.exits import WrongUse
from custody_cli.handing import Terms
from custody_cli.runtime import argument, option, pass_app
from custody_cli.runtime import command as define

if TYPE_CHECKING:
    from custody.station.manifest import SealsOf

_FILE = click.Path(path_type=Path)
_PHASES = ("packed", "voted", "plenary", "transit", "court", "stored")
_COLUMNS = ("box", "point", "number", "state")


@define("seal")
@argument("what", nargs=-1)
@option("--boxes", "file", type=_FILE)
@option("--type", "types", multiple=True)
@option("--sealer", type=_FILE, required=True)
@option("--witness", type=_FILE, required=True)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--place")
@option("--phase", type=click.Choice(_PHASES), default="voted")
@option("--seals", "numbers", type=_FILE)
@option("--note", "text")
@option("--happened")
@option("--basis", type=click.Choice(("now", "paper", "memory")), default=None)
@option("--reason")
@option("--yes", is_flag=True)
@pass_app
def command(
    app: App,
    what: tuple[str, ...],
    file: Path | None,
    types: tuple[str, ...],
    sealer: Path,
    witness: Path,
    files: tuple[Path, ...],
    place: str | None,
    phase: str,
    numbers: Path | None,
    text: str | None,
    happened: str | None,
    basis: str | None,
    reason: str | None,
    yes: bool,
) -> int | None:
    from custody.i18n.dates import from_typed
    from custody.station.manifest import Seen

    with office(app, write=True) as opened:
        choosing = Choosing(opened)
        seats = seats_of(app, {"sealer": sealer, "witness": witness}, files)
        where = choosing.place(place) if place else sole_place(opened, seats[0].key.name, "--place")
        seals = read_seals(numbers) if numbers is not None else {}
        found = choosing.seen(what or (() if file else (where,)), types, file)
        seen = [Seen(one.box, one.how, one.label, seals.pop(one.box, {})) for one in found]
        if seals:
            raise WrongUse("cli.seal.strange", boxes=tuple(sorted(seals)[:6]))
        moment = from_typed(happened, opened.zone) if happened else None
        terms = Terms(yes, reason, moment, basis or ("paper" if moment else "now"))
        note = daily.private_text(opened, "note", text, random) if text else None
        facts = {"place": where, "sealer": seats[0].key.name, "witness": seats[1].key.name, "phase": phase, "note": note}
        return ended(app, opened, "seal", handing.seal(app, opened, seen, seats, terms, None, **facts))


def read_seals(path: Path) -> "dict[str, SealsOf]":
    """Seal numbers from a file with the columns box, point, number, state. Raises `Malformed("cli.seal.file")` with the line."""
    from custody.core.shapes import NUMBER, POINT, SEAL_STATES

    found: dict[str, SealsOf] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != _COLUMNS:
            raise Malformed("cli.seal.file", path=str(path), line=1)
        for row in rows:
            point, number, state = row["point"] or "", (row["number"] or "").upper() or None, row["state"] or "intact"
            if not (row["box"] and POINT.ok(point) and (number is None or NUMBER.ok(number)) and state in SEAL_STATES):
                raise Malformed("cli.seal.file", path=str(path), line=rows.line_num)
            found.setdefault(row["box"], {})[point] = (state, number)
    return found
