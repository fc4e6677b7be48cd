"""What one person alone can sign against a box that others hold (chapters 9, 10): it does not move, and nothing stands but his own word."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core import entry, note
from custody.core.findings import Finding, open_breaches
from custody.core.holding import Holding
from custody.core.state import State
from custody.core.verify import verify
from fixtures.smallhistory import (
    DESA,
    NO_KEY,
    OTHER_DESA,
    PPK,
    PRESIDENT,
    SIZE,
    TPS,
    acked,
    closed,
    code_of,
    corrected,
    enrol,
    hand,
    handing,
    log,
    opening,
    printed,
    revoked,
    ruled,
    seal,
    sealing,
    small,
    there,
)
from fixtures.smallworld import BOX, Person, World

MORE = {"leader-1": "leader", "witness-1": "witness", "escort-1": "escort"}
PEOPLE = ("kpps-1", "kpps-2", "pps-2", "ppk-1", "keeper-1", "guard-1", "kasatops-1", "kpu-1", *MORE)  # all but pps-1, who holds the box
Act = Callable[[World, str, str], object]


def offered(world: World, sid: str, name: str) -> None:
    log(world, handing(world, sid, giver=name, receiver="pps-2", start=DESA, end=OTHER_DESA), name)


def claimed(world: World, sid: str, name: str) -> None:
    log(world, handing(world, sid, giver="pps-1", receiver=name, start=DESA, end=OTHER_DESA), name)


def claimed_before(world: World, sid: str, name: str) -> None:
    """Beside the handoff that both have signed, on the link before it."""
    prev = note_body(world, SIZE + len(MORE) + 1)["boxes"][0]["prev"]
    log(world, handing(world, prev, receiver=name), name)


def in_the_names_of_others(world: World, sid: str, name: str) -> None:
    named = {"giver": "pps-1", "receiver": "keeper-2", "recorder": "guard-2", "through": "pps-3"}
    log(world, handing(world, sid, start=DESA, end=OTHER_DESA, **named), name)


def signed_too(world: World, sid: str, name: str) -> None:
    text = note.split(world.entries[-1])[0]
    world.log(note.join(text, [world.person(name).line(text)]), head=False)


def sealed(world: World, sid: str, name: str) -> None:
    log(world, sealing(world, prev=sid, by=name, witness="guard-2", place=DESA), name)


def seen_sealed(world: World, sid: str, name: str) -> None:
    log(world, sealing(world, prev=sid, by="pps-1", witness=name, place=DESA), name)


def begun_anew(world: World, sid: str, name: str) -> None:
    log(world, sealing(world, by=name, witness="guard-2"), name)


def withdrawn(world: World, sid: str, name: str) -> None:
    log(world, handing(world, sid, giver=name, receiver="pps-2", start=DESA, end=OTHER_DESA, withdraws=[sid]), name)


def opened_alone(world: World, sid: str, name: str) -> None:
    present = [there("guard", "guard-2"), there("kpps", "kpps-3")]
    log(world, opening(world, sid, officer=name, place=DESA, present=present, row={"seals": []}), name)


def ruled_on(world: World, sid: str, name: str) -> None:
    ruled(world, note_body(world, SIZE + len(MORE) + 1)["boxes"][0]["prev"], None, [sid], name)


def note_body(world: World, index: int) -> dict[str, Any]:
    return entry.parse(world.entries[index]).statement.body


ACTS: dict[str, Act] = {
    "offers it as its giver": offered,
    "claims it from its holder": claimed,
    "claims it from the holder before": claimed_before,
    "signs for others": in_the_names_of_others,
    "adds his signature to the handoff": signed_too,
    "seals it": sealed,
    "witnesses a sealing": seen_sealed,
    "seals it as if it began": begun_anew,
    "withdraws the handoff": withdrawn,
    "acks as the receiver": lambda world, sid, name: acked(world, sid, "receiver", name),
    "acks as the giver": lambda world, sid, name: acked(world, sid, "giver", name),
    "takes it back": lambda world, sid, name: corrected(world, sid, name),
    "remarks": lambda world, sid, name: corrected(world, sid, name, effect="remark"),
    "opens it": opened_alone,
    "closes it": lambda world, sid, name: closed(world, sid, name),
    "rules against it": ruled_on,
    "prints a label for it": lambda world, sid, name: printed(world, (BOX, "77" * 32, 2), by=name),
}
RIGHTS = {("kasatops-1", "takes it back")}  # FOLD-7, ADR 0013: a supervisor of the place, alone
ALONE = [(name, act) for name in PEOPLE for act in ACTS if (name, act) not in RIGHTS]
OPENERS = {"ppk-1"}  # who may open boxes, and acts at the desa where this one is: his word that he opened it stands against it
SIGNED_TOO = "adds his signature to the handoff"


def against(world: World) -> tuple[Holding | None, list[Finding]]:
    """Where the box is and what stands against it on its own chain."""
    world.checkpoint()
    verdict, snapshot = verify(world, world.policy())
    assert verdict.faults == ()
    state: State = snapshot.state
    judged, found = state.settle(world.note, [BOX])[BOX]
    return judged.holding, list(open_breaches(found))


def held() -> tuple[World, str]:
    """A box that pps-1 holds: sealed, handed over, nothing against it."""
    world = small()
    for name, role in MORE.items():
        enrol(world, world.person(name), role, ["5307"])
    return world, hand(world, seal(world))


@pytest.mark.parametrize(("name", "act"), ALONE)
def test_one_alone_neither_moves_nor_hides_nor_marks_a_box_of_others(name: str, act: str) -> None:
    world, sid = held()
    before, _ = against(world)
    ACTS[act](world, sid, name)
    after, stands = against(world)
    assert after == before
    own = len(world.entries) - 1
    codes = ("box.claimed", "offer.completed-withdrawn", *(("opening.alone",) if name in OPENERS else ()))
    assert [(one.code, one.entries[-1]) for one in stands] in ([], *([(code, own)] for code in codes))


@pytest.mark.parametrize(("name", "act"), [(name, act) for name in PEOPLE for act in ACTS if name != "kpu-1"])
def test_a_revoked_key_alone_marks_nothing(name: str, act: str) -> None:
    """Whoever found it: its signatures count for nothing, and no box of others bears them."""
    world, sid = held()
    handed = world.entries[-1]
    before, _ = against(world)
    revoked(world, name)
    if act == SIGNED_TOO:
        world.log(note.join(note.split(handed)[0], [world.person(name).line(note.split(handed)[0])]), head=False)
    else:
        ACTS[act](world, sid, name)
    assert against(world) == (before, [])


@pytest.mark.parametrize(("name", "act"), [(name, act) for name, act in ALONE if name != "ppk-1" and act != SIGNED_TOO])
def test_one_alone_does_not_silence_a_claim_of_another(name: str, act: str) -> None:
    """ppk-1 alone says that pps-1 gave him the box: it stands, whatever a third signs."""
    world, sid = held()
    log(world, handing(world, sid, giver="pps-1", receiver="ppk-1", start=DESA, end=PPK), "ppk-1")
    said = len(world.entries) - 1
    ACTS[act](world, sid, name)
    _, stands = against(world)
    assert ("box.claimed", (said,)) in [(one.code, one.entries) for one in stands]


# What one alone does do, and what is told of it: by the rules as they are.


def test_a_receiver_with_role_and_place_needs_no_giver_with_a_key_and_that_stands() -> None:
    """ACT-2: a receipt is never blocked because another has no key; `giver.unsigned` stands until the giver or a supervisor speaks."""
    world, sid = held()
    log(world, handing(world, sid, giver=None, receiver="ppk-1", start=DESA, end=PPK, unsigned=NO_KEY), "ppk-1")
    after, stands = against(world)
    assert after is not None
    assert after.holder == "ppk-1"
    assert [one.code for one in stands] == ["giver.unsigned"]


UNCONCERNED = {  # who signs; the beginning, the place and the end that he states
    "no receiver by his role": ("witness-1", TPS, DESA, DESA),
    "a guard where guards receive nothing": ("guard-1", TPS, DESA, DESA),
    "a place where he does not act": ("kpps-2", TPS, DESA, DESA),
    "an end off the way": ("ppk-1", PPK, PPK, OTHER_DESA),
    "his own place off the way": ("pps-2", DESA, OTHER_DESA, OTHER_DESA),
    "a place off the way, and an end on it": ("pps-2", OTHER_DESA, OTHER_DESA, DESA),
}


@pytest.mark.parametrize("giver", [None, "kasatops-1"])
@pytest.mark.parametrize("case", UNCONCERNED)
def test_who_is_not_concerned_moves_nothing_by_his_word_that_a_giver_cannot_sign(case: str, giver: str | None) -> None:
    """ACT-2: it waits as a claim; what nobody concerned says stands against no box."""
    name, start, place, end = UNCONCERNED[case]
    world, sid = held()
    before = against(world)
    log(world, handing(world, sid, giver=giver, receiver=name, start=start, place=place, end=end, unsigned=NO_KEY), name)
    after, stands = against(world)
    assert after == before[0]
    assert [one.code for one in stands] == (["box.claimed"] if case == "an end off the way" else [])


@pytest.mark.parametrize("name", ["witness-1", "guard-1", "kpps-2", "pps-2"])
def test_the_lone_claim_of_a_stranger_is_told_of_him(name: str) -> None:
    """FOLD-6: it leaves the status as it is."""
    world, sid = held()
    log(world, handing(world, sid, giver="pps-1", receiver=name, start=DESA, end=OTHER_DESA), name)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert [(one.box, dict(one.facts)["key"]) for one in verdict.findings if one.code == "claim.stranger"] == [(None, name)]
    assert (verdict.boxes[BOX].status, verdict.boxes[BOX].offers, len(verdict.boxes[BOX].waiting)) == ("ok", (), 1)
    assert against(world)[1] == []


@pytest.mark.parametrize("name", ["kpps-1", "ppk-1", "pps-2", "keeper-1"])
def test_the_lone_offer_of_a_stranger_is_told_of_him(name: str) -> None:
    """FOLD-6: who neither holds the box nor stands in for who does, leaves the status as it is."""
    world, sid = held()
    log(world, handing(world, sid, giver=name, receiver="keeper-1" if name != "keeper-1" else "ppk-1", start=DESA, end=PPK), name)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert [(one.box, dict(one.facts)["key"]) for one in verdict.findings if one.code == "offer.stranger"] == [(None, name)]
    assert (verdict.boxes[BOX].status, verdict.boxes[BOX].offers, len(verdict.boxes[BOX].waiting)) == ("ok", (), 1)
    assert against(world)[1] == []


def test_the_lone_offer_of_a_colleague_counts() -> None:
    world, sid = held()
    world.people["pps-5"] = Person("pps-5")
    enrol(world, world.people["pps-5"], "pps", [DESA])
    log(world, handing(world, sid, giver="pps-5", receiver="ppk-1", start=DESA, end=PPK), "pps-5")
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert (verdict.boxes[BOX].status, len(verdict.boxes[BOX].offers)) == ("offered", 1)


@pytest.mark.parametrize(("witness", "code"), [("kpu-1", "box.claimed"), ("witness-1", "box.claimed"), ("keeper-1", "claim.stranger")])
def test_the_lone_witness_of_a_sealing(witness: str, code: str) -> None:
    """FOLD-6: he counts where he acts at its place; an authority without places acts everywhere (ROLE-7)."""
    world, sid = held()
    log(world, sealing(world, prev=sid, by="pps-1", witness=witness, place=DESA), witness)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert [one.code for one in verdict.findings if one.code in ("box.claimed", "claim.stranger")] == [code]
    assert verdict.boxes[BOX].status == {"box.claimed": "claimed"}.get(code, "ok")


def test_a_claim_that_its_giver_acknowledges_is_complete() -> None:
    """ACT-6: both have signed, the one by an ack; then no place is asked for."""
    world, sid = held()
    taken = log(world, handing(world, sid, giver="pps-1", receiver="pps-2", start=DESA, end=OTHER_DESA, unsigned=NO_KEY), "pps-2")
    acked(world, taken, "giver", "pps-1")
    after, stands = against(world)
    assert after is not None
    assert (after.holder, after.entry) == ("pps-2", len(world.entries) - 1)
    assert "giver.unsigned" not in [one.code for one in stands]


def test_whose_code_is_printed_for_another_box_too() -> None:
    """REG-5: the box of the first print has the code; who printed it second is named by `label.two-boxes`."""
    world, _ = held()
    before = against(world)
    printed(world, (PRESIDENT, code_of(world, BOX), 1), by="guard-1")
    assert against(world) == before
