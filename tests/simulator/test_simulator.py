"""The simulator itself: same seed, same bytes; facts before papers; nothing of the law within."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import custody.simulator
from custody.core.findings import SEVERITY
from custody.simulator.chance import Chance
from custody.simulator.faults import PLANTERS
from custody.simulator.land import of_rows
from custody.simulator.night import Night, simulate
from custody.simulator.plan import when
from custody.simulator.stage import Planted
from tests.simulator.corpus import faulty, land_of
from tests.simulator.expected import EXPECTED, UNSEEN

SMALL = (1, 2, 6, 12)
HOUSE = Path(custody.simulator.__file__).parent


def small(seed: int = 4, **choice: bool) -> Night:
    return simulate(land_of(*SMALL, seed), seed, **choice)


def test_same_seed_same_bytes() -> None:
    assert small(4).notes == small(4).notes
    assert small(4).notes != small(5).notes


def test_a_fault_changes_nothing_that_it_does_not_touch() -> None:
    """Draws are named: planting one fault leaves every other statement as it was, but for the ids that it follows."""
    before, after = small(), simulate(land_of(*SMALL, 4), 4, faults=[("padlock broken", PLANTERS["padlock broken"])])
    changed = {deed for deed, sid in after.sids.items() if before.sids[deed] != sid}
    assert changed == set(after.planted[0].deeds)


def test_every_box_is_somewhere_at_every_hour() -> None:
    """From its first moment to its end a box is at one place or between two, and the last record of it is where it is."""
    night = small()
    for box, carton in night.truth.boxes.items():
        first, last = carton.story[0].at, carton.story[-1].at
        assert all(carton.at(at) is not None for at in range(first, last, 3_600)), box
        assert [stay[0] for stay in night.truth.minutes(box)] == sorted(stay[0] for stay in night.truth.minutes(box))
        assert carton.story[-1].what == "ends"


@pytest.mark.parametrize("seed", range(3))
def test_everything_that_was_meant_to_happen_happens(seed: int) -> None:
    """In a night without faults no box is late for what is done to it next."""
    night = simulate(land_of(1, 4, 6, 60, seed), seed, "pemilu")
    late = {
        name: deed.at
        for name, deed in night.script.deeds.items()
        if deed.boxes and set(night.done.get(name, deed.boxes)) != set(deed.boxes)
    }
    assert late == {}


def test_squads_count_what_is_there() -> None:
    """A count is blind and honest: what the room held at that second, whatever any paper says."""
    night = small()
    counts = [deed for deed in night.script.in_order() if deed.what == "watch changes"]
    assert any(night.done[deed.name] for deed in counts)
    for deed in counts:
        assert sorted(night.truth.inside(deed.place, deed.at)) == list(night.done[deed.name]), deed.name


def test_counting_ends_between_13_and_23_and_boxes_come_home() -> None:
    night = small()
    sealings = [deed.at for name, deed in night.script.deeds.items() if name.startswith("seal ") and "-" in name]
    assert all(when(0, 13) < at <= when(0, 24) for at in sealings)
    assert len(set(sealings)) > 1
    stores = [deed for name, deed in night.script.deeds.items() if name.startswith("bring home")]
    assert sum(len(deed.boxes) for deed in stores) == len(night.truth.boxes)


def test_shuttle_trips_of_twelve() -> None:
    """A car takes twelve boxes; what is left waits for the next trip, under one list."""
    night = simulate(land_of(1, 3, 3, 40, 2), 2, "pemilu")
    trips = [deed for name, deed in night.script.deeds.items() if name.startswith("bring in") and deed.facts["carrier"] == "car"]
    assert trips, "this seed has a desa whose boxes go by car"
    assert max(len(deed.boxes) for deed in trips) == 12
    assert Counter(deed.facts["consignment"]["rest"] for deed in trips)["later"] > 1


def test_kangae() -> None:
    """Fifty-three real polling stations, five boxes each."""
    from custody.intake.hierarchy import Sheet, read_hierarchy

    data = (Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes()
    places = read_hierarchy(Sheet("kangae.csv", data)).places
    night = simulate(of_rows([tuple(place) for place in places], Chance(1)), 1, "pemilu")
    boxes = [box for box in night.truth.boxes if "-PPK-" not in box]
    assert (len(boxes), len(night.truth.boxes)) == (265, 270)


@cache
def crowded() -> Night:
    """One fault of every kind."""
    return faulty(land_of(1, 9, 45, 170, 11), 11, len(PLANTERS))


def test_every_kind_is_planted_and_told_in_words() -> None:
    """What was done stands in words that name a place, a box or a person, and no word of the law."""
    planted = crowded().planted
    assert {fault.kind for fault in planted} == PLANTERS.keys()
    for fault in planted:
        assert len(fault.words.split()) > 4, fault.kind
        assert not any(code in fault.words for code in SEVERITY), fault.kind
        assert (EXPECTED[fault.kind] == UNSEEN) == (not fault.seen), fault.kind


def test_no_code_of_the_law_is_written_in_the_simulator() -> None:
    for path in HOUSE.rglob("*.py"):
        words = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
        assert not words & set(SEVERITY), path


def test_faults_keep_out_of_each_others_way() -> None:
    """No two faults claim the boxes of one polling station."""
    claims: Counter[str] = Counter(box for fault in crowded().planted if _of_stations(fault) for box in fault.boxes)
    assert claims
    assert max(claims.values()) == 1


def _of_stations(fault: Planted) -> bool:
    return fault.kind not in ("leaves unreleased", "plenary broken off")


def test_what_no_place_is_left_for_is_not_planted() -> None:
    night = simulate(land_of(1, 1, 1, 1, 3), 3, faults=[("tie torn", PLANTERS["tie torn"])] * 3)
    assert len(night.planted) <= 1


def test_the_way_out_and_the_weeks_after_can_be_left_away() -> None:
    short, whole = small(outbound=False, later=False), small()
    assert len(short.arrivals) < len(whole.arrivals) / 2 + 40
    assert not any(name.startswith(("pack", "end")) for name in short.script.deeds)
