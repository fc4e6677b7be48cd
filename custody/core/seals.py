"""Seals of a box line against those last seen, point by point (spec chapter 10, LAW-5)."""

from collections.abc import Iterator
from typing import Any

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import Holding, Line, seals_of
from custody.core.known import Known

_BAD_STATES = frozenset(("loose", "torn", "missing"))


def of_line(act: Act, line: Line, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Seals at a handoff are those last seen; at a sealing every point is named and intact (LAW-5)."""
    box, now, name = line["box"], seals_of(line), act.statement.kind.name
    if not now and name in ("opening", "closing"):  # left open; or gone, with nothing to look at
        return
    if name in ("handoff", "closing"):
        before = parent.seals if parent is not None else ()
        if not now:
            if before or known.points:
                yield finding("seal.unseen", act.entry, box=box)
            return
        if parent is not None and before:
            if now != before:
                yield from _changed(act, box, now, parent)
            return
    missing = [point for point in known.points if point not in {seal[0] for seal in now}]
    if missing:
        yield finding("seal.points", act.entry, box=box, missing=" ".join(missing))
    for point, condition, _ in now:
        if condition in _BAD_STATES:
            yield finding("seal.broken", act.entry, box=box, point=point, state=condition)


def _changed(act: Act, box: str, now: tuple[Any, ...], parent: Holding) -> Iterator[Finding]:
    before = {seal[0]: seal[1:] for seal in parent.seals}
    after = {seal[0]: seal[1:] for seal in now}
    for point in sorted(before.keys() | after.keys()):
        was, is_ = before.get(point), after.get(point)
        if was != is_:
            yield finding("seal.changed", parent.looked, act.entry, box=box, point=point, was=_text(was), found=_text(is_))


def _text(seal: Any) -> str:
    if seal is None:
        return "-"
    return seal[0] if seal[1] is None else f"{seal[0]} {seal[1]}"
