"""Time brackets: between which cosignature times a statement must have been made (spec chapter 10, TIME-1 to TIME-5)."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from custody.core.errors import CustodyError
from custody.core.findings import Finding, finding
from custody.core.moment import to_seconds
from custody.core.policy import Policy


@dataclass
class Brackets:
    """Sizes that the quorum has cosigned, ascending, with the time by which it had done so (Unix seconds)."""

    sizes: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    open: list[int] = field(default_factory=lambda: [0, 0, 0])  # count, first and last entry without both bounds

    @classmethod
    def of(cls, kept: Iterable[tuple[int, bytes]], trust: Policy | None) -> "Brackets":
        """Read the cosignatures of all checkpoints that a policy with witnesses accepts."""
        brackets = cls()
        if trust is None or not trust.requires_witnesses:
            return brackets
        for size, note in kept:
            time = _witnessed(trust, note)
            if time is not None:
                brackets.sizes.append(size)
                brackets.times.append(time)
        return brackets

    @property
    def newest(self) -> tuple[int, int] | None:
        """The largest witnessed size and its time."""
        return (self.sizes[-1], self.times[-1]) if self.sizes else None

    def lower(self, seen_size: int) -> int | None:
        """The latest time by which a checkpoint no larger than what the drafter had seen was cosigned."""
        return max(self.times[: bisect_right(self.sizes, seen_size)], default=None)

    def upper(self, index: int) -> int | None:
        """The earliest time by which a checkpoint that holds the entry was cosigned."""
        return min(self.times[bisect_right(self.sizes, index) :], default=None)

    def problem(self, index: int, seen_size: int, at: str, skew: int) -> Finding | None:
        """A finding if the claimed time lies outside its bracket; a missing bound is counted, never passed over."""
        lower, upper = (self.lower(seen_size), self.upper(index)) if self.sizes else (None, None)
        if lower is None or upper is None:
            self._unbounded(index)
        if not self.sizes:
            return None
        claimed = to_seconds(at)
        if (lower is not None and claimed < lower - skew) or (upper is not None and claimed > upper + skew):
            return finding("time.bracket", index, at=at, lower=lower or 0, upper=upper or 0)
        return None

    def _unbounded(self, index: int) -> None:
        count, first, _ = self.open
        self.open[:] = [count + 1, index if count == 0 else first, index]

    def unbounded(self, size: int) -> list[Finding]:
        """One finding for all entries whose time no witness bounds."""
        count, first, last = self.open
        return [finding("time.unbounded", first, last, count=count, size=size)] if count else []


def _witnessed(trust: Policy, note: bytes) -> int | None:
    try:
        return trust.witnessed(note)
    except CustodyError:
        return None
