"""Findings in their order, however many there are: sorted in piles that lie on disk, and merged (spec chapter 28, XCHG-2)."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import orjson

from custody.core.findings import Finding
from custody.core.snapshot import finding_from_json, finding_to_json

PILE = 10_000  # findings that are sorted in memory at once


class Piles:
    """Findings each once, by entries, code, box and facts. Use as a context manager: what lies on disk is gone afterwards.

    Raises `OSError` where the disk for temporary files is full.
    """

    def __init__(self, found: Iterable[Finding], most: int = PILE) -> None:
        self._folder = TemporaryDirectory(prefix="custody-")
        try:
            self._piles = list(self._laid(iter(found), most))
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> "Piles":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()

    def __iter__(self) -> Iterator[Finding]:
        with ExitStack() as files:
            read = [map(_read, files.enter_context(path.open("rb"))) for path in self._piles]
            last = None
            for one in merge(*read, key=_place):
                if one != last:
                    yield one
                last = one

    def _laid(self, found: Iterator[Finding], most: int) -> Iterator[Path]:
        """A file for each pile, a line for each finding."""
        number = 0
        while some := set(islice(found, most)):
            path = Path(self._folder.name) / str(number)
            with path.open("wb") as file:
                file.writelines(orjson.dumps(finding_to_json(one)) + b"\n" for one in sorted(some, key=_place))
            yield path
            number += 1


def _read(line: bytes) -> Finding:
    return finding_from_json(orjson.loads(line))


def _place(one: Finding) -> tuple[tuple[int, ...], str, str, str, str]:
    """Where a finding stands among the others; equal places are equal findings."""
    return one.entries, one.code, one.box or "", str(one.facts), one.stated or ""
