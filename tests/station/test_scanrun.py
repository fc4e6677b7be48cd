"""The run as a table: what is known of a box, what is read, what is said."""

from dataclasses import dataclass, field

import pytest

from custody.core.holding import Holding
from custody.core.register import Printed, Registered
from custody.station.scanrun import Errand, Reading, Run, areas, replay

A, B, FAR = "PEM24-5307192008-001-DPR-1", "PEM24-5307192008-001-DPD-1", "PEM24-5307192009-001-DPR-1"
POINTS = ("lid", "tie-1", "tie-2")
SEALS = tuple((point, "intact", None) for point in POINTS)


@dataclass
class Table:
    """A ledger of a few lines."""

    labels: dict[str, Printed] = field(default_factory=dict)
    spares: dict[str, str] = field(default_factory=dict)
    boxes: tuple[str, ...] = (A, B, FAR)
    holders: dict[str, str] = field(default_factory=lambda: {A: "kpps-1", B: "kpps-1", FAR: "kpps-9"})
    copies: dict[str, int] = field(default_factory=dict)
    fights: frozenset[str] = frozenset()
    signed: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()

    def printed(self, label: str) -> Printed | None:
        return self.labels.get(label)

    def bound(self, label: str) -> str | None:
        return self.spares.get(label)

    def registered(self, box: str) -> Registered | None:
        return Registered(box, box[6:20], "DPR", 1, (), None, 0) if box in self.boxes else None

    def other(self, code: str) -> str | None:
        return {"SILOG-A": A}.get(code)

    def holding(self, box: str) -> Holding | None:
        holder = self.holders.get(box)
        if holder is None:
            return None
        place = box[6:20]
        kind, copy = self.kinds.get(box, "seal"), self.copies.get(box, 0)
        seals = () if box in self.bare else SEALS
        phase = self.phases.get(box, "voted")
        return Holding("s", 1, kind, holder, place, place, 0, None, copy, 1, 0, phase, True, 0, 0, 1, 0, (place,), seals)

    def disputed(self, box: str) -> bool:
        return box in self.fights

    def waiting(self, box: str) -> str | None:
        return self.signed.get(box)

    def on_way(self, box: str, place: str) -> bool:
        return box[6:16] == place

    def same_hands(self, one: str, other: str) -> bool:
        return one == other


def points_in(phase: str) -> tuple[str, ...]:
    """A plenary puts on fewer seals, at other places."""
    return ("slot", "tie-9") if phase == "plenary" else POINTS


def run_of(table: Table, **changes: object) -> Run:
    fields = {"start": "5307192008-001", "end": "5307192008", "giver": "kpps-1", "expected": frozenset((A, B)), "areas": areas((A, B))}
    return Run(Errand(**{**fields, **changes}), table, points_in)  # type: ignore[arg-type]


def first(box: str | None, copy: int = 1) -> Printed:
    return Printed(box, copy, 0)


