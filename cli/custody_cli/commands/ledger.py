"""`custody ledger`: unlock the ledger key for a shift, lock it again, see how the ledger stands."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Locked, Refused
from custody_cli.boxes import travel
from custody_cli.ground.desk import office, state_dir
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.prompts import unlock as ask_passphrase
from custody_cli.ground.runtime import App, group, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import Table, with_signers
from custody_cli.keys.hold import Order, hold, start

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.ledger.outbox import Pending

_FILE = click.Path(dir_okay=False, path_type=Path)
_HOURS = 12
_PATIENCE = 20.0  # seconds until a holder that does not answer counts as not started


@group("ledger")
def command() -> None: ...


@define("ledger.unlock", parent=command)
@option("--key", "key_file", type=_FILE)
@option("--passphrase-file", "file", type=_FILE)
@option("--hours", type=click.IntRange(1, 24), default=_HOURS)
@option("--foreground", is_flag=True)
@pass_app
def unlock(app: App, key_file: Path | None, file: Path | None, hours: int, foreground: bool) -> None:
    from custody.ledger import holder

    with office(app, proven=True) as opened:
        if opened.station or opened.founding.body["ledger_key_use"] != "unlocked":
            said = app.say("cli.ledger.unlock.file", path=str(opened.folder.key))
            return app.answer("ledger.unlock", {"until": None, "already": True}, said)
        origin, folder, path = opened.origin, opened.folder.path, key_file or opened.folder.key
        held = holder.find(opened.state, origin)
        if held is not None:
            said = app.say("cli.ledger.unlock.already", until=held.until, zone=opened.zone)
            return app.answer("ledger.unlock", {"until": held.until, "already": True}, said)
        word = _passphrase(app, opened, path, file)
    order = Order(os.path.realpath(path), word, origin, os.path.realpath(state_dir(app)), os.path.realpath(folder), hours * 3600)
    if foreground:
        app.console.note(app.say("cli.ledger.unlock.foreground", hours=hours))
        return hold(order)
    start(order)
    return _unlocked(app, _awaited(state_dir(app), origin))


def _passphrase(app: App, opened: "Office", path: Path, file: Path | None) -> str:
    """The passphrase of the ledger key, tried on the key, which must be this ledger's and count now."""
    from custody.assembly import file_key
    from custody.station.keyfile import read_passphrase

    def tried(typed: str) -> str:
        signer = file_key(path, opened.origin, lambda: typed.encode("utf-8", "surrogateescape"))
        known = opened.ledger.state.roster.known(signer.key.name, signer.key.key_id, opened.ledger.size)
        if known is None or known.public != signer.key.public or not known.counts(opened.ledger.size):
            raise Refused("ledger.key.foreign", path=str(path), origin=opened.origin)
        return typed

    if file is not None:
        return tried(read_passphrase(file).decode("utf-8", "surrogateescape"))
    question = app.say("cli.sign.passphrase", name=app.say("cli.init.ledgerkey"), path=str(path))
    return ask_passphrase(app.prompter, question, tried, app.say)


def _awaited(state: Path, origin: str) -> Any:
    """The holder once it answers. Raises Locked("ledger.unlock")."""
    from custody.ledger import holder

    patience = time.monotonic() + _PATIENCE
    while time.monotonic() < patience:
        shift = holder.find(state, origin)
        if shift is not None:
            return shift
        time.sleep(0.05)
    raise Locked("ledger.unlock")


def _unlocked(app: App, shift: Any) -> None:
    """Seal what waited, and say until when the key is at hand."""
    from custody.core.errors import CustodyError

    with office(app, write=True, proven=True) as opened:
        answers = opened.flush()
        zone = opened.zone
    refused = sum(isinstance(answer, CustodyError) for answer in answers)
    document = {"until": shift.until, "already": False, "sealed": len(answers) - refused, "refused": refused}
    app.answer("ledger.unlock", document, app.say("cli.ledger.unlock.done", until=shift.until, zone=zone))


@define("ledger.outbox", parent=command)
@option("--again", is_flag=True)
@option("--set-aside", "aside", is_flag=True)
@pass_app
def outbox(app: App, again: bool, aside: bool) -> int | None:
    """What is signed and not in the ledger: what waits, and what was refused and why."""
    if again and aside:
        raise WrongUse("cli.ledger.outbox.both")
    with office(app, write=again, proven=True) as opened:
        if aside:
            opened.outbox.set_aside()
        if again and opened.outbox.again() and not opened.station:
            opened.flush()
        waiting = [_told(app, opened, one.note) for one in opened.outbox.pending()]
        refused = [_answered(app, opened, one) for one in opened.outbox.refused()]

    def human() -> str:
        rows = [app.say(f"cli.ledger.outbox.{name}", **one) for name, told in (("waits", waiting), ("refused", refused)) for one in told]
        steps = [app.next_step("cli.ledger.unlocking")] * bool(waiting) + [app.next_step("cli.ledger.outbox.refused")] * bool(refused)
        rows += [f"{app.say('cli.next')} {step}" for step in steps]
        return "\n".join(rows or [app.say("cli.ledger.outbox.empty")])

    app.answer("ledger.outbox", {"waiting": waiting, "refused": refused}, human)
    return Exit.FINDINGS if refused else None


