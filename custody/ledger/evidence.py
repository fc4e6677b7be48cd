"""What others held and somebody brought, kept as files so that every later verification reads it (docs/spec/27-receipts.md, GOSSIP).

<size>-<root>.checkpoint · <size>-<root>-<index>.tlog-proof   what was brought and does not agree, as it was signed
newest.checkpoint                                              of what agreed, the largest head
*.fork                                                         proofs that the ledger signed two histories
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, Refused
from custody.core.fork import Fork
from custody.core.note import split
from custody.core.proof import MAX_BYTES
from custody.core.verify import Outside
from custody.durable import write_durably
from custody.ledger.restore import outside
from custody.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "evidence"
NEWEST = "newest.checkpoint"
MOST = 512  # files in a folder; whoever has the ledger key could else make any number
_KINDS = (".checkpoint", ".tlog-proof")


def evidence_of(state: Path, origin: str, ledger: Path | None = None) -> Evidence:
    """The folders for a ledger: that of this machine, which nobody can exchange with the ledger; and that inside the ledger folder."""
    own = state / (quote(origin, safe="") + f".{FOLDER}")
    return Evidence([own, ledger / FOLDER] if ledger is not None else [own])


class Evidence:
    """What is kept for one ledger, in one folder or two with the same names; a folder that cannot be written is passed over."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    def items(self) -> list[Outside]:
        """Everything kept, to be held against the ledger at each verification, the heads of forks too.

        A file that cannot be read is one that proves nothing.
        """
        found: dict[str, Outside] = {}
        for path in self._files(_KINDS):
            found.setdefault(path.name, _brought(path))
        heads = [Outside(str(path), note) for path, fork in self.forks() for note in (fork.earlier, fork.later)]
        return [*found.values(), *heads]

    def forks(self) -> list[tuple[Path, Fork]]:
        """The proofs of forks that can be read. Whether each holds, `Fork.verify` tells."""
        found: dict[str, tuple[Path, Fork]] = {}
        for path in self._files((".fork",)):
            try:
                found.setdefault(path.name, (path, Fork.parse(read(path, MAX_BYTES))))
            except (CustodyError, OSError):
                continue
        return list(found.values())

    def keep(self, item: Outside) -> list[Path]:
        """Keep what was brought and does not agree, as it was signed; returns where. :raises Refused: `evidence.unwritable`."""
        head = Checkpoint.parse(split(item.note)[0])
        name = f"{head.size}-{head.root.hex()[:16]}"
        if item.receipt is None or item.receipt.extra is None:
            return self._write(f"{name}.checkpoint", item.note)
        return self._write(f"{name}-{item.receipt.index}.tlog-proof", item.receipt.format())

    def keep_newest(self, note: bytes) -> None:
        """Remember a head that agreed, when it is larger than the one remembered. Where nothing can be written, nothing is remembered."""
        size = Checkpoint.parse(split(note)[0]).size
        for folder in self.folders:
            if _size(folder / NEWEST) < size:
                _tried(folder / NEWEST, note)

    def keep_fork(self, fork: Fork) -> list[Path]:
        """Keep the proof of a fork; returns where. :raises Refused: `evidence.unwritable`."""
        heads = [Checkpoint.parse(split(note)[0]) for note in (fork.earlier, fork.later)]
        name = "-".join(f"{head.size}-{head.root.hex()[:8]}" for head in heads)
        return self._write(f"{name}.fork", fork.format())

    def _files(self, kinds: tuple[str, ...]) -> Iterator[Path]:
        for folder in self.folders:
            yield from sorted(path for path in folder.glob("*") if path.suffix in kinds and not path.name.startswith("."))

    def _write(self, name: str, data: bytes) -> list[Path]:
        kept, why = [], ""
        for folder in self.folders:
            path = folder / name
            full = not path.exists() and len(list(folder.glob("*"))) >= MOST
            why = "EDQUOT" if full else _tried(path, data)
            kept += [] if why else [path]
        if not kept:
            raise Refused("evidence.unwritable", path=str(self.folders[0]), reason=why)
        return kept


def _brought(path: Path) -> Outside:
    try:
        return outside(str(path), read(path, MAX_BYTES))
    except CustodyError as error:
        return Outside(str(path), b"", unreadable=error.code)
    except OSError as error:
        return Outside(str(path), b"", unreadable=errno.errorcode.get(error.errno or 0, "OSError"))


def _size(path: Path) -> int:
    try:
        return Checkpoint.parse(split(read(path, MAX_BYTES))[0]).size
    except (CustodyError, OSError):
        return -1


def _tried(path: Path, data: bytes) -> str:
    """Write a file; "" when it is there, else what the system found wrong."""
    try:
        if not (path.exists() and path.read_bytes() == data):
            write_durably(path, data)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "OSError")
    return ""
