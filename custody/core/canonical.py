"""The one JSON form of a statement: RFC 8785 on a small subset, so that three libraries agree on it (docs/spec/01-json.md)."""

import re
from typing import Any, NoReturn

import orjson

from custody.core.errors import Malformed, quoted

MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1

# orjson sorts keys by bytes, which for ASCII is the order of RFC 8785, and refuses integers beyond 53 bits by itself.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"?|([\[{])|[]}]', re.DOTALL)  # a string, what opens, what closes


def encode(value: object) -> bytes:
    """The canonical bytes of an object: keys sorted, nothing between tokens, shortest escapes.

    :raises Malformed: `json.…` when the value lies outside the subset.
    """
    _check_top(value)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # the check above lets nothing through that orjson refuses; kept so that no foreign error can escape
        raise Malformed("json.type", type=type(value).__name__) from None


def decode(data: bytes) -> dict[str, Any]:
    """The object in these bytes, if they are exactly what `encode` would give for it.

    :raises Malformed: `json.depth` before all else (JSON-2), `json.syntax`, `json.top`, `json.form` and the codes of `encode`.
    """
    value = decode_form(data)
    try:
        _check_shape(value, 1)
    except Malformed:
        _explain(data)
    return value


def decode_form(data: bytes) -> dict[str, Any]:
    """As `decode`, for a reader who holds the object against a closed shape of its own: that leaves no room for floats or depth.

    :raises Malformed: as `decode`.
    """
    try:
        value = orjson.loads(data)
        canonical = orjson.dumps(value, option=_OPTIONS) == data
    except (ValueError, TypeError):
        _explain(data)
    if not canonical:
        _explain(data)
    if type(value) is not dict or not (_plain(data) or _fits(value)):
        _explain(data)
    return value


def _plain(data: bytes) -> bool:
    """Whether no string in these canonical bytes can hold a control or a non-ASCII character.

    Canonical JSON writes a backslash before each control below U+0020 that stands in a string, and DEL and the C1 controls as they are.
    """
    return data.isascii() and b"\\" not in data and b"\x7f" not in data


def _check_shape(value: Any, depth: int) -> None:
    """Depth and floats only: all that is left to ask of plain canonical bytes. Strings first, since most members are strings."""
    if depth > MAX_DEPTH:
        raise Malformed("json.depth", limit=MAX_DEPTH)
    for member in value.values() if type(value) is dict else value:
        kind = type(member)
        if kind is str:
            continue
        if kind is dict or kind is list:
            _check_shape(member, depth + 1)
        elif kind is float:
            raise Malformed("json.number", why="float")


def _fits(value: dict[str, Any]) -> bool:
    try:
        _check_object(value, 1)
    except Malformed:
        return False
    return True


def _check_top(value: object) -> None:
    if type(value) is not dict:
        raise Malformed("json.top", type=type(value).__name__)
    _check_object(value, 1)


def _check_object(value: dict[Any, Any], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed("json.depth", limit=MAX_DEPTH)
    for key, member in value.items():
        if type(key) is not str or not key.isascii() or _CONTROL.search(key):
            raise Malformed("json.key", key=quoted(str(key)))
        _check_member(member, depth)


def _check_list(value: list[Any], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed("json.depth", limit=MAX_DEPTH)
    for member in value:
        _check_member(member, depth)


def _check_member(value: object, depth: int) -> None:
    kind = type(value)
    if kind is str:
        _check_string(value)  # type: ignore[arg-type]
    elif kind is dict:
        _check_object(value, depth + 1)  # type: ignore[arg-type]
    elif kind is list:
        _check_list(value, depth + 1)  # type: ignore[arg-type]
    elif kind is float:
        raise Malformed("json.number", why="float")
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise Malformed("json.number", why="range")
    elif value is not None and kind is not bool:
        raise Malformed("json.type", type=kind.__name__)


def _check_string(value: str) -> None:
    if _CONTROL.search(value):
        raise Malformed("json.control", text=quoted(value))
    if _SURROGATE.search(value):
        raise Malformed("json.surrogate", text=quoted(value))


def _explain(data: bytes) -> NoReturn:
    """Say why these bytes were refused: too deep for anybody to read, no JSON, outside the subset, or right in content and not in form."""
    _check_brackets(data)
    try:
        value = orjson.loads(data)
    except (ValueError, TypeError):
        raise Malformed("json.syntax") from None
    _check_top(value)
    raise Malformed("json.form")


def _check_brackets(data: bytes) -> None:
    """Depth as the bytes show it, whether they are JSON or not: parsers give up at depths of their own (JSON-2)."""
    depth = 0
    for found in _BRACKETS.finditer(data):
        sign = found[0]
        depth += 1 if found[1] else -1 if sign in (b"]", b"}") else 0
        if depth > MAX_DEPTH:
            raise Malformed("json.depth", limit=MAX_DEPTH)
