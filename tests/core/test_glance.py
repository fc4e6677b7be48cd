"""The glance at a statement: it never takes what the closer look would refuse, and it knows the everyday ones."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical
from custody.core.errors import CustodyError
from custody.core.kinds import KINDS
from custody.core.note import split
from custody.core.schema import Shape, integer, many, null_or, one_of, pattern, record, sorted_set, text
from fixtures.smallworld import BOX, World, ready


def spoken(world: World) -> Iterator[tuple[str, bytes]]:
    """Kind and JSON of statements of many kinds."""
    seal = world.seal(world.line(BOX, None, by={"how": "scanned", "label": "b" * 64}))
    handoff = world.handoff(world.line(BOX, seal.sid), giver="kpps-1", receiver="pps-1", start="5307192001-001", end="5307192001")
    world.seen = {"root": "c" * 64, "sig": "d" * 128, "size": 3}
    remark = world.draft("correction", about=[seal.sid], boxes=[BOX], effect="remark", instead=None, note=None, reason="other")
    label = world.draft("label", labels=[{"box": None, "code": "e" * 64, "copy": 1}], reason="spare")
    texts = [split(data)[0] for data in world.entries] + [one.text for one in (seal, handoff, remark, label)]
    for one in texts:
        first, line, _ = one.split(b"\n")
        yield first.split(b"/")[1].decode(), line


SPOKEN = list(spoken(ready()))
ODD = record(
    {
        "a": integer(0, 9),
        "b": sorted_set(pattern("letters", "[a-z]{1,3}|[A-Z]"), 0, 3),
        "c": null_or(many(text(4), 1, 2)),
        "d": one_of("x", "y.z"),
    },
    lambda value: value["a"] != 5,
    "not five",
)


def closer(shape: Shape, data: bytes) -> object:
    """What the closer look says: the value, or None."""
    try:
        value = canonical.decode(data)
    except CustodyError:
        return None
    return value if shape.ok(value) else None


@pytest.mark.parametrize(("kind", "line"), SPOKEN, ids=[f"{number}-{kind}" for number, (kind, _) in enumerate(SPOKEN)])
def test_everyday_statements_are_known_at_a_glance(kind: str, line: bytes) -> None:
    assert KINDS[kind].shape.glance(line) == closer(KINDS[kind].shape, line)
    assert KINDS[kind].shape.glance(line) is not None


def changed(data: bytes, at: int, cut: int, put: bytes) -> bytes:
    at %= len(data)
    return data[:at] + put + data[at + cut :]


PIECES = st.sampled_from([b"", b'"', b",", b"0", b"9", b"A", b"a", b"null", b" ", b"\\", b"}", b"-", b"."])
EDITS = st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 3), PIECES), min_size=1, max_size=3)


@given(st.sampled_from(SPOKEN), EDITS)
def test_a_glance_never_takes_what_a_closer_look_refuses(spoken: tuple[str, bytes], edits: list[tuple[int, int, bytes]]) -> None:
    kind, line = spoken
    for edit in edits:
        line = changed(line, *edit)
    seen = KINDS[kind].shape.glance(line)
    assert seen is None or seen == closer(KINDS[kind].shape, line)


ALPHABET = st.sampled_from(['"', "\\", " ", "x", "y.z", "yz", "\x7f", "é", "ab", "AB", "\n"])
TEXTS = st.lists(ALPHABET, max_size=3).map("".join)
VALUES = st.fixed_dictionaries(
    {"a": st.integers(-1, 9), "b": st.lists(TEXTS, max_size=4), "c": st.none() | st.lists(TEXTS, max_size=3), "d": TEXTS},
    optional={"e": st.none()},
)


@given(VALUES)
def test_every_value_of_a_shape_is_judged_alike(value: dict[str, object]) -> None:
    try:
        data = canonical.encode(value)
    except CustodyError:
        return
    seen = ODD.glance(data)
    assert seen is None or seen == value == closer(ODD, data)
    if ODD.ok(value) and data.isascii() and b"\\" not in data and b"\x7f" not in data:
        assert seen == value


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"b":[],"c":null,"d":"x"}\n',
        b'{"a":01,"b":[],"c":null,"d":"x"}',
        b'{"a":1.0,"b":[],"c":null,"d":"x"}',
        b'{"a":10,"b":[],"c":null,"d":"x"}',
        b'{"a":5,"b":[],"c":null,"d":"x"}',
        b'{"a":1,"b":["b","a"],"c":null,"d":"x"}',
        b'{"a":1,"b":["a","a"],"c":null,"d":"x"}',
        b'{"a":1,"b":["a","b","c","d"],"c":null,"d":"x"}',
        b'{"a":1,"b":["Aa"],"c":null,"d":"x"}',
        b'{"a":1,"b":[],"c":[],"d":"x"}',
        b'{"a":1,"b":[],"c":[" a"],"d":"x"}',
        b'{"a":1,"b":[],"c":["abcde"],"d":"x"}',
        b'{"a":1,"b":[],"c":null,"d":"yxz"}',
        b'{"b":[],"a":1,"c":null,"d":"x"}',
        b'{"a":1,"a":1,"b":[],"c":null,"d":"x"}',
        b'{"a":1, "b":[],"c":null,"d":"x"}',
    ],
)
def test_what_is_wrong_is_seen(data: bytes) -> None:
    assert ODD.glance(b'{"a":1,"b":["B","a","b"],"c":["a b"],"d":"y.z"}') is not None
    assert ODD.glance(data) is None
