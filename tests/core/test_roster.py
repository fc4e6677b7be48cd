"""The roster (spec chapter 9, ROLE-1 to ROLE-6): who counts from which entry on, and what nobody can do to it."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core import note
from custody.core.entry import signers
from custody.core.errors import BadSignature, CustodyError, Refused
from custody.core.note import ED25519, Line, VerifierKey
from custody.core.roster import NEVER, Roster
from custody.core.state import State
from custody.core.verdict import Verdict
from custody.core.verify import verify
from fixtures.smallhistory import (
    DESA,
    TPS,
    code_of,
    enrol,
    hand,
    handing,
    log,
    namesake,
    on,
    printed,
    revoked,
    scanned,
    seal,
    sealing,
    signed_by,
    small,
)
from fixtures.smallworld import BOX, Person, World, enrolling, place

KPU, POLRI, BAWASLU = Person("kpu-1"), Person("polri-1"), Person("bawaslu-1")
NEW = Person("guard-2")


def judged(world: World) -> tuple[Verdict, State]:
    """The verdict over a world, which must be consistent, and its state."""
    if world.heads[-1][0] != world.tree.size:
        world.checkpoint()
    verdict, snapshot = verify(world, world.policy())
    assert verdict.faults == ()
    return verdict, snapshot.state


def roster_of(world: World) -> Roster:
    return judged(world)[1].roster


def codes(world: World) -> list[str]:
    return [one.code for one in judged(world)[0].findings if one.code != "time.unbounded"]


def state_of(world: World) -> State:
    """The state by itself: every note authenticated and applied, as a ledger does."""
    state = State()
    for data in world.entries:
        state.apply(*state.authenticate(data))
    return state


def refusal(world: World, data: bytes) -> str:
    """The code with which a ledger refuses this note as its next entry."""
    with pytest.raises(CustodyError) as refused:
        state_of(world).authenticate(data)
    return refused.value.code


# -- enrolment ----------------------------------------------------------------------------------------------------------------------


def test_an_enrolment_takes_effect_with_the_entry_that_completes_it() -> None:
    world = small()
    made = enrolling(world, NEW, "guard", ["5307"])
    world.log(signed_by(made, KPU, NEW))
    assert "guard-2" not in roster_of(world).by_name
    early = sealing(world, witness="guard-2")
    assert refusal(world, signed_by(early, Person("kpps-1"), NEW)) == "signature.unknown"
    world.log(signed_by(made, BAWASLU))
    assert roster_of(world).by_name["guard-2"].since == 14
    world.log(signed_by(early, Person("kpps-1"), NEW))
    assert codes(world) == ["authority.short"]


def test_an_authority_revoked_meanwhile_does_not_agree() -> None:
    world = small()
    made = enrolling(world, NEW, "guard", ["5307"])
    world.log(signed_by(made, KPU, NEW))
    revoked(world, "kpu-1", "polri-1", "bawaslu-1")
    world.log(signed_by(made, POLRI))
    assert "guard-2" not in roster_of(world).by_name
    world.log(signed_by(made, BAWASLU))
    assert roster_of(world).by_name["guard-2"].since == 16


def test_an_enrolment_in_force_is_not_taken_a_second_time() -> None:
    world = small()
    made = enrolling(world, NEW, "guard", ["5307"])
    world.log(signed_by(made, KPU, POLRI, NEW))
    world.log(signed_by(made, BAWASLU))
    assert codes(world) == []
    assert roster_of(world).by_name["guard-2"].since == 13


def same_public(world: World) -> Person:
    who = Person("guard-9")
    who.signing = Person("guard-1").signing
    who.key = VerifierKey("guard-9", ED25519, who.signing.public)
    return who


def named_like_the_ledger(world: World) -> Person:
    who = Person("new-ledger")
    who.key = VerifierKey(world.origin, ED25519, who.signing.public)
    return who


NO_EFFECT: dict[str, tuple[Callable[[World], tuple[Person, str, tuple[Person, ...]]], str]] = {
    "a name that is taken": (lambda world: (namesake("guard-1"), "guard", (KPU, POLRI, namesake("guard-1"))), "enrol.name-taken"),
    "the name of a revoked key": (lambda world: (namesake("guard-1"), "guard", (KPU, POLRI, namesake("guard-1"))), "enrol.name-taken"),
    "a public key that is taken": (lambda world: (same_public(world), "guard", (KPU, POLRI, same_public(world))), "enrol.key-taken"),
    "the owner has not signed": (lambda world: (NEW, "guard", (KPU, POLRI)), "enrol.unproven"),
    "a guard named like the ledger": (
        lambda world: (named_like_the_ledger(world), "guard", (KPU, POLRI, named_like_the_ledger(world))),
        "enrol.name",
    ),
    "a ledger named like a person": (lambda world: (NEW, "ledger", (KPU, POLRI, NEW)), "enrol.name"),
    "the name of an authority, who signs": (lambda world: (namesake("kpu-1"), "authority", (KPU, POLRI)), "enrol.unproven"),
}


@pytest.mark.parametrize("name", NO_EFFECT)
def test_an_enrolment_without_effect_changes_no_key(name: str) -> None:
    build, code = NO_EFFECT[name]
    world = small()
    if "revoked" in name:
        revoked(world, "guard-1")
    before = dict(roster_of(world).keys)
    who, role, people = build(world)
    enrol(world, who, role, [], *people)
    assert (codes(world), roster_of(world).keys) == ([code], before)


def test_two_keys_of_the_ledger_never_share_a_key_id() -> None:
    """Ids are 32 bits, so an insider can look for a second key with the id of the first; it would take the place of the old one."""
    world = small()
    fresh = named_like_the_ledger(world)
    state = state_of(world)
    old = state.roster.keys[(world.origin, world.ledger_key.key_id)]
    state.roster.keys[(world.origin, fresh.key.key_id)] = old
    made = enrolling(world, fresh, "ledger", [])
    with pytest.raises(BadSignature, match=r"signature\.bad"):
        state.authenticate(signed_by(made, KPU, POLRI, fresh))
    state.apply(*state.authenticate(signed_by(made, KPU, POLRI)))
    assert state.roster.keys[(world.origin, fresh.key.key_id)] == old
    assert {one.code for one in state.told} == {"enrol.unproven"}


# -- delegation ---------------------------------------------------------------------------------------------------------------------

DELEGATED: dict[str, tuple[dict[str, Any], str, list[str], bool]] = {
    # what his own enrolment says; whom he enrols, where; whether it has effect
    "inside his places": ({"delegate": True}, "kpps", ["5307192001-002"], True),
    "at his place itself": ({"delegate": True}, "guard", [DESA], True),
    "one place inside, one outside": ({"delegate": True}, "guard", [DESA, "5307192002"], False),
    "above his places": ({"delegate": True}, "guard", ["530719"], False),
    "a place that nobody knows": ({"delegate": True}, "guard", ["5307192001-099"], False),
    "at no place": ({"delegate": True}, "witness", [], False),
    "a role that is not delegated": ({"delegate": True}, "pps", [DESA], True),
    "a supervisor": ({"delegate": True}, "supervisor", [DESA], False),
    "an authority": ({"delegate": True}, "authority", [DESA], False),
    "a keeper": ({"delegate": True}, "keeper", [DESA], False),
    "without delegation": ({"delegate": False}, "kpps", ["5307192001-002"], False),
}


@pytest.mark.parametrize("name", DELEGATED)
def test_delegated_enrolment(name: str) -> None:
    own, role, places, effect = DELEGATED[name]
    world, chief = small(), Person("kasatops-2")
    enrol(world, chief, "supervisor", [DESA], **own)
    enrol(world, NEW, role, places, chief, NEW)
    assert ("guard-2" in roster_of(world).by_name, codes(world)) == (effect, ["enrol.delegated" if effect else "authority.short"])


def test_a_delegated_supervisor_gives_nobody_a_second_key() -> None:
    """Such a key would hand on boxes in the name of another person, without any finding."""
    world, chief, twin = small(), Person("kasatops-2"), Person("pps-9", "pps-1")
    enrol(world, chief, "supervisor", [DESA], delegate=True)
    enrol(world, twin, "pps", [DESA], chief, twin)
    assert codes(world) == ["authority.short"]
    enrol(world, twin, "pps", [DESA], KPU, POLRI, twin)
    assert roster_of(world).person_of("pps-9") == roster_of(world).person_of("pps-1")


def test_what_a_supervisor_signed_before_his_revocation_does_not_take_effect_after_it() -> None:
    """The place that his enrolment names becomes known only when he is revoked."""
    world, chief = small(), Person("kasatops-2")
    enrol(world, chief, "supervisor", [DESA], delegate=True)
    made = enrolling(world, NEW, "kpps", ["5307192001-003"])
    world.log(signed_by(made, chief, NEW))
    revoked(world, "kasatops-2")
    rows = [place("5307192001-003", "tps", "TPS 003", DESA)]
    log(world, world.draft("places", legs=[], places=rows), "kpu-1", "polri-1")
    world.log(signed_by(made, KPU))
    assert codes(world) == ["authority.short", "authority.short"]


def test_delegation_ends_with_his_revocation_and_needs_the_founding() -> None:
    world, chief = small(), Person("kasatops-2")
    enrol(world, chief, "supervisor", [DESA], delegate=True)
    revoked(world, "kasatops-2")
    enrol(world, NEW, "guard", [DESA], chief, NEW)
    assert codes(world) == ["authority.short"]
    closed = World(delegates=False)
    closed.geography()
    enrol(closed, chief, "supervisor", [DESA], delegate=True)
    enrol(closed, NEW, "guard", [DESA], chief, NEW)
    assert codes(closed) == ["authority.short"]


# -- revocation ---------------------------------------------------------------------------------------------------------------------

REVOKERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "two authorities": (("kpu-1", "bawaslu-1"), True),
    "itself": (("kpps-1",), True),
    "one authority": (("kpu-1",), False),
    "a colleague": (("kpps-2",), False),
    "a supervisor": (("kasatops-1",), False),
}


@pytest.mark.parametrize("name", REVOKERS)
def test_who_may_revoke(name: str) -> None:
    people, effect = REVOKERS[name]
    world = small()
    revoked(world, "kpps-1", *people)
    assert roster_of(world).by_name["kpps-1"].until == (14 if effect else NEVER)


def test_a_revoked_key_cannot_revoke_itself_once_more_to_clear_its_name() -> None:
    world = small()
    revoked(world, "kpps-1", since="2024-11-27T09:00:00Z")
    revoked(world, "kpps-1", "kpps-1")
    key = roster_of(world).by_name["kpps-1"]
    assert (key.until, key.suspect) == (14, "2024-11-27T09:00:00Z")
    revoked(world, "kpps-1", "kpu-1", "polri-1")
    again = roster_of(world).by_name["kpps-1"]
    assert (again.until, again.suspect) == (14, "2024-11-27T09:00:00Z")


def test_a_late_statement_is_kept_and_moves_nothing() -> None:
    world = small()
    first = seal(world)
    revoked(world, "kpps-1")
    hand(world, first)
    verdict, _ = judged(world)
    assert (verdict.boxes[BOX].status, verdict.boxes[BOX].holding.holder) == ("claimed", "kpps-1")  # type: ignore[union-attr]
    assert codes(world) == ["statement.late", "box.claimed"]


def test_a_signature_that_came_in_time_is_not_called_late_when_it_comes_again() -> None:
    world = small()
    made = handing(world, seal(world))
    log(world, made, "kpps-1")
    revoked(world, "kpps-1")
    log(world, made, "kpps-1", "guard-1")
    assert codes(world) == ["box.offered"]


def test_a_complete_handoff_with_a_late_recorder_is_not_called_late() -> None:
    world = small()
    first = seal(world)
    revoked(world, "guard-1")
    hand(world, first, "kpps-1", "pps-1", "guard-1", recorder="guard-1")
    assert codes(world) == ["recorder.unsigned"]


def test_a_label_with_a_late_signature_and_one_that_may_not_print() -> None:
    world = small()
    revoked(world, "keeper-1")
    made = world.draft("label", labels=[{"box": BOX, "code": "77" * 32, "copy": 2}], reason="reprint")
    log(world, made, "keeper-1", "kpps-2")
    assert codes(world) == ["role.kind"]


LATE: dict[str, Callable[[World, str], object]] = {
    "label": lambda world, sid: printed(world, (BOX, "77" * 32, 2)),
    "ack": lambda world, sid: log(
        world,
        world.draft(
            "ack",
            about=[sid],
            boxes=[{name: value for name, value in world.line(BOX, None).items() if name != "prev"}],
            irregular=[],
            note=None,
            photos=[],
            place=DESA,
            side="receiver",
        ),
        "keeper-1",
    ),
    "correction": lambda world, sid: log(
        world,
        world.draft("correction", about=[sid], boxes=[BOX], effect="void", instead=None, note=None, reason="other"),
        "keeper-1",
    ),
    "report": lambda world, sid: log(
        world,
        world.draft("report", drawing="v1", facts="6a" * 32, scope={"code": DESA, "kind": "desa"}, size=1, upto=13),
        "keeper-1",
    ),
}


@pytest.mark.parametrize("kind", LATE)
def test_other_statements_that_come_late_count_for_nothing(kind: str) -> None:
    world = small()
    sid = seal(world)
    revoked(world, "keeper-1")
    LATE[kind](world, sid)
    assert codes(world) == ["statement.late"]
    assert judged(world)[0].boxes[BOX].holding.holder == "kpps-1"  # type: ignore[union-attr]


def test_codes_printed_under_a_late_signature_are_not_known() -> None:
    world = small()
    revoked(world, "keeper-1")
    printed(world, (BOX, "77" * 32, 2))
    seal(world, row={"by": {"how": "scanned", "label": "77" * 32}})
    assert codes(world) == ["statement.late", "label.unknown"]


# -- the ledger's key ---------------------------------------------------------------------------------------------------------------


def rotated() -> tuple[World, Person]:
    """A new ledger key at entry 13."""
    world, fresh = small(), Person("new-ledger")
    fresh.key = VerifierKey(world.origin, ED25519, fresh.signing.public)
    enrol(world, fresh, "ledger", [])
    return world, fresh


def take_over(world: World, fresh: Person) -> None:
    world.ledger_signing, world.ledger_key = fresh.signing, fresh.key


def test_both_keys_sign_heads_until_the_old_one_is_revoked() -> None:
    world, fresh = rotated()
    old = (world.ledger_signing, world.ledger_key)
    take_over(world, fresh)
    world.checkpoint()
    first = seal(world)
    world.ledger_signing, world.ledger_key = old
    world.checkpoint()
    revoked(world, f"{world.origin}+{old[1].key_id.hex()}")
    world.checkpoint()
    take_over(world, fresh)
    hand(world, first)
    world.checkpoint()
    assert codes(world) == []
    assert [key.public for key in roster_of(world).ledger_keys()] == [old[1].public, fresh.key.public]


def test_a_revoked_ledger_key_signs_no_later_head() -> None:
    world, _ = rotated()
    revoked(world, f"{world.origin}+{world.ledger_key.key_id.hex()}")
    seal(world)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert [(fault.code, fault.checkpoint) for fault in verdict.faults] == [("checkpoint.unsigned", 15 + 1)]


def test_the_name_alone_does_not_say_which_key_of_the_ledger() -> None:
    world = small()
    with pytest.raises(CustodyError):
        revoked(world, world.origin)
    revoked(world, f"{world.origin}+00000000")
    assert codes(world) == ["revoke.unknown"]


def test_the_key_of_the_ledger_signs_for_nobody() -> None:
    """Neither beside people nor instead of them; a note under it alone is kept, and says nothing."""
    world = small()
    made = sealing(world)
    own = Line(world.origin, world.ledger_key.key_id, world.ledger_signing.sign(made.text))
    world.log(note.join(made.text, [own]))
    assert codes(world) == ["statement.unsigned"]
    world.log(note.join(made.text, [own, Person("kpps-1").line(made.text)]))
    assert codes(world) == ["box.offered"]


# -- persons ------------------------------------------------------------------------------------------------------------------------


def test_a_second_key_enrolled_after_the_statement_is_still_the_same_person() -> None:
    """The statement arrives first, the key that completes it is enrolled later: it must not slip past the comparison of persons."""
    world = small()
    first = seal(world)
    world.people["pps-9"] = twin = Person("pps-9", "kpps-1")
    made = handing(world, first, receiver="pps-9")
    log(world, made, "kpps-1")
    enrol(world, twin, "pps", [DESA])
    log(world, made, "kpps-1", "pps-9")
    verdict, _ = judged(world)
    assert (verdict.boxes[BOX].status, verdict.boxes[BOX].holding.holder) == ("offered", "kpps-1")  # type: ignore[union-attr]
    assert "signer.same-person" in codes(world)


def test_two_people_enrolled_after_the_statement_arrived_complete_it() -> None:
    world = small()
    names = ("kpps-7", "guard-7")
    made = sealing(world, by=names[0], witness=names[1])
    log(world, made, "guard-1")
    for name, role in zip(names, ("kpps", "guard"), strict=True):
        world.people[name] = Person(name)
        enrol(world, world.people[name], role, [TPS])
    log(world, made, *names)
    verdict, _ = judged(world)
    assert (verdict.boxes[BOX].status, verdict.boxes[BOX].holding.holder) == ("ok", "kpps-7")  # type: ignore[union-attr]


def test_two_keys_of_one_authority_are_one_person() -> None:
    world = small()
    world.people["kpu-9"] = Person("kpu-9", "kpu-1")
    enrol(world, world.people["kpu-9"], "authority", [], institution="bawaslu")
    revoked(world, "kpps-1", "kpu-1", "kpu-9")
    assert codes(world) == ["authority.short"]


# -- labels and seals over several boxes --------------------------------------------------------------------------------------------

OTHER = "PEM24-5307192001-001-PPWP-1"


def test_an_older_copy_is_void_from_the_first_reading_of_the_newer_on() -> None:
    world = small()
    printed(world, (BOX, "77" * 32, 2))
    first = seal(world)  # the first copy is read: the second is printed and not in use yet
    second = hand(world, first, row={"by": {"how": "scanned", "label": "77" * 32}})
    on(world, second)
    assert codes(world) == ["label.void"]


def test_a_spare_belongs_to_the_box_on_which_it_was_first_read() -> None:
    world = small()
    spare = code_of(world, "spare")
    first = seal(world, row={"by": scanned(world, BOX, spare)})
    hand(world, first, row={"by": scanned(world, BOX, spare)})
    seal(world, box=OTHER, row={"by": scanned(world, OTHER, spare)})
    told = [one for one in judged(world)[0].findings if one.code == "label.two-boxes"]
    assert [(one.box, one.entries, dict(one.facts)) for one in told] == [(OTHER, (15,), {"other": BOX, "value": spare})]


def test_a_seal_number_may_stay_on_its_box() -> None:
    world = small()
    seals = [{"number": "S-0001" if point == "lid" else None, "point": point, "state": "intact"} for point in ("lid", "tie-1", "tie-2")]
    first = seal(world, row={"seals": seals})
    hand(world, first, row={"seals": seals})
    assert codes(world) == []
    reason = [{"finding": "seal.reused", "reason": "wrong-seal"}]
    seal(world, box=OTHER, row={"seals": seals}, irregular=reason)
    assert ("seal.reused", "wrong-seal") in [(one.code, one.stated) for one in judged(world)[0].findings]


# -- notes that no ledger takes -----------------------------------------------------------------------------------------------------


def test_a_foreign_statement_is_refused_whoever_signed_it() -> None:
    world, other = small(), World(skew=1)
    made = other.seal(other.line(BOX, None))
    assert refusal(world, other.sign(made, "kpps-1", "guard-1")) == "entry.foreign"
    assert refusal(world, other.entries[0]) == "entry.second-founding"


def test_the_keys_behind_a_note_are_found_without_checking_signatures() -> None:
    world = small()
    state = state_of(world)
    entry, keys = state.authenticate(world.sign(sealing(world), "kpps-1", "guard-1"))
    assert [key.name for key in keys] == ["guard-1", "kpps-1"] == [key.name for key in signers(entry, state.roster, 13)]
    with pytest.raises(Refused):
        State().authenticate(entry.note)
    with pytest.raises(BadSignature):
        signers(entry, state.roster, 7)  # guard-1 was enrolled at 8
