"""Incidents of an open ledger: those that count, which of them are open, and who settled the others (spec chapter 20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from custody.core import incidents as core
from custody.core.act import Act
from custody.core.books import INCIDENTS
from custody.core.errors import CustodyError
from custody.core.incidents import Incident, standing

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.statement import Statement


def incidents(office: Office) -> list[Incident]:
    """Every incident that counts, in order of entries. What waits for the ledger key is not among them."""
    return standing(office.ledger.booked(INCIDENTS), office.ledger.state)


def open_incidents(office: Office) -> list[Incident]:
    """Those that nobody has settled, in order of entries."""
    return [one for one in incidents(office) if one.open]


def unsettled(office: Office, statement: Statement, signers: Iterable[str]) -> list[str]:
    """The sids that a statement says it settles and that stay open all the same, if it is signed by these (INC-3).

    What waits for the ledger key counts as if it were an entry already.
    """
    act = Act(statement, office.ledger.size, frozenset(signers), frozenset())
    acts = [*office.ledger.booked(INCIDENTS), *_waiting(office), act]
    settled = {one.act.sid for one in standing(acts, office.ledger.state) if one.settled is not None}
    return [sid for sid in statement.body["settles"] if sid not in settled]


def beside(office: Office, statements: Iterable[Statement], signers: Iterable[str]) -> list[str]:
    """The boxes that these incidents name and will not stand against, if they are signed by these (INC-4)."""
    state, keys, found = office.ledger.state, frozenset(signers), list[str]()
    for one in statements:
        for box in one.body["boxes"]:
            state.chain(box)  # calls up where it has been
        found += core.beside(Act(one, state.size, keys, frozenset()), state.trail, state)
    return found


def _waiting(office: Office) -> Iterator[Act]:
    """The incidents that wait for the ledger key."""
    for one in office.outbox.pending():
        with suppress(CustodyError):  # what no ledger would take is told when it is offered
            act = office.ledger.state.act_again(one.note, office.ledger.size)
            if act.statement.kind.name == "incident":
                yield act


def parts(office: Office, sid: str) -> list[Incident]:
    """The incidents that name further boxes of this one, which one statement could not hold: about it, and otherwise the same."""
    found = incidents(office)
    first = next((one.act for one in found if one.act.sid == sid), None)
    same = ("code", "place", "happened", "owner", "due", "note")
    return [
        one for one in found if first is not None and one.act.body["about"] == [sid] and all(one.act.body[f] == first.body[f] for f in same)
    ]
