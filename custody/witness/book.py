"""What a witness remembers, in files that outlive a power cut (docs/spec/26-witnesses.md, WITNESS-8 to WITNESS-11).

<sha256 of the origin>/checkpoint      the last head it cosigned: the ledger's line and its own; C2SP serves this very path to monitors
evidence/<hash>-<size>-<root>.…        heads under the ledger's signature that it refused (`.checkpoint`), and proven forks (`.fork`)
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path

from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, CustodyError, Refused
from custody.core.fork import Fork
from custody.core.note import MAX_BYTES, split
from custody.durable import write_durably
from custody.reading import read

Turn = Callable[[], AbstractContextManager[None]]
MOST_EVIDENCE = 512  # files; whoever holds the ledger key could else fill the disk of a witness
_EVIDENCE = "evidence"


class Book:
    """The memory of one witness. Whoever changes it holds `turn` from reading the last head to having written the next."""

    def __init__(self, folder: Path, turn: Turn) -> None:
        """:param turn: a lock across threads and processes; whoever joins the rooms hands it in."""
        self.folder = folder
        self.turn = turn

    def last(self, origin: str) -> bytes | None:
        """The note of the head cosigned last; None when there was never one.

        :raises Altered: `witness.damaged`: then nothing may be cosigned, for nobody knows what was. :raises Refused: `witness.disk`.
        """
        path = self._path(origin)
        with _speaking(path):
            try:
                note = read(path, MAX_BYTES)
            except FileNotFoundError:
                return None
        try:
            known = Checkpoint.parse(split(note)[0])
        except CustodyError:
            raise Altered("witness.damaged", path=str(path)) from None
        if known.origin != origin:
            raise Altered("witness.damaged", path=str(path))
        return note

    def keep(self, origin: str, note: bytes) -> None:
        """Remember this head, durably: file and folder are on disk when this returns. :raises Refused: `witness.disk`."""
        path = self._path(origin)
        with _speaking(path):
            write_durably(path, note)

    def keep_refused(self, note: bytes) -> Path | None:
        """Keep a head that the ledger signed and the witness refused; None when there is too much already."""
        return self._add(Checkpoint.parse(split(note)[0]), "checkpoint", note)

    def keep_fork(self, fork: Fork) -> Path | None:
        """Keep the proof of a fork; as `keep_refused`."""
        return self._add(Checkpoint.parse(split(fork.later)[0]), "fork", fork.format())

    def evidence(self) -> list[Path]:
        """What was kept against ledgers, by name."""
        return sorted(path for path in (self.folder / _EVIDENCE).glob("*-*.*") if path.suffix in (".fork", ".checkpoint"))

    def _add(self, head: Checkpoint, suffix: str, data: bytes) -> Path | None:
        path = self.folder / _EVIDENCE / f"{origin_hash(head.origin)[:16]}-{head.size}-{head.root.hex()[:16]}.{suffix}"
        with _speaking(path):
            if path.exists():
                return path
            if len(self.evidence()) >= MOST_EVIDENCE:
                return None
            write_durably(path, data)
        return path

    def _path(self, origin: str) -> Path:
        return self.folder / origin_hash(origin) / "checkpoint"


def origin_hash(origin: str) -> str:
    """Under which name a witness serves the last head of a ledger: SHA-256 of the origin in hex (C2SP tlog-witness)."""
    return sha256(origin.encode()).hexdigest()


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("witness.disk", path=str(path), reason=errno.errorcode.get(error.errno or 0, "OSError")) from error
