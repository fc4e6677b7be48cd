"""What a ledger sends to a witness, and the lines that come back (docs/spec/26-witnesses.md; C2SP tlog-witness, add-checkpoint)."""

from dataclasses import dataclass

from custody.core.checkpoint import Checkpoint, decimal
from custody.core.errors import Malformed, quoted
from custody.core.merkle import HASH
from custody.core.note import Line, decode_base64, encode_base64, split

MAX_HASHES = 63
MAX_BYTES = 131_072
_OLD = b"old "


@dataclass(frozen=True)
class AddCheckpoint:
    """A checkpoint, and the proof that the first `old` entries of its tree are the tree that the witness saw last.

    The same bytes are the body of a request over HTTP and a file on a stick (`consistency.req`).
    """

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    def format(self) -> bytes:
        """The bytes; `parse` gives the same request again."""
        rows = [_OLD + b"%d" % self.old, *(encode_base64(item) for item in self.hashes)]
        return b"\n".join(rows) + b"\n\n" + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """Read a request. Checks form only, and of the checkpoint that it is a note of three lines.

        :raises Malformed: `witness.request.size`, `witness.request.separator`, `witness.request.old`, `witness.request.hashes`,
            `witness.request.hash`, `note.…`, `checkpoint.lines`.
        """
        if len(data) > MAX_BYTES:
            raise Malformed("witness.request.size", size=len(data), limit=MAX_BYTES)
        head, separator, checkpoint = data.partition(b"\n\n")
        if not separator:
            raise Malformed("witness.request.separator")
        first, *rows = head.split(b"\n")
        if not first.startswith(_OLD):
            raise Malformed("witness.request.old", text=quoted(first))
        if len(rows) > MAX_HASHES:
            raise Malformed("witness.request.hashes", count=len(rows), limit=MAX_HASHES)
        text, _ = split(checkpoint)
        if text.count(b"\n") != 3:
            raise Malformed("checkpoint.lines", count=text.count(b"\n"))
        return cls(decimal(first[len(_OLD) :], "witness.request.old"), tuple([_hash(row) for row in rows]), checkpoint)


def lines_for(checkpoint: bytes, answer: bytes) -> tuple[Line, ...]:
    """The signature lines of an answer, read as if they stood under the checkpoint. Proves nothing. :raises Malformed: `note.…`."""
    text, _ = split(checkpoint)
    Checkpoint.parse(text)
    return split(text + b"\n" + answer)[1]


def _hash(row: bytes) -> bytes:
    item = decode_base64(row, "witness.request.hash")
    if len(item) != HASH:
        raise Malformed("witness.request.hash", text=quoted(row))
    return item
