"""The outbox: statements that are signed and wait to enter the ledger, while the ledger key is locked (design chapter 2, the ledger key).

Trusted with: nothing signed is lost. Not with order or truth: what lies here counts once it has a receipt, and not before.
"""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from custody.core.errors import CustodyError, Refused
from custody.core.note import MAX_BYTES
from custody.durable import sync_folder
from custody.ledger.ledger import Answer, Ledger
from custody.ledger.receipt import Receipt
from custody.reading import read

MOST_AT_ONCE = 256
_SIDE_BY_SIDE = 16  # files that are synced at the same time

_NAME = re.compile(r"([0-9]{8})-([0-9a-f]{64})\.note")


class Pending(NamedTuple):
    """A note that waits, and its file."""

    path: Path
    note: bytes


class Outbox:
    """The folder `outbox/` of a ledger folder: one file a note, numbered in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first note is saved."""
        self.folder = folder

    def save(self, note: bytes) -> Path:
        """Keep a signed note, durably: it survives a loss of power from here on. The same note twice is one.

        Raises `Refused("outbox.unwritable")`.
        """
        return self.save_all([note])[0]

    def save_all(self, notes: Sequence[bytes]) -> list[Path]:
        """Keep many, in their order. Raises as `save`; then some of them may have been kept.

        The files are synced side by side, and the folder once: measured, that takes a tenth of the time of one by one.
        """
        with _speaking(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            numbers = dict(self._names())
            highest, fresh = max(numbers.values(), default=0), dict[Path, bytes]()
            for note in notes:
                digest = sha256(note).hexdigest()
                if digest not in numbers:
                    numbers[digest] = highest = highest + 1
                    fresh[self.folder / _name(highest, digest)] = note
            _write(fresh)
        return [self.folder / _name(numbers[digest], digest) for digest in (sha256(note).hexdigest() for note in notes)]

    def forget(self, paths: Iterable[Path]) -> None:
        """Take away notes that are entries of the ledger. Raises `Refused("outbox.unwritable")`."""
        with _speaking(self.folder):
            gone = list(paths)
            for path in gone:
                path.unlink(missing_ok=True)
            if gone:
                sync_folder(self.folder)

    def refuse(self, paths: Iterable[Path]) -> None:
        """Keep notes that the office did not take as `*.refused`: they are not offered again. Raises `Refused("outbox.unwritable")`."""
        with _speaking(self.folder):
            moved = [path.replace(path.with_suffix(".refused")) for path in paths]
            if moved:
                sync_folder(self.folder)

    def pending(self) -> list[Pending]:
        """What waits, oldest first. Raises `Refused("outbox.unwritable")` when the folder cannot be read."""
        with _speaking(self.folder):
            found = sorted((number, digest) for digest, number in self._names())
            return [Pending(path, read(path, MAX_BYTES)) for path in (self.folder / _name(*one) for one in found)]

    def drain(self, ledger: Ledger) -> list[Answer]:
        """Offer everything that waits to an unlocked ledger, oldest first; returns a receipt or the error of each.

        What has its receipt leaves the folder; what is refused stays beside the others as `*.refused` and is not offered again.
        Raises as `Ledger.offer`; then whatever has no receipt yet is still here.
        """
        waiting = self.pending()
        answers: list[Answer] = []
        for at in range(0, len(waiting), MOST_AT_ONCE):
            part = waiting[at : at + MOST_AT_ONCE]
            got = ledger.offer([one.note for one in part])
            with _speaking(self.folder):
                for one, answer in zip(part, got, strict=True):
                    _put_away(one.path, answer)
                sync_folder(self.folder)
            answers += got
        return answers

    def refused(self) -> list[Pending]:
        """What the ledger did not take, oldest first; it is kept until somebody deals with it. Raises as `pending`."""
        with _speaking(self.folder):
            return [Pending(path, read(path, MAX_BYTES)) for path in self._ending(".refused")]

    def reason(self, path: Path) -> bytes | None:
        """What the office answered to a refused note, as it was kept beside it; None where nobody answered."""
        try:
            return read(path.with_suffix(".why"), MAX_BYTES)
        except FileNotFoundError:
            return None

    def again(self) -> int:
        """Let everything that was refused wait once more; returns how many."""
        return self._renamed(".refused", ".note")

    def set_aside(self) -> int:
        """Stop asking about what was refused: it stays as `*.aside`, nothing is deleted. Returns how many."""
        return self._renamed(".refused", ".aside")

    def _renamed(self, before: str, after: str) -> int:
        with _speaking(self.folder):
            paths = self._ending(before)
            for path in paths:
                path.replace(path.with_suffix(after))
            if paths:
                sync_folder(self.folder)
        return len(paths)

    def _ending(self, suffix: str) -> list[Path]:
        return sorted(self.folder.glob(f"*{suffix}")) if self.folder.is_dir() else []

    def _names(self) -> Iterator[tuple[str, int]]:
        """Digest and number of every note that waits."""
        for path in self.folder.iterdir() if self.folder.exists() else ():
            match = _NAME.fullmatch(path.name)
            if match is not None:
                yield match[2], int(match[1])


def _name(number: int, digest: str) -> str:
    return f"{number:08d}-{digest}.note"


def _write(notes: dict[Path, bytes]) -> None:
    """Whole files under their names, in their order, durably."""
    if len(notes) > 1:
        with ThreadPoolExecutor(min(_SIDE_BY_SIDE, len(notes))) as pool:
            list(pool.map(_fill, notes.items()))
    else:
        list(map(_fill, notes.items()))
    for path in notes:
        path.with_suffix(".new").replace(path)
    if notes:
        sync_folder(next(iter(notes)).parent)


def _fill(one: tuple[Path, bytes]) -> None:
    path, note = one
    handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())


def _put_away(path: Path, answer: Receipt | CustodyError) -> None:
    if isinstance(answer, Receipt):
        path.unlink(missing_ok=True)
    else:
        path.replace(path.with_suffix(".refused"))


@contextmanager
def _speaking(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("outbox.unwritable", path=str(folder), reason=errno.errorcode.get(error.errno or 0, "OSError")) from error
