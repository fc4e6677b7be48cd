"""Where boxes were at a minute that has passed, by the times that their signers claimed (spec chapter 17, ROOM-3 and ROOM-4).

The order of a box's links is proven by `prev`; when each took place is only claimed. Within the allowed difference of clocks (the
founding's `skew`) a box may have been on either side of a link: what is then not the same is told as possible, never as sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.act import Act, united
from custody.core.holding import Holding, advance
from custody.core.moment import to_seconds
from custody.core.trail import Step, Trail

if TYPE_CHECKING:
    from custody.assembly.office import Office


class Then(NamedTuple):
    """A box at one minute.

    likely: the link after which it stood by the times as they are claimed, None before its first; number: which link of its chain that
    is. others: what may have held as well, as far as clocks may differ, or as what never moved it says.
    """

    likely: Step | None
    number: int
    others: tuple[Step | None, ...] = ()

    def resting(self, places: frozenset[str]) -> bool:
        """Surely inside one of these places, whichever clock was right."""
        return all(_inside(one, places) for one in (self.likely, *self.others))

    def perhaps(self, places: frozenset[str]) -> bool:
        """Possibly inside one of these places."""
        return any(_inside(one, places) for one in (self.likely, *self.others))


def then(trail: Trail, box: str, second: int, skew: int) -> Then:
    """How a box stood at a minute (Unix seconds)."""
    steps, likely = trail.of(box), -1
    for at, step in enumerate(steps):
        if step.at <= second and (at + 1 == len(steps) or second < steps[at + 1].at):
            likely = at
    stood = steps[likely] if likely >= 0 else None
    return Then(stood, likely, tuple(one for one in trail.when(box, second, skew) if one != stood))


def _inside(one: Step | None, places: frozenset[str]) -> bool:
    return one is not None and one.place == one.to and one.place in places


class Earlier:
    """The ways of boxes, read from the entries about them; an entry that speaks of many boxes is read once."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._acts: dict[int, Act] = {}
        self._walked: dict[str, tuple[Holding, ...]] = {}

    def trail(self, boxes: Iterable[str]) -> Trail:
        """The links of these boxes by claimed times."""
        found = Trail()
        for box in boxes:
            found.put(box, (Step(box, one.at, one.place, one.to, one.entry) for one in self.holdings(box)))
        return found

    def holdings(self, box: str) -> tuple[Holding, ...]:
        """The state of a box after every link of its undisputed chain, in order."""
        if box not in self._walked:
            tip = self.office.ledger.judge([box])[box][0].holding
            self._walked[box] = tuple(self._walk(box, tip)) if tip is not None else ()
        return self._walked[box]

    def _walk(self, box: str, tip: Holding) -> Iterator[Holding]:
        """Every link names the one before it: from the last one back to the first, and forward again."""
        acts: dict[str, Act] = {}
        for index in self.office.ledger.touching(box):
            act = self.act(index)
            if act.statement.kind.link:
                acts[act.sid] = united(acts[act.sid], act) if act.sid in acts else act
        way, sid = list[Act](), tip.sid
        while sid in acts:
            way.append(acts.pop(sid))
            sid = _line(way[-1], box)["prev"]
        holding: Holding | None = None
        for act in reversed(way):
            holding = advance(act, _line(act, box), holding, 0)
            yield tip if act.sid == tip.sid else holding

    def act(self, index: int) -> Act:
        """The statement of an entry, with the signatures that counted there."""
        if index not in self._acts:
            ledger = self.office.ledger
            self._acts[index] = ledger.state.act_again(ledger.note(index), index)
        return self._acts[index]

    def happened(self, sid: str) -> int | None:
        """When a statement says that it took place, Unix seconds; None for one that is not here."""
        indexes = self.office.ledger.indexes(sid)
        return to_seconds(self.act(indexes[0]).body["happened"]["at"]) if indexes else None


def _line(act: Act, box: str) -> dict[str, Any]:
    return next(line for line in act.body["boxes"] if line["box"] == box)
