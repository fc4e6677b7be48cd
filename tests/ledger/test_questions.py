"""What a batch asks of the store does not grow with what is in it: over a line to a server each question costs its way there and back."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from custody.core.errors import Refused
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from custody.store.sqlite import SqliteStore
from fixtures.faulty import FaultyStore, Plan
from fixtures.office import MemoryGuard, key_of
from fixtures.smallworld import SEALS, World, ready


@contextmanager
def asked() -> Iterator[Counter[str]]:
    """The questions of a block by the table that they are put to; a list of rows that is written counts as one."""
    found = Counter[str]()

    def count(*told: object) -> None:
        words = str(told[2]).split()
        found[f"{words[0]} {words[words.index('FROM') + 1] if 'FROM' in words else words[2]}"] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def sealings(world: World, size: int) -> list[bytes]:
    """Each of another box, with three numbers of its own."""
    made = []
    for at in range(size):
        seals = [{**one, "number": f"Z-{at}-{point}"} for point, one in enumerate(SEALS)]
        made.append(world.seal(world.line(f"PEM24-5307192001-{at + 1:03d}-DPR-1", None, seals=seals)))
    return [world.sign(one, "kpps-1", "guard-1") for one in made]


def readings(world: World, size: int) -> list[bytes]:
    """Handoffs of which each reads a code that nobody has printed."""
    made = []
    for at in range(size):
        line = world.line(f"PEM24-5307192001-{at + 1:03d}-DPR-1", None, by={"how": "scanned", "label": f"{at:064x}"})
        made.append(world.handoff(line, giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001"))
    return [world.sign(one, "kpps-1", "pps-1") for one in made]


def printings(world: World, size: int) -> list[bytes]:
    """One statement that prints so many spares."""
    labels = [{"box": None, "code": f"{at:064x}", "copy": 1} for at in range(size)]
    return [world.sign(world.draft("label", labels=labels, reason="first"), "kpu-1")]


def registrations(world: World, size: int) -> list[bytes]:
    """One statement that registers so many boxes."""
    rows = [
        {"box": f"PEM24-5307192001-{at + 1:03d}-DPR-1", "codes": [], "place": f"{at + 1:03d}", "replaces": None, "round": 1, "type": "DPR"}
        for at in range(size)
    ]
    return [world.sign(world.draft("register", boxes=rows, reason="first"), "kpu-1", "polri-1")]


BATCHES: list[tuple[str, Callable[[World, int], list[bytes]]]] = [
    ("boxes that are sealed, with their numbers", sealings),
    ("codes that are read on boxes", readings),
    ("spares that are printed", printings),
    ("boxes that are registered", registrations),
]


def questions(folder: Path, made: Callable[[World, int], list[bytes]], size: int) -> Counter[str]:
    """What one batch asks of a ledger that was just opened and has no box at hand."""
    world = ready()
    notes = made(world, size)
    with closing(SqliteStore.create(folder)) as store:
        guard = MemoryGuard()
        before = Ledger(store, guard, key_of(world))
        before.found(world.entries[0])
        before.append(world.entries[1:])
        ledger = Ledger(store, guard, key_of(world))
        ledger.refresh()
        with asked() as found:
            ledger.append(notes)
        assert list(ledger.notes(len(world.entries))) == notes
    return found


@pytest.mark.parametrize(("name", "made"), BATCHES, ids=[name for name, _ in BATCHES])
def test_a_large_batch_asks_no_more_than_a_small_one(tmp_path: Path, name: str, made: Callable[[World, int], list[bytes]]) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "large").mkdir()
    small, large = questions(tmp_path / "small", made, 2), questions(tmp_path / "large", made, 60)
    assert large == small and sum(small.values()) > 5, name


@pytest.mark.parametrize("step", ["boxes_by_name", "facts_by_key"])
def test_a_question_that_fails_is_no_fault_of_a_note(step: str) -> None:
    """Nobody's note is refused for it: all of the batch is, and can be offered again."""
    world, plan = ready(), Plan()
    notes, store, guard = sealings(world, 3), MemoryStore(), MemoryGuard()
    ledger = Ledger(store, guard, key_of(world))
    ledger.found(world.entries[0])
    ledger.append(world.entries[1:])
    ledger = Ledger(FaultyStore(store, plan), guard, key_of(world))
    ledger.refresh()
    plan.fail(step, landed=False)
    with pytest.raises(Refused, match=r"store\.io"):
        ledger.offer(notes)
    assert plan.fired and store.size() == len(world.entries)
    assert [one.index for one in ledger.append(notes)] == [len(world.entries) + at for at in range(3)]


def test_what_is_known_already_is_asked_for_no_more_the_more_there_is(tmp_path: Path) -> None:
    """A bundle that comes again gets its receipts without its entries being read."""
    world = ready()
    with closing(SqliteStore.create(tmp_path)) as store:
        ledger = Ledger(store, MemoryGuard(), key_of(world))
        ledger.found(world.entries[0])
        notes = sealings(world, 40)
        ledger.append([*world.entries[1:], *notes])
        told = list[Counter[str]]()
        for some in (notes[:2], notes):
            with asked() as found:
                assert [receipt.note for receipt in ledger.append(some)] == some
            told.append(found)
    assert told[0] == told[1]
