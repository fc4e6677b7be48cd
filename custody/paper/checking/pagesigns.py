"""Whether two page contents say the same though they are written differently (spec chapter 13, CHECK-4; ISO 32000-1, 7.2 and 7.3).

Only what no two readers understand differently is read: no comments, no escaped names, no line ends inside a string. For everything
else the answer is no.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

_REGULAR = rb"[^\x00-\x20\x7f-\xff()<>\[\]{}/%#]"
_SIGN = re.compile(
    rb"[ \r\n\t]+"
    rb"|ID[ \r\n](?P<image>[0-9A-Fa-f]+>)[ \r\n]+EI(?=[ \r\n])"
    rb"|\((?P<string>(?:[^()\\\r\n]|\\[0-3][0-7]{2}|\\[nrtbf()\\])*)\)"
    rb"|<(?P<hex>(?:[0-9A-Fa-f]{2})*)>"
    rb"|(?P<sign>/" + _REGULAR + rb"+|" + _REGULAR + rb"+|\[|\]|<<|>>)"
)
_PARTED = re.compile(rb"[ \r\n\t]")
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def same(given: Sequence[bytes], wanted: bytes) -> bool:
    """Whether a content, in one part or several, is the same numbers, names, operators and strings in the same order."""
    if any(not _PARTED.search(one[-1:] + other[:1]) for one, other in pairwise(given)):  # two readers would join what they cut
        return False
    try:
        return all(one == other for one, other in zip(chain.from_iterable(map(signs, given)), signs(wanted), strict=True))
    except ValueError:  # something is not read here, or one is longer
        return False


def signs(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The signs of a content in order. Raises `ValueError` at the first that could be read in two ways."""
    at = 0
    while at < len(content):
        found = _SIGN.match(content, at)
        if found is None:
            raise ValueError
        at = found.end()
        if (kind := found.lastgroup) is not None:
            yield ("string", _string(found[kind], kind)) if kind in ("string", "hex") else (kind, found[kind])


def _string(text: bytes, kind: str) -> bytes:
    return bytes.fromhex(text.decode()) if kind == "hex" else _ESCAPED.sub(_unescaped, text)


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes((int(code, 8),)) if len(code) == 3 else _ESCAPES.get(code, code)
