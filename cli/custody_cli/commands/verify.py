"""`custody verify`: the whole ledger in nine steps; integrity and procedure are two answers."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from custody_cli.ground.console import paint, watched
from custody_cli.ground.desk import office, state_dir
from custody_cli.ground.exits import Exit
from custody_cli.ground.runtime import App, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.outside.resuming import broken_off, earlier, resumed

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.policy import Policy
    from custody.core.verdict import Fault, Verdict
    from custody.core.verify import Outside
    from custody.ledger.audit import Interrupted
    from custody_cli.boxes.named import Named
    from custody_cli.papers.shortline import Heard

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_WITNESSED = ("verify.witnessed", "verify.continued.witnessed")  # read in one run, and in several
_UNWITNESSED = ("verify.unwitnessed", "verify.continued.unwitnessed")
_MOST = 30  # findings shown; --all shows every one


@define("verify")
@argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@option("--against", type=_FILE, multiple=True)
@option("--line", "lines", multiple=True)
@option("--trust", type=_FILE)
@option("--require-witness", is_flag=True)
@option("--workers", type=click.IntRange(1, 64), default=1)
@option("--all", "everything", is_flag=True)
@option("--anew", is_flag=True)
@pass_app
def command(
    app: App,
    folder: Path | None,
    against: tuple[Path, ...],
    lines: tuple[str, ...],
    trust: Path | None,
    require_witness: bool,
    workers: int,
    everything: bool,
    anew: bool,
) -> int:
    from custody.assembly.gossiping import kept_about_export, kept_about_office
    from custody.core.errors import Altered

    held = [one for path in against for one in _brought(app, path, trust)]
    if folder is not None:
        held += kept_about_export(folder, state_dir(app))
        return _answer(app, _export(app, folder, trust, held, lines, workers), require_witness, everything)
    try:
        with office(app, proven=True) as opened:
            judged = _ledger(app, opened, trust, [*held, *kept_about_office(opened)], lines, workers, anew)
            return _answer(app, judged, require_witness, everything) if isinstance(judged, _Judged) else broken_off(app, judged, _fault)
    except Altered as error:
        found = _unopened(app, trust, held, lines) if error.code == "store.damaged" else None
        if found is None:
            raise
    return _answer(app, found, require_witness, everything)


def _answer(app: App, judged: "_Judged", require_witness: bool, everything: bool) -> int:
    code = _code(judged.verdict, require_witness)
    if code != Exit.ALTERED and any(one.outcome != "agrees" for one in judged.heard):
        code = Exit.UNDECIDED
    shown = [_heard(app, one) for one in judged.heard]
    shown += [*_lines(app, judged, require_witness, everything), *([app.say("verify.own-trust", where=judged.where)] if judged.own else [])]
    document = {**_document(app, judged.verdict, code, judged.zone), "runs": judged.runs}
    app.answer("verify", {**document, "own_trust": judged.own, "lines": [one._asdict() for one in judged.heard]}, "\n".join(shown))
    return code


class _Judged(NamedTuple):
    """What was judged, whether by the folder's own trust file, the short lines held against it, and the names that are known of it."""

    verdict: "Verdict"
    own: bool
    heard: "list[Heard]"
    zone: str
    names: "Named"
    where: str = ""  # what a next step must carry to find it again
    runs: tuple[tuple[int, int], ...] = ()  # where runs before this one ended, and when


def _ledger(
    app: App, opened: "Office", trust: Path | None, held: "list[Outside]", lines: tuple[str, ...], workers: int, anew: bool
) -> "_Judged | Interrupted":
    from custody.core.policy import Policy
    from custody.ledger.audit import Interrupted
    from custody_cli.boxes.named import Names
    from custody_cli.papers.shortline import heard

    told = [heard(opened, line) for line in lines]
    policy = _trust(app, trust)
    found = resumed(app, opened, policy or Policy(opened.policy.logs), held, workers, anew)
    if isinstance(found, Interrupted):
        return found
    return _Judged(found.verdict, policy is None, told, opened.zone, Names(opened), runs=found.runs)


def _unopened(app: App, trust: Path | None, held: "list[Outside]", lines: tuple[str, ...]) -> _Judged | None:
    """A ledger whose file no longer lets it open: what can still be read tells which entries are lost; None where that is nothing."""
    from custody.assembly.auditing import verify_unopened
    from custody.core.errors import CustodyError
    from custody_cli.boxes.named import PublicNames
    from custody_cli.papers.shortline import compared

    policy = _trust(app, trust)
    try:
        found = verify_unopened(app.ledger(), policy, held)
    except CustodyError:
        return None
    told = [compared(line, found.verdict.origin, found.verdict.size, found.tree.root) for line in lines]
    names = PublicNames(found.state, found.verdict.size)
    return _Judged(found.verdict, policy is None, told, found.zone, names) if found.verdict.fault_count else None


