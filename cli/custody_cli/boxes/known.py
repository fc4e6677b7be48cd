"""What a run asks of the ledger: labels, boxes and people as they stand, with what was signed and waits for the ledger key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from custody.core.rights import SIGNERS, SLOTS
from custody_cli.ground.desk import badge_in

if TYPE_CHECKING:  # what checks signatures is loaded where it is used: the help of a command needs none of it
    from custody.assembly import Office
    from custody.core.act import Act
    from custody.core.holding import BoxState, Holding
    from custody.core.register import Printed, Registered
    from custody.core.roster import Key
    from custody.intake.badges import Badge


class Known:
    """What a run asks of the ledger (`custody.station.scanrun.Lookup`). Boxes are judged once; `forget` before drafting."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._judged: dict[str, BoxState] = {}
        self._acts: dict[str, list[Act]] | None = None

    @property
    def office(self) -> Office:
        """The office that is asked."""
        return self._office

    def forget(self) -> None:
        """Ask the ledger again from here on: others may have written."""
        self._judged.clear()
        self._acts = None

    def judge(self, boxes: Iterable[str]) -> None:
        """Judge many boxes at once."""
        fresh = [box for box in boxes if box not in self._judged]
        self._judged |= {box: found[0] for box, found in self._office.ledger.judge(fresh).items()} if fresh else {}

    def state(self, box: str) -> BoxState:
        """The judgment on a box."""
        self.judge([box])
        return self._judged[box]

    def printed(self, label: str) -> Printed | None:
        return self._office.ledger.state.register.codes.get(label)

    def bound(self, label: str) -> str | None:
        found = self._office.store.fact("spare", label)
        return found.decode().split()[0] if found is not None else None

    def registered(self, box: str) -> Registered | None:
        return self._office.ledger.state.register.boxes.get(box)

    def other(self, code: str) -> str | None:
        return self._office.ledger.state.register.other_codes.get(code)

    def holding(self, box: str) -> Holding | None:
        """Where a box is, with what was signed of it and waits for the ledger key."""
        from custody.assembly.waiting import ahead

        return ahead(self._office, box, self.state(box).holding, self._signed().get(box, []))

    def waiting(self, box: str) -> str | None:
        """When the last record of a box was signed that waits for the ledger key; None where none does."""
        acts = self._signed().get(box)
        return str(acts[-1].body["at"]) if acts else None

    def _signed(self) -> dict[str, list[Act]]:
        from custody.assembly.waiting import waiting

        if self._acts is None:
            self._acts = waiting(self._office)
        return self._acts

    def disputed(self, box: str) -> bool:
        return self.state(box).status == "disputed"

    def on_way(self, box: str, place: str) -> bool:
        known, ledger = self.registered(box), self._office.ledger
        return known is not None and ledger.state.places.on_way(known.place, place, ledger.size)

    def same_hands(self, one: str, other: str) -> bool:
        """One key, one person, or colleagues of one role with a place in common."""
        a, b = self.key(one), self.key(other)
        if one == other or a is None or b is None:
            return one == other
        return a.person == b.person or (a.role == b.role and bool(a.places & b.places))

    def may(self, key: Key, slot: str, kinds: Iterable[str] = ("handoff", "seal")) -> bool:
        """Whether the role of a key may stand in a slot of these kinds of statements, or sign them where they name no signer."""
        roles = [one.roles for kind in kinds for one in SLOTS.get(kind, ()) if one.field == slot]
        roles = roles or [SIGNERS[kind] for kind in kinds if kind in SIGNERS]
        if slot == "receiver" and key.role == "guard" and self._office.ledger.state.guard_receives:
            return True
        return any(key.role in some for some in roles)

    def badge(self, text: str) -> Badge | None:
        """The badge that types this text, or a hand that types what stands on one; None for other words."""
        return badge_in(self.office, text)

    def key(self, name: str | None) -> Key | None:
        return self._office.ledger.state.roster.find(name, self._office.ledger.size)
