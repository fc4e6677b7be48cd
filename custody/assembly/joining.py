"""Making a station: a copy of the office's ledger out of a bundle that begins with the founding (spec chapter 23, Reading)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from custody.assembly import hearing
from custody.assembly.office import copy_of, guard_of, open_office, own_folder, station_state
from custody.core.errors import Altered, Refused
from custody.durable import write_durably
from custody.ledger.folder import Folder, Identity

if TYPE_CHECKING:
    from custody.core.bundle import Head
    from custody.core.policy import Policy


@dataclass(frozen=True)
class Joined:
    """A station that was made: its folder, the ledger's name, how many entries it holds, the newest checkpoint in short, the id of the
    office's device key.
    """

    folder: Path
    origin: str
    operation: str
    size: int
    short: str
    office: str


def join(
    folder: Path, bundle: Path, *, state_dir: Path, clock: Callable[[], datetime], trust: Policy | None = None, machine: str | None = None
) -> Joined:
    """Make a station out of a bundle of the office that begins with the founding. Cut off by a crash, it can be called again.

    :param trust: a trust file that names the ledger; without one the bundle says which ledger it is, and people compare.
    :raises Refused: `station.exists`, `station.no-key`, `station.not-for-you`, `station.not-whole`,
        `station.other-ledger`. Raises also as `hearing.hear`.
    """
    from custody.station.device import Device
    from custody.station.keyfile import read_public

    place = Folder(folder)
    if place.device.exists() and place.whole:
        raise Refused("station.exists", path=str(folder))
    if not place.device_key.exists():
        raise Refused("station.no-key", path=str(folder))
    head = hearing.head_of(bundle)
    if head.to is None or head.to != read_public(place.device_key):
        raise Refused("station.not-for-you", path=str(bundle))
    if head.start:
        raise Refused("station.not-whole", start=head.start)
    if trust is not None and all(log.name != head.head.origin for log in trust.logs):
        raise Refused("station.other-ledger", origin=head.head.origin)
    _emptied(place)
    _first(place, head, bundle, state_dir, trust, machine)
    Device("station", office=head.sender).write(place.device)
    with open_office(folder, state_dir=state_dir, clock=clock, write=True, machine=machine) as office:
        hearing.hear(office, bundle)
        short, operation = office.ledger.head().short, str(office.founding.body["operation"])
        return Joined(folder, office.origin, operation, office.ledger.size, short, head.sender.key_id.hex())


def _emptied(place: Folder) -> None:
    """What an earlier try may have left: everything but the key."""
    for path in (place.db, place.private, place.policy, place.settings, place.device):
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()


def _first(place: Folder, head: Head, bundle: Path, state_dir: Path, trust: Policy | None, machine: str | None) -> None:
    """The store with the beginning of the ledger, up to the first checkpoint, and the files that tell which ledger it is."""
    from custody.core import entry
    from custody.core.policy import Policy
    from custody.store.private import PrivateRegister
    from custody.store.sqlite import SqliteStore

    with ExitStack() as stack:
        store = SqliteStore.create(place.path)
        stack.callback(store.close)
        stack.callback(PrivateRegister.create(place.path).close)
        state = station_state(state_dir, place)
        own_folder(state)
        copy = copy_of(store, guard_of(state, head.head.origin, place.path, machine))
        notes, signed = beginning(bundle)
        founding = entry.parse(notes[0]).statement
        if founding.sid != head.ledger or head.head.origin != f"custody.{founding.body.get('domain')}/{founding.sid[:32]}":
            raise Altered("ledger.identity", path=str(bundle))
        copy.follow(notes, signed)
        keys = tuple(copy.state.roster.ledger_keys())
    write_durably(place.policy, (trust or Policy(keys)).format())
    identity = Identity(head.head.origin, founding.sid, founding.body["operation"], founding.body["drill"])
    write_durably(place.settings, identity.text().encode())
    for name in (place.drafts, place.outbox):
        own_folder(name)


def beginning(path: Path) -> tuple[list[bytes], bytes]:
    """The entries of a bundle up to its first checkpoint, and that. :raises Altered: `bundle.cut`; `Malformed("bundle.ahead")`."""
    notes, heavy = list[bytes](), 0
    with hearing.reader_of(path) as reader:
        for part in reader:
            if part.kind == "checkpoint":
                return notes[: part.start], part.data
            fresh = part.notes() if part.kind == "entries" else []
            notes += fresh
            heavy = hearing.bounded(heavy + hearing.weight(fresh))
    raise Altered("bundle.cut", part=1)
