"""One word more, by an insider: it may add findings, and takes away no breach that others told (ADR 0016; ACT-5, FOLD-10, ROOM-4)."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core.moment import from_seconds
from custody.core.statement import Statement
from custody.core.verify import verify
from fixtures.loadhistory import DESA, HOUR, OTHER_DESA, PPK, PRESIDENT, STORE
from fixtures.roomhistory import TORN, Rooms
from fixtures.smallworld import BOX, EPOCH, SEALS

Breach = tuple[str, str | None]
Said = Callable[[Rooms], Statement]
OTHER_TPS = "5307192001-002"
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


def received(history: Rooms, looked: bool = True, **row: Any) -> Statement:
    """An offer of a sealed box, and the receiver's account of it an hour later. looked: whether the offer names seals."""
    history.clock(0)
    history.sealed(BOX)
    history.clock(HOUR)
    boxes = [history.world.line(BOX, history.tip[BOX], **({} if looked else {"seals": []}))]
    offer = history.hand(BOX, names=("kpps-1",), moves=False, due=from_seconds(EPOCH + 2 * HOUR), boxes=boxes)
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


def missed(history: Rooms) -> None:
    """Boxes lie in a guarded room; then one is missed, a second is found torn, and the count is one short."""
    history.lie()
    history.shift(3 * HOUR, counted=2)
    history.look(6 * HOUR, PRESIDENT, seals=TORN)
    history.look(6 * HOUR, missing=[BOX])
    history.shift(8 * HOUR, counted=1, outgoing="guard-1", incoming="guard-2")


def elsewhere(history: Rooms) -> None:
    """One is seen in the warehouse by its guard."""
    history.lie()
    history.look(6 * HOUR, BOX, place=STORE, officer="guard-3")


def backdated(*names: str, prev: str | None = None, **fields: Any) -> Callable[[Rooms, object], object]:
    """A handoff of both boxes, dated before the look, signed by these only."""

    def whole(history: Rooms, _: object) -> None:
        history.clock(5 * HOUR)
        rows = [history.world.line(box, prev or history.tip[box], seals=[]) for box in (BOX, PRESIDENT)]
        history.hand(BOX, PRESIDENT, names=names, moves=False, boxes=rows, **fields)

    return whole


def sealed_backdated(*names: str, witness: str = "guard-1") -> Callable[[Rooms, object], object]:
    """Both boxes are sealed by kpps-2 at his own place, dated before the look, signed by these only."""

    def whole(history: Rooms, _: object) -> None:
        history.clock(5 * HOUR)
        rows = [history.world.line(box, history.tip[box], seals=[]) for box in (BOX, PRESIDENT)]
        history.add(history.world.seal(*rows, by="kpps-2", witness=witness, place=OTHER_TPS), *names)

    return whole


TO_STORE = {"receiver": "keeper-1", "start": PPK, "end": STORE}
ALONE = {"giver": None, "unsigned": {"deed": None, "name": None, "reason": "left"}}
AFAR = {"giver": "kpps-2", "receiver": "pps-2", "start": OTHER_TPS, "end": OTHER_DESA, "place": OTHER_DESA}
WORDS: dict[str, Callable[[Rooms, object], object]] = {
    "an offer by the holder": backdated("ppk-1", giver="ppk-1", place=PPK, **TO_STORE),
    "an offer by a colleague": backdated("ppk-2", giver="ppk-2", place=PPK, **TO_STORE),
    "a claim": backdated("keeper-1", giver="ppk-1", place=STORE, **TO_STORE),
    "a receipt that follows nothing": backdated("keeper-1", prev="ab" * 32, place=STORE, **ALONE, **TO_STORE),
    "two strangers, after nothing": backdated("kpps-2", "pps-2", prev="ab" * 32, **AFAR),
    "two strangers": backdated("kpps-2", "pps-2", **AFAR),
    "a lone sealer from afar": sealed_backdated("kpps-2"),
    "two strangers who seal": sealed_backdated("kpps-2", "kpps-3", witness="kpps-3"),
}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("found", [missed, elsewhere])
def test_no_word_of_one_or_of_strangers_takes_a_look_or_a_count_away(name: str, found: Callable[[Rooms], object]) -> None:
    history = Rooms(boxes=(BOX, PRESIDENT))
    history.enrol("kpps-3", "kpps", [OTHER_TPS])
    found(history)
    before = breaches(history)
    WORDS[name](history, None)
    lost = before - breaches(history)
    # a sealing by two strangers changes what seals are on record: who sealed is told instead
    assert before and lost <= ({("seal.changed", PRESIDENT)} if name == "two strangers who seal" else set())


# What is told, by several; and the one word more.
CASES: dict[str, tuple[Said, Callable[[Rooms, Statement], object]]] = {
    "the receiver signs what he told otherwise": (
        lambda history: received(history, seals=TORN), lambda history, offer: history.again(offer, "pps-1"),
    ),
    "the receiver signs an offer that names no seals, once he told them": (
        lambda history: received(history, looked=False, seals=TORN), lambda history, offer: history.again(offer, "pps-1"),
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


@pytest.mark.parametrize("stands", ["honest", "strangers", None])
def test_a_fork_by_strangers_opens_no_receipt_to_a_ruling(stands: str | None) -> None:
    """FOLD-12: two of elsewhere contradict an honest receipt of a torn box; a ruling may fell their link, and not the receipt."""
    history = Rooms(boxes=(BOX,))
    history.enrol("kasatops-2", "supervisor", ["5307"])
    history.clock(0)
    history.sealed(BOX)
    history.clock(HOUR)
    sides = {"honest": ("kpps-1", "pps-1", TORN), "strangers": ("kpps-2", "pps-2", SEALS)}
    links = {
        who: history.hand(BOX, names=(giver, receiver), moves=False, giver=giver, receiver=receiver,
                          boxes=[history.world.line(BOX, history.tip[BOX], seals=seals)]).sid
        for who, (giver, receiver, seals) in sides.items()
    }  # fmt: skip
    falls = sorted(sid for who, sid in links.items() if who != stands)
    row = {"box": BOX, "falls": falls, "prev": history.tip[BOX], "stands": links[stands] if stands is not None else None}
    history.add(history.world.draft("ruling", boxes=[row], note=None, order=None, supersedes=[]), "kasatops-1", "kasatops-2")
    told = breaches(history)
    assert ("seal.changed", BOX) in told
    assert (("box.disputed", BOX) in told) == (stands != "honest")
