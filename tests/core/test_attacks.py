"""What an attacker with keys of his own, or with the ledger's key, may try against a box and against the reader (chapters 9, 10)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import checkpoint, merkle, note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, Refused
from custody.core.excerpt import excerpt
from custody.core.holding import BoxState
from custody.core.proof import Proof
from custody.core.verdict import MOST_FAULTS
from custody.core.verify import Outside, verify
from fixtures.smallhistory import (
    DESA,
    NO_KEY,
    PPK,
    TORN,
    TPS,
    acked,
    code_of,
    corrected,
    enrol,
    hand,
    handing,
    log,
    namesake,
    on,
    opening,
    printed,
    scanned,
    seal,
    sealing,
    small,
    there,
)
from fixtures.smallworld import BOX, Person, World

OTHER = "PEM24-5307192001-001-PPWP-1"


def judged(world: World, box: str = BOX) -> tuple[BoxState, list[str]]:
    """The state of a box, and the codes of all findings that are no note."""
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    return verdict.boxes[box], [one.code for one in verdict.findings if one.severity != "note"]


def handed(world: World) -> str:
    """A box that pps-1 holds: entries 13 and 14."""
    return hand(world, seal(world))


def ack_of_another_box(world: World, sid: str) -> None:
    offer = hand(world, seal(world, box=OTHER), "kpps-1", box=OTHER)
    acked(world, offer, "receiver", "pps-1", box=BOX, by=scanned(world, BOX))


def stranger_adds_himself(world: World, sid: str) -> None:
    """Everybody enrolled may sign everything; it gives him no say."""
    text = note.split(world.entries[14])[0]
    world.log(note.join(text, [Person("kpps-2").line(text)]))


def second_root(world: World, sid: str) -> None:
    """A root signed by one person alone is an offer that hangs in the air."""
    log(world, sealing(world, by="kpps-2", place="5307192001-002"), "kpps-2")


def prev_of_another_box(world: World, sid: str) -> None:
    on(world, seal(world, box=OTHER), "kpps-2", "ppk-1", giver="kpps-2", receiver="ppk-1")


def withdrawn_by_a_stranger(world: World, sid: str) -> None:
    log(world, handing(world, sid, giver="kpps-2", receiver="ppk-1", start=DESA, end=PPK, withdraws=[sid]), "kpps-2")


def withdrawn_in_his_name(world: World, sid: str) -> None:
    """The giver is named and has not signed."""
    log(world, handing(world, sid, receiver="ppk-1", start=DESA, end=PPK, withdraws=[sid]), "ppk-1")


def corrected_by_a_stranger(world: World, sid: str) -> None:
    corrected(world, sid, "kpps-2", "ppk-1", "guard-1")


def corrected_by_the_giver(world: World, sid: str) -> None:
    corrected(world, sid, "kpps-1")


def label_by_a_witness(world: World, sid: str) -> None:
    """Somebody who may not print says that the code on the box belongs to another one."""
    printed(world, ("PEM24-5307192001-001-DPR-1", "77" * 32, 9), (OTHER, code_of(world, BOX), 1), by="kpps-2")


WITHOUT_SAY: dict[str, tuple[Callable[[World, str], object], list[str]]] = {
    # name: what he tries on a box that pps-1 holds; what is told of it
    "an ack about another box": (ack_of_another_box, ["ack.no-effect"]),
    "a signature more": (stranger_adds_himself, []),
    "a second root by one alone": (second_root, ["offer.stranger"]),
    "a link on a link of another box": (prev_of_another_box, ["role.place", "box.orphan"]),
    "a withdrawal by a stranger": (withdrawn_by_a_stranger, ["role.place", "offer.stranger"]),
    "a withdrawal in the giver's name": (withdrawn_in_his_name, ["role.place", "box.claimed"]),
    "a correction by strangers": (corrected_by_a_stranger, ["correction.no-effect"]),
    "a correction by the giver alone": (corrected_by_the_giver, ["correction.no-effect"]),
    "labels by one who may not print": (label_by_a_witness, ["role.kind"]),
}


@pytest.mark.parametrize("name", WITHOUT_SAY)
def test_who_has_no_say_moves_nothing(name: str) -> None:
    attempt, codes = WITHOUT_SAY[name]
    world = small()
    sid = handed(world)
    attempt(world, sid)
    state, told = judged(world)
    assert state.holding is not None
    assert (state.holding.holder, state.holding.sid) == ("pps-1", sid)
    assert sorted(told) == sorted(codes)


def test_a_stranger_who_signed_too_cannot_stop_a_correction() -> None:
    world = small()
    sid = handed(world)
    stranger_adds_himself(world, sid)
    corrected(world, sid, "kpps-1", "pps-1")
    state, told = judged(world)
    assert (state.holding.holder, told) == ("kpps-1", ["correction.void"])  # type: ignore[union-attr]


def test_one_giver_alone_cannot_undo_what_both_have_signed() -> None:
    """He offers the box anew and claims to withdraw the handoff: it stays where it is, and the breach names both entries (ADR 0005)."""
    world = small()
    first = seal(world)
    done = hand(world, first)
    hand(world, first, "kpps-1", withdraws=[done])
    state, told = judged(world)
    assert (state.status, state.holding.holder) == ("ok", "pps-1")  # type: ignore[union-attr]
    assert told == ["offer.completed-withdrawn", "offer.open"]


def test_an_own_second_key_receives_nothing_by_ack() -> None:
    world = small()
    world.people["pps-9"] = twin = Person("pps-9", "kpps-1")
    enrol(world, twin, "pps", [DESA])
    offer = hand(world, seal(world), "kpps-1", receiver="pps-9")
    acked(world, offer, "receiver", "pps-9", seals=TORN)
    state, told = judged(world)
    assert (state.status, state.holding.holder) == ("offered", "kpps-1")  # type: ignore[union-attr]
    assert told == ["signer.same-person", "ack.no-effect"]


def test_the_receiver_does_not_acknowledge_for_the_giver_with_a_second_key() -> None:
    world = small()
    world.people["pps-9"] = twin = Person("pps-9", "pps-1")
    enrol(world, twin, "pps", [DESA])
    taken = hand(world, seal(world), "pps-1", giver=None, unsigned=NO_KEY)
    acked(world, taken, "giver", "pps-9")
    state, told = judged(world)
    assert (state.unsigned, told) == ((taken,), ["giver.unsigned", "ack.no-effect"])


def test_a_link_that_nobody_concerned_has_signed_is_not_taken_back_by_strangers() -> None:
    world = small()
    stray = hand(world, seal(world), "ppk-1")
    corrected(world, stray, "kpps-2")
    assert judged(world)[1] == ["statement.unsigned", "correction.no-effect"]


@pytest.mark.parametrize("field", ["recorder", "through"])
def test_who_signs_afterwards_does_not_revive_what_giver_and_receiver_took_back(field: str) -> None:
    world = small()
    prev = seal(world)
    made = handing(world, prev, **{field: "guard-1"})
    log(world, made, "kpps-1", "pps-1")
    corrected(world, made.sid, "kpps-1", "pps-1")
    on(world, prev, "kpps-1", "ppk-1", giver="kpps-1", start=TPS)
    before = judged(world)
    assert before[0].holding.holder == "ppk-1"  # type: ignore[union-attr]
    log(world, made, "guard-1")
    after = judged(world)
    assert (after[0].status, after[0].holding) == (before[0].status, before[0].holding)
    assert "box.disputed" not in after[1]


def test_of_an_opening_its_officer_and_one_of_those_present_suffice() -> None:
    world = small()
    prev = seal(world)
    present = [there("guard", "guard-1"), there("pps", "pps-1")]
    made = opening(world, prev, officer="kpps-1", place="5307192001-001", present=present)
    log(world, made, "kpps-1", "guard-1", "pps-1")
    corrected(world, made.sid, "kpps-1", "pps-1")
    assert judged(world)[0].holding.sid == prev  # type: ignore[union-attr]


def test_a_key_that_is_enrolled_later_changes_no_judgment() -> None:
    """FOLD-1: a giver whom nobody knew is not the holder by a second key of the holder that comes afterwards."""
    world = small()
    hand(world, seal(world), "pps-1", giver="kpps-9", unsigned=NO_KEY)
    before = judged(world)
    enrol(world, world.person("kpps-9", "kpps-1"), "kpps", [TPS])
    assert judged(world) == before
    assert "giver.not-holder" in before[1]


def test_a_box_cannot_begin_at_another_tps_unnoticed() -> None:
    world = small()
    seal(world, "kpps-2", "guard-1", by="kpps-2", place="5307192001-002")
    assert judged(world)[1] == ["place.wrong"]


def test_seals_are_not_changed_behind_the_holder() -> None:
    world = small()
    seal(world, "ppk-1", "guard-1", prev=handed(world), by="ppk-1", place=DESA)
    assert judged(world)[1] == ["sealer.not-holder"]


# -- against the reader -------------------------------------------------------------------------------------------------------------


def test_an_excerpt_cannot_smuggle_in_another_roster() -> None:
    """The thief of the ledger key logs a founding of his own, people and a handoff by it, and the real founding once more behind."""
    world = small()
    handed(world)
    false = World(skew=1)
    false.geography()
    false.staff()
    false.register(BOX)
    prev = false.put(false.seal(false.line(BOX, None)), "kpps-1", "guard-1")
    false.put(false.handoff(false.line(BOX, prev), giver="kpps-1", receiver="kpps-2", start=TPS, end=DESA), "kpps-1", "kpps-2")
    for data in [*false.entries, world.entries[0]]:
        world.log(data, head=False)
    world.checkpoint()
    size, head = world.heads[-1]
    chosen = {index: world.entries[index] for index in (0, *range(15, size))}
    forged = excerpt(world.tree, head, size, chosen)
    assert forged.prove(world.policy()).size == size
    with pytest.raises(Refused, match=r"entry\.second-founding"):
        forged.replay(world.policy())


def test_an_enrolment_of_a_key_that_is_none_is_no_entry() -> None:
    """Two authorities sign it: the ledger must refuse it, not fail when it takes effect."""
    world = small()
    who = namesake("guard-1")
    fields: dict[str, Any] = {
        **dict.fromkeys(("name", "number", "rank", "unit")),
        "delegate": False,
        "institution": None,
        "person": who.person,
        "places": [],
        "role": "guard",
    }
    for key in ("guard-2+00000000+" + str(who.key).rsplit("+", 1)[1], "guard-2+" + str(who.key).split("+", 1)[1]):
        with pytest.raises(CustodyError, match=r"statement\.field"):
            world.draft("enrol", **fields, key=key)


def spoilt(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with a piece cut, doubled or put in."""
    pieces = st.sampled_from([b"", b"\n", b"\n\n", b'"', b"\xff", "— ".encode(), b"0", b"9" * 30])
    return st.tuples(st.integers(0, len(data)), st.integers(0, 40), pieces).map(
        lambda cut: data[: cut[0]] + cut[2] + data[cut[0] + cut[1] :]
    )


