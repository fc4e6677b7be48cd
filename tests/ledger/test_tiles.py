"""The tree out of stored tiles gives the very nodes that a tree of all leaves gives (spec chapter 03)."""

from hashlib import sha256

import pytest

from custody.core.errors import Malformed
from custody.core.merkle import Tree
from custody.ledger.tiles import TileTree
from custody.store.memory import MemoryStore


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_nodes_are_those_of_the_whole_tree(size: int) -> None:
    store, whole = MemoryStore(), Tree()
    tree = TileTree(store)
    for number in range(size):
        leaf = sha256(b"%d" % number).digest()
        tree.append(leaf)
        whole.append(leaf)
    for level in range(size.bit_length()):
        count = size >> level
        assert tree.nodes(level, 0, count) == whole.nodes(level, 0, count)
        assert tree.nodes(level, count // 2, count) == whole.nodes(level, count // 2, count)
    with pytest.raises(Malformed, match=r"merkle\.range"):
        tree.nodes(0, 0, size + 1)
