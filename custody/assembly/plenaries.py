"""The plenaries of an operation: where each kecamatan stands, the most urgent first (spec chapter 19). For every door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from custody.core.books import PLENARIES
from custody.core.plenaries import PlenaryState, Stage, standing
from custody.core.shapes import VULNERABILITIES

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.places import Place


class Sitting(NamedTuple):
    """The plenary of one kecamatan. vulnerable, remote: how many polling stations in it are most vulnerable, and hard to reach."""

    place: str
    stage: Stage
    panels: int
    vulnerability: str | None
    remote: bool
    vulnerable: int
    far: int


def sittings(office: Office) -> list[Sitting]:
    """Every kecamatan: vulnerable ones first, then remote ones, then by how many such polling stations lie in them, then by code.

    Empty where the election profile records no plenary.
    """
    if not office.ledger.state.profile.plenary:
        return []
    told = standing(office.ledger.booked(PLENARIES), office.ledger.state)
    inside: dict[str, list[Place]] = {}
    kecamatans = []
    for place in _places(office):
        if place.kind == "kecamatan":
            kecamatans.append(place)
        elif place.kind == "tps":
            inside.setdefault(place.code[:6], []).append(place)
    return sorted((_sitting(one, told.get(one.code), inside.get(one.code, [])) for one in kecamatans), key=_urgency)


def _places(office: Office) -> Iterator[Place]:
    places, size = office.ledger.state.places, office.ledger.size
    return (found for code in places.versions if (found := places.get(code, size)) is not None)


def _sitting(place: Place, state: PlenaryState | None, inside: list[Place]) -> Sitting:
    stage, panels = (state.stage, state.panels) if state is not None else ("none", 0)
    vulnerable, far = sum(one.vulnerability == VULNERABILITIES[-1] for one in inside), sum(one.remote for one in inside)
    return Sitting(place.code, stage, panels, place.vulnerability, place.remote, vulnerable, far)


def _urgency(one: Sitting) -> tuple[int, bool, int, int, str]:
    level = VULNERABILITIES.index(one.vulnerability) if one.vulnerability is not None else -1
    return -level, not one.remote, -one.vulnerable, -one.far, one.place
