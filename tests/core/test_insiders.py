"""One word more, by an insider: it may add findings, and takes away no breach that others told (ADR 0016; ACT-5, FOLD-10, ROOM-4)."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core.moment import from_seconds
from custody.core.statement import Statement
from custody.core.verify import verify
from fixtures.loadhistory import DESA, HOUR
from fixtures.roomhistory import TORN, Rooms
from fixtures.smallworld import BOX, EPOCH, SEALS

Breach = tuple[str, str | None]
Said = Callable[[Rooms], Statement]
NOBODYS = {"how": "scanned", "label": "ee" * 32}


def breaches(history: Rooms) -> set[Breach]:
    """What is found as a breach, and of which box."""
    world = history.arrive()
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    return {(one.code, one.box) for one in verdict.findings if one.severity == "breach"}


def account(history: Rooms, offer: Statement, **row: Any) -> Statement:
    """The receiver tells how he found the box; not yet signed."""
    line = history.world.line(BOX, None, **row)
    rows = [{name: value for name, value in line.items() if name != "prev"}]
    noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
    return history.world.draft("ack", about=[offer.sid], boxes=rows, place=DESA, side="receiver", **noted)


def received(history: Rooms, **row: Any) -> Statement:
    """An offer of a sealed box, and the receiver's account of it an hour later."""
    history.clock(0)
    history.sealed(BOX)
    history.clock(HOUR)
    offer = history.hand(BOX, names=("kpps-1",), moves=False, due=from_seconds(EPOCH + 2 * HOUR))
    history.clock(2 * HOUR)
    history.add(account(history, offer, **row), "pps-1")
    history.tip[BOX] = offer.sid
    return offer


def account_of_lower_sid(history: Rooms, offer: Statement) -> None:
    """He tells it again, whole, in as many wordings as it takes until this one comes first."""
    first = account(history, offer, seals=TORN)
    while (second := account(history, offer, seals=SEALS)).sid > first.sid:
        pass
    history.add(second, "pps-1")


# What is told, by several; and the one word more.
CASES: dict[str, tuple[Said, Callable[[Rooms, Statement], object]]] = {
    "the receiver signs what he told otherwise": (
        lambda history: received(history, seals=TORN), lambda history, offer: history.again(offer, "pps-1"),
    ),
    "the receiver signs what he took with a label of nobody": (
        lambda history: received(history, by=NOBODYS), lambda history, offer: history.again(offer, "pps-1"),
    ),
    "the receiver tells it again": (lambda history: received(history, seals=TORN), account_of_lower_sid),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_one_word_takes_no_breach_away(name: str) -> None:
    told, more = CASES[name]
    history = Rooms(boxes=(BOX,))
    said = told(history)
    before = breaches(history)
    more(history, said)
    assert before and before <= breaches(history)
