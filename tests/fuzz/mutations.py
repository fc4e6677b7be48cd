"""Ways to spoil a file: by bits, bytes, numbers, lines, brackets, members of JSON; each draws all its choices from one `Random`.

With Hypothesis as the `Random` (st.randoms) a failure is made small; with a seeded one a hundred thousand inputs take seconds.
"""

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

Change = Callable[[Random, bytes, Sequence[bytes]], bytes]  # random, the file, other files of its kind

_NUMBER = re.compile(rb"-?[0-9]+")
_ROW = re.compile(rb"^[\[{].*[\]}]\r?$", re.MULTILINE)
_NUMBERS = [b"0", b"-1", b"00", b"01", b"1.5", b"1e400", b"-0", b"NaN", b"Infinity", b"0x10"]
_NUMBERS += [b"%d" % (2**power + more) for power in (15, 16, 31, 32, 53, 63, 64, 128) for more in (-1, 0)] + [b"9" * 400, b"9" * 5_000]
_PIECES = [
    b"\0",
    b"\x1b[2J",
    b"\x7f",
    b"\x85",
    b"\xc2\x85",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc0\x80",
    b"\r\n",
    b"\r",
    b"\n",
    b"\n\n",
    b"\t",
    b" ",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"",
    b"=",
    b"==",
    b"+",
    b"-",
    b"_",
    b"/",
    b"..",
    b"../",
    b"%",
    b"%00",
    b"%zz",
    b'"',
    b"'",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"<",
    b">",
    b"<<",
    b">>",
    b",",
    b";",
    b":",
    b"#",
    b"=1+1",
    b"{}",
    b"[]",
    b"null",
    b"true",
    "— ".encode(),
    b"\xd9\xa7",
    "é".encode(),
    "ß".encode(),
    "İ".encode(),
    "ﬁ".encode(),
    b"x" * 300,
    b"A" * 4,
]
_ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**53,
    2**64,
    10**400,
    1.5,
    "",
    "x",
    "x" * 300,
    "\0",
    "\x7f",
    "é",
    "0" * 64,
    [],
    {},
    [[]],
    [None],
    {"": 0},
]


def _span(random: Random, data: bytes, most: int = 64) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.randint(0, most))


