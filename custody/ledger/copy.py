"""A copy of an office's ledger: it grows only by entries under a checkpoint of the ledger key (spec chapter 23, Reading)."""

from __future__ import annotations

from collections.abc import Sequence

from custody.core import checkpoint as checkpoints
from custody.core import note as notes_
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, BadSignature, CustodyError
from custody.core.note import Line, VerifierKey
from custody.ledger.admit import Batch, Broken
from custody.ledger.ledger import Ledger
from custody.ledger.opening import Opened
from custody.ledger.ports import Guard, Writer
from custody.ledger.projection import FORM


class Copy(Ledger):
    """A ledger whose key is elsewhere. Everything that reads is as in `Ledger`; instead of appending it follows."""

    @property
    def guard(self) -> Guard:
        """What remembers the newest checkpoint that was followed, outside the folder."""
        return self._guard

    def follow(self, notes: Sequence[bytes], head: bytes, witnesses: Sequence[VerifierKey] = ()) -> int:
        """Make these notes the next entries, all of them or none, as the ledger key signed them in `head`; returns the size.

        Each is checked as the office checked it. :param head: a checkpoint note over exactly what is here and these.
        :param witnesses: whose cosignatures in it are kept.

        :raises Altered: `copy.unlike` where these entries do not go on from those here, or the head is over others: they were changed on
            their way, or there is a second history. `guard.…`. :raises BadSignature: `copy.head` where the head is by another key.
        """
        with self._turn, self._whole_or_forgotten():
            with self._store.write() as writer:
                here = self._current(writer)
                if here.tree.size:
                    self._ready(writer)
                batch = self._begin(writer, notes)
                for data in notes:
                    _next(batch, data)
                signed = self._keep(writer, batch, here, head, witnesses)
            here = self._settled()
            if batch.start:
                self._guard.advance(signed)
            else:
                self._guard.adopt(signed, here.tree.root)
        return here.tree.size

    def _keep(self, writer: Writer, batch: Batch, here: Opened, head: bytes, witnesses: Sequence[VerifierKey]) -> bytes:
        """Write the rows of a batch, and its checkpoint without any other line than that of the ledger key."""
        own, line = _by_ledger_key(head, here)
        if (own.origin, own.size) != (here.state.roster.origin, here.tree.size) or own.root != here.tree.root():
            raise Altered("copy.unlike", entry=batch.start, why="merkle.root")
        signed = notes_.join(own.text(), [line])
        writer.append(batch.rows)
        writer.put_tiles(here.tree.taken())
        batch.changes.write(writer, here.state, batch.note)
        if batch.start == 0:
            writer.put_facts("form", {"projections": FORM})
        writer.put_checkpoint(here.tree.size, signed)
        for line in _cosignatures(head, witnesses):
            writer.put_cosignature(here.tree.size, line.name, line.format())
        return signed


def _by_ledger_key(head: bytes, here: Opened) -> tuple[Checkpoint, Line]:
    size = here.tree.size
    keys = [key for key, least, most in here.state.roster.ledger_spans() if key.name == here.state.roster.origin and least <= size <= most]
    try:
        own = checkpoints.open_note(head, keys)
    except BadSignature:
        raise BadSignature("copy.head", origin=here.state.roster.origin) from None
    ids = {key.key_id for key in keys}
    return own, next(line for line in notes_.split(head)[1] if line.name == own.origin and line.key_id in ids)


def _cosignatures(head: bytes, witnesses: Sequence[VerifierKey]) -> list[Line]:
    try:
        known = checkpoints.cosignature_times(head, witnesses)
    except CustodyError:
        return []
    ids = {(key.name, key.key_id) for key in known}
    return [line for line in notes_.split(head)[1] if (line.name, line.key_id) in ids]


def _next(batch: Batch, data: bytes) -> None:
    """Take an entry at the place where the office has it."""
    index = batch.start + len(batch.rows)
    try:
        taken = batch.take(data)
    except Broken as error:
        raise Altered("copy.unlike", entry=index, why=error.reason.code) from error
    except CustodyError as error:
        raise Altered("copy.unlike", entry=index, why=error.code) from error
    if taken != index:
        raise Altered("copy.unlike", entry=index, why="store.duplicate")


def against(ledger: Ledger, signed: bytes) -> Checkpoint | None:
    """Hold a checkpoint that somebody shows against a ledger, as far as that reaches; None where no ledger key that is known here and may
    sign so many entries has signed it (ROLE-6).

    :raises Altered: `copy.fork` where it is by the ledger key and the entries here are others. :raises Malformed: `checkpoint.…`.
    """
    size, head = ledger.refresh(), Checkpoint.parse(notes_.split(signed)[0])
    if head.size == 0 or head.origin != ledger.origin:
        return None
    try:
        checkpoints.open_note(signed, [key for key, least, most in ledger.state.roster.ledger_spans() if least <= head.size <= most])
    except BadSignature:
        return None
    if head.size <= size and ledger.root(head.size) != head.root:
        raise Altered("copy.fork", size=head.size)
    return head
