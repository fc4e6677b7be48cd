"""Opening: the state and tree of a ledger from its store, without reading every body again (spec chapter 09).

Authority statements and labels are read again in their order, each proven to stand under the signed head; boxes are called up from the
projection when they are touched. What the projection says is checked by the audit, not here.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from custody.core.checkpoint import Checkpoint, open_note
from custody.core.errors import Altered, CustodyError, Undecided
from custody.core.merkle import leaf_hash, verify_inclusion
from custody.core.rows import Row
from custody.core.snapshot import REPLAYED, take_again
from custody.core.state import State
from custody.ledger.ports import Reader
from custody.ledger.projection import FORM, Kept, replayed
from custody.ledger.tiles import TileTree


class Opened(NamedTuple):
    """A ledger in memory: what it adds up to, its tree, and where boxes are called up from."""

    state: State
    tree: TileTree
    kept: Kept

    def read_from(self, reader: Reader) -> None:
        """Ask this reader from now on."""
        self.tree.reader = reader
        self.kept.read_from(reader)


def opened(reader: Reader) -> Opened:
    """Read a ledger from its store.

    Raises `Undecided("projection.missing")` when the projections must be rebuilt first, and `Altered`: `ledger.head` when the newest
    checkpoint is not by the ledger key or not over these entries, `ledger.replay` when an entry is not the one that was signed.
    """
    kept = Kept(reader)
    found = Opened(State(kept), TileTree.restore(reader), kept)
    if found.tree.size == 0:
        return found
    if reader.fact("form", "projections") != FORM:
        raise Undecided("projection.missing")
    root = found.tree.root()
    for row in _rows(reader, replayed(reader)):
        _prove(row, found.tree, root)
        _take(found.state, row)
    _settle(found, reader)
    return found


def caught_up(found: Opened, reader: Reader) -> None:
    """Take what other processes appended since. Raises as `opened`."""
    state, tree = found.state, found.tree
    found.read_from(reader)
    for row in reader.rows(state.size):
        if row.idx != tree.size or leaf_hash(row.body) != row.leaf:
            raise Altered("ledger.replay", entry=row.idx, why="merkle.leaf")
        tree.append(row.leaf)
        if row.kind in REPLAYED:
            _take(state, row)
    tree.taken()
    _settle(found, reader)


def _settle(found: Opened, reader: Reader) -> None:
    state = found.state
    state.size = found.tree.size
    state.forget()  # it is called up again from the projection, which others may have changed
    check_head(state, found.tree.size, found.tree.root(), reader.head())


def check_head(state: State, size: int, root: bytes, head: tuple[int, bytes] | None) -> Checkpoint:
    """The newest checkpoint, if it is signed by the ledger key and covers exactly these entries. Raises `Altered("ledger.head")`."""
    if head is None:
        raise Altered("ledger.head", size=size, why="ledger.unfounded")
    try:
        checkpoint = open_note(head[1], state.roster.ledger_keys())
    except CustodyError as error:
        raise Altered("ledger.head", size=size, why=error.code) from error
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (state.roster.origin, size, root):
        raise Altered("ledger.head", size=size, why="checkpoint.root")
    return checkpoint


def _rows(reader: Reader, indexes: Iterable[int]) -> Iterator[Row]:
    """The entries at these ascending indexes. Most stand side by side, so that each run is one question."""
    for _, run in groupby(enumerate(indexes), lambda pair: pair[1] - pair[0]):
        wanted = [index for _, index in run]
        found = iter(reader.rows(wanted[0], wanted[-1] + 1))
        for index in wanted:
            row = next(found, None)
            if row is None or row.idx != index:
                raise Altered("ledger.replay", entry=index, why="entry.missing")
            yield row


def _prove(row: Row, tree: TileTree, root: bytes) -> None:
    try:
        verify_inclusion(leaf_hash(row.body), row.idx, tree.size, tree.inclusion(row.idx), root)
    except CustodyError as error:
        raise Altered("ledger.replay", entry=row.idx, why=error.code) from error


def _take(state: State, row: Row) -> None:
    """Apply an entry at its own index; its signatures were checked when it was admitted."""
    try:
        take_again(state, row.body, row.idx)
    except CustodyError as error:
        raise Altered("ledger.replay", entry=row.idx, why=error.code) from error
