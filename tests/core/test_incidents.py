"""Incidents (spec chapter 20): open, settled by whom, and what settles nothing; each in every order of arrival."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from custody.core.findings import open_breaches
from fixtures.loadhistory import DESA, OTHER_DESA, PRESIDENT, SECOND, STORE, History, Told, in_order, judged, told
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


def cosigned(history: History) -> None:
    """A stranger signs the same text, and then its settlement."""
    about = history.incident(BOX)
    history.again(about, "pps-2")
    history.incident(code="found", settles=[about.sid], place=OTHER_DESA, names=("pps-2",))


def told_by_two(history: History, by: tuple[str, ...] = ("keeper-1",)) -> None:
    """guard-1 tells it, the keeper of the place signs it as well; then it is settled."""
    about = history.incident(BOX, place=STORE)
    history.again(about, "keeper-1")
    history.incident(code="found", settles=[about.sid], place=STORE, names=by)


def told_from_afar(history: History, by: tuple[str, ...] = ("keeper-1",)) -> None:
    """A witness whose place is not the warehouse tells of a theft there; its keeper adds his line, and settles it."""
    history.enrol("saksi-1", "witness", [DESA])
    about = history.incident(BOX, place=STORE, names=("saksi-1",), code="stolen")
    history.again(about, "keeper-1")
    history.incident(code="found", settles=[about.sid], place=STORE, names=by)


def settled_with_who_told_it(history: History) -> None:
    told_from_afar(history, ("keeper-1", "saksi-1"))


def settled_by_both(history: History) -> None:
    told_by_two(history, ("guard-1", "keeper-1"))


def of_two_homes(history: History) -> None:
    """A supervisor of one of two polling stations settles what concerns both."""
    history.enrol("kasatops-9", "supervisor", ["5307192001-002"])
    about = history.incident(BOX, SECOND, place="NOWHERE")
    history.incident(code="found", settles=[about.sid], names=("kasatops-9",))


def of_nothing_nowhere(history: History) -> None:
    about = history.incident(code="power", place="NOWHERE")
    history.incident(code="found", settles=[about.sid], names=("kpu-1",))


def sent_on(history: History) -> None:
    """From the desa of its home to the warehouse, whose keeper tells that it has not come."""
    history.sealed(BOX)
    history.hand(BOX, end=STORE, receiver="pps-1")
    history.incident(BOX, place=STORE, names=("keeper-1",))


def offered_by_a_stranger(history: History) -> None:
    history.sealed(BOX)
    history.hand(BOX, giver="kpps-2", receiver="pps-2", end=OTHER_DESA, names=("kpps-2",), moves=False)
    history.incident(BOX, place=OTHER_DESA, names=("pps-2",))


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
    "by a stranger, at his place": (one(BOX, names=("pps-2",), place=OTHER_DESA), stands(None, place=OTHER_DESA)),
    "by one on the way of a box that is not sealed yet": (one(BOX, names=("keeper-1",), place=STORE), stands(place=STORE)),
    "by one to whom the chain has sent it": (sent_on, stands(place=STORE)),
    "by one to whom a stranger would send it": (offered_by_a_stranger, stands(None, place=OTHER_DESA)),
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
    "settled by a stranger who added his line": (cosigned, lambda history: [*idle(sid_of(history), "unentitled"), *stands()]),
    "settled by one of two who told it there": (told_by_two, lambda history: [*idle(sid_of(history), "unentitled"), *stands(place=STORE)]),
    "told from afar, and settled by who added his line there": (
        told_from_afar, lambda history: [*idle(sid_of(history), "unentitled"), *stands(place=STORE, what="stolen")],
    ),
    "told from afar, and settled by both": (settled_with_who_told_it, settled("keeper-1, saksi-1", "stolen")),
    "settled by both who told it there": (settled_by_both, settled("guard-1, keeper-1")),
    "settled by an authority of the founding": (then_settled("kpu-1"), settled("kpu-1")),
    "at no place, settled by a supervisor of the home": (then_settled("kasatops-1", place="NOWHERE"), settled("kasatops-1")),
    "at no place, settled by a supervisor of another home": (
        of_two_homes, lambda history: [*idle(sid_of(history), "unentitled"), *stands(place="NOWHERE"), *stands(SECOND, place="NOWHERE")],
    ),
    "of no box at no place, settled by an authority": (of_nothing_nowhere, settled("kpu-1", what="power")),
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