def _export(app: App, folder: Path, trust: Path | None, held: "list[Outside]", lines: tuple[str, ...], workers: int) -> _Judged:
    """A bare folder of files, without a ledger: it names places and no people."""
    from custody.assembly.exporting import published, verify_folder
    from custody_cli.boxes.named import PublicNames
    from custody_cli.papers.shortline import compared

    policy = _trust(app, trust)
    with app.console.progress(app.say("cli.verify.working"), published(folder)) as step:
        found = verify_folder(folder, policy, held, workers, watched(step))
    told = [compared(line, found.verdict.origin, found.verdict.size, found.tree.root) for line in lines]
    return _Judged(
        found.verdict, policy is None, told, found.zone, PublicNames(found.state, found.verdict.size), f" {shlex.quote(str(folder))}"
    )


def _heard(app: App, one: "Heard") -> str:
    """What became of a short line that somebody heard: said before all else."""
    return paint(app.say(f"cli.verify.line.{one.outcome}", **one._asdict()), "good" if one.outcome == "agrees" else "bad")


def _brought(app: App, path: Path, trust: Path | None) -> "list[Outside]":
    """What somebody holds outside. A file of no known kind decides nothing, and is told beside the verdict (SAY-3)."""
    from custody.core.errors import Altered, BadSignature, Malformed
    from custody.core.verify import Outside
    from custody_cli.commands.check import trust_of
    from custody_cli.outside.bundled import is_bundle, outsides
    from custody_cli.papers.held import outside

    try:
        if is_bundle(path):
            policy = trust_of(app, trust)
            return outsides(path, policy.logs if policy is not None else ())
        return [outside(path)]
    except (Malformed, BadSignature, Altered) as error:  # a bundle of which not even the head came over says nothing about this ledger
        return [Outside(path.name, b"", unreadable=str(error.facts.get("why", error.code)))]


def _trust(app: App, given: Path | None) -> "Policy | None":
    """The trust file that was named or set. None: the folder's own serves; its witnesses count for nothing."""
    from custody_cli.papers.trustfile import trust_file

    path = given or (Path(app.settings.trust) if app.settings.trust else None)
    return trust_file(app, path) if path is not None else None


def _code(verdict: "Verdict", require_witness: bool) -> int:
    if verdict.integrity == "altered":
        return Exit.ALTERED
    if verdict.undecided or (require_witness and (verdict.witnessed is None or verdict.witnessed[0] < verdict.size)):
        return Exit.UNDECIDED
    return Exit.FINDINGS if verdict.procedure else Exit.FINE


def _integrity(app: App, verdict: "Verdict", runs: tuple[tuple[int, int], ...]) -> str:
    """The first answer in one sentence: altered, or consistent and what that rests on (SAY-1, SAY-2)."""
    if verdict.integrity == "altered":
        return paint(app.say("verify.altered", count=verdict.fault_count), "bad")
    if verdict.integrity == "undecided":
        return paint(app.say("verify.other-ledger"), "warn")
    since = verdict.witnessed[0] if verdict.witnessed is not None else 0
    whole, part = _WITNESSED if since >= verdict.size else _UNWITNESSED
    code = part if runs else whole
    before = verdict.size - verdict.reread
    return paint(app.say(code, size=verdict.size, since=since, read=verdict.reread, before=before), "warn" if runs else "good")


def _lines(app: App, judged: _Judged, require_witness: bool, everything: bool) -> list[str]:
    verdict = judged.verdict
    lines = [_integrity(app, verdict, judged.runs), *(earlier(app, judged.runs, judged.zone) if judged.runs else [])]
    lines += [app.say("verify.outside", count=verdict.outside)] if verdict.outside else []
    lines += [line for fault in verdict.faults for line in _fault(app, fault)]
    lines += _undecided(app, verdict)
    if verdict.integrity == "altered":
        return [*lines, app.say("verify.no-law")]
    if require_witness and not (verdict.witnessed and verdict.witnessed[0] >= verdict.size):
        lines.append(paint(app.say("verify.witness-required"), "warn"))
    lines += ["", _procedure(app, verdict)]  # the second answer stands apart from the first
    return [*lines, *_findings(app, judged, everything)]


def _undecided(app: App, verdict: "Verdict") -> list[str]:
    """Files from outside that prove nothing here, each with why: beside the verdict, never in it."""
    if not verdict.undecided:
        return []
    own = [one for one in verdict.undecided if one.step == 1]  # the trust file itself, which the first answer speaks of
    others = [one for one in verdict.undecided if one not in own]
    lines = [line for one in own for line in _told(app, one)]
    lines += [paint(app.say("verify.undecided", count=len(others)), "warn")] if others else []
    return [*lines, *(line for one in others for line in _told(app, one))]


def _findings(app: App, judged: _Judged, everything: bool) -> list[str]:
    """What was found, each thing once however many boxes it concerns; and how much of it is not shown."""
    from custody.core.findings import grouped
    from custody_cli.boxes import findings

    verdict = judged.verdict  # the ledger is as it was signed: its names for places and people can be shown
    wanted = grouped(one for one in verdict.findings if everything or one.severity != "note")
    shown = wanted if everything else wanted[:_MOST]
    lines = [line for one, more in shown for line in findings.lines(app, one, judged.zone, more, judged.names)]
    hidden = len(verdict.findings) - sum(1 + more for _, more in shown)
    return [*lines, app.say("verify.hidden", count=hidden, where=judged.where)] if hidden else lines


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
