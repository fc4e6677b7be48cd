"""Clocks that ran ahead (spec chapter 10, TIME-7): of claims that contradict each other, the one that the many contradict is told."""

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from custody.core import clocks
from custody.core.checkpoint import Checkpoint
from custody.core.moment import from_seconds
from custody.core.verify import Snapshot, verify
from fixtures.anyorder import orders, shape, verdict_of
from fixtures.smallhistory import DESA, PPK, STORE, TPS, handing, log, seal, small
from fixtures.smallworld import BOX, EPOCH, World

Told = list[tuple[str, tuple[int, ...], str | None]]
MONTH = 30 * 86_400
CLOCKS = ("time.ahead", "time.backwards")


def clock(minute: int | None, shows: int) -> dict[str, Any]:
    """What a drafter claims whose clock shows so many seconds more than it should; the small world's own where no minute is given."""
    if minute is None:
        return {}
    moment = from_seconds(EPOCH + 60 * minute + shows)
    return {"at": moment, "happened": {"at": moment, "basis": "now"}}


LEGS = (
    {"giver": "kpps-1", "receiver": "pps-1", "start": TPS, "end": DESA},
    {"giver": "pps-1", "receiver": "ppk-1", "start": DESA, "end": PPK},
    {"giver": "ppk-1", "receiver": "keeper-1", "start": PPK, "end": STORE},
    {"giver": "keeper-1", "receiver": "ppk-1", "start": STORE, "end": PPK},
)


def journey(world: World, *shows: int) -> None:
    """A box from leg to leg, a minute each, from entry 13 on; so much more than they should the clocks show, first of the sealing."""
    prev = seal(world, **clock(13, shows[0]))
    for number, more in enumerate(shows[1:]):
        leg: dict[str, Any] = LEGS[number]
        prev = log(world, handing(world, prev, **leg, **clock(14 + number, more)), leg["giver"], leg["receiver"])


def told(world: World) -> Told:
    return [(one.code, one.entries, one.box) for one in verdict_of(world).findings if one.code in CLOCKS]


CHAINS: dict[str, tuple[tuple[int, ...], Told]] = {
    "all right": ((0, 0, 0, 0), []),
    "one ahead, one after it: open": ((0, MONTH, 0), [("time.backwards", (14, 15), BOX)]),
    "one ahead, two after it": ((0, MONTH, 0, 0), [("time.ahead", (14, 15), BOX)]),
    "ahead of the next by the skew": ((0, 360, 0, 0), []),
    "ahead of the next alone, by a second more": ((0, 361, 0, 0), [("time.backwards", (14, 15), BOX)]),
    "of the one after that by the skew": ((0, 420, 0, 0), [("time.backwards", (14, 15), BOX)]),
    "by a second more": ((0, 421, 0, 0), [("time.ahead", (14, 15), BOX)]),
    "the first ahead": ((MONTH, 0, 0, 0), [("time.ahead", (13, 14), BOX)]),
    "the last ahead: nothing comes after it": ((0, 0, 0, MONTH), []),
    "two ahead, two after them: open": ((0, MONTH, MONTH, 0, 0), [("time.backwards", (15, 16), BOX)]),
    "one set back, after many": ((0, 0, -MONTH, 0), [("time.backwards", (14, 15), BOX)]),
    "one ahead, the next set back": ((0, MONTH, -MONTH, 0, 0), [("time.ahead", (14, 16), BOX), ("time.backwards", (14, 15), BOX)]),
}


@pytest.mark.parametrize("case", CHAINS)
def test_in_the_chain_of_a_box(case: str) -> None:
    shows, wanted = CHAINS[case]
    world = small()
    journey(world, *shows)
    assert sorted(told(world)) == sorted(wanted)


def test_facts() -> None:
    world = small()
    journey(world, 0, MONTH, 0, 0)
    (one,) = [one for one in verdict_of(world).findings if one.code == "time.ahead"]
    moments = {"at": from_seconds(EPOCH + 60 * 14 + MONTH), "other": from_seconds(EPOCH + 60 * 15)}
    assert dict(one.facts) == {"count": 2, **moments} and one.severity == "warning"


