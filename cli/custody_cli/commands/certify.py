"""`custody certify`: the office's certificate under a finished paper, and one to practise with (docs/spec/22-office-signature.md)."""

from pathlib import Path

import click

from custody_cli.ground import target as targets
from custody_cli.ground.desk import zone_here
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NEW = click.Path(path_type=Path)
_SUFFIX = "-ttd"
_ROOT, _CARD = "latihan-akar.pem", "latihan-kantor.p12"
_OFFICE = "Kantor Contoh"


@define("certify")
@argument("file", type=_FILE, required=False)
@option("--sign-with", "card", type=_NEW)
@option("--passphrase-file", "word", type=_NEW)
@option("--trust", type=_FILE)
@option("--out", "target", type=_NEW)
@option("--drill", "folder", type=click.Path(path_type=Path, file_okay=False))
@option("--name", "office")
@pass_app
def command(
    app: App,
    file: Path | None,
    card: Path | None,
    word: Path | None,
    trust: Path | None,
    target: Path | None,
    folder: Path | None,
    office: str | None,
) -> None:
    if folder is not None and file is card is trust is target is None:
        return _drill(app, folder, office or _OFFICE, word)
    if file is None or card is None or folder is not None or office is not None:
        raise WrongUse("cli.certify.what")
    return _sign(app, file, (card, word), trust, target or file.with_name(f"{file.stem}{_SUFFIX}{file.suffix}"))


def _sign(app: App, file: Path, given: tuple[Path, Path | None], trust: Path | None, target: Path) -> None:
    """Only what `custody check` calls intact is signed, so that no office puts its name under something that it did not draw."""
    from custody.core.errors import Refused
    from custody.paper.checking.certificate import owner
    from custody.paper.checking.check import check
    from custody.reading import read
    from custody_cli.commands.check import trust_of
    from custody_cli.commands.report import write_new
    from custody_cli.papers import certifying
    from custody_cli.papers.held import MOST

    targets.free(target)
    data = read(file, MOST)
    verdict = check(data, trust_of(app, trust))
    if verdict.outcome != "intact" or verdict.reading is None:
        raise Refused("certificate.not-intact", path=str(file))
    if verdict.tail is not None:
        raise Refused("certificate.already", path=str(file))
    founding = verdict.reading.state.authority.founding
    card = certifying.opened(app, *given, drill=founding is not None and founding.body["drill"])
    signed = certifying.signed(app, data, card)
    write_new(target, signed, 0o600 if verdict.reading.facts.openings else 0o644)
    facts = {"path": str(target), "owner": owner(card.certificate), "bytes": len(signed)}
    app.answer("certify", facts, app.say("cli.certify.done", **facts))


def _drill(app: App, folder: Path, office: str, word: Path | None) -> None:
    """A root and an office that everybody can see to be a drill's."""
    from custody.core.moment import from_seconds
    from custody.paper.checking import certificate
    from custody_cli.commands.report import write_new
    from custody_cli.keys.signing import chosen_passphrase

    if folder.exists() and any(folder.iterdir()):
        raise WrongUse("cli.certify.folder", path=str(folder))
    chosen = chosen_passphrase(app, office, word)
    root, card = certificate.for_drill(office, app.clock(), chosen)
    own = certificate.open_card(card, chosen, office).certificate
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_new(folder / _ROOT, root)
    write_new(folder / _CARD, card, 0o600)
    until = from_seconds(int(own.not_valid_after_utc.timestamp()))
    facts = {"root": str(folder / _ROOT), "card": str(folder / _CARD), "owner": certificate.owner(own), "until": until}
    app.answer("certify.drill", facts, app.say("cli.certify.drill", **facts, zone=zone_here(app)))