class Copy:
    """A source that gives other bytes at one place."""

    def __init__(self, world: World, entries: list[bytes], heads: list[tuple[int, bytes]]) -> None:
        self.world, self.entries, self.heads = world, entries, heads

    def notes(self, start: int) -> Iterator[bytes]:
        return iter(self.entries[start:])

    def note(self, index: int) -> bytes:
        return self.entries[index]

    def checkpoints(self) -> list[tuple[int, bytes]]:
        return self.heads


WORLD = small()
handed(WORLD)
WORLD.checkpoint()
NO_TEXT = st.binary(max_size=60)


@given(st.data(), st.integers(0, len(WORLD.entries) - 1))
@settings(max_examples=60)
def test_a_spoilt_entry_is_altered_and_raises_nothing_60_samples(data: st.DataObject, index: int) -> None:
    entries = list(WORLD.entries)
    entries[index] = data.draw(spoilt(entries[index]) | NO_TEXT)
    verdict, _ = verify(Copy(WORLD, entries, WORLD.heads), WORLD.policy())
    assert (verdict.integrity == "altered") == (entries != WORLD.entries)
    assert len(verdict.faults) <= MOST_FAULTS


@given(st.data(), st.integers(0, len(WORLD.heads) - 1), st.integers(-1, 40))
@settings(max_examples=60)
def test_a_spoilt_checkpoint_is_altered_and_raises_nothing_60_samples(data: st.DataObject, place: int, size: int) -> None:
    heads = list(WORLD.heads)
    heads[place] = (size if size >= 0 else heads[place][0], data.draw(spoilt(heads[place][1]) | NO_TEXT))
    heads.sort()
    verdict, _ = verify(Copy(WORLD, WORLD.entries, heads), WORLD.policy())
    assert (verdict.integrity == "altered") == (heads != WORLD.heads)


