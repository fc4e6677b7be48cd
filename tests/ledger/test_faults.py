"""Every step of an append fails once, before and after it landed; afterwards nothing is half done and nothing acknowledged is gone."""

import pytest

from custody.core.errors import CustodyError
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from fixtures.bigworld import BigWorld
from fixtures.faulty import GUARD, KEY, STORE, FaultyGuard, FaultyKey, FaultyStore, Plan
from fixtures.office import MemoryGuard, key_of

STEPS = [(step, landed) for step in (*STORE, *GUARD, *KEY) for landed in (False, True) if step != "begin" or not landed]
AT_OPENING = {"fact", "facts", "rows", "leaves"}
WHEN_OPEN = (
    {*STORE, *GUARD, *KEY} - AT_OPENING - {"boxes_by_name", "tiles", "indexes_by_leaf"}
)  # boxes are in memory, no note is known, one tile
WHEN_JUST_OPENED = WHEN_OPEN | AT_OPENING | {"boxes_by_name"}


@pytest.fixture(scope="module")
def history() -> tuple[BigWorld, list[bytes]]:
    """A ledger that fills its first tile within the batch that fails."""
    world = BigWorld(20)
    return world, list(world.all(270))


class Desk:
    """A ledger over things that can fail, its store and guard as they really are."""

    def __init__(self, world: BigWorld, notes: list[bytes]) -> None:
        self.plan, self.store, self.guard = Plan(), MemoryStore(), MemoryGuard()
        self.world = world
        self.ledger = self.opened()
        self.ledger.found(notes[0])
        self.receipts = [self.ledger.receipt(0), *self.ledger.append(notes[1:250])]

    def opened(self) -> Ledger:
        return Ledger(FaultyStore(self.store, self.plan), FaultyGuard(self.guard, self.plan), FaultyKey(key_of(self.world), self.plan))

    def check(self, notes: list[bytes]) -> None:
        """Whatever was acknowledged is there, the whole verifies, and memory agrees with the store."""
        verdict, verified = audit(self.store, self.world.policy())
        assert (verdict.integrity, verdict.faults) == ("consistent", ())
        kept = [row.body for row in self.store.rows()]
        assert kept == notes[: len(kept)]
        for receipt in self.receipts:
            assert kept[receipt.index] == receipt.note
            assert receipt.verify(self.world.policy()).root == verified.tree.root(receipt.verify(self.world.policy()).size)
        assert self.ledger.size == len(kept)
        assert self.ledger.judge(verdict.boxes) == {box: self.ledger.judge([box])[box] for box in verdict.boxes}
        assert {box: one for box, (one, _) in self.ledger.judge(verdict.boxes).items()} == verdict.boxes


@pytest.mark.parametrize(("step", "landed"), STEPS)
@pytest.mark.parametrize("fresh", [False, True], ids=["open", "just opened"])
def test_a_step_that_fails_leaves_everything_whole(step: str, landed: bool, fresh: bool, history: tuple[BigWorld, list[bytes]]) -> None:
    world, notes = history
    desk = Desk(world, notes)
    if fresh:
        desk.ledger = desk.opened()
    desk.plan.fail(step, landed)
    try:
        desk.receipts += desk.ledger.append(notes[250:260])
    except CustodyError:
        assert desk.plan.fired
        assert (desk.store.size() == 260) == (step == "advance" or (step == "commit" and landed))
    assert desk.plan.fired == (step in (WHEN_JUST_OPENED if fresh else WHEN_OPEN))
    desk.plan.step = None
    desk.check(notes)
    again = desk.ledger.append(notes[250:])
    assert [receipt.index for receipt in again] == list(range(250, 270))
    desk.receipts += again
    desk.check(notes)
    assert desk.guard.note == desk.ledger.checkpoint()
