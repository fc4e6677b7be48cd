"""Canonical JSON against a slow reading with the standard library: same bytes, same acceptance, on values inside and outside the subset."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical
from custody.core.errors import Malformed

CONTROLS = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))]
EDGES = [2**53 - 1, 2**53, 1 - 2**53, -(2**53), 2**64, -(2**63) - 1, 0, -0.0, 1.0, 1e16, 1e400, 0.1, math.nan]

ODD = [*CONTROLS, '"', "\\", "/", "\u2028", "\ufeff", "\U0001f600"]
PIECES = [b"", b" ", b"\n", b"0", b"-", b".5", b"e1", b"E+2", b'"', b"\\", b"\\u0041", b"\\n", b"\xc2\x85", b",", b"[", b"{}", b"\xff"]
ANY_TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from(ODD), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(EDGES) | ANY_TEXT
KEYS = st.text(st.characters(codec="ascii"), max_size=4) | st.sampled_from(["é", "\n", "\x7f", "", "a", "A", '"', "\\"])
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)

GOOD_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
GOOD_KEYS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=6)
GOOD_SCALARS = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | GOOD_TEXT
GOOD = st.dictionaries(
    GOOD_KEYS,
    st.recursive(GOOD_SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(GOOD_KEYS, inner, max_size=4), max_leaves=20),
    max_size=5,
)


def plain(value: object) -> bytes:
    """What the standard library makes of a value, set to the same form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def inside(value: object, depth: int = 0) -> bool:
    """The subset of docs/spec/01-json.md, rule by rule."""
    if isinstance(value, dict):
        keys = all(key.isascii() and not set(key) & set(CONTROLS) for key in value)
        return depth < 8 and keys and all(inside(member, depth + 1) for member in value.values())
    if isinstance(value, list):
        return depth < 8 and all(inside(member, depth + 1) for member in value)
    if isinstance(value, str):
        return not set(value) & set(CONTROLS) and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int) and abs(value) < 2**53


def slowly(data: bytes) -> dict[str, Any] | None:
    """Decode as the specification says, with the standard library; None for a refusal."""
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and inside(value) and plain(value) == data else None


def decoded(data: bytes) -> dict[str, Any] | None:
    try:
        return canonical.decode(data)
    except Malformed:
        return None


@given(GOOD)
def test_three_ways_to_write_agree(value: dict[str, Any]) -> None:
    if inside(value):
        data = canonical.encode(value)
        assert data == plain(value)
        assert canonical.decode(data) == value


@given(ANYTHING)
def test_encode_takes_the_subset_and_nothing_else(value: object) -> None:
    try:
        data = canonical.encode(value)
    except Malformed:
        assert not (isinstance(value, dict) and inside(value))
        return
    assert isinstance(value, dict) and inside(value)
    assert data == plain(value)


@given(ANYTHING)
def test_decode_takes_the_subset_and_nothing_else(value: object) -> None:
    data = plain(value)
    assert decoded(data) == slowly(data)


@given(GOOD, st.data())
def test_changed_bytes_are_judged_as_the_slow_reading_does(value: dict[str, Any], data: st.DataObject) -> None:
    original = plain(value)
    at = data.draw(st.integers(0, len(original)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.sampled_from(PIECES))
    changed = original[:at] + put + original[at + cut :]
    assert decoded(changed) == slowly(changed)


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_every_control_is_refused_in_strings_and_keys(control: str) -> None:
    for value in ({"a": control}, {"a": ["é", control]}, {control: 1}, {"a": {control: 1}}):
        assert decoded(plain(value)) is None
        with pytest.raises(Malformed):
            canonical.encode(value)


@pytest.mark.parametrize("number", EDGES, ids=str)
def test_numbers_at_the_edges(number: float) -> None:
    for value in ({"a": number}, {"a": [1, number]}, {"é": number}, {"a": {"b": [number]}}):
        assert decoded(plain(value)) == slowly(plain(value))


def test_true_is_no_number_and_one_is_no_truth() -> None:
    assert canonical.decode(b'{"a":true,"b":1}')["a"] is True
    assert type(canonical.decode(b'{"a":true,"b":1}')["b"]) is int


@pytest.mark.parametrize("outside", [("tuple",), {1}, b"bytes", object(), 1 + 2j], ids=lambda value: type(value).__name__)
def test_other_python_values_are_refused(outside: object) -> None:
    with pytest.raises(Malformed) as refusal:
        canonical.encode({"a": outside})
    assert refusal.value.code == "json.type"


def test_a_key_that_is_no_string_is_refused() -> None:
    with pytest.raises(Malformed) as refusal:
        canonical.encode({1: "a"})
    assert refusal.value.code == "json.key"


@pytest.mark.parametrize("depth", [9, 300, 2_000, 100_000])
def test_nesting_never_brings_the_reader_down(depth: int) -> None:
    assert decoded(b'{"a":' * depth + b"1" + b"}" * depth) is None
    assert decoded(b'{"a":' + b"[" * depth + b"]" * depth + b"}") is None