def bits(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A bit is another."""
    if not data:
        return b"\x01"
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def bytes_(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A byte is another."""
    at = random.randint(0, len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def cut(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The end is missing."""
    return data[: random.randint(0, len(data))]


def gone(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A piece is missing."""
    start, end = _span(random, data)
    return data[:start] + data[end:]


def doubled(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A piece stands there more than once."""
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.randint(1, 3) + data[end:]


def spliced(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """It begins as one file and ends as another."""
    other = random.choice(others)
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def put(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Something awkward stands in it, or in the place of something."""
    start, end = _span(random, data, 8)
    return data[:start] + random.choice(_PIECES) + data[random.choice((start, end)) :]


def numbers(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A number is another, which may be far too large."""
    found = list(_NUMBER.finditer(data, *_span(random, data, 4_000))) or list(_NUMBER.finditer(data[:4_000]))
    if not found:
        return put(random, data, others)
    one = random.choice(found)
    return data[: one.start()] + random.choice(_NUMBERS) + data[one.end() :]


def lengths(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Two or four bytes say another length."""
    at, wide = random.randint(0, len(data)), random.choice((2, 4, 8))
    return data[:at] + random.choice((0, 1, 255, 2**16 - 1, 2**31)).to_bytes(8, "big")[-wide:] + data[at + wide :]


def lines(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A line is missing, doubled, empty, moved, of another file, or long."""
    rows, other = data.split(b"\n"), random.choice(others).split(b"\n")
    at = random.randrange(len(rows))
    row = rows[at]
    rows[at : at + 1] = random.choice(
        ([], [row, row], [b""], [b"", row], [random.choice(other)], [random.choice(other), row], [row * 3], [random.choice(rows)])
    )
    return b"\n".join(rows)


def ends(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """What other programs do to line ends, beginnings and letters."""
    return random.choice(
        (
            data.replace(b"\n", b"\r\n"),
            data.replace(b"\n", b"\r"),
            b"\xef\xbb\xbf" + data,
            data + b"\n",
            data + b"\0",
            data.rstrip(),
            b" " + data,
            data.upper(),
            data.lower(),
            data.decode("latin-1").encode("utf-16"),
            data.decode("latin-1").encode(),
            data + data,
            data + b" " * 300,
            b"\n" + data,
            data[::-1],
        )
    )


def nested(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """It lies inside of many brackets, or many stand in it, closed or not."""
    deep = random.choice((9, 60, 255, 1_030, 3_000))
    left, right = random.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"(", b")"), (b"<<", b">>"), (b"[a.", b"]"), (b"a.", b""), (b'{"a":[', b"]}"))
    )
    at = random.choice((0, random.randint(0, len(data))))
    return data[:at] + left * deep + data[at:] + right * random.choice((0, deep))


def _at(random: Random, value: Any) -> tuple[Any, Any]:
    """A container inside the value, and a place in it."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return value, None
        key = random.choice(keys)
        if not isinstance(value[key], dict | list) or random.random() < 0.3:
            return value, key
        value = value[key]


def _altered(random: Random, value: Any) -> None:
    inside, key = _at(random, value)
    odd = deepcopy(random.choice(_ODD))
    if key is None or random.random() < 0.1:
        inside.append(odd) if isinstance(inside, list) else inside.update({random.choice(("", "a", "zz", "é", "__proto__")): odd})
    elif random.random() < 0.2:
        del inside[key]
    elif isinstance(inside, list) and random.random() < 0.3:
        inside += [inside[key]] * random.choice((1, 2, 300))
    else:
        inside[key] = odd


def members(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A value in a line of JSON is of another kind, missing or too many; written as canonical JSON, so that readers look further."""
    whole = data.lstrip()[:1] in (b"{", b"[") and data.count(b"\n") != 1
    rows = [one.span() for one in _ROW.finditer(data)] if not whole else []
    start, end = random.choice(rows) if rows else (0, len(data))
    try:
        value = json.loads(data[start:end])
    except (ValueError, RecursionError):
        return numbers(random, data, others)
    if not isinstance(value, dict | list):
        return put(random, data, others)
    for _ in range(random.choice((1, 1, 1, 2))):
        _altered(random, value)
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return data[:start] + written + data[end:]


CHANGES: tuple[Change, ...] = (
    bits,
    bytes_,
    cut,
    gone,
    doubled,
    spliced,
    put,
    numbers,
    lengths,
    lines,
    ends,
    nested,
    members,
    members,
    members,
)


def spoiled(random: Random, corpus: Sequence[bytes], most: int) -> bytes:
    """One of the files, changed one to four times, at most `most` bytes of it."""
    data = random.choice(corpus)
    for _ in range(random.choice((1, 1, 2, 4))):
        data = random.choice(CHANGES)(random, data, corpus)[:most]
    return data


def bombs(corpus: Sequence[bytes], size: int) -> dict[str, bytes]:
    """Inputs of about `size` bytes that are meant to make a reader slow, deep or large."""
    one = corpus[0]
    row = next((row for row in sorted(one.split(b"\n"), key=len, reverse=True) if row), b"x")
    pieces = {
        "zeros": b"\0",
        "nines": b"9",
        "lists": b"[",
        "objects": b'{"a":',
        "closed": b"[]",
        "quotes": b'"',
        "backslashes": b"\\",
        "newlines": b"\n",
        "returns": b"\r\n",
        "spaces": b" ",
        "commas": b",",
        "semicolons": b";",
        "dots": b"a.",
        "tables": b"[a]\n",
        "dashes": "— ".encode(),
        "letters": b"A",
        "twos": b"\0\1x",
        "parens": b"(",
        "angles": b"<<",
        "plus": b"a+",
        "slashes": b"/a",
        "equals": b"a=1\n",
        "pairs": b'{"a":1},',
        "ones": b"1,",
        "notes": b"\n\n",
        "row": row + b"\n",
        "whole": one,
        "high": b"\xff",
    }
    made = {name: piece * (size // max(1, len(piece)) + 1) for name, piece in pieces.items()}
    behind = {
        f"{name} behind": one[: len(one) // 2] + made[name] for name in ("lists", "objects", "nines", "quotes", "newlines", "spaces", "row")
    }
    return {name: data[:size] for name, data in {**made, **behind}.items()}
