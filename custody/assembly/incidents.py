"""Incidents of an open ledger: those that count, which of them are open, and who settled the others (spec chapter 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custody.core.books import INCIDENTS
from custody.core.incidents import Incident, standing

if TYPE_CHECKING:
    from custody.assembly.office import Office


def incidents(office: Office) -> list[Incident]:
    """Every incident that counts, in order of entries. What waits for the ledger key is not among them."""
    return standing(office.ledger.booked(INCIDENTS), office.ledger.state)


def open_incidents(office: Office) -> list[Incident]:
    """Those that nobody has settled, in order of entries."""
    return [one for one in incidents(office) if one.open]


def parts(office: Office, sid: str) -> list[Incident]:
    """The incidents that name further boxes of this one, which one statement could not hold: about it, and otherwise the same."""
    found = incidents(office)
    first = next((one.act for one in found if one.act.sid == sid), None)
    same = ("code", "place", "happened", "owner", "due", "note")
    return [
        one for one in found if first is not None and one.act.body["about"] == [sid] and all(one.act.body[f] == first.body[f] for f in same)
    ]
