"""The tree against its recursive definition, against a foreign library, and against the foreign vectors."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import merkle
from custody.core.errors import Altered, Malformed
from custody.core.merkle import Frontier, Tree, verify_consistency, verify_inclusion
from fixtures.vectorsets.core_tree import head

FOREIGN = Path(__file__).parents[2] / ".." / "shared" / "vectors" / "merkle"
SIZES = 40
LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(SIZES)]
ROOTS = [head(LEAVES[:size]) for size in range(SIZES + 1)]
TREE = Tree(LEAVES)

# The vectors refuse whatever starts at size zero; C2SP tlog-witness asks for an empty proof there and no more (docs/spec/03-tree.md,
# TREE-10). Of the three, one differs in what we answer; the other two we refuse because their root of size zero is not that of no entries.
C2SP_DECIDES_OTHERWISE = {
    "additional/size1-is-zero-and-size2-is-not-zero": "accepted",
    "additional/size1-is-zero-and-does-not-equal-size2": "refused",
    "additional/sizes-are-equal-zero-and-proof-is-empty": "refused",
}


def inclusion_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, by the letter."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*inclusion_path(index, leaves[:k]), head(leaves[k:])]
    return [*inclusion_path(index - k, leaves[k:]), head(leaves[:k])]


def consistency_path(old: int, leaves: list[bytes], known: bool = True) -> list[bytes]:
    """RFC 6962, 2.1.2, by the letter."""
    if old == len(leaves):
        return [] if known else [head(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return [*consistency_path(old, leaves[:k], known), head(leaves[k:])]
    return [*consistency_path(old - k, leaves[k:], False), head(leaves[:k])]


def refused(check: Any, *args: Any) -> bool:
    try:
        check(*args)
    except Altered:
        return True
    return False


def test_every_root_up_to_40_leaves_is_that_of_the_definition() -> None:
    edge = Frontier()
    for size in range(SIZES + 1):
        assert TREE.root(size) == ROOTS[size] == edge.root()
        assert TREE.frontier(size).hashes == edge.hashes
        if size < SIZES:
            assert edge.append(LEAVES[size]) == size


def test_leaves_added_together_are_those_added_one_by_one() -> None:
    one_by_one = Tree()
    for size, leaf in enumerate(LEAVES, 1):
        assert one_by_one.append(leaf) == size - 1
        for first in range(size + 1):
            tree = Tree(LEAVES[:first])
            tree.extend(LEAVES[first:size])
            assert tree.size == one_by_one.size == size
            for level in range(size.bit_length()):
                assert tree.nodes(level, 0, size >> level) == one_by_one.nodes(level, 0, size >> level)
            assert tree.root() == one_by_one.root() == ROOTS[size]


def test_every_inclusion_proof_up_to_40_leaves() -> None:
    for size in range(1, SIZES + 1):
        for index in range(size):
            proof = TREE.inclusion(index, size)
            assert proof == inclusion_path(index, LEAVES[:size])
            verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


def test_every_consistency_proof_up_to_40_leaves() -> None:
    for new in range(SIZES + 1):
        for old in range(new + 1):
            proof = TREE.consistency(old, new)
            assert proof == ([] if old == 0 else consistency_path(old, LEAVES[:new]))
            verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


@given(st.integers(1, SIZES), st.data())
def test_an_inclusion_proof_fits_one_leaf_one_place_and_one_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, SIZES - 1))
    proof = TREE.inclusion(index, size)
    assert refused(verify_inclusion, LEAVES[other], index, size, proof, ROOTS[size]) == (other != index)
    assert refused(verify_inclusion, LEAVES[index], other, size, proof, ROOTS[size]) == (other != index)
    assert refused(verify_inclusion, LEAVES[index], index, size, proof, ROOTS[other]) == (other != size)
    assert refused(verify_inclusion, LEAVES[index], index, size, [*proof, LEAVES[0]], ROOTS[size])
    for at in range(len(proof)):
        assert refused(verify_inclusion, LEAVES[index], index, size, [*proof[:at], LEAVES[other], *proof[at + 1 :]], ROOTS[size]) == (
            proof[at] != LEAVES[other]
        )
        assert refused(verify_inclusion, LEAVES[index], index, size, proof[:at] + proof[at + 1 :], ROOTS[size])


@given(st.integers(1, SIZES - 1), st.data())
def test_a_consistency_proof_fits_two_sizes_and_two_roots(old: int, data: st.DataObject) -> None:
    new = data.draw(st.integers(old + 1, SIZES))
    other = data.draw(st.integers(1, SIZES))
    proof = TREE.consistency(old, new)
    assert refused(verify_consistency, old, new, ROOTS[other], ROOTS[new], proof) == (other != old)
    assert refused(verify_consistency, old, new, ROOTS[old], ROOTS[other], proof) == (other != new)
    assert refused(verify_consistency, new, old, ROOTS[new], ROOTS[old], proof)
    assert refused(verify_consistency, old, new, ROOTS[old], ROOTS[new], [*proof, LEAVES[0]])
    for at in range(len(proof)):
        assert refused(verify_consistency, old, new, ROOTS[old], ROOTS[new], proof[:at] + proof[at + 1 :])
        flipped = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        assert refused(verify_consistency, old, new, ROOTS[old], ROOTS[new], [*proof[:at], flipped, *proof[at + 1 :]])


def test_a_changed_leaf_changes_every_root_after_it() -> None:
    for changed in range(SIZES):
        other = Tree([*LEAVES[:changed], merkle.leaf_hash(b"other"), *LEAVES[changed + 1 :]])
        assert all((other.root(size) == ROOTS[size]) == (size <= changed) for size in range(SIZES + 1))


def test_the_complete_nodes_of_a_level_can_be_read_for_tiles() -> None:
    for level in range(7):
        count = SIZES >> level
        nodes = TREE.nodes(level, 0, count)
        for at in range(count):
            assert nodes[at * 32 : at * 32 + 32] == head(LEAVES[at << level : at + 1 << level])
        with pytest.raises(Malformed):
            TREE.nodes(level, 0, count + 1)


def test_a_saved_edge_goes_on_like_the_tree() -> None:
    for size in range(SIZES):
        edge = Frontier.from_hashes(size, TREE.frontier(size).hashes)
        twin = edge.copy()
        edge.append(LEAVES[size])
        assert (edge.root(), twin.root(), twin.size) == (ROOTS[size + 1], ROOTS[size], size)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: TREE.root(SIZES + 1), id="root of a size not reached"),
        pytest.param(lambda: TREE.root(-1), id="root of a negative size"),
        pytest.param(lambda: TREE.inclusion(5, 5), id="index at the size"),
        pytest.param(lambda: TREE.inclusion(-1, 5), id="negative index"),
        pytest.param(lambda: TREE.inclusion(0, SIZES + 1), id="proof in a size not reached"),
        pytest.param(lambda: TREE.consistency(6, 5), id="backwards"),
        pytest.param(lambda: TREE.consistency(-1, 5), id="from a negative size"),
        pytest.param(lambda: TREE.frontier(SIZES + 1), id="edge of a size not reached"),
        pytest.param(lambda: Tree().append(bytes(31)), id="short leaf hash"),
        pytest.param(lambda: Frontier().append(bytes(33)), id="long leaf hash"),
        pytest.param(lambda: Frontier.from_hashes(3, [bytes(32)]), id="edge that does not fit its size"),
        pytest.param(lambda: Frontier.from_hashes(-1, []), id="edge of a negative size"),
        pytest.param(lambda: Frontier.from_hashes(1, [bytes(31)]), id="edge with a short hash"),
    ],
)
def test_what_does_not_exist_cannot_be_asked_for(ask: Any) -> None:
    with pytest.raises(Malformed):
        ask()


def test_a_refused_leaf_leaves_the_tree_as_it_was() -> None:
    tree, edge = Tree(LEAVES[:5]), Tree(LEAVES[:5]).frontier()
    for target in (tree, edge):
        with pytest.raises(Malformed):
            target.append(b"short")
    with pytest.raises(Malformed):
        tree.extend([LEAVES[5], b"short"])
    assert tree.root() == edge.root() == ROOTS[5]


def test_pymerkle_agrees() -> None:
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle, an oracle under another licence, is not installed")
    foreign = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(SIZES):
        foreign.append_entry(b"%d" % number)
        assert foreign.get_root() == ROOTS[number + 1]
    for new in range(1, SIZES + 1):
        for index in range(new):
            theirs = foreign.prove_inclusion(index + 1, new)
            pymerkle.verify_inclusion(LEAVES[index], TREE.root(new), theirs)
            assert set(TREE.inclusion(index, new)) <= set(theirs.path)


@pytest.mark.skipif(not FOREIGN.exists(), reason="the foreign vectors are not beside this project: merkle")
def test_all_196_foreign_proofs() -> None:
    paths = sorted(FOREIGN.rglob("*.json"))
    assert len(paths) == 196
    named = set()
    for path in paths:
        vector = json.loads(path.read_text("utf-8"))
        name = path.relative_to(FOREIGN / path.relative_to(FOREIGN).parts[0]).with_suffix("").as_posix()
        if name in C2SP_DECIDES_OTHERWISE and "size1" in vector:
            named.add(name)
            assert vector["wantErr"] and not vector["proof"] and vector["size1"] == 0
            assert foreign_refused(vector) == (C2SP_DECIDES_OTHERWISE[name] == "refused"), name
        else:
            assert foreign_refused(vector) == vector["wantErr"], name
    assert named == set(C2SP_DECIDES_OTHERWISE)


def foreign_refused(vector: dict[str, Any]) -> bool:
    proof = [b64decode(item) for item in vector["proof"] or []]
    if "size1" in vector:
        roots = b64decode(vector["root1"]), b64decode(vector["root2"])
        return refused(verify_consistency, vector["size1"], vector["size2"], *roots, proof)
    leaf, root = b64decode(vector["leafHash"]), b64decode(vector["root"])
    return refused(verify_inclusion, leaf, vector["leafIdx"], vector["treeSize"], proof, root)
