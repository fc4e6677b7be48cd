"""A copy follows what the ledger key signed, entry by entry checked; with what waits it gives what the ledger will give."""

import pytest

from custody.core import note
from custody.core.errors import Altered, BadSignature, CustodyError
from custody.core.merkle import leaf_hash
from custody.core.note import Line
from custody.ledger.beyond import LookingAhead
from custody.ledger.copy import Copy, against
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from fixtures.office import MemoryGuard, key_of
from fixtures.smallworld import BOX, World, ready


def copied(world: World, size: int) -> tuple[Copy, MemoryStore]:
    """A copy of the first entries."""
    store = MemoryStore()
    copy = Copy(store, MemoryGuard())
    copy.follow(world.entries[:size], dict(world.heads)[size])
    return copy, store


def trouble(copy: Copy, notes: list[bytes], head: bytes) -> str:
    before = copy.size
    with pytest.raises(CustodyError) as refused:
        copy.follow(notes, head)
    assert copy.size == before == copy.refresh()
    return refused.value.code


def test_it_follows_step_by_step_and_keeps_every_head() -> None:
    world = ready()
    copy, store = copied(world, 1)
    for size in range(2, len(world.entries) + 1):
        assert copy.follow(world.entries[size - 1 : size], dict(world.heads)[size]) == size
    assert list(copy.notes()) == world.entries and dict(store.checkpoints()) == dict(world.heads)
    assert copy.receipt(3).verify(world.policy()).size == len(world.entries)


def test_an_entry_that_nobody_signed_is_not_taken_though_the_ledger_key_covers_it() -> None:
    world = ready()
    copy, _ = copied(world, len(world.entries))
    seal = world.seal(world.line(BOX, None))
    text, lines = note.split(world.sign(seal, "kpps-1", "guard-1"))
    forged = note.join(text, [lines[0], lines[1]._replace(signature=bytes(64))])
    world.log(forged)
    assert trouble(copy, [forged], world.heads[-1][1]) == "copy.unlike"


def test_what_is_here_already_is_no_next_entry() -> None:
    world = ready()
    copy, _ = copied(world, len(world.entries))
    world.log(world.entries[3])
    assert trouble(copy, [world.entries[3]], world.heads[-1][1]) == "copy.unlike"


def test_heads_of_others_and_of_another_size_are_not_taken() -> None:
    world = ready()
    size = len(world.entries)
    copy, _ = copied(world, size - 1)
    text, (line,) = note.split(world.heads[-1][1])
    other = Line(line.name, line.key_id, world.person("kpu-1").signing.sign(text))
    with pytest.raises(BadSignature):
        copy.follow(world.entries[-1:], note.join(text, [other]))
    assert trouble(copy, [], world.heads[-1][1]) == "copy.unlike"
    assert trouble(copy, world.entries[-1:], world.heads[-2][1]) == "copy.unlike"
    assert copy.follow(world.entries[-1:], world.heads[-1][1]) == size


def test_a_head_of_before_over_other_entries_is_a_second_history() -> None:
    world, twin = ready(), ready()
    copy, _ = copied(world, len(world.entries))
    assert against(copy, world.heads[4][1]) is not None
    twin.entries, twin.tree, twin.heads = twin.entries[:5], type(twin.tree)(), []
    for entry in [*twin.entries, world.entries[6]]:
        twin.tree.append(leaf_hash(entry))
    twin.entries.append(world.entries[6])
    with pytest.raises(Altered, match=r"copy\.fork"):
        against(copy, twin.checkpoint())


def test_what_waits_gives_what_the_ledger_will_give() -> None:
    world = ready()
    copy, store = copied(world, len(world.entries))
    seal = world.seal(world.line(BOX, None))
    rivals = [
        world.handoff(world.line(BOX, seal.sid), giver="kpps-1", receiver=who, start="5307192001-001", end="5307192001")
        for who in ("pps-1", "pps-2")
    ]
    waits = [world.sign(seal, "kpps-1", "guard-1"), world.sign(rivals[0], "kpps-1", "pps-1"), world.sign(rivals[1], "kpps-1", "pps-2")]
    ledger = Ledger(MemoryStore(), MemoryGuard(), key_of(world))
    ledger.found(world.entries[0])
    ledger.append([*world.entries[1:], *waits])
    ahead = LookingAhead(store, waits, copy)
    assert ahead.judge([BOX]) == ledger.judge([BOX]) and ahead.judge([BOX])[BOX][0].status == "disputed"
    assert [row.box for row in ahead.boxes()] == [row.box for row in ledger.boxes()] and ahead.touching(BOX) == ledger.touching(BOX)
    assert list(ahead.boxes()) == list(ledger.boxes()) and ahead.books() == ledger.books()
    assert (ahead.size, ahead.end) == (len(world.entries), ledger.size) and ahead.head() == copy.head()
    assert copy.judge([BOX])[BOX][0].status == "registered"  # the copy itself knows nothing of it
