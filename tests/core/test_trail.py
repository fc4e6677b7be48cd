"""The trail of boxes (spec chapter 17, ROOM-3, ROOM-4): where they may have been at a second, as far as clocks may differ."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.stays import Stays
from custody.core.trail import NOWHERE, Inside, Loose, Step, Trail

BOX = "PEM24-5307192001-001-DPR-1"
Put = tuple[int, str, str]  # at, place, to
One = tuple[list[Put], bool, list[tuple[Put, int | None]]]  # a box: its links, whether in order of time, what is said beside them


def trail(steps: list[Put], loose: list[tuple[Put, int | None]] | None = None) -> Trail:
    """One box with these links."""
    made = Trail()
    told = [Loose(Step(BOX, at, place, to, 90 + number), until) for number, ((at, place, to), until) in enumerate(loose or [])]
    made.put(BOX, [Step(BOX, at, place, to, number) for number, (at, place, to) in enumerate(steps)], told)
    return made


SURE, PERHAPS, NOT = Inside((BOX,), ()), Inside((), (BOX,)), Inside((), ())
CAME = [(1000, "K", "K")]
AWAY = [*CAME, (5000, "K", "W"), (6000, "W", "W")]
CASES: dict[str, tuple[Trail, int, Inside]] = {
    "before it came": (trail(CAME), 899, NOT),
    "perhaps already": (trail(CAME), 900, PERHAPS),
    "perhaps not yet": (trail(CAME), 1100, PERHAPS),
    "surely there": (trail(CAME), 1101, SURE),
    "surely still there": (trail(AWAY), 4899, SURE),
    "perhaps gone": (trail(AWAY), 4900, PERHAPS),
    "perhaps still there": (trail(AWAY), 5100, PERHAPS),
    "gone": (trail(AWAY), 5101, NOT),
    "two links in one room": (trail([*CAME, (2000, "K", "K")]), 2000, SURE),
    "bound for nowhere": (trail([*CAME, (2000, "K", NOWHERE)]), 3000, NOT),
    "an offer since": (trail(CAME, [((2000, "K", "W"), None)]), 1950, PERHAPS),
    "an offer not yet": (trail(CAME, [((2000, "K", "W"), None)]), 1899, SURE),
    "an offer that a link passed over": (trail([*CAME, (3000, "K", "K")], [((2000, "K", "W"), None)]), 3101, SURE),
    "missed, and seen again": (trail(CAME, [((2000, NOWHERE, NOWHERE), 4000)]), 4101, SURE),
    "missed": (trail(CAME, [((2000, NOWHERE, NOWHERE), 4000)]), 4000, PERHAPS),
    "seen elsewhere": (trail([(1000, "D", "D")], [((2000, "K", "K"), None)]), 3000, PERHAPS),
}


@pytest.mark.parametrize("name", CASES)
def test_inside_one_room_with_clocks_a_hundred_seconds_apart(name: str) -> None:
    made, second, want = CASES[name]
    assert made.at("K", second, 100) == want


def test_without_skew_the_second_of_a_link_is_after_it() -> None:
    assert [trail(AWAY).at("K", second, 0) for second in (999, 1000, 4999, 5000)] == [NOT, SURE, SURE, NOT]


def test_times_beyond_what_is_kept_are_the_nearest() -> None:
    made = trail([(-(10**11), "K", "K"), (10**11, "W", "W")])
    assert [step.at for step in made.of(BOX)] == [0, 2**32 - 1]


def test_links_at_the_end_and_links_anew_are_one_trail() -> None:
    made = Trail()
    for number, (at, place, to) in enumerate(AWAY):
        made.add(BOX, at, place, to, number)
    assert made.of(BOX) == trail(AWAY).of(BOX)
    assert (made.has(BOX, 2), made.has(BOX, 3)) == (True, False)


PLACES = st.sampled_from(["K", "W", NOWHERE])
STEP = st.tuples(st.integers(0, 40), PLACES, PLACES)
LOOSE = st.lists(st.tuples(STEP, st.none() | st.integers(0, 40)), max_size=3)
ONE = st.tuples(st.lists(STEP, max_size=6), st.sampled_from([True, True, False]), LOOSE)


@given(st.lists(ONE, max_size=4), st.integers(0, 6), st.integers(0, 45), st.none() | st.integers(90, 92))
@settings(max_examples=400, deadline=None)
def test_stays_count_what_a_trail_has_inside_400_samples(boxes: list[One], skew: int, second: int, but: int | None) -> None:
    made = Trail()
    for number, (steps, ordered, loose) in enumerate(boxes):
        told = sorted(steps) if ordered else steps
        more = [Loose(Step(str(number), *one, 90 + entry), until) for entry, (one, until) in enumerate(loose)]
        made.put(str(number), [Step(str(number), at, place, to, 0) for at, place, to in told], more)
    told = [[step is not None and step.inside("K") for step in made.when(box, second, skew, but)] for box in made.visitors("K")]
    assert Stays(made, "K", skew).count(second, but) == (sum(map(all, told)), sum(map(any, told)))
    if but is None:
        assert made.at("K", second, skew).surely == tuple(box for box, one in zip(made.visitors("K"), told, strict=True) if all(one))


@given(ONE, st.lists(st.integers(0, 40), max_size=3), st.integers(0, 6), st.integers(0, 45))
@settings(max_examples=400, deadline=None)
def test_boxes_that_are_gone_are_not_surely_inside_400_samples(box: One, gone: list[int], skew: int, second: int) -> None:
    steps, _, loose = box
    made = trail(sorted(steps), loose)
    lost = any(since - skew <= second and not any(since < at <= second - skew for at, _, _ in steps) for since in gone)
    least, most = Stays(made, "K", skew).count(second)
    assert Stays(made, "K", skew, {BOX: gone}).count(second) == (0 if lost else least, most)


def test_links_count_no_later_than_those_that_follow_them() -> None:
    made = trail([(1000, "D", "D"), (9000, "K", "K"), (2000, "W", "W")])
    assert [step.at for step in made.of(BOX)] == [1000, 2000, 2000]
    assert [made.at(place, 3000, 100) for place in ("D", "K", "W")] == [NOT, NOT, SURE]
