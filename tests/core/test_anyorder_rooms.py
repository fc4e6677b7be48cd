"""Random nights of rooms, loads and incidents in two orders of arrival (spec chapters 17 to 20): what is found does not depend on it."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.loadhistory import DESA, HOUR, OTHER_DESA, PPK, PRESIDENT, STORE, Told, in_order
from fixtures.roomhistory import LABEL, TORN, Rooms, state_of
from fixtures.smallworld import BOX

READ = {"how": "scanned", "label": LABEL}
SPARE = {"how": "scanned", "label": "2b" * 32}
Step = Callable[[Rooms, int], object]


def torches(count: int) -> list[dict[str, Any]]:
    return [{"count": count, "thing": "torch"}]


def _settled(history: Rooms, at: int) -> None:
    history.clock(at)
    about = history.incident(BOX, place=PPK, code="stolen")
    history.incident(place=PPK, code="found", settles=[about.sid])


def _stolen(history: Rooms, at: int) -> None:
    history.clock(at)
    history.incident(PRESIDENT, place=PPK, code="stolen")


def _listed(history: Rooms, at: int) -> None:
    history.clock(at)
    history.manifest(BOX, PRESIDENT, officer="ppk-1", names=("ppk-1",), to=STORE, **{"from": PPK})
    history.load(BOX, giver="ppk-1", receiver="keeper-1", start=PPK, end=STORE, place=PPK)


STEPS: tuple[Step, ...] = (
    lambda history, at: history.shift(at, 3, outgoing="guard-1", incoming="guard-2", door_seal="Q12"),
    lambda history, at: history.shift(at, 2, outgoing="guard-2", incoming="guard-1", door_seal="Q13", equipment=torches(1)),
    lambda history, at: history.shift(at, 3, outgoing=None, door="open", equipment=torches(2)),
    lambda history, at: history.visit(at, left=at + HOUR),
    lambda history, at: history.visit(at, "ppk-1", names=("guard-1", "ppk-1")),
    lambda history, at: history.look(at, BOX, by=READ),
    lambda history, at: history.look(at, BOX, by=SPARE, seals=TORN),
    lambda history, at: history.look(at, PRESIDENT, by=SPARE, place=OTHER_DESA, officer="pps-2"),
    lambda history, at: history.look(at, missing=[BOX], counted=2, door="open"),
    lambda history, at: history.leave(BOX, at=at),
    lambda history, at: history.leave(BOX, PRESIDENT, at=at, names=("ppk-1",), moves=False),
    lambda history, at: history.leave(PRESIDENT, at=at, place=STORE, seals=TORN),
    lambda history, at: (history.clock(at), history.hand(BOX, names=("pps-2",), moves=False, giver="pps-2", start=DESA, end=PPK)),
    _settled,
    _stolen,
    _listed,
)  # fmt: skip


def found(history: Rooms, order: list[int] | None = None) -> list[Told]:
    """Everything that is found of all, without the entries."""
    entries = history.arrive(order).entries
    state = state_of(entries)
    judged = [one for _, some in state.settle(entries.__getitem__).values() for one in some]
    told = dict.fromkeys([*judged, *state.booked(entries.__getitem__), *state.told])
    return in_order(
        (one.code, one.box, dict(one.facts)) for one in told if one.code != "label.two-boxes"
    )  # of which the first by entry keeps


@given(st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 12)), min_size=2, max_size=8), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_random_nights_in_two_orders_60_samples(steps: list[tuple[int, int]], seed: int) -> None:
    history = Rooms()
    history.label()
    history.lie()
    for step, at in steps:
        STEPS[step](history, 3 * HOUR + at * 150)  # within the skew of each other, or not
    order = list(range(len(history.notes)))
    Random(seed).shuffle(order)
    assert found(history, order) == found(history)
