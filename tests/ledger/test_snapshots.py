"""Snapshots: an audit that goes on where the last one ended says the same as a whole one, and throws away what does not fit."""

from pathlib import Path

import pytest

from custody.core.checkpoint import cosign
from custody.core.errors import Altered, Undecided
from custody.core.moment import from_seconds
from custody.core.policy import Policy
from custody.ledger import snapshots
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from fixtures.actors import BAWASLU
from fixtures.office import MemoryGuard, key_of, refuses
from fixtures.smallworld import BOX, EPOCH, World, ready

OTHER = "PEM24-5307192001-002-DPR-1"


def story(world: World) -> list[bytes]:
    """After the preparations: clean links, an offer completed later, labels told twice, a second box with the first one's seals."""
    world.register(OTHER)
    seals = [{"number": f"S{point.upper()}", "point": point, "state": "intact"} for point in ("lid", "tie-1", "tie-2")]
    world.seen = {"root": "0" * 64, "sig": "0" * 128, "size": 1}  # a checkpoint that nobody signed
    one = world.seal(world.line(BOX, None, seals=seals))
    world.seen = None
    two = world.handoff(world.line(BOX, one.sid, seals=seals), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    label = world.draft("label", labels=[{"box": BOX, "code": "a" * 64, "copy": 1}], reason="first")
    again = world.draft("label", labels=[{"box": OTHER, "code": "a" * 64, "copy": 1}], reason="first")
    three = world.seal(world.line(OTHER, None, seals=seals), by="kpps-2", place="5307192001-002")
    first = [(one, "kpps-1", "guard-1"), (two, "kpps-1"), (label, "guard-1")]
    later = [(two, "pps-1"), (again, "guard-1"), (three, "kpps-2", "guard-1")]
    return [*world.entries, *(world.sign(what, *who) for what, *who in [*first, *later])]


@pytest.fixture(scope="module")
def told() -> tuple[World, list[bytes]]:
    world = ready()
    return world, story(world)


def begun(world: World, notes: list[bytes]) -> tuple[MemoryStore, Ledger]:
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(world))
    ledger.found(notes[0])
    for data in notes[1:]:
        ledger.append([data])
    return store, ledger


@pytest.mark.parametrize("first", range(1, 18))
def test_going_on_says_what_a_whole_audit_says(first: int, told: tuple[World, list[bytes]], tmp_path: Path) -> None:
    world, notes = told
    store, ledger = begun(world, notes[:first])
    verdict, verified = audit(store, world.policy())
    assert verdict.integrity == "consistent"
    snapshots.save(tmp_path / "snapshot", verified)
    for data in notes[first:]:
        ledger.append([data])
    whole, _ = audit(store, world.policy())
    short, _ = audit(store, world.policy(), start=snapshots.load(tmp_path / "snapshot"))
    assert (whole.reread, short.reread) == (len(notes), len(notes) - first)
    for field in ("origin", "size", "root", "covered", "fault_count", "faults", "boxes"):
        assert getattr(short, field) == getattr(whole, field), field
    assert short.findings == whole.findings


def test_what_witnesses_say_later_holds_for_entries_that_are_not_read_again(tmp_path: Path) -> None:
    """SNAP-1: a claim of the future, and a head that nobody signed and two people name."""
    world = ready()
    world.seen = {"root": "0" * 64, "sig": "0" * 128, "size": 1}
    future = {"at": from_seconds(EPOCH + 10**8), "happened": {"at": from_seconds(EPOCH), "basis": "now"}}
    notes = [*world.entries, world.sign(world.seal(world.line(BOX, None), **future), "kpps-1", "guard-1")]
    store, ledger = begun(world, notes)
    trust = Policy.parse(f"log {world.ledger_key}\nwitness bawaslu {BAWASLU.key}\nquorum bawaslu\n".encode())
    before, verified = audit(store, trust)
    assert {one.code for one in before.findings} >= {"time.unbounded", "seen.unsigned"}
    snapshots.save(tmp_path / "snapshot", verified)
    later = world.sign(world.draft("label", labels=[{"box": BOX, "code": "a" * 64, "copy": 1}], reason="first"), "guard-1")
    ledger.append([later])
    with store.write() as writer:
        size, head = writer.head()
        writer.put_cosignature(size, BAWASLU.key.name, cosign(head, BAWASLU.sign, BAWASLU.key, EPOCH + 3600).format())
    whole, short = audit(store, trust)[0], audit(store, trust, start=snapshots.load(tmp_path / "snapshot"))[0]
    assert short.findings == whole.findings
    assert [one.entries for one in whole.findings if one.code == "time.bracket"] == [(len(notes) - 1,)]
    assert len([one for one in whole.findings if one.code == "seen.unsigned"]) == 1


def test_the_story_has_every_kind_of_chain(told: tuple[World, list[bytes]]) -> None:
    world, notes = told
    store, _ = begun(world, notes)
    verdict, verified = audit(store, world.policy())
    assert {one.code for one in verdict.findings} >= {"seal.reused", "label.two-boxes", "seen.unsigned"}
    assert verified.state.chains[BOX].tangled
    assert len(notes) == 18


def test_a_snapshot_that_was_changed_is_thrown_away(told: tuple[World, list[bytes]], tmp_path: Path) -> None:
    world, notes = told
    store, _ = begun(world, notes)
    path = tmp_path / "snapshot"
    digest = snapshots.save(path, audit(store, world.policy())[1])
    assert path.with_name("snapshot.sha256").read_text() == f"{digest}  snapshot\n"
    path.write_bytes(path.read_bytes().replace(b"kpps-1", b"kpps-2", 1))
    with refuses(Altered, "snapshot.hash"):
        snapshots.load(path)
    with refuses(Undecided, "snapshot.none"):
        snapshots.load(tmp_path / "nothing")


def test_a_snapshot_of_another_history_does_not_fit(told: tuple[World, list[bytes]], tmp_path: Path) -> None:
    """The entries are those of the ledger with one note more in between; all that follows hangs in the air."""
    world, notes = told
    store, _ = begun(world, notes[:14])
    _, verified = audit(store, world.policy())
    other, _ = begun(world, [*notes[:12], *notes[13:]])
    verdict, _ = audit(other, world.policy(), start=verified)
    assert verdict.integrity == "altered"


def test_an_old_body_that_changed_is_noticed_when_it_is_folded_again(told: tuple[World, list[bytes]]) -> None:
    world, notes = told
    store, _ = begun(world, notes)
    _, verified = audit(store, world.policy())
    row = store.row(13)
    store._state.entries[13] = type(row)(13, row.leaf, row.sid, row.kind, row.body.replace(b"kpps-1", b"kpps-2"))
    with refuses(Altered, "kept.changed"):
        audit(store, world.policy(), start=verified)
