"""Writing bundles: what the other side lacks, as far as is known here (spec chapter 23, BUNDLE-8 to BUNDLE-14)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from custody.assembly.office import Office, device_of
from custody.assembly.stations import others, own_key, turn
from custody.core import bundle
from custody.core.errors import Refused
from custody.durable import sync_folder, trouble

if TYPE_CHECKING:
    from custody.core.bundle import Answers, Head
    from custody.core.enclosed import Rows
    from custody.core.note import VerifierKey
    from custody.core.rows import Row

SUFFIX = ".bundle"
_HASHES = re.compile(rb'"([0-9a-f]{64})"')
Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Sent:
    """A bundle as written: its counter, for whom (None: anybody), entries from `start` on, statements that wait, and private rows."""

    path: Path | None
    counter: int
    to: str | None
    start: int
    entries: int
    notes: int
    rows: int
    bytes: int


def receiver(office: Office, name: str | None) -> VerifierKey | None:
    """Whose key opens the private rows of a bundle for `name`: at a station the office's where nobody is named.

    :raises Refused: `station.unknown` for a name that nobody was admitted under.
    """
    if name is None:
        return office.device.office if office.device is not None and office.station else None
    if office.device is not None and office.device.office is not None and name == office.device.office.name:
        return office.device.office
    found = [one.key for one in others(office).named(name) if one.admitted or office.station]
    if not found:
        raise Refused("station.unknown", name=name)
    return found[0]


def write(office: Office, target: Path, to: VerifierKey | None, random: Random, start: int | None = None) -> Sent:
    """Write a bundle into a file, or into a new file in a folder. Nothing that exists is overwritten, nothing half done is left.

    :param start: the first entry; None for what `to` is known to lack: for the office nothing, for anybody else everything.
    :raises Refused: `bundle.exists`, `bundle.unwritable`. :raises KeyTrouble: `key.…`.
    """
    counter = reserved(office, random)
    name = own_key(office, random).name
    path = _free(target, f"{name}-{counter:04d}") if target.is_dir() else target
    if os.path.lexists(path):
        raise Refused("bundle.exists", path=str(path))
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            sent = send(office, file.write, to, counter, random, start)
            file.flush()
            os.fsync(file.fileno())
        size = part.stat().st_size
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Refused("bundle.unwritable", path=str(path), reason=trouble(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return replace(sent, path=path, bytes=size)


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that no file has: a laptop of the same name may have written there."""
    tries = (f"{name}{more}{SUFFIX}" for more in ("", *(f"-{at}" for at in range(2, 100))))
    return next((folder / one for one in tries if not os.path.lexists(folder / one)), folder / f"{name}{SUFFIX}")


def reserved(office: Office, random: Random) -> int:
    """The next counter of this device, used up from now on whatever becomes of the bundle (BUNDLE-15)."""
    from custody.station.device import Device

    own_key(office, random)
    with turn(office):
        device = device_of(office.folder) or Device("office")
        fresh = replace(device, counter=device.counter + 1)
        fresh.write(office.folder.device)
    return fresh.counter


def send(
    office: Office,
    put: Callable[[bytes], object],
    to: VerifierKey | None,
    counter: int,
    random: Random,
    start: int | None = None,
    *,
    most: int | None = None,
    notes: Sequence[bytes] | None = None,
) -> Sent:
    """Write a bundle part by part through `put`; `counter` must have been reserved. Raises what `put` raises.

    :param most: how many entries at the most; the rest is asked for afterwards. :param notes: of those that wait; None: all.
    """
    from custody.station import device

    key = device.open_key(office.folder.device_key)
    office.ledger.refresh()
    size = office.ledger.head().size
    first = min(_lacking(office, to, size) if start is None else start, size)
    size = size if most is None else ending(office, first, size, most)
    head = _head(office, key.public, to, counter, random, first)
    writer = bundle.Writer(put, head, key.line)
    _entries(office, writer, first, size)
    notes = ordered([one.note for one in office.outbox.pending()] if notes is None else notes)
    for at in range(0, len(notes), bundle.MOST_NOTES):
        writer.notes(notes[at : at + bundle.MOST_NOTES])
    rows = _enclose(office, writer, to, notes, first, size, counter)
    told = answers(office, to)
    if told is not None:
        writer.answers(told)
    writer.end()
    return Sent(None, counter, None if to is None else to.name, first, size - first, len(notes), rows, 0)


def _head(office: Office, own: VerifierKey, to: VerifierKey | None, counter: int, random: Random, start: int) -> Head:
    seen, head = office.common()["seen"], office.ledger.head()
    return bundle.Head(office.now(), counter, own, office.founding.sid, random(16).hex(), head, seen["sig"], start, to)


def _lacking(office: Office, to: VerifierKey | None, size: int) -> int:
    """From which entry on the receiver lacks them: the office lacks none, a device what it did not say that it has."""
    if to is None:
        return 0
    if office.station and office.device is not None and to == office.device.office:
        return size
    known = others(office).find(to)
    return known.size if known is not None else 0


def _entries(office: Office, writer: bundle.Writer, start: int, size: int) -> None:
    """Entries in their order, and behind each part the newest checkpoint over no more than it."""
    with office.store.read() as reader:
        heads = (one for one in reader.checkpoints(start + 1) if one[0] <= size)
        ahead = next(heads, None)
        for at in range(start, size, bundle.MOST_NOTES):
            end = min(at + bundle.MOST_NOTES, size)
            writer.entries(at, [row.body for row in reader.rows(at, end)])
            last = None
            while ahead is not None and ahead[0] <= end:
                last, ahead = ahead, next(heads, None)
            if last is not None:
                cosigned = b"".join(line for _, line in reader.cosignatures(last[0]))
                writer.checkpoint(last[0], last[1] + cosigned)


