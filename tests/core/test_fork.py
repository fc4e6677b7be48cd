"""A proof that a ledger signed two histories: for every two sizes, and nothing else passes for one (docs/spec/27-receipts.md, FORK)."""

from dataclasses import replace

import pytest

from custody.core.checkpoint import Checkpoint, sign
from custody.core.errors import CustodyError
from custody.core.fork import Fork
from custody.core.policy import Policy
from fixtures.actors import LEDGER, ORIGIN, Actor
from tests.witness.test_witness import broken, head, tree

TRUST = Policy((LEDGER.key,))
SIZES = [(old, new, at) for old in range(1, 18) for new in range(old, 18) for at in {0, old - 1}]


def proof(old: int, new: int, at: int) -> Fork:
    """A head over `old` entries of one history, and one over `new` of another that differs from entry `at` on."""
    other = tree(new, at)
    hashes = other.consistency(old, new) if old < new else []
    return Fork(head(old), head(new, at), other.root(old), tuple(hashes))


@pytest.mark.parametrize(("old", "new", "at"), SIZES)
def test_two_histories_are_proven_whatever_their_sizes(old: int, new: int, at: int) -> None:
    fork = Fork.parse(proof(old, new, at).format())
    assert fork == proof(old, new, at)
    earlier, later = fork.verify(TRUST)
    assert (earlier.size, later.size) == (old, new)


@pytest.mark.parametrize(("old", "new", "at"), SIZES)
def test_one_history_is_never_a_fork(old: int, new: int, at: int) -> None:
    whole = tree(new)
    hashes = tuple(whole.consistency(old, new) if old < new else [])
    honest = Fork(head(old), head(new), whole.root(old), hashes)
    for claimed in (honest, replace(honest, root=tree(old, at).root()), replace(honest, root=bytes(32))):
        with pytest.raises(CustodyError, match=r"fork\.(none|proof)"):
            claimed.verify(TRUST)


BAD = {
    "a hash too many": (replace(proof(5, 9, 3), hashes=(*proof(5, 9, 3).hashes, bytes(32))), "fork.proof"),
    "the other way round": (replace(proof(5, 9, 3), earlier=head(9, 3), later=head(5)), "fork.proof"),
    "a signature that fails": (replace(proof(5, 9, 3), later=broken(head(9, 3))), "note.signature"),
    "another ledger": (replace(proof(5, 5, 3), later=sign(Checkpoint("lain", 5, tree(5, 3).root()), Actor("lain").sign, Actor("lain").key)),
                       "checkpoint.unsigned"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_anything_else_proves_nothing(name: str) -> None:
    fork, code = BAD[name]
    with pytest.raises(CustodyError) as refusal:
        fork.verify(TRUST)
    assert refusal.value.code == code


def test_two_ledgers_of_one_policy_are_no_fork() -> None:
    other = Actor("custody.lain.example/" + "0" * 32)
    note = sign(Checkpoint(other.key.name, 5, tree(5, 3).root()), other.sign, other.key)
    with pytest.raises(CustodyError, match=r"fork\.other"):
        replace(proof(5, 5, 3), later=note).verify(Policy((LEDGER.key, other.key)))
    assert other.key.name != ORIGIN


@pytest.mark.parametrize(
    "data",
    [b"", b"custody/fork/v1\n", proof(5, 9, 3).format()[:-1], proof(5, 9, 3).format() + b"\n", b"x" + proof(5, 9, 3).format(),
     proof(5, 9, 3).format().replace(b"root ", b"root  "), proof(5, 9, 3).format() + b"\n" + head(3), b"x" * 300_000],
)  # fmt: skip
def test_what_is_no_such_file_is_malformed(data: bytes) -> None:
    with pytest.raises(CustodyError) as refusal:
        Fork.parse(data)
    assert refusal.value.code.partition(".")[0] in ("fork", "note", "checkpoint")
