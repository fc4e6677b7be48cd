"""`custody simulate`: an invented election night from a seed, as a drill ledger; what was planted in it stands in a file beside."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.simulator.land import Land
    from custody.simulator.night import Night

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_MOST = 8_000_000
_BATCH = 250
_PASSPHRASE = "latihan"
_KEYS = ("authority", "supervisor", "leader", "keeper", "ppk", "witness")  # whose keys lie in files, to go on with by hand
_NOT_HERE = "logged twice"  # a ledger that is written by this program logs nothing twice
PLANTED, TRUTH = "ditanam.json", "kebenaran.csv"


@define("simulate")
@option("--folder", "where", type=_FOLDER, default="simulasi")
@option("--seed", type=click.IntRange(0), default=1)
@option("--list", "counts", type=_FILE)
@option("--kecamatan", type=click.IntRange(1, 99), default=3)
@option("--desa", type=click.IntRange(1, 5_000), default=9)
@option("--tps", type=click.IntRange(1, 20_000), default=30)
@option("--election", type=click.Choice(("pilkada", "pemilu")), default="pilkada")
@option("--faults", type=click.IntRange(0, 5_000), default=0)
@option("--way-home", "short", is_flag=True)
@pass_app
def command(
    app: App,
    where: Path,
    seed: int,
    counts: Path | None,
    kecamatan: int,
    desa: int,
    tps: int,
    election: str,
    faults: int,
    short: bool,
) -> None:
    from custody.simulator.chance import Chance
    from custody.simulator.faults import PLANTERS, mixture
    from custody.simulator.land import invented
    from custody.simulator.night import simulate

    land = _listed(app, counts, seed) if counts is not None else invented(1, kecamatan, max(desa, kecamatan), max(tps, desa), Chance(seed))
    _empty(where)
    with app.console.progress(app.say("cli.simulate.progress"), 3) as step:
        title = app.say("cli.simulate.operation", seed=seed)
        chosen = mixture(faults, [kind for kind in Chance(seed).order(PLANTERS, "kinds") if kind != _NOT_HERE])
        night = simulate(land, seed, election, chosen, title, outbound=not short, later=not short)
        step(1)
        _write(app, night, where)
        step(1)
        _keys(night, where / "keys")
        _truth(night, where / TRUTH)
        (where / PLANTED).write_text(json.dumps(_planted(app, night), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        step(1)
    facts = {"folder": str(where), "seed": seed, "boxes": len(night.truth.boxes), "entries": len(night.notes), "faults": len(night.planted)}
    lacking = dict(sorted(Counter(night.unplanted).items()))
    app.answer("simulate", {**facts, "asked": len(chosen), "unplanted": lacking}, lambda: _told(app, where, facts, lacking))


def _listed(app: App, counts: Path, seed: int) -> Land:
    """A list of polling stations of one's own. Raises `ImportRefused` after showing every fault."""
    from custody.intake.faults import ImportRefused
    from custody.intake.hierarchy import Sheet, read_hierarchy
    from custody.reading import read
    from custody.simulator.chance import Chance
    from custody.simulator.land import of_rows
    from custody_cli.keys.listing import show_faults

    try:
        hierarchy = read_hierarchy(Sheet(counts.name, read(counts, _MOST)))
    except ImportRefused as refused:
        show_faults(app, refused.faults)
        raise
    show_faults(app, hierarchy.warnings)
    return of_rows([(place.code, place.kind, place.name, place.parent) for place in hierarchy.places], Chance(seed))


def _empty(where: Path) -> None:
    """A folder with nothing in it. Raises WrongUse("cli.simulate.folder")."""
    if where.exists() and any(where.iterdir()):
        raise WrongUse("cli.simulate.folder", path=str(where))
    where.mkdir(parents=True, exist_ok=True)


