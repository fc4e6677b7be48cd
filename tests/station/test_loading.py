"""Manifests and loads as statements: cut where a statement has room for no more boxes, things on the first part alone."""

from dataclasses import replace

import pytest

from custody.core.shapes import MOST_BOXES
from custody.station.loading import Plan, manifests
from custody.station.manifest import Journey, Load, handoffs
from fixtures.smallworld import SEALS, SIGHT, World

ID = "c0" * 16
PLAN = Plan(ID, "5307192001", "530719", "pps-1", due="2024-11-28T10:00:00Z", vehicles=3, things={"form": 2, "booth": 4})


def common() -> dict[str, object]:
    made = World().draft("revoke", key="guard-1", reason="lost", since=None).body
    return {name: made[name] for name in ("at", "happened", "ledger", "seen")}


def boxes(count: int) -> list[str]:
    return [f"PEM24-5307192001-{at // 99 + 1:03d}-DPR-{at % 99 + 1}" for at in range(count)]


@pytest.mark.parametrize(("count", "parts"), [(0, [0]), (1, [1]), (MOST_BOXES, [MOST_BOXES]), (MOST_BOXES + 1, [MOST_BOXES, 1])])
def test_a_manifest_in_parts(count: int, parts: list[int]) -> None:
    made = manifests(common(), PLAN, boxes(count) * 2)
    assert [len(one.body["boxes"]) for one in made] == parts
    assert [(one.body["part"], one.body["parts"], one.body["id"]) for one in made] == [
        (at, len(parts), ID) for at in range(1, len(parts) + 1)
    ]
    things = [{"count": 4, "thing": "booth"}, {"count": 2, "thing": "form"}]
    assert [one.body["things"] for one in made] == [things, *([[]] * (len(parts) - 1))]


def row(box: str) -> dict[str, object]:
    return {"box": box, "by": SIGHT, "prev": None, "seals": SEALS}


JOURNEY = Journey("5307192001", "530719", "530719", "pps-1", "ppk-1")
LOADED = {"load": Load(ID, 3, "weather"), "things": (("booth", 4),)}
LARGE = 251
CASES = {
    "plain": (1, {}, [None]),
    "a trip": (1, LOADED, [{"id": ID, "part": 1, "parts": 1, "rest": "weather", "trip": 3}]),
    "things alone": (0, LOADED, [{"id": ID, "part": 1, "parts": 1, "rest": "weather", "trip": 3}]),
    "too many for one": (LARGE, {}, [{"id": "d1" * 16, "part": at, "parts": 2, "rest": None, "trip": 1} for at in (1, 2)]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_handoff_names_its_trip(name: str) -> None:
    count, changes, want = CASES[name]
    made = handoffs(common(), replace(JOURNEY, **changes), [row(box) for box in sorted(boxes(count))], None, "d1" * 16)  # type: ignore[arg-type]
    assert [one.body["consignment"] for one in made] == want
    assert [bool(one.body["things"]) for one in made] == [bool(changes.get("things")), *([False] * (len(want) - 1))]
