"""Boxes left behind: the plenary is over, most of their kecamatan have gone on, and they still lie there (spec chapter 19). For every door.

No law is broken by it, and no leg has begun that could be late; but somebody should go and look.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from custody.assembly import arrivals
from custody.assembly.plenaries import sittings

if TYPE_CHECKING:
    from custody.assembly.account import Account
    from custody.assembly.office import Office


def left_behind(office: Office, listed: Iterable[Account]) -> list[Account]:
    """Of these boxes those that rest in the kecamatan of their finished plenary while more of the same kecamatan have gone on."""
    by_kecamatan: dict[str, list[Account]] = {}
    for one in listed:
        if one.where.registered:
            by_kecamatan.setdefault(arrivals.area_of(one.box, "kecamatan"), []).append(one)
    found: list[Account] = []
    for code in [one.place for one in sittings(office) if one.stage == "finished" and one.place in by_kecamatan]:
        stands = arrivals.stands(arrivals.area(office, code), by_kecamatan[code])
        here = [one for one in by_kecamatan[code] if stands[one.box] == "here" and one.kind == "custody"]
        gone = sum(stand == "passed" for stand in stands.values())
        found += here if gone > len(here) else []
    return sorted(found, key=lambda one: arrivals.order(one.box))
