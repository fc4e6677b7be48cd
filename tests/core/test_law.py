"""The law (spec chapters 9 and 10): each finding has a shortest history that brings it forth, with exact facts; a clean one has none."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from custody.core import note
from custody.core.checkpoint import Checkpoint, cosign
from custody.core.checkpoint import sign as sign_head
from custody.core.findings import SEVERITY, Finding
from custody.core.moment import from_seconds
from custody.core.policy import Policy
from custody.core.verify import verify
from fixtures import make_vectors
from fixtures.actors import BAWASLU
from fixtures.smallhistory import (
    DESA,
    ELSEWHERE,
    NO_KEY,
    PPK,
    PRESIDENT,
    SIZE,
    STORE,
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
    opened,
    printed,
    revoked,
    seal,
    sealing,
    signed_by,
    small,
    there,
)
from fixtures.smallworld import BOX, EPOCH, SEALS, Person, World, enrolling, place

Facts = dict[str, str | int]
Build = Callable[[World], object]
SIGHT = {"how": "sight", "label": None}
OTHER_CODE = "77" * 32


def clean(world: World) -> None:
    """From the TPS to the warehouse, labels read, everybody signs."""
    last = on(world, hand(world, seal(world)))
    log(world, handing(world, last, giver="ppk-1", receiver="keeper-1", start=PPK, end=STORE), "ppk-1", "keeper-1")


def handed(world: World, *names: str, **changes: Any) -> str:
    """A seal at 13, a handoff at 14."""
    return hand(world, seal(world), *names, **changes)


def placed(world: World, parent: str = "5307", *names: str) -> str:
    body = {"legs": [], "places": [place("5307-POSKO", "office", "Posko Contoh", parent)]}
    return log(world, world.draft("places", **body), *(names or ("kpu-1", "polri-1")))


def key_taken(world: World) -> None:
    who = Person("guard-9")
    who.signing = Person("guard-1").signing
    who.key = type(who.key)("guard-9", who.key.kind, who.signing.public)
    enrol(world, who, "guard", ["5307"])


def registered(world: World, box: str, place: str, **changes: Any) -> str:
    row = {"box": box, "codes": [], "place": place, "replaces": None, "round": 1, "type": "DPR", **changes}
    return log(world, world.draft("register", boxes=[row], reason="first"), "kpu-1", "polri-1")


def delegated(world: World) -> None:
    chief, who = Person("kasatops-2"), Person("baru-1")
    enrol(world, chief, "supervisor", [DESA], delegate=True)
    enrol(world, who, "kpps", [TPS], chief, who)


def logged_again(world: World) -> None:
    made = sealing(world)
    for names in (["kpps-1"], ["guard-1"], ["kpps-1", "guard-1"]):
        log(world, made, *names)


def coded_twice(world: World) -> None:
    for station in ("002", "003"):
        registered(world, f"PEM24-5307192001-{station}-DPR-1", f"5307192001-{station}", codes=["SILOG-1"])


def forked(world: World) -> None:
    prev = seal(world)
    hand(world, prev)
    hand(world, prev)


def two_copies(world: World) -> None:
    printed(world, (BOX, OTHER_CODE, 2))
    prev = seal(world, row={"by": {"how": "typed", "label": OTHER_CODE}})
    hand(world, prev)


def numbered(world: World) -> None:
    seals = [{**one, "number": "S-0001"} if one["point"] == "lid" else one for one in SEALS]
    for box in (BOX, PRESIDENT):
        seal(world, box=box, row={"seals": seals})


def colleague(world: World) -> None:
    world.people["kpps-4"] = Person("kpps-4")
    enrol(world, world.people["kpps-4"], "kpps", [TPS])
    handed(world, "kpps-4", "pps-1", giver="kpps-4")


def acknowledged(world: World, *names: str, **changes: Any) -> None:
    acked(world, handed(world, "pps-1", unsigned=NO_KEY), "giver", *names, **changes)


def resealed(world: World) -> None:
    seal(world, "ppk-1", "guard-1", prev=handed(world), by="ppk-1", place=DESA)


def twin(world: World) -> None:
    world.people["pps-9"] = Person("pps-9", "kpps-1")
    enrol(world, world.people["pps-9"], "pps", [DESA])
    handed(world, "kpps-1", "pps-9", receiver="pps-9")


def overdue(world: World) -> None:
    prev = handed(world, place=TPS, due=from_seconds(world.clock + 180))  # a minute after the handoff, two after the seal
    world.clock += 900
    on(world, prev)


def without_escort(world: World) -> None:
    last = on(world, handed(world))
    alone = {"count": 0, "keys": [], "order": None, "present": False}
    log(world, handing(world, last, giver="ppk-1", receiver="keeper-1", start=PPK, end=STORE, escort=alone), "ppk-1", "keeper-1")


def backwards(world: World) -> None:
    early = from_seconds(world.clock - 3600)
    handed(world, happened={"at": early, "basis": "now"})


def future(world: World) -> None:
    seal(world, happened={"at": from_seconds(world.clock + 3600), "basis": "now"})


def offered_twice(world: World) -> None:
    prev = seal(world)
    hand(world, prev, "kpps-1")
    hand(world, prev)


def withdrawn(world: World) -> str:
    prev = seal(world)
    offer = hand(world, prev)
    hand(world, prev, withdraws=[offer])
    return offer


def claim_withdrawn(world: World) -> str:
    prev = seal(world)
    claim = hand(world, prev, "pps-1")
    hand(world, prev, "kpps-1", withdraws=[claim])
    return claim


def told_twice(world: World) -> None:
    offer = handed(world, "kpps-1")
    acked(world, offer, "receiver", "pps-1", seals=TORN)
    acked(world, offer, "receiver", "pps-1")


def late(world: World) -> str:
    revoked(world, "kpps-1")
    return seal(world, "kpps-1")


def suspect(world: World) -> None:
    seal(world)
    revoked(world, "kpps-1", since=at(13))


def saw_another(world: World) -> None:
    world.seen = {"root": "ab" * 32, "sig": "00" * 64, "size": 7}
    seal(world)


def at(minutes: int) -> str:
    """The moment that the small world's clock shows at an entry, in minutes after its founding."""
    return from_seconds(EPOCH + 60 * minutes)


