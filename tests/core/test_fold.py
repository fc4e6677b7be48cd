"""The fold of one box (spec chapter 9): named histories, and every order of arrival gives one state."""

from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import note
from custody.core.entry import parse
from custody.core.findings import Finding
from custody.core.holding import BoxState
from custody.core.moment import to_seconds
from custody.core.verdict import Verdict
from custody.core.verify import verify
from fixtures.smallworld import BOX, SEALS, World, ready

TPS, DESA, PPK, STORE = "5307192001-001", "5307192001", "530719", "5307-GUDANG"
Notes = list[bytes]


def sealed(world: World) -> tuple[bytes, str]:
    """The first link: kpps-1 seals, guard-1 sees it."""
    statement = world.seal(world.line(BOX, None))
    return world.sign(statement, "kpps-1", "guard-1"), statement.sid


def to_pps(world: World, prev: str, *signers: str, **changes: object) -> tuple[bytes, str]:
    """kpps-1 hands over to pps-1."""
    made = world.handoff(world.line(BOX, prev), giver="kpps-1", receiver="pps-1", start=TPS, end=DESA, **changes)
    return world.sign(made, *(signers or ("kpps-1", "pps-1"))), made.sid


def to_ppk(world: World, prev: str, *signers: str, **changes: object) -> tuple[bytes, str]:
    """pps-1 hands over to ppk-1."""
    made = world.handoff(world.line(BOX, prev), giver="pps-1", receiver="ppk-1", start=DESA, end=PPK, **changes)
    return world.sign(made, *(signers or ("pps-1", "ppk-1"))), made.sid


def ack(world: World, about: str, side: str, signer: str, **changes: object) -> bytes:
    """An acknowledgement by one person."""
    line = {key: value for key, value in world.line(BOX, None, **changes).items() if key != "prev"}
    fields = {"about": [about], "boxes": [line], "irregular": [], "note": None, "photos": [], "place": DESA, "side": side}
    return world.sign(world.draft("ack", **fields), signer)


def correction(world: World, about: str, effect: str, *signers: str) -> bytes:
    """A correction of one link for the box."""
    fields = {"about": [about], "boxes": [BOX], "effect": effect, "instead": None, "note": None, "reason": "wrong-box"}
    return world.sign(world.draft("correction", **fields), *signers)


def judged(build: Callable[[World], Sequence[bytes]], order: Sequence[int] | None = None) -> Verdict:
    """The verdict over a ready world in which these notes arrived, in this order."""
    world = ready()
    notes = build(world)
    for number in order if order is not None else range(len(notes)):
        world.log(notes[number])
    verdict, _ = verify(world, world.policy())
    assert verdict.faults == ()
    return verdict


def clean(world: World) -> Notes:
    seal, s1 = sealed(world)
    first, s2 = to_pps(world, s1)
    return [seal, first, to_ppk(world, s2)[0]]


def offered(world: World) -> Notes:
    seal, s1 = sealed(world)
    return [seal, to_pps(world, s1, "kpps-1")[0]]


def claimed(world: World) -> Notes:
    seal, s1 = sealed(world)
    return [seal, to_pps(world, s1, "pps-1")[0]]


def completed_later(world: World) -> Notes:
    seal, s1 = sealed(world)
    made = world.handoff(world.line(BOX, s1), giver="kpps-1", receiver="pps-1", start=TPS, end=DESA)
    return [seal, world.sign(made, "kpps-1"), world.sign(made, "kpps-1", "pps-1")]


def signed_apart(world: World) -> Notes:
    seal, s1 = sealed(world)
    made = world.handoff(world.line(BOX, s1), giver="kpps-1", receiver="pps-1", start=TPS, end=DESA)
    return [seal, world.sign(made, "kpps-1"), world.sign(made, "pps-1")]


def received_with_differences(world: World) -> Notes:
    seal, s1 = sealed(world)
    offer, s2 = to_pps(world, s1, "kpps-1")
    torn = [{**one, "state": "torn"} if one["point"] == "lid" else one for one in SEALS]
    return [seal, offer, ack(world, s2, "receiver", "pps-1", seals=torn)]


def giver_unsigned(world: World) -> Notes:
    seal, s1 = sealed(world)
    unsigned = {"deed": None, "name": None, "reason": "forgot-passphrase"}
    return [seal, to_pps(world, s1, "pps-1", unsigned=unsigned)[0]]


