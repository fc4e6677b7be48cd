"""Consignments: what was to travel, what was loaded and what came (spec chapter 18). A function of the set of statements."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from custody.core.act import Act, completion
from custody.core.books import World, speaks, unsigned
from custody.core.findings import Finding, finding
from custody.core.trail import Step, Trail

Come = dict[str, Step]  # boxes that have come, each with the link that says so


class Manifest:
    """What was to travel: the parts that one officer stated under one id (LOAD-2)."""

    def __init__(self, parts: Iterable[Act]) -> None:
        self.parts = tuple(sorted(parts, key=lambda act: (act.body["part"], act.sid)))

    @property
    def body(self) -> dict[str, Any]:
        """The fields in which all parts agree: id, officer, from, to, parts."""
        return self.parts[0].body

    @property
    def whole(self) -> bool:
        """Whether every part is here."""
        return {act.body["part"] for act in self.parts} >= set(range(1, self.body["parts"] + 1))

    @cached_property
    def boxes(self) -> dict[str, Act]:
        """Its lines, each with the part that names it."""
        return {box: act for act in self.parts for box in act.body["boxes"]}

    @cached_property
    def things(self) -> dict[str, int]:
        """Things that are no boxes, counted."""
        return counted(self.parts)


class Load(NamedTuple):
    """A handoff of a consignment and the boxes that it loads (LOAD-3).

    pending: boxes of which it is a claim, an orphan or a branch of a dispute; that is told of the box itself.
    """

    act: Act
    boxes: tuple[str, ...]
    pending: tuple[str, ...] = ()


class Trip(NamedTuple):
    """What one vehicle carries in one journey (LOAD-1). rest: what it says of what was left, None for nothing (LOAD-4)."""

    number: int
    loads: tuple[Load, ...]
    rest: str | None

    @property
    def boxes(self) -> dict[str, Load]:
        """Box -> the handoff that loaded it."""
        return {box: load for load in self.loads for box in load.boxes}

    @property
    def entries(self) -> list[int]:
        """Entries of its handoffs."""
        return [load.act.entry for load in self.loads]


class Consignment(NamedTuple):
    """Everything under one id: manifests (one for each officer), trips by number."""

    id: str
    manifests: tuple[Manifest, ...]
    trips: tuple[Trip, ...]

    def loaded(self, upto: int | None = None) -> dict[str, Load]:
        """The boxes that were loaded, by all trips or those up to a number."""
        return {box: load for trip in self.trips if upto is None or trip.number <= upto for box, load in trip.boxes.items()}

    def named(self, upto: int | None = None) -> set[str]:
        """The boxes that were loaded, and those of which that is in doubt."""
        trips = (trip for trip in self.trips if upto is None or trip.number <= upto)
        return {box for trip in trips for load in trip.loads for box in (*load.boxes, *load.pending)}


def consignments(acts: Iterable[Act], trail: Trail, world: World) -> list[Consignment]:
    """Every consignment, in order of ids.

    acts: manifests and handoffs that name a consignment, each sid once with all its signatures; others are passed over.
    """
    manifests: dict[str, dict[tuple[Any, ...], list[Act]]] = {}
    handoffs: dict[str, dict[int, list[Act]]] = {}
    for act in acts:
        body, kind = act.body, act.statement.kind.name
        if kind == "manifest" and speaks(act, "officer", world):
            same = tuple(body[name] for name in ("officer", "from", "to", "parts"))
            manifests.setdefault(body["id"], {}).setdefault(same, []).append(act)
        elif kind == "handoff" and body["consignment"] is not None:
            handoffs.setdefault(body["consignment"]["id"], {}).setdefault(body["consignment"]["trip"], []).append(act)
    return [
        Consignment(
            one,
            tuple(Manifest(parts) for _, parts in sorted(manifests.get(one, {}).items())),
            tuple(_trips(handoffs.get(one, {}), trail, world)),
        )
        for one in sorted(manifests.keys() | handoffs.keys())
    ]


def _trips(handoffs: dict[int, list[Act]], trail: Trail, world: World) -> Iterator[Trip]:
    """The trips that load anything, or may have."""
    for number, acts in sorted(handoffs.items()):
        loads = [load for act in sorted(acts, key=lambda act: act.sid) if (load := _load(act, trail, world)) is not None]
        if loads:
            yield Trip(number, tuple(loads), _gravest([load.act.body["consignment"]["rest"] for load in loads]))


def _gravest(rests: Sequence[str | None]) -> str | None:
    reasons = sorted({rest for rest in rests if rest not in (None, "later")}, key=str)
    return reasons[0] if reasons else "later" if "later" in rests else None


def _load(act: Act, trail: Trail, world: World) -> Load | None:
    """What a handoff loads, or None for nothing (LOAD-3)."""
    done = completion(act, world)
    boxes, pending = list[str](), list[str]()
    for line in act.body["boxes"]:
        box = line["box"]
        if trail.has(box, act.entry):
            boxes.append(box)
        elif any(one.entry == act.entry for one in trail.loose(box)):
            (boxes if done == "offered" else pending).append(box)
    things = act.body["things"] and done in ("complete", "offered")
    return Load(act, tuple(boxes), tuple(pending)) if boxes or pending or things else None


# -- what is found -------------------------------------------------------------------------------------------------------------


def judge(acts: Iterable[Act], trail: Trail, world: World) -> list[Finding]:
    """Manifests against trips, and trips against what came.

    acts: manifests, handoffs with a consignment or things, and acks, each sid once with all its signatures.
    """
    known = list(acts)
    acks: dict[str, list[Act]] = {}
    found = list[Finding]()
    for act in known:
        if act.statement.kind.name == "manifest" and act.body["officer"] not in act.signed:
            found += unsigned(act, "officer")
        elif act.statement.kind.name == "ack" and act.body["side"] == "receiver":
            acks.setdefault(act.body["about"][0], []).append(act)
    for one in consignments(known, trail, world):
        for manifest in one.manifests:
            found += _against(manifest, one, world)
        for trip in one.trips:
            found += _in_part(one, trip, acks, trail, world)
    return found


def _against(manifest: Manifest, one: Consignment, world: World) -> Iterator[Finding]:
    """A manifest against all trips: what lacks, what is more, what goes elsewhere (LOAD-4 to LOAD-8)."""
    if not one.trips:
        return
    yield from _missing(manifest, one)
    for trip in one.trips:
        yield from _unreleased(manifest, one, trip, world)
        for box, load in trip.boxes.items():
            entry = manifest.boxes.get(box, manifest.parts[0]).entry
            if manifest.whole and box not in manifest.boxes:
                yield _stated(load, finding("manifest.extra", entry, load.act.entry, box=box, consignment=one.id))
            if load.act.body["to"] != manifest.body["to"]:
                goals = {"to": load.act.body["to"], "planned": manifest.body["to"]}
                yield _stated(load, finding("manifest.destination", entry, load.act.entry, box=box, **goals))
    yield from _things(manifest, one)


def unresolved(manifest: Manifest, one: Consignment, upto: int | None = None) -> list[str]:
    """Lines that no trip has loaded (LOAD-4), and none may have; or none of the trips up to a number."""
    return sorted(manifest.boxes.keys() - one.named(upto))


def _missing(manifest: Manifest, one: Consignment) -> Iterator[Finding]:
    last = one.trips[-1]
    for box in unresolved(manifest, one) if last.rest is None else ():
        yield _stated(last.loads[0], finding("manifest.missing", manifest.boxes[box].entry, *last.entries, box=box, consignment=one.id))


def _unreleased(manifest: Manifest, one: Consignment, trip: Trip, world: World) -> Iterator[Finding]:
    """A trip that left with a reason for what stays behind, and no supervisor signed it (LOAD-5)."""
    if trip.rest in (None, "later") or any(_released(load.act, world) for load in trip.loads):
        return
    left = len(unresolved(manifest, one, trip.number))
    if left:
        entries = (*(act.entry for act in manifest.parts), *trip.entries)
        told = finding("manifest.unreleased", *entries, consignment=one.id, trip=trip.number, reason=trip.rest or "-", count=left)
        yield _stated(trip.loads[0], told)


def _released(act: Act, world: World) -> bool:
    keys = (world.roster.find(name, act.entry) for name in act.signed)
    return any(key is not None and key.role == "supervisor" and world.reaches(key, act.body["from"], act.entry) for key in keys)


def _things(manifest: Manifest, one: Consignment) -> Iterator[Finding]:
    """More of a thing than the manifest has; fewer, once nothing is left (LOAD-8)."""
    loaded = counted(load.act for trip in one.trips for load in trip.loads)
    entries = [*(act.entry for act in manifest.parts), *(entry for trip in one.trips for entry in trip.entries)]
    for thing in sorted(manifest.things.keys() | loaded.keys()):
        planned, now = manifest.things.get(thing, 0), loaded.get(thing, 0)
        if (now > planned and manifest.whole) or (now < planned and one.trips[-1].rest is None):
            yield finding("manifest.things", *entries, consignment=one.id, thing=thing, planned=planned, loaded=now)


def counted(acts: Iterable[Act]) -> dict[str, int]:
    """The things of several statements together."""
    found: dict[str, int] = {}
    for act in acts:
        for item in act.body["things"]:
            found[item["thing"]] = found.get(item["thing"], 0) + item["count"]
    return found


def came(trip: Trip, trail: Trail, world: World) -> Come:
    """Boxes of a trip that have come (LOAD-9)."""
    found: Come = {}
    for box, load in trip.boxes.items():
        steps = trail.of(box)
        at = next((at for at, step in enumerate(steps) if step.entry == load.act.entry), None)
        if at is None:
            continue
        step = steps[at] if steps[at].place == load.act.body["to"] else _moved_on(steps[at + 1 :], world)
        if step is not None:
            found[box] = step
    return found


def _moved_on(after: Sequence[Step], world: World) -> Step | None:
    """The first link behind a loading that does not take place at a vehicle."""
    for step in after:
        place = world.places.get(step.place, step.entry)
        if place is None or place.kind != "vehicle":
            return step
    return None


def _in_part(one: Consignment, trip: Trip, acks: dict[str, list[Act]], trail: Trail, world: World) -> Iterator[Finding]:
    """Of a trip of which one box has come, those that have not (LOAD-10). What is back where it was loaded neither came nor lacks."""
    moved = came(trip, trail, world)
    if all(step.place == trip.boxes[box].act.body["from"] for box, step in moved.items()):
        return
    for box, load in trip.boxes.items():
        if box not in moved:
            receipts = (ack.entry for ack in acks.get(load.act.sid, ()) if load.act.body["receiver"] in ack.signed)
            yield _stated(load, finding("receipt.missing", load.act.entry, *receipts, box=box, consignment=one.id, trip=trip.number))


def _stated(load: Load, one: Finding) -> Finding:
    """With the reason, where those who handed over stated the finding themselves (LAW-2)."""
    reasons = {item["finding"]: item["reason"] for item in load.act.body["irregular"]}
    return one._replace(stated=reasons.get(one.code))
