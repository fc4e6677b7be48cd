"""What happens to the boxes between two journeys: a leak in the store, the plenary with its openings, the guard of the warehouse."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from custody.core import note
from custody.core.statement import Statement
from custody.station import guardroom, manifest, occasions
from custody.station.guardroom import Door, Handover
from custody.station.occasions import Attendant, Incident, Opening
from custody_cli.demo import kangae
from custody_cli.demo.journey import Stage, seen

if TYPE_CHECKING:
    from custody.assembly import Office

_ORDER = "UND/017/CONTOH/2024"  # invented
_TIES = ("tie-1", "tie-2")


def record(stage: Stage, office: "Office", statements: Sequence[Statement], *names: str) -> list[Statement]:
    """These people sign all of these, and they become entries."""
    keys = [stage.keys[name].open() for name in names]
    office.submit([note.join(one.text, [key.line(one.text) for key in keys]) for one in statements])
    return list(statements)


def leak(stage: Stage, office: "Office") -> Statement:
    """Rain comes through the roof of the hall; nothing got wet, and the leak has an owner and a time."""
    owner = stage.keys["kasatops"].key.name
    told = Incident("defect", kangae.KECAMATAN, owner=owner, due="2024-02-16T09:00:00Z")
    (made,) = record(stage, office, occasions.incident(office.common(), told), "ppk-kangae")
    return made


def mended(stage: Stage, office: "Office", incident: Statement) -> None:
    """The supervisor settles it."""
    told = Incident("defect", kangae.KECAMATAN, settles=(incident.sid,))
    record(stage, office, occasions.incident(office.common(), told), "kasatops")


def plenary(stage: Stage, office: "Office", step: str) -> None:
    """One step of the recapitulation of the kecamatan."""
    names = "ppk-kangae", "saksi-bawaslu"
    told = guardroom.plenary(office.common(), place=kangae.KECAMATAN, officer=names[0], step=step, panels=4, witness=names[1])
    record(stage, office, [told], *names)


def opened(stage: Stage, office: "Office", boxes: list[str], first: int) -> None:
    """The boxes of one desa are opened for the plenary and sealed again: two new ties each, with numbers counted from `first`."""
    from custody_cli.boxes.known import Known

    officer, guard, witness = (stage.keys[name].key.name for name in ("ppk-kangae", "penjaga-1", "saksi-bawaslu"))
    begun = office.common()
    here = (Attendant("guard", guard), Attendant("witness", witness, institution="bawaslu"))
    told = Opening(
        "plenary", _ORDER, kangae.KECAMATAN, officer, present=here, invited=here[1:],
        taken_out={"sampul-c-hasil": len(boxes)}, put_back={"sampul-c-hasil": len(boxes)}, closed=_moment(stage),
    )  # fmt: skip
    known = Known(office)
    known.judge(boxes)
    rows = [_sealed_anew(row, first + 2 * at) for at, row in enumerate(manifest.lines(seen(office, boxes), known.holding))]
    record(stage, office, occasions.opening(begun, told, rows), officer, guard, witness)


def _moment(stage: Stage) -> str:
    return stage.clock().strftime("%Y-%m-%dT%H:%M:%SZ")


def _sealed_anew(row: dict[str, Any], first: int) -> dict[str, Any]:
    numbers = {point: f"P{first + at:06d}" for at, point in enumerate(_TIES)}
    return {**row, "seals": [{**seal, "number": numbers.get(seal["point"], seal["number"])} for seal in row["seals"]]}


def shift(stage: Stage, office: "Office", outgoing: str | None, incoming: str, counted: int) -> None:
    """The guard of the warehouse changes: counted, door and lock looked at, both leaders sign."""
    took = Handover(kangae.WAREHOUSE, incoming, outgoing, counted, Door("sealed", "intact", "G0001"), {"senter": 2, "kunci-gudang": 1}, 4)
    names = [incoming] if outgoing is None else [outgoing, incoming]
    record(stage, office, [guardroom.shift(office.common(), took)], *names)
