"""The facts of a receipt's strip, out of the ledger at hand (docs/spec/27-receipts.md)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from custody.core import entry as entries
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.papers import receiptwords

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.ledger.receipt import Receipt

_NAMED = 6  # boxes that a strip names
_MOST = 2000  # bytes that a code still holds in dots which a thermal printer can draw


def page(app: App, opened: "Office", receipt: "Receipt") -> bytes:
    """The strip as PDF. Raises `Malformed("qr.long")`."""
    from custody.core.checkpoint import Checkpoint
    from custody.core.note import split
    from custody.paper.deeds.strip import StripFacts, draw

    entry = entries.parse(receipt.note)
    kind, body, head = entry.statement.kind.name, entry.statement.body, Checkpoint.parse(split(receipt.proof.checkpoint)[0])
    signed = "; ".join(one.person or one.key for one in receiptwords.signers(entry, opened))
    boxes = _boxes(opened, receiptwords.boxes_in(body))
    rows = [("paper.strip.boxes", boxes)] if boxes else []
    rows += [("paper.strip.things", told) for told in receiptwords.things_told(app, [entry.statement], opened)]
    rows.append(("paper.strip.signed", signed))
    facts = StripFacts(
        lang=app.lang,
        operation=str(opened.founding.body["operation"]),
        drill=opened.drill,
        what=app.say("paper.strip.what", kind=kind, at=body["happened"]["at"], zone=opened.zone),
        entry=receipt.index,
        sid=receipt.sid,
        rows=tuple((app.say(code), value) for code, value in rows),
        origin=opened.origin,
        short=head.short,
        proof=proof(receipt),
    )
    return draw(facts)


def proof(receipt: "Receipt") -> str:
    """The proof without the note; where many witnesses have signed, without their lines, which no code could hold."""
    from custody.ledger.cosigning import ledger_line

    whole = receipt.proof.format().decode()
    if len(whole.encode()) <= _MOST:
        return whole
    return replace(receipt.proof, checkpoint=ledger_line(receipt.proof.checkpoint)).format().decode()


def _boxes(opened: "Office", boxes: list[str]) -> str:
    names = Names(opened)
    told = ", ".join(names.box(box) for box in boxes[:_NAMED])
    return f"{told}{f' … ({len(boxes)})' if len(boxes) > _NAMED else ''}"
