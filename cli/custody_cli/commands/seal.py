"""`custody seal`: a sealing of boxes at a place, by who seals and a witness; a box's chain begins here."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import Malformed
from custody.reading import read
from custody_cli import handing
from custody_cli.app import App
from custody_cli.choosing import MOST_FILE, Boxes, Choosing, with_boxes
from custody_cli.desk import office
from custody_cli.exits import WrongUse
from custody_cli.handing import Done, ended
from custody_cli.journeys import Said, with_time_and_answers
from custody_cli.runtime import command as define
from custody_cli.runtime import gathered, option, pass_app

if TYPE_CHECKING:
    from custody.station.manifest import SealsOf, Seen

_FILE = click.Path(path_type=Path)
_PHASES = ("packed", "voted", "plenary", "transit", "court", "stored")
_COLUMNS = ("box", "point", "number", "state")


@dataclass(frozen=True)
class Sealing:
    """Who seals, who watches, where, on what occasion, and the numbers of the seals."""

    sealer: Path
    witness: Path
    files: tuple[Path, ...]
    place: str | None
    phase: str
    numbers: Path | None

    @property
    def keys(self) -> dict[str, Path]:
        """Slot -> key file."""
        return {"sealer": self.sealer, "witness": self.witness}


with_sealing = gathered(
    "sealing",
    Sealing,
    option("--sealer", type=_FILE, required=True),
    option("--witness", type=_FILE, required=True),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
    option("--place"),
    option("--phase", type=click.Choice(_PHASES), default="voted"),
    option("--seals", "numbers", type=_FILE),
    room="cli.journey",
)


@define("seal")
@with_boxes
@with_sealing
@with_time_and_answers
@pass_app
def command(app: App, boxes: Boxes, sealing: Sealing, said: Said) -> int | None:
    with office(app, write=True) as opened:
        choosing, terms = Choosing(opened), said.terms(opened.zone)
        seats = handing.seated(app, sealing.keys, sealing.files)
        names = {one.slot: one.key.name for one in seats}
        place = choosing.place(sealing.place) if sealing.place else choosing.place_of(names["sealer"], "--place")
        seen = _seen(choosing, boxes if boxes.what or boxes.file else replace(boxes, what=(place,)), sealing.numbers)
        done = handing.seal(app, opened, seen, seats, terms, place=place, phase=sealing.phase, **names)
        assert isinstance(done, Done)
        return ended(app, opened, "seal", done)


def _seen(choosing: Choosing, boxes: Boxes, numbers: Path | None) -> "list[Seen]":
    """The boxes with the numbers of their seals. Raises WrongUse("cli.seal.strange") for numbers of other boxes."""
    found, seals = choosing.seen(boxes), read_seals(numbers) if numbers is not None else {}
    strange = seals.keys() - {one.box for one in found}
    if strange:
        raise WrongUse("cli.seal.strange", boxes=tuple(sorted(strange)[:6]))
    return [replace(one, seals=seals.get(one.box, {})) for one in found]


def read_seals(path: Path) -> "dict[str, SealsOf]":
    """Seal numbers from a file with the columns box, point, number, state. Raises `Malformed("cli.seal.file")` with the line."""
    from custody.core.shapes import NUMBER, POINT, SEAL_STATES

    found: dict[str, SealsOf] = {}
    for line, row in _seal_rows(path):
        point, number, state = row["point"] or "", (row["number"] or "").upper() or None, row["state"] or "intact"
        if not (row["box"] and POINT.ok(point) and (number is None or NUMBER.ok(number)) and state in SEAL_STATES):
            raise Malformed("cli.seal.file", path=str(path), line=line)
        found.setdefault(row["box"], {})[point] = (state, number)
    return found


def _seal_rows(path: Path) -> "Iterator[tuple[int, dict[str, str]]]":
    """The rows of a file of seals with their lines; strict about columns and quotes. Raises `Malformed("cli.seal.file")`."""
    rows = csv.DictReader(read(path, MOST_FILE).decode("utf-8-sig", "replace").splitlines(keepends=True), strict=True)
    try:
        if tuple(rows.fieldnames or ()) != _COLUMNS:
            raise Malformed("cli.seal.file", path=str(path), line=1)
        for row in rows:
            yield rows.line_num, row
    except csv.Error:
        raise Malformed("cli.seal.file", path=str(path), line=rows.line_num) from None
