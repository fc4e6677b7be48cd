"""Random histories, and one word more by an insider: no breach that others told goes without another in its place (ADR 0016)."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from custody.core.entry import parse
from custody.core.verify import verify
from fixtures.loadhistory import DESA, HOUR, OTHER_DESA, PPK, PRESIDENT, STORE, TPS
from fixtures.roomhistory import TORN, Rooms
from fixtures.smallworld import BOX, SEALS

Breach = tuple[str, str | None, object]
Step = Callable[[Rooms], object]
BOXES = (BOX, PRESIDENT)
PLACES = (TPS, DESA, PPK, STORE, OTHER_DESA)
KEYS = ("kpps-1", "kpps-2", "pps-1", "pps-2", "ppk-1", "ppk-2", "keeper-1", "guard-1", "guard-2", "guard-3")
NOBODYS = {"how": "scanned", "label": "ee" * 32}


def found(history: Rooms) -> set[Breach]:
    """The breaches, each with its box and room."""
    world = history.arrive()
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    return {(one.code, one.box, dict(one.facts).get("place")) for one in verdict.findings if one.severity == "breach"}


def told(draw: random.Random) -> Rooms:
    """Two boxes lie in a guarded room; looks, counts, a receipt with differences, in any number."""
    history = Rooms(boxes=BOXES)
    history.lie()
    steps: list[Step] = [
        lambda history: history.shift(draw.randint(3, 9) * HOUR, counted=draw.randint(0, 2), incoming=draw.choice(("guard-1", "guard-2"))),
        lambda history: history.look(draw.randint(3, 9) * HOUR, draw.choice(BOXES), seals=draw.choice((SEALS, TORN)), officer="guard-1"),
        lambda history: history.look(draw.randint(3, 9) * HOUR, missing=[draw.choice(BOXES)], officer="guard-1"),
        lambda history: history.look(draw.randint(3, 9) * HOUR, draw.choice(BOXES), place=STORE, officer="guard-3", by=NOBODYS),
        partial(_received, draw),
    ]
    for step in draw.choices(steps, k=draw.randint(2, 5)):
        step(history)
    return history


def _received(draw: random.Random, history: Rooms) -> None:
    """The keeper of the warehouse takes a box, and tells it torn."""
    box = draw.choice(BOXES)
    offer = history.leave(box, at=10 * HOUR, names=("ppk-1",), moves=False)
    history.clock(11 * HOUR)
    _ack(history, "keeper-1", offer.sid, box, TORN)
    history.tip[box] = offer.sid


def _ack(history: Rooms, key: str, about: str, box: str, seals: Any, side: str = "receiver") -> None:
    rows = [{name: value for name, value in history.world.line(box, None, seals=seals).items() if name != "prev"}]
    noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
    history.add(history.world.draft("ack", about=[about], boxes=rows, place=STORE, side=side, **noted), key)


def word(draw: random.Random, history: Rooms, key: str) -> None:
    """One statement by one key: dated at will, of any box, after any link."""
    box, at = draw.choice(BOXES), draw.randint(-1, 12) * HOUR
    prev, place = draw.choice((None, history.tip[box], "ab" * 32, *history.made)), draw.choice(PLACES)
    other = draw.choice([one for one in KEYS if one != key])
    row, world = history.world.line(box, prev, seals=draw.choice((SEALS, TORN, []))), history.world
    history.clock(at)
    kind = draw.choice(("sign", "sign", "offer", "claim", "orphan", "seal", "ack", "ack", "label", "void", "settle", "manifest"))
    ends = {"start": place, "end": draw.choice([one for one in PLACES if one != place]), "place": place}
    if kind == "sign":
        made = parse(draw.choice(history.notes))
        if key not in {line.name for line in made.lines}:
            history.again(made.statement, key)
    elif kind in ("offer", "claim", "orphan"):
        sides = {"giver": key, "receiver": other} if kind == "offer" else {"giver": other, "receiver": key}
        if kind == "orphan":
            unsigned = {"deed": None, "name": None, "reason": "left"}
            row, sides = {**row, "prev": "ab" * 32}, {"giver": None, "receiver": key, "unsigned": unsigned}
        history.hand(box, names=(key,), moves=False, boxes=[row], **sides, **ends)
    elif kind == "seal":
        history.add(world.seal(row, by=key, witness=other, place=place), key)
    elif kind == "ack":
        _ack(history, key, draw.choice(history.made), box, draw.choice((SEALS, TORN, [])), draw.choice(("receiver", "giver")))
    elif kind == "label":
        rows = [{"box": draw.choice((None, *BOXES)), "code": NOBODYS["label"], "copy": 1}]
        history.clock(12 * HOUR)
        history.add(world.draft("label", labels=rows, reason="spare"), key)
    elif kind == "void":
        fields = {"effect": "void", "instead": None, "note": None, "reason": "wrong-box"}
        history.add(world.draft("correction", about=[draw.choice(history.made)], boxes=[box], **fields), key)
    elif kind == "settle":
        history.incident(names=(key,), code="other", place=place, settles=[draw.choice(history.made)])
    else:
        history.manifest(*BOXES, names=(key,), officer=key, **{"from": place}, to=ends["end"])


def lost(draw: random.Random) -> list[Breach]:
    """What one word took away of what others told, with nothing new against the same box or room."""
    history = told(draw)
    before, notes, made = found(history), len(history.notes), len(history.made)
    gone = list[Breach]()
    for _ in range(4):
        word(draw, history, draw.choice(KEYS))
        after = found(history)
        gone += [one for one in before - after if not any(new[1] == one[1] for new in after - before)]
        del history.notes[notes:], history.made[made:]
    return gone


@pytest.mark.parametrize("number", range(15))
def test_fifteen_histories_and_one_word_more(number: int) -> None:
    assert lost(random.Random(f"word {number}")) == []


@pytest.mark.soak
@pytest.mark.parametrize("number", range(2_000))
def test_two_thousand_histories_and_one_word_more(seed: int, number: int) -> None:
    assert lost(random.Random(f"word {seed} {number}")) == []
