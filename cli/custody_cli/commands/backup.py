"""`custody backup`: everything of the ledger in one file under a passphrase, on a stick."""

from pathlib import Path

import click

from custody_cli.desk import office, random
from custody_cli.runtime import App, argument, option, pass_app
from custody_cli.runtime import command as define
from custody_cli.signing import chosen_passphrase

_FILE = click.Path(dir_okay=False, path_type=Path)


@define("backup")
@argument("target", type=click.Path(path_type=Path))
@option("--passphrase-file", "file", type=_FILE)
@option("--without-key", is_flag=True)
@pass_app
def command(app: App, target: Path, file: Path | None, without_key: bool) -> None:
    from custody.assembly import back_up

    with office(app) as opened:
        passphrase = chosen_passphrase(app, app.say("cli.backup.name"), file)
        app.console.note(app.say("cli.backup.working"))
        made = back_up(opened, target, passphrase, random, with_key=not without_key)
        zone = opened.zone
        same_disk = made.path.stat().st_dev == opened.folder.path.stat().st_dev
    if same_disk:
        app.console.warn(app.say("cli.backup.same_disk"))
    document = {"file": str(made.path), "bytes": made.bytes, "size": made.head.size, "at": made.head.at, "same_disk": same_disk}
    facts = {"path": str(made.path), "bytes": made.bytes, "size": made.head.size, "at": made.head.at, "zone": zone}
    app.answer("backup", document, app.say("cli.backup.done", **facts))