@pytest.mark.parametrize(
    ("recorders", "wanted"),
    [((None, None), "time.backwards"), (("guard-1", "guard-1"), "time.backwards"), (("guard-1", "ppk-1"), "time.ahead")],
)
def test_whoever_signed_it_himself_is_no_voice_against_it(recorders: tuple[str | None, ...], wanted: str) -> None:
    """Handed back and forth at two places by those who have signed the wrong handoff; others only record."""
    world = small()
    prev = log(world, handing(world, seal(world, "kpps-1", "pps-1", witness="pps-1"), **clock(14, MONTH)), "kpps-1", "pps-1")
    for recorder, (giver, receiver, place) in zip(recorders, (("pps-1", "kpps-1", TPS), ("kpps-1", "pps-1", PPK)), strict=True):
        signers = [name for name in (giver, receiver, recorder) if name is not None]
        prev = log(world, handing(world, prev, giver=giver, receiver=receiver, recorder=recorder, start=place, end=place), *signers)
    assert [code for code, _, _ in told(world)] == [wanted]


def test_one_place_is_one_clock() -> None:
    """The clock of the PPK stands a month back, and three times it writes so: it contradicts two places, and is one."""
    world = small()
    prev = log(world, handing(world, seal(world), **clock(14, 0)), "kpps-1", "pps-1")
    people = (("pps-1", "ppk-1"), ("ppk-1", "keeper-1"), ("keeper-1", "ppk-1"))
    for minute, (giver, receiver) in enumerate(people, 15):
        fields = {"giver": giver, "receiver": receiver, "start": DESA, "end": PPK, **clock(minute, -MONTH)}
        prev = log(world, handing(world, prev, **fields), giver, receiver)
    assert told(world) == [("time.backwards", (14, 15), BOX)]


@pytest.mark.parametrize("shows", [(0, MONTH, 0, 0), (MONTH, 0, 0, -MONTH)])
def test_in_every_order_of_arrival(shows: tuple[int, ...]) -> None:
    seen = [repr(shape(verdict, BOX)) for verdict in orders(small, lambda world: journey(world, *shows))]
    assert len(seen) > 1 and set(seen) == {seen[0]} and "time.ahead" in seen[0]


# -- what others have seen in the ledger --------------------------------------------------------------------------------------------


def head_of(world: World, size: int | None = None) -> dict[str, Any]:
    """The head of the ledger as it is, or was, under its signature."""
    size = world.tree.size if size is None else size
    head = Checkpoint(world.origin, size, world.tree.root(size))
    return {"root": head.root.hex(), "sig": world.ledger_signing.sign(head.text()).hex(), "size": size}


HOMES = {"pps-1": DESA, "kpps-1": TPS, "ppk-1": PPK, "keeper-1": STORE, "guard-1": "5307"}


def word(world: World, name: str, minute: int, shows: int = 0, seen: dict[str, Any] | None = None, place: str | None = None) -> None:
    """Somebody reports something where he works; no box and no link."""
    body = {
        "about": [], "boxes": [], "code": "other", "due": None, "irregular": [], "note": None, "owner": None, "photos": [],
        "place": place or HOMES[name], "settles": [],
    }  # fmt: skip
    log(world, world.draft("incident", **{**body, **clock(minute, shows), "seen": seen}), name)


def words(*said: tuple[str, int, bool]) -> Callable[[], World]:
    """From entry 13 on, a minute each: who, how much more his clock shows, and whether he has seen all that came before."""

    def build() -> World:
        world = small()
        for minute, (name, shows, sees) in enumerate(said, 13):
            word(world, name, minute, shows, head_of(world) if sees else None)
        return world

    return build


