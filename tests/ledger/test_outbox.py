"""The outbox: what is signed while the ledger key is locked is kept, in its order, until it has its receipt."""

import sys
from pathlib import Path

import pytest

from custody.core.errors import BadSignature, Locked, Refused
from custody.ledger.ledger import Ledger
from custody.ledger.outbox import Outbox
from custody.ledger.receipt import Receipt
from fixtures.office import in_memory, key_of, refuses
from fixtures.smallworld import World


def labels(world: World, count: int) -> list[bytes]:
    drafts = [world.draft("label", labels=[{"box": None, "code": f"{n:064x}", "copy": 1}], reason="spare") for n in range(count)]
    return [world.sign(one, "kpu-1") for one in drafts]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def locked(world: World) -> Ledger:
    ledger = in_memory(world)
    ledger.lock()
    return ledger


def test_what_waits_keeps_its_order_and_a_note_waits_once(world: World, tmp_path: Path) -> None:
    outbox, notes = Outbox(tmp_path / "outbox"), labels(world, 12)
    assert outbox.pending() == []
    paths = [outbox.save(data) for data in notes]
    assert outbox.save(notes[3]) == paths[3]
    assert [one.note for one in Outbox(tmp_path / "outbox").pending()] == notes
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_unlocking_seals_what_waits(world: World, locked: Ledger, tmp_path: Path) -> None:
    outbox, notes = Outbox(tmp_path / "outbox"), labels(world, 300)
    for data in notes:
        outbox.save(data)
    with refuses(Locked, "ledger.locked"):
        outbox.drain(locked)
    assert len(outbox.pending()) == 300
    locked.unlock(key_of(world))
    receipts = outbox.drain(locked)
    assert [receipt.note for receipt in receipts if isinstance(receipt, Receipt)] == notes
    assert outbox.pending() == []
    assert outbox.drain(locked) == []


def test_what_is_refused_stays_aside_and_hinders_nobody(world: World, locked: Ledger, tmp_path: Path) -> None:
    outbox, (first, second) = Outbox(tmp_path / "outbox"), labels(world, 2)
    bad = first.replace(b'"copy":1', b'"copy":2')
    for data in (first, bad, second):
        outbox.save(data)
    locked.unlock(key_of(world))
    one, other, last = outbox.drain(locked)
    assert isinstance(one, Receipt)
    assert isinstance(other, BadSignature)
    assert isinstance(last, Receipt)
    assert [path.read_bytes() for path in outbox.folder.iterdir()] == [bad]
    assert outbox.pending() == []


def test_a_power_cut_between_receipt_and_removal_costs_nothing(world: World, locked: Ledger, tmp_path: Path) -> None:
    outbox, notes = Outbox(tmp_path / "outbox"), labels(world, 3)
    for data in notes:
        outbox.save(data)
    locked.unlock(key_of(world))
    locked.append(notes[:2])
    (outbox.folder / "00000009-half.new").write_bytes(notes[0][:10])
    assert [receipt.index for receipt in outbox.drain(locked) if isinstance(receipt, Receipt)] == [1, 2, 3]
    assert outbox.pending() == []


def test_a_folder_that_cannot_be_written_is_a_sentence(world: World, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file stands where the folder should be")
    with refuses(Refused, "outbox.unwritable"):
        Outbox(tmp_path / "outbox").save(labels(world, 1)[0])
