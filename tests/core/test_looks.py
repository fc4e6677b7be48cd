"""Looks at boxes that are nobody's concern, or that would excuse each other (spec chapter 17, ROOM-3, ROOM-4, ROOM-13 to ROOM-16)."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from custody.core.entry import parse
from custody.core.moment import from_seconds
from fixtures.loadhistory import DESA, HOUR, OTHER_DESA, PPK, STORE, Told, in_order
from fixtures.roomhistory import LABEL, TORN, Rooms, judged, state_of, told
from fixtures.smallworld import BOX, EPOCH, SEALS

Build = Callable[[Rooms], object]
YEAR = 365 * 24 * HOUR
NEW = "3c" * 32  # the code of a newer copy
HOME, OTHER_TPS = "5307192001-001", "5307192001-002"


def torn(was: str = "intact", found: str = "torn") -> Told:
    return "seal.changed", BOX, {"found": found, "point": "lid", "was": was}


def unexpected(place: str = OTHER_DESA, until: str = "-") -> Told:
    return "box.unexpected", BOX, {"expected": PPK, "place": place, "until": until}


def missing(until: str = "-", place: str = PPK) -> Told:
    return "box.missing", BOX, {"place": place, "until": until}


def looks(*told: tuple[float, Any], rest: Build = lambda history: None, **fields: Any) -> Build:
    """Looks at the box in its room, each at an hour and with these seals (None: whole)."""

    def whole(history: Rooms) -> None:
        history.lie()
        for at, seals in told:
            history.look(int(at * HOUR), BOX, seals=seals, **fields)
        rest(history)

    return whole


def leaves(at: float, seals: Any = TORN) -> Build:
    return lambda history: history.leave(BOX, at=int(at * HOUR), seals=seals)


def foreign(**fields: Any) -> Build:
    """pps-2, of another desa, says in his own place of boxes that never were there."""

    def whole(history: Rooms) -> None:
        history.lie()
        history.look(5 * HOUR, BOX, place=OTHER_DESA, officer="pps-2", **fields)

    return whole


def marked(*rest: Build) -> Build:
    """pps-2, of another desa, says that he saw the box there; then the rest."""

    def whole(history: Rooms) -> None:
        foreign()(history)
        for step in rest:
            step(history)

    return whole


def looked(at: float, **fields: Any) -> Build:
    return lambda history: history.look(int(at * HOUR), BOX, **fields)


def cloned(history: Rooms) -> None:
    """pps-2 writes down the public hash of its label, as if he had read it; a guard reads the label before and after."""
    by = history.label()
    history.lie()
    for at, fields in ((3, {}), (5, {"place": OTHER_DESA, "officer": "pps-2"}), (9, {})):
        history.look(at * HOUR, BOX, by=by, **fields)


def counted_after_a_foreign_look(history: Rooms) -> None:
    history.shift(HOUR, 0)
    foreign()(history)
    history.shift(8 * HOUR, 2, outgoing="guard-1", incoming="guard-2")


def offered(giver: str, receiver: str, start: str, end: str, place: str) -> Build:
    """A theft is found, and somebody alone signs an offer of the box, as of an hour before."""

    def whole(history: Rooms) -> None:
        history.lie()
        history.look(6 * HOUR, missing=[BOX])
        history.clock(5 * HOUR)
        history.hand(BOX, names=(giver,), moves=False, giver=giver, receiver=receiver, start=start, end=end, place=place)

    return whole


def claimed(receiver: str, end: str) -> Build:
    def whole(history: Rooms) -> None:
        history.lie()
        history.look(6 * HOUR, missing=[BOX])
        history.clock(5 * HOUR)
        history.hand(BOX, names=(receiver,), moves=False, giver="ppk-1", receiver=receiver, start=PPK, end=end, place=end)

    return whole


def ahead(history: Rooms) -> None:
    """The second handoff of the box was signed on a machine set ten years ahead; the next is right again. Then the box is stolen."""
    history.clock(0)
    history.sealed(BOX)
    history.clock(HOUR)
    history.hand(BOX)
    history.clock(10 * YEAR)
    history.hand(BOX, giver="pps-1", receiver="ppk-1", start=DESA, end=PPK)
    history.leave(BOX, at=6 * HOUR, place=STORE)
    history.look(20 * HOUR, missing=[BOX], place=STORE, officer="keeper-1")
    history.look(21 * HOUR, counted=0, place=STORE, officer="keeper-1")


def ahead_and_torn(history: Rooms) -> None:
    """The same machine; torn seals are seen, and the link of that machine has them torn."""
    history.clock(0)
    history.sealed(BOX)
    history.clock(HOUR)
    history.hand(BOX)
    history.clock(10 * YEAR)
    line = history.world.line(BOX, history.tip[BOX], seals=TORN)
    history.hand(BOX, giver="pps-1", receiver="ppk-1", start=DESA, end=PPK, boxes=[line])
    history.leave(BOX, at=6 * HOUR, place=STORE, seals=TORN)
    history.look(7 * HOUR, BOX, seals=TORN, place=STORE, officer="keeper-1")


def relabelled(*read: tuple[float, int], leaves: int | None = None, **fields: Any) -> Build:
    """A label and its newer copy; looks in the room of the box, each at an hour and at this copy; then it may leave with a copy."""

    def whole(history: Rooms) -> None:
        by = {1: history.label(), 2: history.label(code=NEW, copy=2)}
        history.lie()
        for at, copy in read:
            history.look(int(at * HOUR), BOX, by=by[copy], **fields)
        if leaves is not None:
            history.leave(BOX, at=9 * HOUR, boxes=[history.world.line(BOX, history.tip[BOX], by=by[leaves])])

    return whole


def foreign_copy(history: Rooms) -> None:
    """pps-2 writes down the hash of the newer copy, in another desa; the old label still sticks on the box."""
    relabelled((5, 2), place=OTHER_DESA, officer="pps-2")(history)
    history.look(9 * HOUR, BOX, by={"how": "scanned", "label": LABEL})


VOID: Told = ("label.void", BOX, {"copy": 1, "newest": 2})


def at_one_second(history: Rooms) -> None:
    """A label is read twice at its TPS in one second, and then at the kecamatan."""
    by = history.label()
    history.clock(0)
    history.sealed(BOX)
    for at, place, officer in ((1, HOME, "guard-1"), (1, HOME, "guard-2"), (5, PPK, "guard-1")):
        history.look(at * HOUR, BOX, by=by, place=place, officer=officer)


CASES: dict[str, tuple[Build, list[Told]]] = {
    "two looks within the skew": (looks((5, TORN), (5.0003, TORN)), [torn()]),
    "two looks within the skew, and a link": (looks((5, TORN), (5.0003, TORN), rest=leaves(10)), [torn()]),
    "two looks by the holder": (looks((5, TORN), (5.0003, TORN), rest=leaves(10), officer="ppk-1"), [torn()]),
    "many looks, each near the next": (looks(*((5 + 0.05 * step, TORN) for step in range(8)), rest=leaves(10)), [torn()]),
    "a look just before a link": (looks((9.997, TORN), rest=leaves(10)), [torn()]),
    "a look just after a link": (looks((10.003, TORN), rest=leaves(10)), [torn()]),
    "looks before and after a link": (looks((9.93, TORN), (9.997, TORN), (10.06, TORN), rest=leaves(10)), [torn()]),
    "torn and whole within the skew": (looks((5, TORN), (5.01, None), rest=leaves(10)), [torn()]),
    "a foreign look": (foreign(), [unexpected()]),
    "a foreign look at seals": (foreign(seals=TORN), [unexpected()]),
    "a look at seals, elsewhere on its way": (looks((5, TORN), place=STORE, officer="keeper-1"), [unexpected(STORE), torn()]),
    "a foreign look at a label of nobody": (foreign(seals=TORN, by={"how": "scanned", "label": LABEL}), [unexpected()]),
    "a foreign look, and seen in its place": (marked(looked(9)), [unexpected(until=from_seconds(EPOCH + 9 * HOUR))]),
    "a foreign look, and seen in its place before": (marked(looked(4)), [unexpected()]),
    "a foreign look, and moved": (marked(leaves(9, seals=SEALS)), [unexpected(until=from_seconds(EPOCH + 9 * HOUR))]),
    "a foreign look, and missed": (marked(lambda history: history.look(9 * HOUR, missing=[BOX])), [unexpected(), missing()]),
    "a foreign look, and another": (marked(looked(9, place=OTHER_DESA, officer="pps-2")), [unexpected(), unexpected()]),
    "a concerned look, and seen in its place": (looks((5, None), place=STORE, officer="keeper-1", rest=looked(9)), [unexpected(STORE)]),
    "a foreign look at a label": (
        cloned,
        [
            unexpected(until=from_seconds(EPOCH + 9 * HOUR)),
            ("label.cloned", BOX, {"other": PPK, "place": OTHER_DESA, "until": from_seconds(EPOCH + 9 * HOUR)}),
        ],
    ),
    "an old label after the newer one was looked at": (relabelled((5, 2), (9, 1)), [VOID]),
    "an old label within the skew of the newer one": (relabelled((5, 2), (5.01, 1)), []),
    "an old label before the newer one": (relabelled((5, 1), (9, 2), (10, 2)), []),
    "an old label that leaves after the newer one was looked at": (relabelled((5, 2), leaves=1), [VOID]),
    "an old label that leaves, and is looked at": (relabelled((5, 2), (10, 1), leaves=1), [VOID, VOID]),
    "the newer label leaves": (relabelled((5, 1), (7, 2), leaves=2), []),
    "a foreign look at the newer label": (foreign_copy, [unexpected(until=from_seconds(EPOCH + 9 * HOUR))]),
    "a foreign look excuses no count": (
        counted_after_a_foreign_look,
        [unexpected(), ("count.differs", None, {"counted": 2, "expected": "3", "place": PPK})],
    ),
    "an offer by a stranger": (offered("kpps-2", "pps-2", OTHER_TPS, OTHER_DESA, OTHER_TPS), [missing()]),
    "an offer by a stranger in the name of its room": (
        offered("kpps-2", "keeper-1", PPK, STORE, PPK),
        [missing(), ("role.place", None, {"key": "kpps-2", "place": PPK, "slot": "giver"})],
    ),
    "an offer by the holder": (offered("ppk-1", "keeper-1", PPK, STORE, PPK), [missing()]),
    "a claim by a stranger": (claimed("pps-2", OTHER_DESA), [missing()]),
    "a claim where it is bound for": (claimed("keeper-1", STORE), [missing()]),
    "a machine that was set ahead": (
        ahead, [missing(place=STORE)],
    ),
    "a machine that was set ahead, and a torn seal": (ahead_and_torn, [torn()]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_in_every_order(name: str) -> None:
    build, want = CASES[name]
    history = Rooms()
    build(history)
    count = len(history.notes)
    for order in [list(range(count)), list(range(count))[::-1], *(Random(seed).sample(range(count), count) for seed in range(6))]:
        found = [one for one in told(history, order) if one[0] != "box.claimed"]
        assert found == in_order(want), order


def test_a_reading_that_a_finding_names_is_the_same_in_every_order() -> None:
    history = Rooms(boxes=(BOX,))
    at_one_second(history)
    rests = set()
    for order in ([0, 1, 2, 3], [0, 2, 1, 3], [3, 2, 1, 0]):
        found = next(one for one in judged(history, order) if one.code == "label.cloned")
        rests.add(frozenset(parse(history.arrive(order).entries[entry]).statement.sid for entry in found.entries))
    assert len(rests) == 1


@pytest.mark.parametrize(("copies", "newest"), [((), 0), ((1,), 0), ((2,), 2), ((2, 1), 2)])
def test_the_newest_copy_that_was_looked_at_is_known_before_the_next_link(copies: tuple[int, ...], newest: int) -> None:
    """So the table tells an old label as soon as it is scanned."""
    history = Rooms()
    relabelled(*((5 + hour, copy) for hour, copy in enumerate(copies)))(history)
    world = history.arrive(None)
    settled, _ = state_of(world.entries).settle(world.note)[BOX]
    assert settled.holding is not None and settled.holding.copy == newest