WRONG = ("pps-1", MONTH, True)
ELSEWHERE = ("guard-1", MONTH, True)
LEDGER: dict[str, tuple[Callable[[], World], Told]] = {
    "all right": (words(("pps-1", 0, True), ("kpps-1", 0, True), ("ppk-1", 0, True)), []),
    "seen by two others": (words(WRONG, ("kpps-1", 0, True), ("ppk-1", 0, True)), [("time.ahead", (13, 14), None)]),
    "seen by one: open": (words(WRONG, ("kpps-1", 0, True), ("ppk-1", 0, False)), []),
    "seen by nobody": (words(WRONG, ("kpps-1", 0, False), ("ppk-1", 0, False)), []),
    "seen by one twice": (words(WRONG, ("kpps-1", 0, True), ("kpps-1", 0, True)), []),
    "seen by himself and another": (words(WRONG, ("pps-1", 0, True), ("kpps-1", 0, True)), []),
    "one clock ahead, twice": (
        words(WRONG, WRONG, ("kpps-1", 0, True), ("ppk-1", 0, True)),
        [("time.ahead", (13, 15), None), ("time.ahead", (14, 15), None)],
    ),
    "two clocks ahead, two after them: open": (words(WRONG, ELSEWHERE, ("kpps-1", 0, True), ("ppk-1", 0, True)), []),
    "two clocks ahead, three after them": (
        words(WRONG, ELSEWHERE, ("kpps-1", 0, True), ("ppk-1", 0, True), ("keeper-1", 0, True)),
        [("time.ahead", (13, 15), None), ("time.ahead", (14, 15), None)],
    ),
    "two set back, who contradict all before": (words(("pps-1", 0, True), ("kpps-1", -MONTH, True), ("ppk-1", -MONTH, True)), []),
}


@pytest.mark.parametrize("case", LEDGER)
def test_in_the_ledger(case: str) -> None:
    build, wanted = LEDGER[case]
    assert told(build()) == wanted


def test_a_head_that_nobody_signed_is_no_proof() -> None:
    world = small()
    word(world, *WRONG[:1], 13, MONTH)
    for minute, name in ((14, "kpps-1"), (15, "ppk-1")):
        word(world, name, minute, 0, {**head_of(world), "sig": "00" * 64})
    assert told(world) == []


@pytest.mark.parametrize(("names", "wanted"), [(("kpps-1", "kpps-1"), []), (("kpps-1", "ppk-1"), [13])])
def test_one_person_is_one_voice_wherever_he_says_he_is(names: tuple[str, str], wanted: list[int]) -> None:
    world = small()
    word(world, "pps-1", 13, MONTH)
    for minute, (name, place) in enumerate(zip(names, (TPS, PPK), strict=True), 14):
        word(world, name, minute, 0, head_of(world), place)
    assert [entries[0] for _, entries, _ in told(world)] == wanted


def test_from_a_snapshot() -> None:
    """What was read before is judged with what is new."""
    world = words(WRONG, ("kpps-1", 0, True))()
    world.checkpoint()
    _, start = verify(world, world.policy())
    assert isinstance(start, Snapshot)
    word(world, "ppk-1", 15, 0, head_of(world))
    world.checkpoint()
    verdict, _ = verify(world, world.policy(), start=start)
    assert [(one.code, one.entries) for one in verdict.findings if one.code in CLOCKS] == [("time.ahead", (13, 14))]


def test_a_thousand_entries_back_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.core.clocks.REACH", 3)
    near, far = small(), small()
    word(near, "pps-1", 13, MONTH)
    word(far, "pps-1", 13, MONTH)
    for number in range(4):
        word(near, ("kpps-1", "ppk-1", "keeper-1")[number % 3], 14 + number, 0, head_of(near))
    for number in range(8):
        word(far, ("kpps-1", "ppk-1", "keeper-1")[number % 3], 14 + number, 0, head_of(far) if number > 2 else None)
    assert (told(near), told(far)) == ([("time.ahead", (13, 14), None)], [])


def test_who_contradicts_too_many_is_heard_against_none(monkeypatch: pytest.MonkeyPatch) -> None:
    world = words(WRONG, WRONG, ("kpps-1", 0, True), ("ppk-1", 0, True), ("keeper-1", 0, True))()
    monkeypatch.setattr("custody.core.clocks.MOST", 1)
    assert told(world) == []


@pytest.mark.parametrize("reach", [1, 3, 7])
def test_the_latest_of_those_within_reach(reach: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "REACH", reach)
    for length in range(3 * reach + 2):
        at = array("q", [37 * number % 11 for number in range(length)])
        assert list(clocks._latest(at)) == [max(at[max(0, end - reach) : end]) for end in range(1, length + 1)]