CASES: dict[str, tuple[Build, tuple[int, ...], str | None, Facts | None]] = {
    # finding: history, entries, box, facts; None where a fact is a sid that depends on the history
    "authority.short": (lambda world: placed(world, "5307", "kpu-1"), (13,), None, None),
    "enrol.name-taken": (lambda world: enrol(world, namesake("guard-1"), "guard", ["5307"]), (13,), None, {"key": "guard-1"}),
    "enrol.key-taken": (key_taken, (13,), None, {"key": "guard-9"}),
    "enrol.unproven": (
        lambda world: enrol(world, Person("guard-2"), "guard", [], Person("kpu-1"), Person("polri-1")),
        (13,),
        None,
        {"key": "guard-2"},
    ),
    "enrol.name": (lambda world: enrol(world, Person("new-ledger"), "ledger", []), (13,), None, {"key": "new-ledger"}),
    "enrol.delegated": (delegated, (14,), None, {"key": "baru-1", "role": "kpps", "by": "kasatops-2"}),
    "entry.again": (logged_again, (13, 15), None, {}),
    "box.code-twice": (coded_twice, (13, 14), "PEM24-5307192001-003-DPR-1", {"other": "PEM24-5307192001-002-DPR-1", "value": "SILOG-1"}),
    "revoke.unknown": (lambda world: revoked(world, "guard-7"), (13,), None, {"key": "guard-7"}),
    "place.parent": (lambda world: placed(world, "5399"), (13,), None, {"place": "5307-POSKO"}),
    "box.twice": (lambda world: registered(world, BOX, TPS), (10, 13), BOX, {}),
    "box.mismatch": (
        lambda world: registered(world, "PEM24-5307192001-002-DPR-1", TPS),
        (13,),
        "PEM24-5307192001-002-DPR-1",
        {"place": TPS, "type": "DPR"},
    ),
    "box.unknown": (
        lambda world: seal(world, box="PEM24-5307192001-001-DPR-2", row={"by": SIGHT}),
        (13,),
        "PEM24-5307192001-001-DPR-2",
        {},
    ),
    "box.unsealed": (lambda world: hand(world, None), (13,), BOX, {}),
    "box.disputed": (forked, (14, 15), BOX, None),
    "box.orphan": (lambda world: on(world, "ab" * 32), (13,), BOX, {"prev": "ab" * 32}),
    "box.offered": (lambda world: handed(world, "kpps-1"), (14,), BOX, None),
    "box.claimed": (lambda world: handed(world, "pps-1"), (14,), BOX, None),
    "claim.stranger": (lambda world: hand(world, seal(world), "kpps-2", receiver="kpps-2"), (14,), None, None),
    "label.unknown": (lambda world: seal(world, row={"by": {"how": "scanned", "label": OTHER_CODE}}), (13,), BOX, {}),
    "label.void": (two_copies, (12, 15), BOX, {"copy": 1, "newest": 2}),
    "label.other-box": (
        lambda world: seal(world, row={"by": {"how": "scanned", "label": code_of(world, PRESIDENT)}}),
        (12, 13),
        BOX,
        {"printed": PRESIDENT},
    ),
    "label.two-boxes": (lambda world: printed(world, (ELSEWHERE, code_of(world, BOX), 1)), (12, 13), None, None),
    "label.not-read": (lambda world: seal(world, row={"by": {"how": "other-code", "label": None}}), (13,), BOX, {"how": "other-code"}),
    "seal.changed": (
        lambda world: handed(world, row={"seals": TORN}),
        (13, 14),
        BOX,
        {"point": "lid", "was": "intact", "found": "torn"},
    ),
    "seal.broken": (lambda world: seal(world, row={"seals": TORN}), (13,), BOX, {"point": "lid", "state": "torn"}),
    "seal.points": (lambda world: seal(world, row={"seals": SEALS[:1]}), (13,), BOX, {"missing": "tie-1 tie-2"}),
    "seal.unseen": (lambda world: handed(world, row={"seals": []}), (14,), BOX, {}),
    "seal.reused": (numbered, (14,), PRESIDENT, {"other": BOX, "value": "S-0001"}),
    "giver.not-holder": (
        lambda world: handed(world, "ppk-1", "pps-1", giver="ppk-1"),
        (13, 14),
        BOX,
        {"giver": "ppk-1", "holder": "kpps-1"},
    ),
    "giver.colleague": (colleague, (14, 15), BOX, {"giver": "kpps-4", "holder": "kpps-1"}),
    "giver.unsigned": (lambda world: handed(world, "pps-1", unsigned=NO_KEY), (14,), BOX, {"reason": "no-key"}),
    "giver.acknowledged": (
        lambda world: acknowledged(world, "kpps-1"),
        (14, 15),
        BOX,
        {"reason": "no-key", "by": "kpps-1", "role": "giver"},
    ),
    "recorder.unsigned": (lambda world: handed(world, recorder="guard-1"), (14,), None, {"recorder": "guard-1"}),
    "through.unsigned": (lambda world: handed(world, through="pps-2"), (14,), None, {"through": "pps-2"}),
    "sealer.not-holder": (resealed, (14, 15), BOX, {"sealer": "ppk-1", "holder": "pps-1"}),
    "signer.same-person": (twin, (15,), None, {"one": "kpps-1", "other": "pps-9"}),
    "role.kind": (
        lambda world: handed(world, "kpps-1", "guard-1", receiver="guard-1"),
        (14,),
        None,
        {"slot": "receiver", "key": "guard-1", "role": "guard"},
    ),
    "role.place": (
        lambda world: seal(world, "kpps-2", "guard-1", by="kpps-2"),
        (13,),
        None,
        {"slot": "sealer", "key": "kpps-2", "place": TPS},
    ),
    "role.unknown": (lambda world: seal(world, "kpps-1", witness="nobody"), (13,), None, {"slot": "witness", "key": "nobody"}),
    "place.unknown": (lambda world: handed(world, end="5307-POSKO", place=TPS), (14,), None, {"place": "5307-POSKO"}),
    "place.from": (lambda world: handed(world, start="5307192001-002"), (13, 14), BOX, {"start": "5307192001-002", "last": TPS}),
    "place.wrong": (lambda world: handed(world, "kpps-1", "pps-2", receiver="pps-2", end="5307192002"), (14,), BOX, {"to": "5307192002"}),
    "leg.through": (lambda world: handed(world, "kpps-1", "pps-1", "pps-2", through="pps-2"), (14,), None, {"key": "pps-2"}),
    "leg.overdue": (overdue, (14, 15), BOX, {"minutes": 15}),
    "escort.missing": (without_escort, (16,), None, {"start": PPK, "end": STORE}),
    "time.backwards": (backwards, (13, 14), BOX, {"happened": at(-48), "before": at(13)}),
    "time.future": (future, (13,), None, {"happened": at(72), "at": at(13)}),
    "time.reversed": (
        lambda world: handed(world, due=at(13), place=TPS),
        (14,),
        None,
        {"end": "due", "happened": at(14), "until": at(13)},
    ),
    "time.unbounded": (lambda world: None, (0, 12), None, {"count": 13, "size": 13}),
    "time.paper": (lambda world: seal(world, happened={"at": at(13), "basis": "memory"}), (13,), None, {"basis": "memory"}),
    "receipt.differs": (lambda world: acked(world, handed(world, "kpps-1"), "receiver", "pps-1", seals=TORN), (14, 15), BOX, {}),
    "ack.twice": (told_twice, (15, 16), BOX, None),
    "ack.no-effect": (lambda world: acked(world, "ab" * 32, "receiver", "pps-1"), (13,), BOX, {"about": "ab" * 32}),
    "offer.open": (offered_twice, (14,), BOX, None),
    "offer.stranger": (lambda world: hand(world, seal(world), "kpps-2", giver="kpps-2"), (14,), None, None),
    "offer.completed-withdrawn": (withdrawn, (14, 15), BOX, None),
    "withdrawal.no-effect": (claim_withdrawn, (14, 15), BOX, None),
    "correction.remark": (
        lambda world: corrected(world, "ab" * 32, "kpps-1", effect="remark", boxes=[]),
        (13,),
        None,
        {"about": "ab" * 32},
    ),
    "correction.made": (lambda world: corrected(world, "ab" * 32, "kpps-1", effect="remark"), (13,), BOX, {"about": "ab" * 32}),
    "correction.void": (lambda world: corrected(world, handed(world), "kasatops-1"), (14, 15), BOX, None),
    "correction.no-effect": (lambda world: corrected(world, "ab" * 32, "kasatops-1"), (13,), BOX, {"about": "ab" * 32, "why": "missing"}),
    "statement.late": (late, (14,), None, None),
    "statement.unsigned": (lambda world: seal(world, "ppk-1"), (13,), None, None),
    "key.suspect": (suspect, (13,), None, {"key": "kpps-1", "since": at(13)}),
    "seen.unsigned": (saw_another, (13,), None, {"key": "guard-1, kpps-1", "size": 7}),
}
BRACKETED = "time.bracket"  # needs witnesses: below


