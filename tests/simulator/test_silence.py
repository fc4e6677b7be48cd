"""Each code goes silent when its rule is disabled: what the corpus counts is found by that rule and by nothing else."""

from functools import cache

import pytest

from custody.core.findings import SEVERITY
from custody.simulator.faults import PLANTERS
from custody.simulator.night import Night, simulate
from tests.simulator.corpus import judged, land_of, measured
from tests.simulator.expected import EXPECTED
from tests.simulator.silence import silenced

CODES = sorted({code for expected in EXPECTED.values() for code in expected.finds})
SAMPLE = ("seal.changed", "box.disputed", "count.differs", "manifest.missing", "incident.open", "opening.alone")


@cache
def night(code: str) -> Night:
    """A small night with one fault that shows by this code."""
    kind = next(kind for kind, expected in EXPECTED.items() if code in expected.finds)
    return simulate(land_of(1, 4, 12, 30, 8), 8, faults=[(kind, PLANTERS[kind])])


def goes_silent(code: str) -> set[str]:
    """Found with the rule, not found without; returns the functions that the rule lives in."""
    assert measured(night(code)).codes[code].found == 1, code
    with silenced(code) as givers:
        found = {one.code for one in judged(night(code)).findings}
    assert code not in found
    assert givers
    return givers


@pytest.mark.parametrize("code", SAMPLE)
def test_a_code_goes_silent_with_its_rule(code: str) -> None:
    assert goes_silent(code)


@pytest.mark.soak
@pytest.mark.parametrize("code", CODES)
def test_every_code_goes_silent_with_its_rule(code: str, record_property: object) -> None:
    givers = goes_silent(code)
    record_property("rule", " ".join(sorted(givers)))  # type: ignore[operator]


def test_the_switch_leaves_nothing_behind() -> None:
    before = dict(SEVERITY)
    with silenced("seal.changed"):
        assert "silenced" in SEVERITY
    assert before == SEVERITY
