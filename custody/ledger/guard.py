"""The rollback guard: the last signed checkpoint, kept outside the ledger folder. Keeps design chapter 3, "Rollback guard".

An older copy of a ledger is a perfectly valid ledger; that something is missing at its end, only something outside of it can know. So the
one machine that appends keeps the newest checkpoint that it has signed in a file of its own, and refuses to go on from anything that does
not contain it. Trusted with: accidents (an old backup restored, a folder copied and both copies used). Not with: whoever owns this account,
who can change the guard too; against him there are the witnesses.

Order of an append: COMMIT, then `advance`, then answer. A crash between the two leaves the database ahead, which is normal.

The file is a row of lines, each a whole mark; the last counts. One more costs one sync, the file anew two. A power cut may leave the last
line half: then the one before it counts, and the database is ahead.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, Malformed, Refused
from custody.core.note import split
from custody.durable import append_whole, write_durably

FORMAT = "custody-guard/v1"
_LARGEST = 1 << 18  # bytes; a note has at most 65,535 and grows a little in JSON
_LONG = 1 << 15  # bytes of marks from which on the file is made anew

RootAt = Callable[[int], bytes]
Turn = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Mark:
    """What the guard remembers: which ledger, the newest checkpoint note as signed, and where alone the ledger may be appended to."""

    origin: str
    machine: str
    folder: str
    status: Literal["live", "moved"]
    note: str

    def checkpoint(self) -> Checkpoint:
        """The size and root that the note states; the guard trusts its own file and verifies no signature."""
        return _stated(self.note.encode())


class Guard:
    """One guard file. All its writes happen one at a time: `turn` gives a lock across processes (assembly passes one beside the file)."""

    def __init__(self, state: Path, origin: str, machine: str, folder: Path, turn: Turn) -> None:
        """
        :param state: the state directory (`state_folder`). :param machine: `machine_id()`. :param folder: the ledger folder.
        """
        self.path = guard_file(state, origin)
        self._origin = origin
        self._machine = machine
        self._folder = os.path.normcase(os.path.realpath(folder))
        self._turn = turn

    def mark(self) -> Mark | None:
        """What the guard remembers, whoever it belongs to; None when there is no guard. Altered("guard.damaged")."""
        data = _data(self.path)
        return None if data is None else _last(data, self.path, self._origin)

    def promised(self) -> bytes | None:
        """The newest checkpoint signed in this very folder on this machine; None for a copy. Altered("guard.damaged")."""
        try:
            return self._mine().note.encode()
        except Refused:
            return None

    def check(self, head: bytes | None, root_at: RootAt) -> None:
        """Before appending: may this folder on this machine go on from what the database holds?

        A database ahead of the guard is normal; the guard then advances to `head`.

        :param head: the newest checkpoint note in the database. :param root_at: the root of the database's tree at a size.
        :raises Refused: `guard.missing`, `guard.moved`, `guard.machine`, `guard.path`.
        :raises Altered: `guard.behind` when entries that were signed are missing, `guard.fork` when they are others, `guard.damaged`.
        """
        with self._held():
            mark = self._mine()
            self._agree(mark, head, root_at)
            self._raise_to(mark, head)

    def advance(self, note: bytes) -> None:
        """After COMMIT and before the answer: remembers the checkpoint just signed, durably, with one sync.

        A guard that is further already, because another process was quicker, stays as it is.

        :raises Refused: as `check`, and `guard.unwritable`. :raises Altered: `guard.fork` for another root at the same size.
        """
        with self._held():
            self._raise_to(self._mine(), note)

    def adopt(self, head: bytes, root_at: RootAt) -> None:
        """Makes this folder on this machine the one place that may append: at the founding, after a restore, after a move.

        Whether that is allowed is the caller's decision (`custody restore --against`, the signed act of `custody move`). Where the guard
        remembers anything, the database must contain it.

        :raises Altered: `guard.behind`, `guard.fork`, `guard.damaged`. :raises Refused: `guard.unwritable`.
        """
        with _speaking(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn():
            mark = self.mark()
            if mark is not None:
                self._agree(mark, head, root_at)
            self._write(Mark(self._origin, self._machine, self._folder, "live", self._own(head)))

    def leave(self) -> None:
        """The ledger moves away: from now on nothing may be appended here. :raises Refused: as `check`."""
        with self._held():
            self._write(replace(self._mine(), status="moved"))

    @contextmanager
    def _held(self) -> Iterator[None]:
        if not self.path.exists():  # before the lock, which lies in the same folder
            raise Refused("guard.missing", path=str(self.path))
        with self._turn():
            yield

    def _mine(self) -> Mark:
        mark = self.mark()
        if mark is None:
            raise Refused("guard.missing", path=str(self.path))
        if mark.status == "moved":
            raise Refused("guard.moved", size=mark.checkpoint().size)
        if mark.machine != self._machine:
            raise Refused("guard.machine")
        if mark.folder != self._folder:
            raise Refused("guard.path", folder=self._folder, known=mark.folder)
        return mark

    def _agree(self, mark: Mark, head: bytes | None, root_at: RootAt) -> None:
        promised = mark.checkpoint()
        held = None if head is None else _stated(head)
        size = 0 if held is None else held.size
        if size < promised.size:
            raise Altered("guard.behind", size=size, promised=promised.size)
        for one in (promised, held):
            if one is not None and root_at(one.size) != one.root:
                raise Altered("guard.fork", size=one.size)

    def _raise_to(self, mark: Mark, note: bytes | None) -> None:
        if note is None:
            return
        known, new = mark.checkpoint(), _stated(note)
        if new.size == known.size and new.root != known.root:
            raise Altered("guard.fork", size=new.size)
        if new.size > known.size:
            self._add(replace(mark, note=self._own(note)))

    def _own(self, note: bytes) -> str:
        origin = _stated(note).origin
        if origin != self._origin:
            raise Refused("guard.origin", origin=origin, known=self._origin)
        return note.decode()

    def _write(self, mark: Mark) -> None:
        with _speaking(self.path):
            write_durably(self.path, _line(mark), 0o600)

    def _add(self, mark: Mark) -> None:
        """A line more; where the file is long, or its last line is not whole, the file anew."""
        data = _data(self.path) or b""
        if len(data) > _LONG or not data.endswith(b"\n") or _mark(data.splitlines()[-1], self._origin) is None:
            self._write(mark)
        else:
            with _speaking(self.path):
                append_whole(self.path, _line(mark))


def guard_file(state: Path, origin: str) -> Path:
    """Where the guard of a ledger lies; one file per origin."""
    return state / (quote(origin, safe="") + ".guard")


def state_folder(environ: Mapping[str, str], home: Path, system: str = sys.platform) -> Path:
    """$CUSTODY_STATE, else the place where this operating system wants the state of programs."""
    if environ.get("CUSTODY_STATE"):
        return Path(environ["CUSTODY_STATE"])
    if system == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "custody"
    if system == "darwin":
        return home / "Library" / "Application Support" / "custody"
    return Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "custody"


def machine_id(read: Callable[[], str] | None = None) -> str:
    """32 hex digits that stay the same on this machine and say nothing else about it: a hash of the system's own id.

    :param read: gives the system's id, or "" where there is none; then the network card or the host name stands in.
    """
    told = (read or _system_id)().strip()
    if not told:
        card = uuid.getnode()
        told = platform.node() if card >> 40 & 1 else f"{card:012x}"  # that bit: a random number, no card was found
    return sha256(b"custody/machine/v1\n" + told.encode()).hexdigest()[:32]


def _system_id() -> str:
    if sys.platform == "win32":
        import winreg

        rights = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, rights) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    for source in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            return source.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            continue
    return ""


@lru_cache(maxsize=4)  # the same two notes are asked for several times in every append
def _stated(note: bytes) -> Checkpoint:
    return Checkpoint.parse(split(note)[0])


def _line(mark: Mark) -> bytes:
    return json.dumps({"format": FORMAT, **vars(mark)}).encode() + b"\n"


def _data(path: Path) -> bytes | None:
    with _speaking(path):
        try:
            with path.open("rb") as file:
                return file.read(_LARGEST)
        except FileNotFoundError:
            return None


def _last(data: bytes, path: Path, origin: str) -> Mark:
    """The last mark, or the one before it. :raises Altered: `guard.damaged`."""
    for line in data.removesuffix(b"\n").split(b"\n")[:-3:-1]:
        if (mark := _mark(line, origin)) is not None:
            return mark
    raise Altered("guard.damaged", path=str(path))


def _mark(line: bytes, origin: str) -> Mark | None:
    try:
        mark = _parse(json.loads(line))
        mark.checkpoint()
    except (ValueError, RecursionError, Malformed):
        return None
    return mark if mark.origin == origin else None


def _parse(value: Any) -> Mark:
    fields = tuple(Mark.__dataclass_fields__)
    if not isinstance(value, dict) or set(value) != {"format", *fields} or value["format"] != FORMAT:
        raise ValueError
    if not all(isinstance(value[name], str) for name in fields) or value["status"] not in ("live", "moved"):
        raise ValueError
    return Mark(**{name: value[name] for name in fields})


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("guard.unwritable", path=str(path), reason=errno.errorcode.get(error.errno or 0, "OSError")) from error
