"""What stands in the way of taking a record back, found before anybody signs (spec chapter 09, FOLD-7).

The law itself is asked: the box is folded with the correction on top, signed by these or those. What is lacking is what would change the
answer, so that nothing said here can differ from what `custody verify` will say later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from custody.core.errors import Refused

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.act import Act
    from custody.core.statement import Statement

_SLOTS = ("giver", "receiver", "sealer", "witness", "recorder", "through", "officer")


def require_effect(office: Office, correction: Statement, boxes: Iterable[str], signers: Sequence[str]) -> None:
    """Make sure that a drafted correction, signed by keys of these names, takes back what it is about.

    :raises Refused: `void.already` where it is taken back already; `void.not-link`, `void.followed`, `void.unsigned`, `void.duty`: the true
        reason, for the first box where it would not.
    """
    boxes, about = list(boxes), correction.body["about"][0]
    judged = office.ledger.judge(boxes)
    for box in boxes:
        done = next((one for one in judged[box][1] if one.code == "correction.void" and dict(one.facts)["about"] == about), None)
        if done is not None:
            raise Refused("void.already", box=box, entry=done.entries[-1])
        trial = _Trial(office, correction, box)
        if not trial.holds(signers):
            raise trial.refusal(signers)


class _Trial:
    """One box and the correction, tried with different signers."""

    def __init__(self, office: Office, correction: Statement, box: str) -> None:
        from custody.core import entry

        self.office, self.correction, self.box, self.index = office, correction, box, office.ledger.size
        self.about = correction.body["about"][0]
        self.acts = {index: entry.parse(office.ledger.note(index)) for index in office.ledger.touching(box)}
        self.link = next((one.statement for one in self.acts.values() if one.statement.sid == self.about), None)

    def holds(self, signers: Iterable[str]) -> bool:
        from custody.core.act import act_of

        roster = self.office.ledger.state.roster
        keys = [key for name in signers if (key := roster.find(name, self.index)) is not None]
        return self._effective(act_of(self.correction, keys, self.index))

    def _effective(self, act: Act) -> bool:
        _, found = self.office.ledger.foresee(self.box, act)
        return any(one.code == "correction.void" and self.index in one.entries for one in found)

    def refusal(self, signers: Sequence[str]) -> Refused:
        """Why it would have no effect."""
        if self.link is None or not self.link.kind.link:
            return Refused("void.not-link", box=self.box)
        names = self._concerned()
        if not self.holds([*signers, *names]):
            return Refused("void.followed", box=self.box, entries=self._after())
        missing = [name for name in names if name not in signers and not self.holds([*signers, *(one for one in names if one != name)])]
        roles = {self.link.body[slot]: slot for slot in reversed(_SLOTS) if self.link.body.get(slot)}
        lacking = tuple(f"{roles.get(name, 'signer')} {name}" for name in missing or set(names) - set(signers))
        place = self.link.body["place"]
        for name in signers:
            key = self.office.ledger.state.roster.find(name, self.index)
            if key is not None and key.role == "supervisor":
                if self._contested():
                    return Refused("void.contested", box=self.box, slots=lacking)
                return Refused("void.duty", box=self.box, key=name, place=place, slots=lacking)
        return Refused("void.unsigned", box=self.box, place=place, slots=lacking)

    def _contested(self) -> bool:
        """Whether another record of the box stands against this one: a supervisor alone does not decide between them."""
        state, _ = self.office.ledger.judge([self.box])[self.box]
        return self.about in state.branches

    def _concerned(self) -> list[str]:
        """Everybody whom the record names or who signed it, be it by an acknowledgement."""
        about = [one for one in self.acts.values() if self.about in (one.statement.sid, *one.statement.body.get("about", ()))]
        told = [line.name for one in about if one.statement.kind.name != "correction" for line in one.lines]
        assert self.link is not None
        return list(dict.fromkeys([*(name for slot in _SLOTS if (name := self.link.body.get(slot))), *told]))

    def _after(self) -> tuple[int, ...]:
        """Entries of the links that go on from the record."""
        lines = {index: one.statement.body["boxes"] for index, one in self.acts.items() if one.statement.kind.link}
        return tuple(i for i, rows in lines.items() if any(row["box"] == self.box and row["prev"] == self.about for row in rows))
