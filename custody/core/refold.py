"""What is kept of boxes that are folded again and again, so that one statement more does not cost as much as all before it (chapter 09).

A fold depends on the set of a box's statements only (FOLD-1). Kept are those statements as acts, which no later entry changes, and what
the law found of a link on top of its parent, which only a statement of authorities or a label can change. Neither is a second truth:
both are dropped when there is no more room, and made again from the entries.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custody.core.act import Act, apart
from custody.core.findings import Finding
from custody.core.holding import Holding, Line, seals_of

Judge = Callable[[Act, Line, Holding | None], list[Finding]]
ROOM = 4_000  # acts at hand, some 12 MB
_MOST = 1 << 16  # judgments at hand of one box


@dataclass(slots=True)
class _Kept:
    """Of one box: the entries that were read, their acts, and by link what was found of it."""

    indexes: "array[int]" = field(default_factory=lambda: array("Q"))
    acts: list[Act] = field(default_factory=list)
    found: dict[tuple[Any, ...], list[Finding]] = field(default_factory=dict)


class Refold:
    """The boxes that were folded last, as far as there is room; none, where nothing is to be kept."""

    def __init__(self, keeps: bool = True) -> None:
        self._keeps = keeps
        self._boxes: dict[str, _Kept] = {}  # the one that was asked for last stands last
        self._size = 0

    def outdated(self) -> None:
        """An authority or a label has spoken: what was found of links may be otherwise now."""
        for kept in self._boxes.values():
            kept.found.clear()

    def acts(self, wanted: Mapping[str, "array[int]"], act: Callable[[int], Act]) -> dict[str, list[Act]]:
        """All acts of boxes, each with its own line only; those that are not at hand are read by `act`, each once, and kept.

        :param wanted: the entries of each box, ascending.
        """
        more: dict[str, list[Act]] = {box: [] for box in wanted}
        fresh: dict[int, dict[str, None]] = {}
        for box, indexes in wanted.items():
            for index in self._unread(box, indexes):
                fresh.setdefault(index, {})[box] = None
        for index in sorted(fresh):
            for box, one in apart(act(index), fresh[index]):
                more[box].append(one)
        return {box: self._with(box, indexes, more[box]) for box, indexes in wanted.items()}

    def _unread(self, box: str, indexes: "array[int]") -> Iterable[int]:
        """The entries of a box whose acts are not at hand."""
        kept = self._boxes.get(box)
        if kept is None or kept.indexes != indexes[: len(kept.indexes)]:
            self._drop(box)
            return indexes
        return indexes[len(kept.indexes) :]

    def _with(self, box: str, indexes: "array[int]", more: list[Act]) -> list[Act]:
        """The acts of a box with those that were unread; kept where there is room."""
        kept = self._boxes.pop(box, None) or _Kept()
        self._size -= len(kept.acts)
        kept.indexes, kept.acts = indexes[:], [*kept.acts, *more]
        while self._boxes and self._size + len(kept.acts) > ROOM:
            self._drop(next(iter(self._boxes)))
        if self._keeps and len(kept.acts) <= ROOM:
            self._boxes[box] = kept
            self._size += len(kept.acts)
        return list(kept.acts)

    def judge(self, box: str, judge: Judge) -> Judge:
        """The law on the links of a box, asked once of each link on top of the same parent."""
        kept = self._boxes.get(box)
        if kept is None:
            return judge
        found = kept.found

        def once(act: Act, line: Line, parent: Holding | None) -> list[Finding]:
            key = (act.sid, act.entry, act.signed, act.late, parent, line["by"]["label"], line["by"]["how"], seals_of(line))
            if key not in found:
                if len(found) >= _MOST:
                    found.clear()
                found[key] = judge(act, line, parent)
            return list(found[key])

        return once

    def _drop(self, box: str) -> None:
        gone = self._boxes.pop(box, None)
        self._size -= len(gone.acts) if gone is not None else 0
