"""`custody witness`: a witness of ledgers on a laptop (new, watch, cosign, serve, show); the office and its witnesses (add, ask, take)."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Altered, Undecided
from custody.durable import write_durably, write_new
from custody.reading import read
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.runtime import App, argument, group, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.outside import asking, watching

if TYPE_CHECKING:
    from custody.core.errors import CustodyError
    from custody.ledger.cosigning import Asked
    from custody.witness.witness import Cosigned, Witness

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_LONGEST = 3600.0  # seconds between two rounds of asking, however long the witnesses have been away
_MOST = 131_072
sleep = time.sleep


@group("witness")
def command() -> None: ...


@define("witness.new", parent=command)
@argument("folder", type=_FOLDER)
@option("--name", required=True)
@option("--trust", type=_FILE, required=True)
@option("--passphrase-file", "file", type=_FILE)
@pass_app
def new(app: App, folder: Path, name: str, trust: Path, file: Path | None) -> None:
    from custody_cli.keys.signing import chosen_passphrase
    from custody_cli.papers.trustfile import trust_file

    key = watching.made(folder, name, trust_file(app, trust), lambda: chosen_passphrase(app, name, file))
    facts = {"folder": str(folder), "name": name, "key": str(key)}
    app.answer("witness.new", facts, lambda: app.say("cli.witness.new.done", **facts))


@define("witness.watch", parent=command)
@argument("folder", type=_FOLDER)
@argument("trust", type=_FILE)
@pass_app
def watch(app: App, folder: Path, trust: Path) -> None:
    from custody.assembly.witnessing import WitnessFolder
    from custody_cli.papers.trustfile import trust_file

    origins = watching.watch(WitnessFolder(folder), trust_file(app, trust))
    app.answer("witness.watch", {"origins": list(origins)}, lambda: app.say("cli.witness.watch.done", origins=origins))


@define("witness.cosign", parent=command)
@argument("folder", type=_FOLDER)
@argument("requests", type=_FILE, nargs=-1, required=True)
@option("--out", "target", type=_FILE)
@option("--passphrase-file", "file", type=_FILE)
@pass_app
def cosign(app: App, folder: Path, requests: tuple[Path, ...], target: Path | None, file: Path | None) -> int:
    from custody.core.errors import CustodyError

    if target is not None and len(requests) > 1:
        raise WrongUse("cli.witness.cosign.out", count=len(requests))
    bodies = [read(path, _MOST) for path in requests]
    witness = watching.opened(app, folder, file)
    told, rows, code = [], list[dict[str, Any]](), Exit.FINE
    for path, body in zip(requests, bodies, strict=True):
        made = _made(witness, body)
        if isinstance(made, CustodyError):
            code = Exit.ALTERED if code == Exit.ALTERED or isinstance(made, Altered) else Exit.UNDECIDED
        rows.append(_written(made, path, target))
        told.append(watching.told(app, made))
        told += [app.say("cli.witness.cosign.done", path=rows[-1]["path"])] if rows[-1]["path"] else []
    app.answer("witness.cosign", {"requests": rows}, lambda: "\n".join(told))
    return code


def _made(witness: "Witness", body: bytes) -> "Cosigned | CustodyError":
    """What it says of a request: by stick the last one may come again, because its answer was lost."""
    from custody.core.errors import CustodyError

    try:
        return witness.add(body)
    except CustodyError as error:
        return (witness.again(body) if error.code == "witness.size" else None) or error


def _written(made: "Cosigned | CustodyError", request: Path, target: Path | None) -> dict[str, Any]:
    """Put the cosigned checkpoint beside its request, or where it was asked for; it may replace only an older answer."""
    from custody.core.errors import CustodyError

    if isinstance(made, CustodyError):
        return {"request": str(request), "path": None, "code": made.code}
    path = target or request.with_suffix(".cosigned")
    write_durably(path, made.note)
    return {"request": str(request), "path": str(path), "code": None}


@define("witness.serve", parent=command)
@argument("folder", type=_FOLDER)
@option("--host", default="127.0.0.1")
@option("--port", type=click.IntRange(1, 65535), default=8426)
@option("--passphrase-file", "file", type=_FILE)
@pass_app
def serve(app: App, folder: Path, host: str, port: int, file: Path | None) -> None:
    try:
        import uvicorn

        from custody.witness.serving import application
    except ImportError:
        raise Undecided("cli.witness.extra") from None
    witness = watching.opened(app, folder, file)
    app.console.note(app.say("cli.witness.serve.ready", host=host, port=port, name=witness.signer.key.name))
    served = application(witness, lambda one: app.console.note(watching.told(app, one)))
    uvicorn.run(served, host=host, port=port, log_level="error", access_log=False, server_header=False)


@define("witness.show", parent=command)
@argument("folder", type=_FOLDER)
@pass_app
def show(app: App, folder: Path) -> int | None:
    from custody.core.moment import from_seconds
    from custody_cli.ground.desk import zone_here

    key, rows, kept = watching.key_of(folder), watching.seen(folder), watching.evidence(folder)
    zone = zone_here(app)

    def human() -> str:
        told = [app.say("cli.witness.show.key", name=key.name, key=str(key))]
        for row in rows:
            code = "cli.witness.show.seen" if row["time"] else "cli.witness.show.never"
            told.append(app.say(code, **{**row, "at": from_seconds(row["time"] or 0), "zone": zone}))
        told += [paint(app.say("cli.witness.show.evidence", path=path), "bad") for path in kept]
        return "\n".join(told)

    app.answer("witness.show", {"name": key.name, "key": str(key), "ledgers": rows, "evidence": kept}, human)
    return Exit.ALTERED if any(path.endswith(".fork") for path in kept) else None


# -- at the office ------------------------------------------------------------------------------------------------------------------


@define("witness.add", parent=command)
@argument("name")
@argument("key")
@option("--url")
@option("--needed", type=click.IntRange(1, 64))
@pass_app
def add(app: App, name: str, key: str, url: str | None, needed: int | None) -> None:
    from custody.core.note import VerifierKey

    with office(app, write=True, proven=True) as opened:
        policy = asking.with_witness(opened.policy, name, VerifierKey.parse(key), url, needed)
        write_durably(opened.folder.policy, policy.format())
        facts = {"name": name, "path": str(opened.folder.policy)}
        text = policy.format().decode("utf-8", "replace")
        said = [app.say("cli.witness.add.done", **facts), asking.quorum_words(app, policy), app.say("cli.witness.add.hand", **facts)]
        app.answer("witness.add", {**facts, "policy": text}, lambda: "\n".join([*said, "", text]).rstrip())


@define("witness.request", parent=command)
@option("--since", type=click.IntRange(0), default=0)
@option("--out", "target", type=_FILE)
@pass_app
def request(app: App, since: int, target: Path | None) -> None:
    from custody.ledger import cosigning

    with office(app, proven=True) as opened:
        size = opened.ledger.refresh()
        if since > size:
            raise WrongUse("cli.witness.request.since", since=since, size=size)
        body = cosigning.request(opened.ledger, since)
    path = target or Path(f"permintaan-saksi-{since}-{size}.req")
    write_new(path, body)
    facts = {"path": str(path), "since": since, "size": size}
    app.answer("witness.request", facts, lambda: app.say("cli.witness.request.done", **facts))


@define("witness.ask", parent=command)
@option("--every", type=click.IntRange(1, 1440))
@option("--rounds", type=click.IntRange(1), hidden=True)
@pass_app
def ask(app: App, every: int | None, rounds: int | None) -> int:
    code, left = _round(app), rounds
    if every is None:
        return code
    wait = asking.patience(every * 60.0, max(_LONGEST, every * 60.0))
    while left is None or left > 1:
        sleep(wait(code == Exit.FINE))
        code, left = _round(app), None if left is None else left - 1
    return code


def _round(app: App) -> int:
    """Ask everybody once: 0 when the quorum has signed the newest head, 3 when one says that it saw another history, else 4."""
    from custody.assembly.witnessing import ask_witnesses

    with office(app, write=True, proven=True) as opened:
        policy = opened.policy
        if not policy.urls.keys() & set(policy.witnesses.values()):
            raise Undecided("cli.witness.ask.nobody")
        try:
            asked = ask_witnesses(opened, policy)
        except ImportError:
            raise Undecided("cli.witness.extra") from None
        state = asking.standing(opened, policy)
        told = [*asking.lines(app, asked), asking.standing_line(app, opened, state)]
        document = {"asked": [_row(one) for one in asked], **state.document()}
        app.answer("witness.ask", document, lambda: "\n".join(told))
    if any(one.outcome in asking.LOUD for one in asked):
        app.console.bell()
        return Exit.ALTERED
    return Exit.UNDECIDED if state.waiting else Exit.FINE


def _row(one: "Asked") -> dict[str, Any]:
    return {"name": one.name, "outcome": one.outcome, "size": one.size, **one.facts}


@define("witness.take", parent=command)
@argument("files", type=_FILE, nargs=-1, required=True)
@pass_app
def take(app: App, files: tuple[Path, ...]) -> int:
    from custody.ledger import cosigning

    told, rows = [], []
    with office(app, write=True, proven=True) as opened:
        policy = opened.policy
        for path in files:
            names = cosigning.take(opened.store, read(path, _MOST), policy)
            rows.append({"file": str(path), "names": names})
            code = "cli.witness.take.new" if names else "cli.witness.take.known"
            told.append(app.say(code, path=str(path), names=tuple(names)))
        state = asking.standing(opened, policy)
        told.append(asking.standing_line(app, opened, state))
        app.answer("witness.take", {"files": rows, **state.document()}, lambda: "\n".join(told))
    return Exit.UNDECIDED if state.waiting else Exit.FINE


@define("witness.stamp", parent=command)
@option("--out", "target", type=_FILE)
@pass_app
def stamp(app: App, target: Path | None) -> None:
    from custody.witness.timestamp import request

    with office(app, proven=True) as opened:
        size = opened.ledger.refresh()
        note = opened.ledger.checkpoint()
    path = target or Path(f"titik-{size}.checkpoint")
    asked = path.with_suffix(".tsq")
    try:
        body = request(note)
    except ImportError:
        raise Undecided("cli.witness.stamp.extra") from None
    write_new(path, note)
    write_new(asked, body)
    facts = {"path": str(path), "request": str(asked), "size": size}
    app.answer("witness.stamp", facts, lambda: app.say("cli.witness.stamp.done", **facts))


@define("witness.stamped", parent=command)
@argument("checkpoint", type=_FILE)
@argument("response", type=_FILE)
@option("--certificate", type=_FILE, required=True)
@option("--trust", type=_FILE)
@pass_app
def stamped(app: App, checkpoint: Path, response: Path, certificate: Path, trust: Path | None) -> None:
    from custody.core.moment import from_seconds
    from custody.witness import timestamp
    from custody_cli.commands.check import trust_of
    from custody_cli.ground.desk import zone_here
    from custody_cli.outside.hearsay import require_logs

    note = read(checkpoint, _MOST)
    head = require_logs(trust_of(app, trust)).checkpoint(note)
    try:
        time_ = timestamp.read(note, read(response, timestamp.MOST), read(certificate, timestamp.MOST))
    except ImportError:
        raise Undecided("cli.witness.stamp.extra") from None
    facts = {"size": head.size, "line": head.short, "origin": head.origin, "at": from_seconds(time_)}
    app.answer("witness.stamped", facts, lambda: app.say("cli.witness.stamped.holds", **facts, zone=zone_here(app)))


@define("witness.list", parent=command)
@pass_app
def list_(app: App) -> None:
    with office(app, proven=True) as opened:
        policy = opened.policy
        rows, state = asking.rows(opened, policy), asking.standing(opened, policy)

        def human() -> str:
            if not rows:
                return app.say("cli.witness.list.none")
            told = [app.say("cli.witness.list.row", **{**row, "url": row["url"] or "—"}) for row in rows]
            return "\n".join([*told, asking.quorum_words(app, policy), asking.standing_line(app, opened, state)])

        app.answer("witness.list", {"witnesses": rows, **state.document()}, human)
