"""Receipts: that an entry stands in the ledger, in a file that can be checked without it (spec chapter 14)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from custody.core import entry as entries
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, BadSignature, Malformed, Undecided
from custody.core.merkle import leaf_hash
from custody.core.policy import Policy
from custody.core.proof import Proof


@dataclass(frozen=True)
class Receipt:
    """An entry with its place: index, the note as it was signed, and the proof up to a signed checkpoint."""

    index: int
    note: bytes
    proof: Proof

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the note, 32 bytes."""
        return leaf_hash(self.note)

    @property
    def sid(self) -> str:
        """The id of the statement, as hex. Raises `Malformed` for a note that is no statement."""
        return entries.parse(self.note).statement.sid

    def verify(self, policy: Policy) -> Checkpoint:
        """Check the receipt against a trust file (RECEIPT-3). What the statement says and who signed it is not looked at.

        Raises as `Proof.verify`: `BadSignature`, `Altered("merkle.inclusion")`, `Undecided("proof.unwitnessed")`.
        """
        return self.proof.verify(self.leaf, policy)

    def format(self) -> bytes:
        """The receipt as a tlog-proof file with the note in its `extra` line."""
        return Proof(self.index, self.proof.hashes, self.proof.checkpoint, self.note).format()

    @classmethod
    def parse(cls, data: bytes) -> "Receipt":
        """Read a receipt file; nothing is proven before `verify`.

        Raises `Malformed`: `receipt.note` where the proof carries none, and those of `Proof.parse` and of a note.
        """
        proof = Proof.parse(data)
        if proof.extra is None:
            raise Malformed("receipt.note")
        entries.parse(proof.extra)
        return cls(proof.index, proof.extra, Proof(proof.index, proof.hashes, proof.checkpoint))


@contextmanager
def read() -> Iterator[None]:
    """Around the reading of a receipt or reveal: what has not its form proves nothing (RECEIPT-5). Raises `Undecided` for `Malformed`."""
    try:
        yield
    except Malformed as error:
        raise Undecided(error.code, **error.facts) from error


@contextmanager
def judged() -> Iterator[None]:
    """Around the judgment of one that was read: what does not hold is altered; under keys that are not known it is undecided (RECEIPT-5).

    Raises `Undecided("checkpoint.unsigned")` for that `BadSignature`, and `Altered("cosignature.time")` for that `Malformed`.
    """
    try:
        yield
    except Malformed as error:
        if error.code != "cosignature.time":
            raise
        raise Altered(error.code, **error.facts) from error
    except BadSignature as error:
        if error.code != "checkpoint.unsigned":
            raise
        raise Undecided(error.code, **error.facts) from error
