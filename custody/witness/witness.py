"""What a witness does with a request, in the order of C2SP tlog-witness (docs/spec/26-witnesses.md, WITNESS-1 to WITNESS-11).

Trusted with: one line under each head of a ledger that continues the last one. Not with: anything that the entries say. What leaves it was
written down before, so that no crash and no second process makes it sign two histories.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import Checkpoint, cosign, decimal, open_note
from custody.core.errors import Altered, BadSignature, CustodyError, Malformed, Refused, quoted
from custody.core.fork import Fork
from custody.core.merkle import EMPTY_ROOT, verify_consistency
from custody.core.note import Line, VerifierKey, decode_base64, join, split
from custody.witness.book import Book


class Signer(Protocol):
    """The unlocked key of the witness, of type 0x04."""

    @property
    def key(self) -> VerifierKey: ...
    def sign(self, message: bytes) -> bytes: ...


class Cosigned(NamedTuple):
    """The witness's line, and the checkpoint with the ledger's line and this one, as it is remembered now."""

    line: Line
    note: bytes


class Witness:
    """Cosigns the heads of the ledgers it was told of; safe for several threads and processes over one folder."""

    def __init__(self, book: Book, logs: Sequence[VerifierKey], signer: Signer, clock: Callable[[], int]) -> None:
        """:param logs: keys of ledgers; the name of each is its origin. :param clock: seconds since 1970 UTC."""
        self.book, self.logs, self.signer, self._clock = book, tuple(logs), signer, clock

    def add(self, request: bytes) -> Cosigned:
        """Check a request and cosign it; the head is remembered, on disk, before this returns.

        :raises Malformed: form, and `witness.old` for an old size above that of the checkpoint (400).
        :raises Refused: `witness.origin` for a ledger it was not told of (404); `witness.size` with what it saw last (409); `witness.disk`.
        :raises BadSignature: `checkpoint.unsigned`, `note.signature` (403).
        :raises Altered: `witness.fork`, `witness.proof`, `witness.empty`: the head does not continue the last one (422); `witness.damaged`.
        """
        asked = AddCheckpoint.parse(request)
        head, hollow = self._signed(asked.checkpoint)
        if asked.old > head.size:
            raise Malformed("witness.old", old=asked.old, size=head.size)
        with self.book.turn():
            self._continues(asked, head, hollow)
            return self._cosign(asked.checkpoint, head)

    def again(self, request: bytes) -> Cosigned | None:
        """What it answered last, where the request is of that very head: the answer may be lost, and the request come by stick again.

        Raises as `add` for a request that has not its form.
        """
        text = split(AddCheckpoint.parse(request).checkpoint)[0]
        known = self.book.last(text.split(b"\n", 1)[0].decode())
        if known is None or split(known)[0] != text:
            return None
        own = next((line for line in split(known)[1] if (line.name, line.key_id) == (self.signer.key.name, self.signer.key.key_id)), None)
        return None if own is None else Cosigned(own, known)

    def _signed(self, note: bytes) -> tuple[Checkpoint, bool]:
        """The head, under a key of the ledger that it names; and whether it gives no entries another root than that of nothing."""
        text, lines = split(note)
        origin = text.split(b"\n", 1)[0].decode()
        own = [key for key in self.logs if key.name == origin]
        if not own:
            raise Refused("witness.origin", origin=quoted(origin))
        if _falsely_empty(text):
            _check_line(own, text, lines)
            return Checkpoint(origin, 0, EMPTY_ROOT), True
        return open_note(note, own), False

    def _continues(self, asked: AddCheckpoint, head: Checkpoint, hollow: bool) -> None:
        known = self.book.last(head.origin)
        last = Checkpoint.parse(split(known)[0]) if known is not None else Checkpoint(head.origin, 0, EMPTY_ROOT)
        forked = known is not None and last.size == head.size and last.root != head.root
        kept = self.book.keep_fork(Fork(known, asked.checkpoint, head.root)) if known is not None and forked else None
        if asked.old != last.size:  # even of a fork C2SP wants this told first; the proof of it is kept
            raise Refused("witness.size", origin=head.origin, known=last.size, old=asked.old)
        if hollow:
            raise Altered("witness.empty", origin=head.origin)
        if forked:
            raise Altered("witness.fork", origin=head.origin, size=head.size, path=str(kept) if kept is not None else None)
        try:
            verify_consistency(last.size, head.size, last.root, head.root, asked.hashes)
        except CustodyError:
            kept = self.book.keep_refused(asked.checkpoint)
            where = str(kept) if kept is not None else None
            raise Altered("witness.proof", origin=head.origin, known=last.size, size=head.size, path=where) from None

    def _cosign(self, note: bytes, head: Checkpoint) -> Cosigned:
        text, lines = split(note)
        own = {(key.name, key.key_id) for key in self.logs if key.name == head.origin}
        line = cosign(note, self.signer.sign, self.signer.key, self._clock())
        vouched = [one for one in dict.fromkeys(lines) if (one.name, one.key_id) in own]  # lines of strangers are not passed on
        whole = join(text, [*vouched, line])
        self.book.keep(head.origin, whole)
        return Cosigned(line, whole)


def _falsely_empty(text: bytes) -> bool:
    """A tree of no entries under a root of its own: C2SP wants that told as a contradiction, not as a matter of form."""
    _, size, root = text.split(b"\n")[:3]
    try:
        stated = decode_base64(root, "checkpoint.root")
        return decimal(size, "checkpoint.size") == 0 and len(stated) == len(EMPTY_ROOT) and stated != EMPTY_ROOT
    except Malformed:
        return False


def _check_line(keys: Sequence[VerifierKey], text: bytes, lines: Sequence[Line]) -> None:
    signed = [(key, line) for key in keys for line in lines if (key.name, key.key_id) == (line.name, line.key_id)]
    if not signed:
        raise BadSignature("checkpoint.unsigned", origin=keys[0].name)
    for key, line in signed:
        key.verify(text, line.signature)
