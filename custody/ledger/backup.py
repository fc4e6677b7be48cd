"""A backup: ledger, private register, drafts and keys in one file under a passphrase, and back again (spec chapter 15).

The payload is a row of members and an end; each member a line of JSON and its bytes:

    {"name":"ledger.db","size":81920}
    <81920 bytes>
    {"end":true,"members":7}

Writing: into a file beside the target, synced, read back whole, and only then named. Nothing is left behind when anything fails.
"""

import errno
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from custody.core import canonical
from custody.core.errors import Altered, Malformed, Refused
from custody.durable import sync_folder, trouble, write_durably
from custody.ledger import strongbox
from custody.ledger.folder import Folder
from custody.ledger.strongbox import Head
from custody.reading import opened, read

_DEVICE = ("device.json", "address.json", "keys/device", "keys/device.pub")
SINGLE = ("ledger.db", "private.db", "policy", "custody.toml", "keys/ledger", "keys/ledger.pub", *_DEVICE)
FOLDERS = ("drafts", "outbox", "invitations", "founding", "moves", "stations", "evidence")
PRIVATE = ("private.db", "keys/", "drafts/", "outbox/", "invitations/", "founding/")
MOST_MEMBERS = 100_000
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,120}")
_MOST_LINE = 1_024
_MOST_MARK = 65_536
_PIECE = 1 << 20


@dataclass(frozen=True)
class Made:
    """A backup as written: where, what its head says, how many bytes and members."""

    path: Path
    head: Head
    bytes: int
    members: int


@dataclass(frozen=True)
class Last:
    """The newest backup that this machine remembers. same_disk: whether it was written to the ledger's own disk; None: not known."""

    at: str
    size: int
    path: str
    same_disk: bool | None = None


def file_name(origin: str, size: int, at: str) -> str:
    """`custody-contoh-4eff2dd6-311-20241127T100000Z.backup`: sorts by age within one size, and names its ledger."""
    domain, _, number = origin.removeprefix("custody.").partition("/")
    return f"custody-{domain}-{number[:8]}-{size}-{re.sub('[-:]', '', at)}.backup"


def write(target: Path, head: Head, passphrase: bytes, members: Iterable[tuple[str, Path]]) -> Made:
    """Write a backup and read it back.

    :param members: name inside the backup and the file to take, none of which changes meanwhile.
    :raises Refused: `backup.exists`, `backup.full`, `backup.unwritable`. :raises KeyTrouble: `backup.empty`.
    """
    if os.path.lexists(target):
        raise Refused("backup.exists", path=str(target))
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as file:
            strongbox.seal(file, head, passphrase, _payload(list(members)))
            file.flush()
            os.fsync(file.fileno())
        count = check(part, passphrase)
        size = part.stat().st_size
        if os.path.lexists(target):
            raise Refused("backup.exists", path=str(target))
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _refused(error, target) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Made(target, head, size, count)


def members(folder: Folder, copies: Path, with_key: bool = True) -> Iterator[tuple[str, Path]]:
    """What a backup holds: the two databases as copied to `copies`, all else as it lies in the ledger folder."""
    for name in SINGLE:
        path = (copies if name.endswith(".db") else folder.path) / name
        if path.exists() and (with_key or not name.startswith("keys/")):
            yield name, path
    for name in FOLDERS:
        for path in sorted((folder.path / name).rglob("*")):
            inside = path.relative_to(folder.path).as_posix()
            if path.is_file() and not path.is_symlink() and _fit(inside):
                yield inside, path


def check(path: Path, passphrase: bytes) -> int:
    """Read a backup to its end; returns the number of members. Raises as `strongbox.opened`, and `backup.member`."""
    with opened(path) as file:
        return sum(1 for _ in walk(file, passphrase, lambda name, size: None))


def head_of(path: Path) -> Head:
    """What a backup says of itself without the passphrase. :raises Malformed: `backup.foreign`, `backup.newer`, `backup.head`."""
    with opened(path) as file:
        return strongbox.read_head(file)[0]


def unpack(path: Path, passphrase: bytes, into: Path) -> None:
    """Put all members into an empty folder; they are authentic, and what they say is not yet judged.

    :raises Refused: `backup.full`, `backup.unwritable`. Raises also as `strongbox.opened`, and `Malformed("backup.member")`.
    """

    def place(name: str, size: int) -> BinaryIO:
        target = into / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(into).free < size:
            raise OSError(errno.ENOSPC, "full")
        mode = 0o600 if name.startswith(PRIVATE) else 0o644
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        return os.fdopen(handle, "wb")

    try:
        with opened(path) as file:
            found = set(walk(file, passphrase, place))
        for folder in sorted({item.parent for item in into.rglob("*")} | {into}):
            sync_folder(folder)
    except OSError as error:
        raise _refused(error, into) from error
    for needed in ("ledger.db", "private.db"):
        if needed not in found:
            raise Malformed("backup.member", name=needed)


