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
