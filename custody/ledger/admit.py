"""Admission: which notes become entries: everything authentic and new, whatever the law says of it (spec chapter 09, AUTH-1 to AUTH-6)."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

from custody.core import entry as entries
from custody.core import note as notes
from custody.core.entry import Entry
from custody.core.errors import CustodyError
from custody.core.merkle import Tree, leaf_hash
from custody.core.note import Line
from custody.core.rows import Row
from custody.core.state import State
from custody.ledger.ports import Reader
from custody.ledger.projection import Changes, Kept
from custody.ledger.wanted import wanted

AHEAD = 256  # notes that are read ahead of being taken
Signers = set[tuple[str, bytes]]


class Batch:
    """Notes on their way into the ledger within one write transaction. State and tree advance with every note that is admitted.

    `reader` is asked for earlier entries; set it anew when the transaction has ended. Notes are read some way ahead of being taken, so
    that what they need of the projections is asked in one question; none of it is written before all are taken.
    """

    def __init__(self, reader: Reader, state: State, tree: Tree, offered: Sequence[bytes], kept: Kept) -> None:
        self.reader, self._state, self._tree, self._kept = reader, state, tree, kept
        self.start = tree.size
        self.rows: list[Row] = []
        self.changes = Changes()
        self._at_sid = reader.indexes_by_sid([_sid(data) for data in offered])
        known = [leaf_hash(data) for data in offered if _sid(data) in self._at_sid]
        self._at_leaf = reader.indexes_by_leaf(known) if known else {}
        self._same: dict[int, bytes] = {}  # entries that were offered again: nobody has to ask for their bytes
        self._unread = deque(data for data in offered if self.known(data) is None)
        self._read: dict[bytes, Entry] = {}

    def known(self, data: bytes) -> int | None:
        """The index of exactly this note, if it is an entry already."""
        return self._at_leaf.get(leaf_hash(data))

    def look_ahead(self, data: bytes) -> None:
        """Before this note is taken: where it is the next unread one, read it and some after it, and ask for what they will need.

        What cannot be read is left out: it is told when it is taken. Raises what the store says, which is no fault of a note.
        """
        if not self._unread or self._unread[0] != data:
            return
        self._read = {}
        for _ in range(min(AHEAD, len(self._unread))):
            note = self._unread.popleft()
            with suppress(CustodyError):
                self._read[note] = entries.parse(note)
        self._kept.call_up(wanted((entry.statement for entry in self._read.values()), self._state))

    def take(self, data: bytes) -> int:
        """Admit a note, or find the entry that says the same already; returns the index to give a receipt for.

        Raises `Malformed`, `BadSignature` or `Refused` for a note that is not authentic; then nothing has changed.
        """
        leaf = leaf_hash(data)
        index = self._at_leaf.get(leaf)
        if index is not None:
            self._same[index] = data
            return index
        entry = self._read.pop(data, None) or entries.parse(data)
        keys = self._state.check(entry)
        sid = bytes.fromhex(entry.statement.sid)
        earlier = self._at_sid.get(sid, [])
        fresh = {(line.name, line.key_id) for line in entry.lines}
        if earlier and fresh <= self._signers(sid, earlier):
            return earlier[0]
        index = self._state.size
        self.changes.take(entry, index, self._state)
        try:
            self._state.apply(entry, keys)
        except CustodyError as error:
            raise Broken(error) from error
        self._tree.append(leaf)
        self.rows.append(Row(index, leaf, sid, entry.statement.kind.name, data))
        self._at_leaf[leaf] = index
        self._at_sid[sid] = [*earlier, index]
        return index

    def note(self, index: int) -> bytes:
        """The bytes of an entry, of this batch or before it."""
        if index >= self.start:
            return self.rows[index - self.start].body
        return self._same[index] if index in self._same else self.reader.row(index).body

    def _signers(self, sid: bytes, indexes: Sequence[int]) -> Signers:
        return {(line.name, line.key_id) for index in indexes for line in _lines(self.note(index))}


class Broken(Exception):
    """A state refused an entry half way, which no known note can bring about: it must be read again before it is used."""

    def __init__(self, reason: CustodyError) -> None:
        super().__init__(reason.code)
        self.reason = reason


def _sid(data: bytes) -> bytes:
    """The statement id of a note, before anything else is known of it."""
    return sha256(data[: data.rfind(b"\n\n") + 1]).digest()


def _lines(data: bytes) -> tuple[Line, ...]:
    return notes.split(data)[1]
