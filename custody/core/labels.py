"""Labels as they were read on a box: whose they are, and which copy (spec chapters 09 REG and 10)."""

from collections.abc import Iterator
from functools import lru_cache

from custody.core.act import Act
from custody.core.checkpoint import Checkpoint
from custody.core.errors import BadSignature
from custody.core.findings import Finding, finding
from custody.core.holding import Holding, Line
from custody.core.known import Known
from custody.core.moment import to_seconds
from custody.core.note import VerifierKey
from custody.core.register import Printed


def of_line(act: Act, line: Line, parent: Holding | None, known: Known, looked: int = 0) -> Iterator[Finding]:
    """How the box was identified: whether a label was read, whose it is, and that no newer one sticks on the box (REG-3, REG-6).

    A line that an ack tells has the moment of that ack in `told`. looked: the newest copy that inspections read before.
    """
    box, by = line["box"], line["by"]
    if by["label"] is None:
        yield finding("label.not-read", act.entry, box=box, how=by["how"])
        return
    printed = known.register.codes.get(by["label"])
    if printed is None or not _by_then(printed, act, line, parent, known):
        yield finding("label.unknown", act.entry, box=box)
    elif printed.box is not None and printed.box != box:
        yield finding("label.other-box", act.entry, printed.entry, box=box, printed=printed.box)
    elif printed.copy < (newest := max(parent.copy if parent is not None else 0, looked)):
        yield finding("label.void", act.entry, printed.entry, box=box, copy=printed.copy, newest=newest)


def _by_then(printed: Printed, act: Act, line: Line, parent: Holding | None, known: Known) -> bool:
    """Whether a code was printed when it was read: by the times claimed, that of the link before included, or as its signers saw."""
    at = to_seconds(line.get("told", act.body["happened"]["at"]))
    if parent is not None:
        at = max(at, parent.at, parent.first)
    return printed.at <= at + known.skew or _saw(act, printed, known)


def _saw(act: Act, printed: Printed, known: Known) -> bool:
    """Whether the print is in a tree that its signers truly saw: of earlier entries, and signed by the ledger."""
    seen = act.body["seen"]
    if seen is None or printed.entry >= min(seen["size"], act.entry):
        return False
    text = Checkpoint(known.roster.origin, seen["size"], bytes.fromhex(seen["root"])).text()
    keys = (key for key, least, most in known.roster.ledger_spans() if least <= seen["size"] <= most)
    return any(_signed(key, text, bytes.fromhex(seen["sig"])) for key in keys)


@lru_cache(maxsize=256)
def _signed(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    try:
        key.verify(text, signature)
    except BadSignature:
        return False
    return True


def copy_number(line: Line, codes: dict[str, Printed]) -> int:
    """The copy number of the label that was read on a box; 0 when none was read, or it was printed for another box or by nobody."""
    label = line["by"]["label"]
    printed = codes.get(label) if label is not None else None
    return printed.copy if printed is not None and printed.box in (None, line["box"]) else 0
