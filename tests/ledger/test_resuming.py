"""An audit that was stopped and goes on says what one of the whole says, and says which entries it did not read again (SNAP-4, SNAP-5)."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core import ahead, verify
from custody.core.errors import Altered
from custody.core.verdict import Verdict
from custody.ledger import snapshots
from custody.ledger.audit import Interrupted, audit
from custody.ledger.ledger import Ledger
from custody.ledger.snapshots import Verified
from custody.store.memory import MemoryStore
from fixtures.bigworld import BigWorld
from fixtures.office import MemoryGuard, key_of, refuses
from fixtures.smallworld import BOX, World, ready
from tests.bench import ground
from tests.ledger.test_books import begun as books_begun
from tests.ledger.test_books import night
from tests.ledger.test_snapshots import story


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of one entry, so that an audit can be stopped behind each, and before each checkpoint."""
    monkeypatch.setattr(ahead, "BLOCK", 1)
    monkeypatch.setattr(verify, "_A_FEW", 0)


def of_story() -> tuple[MemoryStore, World]:
    """Boxes in every kind of chain; one statement is logged again without a new signature."""
    world = ready()
    notes = story(world)
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    ledger.found(notes[0])
    for data in notes[1:]:
        ledger.append([data])
    return store, world


def of_books() -> tuple[MemoryStore, World]:
    """A night whose every book has entries."""
    history = night()
    store, ledger = books_begun(history)
    ledger.append(history.world.entries[history.base :])
    return store, history.world


Record = Callable[[str, object], None]
HISTORIES: dict[str, Callable[[], tuple[MemoryStore, World]]] = {"story": of_story, "books": of_books}


def after(times: int) -> Callable[[], bool]:
    """Says stop when it is asked for the `times`-th time."""
    asked = [0]

    def stop() -> bool:
        asked[0] += 1
        return asked[0] == times

    return stop


def stopped(store: MemoryStore, world: World, times: int, start: Verified | None = None) -> Interrupted:
    with pytest.raises(Interrupted) as caught:
        audit(store, world.policy(), start=start, stop=after(times))
    return caught.value


def carried(one: Interrupted, folder: Path) -> Verified:
    """What was remembered, through its file."""
    assert one.verified is not None
    snapshots.save(folder / "halfway", one.verified)
    return snapshots.load(folder / "halfway")


def same(one: Verdict, other: Verdict) -> None:
    for field in ("origin", "size", "root", "covered", "trusted", "witnessed", "fault_count", "faults", "findings", "boxes", "undecided"):
        assert getattr(one, field) == getattr(other, field), field


@pytest.mark.parametrize("name", HISTORIES)
def test_stopped_anywhere_and_gone_on_it_is_the_verdict_of_the_whole(name: str, tmp_path: Path) -> None:
    store, world = HISTORIES[name]()
    whole, _ = audit(store, world.policy())
    assert whole.integrity == "consistent"
    for times in range(1, store.size() + len(list(store.checkpoints())) + 1):
        one = stopped(store, world, times)
        assert one.read == min(times, store.size())
        assert (one.faults, one.count) == ((), 0)
        verdict, _ = audit(store, world.policy(), start=carried(one, tmp_path))
        same(verdict, whole)
        assert verdict.reread == whole.size - one.read


def test_stopped_twice(tmp_path: Path) -> None:
    store, world = of_story()
    whole, _ = audit(store, world.policy())
    first = stopped(store, world, 4)
    second = stopped(store, world, 7, carried(first, tmp_path))
    assert (first.read, second.read) == (4, 11)
    verdict, verified = audit(store, world.policy(), start=carried(second, tmp_path))
    same(verdict, whole)
    assert verdict.reread == whole.size - 11
    assert verified.halfway is None


def test_a_statement_that_was_logged_again_is_found_across_the_stop() -> None:
    """The first time before the stop, once more behind it; the judge keeps eight bytes of each statement for that."""
    world = ready()
    sealed = world.seal(world.line(BOX, None))
    for who in (("kpps-1", "guard-1"), ("kpps-1",)):
        world.log(world.sign(sealed, *who))
    whole, _ = verify.verify(world, world.policy())
    assert "entry.again" in {one.code for one in whole.findings}
    for times in range(1, len(world.entries)):
        with pytest.raises(verify.Stopped) as caught:
            verify.verify(world, world.policy(), stop=after(times))
        same(verify.verify(world, world.policy(), start=caught.value.snapshot)[0], whole)


def test_entries_that_came_meanwhile_are_read_too(tmp_path: Path) -> None:
    world = ready()
    notes = story(world)
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    ledger.found(notes[0])
    ledger.append(notes[1:9])
    start = carried(stopped(store, world, 6), tmp_path)
    ledger.append(notes[9:])
    whole, _ = audit(store, world.policy())
    verdict, _ = audit(store, world.policy(), start=start)
    same(verdict, whole)
    assert verdict.reread == len(notes) - 6


