"""Labels, reprints and three boxes (spec chapter 9, FOLD-1, REG-3 to REG-6): what a code means does not depend on what came first."""

from collections.abc import Iterator, Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.verdict import Verdict
from custody.core.verify import verify
from fixtures.smallhistory import BOXES, handing, sealing, small
from fixtures.smallworld import World

A, B, C = sorted(BOXES)
CODES = ("a1" * 32, "b2" * 32, "c3" * 32)
Print = tuple[str | None, int, int]  # box, number of the code, copy
Reading = tuple[int, int]  # number of the box, number of the code


def statements(world: World, prints: Sequence[Print], readings: Sequence[Reading]) -> list[bytes]:
    """A label statement for each print; for each reading the next link of its box."""
    notes = []
    for box, code, copy in prints:
        made = world.draft("label", labels=[{"box": box, "code": CODES[code], "copy": copy}], reason="reprint")
        notes.append(world.sign(made, "keeper-1"))
    last: dict[str, str] = {}
    for number, code in readings:
        box = (A, B, C)[number]
        row = {"by": {"how": "scanned", "label": CODES[code]}}
        first = box not in last
        made = sealing(world, box, None, row) if first else handing(world, last[box], box, row)
        notes.append(world.sign(made, *(("kpps-1", "guard-1") if first else ("kpps-1", "pps-1"))))
        last[box] = made.sid
    return notes


def judged(prints: Sequence[Print], readings: Sequence[Reading], order: Sequence[int]) -> Verdict:
    world = small()
    notes = statements(world, prints, readings)
    for number in order:
        world.log(notes[number], head=False)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    return verdict


def shape(verdict: Verdict) -> object:
    """Boxes and findings without entry numbers. Which of two boxes had a code first is told by who came first, and is left out."""
    numbers = {"entry": 0, "looked": 0, "taken": 0}
    boxes = {box: state._replace(holding=state.holding and state.holding._replace(**numbers)) for box, state in verdict.boxes.items()}
    told = {
        (one.code, "" if "other" in dict(one.facts) else one.box, tuple(fact for fact in one.facts if fact[0] != "other"))
        for one in verdict.findings
        if one.code != "time.unbounded"
    }
    return boxes, told


USUAL = {"time.unbounded", "place.wrong"}  # the third box is of another desa
BOTH = {"label.two-boxes", "label.other-box"}
CASES: dict[str, tuple[list[Print], list[Reading], set[str]]] = {
    "a third box reads a code that is printed again for another": ([(B, 0, 1), (A, 0, 1)], [(2, 0)], BOTH),
    "a third box reads two copies of one code": ([(B, 0, 2), (A, 0, 1), (C, 1, 1)], [(2, 0), (2, 1)], BOTH),
    "a spare on two boxes": ([(None, 0, 1)], [(0, 0), (1, 0)], {"label.two-boxes"}),
    "a spare on three boxes": ([(None, 0, 1)], [(2, 0), (0, 0), (1, 0)], {"label.two-boxes"}),
    "a code of nobody on two boxes": ([], [(0, 0), (1, 0)], {"label.unknown"}),
    "a code of a third on two boxes": ([(C, 0, 1)], [(0, 0), (1, 0)], {"label.other-box"}),
    "a newer copy that is read first": ([(A, 0, 1), (A, 1, 2)], [(0, 1), (0, 0)], {"label.void"}),
    "a newer copy whose print is known last": ([(A, 0, 1), (A, 1, 2), (B, 1, 1)], [(0, 1), (0, 0)], {"label.two-boxes", "label.void"}),
    "a spare that is printed for a box too": ([(None, 0, 1), (C, 0, 1)], [(0, 0)], {"label.two-boxes"}),
}


def orders(prints: int, readings: int) -> Iterator[list[int]]:
    """Every order in which the prints stay as they are among themselves: a code is what its first print made it (REG-5)."""
    for order in permutations(range(prints + readings)):
        if [one for one in order if one < prints] == list(range(prints)):
            yield list(order)


@pytest.mark.parametrize("name", CASES)
def test_every_order_of_prints_and_readings_gives_one_verdict(name: str) -> None:
    prints, readings, codes = CASES[name]
    seen = [judged(prints, readings, order) for order in orders(len(prints), len(readings))]
    assert {one.code for one in seen[0].findings} - USUAL == codes
    assert all(shape(one) == shape(seen[0]) for one in seen)


PRINTS = st.lists(st.tuples(st.sampled_from([A, B, C, None]), st.integers(0, 2), st.integers(1, 2)), min_size=1, max_size=4)
READINGS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=5)


@given(PRINTS, READINGS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_prints_reprints_and_readings_of_three_boxes_in_two_orders_60_samples(
    prints: list[Print], readings: list[Reading], random: object
) -> None:
    straight = list(range(len(prints) + len(readings)))
    shuffled = list(straight)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = iter(range(len(prints)))
    shuffled = [next(first) if one < len(prints) else one for one in shuffled]
    assert shape(judged(prints, readings, straight)) == shape(judged(prints, readings, shuffled))
