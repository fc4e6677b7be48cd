"""Verification of a whole ledger (spec chapter 10): what an attacker may try, and by which step it is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from custody.core import checkpoint, merkle, note, proof
from custody.core.checkpoint import Checkpoint
from custody.core.note import ED25519, VerifierKey
from custody.core.policy import Policy
from custody.core.verdict import Step, Verdict
from custody.core.verify import Outside, Snapshot, _Run, verify
from fixtures.smallworld import BOX, Person, World, ready


def small() -> World:
    """Fourteen entries: founding, places, staff, one box, its seal and first handoff."""
    world = ready()
    sid = world.put(world.seal(world.line(BOX, None)), "kpps-1", "guard-1")
    made = world.handoff(world.line(BOX, sid), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    world.put(made, "kpps-1", "pps-1")
    return world


def judge(world: World, **kwargs: object) -> Verdict:
    return verify(world, world.policy(), **kwargs)[0]  # type: ignore[arg-type]


def receipt(world: World, index: int) -> Outside:
    """What somebody took home after entry `index`."""
    size, signed = world.heads[-1]
    proven = proof.Proof(index, tuple(world.tree.inclusion(index, size)), signed, None)
    return Outside("tanda terima", signed, proven, merkle.leaf_hash(world.entries[index]))


def rebuilt(world: World, entries: list[bytes], signer: Person | None = None) -> World:
    """The same entries signed anew, head by head, as the owner of the ledger key could."""
    other = World()
    other.entries, other.heads, other.tree = [], [], merkle.Tree()
    other.ledger_signing, other.ledger_key, other.origin = world.ledger_signing, world.ledger_key, world.origin
    if signer is not None:
        other.ledger_signing, other.ledger_key = signer.signing, VerifierKey(world.origin, ED25519, signer.signing.public)
    for data in entries:
        other.log(data)
    return other


def test_small_world_is_consistent() -> None:
    verdict = judge(small())
    assert (verdict.integrity, verdict.faults, verdict.size, verdict.covered) == ("consistent", (), 13, 13)


def test_one_bit_in_every_29th_byte_of_13_entries() -> None:
    """One bit flipped anywhere in any note is found, and the entry or its range is named."""
    world = small()
    for index, data in enumerate(world.entries):
        for place in range(0, len(data), 29):
            world.entries[index] = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            verdict = verify(world, world.policy())[0]
            assert verdict.integrity == "altered", (index, place)
            assert any(_covers(fault, index) for fault in verdict.faults), (index, place, verdict.faults)
        world.entries[index] = data


def _covers(fault: object, index: int) -> bool:
    facts = dict(fault.facts)  # type: ignore[attr-defined]
    return fault.entry == index or facts.get("first", index + 1) <= index <= facts.get("last", -1)  # type: ignore[attr-defined]


def test_one_bit_in_every_13th_byte_of_13_checkpoints() -> None:
    world = small()
    for number, (size, signed) in enumerate(world.heads):
        for place in range(0, len(signed), 13):
            world.heads[number] = (size, signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :])
            verdict = judge(world)
            assert verdict.integrity == "altered", (size, place)
            assert any(fault.checkpoint == size for fault in verdict.faults), (size, place)
        world.heads[number] = (size, signed)


def cut_tail(world: World) -> World:
    world.entries.pop()
    return world


def cut_tail_and_head(world: World) -> World:
    world.entries.pop()
    world.heads.pop()
    return world


def cut_middle(world: World) -> World:
    del world.entries[5]
    return world


def cut_all(world: World) -> World:
    world.entries.clear()
    return world


def cut_everything(world: World) -> World:
    world.entries.clear()
    world.heads.clear()
    return world


def swap(world: World) -> World:
    world.entries[3], world.entries[4] = world.entries[4], world.entries[3]
    return world


def strip_signature(world: World) -> World:
    """Take the guard's line off a seal: each remaining line still holds."""
    text, lines = note.split(world.entries[11])
    world.entries[11] = note.join(text, [line for line in lines if line.name != "guard-1"])
    return world


