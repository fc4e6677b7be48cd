"""Any order of arrival of the same statements gives the same states and findings: over simulated nights with faults of every kind."""

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from custody.core import entry as entries
from custody.core.findings import Finding
from custody.core.kinds import KINDS
from custody.core.verdict import Verdict
from custody.core.verify import verify
from custody.simulator.faults import PLANTERS
from custody.simulator.night import Night
from tests.simulator.corpus import Kept, faulty, land_of

# That a statement was logged again is said of the ledger. Where entries without witnesses begin and end says nothing of any statement.
FIRST_COMES = frozenset(("entry.again",))
NO_STATEMENT = frozenset(("time.unbounded",))


@cache
def night() -> Night:
    return faulty(land_of(1, 6, 36, 140, 21), 21, len(PLANTERS))


def shuffled(night: Night, draw: random.Random) -> list[bytes]:
    """The same notes; statements of authorities and labels keep their places among the others, and between two of them all is mixed."""
    notes, part = list(night.laid), list[bytes]()
    for arrival in night.arrivals:
        kind = KINDS[arrival.note.split(b"/", 2)[1].decode()]
        if kind.takes_effect == "authority" or kind.name == "label":
            draw.shuffle(part)
            notes += [*part, arrival.note]
            part = []
        else:
            part.append(arrival.note)
    draw.shuffle(part)
    return notes + part


def judged(notes: list[bytes]) -> Verdict:
    kept = Kept(night(), notes)
    kept.heads = [head for head in kept.heads if head[0] == len(notes)]
    return verify(kept)[0]


def summary(verdict: Verdict, notes: list[bytes]) -> tuple[Any, ...]:
    """States and findings with statements in the place of entries."""
    sids = [entries.parse(note).statement.sid for note in notes]
    found = sorted((_told(one, sids) for one in verdict.findings if one.code not in NO_STATEMENT), key=repr)
    boxes = {box: _state(state) for box, state in verdict.boxes.items()}
    return verdict.integrity, tuple(found), boxes


def _told(one: Finding, sids: list[str]) -> tuple[Any, ...]:
    if one.code in FIRST_COMES:
        return (one.code,)
    return one.code, one.box, tuple(sorted({sids[index] for index in one.entries})), one.facts, one.stated


def _state(state: Any) -> tuple[Any, ...]:
    told = {name: value for name, value in state._asdict().items() if name != "holding"}
    holding = state.holding
    kept = (
        {name: value for name, value in holding._asdict().items() if name not in ("entry", "looked", "taken")}
        if holding is not None
        else None
    )
    return tuple(sorted(told.items(), key=str)), tuple(sorted(kept.items())) if kept is not None else None


def differences(one: tuple[Any, ...], other: tuple[Any, ...]) -> Iterator[Any]:
    """What differs, to be shown where the test fails."""
    if one[0] != other[0]:
        yield one[0], other[0]
    yield from sorted(set(one[1]) ^ set(other[1]), key=repr)
    yield from ((box, one[2][box], other[2].get(box)) for box in one[2] if one[2][box] != other[2].get(box))


@pytest.mark.parametrize("number", range(3))
def test_three_orders_of_arrival_give_the_same(number: int) -> None:
    _same(random.Random(number))


@pytest.mark.soak
@pytest.mark.parametrize("number", range(40))
def test_forty_orders_of_arrival_give_the_same(seed: int, number: int) -> None:
    _same(random.Random(f"{seed} {number}"))


@cache
def _first() -> tuple[Any, ...]:
    notes = night().notes
    return summary(judged(notes), notes)


def _same(draw: random.Random) -> None:
    notes = shuffled(night(), draw)
    assert notes != night().notes
    assert list(differences(_first(), summary(judged(notes), notes))) == []
