"""Projections built anew from the entries, in one transaction (design chapter 3, store). Entries, tiles and checkpoints stay."""

from custody.core import entry as entries
from custody.core.errors import Altered, CustodyError
from custody.core.merkle import Frontier, leaf_hash
from custody.core.rows import Row
from custody.core.state import State
from custody.ledger.opening import check_head
from custody.ledger.ports import Store, Writer
from custody.ledger.projection import FORM, Changes

_AT_ONCE = 4096  # touches kept in memory before they are written


def rebuild(store: Store) -> int:
    """Drop all projections and compute them from the bodies; returns the number of entries read.

    The entries must be those under the newest checkpoint, else nothing is changed: `Altered("ledger.head")`, `Altered("ledger.replay")`.
    """
    with store.write() as writer:
        writer.drop_projections()
        state, edge, changes = State(), Frontier(), Changes()
        for row in writer.rows():
            _take(row, state, changes)
            edge.append(leaf_hash(row.body))
            if len(changes.touches) > _AT_ONCE:
                _touch(writer, changes)
        if edge.size:
            check_head(state, edge.size, edge.root(), writer.head())
            writer.put_facts("form", {"projections": FORM})
        changes.boxes = dict.fromkeys([*state.register.boxes, *state.chains])
        changes.write(writer, state, lambda index: writer.row(index).body)
        return edge.size


def _take(row: Row, state: State, changes: Changes) -> None:
    try:
        entry = entries.parse(row.body)
        changes.take(entry, state.size, state)
        state.apply(entry, entries.signers(entry, state.roster, state.size))
    except CustodyError as error:
        raise Altered("ledger.replay", entry=row.idx, why=error.code) from error


def _touch(writer: Writer, changes: Changes) -> None:
    writer.touch(changes.touches)
    changes.touches.clear()
