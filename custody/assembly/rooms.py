"""Guarded rooms of an open ledger: what counts of each, which boxes were inside when, and what a count comes to (spec chapter 17).

What waits for the ledger key is not among it. Nothing here tells an expected figure but that of a count which is an entry already (ROOM-6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from custody.core import rooms as law
from custody.core.books import ROOMS
from custody.core.errors import Refused
from custody.core.incidents import gone
from custody.core.stays import Stays

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.rooms import Count, Room
    from custody.core.trail import Inside


def rooms(office: Office) -> list[Room]:
    """Every room that a shift, an inspection or a visit speaks of, by code: what counts of it, in the order of the times claimed."""
    return law.rooms(office.ledger.booked(ROOMS), office.ledger.state)


def room(office: Office, place: str) -> Room:
    """One of them; without anything in it where nothing was told."""
    return next((one for one in rooms(office) if one.place == place), law.Room(place, [], [], []))


def inside(office: Office, place: str, second: int) -> Inside:
    """The boxes that surely were in a room at a second (Unix), and the others that may have been (ROOM-4)."""
    ledger = office.ledger
    return ledger.trail().at(place, second, ledger.state.skew)


def compared(office: Office, sid: str) -> Count | None:
    """A figure that was counted, beside the chains; None for a statement that counts nothing (ROOM-1, ROOM-5).

    Raises `Refused("ledger.statement")` for one that is no entry: nobody is told what is expected before.
    """
    ledger = office.ledger
    told = ledger.booked(ROOMS)
    if not ledger.indexes(sid):
        raise Refused("ledger.statement", sid=sid)
    acts = [act for one in law.rooms(told, ledger.state) for act in (*one.shifts, *one.looks)]
    act = next((act for act in acts if act.sid == sid), None)
    if act is None:
        return None
    trail, state = ledger.trail(), ledger.state
    return law.count(act, Stays(trail, act.body["place"], state.skew, gone(told, trail, state)))
