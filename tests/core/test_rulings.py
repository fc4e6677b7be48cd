"""Disputes and rulings (spec chapter 9, FOLD-12 to FOLD-14): named histories, attackers, and every order of arrival gives one state."""

from collections.abc import Callable
from typing import Any

import pytest

from custody.core.entry import parse
from custody.core.findings import Finding, open_breaches
from custody.core.verdict import Verdict
from fixtures.anyorder import orders, shape, told, verdict_of
from fixtures.smallhistory import (
    DESA,
    NO_KEY,
    PRESIDENT,
    acked,
    closed,
    corrected,
    enrol,
    hand,
    handing,
    log,
    on,
    revoked,
    ruled,
    seal,
    small,
)
from fixtures.smallworld import BOX, World

CHIEFS = ("kasatops-1", "kasatops-2")
Build = Callable[[World], object]


def begin() -> World:
    """The small world with four supervisors, of whom the fourth is the third with a second key."""
    world = small()
    for name, person in (("kasatops-2", None), ("kasatops-3", None), ("kasatops-4", "kasatops-3"), ("kasatops-5", None)):
        enrol(world, world.person(name, person), "supervisor", ["5307"])
    enrol(world, world.person("pps-3"), "pps", [DESA])
    return world


def forked(world: World, **second: Any) -> tuple[str, str, str]:
    """Two complete handoffs after one seal: the seal, the handoff to pps-1, the other (to pps-3, as if he had signed for it alone)."""
    prev = seal(world)
    one = hand(world, prev)
    made = handing(world, prev, **{"giver": None, "receiver": "pps-3", "place": DESA, "unsigned": NO_KEY, **second})
    return prev, one, log(world, made, "pps-3")


def by(*names: str, **more: Any) -> Build:
    """The first handoff stands, the second falls."""

    def build(world: World) -> None:
        prev, one, other = forked(world)
        ruled(world, prev, one, [other], *names, **more)

    return build


def second_stands(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, other, [one], *CHIEFS)


def none_stands(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, None, [one, other], *CHIEFS)


def goes_on(world: World) -> None:
    """A later link names a live descendant of what stands; one on the fallen branch is void with it."""
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    on(world, one)


def fallen_goes_on(world: World) -> None:
    prev, one, other = forked(world)
    on(world, other, giver="pps-3")
    ruled(world, prev, one, [other], *CHIEFS)


