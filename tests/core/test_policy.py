"""The trust file: round trips of invented policies, and the time of a quorum against a slow count."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import checkpoint, note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import BadSignature, Malformed, Undecided
from custody.core.policy import Group, Policy
from fixtures.actors import LEDGER, ORIGIN, Actor
from fixtures.vectorsets.core_tree import ROOTS

WITNESSES = [Actor(f"saksi-{number}.contoh.example", note.COSIGNATURE) for number in range(6)]
SIGNED = checkpoint.sign(Checkpoint(ORIGIN, 7, ROOTS[7]), LEDGER.sign, LEDGER.key)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Up to six witnesses under groups of groups, all told by chance."""
    names = draw(st.lists(st.text("abcx#\xe9/:.", min_size=1, max_size=5), min_size=1, max_size=6, unique=True))
    witnesses = {name: actor.key for name, actor in zip(names, WITNESSES, strict=False)}
    groups: dict[str, Group] = {}
    free = list(witnesses)
    for number in count():
        members = draw(st.lists(st.sampled_from(free), min_size=1, max_size=4, unique=True))
        groups[f"group-{number}"] = Group(draw(st.integers(1, len(members))), tuple(members))
        free = [name for name in free if name not in members] + [f"group-{number}"]
        if len(free) == 1 or draw(st.booleans()):
            break
    quorum = draw(st.sampled_from(["none", *witnesses, *groups]))
    reached = draw(st.lists(st.sampled_from([LEDGER.key, *witnesses.values()]), unique=True))
    urls = dict.fromkeys(reached, "https://contoh.example/")
    return Policy((LEDGER.key,), witnesses, groups, quorum, urls)


def cosigned(times: dict[int, int]) -> bytes:
    text, lines = note.split(SIGNED)
    signed = [checkpoint.cosign(SIGNED, WITNESSES[number].sign, WITNESSES[number].key, time) for number, time in times.items()]
    return note.join(text, [*lines, *signed])


def satisfied(policy: Policy, name: str, present: set[str]) -> bool:
    """Whether a witness or group has witnessed, when exactly these key names have cosigned."""
    if name in policy.groups:
        group = policy.groups[name]
        return sum(satisfied(policy, member, present) for member in group.members) >= group.threshold
    return policy.witnesses[name].name in present


@given(policies())
def test_a_policy_is_read_as_it_was_written(policy: Policy) -> None:
    assert Policy.parse(policy.format()) == policy


@given(policies(), st.dictionaries(st.integers(0, 5), st.integers(1, 9), max_size=6))
def test_the_quorum_is_reached_at_the_first_moment_that_enough_had_cosigned(policy: Policy, times: dict[int, int]) -> None:
    moments = [
        moment
        for moment in range(10)
        if policy.requires_witnesses
        and satisfied(policy, policy.quorum, {WITNESSES[number].key.name for number, time in times.items() if time <= moment})
    ]
    assert policy.witnessed(cosigned(times)) == (moments[0] if moments else None)


def test_one_more_cosignature_never_makes_it_later() -> None:
    policy = Policy((LEDGER.key,), {str(n): WITNESSES[n].key for n in range(3)}, {"q": Group(2, ("0", "1", "2"))}, "q")
    growing: list[dict[int, int]] = [{0: 5}, {0: 5, 1: 9}, {0: 5, 1: 9, 2: 7}, {0: 5, 1: 9, 2: 1}]
    assert [policy.witnessed(cosigned(times)) for times in growing] == [None, 9, 7, 5]


def test_the_checkpoint_is_signed_by_a_log_of_the_policy() -> None:
    assert Policy((LEDGER.key,)).checkpoint(SIGNED).size == 7
    with pytest.raises(BadSignature):
        Policy((Actor("other.contoh.example/" + "0" * 32).key,)).checkpoint(SIGNED)
    with pytest.raises(Undecided):
        Policy(()).checkpoint(SIGNED)


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(Policy((LEDGER.key,), {"two words": WITNESSES[0].key}), id="space in a name"),
        pytest.param(Policy((LEDGER.key,), {"": WITNESSES[0].key}), id="empty name"),
        pytest.param(Policy((LEDGER.key,), {"a": WITNESSES[0].key}, quorum="b"), id="quorum nowhere defined"),
        pytest.param(Policy((LEDGER.key,), {"a": WITNESSES[0].key}, {"g": Group(2, ("a",))}), id="more than there are"),
        pytest.param(Policy((WITNESSES[0].key,)), id="a witness's key for a log"),
        pytest.param(Policy((LEDGER.key,), urls={LEDGER.key: "a\nquorum none"}), id="newline in an address"),
        pytest.param(Policy((LEDGER.key, LEDGER.key)), id="one log twice"),
        pytest.param(Policy((LEDGER.key,), urls={LEDGER.key: ""}), id="empty address"),
    ],
)
def test_a_policy_that_no_file_can_say_is_not_written(policy: Policy) -> None:
    with pytest.raises(Malformed):
        policy.format()


def test_an_error_names_the_line() -> None:
    with pytest.raises(Malformed) as refusal:
        Policy.parse(f"# first\n\nlog {LEDGER.key}\ntrust me\n".encode())
    assert (refusal.value.code, refusal.value.facts) == ("policy.word", {"line": 4, "word": "trust"})


def test_32_of_each_are_accepted_as_c2sp_asks() -> None:
    witnesses = {f"w{n}": Actor(f"w{n}.contoh.example", note.COSIGNATURE).key for n in range(32)}
    groups = {f"g{n}": Group(1, (f"w{n}",)) for n in range(32)}
    logs = tuple(Actor(f"l{n}.contoh.example").key for n in range(32))
    policy = Policy(logs, witnesses, groups, "g31")
    assert Policy.parse(policy.format()) == policy
