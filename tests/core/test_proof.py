"""Proofs on paper: round trips, and nothing in one can be changed or left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import checkpoint, merkle, note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, BadSignature, CustodyError, Undecided
from custody.core.policy import Policy
from custody.core.proof import Proof
from fixtures.actors import BAWASLU, LEDGER, ORIGIN, PARTAI
from fixtures.vectorsets.core_tree import LEAVES

TREE = merkle.Tree(LEAVES)
POLICY = Policy((LEDGER.key,), {"bawaslu": BAWASLU.key, "partai": PARTAI.key}, quorum="bawaslu")


def witnessed(size: int) -> bytes:
    signed = checkpoint.sign(Checkpoint(ORIGIN, size, TREE.root(size)), LEDGER.sign, LEDGER.key)
    text, lines = note.split(signed)
    return note.join(text, [*lines, checkpoint.cosign(signed, BAWASLU.sign, BAWASLU.key, 1_707_888_600)])


def proof(index: int, size: int, extra: bytes | None = None) -> Proof:
    return Proof(index, tuple(TREE.inclusion(index, size)), witnessed(size), extra)


@given(st.integers(1, 7), st.data(), st.none() | st.binary(min_size=1, max_size=40))
def test_a_proof_is_read_as_it_was_written_and_holds(size: int, data: st.DataObject, extra: bytes | None) -> None:
    index = data.draw(st.integers(0, size - 1))
    made = proof(index, size, extra)
    read = Proof.parse(made.format())
    assert read == made
    assert read.verify(LEAVES[index], POLICY) == Checkpoint(ORIGIN, size, TREE.root(size))


def test_no_changed_bit_of_a_proof_holds() -> None:
    original = proof(4, 7).format()
    for at in range(len(original)):
        for bit in range(8):
            changed = original[:at] + bytes([original[at] ^ 1 << bit]) + original[at + 1 :]
            with pytest.raises(CustodyError):
                Proof.parse(changed).verify(LEAVES[4], POLICY)


def test_no_cut_proof_holds() -> None:
    original = proof(4, 7).format()
    for length in range(len(original)):
        with pytest.raises(CustodyError):
            Proof.parse(original[:length]).verify(LEAVES[4], POLICY)


def stripped(name: str) -> Proof:
    """A proof from whose checkpoint one signer's line was taken away."""
    text, lines = note.split(witnessed(7))
    return Proof(4, tuple(TREE.inclusion(4, 7)), note.join(text, [line for line in lines if line.name != name]))


def test_a_root_that_the_ledger_did_not_sign_proves_nothing() -> None:
    """The path is right and a trusted witness has cosigned; without the ledger's line that is still no checkpoint."""
    with pytest.raises(BadSignature) as refusal:
        stripped(ORIGIN).verify(LEAVES[4], POLICY)
    assert refusal.value.code == "checkpoint.unsigned"
    with pytest.raises(BadSignature):
        stripped(ORIGIN).verify(LEAVES[4], Policy((LEDGER.key,)))


def test_a_missing_witness_is_undecided_and_not_altered() -> None:
    with pytest.raises(Undecided) as refusal:
        stripped(BAWASLU.key.name).verify(LEAVES[4], POLICY)
    assert refusal.value.code == "proof.unwitnessed"
    stripped(BAWASLU.key.name).verify(LEAVES[4], Policy((LEDGER.key,)))


def test_what_is_altered_is_called_altered_even_without_witnesses() -> None:
    with pytest.raises(Altered):
        stripped(BAWASLU.key.name).verify(LEAVES[3], POLICY)


def test_the_extra_data_is_protected_by_nothing_and_changes_nothing() -> None:
    one, other = proof(4, 7, b"satu"), proof(4, 7, b"dua")
    assert one.verify(LEAVES[4], POLICY) == other.verify(LEAVES[4], POLICY)


def test_a_proof_for_another_size_does_not_fit_this_checkpoint() -> None:
    for size in range(5, 7):
        with pytest.raises(Altered):
            Proof(4, tuple(TREE.inclusion(4, size)), witnessed(7)).verify(LEAVES[4], POLICY)