def found(build: Build) -> list[Finding]:
    """What a verifier tells of the small ledger, carried on by `build`."""
    world = small()
    build(world)
    world.checkpoint()
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    return list(verdict.findings)


def test_every_finding_has_a_case() -> None:
    """Here, or by its name in another file of this folder, or in a set of vectors."""
    files = [*Path(__file__).parent.glob("test_*.py"), *make_vectors.SETS.glob("*.py")]
    others = [path.read_text("utf-8") for path in files if path.name != Path(__file__).name]
    without = [code for code in SEVERITY if code not in (*CASES, BRACKETED) and not any(f'"{code}"' in text for text in others)]
    assert without == []
    assert set(CASES) <= set(SEVERITY)


@pytest.mark.parametrize("code", CASES)
def test_the_shortest_history_that_brings_it_forth(code: str) -> None:
    build, entries, box, facts = CASES[code]
    (one,) = [finding for finding in found(build) if finding.code == code]
    assert (one.entries, one.box) == (entries, box)
    assert facts is None or dict(one.facts) == facts


def test_a_clean_history_has_none_but_that_nobody_bounds_its_times() -> None:
    assert [one.code for one in found(clean)] == ["time.unbounded"]


FACTS: dict[str, Callable[[World], Facts]] = {
    "authority.short": lambda world: {"kind": "places", "sid": placed(world, "5307", "kpu-1")},
    "label.two-boxes": lambda world: {"value": printed(world, (ELSEWHERE, code_of(world, BOX), 1)) and code_of(world, BOX)},
    "box.offered": lambda world: {"sid": handed(world, "kpps-1")},
    "box.claimed": lambda world: {"sid": handed(world, "pps-1")},
    "offer.stranger": lambda world: {"key": "kpps-2", "sid": hand(world, seal(world), "kpps-2", giver="kpps-2")},
    "claim.stranger": lambda world: {"key": "kpps-2", "sid": hand(world, seal(world), "kpps-2", receiver="kpps-2")},
    "offer.completed-withdrawn": lambda world: {"offer": withdrawn(world)},
    "withdrawal.no-effect": lambda world: {"offer": claim_withdrawn(world)},
    "statement.late": lambda world: {"key": "kpps-1", "sid": late(world)},
    "statement.unsigned": lambda world: {"key": "ppk-1", "sid": seal(world, "ppk-1")},
}


