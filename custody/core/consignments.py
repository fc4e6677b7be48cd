"""Consignments: what was to travel, what was loaded and what came (spec chapter 18). A function of the set of statements."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from custody.core.act import Act, completion
from custody.core.books import World, speaks, unsigned
from custody.core.concern import holds_or_colleague, may_receive
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

    pending: boxes of which it is a claim, an orphan or a branch of a dispute; that is told of the box itself. whole: both have signed, so
    that its things are loaded; else they may be.
    """

    act: Act
    boxes: tuple[str, ...]
    pending: tuple[str, ...] = ()
    whole: bool = True


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
    ways, found = _Ways(trail), list[Consignment]()
    for one in sorted(manifests.keys() | handoffs.keys()):
        trips = tuple(_trips(handoffs.get(one, {}), ways, world))
        stated = [Manifest(parts) for _, parts in sorted(manifests.get(one, {}).items())]
        loads = _Loads(load for trip in trips for load in trip.loads)
        held = [manifest for manifest in stated if loads.held(manifest.body, manifest.boxes, manifest.parts[0].entry, world)]
        found.append(Consignment(one, tuple(held or stated), trips))
    return found


class _Ways:
    """The links of boxes, by the entry at which each first stood, and what is said beside them; each box is walked once."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._links: dict[str, dict[int, int]] = {}
        self._loose: dict[str, frozenset[int]] = {}
        self._steps: dict[str, list[Step]] = {}

    def of(self, box: str) -> list[Step]:
        """The links of a box, in the order of its chain."""
        if box not in self._steps:
            self._steps[box] = self._trail.of(box)
        return self._steps[box]

    def number(self, box: str, entry: int) -> int | None:
        """Which link of the chain first stood at an entry; None for one that is no link of it."""
        if box not in self._links:
            self._links[box] = {step.entry: number for number, step in enumerate(self.of(box))}
        return self._links[box].get(entry)

    def beside(self, box: str, entry: int) -> bool:
        """Whether what first stood at an entry is said of the box, and moves it not."""
        if box not in self._loose:
            self._loose[box] = frozenset(one.entry for one in self._trail.loose(box))
        return entry in self._loose[box]


class _Loads:
    """The loads of a consignment, by where they set out and by their boxes."""

    def __init__(self, loads: Iterable[Load]) -> None:
        self._at: dict[str, list[Load]] = {}
        self._of: dict[str, list[Load]] = {}
        for load in loads:
            self._at.setdefault(load.act.body["from"], []).append(load)
            for box in (*load.boxes, *load.pending):
                self._of.setdefault(box, []).append(load)

    def held(self, body: dict[str, Any], boxes: Iterable[str], index: int, world: World) -> list[Load]:
        """Those that the manifests of one officer and one `from` are held against (LOAD-2), in order of sids.

        They set out there, or they load a box of its lines at a place where its officer acts.
        """
        found = {load.act.sid: load for load in self._at.get(body["from"], ())}
        key = world.roster.find(body["officer"], index)
        for load in (load for box in boxes for load in self._of.get(box, ())):
            if load.act.sid not in found and key is not None and world.reaches(key, load.act.body["from"], index):
                found[load.act.sid] = load
        return sorted(found.values(), key=lambda load: load.act.sid)


def _trips(handoffs: dict[int, list[Act]], ways: _Ways, world: World) -> Iterator[Trip]:
    """The trips that load anything, or may have."""
    for number, acts in sorted(handoffs.items()):
        loads = [load for act in sorted(acts, key=lambda act: act.sid) if (load := _load(act, ways, world)) is not None]
        if loads:
            yield _trip(number, loads)


def _trip(number: int, loads: Sequence[Load]) -> Trip:
    return Trip(number, tuple(loads), _gravest([load.act.body["consignment"]["rest"] for load in loads]))


def _gravest(rests: Sequence[str | None]) -> str | None:
    reasons = sorted({rest for rest in rests if rest not in (None, "later")}, key=str)
    return reasons[0] if reasons else "later" if "later" in rests else None


def _load(act: Act, ways: _Ways, world: World) -> Load | None:
    """What a handoff loads, or None for nothing (LOAD-3)."""
    boxes, pending = list[str](), list[str]()
    for line in act.body["boxes"]:
        box = line["box"]
        if ways.number(box, act.entry) is not None:
            boxes.append(box)
        elif ways.beside(box, act.entry):
            done = completion(act, world, box)
            if done == "offered" and _may_offer(act, box, world):
                boxes.append(box)
            elif done == "complete" or (done == "claimed" and may_receive(act, box, world)):
                pending.append(box)
    done = completion(act, world)
    things = counted([act]) and (done == "complete" or (done == "offered" and speaks(act, "giver", world)))
    return Load(act, tuple(boxes), tuple(pending), done == "complete") if boxes or pending or things else None


def _may_offer(act: Act, box: str, world: World) -> bool:
    """Who offers the box holds it, or is a colleague of who does."""
    holding = world.holding(box)
    return holding is not None and holds_or_colleague(act.body["giver"], holding.holder, act.entry, world)


# -- what is found -------------------------------------------------------------------------------------------------------------


def judge(acts: Iterable[Act], trail: Trail, world: World) -> list[Finding]:
    """Manifests against trips, and trips against what came.

    acts: manifests, handoffs with a consignment or things, and acks, each sid once with all its signatures.
    """
    known, ways = list(acts), _Ways(trail)
    acks: dict[str, list[Act]] = {}
    found = list[Finding]()
    for act in known:
        if act.statement.kind.name == "manifest" and act.body["officer"] not in act.signed:
            found += unsigned(act, "officer")
        elif act.statement.kind.name == "ack" and act.body["side"] == "receiver":
            acks.setdefault(act.body["about"][0], []).append(act)
    for one in consignments(known, trail, world):
        found += _held(one, world)
        for trip in one.trips:
            found += _in_part(one, trip, acks, ways, world)
    return found


def _held(one: Consignment, world: World) -> Iterator[Finding]:
    """The manifests of each officer and place against what was loaded (LOAD-4 to LOAD-8); each thing is told once, however many name it."""
    loads, groups = _Loads(load for trip in one.trips for load in trip.loads), dict[tuple[str, str], list[Manifest]]()
    for manifest in one.manifests:
        groups.setdefault((manifest.body["officer"], manifest.body["from"]), []).append(manifest)
    for manifests in groups.values():
        manifests.sort(key=lambda manifest: manifest.parts[0].sid)  # never by arrival
        lines = {box: act for manifest in reversed(manifests) for box, act in manifest.boxes.items()}
        trips = dict[int, list[Load]]()
        for load in loads.held(manifests[0].body, lines, manifests[0].parts[0].entry, world):
            trips.setdefault(load.act.body["consignment"]["trip"], []).append(load)
        if trips:
            yield from _Against(one.id, manifests, lines, tuple(_trip(*trip) for trip in sorted(trips.items()))).found(world)


class _Against(NamedTuple):
    """Manifests of one officer and place, all their lines, and the trips that they are held against."""

    id: str
    manifests: list[Manifest]
    lines: dict[str, Act]
    trips: tuple[Trip, ...]

    def found(self, world: World) -> Iterator[Finding]:
        """What lacks, what left without a supervisor, what is more, what goes elsewhere."""
        left = dict.fromkeys(sorted(self.lines))
        for trip in self.trips:
            for box in (box for load in trip.loads for box in (*load.boxes, *load.pending)):
                left.pop(box, None)
            if left and trip.rest not in (None, "later") and not any(_released(load.act, world) for load in trip.loads):
                yield self._unreleased(trip, left)
        last = self.trips[-1]
        for box in left if last.rest is None else ():
            told = finding("manifest.missing", self.lines[box].entry, last.entries[0], box=box, consignment=self.id)
            yield _stated(last.loads[0], told)
        for box, load in (row for trip in self.trips for row in trip.boxes.items()):
            yield from self._box(box, load)
        yield from self._things()

    def _unreleased(self, trip: Trip, left: Iterable[str]) -> Finding:
        """A trip that left with a reason for what stays behind, and no supervisor signed it (LOAD-5)."""
        rows = list(left)
        entries = (*dict.fromkeys(act.entry for act in self.manifests[0].parts), *trip.entries)
        why = trip.rest or "-"
        told = finding("manifest.unreleased", *entries, consignment=self.id, trip=trip.number, reason=why, count=len(rows))
        return _stated(trip.loads[0], told)

    def _box(self, box: str, load: Load) -> Iterator[Finding]:
        """One more than planned, or bound for elsewhere; beside the first manifest that says so (LOAD-6, LOAD-7)."""
        other = next((one for one in self.manifests if one.whole and box not in one.boxes), None)
        if other is not None:
            yield _stated(load, finding("manifest.extra", other.parts[0].entry, load.act.entry, box=box, consignment=self.id))
        goal = load.act.body["to"]
        other = next((one for one in self.manifests if one.body["to"] != goal), None)
        if other is not None:
            entry = other.boxes.get(box, other.parts[0]).entry
            yield _stated(load, finding("manifest.destination", entry, load.act.entry, box=box, to=goal, planned=other.body["to"]))

    def _things(self) -> Iterator[Finding]:
        """More of a thing than a manifest has; fewer, once nothing is left (LOAD-8)."""
        loads = [load for trip in self.trips for load in trip.loads]
        now, may = counted(load.act for load in loads if load.whole), counted(load.act for load in loads)
        for thing in sorted({*now, *(thing for manifest in self.manifests for thing in manifest.things)}):
            for manifest in self.manifests:
                planned, loaded = manifest.things.get(thing, 0), now.get(thing, 0)
                if (loaded > planned and manifest.whole) or (may.get(thing, 0) < planned and self.trips[-1].rest is None):
                    entries = (manifest.parts[0].entry, *(entry for trip in self.trips for entry in trip.entries))
                    yield finding("manifest.things", *entries, consignment=self.id, thing=thing, planned=planned, loaded=loaded)
                    break


def unresolved(manifest: Manifest, one: Consignment, upto: int | None = None) -> list[str]:
    """Lines that no trip has loaded (LOAD-4), and none may have; or none of the trips up to a number."""
    return sorted(manifest.boxes.keys() - one.named(upto))


def _released(act: Act, world: World) -> bool:
    keys = (world.roster.find(name, act.entry) for name in act.signed)
    return any(key is not None and key.role == "supervisor" and world.reaches(key, act.body["from"], act.entry) for key in keys)


def counted(acts: Iterable[Act]) -> dict[str, int]:
    """The things of several statements together; none of nothing is no thing."""
    found: dict[str, int] = {}
    for act in acts:
        for item in (item for item in act.body["things"] if item["count"]):
            found[item["thing"]] = found.get(item["thing"], 0) + item["count"]
    return found


def came(trip: Trip, trail: Trail, world: World) -> Come:
    """Boxes of a trip that have come (LOAD-9)."""
    return _come(trip, _Ways(trail), world)


def _come(trip: Trip, ways: _Ways, world: World) -> Come:
    found: Come = {}
    for box, load in trip.boxes.items():
        at = ways.number(box, load.act.entry)
        if at is None:
            continue
        steps = ways.of(box)
        step = steps[at] if steps[at].place == load.act.body["to"] else _moved_on(steps, at + 1, world)
        if step is not None:
            found[box] = step
    return found


def _moved_on(steps: Sequence[Step], first: int, world: World) -> Step | None:
    """The first link behind a loading that does not take place at a vehicle."""
    for number in range(first, len(steps)):
        place = world.places.get(steps[number].place, steps[number].entry)
        if place is None or place.kind != "vehicle":
            return steps[number]
    return None


def _in_part(one: Consignment, trip: Trip, acks: dict[str, list[Act]], ways: _Ways, world: World) -> Iterator[Finding]:
    """Of a trip of which one box has come, those that have not (LOAD-10). What is back where it was loaded neither came nor lacks."""
    moved, boxes = _come(trip, ways, world), trip.boxes
    if all(step.place == boxes[box].act.body["from"] for box, step in moved.items()):
        return
    receipts = {load.act.sid: _receipt(load, acks.get(load.act.sid, ())) for load in trip.loads}
    for box, load in boxes.items():
        if box not in moved:
            entries = (load.act.entry, *receipts[load.act.sid])
            yield _stated(load, finding("receipt.missing", *entries, box=box, consignment=one.id, trip=trip.number))


def _receipt(load: Load, acks: Iterable[Act]) -> list[int]:
    """The entry of one receipt of its receiver, if there is any: that of the lowest sid."""
    return [ack.entry for ack in sorted(acks, key=lambda ack: ack.sid) if load.act.body["receiver"] in ack.signed][:1]


def _stated(load: Load, one: Finding) -> Finding:
    """With the reason, where those who handed over stated the finding themselves (LAW-2)."""
    reasons = {item["finding"]: item["reason"] for item in load.act.body["irregular"]}
    return one._replace(stated=reasons.get(one.code))
