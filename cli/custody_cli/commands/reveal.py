"""`custody reveal`: single names or texts of one entry for a court, which verify against it; and the check of such a file."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import Exit
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.ledger.reveal import Reveal, Shown

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_RIGHTS = 0o600  # it holds names


@define("reveal")
@argument("what")
@argument("places", nargs=-1)
@option("--out", "target", type=click.Path(path_type=Path))
@option("--check", "checking", is_flag=True)
@option("--trust", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option("--export", "folder", type=_FOLDER)
@pass_app
def command(
    app: App, what: str, places: tuple[str, ...], target: Path | None, checking: bool, trust: Path | None, folder: Path | None
) -> int | None:
    if checking:
        return _check(app, Path(what), trust, folder)
    if not places:
        return _list(app, what)
    _give(app, what, places, target)
    return None


def _list(app: App, what: str) -> int:
    """Which private values the entry holds, and which of them can be opened here; no value is shown."""
    from custody.assembly.exporting import revealable
    from custody_cli.commands.receipt import which

    with office(app, proven=True) as opened:
        index, found = revealable(opened, which(what))
    lines = [app.say("cli.reveal.open" if there else "cli.reveal.closed", place=place) for place, there in found.items()]
    head = app.say("cli.reveal.list" if found else "cli.reveal.none", entry=index, what=what)
    app.answer("reveal", {"entry": index, "places": found}, "\n".join([head, *lines]))
    return Exit.FINE


def _give(app: App, what: str, places: tuple[str, ...], target: Path | None) -> None:
    from custody.assembly.exporting import revealed
    from custody_cli.commands.receipt import which
    from custody_cli.commands.report import write_new

    with office(app, proven=True) as opened:
        made = revealed(opened, which(what), places)
    path = target or Path(f"bukaan-{made.receipt.index}.reveal")
    write_new(path, made.format(), _RIGHTS)
    facts = {"path": str(path), "entry": made.receipt.index, "count": len(made.openings)}
    app.answer("reveal", {**facts, "places": list(places)}, app.say("cli.reveal.done", **facts))


def _check(app: App, path: Path, trust: Path | None, folder: Path | None) -> int:
    """Prove a file with a trust file, against an export too where one is at hand; then show what it opens."""
    from custody.core.errors import Undecided
    from custody.ledger import receipt as receipts
    from custody.ledger.reveal import MAX_BYTES, Reveal
    from custody.reading import read
    from custody_cli.commands.check import trust_of

    policy = trust_of(app, trust)
    if policy is None:
        raise Undecided("check.no-trust")
    data = read(path, MAX_BYTES)
    with receipts.read():
        made = Reveal.parse(data)
    with receipts.judged():
        if folder is None:
            shown = made.verify(policy)
        else:
            from custody.ledger.exported import same_entry

            shown = made.verify(policy, partial(same_entry, folder))
    app.answer("reveal", _document(made, shown), "\n".join(_told(app, made, shown)))
    return Exit.FINE


def _document(made: "Reveal", shown: "list[Shown]") -> dict[str, object]:
    rows = [{"place": one.place, "field": one.opening.field, "value": one.opening.value} for one in shown]
    return {"entry": made.receipt.index, "sid": made.receipt.sid, "openings": rows}


def _told(app: App, made: "Reveal", shown: "list[Shown]") -> list[str]:
    """The values, and the record that they were sealed in: whose name it is, the record says."""
    from custody.core import entry as entries
    from custody.core.checkpoint import Checkpoint
    from custody.core.note import split
    from custody_cli.papers import receiptwords

    origin = Checkpoint.parse(split(made.receipt.proof.checkpoint)[0]).origin
    kind = entries.parse(made.receipt.note).statement.kind.name
    head = paint(app.say("cli.reveal.holds", entry=made.receipt.index, kind=kind), "good")
    values = [f"  {one.place}: {one.opening.value}" for one in shown]
    record = [line for line in receiptwords.lines(app, made.receipt.note, None, origin) if line != app.say("cli.receipt.no-roles")]
    return [head, *values, app.say("cli.reveal.proves"), "", *record]
