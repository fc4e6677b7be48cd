"""`custody receipt`: what a person takes home to prove that a statement stands in the ledger; and the check of one."""

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import CustodyError, Undecided
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.runtime import App, argument, option, pass_app, run
from custody_cli.ground.runtime import command as define
from custody_cli.outside import hearsay

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.checkpoint import Checkpoint
    from custody.core.policy import Policy
    from custody.ledger.receipt import Receipt

_FILE = click.Path(path_type=Path)
CHECK = ("check", "periksa")
_MOST = 1 << 20  # bytes: a note of 64 KiB, its proof and its checkpoint


@define("receipt")
@argument("what", nargs=-1, required=True)
@option("--out", "target", type=_FILE)
@option("--strip", type=_FILE)
@option("--qr", type=click.Path(path_type=Path, allow_dash=True))
@option("--trust", type=_FILE)
@pass_app
def command(app: App, what: tuple[str, ...], target: Path | None, strip: Path | None, qr: Path | None, trust: Path | None) -> int | None:
    if what[0] in CHECK and len(what) > 1:
        return _checked(app, [Path(one) for one in what[1:]], trust)
    if len(what) != 1:
        raise WrongUse("cli.receipt.which", what=" ".join(what)[:100])
    _give(app, what[0], target, strip, qr)
    return None


def _give(app: App, what: str, target: Path | None, strip: Path | None, qr: Path | None) -> None:
    from custody.durable import write_new
    from custody_cli.papers import receiptscreen, receiptstrip

    receiptscreen.check(qr)
    with office(app, proven=True) as opened:
        receipt = _best(opened, which(what))
        page = receiptstrip.page(app, opened, receipt) if strip is not None else None
    code = receiptscreen.code(app, receipt, qr) if qr is not None else None
    path = target or Path(f"tanda-terima-{receipt.index}.tlog-proof")
    facts, told = {"path": str(path), "entry": receipt.index, "sid": receipt.sid}, []
    if (page is None and code is None) or target is not None:
        write_new(path, receipt.format())
        told.append(app.say("cli.receipt.done", **facts))
    if page is not None and strip is not None:
        write_new(strip, page, 0o600)  # it names people
        told.append(app.say("cli.receipt.strip", path=str(strip), entry=receipt.index))
    if code is not None:
        told.append(receiptscreen.put(app, code, receipt.index))
    paths = {"strip": str(strip) if strip is not None else None, "qr": str(qr) if qr is not None else None}
    app.answer("receipt", {**facts, **paths, **(code.document() if code is not None else {})}, "\n".join(told))


def _best(opened: "Office", what: int | str) -> "Receipt":
    """Under the newest checkpoint that the office's witnesses have signed and that covers the entry; else under the newest of all."""
    from custody.ledger.cosigning import witnessed

    receipt = opened.ledger.receipt(what)
    with opened.store.read() as reader:
        newest = witnessed(reader, opened.policy)
    return receipt if newest is None or newest[0] <= receipt.index else opened.ledger.receipt(receipt.index, newest[0])


def which(text: str) -> int | str:
    """An entry by its number or a statement by its id. Raises `WrongUse("cli.receipt.which")` for anything else."""
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return text.lower()
    raise WrongUse("cli.receipt.which", what=text)


def _checked(app: App, paths: Sequence[Path], trust: Path | None) -> int:
    """Each file is answered for, by name where there are several; the gravest answer is the exit code."""
    codes = []
    for path in paths:
        if len(paths) > 1 and not app.json:
            app.console.answer(paint(str(path), "head"))
        codes.append(run(app, partial(_check, app, path, trust)))
        if codes[-1] in (Exit.INTERRUPTED, Exit.PIPE):  # nobody waits for the others
            return codes[-1]
    return max(codes, key=lambda code: (code == Exit.ALTERED, code == Exit.UNDECIDED, code))


def _check(app: App, path: Path, trust: Path | None) -> int:
    """Prove one file; what is wrong with it is told with its name."""
    try:
        return _proved(app, path, trust)
    except CustodyError as error:
        raise type(error)(error.code, **{"file": str(path), **error.facts}) from error


def _proved(app: App, path: Path, trust: Path | None) -> int:
    """Prove a receipt with a trust file and show what it holds; no ledger is needed, but one at hand names people and roles."""
    from custody.core import entry as entries
    from custody.ledger import receipt as receipts
    from custody.ledger.receipt import Receipt
    from custody_cli.commands.check import trust_of
    from custody_cli.papers import receiptwords

    policy = trust_of(app, trust)
    if policy is None:
        raise Undecided("check.no-trust")
    data = _receipt(path)
    with receipts.read():
        receipt = Receipt.parse(data)
    with office(app, proven=True) if app.ledger_path is not None else nullcontext() as opened:
        with receipts.judged():
            head = _proven(receipt, policy, opened)
        facts = {"entry": receipt.index, "sid": receipt.sid, "size": head.size}
        entry = entries.parse(receipt.note)
        signers = [asdict(one) for one in receiptwords.signers(entry, opened)]
        marks = receiptwords.uncounted(entry, opened)
        document = {"file": str(path), **facts, "kind": entry.statement.kind.name, "statement": entry.statement.body, "signers": signers}
        document["uncounted"] = marks.boxes if marks is not None else None
        held = _against(path, receipt, opened, policy) if opened is not None else []
        document["ledger"] = [one.document() for one in held]
        told = [_holds(app, facts), *(line for one in held for line in one.lines(app))]
        told += [*receiptwords.uncounted_lines(app, marks), *receiptwords.lines(app, receipt.note, opened, head.origin)]
        app.answer("receipt", document, lambda: "\n".join(told))
    if hearsay.exit_of(held) != Exit.FINE:
        return hearsay.exit_of(held)
    return Exit.FINDINGS if marks is not None and marks.boxes else Exit.FINE


def _proven(receipt: "Receipt", policy: "Policy", opened: "Office | None") -> "Checkpoint":
    """Its head, once everything holds. Where its own checkpoint has no witnesses, a later one of the ledger at hand may vouch for it.

    Raises as `Receipt.verify`.
    """
    from custody.assembly.witnessing import covered
    from custody.core.policy import Policy

    try:
        return receipt.verify(policy)
    except Undecided as error:
        if error.code != "proof.unwitnessed" or opened is None:
            raise
        head = receipt.verify(Policy(policy.logs))
        if not covered(opened, head, policy):
            raise
        return head


def _against(path: Path, receipt: "Receipt", opened: "Office", policy: "Policy") -> list[hearsay.Told]:
    """The receipt against the ledger at hand, and against what was kept before; a contradiction is kept, as by `custody gossip add`."""
    from custody.assembly.gossiping import of_office
    from custody.core.verify import Outside
    from custody_cli.outside.brought import Brought

    shown, evidence = of_office(opened, policy)
    item = Outside(path.name, receipt.proof.checkpoint, replace(receipt.proof, extra=receipt.note), receipt.leaf)
    return hearsay.Table(shown, policy, evidence, keeping=True).judge([Brought(path.name, item)])


def _holds(app: App, facts: Mapping[str, object]) -> str:
    return paint(app.say("cli.receipt.holds", **facts), "good")


def _receipt(path: Path) -> bytes:
    """The bytes of a receipt file. Raises `WrongUse("cli.receipt.pdf")` for a report, and as `reading.read`."""
    from custody.reading import opened, read

    with opened(path) as file:
        if b"%PDF-" in file.read(1024):
            raise WrongUse("cli.receipt.pdf", path=str(path))
    return read(path, _MOST)
