"""Two signed heads of one ledger that cannot both be true, in a file that proves it to anyone (docs/spec/27-receipts.md, FORK)."""

from dataclasses import dataclass

from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, Malformed, Undecided, quoted
from custody.core.merkle import HASH, verify_consistency
from custody.core.note import decode_base64, encode_base64, split
from custody.core.policy import Policy

HEADER = b"custody/fork/v1"
MAX_HASHES = 63
MAX_BYTES = 262_144
_ROOT = b"root "
_PARTS = 5  # the head, and of each note its text and its lines


@dataclass(frozen=True)
class Fork:
    """An earlier head, a later one, and the root that the later tree really had at the earlier size, with the proof of that.

    root: 32 bytes. hashes: the consistency proof from (earlier size, root) to the later head; empty where both sizes are the same.
    """

    earlier: bytes
    later: bytes
    root: bytes
    hashes: tuple[bytes, ...] = ()

    def format(self) -> bytes:
        """The file; `parse` gives the same again."""
        rows = [HEADER, _ROOT + encode_base64(self.root), *(encode_base64(item) for item in self.hashes)]
        return b"\n".join(rows) + b"\n\n" + self.earlier + b"\n" + self.later

    @classmethod
    def parse(cls, data: bytes) -> "Fork":
        """Read a file. Checks form only. :raises Malformed: `fork.form`, `fork.hash`, `note.…`, `checkpoint.…`."""
        if len(data) > MAX_BYTES:
            raise Malformed("fork.form", why="size")
        head, *rest = data.split(b"\n\n")
        rows = head.split(b"\n")
        if rows.pop(0) != HEADER or 1 + len(rest) != _PARTS or not 1 <= len(rows) <= 1 + MAX_HASHES or not rows[0].startswith(_ROOT):
            raise Malformed("fork.form", why="rows")
        earlier, later = rest[0] + b"\n\n" + rest[1] + b"\n", rest[2] + b"\n\n" + rest[3]
        for one in (earlier, later):
            Checkpoint.parse(split(one)[0])
        return cls(earlier, later, _hash(rows[0][len(_ROOT) :]), tuple([_hash(row) for row in rows[1:]]))

    def verify(self, policy: Policy) -> tuple[Checkpoint, Checkpoint]:
        """Decide whether this proves that the ledger signed two histories; returns both heads when it does.

        :raises BadSignature: a head is not signed by a log of the policy. :raises Undecided: `fork.none` when the two do not contradict
            each other, `fork.proof` when the proof does not lead from the root to the later head, `fork.other` for two ledgers.
        """
        earlier, later = policy.checkpoint(self.earlier), policy.checkpoint(self.later)
        if earlier.origin != later.origin:
            raise Undecided("fork.other", origin=earlier.origin, other=later.origin)
        if earlier.root == self.root:
            raise Undecided("fork.none", origin=earlier.origin, size=earlier.size)
        try:
            verify_consistency(earlier.size, later.size, self.root, later.root, self.hashes)
        except CustodyError:
            raise Undecided("fork.proof", origin=earlier.origin, size=earlier.size) from None
        return earlier, later


def _hash(row: bytes) -> bytes:
    item = decode_base64(row, "fork.hash")
    if len(item) != HASH:
        raise Malformed("fork.hash", text=quoted(row))
    return item
