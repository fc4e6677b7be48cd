"""What became of the seal points of an opened box that got no new number: said for each of them, never taken from silence (chapter 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custody.i18n.words import say
from custody_cli.boxes.known import Known
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import Answers, choose

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.manifest import Seen

_ONE_BY_ONE = "each"
_WORDS = {
    **dict.fromkeys(("lama", "masih segel lama", "segel lama", "1", "old", "old seal"), "old"),
    **dict.fromkeys(("baru", "segel baru tanpa nomor", "2", "new"), "new"),
    **dict.fromkeys(("terbuka", "tanpa segel", "3", "open", "no seal"), "open"),
}
_EACH = {**_WORDS, **dict.fromkeys(("satu per satu", "beda", "4", "one by one"), _ONE_BY_ONE)}
_STATES = {"new": ("replaced", None), "open": ("missing", None)}
_FEW = 6


def spoken(app: App, office: Office, seen: Sequence[Seen], basis: str, uncut: bool, answers: Answers, yes: bool) -> list[Seen]:
    """The boxes with what was said of each point without a new number; of one that still bears its old seal it stands as recorded.

    Raises WrongUse("cli.open.uncut") where it was not said and nobody may be asked; `Back`, `Stop`.
    """
    lacking = _lacking(office, seen, basis)
    if uncut or not lacking:
        return list(seen)
    if yes:
        raise WrongUse("cli.open.uncut", count=len(lacking), points=_told(app, next(iter(lacking.values()))))
    said: Mapping[str, Mapping[str, str]] = answers.once("points", lambda: _asked(app, Names(office), lacking))
    if {box: set(points) for box, points in lacking.items()} != {box: set(points) for box, points in said.items()}:
        answers.drop("points")  # boxes or numbers came since then
        return spoken(app, office, seen, basis, uncut, answers, yes)
    return [replace(one, seals=_with(one, said.get(one.box, {}))) for one in seen]


def _lacking(office: Office, seen: Sequence[Seen], basis: str) -> dict[str, tuple[str, ...]]:
    """Points of boxes that were shut again of which nothing was said."""
    from custody.core.holding import PHASES

    known, found = Known(office), dict[str, tuple[str, ...]]()
    known.judge([one.box for one in seen])
    for one in seen:
        last = known.holding(one.box)
        points = office.ledger.state.points_in(PHASES.get(basis, last.phase if last is not None else ""))
        left = tuple(point for point in points if point not in (one.seals or {}))
        if one.seals and left:
            found[one.box] = left
    return found


def _with(one: Seen, said: Mapping[str, str]) -> dict[str, tuple[str, str | None]] | None:
    more = {point: _STATES[what] for point, what in said.items() if what in _STATES}
    return {**one.seals, **more} if one.seals is not None else None


# -- questions -----------------------------------------------------------------------------------------------------------------


def _asked(app: App, names: Names, lacking: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """Asked once for all boxes that lack the same points, or box by box and point by point where they are not alike."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for box, points in lacking.items():
        groups.setdefault(points, []).append(box)
    found: dict[str, dict[str, str]] = {}
    for points, boxes in groups.items():
        found |= _of(app, names, boxes, points)
    return found


def _of(app: App, names: Names, boxes: Sequence[str], points: tuple[str, ...]) -> dict[str, dict[str, str]]:
    alone = len(boxes) == len(points) == 1
    few = [*map(names.box, boxes[:_FEW]), *["…"][: len(boxes) > _FEW]]
    question = app.say("cli.open.ask.points", boxes=few, points=_told(app, points))
    choices = "cli.open.ask.points.choices" if alone else "cli.open.ask.points.choices.each"
    how = choose(app, f"{question} {app.say(choices)}:", _WORDS if alone else _EACH, app.say(choices))
    if how != _ONE_BY_ONE:
        return {box: dict.fromkeys(points, how) for box in boxes}
    if len(boxes) > 1:
        return {name: said for box in boxes for name, said in _of(app, names, [box], points).items()}
    (box,) = boxes
    return {box: {point: how for one in points for point, how in _of(app, names, [box], (one,))[box].items()}}


def _told(app: App, points: Sequence[str]) -> str:
    return ", ".join(say("seal.point", {"point": one}, app.lang) for one in points)
