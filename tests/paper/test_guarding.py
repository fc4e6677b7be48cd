"""What a report says of how its polling stations are classed and guarded."""

import pytest

from custody.paper.proven import evidence
from custody.paper.reports import guarding
from custody.paper.reports.teller import Teller
from fixtures.reports import Told, trusting
from fixtures.smallworld import PROFILE, place

PATTERN = {"linmas": 2, "police": 2, "tps": 1, "vulnerability": "high"}
CASES = [
    ("nobody has classed it", {}, []),
    ("very vulnerable, with a pattern", {"vulnerability": "high"}, ["1 TPS sangat rawan (pola 2 Polri : 1 TPS : 2 Linmas)"]),
    ("vulnerable, no pattern stated", {"vulnerability": "medium"}, ["1 TPS rawan"]),
    ("far, and nothing else", {"remote": True}, ["1 TPS sulit dijangkau"]),
    ("both", {"remote": True, "vulnerability": "low"}, ["1 TPS kurang rawan; 1 TPS sulit dijangkau"]),
]


@pytest.mark.parametrize(("name", "said", "told"), CASES, ids=[case[0] for case in CASES])
def test_classes_and_patterns(name: str, said: dict[str, object], told: list[str]) -> None:
    world = Told(profile={**PROFILE, "patterns": [PATTERN]})
    rows = [place("5307192001-001", "tps", "TPS 001", "5307192001", **said)]
    world.put(world.draft("places", legs=[], places=rows), "kpu-1", "polri-1")
    reading = evidence.read(world.report(), trusting(world))
    assert [words for _, words in guarding.pairs(Teller(reading), reading)] == told