CASES = {
    "good": (Table({"a": first(A)}), Reading("scanned", "a"), ("run.counted",), True),
    "typed code": (Table({"a": first(A)}), Reading("typed", "a"), ("run.counted",), True),
    "by sight": (Table(), Reading("sight", box=A), ("run.by-sight",), True),
    "never printed": (Table(), Reading("scanned", "x"), ("run.unknown-code",), False),
    "spare, free": (Table({"s": first(None)}), Reading("scanned", "s"), ("run.spare",), False),
    "spare, on its box": (Table({"s": first(None)}, {"s": A}), Reading("scanned", "s"), ("run.counted",), True),
    "old print": (Table({"a": first(A)}, copies={A: 2}), Reading("scanned", "a"), ("run.void",), True),
    "newer print": (Table({"a": first(A, 3)}, copies={A: 2}), Reading("scanned", "a"), ("run.counted",), True),
    "KPU's, known": (Table(), Reading("other-code", text="SILOG-A"), ("run.by-other-code",), True),
    "KPU's, unknown": (Table(), Reading("other-code", text="SILOG-Z"), ("run.other-code",), False),
    "another desa": (
        Table({"f": first(FAR)}),
        Reading("scanned", "f"),
        ("run.wrong-way", "run.other-area", "run.not-with-giver", "run.not-here"),
        True,
    ),
    "not registered": (Table({"f": first(FAR)}, boxes=(A, B)), Reading("scanned", "f"), ("run.unknown-box",), True),
    "not sealed": (Table({"a": first(A)}, holders={}), Reading("scanned", "a"), ("run.unsealed",), True),
    "disputed": (Table({"a": first(A)}, fights=frozenset((A,))), Reading("scanned", "a"), ("run.disputed",), True),
    "other giver": (Table({"a": first(A)}, holders={A: "kpps-2"}), Reading("scanned", "a"), ("run.not-with-giver",), True),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(name: str) -> None:
    table, reading, codes, counted = CASES[name]
    run = run_of(table)
    outcome = run.take(reading)
    assert (outcome.codes, outcome.counted, run.count) == (codes, counted, int(counted))


def test_twice_is_counted_once_and_a_label_counts_for_more_than_words() -> None:
    run = run_of(Table({"a": first(A)}))
    run.take(Reading("sight", box=A))
    assert run.take(Reading("scanned", "a")).codes == ("run.twice",)
    assert (run.count, run.items[A].how, run.items[A].label, run.items[A].told) == (1, "scanned", "a", ())


def test_a_box_that_is_read_again_is_the_last_one() -> None:
    """Its seals and `batal` speak of it, not of the box that came in between."""
    run = run_of(Table({"a": first(A), "b": first(B)}))
    for label in ("a", "b", "a"):
        run.take(Reading("scanned", label))
    assert run.last() == A
    assert run.seal("tie-1", "torn").box == A and run.items[B].seals == {}
    assert run.undo().codes == ("run.seal-undone",) and run.undo().box == A and list(run.items) == [B]


def test_a_seal_of_a_named_box_makes_it_the_last_one() -> None:
    run = run_of(Table())
    for one in (A, B):
        run.take(Reading("sight", box=one))
    run.seal("tie-1", "torn", box=A)
    assert run.last() == A and run.undo().box == A


@pytest.mark.parametrize(
    ("changes", "code", "count"),
    [
        ({"giver": "kpps-1"}, "run.waiting-on", 1),  # who holds it after what waits gives it on
        ({"giver": "pps-1"}, "run.waiting", 0),
        ({"giver": None}, "run.waiting-on", 1),
        ({"giver": None, "start": "5307192008"}, "run.waiting", 0),
        ({"sealing": True}, "run.waiting", 0),
    ],
)
def test_what_was_signed_and_waits_is_not_signed_again(changes: dict[str, object], code: str, count: int) -> None:
    run = run_of(Table({"a": first(A)}, signed={A: "2024-11-27T06:52:00Z"}), **changes)
    outcome = run.take(Reading("scanned", "a"))
    assert outcome.codes[-1] == code and outcome.facts["at"] == "2024-11-27T06:52:00Z" and run.count == count


def test_a_load_that_arrives_counts_though_its_offer_still_waits() -> None:
    """At a station the offer that came with the boat is in no ledger yet."""
    run = run_of(
        Table({"a": first(A)}, signed={A: "2024-11-27T06:52:00Z"}), arriving=True, giver=None, start="5307192008", expected=frozenset((A,))
    )
    outcome = run.take(Reading("scanned", "a"))
    assert outcome.codes == ("run.counted",) and run.count == 1


def test_two_labels_on_one_box_are_told() -> None:
    run = run_of(Table({"a": first(A), "a2": first(A, 2)}))
    run.take(Reading("scanned", "a"))
    assert run.take(Reading("scanned", "a2")).codes == ("run.two-labels",)
    assert run.items[A].label == "a" and "run.two-labels" in run.items[A].told


def test_a_spare_label_waits_for_its_words() -> None:
    run = run_of(Table({"s": first(None)}))
    run.take(Reading("scanned", "s"))
    outcome = run.take(Reading("sight", box=A))
    assert outcome.codes == ("run.bound",) and run.pending is None
    assert (run.items[A].how, run.items[A].label) == ("scanned", "s")


def test_a_code_never_printed_is_on_a_box_only_where_people_say_so() -> None:
    run = run_of(Table())
    run.take(Reading("scanned", "x"))
    assert run.take(Reading("sight", box=A)).codes == ("run.by-sight", "run.claimed")
    assert (run.items[A].how, run.items[A].label) == ("sight", None)
    assert run.carries().codes == ("run.carries",)
    assert (run.items[A].how, run.items[A].label, run.items[A].told) == ("scanned", "x", ("run.unknown-code",))
    assert run.carries().codes == ("run.nothing",)


@pytest.mark.parametrize("label", ["s", "x"])
@pytest.mark.parametrize("between", [Reading("scanned", "b"), Reading("other-code", text="SILOG-Z"), None])
def test_a_code_that_was_laid_aside_is_never_taken_for_a_later_boxs(label: str, between: Reading | None) -> None:
    """A good scan, another's code or a misreading in between: the box that is typed then bears it not."""
    run = run_of(Table({"s": first(None), "b": first(B)}))
    run.take(Reading("scanned", label))
    outcome = run.take(between) if between is not None else run.passed()
    assert outcome is not None and outcome.codes[-1] == "run.dropped" and outcome.facts["label"] == label
    assert run.take(Reading("sight", box=A)).codes == ("run.by-sight",)
    assert (run.items[A].how, run.items[A].label) == ("sight", None) and run.carries().codes == ("run.nothing",)


def test_a_draft_brings_back_what_waited() -> None:
    run = run_of(Table())
    read, words = {"do": "read", "how": "scanned", "label": "x"}, {"do": "read", "how": "sight", "box": A}
    replay(run, [read, {"do": "passed"}, words, {"do": "carries"}])
    assert run.items[A].label is None
    replay(run, [read, words, {"do": "carries"}])
    assert run.items[A].label == "x"


def test_undo_takes_the_last_the_named_or_what_waits() -> None:
    run = run_of(Table({"s": first(None)}))
    for box in (A, B):
        run.take(Reading("sight", box=box))
    run.take(Reading("scanned", "s"))
    assert run.undo().codes == ("run.dropped",) and run.count == 2
    assert run.undo(A).box == A and run.undo().box == B
    assert run.undo().codes == ("run.nothing",)


def test_missing_and_expected() -> None:
    run = run_of(Table({"f": first(FAR)}))
    run.take(Reading("scanned", "f"))
    assert (run.count, run.come, run.strange, run.expected, run.missing()) == (1, 0, 1, 2, [B, A])
    assert run_of(Table(), expected=frozenset()).expected == 0


def test_who_holds_a_box_has_received_it_already() -> None:
    table = Table({"a": first(A)}, kinds={A: "handoff"})
    outcome = run_of(table, giver="kpps-9", receiver="kpps-1").take(Reading("scanned", "a"))
    assert outcome.codes == ("run.received",) and outcome.facts["entry"] == 1


@pytest.mark.parametrize(("typed", "point"), [("tie-2", "tie-2"), ("lid", "lid"), ("2", None), ("roof", None)])
def test_seal_points_by_name(typed: str, point: str | None) -> None:
    run = run_of(Table())
    run.take(Reading("sight", box=A))
    outcome = run.seal(typed, "torn")
    assert outcome.codes == (("run.seal",) if point else ("run.no-point",))
    assert run.items[A].seals == ({point: ("torn", None)} if point else {})


def test_undo_takes_back_the_last_seal_before_its_box() -> None:
    run = run_of(Table())
    run.take(Reading("sight", box=A))
    run.seal("tie-1", "intact", "A1")
    run.seal("tie-1", "intact", "A2")
    assert run.undo().codes == ("run.seal-undone",) and run.items[A].seals == {"tie-1": ("intact", "A1")}
    assert run.undo().codes == ("run.seal-undone",) and run.items[A].seals == {}
    assert run.undo().codes == ("run.undone",) and run.undo().codes == ("run.nothing",)


# The phase that the work begins; that of the box; whether seals are recorded of it; the points that are offered.
OFFERED = {
    "as recorded": ("", "voted", True, POINTS),
    "opened for a plenary and left bare": ("", "plenary", False, ("slot", "tie-9")),
    "bare in a phase without points of its own": ("", "voted", False, POINTS),
    "sealed for the plenary now": ("plenary", "voted", True, ("slot", "tie-9")),
    "sealed after the plenary": ("transit", "plenary", True, POINTS),
}


@pytest.mark.parametrize("name", OFFERED)
def test_seal_points_are_those_of_the_phase(name: str) -> None:
    now, was, recorded, points = OFFERED[name]
    table = Table(phases={A: was}, bare=frozenset() if recorded else frozenset((A,)))
    run = run_of(table, sealing=bool(now), phase=now)
    run.take(Reading("sight", box=A))
    assert run.points_of(A) == points
    assert run.seal(points[-1], "torn").codes == ("run.seal",)
    other = next(point for point in ("tie-9", "tie-1") if point not in points)
    assert run.seal(other, "torn").codes == ("run.no-point",)


def test_points_that_still_lack_a_number_ties_first() -> None:
    run = run_of(Table())
    run.take(Reading("sight", box=A))
    points = run.unnumbered(A)
    assert sorted(points) == sorted(POINTS) and points[0].startswith("tie") and points[-1] == "lid"
    run.seal(points[0], "intact", "A1")
    assert run.unnumbered(A) == points[1:] and run.sealed_with("A1") == [(A, points[0])]


def test_the_events_of_a_draft_bring_the_run_back() -> None:
    table = Table({"a": first(A), "s": first(None)})
    events = [
        {"form": "custody/draft/v1"},
        {"do": "read", **Reading("scanned", "a")._asdict()},
        {"do": "read", **Reading("scanned", "s")._asdict()},
        {"do": "read", **Reading("sight", box=B)._asdict()},
        {"do": "seal", "point": "tie-1", "state": "torn", "number": None, "box": B},
        {"do": "read", **Reading("sight", box=FAR)._asdict()},
        {"do": "undo", "box": None},
        {"do": "signed", "notes": []},
    ]
    run = run_of(table)
    replay(run, events)
    assert list(run.items) == [A, B]
    assert run.items[B].label == "s" and run.items[B].seals == {"tie-1": ("torn", None)}


@pytest.mark.parametrize(("arriving", "told"), [(False, ("run.not-here",)), (True, ("run.counted",))])
def test_what_was_loaded_elsewhere_arrives_without_alarm(arriving: bool, told: tuple[str, ...]) -> None:
    """An expected box is still recorded where it was loaded; a box that nobody loaded for here is alarmed all the same."""
    table = Table(labels={"a": first(A), "far": first(FAR)})
    here = {"start": "530719", "end": "5307192008", "giver": None, "receiver": "ppk-1", "arriving": arriving}
    run = run_of(table, **here)
    assert run.take(Reading("scanned", label="a")).codes == told
    assert "run.not-here" in run.take(Reading("scanned", label="far")).codes
