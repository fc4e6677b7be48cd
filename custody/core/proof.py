"""The proof that an entry stands in the ledger, for papers and receipts (docs/spec/05-proof.md; C2SP tlog-proof)."""

from dataclasses import dataclass

from custody.core.checkpoint import Checkpoint, decimal
from custody.core.errors import Malformed, Undecided, quoted
from custody.core.merkle import HASH, verify_inclusion
from custody.core.note import decode_base64, encode_base64, split
from custody.core.policy import Policy

HEADER = b"c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
MAX_BYTES = 262_144


@dataclass(frozen=True)
class Proof:
    """Index, path and signed checkpoint, in one file that can be checked without network. `extra` is not protected by anything."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def format(self) -> bytes:
        """The file; `parse` gives the same proof again."""
        rows = [HEADER]
        if self.extra:
            rows.append(b"extra " + encode_base64(self.extra))
        rows.append(b"index %d" % self.index)
        rows += [encode_base64(item) for item in self.hashes]
        return b"\n".join(rows) + b"\n\n" + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "Proof":
        """Read a proof file. Checks form only, also that of the checkpoint inside.

        :raises Malformed: `proof.…`, `note.…`, `checkpoint.…`.
        """
        if len(data) > MAX_BYTES:
            raise Malformed("proof.size", size=len(data), limit=MAX_BYTES)
        head, separator, checkpoint = data.partition(b"\n\n")
        rows = head.split(b"\n")
        if rows.pop(0) != HEADER:
            raise Malformed("proof.header")
        if not separator:
            raise Malformed("proof.separator")
        extra = _extra(rows)
        index = _index(rows)
        if len(rows) > MAX_HASHES:
            raise Malformed("proof.hashes", count=len(rows), limit=MAX_HASHES)
        text, _ = split(checkpoint)
        Checkpoint.parse(text)
        return cls(index, tuple([_hash(row) for row in rows]), checkpoint, extra)

    def verify(self, leaf: bytes, policy: Policy) -> Checkpoint:
        """Decide whether the leaf stands in a tree that the policy accepts. The steps are those of docs/spec/05-proof.md.

        :param leaf: the leaf hash (step 1 is the caller's: SHA-256 of 0x00 and the entry).
        :raises BadSignature: step 2. :raises Altered: step 3, `merkle.inclusion`. :raises Undecided: step 4, `proof.unwitnessed`.
        """
        checkpoint = policy.checkpoint(self.checkpoint)
        verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
        if policy.requires_witnesses and policy.witnessed(self.checkpoint) is None:
            raise Undecided("proof.unwitnessed", origin=checkpoint.origin, size=checkpoint.size)
        return checkpoint


def _extra(rows: list[bytes]) -> bytes | None:
    if not rows or not rows[0].startswith(b"extra "):
        return None
    extra = decode_base64(rows.pop(0)[6:], "proof.extra")
    if not extra:
        raise Malformed("proof.extra")
    return extra


def _index(rows: list[bytes]) -> int:
    if not rows or not rows[0].startswith(b"index "):
        raise Malformed("proof.index")
    return decimal(rows.pop(0)[6:], "proof.index")


def _hash(row: bytes) -> bytes:
    item = decode_base64(row, "proof.hash")
    if len(item) != HASH:
        raise Malformed("proof.hash", text=quoted(row))
    return item
