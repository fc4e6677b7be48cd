"""Whether the seals were looked at, and which are not as recorded (spec chapter 10, LAW-5): said or asked, never taken from silence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import choose, line
from custody_cli.ground.runtime import gathered, option
from custody_cli.table import sealwords
from custody_cli.table.sealfile import read_seals

if TYPE_CHECKING:
    from custody.station.manifest import Seen

_ANSWERS = {
    **dict.fromkeys(("ya", "y", "ya, semua utuh seperti tercatat", "utuh", "semua utuh", "yes", "all whole", "1"), "seen"),
    **dict.fromkeys(("ada yang beda", "beda", "ada", "something differs", "differs", "2"), "differ"),
    **dict.fromkeys(("tidak dilihat", "tidak", "belum dilihat", "not looked at", "no", "not seen", "3"), "unseen"),
}
_ONE_BY_ONE = {
    **dict.fromkeys(("sebut", "sebut satu per satu", "satu per satu", "name", "name them", "1"), True),
    **dict.fromkeys(("tidak", "tidak dilihat", "tidak ada", "t", "no", "not looked at", "none", "2"), False),
}
_FEW = 6
_ENOUGH = ("selesai", "sudah", "done")


@dataclass(frozen=True)
class Sight:
    """What the command line says of the seals: all as recorded, not looked at, or a file of those that differ."""

    whole: bool = False
    unseen: bool = False
    numbers: Path | None = None

    @property
    def said(self) -> bool:
        """Whether anything was said. Raises WrongUse("cli.sight.both") for two answers that contradict each other."""
        told = sum((self.whole, self.unseen, self.numbers is not None))
        if told > 1:
            raise WrongUse("cli.sight.both")
        return told == 1


_LOOKED = (option("--seals-seen", "whole", is_flag=True), option("--seals-unseen", "unseen", is_flag=True))
with_looked = gathered("sight", Sight, *_LOOKED, room="cli.sight")
with_sight = gathered("sight", Sight, *_LOOKED, option("--seals", "numbers", type=click.Path(path_type=Path)), room="cli.sight")


def needed(sight: Sight, yes: bool, code: str = "cli.sight.needed") -> None:
    """What nobody will be asked is missed before anything else is done. Raises `WrongUse`: `code`, `cli.sight.both`."""
    if not sight.said and yes:
        raise WrongUse(code)


def looked(app: App, choosing: Choosing, seen: Sequence[Seen], sight: Sight, yes: bool, told: Collection[str] = frozenset()) -> list[Seen]:
    """The boxes, each with what was said of its seals. Raises as `needed`, `with_numbers`.

    :param told: boxes of whose seals the other side has said something, which counts as recorded.
    """
    needed(sight, yes)
    how = "unseen" if sight.unseen else "seen" if sight.said else choose(app, app.say("cli.sight"), _ANSWERS, app.say("cli.sight.choices"))
    if how == "unseen":
        return [replace(one, seals=None) for one in seen]
    if how == "differ":
        return _without(app, choosing, _asked(app, choosing, seen), told, False)
    boxes = with_numbers(choosing, [replace(one, seals={}) for one in seen], sight.numbers)
    return _without(app, choosing, boxes, told, yes or sight.said)


def _without(app: App, choosing: Choosing, seen: Sequence[Seen], told: Collection[str], yes: bool) -> list[Seen]:
    """Where no seal of a box is recorded, none can be as recorded: those seen are named one by one, or nobody has looked at any."""
    known = choosing.known
    known.judge([one.box for one in seen])
    bare = [one for one in seen if one.seals == {} and one.box not in told and not _recorded(choosing, one.box)]
    if not bare:
        return list(seen)
    names = Names(choosing.office)
    few = [*(names.box(one.box) for one in bare[:_FEW]), *["…"][: len(bare) > _FEW]]
    app.console.bell(1)
    app.console.warn(app.say("cli.sight.unrecorded", count=len(bare), boxes=few))
    named: dict[str, Seen] = {one.box: replace(one, seals=None) for one in bare}
    if not yes and choose(app, app.say("cli.sight.unrecorded.ask"), _ONE_BY_ONE, app.say("cli.sight.unrecorded.choices")):
        named |= {one.box: one for one in _asked(app, choosing, bare, "cli.sight.unrecorded.box") if one.seals}
    return [named.get(one.box, one) for one in seen]


def _recorded(choosing: Choosing, box: str) -> bool:
    holding = choosing.known.holding(box)
    return holding is not None and bool(holding.seals)


def with_numbers(choosing: Choosing, seen: Sequence[Seen], numbers: Path | None, phase: str = "") -> list[Seen]:
    """The boxes with what a file says of their seals, each named by its id or as people say it (`TPS 2 Habi DPD`).

    :param phase: that in which they are sealed now, whose points people may number.

    Raises WrongUse("cli.seal.strange") for those of other boxes; as `read_seals`, and as `Choosing.box` for what names no box.
    """
    if numbers is None:
        return list(seen)
    boxes, found = {one.box for one in seen}, dict[str, dict[str, tuple[str, str | None]]]()
    for named, seals in read_seals(numbers, choosing.office.ledger.state.points_in(phase)).items():
        found.setdefault(named if named in boxes else choosing.box(named), {}).update(seals)
    strange = found.keys() - {one.box for one in seen}
    if strange:
        raise WrongUse("cli.seal.strange", boxes=tuple(sorted(strange)[:6]))
    return [replace(one, seals=found.get(one.box, {})) for one in seen]


def _asked(app: App, choosing: Choosing, seen: Sequence[Seen], question: str = "cli.sight.box") -> list[Seen]:
    """Box by box what differs, until people say that this is all; at least one does. :param question: its code."""
    boxes = {one.box: replace(one, seals={}) for one in seen}
    told = False
    while True:
        typed = line(app, app.say(question))
        if typed.lower() in _ENOUGH and told:
            return list(boxes.values())
        box = _box(choosing, typed, boxes.keys())
        if box is None:
            app.prompter.tell(app.say("cli.sight.box.again"))
            continue
        point, state, number = _seal(app, choosing, box)
        boxes[box] = replace(boxes[box], seals={**(boxes[box].seals or {}), point: (state, number)})
        app.console.note("  " + seals_told(app, [(point, state, number)]))
        told = True


def _box(choosing: Choosing, typed: str, among: Collection[str]) -> str | None:
    """The one box of these that the words mean."""
    answer = choosing.boxes.read(typed) if typed else None
    meant = [] if answer is None else [answer.sure.box] if answer.sure is not None else [one.box for one in answer.candidates]
    left = [box for box in meant if box in among]
    return left[0] if len(left) == 1 else None


def _seal(app: App, choosing: Choosing, box: str) -> tuple[str, str, str | None]:
    """One seal of a box: its point, its state and, where it has one, its number."""
    from custody.station.scanrun import sealed_points

    holding = choosing.known.holding(box)
    points = sealed_points(holding, choosing.office.ledger.state.points_in)
    while True:
        typed = line(app, app.say("cli.sight.seal", points=sealwords.numbered(app, points))).split()
        point, rest = sealwords.at_front(typed, points)
        state, rest = sealwords.state_at_front(rest)
        number = sealwords.number(rest[0]) if len(rest) == 1 else None
        if point is not None and state is not None and (number is not None or not rest):
            return point, state, number
        app.prompter.tell(app.say("cli.sight.seal.again"))