@pytest.mark.parametrize("code", FACTS)
def test_facts_that_name_a_statement(code: str) -> None:
    facts: Facts = {}
    (one,) = [finding for finding in found(lambda world: facts.update(FACTS[code](world))) if finding.code == code]
    assert dict(one.facts) == facts


def witnessed(claimed: int) -> list[Finding]:
    """Heads 13 and 14 are cosigned one and two hours after the founding; entry 13 claims this many seconds after it."""
    world = small()
    times = {SIZE: EPOCH + 3600, SIZE + 1: EPOCH + 7200}
    head = Checkpoint(world.origin, SIZE, world.tree.root(SIZE))
    world.seen = {"root": head.root.hex(), "sig": world.ledger_signing.sign(head.text()).hex(), "size": SIZE}
    moment = from_seconds(EPOCH + claimed)
    seal(world, at=moment, happened={"at": moment, "basis": "now"})
    world.heads = []
    for size, time in times.items():
        signed = sign_head(Checkpoint(world.origin, size, world.tree.root(size)), world.ledger_signing.sign, world.ledger_key)
        world.heads.append((size, signed + cosign(signed, BAWASLU.sign, BAWASLU.key, time).format()))
    policy = Policy.parse(f"log {world.ledger_key}\nwitness bawaslu {BAWASLU.key}\nquorum bawaslu\n".encode())
    verdict, _ = verify(world, policy)
    assert verdict.faults == ()
    return list(verdict.findings)