def giver_acknowledged(world: World) -> Notes:
    seal, s1 = sealed(world)
    unsigned = {"deed": None, "name": None, "reason": "no-key"}
    link, s2 = to_pps(world, s1, "pps-1", unsigned=unsigned)
    return [seal, link, ack(world, s2, "giver", "kpps-1")]


def forked(world: World) -> Notes:
    seal, s1 = sealed(world)
    return [seal, to_pps(world, s1)[0], to_pps(world, s1, place=TPS)[0]]


def two_roots(world: World) -> Notes:
    return [sealed(world)[0], sealed(world)[0]]


def orphaned(world: World) -> Notes:
    seal, _ = sealed(world)
    return [seal, to_ppk(world, "ab" * 32)[0]]


def withdrawn(world: World) -> Notes:
    seal, s1 = sealed(world)
    offer, s2 = to_pps(world, s1, "kpps-1")
    return [seal, offer, to_pps(world, s1, place=TPS, withdraws=[s2])[0]]


def withdrawn_and_completed(world: World) -> Notes:
    seal, s1 = sealed(world)
    offer, s2 = to_pps(world, s1)
    return [seal, offer, to_pps(world, s1, place=TPS, withdraws=[s2])[0]]


def claim_withdrawn(world: World) -> Notes:
    """pps-1 alone says that kpps-1 gave him the box; kpps-1 hands it to ppk-1 and claims to take that back."""
    seal, s1 = sealed(world)
    claim, s2 = to_pps(world, s1, "pps-1")
    made = world.handoff(world.line(BOX, s1), giver="kpps-1", receiver="ppk-1", start=TPS, end=PPK, withdraws=[s2])
    return [seal, claim, world.sign(made, "kpps-1", "ppk-1")]


def claim_withdrawn_by_an_offer(world: World) -> Notes:
    seal, s1 = sealed(world)
    claim, s2 = to_pps(world, s1, "pps-1")
    return [seal, claim, to_pps(world, s1, "kpps-1", place=TPS, withdraws=[s2])[0]]


def claim_withdrawn_and_signed(world: World) -> Notes:
    """The claim that he took back is completed by his own signature."""
    seal, s1 = sealed(world)
    made = world.handoff(world.line(BOX, s1), giver="kpps-1", receiver="pps-1", start=TPS, end=DESA)
    again = to_pps(world, s1, "kpps-1", place=TPS, withdraws=[made.sid])[0]
    return [seal, world.sign(made, "pps-1"), again, world.sign(made, "kpps-1")]


def strange(world: World) -> Notes:
    """A note in the name of others, with a signature of a third."""
    seal, s1 = sealed(world)
    return [seal, to_pps(world, s1, "kpps-2")[0]]


def strange_withdrawn(world: World) -> Notes:
    seal, s1 = sealed(world)
    stray, s2 = to_pps(world, s1, "kpps-2")
    return [seal, stray, to_pps(world, s1, place=TPS, withdraws=[s2])[0]]


def strange_taken_back(world: World) -> Notes:
    seal, s1 = sealed(world)
    stray, s2 = to_pps(world, s1, "kpps-2", recorder="guard-1")
    return [seal, stray, correction(world, s2, "void", "kasatops-1"), to_pps(world, s1)[0]]


def unsigned_taken_back(world: World) -> Notes:
    seal, s1 = sealed(world)
    unsigned = {"deed": None, "name": None, "reason": "no-key"}
    link, s2 = to_pps(world, s1, "pps-1", unsigned=unsigned)
    return [seal, link, correction(world, s2, "void", "kasatops-1"), to_pps(world, s1)[0]]


def completed_withdrawal_taken_back(world: World) -> Notes:
    """Its sides take the second of two branches back: what it claimed to withdraw is no finding any more."""
    seal, s1 = sealed(world)
    offer, s2 = to_pps(world, s1)
    again, s3 = to_pps(world, s1, place=TPS, withdraws=[s2])
    return [seal, offer, again, correction(world, s3, "void", "kpps-1", "pps-1")]


