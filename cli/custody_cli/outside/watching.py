"""A witness on the laptop of a party's agent: its folder, its key, what it signs and what it tells (docs/spec/26-witnesses.md)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError, KeyTrouble, Refused
from custody.durable import write_durably
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import random

if TYPE_CHECKING:
    from custody.assembly.witnessing import WitnessFolder
    from custody.core.note import VerifierKey
    from custody.core.policy import Policy
    from custody.witness.witness import Cosigned, Witness


def made(folder: Path, name: str, trust: "Policy", word: Callable[[], bytes]) -> "VerifierKey":
    """The folder of a new witness: its key, and the ledgers it watches; nothing there is touched. Raises `KeyTrouble`, `Malformed`."""
    from custody.assembly.witnessing import WitnessFolder, cosigning_key
    from custody.station.keyfile import new_key

    place = WitnessFolder(folder)
    if place.key.exists() or (place.policy.exists() and place.policy.read_bytes() != _watched(trust.logs)):
        raise KeyTrouble("key.exists", path=str(place.key))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    chosen = word()
    _write(place, trust.logs)  # the key last: it is what makes it a witness, and a try that was cut short can be made again
    public = new_key(place.key, name, chosen, random=random)
    return cosigning_key(name, public.public)


def watch(place: "WitnessFolder", trust: "Policy") -> tuple[str, ...]:
    """Watch the ledgers of one more trust file; returns the origins watched now.

    A key of a ledger that is watched is taken only with the keys known already: else somebody puts his own key in its place.
    Raises `Refused("witness.folder")`, `Refused("cli.witness.watch.key")`.
    """
    from custody.assembly import read_policy

    place.require()
    known = read_policy(place.policy).logs
    for log in trust.logs:
        if {one for one in known if one.name == log.name} - set(trust.logs):
            raise Refused("cli.witness.watch.key", origin=log.name)
    logs = tuple(dict.fromkeys((*known, *trust.logs)))
    _write(place, logs)
    return tuple(dict.fromkeys(log.name for log in logs))


def _write(place: "WitnessFolder", logs: "tuple[VerifierKey, ...]") -> None:
    write_durably(place.policy, _watched(logs))


def _watched(logs: "tuple[VerifierKey, ...]") -> bytes:
    from custody.core.policy import Policy

    return Policy(logs).format()


def opened(app: App, folder: Path, file: Path | None) -> "Witness":
    """The witness of a folder with its key unlocked. Raises as `open_key`, and `Refused("witness.folder")`."""
    from custody.assembly.witnessing import WitnessFolder, witness_of
    from custody_cli.keys.signing import open_key

    place = WitnessFolder(folder)
    place.require()
    return witness_of(place, open_key(app, place.key, file), lambda: int(app.clock().timestamp()))


def key_of(folder: Path) -> "VerifierKey":
    """The verifier key of a witness, without its passphrase. Raises `Refused("witness.folder")`, `KeyTrouble`."""
    from custody.assembly.witnessing import WitnessFolder, cosigning_key
    from custody.station.keyfile import read_public

    place = WitnessFolder(folder)
    place.require()
    public = read_public(place.key)
    return cosigning_key(public.name, public.public)


def seen(folder: Path) -> list[dict[str, Any]]:
    """Each ledger that is watched, and the head that was cosigned last."""
    from custody.assembly import read_policy
    from custody.assembly.witnessing import WitnessFolder, book_of
    from custody.core.checkpoint import Checkpoint, cosignatures
    from custody.core.note import split

    place = WitnessFolder(folder)
    book, key, rows = book_of(place), key_of(folder), []
    for origin in dict.fromkeys(log.name for log in read_policy(place.policy).logs):
        note = book.last(origin)
        row: dict[str, Any] = {"origin": origin, "size": 0, "line": None, "time": None}
        if note is not None:
            head = Checkpoint.parse(split(note)[0])
            row |= {"size": head.size, "line": head.short, "time": cosignatures(note, [key]).get(key.name)}
        rows.append(row)
    return rows


def evidence(folder: Path) -> list[str]:
    """What was kept against ledgers."""
    from custody.assembly.witnessing import WitnessFolder, book_of

    return [str(path) for path in book_of(WitnessFolder(folder)).evidence()]


def told(app: App, one: "Cosigned | CustodyError") -> str:
    """What became of one request: a line on the screen; a fork with the bell."""
    from custody.core.checkpoint import Checkpoint
    from custody.core.errors import Altered
    from custody.core.note import split

    if isinstance(one, CustodyError):
        if isinstance(one, Altered):
            app.console.bell()
        said = paint(app.say(one.code, **one.facts), "bad" if isinstance(one, Altered) else "warn")
        step = app.next_step(one.code, **one.facts) if isinstance(one, Altered) else None
        return said + (f"\n{app.say('cli.next')} {step}" if step else "")
    head = Checkpoint.parse(split(one.note)[0])
    return paint(app.say("cli.witness.cosigned", size=head.size, line=head.short, origin=head.origin), "good")