@pytest.mark.parametrize(("claimed", "outside"), [(3299, True), (3300, False), (7500, False), (7501, True)])
def test_time_bracket(claimed: int, outside: bool) -> None:
    told = [one for one in witnessed(claimed) if one.code == BRACKETED]
    bounds = {"at": from_seconds(EPOCH + claimed), "lower": EPOCH + 3600, "upper": EPOCH + 7200}
    assert [(one.entries, dict(one.facts)) for one in told] == ([((13,), bounds)] if outside else [])


def claimed_after(seconds: int) -> Build:
    """A seal that its signers say took place so many seconds after their own clock."""
    return lambda world: seal(world, happened={"at": from_seconds(world.clock + 60 + seconds), "basis": "now"})


def unseen(world: World, last: list[Any], points: list[Any] = SEALS) -> None:
    """Sealed at 13, handed on at 14 without a look at the seals, and on at 15 with the seals in `last`."""
    on(world, hand(world, seal(world, row={"seals": points}), place=TPS, row={"seals": []}), row={"seals": last})


def acked_with(offered: list[Any], found: list[Any], side: str = "receiver") -> Build:
    """A handoff by one side with these seals at 14, and the ack of the other with those at 15."""
    if side == "receiver":
        return lambda world: acked(world, handed(world, "kpps-1", row={"seals": offered}), side, "pps-1", seals=found)
    why = {"deed": None, "name": None, "reason": "left"}
    return lambda world: acked(world, handed(world, "pps-1", row={"seals": offered}, unsigned=why), side, "kpps-1", seals=found)


