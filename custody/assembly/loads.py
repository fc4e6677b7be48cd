"""Consignments of an open ledger: what was planned, loaded and received; and the legs that are past due, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from custody.assembly.incidents import open_incidents
from custody.core import consignments, plenaries
from custody.core.act import Act, completion
from custody.core.books import LOADS, PLENARIES, happened
from custody.core.consignments import Consignment, Manifest, unresolved
from custody.core.moment import to_seconds
from custody.core.shapes import VULNERABILITIES
from custody.core.trail import Loose, Step, Trail

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.findings import Finding
    from custody.core.statement import Statement

_WHY = ("delay", "accident", "lost-contact", "sunk", "threat", "crew-change", "not-ready")  # incidents that tell why a box is late


@dataclass(frozen=True)
class Cargo:
    """One consignment as it stands: its planned lines, what was loaded by all trips, what has come, what is left."""

    one: Consignment
    come: frozenset[str]

    @property
    def manifest(self) -> Manifest | None:
        """What was to travel: the manifest that names most boxes, where several officers stated one."""
        return max(self.one.manifests, key=lambda one: len(one.boxes), default=None)

    @property
    def planned(self) -> frozenset[str]:
        return frozenset(self.manifest.boxes if self.manifest is not None else ())

    @property
    def loaded(self) -> frozenset[str]:
        return frozenset(self.one.loaded())

    @property
    def left(self) -> list[str]:
        """Lines that no trip has loaded."""
        return unresolved(self.manifest, self.one) if self.manifest is not None else []

    @property
    def under_way(self) -> list[str]:
        """Loaded and not come."""
        return sorted(self.loaded - self.come)

    @property
    def ends(self) -> tuple[str, str]:
        """From where to where."""
        body = self.manifest.body if self.manifest is not None else self.one.trips[0].loads[0].act.body
        return body["from"], body["to"]

    @property
    def things(self) -> dict[str, int]:
        """Things that all trips loaded."""
        return consignments.counted(load.act for trip in self.one.trips for load in trip.loads)

    @property
    def due(self) -> str | None:
        return self.manifest.body["due"] if self.manifest is not None else None

    @property
    def rest(self) -> str | None:
        """What the last trip says of what stays behind."""
        return self.one.trips[-1].rest if self.one.trips else None

    @property
    def done(self) -> bool:
        """Nothing is left, nothing under way, and something was loaded."""
        return bool(self.one.trips) and not self.left and not self.under_way


def cargoes(office: Office) -> list[Cargo]:
    """Every consignment, the newest first."""
    acts = office.ledger.booked(LOADS)
    trail, state = office.ledger.trail(), office.ledger.state
    found = []
    for one in consignments.consignments(acts, trail, state):
        if one.manifests or one.trips:
            found.append(Cargo(one, frozenset(box for trip in one.trips for box in consignments.came(trip, trail, state))))
    return sorted(found, key=_newest, reverse=True)


def _newest(cargo: Cargo) -> int:
    acts = [act.entry for one in cargo.one.manifests for act in one.parts]
    return max([*acts, *(entry for trip in cargo.one.trips for entry in trip.entries)])


class Waiting(NamedTuple):
    """An offered handoff of a consignment and its boxes that wait for the receiver."""

    offer: Act
    boxes: tuple[str, ...]


def offered(office: Office) -> list[Waiting]:
    """Loads that wait for their receivers, the earliest first."""
    acts = [act for act in office.ledger.booked(LOADS) if act.statement.kind.name == "handoff"]
    trail, state = office.ledger.trail(), office.ledger.state
    loads = (load for one in consignments.consignments(acts, trail, state) for trip in one.trips for load in trip.loads)
    found = [Waiting(load.act, tuple(box for box in load.boxes if not trail.has(box, load.act.entry))) for load in loads]
    return sorted((one for one in found if one.boxes), key=lambda one: one.offer.entry)


def bound_elsewhere(office: Office, here: str | None, consignment: str | None = None) -> dict[str, str]:
    """Boxes that should go to another place: loaded for it, or waiting in another manifest; box -> that place.

    :param here: boxes loaded for this place are none of them. :param consignment: nor are those of this one.
    """
    found = {box: one.ends[1] for one in cargoes(office) if one.one.id != consignment for box in one.left if one.ends[1] != here}
    loaded = {box: str(one.offer.body["to"]) for one in offered(office) for box in one.boxes if one.offer.body["to"] != here}
    return found | loaded


class Late(NamedTuple):
    """Boxes on one leg past its due time. since: when they were handed over. why: incidents about them that tell a reason."""

    boxes: tuple[str, ...]
    homes: tuple[str, ...]
    place: str
    to: str
    holder: str | None
    since: str | None
    due: str
    minutes: int
    remote: bool
    vulnerability: str | None
    why: tuple[str, ...]


def overdue(office: Office, boxes: Iterable[str] | None = None) -> list[Late]:
    """Legs past due, vulnerable places first, then remote ones, then the longest overdue.

    :param boxes: only of these.
    """
    from custody.assembly import reconciling

    now, legs = office.now(), dict[tuple[str, str, str | None, str], list[str]]()
    since: dict[str, str | None] = {}
    for one in (found.where for found in reconciling.overdue(office, boxes)):
        legs.setdefault((str(one.place), str(one.to), one.holder, str(one.due)), []).append(one.box)
        since[one.box] = one.since
    told: dict[str, set[str]] = {}
    for incident in open_incidents(office) if legs else ():
        for box in incident.act.body["boxes"] if incident.act.body["code"] in _WHY else ():
            told.setdefault(box, set()).add(incident.act.body["code"])
    return sorted((_late(office, leg, legs[leg], since, told, now) for leg in legs), key=_urgency)


def _late(
    office: Office,
    leg: tuple[str, str, str | None, str],
    boxes: list[str],
    since: dict[str, str | None],
    told: dict[str, set[str]],
    now: str,
) -> Late:
    place, to, holder, due = leg
    state, size = office.ledger.state, office.ledger.size
    homes = tuple(sorted({known.place for box in boxes if (known := state.register.get(box, size)) is not None}))
    around = [one for code in {place, to, *homes} if (one := state.places.get(code, size)) is not None]
    levels = [VULNERABILITIES.index(one.vulnerability) for one in around if one.vulnerability is not None]
    return Late(
        boxes=tuple(sorted(boxes)),
        homes=homes,
        place=place,
        to=to,
        holder=holder,
        since=min((told_at for box in boxes if (told_at := since[box]) is not None), default=None),
        due=due,
        minutes=(to_seconds(now) - to_seconds(due)) // 60,
        remote=any(one.remote for one in around),
        vulnerability=VULNERABILITIES[max(levels)] if levels else None,
        why=tuple(sorted({code for box in boxes for code in told.get(box, ())})),
    )


def _urgency(late: Late) -> tuple[int, bool, int, tuple[str, ...]]:
    level = VULNERABILITIES.index(late.vulnerability) if late.vulnerability is not None else -1
    return -level, not late.remote, -late.minutes, late.boxes


# -- before it is recorded ---------------------------------------------------------------------------------------------------------


def foreseen(office: Office, statements: Iterable[Statement], signers: Iterable[str]) -> list[Finding]:
    """What the books will say of these handoffs once `signers` have signed them, as things stand now.

    Only what rests on one of them is told.
    """
    state, size = office.ledger.state, office.ledger.size
    handoffs = [one for one in statements if one.kind.name == "handoff" and (one.body["consignment"] is not None or state.profile.plenary)]
    if not handoffs:
        return []
    signed = frozenset(signers)
    acts = [Act(one, size + at, signed, frozenset()) for at, one in enumerate(handoffs)]
    ids = {one.body["consignment"]["id"] for one in handoffs if one.body["consignment"] is not None}
    loads = [act for act in (*(office.ledger.booked(LOADS) if ids else ()), *acts) if _id(act) in ids]
    trail = _ahead(office, loads, acts)
    found = consignments.judge(loads, trail, state)
    if state.profile.plenary:
        found += plenaries.judge(office.ledger.booked(PLENARIES), trail, state)
    return [one for one in found if one.entries[-1] >= size]


def _id(act: Act) -> str | None:
    """The consignment that an act names."""
    body = act.body
    return body["id"] if act.statement.kind.name == "manifest" else (body.get("consignment") or {}).get("id")


def _ahead(office: Office, loads: Iterable[Act], fresh: Iterable[Act]) -> Trail:
    """The trails of the boxes of these acts, as they will be once the fresh ones are recorded."""
    from custody.ledger.projection import trail as kept

    boxes = {line["box"] for act in (*loads, *fresh) if act.statement.kind.name == "handoff" for line in act.body["boxes"]}
    with office.store.read() as reader:
        trail = kept(row for box in sorted(boxes) if (row := reader.box(box)) is not None)
    for act in fresh:
        for line in act.body["boxes"]:
            box, body = line["box"], act.body
            complete = completion(act, office.ledger.state, box) == "complete"
            step = Step(box, happened(act), body["place"], body["to"], act.entry)
            steps, loose = trail.of(box), trail.loose(box)
            trail.put(box, [*steps, step] if complete else steps, loose if complete else [*loose, Loose(step)])
    return trail
