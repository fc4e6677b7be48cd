"""Time brackets: between which cosignature times a statement must have been made (spec chapter 10, TIME-1 to TIME-5)."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from custody.core.errors import CustodyError
from custody.core.findings import Finding, finding
from custody.core.moment import to_seconds
from custody.core.policy import Policy


@dataclass
class Brackets:
    """Sizes that the quorum has cosigned, ascending, with the time by which it had done so (Unix seconds)."""

    sizes: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    latest_until: list[int] = field(default_factory=list)  # the latest of the times up to and with each size
    earliest_from: list[int] = field(default_factory=list)  # the earliest of the times from each size on
    open: tuple[int, int, int] = (0, 0, 0)  # count, first and last entry without both bounds

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
        brackets.latest_until = list(accumulate(brackets.times, max))
        brackets.earliest_from = list(accumulate(reversed(brackets.times), min))[::-1]
        return brackets

    @property
    def newest(self) -> tuple[int, int] | None:
        """The largest witnessed size and its time."""
        return (self.sizes[-1], self.times[-1]) if self.sizes else None

    def lower(self, seen_size: int) -> int | None:
        """The latest time by which a checkpoint no larger than what the drafter had seen was cosigned."""
        at = bisect_right(self.sizes, seen_size)
        return self.latest_until[at - 1] if at else None

    def upper(self, index: int) -> int | None:
        """The earliest time by which a checkpoint that holds the entry was cosigned."""
        at = bisect_right(self.sizes, index)
        return self.earliest_from[at] if at < len(self.sizes) else None

    def problem(self, index: int, seen_size: int, at: str, skew: int) -> Finding | None:
        """A finding if the claimed time lies outside its bracket; a missing bound is counted, never passed over."""
        if not self.sizes:
            self._unbounded(index)
            return None
        lower, upper = self.lower(seen_size), self.upper(index)
        if lower is None or upper is None:
            self._unbounded(index)
        claimed = to_seconds(at)
        if (lower is not None and claimed < lower - skew) or (upper is not None and claimed > upper + skew):
            return finding("time.bracket", index, at=at, lower=lower or 0, upper=upper or 0)
        return None

    def _unbounded(self, index: int) -> None:
        count, first, _ = self.open
        self.open = (count + 1, index if count == 0 else first, index)

    def unbounded(self, size: int) -> list[Finding]:
        """One finding for all entries whose time no witness bounds."""
        count, first, last = self.open
        return [finding("time.unbounded", first, last, count=count, size=size)] if count else []


def _witnessed(trust: Policy, note: bytes) -> int | None:
    try:
        return trust.witnessed(note)
    except CustodyError:
        return None