def received_torn(world: World, seals: list[Any], **changes: Any) -> str:
    """Offered whole at 14, received torn at 15, and handed on at 16 with these seals."""
    offer = handed(world, "kpps-1")
    acked(world, offer, "receiver", "pps-1", seals=TORN)
    return on(world, offer, row={"seals": seals}, **changes)


# what is told of seals, with the entries: nobody who was not asked has seen a seal
LOOKS: dict[str, tuple[Build, list[tuple[str, tuple[int, ...]]]]] = {
    "seen by both": (lambda world: handed(world), []),
    "seen by nobody, then as they were": (lambda world: unseen(world, last=SEALS), [("seal.unseen", (14,))]),
    "seen by nobody, then torn": (lambda world: unseen(world, last=TORN), [("seal.unseen", (14,)), ("seal.changed", (13, 15))]),
    "seen by nobody twice": (lambda world: unseen(world, last=[]), [("seal.unseen", (14,)), ("seal.unseen", (15,))]),
    "no seal was ever named": (
        lambda world: unseen(world, last=SEALS[:1], points=[]),
        [("seal.points", (13,)), ("seal.unseen", (14,)), ("seal.points", (15,))],
    ),
    "never sealed, never seen": (lambda world: hand(world, None, row={"seals": []}), [("seal.unseen", (13,))]),
    "seen by the giver alone": (acked_with(SEALS, []), [("seal.unseen", (14, 15))]),
    "seen torn by the giver alone": (acked_with(TORN, []), [("seal.changed", (13, 14)), ("seal.unseen", (14, 15))]),
    "seen by the receiver alone": (acked_with([], SEALS), [("seal.unseen", (14, 15))]),
    "seen torn by the receiver alone": (acked_with([], TORN), [("seal.changed", (13, 14, 15)), ("seal.unseen", (14, 15))]),
    "seen torn by the receiver, whole by the giver": (
        acked_with(SEALS, TORN),
        [("seal.changed", (13, 14, 15)), ("receipt.differs", (14, 15))],
    ),
    "seen torn by both": (acked_with(TORN, TORN), [("seal.changed", (13, 14))]),
    "seen torn by who signed and saw it whole": (
        lambda world: acked(world, handed(world), "receiver", "pps-1", seals=TORN),
        [("seal.changed", (13, 14, 15)), ("receipt.differs", (14, 15))],
    ),
    "seen torn by the receiver, whole by the next": (
        lambda world: received_torn(world, seals=SEALS),
        [("seal.changed", (13, 14, 15)), ("receipt.differs", (14, 15)), ("seal.changed", (15, 16))],
    ),
    "seen by the receiver, then by nobody, then otherwise": (
        lambda world: on(world, received_torn(world, seals=[], place=DESA, to=PPK), row={"seals": SEALS}),
        [("seal.changed", (13, 14, 15)), ("receipt.differs", (14, 15)), ("seal.unseen", (16,)), ("seal.changed", (15, 17))],
    ),
    "the first that names points tells them torn": (
        lambda world: acked(
            world, hand(world, seal(world, row={"seals": []}), "kpps-1", row={"seals": []}), "receiver", "pps-1", seals=TORN[:1]
        ),
        [("seal.points", (13,)), ("seal.points", (14, 15)), ("seal.unseen", (14, 15)), ("seal.broken", (14, 15))],
    ),
    "seen by neither": (acked_with([], []), [("seal.unseen", (14,))]),
    "the giver signs later and saw them": (acked_with(SEALS, SEALS, "giver"), []),
    "the giver signs later and did not look": (acked_with(SEALS, [], "giver"), [("seal.unseen", (14, 15))]),
    "the giver signs later and saw them torn": (acked_with(SEALS, TORN, "giver"), [("receipt.differs", (14, 15))]),
}


