"""Openings and closings in the chain of a box (spec chapter 9, ACT-9, ACT-10, FOLD-11): histories in every order of arrival, attackers."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core.findings import open_breaches
from custody.core.holding import Holding
from custody.core.moment import to_seconds
from custody.core.verdict import Verdict
from fixtures.anyorder import orders, shape, told, verdict_of
from fixtures.smallhistory import (
    DESA,
    NO_KEY,
    OTHER_DESA,
    PRESIDENT,
    TPS,
    acked,
    closed,
    closing,
    corrected,
    enrol,
    hand,
    handing,
    log,
    opened,
    opening,
    revoked,
    seal,
    sealing,
    small,
    there,
)
from fixtures.smallworld import BOX, SEALS, World

GUARD, WITNESS = there("guard", "guard-1"), there("witness", "witness-1")
NEW = [{**one, "number": f"B-{number}"} for number, one in enumerate(SEALS)]
Build = Callable[[World], object]


def begin() -> World:
    """The small world with a witness, a second key of kpps-1, and a second authority of the KPU."""
    world = small()
    enrol(world, world.person("witness-1"), "witness", ["5307"])
    enrol(world, world.person("kpps-9", "kpps-1"), "kpps", [TPS])
    enrol(world, world.person("kpu-2"), "authority", ["5307"], institution="kpu")
    return world


def opens(*names: str, **changes: Any) -> Build:
    """Sealed, and opened with these signatures."""
    return lambda world: opened(world, seal(world), *names, **changes)


def closes(*names: str) -> Build:
    return lambda world: closed(world, seal(world), *names)


def opened_apart(world: World) -> None:
    made = opening(world, seal(world))
    log(world, made, "kpps-1")
    log(world, made, "guard-1")


def opened_and_moved(world: World) -> None:
    hand(world, opened(world, seal(world)))


def opened_alone_and_moved(world: World) -> None:
    """He who opened it alone may not go on from there: the next link hangs on nothing complete."""
    hand(world, opened(world, seal(world), "kpps-1"))


def passed_over(world: World) -> None:
    prev = seal(world)
    opened(world, prev, "kpps-1")
    hand(world, prev)


def twice_opened(world: World) -> None:
    prev = seal(world)
    opened(world, prev)
    opened(world, prev, basis="court-order")


def alone_taken_back(world: World) -> None:
    corrected(world, opened(world, seal(world), "kpps-1"), "kpps-1")


def taken_back_by_officer(world: World) -> None:
    """The guard saw it as well: the officer alone does not undo it."""
    corrected(world, opened(world, seal(world)), "kpps-1")


def taken_back_by_both(world: World) -> None:
    corrected(world, opened(world, seal(world)), "kpps-1", "guard-1")


def late_witness(world: World) -> None:
    revoked(world, "guard-1")
    opened(world, seal(world, "kpps-1", "ppk-1", witness="ppk-1"))


def acknowledged(world: World) -> None:
    """An ack signs no opening."""
    acked(world, opened(world, seal(world), "kpps-1"), "receiver", "kpps-2")


def closed_apart(world: World) -> None:
    made = closing(world, seal(world))
    log(world, made, "kpu-1")
    log(world, made, "bawaslu-1")


def moved_after(world: World) -> None:
    hand(world, closed(world, seal(world)))


def sealed_after(world: World) -> None:
    seal(world, prev=closed(world, seal(world)))


def offered_after(world: World) -> None:
    hand(world, closed(world, seal(world)), "kpps-1")


def closed_and_moved(world: World) -> None:
    """A closing and a handoff after the same seal."""
    prev = seal(world)
    closed(world, prev)
    hand(world, prev)


def closing_taken_back(*names: str) -> Build:
    return lambda world: corrected(world, closed(world, seal(world)), *names)


HISTORIES: dict[str, tuple[Build, str, str | None, set[str]]] = {
    # name: what is logged, status, holder, findings
    "opened": (opens(), "ok", "kpps-1", set()),
    "opened as the first of all": (lambda world: opened(world, None), "ok", "kpps-1", set()),
    "opened, signed apart": (opened_apart, "ok", "kpps-1", set()),
    "opened, one present has not signed": (opens(present=[GUARD, WITNESS]), "ok", "kpps-1", {"opening.unsigned"}),
    "opened by a stranger": (opens("kpps-2", "guard-1", officer="kpps-2"), "ok", "kpps-1", {"sealer.not-holder", "role.place"}),
    "opened alone": (opens("kpps-1"), "ok", "kpps-1", {"opening.alone", "opening.unsigned"}),
    "opened with his own second key": (opens("kpps-1", "kpps-9", present=[there("kpps", "kpps-9")]), "ok", "kpps-1", {"opening.alone"}),
    "opened with one who is not named": (
        opens("kpps-1", "guard-1", present=[WITNESS]),
        "ok",
        "kpps-1",
        {"opening.alone", "opening.unsigned"},
    ),
    "opened with one who has no key": (opens("kpps-1", present=[there("witness")]), "ok", "kpps-1", {"opening.alone"}),
    "opened by others": (opens("guard-1"), "ok", "kpps-1", {"statement.unsigned"}),
    "opened by a late witness": (late_witness, "ok", "kpps-1", {"opening.alone", "opening.unsigned", "statement.late"}),
    "opened and moved": (opened_and_moved, "ok", "pps-1", set()),
    "opened alone and moved": (opened_alone_and_moved, "orphan", "kpps-1", {"opening.alone", "opening.unsigned", "box.orphan"}),
    "opened alone, passed over": (passed_over, "ok", "pps-1", {"opening.alone", "opening.unsigned"}),
    "opened twice": (twice_opened, "disputed", "kpps-1", {"box.disputed", "signer.contradiction"}),
    "opened alone, acknowledged": (acknowledged, "ok", "kpps-1", {"opening.alone", "opening.unsigned", "ack.no-effect"}),
    "opened alone, taken back": (alone_taken_back, "ok", "kpps-1", {"correction.void"}),
    "opened, taken back by the officer": (taken_back_by_officer, "ok", "kpps-1", {"correction.no-effect"}),
    "opened, taken back by both": (taken_back_by_both, "ok", "kpps-1", {"correction.void"}),
    "closed": (closes(), "closed", "kpps-1", set()),
    "closed as the first of all": (lambda world: closed(world, None), "closed", "-", set()),
    "closed, signed apart": (closed_apart, "closed", "kpps-1", set()),
    "closed by one": (closes("kpu-1"), "ok", "kpps-1", {"authority.short"}),
    "closed by one institution": (closes("kpu-1", "kpu-2"), "ok", "kpps-1", {"authority.short"}),
    "closed by strangers": (closes("kpps-1", "guard-1"), "ok", "kpps-1", {"statement.unsigned", "role.kind"}),
    "closed and moved": (moved_after, "ok", "pps-1", {"box.closed"}),
    "closed and sealed": (sealed_after, "ok", "kpps-1", {"box.closed"}),
    "closed and offered": (offered_after, "closed", "kpps-1", {"box.offered"}),
    "closed or moved": (closed_and_moved, "disputed", "kpps-1", {"box.disputed"}),
    "closed, taken back by a supervisor": (closing_taken_back("kasatops-1"), "closed", "kpps-1", {"correction.no-effect"}),
    "closed, taken back by one authority": (closing_taken_back("kpu-1"), "closed", "kpps-1", {"correction.no-effect"}),
    "closed, taken back by authorities": (closing_taken_back("polri-1", "kpu-1"), "ok", "kpps-1", {"correction.void"}),
}


def judged(build: Build) -> Verdict:
    world = begin()
    build(world)
    return verdict_of(world)


@pytest.mark.parametrize("name", HISTORIES)
def test_history(name: str) -> None:
    build, status, holder, codes = HISTORIES[name]
    verdict = judged(build)
    state = verdict.boxes[BOX]
    assert (state.status, state.holding and state.holding.holder) == (status, holder)
    assert told(verdict) == codes


@pytest.mark.parametrize("name", HISTORIES)
def test_every_order_of_arrival_gives_one_state(name: str) -> None:
    shapes = [shape(verdict, BOX) for verdict in orders(begin, HISTORIES[name][0])]
    assert all(one == shapes[0] for one in shapes)


def held(build: Build) -> Holding:
    holding = judged(build).boxes[BOX].holding
    assert holding is not None
    return holding


def test_after_an_opening_the_holder_is_the_same_and_the_seals_are_the_new_ones() -> None:
    prev: list[str] = []

    def build(world: World) -> None:
        prev.append(hand(world, seal(world)))
        opened(world, prev[0], "pps-1", "guard-1", officer="pps-1", place=DESA, row={"seals": NEW})

    holding = held(build)
    assert (holding.kind, holding.holder, holding.place, holding.to) == ("opening", "pps-1", DESA, DESA)
    assert [number for _, _, number in holding.seals] == ["B-0", "B-1", "B-2"]
    assert holding.looked == holding.entry
    assert holding.shut


@pytest.mark.parametrize(("again", "shut"), [(False, False), (True, True)], ids=["left open", "sealed later"])
def test_a_box_without_new_seals_is_open_until_it_is_sealed(again: bool, shut: bool) -> None:
    def build(world: World) -> None:
        link = opened(world, seal(world), row={"seals": []})
        if again:
            seal(world, prev=link)

    holding = held(build)
    assert holding.shut is shut
    assert bool(holding.seals) is shut


PHASES: dict[str, tuple[Build, str]] = {
    "a seal": (lambda world: seal(world, phase="packed"), "packed"),
    "a handoff": (lambda world: hand(world, seal(world, phase="packed")), "packed"),
    "a handoff alone": (lambda world: hand(world, None), ""),
    "an opening": (opens(), "voted"),
    "an opening for the plenary": (opens(basis="plenary"), "plenary"),
    "an opening by court order": (opens(basis="court-order"), "court"),
    "a seal after it": (lambda world: seal(world, prev=opened(world, seal(world), basis="plenary"), phase="transit"), "transit"),
}


@pytest.mark.parametrize("name", PHASES)
def test_phase(name: str) -> None:
    build, phase = PHASES[name]
    assert held(build).phase == phase


def test_the_first_sealing_is_remembered() -> None:
    world = begin()
    first = sealing(world)
    log(world, first, "kpps-1", "guard-1")
    seal(world, prev=hand(world, first.sid))
    holding = verdict_of(world).boxes[BOX].holding
    assert holding is not None
    assert holding.first == to_seconds(first.body["happened"]["at"])


# Who opens alone, and whether that stands against the box, which is at the polling station (the duty of pps-1 is the desa above it).
ALONE = {"kpps-1": True, "kpps-9": True, "pps-1": True, **dict.fromkeys(("kpps-2", "pps-2", "guard-1", "witness-1", "kpu-1"), False)}


@pytest.mark.parametrize("name", ALONE)
def test_an_opening_alone_stands_against_the_box_of_who_may_open_it_only(name: str) -> None:
    place = {"kpps-2": "5307192001-002", "pps-1": DESA, "pps-2": OTHER_DESA}.get(name, TPS)
    verdict = judged(opens(name, officer=name, place=place, present=[]))
    (one,) = [one for one in verdict.findings if one.code == "opening.alone"]
    assert one.box == (BOX if ALONE[name] else None)
    assert bool(open_breaches([one])) is ALONE[name]


def test_an_opening_alone_stands_against_the_box_of_who_holds_it_wherever_he_acts() -> None:
    def build(world: World) -> None:
        link = hand(world, seal(world), "kpps-1", "keeper-1", receiver="keeper-1")
        opened(world, link, "keeper-1", officer="keeper-1", place=DESA)

    (one,) = [one for one in judged(build).findings if one.code == "opening.alone"]
    assert one.box == BOX


def test_a_correction_gives_the_box_back_to_who_opened_it_first() -> None:
    verdict = judged(lambda world: corrected(world, hand(world, opened(world, None)), "kasatops-1"))
    (one,) = [one for one in verdict.findings if one.code == "correction.void"]
    assert dict(one.facts)["holder"] == "kpps-1"


def test_a_closing_that_lacks_authorities_stands_against_nobody() -> None:
    verdict = judged(closes("kpu-1"))
    assert open_breaches(verdict.findings) == ()
    assert len(verdict.boxes[BOX].waiting) == 1


def test_boxes_of_one_opening_are_judged_each() -> None:
    """An opening of two boxes: one follows its chain, of the other it knows nothing."""
    world = begin()
    prev = seal(world)
    made = opening(world, prev)
    rows = [*made.body["boxes"], {**made.body["boxes"][0], "box": PRESIDENT, "by": {"how": "sight", "label": None}, "prev": "ab" * 32}]
    fields = {name: value for name, value in made.body.items() if name not in ("at", "boxes", "happened", "ledger", "seen")}
    log(world, world.draft("opening", boxes=rows, **fields), "kpps-1", "guard-1")
    verdict = verdict_of(world)
    assert (verdict.boxes[BOX].status, verdict.boxes[PRESIDENT].status) == ("ok", "orphan")


def test_who_has_not_signed_a_handoff_after_a_closing_is_no_way_round() -> None:
    verdict = judged(lambda world: log(world, handing(world, closed(world, seal(world)), giver=None, unsigned=NO_KEY), "pps-1"))
    assert {"box.closed", "giver.unsigned"} <= told(verdict)
