"""Random histories of one box in two orders of arrival (spec chapter 9, FOLD-1): every kind that takes effect in its chain."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.verdict import Verdict
from fixtures.anyorder import shape, verdict_of
from fixtures.smallhistory import (
    DESA,
    NO_KEY,
    TPS,
    acked,
    closed,
    corrected,
    enrol,
    hand,
    handing,
    log,
    on,
    opened,
    revoked,
    ruled,
    seal,
    small,
    there,
)
from fixtures.smallworld import BOX, World

CHIEFS = ("kasatops-1", "kasatops-2")
Step = tuple[int, int, int, int]  # which kind of statement, which link it is about, which other, who signs
Make = Callable[[World, str, str, int], str | None]  # gives the sid of a link that may be followed


def begin() -> World:
    """The small world with a second supervisor, and with a revoked key that has signed before."""
    world = small()
    enrol(world, world.person("kasatops-2"), "supervisor", ["5307"])
    revoked(world, "ppk-1")
    return world


def _signers(number: int, *names: str) -> tuple[str, ...]:
    """All of them; the first, the second, or a stranger alone."""
    return (names, names[:1], names[1:], ("kpps-2",))[number]


KINDS: tuple[Make, ...] = (
    lambda world, sid, _, who: hand(world, sid, *_signers(who, "kpps-1", "pps-1")),
    lambda world, sid, _, who: on(world, sid, *_signers(who, "pps-1", "ppk-1")),
    lambda world, sid, _, who: log(world, handing(world, sid, giver=None, unsigned=NO_KEY), *_signers(who % 3, "pps-1", "guard-1")),
    lambda world, sid, other, who: hand(world, sid, *_signers(who, "kpps-1", "pps-1"), place=TPS, withdraws=[other]),
    lambda world, sid, _, who: opened(world, sid, *_signers(who, "kpps-1", "guard-1"), row={"seals": []} if who else {}),
    lambda world, sid, _, who: opened(world, sid, *_signers(who, "pps-1", "ppk-1"), officer="pps-1", place=DESA,
                                      present=[there("ppk", "ppk-1")], basis="plenary"),
    lambda world, sid, _, who: closed(world, sid, *_signers(who, "kpu-1", "bawaslu-1")),
    lambda world, sid, _, who: seal(world, *_signers(who, "kpps-1", "guard-1"), prev=sid, phase="transit"),
    lambda world, sid, _, who: acked(world, sid, "receiver", *_signers(who % 3, "pps-1", "ppk-1")) and None,
    lambda world, sid, _, who: acked(world, sid, "giver", *_signers(who % 3, "kpps-1", "pps-1")) and None,
    lambda world, sid, _, who: corrected(world, sid, *_signers(who, "kasatops-1", "pps-1")) and None,
)  # fmt: skip


RULINGS = 3  # of the numbers behind those of the kinds


def build(world: World, steps: list[Step]) -> None:
    """A seal, and what follows it: each step hangs on one of the last links, or rules on one of them and another."""
    prev: dict[str, str | None] = {seal(world): None}
    for kind, about, other, who in steps:
        links = list(prev)
        sid, second = (links[max(0, len(links) - 1 - number)] for number in (about, other))
        if kind >= len(KINDS):
            stands, falls = (None, {sid, second}) if kind > len(KINDS) else (sid, {second} - {sid})
            ruled(world, prev[sid], stands, sorted(falls), *_signers(who % 2 * who, *CHIEFS))
            continue
        made = KINDS[kind](world, sid, second, who)
        if made is not None:
            prev[made] = sid


def judged(order: list[bytes]) -> Verdict:
    world = begin()
    for data in order:
        world.log(data, head=False)
    return verdict_of(world)


STEP = st.tuples(st.integers(0, len(KINDS) - 1 + RULINGS), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3))
STEPS = st.lists(STEP, min_size=2, max_size=9)


@given(STEPS, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_random_histories_in_two_orders_80_samples(steps: list[Step], random: object) -> None:
    first = begin()
    base = len(first.entries)
    build(first, steps)
    straight = first.entries[base:]
    shuffled = list(straight)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert shape(judged(straight), BOX) == shape(judged(shuffled), BOX)
