"""Rooms and boxes that are looked at (spec chapter 17): what is found of each history, in whatever order its notes arrive."""

from collections.abc import Callable
from itertools import permutations
from random import Random
from typing import Any

import pytest

from custody.core.findings import open_breaches
from custody.core.moment import from_seconds
from fixtures.loadhistory import DESA, HOUR, OTHER_DESA, PPK, PRESIDENT, SECOND, STORE, Told, in_order
from fixtures.roomhistory import LABEL, THREE, TORN, Rooms, judged, state_of, told
from fixtures.smallworld import BOX, EPOCH

Build = Callable[[Rooms], object]
SKEW = 300


def facts(code: str, box: str | None = None, **of: Any) -> Told:
    return code, box, dict(sorted(of.items()))


def differs(counted: int, expected: str, place: str = PPK) -> Told:
    return facts("count.differs", counted=counted, expected=expected, place=place)


def missing(until: int | None = None, box: str = BOX) -> Told:
    return facts("box.missing", box, place=PPK, until="-" if until is None else from_seconds(EPOCH + until))


def unexpected(place: str, expected: str = PPK, box: str = BOX) -> Told:
    return facts("box.unexpected", box, place=place, expected=expected, until="-")


def nobody(history: Rooms, number: int = -1, key: str = "guard-2") -> Told:
    return facts("statement.unsigned", key=key, sid=history.made[number])


def guarded(history: Rooms, *rest: Build) -> None:
    """guard-1 takes the empty room before the boxes come; then the rest."""
    history.shift(HOUR, counted=0)
    history.lie()
    for step in rest:
        step(history)


def night(*rest: Build) -> Build:
    return lambda history: guarded(history, *rest)


def shift(at: float, counted: int = 3, **fields: Any) -> Build:
    """guard-2 relieves guard-1."""
    return lambda history: history.shift(int(at * HOUR), counted, **{"outgoing": "guard-1", "incoming": "guard-2", **fields})


def look(at: float, *seen: str, **fields: Any) -> Build:
    return lambda history: history.look(int(at * HOUR), *seen, **fields)


def visit(at: float, *persons: str | None, **fields: Any) -> Build:
    return lambda history: history.visit(int(at * HOUR), *persons, **fields)


def leave(*boxes: str, at: float, **fields: Any) -> Build:
    return lambda history: history.leave(*boxes, at=int(at * HOUR), **fields)


def offered(*boxes: str, at: float) -> Build:
    return leave(*boxes, at=at, names=("ppk-1",), moves=False)


def taken(*boxes: str, at: float, by: float) -> Build:
    """Offered at an hour, and acknowledged by its receiver at a later one."""

    def whole(history: Rooms) -> None:
        offer = history.leave(*boxes, at=int(at * HOUR), names=("ppk-1",), moves=False)
        history.clock(int(by * HOUR))
        history.ack(offer, *boxes, by="keeper-1", where=STORE)

    return whole


def gone(*boxes: str, at: float, **fields: Any) -> Build:
    def whole(history: Rooms) -> None:
        history.clock(int(at * HOUR))
        history.incident(*boxes, place=PPK, code="stolen", **fields)

    return whole


def gone_and_settled(history: Rooms) -> None:
    gone(BOX, at=6)(history)
    history.incident(place=PPK, code="found", settles=[history.made[-1]])


def unguarded(history: Rooms) -> None:
    history.lie()
    history.shift(5 * HOUR)


def read(*places: tuple[str, float], arrives: bool = False) -> Build:
    """BOX is read as it is sealed at its TPS and comes to the kecamatan, and again at these places and hours."""

    def whole(history: Rooms) -> None:
        by = history.label()
        history.lie()
        made = [history.leave(BOX, at=4 * HOUR, place=STORE)] if arrives else []
        assert len(made) == int(arrives)
        for place, at in places:
            history.look(int(at * HOUR), BOX, by=by, place=place)

    return whole


def read_at_the_kecamatan(history: Rooms) -> None:
    by = history.label()
    history.lie()
    history.look(3 * HOUR, BOX, by=by)
    history.look(4 * HOUR, BOX, by=by, place=STORE)


