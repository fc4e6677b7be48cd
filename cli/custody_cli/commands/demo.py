"""`custody demo`: the whole journey on a real list of polling stations, its papers, and what an attacker could try."""

import shlex
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.ground.console import paint
from custody_cli.ground.desk import random, typed_name
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define

if TYPE_CHECKING:
    from custody.core.verdict import Verdict
    from custody_cli.demo.attacks import Caught
    from custody_cli.demo.journey import Stage

_FOLDER = click.Path(path_type=Path, file_okay=False)
_SCOPES = (("operation", "-"), ("kecamatan", "530719"), ("desa", "5307192008"), ("warehouse", "5307-GUDANG"))
_BOX = "PEM24-5307192001-002-DPR-1"
_NAMED = {"operation": "operasi", "warehouse": "gudang", "box": "kotak"}  # in the names of files


@define("demo")
@option("--folder", "where", type=_FOLDER, default="demo")
@pass_app
def command(app: App, where: Path) -> int:
    from custody_cli.demo import kangae

    stage, paper = _stage(app, where)
    with app.console.progress(app.say("cli.demo.progress"), 12 + 2 * 53 + 9 + 9 + 3) as step:
        labels, reports = _tell(stage, paper, step)
        verdict, papers, caught, edited = _prove(stage, reports, where, step)
    facts = {"folder": str(where), "boxes": kangae.BOXES, "entries": verdict.size, "labels": len(labels), "reports": len(reports)}
    held = verdict.integrity == "consistent" and all(one == "intact" for one in papers.values())
    held = held and all(one.with_receipt.integrity == "altered" for one in caught) and edited == "altered"
    document = {**facts, "integrity": verdict.integrity, "papers": papers, "edited_paper": edited, "held": held}
    document |= {"attacks": {one.name: [one.alone.integrity, one.with_receipt.integrity] for one in caught}}
    app.answer("demo", document, lambda: "\n".join([*_last_page(app, facts, verdict, papers, caught, edited), *_onward(app, where)]))
    return Exit.FINE if held else Exit.UNFORESEEN


def _stage(app: App, where: Path) -> "tuple[Stage, Path]":
    """An empty folder for the demonstration; one of an earlier run is replaced, anything else is left alone."""
    from custody_cli.demo.journey import Stage
    from custody_cli.demo.people import Cast, Clock

    mark = where / ".custody-demo"
    if where.exists() and any(where.iterdir()):
        if not mark.exists():
            raise WrongUse("cli.demo.folder", path=str(where))
        shutil.rmtree(where)
    where.mkdir(parents=True, exist_ok=True)
    mark.touch()
    keys = Cast(where / "keys", random)
    return Stage(where / "ledger", where / "state", keys, Clock("2024-02-10T09:00:00+08:00"), random, app.lang), where / "paper"


def _tell(stage: "Stage", paper: Path, step: Any) -> tuple[list[Path], list[Path]]:
    """Found the ledger, import, label, seal, hand over, report."""
    from custody_cli.demo import journey, keeping

    journey.found(stage)
    step(1)
    with stage.open() as office:
        journey.lay_out(stage, office)
        step(2)
        labels = journey.print_labels(stage, office, paper)
        step(2)
        homes = journey.by_home(office)
        stage.clock.go("2024-02-14T22:30:00+08:00")
        for home, boxes in homes.items():
            journey.seal(stage, office, home, boxes)
            step(1)
        stage.clock.go("2024-02-15T01:00:00+08:00")
        for home, boxes in homes.items():
            journey.to_pps(stage, office, home, boxes)
            step(1)
        stage.clock.go("2024-02-15T05:00:00+08:00")
        for desa in sorted({home[:10] for home in homes}):
            journey.to_ppk(stage, office, desa, [box for home in homes if home.startswith(desa) for box in homes[home]])
            step(1)
        _keep(stage, office, homes, step)
        stage.clock.go("2024-02-24T13:00:00+08:00")
        for _ in journey.to_warehouse(stage, office):
            step(1)
        stage.clock.go("2024-02-24T20:00:00+08:00")
        keeping.shift(stage, office, "danru-1", "danru-2", len(office.ledger.state.register.boxes))
        return labels, _reports(stage, office, paper, step)


def _keep(stage: "Stage", office: Any, homes: dict[str, list[str]], step: Any) -> None:
    """Nine days in the kecamatan: a leak, the plenary, each desa's boxes opened and sealed again; and the guard of the warehouse begins."""
    from custody_cli.demo import keeping

    stage.clock.go("2024-02-15T14:00:00+08:00")
    leaking = keeping.leak(stage, office)
    stage.clock.go("2024-02-16T10:00:00+08:00")
    keeping.mended(stage, office, leaking)
    stage.clock.go("2024-02-17T08:00:00+08:00")
    keeping.plenary(stage, office, "begun")
    for number, desa in enumerate(sorted({home[:10] for home in homes})):
        stage.clock.go(f"2024-02-{17 + number // 2}T{10 + 6 * (number % 2)}:00:00+08:00")
        keeping.opened(stage, office, sorted(box for home in homes if home.startswith(desa) for box in homes[home]), 1 + 100 * number)
        step(1)
    stage.clock.go("2024-02-23T17:00:00+08:00")
    keeping.plenary(stage, office, "finished")
    stage.clock.go("2024-02-24T08:00:00+08:00")
    keeping.shift(stage, office, None, "danru-1", 0)


