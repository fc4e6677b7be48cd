"""`custody backup`: everything of the ledger in one file under a passphrase, on a stick."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import KeyTrouble
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import confirm, unlock
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.signing import chosen_passphrase

if TYPE_CHECKING:
    from custody.assembly import Office

_FILE = click.Path(dir_okay=False, path_type=Path)


@define("backup")
@argument("target", type=click.Path(path_type=Path))
@option("--passphrase-file", "file", type=_FILE)
@option("--without-key", is_flag=True)
@pass_app
def command(app: App, target: Path, file: Path | None, without_key: bool) -> None:
    from custody.assembly import back_up

    _check_target(target)
    with office(app, proven=True) as opened:
        passphrase = _passphrase(app, opened, file)
        app.console.note(app.say("cli.backup.working"))
        made = back_up(opened, target, passphrase, random, with_key=not without_key)
        zone = opened.zone
        same_disk = made.path.stat().st_dev == opened.folder.path.stat().st_dev
    if same_disk:
        app.console.warn(app.say("cli.backup.same_disk"))
    document = {"file": str(made.path), "bytes": made.bytes, "size": made.head.size, "at": made.head.at, "same_disk": same_disk}
    facts = {"path": str(made.path), "bytes": made.bytes, "size": made.head.size, "at": made.head.at, "zone": zone}
    app.answer("backup", document, app.say("cli.backup.done", **facts))


def _check_target(target: Path) -> None:
    """A folder that is there, or a file name with an ending in one. Raises WrongUse("cli.backup.folder") with the sticks that are here.

    `custody backup FLASHDISK`, as it stands on a card, must not become a file of that name on the disk of the ledger.
    """
    if target.is_dir() or (target.suffix and target.parent.is_dir()):
        return
    from custody_cli.keys.keyring import sticks

    found = [str(path) for path in sticks() if os.path.ismount(path)]
    if not found:
        raise WrongUse("cli.backup.folder.none", target=str(target))
    raise WrongUse("cli.backup.folder", target=str(target), sticks=tuple(found), example=shlex.quote(found[0]))


def _passphrase(app: App, opened: "Office", file: Path | None) -> bytes:
    """The passphrase of every backup: chosen once, then the same every shift; another one is never taken by mistake."""
    from custody.assembly import familiar_passphrase, last_backup
    from custody.station.keyfile import read_passphrase

    last = last_backup(opened)
    if file is not None:
        word = read_passphrase(file)
        if familiar_passphrase(opened, word) is False:
            app.console.warn(app.say("cli.backup.other"))
        return word
    if last is None:
        app.console.note(app.say("cli.backup.first"))
        return chosen_passphrase(app, app.say("cli.backup.name"), None)

    def tried(typed: str) -> bytes:
        if familiar_passphrase(opened, typed.encode()) is False:
            raise KeyTrouble("backup.passphrase")
        return typed.encode()

    try:
        return unlock(app.prompter, app.say("cli.backup.same", at=last.at, zone=opened.zone), tried, app.say)
    except KeyTrouble as error:
        if error.code != "backup.passphrase" or not confirm(app.prompter, app.say("cli.backup.change"), app.lang, False):
            raise
    app.console.note(app.say("cli.backup.first"))
    return chosen_passphrase(app, app.say("cli.backup.name"), None)
