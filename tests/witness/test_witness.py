"""What a witness cosigns and what it refuses, case by case as C2SP tlog-witness has them (docs/spec/26-witnesses.md)."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import Checkpoint, cosignatures, sign
from custody.core.errors import CustodyError
from custody.core.fork import Fork
from custody.core.merkle import EMPTY_ROOT, Tree, leaf_hash
from custody.core.note import Line, encode_base64, split
from custody.core.policy import Policy
from custody.witness.book import Book, origin_hash
from custody.witness.serving import status_of
from custody.witness.witness import Witness
from fixtures.actors import BAWASLU, LEDGER, ORIGIN, PARTAI, STRANGER

NOON = 1_732_680_000


def tree(size: int, fork: int | None = None) -> Tree:
    """Entries 0, 1, 2 …; from `fork` on they are others."""
    made = Tree()
    for index in range(size):
        made.append(leaf_hash(b"entri %d%s" % (index, b" lain" if fork is not None and index >= fork else b"")))
    return made


def head(size: int, fork: int | None = None) -> bytes:
    return sign(Checkpoint(ORIGIN, size, tree(size, fork).root()), LEDGER.sign, LEDGER.key)


def request(old: int, new: int, fork: int | None = None) -> bytes:
    hashes = tree(new, fork).consistency(old, new) if 0 < old < new else []
    return AddCheckpoint(old, tuple(hashes), head(new, fork)).format()


def with_root(size: int, root: bytes) -> bytes:
    text = f"{ORIGIN}\n{size}\n".encode() + encode_base64(root) + b"\n"
    return text + b"\n" + Line(ORIGIN, LEDGER.key.key_id, LEDGER.sign(text)).format()


def broken(note: bytes) -> bytes:
    """The same note with one bit of its last signature changed."""
    text, lines = split(note)
    last = lines[-1]
    changed = last._replace(signature=last.signature[:-1] + bytes([last.signature[-1] ^ 1]))
    return text + b"\n" + b"".join(line.format() for line in (*lines[:-1], changed))


def by_stranger(size: int) -> bytes:
    text = Checkpoint(ORIGIN, size, tree(size).root()).text()
    return text + b"\n" + Line(STRANGER.key.name, STRANGER.key.key_id, STRANGER.sign(text)).format()


def foreign() -> bytes:
    origin = ORIGIN.replace("contoh", "contol")
    text = Checkpoint(origin, 3, tree(3).root()).text()
    return text + b"\n" + Line(origin, LEDGER.key.key_id, LEDGER.sign(text)).format()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(Book(tmp_path, nullcontext), [LEDGER.key], BAWASLU, lambda: NOON)


def test_it_cosigns_the_first_head_and_what_continues_it(witness: Witness) -> None:
    for old, new in ((0, 3), (3, 3), (3, 8), (8, 20)):
        made = witness.add(request(old, new))
        assert cosignatures(made.note, [BAWASLU.key]) == {BAWASLU.key.name: NOON}
        assert split(made.note)[0] == split(head(new))[0]
        assert Policy((LEDGER.key,)).checkpoint(made.note).size == new
        assert witness.book.last(ORIGIN) == made.note


def test_a_ledger_without_entries_can_be_watched_from_its_beginning(witness: Witness) -> None:
    assert witness.add(AddCheckpoint(0, (), with_root(0, EMPTY_ROOT)).format()).line.name == BAWASLU.key.name
    witness.add(request(0, 2))


WRONG = AddCheckpoint.parse(request(5, 8))
REFUSED = {
    "no line of it is a request": (b"halo\n", "witness.request.separator", 400),
    "old size with a leading zero": (request(5, 8).replace(b"old 5", b"old 05"), "witness.request.old", 400),
    "a hash that is too short": (b"old 5\nAAAA\n\n" + head(8), "witness.request.hash", 400),
    "more than 63 hashes": (AddCheckpoint(5, WRONG.hashes * 40, WRONG.checkpoint).format(), "witness.request.hashes", 400),
    "too long": (b"old 5\n\n" + b"x" * 131_072, "witness.request.size", 400),
    "a fourth line in the checkpoint": (AddCheckpoint(5, (), head(8).replace(b"\n\n", b"\nlagi\n\n")).format(), "checkpoint.lines", 400),
    "old size above the checkpoint": (request(8, 8).replace(b"old 8", b"old 9"), "witness.old", 400),
    "another ledger": (AddCheckpoint(0, (), foreign()).format(), "witness.origin", 404),
    "signed by a stranger only": (AddCheckpoint(5, WRONG.hashes, by_stranger(8)).format(), "checkpoint.unsigned", 403),
    "a line of the ledger key that fails": (AddCheckpoint(5, WRONG.hashes, broken(head(8))).format(), "note.signature", 403),
    "begins at nothing": (request(0, 8), "witness.size", 409),
    "begins at an older size": (request(3, 8), "witness.size", 409),
    "an older head": (request(3, 3), "witness.size", 409),
    "no proof": (AddCheckpoint(5, (), WRONG.checkpoint).format(), "witness.proof", 422),
    "a hash too many": (AddCheckpoint(5, (*WRONG.hashes, bytes(32)), WRONG.checkpoint).format(), "witness.proof", 422),
    "a fork": (request(5, 8, fork=4), "witness.proof", 422),
    "another root of the same size": (request(5, 5, fork=4), "witness.fork", 422),
    "a proof where none is needed": (AddCheckpoint(5, (bytes(32),), head(5)).format(), "witness.proof", 422),
    "no entries under a root": (AddCheckpoint(0, (), with_root(0, bytes(32))).format(), "witness.size", 409),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_and_its_memory_stays(witness: Witness, name: str) -> None:
    data, code, status = REFUSED[name]
    before = witness.add(request(0, 5)).note
    with pytest.raises(CustodyError) as refusal:
        witness.add(data)
    assert (refusal.value.code, status_of(refusal.value)) == (code, status)
    assert witness.book.last(ORIGIN) == before
    assert refusal.value.facts.get("known", 5) == 5
    witness.add(request(5, 8))  # and it goes on


def test_no_entries_have_the_root_of_nothing(witness: Witness) -> None:
    with pytest.raises(CustodyError, match=r"witness\.empty") as refusal:
        witness.add(AddCheckpoint(0, (), with_root(0, bytes(32))).format())
    assert status_of(refusal.value) == 422 and witness.book.last(ORIGIN) is None
    with pytest.raises(CustodyError, match=r"note\.signature"):
        witness.add(AddCheckpoint(0, (), broken(with_root(0, bytes(32)))).format())


def test_before_the_first_head_a_proof_must_be_empty(witness: Witness) -> None:
    with pytest.raises(CustodyError, match=r"witness\.proof"):
        witness.add(AddCheckpoint(0, (bytes(32),), head(3)).format())


@pytest.mark.parametrize("old", [5, 3, 0])
def test_another_root_of_the_size_seen_last_is_a_proof_for_everybody(witness: Witness, old: int) -> None:
    witness.add(request(0, 5))
    with pytest.raises(CustodyError):
        witness.add(AddCheckpoint(old, (), head(5, fork=2)).format())
    (path,) = witness.book.evidence()
    earlier, later = Fork.parse(path.read_bytes()).verify(Policy((LEDGER.key,)))
    assert (earlier.size, later.size) == (5, 5) and earlier.root != later.root


def test_a_head_that_does_not_continue_is_kept_as_it_was_signed(witness: Witness) -> None:
    witness.add(request(0, 5))
    with pytest.raises(CustodyError) as refusal:
        witness.add(request(5, 9, fork=2))
    (path,) = witness.book.evidence()
    assert path.read_bytes() == head(9, fork=2) and refusal.value.facts["path"] == str(path)


def test_what_only_a_stranger_signed_is_no_evidence(witness: Witness) -> None:
    witness.add(request(0, 5))
    with pytest.raises(CustodyError):
        witness.add(AddCheckpoint(5, (), by_stranger(9)).format())
    assert witness.book.evidence() == []


@pytest.mark.parametrize("harm", [b"", b"x", head(5)[:-9], foreign()], ids=["empty", "nonsense", "cut", "another ledger"])
def test_a_damaged_memory_cosigns_nothing(witness: Witness, harm: bytes) -> None:
    witness.add(request(0, 5))
    (witness.book.folder / origin_hash(ORIGIN) / "checkpoint").write_bytes(harm)
    with pytest.raises(CustodyError) as refusal:
        witness.add(request(0, 9, fork=2))
    assert (refusal.value.code, status_of(refusal.value)) == ("witness.damaged", 503)


def test_lines_of_others_are_not_passed_on(witness: Witness) -> None:
    text, (line,) = split(head(5))
    other = Line(PARTAI.key.name, PARTAI.key.key_id, bytes(72)).format()
    made = witness.add(AddCheckpoint(0, (), text + b"\n" + other + line.format()).format())
    assert [one.name for one in split(made.note)[1]] == sorted([ORIGIN, BAWASLU.key.name])


def test_two_ledgers_are_remembered_apart(tmp_path: Path) -> None:
    origin = "custody.lain.example/" + "0" * 32
    from fixtures.actors import Actor

    other = Actor(origin)
    witness = Witness(Book(tmp_path, nullcontext), [LEDGER.key, other.key], BAWASLU, lambda: NOON)
    witness.add(request(0, 5))
    note = sign(Checkpoint(origin, 2, tree(2, 0).root()), other.sign, other.key)
    witness.add(AddCheckpoint(0, (), note).format())
    witness.add(request(5, 6))