def told_twice_by_others(world: World) -> Notes:
    """A stranger adds his signature to the receiver's ack and tells it otherwise: he contradicts nobody."""
    seal, s1 = sealed(world)
    offer, s2 = to_pps(world, s1, "kpps-1")
    first = ack(world, s2, "receiver", "pps-1")
    text = note.split(first)[0]
    both = note.join(text, [world.person(name).line(text) for name in ("kpps-2", "pps-1")])
    return [seal, offer, both, ack(world, s2, "receiver", "kpps-2")]


def acknowledged_and_taken_back_by_one(world: World) -> Notes:
    """The holder declared himself the giver: the receiver alone does not give the box back to him."""
    seal, s1 = sealed(world)
    unsigned = {"deed": None, "name": None, "reason": "no-key"}
    made = world.handoff(world.line(BOX, s1), giver=None, receiver="pps-1", start=TPS, end=DESA, unsigned=unsigned)
    acked = ack(world, made.sid, "giver", "kpps-1")
    return [seal, world.sign(made, "pps-1"), acked, correction(world, made.sid, "void", "pps-1")]


def undone_alone(world: World) -> Notes:
    """A new offer, signed by the giver alone, that claims to take back what both have signed."""
    seal, s1 = sealed(world)
    done, s2 = to_pps(world, s1)
    return [seal, done, to_pps(world, s1, "kpps-1", place=TPS, withdraws=[s2])[0]]


def acknowledged_by_a_stranger(world: World) -> Notes:
    seal, s1 = sealed(world)
    unsigned = {"deed": None, "name": None, "reason": "no-key"}
    made = world.handoff(world.line(BOX, s1), giver=None, receiver="pps-1", start=TPS, end=DESA, unsigned=unsigned)
    return [seal, world.sign(made, "pps-1"), ack(world, made.sid, "giver", "kpps-2")]


def told_twice(world: World) -> Notes:
    seal, s1 = sealed(world)
    offer, s2 = to_pps(world, s1, "kpps-1")
    torn = [{**one, "state": "torn"} if one["point"] == "lid" else one for one in SEALS]
    loose = [{**one, "state": "loose"} if one["point"] == "lid" else one for one in SEALS]
    return [seal, offer, ack(world, s2, "receiver", "pps-1", seals=torn), ack(world, s2, "receiver", "pps-1", seals=loose)]


def corrected(world: World) -> Notes:
    seal, s1 = sealed(world)
    wrong, s2 = to_pps(world, s1)
    return [seal, wrong, correction(world, s2, "void", "kpps-1", "pps-1")]


def corrected_by_supervisor(world: World) -> Notes:
    seal, s1 = sealed(world)
    wrong, s2 = to_pps(world, s1)
    return [seal, wrong, correction(world, s2, "void", "kasatops-1")]


def a_branch_corrected_by_supervisor(world: World) -> Notes:
    """Between two records that contradict each other no supervisor chooses alone."""
    seal, s1 = sealed(world)
    one, s2 = to_pps(world, s1)
    return [seal, one, to_pps(world, s1, place=TPS)[0], correction(world, s2, "void", "kasatops-1")]


def a_branch_corrected_by_its_sides(world: World) -> Notes:
    seal, s1 = sealed(world)
    one, s2 = to_pps(world, s1)
    return [seal, one, to_pps(world, s1, place=TPS)[0], correction(world, s2, "void", "kpps-1", "pps-1")]


def corrected_by_one(world: World) -> Notes:
    seal, s1 = sealed(world)
    wrong, s2 = to_pps(world, s1)
    return [seal, wrong, correction(world, s2, "void", "kpps-1")]


def corrected_too_late(world: World) -> Notes:
    seal, s1 = sealed(world)
    wrong, s2 = to_pps(world, s1)
    return [seal, wrong, to_ppk(world, s2)[0], correction(world, s2, "void", "kpps-1", "pps-1")]


def corrected_twice_inwards(world: World) -> Notes:
    seal, s1 = sealed(world)
    first, s2 = to_pps(world, s1)
    second, s3 = to_ppk(world, s2)
    return [seal, first, second, correction(world, s3, "void", "kasatops-1"), correction(world, s2, "void", "kasatops-1")]


