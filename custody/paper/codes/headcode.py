"""The large code on the first page of a paper: which ledger it rests on, and which checkpoint (spec chapter 13, PAGE-5). Pure."""

import re
from typing import NamedTuple

from custody.core.checkpoint import Checkpoint, decimal
from custody.core.errors import Malformed, quoted
from custody.core.note import check_name

LONGEST = 300  # characters; an origin of ours has at most 250
_ROOT = re.compile("[0-9a-f]{32}")


class HeadCode(NamedTuple):
    """Name and size of the ledger, and the first 32 hex digits of its root at that size."""

    origin: str
    size: int
    root: str

    def format(self) -> str:
        """The payload."""
        return f"{self.origin} {self.size} {self.root}"

    @property
    def short(self) -> str:
        """The short line of the checkpoint, as it is read aloud (chapter 4)."""
        return " ".join((str(self.size), "-".join(self.root[at : at + 4] for at in range(0, 16, 4))))


def of(head: Checkpoint) -> HeadCode:
    """The code of a checkpoint."""
    return HeadCode(head.origin, head.size, head.root.hex()[:32])


def parse(text: str) -> HeadCode:
    """Read a payload back. Raises `Malformed("headcode.form")` for every other form."""
    parts = text.split(" ")
    code = _read(*parts) if len(text) <= LONGEST and len(parts) == 3 else None
    if code is None:
        raise Malformed("headcode.form", text=quoted(text))
    return code


def _read(origin: str, size: str, root: str) -> HeadCode | None:
    try:
        check_name(origin)
        number = decimal(size.encode("utf-8", "replace"), "checkpoint.size")
    except Malformed:
        return None
    return HeadCode(origin, number, root) if _ROOT.fullmatch(root) is not None else None
