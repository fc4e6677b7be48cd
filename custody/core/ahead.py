"""Signatures checked a block of entries ahead (spec chapter 10, VERIFY-3).

Whether a line holds depends on key, text and signature alone. Checked block by block, they leave what reads and judges the entries in the
processor's caches: one by one between two judgments they would cost a sixth more.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from custody.core import ed25519, note
from custody.core.errors import BadSignature
from custody.core.merkle import Tree, leaf_hash
from custody.core.note import Line
from custody.core.roster import Key, Roster

BLOCK = 512  # entries; at most 32 MB of notes


class Waiting(NamedTuple):
    """An entry that waits to be judged: its bytes, its text and lines as `note.glance` cut them; neither where it could not."""

    data: bytes
    text: bytes
    lines: tuple[Line, ...]


_waiting: Callable[[tuple[bytes, bytes, tuple[Line, ...]]], Waiting] = partial(tuple.__new__, Waiting)


def cut(data: bytes) -> Waiting:
    """Cut a note, at a glance."""
    found = note.glance(data)
    return _waiting((data, b"", ()) if found is None else (data, *found))


def blocks(notes: Iterator[bytes], tree: Tree) -> Iterator[list[Waiting]]:
    """All entries, block by block; each becomes a leaf of the tree when it is read, good or bad."""
    while block := list(islice(notes, BLOCK)):
        tree.extend(list(map(leaf_hash, block)))
        yield list(map(cut, block))


def held(block: list[Waiting], roster: Roster, start: int) -> list[tuple[Key, ...]]:
    """Of each entry from `start` on the keys of the roster under which every line of it holds.

    None of them where a line does not, or its key is not known yet: the turn of that entry will come, and then it is told.
    """
    known, verify, found = roster.known, ed25519.verify, list[tuple[Key, ...]]()
    for index, (_, text, lines) in enumerate(block, start):
        keys: tuple[Key, ...] = ()
        try:
            for name, id_, signature in lines:
                key = known(name, id_, index)
                if key is None:
                    break
                verify(key.public, signature, text)
                keys += (key,)
        except BadSignature:
            pass
        found.append(keys if len(keys) == len(lines) else ())
    return found
