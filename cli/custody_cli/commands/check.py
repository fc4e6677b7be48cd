"""`custody check`: is this PDF what the ledger says? With a trust file alone, or with a ledger at hand and then it says more.

With --scan or --line it reads printed paper instead (papers/pagescan.py).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.papers import differing, whichpaper

if TYPE_CHECKING:
    from custody.assembly.reporting import Standing
    from custody.core.policy import Policy
    from custody.paper.checking.check import PaperVerdict
    from custody.paper.proven.evidence import Reading
    from custody_cli.papers.aftermath import Aftermath

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")  # how PNG and JPEG begin
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_CODES = {"intact": Exit.FINE, "resaved": Exit.FINE, "altered": Exit.ALTERED, "undecided": Exit.UNDECIDED}
_TONES = {"intact": "good", "resaved": "warn", "altered": "bad", "undecided": "warn"}
_CARRIED = ("revoke", "places")  # all of the ledger, by the rule of REPORT-4: what somebody who issues a report may want to hide


@define("check")
@argument("files", type=_FILE, nargs=-1)
@option("--scan", is_flag=True)
@option("--line", "lines", multiple=True)
@option("--against", type=_FILE)
@option("--trust", type=_FILE)
@option("--certificates", type=_FILE)
@pass_app
def command(
    app: App,
    files: tuple[Path, ...],
    scan: bool,
    lines: tuple[str, ...],
    against: Path | None,
    trust: Path | None,
    certificates: Path | None,
) -> int:
    if scan or lines:
        return _printed(app, files, lines, against, trust)
    if len(files) != 1:
        raise WrongUse("cli.check.one", count=len(files))
    if against is not None:
        raise WrongUse("cli.check.no-scan")
    return _pdf(app, files[0], trust, certificates)


def _printed(app: App, files: tuple[Path, ...], lines: tuple[str, ...], against: Path | None, trust: Path | None) -> int:
    """Photographs, scans and lines that were typed."""
    from custody_cli.papers import pagescan

    if not (files or lines) or len(files) > pagescan.MOST_FILES:
        code = "cli.check.many" if files else "cli.check.one"
        raise WrongUse(code, count=len(files), limit=pagescan.MOST_FILES)
    named = trust is not None or bool(app.settings.trust)
    return pagescan.run(app, files, lines, against, trust_of(app, trust), named)


def _pdf(app: App, file: Path, trust: Path | None, certificates: Path | None) -> int:
    """The file of a report or deed."""
    from custody.core.proof import HEADER
    from custody.reading import read
    from custody_cli.papers import certifying
    from custody_cli.papers.held import MOST

    data = read(file, MOST)
    if data.startswith(HEADER):
        raise WrongUse("cli.check.receipt", path=str(file))
    if data.startswith(_PICTURES):
        raise WrongUse("cli.check.picture", path=str(file))
    verdict = _judged(app, data, trust_of(app, trust))
    (held, after), worth = _held_against(app, verdict), certifying.worth(data, verdict, certificates)
    document = {
        **_document(app, file, verdict, held),
        **(after.document() if after else {}),
        "signature": certifying.document(app, verdict, worth),
    }
    app.answer(
        "check", document, lambda: "\n".join([*_lines(app, file, verdict, held, after), *certifying.lines(app, data, verdict, worth)])
    )
    if (held is not None and (held.left_out or held.figure)) or (after is not None and (after.undone or after.suspected)):
        return Exit.FINDINGS
    return _CODES[verdict.outcome] or certifying.exit_of(worth, certificates is not None)


def _judged(app: App, data: bytes, policy: "Policy | None") -> "PaperVerdict":
    """The verdict on the file; a ledger at hand may tell that witnesses have vouched for it since (CHECK-7)."""
    from custody.core.policy import Policy
    from custody.paper.checking.check import check

    verdict = check(data, policy)
    if policy is None or verdict.code != "check.unwitnessed" or verdict.reading is None or not _covered(app, verdict.reading, policy):
        return verdict
    return check(data, Policy(policy.logs))


def _covered(app: App, reading: "Reading", policy: "Policy") -> bool:
    """Whether the ledger at hand has a later checkpoint that the witnesses have signed and that continues the paper's own (CHECK-7)."""
    from custody.assembly.witnessing import covered

    if app.ledger_path is None:
        return False
    with office(app, proven=True) as opened:
        return covered(opened, reading.head, policy)


def trust_of(app: App, given: Path | None) -> "Policy | None":
    """The trust file: named, from the settings, or that of the ledger this run is about; of that the witnesses count for nothing."""
    from custody.assembly import read_policy
    from custody.core.policy import Policy
    from custody_cli.papers.trustfile import trust_file

    path = given or (Path(app.settings.trust) if app.settings.trust else None)
    if path is not None:
        return trust_file(app, path) if given or path.exists() else None
    own = None if app.ledger_path is None else Path(app.ledger_path) / "policy"
    return Policy(read_policy(own).logs) if own is not None and own.exists() else None