def remember(state: Path, made: Made, same_disk: bool | None = None) -> None:
    """Note on this machine that a backup was made, with its head: so the next one can be told when its passphrase is another."""
    with opened(made.path) as file:
        head, guard = strongbox.read_head(file)
    last = Last(made.head.at, made.head.size, str(made.path), same_disk)
    note = {**asdict(last), "head": (head.lines() + guard.hex().encode() + b"\n").decode("ascii")}
    write_durably(_mark(state, made.head.origin), json.dumps(note).encode() + b"\n", 0o600)


def last(state: Path, origin: str) -> Last | None:
    """The newest backup made on this machine; None when there is none, or nobody can read the note about it."""
    note = _remembered(state, origin)
    try:
        found = Last(*(note[name] for name in ("at", "size", "path")))
    except KeyError:
        return None
    if type(note.get("same_disk")) is bool:
        found = replace(found, same_disk=note["same_disk"])
    whole = type(found.at) is str and type(found.size) is int and type(found.path) is str  # the file may hold anything
    return found if whole else None


def familiar(state: Path, origin: str, passphrase: bytes) -> bool | None:
    """Whether this is the passphrase of the newest backup made on this machine; None when that is not known.

    :raises KeyTrouble: `backup.empty`.
    """
    try:
        head, guard = strongbox.read_head(BytesIO(str(_remembered(state, origin)["head"]).encode("utf-8", "replace")))
    except (KeyError, Malformed, Altered):
        return None
    return strongbox.fits(head, guard, passphrase)


def _remembered(state: Path, origin: str) -> dict[str, Any]:
    try:
        found = json.loads(read(_mark(state, origin), _MOST_MARK))
    except (OSError, Malformed, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _mark(state: Path, origin: str) -> Path:
    return state / (quote(origin, safe="") + ".backup")


def _payload(listed: list[tuple[str, Path]]) -> Iterator[bytes]:
    for name, path in listed:
        size = path.stat().st_size
        yield canonical.encode({"name": name, "size": size}) + b"\n"
        with path.open("rb") as file:
            left = size
            while left and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece
        if left:
            raise OSError(errno.EIO, "the file became shorter", str(path))
    yield canonical.encode({"end": True, "members": len(listed)}) + b"\n"


def walk(source: BinaryIO, passphrase: bytes, place: Callable[[str, int], BinaryIO | None]) -> Iterator[str]:
    """The names of the members, each put into what `place` opens for it; ends only where the whole file has been found authentic.

    :raises Malformed: `backup.member`. Raises also as `strongbox.opened`.
    """
    stream, names = _Stream(strongbox.opened(source, passphrase)), set[str]()
    while True:
        said = _line(stream)
        if said.keys() == {"end", "members"}:
            if said["members"] != len(names) or said["end"] is not True or not stream.over():
                raise Malformed("backup.member", name="end")
            return
        name, size = said.get("name"), said.get("size")
        if said.keys() != {"name", "size"} or type(name) is not str or type(size) is not int or size < 0:
            raise Malformed("backup.member", name=ascii(name)[:100])
        if not _fit(name) or name in names or len(names) >= MOST_MEMBERS:
            raise Malformed("backup.member", name=ascii(name)[:100])
        names.add(name)
        _copy(stream, size, place(name, size))
        yield name


def _copy(stream: "_Stream", size: int, into: BinaryIO | None) -> None:
    if into is None:
        for _ in stream.pieces(size):
            pass
        return
    with into:
        for piece in stream.pieces(size):
            into.write(piece)
        into.flush()
        os.fsync(into.fileno())


def _line(stream: "_Stream") -> dict[str, object]:
    try:
        return canonical.decode(stream.line())
    except Malformed:
        raise Malformed("backup.member", name="-") from None


def _fit(name: str) -> bool:
    """A name we would give ourselves: known places only, nothing that climbs out of the folder."""
    first, *rest = name.split("/")
    if name in SINGLE:
        return True
    return first in FOLDERS and 1 <= len(rest) <= 4 and all(_NAME.fullmatch(part) for part in rest)


class _Stream:
    """Bytes out of chunks: by the line and by the size."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""

    def line(self) -> bytes:
        while b"\n" not in self._held:
            if len(self._held) > _MOST_LINE or not self._more():
                raise Malformed("backup.member", name="-")
        line, _, self._held = self._held.partition(b"\n")
        return line

    def pieces(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._held and not self._more():
                raise Malformed("backup.member", name="-")
            piece, self._held = self._held[:size], self._held[size:]
            size -= len(piece)
            yield piece

    def over(self) -> bool:
        """Whether nothing follows; reads on to the authentic end of the file."""
        return not self._held and not self._more()

    def _more(self) -> bool:
        piece = next(self._chunks, None)
        if piece is not None:
            self._held += piece
        return piece is not None and (bool(piece) or self._more())


def _refused(error: OSError, path: Path) -> Refused:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return Refused("backup.full" if full else "backup.unwritable", path=str(path), reason=trouble(error))