def strip_heads(world: World) -> World:
    world.heads.clear()
    return world


def unsigned_head(world: World) -> World:
    head = Checkpoint(world.origin, world.tree.size, world.tree.root())
    stranger = Person("stranger")
    key = VerifierKey(world.origin, ED25519, stranger.signing.public)
    world.heads[-1] = (head.size, checkpoint.sign(head, stranger.signing.sign, key))
    return world


FOUND: dict[str, tuple[Callable[[World], World], Step, str]] = {
    "tail cut": (cut_tail, Step.TREE, "tree.short"),
    "middle cut": (cut_middle, Step.TREE, "tree.short"),
    "all entries cut": (cut_all, Step.TREE, "ledger.empty"),
    "everything cut": (cut_everything, Step.TREE, "ledger.empty"),
    "two swapped": (swap, Step.CHECKPOINTS, "head.root"),
    "signature stripped": (strip_signature, Step.CHECKPOINTS, "head.root"),
    "checkpoints stripped": (strip_heads, Step.TREE, "tree.uncovered"),
    "head signed by a stranger": (unsigned_head, Step.CHECKPOINTS, "checkpoint.unsigned"),
}


@pytest.mark.parametrize("name", FOUND)
def test_found_from_the_ledger_alone(name: str) -> None:
    attack, step, code = FOUND[name]
    verdict = judge(attack(small()))
    assert verdict.integrity == "altered"
    assert (step, code) in {(fault.step, fault.code) for fault in verdict.faults}


def test_tail_and_its_checkpoint_cut_shows_only_from_outside() -> None:
    world = small()
    held = receipt(world, 12)
    cut = cut_tail_and_head(world)
    assert verify(cut, cut.policy())[0].integrity == "consistent"  # and unwitnessed: nothing here can tell
    verdict = verify(cut, cut.policy(), [held])[0]
    assert [(fault.step, fault.code) for fault in verdict.faults] == [(Step.OUTSIDE, "outside.longer")]


def test_rewrite_with_the_real_ledger_key_shows_only_from_outside() -> None:
    world = small()
    held = receipt(world, 12)
    rewritten = rebuilt(world, [*world.entries[:11], world.entries[12]])
    assert verify(rewritten, rewritten.policy())[0].integrity == "consistent"
    verdict = verify(rewritten, rewritten.policy(), [held])[0]
    assert [fault.code for fault in verdict.faults] == ["outside.longer"]
    longer = rebuilt(world, [*world.entries[:11], world.entries[12], world.entries[11]])
    assert [fault.code for fault in verify(longer, longer.policy(), [held])[0].faults] == ["outside.root"]


def test_rewrite_with_a_new_ledger_key_breaks_the_founding() -> None:
    world = small()
    rewritten = rebuilt(world, world.entries, Person("thief"))
    verdict = verify(rewritten, world.policy())[0]
    assert verdict.integrity == "altered"
    assert {fault.code for fault in verdict.faults} == {"checkpoint.unsigned"}


def test_another_founding_is_not_the_ledger_of_the_trust_file() -> None:
    mine, theirs = small(), World(skew=1)
    verdict = verify(theirs, mine.policy())[0]
    assert (verdict.integrity, verdict.faults) == ("undecided", ())
    assert [(one.step, one.code) for one in verdict.undecided] == [(1, "founding.other-ledger")]
    assert verify(theirs, None)[0].integrity == "consistent"
    verdict = verify(theirs, None, [receipt(mine, 3)])[0]
    assert (verdict.integrity, [one.code for one in verdict.undecided]) == ("consistent", ["outside.other-ledger"])