@pytest.mark.parametrize("case", LOOKS)
def test_who_looked_at_the_seals(case: str) -> None:
    build, told = LOOKS[case]
    about = ("seal.unseen", "seal.changed", "seal.points", "seal.broken", "receipt.differs")
    assert sorted({(one.code, one.entries) for one in found(build) if one.code in about}) == sorted(told)


def handed_before(seconds: int) -> Build:
    """A handoff that took place so many seconds before the seal it follows."""
    return lambda world: hand(world, seal(world), place=TPS, happened={"at": from_seconds(world.clock - seconds), "basis": "now"})


CLOSED: dict[str, Any] = {"officer": "pps-1", "place": DESA, "present": [there("ppk", "ppk-1"), there("witness")]}
EDGES: dict[str, tuple[Build, list[str]]] = {
    "ahead by the skew": (claimed_after(300), []),
    "ahead by more": (claimed_after(301), ["time.future"]),
    "back by the skew": (handed_before(300), []),
    "back by more": (handed_before(301), ["time.backwards"]),
    "due as it happens": (lambda world: handed(world, due=at(14), place=TPS), []),
    "due a minute before": (lambda world: handed(world, due=at(13), place=TPS), ["time.reversed"]),
    "due before, where its leg ends": (lambda world: handed(world, due=at(13)), []),
    "closed as it was opened": (lambda world: opened(world, handed(world), "pps-1", "ppk-1", **CLOSED, closed=at(15)), []),
    "closed before it was opened": (
        lambda world: opened(world, handed(world), "pps-1", "ppk-1", **CLOSED, closed=at(14)),
        ["time.reversed"],
    ),
    "to himself": (lambda world: hand(world, handed(world, place=TPS), "pps-1", giver="pps-1"), ["signer.same-person", "box.offered"]),
    "from where it was bound": (lambda world: on(world, handed(world, place=TPS)), []),
    "from where it was": (lambda world: on(world, handed(world, place=TPS), start=TPS, end=DESA), []),
    "from where it was, by sight": (
        lambda world: on(world, handed(world, place=TPS), start=TPS, end=DESA, row={"by": SIGHT}),
        ["label.not-read"],
    ),
    "from neither": (lambda world: on(world, handed(world), start=TPS, end=DESA), ["place.from"]),
}


@pytest.mark.parametrize("name", EDGES)
def test_at_the_edge(name: str) -> None:
    build, codes = EDGES[name]
    assert [one.code for one in found(build) if one.code != "time.unbounded"] == codes