def _held_against(app: App, verdict: "PaperVerdict") -> "tuple[Standing, Aftermath] | tuple[None, None]":
    """What the ledger at hand adds: was anything left out, what happened since. Raises as `standing`."""
    from custody.assembly.reporting import standing
    from custody_cli.papers import aftermath

    if app.ledger_path is None or verdict.reading is None or not verdict.holds:
        return None, None
    with office(app, proven=True) as opened:
        held = standing(opened, verdict.reading)
        return held, aftermath.aftermath(opened, verdict.reading, held)


def _lines(app: App, file: Path, verdict: "PaperVerdict", held: "Standing | None", after: "Aftermath | None") -> list[str]:
    facts = dict(verdict.details)
    lines = _answer(app, verdict)
    lines += differing.lines(app, verdict, file)
    lines += _about(app, verdict, verdict.reading) if verdict.reading is not None else []
    if held is not None and after is not None:
        from custody_cli.papers import aftermath

        left = paint(app.say("check.left-out", count=len(held.left_out)), "bad") if held.left_out else app.say("check.whole")
        lines += [left, *_figure(app, verdict, held), *aftermath.lines(app, after)]
    elif verdict.holds and verdict.reading is not None:
        lines += _unseen(app, file, verdict.reading)
    step = app.next_step(verdict.code, **facts) or (app.next_step("check.evidence") if verdict.outcome == "altered" else None)
    return [*lines, f"{app.say('cli.next')} {step}"] if step else lines


def _figure(app: App, verdict: "PaperVerdict", held: "Standing") -> list[str]:
    """Where the deed of a count tells another figure than this ledger."""
    if not held.figure or verdict.reading is None:
        return []
    said = "–".join(map(str, dict.fromkeys(verdict.reading.facts.figure))) or "—"
    return [paint(app.say("check.figure", said=said, here="–".join(map(str, dict.fromkeys(held.figure)))), "bad")]


def _answer(app: App, verdict: "PaperVerdict") -> list[str]:
    """The answer; where a proof inside the file fails, that first, and then why, without the same word again."""
    told = app.say(verdict.code, **dict(verdict.details))
    if verdict.outcome == "altered" and not verdict.code.startswith("check."):
        head = app.say("check.evidence")
        why = told.removeprefix(f"{head.partition(':')[0]}: ")
        return [paint(head, "bad"), paint(why[:1].upper() + why[1:], "bad")]
    return [paint(told, _TONES[verdict.outcome])]


def _about(app: App, verdict: "PaperVerdict", reading: "Reading") -> list[str]:
    """What the report is about, by its evidence: where its pages were altered, this and not the pages is to be believed."""
    from custody.paper.reports.view import headline

    told = headline(reading, app.lang)
    lines = [] if verdict.holds else [app.say("cli.check.by-evidence")]
    lines.append(paint(app.say("cli.check.drill"), "bad") if told.drill else app.say("cli.check.real"))
    lines += [*whichpaper.of_file(app, reading), *whichpaper.of_titles(app, reading)]
    lines.append(app.say("cli.check.about", scope=told.scope, operation=told.operation))
    return [*lines, app.say("cli.check.made", when=told.made, by=told.by, entry=reading.own.entry, size=reading.head.size)]


def _unseen(app: App, file: Path, reading: "Reading") -> list[str]:
    """What a file alone cannot show, and the counts by which somebody who knows more may find it out (CHECK-10)."""
    carried = reading.carried()
    counts = {kind: carried[kind] for kind in _CARRIED}
    return [app.say("check.completeness"), app.say("check.carried", **counts), app.say("check.complete-how", file=file.name)]


def _document(app: App, file: Path, verdict: "PaperVerdict", held: "Standing | None") -> dict[str, Any]:
    reading = verdict.reading
    return {
        "file": str(file),
        "outcome": verdict.outcome,
        "code": verdict.code,
        "message": app.say(verdict.code, **dict(verdict.details)),
        **(_told(reading) if reading is not None else dict.fromkeys(_TOLD)),
        "page": verdict.page,
        "place": differing.document(app, verdict),
        "ahead": verdict.ahead,
        "left_out": list(held.left_out) if held else None,
        "since": list(held.since) if held else None,
        "figure": list(held.figure) if held else None,
    }


_TOLD = ("scope", "drill", "made", "by", "titles", "checkpoint", "upto", "entry", "carried")


def _told(reading: "Reading") -> dict[str, Any]:
    """The members of `_TOLD`."""
    facts, founding = reading.facts, reading.state.authority.founding
    return {
        "scope": {"kind": facts.scope[0], "code": facts.scope[1]},
        "drill": founding is not None and founding.body["drill"],
        "made": facts.made,
        "by": facts.by,
        "titles": dict(facts.titles),
        "checkpoint": reading.head.size,
        "upto": facts.upto,
        "entry": reading.own.entry,
        "carried": {kind: reading.carried()[kind] for kind in _CARRIED},
    }
