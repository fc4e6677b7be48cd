"""One box as a reconciliation accounts for it, and sums of such boxes. For every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from custody.assembly.whereabouts import Where

if TYPE_CHECKING:
    from custody.core.findings import Finding
    from custody.core.trail import Step

Kind = Literal["custody", "transit", "unaccounted", "disputed", "closed"]
_LOST = frozenset(("missing", "stolen", "lost-contact"))  # incidents by which nobody can say where a box is
KINDS: tuple[Kind, ...] = ("custody", "transit", "unaccounted", "disputed", "closed")


@dataclass(frozen=True)
class Account:
    """One box of a reconciliation.

    where: as it stood at the minute, its holder only after `held`. kind: how it is accounted for. here: it surely lay in the place
    itself or in a store of it.
    perhaps: it may have, as far as clocks may differ. others: how else it may have stood then. link: after which link of its chain it
    stood, counted from 0; None where it still stands so.
    """

    where: Where
    kind: Kind
    overdue: bool
    here: bool
    perhaps: bool = False
    others: tuple[Step | None, ...] = ()
    link: int | None = None

    @property
    def box(self) -> str:
        """Its id."""
        return self.where.box


@dataclass
class Sums:
    """Boxes of one area: expected = custody + transit + unaccounted + disputed + closed.

    overdue: in transit past due, or reported gone while they were.
    """

    code: str
    expected: int = 0
    custody: int = 0
    transit: int = 0
    unaccounted: int = 0
    disputed: int = 0
    closed: int = 0
    overdue: int = 0

    def take(self, one: Account) -> None:
        """Count one box."""
        self.expected += 1
        setattr(self, one.kind, getattr(self, one.kind) + 1)
        self.overdue += one.overdue


def gone(one: Finding) -> bool:
    """Whether this says that nobody knows where a box is: it was not found where it should lie, or was reported gone."""
    return one.code == "box.missing" or (one.code == "incident.open" and dict(one.facts).get("what") in _LOST)