def test_what_the_signers_stated_stays_a_finding_with_their_reason() -> None:
    stated = [{"finding": "seal.changed", "reason": "rain"}]
    told = {one.code: one.stated for one in found(lambda world: handed(world, row={"seals": TORN}, irregular=stated, recorder="guard-1"))}
    assert told == {"seal.changed": "rain", "recorder.unsigned": None, "time.unbounded": None}


def test_a_guard_may_hold_and_hand_on_where_the_founding_says_so() -> None:
    """Otherwise each side of it is the finding `role.kind`."""
    for allowed, codes in ((True, []), (False, ["role.kind", "role.kind"])):
        world = World(guard_receives=allowed)
        world.geography()
        world.staff()
        world.register(BOX)
        row = world.line(BOX, None)
        first = world.put(world.seal(row), "kpps-1", "guard-1")
        made = world.handoff({**row, "prev": first}, giver="kpps-1", receiver="guard-1", start=TPS, end=DESA)
        second = world.put(made, "kpps-1", "guard-1")
        again = world.handoff({**row, "prev": second}, giver="guard-1", receiver="pps-1", start=DESA, end=DESA)
        world.put(again, "guard-1", "pps-1")
        verdict, _ = verify(world, world.policy())
        assert [one.code for one in verdict.findings if one.severity != "note"] == codes
        assert verdict.boxes[BOX].holding.holder == "pps-1"  # type: ignore[union-attr]


def test_labels_are_known_whenever_their_statement_arrives() -> None:
    """Every order of a print and two links that read it gives the same findings but for entry numbers."""

    def notes(world: World) -> list[bytes]:
        label = world.draft("label", labels=[{"box": BOX, "code": OTHER_CODE, "copy": 2}], reason="reprint")
        first = sealing(world, row={"by": {"how": "scanned", "label": OTHER_CODE}})
        second = handing(world, first.sid)
        signers = [("keeper-1",), ("kpps-1", "guard-1"), ("kpps-1", "pps-1")]
        return [world.sign(made, *names) for made, names in zip((label, first, second), signers, strict=True)]

    def in_order(world: World, order: tuple[int, ...]) -> None:
        made = notes(world)
        for number in order:
            world.log(made[number], head=False)

    seen = set()
    for order in permutations(range(3)):
        told = found(partial(in_order, order=order))
        seen.add(tuple(sorted((one.code, one.box or "", one.facts) for one in told)))
    assert len(seen) == 1
    assert {code for code, _, _ in seen.pop()} == {"label.void", "time.unbounded"}


def test_who_saw_a_head_that_nobody_signed_is_who_recorded_it() -> None:
    """Not whose line happens to stand first: the recorder drafts; the others were shown what he wrote."""

    def build(world: World) -> None:
        prev = seal(world)
        world.seen = {"root": "ab" * 32, "sig": "00" * 64, "size": 7}
        hand(world, prev, "guard-1", "kpps-1", "pps-1", recorder="pps-1")

    (one,) = [one for one in found(build) if one.code == "seen.unsigned"]
    assert dict(one.facts) == {"key": "pps-1", "size": 7}


def test_an_enrolment_that_waits_is_told_at_each_of_its_entries() -> None:
    def build(world: World) -> None:
        newcomer = Person("guard-2")
        made = enrolling(world, newcomer, "guard", ["5307"])
        world.log(signed_by(made, Person("kpu-1")), head=False)
        world.log(signed_by(made, newcomer, Person("kpu-1")), head=False)
        world.log(signed_by(made, Person("bawaslu-1")), head=False)
        seal(world, "kpps-1", "guard-1")
        assert note.split(world.entries[-1])[1]

    told = [(one.code, one.entries) for one in found(build)]
    assert told == [("authority.short", (13,)), ("authority.short", (14,)), ("time.unbounded", (0, 16))]