def told_twice(history: Rooms) -> None:
    """A visit, and the same when they have left; the leave is told then."""
    guarded(history)
    for left, leave in ((None, None), (4 * HOUR, "ppk-1")):
        history.visit(3 * HOUR, "ppk-1", "keeper-1", left=left, leave=leave)
    history.look(5 * HOUR, door="open")


def revoked(*rest: Build) -> Build:
    """guard-2 has no key any more, when the notes arrive."""

    def whole(history: Rooms) -> None:
        history.world.put(history.world.draft("revoke", key="guard-2", reason="lost", since=None), "kpu-1", "polri-1")
        history.base = len(history.world.entries)
        guarded(history, *rest)

    return whole


def sealed_door(at: float, seal: str | None, counted: int = 3) -> Build:
    """A shift between the same two, who read this number on the door."""
    return shift(at, counted, outgoing="guard-1", incoming="guard-1", names=("guard-1",), door_seal=seal)


def doors(*seals: str | None, step: float = 5) -> Build:
    return night(*(sealed_door(3 + step * number, seal) for number, seal in enumerate(seals)))


def resealed(last: str, found: str) -> Told:
    return facts("room.seal", place=PPK, last=last, found=found)


def arrived(history: Rooms) -> None:
    """BOX is sent off before the door is sealed, and changes hands at the warehouse before its seal is another."""
    history.enrol("keeper-2", "keeper", [STORE])
    guarded(history, leave(BOX, at=3), sealed_door(4, "Q12", 2))
    history.clock(5 * HOUR)
    history.hand(BOX, giver="keeper-1", receiver="keeper-2", start=STORE, end=STORE)
    sealed_door(8, "Q13", 2)(history)


def handed(at: float, things: list[dict[str, Any]]) -> Build:
    """A shift between the same two, with this equipment."""
    return shift(at, outgoing="guard-1", incoming="guard-1", names=("guard-1",), equipment=things)


def kit(**things: int) -> list[dict[str, Any]]:
    return [{"count": count, "thing": thing} for thing, count in sorted(things.items())]


def late(history: Rooms) -> Told:
    return facts("statement.late", key="guard-2", sid=history.made[-1])


def two_keys(history: Rooms) -> None:
    history.enrol("ppk-9", "ppk", [PPK], "ppk-1")
    history.visit(HOUR, "ppk-1", "ppk-9")


