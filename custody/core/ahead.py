"""Signatures checked a block of entries ahead (spec chapter 10, VERIFY-3).

Whether a line holds depends on key, text and signature alone. Checked block by block, they leave what reads and judges the entries in the
processor's caches: one by one between two judgments they would cost a sixth more.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from custody.core import ed25519, note
from custody.core.errors import BadSignature, Malformed
from custody.core.merkle import Tree, leaf_hash
from custody.core.note import Line
from custody.core.roster import Key, Roster

BLOCK = 128  # entries; at most 8 MB of notes


class Waiting(NamedTuple):
    """An entry that was cut and waits to be judged: its bytes, its text and lines or what is wrong with its form."""

    data: bytes
    text: bytes
    lines: tuple[Line, ...]
    error: Malformed | None


def cut(data: bytes) -> Waiting:
    """Cut a note, strictly."""
    try:
        text, lines = note.split_statement(data)
    except Malformed as error:
        return Waiting(data, b"", (), error)
    return Waiting(data, text, lines, None)


def blocks(notes: Iterator[bytes], tree: Tree) -> Iterator[list[Waiting]]:
    """All entries, block by block; each becomes a leaf of the tree when it is read, good or bad."""
    while block := [_entered(data, tree) for data in islice(notes, BLOCK)]:
        yield block


def _entered(data: bytes, tree: Tree) -> Waiting:
    tree.append(leaf_hash(data))
    return cut(data)


def holding(entry: Waiting, roster: Roster, index: int) -> tuple[Key, ...]:
    """The keys of the roster under which every line of an entry holds; none where a line does not, or its key is not known yet."""
    keys = tuple([roster.known(line.name, line.key_id, index) for line in entry.lines])
    try:
        for key, line in zip(keys, entry.lines, strict=True):
            if key is None:
                return ()
            ed25519.verify(key.public, line.signature, entry.text)
    except BadSignature:  # its turn will come, and then it is told
        return ()
    return keys  # type: ignore[return-value]
