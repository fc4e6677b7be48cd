"""`custody verify`: the whole ledger in nine steps; integrity and procedure are two answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import Exit
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.policy import Policy
    from custody.core.verdict import Fault, Verdict
    from custody.core.verify import Outside
    from custody_cli.papers.shortline import Heard

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_MOST = 30  # findings shown; --all shows every one


@define("verify")
@option("--against", type=_FILE, multiple=True)
@option("--line", "lines", multiple=True)
@option("--trust", type=_FILE)
@option("--require-witness", is_flag=True)
@option("--workers", type=click.IntRange(1, 64), default=1)
@option("--all", "everything", is_flag=True)
@pass_app
def command(
    app: App,
    against: tuple[Path, ...],
    lines: tuple[str, ...],
    trust: Path | None,
    require_witness: bool,
    workers: int,
    everything: bool,
) -> int:
    from custody.assembly.auditing import verify_office
    from custody_cli.papers.shortline import heard

    held = [_brought(path) for path in against]
    with office(app) as opened:
        told = [heard(opened, line) for line in lines]
        policy, own = _trust(app, opened, trust)
        with app.console.progress(app.say("cli.verify.working"), opened.store.size()) as step:
            verdict = verify_office(opened, policy, held, workers, _watched(step))
        code = _code(verdict, require_witness)
        if code != Exit.ALTERED and any(one.outcome != "agrees" for one in told):
            code = Exit.UNDECIDED
        shown = [_heard(app, one) for one in told]
        shown += [*_lines(app, opened, verdict, require_witness, everything), *([app.say("verify.own-trust")] if own else [])]
        document = {**_document(app, verdict, code, opened.zone), "own_trust": own, "lines": [one._asdict() for one in told]}
        app.answer("verify", document, lambda: "\n".join(shown))
    return code


def _heard(app: App, one: "Heard") -> str:
    """What became of a short line that somebody heard: said before all else."""
    return paint(app.say(f"cli.verify.line.{one.outcome}", **one._asdict()), "good" if one.outcome == "agrees" else "bad")


def _brought(path: Path) -> "Outside":
    """What somebody holds outside. A file that is none of the three kinds decides nothing, and is told beside the verdict (SAY-3)."""
    from custody.core.errors import Malformed
    from custody.core.verify import Outside
    from custody_cli.papers.held import outside

    try:
        return outside(path)
    except Malformed as error:
        return Outside(path.name, b"", unreadable=str(error.facts.get("why", error.code)))


def _trust(app: App, opened: "Office", given: Path | None) -> "tuple[Policy, bool]":
    """The trust file that was named or set; else the folder's own, whose witnesses count for nothing: whoever wrote the folder wrote it."""
    from custody.core.policy import Policy
    from custody_cli.papers.trustfile import trust_file

    path = given or (Path(app.settings.trust) if app.settings.trust else None)
    return (trust_file(app, path), False) if path is not None else (Policy(opened.policy.logs), True)


def _watched(step: Any) -> Any:
    """Turns the indexes an audit tells of into steps of a progress bar."""
    seen = [0]

    def told(index: int) -> None:
        step(index - seen[0])
        seen[0] = index

    return told


def _code(verdict: "Verdict", require_witness: bool) -> int:
    if verdict.integrity == "altered":
        return Exit.ALTERED
    if verdict.undecided or (require_witness and (verdict.witnessed is None or verdict.witnessed[0] < verdict.size)):
        return Exit.UNDECIDED
    return Exit.FINDINGS if verdict.procedure else Exit.FINE


def _integrity(app: App, verdict: "Verdict") -> str:
    """The first answer in one sentence: altered, or consistent and what that rests on (SAY-1, SAY-2)."""
    if verdict.integrity == "altered":
        return paint(app.say("verify.altered", count=verdict.fault_count), "bad")
    if verdict.integrity == "undecided":
        return paint(app.say("verify.other-ledger"), "warn")
    since = verdict.witnessed[0] if verdict.witnessed is not None else 0
    code = "verify.witnessed" if since >= verdict.size else "verify.unwitnessed"
    return paint(app.say(code, size=verdict.size, since=since, outside=verdict.outside), "good")


