"""`custody move`: the signed act by which the ledger goes to another machine or another path."""

from pathlib import Path

import click

from custody.durable import write_new
from custody.reading import read
from custody_cli.ground import target as targets
from custody_cli.ground.desk import office, state_dir
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.keys.ledgerkey import ledger_key
from custody_cli.keys.signing import open_key

_FILE = click.Path(dir_okay=False, path_type=Path)
_MOST = 65_536  # bytes of a request or a move note
_TOLD = 65_536  # entries between two words on how far a ledger is across


@define("move")
@option("--request", type=_FILE)
@option("--to", "asked", type=_FILE)
@option("--accept", "note", type=_FILE)
@option("--here", is_flag=True)
@option("--to-database", "url")
@option("--to-sqlite", "back", is_flag=True)
@option("--key", type=KEY)
@option("--passphrase-file", "file", type=_FILE)
@option("--ledger-passphrase-file", "ledger_file", type=_FILE)
@option("--out", type=_FILE)
@option("--yes", is_flag=True)
@pass_app
def command(
    app: App,
    request: Path | None,
    asked: Path | None,
    note: Path | None,
    here: bool,
    url: str | None,
    back: bool,
    key: Path | None,
    file: Path | None,
    ledger_file: Path | None,
    out: Path | None,
    yes: bool,
) -> None:
    if sum((request is not None, asked is not None, note is not None, here, url is not None, back)) != 1:
        raise WrongUse("cli.move.which")
    if url is not None or back:
        return _carry(app, url, yes)
    if request is not None:
        return _request(app, request)
    if note is not None:
        return _accept(app, note)
    if key is None:
        raise WrongUse("cli.move.key")
    if asked is not None:
        return _leave(app, asked, key, file, ledger_file, out or Path("custody-move.note"), yes)
    return _stay(app, key, file, ledger_file, yes)


def _request(app: App, target: Path) -> None:
    """On the new machine: the file that names it."""
    from custody.assembly import move_request

    write_new(target, move_request())
    app.answer("move.request", {"file": str(target)}, app.say("cli.move.requested", path=str(target)))


def _leave(app: App, asked: Path, key: Path, file: Path | None, ledger_file: Path | None, out: Path, yes: bool) -> None:
    """On the old machine: sign, close for ever, give the note; asked again, the same note."""
    from custody.assembly import departed, leave
    from custody.ledger import holder

    request = read(asked, _MOST)
    targets.free(out)
    with office(app, proven=True) as opened:
        waiting, size = len(opened.outbox.pending()), opened.ledger.size
        if waiting:
            raise WrongUse("cli.move.outbox", count=waiting)
        data = departed(opened)
        if data is None:
            agreed(app, app.say("cli.move.agree", folder=str(opened.folder.path), size=size), yes)
            person = open_key(app, key, file).line
            data = leave(opened, request, ledger_key(app, opened, app.say("cli.init.ledgerkey"), ledger_file), person)
        holder.lock(opened.state, opened.origin)
    write_new(out, data)
    app.answer("move", {"file": str(out), "size": size}, app.say("cli.move.left", path=str(out), size=size))


def _accept(app: App, note: Path) -> None:
    """On the new machine: this folder is the ledger's home from now on."""
    from custody.assembly import arrive

    size = arrive(app.ledger(), read(note, _MOST), state_dir=state_dir(app), clock=app.clock)
    app.answer("move.accept", {"folder": str(app.ledger()), "size": size}, app.say("cli.move.arrived", folder=str(app.ledger()), size=size))


def _stay(app: App, key: Path, file: Path | None, ledger_file: Path | None, yes: bool) -> None:
    """Same machine, another path."""
    from custody.assembly import stay

    with office(app, proven=True) as opened:
        agreed(app, app.say("cli.move.agree.here", folder=str(opened.folder.path)), yes)
        person, signer = open_key(app, key, file).line, ledger_key(app, opened, app.say("cli.init.ledgerkey"), ledger_file)
    size = stay(app.ledger(), signer, person, state_dir=state_dir(app), clock=app.clock)
    app.answer("move.here", {"folder": str(app.ledger()), "size": size}, app.say("cli.move.here", folder=str(app.ledger()), size=size))


def _carry(app: App, url: str | None, yes: bool) -> None:
    """Same folder, another database: into the one of a URL, or back into the folder's own file."""
    from custody.assembly import carried

    where = url or str(app.ledger() / "ledger.db")
    agreed(app, app.say("cli.move.agree.database", folder=str(app.ledger()), where=where), yes)

    def watch(done: int, size: int) -> None:
        if done % _TOLD == 0:
            app.console.note(app.say("cli.move.carrying", done=done, size=size))

    size = carried(app.ledger(), url, state_dir=state_dir(app), watch=watch)
    document = {"folder": str(app.ledger()), "size": size, "database": url}
    app.answer("move.database", document, app.say("cli.move.carried", where=where, size=size))