# What is found, or who tells it once the history is made.
CASES: dict[str, tuple[Build, list[Told] | Callable[[Rooms], list[Told]]]] = {
    "a clean room": (
        night(look(3, *THREE), look(4, counted=3, door="locked", lock="intact"), visit(5), shift(8), leave(*THREE, at=9),
              shift(10, 0, outgoing="guard-2", incoming="guard-1")), [],
    ),
    "one too few": (night(shift(8, 2)), [differs(2, "3")]),
    "one too many": (night(look(8, counted=4)), [differs(4, "3")]),
    "counted while it leaves": (night(leave(BOX, at=8), shift(8.05, 3), shift(8.07, 2, outgoing="guard-2", incoming="guard-1")), []),
    "counted wrong while it leaves": (night(leave(BOX, at=8), shift(8.05, 4)), [differs(4, "2-3")]),
    "counted with an offer open": (night(offered(BOX, at=7), shift(8, 2)), [differs(2, "3")]),
    "counted whole with an offer open": (night(offered(BOX, at=7), shift(8, 3)), []),
    "counted after an offer that is taken later": (night(taken(BOX, at=7, by=9), shift(8, 2)), []),
    "counted before an offer that is taken later": (night(taken(BOX, at=7, by=9), shift(6, 2)), [differs(2, "3")]),
    "counted where an offer sends it": (night(offered(BOX, at=7), look(8, counted=1, place=STORE, officer="guard-3")),
                                        [differs(1, "0", STORE)]),
    "counted wrong with an offer open": (night(offered(BOX, at=7), shift(8, 1)), [differs(1, "3")]),
    "a box on its way is in no room": (night(leave(BOX, at=7), shift(8, 2), look(8, counted=0, place=STORE, officer="guard-3")), []),
    "counted at the warehouse": (
        night(leave(BOX, at=7, place=STORE), shift(8, 2), look(8, counted=1, place=STORE, officer="guard-3")), [],
    ),
    "one is known to be stolen": (night(gone(BOX, at=6), shift(8, 2)), []),
    "one is stolen, says a stranger": (night(gone(BOX, at=6, names=("pps-2",)), shift(8, 2)), [differs(2, "3")]),
    "one was stolen, and that is settled": (night(gone_and_settled, shift(8, 2)), [differs(2, "3")]),
    "one is stolen, says a settlement": (night(gone(BOX, at=6, settles=["ab" * 32]), shift(8, 2)), [differs(2, "3")]),
    "one is stolen after the count": (night(shift(8, 2), gone(BOX, at=9)), [differs(2, "3")]),
    "a count that only another signed": (night(look(8, counted=0, names=("guard-2",))), lambda made: [nobody(made)]),
    "a count whose signature came too late": (revoked(look(8, counted=0, officer="guard-2")), lambda made: [late(made)]),
    "seen by one whose signature came too late": (
        revoked(look(8, BOX, place=STORE, officer="guard-2")), lambda made: [late(made)],
    ),
    "a shift whose new leader signed too late": (
        revoked(shift(8, 0)), [facts("shift.unsigned", place=PPK, slot="incoming", key="guard-2")],
    ),
    "a count from another place of duty": (
        night(look(8, counted=0, officer="guard-3")),
        [facts("role.place", slot="officer", key="guard-3", place=PPK)],
    ),
    "nobody hands over": (night(shift(8, outgoing=None)), [facts("shift.unrelieved", place=PPK, last="guard-1")]),
    "another hands over": (
        night(shift(8, outgoing="leader-1", names=("leader-1", "guard-2"))),
        [facts("shift.gap", place=PPK, outgoing="leader-1", last="guard-1"),
         facts("role.place", slot="outgoing", key="leader-1", place=PPK)],
    ),
    "the last team has not signed": (
        night(shift(8, names=("guard-2",))), [facts("shift.unsigned", place=PPK, slot="outgoing", key="guard-1")],
    ),
    "the new team has not signed": (
        night(shift(8, 0, names=("guard-1",)), shift(9, outgoing="guard-1", incoming="guard-2")),
        [facts("shift.unsigned", place=PPK, slot="incoming", key="guard-2")],
    ),
    "a shift that neither signed": (night(shift(8, 0, names=("ppk-1",))), lambda made: [nobody(made, key="ppk-1")]),
    "two shifts at once": (night(shift(8), shift(8.05, outgoing=None, incoming="guard-2")),
                           [facts("shift.unrelieved", place=PPK, last="guard-1")]),
    "boxes before the first team": (unguarded, [facts("room.unguarded", place=PPK, boxes=3, minutes=180)]),
    "a broken door": (night(shift(8, door="damaged")), [facts("room.door", place=PPK, state="damaged")]),
    "an open door": (night(look(8, door="open")), [facts("room.door", place=PPK, state="open")]),
    "an open door while somebody is inside": (night(visit(7, left=9 * HOUR), look(8, door="open")), []),
    "an open door after they left": (
        night(visit(7, left=int(7.5 * HOUR)), look(8, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "an open door at the shift after a visit that nobody ended": (
        night(visit(7, names=("guard-1", "ppk-1")), shift(8, door="open")), [],
    ),
    "an open door after a visit that nobody ended, by a leave that nobody signed": (
        night(visit(7), shift(8, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "an open door as a visit begins, by a leave that nobody signed": (night(visit(7), look(7.05, door="open")), []),
    "an open door while somebody is inside, by a leave that somebody else signed": (
        night(visit(7, names=("guard-1", "guard-2")), look(8, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "an open door while somebody is said to stay on": (
        night(visit(7, left=9 * HOUR, told=7 * HOUR), look(8, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "an open door while somebody is said to stay on, by a leave that was signed": (
        night(visit(7, left=9 * HOUR, told=7 * HOUR, names=("guard-1", "ppk-1")), look(8, door="open")), [],
    ),
    "an open door, and he gave leave to himself": (
        night(visit(7, leave="guard-1"), look(8, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "another door seal": (doors("Q12", "Q13"), [resealed("Q12", "Q13")]),
    "the same door seal": (doors("Q12", "Q12"), []),
    "another door seal, told once": (doors("Q12", "Q13", "Q13"), [resealed("Q12", "Q13")]),
    "another door seal, and nobody read it between": (doors("Q12", None, "Q13"), [resealed("Q12", "Q13")]),
    "a door seal read for the first time": (doors(None, "Q13"), []),
    "another door seal after a visit": (night(sealed_door(3, "Q12"), visit(4, left=5 * HOUR), sealed_door(8, "Q13")), []),
    "another door seal after a visit that began before the last shift": (
        night(visit(3, left=5 * HOUR), sealed_door(4, "Q12"), sealed_door(8, "Q13")), [],
    ),
    "another door seal after a visit before": (
        night(visit(3, left=int(3.5 * HOUR)), sealed_door(4, "Q12"), sealed_door(8, "Q13")), [resealed("Q12", "Q13")],
    ),
    "another door seal after a visit without leave": (
        night(sealed_door(3, "Q12"), visit(4, leave=None), sealed_door(8, "Q13")),
        [resealed("Q12", "Q13"), facts("visit.no-leave", place=PPK, why="inspect")],
    ),
    "another door seal after a box went out": (
        night(sealed_door(3, "Q12"), leave(BOX, at=4), sealed_door(8, "Q13", 2)), [],
    ),
    "another door seal after a box went out, told where it came": (
        night(sealed_door(3, "Q12"), leave(BOX, at=4, place=STORE), sealed_door(8, "Q13", 2)), [],
    ),
    "another door seal after a box that had gone out moved on": (arrived, [resealed("Q12", "Q13")]),
    "two door seals at once, and then one of them": (doors("Q12", "Q13", "Q12", step=0.05), [resealed("Q12", "Q13")]),
    "a door seal, another at once, and the first again": (
        night(sealed_door(3, "Q12"), sealed_door(8, "Q13"), sealed_door(8.05, "Q12")), [resealed("Q12", "Q13")],
    ),
    "less equipment": (
        night(handed(3, kit(torch=2, radio=1)), handed(8, kit(torch=1))),
        [facts("room.equipment", place=PPK, thing="radio", last=1, found=0),
         facts("room.equipment", place=PPK, thing="torch", last=2, found=1)],
    ),
    "more equipment": (night(handed(3, kit(torch=2)), handed(8, kit(radio=1, torch=3))), []),
    "equipment that nobody told": (night(handed(3, kit(torch=2)), handed(8, []), handed(9, kit(torch=2))), []),
    "less equipment, told at once": (
        night(handed(3, kit(torch=2)), handed(8, kit(torch=1)), handed(8.05, kit(torch=1))),
        [facts("room.equipment", place=PPK, thing="torch", last=2, found=1)],
    ),
    "an open door after the shift after a visit that nobody ended": (
        night(visit(7), shift(8), look(9, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "an open door while visitors stay on": (
        night(visit(7, left=100 * 365 * 24 * HOUR), shift(8), look(9, door="open")), [facts("room.door", place=PPK, state="open")],
    ),
    "an open door while nobody has leave": (
        night(visit(7, leave=None, left=9 * HOUR), look(8, door="open")),
        [facts("room.door", place=PPK, state="open"), facts("visit.no-leave", place=PPK, why="inspect")],
    ),
    "a visit told again by who is no colleague": (
        night(visit(7, leave=None, left=int(7.1 * HOUR)), visit(7, left=9 * HOUR, leave="kpps-2", officer="ppk-1", names=("ppk-1",)),
              look(8, door="open")),
        [facts("room.door", place=PPK, state="open"), *[facts("visit.no-leave", place=PPK, why="inspect")] * 2],
    ),
    "a visit told again by a colleague": (
        night(visit(7, leave=None), visit(7, left=9 * HOUR, officer="guard-2", names=("guard-2",)), look(8, door="open")), [],
    ),
    "the leave of one from elsewhere": (
        night(visit(8, leave="kpps-2")), [facts("visit.no-leave", place=PPK, why="inspect")],
    ),
    "a visit told twice": (told_twice, [facts("room.door", place=PPK, state="open")]),
    "a broken lock": (night(look(8, lock="broken")), [facts("room.lock", place=PPK, state="broken")]),
    "another lock": (night(shift(8, lock="changed")), [facts("room.lock", place=PPK, state="changed")]),
    "a leaking roof": (night(look(8, defects=["leak", "no-light"])), [facts("room.defect", place=PPK, defects="leak no-light")]),
    "one person alone": (night(visit(8, "ppk-1")), [facts("visit.alone", place=PPK, why="inspect")]),
    "one person with two keys": (two_keys, [facts("visit.alone", place=PPK, why="inspect")]),
    "two that nobody knows": (night(visit(8, None, None)), []),
    "without leave": (night(visit(8, leave=None)), [facts("visit.no-leave", place=PPK, why="inspect")]),
    "with the leave of nobody": (night(visit(8, leave="nobody-1")), [facts("visit.no-leave", place=PPK, why="inspect")]),
    "a visit that an outsider tells": (night(visit(8, "ppk-1", names=("guard-2",))), lambda made: [nobody(made)]),
    "missed": (night(look(8, missing=[BOX])), [missing()]),
    "missed, and a count that agrees": (night(look(7, missing=[BOX]), shift(8, 2)), [missing()]),
    "missed, and counted so": (night(look(7, missing=[BOX], counted=2), shift(8, 2)), [missing(), differs(2, "3")]),
    "missed, and seen again": (night(look(7, missing=[BOX]), look(8, BOX)), [missing(8 * HOUR)]),
    "missed, and moved later": (night(look(7, missing=[BOX]), leave(BOX, at=9)), [missing(9 * HOUR)]),
    "missed and seen at once": (night(look(7, missing=[BOX]), look(7.05, BOX)), [missing(7 * HOUR + 180)]),
    "seen and missed at once": (night(look(7, BOX), look(7.05, missing=[BOX])), [missing(7 * HOUR + 180)]),
    "missed after it left": (night(leave(BOX, at=6), look(7, missing=[BOX])), []),
    "missed as it leaves": (night(leave(BOX, at=7), look(7.05, missing=[BOX])), []),
    "missed by an outsider": (
        night(look(8, missing=[BOX], officer="guard-2", names=("guard-1",))), lambda made: [nobody(made, key="guard-1")],
    ),
    "seen elsewhere": (night(look(8, BOX, place=STORE)), [unexpected(STORE)]),
    "called extra elsewhere": (night(look(8, extra=[BOX], place=OTHER_DESA)), [unexpected(OTHER_DESA)]),
    "called extra where it is": (night(look(8, extra=[BOX])), []),
    "seen on its way": (night(leave(BOX, at=7), look(8, BOX, place=STORE), look(9, BOX)), []),
    "seen off its way": (night(leave(BOX, at=7), look(8, BOX, place=DESA)), [unexpected(DESA, STORE)]),
    "seen elsewhere as it is brought": (night(leave(BOX, at=7, place=STORE), look(7.05, BOX)), []),
    "seen elsewhere with an offer open": (night(offered(BOX, at=7), look(8, BOX, place=OTHER_DESA)), [unexpected(OTHER_DESA)]),
    "seen where an offer sends it": (
        night(offered(BOX, at=7), look(8, BOX, place=STORE, officer="guard-3")), [unexpected(STORE)],
    ),
    "seen where it is sent, before it is taken": (
        night(taken(BOX, at=7, by=9), look(8, BOX, place=STORE, officer="guard-3")), [],
    ),
    "seen elsewhere before the offer": (night(look(6, BOX, place=OTHER_DESA), offered(BOX, at=7)), [unexpected(OTHER_DESA)]),
    "missed with an offer open": (night(offered(BOX, at=7), look(8, missing=[BOX])), [missing()]),
    "missed after an offer that is taken later": (night(taken(BOX, at=7, by=9), look(8, missing=[BOX])), []),
    "seen before it was sealed": (night(look(-1, BOX, place=STORE)), []),
    "seen by an outsider": (night(look(8, BOX, place=STORE, officer="guard-2", names=("guard-1",))),
                            lambda made: [nobody(made, key="guard-1")]),
    "seen from another place of duty": (
        night(look(8, BOX, officer="guard-3")), [facts("role.place", slot="officer", key="guard-3", place=PPK)],
    ),
    "a torn seal": (night(look(8, BOX, seals=TORN)), [facts("seal.changed", BOX, point="lid", was="intact", found="torn")]),
    "a torn seal that is handed on": (
        night(look(8, BOX, seals=TORN), leave(BOX, at=9, seals=TORN)),
        [facts("seal.changed", BOX, point="lid", was="intact", found="torn")],
    ),
    "a torn seal that is whole again": (
        night(look(8, BOX, seals=TORN), leave(BOX, at=9)),
        [facts("seal.changed", BOX, point="lid", was="intact", found="torn"),
         facts("seal.changed", BOX, point="lid", was="torn", found="intact")],
    ),
    "a torn seal seen twice": (
        night(look(8, BOX, seals=TORN), look(9, BOX, seals=TORN)),
        [facts("seal.changed", BOX, point="lid", was="intact", found="torn")],
    ),
    "a torn seal of an outsider": (night(look(8, BOX, seals=TORN, officer="guard-2", names=("guard-1",))),
                                   lambda made: [nobody(made, key="guard-1")]),
    "read where it is": (read((PPK, 3)), []),
    "read elsewhere, but never before": (read((STORE, 3)), [unexpected(STORE)]),
    "read here and there": (read_at_the_kecamatan, [unexpected(STORE), facts("label.cloned", BOX, place=STORE, other=PPK, until="-")]),
    "read there and here": (read((STORE, 3), (PPK, 4)), [unexpected(STORE), facts("label.cloned", BOX, place=PPK, other=STORE, until="-")]),
    "read there after it arrived": (read((PPK, 3), (STORE, 5), arrives=True), []),
    "read by a label of nobody": (night(look(8, BOX, by={"how": "scanned", "label": LABEL})), [facts("label.unknown", BOX)]),
}  # fmt: skip


def orders(count: int) -> list[list[int]]:
    """Every order of few notes; of many the straight, the reversed and ten drawn."""
    if count <= 4:
        return [list(one) for one in permutations(range(count))]
    drawn = [Random(seed).sample(range(count), count) for seed in range(10)]
    return [list(range(count)), list(range(count))[::-1], *drawn]


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_in_every_order(name: str) -> None:
    build, want = CASES[name]
    history = Rooms()
    build(history)
    wanted = in_order(want(history) if callable(want) else want)
    for order in orders(len(history.notes)):
        assert told(history, order) == wanted, order


def test_a_box_that_was_missed_stands_until_it_is_seen() -> None:
    for name, stands in (("missed", {"box.missing"}), ("missed, and seen again", set())):
        history = Rooms()
        CASES[name][0](history)
        assert {one.code for one in open_breaches(judged(history))} == stands, name


def late_by(kind: str) -> Build:
    def build(history: Rooms) -> None:
        due = from_seconds(EPOCH + HOUR)
        history.clock(2 * HOUR)
        if kind == "visit":
            history.visit(2 * HOUR, left=HOUR)
        elif kind == "manifest":
            history.manifest(BOX, due=due)
        else:
            history.incident(BOX, place=PPK, due=due)

    return build


@pytest.mark.parametrize(("kind", "end"), [("visit", "left"), ("manifest", "due"), ("incident", "due")])
def test_an_end_before_the_beginning(kind: str, end: str) -> None:
    """TIME-6; of openings and handoffs in test_law."""
    history = Rooms()
    late_by(kind)(history)
    told = [(one.entries, dict(one.facts)) for one in state_of(history.arrive().entries).told if one.code == "time.reversed"]
    hours = {"happened": from_seconds(EPOCH + 2 * HOUR), "until": from_seconds(EPOCH + HOUR)}
    assert told == [((history.base,), {"end": end, **hours})]


def test_reasons_that_the_signers_state() -> None:
    history = Rooms()
    history.shift(HOUR, 7, irregular=[{"finding": "count.differs", "reason": "dark"}])
    history.visit(HOUR, "ppk-1", irregular=[{"finding": "visit.alone", "reason": "order"}])
    assert {(one.code, one.stated) for one in judged(history)} == {("count.differs", "dark"), ("visit.alone", "order")}


def test_entries_that_findings_name() -> None:
    history = Rooms()
    guarded(history, look(8, missing=[BOX]), look(9, PRESIDENT, place=STORE), shift(10, 2), shift(12, 1, outgoing=None))
    base = history.base
    assert {one.code: tuple(entry - base for entry in one.entries) for one in judged(history)} == {
        "box.missing": (3, 4),
        "box.unexpected": (3, 5),
        "shift.unrelieved": (6, 7),
    }, SECOND
