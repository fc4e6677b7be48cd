"""Statements of authorities at the table: shown, confirmed, signed by enough of them, submitted; or put on a sheet for others to sign."""

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from custody.core.errors import Refused
from custody_cli.ground.app import App
from custody_cli.ground.desk import span
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import confirm
from custody_cli.ground.runtime import gathered, option
from custody_cli.ground.settings import from_home
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import matched, no_doubles, public_of, sign_all

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.core.note import VerifierKey
    from custody.core.roster import Key
    from custody.ledger.sheet import Draft, Sheet

Enough: TypeAlias = "Callable[[Office, Sequence[VerifierKey]], None]"  # raises unless these keys suffice


@dataclass(frozen=True)
class Table:
    """Who signs and how: key files, passphrase files, a sheet to write instead, and whether everything was confirmed beforehand."""

    keys: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    sheet: Path | None = None
    yes: bool = False


_FILE = click.Path(dir_okay=False, path_type=Path)
_SIGNERS = option("--key", "keys", type=KEY, multiple=True), option("--passphrase-file", "files", type=_FILE, multiple=True)
_YES = option("--yes", is_flag=True)

with_signers = gathered("table", Table, *_SIGNERS, _YES)
with_signers_or_sheet = gathered("table", Table, *_SIGNERS, option("--sheet", type=_FILE), _YES)


def agreed(app: App, question: str, yes: bool) -> None:
    """Ask unless it was confirmed on the command line. Raises WrongUse("cli.authorise.stopped")."""
    if not yes and not confirm(app.prompter, question, app.lang):
        raise WrongUse("cli.authorise.stopped")


def authorise(
    app: App, office: "Office", drafts: "Sequence[Draft]", table: Table, question: str, enough: "Enough | None" = None
) -> "Submitted | None":
    """Let authorities sign drafts and submit them; None when they went to a sheet instead.

    :param enough: makes sure that those at the table suffice; `require_authorities` where nothing else is said.
    :raises Refused: `authorise.short` and what else `enough` raises, before anybody types a passphrase.
    """
    require = enough or require_authorities
    ready(office, table, require)
    agreed(app, question, table.yes)
    if table.sheet is not None:
        from custody.ledger.sheet import Sheet

        save_sheet(table.sheet, Sheet(office.founding, tuple(drafts)))
        return None
    keys = table.keys or asked_keys(app)
    require(office, [public_of(path) for path in keys])
    return office.submit(signed(app, drafts, keys, table.files))


def usable(table: Table) -> None:
    """Find at the start what would only show at the end: key and passphrase files that are not there, a sheet that exists already.

    Raises `KeyTrouble`, `WrongUse("cli.sign.files")`, `FileExistsError`.
    """
    from custody.station.keyfile import read_passphrase

    for path in table.keys:
        public_of(path)
    for file in table.files:
        read_passphrase(file)
    matched(table.keys, table.files if table.keys else ())
    if table.sheet is not None and os.path.lexists(table.sheet):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(table.sheet))


def ready(office: "Office", table: Table, enough: "Enough | None" = None) -> None:
    """As `usable`, and those who are to sign are enough. Raises as `enough`, or `require_authorities`, too."""
    usable(table)
    if table.keys and table.sheet is None:
        (enough or require_authorities)(office, [public_of(path) for path in table.keys])


def signed(app: App, drafts: "Sequence[Draft]", keys: Sequence[Path], files: Sequence[Path]) -> list[bytes]:
    """The notes of drafts after each key has signed each of them."""
    lines = sign_all(app, [draft.statement.text for draft in drafts], keys, files)
    return [draft.signed(added).note() for draft, added in zip(drafts, lines, strict=True)]


def asked_keys(app: App) -> tuple[Path, ...]:
    """Key files by asking, one signer after the other."""
    found: list[Path] = []
    while True:
        answer = app.prompter.line(app.say("cli.authorise.key", number=len(found) + 1)).strip()
        if answer:
            found.append(from_home(answer))
        elif found:
            return tuple(found)


def require_authorities(office: "Office", keys: "Sequence[VerifierKey]") -> None:
    """Raises `Refused`: `authorise.unknown` for a key that is no authority's now, `authorise.short` for too few persons or institutions."""
    no_doubles(keys)
    roster, index = office.ledger.state.roster, office.ledger.size
    known = [authority(office, key) for key in keys]
    if not roster.agree(known, index):
        raise Refused("authorise.short", signed=len({key.person for key in known}), threshold=roster.threshold)


def authority(office: "Office", public: "VerifierKey") -> "Key":
    """The enrolled key of an authority that counts now. Raises `Refused("authorise.unknown")`."""
    index = office.ledger.size
    key = office.ledger.state.roster.known(public.name, public.key_id, index)
    if key is None or key.public != public.public or key.role != "authority" or not key.counts(index):
        raise Refused("authorise.unknown", name=public.name)
    return key


def save_sheet(path: Path, made: "Sheet") -> None:
    """Write a sheet; an existing file is not overwritten."""
    from custody.durable import write_new
    from custody.ledger import sheet

    write_new(path, sheet.write(made), 0o600)


def answered(app: App, done: "Submitted | None", table: Table, schema: str, facts: dict[str, Any], human: Callable[[], str | None]) -> None:
    """The answer of a command that authorised something: in the ledger, waiting for its key, or on a sheet."""
    entries = [{"index": receipt.index, "sid": receipt.sid} for receipt in done.receipts] if done else []
    document = {**facts, "sealed": bool(done and done.sealed), "entries": entries, "sheet": str(table.sheet) if done is None else None}

    def shown() -> str:
        if done is None:
            return app.say("cli.authorise.sheet", path=str(table.sheet))
        if not done.sealed:
            return app.say("cli.authorise.unsealed", count=len(done.saved))
        said = app.say("cli.authorise.sealed", count=len(done.receipts), entries=span(receipt.index for receipt in done.receipts))
        return "\n".join(filter(None, (human(), said)))

    app.answer(schema, document, shown)
