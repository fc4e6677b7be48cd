"""What was signed while the ledger key was locked, and where boxes will be once it is in the ledger (ADR 0012; spec chapter 09, FOLD-8).

A waiting statement has no entry yet, but its id is known: the next link of a box may name it, and both go in together, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from custody.core.errors import CustodyError

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.act import Act
    from custody.core.holding import Holding
    from custody.core.places import Places
    from custody.core.profile import Profile
    from custody.core.register import Register
    from custody.core.roster import Roster
    from custody.core.state import State


def waiting(office: Office) -> dict[str, list[Act]]:
    """The handoffs and sealings that wait in the outbox, by box, oldest first."""
    found: dict[str, list[Act]] = {}
    for at, one in enumerate(office.outbox.pending()):
        with suppress(CustodyError):  # what no ledger would take is told when it is offered
            act = office.ledger.state.act_again(one.note, office.ledger.size + at)
            if act.statement.kind.link and act.statement.kind.takes_effect == "box":
                for line in act.body["boxes"]:
                    found.setdefault(line["box"], []).append(act)
    return found


def ahead(office: Office, box: str, holding: Holding | None, acts: list[Act]) -> Holding | None:
    """Where a box will be once `acts`, which wait, are entries: each complete one that goes on from the last."""
    from custody.core import labels
    from custody.core.act import completion
    from custody.core.holding import advance

    state = office.ledger.state
    for act in acts:
        line = next(line for line in act.body["boxes"] if line["box"] == box)
        goes_on = line["prev"] == (holding.sid if holding is not None else None)
        if goes_on and completion(act, state, box) == "complete":
            holding = advance(act, line, holding, labels.copy_number(line, state.register.codes))
    return holding


@dataclass(frozen=True)
class StateAhead:
    """What the law looks at, with every box where it will be (`custody.core.known.Known`); boxes must have been judged."""

    office: Office
    acts: Mapping[str, list[Act]]

    @property
    def _state(self) -> State:
        return self.office.ledger.state

    @property
    def roster(self) -> Roster:
        return self._state.roster

    @property
    def places(self) -> Places:
        return self._state.places

    @property
    def register(self) -> Register:
        return self._state.register

    @property
    def skew(self) -> int:
        return self._state.skew

    @property
    def profile(self) -> Profile:
        return self._state.profile

    @property
    def guard_receives(self) -> bool:
        return self._state.guard_receives

    def routine(self, index: int) -> set[tuple[object, ...]]:
        return self._state.routine(index)

    def holding(self, box: str) -> Holding | None:
        return ahead(self.office, box, self._state.holding(box), self.acts.get(box, []))
