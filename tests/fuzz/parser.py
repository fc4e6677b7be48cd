"""What a row of the table of parsers says, and how one input is judged (docs/threat-model.md, G16)."""

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from custody.core.errors import CustodyError
from custody.i18n import words
from custody.intake.faults import ImportRefused

VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors"
KB, MB = 1 << 10, 1 << 20


class Parser(NamedTuple):
    """A reader of bytes that somebody else may have written.

    name: of the function, with its module. read: bytes to a value. corpus: files that are as they should be, each read without an error.
    most: bytes that are taken at most. beyond: the code with which the reader itself refuses more; None where it is refused before.
    bounds: what else is bounded, in words. back: the value to the same bytes, where the form is canonical.
    also: other readers that are tried through this row. runs: inputs in soak. peak: bytes of memory for each byte of the input.
    needs: packages that come with extras.
    """

    name: str
    read: Callable[[bytes], Any]
    corpus: Callable[[], Sequence[bytes]]
    most: int
    bounds: str
    back: Callable[[Any], bytes] | None = None
    also: tuple[str, ...] = ()
    runs: int = 100_000
    peak: int = 40
    beyond: str | None = None
    needs: tuple[str, ...] = ()


def text(data: bytes) -> str:
    """What a terminal or a system call makes of bytes."""
    return data.decode("utf-8", "surrogateescape")


def octets(shown: str) -> bytes:
    """The opposite of `text`."""
    return shown.encode("utf-8", "surrogateescape")


@cache
def scratch() -> Path:
    """A folder of this process, in memory where there is one."""
    shared = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="custody-fuzz-", dir=shared if os.access(shared, os.W_OK) else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def through(read: Callable[[Path], Any], name: str = "given") -> Callable[[bytes], Any]:
    """A reader of files, given bytes; the file is of a mode that keys may have."""

    def given(data: bytes) -> Any:
        path = scratch() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        path.write_bytes(data)
        return read(path)

    return given


@cache
def _vectors(chapter: str) -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / f"{chapter}.json").read_bytes())["vectors"])


def accepted(chapter: str, do: str) -> Iterator[dict[str, Any]]:
    """What is given in the vectors that are accepted."""
    yield from (one["given"] for one in _vectors(chapter) if one["do"] == do and "error" not in one)


def samples(chapter: str, do: str, field: str = "text", extra: str | None = None) -> Callable[[], Sequence[bytes]]:
    """The good inputs of vectors as a corpus."""

    def found() -> Sequence[bytes]:
        given = [one for one in accepted(chapter, do) if field in one and f"{field}_fill" not in one]
        return tuple(dict.fromkeys(str(one[field]).encode() for one in given))

    return found


def judged(parser: Parser, data: bytes) -> bool:
    """Whether it is read. A foreign error goes through; an error of ours must have words; a canonical value must give the same bytes."""
    try:
        value = parser.read(data)
    except CustodyError as error:
        _told(error)
        return False
    if parser.back is not None:
        assert parser.back(value) == data, "two forms for one value"
    return True


def _told(error: CustodyError) -> None:
    """It can be said, logged and written anywhere."""
    str(error).encode()
    codes = [(one.code, one.facts) for one in error.faults] if isinstance(error, ImportRefused) else [(error.code, error.facts)]
    for code, facts in codes:
        assert words.known(code), f"no words for {code}"
        for lang in ("id", "en"):
            words.say(code, facts, lang).encode()
            (words.next_step(code, facts, lang) or "").encode()
