"""Where boxes were at a minute that has passed, by the times that their signers claimed (spec chapter 17, ROOM-3 and ROOM-4).

The order of a box's links is proven by `prev`; when each took place is only claimed. Within the allowed difference of clocks (the
founding's `skew`) a box may have been on either side of a link: what is then not the same is told as possible, never as sure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.assembly.whereabouts import limit
from custody.core.holding import SealState, seals_of
from custody.core.moment import from_seconds, to_seconds
from custody.core.trail import Step, Trail

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.act import Act
    from custody.core.rows import BoxRow


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


class Seen(NamedTuple):
    """The seals of a box as they were last looked at until some link, and the entry that tells it; -1 where nobody has told of any."""

    seals: tuple[SealState, ...]
    looked: int


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


def _ends(one: Step) -> tuple[str, str]:
    """Where a link has a box, and for where: nowhere else, once it was destroyed or handed over."""
    return one.place, one.to or one.place


class Earlier:
    """The trail of some boxes, and what the entries behind it say; an entry that speaks of many boxes is read once."""

    def __init__(self, office: Office, rows: Iterable[BoxRow]) -> None:
        from custody.ledger.projection import trail

        self.office = office
        self.trail = trail(rows)
        self._acts: dict[int, Act] = {}

    def holder(self, box: str, number: int) -> str:
        """Who held a box after a link: its receiver; else who held it before; at first who sealed or opened it."""
        steps = self.trail.of(box)[: number + 1]
        for step in reversed(steps):
            receiver = self._body(step).get("receiver")
            if receiver is not None:
                return str(receiver)
        first = self._body(steps[0])
        return str(first.get("sealer") or first.get("officer") or "-")

    def taken(self, box: str, number: int) -> int:
        """Since when who held a box after a link had it there, bound for the same: openings and seals did not begin it anew (FOLD-8)."""
        steps = self.trail.of(box)
        while number and _ends(steps[number - 1]) == _ends(steps[number]):
            receiver = self._body(steps[number]).get("receiver")
            if receiver is not None and receiver != self.holder(box, number - 1):
                break
            number -= 1
        return steps[number].at

    def due(self, step: Step) -> str | None:
        """When a leg that had begun should have been done: as its handoff says, else by the plan."""
        if not self.leaves(step):
            return None
        body = self._body(step)
        return body.get("due") or limit(self.office, body.get("from", step.place), step.to, from_seconds(step.at))

    def leaves(self, step: Step) -> bool:
        """Whether a handoff begins a leg: signed where the box sets out, or a load, which its receiver will sign at the end."""
        body = self._body(step)
        return step.place != step.to or (body.get("consignment") is not None and body.get("from") != step.to)

    def seals(self, box: str, number: int) -> Seen:
        """The seals of a box as last looked at until a link; who took it with differences tells them last."""
        for step in reversed(self.trail.of(box)[: number + 1]):
            for act in (*self._acks(box, step), self.act(step.entry)):
                line = next(line for line in act.body["boxes"] if line["box"] == box)
                if line.get("seals"):
                    return Seen(seals_of(line), act.entry)
        return Seen((), -1)

    def _acks(self, box: str, step: Step) -> list[Act]:
        """What a receiver told later of a handoff that only its giver had signed."""
        link = self.act(step.entry)
        if link.body.get("receiver") is None or link.body["receiver"] in link.signed:
            return []
        found = [self.act(index) for index in self.office.ledger.touching(box)]
        acks = [act for act in found if act.statement.kind.name == "ack" and act.body["side"] == "receiver"]
        return [act for act in acks if act.body["about"][0] == link.sid and link.body["receiver"] in act.signed]

    def _body(self, step: Step) -> dict[str, Any]:
        return self.act(step.entry).body

    def act(self, index: int) -> Act:
        """The statement of an entry, with the signatures that counted there."""
        if index not in self._acts:
            self._acts[index] = self.office.ledger.act(index)
        return self._acts[index]

    def happened(self, sid: str) -> int | None:
        """When a statement says that it took place, Unix seconds; None for one that is not here."""
        indexes = self.office.ledger.indexes(sid)
        return to_seconds(self.act(indexes[0]).body["happened"]["at"]) if indexes else None
