"""`custody restore`: a backup becomes the one live ledger, if something outside agrees that nothing is missing."""

from pathlib import Path

import click

from custody_cli.ground.desk import state_dir, zone_here
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.prompts import unlock
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define

_FILE = click.Path(dir_okay=False, path_type=Path)


@define("restore")
@argument("file", type=_FILE)
@option("--against", type=_FILE, multiple=True)
@option("--no-checkpoint", "sentence")
@option("--trust", type=_FILE)
@option("--passphrase-file", "word", type=_FILE)
@option("--database", "url")
@pass_app
def command(
    app: App, file: Path, against: tuple[Path, ...], sentence: str | None, trust: Path | None, word: Path | None, url: str | None
) -> int | None:
    from custody.assembly import restore
    from custody.core.errors import NoLedger
    from custody.ledger import backup
    from custody_cli.papers.held import outside
    from custody_cli.papers.trustfile import trust_file

    if app.ledger_path is None:
        raise NoLedger("restore.where")
    without = _stated(app, sentence)
    if bool(against) == bool(without):
        raise WrongUse("cli.restore.which", sentence=app.say("cli.restore.sentence"))
    head = backup.head_of(file)
    app.console.note(app.say("cli.restore.head", origin=head.origin, size=head.size, at=head.at, zone=zone_here(app)))
    held = [outside(path) for path in against]
    policy = trust_file(app, trust) if trust is not None else None
    made = restore(
        file,
        app.ledger(),
        _passphrase(app, file, word),
        held,
        state_dir=state_dir(app),
        clock=app.clock,
        without=without,
        trust=policy,
        url=url,
    )
    verdict = made.verdict
    document = {"folder": str(made.folder), "size": verdict.size, "outside": verdict.outside, "findings": len(verdict.findings)}
    code = "cli.restore.done" if held else "cli.restore.done.unproven"
    app.answer("restore", document, app.say(code, folder=str(made.folder), size=verdict.size, outside=verdict.outside))
    return Exit.FINDINGS if verdict.procedure else None


def _stated(app: App, sentence: str | None) -> str | None:
    """The statement that nothing is held outside, typed word for word in one of the languages. Raises WrongUse("cli.restore.typed")."""
    from custody.i18n import words

    if sentence is None:
        return None
    known = {" ".join(words.say("cli.restore.sentence", None, lang).casefold().split()) for lang in words.LANGUAGES}
    if " ".join(sentence.casefold().split()) not in known:
        raise WrongUse("cli.restore.typed", sentence=app.say("cli.restore.sentence"))
    return sentence


def _passphrase(app: App, file: Path, word: Path | None) -> bytes:
    """The passphrase of the backup, tried on its head."""
    from custody.ledger import strongbox
    from custody.reading import opened
    from custody.station.keyfile import read_passphrase

    def tried(typed: str) -> bytes:
        with opened(file) as source:
            next(strongbox.opened(source, typed.encode()))
        return typed.encode()

    if word is not None:
        return read_passphrase(word)
    return unlock(app.prompter, app.say("cli.restore.passphrase", path=str(file)), tried, app.say)
