"""The glance at a box line: where it finds nothing to look at more closely, the closer look finds nothing either."""

from collections.abc import Iterator
from typing import Any

import pytest

from custody.core import law
from custody.core.act import Act
from custody.core.entry import parse, signers
from custody.core.holding import Holding
from custody.core.law import of_line
from custody.core.state import State
from fixtures.bigworld import BigWorld
from fixtures.smallworld import BOX, World, ready

LABEL = {"how": "scanned", "label": "a" * 64}
HOLDS = {"giver": "kpps-1", "receiver": "pps-1", "start": "5307192001-001", "end": "5307192001"}


def world_with_label() -> tuple[World, str]:
    """A box sealed with a scanned label of copy 2; the sid of the seal."""
    world = ready()
    printed = (("a", BOX, 2), ("b", BOX, 1), ("c", None, 1))
    labels = [{"box": box, "code": code * 64, "copy": copy} for code, box, copy in printed]
    world.put(world.draft("label", labels=labels, reason="first"), "guard-1")
    return world, world.put(world.seal(world.line(BOX, None, by=LABEL)), "kpps-1", "guard-1")


def state_of(notes: list[bytes]) -> State:
    state = State()
    for index, data in enumerate(notes):
        entry = parse(data)
        state.apply(entry, signers(entry, state.roster, index))
    return state


def judged(world: World, note: bytes) -> Iterator[tuple[Act, dict[str, Any], Holding, State]]:
    """The lines of one more note on top of a world's entries."""
    state = state_of(world.entries)
    act = state.act_again(note, state.size)
    for line in act.body["boxes"]:
        holding = state.holding(line["box"])
        assert holding is not None
        yield act, line, holding, state


def closer(monkeypatch: pytest.MonkeyPatch, *line: Any) -> list[Any]:
    with monkeypatch.context() as patched:
        patched.setattr(law, "_plain", lambda *_: False)
        return of_line(*line)


CHANGES: dict[str, dict[str, Any]] = {
    "everything as it should be": {},
    "another giver": {"giver": "kpps-2"},
    "from another place": {"start": "5307192001-002"},
    "not on its way": {"end": "5307192002"},
    "before it was sealed": {"happened": {"at": "2024-11-27T09:00:00Z", "basis": "now"}},
    "label by sight": {"by": {"how": "sight", "label": None}},
    "an older copy": {"by": {"how": "scanned", "label": "b" * 64}},
    "a spare label": {"by": {"how": "scanned", "label": "c" * 64}},
    "an unknown label": {"by": {"how": "scanned", "label": "d" * 64}},
    "no look at the seals": {"seals": []},
    "other seals": {"seals": [{"number": None, "point": "lid", "state": "torn"}]},
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_plain_has_nothing_to_tell(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world, sid = world_with_label()
    changes = {**HOLDS, **CHANGES[case]}
    line = world.line(BOX, sid, **{"by": LABEL, **{name: changes.pop(name) for name in ("by", "seals") if name in changes}})
    drafted = world.handoff(line, **changes)
    for act, one, holding, state in judged(world, world.sign(drafted, drafted.body["giver"], "pps-1")):
        plain, told = law._plain(act, one, holding, state), closer(monkeypatch, act, one, holding, state)
        assert plain == (case == "everything as it should be")
        assert not (plain and told)
        assert of_line(act, one, holding, state) == told


def test_everyday_handoffs_are_plain() -> None:
    notes = list(BigWorld(20).all(120))
    start = next(number for number, data in enumerate(notes) if data.startswith(b"custody/handoff"))
    state = state_of(notes[:start])
    for index, data in enumerate(notes[start:], start):
        entry = parse(data)
        keys = signers(entry, state.roster, index)
        act = state.act_again(data, index)
        for line in act.body["boxes"]:
            holding = state.holding(line["box"])
            assert holding is not None
            assert law._plain(act, line, holding, state)
        state.apply(entry, keys)
