"""Legs (spec chapters 9 PLACE, 10 LAW-8, LAW-11 to LAW-14): each finding where it is given, and its regular sister where it is not."""

from collections.abc import Callable, Sequence

import pytest

from custody.core.findings import Finding
from custody.core.verify import verify
from fixtures.smallhistory import DESA, OTHER_DESA, PPK, STORE, TPS, handing, log, small
from fixtures.smallworld import BOX, leg
from fixtures.ways import BARN, BOAT, COURT, FAR_DESA, LEAST, OTHER_PPK, Way, direct, escorted, home, outward, to_court, under_way

Facts = dict[str, str | int]


def found(way: Way) -> list[Finding]:
    way.world.checkpoint()
    verdict, _ = verify(way.world, way.world.policy())
    assert verdict.faults == ()
    return list(verdict.findings)


CASES: dict[str, tuple[Callable[[], Way], list[tuple[str, tuple[int, ...], Facts]]]] = {
    "one level after the other": (home, []),
    "past the desa": (
        lambda: direct(PPK, "ppk-1"), [("leg.skipped", (18,), {"start": TPS, "end": PPK, "level": "desa"})]
    ),
    "past the desa, whose PPS has signed": (
        lambda: direct(PPK, "ppk-1", "pps-1", through="pps-1"), [("leg.through", (18,), {"key": "pps-1"})]
    ),
    "past the desa, whose PPS is named and has not signed": (
        lambda: direct(PPK, "ppk-1", through="pps-1"),
        [("leg.skipped", (18,), {"start": TPS, "end": PPK, "level": "desa"}), ("through.unsigned", (18,), {"through": "pps-1"})],
    ),
    "past the desa, as planned": (lambda: direct(PPK, "ppk-1", legs=(leg("tps", "kecamatan", least=1),)), []),
    "into the hall of the kecamatan": (
        lambda: direct(BARN, "ppk-1"), [("leg.skipped", (18,), {"start": TPS, "end": BARN, "level": "desa"})]
    ),
    "past the kecamatan": (
        lambda: Way().go("kpps-1", "pps-1", TPS, DESA).go("pps-1", "keeper-1", DESA, STORE),
        [("leg.skipped", (19,), {"start": DESA, "end": STORE, "level": "kecamatan"})],
    ),
    "past both, and the PPS has signed": (
        lambda: direct(STORE, "keeper-1", "pps-1", through="pps-1"),
        [("leg.skipped", (18,), {"start": TPS, "end": STORE, "level": "kecamatan"}), ("leg.through", (18,), {"key": "pps-1"})],
    ),
    "past both": (
        lambda: direct(STORE, "keeper-1"), [("leg.skipped", (18,), {"start": TPS, "end": STORE, "level": "desa kecamatan"})]
    ),
    "between two kinds that nobody planned": (
        lambda: home().go("ppk-1", "ppk-2", PPK, BARN), [("leg.unplanned", (20,), {"start": PPK, "end": BARN})]
    ),
    "down again": (
        lambda: home(leg("kecamatan", "desa", least=1)).go("ppk-1", "pps-1", PPK, DESA),
        [("leg.reversed", (19, 20), {"start": PPK, "end": DESA})],
    ),
    "down again by no plan": (
        lambda: home().go("ppk-1", "pps-1", PPK, DESA), [("leg.reversed", (19, 20), {"start": PPK, "end": DESA})]
    ),
    "down before the vote": (outward, []),
    "from the warehouse to a court and back": (lambda: to_court(COURT), []),
    "from the warehouse to the kecamatan": (
        lambda: to_court(PPK), [("leg.reversed", (20, 21), {"start": STORE, "end": PPK})]
    ),
    "into the other kecamatan": (
        lambda: home().go("ppk-1", "ppk-2", PPK, OTHER_PPK),
        [("place.other-kecamatan", (20,), {"to": OTHER_PPK, "kecamatan": OTHER_PPK, "home": PPK})],
    ),
    "into a desa of the other kecamatan": (
        lambda: direct(FAR_DESA, "pps-1"),
        [("place.other-kecamatan", (18,), {"to": FAR_DESA, "kecamatan": OTHER_PPK, "home": PPK})],
    ),
    "into another desa of its kecamatan": (lambda: direct(OTHER_DESA, "pps-2"), [("place.wrong", (18,), {"to": OTHER_DESA})]),
    "in the least time less the skew": (lambda: home(LEAST, minutes=15), []),
    "sooner than that": (
        lambda: Way(LEAST).go("kpps-1", "pps-1", TPS, DESA, minutes=15, late=-1),
        [("leg.too-fast", (17, 18), {"start": TPS, "end": DESA, "minutes": 14, "least": 20})],
    ),
    "two legs between two records, sooner than both": (
        lambda: Way(LEAST, leg("desa", "kecamatan", least=20))
        .go("kpps-1", "pps-1", TPS, DESA, place=TPS)
        .go("pps-1", "ppk-1", DESA, PPK, minutes=34),
        [("leg.too-fast", (18, 19), {"start": TPS, "end": PPK, "minutes": 34, "least": 40})],
    ),
    "two legs between two records, in their time": (
        lambda: Way(LEAST, leg("desa", "kecamatan", least=20))
        .go("kpps-1", "pps-1", TPS, DESA, place=TPS)
        .go("pps-1", "ppk-1", DESA, PPK, minutes=35),
        [],
    ),
    "taken over at the beginning of the leg": (lambda: Way(LEAST).go("kpps-1", "pps-1", TPS, DESA, place=TPS), []),
    "given on at its end, sooner than the least time": (
        lambda: Way(LEAST).go("kpps-1", "pps-1", TPS, DESA, place=TPS).go("pps-1", "pps-3", DESA, PPK, place=DESA, minutes=14),
        [("leg.too-fast", (18, 19), {"start": TPS, "end": DESA, "minutes": 14, "least": 20})],
    ),
    "given on at its end, in its time": (
        lambda: Way(LEAST).go("kpps-1", "pps-1", TPS, DESA, place=TPS).go("pps-1", "pps-3", DESA, PPK, place=DESA, minutes=15), []
    ),
    "given on from a boat of the kecamatan": (
        lambda: Way().go("kpps-1", "pps-1", TPS, DESA, place=TPS).go("pps-1", "pps-3", BOAT, DESA, place=BOAT), []
    ),
    "a leg that states no least time": (
        lambda: home(leg("tps", "desa")), [("leg.speed-unjudged", (13,), {"count": 1})]
    ),
    "within the planned limit and the skew": (lambda: under_way(65), []),
    "later than that": (lambda: under_way(65, 1), [("leg.overdue", (18, 19), {"minutes": 5})]),
    "later than planned, in time by the handoff": (lambda: under_way(65, 1, due="2024-11-27T23:00:00Z"), []),
    "escorts enough": (lambda: escorted(3), []),
    "escorts by their keys": (lambda: escorted(0, keys=3), []),
    "too few escorts": (lambda: escorted(2, keys=1), [("escort.few", (20,), {"start": PPK, "end": STORE, "count": 2, "least": 3})]),
    "no escort": (lambda: escorted(0, present=False), [("escort.missing", (20,), {"start": PPK, "end": STORE})]),
}  # fmt: skip
ABOUT = ("leg.", "place.", "escort.", "through.")


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_of_a_way(name: str) -> None:
    build, expected = CASES[name]
    told = [(one.code, one.entries, dict(one.facts)) for one in found(build()) if one.code.startswith(ABOUT)]
    assert told == expected


