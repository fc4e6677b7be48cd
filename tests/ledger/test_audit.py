"""The audit: what an honest ledger gets, and where it points when something was changed."""

from functools import partial
from pathlib import Path

import pytest

from custody.core.verify import Outside
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.store.sqlite import SqliteStore
from fixtures.bigworld import BigWorld
from fixtures.office import again, file_guard, in_folder, key_of
from fixtures.smallworld import BOX, World, ready


def lived(world: World) -> list[bytes]:
    """The world's notes, a seal, an offer and its completion, a label told twice: clean, tangled and disputed things."""
    seal = world.seal(world.line(BOX, None))
    handoff = world.handoff(world.line(BOX, seal.sid), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    one = world.draft("label", labels=[{"box": BOX, "code": "a" * 64, "copy": 1}], reason="first")
    two = world.draft("label", labels=[{"box": BOX, "code": "a" * 64, "copy": 2}], reason="reprint")
    nothing = {"about": [], "due": None, "irregular": [], "note": None, "owner": None, "photos": [], "settles": []}
    incident = world.draft("incident", **nothing, boxes=[BOX], code="wet", place="5307192001")
    signed = [(seal, "kpps-1", "guard-1"), (handoff, "kpps-1"), (one, "kpu-1"), (handoff, "kpps-1", "pps-1"), (two, "kpu-1")]
    return [*world.entries, *(world.sign(what, *who) for what, *who in [*signed, (incident, "guard-1")])]


@pytest.fixture
def world() -> World:
    return ready()


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    ledger = in_folder(world, tmp_path / "ledger")
    for data in lived(world)[1:]:
        ledger.append([data])
    ledger.close()
    return tmp_path / "ledger"


def test_an_honest_ledger_is_consistent(world: World, folder: Path) -> None:
    verdict, _ = audit(SqliteStore.open(folder), world.policy())
    assert (verdict.integrity, verdict.fault_count, verdict.faults) == ("consistent", 0, ())
    assert verdict.boxes[BOX].holding.holder == "pps-1"


def test_what_others_hold_is_compared(world: World, folder: Path) -> None:
    ledger = again(world, folder)
    receipt = ledger.receipt(5, 7)
    outside = [Outside("tanda terima", receipt.proof.checkpoint, receipt.proof, receipt.leaf)]
    assert audit(SqliteStore.open(folder), world.policy(), outside)[0].outside == 1
    wrong = [outside[0]._replace(leaf=bytes(32))]
    verdict, _ = audit(SqliteStore.open(folder), world.policy(), wrong)
    assert (verdict.integrity, [one.code for one in verdict.undecided]) == ("consistent", ["outside.proof"])


CODE, OTHER = "77" * 32, "PEM24-5307192001-002-DPR-1"


def _label(world: World, box: str | None, copy: int = 1) -> bytes:
    made = world.draft("label", labels=[{"box": box, "code": CODE, "copy": copy}], reason="reprint")
    return world.sign(made, "guard-1")


def _read(world: World, box: str) -> bytes:
    made = world.seal(world.line(box, None, by={"how": "scanned", "label": CODE}))
    return world.sign(made, "kpps-1", "guard-1")


LABELS: dict[str, tuple[str | None, ...]] = {
    "known after it was read": (BOX,),
    "a spare known after it was read": (None,),
    "of another box": (OTHER,),
    "of two boxes": (OTHER, "PEM24-5307192001-002-DPRDK-1"),
    "a spare and of a box": (None, BOX),
}


@pytest.mark.parametrize("first", [True, False], ids=["printed first", "read first"])
@pytest.mark.parametrize("name", LABELS)
def test_the_rows_that_were_kept_are_those_computed_whenever_a_label_came(name: str, first: bool, world: World, tmp_path: Path) -> None:
    """The ledger is opened anew before each entry: what it knows of codes and boxes it knows from its rows."""
    prints = [_label(world, box) for box in LABELS[name]]
    boxes = (BOX, "PEM24-5307192001-001-PPWP-1", "PEM24-5307192001-002-PPWP-1")
    read = [_read(world, box) for box in boxes]
    in_folder(world, tmp_path / "ledger").close()
    for data in [*world.entries[1:], *((*prints, *read) if first else (*read, *prints))]:
        ledger = again(world, tmp_path / "ledger")
        ledger.append([data])
        ledger.close()
    verdict, _ = audit(SqliteStore.open(tmp_path / "ledger"), world.policy())
    assert (verdict.integrity, verdict.faults) == ("consistent", ())


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_several_processes_find_what_one_finds(workers: int, tmp_path: Path) -> None:
    folder, world = tmp_path / "ledger", BigWorld(20)
    folder.mkdir()
    ledger = Ledger(SqliteStore.create(folder), file_guard(world, folder), key_of(world))
    notes = list(world.all(700))
    ledger.found(notes[0])
    ledger.append(notes[1:])
    ledger.close()
    store = SqliteStore.open(folder)
    verdict, _ = audit(store, world.policy(), workers=workers, reopen=partial(SqliteStore.open, folder))
    assert (verdict.integrity, verdict.size, verdict.reread) == ("consistent", 700, 700)
    assert {one.code for one in verdict.findings} == {"time.unbounded", "leg.speed-unjudged"}
