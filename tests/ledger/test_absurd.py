"""Authentic and absurd (spec chapters 8 to 10): what keys of the roster may sign of any kind stops neither ledger nor judge."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.core import law, note, statement
from custody.core.errors import CustodyError
from custody.core.kinds import KINDS
from custody.core.snapshot import state_from_json, state_to_json
from custody.core.verify import verify
from custody.i18n import words
from custody.ledger.audit import audit
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from fixtures.office import MemoryGuard, key_of
from fixtures.smallhistory import BOXES, SYMBOLS, acked, code_of, hand, on, seal, small
from fixtures.smallworld import Person, World
from fixtures.vectorsets.core_kinds import FIELDS

NAMED = ("giver", "receiver", "sealer", "witness", "officer", "incoming", "recorder")
AUTHORITIES = ("kpu-1", "polri-1", "bawaslu-1", "baru-1")
NEW = "PEM24-5307192001-009-DPR-9"
WORDS = [
    *BOXES, NEW, "0" * 64, "f" * 64, "0" * 32, "0" * 128, "nobody", "x" * 32, "-", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "5307", "530719", "5307192001", "5307192001-001", "5307192002", "5307-GUDANG", "TIADA", "S-0001", "a.b", "DPR", "lid", "é —", "😀",
]  # fmt: skip
NUMBERS = [0, 1, 2, 99, 300, 999, 86_400, 2**53 - 1]
PLAIN = st.sampled_from([*NUMBERS, None, True, False, [], *WORDS])
PATHS = st.lists(st.integers(0, 10**6), min_size=0, max_size=8)


def base() -> tuple[World, list[str]]:
    """Thirteen entries, a chain of four, and the words that mean something here: sids, codes, keys."""
    world = small()
    for name in ("baru-1", "baru-2"):
        world.people[name] = Person(name)
    sids = [seal(world), seal(world, box=BOXES[1])]
    sids.append(hand(world, sids[0]))
    sids.append(on(world, sids[2], "pps-1"))
    sids.append(acked(world, sids[3], "receiver", "ppk-1"))
    keys = [name for name in world.people if "/" not in name]
    names = [str(world.person(name).key) for name in ("baru-1", "baru-2", "guard-1")]
    return world, [*sids, *(code_of(world, box) for box in SYMBOLS), *keys, *names, str(world.ledger_key), world.founding.sid]


BASE, MEANT = base()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, the lists and objects among them."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(body: dict[str, Any], where: int, value: Any) -> dict[str, Any]:
    """The body with another value at one place: a plain one, or of a list less, more, doubled."""
    found = sorted(places(body), key=str)
    *path, last = found[where % len(found)]
    made = copy.deepcopy(body)
    holder: Any = made
    for key in path:
        holder = holder[key]
    old = holder[last]
    holder[last] = [[*old, value], old[:-1], value][where % 3] if isinstance(old, list) else value
    return made


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A kind and a body of its shape, however senseless: changes that break the shape are dropped."""
    kind = draw(st.sampled_from(sorted(FIELDS)))
    body = {**BASE.draft(kind, **{**FIELDS[kind], **({"key": str(BASE.person("baru-1").key)} if kind == "enrol" else {})}).body}
    for where, value in draw(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(MEANT) | PLAIN), max_size=12)):
        made = changed(body, where, value)
        try:
            statement.draft(kind, made)
        except CustodyError:
            continue
        body = {**made, "ledger": BASE.founding.sid}
    return kind, body


@st.composite
def notes(draw: st.DrawFn) -> list[bytes]:
    found = []
    for kind, body in draw(st.lists(bodies(), min_size=1, max_size=5)):
        made = statement.draft(kind, body)
        meant = AUTHORITIES if made.kind.takes_effect == "authority" else [body[field] for field in NAMED if body.get(field) in BASE.people]
        signers = draw(st.sets(st.sampled_from(sorted(BASE.people)), max_size=3)) | set(meant if draw(st.integers(0, 3)) else [])
        signers -= set() if kind == "enrol" else {"baru-1", "baru-2"}
        if signers:
            found.append(note.join(made.text, [BASE.person(name).line(made.text) for name in sorted(signers)]))
    return found


def taken(ledger: Ledger, data: bytes) -> bool:
    """Offer a note as an office does: ask the law first, then append; both may refuse, and nothing else may happen."""
    try:
        ledger.append([data])
    except CustodyError:
        return False
    return True


def test_every_kind_is_in_it() -> None:
    assert sorted([*FIELDS, "founding"]) == sorted(KINDS)


@given(notes())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_authentic_is_kept_and_judged_whatever_it_says_120_samples(offered: list[bytes]) -> None:
    store = MemoryStore()
    ledger = Ledger(store, MemoryGuard(), key_of(BASE))
    ledger.found(BASE.entries[0])
    ledger.append(BASE.entries[1:])
    kept = [data for data in offered if taken(ledger, data)]
    verdict, verified = audit(store, BASE.policy())
    assert (verdict.integrity, verdict.faults) == ("consistent", ()), [note.split(data)[0] for data in kept]
    for one in verdict.findings:
        assert words.say(one.code, {**dict(one.facts), "box": one.box, "entries": one.entries, "entry": "1", "zone": "Asia/Makassar"})
    again = state_from_json(state_to_json(verified.state, verified.replayed))[0]
    assert again.settle(store_note(store)) == verified.state.settle(store_note(store))


def store_note(store: MemoryStore) -> Any:
    return lambda index: store.row(index).body


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(MEANT) | PLAIN), min_size=1, max_size=6))
@settings(max_examples=120, deadline=None)
def test_any_founding_either_begins_a_ledger_or_is_a_fault_120_samples(changes: list[tuple[int, Any]]) -> None:
    body = BASE.founding.body
    for where, value in changes:
        made = changed(body, where, value)
        try:
            statement.draft("founding", made)
        except CustodyError:
            continue
        body = made
    made_founding = statement.draft("founding", body)
    people = [BASE.person(name) for name in ("kpu-1", "polri-1", "bawaslu-1")]
    origin = f"custody.{body['domain']}/{made_founding.sid[:32]}"
    key = type(BASE.ledger_key)(origin, BASE.ledger_key.kind, BASE.ledger_key.public)
    own = note.Line(origin, key.key_id, BASE.ledger_signing.sign(made_founding.text))
    world = World()
    world.entries[0] = note.join(made_founding.text, [*(who.line(made_founding.text) for who in people), own])
    verdict, _ = verify(world, None)
    assert verdict.integrity == "altered" or verdict.origin == origin


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_the_law_answers_of_every_kind(kind: str) -> None:
    """Asked before recording: of a kind without law too."""
    from custody.core.act import act_of
    from custody.core.state import State

    state = State()
    for data in BASE.entries:
        state.apply(*state.authenticate(data))
    made = BASE.draft(kind, **FIELDS[kind])
    entry, keys = state.authenticate(BASE.sign(made, "guard-1"))
    assert isinstance(law.violations(act_of(entry.statement, keys, state.size), state), list)