def test_a_finding_of_a_leg_names_its_box() -> None:
    """Those that are told of the statement are told once, whatever it moves."""
    boxes = {one.code: one.box for build, _ in CASES.values() for one in found(build()) if one.code.startswith(ABOUT)}
    without = {"leg.through", "leg.speed-unjudged", "escort.few", "escort.missing", "through.unsigned"}
    assert {code for code, box in boxes.items() if box is None} == without
    assert {box for code, box in boxes.items() if code not in without} == {BOX}


def test_a_pps_may_sign_later_that_the_box_passed() -> None:
    """His signature arrives as the same text with one line more: whichever comes first, no level was left out."""
    told = []
    for late in (False, True):
        way = Way()
        made = handing(way.world, way.last, giver="kpps-1", receiver="ppk-1", start=TPS, end=PPK, through="pps-1")
        for names in (["kpps-1", "ppk-1"], ["pps-1"])[:: -1 if late else 1]:
            log(way.world, made, *names)
        told.append(sorted({one.code for one in found(way) if one.code.startswith(ABOUT)}))
    assert told == [["leg.through"], ["leg.through"]]


def shape(way: Way, order: Sequence[int]) -> list[tuple[str, str | None, Facts, int]]:
    """What is found when the links arrive in this order, with how many entries each rests on."""
    start = next(index for index, data in enumerate(way.world.entries) if data.startswith(b"custody/seal"))
    head, links = way.world.entries[:start], way.world.entries[start:]
    world = small()
    world.entries, world.heads, world.tree = [], [], type(world.tree)()
    for data in [*head, *(links[number] for number in order if number < len(links))]:
        world.log(data, head=False)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    told = [(one.code, one.box, dict(one.facts), len(one.entries)) for one in verdict.findings if one.code.startswith(ABOUT)]
    return sorted(told, key=repr)


@pytest.mark.parametrize("name", CASES)
def test_the_links_may_arrive_in_any_order(name: str) -> None:
    build, _ = CASES[name]
    straight = shape(build(), range(8))
    assert shape(build(), range(7, -1, -1)) == straight
    assert shape(build(), [2, 0, 5, 4, 1, 3, 7, 6]) == straight
