"""The tree of the ledger out of its stored tiles: proofs and roots without reading a body again (spec chapter 03; C2SP tlog-tiles)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from custody.core.errors import Altered, Malformed
from custody.core.merkle import HASH, Tree, node_hash
from custody.core.rows import Tile
from custody.ledger.ports import Reader

WIDTH = 256
HEIGHT = 8  # levels of the tree inside one tile
_KEPT = 64  # full tiles held ready in memory


class TileTree(Tree):
    """A `Tree` that holds only its right edge, the tiles not yet full, and fetches full tiles when a proof asks for them.

    `reader` is asked for tiles; set it anew for each transaction. Appending collects the tiles that became full in `full`.
    """

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.full: list[Tile] = []
        self._edge = [Tree()]
        self._tile = lru_cache(_KEPT)(self._fetch)

    @classmethod
    def restore(cls, reader: Reader) -> "TileTree":
        """The tree of a store as it stands. Raises `Altered`: `tile.missing`, `entry.missing`."""
        tree = cls(reader)
        tree.size = reader.size()
        tree._edge = [Tree(reader.leaves(tree.size // WIDTH * WIDTH, tree.size))]
        if tree._edge[0].size != tree.size % WIDTH:
            raise Altered("entry.missing", size=tree.size)
        for level in range(1, (max(tree.size.bit_length() - 1, 0)) // HEIGHT + 1):
            below = tree.size >> HEIGHT * level
            tree._edge.append(Tree(tree._heads(level - 1, below // WIDTH * WIDTH, below)))
        return tree

    def append(self, leaf_hash: bytes) -> int:
        """Add a leaf and return its index."""
        index, node = self.size, leaf_hash
        for level, edge in enumerate([*self._edge, None]):
            if edge is None:
                edge = Tree()
                self._edge.append(edge)
            at = edge.append(node)
            if at + 1 < WIDTH:
                break
            node = edge.root()
            self.full.append(Tile(level, index >> HEIGHT * (level + 1), edge.nodes(0, 0, WIDTH)))
            self._edge[level] = Tree()
        self.size = index + 1
        return index

    def extend(self, leaf_hashes: Sequence[bytes]) -> None:
        """Add leaves in their order."""
        for leaf in leaf_hashes:
            self.append(leaf)

    def taken(self) -> list[Tile]:
        """The tiles that became full since the last call; they are in the store's hands now."""
        full, self.full = self.full, []
        return sorted(full, key=lambda tile: (tile.level, tile.n))

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """As `Tree.nodes`; full tiles are fetched. :raises Malformed: `merkle.range`. :raises Altered: `tile.missing`."""
        if level < 0 or not 0 <= start <= end <= self.size >> level:
            raise Malformed("merkle.range", level=level, start=start, end=end, size=self.size)
        return b"".join(self._node(level, at) for at in range(start, end))

    def _node(self, level: int, at: int) -> bytes:
        tier, inner = divmod(level, HEIGHT)
        n, place = divmod(at << inner, WIDTH)
        if n == self.size >> HEIGHT * (tier + 1):
            return self._edge[tier].nodes(inner, place >> inner, (place >> inner) + 1)
        return self._tile(tier, n).nodes(inner, place >> inner, (place >> inner) + 1)

    def _fetch(self, tier: int, n: int) -> Tree:
        fresh = next((tile.hashes for tile in self.full if (tile.level, tile.n) == (tier, n)), None)
        hashes = fresh or self.reader.tile(tier, n)
        if hashes is None:
            raise Altered("tile.missing", level=tier, n=n)
        return Tree(_cut(hashes))

    def _heads(self, tier: int, start: int, stop: int) -> Iterable[bytes]:
        """The heads of full tiles `start` to `stop`."""
        tiles = self.reader.tiles(tier, start)
        for n in range(start, stop):
            hashes = next(iter(tiles), None)
            if hashes is None:
                raise Altered("tile.missing", level=tier, n=n)
            yield head_of(hashes)


def head_of(hashes: bytes) -> bytes:
    """The node above a full tile."""
    row = list(_cut(hashes))
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _cut(hashes: bytes) -> Iterable[bytes]:
    return (hashes[at : at + HASH] for at in range(0, len(hashes), HASH))
