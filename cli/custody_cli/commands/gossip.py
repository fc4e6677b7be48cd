"""`custody gossip`: old receipts, papers, checkpoints and lines against a ledger, an export and each other; disagreement is kept."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from custody_cli.ground.desk import office, state_dir
from custody_cli.ground.exits import Exit
from custody_cli.ground.runtime import App, argument, group, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.outside import hearsay
from custody_cli.outside.brought import bring

if TYPE_CHECKING:
    from custody.ledger.evidence import Evidence
    from custody.ledger.gossip import Shown

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


class Against(NamedTuple):
    """What things are to be held against: the judge's trust file, an export in place of the ledger of this run."""

    trust: Path | None
    export: Path | None


@group("gossip")
def command() -> None: ...


@define("gossip.add", parent=command)
@argument("things", nargs=-1, required=True)
@option("--trust", type=_FILE)
@option("--export", type=_FOLDER)
@pass_app
def add(app: App, things: tuple[str, ...], trust: Path | None, export: Path | None) -> int:
    return _judge(app, things, Against(trust, export), keeping=True)


@define("gossip.check", parent=command)
@argument("things", nargs=-1, required=True)
@option("--trust", type=_FILE)
@option("--export", type=_FOLDER)
@pass_app
def check(app: App, things: tuple[str, ...], trust: Path | None, export: Path | None) -> int:
    return _judge(app, things, Against(trust, export), keeping=False)


def _judge(app: App, things: tuple[str, ...], against: Against, keeping: bool) -> int:
    with ExitStack() as stack:
        table = _table(app, stack, against, keeping)
        told = table.judge([found for one in things for found in bring(one, table.trust.logs)])
        code = hearsay.exit_of(told)
        lines = [line for one in told for line in one.lines(app)]
        lines += [app.say("cli.gossip.kept.all")] if any(one.kept for one in told) else []
        document = {"exit": int(code), "things": [one.document() for one in told]}
        app.answer("gossip", document, lambda: "\n".join(lines))
    if any(one.outcome in hearsay.LOUD for one in told):
        app.console.bell()
    return code


def _table(app: App, stack: ExitStack, against: Against, keeping: bool) -> hearsay.Table:
    """The ledger of this run, or an export, or neither; with the judge's own trust file, else that of the ledger. Raises `Undecided`."""
    from custody.assembly import gossiping
    from custody_cli.commands.check import trust_of

    trust = hearsay.require_logs(trust_of(app, against.trust))
    shown: Shown | None = None
    evidence: Evidence
    if against.export is not None:
        shown, evidence = gossiping.of_export(against.export, trust, state_dir(app))
    elif app.ledger_path is not None:
        shown, evidence = gossiping.of_office(stack.enter_context(office(app)), trust)
    else:
        evidence = gossiping.of_nothing(trust, state_dir(app))
    return hearsay.Table(shown, trust, evidence, keeping)


@define("gossip.list", parent=command)
@option("--trust", type=_FILE)
@option("--export", type=_FOLDER)
@pass_app
def list_(app: App, trust: Path | None, export: Path | None) -> int | None:
    with ExitStack() as stack:
        table = _table(app, stack, Against(trust, export), keeping=False)
        told = table.kept()
        lines = [line for one in told for line in one.lines(app)] or [app.say("cli.gossip.none")]
        app.answer("gossip", {"things": [one.document() for one in told]}, lambda: "\n".join(lines))
    return Exit.ALTERED if hearsay.exit_of(told) == Exit.ALTERED else None
