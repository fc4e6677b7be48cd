"""The plenary of a kecamatan (spec chapter 19): its state by claimed times, and boxes that did not wait for its end."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from custody.core.books import PLENARIES, books_of, gathered
from custody.core.findings import Finding
from custody.core.plenaries import PlenaryState, standing
from custody.core.state import State
from fixtures.loadhistory import BOAT, DESA, HOUR, OFFICE, PPK, RECAP, STORE, TPS, History, Told, in_order, judged, told
from fixtures.smallworld import BOX

Found = list[Told]
Build = Callable[[History], object]
STRANGER = "PEM24-5307202001-001-DPR-1"


def steps(*rows: tuple[str, float], **fields: Any) -> Build:
    """Steps of the plenary, each with its hour."""

    def whole(history: History) -> None:
        for step, hour in rows:
            history.plenary(step, int(hour * HOUR), **fields)

    return whole


def odd(step: str, stage: str) -> Found:
    return [("plenary.order", None, {"place": PPK, "stage": stage, "step": step})]


def unsigned(step: str, key: str) -> Found:
    return [("plenary.unsigned", None, {"key": key, "place": PPK, "step": step})]


def within_the_skew(history: History) -> None:
    """Three clocks, and the order that they tell is not the one in which it happened."""
    history.plenary("finished", 5 * HOUR - 200)
    history.plenary("begun", 5 * HOUR, officer="ppk-2")
    history.plenary("begun", 5 * HOUR + 100)


def behind_the_skew(history: History) -> None:
    history.plenary("finished", 5 * HOUR - 301)
    history.plenary("begun", 5 * HOUR)


def told_by_two(history: History) -> None:
    for key in ("ppk-1", "ppk-2"):
        history.plenary("begun", HOUR, officer=key)


def moved_before(history: History) -> None:
    history.plenary("moved", HOUR, venue=OFFICE)
    history.plenary("begun", 2 * HOUR, panels=4)


def one_alone(step: str, witness: str | None) -> Build:
    """A plenary that has begun, and a step that its officer alone has signed."""

    def whole(history: History) -> None:
        history.plenary("begun", HOUR)
        history.plenary(step, 2 * HOUR, witness=witness, names=("ppk-1",))

    return whole


def his_own_witness(history: History) -> None:
    history.enrol("guard-9", "guard", [PPK], "ppk-1")
    history.plenary("begun", HOUR)
    history.plenary("finished", 2 * HOUR, witness="guard-9")


def many(history: History) -> None:
    """All within the skew, told by one officer."""
    for at, step in enumerate(("paused", "paused", "begun", "paused", "resumed")):
        history.plenary(step, HOUR + at)


ORDER: dict[str, tuple[Build, tuple[str, int, str | None], Found]] = {
    "begun": (steps(("begun", 1), panels=4), ("session", 4, None), []),
    "begun, paused, resumed, finished": (
        steps(("begun", 1), ("paused", 2), ("resumed", 3), ("finished", 4)), ("finished", 0, None), [],
    ),
    "paused": (steps(("begun", 1), ("paused", 2)), ("paused", 0, None), []),
    "finished when paused": (steps(("begun", 1), ("paused", 2), ("finished", 3)), ("finished", 0, None), []),
    "called again": (steps(("begun", 1), ("finished", 2), ("begun", 3)), ("session", 0, None), []),
    "moved before it began": (moved_before, ("session", 4, OFFICE), []),
    "finished and never begun": (steps(("finished", 1)), ("finished", 0, None), odd("finished", "none")),
    "resumed in session": (steps(("begun", 1), ("resumed", 2)), ("session", 0, None), odd("resumed", "session")),
    "moved when finished": (
        steps(("begun", 1), ("finished", 2), ("moved", 3), venue=OFFICE), ("finished", 0, OFFICE), odd("moved", "finished"),
    ),
    "begun, told by two": (told_by_two, ("session", 0, None), []),
    "begun twice": (steps(("begun", 1), ("begun", 2)), ("session", 0, None), odd("begun", "session")),
    "begun twice, told by one within the skew": (steps(("begun", 1), ("begun", 1.05)), ("session", 0, None), odd("begun", "session")),
    "within the skew": (within_the_skew, ("finished", 0, None), []),
    "behind the skew": (behind_the_skew, ("session", 0, None), odd("finished", "none")),
    "the witness of a pause has not signed": (one_alone("paused", "guard-1"), ("paused", 0, None), unsigned("paused", "guard-1")),
    "nobody watches a pause": (one_alone("paused", None), ("paused", 0, None), []),
    "the witness of the end has not signed": (one_alone("finished", "guard-1"), ("session", 0, None), unsigned("finished", "guard-1")),
    "nobody watches the end": (one_alone("finished", None), ("session", 0, None), unsigned("finished", "-")),
    "the officer watches the end with another key": (his_own_witness, ("session", 0, None), []),
    "many at once": (many, ("paused", 0, None), odd("paused", "paused")),
}  # fmt: skip


def states(history: History) -> dict[str, PlenaryState]:
    world, state = history.arrive(), State()
    for data in world.entries:
        state.apply(*state.authenticate(data))
    acts = (state.act_again(data, index) for index, data in enumerate(world.entries))
    return standing(gathered(act for act in acts if PLENARIES in books_of(act.statement)), state)


@pytest.mark.parametrize("name", ORDER)
def test_the_state_of_a_plenary_in_every_order_of_arrival(name: str) -> None:
    build, want, found = ORDER[name]
    history = History()
    build(history)
    for order in permutations(range(len(history.notes))):
        assert told(history, order) == found, order
        now = states(history)[PPK]
        assert (now.stage, now.panels, now.venue) == want, order


def test_what_the_officer_has_not_signed_tells_nothing() -> None:
    history = History()
    history.plenary("begun", HOUR, names=("guard-1",))
    history.plenary("finished", 2 * HOUR, officer="pps-1", names=("pps-1", "guard-1"))  # of another role
    assert states(history) == {}
    assert [(one.code, dict(one.facts).get("key")) for one in found_of(history)] == [("statement.unsigned", "guard-1")]


def test_what_the_officer_signed_after_his_key_was_revoked_tells_nothing() -> None:
    history = History()
    history.plenary("begun", HOUR)
    history.revoke("ppk-1")
    assert states(history) == {}
    assert [(one.code, dict(one.facts).get("key")) for one in found_of(history)] == [("statement.late", "ppk-1")]


def found_of(history: History) -> list[Finding]:
    """What is found of the books, signatures included."""
    world, state = history.arrive(), State()
    for data in world.entries:
        state.apply(*state.authenticate(data))
    state.settle(world.note)
    return [one for one in state.booked(world.note) if not one.code.startswith("role.")]


# -- the boxes that wait -----------------------------------------------------------------------------------------------------------


def to_the_kecamatan(history: History) -> None:
    history.sealed(BOX)
    history.hand(BOX)
    history.hand(BOX, giver="pps-1", receiver="ppk-1", start=DESA, end=PPK)


def away(history: History, hour: int, to: str = STORE, box: str = BOX, **fields: Any) -> None:
    history.clock(hour * HOUR)
    history.hand(box, giver="ppk-1", receiver="keeper-1", start=PPK, end=to, **fields)


def sat(*rows: tuple[str, float], to: str = STORE, hour: int = 6, **fields: Any) -> Build:
    """A box comes home, the plenary takes these steps, the box leaves at six."""

    def whole(history: History) -> None:
        to_the_kecamatan(history)
        steps(*rows)(history)
        away(history, hour, to, **fields)

    return whole


def left(stage: str, box: str = BOX, to: str = STORE) -> Found:
    return [("plenary.unfinished", box, {"place": PPK, "stage": stage, "to": to})]


def on_the_way_out(history: History) -> None:
    """Sealed in the warehouse, brought to the kecamatan, and sent back unused."""
    history.sealed(BOX, by="keeper-1", where=STORE)
    history.hand(BOX, giver="keeper-1", receiver="ppk-1", start=STORE, end=PPK)
    away(history, 6)


def out_and_home(history: History) -> None:
    on_the_way_out(history)
    history.hand(BOX, giver="keeper-1", receiver="kpps-1", start=STORE, end=TPS)


def of_another(history: History) -> None:
    """A box of a kecamatan that nobody laid down: no plenary of this one is about it."""
    history.sealed(STRANGER, by="kpps-1", where="5307202001-001")
    history.hand(STRANGER, giver="kpps-1", receiver="ppk-1", start="5307202001-001", end=PPK)
    away(history, 6, box=STRANGER)


def of_recapitulation(history: History) -> None:
    history.sealed(RECAP, by="ppk-1", where=PPK)
    away(history, 6, box=RECAP)


def on_a_vehicle(history: History) -> None:
    """Loaded at the kecamatan, handed over on the way, and received in the warehouse: told once, where it left."""
    to_the_kecamatan(history)
    away(history, 6, place=PPK)
    history.hand(BOX, giver="keeper-1", receiver="ppk-2", start=BOAT, end=STORE, place=BOAT)
    history.hand(BOX, giver="ppk-2", receiver="keeper-1", start=BOAT, end=STORE)


def by_boat(history: History) -> None:
    """Handed over to a boat, which takes it out of the kecamatan."""
    to_the_kecamatan(history)
    away(history, 6, BOAT, place=PPK)
    history.hand(BOX, giver="keeper-1", receiver="ppk-2", start=BOAT, end=STORE, place=BOAT)


def back_to_the_desa(history: History) -> None:
    to_the_kecamatan(history)
    history.hand(BOX, giver="ppk-1", receiver="pps-1", start=PPK, end=DESA)


def by_two_vehicles(history: History) -> None:
    """Handed over at the vehicle by who drives it, then in the warehouse."""
    to_the_kecamatan(history)
    away(history, 6, BOAT, place=BOAT)
    history.hand(BOX, giver="keeper-1", receiver="ppk-2", start=BOAT, end=BOAT, place=BOAT)
    history.hand(BOX, giver="ppk-2", receiver="keeper-1", start=BOAT, end=STORE)


def written_later(hour: int) -> Build:
    """The box leaves at six; the end of the plenary at five is written down at this hour."""

    def whole(history: History) -> None:
        to_the_kecamatan(history)
        away(history, 6)
        history.plenary("begun", 2 * HOUR)
        history.plenary("finished", 5 * HOUR, written=hour * HOUR)

    return whole


SKEW = 300 / HOUR
OVER = (("begun", 2), ("finished", 5))
WAIT: dict[str, tuple[Build, Found]] = {
    "finished": (sat(*OVER), []),
    "finished within the skew": (sat(("begun", 2), ("finished", 6 + SKEW)), []),
    "finished within the skew, and called again": (sat(("begun", 2), ("finished", 6 + SKEW), ("begun", 8), ("finished", 9)), []),
    "finished behind the skew": (sat(("begun", 2), ("finished", 6 + 1.02 * SKEW)), left("session")),
    "called again within the skew": (sat(*OVER, ("begun", 6 - 0.98 * SKEW)), []),
    "finished later": (sat(("begun", 2), ("finished", 7)), left("session")),
    "in session": (sat(("begun", 2)), left("session")),
    "paused": (sat(("begun", 2), ("paused", 3)), left("paused")),
    "called again": (sat(*OVER, ("begun", 5 + 1), hour=7), left("session")),
    "none told": (sat(), left("none")),
    "begun later": (sat(("begun", 7), ("finished", 8)), left("none")),
    "to the office": (sat(to=OFFICE), left("none", to=OFFICE)),
    "offered and not received": (sat(names=("ppk-1",)), []),
    "on the way out": (on_the_way_out, []),
    "on the way out, and home later": (out_and_home, []),
    "of another kecamatan": (of_another, []),
    "of recapitulation": (of_recapitulation, left("none", RECAP)),
    "loaded, and received later": (on_a_vehicle, left("none")),
    "bound for a vehicle, and on from there": (by_boat, left("none")),
    "back to the desa": (back_to_the_desa, []),
    "handed over at a vehicle, twice": (by_two_vehicles, left("none")),
    "its end written down as the box leaves": (written_later(6), []),
    "its end written down after the box left": (
        written_later(7),
        [("plenary.late", None, {"count": 1, "place": PPK, "step": "finished"})],
    ),
}


@pytest.mark.parametrize("name", WAIT)
def test_boxes_that_wait_for_the_plenary(name: str) -> None:
    build, found = WAIT[name]
    history = History(plenary=True, boxes=(BOX, STRANGER, RECAP))
    build(history)
    assert told(history) == in_order(found)
    assert told(history, tuple(reversed(range(len(history.notes))))) == in_order(found)
    plain = History(boxes=(BOX, STRANGER, RECAP))
    build(plain)
    assert told(plain) == []


def test_a_reason_that_was_stated_stands_beside_the_finding() -> None:
    history = History(plenary=True)
    sat(irregular=[{"finding": "plenary.unfinished", "reason": "order"}])(history)
    assert [(one.code, one.stated) for one in judged(history)] == [("plenary.unfinished", "order")]
