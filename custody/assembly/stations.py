"""Stations: asking for a place at an office, being admitted; what has not reached the office (spec chapter 23)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from custody.assembly.office import Office, own_folder
from custody.core.errors import Malformed, Refused
from custody.durable import trouble, write_durably
from custody.ledger.folder import Folder

if TYPE_CHECKING:
    from custody.assembly.placing import KeptStore
    from custody.core.note import VerifierKey
    from custody.station.heard import Heard, Others

OFFICE = "kantor"  # the name of an office's device key
_NAME = re.compile(r"[a-z0-9-]{1,32}")
Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Undelivered:
    """What is signed here and, as far as is known here, not in the office's ledger. since: when the oldest was signed."""

    count: int = 0
    since: str | None = None


def request(folder: Path, name: str, random: Random) -> VerifierKey:
    """Make the device key of a station to be; its public half `keys/device.pub` goes to the office. Asked again, the same key.

    :raises Malformed: `station.name`. :raises Refused: `station.exists`. :raises KeyTrouble: `device.other-name`, `key.…`.
    """
    from custody.station import device

    if not _NAME.fullmatch(name) or name == OFFICE:
        raise Malformed("station.name", name=ascii(name)[:60])
    place = Folder(folder)
    if place.db.exists() or place.device.exists():
        raise Refused("station.exists", path=str(folder))
    own_folder(folder)
    return device.new_key(place.device_key, name, random)


def own_key(office: Office, random: Random) -> VerifierKey:
    """The device key of this laptop; an office makes its own the first time. Raises as `device.new_key`."""
    from custody.station import device, keyfile

    if office.folder.device_key.exists():
        return keyfile.read_public(office.folder.device_key)
    if office.station:
        return keyfile.read_public(office.folder.device_key)  # says that it is missing
    return device.new_key(office.folder.device_key, OFFICE, random)


def others(office: Office) -> Others:
    """The other devices that were heard of here."""
    from custody.station.heard import Others

    return Others(office.folder.stations)


def admit(office: Office, key: VerifierKey, areas: Sequence[str]) -> Heard:
    """Note at the office that this device is a station, whose bundles get the private rows of these places. Again, with other places.

    :raises Refused: `station.name-taken`, `station.place`.
    """
    from custody.station.heard import Heard

    known = others(office)
    if any(one.key != key and one.admitted for one in known.named(key.name)) or key.name == OFFICE:
        raise Refused("station.name-taken", name=key.name)
    for code in areas:
        if office.ledger.state.places.get(code, office.ledger.size) is None:
            raise Refused("station.place", code=code)
    found = known.find(key) or Heard(key)
    admitted = replace(found, admitted=found.admitted or office.now(), areas=tuple(sorted({*found.areas, *areas})))
    with turn(office):
        known.keep(admitted)
    return admitted


def dismiss(office: Office, name: str) -> tuple[Heard, ...]:
    """Note at the office that these devices are stations no more: nothing is answered them over the network or written for them.

    What they bring by stick is read as ever: it proves itself. :raises Refused: `station.unknown`.
    """
    known = others(office)
    with turn(office):
        found = [one for one in known.named(name) if one.admitted]
        if not found:
            raise Refused("station.unknown", name=name)
        gone = tuple(replace(one, admitted=None, areas=()) for one in found)
        for one in gone:
            known.keep(one)
    return gone


def undelivered(office: Office) -> Undelivered:
    """What waits here."""
    from custody.core import entry
    from custody.core.errors import CustodyError

    waiting, since = office.outbox.pending(), None
    for one in waiting:
        try:
            since = str(entry.parse(one.note).statement.body["at"])
            break
        except CustodyError:
            continue
    return Undelivered(len(waiting), since)


def looking_ahead(office: Office) -> Office:
    """At a station: the same office, where what waits counts as if it were in the ledger.

    To be asked and drafted from, for the length of one command; no proof rests on it.
    """
    from custody.ledger.beyond import LookingAhead
    from custody.ledger.copy import Copy

    if not isinstance(office.ledger, Copy):
        return office
    notes = [one.note for one in office.outbox.pending()]
    ledger = LookingAhead(office.store, notes, office.ledger)
    return replace(office, ledger=ledger, store=cast("KeptStore", ledger.rows))


@contextmanager
def turn(office: Office) -> Iterator[None]:
    """One process at a time keeps what this laptop knows of devices and its own counter."""
    from custody.store.lock import TurnLock

    with TurnLock(office.folder.path / "device.lock", wait=20.0).held():
        yield


def publish(key: Path, target: Path) -> Path:
    """Copy the public half of a device key to a stick, as `<name>.pub`; `target` is a folder or the file.

    Raises `Refused("station.unwritable")`.
    """
    from custody.station.keyfile import public_path, read_public

    name = read_public(key).name
    path = target / f"{name}.pub" if target.is_dir() else target
    try:
        write_durably(path, public_path(key).read_bytes())
    except OSError as error:
        raise Refused("station.unwritable", path=str(path), reason=trouble(error)) from error
    return path
