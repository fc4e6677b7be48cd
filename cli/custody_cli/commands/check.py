"""`custody check`: is this PDF what the ledger says? With a trust file alone, or with a ledger at hand and then it says more."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.console import paint
from custody_cli.desk import office
from custody_cli.exits import Exit
from custody_cli.runtime import App, argument, option, pass_app
from custody_cli.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly.reporting import Standing
    from custody.core.policy import Policy
    from custody.paper.check import PaperVerdict

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_CODES = {"intact": Exit.FINE, "resaved": Exit.FINE, "altered": Exit.ALTERED, "undecided": Exit.UNDECIDED}
_TONES = {"intact": "good", "resaved": "warn", "altered": "bad", "undecided": "warn"}


@define("check")
@argument("file", type=_FILE)
@option("--trust", type=_FILE)
@pass_app
def command(app: App, file: Path, trust: Path | None) -> int:
    from custody.paper.check import check
    from custody.reading import read
    from custody_cli.held import MOST

    verdict = check(read(file, MOST), trust_of(app, trust))
    held = _held_against(app, verdict)
    app.answer("check", _document(app, file, verdict, held), "\n".join(_lines(app, verdict, held)))
    return Exit.FINDINGS if held is not None and held.left_out else _CODES[verdict.outcome]


def trust_of(app: App, given: Path | None) -> "Policy | None":
    """The trust file: named, from the settings, or that of the ledger this run is about. None when there is none."""
    from custody.assembly import read_policy

    path = given or (Path(app.settings.trust) if app.settings.trust else None)
    if path is None and app.ledger_path is not None:
        path = Path(app.ledger_path) / "policy"
    return read_policy(path) if path is not None and (given or path.exists()) else None


def _held_against(app: App, verdict: "PaperVerdict") -> "Standing | None":
    """What the ledger at hand adds: was anything left out, did anything happen since. Raises as `standing`."""
    from custody.assembly.reporting import standing

    if app.ledger_path is None or verdict.reading is None or not verdict.holds:
        return None
    with office(app) as opened:
        return standing(opened, verdict.reading)


def _lines(app: App, verdict: "PaperVerdict", held: "Standing | None") -> list[str]:
    lines = [paint(app.say(verdict.code, **dict(verdict.details)), _TONES[verdict.outcome])]
    if held is not None:
        left = paint(app.say("check.left-out", count=len(held.left_out)), "bad") if held.left_out else app.say("check.whole")
        lines += [left, app.say("check.since", count=len(held.since))]
    elif verdict.holds:
        lines.append(app.say("check.completeness"))
    step = app.next_step(verdict.code, **dict(verdict.details))
    return [*lines, f"{app.say('cli.next')} {step}"] if step else lines


def _document(app: App, file: Path, verdict: "PaperVerdict", held: "Standing | None") -> dict[str, Any]:
    reading = verdict.reading
    return {
        "file": str(file),
        "outcome": verdict.outcome,
        "code": verdict.code,
        "message": app.say(verdict.code, **dict(verdict.details)),
        "upto": reading.facts.upto if reading else None,
        "entry": reading.own.entry if reading else None,
        "page": verdict.page,
        "left_out": list(held.left_out) if held else None,
        "since": list(held.since) if held else None,
    }
