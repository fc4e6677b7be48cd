"""What a signed holder covers of a box's history (spec chapter 9, FOLD-15)."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core.coverage import Hole, gaps, holes
from custody.core.entry import parse, signers
from custody.core.holding import Coverage, Holding
from custody.core.moment import from_seconds
from custody.core.state import Chain, State
from fixtures.anyorder import orders, shape, verdict_of
from fixtures.smallhistory import DESA, NO_KEY, PPK, STORE, TPS, acked, hand, handing, log, on, seal, small
from fixtures.smallworld import BOX, World

MINUTE = 60
Build = Callable[[World], object]


def later(world: World, minutes: int) -> World:
    """What is said next happens so much later, and a minute."""
    world.clock += minutes * MINUTE
    return world


def carried(world: World) -> None:
    """Sealed, an hour later at the desa, two hours later at the kecamatan."""
    prev = seal(world)
    one = hand(later(world, 59), prev)
    on(later(world, 119), one)


def by_a_stranger(world: World) -> None:
    """After an hour somebody hands it over who never had it; an hour later the receiver hands it on."""
    one = seal(world)
    two = log(later(world, 59), handing(world, one, giver="kpps-2", start="5307192001-002"), "kpps-2", "pps-1")
    on(later(world, 59), two)


def sealed_by_a_stranger(world: World) -> None:
    prev = seal(world)
    seal(later(world, 29), "kpps-2", "guard-1", prev=prev, by="kpps-2")


def from_elsewhere(world: World) -> None:
    prev = seal(world)
    hand(later(world, 29), prev, start=PPK, end=STORE, place=STORE)


def unsigned(world: World) -> str:
    prev = seal(world)
    return log(world, handing(later(world, 29), prev, giver=None, unsigned=NO_KEY), "pps-1")


def acknowledged(world: World) -> None:
    acked(world, unsigned(world), "giver", "kpps-1")


def short(world: World) -> None:
    """Within the difference that clocks may have: a hole, and nothing is told of it."""
    prev = seal(world)
    log(world, handing(later(world, 4), prev, giver="kpps-2", start="5307192001-002"), "kpps-2", "pps-1")


def backwards(world: World) -> None:
    """The second link claims an earlier time."""
    moment = {"at": from_seconds(world.clock - 60 * MINUTE), "basis": "now"}
    log(world, handing(world, seal(world), giver="kpps-2", start="5307192001-002", happened=moment), "kpps-2", "pps-1")


def disputed(world: World) -> None:
    """An hour after the sealing it is at the desa; another story, two hours later still, has it at the kecamatan."""
    prev = seal(world)
    hand(later(world, 59), prev)
    hand(later(world, 119), prev, "kpps-1", "ppk-1", receiver="ppk-1", end=PPK, place=PPK)


def orphaned(world: World) -> None:
    """The record of an hour after the sealing is lost; that of two hours later follows it."""
    prev = seal(world)
    lost = handing(later(world, 59), prev)
    on(later(world, 119), lost.sid)


def by_ack(world: World) -> None:
    """The receiver tells an hour later, and otherwise, what he was handed: the span ends when he says."""
    prev = seal(world)
    offer = hand(later(world, 29), prev, "kpps-1")
    acked(later(world, 59), offer, "receiver", "pps-1")


CASES: dict[str, tuple[Build, Coverage, list[int]]] = {
    # what is logged, coverage in spans and minutes, minutes of each gap that is told
    "nothing": (lambda world: None, Coverage(0, 0, 0, 0), []),
    "sealed": (seal, Coverage(0, 0, 0, 0), []),
    "carried": (carried, Coverage(2, 2, 180, 180), []),
    "given by a stranger": (by_a_stranger, Coverage(2, 1, 120, 60), [60]),
    "sealed by a stranger": (sealed_by_a_stranger, Coverage(1, 0, 30, 0), [30]),
    "from elsewhere": (from_elsewhere, Coverage(1, 0, 30, 0), [30]),
    "giver unsigned": (unsigned, Coverage(1, 0, 30, 0), [30]),
    "giver acknowledged": (acknowledged, Coverage(1, 1, 30, 30), []),
    "a short one": (short, Coverage(1, 0, 5, 0), []),
    "backwards": (backwards, Coverage(1, 0, 0, 0), []),
    "received by an ack": (by_ack, Coverage(1, 1, 90, 90), []),
    "two stories": (disputed, Coverage(1, 0, 180, 0), [180]),
    "a record lost": (orphaned, Coverage(1, 0, 180, 0), [180]),
}


@pytest.mark.parametrize("name", CASES)
def test_coverage(name: str) -> None:
    build, coverage, told = CASES[name]
    world = small()
    build(world)
    verdict = verdict_of(world)
    got = verdict.boxes[BOX].coverage
    assert Coverage(got.spans, got.covered_spans, got.seconds // MINUTE, got.covered_seconds // MINUTE) == coverage
    found = [one for one in verdict.findings if one.code == "custody.gap"]
    assert [(one.box, dict(one.facts)) for one in found] == [(BOX, {"holder": "kpps-1", "minutes": minutes}) for minutes in told]


@pytest.mark.parametrize("name", ["given by a stranger", "giver acknowledged", "received by an ack", "two stories"])
def test_every_order_of_arrival_gives_one_coverage(name: str) -> None:
    shapes = [shape(verdict, BOX) for verdict in orders(small, CASES[name][0])]
    assert len(shapes) > 1
    assert all(one == shapes[0] for one in shapes)


def test_a_gap_names_both_links() -> None:
    world = small()
    by_a_stranger(world)
    (one,) = [one for one in verdict_of(world).findings if one.code == "custody.gap"]
    assert one.entries == (len(world.entries) - 3, len(world.entries) - 2)


@pytest.mark.parametrize(("build", "clean"), [(lambda world: on(world, hand(world, seal(world))), True), (by_a_stranger, False)])
def test_a_chain_with_a_hole_is_folded(build: Build, clean: bool) -> None:
    """The quick way and the long way agree; what nobody held is judged the long way only."""
    world = small()
    build(world)
    assert [_chain(_state(world, tangle)).tangled for tangle in (False, True)] == [not clean, True]
    quick, long = (_state(world, tangle).settle(world.note, [BOX])[BOX] for tangle in (False, True))
    assert quick == long


def _chain(state: State) -> Chain:
    chain = state.chain(BOX)
    assert chain is not None
    return chain


def _state(world: World, tangle: bool) -> State:
    state = State()
    for index, data in enumerate(world.entries):
        entry = parse(data)
        state.apply(entry, signers(entry, state.roster, index))
    _chain(state).tangled |= tangle
    return state


def holding(sid: str, at: int, **changes: Any) -> Holding:
    given = {"holder": "kpps-1", "place": TPS, "to": DESA, "entry": at // 100, **changes}
    blank = dict.fromkeys(("due", "copy", "looked", "first", "holes", "dark", "taken", "since"), 0)
    return Holding(**{**blank, "sid": sid, "at": at, "kind": "seal", "phase": "voted", "shut": True, "way": (), "seals": (), **given})


CHAIN = [holding("a", 100), holding("b", 400, holes=1), holding("c", 900, holes=1, holder="pps-1"), holding("d", 700, holes=2)]


def test_holes_of_a_chain() -> None:
    first, second = holes(CHAIN)
    assert first == Hole("a", "b", 100, 400, "kpps-1", TPS, (1, 4))
    assert (second.before, second.after, second.seconds) == ("c", "d", 0)


@pytest.mark.parametrize(("skew", "count"), [(299, 1), (300, 0)])
def test_only_what_is_longer_than_clocks_differ_is_told(skew: int, count: int) -> None:
    assert [(one.entries, dict(one.facts)["minutes"]) for one in gaps(BOX, CHAIN, skew)] == [((1, 4), 5)] * count
