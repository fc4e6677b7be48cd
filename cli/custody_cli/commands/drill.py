"""`custody drill`: a ledger to practise with; every label and paper says so, and nothing of it can ever enter a real one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody_cli.ground.console import paint
from custody_cli.ground.desk import random, zone_here
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody_cli.demo.journey import Ground, Stage

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_MOST = 8_000_000
_ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak")


@define("drill")
@option("--folder", "where", type=_FOLDER, default="latihan")
@option("--list", "counts", type=_FILE)
@option("--profile", default="pemilu-2024")
@option("--zone", type=click.Choice(_ZONES))
@option("--no-labels", "bare", is_flag=True)
@option("--ready", is_flag=True)
@pass_app
def command(app: App, where: Path, counts: Path | None, profile: str, zone: str | None, bare: bool, ready: bool) -> None:
    from custody_cli.demo import journey
    from custody_cli.demo.people import PASSPHRASE
    from custody_cli.demo.ready import make as made_ready

    ground = _ground(app, counts, profile, zone)
    stage = _stage(app, where, ground)
    with app.console.progress(app.say("cli.drill.progress"), 3) as step:
        journey.found(stage)
        step(1)
        with stage.open() as office:
            journey.lay_out(stage, office)
            step(1)
            labels = [] if bare else journey.print_labels(stage, office, where / "label")
            step(1)
            waiting = made_ready(stage, office) if ready else None
            boxes, people, origin = len(office.ledger.state.register.boxes), len(stage.keys.actors), office.origin
    facts = {"folder": str(where), "boxes": boxes, "people": people, "labels": len(labels), "passphrase": PASSPHRASE, "origin": origin}
    facts |= {"waiting": waiting.boxes if waiting else 0, "receiver": waiting.receiver if waiting else None}
    app.answer("drill", facts, lambda: _told(app, where, facts))


def _ground(app: App, counts: Path | None, profile: str, zone: str | None) -> Ground:
    """The real list of Kangae, or the list that was named. Raises as `load`, `reading.read`; `ImportRefused` after showing every fault."""
    from custody.intake.faults import ImportRefused
    from custody.ledger.profile import load
    from custody.reading import read
    from custody_cli.demo.journey import Ground
    from custody_cli.keys.listing import show_faults

    load(profile)  # before anything is made
    usual, here = Ground(), zone_here(app)
    listed = {"list_name": counts.name, "counts": read(counts, _MOST)} if counts is not None else {}
    near = here if here in _ZONES and counts is not None else usual.zone
    ground = Ground(app.say("cli.drill.operation"), "latihan", zone or near, profile, **listed)  # type: ignore[arg-type]
    try:
        show_faults(app, ground.hierarchy().warnings)
    except ImportRefused as refused:
        show_faults(app, refused.faults)
        raise
    return ground


def _stage(app: App, where: Path, ground: Ground) -> Stage:
    """An empty folder. A drill of yesterday is kept: whoever wants another names another folder. Raises WrongUse("cli.drill.folder")."""
    from custody_cli.demo.journey import Stage
    from custody_cli.demo.people import Cast, Present

    if where.exists() and any(where.iterdir()):
        raise WrongUse("cli.drill.folder", path=str(where))
    where.mkdir(parents=True, exist_ok=True)
    keys = Cast(where / "keys", random)
    return Stage(where / "ledger", where / "state", keys, Present(app.clock), random, app.lang, ground)


def _told(app: App, where: Path, facts: dict[str, object]) -> None:
    """What was made, where the keys and labels lie, and what to type first."""
    console, folder = app.console, shlex.quote(where.resolve().as_posix())
    console.answer(paint(app.say("cli.drill.done", **facts), "good"))
    console.answer(app.say("cli.drill.keys", **facts))
    if facts["labels"]:
        console.answer(app.say("cli.drill.labels", **facts))
    console.answer(app.say("cli.drill.next"))
    for name, place in (("CUSTODY_LEDGER", "ledger"), ("CUSTODY_STATE", "state"), ("CUSTODY_KEYS", "keys")):
        console.answer(f"  export {name}={folder}/{place}")
    if facts["waiting"]:
        console.answer(f"  custody scan {'bongkar' if app.lang == 'id' else 'unload'} --receiver {facts['receiver']}")
    for words in ("seal", "scan", "status", "incident", "findings"):
        console.answer(f"  custody {words}")
    console.answer(app.say("cli.drill.waiting" if facts["waiting"] else "cli.drill.ready", **facts))
    console.answer(app.say("cli.drill.never"))
