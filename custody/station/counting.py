"""Boxes that are counted blind, or looked at one by one (spec chapters 08, 11 and 17). Neither asks for anything of a box but itself.

Who counts must not be led. What was recorded of a box is asked for its label only: whether one of ours was printed for it, and which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from custody.station.lookup import Lookup
from custody.station.scanrun import Errand, Fact, How, Item, Outcome, Run, replay


class Count(Run):
    """A count under way; inputs as in any run, and none of them is said to be in the wrong place or the wrong hands."""

    def __init__(self, known: Lookup, points: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__(Errand("", "", None, sealing=True), known, points)

    def _count(self, box: str, how: How, label: str | None, told: list[str]) -> Outcome:
        item = self.items.get(box)
        if item is not None:
            return self._again(item, how, label)
        strange = ["run.unknown-box"] if self._known.registered(box) is None else []
        codes = (*strange, *told)
        self.items[box] = Item(box, how, label, codes)
        self._steps.append((box, None, None))
        return Outcome(codes or ("run.counted",), box, True, self._facts(box))

    def _facts(self, box: str) -> dict[str, Fact]:
        return {"box": box, "count": self.count, "expected": self.count}


class Look(Run):
    """Boxes looked at where they stand: none is expected, and each is told what is recorded of it, be it elsewhere or in other hands."""

    def _counts_on(self, box: str) -> bool:
        return True


def counted(known: Lookup, points: Callable[[str], tuple[str, ...]], events: Iterable[dict[str, Any]]) -> Count:
    """The count of a draft as far as it came."""
    run = Count(known, points)
    replay(run, events)
    return run
