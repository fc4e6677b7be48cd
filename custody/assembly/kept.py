"""What is kept of bundles as it came: those that wait for what comes before, and what shows another history (spec chapter 23, Reading).

Anybody can write a bundle that never stops waiting, or one whose entries are wrong. So what strangers bring gets little room, and in it the
oldest makes place for the newest: its sender still has it. A second history is proven by the ledger key, and gets a room of its own.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from custody.assembly.stations import others
from custody.core.errors import Altered, BadSignature, KeyTrouble, Malformed, Refused
from custody.durable import sync_folder

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.bundle import Head
    from custody.core.note import VerifierKey

MOST = 256  # bundles of the office, or of a station that it admitted
ROOM = 1 << 30  # bytes of them
MOST_EACH = 32  # of one of them: a stolen laptop must not fill the room for all
ROOM_EACH = 1 << 27
MOST_STRANGE = 32  # bundles of others
ROOM_STRANGE = 1 << 28
_STRANGE = "-stranger"
_SUFFIX = ".bundle"


def keep_waiting(folder: Path, path: Path, head: Head, known: bool) -> None:
    """A copy of a bundle that cannot be used to its end yet, where it lies safely.

    :param known: whether the sender is the office, or was admitted. :raises Refused: `bundle.waiting-full`. Raises `OSError`.
    """
    if path.parent == folder:
        return
    target = folder / f"{_name(head)}{'' if known else _STRANGE}{_SUFFIX}"
    if target.exists():
        return
    most, room = (MOST, ROOM) if known else (MOST_STRANGE, ROOM_STRANGE)
    there = [one for one in folder.glob(f"*{_SUFFIX}") if one.stem.endswith(_STRANGE) != known] if folder.is_dir() else []
    if not known:
        _spare(there, most - 1, room - path.stat().st_size)
        there = [one for one in there if one.exists()]
    own = [one for one in there if known and _sender(one) == head.sender.name]
    for crowd, limit, bytes_ in ((there, most, room), (own, MOST_EACH, ROOM_EACH)):
        if len(crowd) >= limit or _bytes([*crowd, path]) > bytes_:
            raise Refused("bundle.waiting-full", limit=limit, room=bytes_ >> 20)
    _copy(path, target)


def keep_evidence(folder: Path, path: Path, head: Head, proven: bool) -> Path | None:
    """A bundle that shows another history, as it came; None where there is no room for it any more.

    :param proven: a ledger key signed both histories; else the entries may just as well have been changed on their way. Raises `OSError`.
    """
    kind = "fork" if proven else "unlike"
    target = folder / f"{kind}-{_name(head)}{_SUFFIX}"
    if target.exists():
        return target
    there = list(folder.glob(f"{kind}-*{_SUFFIX}")) if folder.is_dir() else []
    if len(there) >= MOST_STRANGE or _bytes([*there, path]) > (ROOM if proven else ROOM_STRANGE):
        return None
    _copy(path, target)
    return target


def keep_proof(office: Office, path: Path, signed: bytes) -> Path | None:
    """What proves to anyone, without this ledger, that its key signed two histories (chapter 27); None where it cannot be kept.

    :param signed: a checkpoint by the ledger key over other entries than those here.
    """
    from custody.core.verify import Outside
    from custody.ledger.evidence import evidence_of
    from custody.ledger.gossip import OfLedger, compare

    (found,) = compare([Outside(path.name, signed)], OfLedger(office.ledger))
    if found.fork is None:
        return None
    with suppress(Refused):
        return evidence_of(office.state, office.origin, office.folder.path).keep_fork(found.fork)[-1]
    return None


def proofs(folder: Path) -> list[Path]:
    """What was kept that proves a second history under the ledger key."""
    return sorted(folder.glob(f"fork-*{_SUFFIX}")) if folder.is_dir() else []


def trusted(office: Office, sender: VerifierKey) -> bool:
    """Whether this is the device key of the office, or of a station that the office admitted."""
    if office.device is not None and office.device.office == sender:
        return True
    found = others(office).find(sender)
    return found is not None and found.admitted is not None


def hopeless(error: Exception) -> bool:
    """Whether a bundle that waited will never be read to its end: it is wrong itself, whatever else comes."""
    if isinstance(error, Altered | KeyTrouble):
        return error.code in ("bundle.cut", "bundle.damaged", "copy.fork", "copy.unlike", "device.sealed")
    return isinstance(error, Malformed | BadSignature) and not error.code.startswith(("device.", "file."))


def _name(head: Head) -> str:
    return f"{head.sender.name}-{head.counter}-{head.digest[:16]}"


def _sender(path: Path) -> str:
    return path.stem.rsplit("-", 2)[0]


def _bytes(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def _spare(there: list[Path], most: int, room: int) -> None:
    """Take away the oldest until there is place; where it is never enough, nothing."""
    left = sorted(there, key=lambda one: (one.stat().st_mtime_ns, one.name))
    while left and room >= 0 and (len(left) > most or _bytes(left) > room):
        left.pop(0).unlink(missing_ok=True)


def _copy(path: Path, target: Path) -> None:
    """Whole and durable, or not there at all: what was half written when the disk was full is taken away."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        shutil.copyfile(path, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    sync_folder(target.parent)
