"""`custody report`: logs the facts of a report and prints it as a PDF that can be checked."""

import re
import shlex
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody_cli.ground import target as targets
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.keypath import KEY

if TYPE_CHECKING:
    from custody.assembly import Office

_FILE = click.Path(path_type=Path)


_KINDS = ("tps", "desa", "kecamatan", "kabupaten", "warehouse")


@define("report")
@argument("scope", nargs=-1)
@option("--key", "key", type=KEY, required=True)
@option("--passphrase-file", "word", type=_FILE)
@option("--out", "target", type=_FILE)
@pass_app
def command(app: App, scope: tuple[str, ...], key: Path, word: Path | None, target: Path | None) -> None:
    from custody.assembly.reporting import issue_report
    from custody.core import note
    from custody_cli.keys.signing import open_key

    if target is not None and target.exists():  # before anything is logged
        raise WrongUse("cli.report.exists", path=str(target))
    targets.free(target)
    with office(app, write=True) as opened:
        wanted = scope_of(opened, " ".join(scope), _typed(key, word, target))
        signer = open_key(app, key, word)
        titles = dict(app.settings.titles)
        issued = issue_report(
            opened, wanted, signer.name, lambda statement: note.join(statement.text, [signer.line(statement.text)]), app.lang, titles
        )
        path = target or Path(file_name(opened, wanted, issued.entry))
    write_new(path, issued.pdf, 0o600 if issued.facts.openings else 0o644)
    facts = {"path": str(path), "entry": issued.entry, "upto": issued.facts.upto, "bytes": len(issued.pdf)}
    document = {**facts, "facts": issued.facts.hash(), "scope": {"kind": wanted[0], "code": wanted[1]}}
    app.answer("report", document, app.say("cli.report.done", **facts))


def _typed(key: Path, word: Path | None, target: Path | None) -> str:
    """The command as it was typed, with a place for another scope."""
    given = (("--key", key), ("--passphrase-file", word), ("--out", target))
    return " ".join(["custody report {}", *(f"{name} {shlex.quote(str(path))}" for name, path in given if path is not None)])


def scope_of(opened: "Office", text: str, command: str = "") -> tuple[str, str]:
    """What a report is about: nothing for the whole operation, else a box or a place as every command reads them. Raises `WrongUse`."""
    from custody_cli.boxes.choosing import Choosing

    if not text:
        return "operation", "-"
    found = Choosing(opened).meant(text, command)
    if found.kind == "box":
        return "box", found.code
    place = opened.ledger.state.places.get(found.code, opened.ledger.size)
    if place is None or place.kind not in _KINDS:
        raise WrongUse("cli.report.scope", scope=text)
    return ("operation", "-") if place.kind == "kabupaten" else (place.kind, place.code)


def file_name(opened: "Office", scope: tuple[str, str], entry: int) -> str:
    """The file of a report by its scope and the number of its entry: `laporan-habi-27.pdf`."""
    from custody_cli.boxes.daily import Names

    kind, code = scope
    names = Names(opened)
    told = "operasi" if kind == "operation" else names.box(code) if kind == "box" else names.place(code)
    plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode().lower()
    return f"laporan-{'-'.join(re.findall('[a-z0-9]+', plain)) or code.lower()}-{entry}.pdf"


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file that must not exist yet; one with the names of people is for its owner alone. Raises `WrongUse("cli.report.exists")`."""
    from custody import durable

    try:
        durable.write_new(path, data, mode)
    except FileExistsError as error:
        raise WrongUse("cli.report.exists", path=str(path)) from error
