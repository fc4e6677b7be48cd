"""Seals of a box line against those last seen, point by point (spec chapter 10, LAW-5, LAW-9)."""

from collections.abc import Iterator
from typing import Any

from custody.core.act import Act
from custody.core.findings import Finding, finding
from custody.core.holding import PHASES, Holding, Line, SealState, seals_of
from custody.core.known import Known

_BAD_STATES = frozenset(("loose", "torn", "missing"))


def of_line(act: Act, line: Line, parent: Holding | None, known: Known) -> Iterator[Finding]:
    """Seals at a handoff are those last seen; at a sealing, and after an opening, every point is named and intact (LAW-5, LAW-9)."""
    box, now, name = line["box"], seals_of(line), act.statement.kind.name
    before, points = parent.seals if parent is not None else (), known.profile.points_in(_phase(act, parent))
    if not now and name != "seal":  # not looked at; an opening leaves it open, a closing has nothing to look at
        if name == "handoff" and (before or points) and (parent is None or parent.shut):
            yield finding("seal.unseen", act.entry, box=box)
        return
    if parent is not None and before and name in ("handoff", "closing", "inspection"):
        if now != before:
            yield from _changed(act, line, now, parent)
        return
    missing = [point for point in points if point not in {seal[0] for seal in now}]
    if missing:
        yield finding("seal.points", *_here(act, line), box=box, missing=" ".join(missing))
    for point, condition, _ in now:
        if condition in _BAD_STATES:
            yield finding("seal.broken", *_here(act, line), box=box, point=point, state=condition)
    if name == "opening":
        yield from _moved(act, box, now, before)


def _phase(act: Act, parent: Holding | None) -> str:
    """The phase whose seal points count: what a seal says, what an opening begins, else that of the seals before."""
    body, last = act.body, parent.phase if parent is not None else ""
    return str(body.get("phase") or PHASES.get(body.get("basis", ""), last))


def _moved(act: Act, box: str, now: tuple[SealState, ...], before: tuple[SealState, ...]) -> Iterator[Finding]:
    """A number that stood at another point of the box before it was opened."""
    points = {number: point for point, _, number in before if number is not None}
    for point, _, number in now:
        if number is not None and points.get(number, point) != point:
            yield finding("seal.reused", act.entry, box=box, other=box, value=number)


def _here(act: Act, line: Line) -> tuple[int, int]:
    """The entry of a link, and the one that tells the seals of its line: that of an ack, where it tells others than the handoff (ACT-5)."""
    return act.entry, line.get("looked", act.entry)


def _changed(act: Act, line: Line, now: tuple[Any, ...], parent: Holding) -> Iterator[Finding]:
    before = {seal[0]: seal[1:] for seal in parent.seals}
    after = {seal[0]: seal[1:] for seal in now}
    for point in sorted(before.keys() | after.keys()):
        was, is_ = before.get(point), after.get(point)
        if was != is_:
            told = parent.looked, *_here(act, line)
            yield finding("seal.changed", *told, box=line["box"], point=point, was=_text(was), found=_text(is_))


def _text(seal: Any) -> str:
    if seal is None:
        return "-"
    return seal[0] if seal[1] is None else f"{seal[0]} {seal[1]}"
