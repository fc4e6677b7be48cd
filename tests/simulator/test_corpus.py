"""The law over simulated nights: every planted fault is found by its codes, and nothing is found in clean nights."""

from collections import Counter
from pathlib import Path

import pytest

from custody.core.findings import SEVERITY
from custody.simulator.chance import Chance
from custody.simulator.faults import PLANTERS
from custody.simulator.land import Land, of_rows
from custody.simulator.night import simulate
from tests.simulator.corpus import faulty, judged, land_of, measured, wrong
from tests.simulator.expected import ALWAYS, EXPECTED


def kangae(seed: int) -> Land:
    """The real hierarchy of the fixture."""
    from custody.intake.hierarchy import Sheet, read_hierarchy

    data = (Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes()
    return of_rows([tuple(place) for place in read_hierarchy(Sheet("kangae.csv", data)).places], Chance(seed))


def test_every_code_of_the_law_has_a_fault() -> None:
    """No code without a kind of fault that shows by it, and no kind without a row in the table."""
    assert PLANTERS.keys() == EXPECTED.keys()
    shown = frozenset().union(*(expected.finds for expected in EXPECTED.values()))
    assert shown <= SEVERITY.keys()
    assert SEVERITY.keys() - shown == {"time.unbounded", "leg.speed-unjudged"}, "both are told of every night"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_in_a_clean_night(seed: int) -> None:
    night = simulate(land_of(1, 3, 12, 30, seed), seed)
    verdict = judged(night)
    assert (verdict.integrity, verdict.faults) == ("consistent", ())
    assert Counter(one.code for one in verdict.findings if SEVERITY[one.code] != "note") == {}
    assert {one.code for one in verdict.findings} <= ALWAYS


def test_nothing_in_a_clean_night_of_kangae() -> None:
    assert wrong(simulate(kangae(5), 5, "pemilu")) == {}


def test_two_kabupaten_in_one_ledger() -> None:
    assert wrong(simulate(land_of(2, 4, 8, 16, 9), 9)) == {}


def test_sixty_faults_of_kangae() -> None:
    """Kinds that happen at one kecamatan or none besides; others need a second one."""
    night = faulty(kangae(7), 7, 60, "pemilu", KANGAE)
    result = measured(night)
    assert len(night.planted) >= 36
    assert [(fault.kind, sorted(codes)) for fault, codes in result.missed] == []
    assert result.unexplained == []


KANGAE = [kind for kind in PLANTERS if kind not in ("wrong kecamatan", "turns up elsewhere", "leaves unreleased", "plenary broken off")]


def test_every_kind_of_fault_in_a_small_kabupaten() -> None:
    """One of each kind: each is found by all of its codes, and nothing is found that no fault explains."""
    night = faulty(land_of(1, 9, 45, 170, 11), 11, len(PLANTERS))
    result = measured(night)
    assert {fault.kind for fault in night.planted} == PLANTERS.keys()
    assert result.verdict.integrity == "consistent"
    assert [(fault.kind, sorted(codes), fault.words) for fault, codes in result.missed] == []
    assert result.unexplained == []
