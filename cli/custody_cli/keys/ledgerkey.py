"""The ledger key itself, opened by who may: a process that holds it for the shift signs checkpoints and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

from custody_cli.ground.app import App
from custody_cli.ground.prompts import unlock

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.ledger.ports import Signer


def ledger_key(app: App, office: "Office", name: str, file: Path | None) -> "Signer":
    """The key as the founding keeps it: open in its file, or under a passphrase that comes from a file or is asked for by `name`.

    Raises `KeyTrouble`.
    """
    from custody.assembly import file_key
    from custody.station.keyfile import read_passphrase

    path, origin = office.folder.key, office.origin
    if office.founding.body["ledger_key_use"] == "file":
        return file_key(path, origin, lambda: b"")
    if file is not None:
        return file_key(path, origin, lambda: read_passphrase(file))
    question = app.say("cli.sign.passphrase", name=name, path=str(path))
    return unlock(app.prompter, question, lambda typed: file_key(path, origin, typed.encode), app.say)
