"""The office as a serving process asks it: bundles in and out, checkpoint, receipt, by many threads at once (spec chapter 24).

One thread at a time is in the office; those that offer statements step out meanwhile and share a commit (`custody.ledger.commits`). Other
processes of the office go on as ever: the lock of the database is held for the length of one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import orjson

from custody.assembly import hearing, sending
from custody.assembly.ledgerkey import key_of
from custody.assembly.office import Office
from custody.assembly.stations import others, own_key
from custody.core.errors import CustodyError, Refused
from custody.durable import trouble
from custody.ledger.commits import Commits

if TYPE_CHECKING:
    from custody.assembly.hearing import Found
    from custody.core.note import VerifierKey
    from custody.ledger.ledger import Answer, Ledger
    from custody.ledger.receipt import Receipt

MOST_ENTRIES = 4_096  # entries of one bundle that is fetched; the rest is asked for afterwards
_KEPT = 3  # bundles that are kept for each station, so that it can go on with one that was cut
ROOM = 2 << 30  # bytes of all that lie ready; the oldest make place
_LOOK = 64  # bundles that are written before the room is looked at again
Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Ready:
    """A bundle that lies ready for a station. tag: names these very bytes."""

    path: Path
    tag: str


class Serving:
    """One open office, shared by threads."""

    def __init__(self, office: Office, random: Random) -> None:
        """:param office: opened to write, for as long as this lives."""
        self._turn = Lock()
        self._plain = office
        self._office = replace(office, ledger=cast("Ledger", _Together(office.ledger, self._turn)))
        self._random = random
        self._admitted: dict[Path, tuple[int, bool]] = {}
        self._reach: tuple[int, int] | None = None
        self._written_since = _LOOK
        self.folder = office.folder.network
        for name in ("in", "out"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in (self.folder / "in").iterdir():
            left.unlink()
        own_key(office, random)

    @property
    def ledger(self) -> str:
        """The id of the ledger: the founding's sid."""
        return self._plain.founding.sid

    def admitted(self, key: VerifierKey) -> bool:
        """Whether this key is that of an admitted station; read again when its file has changed."""
        known = others(self._plain)
        path = known.path(key)
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return False
        if self._admitted.get(path, (0, False))[0] != changed:
            found = known.find(key)
            self._admitted[path] = (changed, found is not None and found.key == key and found.admitted is not None)
        return self._admitted[path][1]

    def hear(self, path: Path) -> Found:
        """Read a bundle that was brought. Raises as `hearing.hear`."""
        with self._in_turn() as office:
            self._look_for_key()
            found = hearing.Found(path)
            try:
                hearing.hear(office, path, found)
            finally:
                if self._reach != (reach := hearing.reach(office)):  # all of what waits is read: not for every bundle
                    self._reach = reach
                    hearing.hear_all(office, [])
            return found

    def bundle(self, key: VerifierKey, start: int, had: str | None, cut: str | None) -> Ready | None:
        """What a station lacks that has the entries before `start`; None where it lacks nothing.

        :param had: the tag of the last bundle that it read to the end. :param cut: the tag of one of which it has the beginning.
        """
        with self._in_turn() as office:
            folder = self._folder_of(key)
            if cut is not None and (path := folder / f"{cut}{sending.SUFFIX}").exists():
                return Ready(path, cut)
            end, content = self._content(office, key, start)
            if start >= end and had is not None and had.startswith(f"{content}-"):
                return None
            for path in sorted(folder.glob(f"{content}-{start}-*{sending.SUFFIX}")):
                return Ready(path, path.stem)
            return self._written(office, key, start, content)

    def checkpoint(self) -> bytes:
        """The newest checkpoint, with its cosignatures."""
        with self._in_turn() as office:
            office.ledger.refresh()
            return office.ledger.checkpoint()

    def receipt(self, sid: str) -> Receipt:
        """:raises Refused: `ledger.statement`."""
        with self._in_turn() as office:
            return office.ledger.receipt(sid)

    def tidy(self) -> None:
        """Housekeeping of the store, when an answer has been given."""
        with suppress(CustodyError, OSError), self._in_turn() as office:  # the next append does it, or says what is wrong
            office.ledger.tidy()

    @contextmanager
    def _in_turn(self) -> Iterator[Office]:
        with self._turn:
            yield self._office

    def _look_for_key(self) -> None:
        """A ledger key that was unlocked, or locked, since: what waits goes in as soon as it is there."""
        office = self._plain
        if office.unlocked and office.founding.body["ledger_key_use"] == "file":
            return
        key = key_of(office.folder, office.state)(office.founding, office.origin)
        office.ledger.lock() if key is None else office.ledger.unlock(key)
        if key is not None:
            office.flush()
            office.flushed.clear()

    def _folder_of(self, key: VerifierKey) -> Path:
        folder = self.folder / "out" / others(self._plain).path(key).stem
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _content(self, office: Office, key: VerifierKey, start: int) -> tuple[int, str]:
        """Where the next bundle ends, and a name for all that it would tell this station beside the entries before that."""
        office.ledger.refresh()
        size = office.ledger.head().size
        end = sending.ending(office, min(start, size), size, MOST_ENTRIES)
        told, known = sending.answers(office, key), others(office).find(key)
        waits = [one.path.name for one in office.outbox.pending()]
        areas = list(known.areas) if known is not None else []
        shown = told.format().decode() if told is not None else None
        return end, sha256(orjson.dumps([end, shown, waits, areas])).hexdigest()[:32]

    def _written(self, office: Office, key: VerifierKey, start: int, content: str) -> Ready:
        folder = self._folder_of(key)
        counter = sending.reserved(office, self._random)
        path = folder / f"{content}-{start}-{counter}{sending.SUFFIX}"
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                sending.send(office, file.write, key, counter, self._random, start, most=MOST_ENTRIES)
            part.replace(path)
        except OSError as error:
            raise Refused("bundle.unwritable", path=str(path), reason=trouble(error)) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        for old in sorted(folder.glob(f"*{sending.SUFFIX}"), key=_counter)[:-_KEPT]:
            old.unlink(missing_ok=True)
        self._written_since += 1
        if self._written_since > _LOOK:
            self._written_since = 0
            _spare(self.folder / "out", path)
        return Ready(path, path.stem)


class _Together:
    """A ledger whose `offer` steps out of the turn, and commits with others."""

    def __init__(self, ledger: Ledger, turn: Lock) -> None:
        self._ledger, self._turn = ledger, turn
        self._commits = Commits(ledger, turn)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def offer(self, notes: Sequence[bytes]) -> list[Answer]:
        self._turn.release()
        try:
            return self._commits.offer(notes)
        finally:
            self._turn.acquire()


def _counter(path: Path) -> int:
    return int(path.stem.rsplit("-", 1)[1])


def _spare(folder: Path, fresh: Path) -> None:
    """Keep the room: with thousands of stations, what was fetched long ago would fill the disk."""
    found = []
    for path in folder.glob(f"*/*{sending.SUFFIX}"):
        with suppress(FileNotFoundError):
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size, path))
    left = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if left <= ROOM or path == fresh:
            return
        path.unlink(missing_ok=True)
        left -= size
