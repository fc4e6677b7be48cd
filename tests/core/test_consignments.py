"""Consignments (spec chapter 18): manifests, shuttle trips, what came; named histories, each in every order of arrival."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from custody.core.verify import verify
from fixtures.loadhistory import BOAT, DESA, ID, OTHER_DESA, PPK, PRESIDENT, SECOND, TPS, History, in_order, judged, told
from fixtures.smallworld import BOX

THREE = (BOX, PRESIDENT, SECOND)
LEFT = {"consignment": ID}
Found = list[tuple[str, str | None, dict[str, Any]]]
Build = Callable[[History], object]


def missing(*boxes: str) -> Found:
    return [("manifest.missing", box, LEFT) for box in boxes]


def not_come(*boxes: str, trip: int = 1) -> Found:
    return [("receipt.missing", box, {**LEFT, "trip": trip}) for box in boxes]


def unreleased(reason: str, count: int, trip: int = 1) -> Found:
    return [("manifest.unreleased", None, {**LEFT, "count": count, "reason": reason, "trip": trip})]


def planned(build: Callable[[History], object], *boxes: str, **fields: Any) -> Build:
    """Sealed boxes, a manifest of these, and then what `build` adds."""

    def whole(history: History) -> None:
        history.sealed()
        history.manifest(*(boxes or THREE), **fields)
        build(history)

    return whole


def as_planned(history: History) -> None:
    history.load(*THREE)


def in_two_trips(history: History) -> None:
    history.load(BOX, PRESIDENT, rest="later")
    history.load(SECOND, trip=2)


def two_vehicles(history: History) -> None:
    history.load(BOX, vehicle="DH-1", rest="later")
    history.load(PRESIDENT, SECOND, trip=2, vehicle="DH-2")


def two_parts(history: History) -> None:
    history.load(BOX, part=1, parts=2)
    history.load(PRESIDENT, SECOND, part=2, parts=2)


def left_behind(history: History) -> None:
    history.load(BOX, PRESIDENT)


def promised(history: History) -> None:
    history.load(BOX, rest="later")


def for_weather(history: History) -> None:
    history.load(BOX, rest="weather")


def released(history: History) -> None:
    history.load(BOX, rest="weather", names=("kpps-1", "pps-1", "kasatops-1"))


def released_later(history: History) -> None:
    made = history.load(BOX, rest="weather")
    history.again(made, "kasatops-1")


def released_by_a_guard(history: History) -> None:
    history.load(BOX, rest="no-room", names=("kpps-1", "pps-1", "guard-1"))


def a_reason_for_nothing_left(history: History) -> None:
    history.load(*THREE, rest="weather")


def brought_after_the_weather(history: History) -> None:
    history.load(BOX, rest="weather")
    history.load(PRESIDENT, SECOND, trip=2)


def one_taken_back(history: History) -> None:
    offer = history.load(*THREE, names=("kpps-1",), moves=False)
    history.ack(offer, BOX, PRESIDENT)
    history.take_back(offer, SECOND)


def offered_and_not_received(history: History) -> None:
    history.load(*THREE, names=("kpps-1",), moves=False)


def received_in_part(history: History) -> None:
    history.ack(history.load(*THREE, names=("kpps-1",), moves=False), BOX)


def the_rest_came_later(history: History) -> None:
    offer = history.load(*THREE, names=("kpps-1",), moves=False)
    history.ack(offer, BOX, PRESIDENT)
    history.again(offer, "pps-1")


def said_by_the_receiver_alone(history: History) -> None:
    history.load(*THREE, names=("pps-1",), moves=False)


def in_dispute(history: History) -> None:
    for trip, receiver in ((1, "pps-1"), (2, "pps-2")):
        history.load(*THREE, trip=trip, receiver=receiver, moves=False)


def an_orphan(history: History) -> None:
    """The link between the sealing and the load has not arrived."""
    history.hand(SECOND, receiver="kpps-2", start=TPS, end=TPS)
    del history.notes[-1], history.made[-1]
    history.load(*THREE)


def one_handed_on(history: History) -> None:
    """Loaded where the leg begins by both; one is handed on at its end."""
    history.load(*THREE, place=TPS)
    history.hand(BOX, giver="pps-1", receiver="ppk-1", start=DESA, end=PPK, place=DESA)


def one_turned_back(history: History) -> None:
    history.load(*THREE, place=TPS)
    history.hand(BOX, giver="pps-1", receiver="kpps-1", start=TPS, end=TPS)


def crew_changed(history: History) -> None:
    history.load(*THREE, place=TPS)
    history.hand(*THREE, giver="pps-1", receiver="pps-2", start=BOAT, end=DESA, place=BOAT)


def crew_changed_and_one_came(history: History) -> None:
    crew_changed(history)
    history.hand(BOX, giver="pps-2", receiver="pps-1", start=BOAT, end=DESA)


def elsewhere(history: History) -> None:
    history.load(*THREE, end=OTHER_DESA, receiver="pps-2")


def handed_over_elsewhere(history: History) -> None:
    history.load(BOX, place=TPS)
    history.hand(BOX, giver="pps-1", receiver="ppk-1", start=TPS, end=PPK)


def of_things(count: int, **fields: Any) -> Build:
    return lambda history: history.load(*THREE, things=[{"count": count, "thing": "booth"}], **fields)


def half_a_manifest(history: History) -> None:
    history.sealed()
    history.manifest(BOX, part=1, parts=2)
    history.load(*THREE)


def a_stranger_s_manifest(history: History) -> None:
    """Signed by somebody who works elsewhere, and by one who has not signed."""
    history.sealed()
    history.manifest(BOX, officer="pps-2", names=("pps-2",))
    history.manifest(PRESIDENT, names=("guard-1",))
    history.load(SECOND)


def two_officers(history: History) -> None:
    history.sealed()
    history.manifest(*THREE)
    history.manifest(BOX, officer="kasatops-1", names=("kasatops-1",))
    history.load(*THREE)


def another_manifest(history: History) -> None:
    """Somebody of another desa states one under the same id, from his own place and for elsewhere."""
    history.load(*THREE)
    fields = {"from": OTHER_DESA, "to": PPK}
    history.manifest(BOX, officer="pps-2", names=("pps-2",), **fields)


def offered_by_a_stranger(rest: str | None = None, trip: int = 1, **fields: Any) -> Build:
    """Two boxes leave; then somebody who does not hold the third offers it alone."""

    def whole(history: History) -> None:
        history.load(BOX, PRESIDENT, rest=rest)
        history.load(SECOND, trip=trip, giver="kpps-2", receiver="pps-2", start="5307192001-002", names=("kpps-2",), moves=False, **fields)

    return whole


def nothing_in_a_last_trip(count: int) -> Build:
    """Somebody of another place offers things under the same id in a trip of the highest number."""

    def whole(history: History) -> None:
        history.load(BOX, PRESIDENT)
        things = [{"count": count, "thing": "pen"}]
        fields = {"giver": "kpps-2", "receiver": "pps-2", "start": "5307192001-002", "things": things}
        history.load(trip=999, rest="later", names=("kpps-2",), moves=False, **fields)

    return whole


def claimed_by_a_stranger(history: History) -> None:
    history.load(BOX, PRESIDENT)
    history.load(SECOND, trip=2, receiver="pps-2", end=OTHER_DESA, place=OTHER_DESA, names=("pps-2",), moves=False)


BOOTHS = [{"count": 4, "thing": "booth"}]
CASES: dict[str, tuple[Build, Found]] = {
    "as planned": (planned(as_planned), []),
    "in two trips": (planned(in_two_trips), []),
    "two vehicles": (planned(two_vehicles), []),
    "one trip in two parts": (planned(two_parts), []),
    "not begun": (planned(lambda _: None), []),
    "nothing left, says the last trip": (planned(left_behind), missing(SECOND)),
    "the rest is promised": (planned(promised), []),
    "the rest waits for the weather": (planned(for_weather), unreleased("weather", 2)),
    "a supervisor signed it": (planned(released), []),
    "a supervisor signed it later": (planned(released_later), []),
    "a guard signed it": (planned(released_by_a_guard), unreleased("no-room", 2)),
    "a reason, and nothing is left": (planned(a_reason_for_nothing_left), []),
    "unsigned, and brought later": (planned(brought_after_the_weather), unreleased("weather", 2)),
    "an offer taken back": (planned(one_taken_back), missing(SECOND)),
    "on its way": (planned(offered_and_not_received), []),
    "received in part": (planned(received_in_part), not_come(PRESIDENT, SECOND)),
    "the rest came": (planned(the_rest_came_later), []),
    "the receiver alone": (planned(said_by_the_receiver_alone), []),
    "in dispute": (planned(in_dispute), []),
    "an orphan among them": (planned(an_orphan), []),
    "the receiver alone, of two": (planned(lambda history: history.load(BOX, SECOND, names=("pps-1",), moves=False)), missing(PRESIDENT)),
    "one has come, two are on the way": (planned(one_handed_on), not_come(PRESIDENT, SECOND)),
    "one has turned back": (planned(one_turned_back), []),
    "the crew changed": (planned(crew_changed), []),
    "the crew changed, and one has come": (planned(crew_changed_and_one_came), not_come(PRESIDENT, SECOND)),
    "one more than planned": (planned(as_planned, BOX, PRESIDENT), [("manifest.extra", SECOND, LEFT)]),
    "a manifest of two parts, and one is here": (half_a_manifest, []),
    "bound for elsewhere": (
        planned(elsewhere),
        [("manifest.destination", box, {"planned": DESA, "to": OTHER_DESA}) for box in THREE],
    ),
    "handed over elsewhere": (
        planned(handed_over_elsewhere, BOX),
        [("manifest.destination", BOX, {"planned": DESA, "to": PPK})],
    ),
    "things as planned": (planned(of_things(4), things=BOOTHS), []),
    "fewer things": (
        planned(of_things(3), things=BOOTHS),
        [("manifest.things", None, {**LEFT, "loaded": 3, "planned": 4, "thing": "booth"})],
    ),
    "fewer things, the rest is promised": (planned(of_things(3, rest="later"), things=BOOTHS), []),
    "more things": (
        planned(of_things(5, rest="later"), things=BOOTHS),
        [("manifest.things", None, {**LEFT, "loaded": 5, "planned": 4, "thing": "booth"})],
    ),
    "a manifest of strangers": (a_stranger_s_manifest, []),
    "another manifest, of a stranger": (planned(another_manifest), []),
    "left behind, and a stranger offers it": (planned(offered_by_a_stranger()), missing(SECOND)),
    "unreleased, and a stranger offers it": (planned(offered_by_a_stranger("no-room")), unreleased("no-room", 1)),
    "left behind, and a stranger offers nothing": (planned(nothing_in_a_last_trip(0)), missing(SECOND)),
    "left behind, and a stranger offers things": (planned(nothing_in_a_last_trip(4)), missing(SECOND)),
    "left behind, and a stranger claims it": (planned(claimed_by_a_stranger), missing(SECOND)),
    "two officers": (two_officers, [("manifest.extra", box, LEFT) for box in (PRESIDENT, SECOND)]),
    "no manifest": (lambda history: (history.sealed(), in_two_trips(history)), []),
}


@pytest.mark.parametrize("name", CASES)
def test_a_consignment_in_every_order_of_arrival(name: str) -> None:
    build, want = CASES[name]
    history = History()
    build(history)
    for order in permutations(range(len(history.notes))):
        assert told(history, order) == in_order(want), order


def test_a_crew_that_changes_at_a_vehicle_is_no_other_place() -> None:
    history = History()
    history.sealed()
    crew_changed_and_one_came(history)
    world = history.arrive()
    found = {one.code for one in verify(world, world.policy())[0].findings}
    assert found.isdisjoint({"place.from", "leg.unplanned"})


@pytest.mark.parametrize(("first", "start", "found"), [(TPS, BOAT, False), (DESA, BOAT, True), (DESA, PPK, True)])
def test_only_a_box_under_way_leaves_from_a_vehicle(first: str, start: str, found: bool) -> None:
    history = History()
    history.sealed()
    history.hand(BOX, place=first)
    history.hand(BOX, giver="pps-1", receiver="ppk-1", start=start, end=PPK, place=start)
    world = history.arrive()
    assert ("place.from" in {one.code for one in verify(world, world.policy())[0].findings}) == found


def test_a_receipt_in_part_names_the_acks_of_its_receiver() -> None:
    history = History()
    history.sealed()
    offer = history.load(*THREE, names=("kpps-1",), moves=False)
    history.ack(offer, BOX)
    history.ack(offer, PRESIDENT, by="pps-2")
    assert {one.entries for one in judged(history) if one.code == "receipt.missing"} == {(history.base + 1, history.base + 2)}


def test_reasons_that_were_stated_stand_beside_the_finding() -> None:
    history = History()
    history.sealed()
    history.manifest(*THREE)
    history.load(BOX, rest="weather", irregular=[{"finding": "manifest.unreleased", "reason": "order"}])
    assert [(one.code, one.stated) for one in judged(history)] == [("manifest.unreleased", "order")]