NO_EVIDENCE: dict[str, tuple[Callable[[World], Outside], str]] = {
    "no file of the three kinds": (lambda world: Outside("foto.jpg", b"", unreadable="note.end"), "outside.form"),
    "no note at all": (lambda world: Outside("catatan", b"\xff\x00"), "outside.form"),
    "a note that is no checkpoint": (lambda world: Outside("catatan", world.entries[3]), "outside.form"),
    "of another ledger": (lambda world: receipt(World(skew=1), 0), "outside.other-ledger"),
    "signed by nobody we know": (lambda world: Outside("titik", unsigned_head(world).heads[-1][1]), "outside.foreign"),
    "a receipt with another leaf": (lambda world: receipt(world, 5)._replace(leaf=b"\x11" * 32), "outside.proof"),
    "a receipt with another index": (
        lambda world: receipt(world, 5)._replace(receipt=replace(receipt(world, 5).receipt, index=6)),  # type: ignore[type-var]
        "outside.proof",
    ),
}


@pytest.mark.parametrize("name", NO_EVIDENCE)
def test_what_proves_nothing_is_told_and_leaves_the_verdict_as_it_was(name: str) -> None:
    made, code = NO_EVIDENCE[name]
    held, world = made(small()), small()
    alone, beside = judge(world), judge(world, outside=[held, receipt(world, 3)])
    assert [one.code for one in beside.undecided] == [code]
    assert dict(beside.undecided[0].facts)["name"] == held.name
    assert (beside.integrity, beside.faults, beside.findings, beside.boxes) == ("consistent", (), alone.findings, alone.boxes)
    assert (beside.outside, alone.undecided) == (1, ())


def test_an_altered_ledger_is_no_better_for_a_file_that_proves_nothing() -> None:
    verdict = judge(swap(small()), outside=[Outside("foto.jpg", b"", unreadable="note.end")])
    assert (verdict.integrity, len(verdict.undecided)) == ("altered", 1)


def test_seen_checkpoint_of_another_history_proves_a_split_view() -> None:
    world = small()
    other = Checkpoint(world.origin, 5, b"\x11" * 32)
    seen = {"root": other.root.hex(), "sig": world.ledger_signing.sign(other.text()).hex(), "size": 5}
    world.seen = seen
    world.put(world.seal(world.line(BOX, None)), "kpps-1", "guard-1")
    assert ("seen.split", Step.SEEN) in {(fault.code, fault.step) for fault in judge(world).faults}
    world.seen = {**seen, "sig": "00" * 64}
    world.entries.pop(), world.heads.pop()
    honest = rebuilt(world, world.entries)
    honest.founding, honest.people, honest.clock, honest.seen = world.founding, world.people, world.clock, world.seen
    honest.put(honest.seal(honest.line(BOX, None)), "kpps-1", "guard-1")
    verdict = judge(honest)
    assert verdict.integrity == "consistent"
    assert "seen.unsigned" in {one.code for one in verdict.findings}


def test_a_line_of_nobody_in_a_kept_checkpoint_vouches_for_no_seen() -> None:
    """Whoever has the files may add a line; it does not silence what a drafter made up."""
    world = ready()
    size, signed = world.heads[-1]
    text, lines = note.split(signed)
    world.seen = {"root": Checkpoint.parse(text).root.hex(), "sig": bytes(range(64)).hex(), "size": size}
    world.put(world.seal(world.line(BOX, None)), "kpps-1", "guard-1")
    for name in ("nobody", world.origin):
        world.heads[size - 1] = size, note.join(text, [*lines, note.Line(name, b"\1\2\3\4", bytes(range(64)))])
        verdict = judge(world)
        assert (verdict.faults, "seen.unsigned" in {one.code for one in verdict.findings}) == ((), True), name


def test_seen_checkpoint_of_this_history_is_fine() -> None:
    world = small()
    head = Checkpoint(world.origin, 5, world.tree.root(5))
    world.seen = {"root": head.root.hex(), "sig": world.ledger_signing.sign(head.text()).hex(), "size": 5}
    made = world.handoff(
        world.line(BOX, verify(world, None)[0].boxes[BOX].holding.sid),  # type: ignore[union-attr]
        giver="pps-1", receiver="ppk-1", start="5307192001", end="530719",
    )  # fmt: skip
    world.put(made, "pps-1", "ppk-1")
    assert judge(world).integrity == "consistent"
    assert not {"seen.unsigned", "seen.ahead"} & {one.code for one in judge(world).findings}


