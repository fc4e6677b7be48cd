"""Time brackets: between which cosignature times a statement must have been made (spec chapter 10, TIME-1 to TIME-5)."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from custody.core.errors import CustodyError
from custody.core.findings import Finding, finding
from custody.core.moment import from_seconds, to_seconds
from custody.core.policy import Policy

NOTHING = -(2**62)  # the time that an entry claims which is not authentic
_MOST = 2**32 - 1  # the largest size kept of what was seen; more is kept as that

Seen = tuple[int, str, str]  # size, root and signature of a checkpoint that somebody saw


@dataclass
class Claims:
    """What the entries claim of their time, in order of the ledger, twelve bytes each; it goes along from snapshot to snapshot.

    at: Unix seconds. seen: sizes, 0 for none. unsigned: the heads seen that no ledger key signed, with the first entry and who drafted it.
    """

    at: "array[int]" = field(default_factory=lambda: array("q"))
    seen: "array[int]" = field(default_factory=lambda: array("I"))
    unsigned: dict[Seen, tuple[int, str]] = field(default_factory=dict)

    def add(self, at: str, seen: int) -> None:
        """The next entry, which is authentic."""
        self.at.append(to_seconds(at))
        self.seen.append(seen if seen <= _MOST else _MOST)

    def skip(self) -> None:
        """The next entry, which is not."""
        self.at.append(NOTHING)
        self.seen.append(0)

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        unsigned = [[*seen, *told] for seen, told in self.unsigned.items()]
        return {"at": self.at.tolist(), "seen": self.seen.tolist(), "unsigned": unsigned}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Claims":
        """The same again; `value` must come from `to_json`."""
        unsigned = {(size, root, signature): (index, name) for size, root, signature, index, name in value["unsigned"]}
        return cls(array("q", value["at"]), array("I", value["seen"]), unsigned)


@dataclass
class Brackets:
    """Sizes that the quorum has cosigned, ascending, with the time by which it had done so (Unix seconds)."""

    sizes: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    latest_until: list[int] = field(default_factory=list)  # the latest of the times up to and with each size
    earliest_from: list[int] = field(default_factory=list)  # the earliest of the times from each size on

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

    def judge(self, claims: Claims, size: int, skew: int) -> list[Finding]:
        """Every claim outside its bracket; and one finding for all whose time no witness bounds: a missing bound is never passed over.

        size: of the ledger.
        """
        if not self.sizes:
            return _unbounded(claims, size)
        found, count, first, last = list[Finding](), 0, 0, 0
        for start, end, upper in self._stretches(len(claims.at)):
            for index in range(start, end):
                at, lower = claims.at[index], self.lower(claims.seen[index])
                if at == NOTHING:
                    continue
                if lower is None or upper is None:
                    count, first, last = count + 1, first if count else index, index
                if (lower is not None and at < lower - skew) or (upper is not None and at > upper + skew):
                    found.append(finding("time.bracket", index, at=from_seconds(at), lower=lower or 0, upper=upper or 0))
        return [*found, *([finding("time.unbounded", first, last, count=count, size=size)] if count else [])]

    def _stretches(self, size: int) -> Iterator[tuple[int, int, int | None]]:
        """Entries that share an upper bound: from, to before, the bound."""
        start = 0
        for number, end in enumerate(self.sizes):
            yield start, min(end, size), self.earliest_from[number]
            start = end
        yield start, size, None


def _unbounded(claims: Claims, size: int) -> list[Finding]:
    """Where there is no witness: all entries, counted at once."""
    count = len(claims.at) - claims.at.count(NOTHING)
    if not count:
        return []
    first = next(index for index, at in enumerate(claims.at) if at != NOTHING)
    last = next(index for index in range(len(claims.at) - 1, -1, -1) if claims.at[index] != NOTHING)
    return [finding("time.unbounded", first, last, count=count, size=size)]


def _witnessed(trust: Policy, note: bytes) -> int | None:
    try:
        return trust.witnessed(note)
    except CustodyError:
        return None
