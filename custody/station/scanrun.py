"""The guard's run: scans go in, what to say of each comes out; pure, over plain values (law and labels: spec chapters 10 and 11).

Nothing that is authentic is ever refused here: a box that is wrong in some way is counted and told, and its findings are stated when the
run becomes a handoff. Only what names no box at all is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from custody.core.boxid import BoxId
from custody.core.moment import from_seconds

if TYPE_CHECKING:  # a screen shows its help without loading what checks signatures
    from custody.core.holding import Holding
    from custody.station.lookup import Lookup

How = Literal["scanned", "typed", "sight", "other-code"]
Fact = str | int

# What is rung and shown in red; the rest is good, or worth a remark.
ALARMS = (
    "run.waiting", "run.received", "run.unknown-code", "run.carries", "run.unknown-box", "run.other-code", "run.disputed",
    "run.two-labels", "run.void",
    "run.wrong-way", "run.other-area", "run.not-with-giver", "run.not-here", "run.not-expected", "run.unsealed",
    "run.open",
)  # fmt: skip


class Reading(NamedTuple):
    """One input as the door understood it.

    how: `scanned` or `typed` with the hash of our code in `label`; `sight` with the id in `box`; `other-code` with what came in `text`.
    """

    how: How
    label: str | None = None
    box: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Errand:
    """What the run is for. sealing: boxes need no holder yet. expected: boxes that should come; areas: their desa.

    arriving: those that should come were loaded elsewhere and wait for their receiver; where they were then is no alarm.
    phase: the phase that the seals of this work begin; "" where it begins none. earlier: boxes of the same manifest that an earlier trip
    loaded and that have not come, with the number of that trip.
    """

    start: str
    end: str
    giver: str | None
    expected: frozenset[str] = frozenset()
    sealing: bool = False
    areas: frozenset[str] = frozenset()
    receiver: str | None = None
    arriving: bool = False
    phase: str = ""
    earlier: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """A box of the run: how it was identified, what was said of it, seals that are not as they were (point -> state and number)."""

    box: str
    how: How
    label: str | None
    told: tuple[str, ...] = ()
    seals: dict[str, tuple[str, str | None]] = field(default_factory=dict)


class Outcome(NamedTuple):
    """What to say of one input: the first code is the gravest. counted: it brought a box into the run that was not in it."""

    codes: tuple[str, ...]
    box: str | None
    counted: bool
    facts: dict[str, Fact]

    @property
    def alarm(self) -> bool:
        """Whether the bell is due."""
        return self.codes[0] in ALARMS


class Run:
    """A run under way. `take`, `undo` and `seal` change it; an event log of these calls brings it back after a crash."""

    def __init__(self, errand: Errand, known: Lookup, points: Callable[[str], tuple[str, ...]]) -> None:
        """:param points: the seal points of a phase (`State.points_in`)."""
        self.errand, self._known, self._points = errand, known, points
        self.items: dict[str, Item] = {}  # in the order in which they came
        self.pending: str | None = None  # a code without a box, waiting for the words that name the box
        self.claim: tuple[str, str] | None = None  # a box named right after a code never printed, and that code: perhaps it bears it
        self.looked = True  # whether the seals of which nothing was said are as recorded, or were not looked at
        self._steps: list[tuple[str, str | None, tuple[str, str | None] | None]] = []  # box, point of a seal, what it was before

    @property
    def count(self) -> int:
        """Boxes in the run."""
        return len(self.items)

    @property
    def expected(self) -> int:
        """Boxes that should come; where nobody knows which, those that came."""
        return len(self._wanted()) or self.count

    @property
    def strange(self) -> int:
        """Boxes that came and should not; they count for none of those that should."""
        return len(self.strangers())

    def strangers(self) -> list[str]:
        """Those boxes, in order; one that an earlier trip of the same manifest left behind is none."""
        return sorted(self.items.keys() - self._wanted()) if self.errand.expected else []

    def _wanted(self) -> frozenset[str]:
        """Boxes that should come, and those that came and should have come with an earlier trip."""
        return self.errand.expected | (self.items.keys() & self.errand.earlier.keys()) if self.errand.expected else frozenset()

    @property
    def come(self) -> int:
        """Boxes that should come and came."""
        return self.count - self.strange

    def silent(self) -> list[str]:
        """Boxes of whose seals nobody said anything."""
        return [item.box for item in self.items.values() if not item.seals]

    def unrecorded(self) -> list[str]:
        """Those of them on which no seal is recorded: they were never sealed, or were left open."""
        return [box for box in self.silent() if not ((holding := self._known.holding(box)) is not None and holding.seals)]

    def missing(self) -> list[str]:
        """Expected boxes that have not come, in order."""
        return sorted(self.errand.expected - self.items.keys())

    def last(self) -> str | None:
        """The box that was spoken of last: scanned, scanned again, or named for one of its seals."""
        return next(reversed(self.items), None)

    def _touch(self, item: Item) -> None:
        """A box becomes the last one."""
        self.items.pop(item.box, None)
        self.items[item.box] = item

    def points_of(self, box: str | None) -> tuple[str, ...]:
        """The seal points of a box: those of the phase that this work begins; else those of its last record, or of the phase it is in."""
        if self.errand.phase:
            return self._points(self.errand.phase)
        holding = self._known.holding(box) if box is not None else None
        return sealed_points(holding, self._points)

    def unnumbered(self, box: str) -> list[str]:
        """The points that have got no seal number in this run: ties, which bear numbers, before lids and slots, which often bear none."""
        item = self.items.get(box)
        bare = [point for point in self.points_of(box) if item is None or item.seals.get(point, ("", None))[1] is None]
        return sorted(bare, key=lambda point: not point.startswith("tie"))

    def sealed_with(self, number: str) -> list[tuple[str, str]]:
        """The boxes and points that bear a seal number in this run."""
        return [(item.box, point) for item in self.items.values() for point, seal in item.seals.items() if seal[1] == number]

    # -- what can be done ------------------------------------------------------------------------------------------------------

    def take(self, reading: Reading) -> Outcome:
        """One input. A code that waits for its box belongs to the words right after it alone; whatever else comes passes it over."""
        waiting, self.claim = self.pending, None
        if reading.how != "sight":
            self.pending = None
        outcome = self._understood(reading)
        if waiting is None or reading.how == "sight" or waiting in (self.pending, reading.label):
            return outcome
        return outcome._replace(codes=(*outcome.codes, "run.dropped"), facts={"label": waiting[:12], **outcome.facts})

    def passed(self) -> Outcome | None:
        """Something came that is no reading: a code that waits for its box is passed over. None where none waits."""
        waiting, self.pending, self.claim = self.pending, None, None
        return Outcome(("run.dropped",), None, False, {"label": waiting[:12]}) if waiting is not None else None

    def carries(self) -> Outcome:
        """People looked: the code that was never printed here is on the box that was named right after it."""
        if self.claim is None or self.claim[0] not in self.items:
            return Outcome(("run.nothing",), None, False, {})
        (box, label), self.claim = self.claim, None
        outcome = self._again(self.items[box], "scanned", label)
        if outcome.codes != ("run.two-labels",):
            self.items[box] = replace(self.items[box], told=tuple(dict.fromkeys((*self.items[box].told, "run.unknown-code"))))
            outcome = outcome._replace(codes=("run.carries",))
        return outcome._replace(facts={**outcome.facts, "label": label[:12]})

    def _understood(self, reading: Reading) -> Outcome:
        if reading.how == "other-code":
            box = self._known.other(reading.text)
            if box is None:
                return Outcome(("run.other-code",), None, False, {"text": reading.text})
            return self._count(box, "other-code", None, ["run.by-other-code"])
        if reading.label is None:
            return self._by_words(reading.box or "")
        return self._by_label(reading.label, reading.how)

    def undo(self, box: str | None = None) -> Outcome:
        """Take back the last step, a box or one of its seals; or the box that is named; or the code that waits for its box."""
        waiting = self.passed() if box is None else None
        if waiting is not None:
            return waiting
        while box is None and self._steps:
            gone, point, before = self._steps.pop()
            if gone in self.items and point is not None:
                return self._unseal(gone, point, before)
            if gone in self.items:
                return self._drop(gone)
        if box is None:
            return Outcome(("run.nothing",), None, False, {})
        if box not in self.items:
            return Outcome(("run.nothing-to-undo",), box, False, {"box": box})
        return self._drop(box)

    def _drop(self, box: str) -> Outcome:
        del self.items[box]
        self._steps = [step for step in self._steps if step[0] != box]
        return Outcome(("run.undone",), box, False, self._facts(box))

    def _unseal(self, box: str, point: str, before: tuple[str, str | None] | None) -> Outcome:
        item = self.items[box]
        seals = {name: seal for name, seal in item.seals.items() if name != point} | ({point: before} if before is not None else {})
        self.items[box] = replace(item, seals=seals)
        return Outcome(("run.seal-undone",), box, False, {**self._facts(box), "point": point})

    def seal(self, point: str, condition: str, number: str | None = None, box: str | None = None) -> Outcome:
        """State of one seal of a box that differs from the last record; the box becomes the last one."""
        named = box or self.last()
        if named is None:
            return Outcome(("run.nothing",), None, False, {})
        if named not in self.items:
            return Outcome(("run.nothing-to-undo",), named, False, {"box": named})
        if point not in self.points_of(named):
            return Outcome(("run.no-point",), named, False, {"point": point, "points": " ".join(self.points_of(named))})
        item = self.items[named]
        self._steps.append((named, point, item.seals.get(point)))
        self._touch(replace(item, seals={**item.seals, point: (condition, number)}))
        facts: dict[str, Fact] = {"point": point, "state": condition, "number": number or ""}
        return Outcome(("run.seal",), named, False, {**self._facts(named), **facts})

    # -- how an input is understood --------------------------------------------------------------------------------------------

    def _by_label(self, label: str, how: How) -> Outcome:
        printed = self._known.printed(label)
        box = printed.box or self._known.bound(label) if printed is not None else None
        if box is None:
            mine = next((item.box for item in self.items.values() if item.label == label), None)
            if mine is not None:
                return self._again(self.items[mine], how, label)
            self.pending = label
            return Outcome(("run.spare" if printed is not None else "run.unknown-code",), None, False, {"label": label[:12]})
        holding = self._known.holding(box)
        old = printed is not None and holding is not None and printed.copy < holding.copy
        return self._count(box, how, label, ["run.void"] if old else [])

    def _by_words(self, box: str) -> Outcome:
        """Words right after a spare label put it on their box; of a code that was never printed people are asked whether it is on it."""
        label, self.pending = self.pending, None
        if label is not None and self._known.printed(label) is not None:
            return self._count(box, "scanned", label, ["run.bound"])
        outcome = self._count(box, "sight", None, ["run.by-sight"])
        if label is None or box not in self.items:
            return outcome
        self.claim = (box, label)
        return outcome._replace(codes=(*outcome.codes, "run.claimed"), facts={**outcome.facts, "label": label[:12]})

    def _count(self, box: str, how: How, label: str | None, told: list[str]) -> Outcome:
        known = self.items.get(box)
        if known is not None:
            return self._again(known, how, label)
        signed = self._known.waiting(box)
        if signed is not None:
            if not self._counts_on(box):
                return Outcome(("run.waiting",), box, False, {**self._facts(box), "at": signed})
            told = told if self._awaited(box) else [*told, "run.waiting-on"]
        codes = _gravest([*told, *self._wrong(box)])
        self.items[box] = Item(box, how, label, tuple(codes))
        self._steps.append((box, None, None))
        facts = self._facts(box) | ({"at": signed} if signed is not None else {})
        return Outcome(tuple(codes) or ("run.counted",), box, True, facts)

    def _counts_on(self, box: str) -> bool:
        """Whether a box of which something was signed that waits counts here: what waits may be the very load that arrives."""
        errand = self.errand
        return self._awaited(box) or goes_on(self._known, box, errand.start, errand.giver, errand.sealing)

    def _awaited(self, box: str) -> bool:
        """Whether a box is of a load that arrives here."""
        return self.errand.arriving and box in self.errand.expected

    def _again(self, item: Item, how: How, label: str | None) -> Outcome:
        """A box that is in the run: counted once, and the last one from here on, which can be taken back.

        A read label counts for more than words, and two labels on one box are told.
        """
        self._touch(item)
        self._steps.append((item.box, None, None))
        if label is not None and item.label is not None and item.label != label:
            self.items[item.box] = replace(item, told=(*item.told, "run.two-labels"))
            return Outcome(("run.two-labels",), item.box, False, self._facts(item.box))
        if label is not None and item.label is None:
            told = tuple(code for code in item.told if code not in ("run.by-sight", "run.by-other-code"))
            self.items[item.box] = replace(item, how=how, label=label, told=told)
        return Outcome(("run.twice",), item.box, False, self._facts(item.box))

    def _wrong(self, box: str) -> Iterator[str]:
        """What is wrong with a box here, apart from its label."""
        errand, holding = self.errand, self._known.holding(box)
        if self._known.registered(box) is None:
            yield "run.unknown-box"
            return
        if self._known.disputed(box):
            yield "run.disputed"
        if errand.end and not self._known.on_way(box, errand.end):
            yield "run.wrong-way"
        if not errand.sealing and (holding is None or not holding.shut):
            yield "run.unsealed" if holding is None else "run.open"
        if holding is not None and not errand.sealing and not self._awaited(box):
            yield from self._hands(holding)
        if box in errand.earlier and box not in errand.expected:
            yield "run.earlier-trip"
        elif box not in errand.expected and (errand.expected or errand.areas):
            yield "run.other-area" if _area(box) not in errand.areas else "run.not-expected"

    def _hands(self, holding: Holding) -> Iterator[str]:
        errand = self.errand
        if holding.kind == "handoff" and holding.holder == errand.receiver != errand.giver:
            yield "run.received"
            return
        if errand.giver is not None and not self._known.same_hands(errand.giver, holding.holder):
            yield "run.not-with-giver"
        if errand.start not in (holding.place, holding.to):
            yield "run.not-here"

    def _facts(self, box: str) -> dict[str, Fact]:
        holding = self._known.holding(box)
        facts: dict[str, Fact] = {"box": box, "count": self.count, "expected": self.expected}
        facts |= {"trip": self.errand.earlier[box]} if box in self.errand.earlier else {}
        if holding is not None:
            facts |= {"holder": holding.holder, "last": holding.to, "entry": holding.entry, "since": from_seconds(holding.at)}
        return facts


def goes_on(known: Lookup, box: str, start: str, giver: str | None, sealing: bool) -> bool:
    """Whether an errand goes on from what was signed of a box and waits for the ledger key, or is the same once more."""
    holding = known.holding(box)
    if holding is None or sealing:
        return sealing and holding is not None and holding.kind != "seal"
    return holding.to == start if giver is None else known.same_hands(giver, holding.holder)


def sealed_points(holding: Holding | None, points: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """The points where a box bears seals: those of its last record; where none is recorded, those of its phase."""
    if holding is not None and holding.seals:
        return tuple(seal[0] for seal in holding.seals)
    return points(holding.phase if holding is not None else "")


def areas(boxes: Iterable[str]) -> frozenset[str]:
    """The desa (or kecamatan) of boxes."""
    return frozenset(_area(box) for box in boxes)


def _area(box: str) -> str:
    return BoxId.parse(box).place.partition("-")[0]


def _gravest(codes: list[str]) -> list[str]:
    return sorted(codes, key=lambda code: ALARMS.index(code) if code in ALARMS else len(ALARMS))


def replay(run: Run, events: Iterable[dict[str, Any]]) -> None:
    """Bring a run back from the events of its draft; events of other kinds are passed over."""
    for event in events:
        match event.get("do"):
            case "read":
                run.take(Reading(event["how"], event.get("label"), event.get("box"), event.get("text", "")))
            case "undo":
                run.undo(event.get("box"))
            case "passed":
                run.passed()
            case "carries":
                run.carries()
            case "seal":
                run.seal(event["point"], event["state"], event.get("number"), event.get("box"))
            case "look":
                run.looked = event["seen"]
