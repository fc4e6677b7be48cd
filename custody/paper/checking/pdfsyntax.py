"""The signs of a PDF that every reader understands alike, read strictly (spec chapter 13, CHECK-4; ISO 32000-1, 7.2 and 7.3).

What two readers could read in two ways is refused: a key that stands twice, an escaped letter, a line end inside a string, an empty value.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_DEPTH = 40
MOST_BYTES = 2 * 1024 * 1024  # of one value: a list of some 150,000 pages
_REGULAR = rb"(?:[!\x22$&'*-.0-;=?-Z\\^-z|~]|#(?:0[1-9a-fA-F]|1[0-9a-fA-F]|2[035-9fF]|3[cCeE]|5[bBdD]|7[bBdDfF]|[89a-fA-F][0-9a-fA-F]))"
_COMMENT = rb"%[%A-Za-z0-9 .,:;()_-]*\n"
# No possessive repeats here: Python 3.11.2, which Debian 12 has, matches a possessive group wrongly.
_TOKEN = re.compile(
    rb"(?:[ \r\n\t]|" + _COMMENT + rb")*"
    rb"(?:(?P<name>/" + _REGULAR + rb"+)"
    rb"|(?P<reference>[1-9][0-9]{0,8})[ \r\n]+0[ \r\n]+R(?![^ \r\n\t/<>\[\](])"
    rb"|(?P<number>-?(?:[0-9]{1,10}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}))(?![^ \r\n\t/<>\[\](])"
    rb"|\((?P<string>(?:[^()\\\r\n]|\\[0-3][0-7]{2}|\\[nrtbf()\\])*)\)"
    rb"|<(?P<hex>(?:[0-9A-Fa-f]{2})*)>"
    rb"|(?P<word>true|false|null)(?![^ \r\n\t/<>\[\](])"
    rb"|(?P<bracket><<|>>|\[|\]))"
)
_WHITE = re.compile(rb"(?:[ \r\n\t]|" + _COMMENT + rb")*")


class Reference(NamedTuple):
    """The number of another object."""

    number: int


class Unclear(Exception):
    """Something that readers could read in more than one way; it never leaves this wing."""


def white(data: bytes, at: int) -> int:
    """Where the next sign begins, behind white space and plain comments."""
    found = _WHITE.match(data, at)
    return found.end() if found else at


def value(data: bytes, at: int, depth: int = 0, stop: int = 0) -> tuple[object, int]:
    """The value that begins here and where it ends: a dict by name, a list, a reference, whole numbers as int, strings as str
    as they are written, names with their slash and all else as bytes. stop: where it must have ended, `MOST_BYTES` further on.

    Raises `Unclear`.
    """
    stop = stop or at + MOST_BYTES
    found = _TOKEN.match(data, at, stop)
    if found is None or depth > MOST_DEPTH:
        raise Unclear
    kind, end = found.lastgroup or "", found.end()
    sign = found[kind]
    if kind == "reference":
        return Reference(int(sign)), end
    if kind == "number":
        return (int(sign) if b"." not in sign else sign), end
    if kind == "bracket":
        return _dictionary(data, end, depth, stop) if sign == b"<<" else _array(data, end, depth, stop, sign)
    if kind in ("string", "hex"):
        return sign.decode("latin-1"), end
    return (None if sign == b"null" else sign), end


def _array(data: bytes, at: int, depth: int, stop: int, sign: bytes) -> tuple[list[object], int]:
    if sign != b"[":
        raise Unclear
    items: list[object] = []
    while data[(at := white(data, at)) : at + 1] != b"]":
        item, at = value(data, at, depth + 1, stop)
        items.append(item)
    return items, at + 1


def _dictionary(data: bytes, at: int, depth: int, stop: int) -> tuple[dict[bytes, object], int]:
    members: dict[bytes, object] = {}
    while data[(at := white(data, at)) : at + 2] != b">>":
        found = _TOKEN.match(data, at, stop)
        if found is None or found.lastgroup != "name":
            raise Unclear
        key = re.sub(rb"#(..)", lambda code: bytes.fromhex(code[1].decode()), found["name"])
        item, at = value(data, found.end(), depth + 1, stop)
        if key in members or item is None:
            raise Unclear
        members[key] = item
    return members, at + 2


def references(item: object) -> Iterator[int]:
    """The numbers of the objects that a value names."""
    if isinstance(item, Reference):
        yield item.number
    elif isinstance(item, dict):
        for one in item.values():
            yield from references(one)
    elif isinstance(item, list):
        for one in item:
            yield from references(one)