def test_going_on_from_a_snapshot_gives_the_same_verdict() -> None:
    world = small()
    _, snapshot = verify(world, world.policy())
    made = world.handoff(
        world.line(BOX, snapshot.state.holding(BOX).sid),  # type: ignore[union-attr]
        giver="pps-1", receiver="ppk-1", start="5307192001", end="530719",
    )  # fmt: skip
    world.put(made, "pps-1", "ppk-1")
    again, _ = verify(world, world.policy(), start=snapshot)
    whole, _ = verify(world, world.policy())
    assert (again.reread, whole.reread) == (1, 14)
    assert (again.boxes, again.root, again.integrity) == (whole.boxes, whole.root, whole.integrity)


def test_a_name_borrowed_from_an_authority_does_not_agree_for_him() -> None:
    """An enrolment may bring a key under the name of an authority; that key is no authority."""
    world = World()
    thief = Person("kpu-1", "thief")
    thief.signing = Person("thief").signing
    thief.key = VerifierKey("kpu-1", ED25519, thief.signing.public)
    fields = {
        **dict.fromkeys(("name", "number", "rank", "unit")), "delegate": True, "institution": "kpu", "key": str(thief.key),
        "person": thief.person, "places": [], "role": "authority",
    }  # fmt: skip
    made = world.draft("enrol", **fields)
    world.log(note.join(made.text, [world.person("polri-1").line(made.text), thief.line(made.text)]))
    verdict = judge(world)
    assert verdict.integrity == "consistent"
    assert "authority.short" in {one.code for one in verdict.findings}


def test_policy_without_logs_pins_nothing() -> None:
    assert not verify(small(), Policy.parse(b"quorum none\n"))[0].trusted


def seeing() -> World:
    """As `small`, and each of the last statements names the newest head, as its drafter saw it."""
    world = ready()
    before = None
    for number, turn in enumerate(("kpps-1", "kpps-1", "kpps-1")):
        size, signed = world.heads[-1]
        root = checkpoint.Checkpoint.parse(note.split(signed)[0]).root
        world.seen = {"root": root.hex(), "sig": note.split(signed)[1][0].signature.hex(), "size": size}
        before = world.put(world.seal(world.line(BOX, before), **({} if number == 0 else {"phase": "voted"})), turn, "guard-1")
    return world


def test_what_is_forgotten_of_heads_seen_would_have_been_found_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one bit of a kept checkpoint flipped, the verdict is that of a run which forgets nothing and checks each head that was seen."""
    world = seeing()
    told = set()
    for number, (size, signed) in enumerate(world.heads):
        for place in range(number % 19, len(signed), 19):
            world.heads[number] = (size, signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :])
            quick = judge(world)
            with monkeypatch.context() as patched:
                patched.setattr(_Run, "_forget_kept", lambda run: None)
                assert judge(world) == quick
            told.add(quick.integrity)
        world.heads[number] = (size, signed)
    assert told == {"altered"}
    assert judge(world).integrity == "consistent"
    assert all("seen" not in one.code for one in judge(world).findings)


def test_a_wrong_head_that_is_kept_and_was_seen_is_a_split_view() -> None:
    world = seeing()
    size, _ = world.heads[-2]
    forged = checkpoint.sign(Checkpoint(world.origin, size, bytes(32)), world.ledger_signing.sign, world.ledger_key)
    world.heads[-2] = (size, forged)
    world.seen = {"root": "0" * 64, "sig": note.split(forged)[1][0].signature.hex(), "size": size}
    world.enrol("pps-9", "pps", ["5307192001"])
    assert {fault.code for fault in judge(world).faults} == {"head.root", "seen.split"}


def test_heads_seen_that_are_kept_take_no_room() -> None:
    run = _Run(seeing(), None, None, Snapshot.empty(), lambda: False)
    run.check_entries(lambda start, sids: None)
    assert not run.seen
    assert len(run.good) == 3
