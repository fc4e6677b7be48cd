"""Ledgers to measure on: the large invented world, written into a folder without admitting each entry anew."""

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path

from custody.core import checkpoint
from custody.core.checkpoint import Checkpoint
from custody.core.merkle import leaf_hash
from custody.core.policy import Policy
from custody.core.rows import Row
from custody.ledger.guard import Guard
from custody.ledger.ledger import Ledger
from custody.ledger.projection import kind_of
from custody.ledger.rebuild import rebuild
from custody.ledger.tiles import TileTree
from custody.store.lock import TurnLock
from custody.store.sqlite import SqliteStore
from fixtures.bigworld import SINGLE, BigWorld
from fixtures.office import key_of

AT_ONCE = 512


class Ground:
    """A ledger folder of the given number of entries, and `later`: notes that would come next. `sizes`: boxes an entry, in turn."""

    def __init__(self, folder: Path, boxes: int, entries: int, later: int = 0, sizes: tuple[int, ...] = SINGLE) -> None:
        folder.mkdir(parents=True)
        self.folder, self.entries = folder, entries
        self.world = BigWorld(boxes, sizes)
        notes = self.world.all(entries + later)
        store = SqliteStore.create(folder)
        write(store, islice(notes, entries), self.world)
        rebuild(store)
        store.close()
        self.later = list(notes)

    @property
    def trust(self) -> Policy:
        return self.world.policy()

    def store(self) -> SqliteStore:
        return SqliteStore.open(self.folder)

    def reopen(self) -> partial[SqliteStore]:
        return partial(SqliteStore.open, self.folder)

    def ledger(self) -> Ledger:
        """Opened as the office does it, with the real guard and its lock across processes."""
        state = self.folder.with_name(self.folder.name + ".state")
        state.mkdir(exist_ok=True)
        guard = Guard(state, self.world.origin, "0" * 32, self.folder, TurnLock(state / "guard.lock", 20.0).held)
        ledger = Ledger(self.store(), guard, key_of(self.world))
        if guard.mark() is None:
            guard.adopt(ledger.checkpoint(), ledger.root)
        return ledger


def write(store: SqliteStore, notes: Iterator[bytes], world: BigWorld) -> None:
    """Entries, tiles and checkpoints; projections are left out."""
    tree = TileTree(store)
    while part := list(islice(notes, AT_ONCE)):
        with store.write() as writer:
            tree.reader = writer
            writer.append(rows(part, tree.size))
            for data in part:
                tree.append(leaf_hash(data))
            writer.put_tiles(tree.taken())
            kept = writer.head()
            for size, head in world.heads:
                if (kept is None or size > kept[0]) and size <= tree.size:
                    writer.put_checkpoint(size, head)
        tree.reader = store
    with store.write() as writer:
        head = writer.head()
        if head is None or head[0] < tree.size:
            writer.put_checkpoint(tree.size, signed(world, tree))


def signed(world: BigWorld, tree: TileTree) -> bytes:
    """A checkpoint over a tree that is not the world's own."""
    head = Checkpoint(world.origin, tree.size, tree.root())
    return checkpoint.sign(head, world.ledger_signing.sign, world.ledger_key)


def rows(notes: Sequence[bytes], start: int) -> list[Row]:
    """The rows of notes, computed as the ledger computes them."""
    return [
        Row(index, leaf_hash(data), sha256(data[: data.rfind(b"\n\n") + 1]).digest(), kind_of(data).decode(), data)
        for index, data in enumerate(notes, start)
    ]
