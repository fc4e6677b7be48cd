"""The short line of a checkpoint as somebody heard or copied it, held against the ledger (docs/spec/04-checkpoint.md).

It carries no signature: one that agrees binds the ledger to what was heard; one that does not may have been misheard, and decides nothing.
"""

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from custody.core.errors import Malformed

if TYPE_CHECKING:
    from custody.assembly import Office

_FORM = re.compile(r"(\d{1,16})[ :]+([0-9a-f]{16})", re.ASCII)


class Heard(NamedTuple):
    """A short line and what became of it: `agrees`, `differs`, or `longer` than the ledger."""

    line: str
    outcome: Literal["agrees", "differs", "longer"]
    size: int


def heard(opened: "Office", typed: str) -> Heard:
    """Hold one against the ledger. Raises `Malformed("cli.verify.line")` for what is no short line; hyphens and capitals do not matter."""
    from custody.core.checkpoint import Checkpoint

    size_, _, digits = typed.strip().lower().partition(" ")
    found = _FORM.fullmatch(f"{size_} {digits.replace('-', '').replace(' ', '')}")
    if found is None:
        raise Malformed("cli.verify.line", typed=typed[:60])
    size = int(found[1])
    if size > opened.ledger.size:
        return Heard(typed, "longer", size)
    mine = Checkpoint(opened.origin, size, opened.ledger.root(size)).short
    return Heard(mine, "agrees" if mine.partition(" ")[2].replace("-", "") == found[2] else "differs", size)
