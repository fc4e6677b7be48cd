"""`custody report`: logs the facts of a report and prints it as a PDF that can be checked."""

import shlex
from pathlib import Path

import click

from custody_cli.ground import target as targets
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.keypath import KEY
from custody_cli.outside import asking
from custody_cli.papers.logged import logged

_FILE = click.Path(path_type=Path)


@define("report")
@argument("scope", nargs=-1)
@option("--key", "key", type=KEY, required=True)
@option("--passphrase-file", "word", type=_FILE)
@option("--out", "target", type=_FILE)
@option("--sign-with", "card", type=_FILE)
@option("--sign-passphrase-file", "cardword", type=_FILE)
@pass_app
def command(
    app: App, scope: tuple[str, ...], key: Path, word: Path | None, target: Path | None, card: Path | None, cardword: Path | None
) -> None:
    from custody.assembly.reporting import issue_report
    from custody.core import note
    from custody_cli.keys.signing import open_key
    from custody_cli.papers import certifying
    from custody_cli.papers.reportscope import file_name, scope_of

    if target is not None and target.exists():  # before anything is logged
        raise WrongUse("cli.report.exists", path=str(target))
    targets.free(target)
    with office(app, write=True, proven=True) as opened:
        wanted = scope_of(opened, scope, _typed(key, word, target, card, cardword))
        signer = open_key(app, key, word)
        own = certifying.opened(app, card, cardword, opened.founding.body["drill"]) if card is not None else None
        titles = dict(app.settings.titles)
        issued = issue_report(
            opened, wanted, signer.name, lambda statement: note.join(statement.text, [signer.line(statement.text)]), app.lang, titles
        )
        path, seen = target or Path(file_name(opened, wanted, issued.entry)), asking.office_standing(opened)
        witnessed = [asking.standing_line(app, opened, seen)] if seen is not None else []
    pdf = issued.pdf if own is None else certifying.signed(app, issued.pdf, own)
    with logged(app, "paper", str(issued.entry)):
        write_new(path, pdf, 0o600 if issued.facts.openings else 0o644)
    facts = {"path": str(path), "entry": issued.entry, "upto": issued.facts.upto, "bytes": len(pdf)}
    document = {**facts, "facts": issued.facts.hash(), "scope": {"kind": wanted[0], "code": wanted[1]}}
    document["witnessed"] = seen.document() if seen is not None else None
    app.answer("report", document, "\n".join([app.say("cli.report.done", **facts), *witnessed]))


def _typed(*given: Path | None) -> str:
    """The command as it was typed, with a place for another scope."""
    named = zip(("--key", "--passphrase-file", "--out", "--sign-with", "--sign-passphrase-file"), given, strict=True)
    return " ".join(["custody report {}", *(f"{name} {shlex.quote(str(path))}" for name, path in named if path is not None)])


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file that must not exist yet; one with the names of people is for its owner alone. Raises `WrongUse("cli.report.exists")`."""
    from custody import durable

    try:
        durable.write_new(path, data, mode)
    except FileExistsError as error:
        raise WrongUse("cli.report.exists", path=str(path)) from error