HISTORIES: dict[str, tuple[Callable[[World], Notes], str, str | None, set[str]]] = {
    # name: notes, status, holder, findings beyond the ones every small world gives
    "clean": (clean, "ok", "ppk-1", set()),
    "offered": (offered, "offered", "kpps-1", {"box.offered"}),
    "claimed": (claimed, "claimed", "kpps-1", {"box.claimed"}),
    "completed later": (completed_later, "ok", "pps-1", set()),
    "signed apart": (signed_apart, "ok", "pps-1", set()),
    "received with differences": (received_with_differences, "ok", "pps-1", {"receipt.differs", "seal.changed"}),
    "giver unsigned": (giver_unsigned, "ok", "pps-1", {"giver.unsigned"}),
    "giver acknowledged": (giver_acknowledged, "ok", "pps-1", {"giver.acknowledged"}),
    "forked": (forked, "disputed", "kpps-1", {"box.disputed", "signer.contradiction"}),
    "two roots": (two_roots, "disputed", None, {"box.disputed", "signer.contradiction"}),
    "orphaned": (orphaned, "orphan", "kpps-1", {"box.orphan"}),
    "withdrawn": (withdrawn, "ok", "pps-1", set()),
    "withdrawn and completed": (
        withdrawn_and_completed,
        "disputed",
        "kpps-1",
        {"offer.completed-withdrawn", "box.disputed", "signer.contradiction"},
    ),
    "claim withdrawn": (claim_withdrawn, "ok", "ppk-1", {"offer.open", "withdrawal.no-effect", "leg.skipped"}),
    "claim withdrawn by an offer": (
        claim_withdrawn_by_an_offer,
        "offered",
        "kpps-1",
        {"box.claimed", "box.offered", "withdrawal.no-effect"},
    ),
    "claim withdrawn and signed": (claim_withdrawn_and_signed, "ok", "pps-1", {"offer.open", "offer.completed-withdrawn"}),
    "strange": (strange, "ok", "kpps-1", {"statement.unsigned"}),
    "strange, withdrawn": (strange_withdrawn, "ok", "pps-1", {"statement.unsigned", "withdrawal.no-effect"}),
    "strange, taken back": (strange_taken_back, "ok", "pps-1", {"correction.void"}),
    "giver unsigned, taken back": (unsigned_taken_back, "ok", "pps-1", {"correction.void"}),
    "withdrawal taken back": (completed_withdrawal_taken_back, "ok", "pps-1", {"correction.void"}),
    "told twice by others": (told_twice_by_others, "ok", "pps-1", {"ack.no-effect"}),
    "acknowledged, taken back by one": (acknowledged_and_taken_back_by_one, "ok", "pps-1", {"giver.acknowledged", "correction.no-effect"}),
    "one giver cannot undo": (undone_alone, "ok", "pps-1", {"offer.completed-withdrawn", "offer.open"}),
    "a stranger is no giver": (acknowledged_by_a_stranger, "ok", "pps-1", {"giver.unsigned", "ack.no-effect"}),
    "told twice": (told_twice, "ok", "pps-1", {"receipt.differs", "seal.changed", "ack.twice"}),
    "corrected": (corrected, "ok", "kpps-1", {"correction.void"}),
    "corrected by supervisor": (corrected_by_supervisor, "ok", "kpps-1", {"correction.void"}),
    "a branch corrected by a supervisor": (
        a_branch_corrected_by_supervisor,
        "disputed",
        "kpps-1",
        {"box.disputed", "correction.no-effect", "signer.contradiction"},
    ),
    "a branch corrected by its sides": (a_branch_corrected_by_its_sides, "ok", "pps-1", {"correction.void"}),
    "corrected by one": (corrected_by_one, "ok", "pps-1", {"correction.no-effect"}),
    "corrected too late": (corrected_too_late, "ok", "ppk-1", {"correction.no-effect"}),
    "corrected twice, inwards": (corrected_twice_inwards, "ok", "kpps-1", {"correction.void"}),
}
USUAL = {"label.not-read", "time.unbounded"}


def told(findings: Sequence[Finding]) -> set[str]:
    return {one.code for one in findings}


@pytest.mark.parametrize("name", HISTORIES)
def test_history(name: str) -> None:
    build, status, holder, codes = HISTORIES[name]
    verdict = judged(build)
    state = verdict.boxes[BOX]
    assert (state.status, state.holding.holder if state.holding else None) == (status, holder)
    assert told(verdict.findings) - USUAL == codes


