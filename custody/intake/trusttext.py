"""A trust file as people copy it, from a deed or a message: what Windows and a clipboard add is taken away again (spec chapter 06).

The signs of the file itself are never touched. What was done is told, so that whoever names the file can say so.
"""

import codecs

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


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
