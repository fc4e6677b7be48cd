"""Which statements a report must name (REPORT-7, REPORT-13): the second verifier, the page and the program find the same ones."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random

import pytest

from custody.core.entry import parse
from custody.core.state import State
from custody.paper import drawings
from custody.paper.proven import scope
from custody.paper.proven.evidence import _Carried
from fixtures.loadhistory import DESA, HOUR, PPK, STORE
from fixtures.roomhistory import Rooms
from fixtures.smallworld import BOX
from tests.assembly.test_paper_and_ledger import live
from tests.simulator.corpus import faulty, land_of
from tests.verifier.chromium import Chromium
from tests.verifier.second import verify
from tests.verifier.test_page import in_browser, page, text

__all__ = ["page"]  # the fixture


def codes(notes: Mapping[int, bytes]) -> Iterator[tuple[str, str]]:
    """Every scope that some statement of the night could be named by, and some that none is."""
    yield from ((kind, "0" * 64) for kind in scope.NAMING)
    for note in notes.values():
        one = parse(note).statement
        kinds = {"deed", "incident" if one.kind.name == "incident" else "shift"}
        yield from ((kind, one.sid) for kind in kinds)
        yield from (("officer", line.name) for line in parse(note).lines if "/" not in line.name)
        yield from (("officer", name) for _, name in scope.sides(one))
        name = one.body.get("id") or (one.body.get("consignment") or {}).get("id")
        if name is not None:
            yield "consignment", name


def crooked(seed: int) -> Sequence[bytes]:
    """Shifts that count and others, of one moment too; loads in parts, some otherwise than their first; what is about them."""
    random, room = Random(seed), Rooms()
    room.lie()
    room.enrol("guard-9", "guard", [DESA])
    offers = []
    for _ in range(60):
        hour = random.randrange(3, 9) * HOUR
        box, people = random.choice(room.boxes), random.sample(["guard-1", "guard-2", "guard-3", "guard-9", "ppk-1", "keeper-1"], 3)
        what = random.randrange(7)
        if what < 2:
            room.shift(hour, incoming=people[0], outgoing=random.choice([None, people[1]]), place=random.choice([PPK, PPK, STORE]),
                       names=random.choice([people[:1], people[1:], people[:2]]))  # fmt: skip
        elif what == 2:
            room.visit(hour, random.choice([None, *people]), leave=random.choice([None, people[1]]), left=None, names=people[:1])
        elif what == 3:
            room.clock(hour)
            part = random.randrange(1, 3)
            offers.append(
                room.load(
                    box,
                    part=part,
                    parts=random.randrange(part, 3),
                    trip=random.randrange(1, 3),
                    moves=False,
                    names=("ppk-1",),
                    giver="ppk-1",
                    receiver=random.choice(["keeper-1", "keeper-1", "pps-1"]),
                    start=PPK,
                    end=STORE,
                    vehicle=random.choice([None, "EB-1"]),
                    withdraws=sorted({one.sid for one in random.sample(offers, min(1, len(offers)))}),
                )
            )
        elif what == 4:
            room.manifest(
                box,
                names=("ppk-1",),
                officer="ppk-1",
                to=STORE,
                part=random.randrange(1, 3),
                parts=2,
                order=random.choice([None, "S/1"]),
                **{"from": PPK},
            )
        elif what == 5 and offers:
            about = random.choice(offers)
            body = {"about": [about.sid], "boxes": [box], "effect": "void", "note": None, "reason": "wrong-box"}
            room.clock(hour)
            room.add(room.world.draft("correction", instead=random.choice([None, random.choice(offers).sid]), **body), "ppk-1")
        else:
            room.clock(hour)
            settles = sorted({random.choice(room.made) for _ in range(random.randrange(2))})
            room.incident(box, place=PPK, names=people[:1], owner=random.choice([None, people[1]]), settles=settles)
    return room.arrive().entries


def differing(entries: Sequence[bytes]) -> tuple[list[str], Counter[str]]:
    """The scopes that the two read otherwise; how many statements the scopes of each kind name."""
    notes = dict(enumerate(entries))
    state, ledger = State(), verify.Ledger()
    for index, note in notes.items():
        state.size = index
        state.apply(*state.authenticate(note))
        ledger.take(index, note) if index else ledger.found(note)
    state.size = len(notes)
    archive, wrong, named = _Carried(notes, state), [], Counter[str]()
    for kind, code in dict.fromkeys(codes(notes)):
        ours = list(dict.fromkeys(act.sid for act in scope.named((kind, code), archive, state)))
        theirs = verify._named_by(ledger, {"kind": kind, "code": code}, -1)
        named[kind] += len(ours)
        if ours != theirs:
            wrong.append(f"{kind} {code}: {ours} and {theirs}")
    return wrong, named


def test_a_small_night() -> None:
    wrong, named = differing(faulty(land_of(1, 1, 2, 2, 1), 1, 12).notes)
    assert wrong == []
    assert set(named) == set(scope.NAMING)


@pytest.mark.parametrize("seed", range(4))
def test_crooked_rooms(seed: int) -> None:
    wrong, named = differing(crooked(seed))
    assert wrong == []
    assert min(named.values()) > 3


@in_browser
def test_the_page_names_the_same(page: Chromium) -> None:
    """In crooked rooms, of every scope."""
    for seed in range(4):
        notes = dict(enumerate(crooked(seed)))
        ledger, asked = verify.Ledger(), list(dict.fromkeys(codes(notes)))
        for index, note in notes.items():
            ledger.take(index, note) if index else ledger.found(note)
        page.run(f"globalThis.rooms = new Ledger(); {json.dumps([text(note) for note in notes.values()])}.map(unbase64)"
                 ".forEach((note, index) => index ? rooms.take(index, note) : rooms.found(note))")  # fmt: skip
        found = page.run(f"{json.dumps(asked)}.map(([kind, code]) => namedBy(rooms, {{ kind, code }}, -1))")
        assert found == [verify._named_by(ledger, {"kind": kind, "code": code}, -1) for kind, code in asked]


@in_browser
@pytest.mark.parametrize("scope", [("box", BOX), ("kecamatan", PPK), ("operation", "-"), ("officer", "ppk-1"), ("warehouse", STORE)])
def test_evidence_of_each_scope(page: Chromium, scope: tuple[str, str]) -> None:
    """Intact as it is, and never with a byte changed."""
    room = Rooms()
    room.lie()
    room.leave(BOX, at=5 * HOUR, names=("ppk-1",))
    evidence, policy = live(room).report(scope, drawing=drawings.of_scope(scope[0])).evidence, room.world.policy().format()
    for place in range(4):  # each of the three files with one byte changed, then as they are
        files = list(evidence)
        if place < 3:
            files[place] = files[place][:-9] + bytes([files[place][-9] ^ 1]) + files[place][-8:]
        found = verify.judge_evidence(files, verify.read_policy(policy))
        asked = {
            "case": "1",
            "what": "report.evidence",
            **dict(zip(("facts", "excerpt", "proof", "policy"), map(text, (*files, policy)), strict=True)),
        }
        if place == 3:
            assert (found["verdict"], found["code"]) == ("intact", "check.evidence")
        else:
            assert found["verdict"] == "altered" or found["code"] == "check.broken"
        shown = page.run(
            f"judgeEvidence({json.dumps([text(one) for one in files])}.map(unbase64), readPolicy(unbase64({json.dumps(text(policy))})))"
        )
        assert shown == found
        assert verify.answer_to(json.dumps(asked)).items() >= found.items()


@pytest.mark.soak
def test_twelve_nights(seed: int) -> None:
    assert [differing(faulty(land_of(1, 1, 2, 3, number), number, 40).notes)[0] for number in range(seed, seed + 12)] == [[]] * 12


@pytest.mark.soak
def test_two_hundred_crooked_rooms(seed: int) -> None:
    assert [differing(crooked(number))[0] for number in range(seed, seed + 200)] == [[]] * 200
