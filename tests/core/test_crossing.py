"""Seal numbers and codes on more than one box (chapter 9, REG-4 and REG-5; chapter 10, LAW-9); what many statements cost."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import entry
from custody.core.checkpoint import Checkpoint
from custody.core.crossing import SEAL, SPARE, Facts, Mark
from custody.core.merkle import Tree, leaf_hash
from custody.core.register import Printed
from custody.core.state import State
from custody.core.verify import verify
from fixtures.loadhistory import HOUR, OTHER_DESA, PPK
from fixtures.roomhistory import Rooms
from fixtures.smallhistory import DESA, NO_KEY, PRESIDENT, TPS, handing, log, printed, sealing, small
from fixtures.smallworld import BOX, SIGHT, World

CODE = "ab" * 32
ELSE = f"{DESA}-002"  # where kpps-2 acts
NUMBERED = [{"number": number, "point": point, "state": "intact"} for point, number in (("lid", "A1"), ("tie-1", "A2"), ("tie-2", "A3"))]


def told(world: World, code: str) -> list[str | None]:
    """The boxes of the findings with this code."""
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    return [one.box for one in verdict.findings if one.code == code]


# Who says first, and with whose signatures, that a seal number is on the other box: does he keep it from the honest sealing?
SQUATTERS: dict[str, tuple[dict[str, Any], tuple[str, ...], bool]] = {
    "a sealer with role and place": ({}, ("kpps-1",), True),
    "sealer and witness": ({}, ("kpps-1", "guard-1"), True),
    "a sealer who acts elsewhere": ({"by": "kpps-2"}, ("kpps-2",), False),
    "a sealer without the role": ({"by": "guard-1", "witness": "kpps-2"}, ("guard-1",), False),
    "the witness": ({}, ("guard-1",), False),
    "a stranger": ({}, ("kpps-2",), False),
    "a sealer at his own place, of a box that never comes there": ({"by": "kpps-2", "place": ELSE}, ("kpps-2",), False),
}


@pytest.mark.parametrize("case", SQUATTERS)
def test_seal_numbers_are_taken_by_who_is_concerned(case: str) -> None:
    fields, names, keeps = SQUATTERS[case]
    world = small()
    log(world, sealing(world, box=PRESIDENT, row={"seals": NUMBERED}, **fields), *names)
    log(world, sealing(world, row={"seals": NUMBERED}), "kpps-1", "guard-1")
    assert set(told(world, "seal.reused")) == ({BOX} if keeps else set())


@pytest.mark.parametrize("case", SQUATTERS)
def test_spares_are_taken_by_who_is_concerned(case: str) -> None:
    fields, names, keeps = SQUATTERS[case]
    by = {"how": "scanned", "label": CODE}
    world = small()
    printed(world, (None, CODE, 1), reason="spare")
    log(world, sealing(world, box=PRESIDENT, row={"by": by}, **fields), *names)
    log(world, sealing(world, row={"by": by}), "kpps-1", "guard-1")
    assert told(world, "label.two-boxes") == ([BOX] if keeps else [])


def test_a_lone_receiver_off_the_way_takes_no_spare() -> None:
    by = {"how": "scanned", "label": CODE}
    world = small()
    printed(world, (None, CODE, 1), reason="spare")
    log(world, handing(world, None, box=PRESIDENT, row={"by": by}, receiver="kpps-2", giver=None, unsigned=NO_KEY, end=DESA), "kpps-2")
    log(world, sealing(world, row={"by": by}), "kpps-1", "guard-1")
    assert told(world, "label.two-boxes") == []


# Who looks at a box first and reads a spare on it, and where: does it stand against the box on which it is then sealed?
LOOKERS = {
    "where the box may come": (PPK, "guard-1", True),
    "at a place of another desa": (OTHER_DESA, "pps-2", False),
    "at another TPS": (ELSE, "kpps-2", False),
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("case", LOOKERS)
def test_spares_that_are_only_looked_at(case: str, turned: bool) -> None:
    """REG-4: the look of a stranger takes no spare, whichever of the two arrives first."""
    place, officer, keeps = LOOKERS[case]
    by = {"how": "scanned", "label": CODE}
    history = Rooms()
    printed(history.world, (None, CODE, 1), reason="spare")
    history.base = len(history.world.entries)
    history.look(HOUR, PRESIDENT, by=by, place=place, officer=officer)
    history.clock(2 * HOUR)
    history.hand(BOX, moves=False, boxes=[history.world.line(BOX, None, by=by)])
    world = history.arrive([1, 0] if turned else None)
    (other,) = told(world, "label.two-boxes") or [None]
    assert other == (BOX if keeps else None)  # the later by the time claimed, in both orders


def mark(number: int) -> Mark:
    return Mark(f"box-{number}", 1000 - number, f"{number:016x}", number)


SPARES = {CODE: Printed(None, 1, 0)}


def test_what_is_kept_of_a_code_does_not_grow_with_the_boxes_it_was_read_on() -> None:
    """Each was read earlier than the one before: then that one does not keep it."""
    facts = Facts()
    for number in (*range(300), 7):
        facts.put(SPARE, CODE, mark(number))
    assert max(len(value) for value in facts.known.values()) < 60 and len(facts.known) == 300
    assert set(facts.readers(CODE)) == {f"box-{number}" for number in range(300)}
    assert {(one.box, one.entries, dict(one.facts)["other"]) for one in facts.told(SPARES)} == {
        (f"box-{number}", (number,), "box-299") for number in range(299)
    }
    assert not [*facts.told({})] and not [*facts.told({CODE: Printed("box-7", 1, 0)})]


def test_what_was_called_up_is_read_on() -> None:
    one = Facts()
    for number in range(3):
        one.put(SPARE, CODE, mark(number))
    other = Facts(lambda topic, key: one.known.get((topic, key)))
    other.put(SPARE, CODE, mark(3))
    assert set(other.readers(CODE)) == {f"box-{number}" for number in range(4)}
    assert set(other.known) == {("spare", CODE), ("spare.other", f"{CODE} box-2")}


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=3, max_size=6)  # which box, and when


@pytest.mark.parametrize("topic", [SEAL, SPARE])
@given(rows=ROWS, shuffled=st.randoms(use_true_random=False))
def test_what_crosses_is_a_function_of_the_set(topic: str, rows: list[tuple[int, int]], shuffled: Random) -> None:
    """Three to six statements with one number, several of one box and of one second: any order of arrival finds the same (LAW-9, REG-5)."""
    marks = [Mark(f"box-{box}", at, f"{number:016x}", number) for number, (box, at) in enumerate(rows)]
    first = min(marks, key=lambda one: (one.at, one.sid))
    others = {box: min((one for one in marks if one.box == box), key=lambda one: (one.at, one.sid)) for box in {one.box for one in marks}}
    want = {(box, (one.entry,), first.box) for box, one in others.items() if box != first.box}
    for _ in range(3):
        shuffled.shuffle(marks)
        facts = Facts()
        for one in marks:
            facts.put(topic, CODE, one)
        assert {(one.box, one.entries, dict(one.facts)["other"]) for one in facts.told(SPARES)} == want
        assert set(facts.readers(CODE)) == (set(others) if topic == SPARE else set())


BOXES = (BOX, PRESIDENT, f"PEM24-{ELSE}-DPR-1")


def _numbered(times: list[int], order: list[int] | None) -> set[tuple[str | None, str, str]]:
    """One number on three boxes, the first of which bears it twice: what is told, with the statement that is named."""
    history = Rooms(boxes=BOXES)
    for number, (at, box) in enumerate(zip(times, (*BOXES, BOX, PRESIDENT), strict=True)):
        history.clock(at)
        own = {"number": f"B{number}", "point": "tie-2", "state": "intact"}
        row = history.world.line(box, None, seals=[*NUMBERED[:2], own], by=SIGHT)
        history.add(history.world.seal(row, sealer="ppk-1", place=PPK), "ppk-1", "guard-1")
    world = history.arrive(order)
    world.checkpoint()
    found = [one for one in verify(world, world.policy())[0].findings if one.code == "seal.reused" and dict(one.facts)["value"] == "A1"]
    return {(one.box, str(dict(one.facts)["other"]), entry.parse(world.entries[one.entries[0]]).statement.sid) for one in found}


@pytest.mark.parametrize("times", [[3, 2, 4, 1, 0], [3, 4, 2, 3, 4], [1, 1, 1, 1, 1]], ids=str)
def test_five_sealings_with_one_number_in_any_order(times: list[int]) -> None:
    hours = [at * HOUR for at in times]
    want = _numbered(hours, None)
    assert len(want) == 2
    for order in ([4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [1, 4, 0, 3, 2], [3, 1, 4, 2, 0]):
        assert _numbered(hours, order) == want


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_boxes_the_later_by_the_time_claimed_does_not_keep_a_seal_number(turned: bool) -> None:
    """LAW-9: whichever sealing arrives first."""
    history = Rooms(boxes=(BOX, PRESIDENT))
    for at, box in ((0, BOX), (HOUR, PRESIDENT)):
        history.clock(at)
        irregular = [{"finding": "seal.reused", "reason": "mistake-before"}] if at else []
        history.add(history.world.seal(history.world.line(box, None, seals=NUMBERED), irregular=irregular), "kpps-1", "guard-1")
    world = history.arrive([1, 0] if turned else None)
    world.checkpoint()
    found = [one for one in verify(world, world.policy())[0].findings if one.code == "seal.reused"]
    assert [(one.box, dict(one.facts)["other"], one.stated) for one in found] == [(PRESIDENT, BOX, "mistake-before")] * 3
    assert {entry.parse(world.entries[one.entries[0]]).statement.body["boxes"][0]["box"] for one in found} == {PRESIDENT}


# Who prints what is read on a box, and when: before it is read, long after, or a code that is another box's.
PRINTS = {
    "before": ([(BOX, CODE, -HOUR)], set()),
    "after": ([(BOX, CODE, 9 * HOUR)], {"label.unknown"}),
    "as it is read": ([(BOX, CODE, 200)], set()),
    "for another box before": ([(PRESIDENT, CODE, -HOUR), (BOX, CODE, -HOUR)], {"label.other-box", "label.two-boxes"}),
    "for another box afterwards": ([(BOX, CODE, -HOUR), (PRESIDENT, CODE, -2 * HOUR)], {"label.two-boxes"}),
    "as a spare afterwards": ([(BOX, CODE, -HOUR), (None, CODE, -2 * HOUR)], {"label.two-boxes"}),
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("name", PRINTS)
def test_what_a_print_makes_of_a_code_that_was_read(name: str, late: bool) -> None:
    """REG-3, REG-5: whether the reading arrives before the prints or behind them."""
    prints, want = PRINTS[name]
    history = Rooms(boxes=(BOX, PRESIDENT))
    history.clock(0)
    history.add(history.world.seal(history.world.line(BOX, None, by={"how": "scanned", "label": CODE})), "kpps-1", "guard-1")
    for box, code, at in prints:
        history.clock(at)
        history.add(history.world.draft("label", labels=[{"box": box, "code": code, "copy": 1}], reason="reprint"), "guard-3")
    order = [0, *range(1, len(prints) + 1)]
    world = history.arrive(order if late else order[1:] + order[:1])
    world.checkpoint()
    assert {one.code for one in verify(world, world.policy())[0].findings if one.code.startswith("label.")} == want


# What a reader claims to have seen of the ledger, of a code whose print claims to be of later: whose signature, and what arrives first.
HEADS = {
    "a head of the ledger": (True, True, set()),
    "a head that nobody signed": (False, True, {"label.unknown"}),
    "a head that nobody signed, before the print": (False, False, {"label.unknown"}),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_print_is_known_to_who_saw_it_in_the_ledger(name: str) -> None:
    signed, behind, want = HEADS[name]
    history = Rooms(boxes=(BOX,))
    world = history.world
    history.clock(9 * HOUR)
    history.add(world.draft("label", labels=[{"box": BOX, "code": CODE, "copy": 1}], reason="first"), "guard-3")
    tree = Tree()
    for note in (*world.entries[: history.base], *history.notes):
        tree.append(leaf_hash(note))
    head = Checkpoint(world.origin, tree.size, tree.root())
    signature = world.ledger_signing.sign(head.text()) if signed else b"1" * 64
    world.seen = {"root": head.root.hex(), "sig": signature.hex(), "size": head.size}
    history.clock(0)
    history.add(world.seal(world.line(BOX, None, by={"how": "scanned", "label": CODE})), "kpps-1", "guard-1")
    world = history.arrive([0, 1] if behind else [1, 0])
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert not verdict.faults
    assert {one.code for one in verdict.findings if one.code.startswith("label.")} == want


def test_each_act_is_read_once_for_all_its_boxes() -> None:
    """A hundred and fifty claims on forty boxes: no more readings than entries, however often they are asked for."""
    world = small()
    boxes = [f"PEM24-5307192001-{number:03d}-DPR-1" for number in range(1, 41)]
    world.register(*boxes[1:])
    for _ in range(150):
        rows = [world.line(box, None, by=SIGHT, seals=[]) for box in boxes]
        made = world.handoff(*rows, giver="kpps-1", receiver="pps-1", start=TPS, end=DESA)
        world.log(world.sign(made, "pps-1"), head=False)
    state, asked = State(), list[int]()
    for data in world.entries:
        state.apply(*state.authenticate(data))

    def note(index: int) -> bytes:
        asked.append(index)
        return world.entries[index]

    settled = state.settle(note, boxes)
    assert sorted(asked) == list(range(len(world.entries) - 150, len(world.entries)))
    assert {len(one.offers) + len(one.waiting) for one, _ in settled.values()} == {150}


def test_boxes_are_judged_alike_however_many_fit_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = small()
    made = world.handoff(*(world.line(box, None) for box in (BOX, PRESIDENT)), giver="kpps-1", receiver="pps-1", start=TPS, end=DESA)
    log(world, made, "pps-1")
    look = world.draft("inspection", **LOOK)
    log(world, look, "guard-1")
    state = State()
    for data in world.entries:
        state.apply(*state.authenticate(data))
    whole = state.settle(world.entries.__getitem__)
    monkeypatch.setattr("custody.core.state._AT_HAND", 1)
    assert state.settle(world.entries.__getitem__) == whole
    assert entry.parse(world.entries[-1]).statement == look


LOOK: dict[str, Any] = {
    **dict.fromkeys(("counted", "door", "lock", "note")),
    **{field: [] for field in ("boxes", "defects", "irregular", "photos")},
    "extra": [PRESIDENT],
    "missing": [BOX],
    "officer": "guard-1",
    "place": DESA,
}
