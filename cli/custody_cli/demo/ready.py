"""A drill that is ready for receiving: boxes of a few polling stations sealed, at the PPS, and loaded for the PPK that waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from custody.station.manifest import Escort, Journey, Load, Seen
from custody_cli.boxes import daily
from custody_cli.demo import journey

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody_cli.demo.journey import Stage
    from custody_cli.demo.people import Actor

_STATIONS = 2


class Ready(NamedTuple):
    """What waits: boxes loaded, for whom, and where they were loaded."""

    boxes: int
    receiver: str
    desa: str


def make(stage: Stage, office: Office) -> Ready:
    """Seal, hand to the PPS and load the boxes of the first polling stations of the first desa."""
    homes = journey.by_home(office)
    first = next(home for home in homes if home[10:11] == "-")
    desa, chosen = first[:10], [home for home in homes if home.startswith(first[:11])][:_STATIONS]
    boxes = [box for home in chosen for box in homes[home]]
    above = office.ledger.state.places.kecamatan(desa, office.ledger.size) or ""
    pps, ppk, guard = _at(stage, "pps", desa), _at(stage, "ppk", above), stage.keys["penjaga-1"]
    for home in chosen:
        kpps = _at(stage, "kpps", home)
        seats = [kpps.seat("sealer"), guard.seat("witness")]
        daily.record_seal(office, _seen(office, homes[home]), seats, place=home, sealer=kpps.key.name, witness=guard.key.name)
        way = Journey(home, desa, desa, kpps.key.name, pps.key.name, escort=Escort(1, order="Sprin/001/LATIHAN"))
        seats = [kpps.seat("giver"), pps.seat("receiver")]
        daily.record_handoff(office, way, _seen(office, homes[home]), seats, random=stage.random)
    load, escort = Load(stage.random(16).hex()), Escort(2, order="Sprin/001/LATIHAN")
    way = Journey(desa, above, above, pps.key.name, ppk.key.name, escort=escort, vehicle="DH-1-LATIHAN", load=load)
    daily.record_handoff(office, way, _seen(office, boxes), [pps.seat("giver")], random=stage.random)
    return Ready(len(boxes), ppk.key.name, desa)


def _at(stage: Stage, role: str, place: str) -> Actor:
    """The person of that role at that place."""
    return next(one for one in stage.keys.actors.values() if one.role == role and place in one.places)


def _seen(office: Office, boxes: list[str]) -> list[Seen]:
    """The boxes by their labels; by sight where none were printed."""
    printed = {one.box for one in office.ledger.state.register.codes.values()}
    return journey.seen(office, boxes) if set(boxes) <= printed else [Seen(box) for box in boxes]
