"""A trust file as people copy it, from a deed or a message: what Windows and a clipboard add is taken away again (spec chapter 06).

The signs of the file itself are never touched. What was done is told, so that whoever names the file can say so.
"""

import codecs
import re

_NUMBERED = re.compile(r"[0-9]+[.):]?\s+(log|witness|group|quorum)\s")
_BEGINS = re.compile(r"#|(log|witness|group|quorum)(\s|$)")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def slip(data: bytes) -> tuple[str, int] | None:
    """What went wrong in copying a trust file that cannot be read, with the number of the line; None where it is neither of these.

    `numbered`: the numbers that a deed prints before the lines were copied too. `broken`: a line was continued below, or with a space.
    """
    rows = [row.strip() for row in data.decode("utf-8", "replace").splitlines()]
    for number, row in enumerate(rows, 1):
        if _NUMBERED.match(row):
            return "numbered", number
    for number, (row, after) in enumerate(zip(rows, [*rows[1:], ""], strict=False), 1):
        words = row.split()
        spaced = len(words) > 2 and "://" not in words[2]
        below = bool(after) and not _BEGINS.match(after)
        if words[:1] == ["log"] and (spaced or below):
            return "broken", number
    return None


def plain(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The file with Unix line ends, without a byte order mark, its last line ended; and what was mended: `mark`, `ends`, `last`."""
    mended = []
    for mark, coding in _MARKS.items():
        if data.startswith(mark):
            data = data[len(mark) :]
            data = data if coding == "utf-8" else data.decode(coding, "replace").encode()
            mended.append("mark")
            break
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        mended.append("ends")
    if data and not data.endswith(b"\n"):
        data += b"\n"
        mended.append("last")
    return data, tuple(mended)
