"""Signatures checked ahead of their turn: nothing else is said of an entry than where each is checked in its turn."""

import pytest

from custody.core import ahead
from custody.core.entry import Entry, check_signatures, signers
from custody.core.errors import CustodyError
from custody.core.roster import Key
from custody.core.state import State
from custody.core.statement import parse
from custody.core.verify import verify
from fixtures.smallworld import BOX, World, ready


def world() -> World:
    """Staff, a seal and a handoff; then the receiver's key is revoked, and a key enrolled that signs at once."""
    made = ready()
    sid = made.put(made.seal(made.line(BOX, None)), "kpps-1", "guard-1")
    handed = made.handoff(made.line(BOX, sid), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    made.put(handed, "kpps-1", "pps-1")
    made.put(made.draft("revoke", key="pps-1", reason="lost", since=None), "kpu-1", "polri-1")
    made.enrol("pps-9", "pps", ["5307192001"])
    made.put(handed, "pps-9", "pps-1")
    return made


def in_turn(one: ahead.Waiting, state: State, index: int) -> tuple[Key, ...] | None:
    """The keys behind an entry, where all of its lines hold."""
    try:
        entry = Entry(parse(one.text), one.lines, one.data)
        keys = signers(entry, state.roster, index)
        check_signatures(entry, keys)
    except CustodyError:
        return None
    return keys


def test_what_holds_ahead_holds_in_its_turn() -> None:
    """One bit flipped anywhere: what is found valid ahead is so in its turn, under the same keys; and what is valid is found so ahead."""
    made = world()
    state = verify(made, made.policy())[1].state
    agreed = {True: 0, False: 0}
    for index, note in enumerate(made.entries):
        for at in (None, *range(0, len(note), 23)):
            changed = note if at is None else note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
            one = ahead.cut(changed)
            (held,) = ahead.held([one], state.roster, index)
            wanted = in_turn(one, state, index)
            if one.text.startswith((b"custody/founding/", b"custody/enrol/")):  # these bring a key along that no roster knows yet
                assert held in ((), wanted)
            else:
                assert held == (wanted or ())
            agreed[bool(held)] += 1
    assert agreed[True] > len(made.entries) // 2
    assert agreed[False] > 10 * len(made.entries)


@pytest.mark.parametrize("size", [1, 2, 5, 128])
def test_the_verdict_is_that_of_every_size_of_block(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world()
    for spoilt in (None, 3, len(made.entries) // 2, len(made.entries) - 1):
        original = list(made.entries)
        if spoilt is not None:
            made.entries[spoilt] = original[spoilt][:-12] + b"AAAA" + original[spoilt][-8:]
        wanted = verify(made, made.policy())[0]
        with monkeypatch.context() as patched:
            patched.setattr(ahead, "BLOCK", size)
            assert verify(made, made.policy())[0] == wanted
        assert (wanted.integrity == "consistent") == (spoilt is None)
        made.entries[:] = original


def test_a_key_that_is_revoked_in_the_same_block_counts_as_late() -> None:
    made = world()
    state = verify(made, made.policy())[1].state
    revoked = state.roster.by_name["pps-1"]
    assert not revoked.counts(len(made.entries) - 1)
    assert state.act_again(made.entries[-1], len(made.entries) - 1).late == {"pps-1"}
