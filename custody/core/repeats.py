"""Repeats: statements that were logged again though no signature was new (spec chapter 09, AUTH-5; told by chapter 10, VERIFY-9)."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from custody.core import note as notes
from custody.core.findings import Finding, finding

_PARTS = 4  # sorted one after the other, so that a large ledger needs a quarter of the room


@dataclass
class Repeats:
    """The first 64 bits of every sid, entry by entry from `first` on; eight bytes each, since a ledger may be large."""

    first: int
    heads: "array[int]" = field(default_factory=lambda: array("Q"))

    def add(self, sid: str) -> None:
        """The next entry is of this statement."""
        self.heads.append(int(sid[:16], 16))

    def skip(self) -> None:
        """The next entry is none."""
        self.heads.append(0)

    def found(self, note: Callable[[int], bytes]) -> Iterator[Finding]:
        """Each entry whose signatures all stood under the same statement before; `note` gives an entry again."""
        twice = self._twice()
        signed: dict[bytes, tuple[int, set[tuple[str, bytes]]]] = {}
        for index, head in enumerate(self.heads, self.first) if twice else ():
            if head in twice:
                text, lines = notes.split(note(index))
                fresh = {(line.name, line.key_id) for line in lines}
                first, known = signed.setdefault(text, (index, set()))
                if fresh <= known:
                    yield finding("entry.again", first, index)
                known |= fresh

    def _twice(self) -> set[int]:
        found: set[int] = set()
        for part in range(_PARTS):
            ordered = sorted(head for head in self.heads if head % _PARTS == part)
            found.update(one for one, other in pairwise(ordered) if one == other)
        return found - {0}
