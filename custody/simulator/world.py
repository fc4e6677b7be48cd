"""A night as it runs: each deed changes the physical world, and whoever records it writes down what he sees (or what he chooses)."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from custody.core import note, statement
from custody.core.moment import from_seconds
from custody.simulator.cast import Cast
from custody.simulator.chance import Chance
from custody.simulator.deeds import Body, Deed, Record
from custody.simulator.truth import Carton, Truth


class Draft(NamedTuple):
    """A statement as people write it: its kind, its fields, and who is asked to sign."""

    kind: str
    body: Body
    signers: tuple[str, ...]


class Arrival(NamedTuple):
    """A note that reaches the ledger. at: when; deed: what it tells of; sid: its statement."""

    at: int
    deed: str
    sid: str
    note: bytes


class World:
    """The boxes of a night, what has been recorded of them so far, and the notes on their way to the ledger."""

    def __init__(self, ledger: str, cast: Cast, chance: Chance, accounts: "dict[str, Account]") -> None:
        self.ledger, self.cast, self.chance = ledger, cast, chance
        self.truth = Truth()
        self.tips: dict[str, str | None] = {}  # box -> the last record that moved it
        self.believed: dict[str, str] = {}  # box -> the place of that record
        self.owners: dict[str, str] = {}  # printed code -> the box that it was printed for
        self.sids: dict[str, str] = {}  # deed -> the statement that tells of it
        self.bodies: dict[str, Body] = {}
        self.done: dict[str, tuple[str, ...]] = {}  # deed -> the boxes that it really touched
        self._accounts = accounts

    def carton(self, box: str) -> Carton:
        """The physical box with that id painted on it."""
        return self.truth.boxes[box]

    def run(self, deeds: Iterable[Deed]) -> Iterator[Arrival]:
        """Let everything happen in order; yields the notes as they are written, each with the moment of its arrival."""
        for deed in deeds:
            account = self._accounts.get(deed.what)
            if account is None:
                _DONE[deed.what](self, deed)
                continue
            draft = account(self, deed)
            if draft is not None and deed.record is not None:
                yield from self._record(deed, draft, deed.record)

    def _record(self, deed: Deed, draft: Draft, record: Record) -> Iterator[Arrival]:
        at = deed.at + record.after
        happened = {"at": from_seconds(deed.at), "basis": record.basis}
        common = {"at": from_seconds(at), "happened": happened, "ledger": self.ledger, "seen": None}
        body = {**common, **draft.body}
        if record.tell is not None:
            body = record.tell(body, self)
        text = statement.draft(draft.kind, body)
        self.sids[deed.name], self.bodies[deed.name] = text.sid, body
        signers = draft.signers if record.signers is None else record.signers
        arrives = at + (record.delay if record.delay is not None else self._delay(deed))
        everyone = {*signers, *(name for names, _ in record.later for name in names)}
        if not deed.facts.get("paper only"):
            self._moved(draft, body, text.sid, everyone)
        for names, delay in ((signers, 0), *record.later) if not record.lost else ():
            if names:
                lines = [self.cast[name].line(text.text) for name in dict.fromkeys(names)]
                arrival = Arrival(arrives + delay, deed.name, text.sid, note.join(text.text, lines))
                yield from (arrival, arrival) if record.again else (arrival,)

    def _delay(self, deed: Deed) -> int:
        """From half a minute to three hours; one place in six has no signal and waits up to three days."""
        offline = self.chance.share("offline", deed.place) < 1 / 6
        return self.chance.between(30, 3 * 86_400 if offline else 10_800, "delay", deed.name)

    def _moved(self, draft: Draft, body: Body, sid: str, signers: set[str]) -> None:
        """What the next record will follow: only what both sides have signed moves a box."""
        if draft.kind == "handoff":
            whole = body["receiver"] in signers and (body["giver"] in signers or body["unsigned"] is not None)
        elif draft.kind == "seal":
            whole = {body["sealer"], body["witness"]} <= signers
        else:
            whole = draft.kind == "closing" or (draft.kind == "opening" and len(signers) > 1)
        for line in body["boxes"] if whole else ():
            self.tips[line["box"]] = sid
            self.believed[line["box"]] = body["place"]


Account = Callable[[World, Deed], Draft | None]


# -- what happens to boxes and is recorded by nobody --------------------------------------------------------------------------------


def _leaves(world: World, deed: Deed) -> None:
    """Boxes set off; only those that are there."""
    gone = [box for box in deed.boxes if world.carton(box).place == deed.place]
    for box in gone:
        carton = world.carton(box)
        carton.place = f"{deed.place}>{deed.facts['to']}"
        carton.happens(deed.at, "leaves", str(deed.facts.get("aboard", "foot")))


def _put(world: World, deed: Deed) -> None:
    """A box is brought somewhere; nobody is told."""
    for box in deed.boxes:
        carton = world.carton(box)
        carton.place = deed.facts["to"]
        carton.happens(deed.at, deed.facts.get("how", "is brought"), deed.facts["to"])


def _mark(world: World, deed: Deed) -> None:
    """Seals are found otherwise from now on: facts give point -> (state, number or None to keep it)."""
    for box in deed.boxes:
        carton = world.carton(box)
        for point, (state, number) in deed.facts["seals"].items():
            before = carton.seals.get(point, ("missing", None))
            carton.seals[point] = (state, number if number is not None else before[1])
        carton.happens(deed.at, "seals are touched", ", ".join(deed.facts["seals"]))


def _stick(world: World, deed: Deed) -> None:
    """Another code sticks on the box from now on, or none that can be read."""
    for box in deed.boxes:
        carton = world.carton(box)
        carton.label, carton.readable = deed.facts["code"], deed.facts["code"] is not None
        carton.happens(deed.at, "a label is stuck on it")


def _fill(world: World, deed: Deed) -> None:
    """What lies in two boxes is exchanged while their seals stay as they are."""
    one, other = (world.carton(box) for box in deed.boxes)
    one.inside, other.inside = other.inside, one.inside
    for carton in (one, other):
        carton.happens(deed.at, "its contents are exchanged")


def _suffer(world: World, deed: Deed) -> None:
    """Water, fire, a fall."""
    for box in deed.boxes:
        carton = world.carton(box)
        carton.condition = deed.facts["condition"]
        carton.happens(deed.at, deed.facts["condition"])


_DONE: dict[str, Callable[[World, Deed], None]] = {
    "leaves": _leaves, "is put": _put, "is marked": _mark, "is labelled": _stick, "is refilled": _fill, "suffers": _suffer,
}  # fmt: skip
