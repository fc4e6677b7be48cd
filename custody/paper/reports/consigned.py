"""A consignment on paper: what was planned, loaded and came, trip by trip, with its vehicles (spec chapter 13, REPORT-14)."""

from collections.abc import Iterable, Iterator

from custody.core.books import LOADS
from custody.core.consignments import Consignment, Trip, came, consignments, counted, unresolved
from custody.paper.canvas.table import Row, Table
from custody.paper.proven.evidence import Reading
from custody.paper.reports import boxlist
from custody.paper.reports.teller import Teller


class Load:
    """One consignment as the excerpt shows it."""

    def __init__(self, teller: Teller, reading: Reading) -> None:
        self.teller, state, code = teller, reading.state, reading.facts.scope[1]
        self.code = code
        acts = state.shelf.acts(LOADS, reading.act)
        self.one = next((one for one in consignments(acts, state.trail, state) if one.id == code), Consignment(code, (), ()))
        self.came = {trip.number: came(trip, state.trail, state) for trip in self.one.trips}
        planned = [box for manifest in self.one.manifests for box in manifest.boxes]
        self.planned = frozenset(planned)
        self.missing = sorted({box for manifest in self.one.manifests for box in unresolved(manifest, self.one)})
        self.extra = sorted(self.one.loaded().keys() - self.planned) if self.one.manifests else []
        self.acts = [act for act in acts if (act.body.get("consignment") or {}).get("id") == code or act.body.get("id") == code]

    def name(self) -> str:
        """From where to where, and the beginning of its id."""
        return self.teller.say("report.scope.consignment", way=self._ways(act.body for act in self.acts), id=self.code)

    def _ways(self, bodies: Iterable[dict[str, str]]) -> str:
        ways = dict.fromkeys((body["from"], body["to"]) for body in bodies)
        told = (self.teller.say("report.way", start=self.teller.spot(start), end=self.teller.spot(end)) for start, end in ways)
        return ", ".join(told)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """What the manifests say."""
        say = self.teller.say
        for manifest in self.one.manifests:
            body = manifest.body
            facts = {"count": len(manifest.boxes), "vehicles": body["vehicles"], "way": self._ways([body])}
            entries = boxlist.numbers(self.teller, (act.entry for act in manifest.parts))
            text = say("report.load.list.text", **facts, officer=self.teller.person(body["officer"]), entries=entries)
            yield say("report.load.list"), text
            if body["order"] is not None:
                yield say("report.load.order"), body["order"]
            if body["due"] is not None:
                yield say("report.load.due"), self.teller.when(body["due"])
        if not self.one.manifests:
            yield say("report.load.list"), say("report.load.list.none")

    def figures(self) -> Iterator[tuple[str, str]]:
        """Planned, loaded, arrived; what lacks and what is more."""
        loaded = self.one.loaded()
        arrived = {box for moved in self.came.values() for box in moved}
        counts = (
            ("planned", len(self.planned)), ("loaded", len(loaded)), ("came", len(arrived)), ("missing", len(self.missing)),
            ("lacking", len(loaded.keys() - arrived)), ("extra", len(self.extra)),
        )  # fmt: skip
        return ((self.teller.say(f"report.load.{name}"), str(count)) for name, count in counts)

    def tables(self) -> Iterator[Table]:
        """Trips with their vehicles; boxes by what became of them; things that are no boxes."""
        say = self.teller.say
        heads = ("trip", "vehicle", "way", "people", "loaded", "came", "lacking", "rest")
        trips = [self._trip(trip) for trip in self.one.trips]
        entries = tuple(tuple(trip.entries) for trip in self.one.trips)
        named = tuple(say(f"report.load.{name}") for name in heads)
        yield Table(say("report.load.trips"), named, (9, 22, 41, 46, 14, 12, 20, 16), tuple(trips), say("report.load.trips.none"), entries)
        rows = list(self._lines())
        yield Table(say("report.load.lines"), (say("report.load.state"), say("report.load.boxes")), (48, 132), tuple(rows))
        things = list(self._things())
        if things:
            named = tuple(say(f"report.load.{name}") for name in ("thing", "planned", "loaded"))
            yield Table(say("report.load.things"), named, (80, 50, 50), tuple(things))

    def _trip(self, trip: Trip) -> Row:
        acts, moved = [load.act for load in trip.loads], self.came[trip.number]
        vehicles = dict.fromkeys(act.body["vehicle"] for act in acts if act.body["vehicle"] is not None)
        people = dict.fromkeys((act.body["giver"], act.body["receiver"]) for act in acts)
        said = [f"{self.teller.person(giver) if giver else '—'} → {self.teller.person(receiver)}" for giver, receiver in people]
        counts = (len(trip.boxes), len(moved), len(trip.boxes.keys() - moved))
        rest = self.teller.say("report.load.rest.text", rest=trip.rest) if trip.rest is not None else "—"
        way = self._ways(act.body for act in acts)
        return str(trip.number), ", ".join(vehicles) or "—", way, "\n".join(said), *map(str, counts), rest

    def _lines(self) -> Iterator[Row]:
        """The boxes of each state together."""
        groups: list[tuple[str, int, Iterable[str]]] = []
        for trip in self.one.trips:
            moved = self.came[trip.number]
            groups.append(("came", trip.number, moved))
            groups.append(("lacking", trip.number, trip.boxes.keys() - moved))
            groups.append(("pending", trip.number, {box for load in trip.loads for box in load.pending}))
        groups += [("missing", 0, self.missing), ("extra", 0, self.extra)]
        for state, number, boxes in groups:
            if boxes := list(boxes):
                yield self.teller.say(f"report.load.state.{state}", trip=number), boxlist.told(self.teller, boxes)

    def _things(self) -> Iterator[Row]:
        planned = counted(act for act in self.acts if act.statement.kind.name == "manifest")
        loaded = counted(load.act for trip in self.one.trips for load in trip.loads if load.whole)
        for thing in sorted({*planned, *loaded}):
            yield self.teller.thing(thing), str(planned.get(thing, 0)), str(loaded.get(thing, 0))