@pytest.mark.parametrize("other", [b"d", b"zz"])  # sorted before and behind the right one
def test_of_two_checkpoints_of_one_size_each_is_checked(other: bytes) -> None:
    size = WORLD.heads[2][0]
    verdict, _ = verify(Copy(WORLD, WORLD.entries, sorted([*WORLD.heads, (size, other)])), WORLD.policy())
    assert (verdict.integrity, [(fault.step, fault.checkpoint) for fault in verdict.faults]) == ("altered", [(5, size)])


@given(st.data(), st.integers(-(2**60), 2**60), st.lists(st.binary(min_size=32, max_size=32), max_size=5))
@settings(max_examples=60)
def test_whatever_others_bring_raises_nothing_60_samples(data: st.DataObject, index: int, hashes: list[bytes]) -> None:
    size, head = WORLD.heads[-1]
    brought = data.draw(spoilt(head) | NO_TEXT | st.just(head))
    held = Outside("berkas", brought, Proof(index, tuple(hashes), brought), merkle.leaf_hash(b"x"))
    verdict, _ = verify(WORLD, WORLD.policy(), [held])
    assert (verdict.integrity, verdict.size, verdict.outside) == ("consistent", size, 0)
    assert [int(fault.step) for fault in verdict.undecided] == [7]


@pytest.mark.parametrize("size", [1, 8, 15, 2**53 - 1])
def test_a_claim_to_have_seen_any_size_raises_nothing(size: int) -> None:
    world = small()
    head = Checkpoint(world.origin, size, b"\x11" * 32)
    world.seen = {"root": head.root.hex(), "sig": world.ledger_signing.sign(head.text()).hex(), "size": size}
    seal(world)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert [(fault.code, fault.entry) for fault in verdict.faults] == [("seen.split", 13)]


def test_a_head_of_a_thief_with_the_right_name_is_none() -> None:
    world = small()
    thief = Person("thief")
    key = type(thief.key)(world.origin, thief.key.kind, thief.signing.public)
    head = Checkpoint(world.origin, 13, world.tree.root())
    world.heads[-1] = (13, checkpoint.sign(head, thief.signing.sign, key))
    verdict, _ = verify(world, world.policy())
    assert [fault.code for fault in verdict.faults] == ["checkpoint.unsigned"]
