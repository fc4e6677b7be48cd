"""Closed shapes (spec chapter 7, STMT-5 and STMT-6): what fits, and where a value that does not is wrong."""

from typing import Any

import pytest

from custody.core.errors import Malformed
from custody.core.schema import BOOLEAN, Shape, check, integer, many, null_or, one_of, pattern, record, sorted_set, text

INNER = record({"a": integer(0, 9), "b": null_or(text(3))}, lambda value: value["a"] != 5, "a is not 5")
OUTER = record({"items": sorted_set(INNER, 1, 3, key=lambda item: item["a"]), "on": BOOLEAN, "word": one_of("x", "y")})

FITS: dict[str, tuple[Shape, list[Any], list[Any]]] = {
    # shape: what fits, what does not
    "integer": (integer(0, 9), [0, 9], [-1, 10, 1.0, "1", True, None, 2**64]),
    "boolean": (BOOLEAN, [True, False], [0, 1, None, "true"]),
    "pattern": (pattern("letters", "[a-z]{1,3}"), ["a", "abc"], ["", "abcd", "A", "a\n", "á", 1, None, b"a"]),
    "one of": (one_of("x", "y"), ["x"], ["", "z", "X", None, ["x"]]),
    "text": (text(3), ["a", "a b", "äöü", "。"], ["", " a", "a ", "a\u2003", "\u00a0a", "abcd", None, 1]),
    "null or": (null_or(integer(1, 2)), [None, 1], [0, "", False, []]),
    "list": (many(integer(0, 9), 1, 2), [[1], [2, 1], [1, 1]], [[], [1, 2, 3], [10], (1,), None, {"0": 1}]),
    "sorted list": (sorted_set(integer(0, 9), 0, 3), [[], [1], [1, 2, 9]], [[2, 1], [1, 1], [1, 2, 3, 4], [10], "12"]),
    "record": (
        INNER,
        [{"a": 1, "b": None}, {"b": "x", "a": 0}],
        [{}, {"a": 1}, {"a": 1, "b": None, "c": 1}, {"a": 5, "b": None}, [], None],
    ),
    "record of one field": (record({"c": integer(0, 1)}), [{"c": 1}], [{}, {"c": 2}, {"d": 1}, {"c": 1, "d": 1}]),
}


@pytest.mark.parametrize("name", FITS)
def test_what_fits(name: str) -> None:
    shape, right, wrong = FITS[name]
    for value in right:
        assert shape.ok(value), value
        assert shape.find(value) is None, value
        check(shape, value, "seal")
    for value in wrong:
        assert not shape.ok(value), value
        assert shape.find(value) is not None, value


RIGHT = {"items": [{"a": 1, "b": None}, {"a": 2, "b": "x"}], "on": True, "word": "x"}
WRONG: dict[str, tuple[Any, str, str]] = {
    "not an object": ([], "-", "object"),
    "missing": ({"items": [], "on": True}, "word", "missing field"),
    "unknown": ({**RIGHT, "more": 1}, "more", "unknown field"),
    "a word": ({**RIGHT, "word": "z"}, "word", "x|y"),
    "empty list": ({**RIGHT, "items": []}, "items", "list of 1 to 3 object"),
    "out of order": ({**RIGHT, "items": RIGHT["items"][::-1]}, "items", "sorted list of 1 to 3 object"),  # type: ignore[index]
    "an inner field": ({**RIGHT, "items": [{"a": 1, "b": " "}]}, "items[0].b", "text of up to 3"),
    "an inner rule": ({**RIGHT, "items": [{"a": 5, "b": None}]}, "items[0]", "a is not 5"),
    "the second of two": ({**RIGHT, "items": [{"a": 1, "b": None}, {"a": 2}]}, "items[1].b", "missing field"),
    "not an object inside": ({**RIGHT, "items": [7]}, "items[0]", "object"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_refusal_says_where_and_what_was_expected(name: str) -> None:
    value, field, expected = WRONG[name]
    check(OUTER, RIGHT, "seal")
    with pytest.raises(Malformed) as refused:
        check(OUTER, value, "seal")
    assert refused.value.facts == {"kind": "seal", "field": field, "expected": expected}


def test_shapes_are_told_with_their_members() -> None:
    assert OUTER.told == "{items: sorted list of 1 to 3 {a: 0 to 9, b: null or text of up to 3}, on: true|false, word: x|y}"
