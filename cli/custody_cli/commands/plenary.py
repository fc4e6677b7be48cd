"""`custody plenary`: a step of the plenary of a kecamatan, signed by the PPK and a witness (spec chapters 08 and 19)."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import Refused
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.daily import Names
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.photographs import digest
from custody_cli.ground.runtime import argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.keypath import KEY
from custody_cli.keys.keyring import check_pair, within_reach
from custody_cli.keys.signing import public_of
from custody_cli.room import comparing, places, signing
from custody_cli.table import scanning
from custody_cli.table.journeys import Said, with_time_and_answers

if TYPE_CHECKING:
    from custody.core.statement import Statement

_FILE = click.Path(path_type=Path)
STEPS = ("begun", "paused", "resumed", "finished", "moved")


@define("plenary")
@argument("step", type=WordChoice("plenarystep", STEPS))
@argument("place", nargs=-1)
@option("--panels", type=click.IntRange(0, 99), default=0)
@option("--venue")
@option("--officer", type=KEY)
@option("--witness", type=KEY)
@option("--alone", is_flag=True)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--photo", "photos", type=_FILE, multiple=True)
@with_time_and_answers
@pass_app
def command(
    app: App,
    step: str,
    place: tuple[str, ...],
    panels: int,
    venue: str | None,
    officer: Path | None,
    witness: Path | None,
    alone: bool,
    files: tuple[Path, ...],
    photos: tuple[Path, ...],
    said: Said,
) -> int | None:
    from custody.station import guardroom

    with scanning.at_table(app) as opened:
        choosing, typed = Choosing(opened), " ".join(place).strip()
        if step == "moved" and venue is None:
            raise WrongUse("cli.plenary.venue")
        scanning.tell_locked(app, opened)
        at = choosing.place(typed) if typed else _usual(choosing, officer)
        where = choosing.place(venue) if venue is not None else None
        keys = {"officer": signing.officer(app, choosing, at, "plenary", officer, said.yes)}
        found = witness if witness is not None or alone or said.yes else _witness(app, choosing, at, keys)
        if found is not None:
            keys["witness"] = found
        signers = {slot: public_of(path).name for slot, path in keys.items()}
        check_pair(choosing.known, {"sealer": signers["officer"], "witness": signers.get("witness")})

        if step == "finished":
            _look(app, choosing, at)

        def made(common: guardroom.Common, noted: guardroom.Noted) -> "list[Statement]":
            return [guardroom.plenary(common, place=at, step=step, panels=panels, venue=where, **signers, noted=noted)]

        done = signing.signed(app, opened, keys, files, said, made, tuple(map(digest, photos)))
        return signing.ended(app, opened, "plenary", done, {"place": at, "step": step, "panels": panels})


def _look(app: App, choosing: Choosing, place: str) -> None:
    """Warn of boxes that stand open or never came before the end of a plenary is signed; while they are counted, of none."""
    office, names = choosing.office, Names(choosing.office)
    try:
        boxes = choosing.area(place)
    except Refused:  # a room there is being counted: no figure is told
        return
    trail, judged = office.ledger.trail(boxes), office.ledger.judge(boxes)
    left = [box for box in boxes if (holding := judged[box][0].holding) is not None and not holding.shut]
    away = [box for box in boxes if place not in {step.place for step in trail.of(box)}]
    for code, found in (("open", left), ("away", away)):
        if found:
            app.console.bell(3)
            app.console.warn(app.say(f"cli.plenary.look.{code}", count=len(found), place=names.place(place)))
            for one in comparing.listed(names, found):
                app.console.note(one)


def _usual(choosing: Choosing, officer: Path | None) -> str:
    """The kecamatan of who signs, or the only one. Raises WrongUse("cli.plenary.where")."""
    office = choosing.office
    kinds = office.ledger.state.places
    if officer is not None:
        key = choosing.known.key(public_of(officer).name)
        if key is not None and len(key.places) == 1:
            return next(iter(key.places))
    found = [code for code in kinds.versions if (one := kinds.get(code, office.ledger.size)) is not None and one.kind == "kecamatan"]
    if len(found) != 1:
        raise WrongUse("cli.plenary.where")
    return found[0]


def _witness(app: App, choosing: Choosing, place: str, taken: dict[str, Path]) -> Path | None:
    """Who watches; that nobody does is said in words."""
    bench = places.Bench(app, choosing, place, "plenary", within_reach(app, choosing.known, "witness", ("plenary",), place))
    bench.taken |= taken
    return bench.ask("witness", app.say("cli.plenary.witness"), None, "cli.plenary.without")