def a_sibling_more(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    hand(world, prev, place="5307192001-001")


def one_root_falls(world: World) -> None:
    one, other = seal(world), seal(world)
    ruled(world, None, one, [other], *CHIEFS)


def in_conflict(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    ruled(world, prev, other, [one], *CHIEFS)


def said_twice(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    ruled(world, prev, one, [other], "kasatops-2", "kasatops-3")


def superseded(world: World) -> None:
    prev, one, other = forked(world)
    older = ruled(world, prev, one, [other], *CHIEFS)
    ruled(world, prev, other, [one], *CHIEFS, supersedes=[older])


def superseded_by_one(world: World) -> None:
    """A ruling that too few have signed replaces none."""
    prev, one, other = forked(world)
    older = ruled(world, prev, one, [other], *CHIEFS)
    ruled(world, prev, other, [one], "kasatops-1", supersedes=[older])


def superseded_elsewhere(world: World) -> None:
    """A ruling about another box of the same TPS replaces nothing here."""
    prev, one, other = forked(world)
    older = ruled(world, prev, one, [other], *CHIEFS)
    ruled(world, prev, other, [one], *CHIEFS, box=PRESIDENT, supersedes=[older])


def signed_apart(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], "kasatops-1")
    world.clock -= 60
    ruled(world, prev, one, [other], "kasatops-2")


def about_another_box(world: World) -> None:
    """Links of this box, named in a ruling on another."""
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS, box=PRESIDENT)


def of_a_recorder(world: World) -> None:
    """A supervisor who wrote down one of the branches is no side of it."""
    prev = seal(world)
    one = hand(world, prev, "kpps-1", "pps-1", "kasatops-1", recorder="kasatops-1")
    other = log(world, handing(world, prev, giver=None, receiver="pps-3", unsigned=NO_KEY), "pps-3")
    ruled(world, prev, one, [other], *CHIEFS)


def of_a_name(world: World) -> None:
    """A supervisor whom the receiver alone calls the giver is no party: else anybody could keep supervisors from ruling."""
    prev, one, other = forked(world, giver="kasatops-1")
    ruled(world, prev, one, [other], *CHIEFS)


def of_a_side(world: World) -> None:
    """A supervisor who signed one of the branches as its giver is a party."""
    prev = seal(world)
    one = hand(world, prev)
    other = hand(world, prev, "kasatops-1", "pps-3", giver="kasatops-1", receiver="pps-3")
    ruled(world, prev, one, [other], *CHIEFS)


def party_and_two(world: World) -> None:
    """Two who are no parties suffice; the party who signs with them harms nothing."""
    prev = seal(world)
    one = hand(world, prev)
    other = hand(world, prev, "kasatops-1", "pps-3", giver="kasatops-1", receiver="pps-3")
    ruled(world, prev, one, [other], *CHIEFS, "kasatops-3")


def of_who_acked(world: World) -> None:
    """A supervisor who acknowledged a branch as its giver is a party."""
    prev, one, other = forked(world, giver="kasatops-1")
    acked(world, other, "giver", "kasatops-1")
    ruled(world, prev, one, [other], *CHIEFS)


def of_who_acked_in_vain(world: World) -> None:
    """An ack that does nothing makes nobody a party."""
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    acked(world, one, "receiver", "kasatops-2")
    acked(world, other, "giver", "kasatops-1")


def signs_too(world: World) -> None:
    """Nor does a line that one of the two puts under what has fallen, also where the text calls him its recorder."""
    prev = seal(world)
    one = hand(world, prev)
    made = handing(world, prev, giver=None, receiver="pps-3", unsigned=NO_KEY, recorder="kasatops-1")
    ruled(world, prev, one, [log(world, made, "pps-3")], *CHIEFS)
    log(world, made, "kasatops-1", "kasatops-2")


def not_here(world: World) -> None:
    prev, one, _ = forked(world)
    ruled(world, prev, one, ["ab" * 32], *CHIEFS)


def stands_not_here(world: World) -> None:
    prev, one, _ = forked(world)
    ruled(world, prev, "ab" * 32, [one], *CHIEFS)


def stands_elsewhere(world: World) -> None:
    """What shall stand follows another link."""
    prev, one, other = forked(world)
    ruled(world, prev, on(world, one), [other], *CHIEFS)


def late_ack_of_two(world: World) -> None:
    """A stranger had signed the receiver's ack in time."""
    prev = seal(world)
    offer = hand(world, prev, "kpps-1")
    revoked(world, "pps-1")
    acked(world, offer, "receiver", "pps-1", "kpps-2")
    ruled(world, prev, offer, [], *CHIEFS)


def offered_on(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    on(world, one, "pps-1")


def offer_stands(world: World) -> None:
    """A ruling signs for nobody: an offer stays an offer."""
    prev = seal(world)
    one, offer = hand(world, prev), hand(world, prev, "kpps-1", place="5307192001-001")
    ruled(world, prev, offer, [one], *CHIEFS)


def offer_falls(world: World) -> None:
    prev = seal(world)
    claim = hand(world, prev, "pps-1")
    ruled(world, prev, None, [claim], *CHIEFS)


def closing_falls(world: World) -> None:
    """One branch of a fork was closed by authorities since."""
    prev, one, other = forked(world)
    closed(world, one)
    ruled(world, prev, other, [one], *CHIEFS)


def middle_falls(world: World) -> None:
    """What no other link contradicts is no dispute, be it in the middle of a chain."""
    prev = seal(world)
    one = hand(world, prev)
    on(world, one)
    ruled(world, prev, None, [one], *CHIEFS)


def late(world: World, *falls: str) -> str:
    """The receiver signed, and his key was revoked before that arrived; entry of his handoff."""
    prev = seal(world)
    revoked(world, "pps-1")
    link = hand(world, prev)
    ruled(world, prev, link, falls, *CHIEFS)
    return link


def late_ack(world: World) -> None:
    prev = seal(world)
    offer = hand(world, prev, "kpps-1")
    revoked(world, "pps-1")
    acked(world, offer, "receiver", "pps-1")
    ruled(world, prev, offer, [], *CHIEFS)


def late_goes_on(world: World) -> None:
    link = late(world)
    log(world, handing(world, link, giver="pps-1", receiver="ppk-1", start=DESA, end="530719", unsigned=NO_KEY), "ppk-1")


def fallen_is_taken_back(world: World) -> None:
    """What a ruling has decided against needs no correction any more."""
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    corrected(world, other, "kasatops-3")


def standing_is_taken_back(world: World) -> None:
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)
    corrected(world, one, "kpps-1", "pps-1")


def of_revoked(world: World) -> None:
    revoked(world, "kasatops-2")
    prev, one, other = forked(world)
    ruled(world, prev, one, [other], *CHIEFS)


OPEN = {"box.disputed", "giver.not-holder", "giver.unsigned"}
MADE = {"ruling.made"}
VOID = {"ruling.no-effect"}
HISTORIES: dict[str, tuple[Build, str, str | None, set[str]]] = {
    # name: what is logged, status, holder, findings
    "not ruled": (forked, "disputed", "kpps-1", OPEN - {"giver.not-holder"}),
    "the first stands": (by(*CHIEFS), "ruled", "pps-1", MADE),
    "the second stands": (second_stands, "ruled", "pps-3", {*MADE, "giver.unsigned"}),
    "none stands": (none_stands, "ruled", "kpps-1", MADE),
    "it goes on": (goes_on, "ruled", "ppk-1", MADE),
    "the fallen branch had gone on": (fallen_goes_on, "ruled", "pps-1", MADE),
    "a third branch": (a_sibling_more, "disputed", "kpps-1", {*MADE, "box.disputed", "signer.contradiction"}),
    "two beginnings": (one_root_falls, "ruled", "kpps-1", {"ruling.made", "signer.contradiction"}),
    "two rulings": (in_conflict, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, "ruling.conflict"}),
    "the same ruling twice": (said_twice, "ruled", "pps-1", MADE),
    "a newer ruling": (superseded, "ruled", "pps-3", {*MADE, "giver.unsigned"}),
    "a newer ruling of one": (superseded_by_one, "ruled", "pps-1", {*MADE, *VOID}),
    "a newer ruling on another box": (superseded_elsewhere, "ruled", "pps-1", {*MADE, *VOID}),
    "signed apart": (signed_apart, "ruled", "pps-1", MADE),
    "by one": (by("kasatops-1"), "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "by two keys of one person": (by("kasatops-3", "kasatops-4"), "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "by strangers": (by("guard-1", "ppk-1"), "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID, "role.kind"}),
    "by authorities": (by("kpu-1", "bawaslu-1"), "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID, "role.kind"}),
    "by one whose key is revoked": (of_revoked, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "by a recorder": (of_a_recorder, "ruled", "pps-1", MADE),
    "by one whom a lone receiver names": (of_a_name, "ruled", "pps-1", {*MADE, "role.kind"}),
    "by a side": (of_a_side, "disputed", "kpps-1", {*OPEN - {"giver.unsigned"}, *VOID, "role.kind"}),
    "by a party and two more": (party_and_two, "ruled", "pps-1", {*MADE, "role.kind"}),
    "by one who acked": (of_who_acked, "disputed", "kpps-1", {*OPEN - {"giver.unsigned"}, *VOID, "giver.acknowledged", "role.kind"}),
    "by two who then ack in vain": (of_who_acked_in_vain, "ruled", "pps-1", {*MADE, "ack.no-effect", "role.kind"}),
    "by two who then sign what fell": (signs_too, "ruled", "pps-1", MADE),
    "about another box": (about_another_box, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "nothing falls": (not_here, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "nothing stands": (stands_not_here, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "what stands is elsewhere": (stands_elsewhere, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "a late ack of two": (late_ack_of_two, "ruled", "pps-1", {"ruling.made"}),
    "it is offered on": (offered_on, "offered", "pps-1", {*MADE, "box.offered"}),
    "an offer stands": (offer_stands, "ok", "pps-1", {*VOID, "offer.open"}),
    "a claim falls": (offer_falls, "claimed", "kpps-1", {"box.claimed", *VOID}),
    "what nobody contradicts": (middle_falls, "ok", "ppk-1", VOID),
    "a closing falls": (closing_falls, "disputed", "kpps-1", {*OPEN - {"giver.not-holder"}, *VOID}),
    "a late link": (late, "ruled", "pps-1", {"ruling.made"}),
    "a late ack": (late_ack, "ruled", "pps-1", {"ruling.made", "statement.late"}),
    "a late link goes on": (late_goes_on, "ruled", "ppk-1", {"ruling.made", "giver.unsigned"}),
    "what fell is taken back": (fallen_is_taken_back, "ruled", "pps-1", {*MADE, "correction.no-effect"}),
    "what stands is taken back": (standing_is_taken_back, "ruled", "kpps-1", {*MADE, "correction.void"}),
}


def judged(build: Build) -> Verdict:
    world = begin()
    build(world)
    return verdict_of(world)


@pytest.mark.parametrize("name", HISTORIES)
def test_history(name: str) -> None:
    build, status, holder, codes = HISTORIES[name]
    verdict = judged(build)
    state = verdict.boxes[BOX]
    assert (state.status, state.holding and state.holding.holder) == (status, holder)
    assert told(verdict) == codes


@pytest.mark.parametrize("name", HISTORIES)
def test_every_order_of_arrival_gives_one_state(name: str) -> None:
    shapes = [shape(verdict, BOX) for verdict in orders(begin, HISTORIES[name][0])]
    assert len(shapes) > 1
    assert all(one == shapes[0] for one in shapes)


WHY = {
    "by one": "short",
    "by two keys of one person": "short",
    "by strangers": "short",
    "by one whose key is revoked": "short",
    "a newer ruling of one": "short",
    "by a side": "party",
    "by one who acked": "party",
    "about another box": "nothing",
    "nothing falls": "nothing",
    "nothing stands": "nothing",
    "what stands is elsewhere": "nothing",
    "an offer stands": "nothing",
    "a claim falls": "undisputed",
    "what nobody contradicts": "undisputed",
    "a closing falls": "closing",
}


@pytest.mark.parametrize("name", WHY)
def test_a_ruling_without_effect_says_why(name: str) -> None:
    (one,) = [one for one in judged(HISTORIES[name][0]).findings if one.code == "ruling.no-effect"]
    assert dict(one.facts) == {"why": WHY[name]}
    assert open_breaches([one]) == ()


def against(verdict: Verdict) -> list[Finding]:
    return [one for one in open_breaches(verdict.findings) if one.box in (BOX, None)]


@pytest.mark.parametrize(("build", "count"), [(by(*CHIEFS), 1), (fallen_goes_on, 2), (none_stands, 2)], ids=["one", "with the next", "all"])
def test_what_a_ruling_decides_against_stays_and_stands_against_nobody(build: Build, count: int) -> None:
    verdict = judged(build)
    (made,) = [one for one in verdict.findings if one.code == "ruling.made"]
    assert len(verdict.boxes[BOX].fallen) == count
    assert tuple(dict(made.facts)["falls"].split()) == verdict.boxes[BOX].fallen  # type: ignore[union-attr]
    assert made.entries == (len(begin().entries) + 1, len(begin().entries) + 2, max(made.entries))
    assert against(verdict) == []


@pytest.mark.parametrize("ruled_on", [False, True], ids=["open", "ruled"])
def test_who_signed_both_has_contradicted_himself_and_a_ruling_clears_the_box_of_it(ruled_on: bool) -> None:
    def build(world: World) -> None:
        one, other = seal(world), seal(world, "kpps-1", "guard-2", witness="guard-2")
        if ruled_on:
            ruled(world, None, one, [other], *CHIEFS)

    world = begin()
    enrol(world, world.person("guard-2"), "guard", ["5307"])
    build(world)
    verdict = verdict_of(world)
    (own,) = [one for one in verdict.findings if one.code == "signer.contradiction"]
    one = len(world.entries) - 2 - ruled_on
    assert own.entries == ((one, one + 1, one + 2) if ruled_on else (one, one + 1))
    by = parse(world.entries[-1]).statement.sid if ruled_on else "-"
    assert (own.box, dict(own.facts)) == (BOX, {"key": "kpps-1", "after": "-", "ruling": by})
    assert {one.code for one in against(verdict)} == (set() if ruled_on else {"box.disputed", "signer.contradiction"})


def test_two_keys_of_one_person_contradict_each_other() -> None:
    world = begin()
    enrol(world, world.person("pps-9", "pps-1"), "pps", [DESA])
    prev = seal(world)
    hand(world, prev)
    log(world, handing(world, prev, giver=None, receiver="pps-9", unsigned=NO_KEY), "pps-9")
    (own,) = [one for one in verdict_of(world).findings if one.code == "signer.contradiction"]
    assert dict(own.facts) == {"after": prev, "key": "pps-1, pps-9", "ruling": "-"}
