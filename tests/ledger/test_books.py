"""Books and looks in a ledger that grows (spec chapters 17 to 20): rows, trail and findings are those of the whole, in any order."""

from pathlib import Path
from random import Random

import pytest

from custody.core.findings import Finding
from custody.core.verdict import Verdict
from custody.ledger import snapshots
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.ledger.rebuild import rebuild
from custody.store.memory import MemoryStore
from fixtures.loadhistory import HOUR, PPK, PRESIDENT, STORE
from fixtures.office import MemoryGuard, key_of
from fixtures.roomhistory import LABEL, THREE, TORN, Rooms
from fixtures.smallworld import BOX

BOOKED = ("count.", "shift.", "room.", "visit.", "manifest.", "receipt.", "plenary.", "incident.")


def night() -> Rooms:
    """Every book has entries: a room with a wrong count, a load, a plenary that is not over, an incident, looks that surprise or not."""
    history = Rooms(plenary=True)
    history.shift(HOUR, 0)
    history.lie()
    history.look(3 * HOUR, *THREE)
    history.manifest(*THREE, officer="kasatops-1", names=("kasatops-1",), to=STORE, **{"from": PPK})
    history.look(4 * HOUR, BOX, seals=TORN, counted=2)
    history.look(5 * HOUR, missing=[PRESIDENT], extra=[BOX], place=PPK)
    history.incident(PRESIDENT, place=PPK, code="missing")
    history.shift(6 * HOUR, 3, outgoing="guard-1", incoming="guard-2")
    history.plenary("begun", 6 * HOUR)
    history.visit(7 * HOUR, "ppk-1")
    history.clock(8 * HOUR)
    history.load(BOX, giver="ppk-1", receiver="keeper-1", start=PPK, end=STORE, place=PPK)
    history.look(9 * HOUR, BOX, officer="guard-3", place=STORE)
    return history


def begun(history: Rooms) -> tuple[MemoryStore, Ledger]:
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(history.world))
    base = history.world.entries[: history.base]
    ledger.found(base[0])
    ledger.append(base[1:])
    return store, ledger


def booked(verdict: Verdict) -> set[Finding]:
    return {one for one in verdict.findings if one.code.startswith(BOOKED)}


def bounded(verdict: Verdict) -> list[Finding]:
    """All findings but that nobody bounds the times of what was read."""
    return [one for one in verdict.findings if one.code != "time.unbounded"]


def rows(store: MemoryStore) -> object:
    return list(store.boxes()), list(store.touches()), [(topic, list(store.facts(topic))) for topic in store.topics()]


@pytest.mark.parametrize("seed", range(6))
def test_rows_and_findings_of_a_growing_ledger_are_those_of_the_whole(seed: int) -> None:
    history = night()
    store, ledger = begun(history)
    order = list(range(len(history.notes)))
    Random(seed).shuffle(order)
    for number in order if seed else range(len(order)):
        ledger.append([history.notes[number]])
        verdict, _ = audit(store, history.world.policy())
        assert (verdict.integrity, verdict.faults) == ("consistent", ())
        assert set(ledger.books()) == booked(verdict)
    for row in store.boxes():
        found = Ledger(store, MemoryGuard()).books([row])
        assert set(found) == {one for one in ledger.books() if one.box == row.box}
    judged = ledger.judge(history.boxes)
    assert {box: state for box, (state, _) in judged.items()} == verdict.boxes
    kept = rows(store)
    rebuild(store)
    assert rows(store) == kept
    assert Ledger(store, MemoryGuard()).books() == ledger.books()
    assert {one.code for one in verdict.findings} >= {"count.differs", "seal.changed", "box.missing", "plenary.unfinished", "incident.open"}


@pytest.mark.parametrize("first", range(13))
def test_going_on_from_a_snapshot_says_what_a_whole_audit_says(first: int, tmp_path: Path) -> None:
    history = night()
    store, ledger = begun(history)
    for data in history.notes[:first]:
        ledger.append([data])
    _, verified = audit(store, history.world.policy())
    snapshots.save(tmp_path / "snapshot", verified)
    for data in history.notes[first:]:
        ledger.append([data])
    whole, _ = audit(store, history.world.policy())
    gone_on, _ = audit(store, history.world.policy(), start=snapshots.load(tmp_path / "snapshot"))
    assert gone_on.boxes == whole.boxes
    assert bounded(gone_on) == bounded(whole)


def test_a_code_that_a_look_read_before_it_was_printed() -> None:
    """What a code means may become known later: then the rows of the boxes on which it was read are written anew."""
    history = Rooms()
    history.lie()
    for at, box in ((3, BOX), (4, PRESIDENT)):
        history.look(at * HOUR, box, by={"how": "scanned", "label": LABEL})
    history.clock(-HOUR)
    printed = history.world.draft("label", labels=[{"box": BOX, "code": LABEL, "copy": 1}], reason="first")
    store, ledger = begun(history)
    told = []
    for data in (*history.notes, history.world.sign(printed, "keeper-1")):
        ledger.append([data])
        verdict, _ = audit(store, history.world.policy())
        assert verdict.faults == ()
        told.append({(one.code, one.box) for one in verdict.findings if one.code.startswith("label.") and one.code != "label.not-read"})
    assert told[-2:] == [{("label.unknown", BOX), ("label.unknown", PRESIDENT)}, {("label.other-box", PRESIDENT)}]


def test_a_box_that_is_seen_as_it_was_is_not_folded_anew() -> None:
    history = Rooms()
    history.lie()
    history.look(3 * HOUR, *THREE)
    _, ledger = begun(history)
    ledger.append(history.notes)
    chains = [ledger.state.chain(box) for box in history.boxes]
    assert [chain is not None and (chain.tangled, chain.seen > 0) for chain in chains] == [(False, True)] * 3


def test_a_link_that_arrives_after_a_look_and_happened_before_it_is_held_against_it() -> None:
    history = Rooms()
    history.lie()
    history.look(5 * HOUR, *THREE)
    history.leave(BOX, at=3 * HOUR, place=STORE)
    _, ledger = begun(history)
    ledger.append(history.notes)
    assert {one.code for one in ledger.judge([BOX])[BOX][1]} >= {"box.unexpected"}