def _lines(app: App, opened: "Office", verdict: "Verdict", require_witness: bool, everything: bool) -> list[str]:
    lines = [_integrity(app, verdict)]
    lines += [app.say("verify.outside", count=verdict.outside)] if verdict.outside else []
    lines += [line for fault in verdict.faults for line in _fault(app, fault)]
    lines += _undecided(app, verdict)
    if verdict.integrity == "altered":
        return [*lines, app.say("verify.no-law")]
    if require_witness and not (verdict.witnessed and verdict.witnessed[0] >= verdict.size):
        lines.append(paint(app.say("verify.witness-required"), "warn"))
    lines += ["", _procedure(app, verdict)]  # the second answer stands apart from the first
    return [*lines, *_findings(app, opened, verdict, everything)]


def _undecided(app: App, verdict: "Verdict") -> list[str]:
    """Files from outside that prove nothing here, each with why: beside the verdict, never in it."""
    if not verdict.undecided:
        return []
    own = [one for one in verdict.undecided if one.step == 1]  # the trust file itself, which the first answer speaks of
    others = [one for one in verdict.undecided if one not in own]
    lines = [line for one in own for line in _told(app, one)]
    lines += [paint(app.say("verify.undecided", count=len(others)), "warn")] if others else []
    return [*lines, *(line for one in others for line in _told(app, one))]


def _findings(app: App, opened: "Office", verdict: "Verdict", everything: bool) -> list[str]:
    """What was found, each thing once however many boxes it concerns; and how much of it is not shown."""
    from custody.core.findings import grouped
    from custody_cli.boxes import findings
    from custody_cli.boxes.daily import Names

    names = Names(opened)  # the ledger is as it was signed: its names for places and people can be shown
    wanted = grouped(one for one in verdict.findings if everything or one.severity != "note")
    shown = wanted if everything else wanted[:_MOST]
    lines = [line for one, more in shown for line in findings.lines(app, one, opened.zone, more, names)]
    hidden = len(verdict.findings) - sum(1 + more for _, more in shown)
    return [*lines, app.say("verify.hidden", count=hidden)] if hidden else lines


def _counts(verdict: "Verdict") -> dict[str, int]:
    return {name: sum(one.severity == name for one in verdict.findings) for name in ("breach", "warning", "note")}


def _procedure(app: App, verdict: "Verdict") -> str:
    counts = _counts(verdict)
    tone = "bad" if counts["breach"] else "warn" if counts["warning"] else "good"
    return paint(app.say("verify.procedure", **counts), tone)


def _fault(app: App, fault: "Fault") -> list[str]:
    where = [app.say("verify.at.entry", entry=fault.entry)] if fault.entry is not None else []
    where += [app.say("verify.at.checkpoint", size=fault.checkpoint)] if fault.checkpoint is not None else []
    head = "  ".join([app.say("verify.step", number=int(fault.step), name=app.say(f"step.{fault.step.name.lower()}")), fault.code, *where])
    return [paint(head, "bad"), *_told(app, fault)]


def _told(app: App, fault: "Fault") -> list[str]:
    facts = dict(fault.facts)
    step = app.next_step(fault.code, **facts)
    return [f"    {app.say(fault.code, **facts)}", *([f"    {app.say('cli.next')} {step}"] if step else [])]


def _document(app: App, verdict: "Verdict", code: int, zone: str) -> dict[str, Any]:
    from custody_cli.boxes import findings

    return {
        "integrity": verdict.integrity,
        "exit": int(code),
        "origin": verdict.origin,
        "size": verdict.size,
        "root": verdict.root.hex(),
        "witnessed": list(verdict.witnessed) if verdict.witnessed else None,
        "outside": verdict.outside,
        "undecided": [_fault_document(app, fault) for fault in verdict.undecided],
        "reread": verdict.reread,
        "fault_count": verdict.fault_count,
        "faults": [_fault_document(app, fault) for fault in verdict.faults],
        "procedure": _counts(verdict) if verdict.integrity != "altered" else None,
        "findings": [findings.document(app, one, zone) for one in verdict.findings],
    }


def _fault_document(app: App, fault: "Fault") -> dict[str, Any]:
    facts = dict(fault.facts)
    return {
        "step": int(fault.step),
        "code": fault.code,
        "entry": fault.entry,
        "checkpoint": fault.checkpoint,
        "facts": facts,
        "message": app.say(fault.code, **facts),
    }
