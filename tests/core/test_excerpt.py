"""Excerpts: some entries with their proof under one checkpoint (spec chapter 16)."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import merkle
from custody.core.checkpoint import cosign
from custody.core.errors import Altered, CustodyError, Undecided
from custody.core.excerpt import Excerpt, excerpt
from custody.core.policy import Policy
from fixtures.actors import BAWASLU
from fixtures.smallworld import BOX, EPOCH, World, ready


def world_of_12() -> World:
    world = ready()
    world.put(world.seal(world.line(BOX, None)), "kpps-1", "guard-1")
    return world


WORLD = world_of_12()
SIZE, HEAD = WORLD.heads[-1]
ALL = dict(enumerate(WORLD.entries))


def taken(*indexes: int) -> Excerpt:
    return excerpt(WORLD.tree, HEAD, SIZE, {index: ALL[index] for index in indexes})


@given(st.sets(st.integers(0, SIZE - 1)))
def test_any_choice_of_entries_is_proven_and_survives_its_bytes(chosen: set[int]) -> None:
    one = taken(*chosen)
    assert Excerpt.parse(one.format()) == one
    assert one.prove(WORLD.policy()).size == SIZE


@pytest.mark.parametrize("size", range(1, 40))
def test_every_tree_size_up_to_40(size: int) -> None:
    random = Random(size)
    notes = [random.randbytes(20) for _ in range(size)]
    tree = merkle.Tree(merkle.leaf_hash(note) for note in notes)
    chosen = {index: notes[index] for index in range(size) if random.random() < 0.3}
    assert excerpt(tree, b"", size, chosen).root(size) == tree.root()


def test_replay_gives_the_state_of_the_whole() -> None:
    state = taken(*range(SIZE)).replay(WORLD.policy())
    holding = state.holding(BOX)
    assert holding is not None
    assert holding.holder == "kpps-1"


def test_what_was_changed_is_altered() -> None:
    for index in range(SIZE):
        one = taken(0, index)
        at = len(one.entries) - 1
        changed = (index, one.entries[at][1].replace(b"2024", b"2025", 1))
        with pytest.raises(CustodyError):
            Excerpt(one.checkpoint, (*one.entries[:at], changed), one.ranges).prove(WORLD.policy())


def test_an_entry_cannot_be_moved_left_out_or_added() -> None:
    one = taken(0, 3, 7)
    policy = WORLD.policy()
    moved = tuple((index + 1 if index == 3 else index, note) for index, note in one.entries)
    for entries in (moved, one.entries[:-1], (*one.entries, (SIZE, b"x"))):
        with pytest.raises(Altered):
            Excerpt(one.checkpoint, entries, one.ranges).prove(policy)


def test_the_quorum_of_the_trust_file_is_counted_last() -> None:
    """As for a receipt: without the witnesses nothing is vouched for, and what was altered is altered all the same."""
    policy = Policy.parse(f"log {WORLD.ledger_key}\nwitness bawaslu {BAWASLU.key}\nquorum bawaslu\n".encode())
    one = taken(0, 3)
    with pytest.raises(Undecided, match=r"excerpt\.unwitnessed"):
        one.prove(policy)
    assert one.replay(policy).size == SIZE
    cosigned = HEAD + cosign(HEAD, BAWASLU.sign, BAWASLU.key, EPOCH).format()
    assert replace(one, checkpoint=cosigned).prove(policy).size == SIZE
    with pytest.raises(Altered, match=r"excerpt\.root"):
        replace(one, entries=((0, b"x"), one.entries[1])).prove(policy)


def test_founding_must_be_in_it() -> None:
    with pytest.raises(CustodyError):
        taken(3, 7).replay(WORLD.policy())


@given(st.integers(0, 10**6), st.integers(0, 255))
def test_changed_bytes_never_raise_anything_else(place: int, value: int) -> None:
    data = bytearray(taken(0, 5).format())
    data[place % len(data)] = value
    try:
        Excerpt.parse(bytes(data)).replay(WORLD.policy())
    except CustodyError:
        return
    assert bytes(data) == taken(0, 5).format() or value == taken(0, 5).format()[place % len(data)]
