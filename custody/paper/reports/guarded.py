"""A page of the duty book: a room from one shift until the next, what came and went (spec chapter 13, REPORT-14)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from custody.core.act import Act, completion
from custody.core.books import speaks
from custody.core.statement import boxes_of
from custody.paper.canvas.table import Row, Table
from custody.paper.proven.evidence import Reading
from custody.paper.reports import boxlist
from custody.paper.reports.teller import Teller


class Page:
    """One shift. acts: what was recorded in its room, by the times claimed."""

    def __init__(self, teller: Teller, reading: Reading, acts: Sequence[Act]) -> None:
        self.teller, self.reading, self.acts = teller, reading, acts
        code = reading.facts.scope[1]
        self.shift = next(act for act in acts if act.sid == code)
        self.place = self.shift.body["place"]
        at = acts.index(self.shift)
        shifts = (act for act in acts[at + 1 :] if act.statement.kind.name == "shift")
        self.next = next((act for act in shifts if speaks(act, "incoming", reading.state)), None)

    def name(self) -> str:
        """Which room, and since when."""
        when = self.teller.when(self.shift.body["happened"]["at"])
        return self.teller.say("report.scope.shift", place=self.teller.spot(self.place), when=when)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """From whom to whom, until when, and the room as both shifts found it."""
        say = self.teller.say
        yield say("report.room.from"), self.teller.happened(self.shift.body)
        yield say("report.room.until"), self.teller.happened(self.next.body) if self.next is not None else say("report.room.until.open")
        for number, act in enumerate((self.shift, self.next)):
            if act is not None:
                yield say("report.room.teams.end" if number else "report.room.teams"), self._teams(act)
                yield say("report.room.state.end" if number else "report.room.state"), self._state(act)
        if self.shift.body["equipment"]:
            yield say("report.room.equipment"), self.teller.things(self.shift.body["equipment"])

    def _teams(self, act: Act) -> str:
        body = act.body
        outgoing = self.teller.person(body["outgoing"]) if body["outgoing"] is not None else self.teller.say("report.room.first")
        incoming = self.teller.person(body["incoming"])
        return self.teller.say("report.room.teams.text", outgoing=outgoing, incoming=incoming, team=body["team"])

    def _state(self, act: Act) -> str:
        facts = {name: act.body[name] for name in ("door", "lock", "counted", "visitors")}
        return self.teller.say("report.room.state.text", **facts, seal=act.body["door_seal"] or "—")

    def figures(self) -> Iterator[tuple[str, str]]:
        """How many boxes came and went, and how often somebody was let in, looked, or told of something."""
        moved = Counter[str]()
        for act, way in self._moved():
            waiting = self._waiting(act)
            moved[way] += len(boxes_of(act.statement)) - waiting
            moved["offered"] += waiting
        kinds = Counter(act.statement.kind.name for act in self.acts if not act.body.get("settles"))  # what settles one is no other
        for way in ("came", "left", *(("offered",) if moved["offered"] else ())):
            yield self.teller.say(f"report.room.{way}"), str(moved[way])
        for name, kind in (("visits", "visit"), ("looks", "inspection"), ("incidents", "incident")):
            yield self.teller.say(f"report.room.{name}"), str(kinds[kind])

    def moves(self) -> Table:
        """Each handoff that brought boxes or took them away."""
        rows, say = list[Row](), self.teller.say
        for act, way in self._moved():
            body, said = act.body, say(f"report.room.{way}") + self._unfinished(act)
            whither = say("report.way", start=self.teller.spot(body["from"]), end=self.teller.spot(body["to"]))
            where = "\n".join(filter(None, (whither, body["vehicle"])))
            giver = self.teller.person(body["giver"]) if body["giver"] is not None else "—"
            people = f"{giver} → {self.teller.person(body['receiver'])}"
            rows.append(
                (str(act.entry), self.teller.happened(body), said, where, people, boxlist.told(self.teller, boxes_of(act.statement)))
            )
        heads = (
            "report.event.entry",
            "report.event.when",
            "report.room.move",
            "report.event.way",
            "report.event.people",
            "report.load.boxes",
        )
        named = tuple(map(say, heads))
        return Table(
            say("report.room.moves"),
            named,
            (11, 32, 26, 37, 36, 38),
            tuple(rows),
            say("report.room.moves.none"),
            numbered=True,
            note=say("report.events.times"),
        )

    def _unfinished(self, act: Act) -> str:
        """What a handoff lacks, for how many of its boxes where its receiver acknowledged the others (ACT-6)."""
        done, waiting, count = completion(act, self.reading.state), self._waiting(act), len(boxes_of(act.statement))
        if done == "complete":
            return ""
        said = self.teller.say(f"report.step.{done}")
        if done != "offered" or waiting == count:
            return f": {said}"
        if waiting:
            said = self.teller.say("bearing.some", told=said, count=waiting, of=count)
        return f": {said}" if waiting else f": {self.teller.say('report.step.after.offered')}"

    def _waiting(self, act: Act) -> int:
        """Of how many boxes an offer still waits for its receiver."""
        if completion(act, self.reading.state) != "offered":
            return 0
        judged = self.reading.judged
        return sum(act.sid in judged[box][0].offers for box in boxes_of(act.statement) if box in judged)

    def _moved(self) -> Iterator[tuple[Act, str]]:
        """Handoffs that begin here, and those that end here."""
        for act in self.acts:
            if act.statement.kind.name == "handoff" and act.body["boxes"]:
                if act.body["from"] != act.body["to"] and act.body["from"] == self.place:
                    yield act, "left"
                elif act.body["to"] == act.body["place"] == self.place:
                    yield act, "came"