def _given(seed: bytes) -> Callable[[int], bytes]:
    """Bytes for a key file, the seed of the key first; for keys that protect nothing."""
    from hashlib import sha256

    def stream() -> Iterator[bytes]:
        yield seed
        number = 0
        while True:
            number += 1
            yield sha256(seed + bytes([number % 256])).digest()

    drawn = stream()
    return lambda size: next(drawn).ljust(size, b"\0")[:size]


def _write(app: App, night: Night, where: Path) -> None:
    """Found the ledger with the key of the night, and let every note arrive in its order."""
    from custody import assembly
    from custody.station import keyfile

    ready, folder = night.preparation, where / "ledger"
    (folder / "keys").mkdir(parents=True, mode=0o700)
    keyfile.new_key(folder / "keys" / "ledger", "ledger", None, random=_given(ready.ledger_seed))
    signer = assembly.file_key(folder / "keys" / "ledger", ready.origin, bytes)
    assembly.found(folder, night.laid[0], signer, (), state_dir=where / "state")
    with assembly.open_office(folder, state_dir=where / "state", clock=app.clock, write=True) as office:
        notes = night.notes[1:]
        for at in range(0, len(notes), _BATCH):
            office.submit(notes[at : at + _BATCH])


def _keys(night: Night, folder: Path) -> None:
    """Keys of those who go on with the drill by hand."""
    from custody.station import keyfile

    folder.mkdir(mode=0o700)
    for part in night.cast.parts.values():
        if part.role in _KEYS:
            random = _given(night.cast[part.name].seed)
            keyfile.new_key(folder / part.name, part.name, _PASSPHRASE.encode(), random=random, rounds=1)


def _truth(night: Night, path: Path) -> None:
    """Where each box really was, from when on, with whom: physical facts, whatever was recorded."""
    import csv

    from custody.core.moment import from_seconds

    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(("box", "since", "place", "holder"))
        for box in sorted(night.truth.boxes):
            for at, place, holder in night.truth.minutes(box):
                write.writerow((box, from_seconds(at), "?" if place == "-" else place, holder or ""))


def _planted(app: App, night: Night) -> list[dict[str, Any]]:
    """What was planted: when, what in words, which boxes, where, and the statements that tell of it."""
    from custody.core.moment import from_seconds

    return [
        {
            "at": from_seconds(one.at),
            "boxes": list(one.boxes),
            "kind": one.kind,
            "places": list(one.rooms),
            "seen": one.seen,
            "statements": sorted(night.sids[deed] for deed in one.deeds if deed in night.sids),
            "what": app.say(word_of(one.kind)),
        }
        for one in sorted(night.planted, key=lambda one: (one.at, one.kind))
    ]


def word_of(kind: str) -> str:
    """The code of the words for a kind of fault."""
    return "fault." + "-".join(kind.lower().replace(",", "").replace("'", "").split())


def _told(app: App, where: Path, facts: dict[str, object], lacking: dict[str, int]) -> None:
    console, folder = app.console, shlex.quote(where.resolve().as_posix())
    console.answer(paint(app.say("cli.simulate.done", **facts), "good"))
    console.answer(app.say("cli.simulate.planted", **facts, file=PLANTED, truth=TRUTH))
    if lacking:
        console.answer(paint(app.say("cli.simulate.unplanted", count=sum(lacking.values())), "warn"))
        for kind, count in lacking.items():
            console.answer(f"  {count}  {app.say(word_of(kind))}")
        console.answer(f"{app.say('cli.next')} {app.say('cli.simulate.larger')}")
    console.answer(app.say("cli.simulate.keys", **facts, passphrase=_PASSPHRASE))
    console.answer(app.say("cli.drill.next"))
    for name, place in (("CUSTODY_LEDGER", "ledger"), ("CUSTODY_STATE", "state"), ("CUSTODY_KEYS", "keys")):
        console.answer(f"  export {name}={folder}/{place}")
    for words in ("status", "findings", "verify"):
        console.answer(f"  custody {words}")
    console.answer(app.say("cli.drill.never"))