def other(body: bytes) -> bytes:
    """The same with one letter of a signature changed."""
    return body[:-10] + (b"A" if body[-10:-9] != b"A" else b"B") + body[-9:]


def spoilt(store: MemoryStore, index: int, **changes: object) -> None:
    """Somebody changes a row that was read before the stop."""
    store._state.entries[index] = store.row(index)._replace(**changes)  # type: ignore[arg-type]


def test_a_body_that_changes_after_it_was_read_is_not_read_again_and_that_is_said(tmp_path: Path) -> None:
    """Entry 3 enrols somebody and is not asked for again: the verdict speaks of the entries behind the stop alone (SNAP-5)."""
    store, world = of_story()
    start = carried(stopped(store, world, 12), tmp_path)
    spoilt(store, 3, body=other(store.row(3).body))
    verdict, _ = audit(store, world.policy(), start=start)
    assert (verdict.integrity, verdict.reread) == ("consistent", verdict.size - 12)
    assert audit(store, world.policy())[0].integrity == "altered"


@pytest.mark.parametrize("what", ["leaf", "tile", "box", "checkpoint", "cut"])
def test_what_else_changes_in_the_part_that_was_read_is_told(what: str, tmp_path: Path) -> None:
    """All but the bodies is compared with what was remembered."""
    world = BigWorld(10)
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    notes = list(world.all(300))
    ledger.found(notes[0])
    ledger.append(notes[1:])
    with pytest.raises(Interrupted) as caught:
        audit(store, world.policy(), stop=after(290))
    start, state = carried(caught.value, tmp_path), store._state
    if what == "leaf":
        spoilt(store, 7, leaf=bytes(32))
    elif what == "tile":
        state.tiles[0] = (bytes(len(state.tiles[0][0])),)
    elif what == "box":
        box = next(iter(state.box_rows))
        state.box_rows[box] = state.box_rows[box]._replace(holder="orang-lain")
    elif what == "checkpoint":
        state.notes[1] = state.notes[300]
    else:
        del state.entries[260:]
    verdict, _ = audit(store, world.policy(), start=start)
    wanted = {
        "leaf": "kept.column",
        "tile": "kept.tile",
        "box": "projection.box",
        "checkpoint": "head.size",
        "cut": "tree.short",
    }
    assert wanted[what] in {fault.code for fault in verdict.faults}


def test_where_something_was_found_nobody_goes_on_from_there() -> None:
    store, world = of_story()
    spoilt(store, 3, body=other(store.row(3).body))
    one = stopped(store, world, 8)
    assert (one.read, one.verified, one.count > 0) == (8, None, True)
    assert [fault.entry for fault in one.faults][:1] == [3]


def test_a_head_that_is_not_right_is_no_place_to_go_on_from() -> None:
    store, world = of_story()
    store._state.notes[6] = b"bukan titik periksa"
    one = stopped(store, world, 6)
    assert (one.read, one.verified) == (6, None)


def test_a_halfway_file_that_was_changed_is_thrown_away(tmp_path: Path) -> None:
    store, world = of_story()
    carried(stopped(store, world, 8), tmp_path)
    path = tmp_path / "halfway"
    path.write_bytes(path.read_bytes().replace(b'"runs"', b'"lari"'))
    with refuses(Altered, "snapshot.hash"):
        snapshots.load(path)


@pytest.mark.soak
def test_stopped_after_100_000_of_120_000(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """In blocks as they are, over a file; what is remembered, how long it takes to write and to read again."""
    monkeypatch.undo()
    made = ground.Ground(tmp_path / "ledger", 3_000, 120_000)
    store = made.store()
    began = time.process_time()
    whole, _ = audit(store, made.trust)
    record_property("whole", f"{time.process_time() - began:.1f} s CPU")
    read = [0]
    with pytest.raises(Interrupted) as caught:
        audit(store, made.trust, watch=lambda index: read.__setitem__(0, index), stop=lambda: read[0] >= 100_000)
    one = caught.value
    assert 100_000 <= one.read < 101_000
    began = time.process_time()
    start = carried(one, tmp_path)
    record_property(
        "remembered", f"{(tmp_path / 'halfway').stat().st_size / 1e6:.0f} MB, written and read in {time.process_time() - began:.1f} s CPU"
    )
    began = time.process_time()
    verdict, _ = audit(store, made.trust, start=start)
    record_property("going on", f"{time.process_time() - began:.1f} s CPU, {verdict.reread} entries")
    same(verdict, whole)
    assert verdict.reread == 120_000 - one.read
    store.close()