def _reports(stage: "Stage", office: Any, paper: Path, step: Any) -> list[Path]:
    from custody.assembly.reporting import issue_report
    from custody.core import note

    kasatops, made = stage.keys["kasatops"].open(), []
    for scope in (*_SCOPES, ("box", _BOX)):
        issued = issue_report(
            office, scope, kasatops.name, lambda statement: note.join(statement.text, [kasatops.line(statement.text)]), stage.lang, {}
        )
        made.append(paper / f"laporan-{_NAMED.get(scope[0], scope[0])}{'' if scope[1] == '-' else '-' + scope[1]}.pdf")
        made[-1].write_bytes(issued.pdf)
        step(1)
    receipt = office.ledger.receipt(office.ledger.size - 1)
    (paper / f"tanda-terima-{receipt.index}.tlog-proof").write_bytes(receipt.format())
    return made


def _prove(stage: "Stage", reports: list[Path], where: Path, step: Any) -> "tuple[Verdict, dict[str, str], list[Caught], str]":
    """Verify the ledger, check every paper, and then try to cheat on copies."""
    import tempfile

    from custody.assembly import open_office
    from custody.assembly.auditing import verify_office
    from custody.core.verify import Outside
    from custody.paper.checking.check import check
    from custody_cli.demo import attacks

    with open_office(stage.ledger, state_dir=stage.state, clock=stage.clock) as office:
        policy = office.policy
        verdict = verify_office(office, policy, [])
        receipt = office.ledger.receipt(office.ledger.size - 1)
    held = Outside("tanda terima", receipt.proof.checkpoint, receipt.proof, receipt.leaf)
    papers = {path.name: str(check(path.read_bytes(), policy).outcome) for path in reports}
    step(1)
    with tempfile.TemporaryDirectory(prefix=".copies-", dir=where) as work:
        caught = [attack(stage, policy, held, Path(work)) for attack in (attacks.altered_row, attacks.cut_tail)]
    edited = str(attacks.edited_paper(reports[0].read_bytes(), policy).outcome)
    step(1)
    return verdict, papers, caught, edited


def _last_page(
    app: App, facts: dict[str, Any], verdict: "Verdict", papers: dict[str, str], caught: "list[Caught]", edited: str
) -> list[str]:
    """What was made, what to open, what to try next, what is real and what invented."""
    lines = [paint(line, "head") for line in _prose(app, app.say("cli.demo.made", **facts))] + [""]
    counts = {name: sum(one.severity == name for one in verdict.findings) for name in ("breach", "warning", "note")}
    intact = sum(one == "intact" for one in papers.values())
    told = app.say("cli.demo.kept"), app.say("cli.demo.verified", size=verdict.size, **counts), app.say("cli.demo.story")
    for text in (*told, app.say("cli.demo.papers", intact=intact, count=len(papers))):
        lines += _prose(app, text)
    lines.append("")
    lines += [paint(app.say("cli.demo.attacks"), "head")]
    for one in caught:
        alone, held = (app.say(f"integrity.{verdict.integrity}") for verdict in (one.alone, one.with_receipt))
        fault = one.with_receipt.faults[0] if one.with_receipt.faults else None
        lines += _prose(app, app.say(f"cli.demo.attack.{one.name}", alone=alone, held=held))
        lines += _prose(app, "    " + app.say(fault.code, **dict(fault.facts))) if fault is not None else []
    return [*lines, *_prose(app, app.say("cli.demo.attack.paper", outcome=app.say(f"integrity.{edited}"))), ""]


def _onward(app: App, where: Path) -> list[str]:
    """What to open and what to type, exactly as it works from the folder where the demonstration was started."""
    folder, program = shlex.quote(where.as_posix()), typed_name(sys.argv[0], Path.cwd())
    places = {"CUSTODY_LEDGER": f"{folder}/ledger", "CUSTODY_STATE": f"{folder}/state"}
    set_to = "set" if sys.platform == "win32" else "export"
    lines = _prose(app, app.say("cli.demo.open", folder=where.as_posix()))
    lines += [app.say("cli.demo.next"), *(f"  {set_to} {name}={value}" for name, value in places.items())]
    paper = f"{folder}/paper/laporan-desa-5307192008.pdf"
    typed = "status Kangae", f"trace {_BOX}", "verify", f"check {paper} --trust {folder}/ledger/policy"
    lines += [f"  {program} {words}" for words in typed]
    return [*lines, *_prose(app, app.say("cli.demo.keys", folder=where.as_posix())), "", *_prose(app, app.say("cli.demo.real"))]


def _prose(app: App, text: str) -> list[str]:
    """A sentence in lines that a terminal does not break within words; as it is where nobody watches."""
    if not app.console.out.isatty():
        return [text]
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(text, shutil.get_terminal_size().columns - 1, subsequent_indent=indent) or [text]