def out_and_back(world: World) -> Notes:
    """Packed at the store, brought to its polling station, sealed there, on its way back."""
    packed = world.seal(world.line(BOX, None), place=STORE, phase="packed")
    out = world.handoff(world.line(BOX, packed.sid), giver="kpps-1", receiver="pps-1", start=STORE, end=DESA)
    here = world.handoff(world.line(BOX, out.sid), giver="pps-1", receiver="kpps-1", start=DESA, end=TPS)
    voted = world.seal(world.line(BOX, here.sid))
    seals = world.sign(packed, "kpps-1", "guard-1"), world.sign(voted, "kpps-1", "guard-1")
    legs = world.sign(out, "kpps-1", "pps-1"), world.sign(here, "pps-1", "kpps-1"), to_pps(world, voted.sid)[0]
    return [seals[0], *legs[:2], seals[1], legs[2]]


@pytest.mark.parametrize(
    ("build", "count", "way"),
    [(out_and_back, 1, (STORE,)), (out_and_back, 3, (STORE, DESA, TPS)), (out_and_back, 4, (TPS,)), (out_and_back, 5, (TPS, DESA)),
     (clean, 3, (TPS, DESA, PPK)), (corrected, 3, (TPS,))],
    ids=["packed", "out", "sealed at home", "back", "to the PPK", "taken back"],
)  # fmt: skip
def test_the_way_of_a_box_begins_anew_where_it_is_sealed_at_home(build: Callable[[World], Notes], count: int, way: tuple[str, ...]) -> None:
    state = judged(lambda world: build(world)[:count]).boxes[BOX]
    assert state.holding is not None
    assert state.holding.way == way


@pytest.mark.parametrize(
    ("build", "stated"), [(clean, 2), (signed_apart, 1), (received_with_differences, 2)], ids=["at once", "signed apart", "by an ack"]
)
def test_a_box_is_held_since_the_entry_that_completed_its_link_at_the_moment_which_that_states(
    build: Callable[[World], Notes], stated: int
) -> None:
    notes = build(ready())
    holding = judged(build).boxes[BOX].holding
    assert holding is not None
    moment = parse(notes[stated]).statement.body["happened"]["at"]
    assert (holding.entry, holding.at) == (len(ready().entries) + len(notes) - 1, to_seconds(moment))


TOO_LATE = {"corrected": None, "corrected by one": "unentitled", "corrected too late": "followed"}


@pytest.mark.parametrize("name", TOO_LATE)
def test_a_correction_says_to_whom_the_box_goes_back_or_why_it_has_no_effect(name: str) -> None:
    (told,) = [dict(one.facts) for one in judged(HISTORIES[name][0]).findings if one.code.startswith("correction.")]
    assert (told.get("holder"), told.get("why")) == ("kpps-1" if name == "corrected" else None, TOO_LATE[name])


def shape(verdict: Verdict, notes: Notes) -> tuple[object, ...]:
    """State and findings without entry indexes, which do depend on the order of arrival."""
    state: BoxState = verdict.boxes[BOX]
    holding = state.holding._replace(entry=0, looked=0, taken=0) if state.holding else None
    told = (one for one in verdict.findings if one.code != "entry.again")  # that speaks of the ledger, which has an order
    return state._replace(holding=holding), sorted((one.code, one.box or "", one.facts) for one in told)


@pytest.mark.parametrize("name", HISTORIES)
def test_every_order_of_arrival_gives_one_state(name: str) -> None:
    build = HISTORIES[name][0]
    count = len(build(ready()))
    expected = None
    for order in permutations(range(count)):
        world = ready()
        got = shape(judged(build, order), build(world))
        expected = got if expected is None else expected
        assert got == expected, order


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_random_trees_of_links_in_two_orders_25_samples(parents: list[int], random: object) -> None:
    """Links that each follow one of the last three: forks, orphans and long chains, straight and shuffled."""

    def build(world: World) -> Notes:
        seal, sid = sealed(world)
        notes, sids = [seal], [sid]
        for step in parents:
            turn = len(sids) % 2
            made = (to_pps if turn else to_ppk)(world, sids[max(0, len(sids) - 1 - step)])
            notes.append(made[0])
            sids.append(made[1])
        return notes

    straight = list(range(len(parents) + 1))
    shuffled = list(straight)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    world = ready()
    assert shape(judged(build, straight), build(world)) == shape(judged(build, shuffled), build(world))
