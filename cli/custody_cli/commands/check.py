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
_LARGEST = 256 * 1024 * 1024


@define("check")
@argument("file", type=_FILE)
@option("--trust", type=_FILE)
@pass_app
def command(app: App, file: Path, trust: Path | None) -> int:
    from custody.paper.check import check

    data = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
    verdict = check(data, _trust(app, trust))
    held = _held_against(app, verdict)
    lines = [paint(app.say(verdict.code, **dict(verdict.details)), _TONES[verdict.outcome]), *_rest(app, verdict, held)]
    app.answer("check", _document(app, file, verdict, held), "\n".join(lines))
    if verdict.outcome == "intact" and held is not None and held.left_out:
        return Exit.FINDINGS
    return _CODES[verdict.outcome]


def _trust(app: App, given: Path | None) -> "Policy | None":
    """The trust file: named, from the settings, or that of the ledger this run is about. None when there is none."""
    from custody.assembly import read_policy

    path = given or (Path(app.settings.trust) if app.settings.trust else None)
    if path is None and app.ledger_path is not None:
        path = Path(app.ledger_path) / "policy"
    return read_policy(path) if path is not None and path.exists() else None


def _held_against(app: App, verdict: "PaperVerdict") -> "Standing | None":
    """What the ledger at hand adds: was anything left out, did anything happen since."""
    from custody.assembly.reporting import standing

    if app.ledger_path is None or verdict.facts is None or verdict.outcome not in ("intact", "resaved"):
        return None
    with office(app) as opened:
        return standing(opened, verdict.facts)


def _rest(app: App, verdict: "PaperVerdict", held: "Standing | None") -> list[str]:
    lines = []
    if held is not None:
        lines.append(app.say("check.left-out", count=len(held.left_out)) if held.left_out else app.say("check.whole"))
        lines.append(app.say("check.since", count=len(held.since)))
    elif verdict.outcome in ("intact", "resaved"):
        lines.append(app.say("check.completeness"))
    step = app.next_step(verdict.code, **dict(verdict.details))
    return [*lines, f"{app.say('cli.next')} {step}"] if step else lines


def _document(app: App, file: Path, verdict: "PaperVerdict", held: "Standing | None") -> dict[str, Any]:
    return {
        "file": str(file),
        "outcome": verdict.outcome,
        "code": verdict.code,
        "message": app.say(verdict.code, **dict(verdict.details)),
        "upto": verdict.facts.upto if verdict.facts else None,
        "entry": verdict.entry,
        "page": verdict.page,
        "left_out": list(held.left_out) if held else None,
        "since": list(held.since) if held else None,
    }
