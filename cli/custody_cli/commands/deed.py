"""`custody deed`, also `custody ba`: a berita acara, receipt or waybill of what was recorded, or a form to fill by hand (chapter 21)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from custody_cli.commands.report import write_new
from custody_cli.ground import target as targets
from custody_cli.ground.desk import office
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.keypath import KEY
from custody_cli.papers.logged import logged

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.checking.certificate import Card
    from custody.station.keyfile import KeyFile
    from custody_cli.papers.deedkind import Meant

_FILE = click.Path(path_type=Path)
_MOST, _LONGEST = 20, 60  # as `facts.MOST_COPIES`, `facts.LONGEST_WHOM`; that module is not imported for --help


class Issuer(NamedTuple):
    """Who issues: key file and its passphrase file; a certificate to sign the file with, and its passphrase file."""

    key: Path | None
    word: Path | None
    card: Path | None
    cardword: Path | None


@define("deed")
@argument("which", nargs=-1)
@option("--key", "key", type=KEY)
@option("--passphrase-file", "word", type=_FILE)
@option("--copies", type=click.IntRange(1, _MOST))
@option("--for", "whom", multiple=True)
@option("--out", "target", type=_FILE)
@option("--blank", is_flag=True)
@option("--sign-with", "card", type=_FILE)
@option("--sign-passphrase-file", "cardword", type=_FILE)
@pass_app
def command(
    app: App,
    which: tuple[str, ...],
    key: Path | None,
    word: Path | None,
    copies: int | None,
    whom: tuple[str, ...],
    target: Path | None,
    blank: bool,
    card: Path | None,
    cardword: Path | None,
) -> None:
    targets.free(target)
    wanted = _copies(copies, whom)
    if blank:
        _form(app, which, wanted, target)
    else:
        _deeds(app, which, Issuer(key, word, card, cardword), wanted, target)


def _copies(count: int | None, whom: tuple[str, ...]) -> tuple[str, ...]:
    """For each copy whom it is for; those beyond the named ones are for nobody in particular.

    Raises `WrongUse`: `cli.deed.copies`, `cli.deed.twice`.
    """
    names = tuple(name.strip() for name in whom)
    if len(names) > (count or _MOST) or any(len(name) > _LONGEST for name in names):
        raise WrongUse("cli.deed.copies", count=len(names), copies=count or _MOST, longest=_LONGEST)
    twice = next((name for at, name in enumerate(names) if name and name.casefold() in map(str.casefold, names[:at])), None)
    if twice is not None:
        raise WrongUse("cli.deed.twice", name=twice)
    return names + ("",) * ((count or max(1, len(names))) - len(names))


def _deeds(app: App, which: tuple[str, ...], issuer: Issuer, copies: tuple[str, ...], target: Path | None) -> None:
    """One file for each statement that was asked for. Raises as `deedkind.meant`, and `WrongUse`: `cli.deed.key`, `cli.deed.out`."""
    from custody_cli.keys.signing import open_key
    from custody_cli.papers import certifying
    from custody_cli.papers.deedkind import meant

    with office(app, write=True) as opened:
        deeds = meant(opened, which)
        if target is not None and len(deeds) > 1:
            raise WrongUse("cli.deed.out", count=len(deeds))
        if opened.station:
            _waiting(app, opened, deeds, copies, target)
            return
        signer = open_key(app, issuer.key or _asked(app, opened, which), issuer.word)
        card = certifying.opened(app, issuer.card, issuer.cardword, opened.drill) if issuer.card is not None else None
        made = [_made(app, opened, deed, signer, copies, card, target) for deed in deeds]
    lines = [app.say("cli.deed.done", **facts) for facts in made]
    app.answer("deed", {"deeds": made}, "\n".join(lines))


def _waiting(app: App, opened: Office, deeds: list[Meant], copies: tuple[str, ...], target: Path | None) -> None:
    """At a station: deeds of what waits, which nothing proves yet; nobody signs them but in ink. Raises `Locked("report.locked")`."""
    from custody.assembly.provisional import provisional_deed, waits
    from custody.core.errors import Locked

    made = list[dict[str, object]]()
    if not all(waits(opened, one.statement.sid) for one in deeds):
        raise Locked("report.locked")
    for one in deeds:
        sid = one.statement.sid
        pdf = provisional_deed(opened, sid, app.lang, dict(app.settings.titles), one.sort.drawing, copies)
        path = target or targets.unused(Path(f"ba-{one.sort.word}-{sid[:8]}-sementara.pdf"))
        write_new(path, pdf, 0o600)
        made.append({"path": str(path), "sid": sid, "copies": len(copies), "bytes": len(pdf), "entry": None})
    app.answer("deed", {"deeds": made}, "\n".join(app.say("cli.deed.waiting", **facts) for facts in made))


def _made(
    app: App, opened: Office, deed: Meant, signer: KeyFile, copies: tuple[str, ...], card: Card | None, target: Path | None
) -> dict[str, object]:
    """Logged, drawn and written; what is told of it."""
    from custody.assembly.reporting import issue_report
    from custody.core import note
    from custody_cli.papers import certifying

    sid, first = deed.statement.sid, opened.ledger.indexes(deed.statement.sid)[0]
    issued = issue_report(
        opened, ("deed", sid), signer.name, lambda one: note.join(one.text, [signer.line(one.text)]), app.lang, dict(app.settings.titles),
        deed.sort.drawing, copies,
    )  # fmt: skip
    pdf = issued.pdf if card is None else certifying.signed(app, issued.pdf, card)
    path = target or targets.unused(Path(f"ba-{deed.sort.word}-{first}.pdf"))
    with logged(app, "paper", str(issued.entry)):
        write_new(path, pdf, 0o600 if issued.facts.openings else 0o644)
    facts = {"path": str(path), "of": first, "entry": issued.entry, "copies": len(copies), "bytes": len(pdf), "sid": sid}
    return {**facts, "facts": issued.facts.hash(), "drawing": issued.facts.drawing, "for": list(copies)}


def _asked(app: App, opened: Office, which: tuple[str, ...]) -> Path:
    """The key of who issues, by its number or name. Raises `WrongUse("cli.deed.key")` where nobody is there to be asked."""
    from custody_cli.boxes.choosing import Choosing
    from custody_cli.boxes.named import Names
    from custody_cli.keys.askkey import Slot, ask_key, show_keys
    from custody_cli.keys.keyring import within_reach

    known, kinds = Choosing(opened).known, ("report",)
    within = within_reach(app, known, "signer", kinds)
    try:
        show_keys(app, known, Names(opened), within)
        found = ask_key(app, known, Slot("signer", kinds), app.say("cli.deed.who"), within)
    except WrongUse as error:
        raise WrongUse("cli.deed.key", which=" ".join(which) or "last") from error
    assert found is not None, "somebody must sign"
    return found


def _form(app: App, which: tuple[str, ...], copies: tuple[str, ...], target: Path | None) -> None:
    """A form of this ledger; nothing is logged, and no key is needed."""
    from custody.paper.deeds.blank import draw
    from custody_cli.papers.blankdeed import facts
    from custody_cli.papers.deedkind import SORTS, form_of

    kind = form_of(which)
    with office(app) as opened:
        pdf = draw(facts(app, opened, kind, copies))
    path = target or targets.unused(Path(f"formulir-{SORTS[kind].word}.pdf"))
    write_new(path, pdf)
    answer = {"path": str(path), "kind": kind, "copies": len(copies), "bytes": len(pdf)}
    app.answer("deed.blank", answer, app.say("cli.deed.blank", **answer))
