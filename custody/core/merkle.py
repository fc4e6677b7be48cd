"""The tree of the ledger, RFC 6962, with proofs checked as RFC 9162 says (docs/spec/03-tree.md). Knows hashes, no statements."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from custody.core.errors import Altered, Malformed

HASH = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """All complete nodes of the tree, level by level: 64 bytes a leaf; proofs for every earlier size in O(log n).

    Not safe for two threads at once; whoever owns the ledger owns its tree.
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self.size = 0
        self.extend(list(leaf_hashes))

    def append(self, leaf_hash: bytes) -> int:
        """Add a leaf and return its index. :raises Malformed: `merkle.hash` unless it is 32 bytes."""
        node = _checked(leaf_hash)
        index = at = self.size
        levels, level = self._levels, 0
        levels[0] += node
        while at & 1:
            node = node_hash(bytes(levels[level][-64:-32]), node)
            at >>= 1
            level += 1
            if level == len(levels):
                levels.append(bytearray())
            levels[level] += node
        self.size = index + 1
        return index

    def extend(self, leaf_hashes: Sequence[bytes]) -> None:
        """Add leaves in their order, level by level, which takes half as long as one by one. :raises Malformed: as `append`."""
        levels = self._levels
        levels[0] += b"".join(map(_checked, leaf_hashes))
        self.size += len(leaf_hashes)
        for level in range(self.size.bit_length() - 1):
            if level + 1 == len(levels):
                levels.append(bytearray())
            below, above = levels[level], levels[level + 1]
            pairs = range(2 * len(above), 2 * HASH * (self.size >> level + 1), 2 * HASH)
            above += b"".join([sha256(b"\x01" + below[at : at + 2 * HASH]).digest() for at in pairs])

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """The complete nodes `start` to `end` (exclusive) of a level, joined; level 0 are the leaves. A tile is 256 of them.

        :raises Malformed: `merkle.range`.
        """
        if level < 0 or not 0 <= start <= end <= self.size >> level:
            raise Malformed("merkle.range", level=level, start=start, end=end, size=self.size)
        return bytes(self._levels[level][start * HASH : end * HASH]) if start < end else b""

    def root(self, size: int | None = None) -> bytes:
        """The tree head over the first `size` leaves (all, when None). :raises Malformed: `merkle.range`."""
        size = self._size(size)
        return self._right(0, size) if size else EMPTY_ROOT

    def frontier(self, size: int | None = None) -> "Frontier":
        """The right edge at `size`, to go on from without this tree. :raises Malformed: `merkle.range`."""
        size = self._size(size)
        edge = [self._node(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]
        return Frontier.from_hashes(size, edge)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path from the sibling of a leaf up to below the root of `size` (RFC 6962, 2.1.1). :raises Malformed: `merkle.range`."""
        size = self._size(size)
        if not 0 <= index < size:
            raise Malformed("merkle.range", index=index, size=size)
        return self._path(0, index, size)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """That the first `old` leaves of the tree of `new` are the tree of `old` (RFC 6962, 2.1.2); empty for 0 and for equal sizes.

        :raises Malformed: `merkle.range`.
        """
        new = self._size(new)
        if not 0 <= old <= new:
            raise Malformed("merkle.range", old=old, new=new)
        if old in (0, new):
            return []
        level = (old & -old).bit_length() - 1  # height of the last complete subtree of the old tree
        at = (old >> level) - 1
        start = [] if at == 0 else [self._node(level, at)]  # the old root itself is known to whoever asks
        return start + self._path(level, at, new)

    def _size(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise Malformed("merkle.range", size=size, have=self.size)
        return size

    def _node(self, level: int, at: int) -> bytes:
        return bytes(self._levels[level][at * HASH : at * HASH + HASH])

    def _path(self, level: int, at: int, size: int) -> list[bytes]:
        path = []
        while at << level != 0 or 1 << level < size:
            sibling = at ^ 1
            if (sibling + 1) << level <= size:
                path.append(self._node(level, sibling))
            elif sibling << level < size:
                path.append(self._right(sibling << level, size))
            at >>= 1
            level += 1
        return path

    def _right(self, start: int, size: int) -> bytes:
        """The hash over leaves `start` to `size`, where the range begins at the last multiple of a power of two that exceeds its length."""
        node, length = b"", size - start
        for level in range(length.bit_length()):
            if length >> level & 1:
                left = self._node(level, (size >> level) - 1)
                node = node_hash(left, node) if node else left
        return node


class Frontier:
    """The right edge of a tree: the heads of its complete subtrees, largest first. Enough to append and to know every root."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []

    @classmethod
    def from_hashes(cls, size: int, hashes: Sequence[bytes]) -> "Frontier":
        """Go on from a saved edge. :raises Malformed: `merkle.frontier` when the count does not fit the size, `merkle.hash`."""
        if size < 0 or size.bit_count() != len(hashes):
            raise Malformed("merkle.frontier", size=size, count=len(hashes))
        edge = cls()
        edge.size, edge._hashes = size, [_checked(item) for item in hashes]
        return edge

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._hashes)

    def append(self, leaf_hash: bytes) -> int:
        """Add a leaf and return its index. :raises Malformed: `merkle.hash`."""
        node, index = _checked(leaf_hash), self.size
        at = index
        while at & 1:
            node = node_hash(self._hashes.pop(), node)
            at >>= 1
        self._hashes.append(node)
        self.size = index + 1
        return index

    def root(self) -> bytes:
        return _fold(self._hashes[::-1]) if self._hashes else EMPTY_ROOT

    def copy(self) -> "Frontier":
        return Frontier.from_hashes(self.size, self._hashes)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves under `root` (RFC 9162, 2.1.3.2).

    :raises Altered: `merkle.inclusion`.
    """
    wrong = Altered("merkle.inclusion", index=index, size=size)
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        raise wrong
    at, last, node = index, size - 1, leaf
    for item in proof:
        if last == 0:
            raise wrong
        if at & 1 or at == last:
            node = node_hash(item, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, item)
        at, last = at >> 1, last >> 1
    if last or node != root:
        raise wrong


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree (size1, root1) is the beginning of (size2, root2) (RFC 9162, 2.1.4.2; size 0 as C2SP tlog-witness has it).

    :raises Altered: `merkle.consistency`.
    """
    wrong = Altered("merkle.consistency", size1=size1, size2=size2)
    if not 0 <= size1 <= size2:
        raise wrong
    if size1 == 0 and root1 != EMPTY_ROOT:
        raise wrong
    if size1 in (0, size2):
        if proof or (size1 == size2 and root1 != root2):
            raise wrong
        return
    if not _hashes(root1, root2, *proof) or _both_roots(size1, size2, root1, proof) != (root1, root2):
        raise wrong


def _both_roots(size1: int, size2: int, root1: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a proof leads to, for 0 < size1 < size2; None when it is too long or too short."""
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    if not path:
        return None
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for item in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(item, old), node_hash(item, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, item)
        at, last = at >> 1, last >> 1
    return None if last else (old, new)


def _fold(smallest_first: Sequence[bytes]) -> bytes:
    node = smallest_first[0]
    for left in smallest_first[1:]:
        node = node_hash(left, node)
    return node


def _checked(item: bytes) -> bytes:
    if len(item) != HASH:
        raise Malformed("merkle.hash", length=len(item))
    return item


def _hashes(*items: bytes) -> bool:
    return all(len(item) == HASH for item in items)