def ordered(notes: Iterable[bytes]) -> list[bytes]:
    """Statements of authorities before all others (BUNDLE-11)."""
    from custody.core.kinds import KINDS

    first = tuple(f"custody/{name}/".encode() for name, kind in KINDS.items() if kind.takes_effect == "authority")
    return sorted(notes, key=lambda one: not one.startswith(first))


def answers(office: Office, to: VerifierKey | None) -> Answers | None:
    """What an office tells a station."""
    from custody.station import address

    known = None if to is None or office.station else others(office).find(to)
    return None if known is None else bundle.Answers(known.spans, known.refused, address.read_address(office.folder.address))


def ending(office: Office, start: int, size: int, most: int) -> int:
    """Where a bundle ends that should hold `most` entries: at the first checkpoint from there on, without which the last were of no use."""
    with office.store.read() as reader:
        return min(next((at for at, _ in reader.checkpoints(start + most)), size), size)


# -- private rows --------------------------------------------------------------------------------------------------------------


def _enclose(
    office: Office, writer: bundle.Writer, to: VerifierKey | None, notes: Sequence[bytes], start: int, size: int, counter: int
) -> int:
    """Private rows for this receiver, encrypted; returns how many."""
    from custody.core import enclosed
    from custody.station import envelope

    if to is None or (office.station and (office.device is None or to != office.device.office)):
        return 0
    rows = _owed(office, notes, counter) if office.station else _theirs(office, to, start, size)
    for portion in enclosed.portions(rows.openings, rows.codes):
        writer.private(envelope.sealed(to, portion.format()))
    return len(rows.openings) + len(rows.codes)


def _owed(office: Office, notes: Sequence[bytes], counter: int) -> Rows:
    """At a station: what opens its own waiting statements, and whatever else the office has not confirmed."""
    device = office.device
    assert device is not None, "a station has its file"
    rows = _rows(office, {*hashes(notes), *(one for one, _ in device.owed)})
    if device.owed:
        with turn(office):
            now = device_of(office.folder) or device
            now.owing(dict.fromkeys((one for one, _ in now.owed), counter)).write(office.folder.device)
    return rows


def _theirs(office: Office, to: VerifierKey, start: int, size: int) -> Rows:
    """At the office: names of the people who act in the areas of a station, and codes of its boxes, of entries from `start` to `size`."""
    from custody.core import entry
    from custody.core.enclosed import Rows

    known = others(office).find(to)
    if known is None or not known.areas:
        return Rows()
    wanted: set[str] = set()
    with office.store.read() as reader:
        for row in reader.rows(start, size) if start < size else ():
            if row.kind in ("enrol", "founding", "label"):
                wanted |= _of_area(office, entry.parse(row.body).statement.body, row, known.areas)
    return _rows(office, wanted)


def _of_area(office: Office, body: Mapping[str, object], row: Row, areas: Sequence[str]) -> set[str]:
    """The hashes in an entry that a station of these areas may see opened, and only if the entry had effect.

    Anybody who is enrolled can write hashes into a statement: those of other people's names, or of the code of a box far away.
    """
    roster, codes = office.ledger.state.roster, office.ledger.state.register.codes
    if row.kind == "label":
        lines = body["labels"]
        assert isinstance(lines, list), "checked when it was admitted"
        entered = {one["code"]: codes.get(one["code"]) for one in lines}
        return {code for code, printed in entered.items() if printed is not None and printed.box and _within(office, printed.box, areas)}
    if row.kind == "founding":
        return hashes([row.body]) if row.idx == 0 else set()
    key = roster.by_name.get(str(body["key"]).partition("+")[0])
    if key is None or key.since != row.idx or not _near(office, body["places"], areas):
        return set()
    return hashes([row.body])


def _within(office: Office, box: str, areas: Sequence[str]) -> bool:
    found = office.ledger.state.register.boxes.get(box)
    return found is not None and not set(areas).isdisjoint(office.ledger.state.places.path(found.place, office.ledger.size))


def _near(office: Office, places: object, areas: Sequence[str]) -> bool:
    """Whether a person acts in one of these areas, or above it."""
    path, size = office.ledger.state.places.path, office.ledger.size
    acting = set(places) if isinstance(places, list) else set()
    above = {code for area in areas for code in path(area, size)}
    return not acting or not acting.isdisjoint(above) or any(not set(areas).isdisjoint(path(one, size)) for one in acting)


def hashes(notes: Iterable[bytes]) -> set[str]:
    """Every 64 hex digits that stand in notes: among them what they commit to."""
    return {found.decode() for one in notes for found in _HASHES.findall(one)}


def _rows(office: Office, wanted: set[str]) -> Rows:
    """The private rows behind these hashes, as far as they are here."""
    from custody.core.enclosed import Code, Rows

    opened = office.private.opened(sorted(wanted))
    codes = [code for one in sorted(wanted) if (code := office.private.code(bytes.fromhex(one))) is not None]
    return Rows(tuple(opened[one] for one in sorted(opened)), tuple(Code(one.symbols, one.box) for one in codes))
