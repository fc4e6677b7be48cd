"""The short line of a checkpoint as somebody heard or copied it, held against what is at hand (docs/spec/04-checkpoint.md).

It carries no signature: one that agrees binds the ledger to what was heard; one that does not may have been misheard, and decides nothing.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from custody.core.errors import Malformed

if TYPE_CHECKING:
    from custody.assembly import Office

_FORM = re.compile(r"(\d{1,16})[ :]+([0-9a-f]{16})", re.ASCII)


class Heard(NamedTuple):
    """A short line and what became of it: `agrees`, `differs`, `longer` than what is at hand, or `absent`: nothing here tells."""

    line: str
    outcome: Literal["agrees", "differs", "longer", "absent"]
    size: int


def heard(opened: "Office", typed: str) -> Heard:
    """Hold one against the ledger. Raises as `parse`."""
    return compared(typed, opened.origin, opened.ledger.size, opened.ledger.root)


def parse(typed: str) -> tuple[int, str]:
    """Size and the first 16 hex digits of the root. Raises `Malformed("cli.verify.line")`; hyphens and capitals do not matter."""
    size, _, digits = typed.strip().lower().partition(" ")
    found = _FORM.fullmatch(f"{size} {digits.replace('-', '').replace(' ', '')}")
    if found is None:
        raise Malformed("cli.verify.line", typed=typed[:60])
    return int(found[1]), found[2]


def compared(typed: str, origin: str, here: int, root: "Callable[[int], bytes | None]") -> Heard:
    """Hold one against the roots of a ledger that goes as far as `here`. Raises as `parse`."""
    from custody.core.checkpoint import Checkpoint

    size, heard_root = parse(typed)
    if size > here:
        return Heard(typed, "longer", size)
    known = root(size)
    if known is None:
        return Heard(typed, "absent", size)
    mine = Checkpoint(origin, size, known).short
    return Heard(mine, "agrees" if mine.partition(" ")[2].replace("-", "") == heard_root else "differs", size)
