"""Incidents (spec chapter 20): open, settled by whom, and what settles nothing; each in every order of arrival."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from custody.core.findings import open_breaches
from fixtures.loadhistory import DESA, OTHER_DESA, PRESIDENT, STORE, History, Told, in_order, judged, told
from fixtures.smallworld import BOX

Found = list[Told]
Build = Callable[[History], object]
NOTHING = "ab" * 32


def stands(box: str | None = BOX, place: str = DESA, what: str = "sunk", owner: str = "-", due: str = "-") -> Found:
    return [("incident.open", box, {"due": due, "owner": owner, "place": place, "what": what})]


def settled(by: str, what: str = "sunk") -> Found:
    return [("incident.settled", None, {"by": by, "what": what})]


def idle(about: str, why: str) -> Found:
    return [("incident.no-effect", None, {"about": about, "why": why})]


def one(*boxes: str, **fields: Any) -> Build:
    return lambda history: history.incident(*boxes, **fields)


def then_settled(by: str, person: str | None = None, **fields: Any) -> Build:
    """An incident of one box at the desa, told by guard-1; then its settlement by somebody."""

    def whole(history: History) -> None:
        if person is not None:
            history.enrol(by, "kpps", ["5307192002"], person)
        about = history.incident(BOX, **fields)
        history.incident(BOX, code="found", settles=[about.sid], names=(by,))

    return whole


def settled_twice(history: History) -> None:
    about = history.incident(BOX)
    for at in (1, 2):
        history.incident(code="found", settles=[about.sid], place=STORE, about=[] if at == 1 else [about.sid])


def settles_a_handoff(history: History) -> None:
    history.sealed()
    history.incident(settles=[str(history.tip[BOX])])


def sid_of(history: History) -> str:
    """The sid of the first incident."""
    return history.made[0]


CASES: dict[str, tuple[Build, Found | Callable[[History], Found]]] = {
    "open": (one(BOX), stands()),
    "open, with owner and due": (
        one(BOX, owner="pps-1", due="2024-11-28T10:00:00Z"), stands(owner="pps-1", due="2024-11-28T10:00:00Z"),
    ),
    "of no box": (one(code="power"), stands(None, what="power")),
    "of two boxes": (one(BOX, PRESIDENT), stands() + stands(PRESIDENT)),
    "by a stranger, elsewhere": (one(BOX, names=("kpps-2",), place=DESA), stands(None)),
    "by a stranger, at his place": (one(BOX, names=("pps-2",), place=OTHER_DESA), stands(place=OTHER_DESA)),
    "by one of the home of the box": (one(BOX, names=("kpps-1",), place=STORE), stands(place=STORE)),
    "settled by who told it": (then_settled("guard-1"), settled("guard-1")),
    "settled by a supervisor": (then_settled("kasatops-1"), settled("kasatops-1")),
    "settled by a leader of the place": (then_settled("leader-1", place=STORE), settled("leader-1")),
    "settled by a leader of another place": (
        then_settled("leader-1"), lambda history: [*idle(sid_of(history), "unentitled"), *stands()],
    ),
    "settled by a keeper of the place": (
        then_settled("keeper-1", place=STORE), lambda history: [*idle(sid_of(history), "unentitled"), *stands(place=STORE)],
    ),
    "settled by a stranger": (then_settled("pps-2"), lambda history: [*idle(sid_of(history), "unentitled"), *stands()]),
    "settled by a second key of who told it": (then_settled("guard-9", person="guard-1"), settled("guard-9")),
    "settled twice": (settled_twice, settled("guard-1")),
    "what is not here": (one(settles=[NOTHING]), idle(NOTHING, "missing")),
    "what is no incident": (settles_a_handoff, lambda history: idle(str(history.tip[BOX]), "missing")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_incidents_in_every_order_of_arrival(name: str) -> None:
    build, want = CASES[name]
    history = History()
    build(history)
    found = want(history) if callable(want) else want
    for order in permutations(range(len(history.notes))):
        assert told(history, order) == in_order(found), order


def test_an_open_incident_stands_against_its_box() -> None:
    history = History()
    history.incident(BOX)
    assert [one.box for one in open_breaches(judged(history))] == [BOX]
