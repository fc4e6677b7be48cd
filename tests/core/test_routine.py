"""Routine: what was judged of the same people at the same places is not judged again, and nothing else is taken for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from custody.core import duties
from custody.core.act import Act
from custody.core.findings import Finding
from custody.core.kinds import KINDS
from custody.core.rights import SLOTS
from custody.core.routine import Routine
from custody.core.snapshot import take_again
from custody.core.state import State
from custody.core.statement import Statement
from custody.core.verify import verify
from custody.simulator.faults import PLANTERS
from fixtures.smallworld import World, place
from tests.simulator.corpus import Kept, faulty, land_of

HERE, THERE = "5307192001-001", "5307-GUDANG"
NAMES = {field: f"contoh-{kind}-{field}" for kind in SLOTS for field in (slot.field for slot in SLOTS[kind])}


def off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered."""
    monkeypatch.setattr(Routine, "at", lambda *_: set())


def world() -> World:
    """Somebody for every field that names a signer, each of a role that may stand there, all at one polling station."""
    made = World()
    made.geography()
    for kind, slots in SLOTS.items():
        for slot in slots:
            if NAMES[slot.field] == f"contoh-{kind}-{slot.field}":
                roles = {other.field: other.roles for others in SLOTS.values() for other in others if other.field == slot.field}
                made.enrol(NAMES[slot.field], min(slot.roles & frozenset.intersection(*roles.values())), [HERE])
    return made


def state_of(made: World) -> State:
    state = State()
    for index, data in enumerate(made.entries):
        take_again(state, data, index)
    return state


def found(state: State, kind: str, body: dict[str, Any], index: int | None = None) -> list[Finding]:
    act = Act(Statement(KINDS[kind], body, b"", "0" * 64), state.size if index is None else index, frozenset(), frozenset())
    return duties.of_statement(act, state)


def changes() -> Iterator[tuple[str, str]]:
    """Every kind with every field that its slots ask for."""
    for kind, slots in SLOTS.items():
        yield from dict.fromkeys((kind, name) for slot in slots for name in (slot.field, *slot.where))


def right_and_wrong(kind: str, field: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A body of which nothing is found, and the same with this one field otherwise, of which something is."""
    slots = SLOTS[kind]
    body: dict[str, Any] = {slot.field: NAMES[slot.field] for slot in slots}
    body.update((name, HERE) for slot in slots for name in slot.where)
    body.update((name, THERE) for slot in slots if field in slot.where for name in slot.where if name != field)
    return body, body | {field: THERE if field in {name for slot in slots for name in slot.where} else "nobody"}


@pytest.mark.parametrize(("kind", "field"), list(changes()))
def test_one_field_otherwise_is_judged_for_itself(kind: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of(world())
    right, wrong = right_and_wrong(kind, field)
    assert found(state, kind, right) == found(state, kind, right) == []
    assert state.routine(state.size)
    told = found(state, kind, wrong)
    off(monkeypatch)
    assert told == found(state, kind, wrong) != []


def test_a_place_that_moves_is_judged_anew() -> None:
    made = world()
    state = state_of(made)
    right, _ = right_and_wrong("visit", "place")
    assert found(state, "visit", right) == []
    made.enrol("contoh-desa", "pps", ["5307192001"])
    take_again(state, made.entries[-1], len(made.entries) - 1)
    below = right | {"officer": "contoh-desa"}
    assert found(state, "visit", below) == []
    moved = made.draft("places", legs=[], places=[place(HERE, "tps", "TPS 001", "5307192002")])
    made.put(moved, "kpu-1", "bawaslu-1")
    take_again(state, made.entries[-1], len(made.entries) - 1)
    assert [one.code for one in found(state, "visit", below)] == ["role.place"]
    assert found(state, "visit", below, state.size - 2) == []  # as the places stood then


def test_a_key_that_comes_later_says_nothing_of_before() -> None:
    made = world()
    state = state_of(made)
    right, _ = right_and_wrong("visit", "place")
    late = right | {"officer": "contoh-baru"}
    before = state.size
    assert [one.code for one in found(state, "visit", late)] == ["role.unknown"]
    made.enrol("contoh-baru", "keeper", [HERE])
    take_again(state, made.entries[-1], len(made.entries) - 1)
    assert found(state, "visit", late) == []
    assert [one.code for one in found(state, "visit", late, before - 1)] == ["role.unknown"]


def test_the_verdict_on_a_night_is_the_same_without(monkeypatch: pytest.MonkeyPatch) -> None:
    night = faulty(land_of(1, 6, 36, 140, 33), 33, len(PLANTERS))
    kept = Kept(night)
    verdict = verify(kept, kept.policy())[0]
    off(monkeypatch)
    assert verify(kept, kept.policy())[0] == verdict
    assert {one.code for one in verdict.findings} >= {"role.kind", "role.place"}