def _answered(app: App, opened: "Office", one: "Pending") -> dict[str, Any]:
    """The same of a refused note, with what the office answered where it did."""
    from custody.core.bundle import Refusal

    told, answer = _told(app, opened, one.note), opened.outbox.reason(one.path)
    if answer is not None:
        with suppress(ValueError, TypeError):
            found = Refusal(**json.loads(answer))
            told["why"] = app.say(found.code, **travel.facts_of(found))
    return told


def _told(app: App, opened: "Office", note: bytes) -> dict[str, Any]:
    """A note in words: what it says, who signed, and what the ledger would answer to it now."""
    from custody.core import entry
    from custody.core.errors import CustodyError

    told: dict[str, Any] = {"kind": "—", "sid": None, "signers": (), "why": None}
    try:
        parsed = entry.parse(note)
        told |= {"kind": parsed.statement.kind.name, "sid": parsed.statement.sid, "signers": tuple(line.name for line in parsed.lines)}
        opened.ledger.state.authenticate(note)
    except CustodyError as error:
        told["why"] = app.say(error.code, **error.facts)
    return told


@define("ledger.lock", parent=command)
@pass_app
def lock(app: App) -> None:
    from custody.ledger import holder

    with office(app, proven=True) as opened:
        was = holder.lock(opened.state, opened.origin)
    app.answer("ledger.lock", {"was_unlocked": was}, app.say("cli.ledger.lock.done" if was else "cli.ledger.lock.already"))


@define("ledger.rotate", parent=command)
@with_signers
@option("--new-passphrase-file", "fresh_file", type=_FILE)
@option("--ledger-passphrase-file", "old_file", type=_FILE)
@option("--revoke", "reason", type=WordChoice("revokereason", ("lost", "stolen", "compromised", "rotated", "other")))
@pass_app
def rotate(app: App, table: Table, fresh_file: Path | None, old_file: Path | None, reason: str | None) -> None:
    from custody.ledger import holder
    from custody_cli.keys import rotation

    with office(app, proven=True) as opened:
        waiting = len(opened.outbox.pending())
        if waiting and reason != "lost" and opened.folder.key.exists():  # else nothing but the new key can seal them
            raise WrongUse("cli.ledger.rotate.outbox", count=waiting)
        opened.check_place()
        holder.lock(opened.state, opened.origin)
        done = rotation.rotate(app, opened, table, fresh_file, old_file, reason)
        logs = [str(log) for log in opened.policy.logs]
    document = {"entries": [{"index": receipt.index, "sid": receipt.sid} for receipt in done.receipts], "logs": logs}
    lines = "\n".join(f"log {log}" for log in logs)
    app.answer("ledger.rotate", document, lambda: app.say("cli.ledger.rotate.done") + "\n\n" + lines)


@define("ledger.status", parent=command)
@pass_app
def status(app: App) -> None:
    with office(app, proven=True) as opened:
        document = {**_facts(opened), "guard": _guard(opened), "key": _key(opened)}
        zone = opened.zone

    def human() -> str:
        last = document["backup"]
        rows = [app.say("cli.ledger.status.head", **{name: document[name] for name in ("operation", "origin", "size", "folder")})]
        if document["drill"]:
            rows.append(app.say("cli.ledger.status.drill"))
        key = document["key"]
        rows.append(app.say(f"cli.ledger.status.key.{key['state']}", until=key["until"], zone=zone))
        rows.append(app.say(f"cli.ledger.status.guard.{document['guard']}"))
        rows += [app.say(f"cli.ledger.status.{name}", count=document[name]) for name in ("outbox", "refused") if document[name]]
        at, size = (last["at"], last["size"]) if last else (None, None)
        rows.append(app.say("cli.ledger.status.backup" if last else "cli.ledger.status.nobackup", at=at, size=size, zone=zone))
        return "\n".join(rows)

    app.answer("ledger.status", document, human)


def _facts(opened: "Office") -> dict[str, Any]:
    from custody.assembly import last_backup

    last = last_backup(opened)
    return {
        "backup": None if last is None else vars(last),
        "drill": opened.drill,
        "folder": str(opened.folder.path),
        "operation": opened.founding.body["operation"],
        "origin": opened.origin,
        "outbox": len(opened.outbox.pending()),
        "refused": len(opened.outbox.refused()),
        "size": opened.ledger.size,
        "zone": opened.zone,
    }


def _key(opened: "Office") -> dict[str, Any]:
    from custody.ledger import holder

    if opened.station:
        return {"state": "away", "until": None}
    if opened.founding.body["ledger_key_use"] == "file":
        return {"state": "file" if opened.folder.key.exists() else "missing", "until": None}
    shift = holder.find(opened.state, opened.origin)
    return {"state": "locked" if shift is None else "unlocked", "until": None if shift is None else shift.until}


def _guard(opened: "Office") -> str:
    """`here`, or why this folder may not be appended to: `missing`, `moved`, `elsewhere`, `behind`, `unknown`."""
    from custody.core.errors import Altered, CustodyError

    if not opened.guard.path.exists():
        return "missing"
    try:
        opened.check_place()
    except Altered:
        return "behind"
    except CustodyError as error:
        return {"guard.moved": "moved", "guard.machine": "elsewhere", "guard.path": "elsewhere"}.get(error.code, "unknown")
    return "here"
