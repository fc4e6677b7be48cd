"""Appending: receipts, duplicates, late signatures, refusals, two processes on one folder."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from custody.core import note
from custody.core.errors import Altered, BadSignature, CustodyError, KeyTrouble, Locked, Malformed, NoLedger, Refused, Undecided
from custody.core.verify import verify
from custody.ledger.ledger import Ledger
from custody.ledger.receipt import Receipt
from custody.store.memory import MemoryStore
from custody.store.sqlite import SqliteStore
from fixtures.bigworld import BigWorld
from fixtures.office import Key, MemoryGuard, again, file_guard, in_folder, in_memory, key_of, refuses
from fixtures.smallworld import BOX, World, ready
from fixtures.tamper import Intruder


@pytest.fixture
def world() -> World:
    return ready()


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = in_memory(world)
    made.append(world.entries)
    return made


def offered(world: World) -> tuple[bytes, bytes, bytes, str]:
    """A seal, then a handoff signed by the giver alone and one signed by both: notes and the sid of the handoff."""
    seal = world.seal(world.line(BOX, None))
    drafted = world.handoff(world.line(BOX, seal.sid), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    return world.sign(seal, "kpps-1", "guard-1"), world.sign(drafted, "kpps-1"), world.sign(drafted, "kpps-1", "pps-1"), drafted.sid


class Ends:
    """A `Source` over a ledger."""

    def __init__(self, ledger: Ledger, store: MemoryStore) -> None:
        self.notes, self.note, self._store = ledger.notes, ledger.note, store

    def checkpoints(self) -> list[tuple[int, bytes]]:
        return list(self._store.checkpoints())


def test_receipts_prove_every_entry_to_whoever_holds_the_trust_file(world: World, ledger: Ledger) -> None:
    for index, data in enumerate(world.entries):
        receipt = Receipt.parse(ledger.receipt(index).format())
        assert (receipt.index, receipt.note) == (index, data)
        assert receipt.verify(world.policy()).size == len(world.entries)


def test_one_checkpoint_covers_a_batch(world: World) -> None:
    store, guard = MemoryStore(), MemoryGuard()
    ledger = Ledger(store, guard, key_of(world))
    ledger.found(world.entries[0])
    ledger.append(world.entries[1:])
    assert [size for size, _ in store.checkpoints()] == [1, len(world.entries)]
    assert guard.note == store.checkpoint(len(world.entries))
    verdict, _ = verify(Ends(ledger, store), world.policy())
    assert verdict.integrity == "consistent"


def test_a_receipt_may_be_against_an_earlier_checkpoint(world: World, ledger: Ledger) -> None:
    seal, *_ = offered(world)
    before = ledger.size
    ledger.append([seal])
    assert ledger.receipt(3, before).verify(world.policy()).size == before
    with refuses(Refused, "ledger.checkpoint"):
        ledger.receipt(3, before - 1)
    with refuses(Refused, "ledger.statement"):
        ledger.receipt("00" * 32)


def test_the_same_note_again_gets_its_old_place(world: World, ledger: Ledger) -> None:
    seal, *_ = offered(world)
    (first,), (second,) = ledger.append([seal]), ledger.append([seal])
    assert first == second
    assert [receipt.index for receipt in ledger.append([seal, seal])] == [first.index] * 2


def test_a_signature_that_is_new_makes_an_entry_and_one_that_is_not_makes_none(world: World, ledger: Ledger) -> None:
    seal, giver, both, sid = offered(world)
    ledger.append([seal, giver])
    assert ledger.judge([BOX])[BOX][0].status == "offered"
    (second,) = ledger.append([both])
    assert ledger.indexes(sid) == [second.index - 1, second.index]
    assert ledger.judge([BOX])[BOX][0].holding.holder == "pps-1"
    text, lines = note.split(both)
    receiver = note.join(text, [line for line in lines if line.name == "pps-1"])
    size = ledger.size
    assert [receipt.index for receipt in ledger.append([receiver, both])] == [second.index - 1, second.index]
    assert ledger.size == size


def test_signatures_of_one_statement_may_come_in_one_batch(world: World, ledger: Ledger) -> None:
    seal, giver, both, _ = offered(world)
    text, lines = note.split(both)
    receiver = note.join(text, [line for line in lines if line.name == "pps-1"])
    receipts = ledger.append([seal, giver, receiver, both])
    assert [receipt.index - receipts[0].index for receipt in receipts] == [0, 1, 2, 1]
    assert ledger.judge([BOX])[BOX][0].holding.holder == "pps-1"


def forged(world: World, good: bytes) -> bytes:
    text, lines = note.split(good)
    return note.join(text, [lines[0], lines[1]._replace(signature=lines[0].signature)])


def stranger(world: World, good: bytes) -> bytes:
    return note.join(note.split(good)[0], [world.person("nobody").line(note.split(good)[0])])


def foreign(world: World, good: bytes) -> bytes:
    other = World(operation="Operasi Lain")
    return other.sign(other.draft("label", labels=[{"box": BOX, "code": "0" * 64, "copy": 1}], reason="first"), "kpu-1")


REFUSED: dict[str, tuple[Callable[[World, bytes], bytes], type[CustodyError], str]] = {
    "no note": (lambda world, good: b"", Malformed, "note.separator"),
    "65,536 bytes": (lambda world, good: good + b"x" * 65_536, Malformed, "note.size"),
    "unknown kind": (lambda world, good: good.replace(b"custody/seal", b"custody/spam"), Malformed, "statement.kind"),
    "one signature of two is bad": (forged, BadSignature, "signature.bad"),
    "unknown key": (stranger, BadSignature, "signature.unknown"),
    "another ledger": (foreign, Refused, "entry.foreign"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_authentic_refuses_the_whole_call_and_changes_nothing(case: str, world: World, ledger: Ledger) -> None:
    spoil, kind, code = REFUSED[case]
    seal, giver, both, _ = offered(world)
    size = ledger.size
    with pytest.raises(kind) as refusal:
        ledger.append([seal, spoil(world, seal), giver])
    assert (refusal.value.code, refusal.value.facts["note"]) == (code, 1)
    assert (ledger.size, list(ledger.notes(size))) == (size, [])
    assert [receipt.index for receipt in ledger.append([seal, both])] == [size, size + 1]


@pytest.mark.parametrize("case", REFUSED)
def test_an_offer_takes_the_good_and_answers_the_bad(case: str, world: World, ledger: Ledger) -> None:
    spoil, kind, code = REFUSED[case]
    seal, giver, _, _ = offered(world)
    size = ledger.size
    first, bad, last = ledger.offer([seal, spoil(world, seal), giver])
    assert isinstance(bad, kind)
    assert bad.code == code
    assert [first.index, last.index, ledger.size] == [size, size + 1, size + 2]


def test_an_enrolment_whose_key_could_never_work_is_no_entry(world: World, ledger: Ledger) -> None:
    """Signed by enough authorities, so only its own content speaks against it."""
    small = f"kecil-1+{note.key_id('kecil-1', 1, bytes(32)).hex()}+{note.encode_base64(bytes([1]) + bytes(32)).decode()}"
    fields = {**dict.fromkeys(("name", "number", "rank", "unit", "institution")), "delegate": False, "person": "0" * 32, "role": "guard"}
    good = world.draft("enrol", key=str(world.person("kecil-1").key), places=["5307"], **fields).text
    text = good.replace(str(world.person("kecil-1").key).encode(), small.encode())
    bad = note.join(text, [world.person(name).line(text) for name in ("kpu-1", "polri-1")])
    (answer,) = ledger.offer([bad])
    assert isinstance(answer, Malformed)


def test_a_locked_ledger_gives_receipts_for_what_is_there_and_takes_nothing(world: World, ledger: Ledger) -> None:
    seal, *_ = offered(world)
    ledger.lock()
    with refuses(Locked, "ledger.locked"):
        ledger.append([world.entries[3], seal])
    assert ledger.append([world.entries[3]])[0].index == 3
    ledger.unlock(key_of(world))
    assert ledger.append([seal])[0].index == len(world.entries)


def test_a_key_that_is_not_the_ledgers_signs_nothing(world: World, ledger: Ledger) -> None:
    seal, *_ = offered(world)
    thief = world.person("guard-1")
    ledger.unlock(Key(thief.key, thief.signing.sign))
    with refuses(KeyTrouble, "ledger.key"):
        ledger.append([seal])
    assert ledger.size == len(world.entries)


def test_a_ledger_is_founded_once(world: World) -> None:
    store, guard = MemoryStore(), MemoryGuard()
    ledger = Ledger(store, guard, key_of(world))
    with refuses(NoLedger, "ledger.unfounded"):
        ledger.append(world.entries[:1])
    assert ledger.found(world.entries[0]) == ledger.found(world.entries[0])
    other = World(operation="Operasi Lain")
    with refuses(Refused, "ledger.founded"):
        Ledger(store, MemoryGuard(), key_of(other)).found(other.entries[0])
    ledger.append(world.entries)
    with refuses(Refused, "ledger.founded"):
        ledger.found(world.entries[0])


def test_two_processes_append_in_turn(world: World, tmp_path: Path) -> None:
    one = in_folder(world, tmp_path / "ledger")
    two = again(world, tmp_path / "ledger")
    for number, data in enumerate(world.entries[1:], 1):
        assert (one, two)[number % 2].append([data])[0].index == number
    seal, giver, both, sid = offered(world)
    two.append([seal])
    one.append([giver])
    two.append([both])
    assert one.judge([BOX]) == two.judge([BOX])
    assert one.judge([BOX])[BOX][0].holding.sid == sid
    assert (one.head(), one.size) == (two.head(), two.size)
    assert again(world, tmp_path / "ledger").judge([BOX]) == one.judge([BOX])


def test_an_older_copy_put_back_is_refused(world: World, tmp_path: Path) -> None:
    folder, copy = tmp_path / "ledger", tmp_path / "copy"
    ledger = in_folder(world, folder)
    ledger.append(world.entries[:5])
    ledger.close()
    copytree(folder, copy)
    ledger = again(world, folder)
    ledger.append(world.entries)
    ledger.close()
    rmtree(folder)
    copytree(copy, folder)
    with refuses(Altered, "guard.behind"):
        again(world, folder).append(world.entries)


def test_stored_and_not_acknowledged_is_said_so_and_the_retry_gives_the_receipt(world: World) -> None:
    guard = MemoryGuard()
    ledger = Ledger(MemoryStore(), guard, key_of(world))
    ledger.found(world.entries[0])
    guard.advance = lambda note: (_ for _ in ()).throw(Refused("guard.unwritable", path="", reason="ENOSPC"))  # type: ignore[method-assign]
    with refuses(Undecided, "ledger.unacknowledged"):
        ledger.append(world.entries)
    assert ledger.size == len(world.entries)
    del guard.advance
    assert ledger.append(world.entries[4:5])[0].index == 4
    assert guard.note == ledger.checkpoint()


def test_a_refused_note_costs_no_reading_anew(world: World, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever offers rubbish all night must not make the office read its ledger again each time."""
    seal, giver, *_ = offered(world)
    monkeypatch.setattr("custody.ledger.ledger.opened", lambda reader: pytest.fail("read anew"))
    with refuses(Malformed, "note.separator"):
        ledger.append([b"", seal])
    assert isinstance(ledger.offer([b""])[0], Malformed)
    assert [receipt.index for receipt in ledger.append([seal, giver])] == [len(world.entries), len(world.entries) + 1]


@pytest.mark.parametrize(("index", "code"), [(6, "ledger.replay"), (258, "entry.missing")])
def test_an_opening_ledger_misses_what_was_taken_out(index: int, code: str, tmp_path: Path) -> None:
    """A revocation that is gone must not make a revoked key good again. Entry 6 lies under a full tile, 258 at the edge."""
    folder, world = tmp_path / "ledger", BigWorld(20)
    notes = list(world.all(260))
    folder.mkdir()
    first = Ledger(SqliteStore.create(folder), file_guard(world, folder), key_of(world))
    first.found(notes[0])
    first.append(notes)
    store, intruder = SqliteStore.open(folder), Intruder(folder)
    intruder.run("DELETE FROM entry WHERE idx = ?", (index,))
    with refuses(Altered, code):
        Ledger(store, file_guard(world, folder), key_of(world)).refresh()
    for one in (first, store, intruder):
        one.close()
