"""Backup, restore and move: what store, guard and folder do together so that one ledger lives at one place (design chapter 3)."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from custody.assembly.office import Office, Submitted, device_of, guard_of, open_office, own_folder, read_policy, station_state
from custody.assembly.placing import open_private, open_store
from custody.core.errors import Refused
from custody.durable import sync_folder, write_durably
from custody.i18n.dates import utc_text
from custody.ledger.folder import Folder

if TYPE_CHECKING:
    from custody.core.note import Line
    from custody.core.policy import Policy
    from custody.core.verdict import Verdict
    from custody.core.verify import Outside
    from custody.ledger.backup import Last, Made
    from custody.ledger.ports import Signer
    from custody.ledger.strongbox import Head
    from custody.station.device import Device

PASSED = 10_000  # counters: more bundles than a station writes between a backup and its end
Sign = Callable[[bytes], "Line"]


@dataclass(frozen=True)
class Restored:
    """A ledger that came back: its folder, what its backup said of itself, and the judgment over it."""

    folder: Path
    head: Head
    verdict: Verdict


def back_up(
    office: Office, target: Path, passphrase: bytes, random: Callable[[int], bytes], *, with_key: bool = True, logn: int | None = None
) -> Made:
    """Write everything of this ledger into one file under a passphrase; `target` is the file, or a folder that gets one.

    Others may go on appending: what they append meanwhile is not in it. Raises as `custody.ledger.backup.write`.
    """
    from custody.ledger import backup, strongbox

    with _copies(office.folder.path) as copies:
        office.store.copy(copies)
        office.private.copy(copies)  # after the ledger: openings of what came between are more than needed, never less
        size = _size_of(copies)
        at = office.now()
        head = strongbox.new_head(office.origin, size, at, random, logn or strongbox.LOG_N)
        if target.is_dir():
            target = target / backup.file_name(office.origin, size, at)
        made = backup.write(target, head, passphrase, backup.members(office.folder, copies, with_key))
    own_folder(office.state)
    backup.remember(office.state, made, made.path.stat().st_dev == office.folder.path.stat().st_dev)
    return made


@contextmanager
def _copies(folder: Path) -> Iterator[Path]:
    """A folder of our own for copies: beside the ledger, or in the system's place where that disk can only be read: it may be dying."""
    try:
        work = tempfile.mkdtemp(prefix=".backup-", dir=folder)
    except OSError:
        work = tempfile.mkdtemp(prefix="custody-backup-")
    try:
        yield Path(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def rebuild(office: Office) -> int:
    """Compute the projections anew from the entries; returns how many entries were read. Raises as `custody.ledger.rebuild.rebuild`."""
    from custody.ledger import rebuild as projections

    return projections.rebuild(office.store)


def rotated(office: Office, fresh: Signer, notes: Sequence[bytes]) -> Submitted:
    """Append what enrols a new ledger key under the first checkpoint that it signs, and put it into the trust file of the folder."""
    office.ledger.unlock(fresh)
    done = Submitted(tuple(office.ledger.append(notes)))
    policy = office.policy
    if fresh.key not in policy.logs:
        write_durably(office.folder.policy, replace(policy, logs=(*policy.logs, fresh.key)).format())
    return done


def last_backup(office: Office) -> Last | None:
    """The newest backup that was made on this machine."""
    from custody.ledger import backup

    return backup.last(office.state, office.origin)


def familiar_passphrase(office: Office, passphrase: bytes) -> bool | None:
    """Whether the newest backup made on this machine has this passphrase; None when that is not known."""
    from custody.ledger import backup

    return backup.familiar(office.state, office.origin, passphrase)


def restore(
    source: Path,
    target: Path,
    passphrase: bytes,
    held: Sequence[Outside],
    *,
    state_dir: Path,
    clock: Callable[[], datetime],
    without: str | None = None,
    trust: Policy | None = None,
    machine: str | None = None,
    url: str | None = None,
) -> Restored:
    """Unpack a backup, judge it, make its guard, and only then give the folder its name. Nothing is overwritten.

    :param held: checkpoints and receipts from outside. :param without: the typed statement that there are none.
    :param trust: a trust file from outside, else the one in the backup.
    :param url: the rows lie in this database still, and only the office's folder is lost: keys, trust file and drafts come from the backup,
        the rows are judged where they are. Raises also as `PostgresStore.open`, and `Refused("store.moved")`.
    :raises Refused: `restore.exists`, `restore.unproven`, `restore.live`, `restore.moved`, `backup.full`, `guard.unwritable`.
    :raises Altered: `restore.older`, `restore.altered`, `backup.damaged`, `backup.cut`, `guard.behind`, `guard.fork`.
    :raises KeyTrouble: `backup.passphrase`. :raises Undecided: `outside.…`. :raises Malformed: `backup.…`.
    """
    from custody.ledger import backup

    if os.path.lexists(target):
        raise Refused("restore.exists", path=str(target))
    if not held and not without:
        raise Refused("restore.unproven")
    head = backup.head_of(source)
    own_folder(state_dir)
    with _workplace(target) as work:
        backup.unpack(source, passphrase, work)
        if url is not None:
            _rows_elsewhere(work, url)
        verdict = _judged(work, target, held, trust, state_dir, machine)
        note = {"at": utc_text(clock()), "backup": head.at, "outside": [one.name for one in held], "size": verdict.size, "without": without}
        _named(work, target, note)
    return Restored(target, head, verdict)


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A folder beside the target, gone afterwards if it has not become it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _named(work: Path, target: Path, note: dict[str, object]) -> None:
    """How it was restored goes into the folder, and the folder gets its name."""
    write_durably(work / "restored.json", json.dumps(note, ensure_ascii=False, indent=1).encode() + b"\n", 0o600)
    if os.path.lexists(target):
        raise Refused("restore.exists", path=str(target))
    work.rename(target)
    sync_folder(target.parent)


def _rows_elsewhere(work: Path, url: str) -> None:
    """The folder of a backup whose rows count less than those of the database where the ledger lives."""
    from custody.ledger.dwelling import Dwelling

    folder = Folder(work)
    for path in (folder.db, folder.private):
        path.unlink()
    Dwelling(url).write(folder.database)


def _judged(work: Path, target: Path, held: Sequence[Outside], trust: Policy | None, state: Path, machine: str | None) -> Verdict:
    """Verify what was unpacked, and make the guard for the folder that it is about to become."""
    from custody.ledger import restore as judgment
    from custody.ledger.guard import machine_id
    from custody.ledger.tiles import TileTree

    with ExitStack() as stack:
        store = open_store(work)
        stack.callback(store.close)
        register = open_private(work)
        stack.callback(register.close)
        store.examine()
        register.examine()
        for _ in register.openings():
            pass  # each is held against its commitment
        policy = trust or read_policy(Folder(work).policy)
        device = device_of(Folder(work))
        station = device is not None and device.station
        verdict = judgment.judge(store, policy, held, follows=station)
        place = station_state(state, Folder(work)) if station else state
        own_folder(place)
        guard = guard_of(place, verdict.origin, target, machine)
        mark = guard.mark()
        judgment.check_place(mark, machine or machine_id(), mark is not None and Folder(Path(mark.folder)).kept)
        kept = store.head()
        assert kept is not None, "a judged ledger has a checkpoint"
        if station and device is not None:
            _used_up(device).write(Folder(work).device)
        guard.adopt(kept[1], TileTree.restore(store).root)
    return verdict


def _used_up(device: Device) -> Device:
    """A station as of its backup, that has written bundles since, and knows not which: their counters are passed over (BUNDLE-15).

    What the office confirmed under one of them may not be what is owed now, so all of that goes out again.
    """
    return replace(device, counter=device.counter + PASSED, owed=tuple((one, None) for one, _ in device.owed))


def move_request(machine: str | None = None) -> bytes:
    """The file by which a machine that is to receive a ledger names itself."""
    from custody.ledger import move
    from custody.ledger.guard import machine_id

    return move.request(machine or machine_id())


def departed(office: Office) -> bytes | None:
    """The note of a ledger that has left this machine, which can be handed out again; None while it lives here.

    :raises Refused: `move.gone` when it has left and the note is lost.
    """
    from custody.ledger import move

    mark = office.guard.mark()
    if mark is None or mark.status != "moved":
        return None
    try:
        return move.pending_file(office.state, office.origin).read_bytes()
    except FileNotFoundError:
        raise Refused("move.gone", size=mark.checkpoint().size) from None


def leave(office: Office, request: bytes, ledger_key: Signer, person: Sign, machine: str | None = None) -> bytes:
    """Send the ledger to the machine of a request; from now on nothing can be appended here. Returns the move note.

    :param person: signs as a supervisor or an authority.
    :raises Malformed: `move.request`. :raises BadSignature: `move.signature`. :raises Refused: `guard.…`.
    """
    from custody.ledger import move
    from custody.ledger.guard import machine_id

    to = move.requested(request)
    with office.store.write():  # nobody appends between the head that is signed and the guard that closes
        data = _note(office, to, ledger_key, person, machine or machine_id())
        write_durably(move.pending_file(office.state, office.origin), data, 0o600)
        office.guard.leave()
    return data


def _note(office: Office, to: str, ledger_key: Signer, person: Sign, machine: str) -> bytes:
    from custody.core.note import Line
    from custody.ledger import move

    office.ledger.refresh()
    made = move.Move(office.now(), office.founding.sid, office.ledger.head(), os.path.realpath(office.folder.path), machine, to)
    own = Line(ledger_key.key.name, ledger_key.key.key_id, ledger_key.sign(made.text()))
    data = move.signed(made, [own, person(made.text())])
    move.authentic(data, office.ledger.state.roster, office.ledger.size)
    return data


def arrive(path: Path, data: bytes, *, state_dir: Path, clock: Callable[[], datetime], machine: str | None = None) -> int:
    """Accept a move note for a folder on this machine, which becomes the ledger's home; returns the size that it goes on from.

    :raises Refused: `move.other-ledger`, `move.other-machine`, `move.live`, `move.used`. :raises Altered: `move.other-head`, `guard.…`.
    :raises BadSignature: `move.signature`. :raises Malformed: `move.form`.
    """
    from custody.ledger import move
    from custody.ledger.guard import machine_id

    here = machine or machine_id()
    with open_office(path, state_dir=state_dir, clock=clock, machine=here) as office:
        noted = move.authentic(data, office.ledger.state.roster, office.ledger.size)
        mark, head = office.guard.mark(), office.ledger.head()
        folder = os.path.normcase(os.path.realpath(path))
        move.check_arrival(noted, head, here, mark, folder, move.is_used(state_dir, data))
        return _adopted(office, data, head.size)


def stay(
    path: Path, ledger_key: Signer, person: Sign, *, state_dir: Path, clock: Callable[[], datetime], machine: str | None = None
) -> int:
    """The folder got another path on the same machine: sign that, and let it be the ledger's home there.

    :raises Refused: `guard.missing`, `guard.machine`, `guard.moved`, `move.both` when a ledger still lies at the old path, `move.same`.
    """
    from custody.ledger.guard import machine_id

    here = machine or machine_id()
    with open_office(path, state_dir=state_dir, clock=clock, machine=here) as office:
        mark = office.guard.mark()
        if mark is None:
            raise Refused("guard.missing", path=str(office.guard.path))
        if mark.status == "moved":
            raise Refused("guard.moved", size=mark.checkpoint().size)
        if mark.machine != here:
            raise Refused("guard.machine")
        if mark.folder == os.path.normcase(os.path.realpath(path)):
            raise Refused("move.same", path=str(path))
        if Folder(Path(mark.folder)).kept:
            raise Refused("move.both", folder=mark.folder)
        data = _note(office, here, ledger_key, person, here)
        return _adopted(office, data, office.ledger.size)


def _adopted(office: Office, data: bytes, size: int) -> int:
    """Make the folder the ledger's home, and keep the note of the act beside the ledger."""
    from hashlib import sha256

    from custody.ledger import move
    from custody.ledger.tiles import TileTree

    own_folder(office.state)
    kept = office.folder.path / "moves" / f"{size:08d}-{sha256(data).hexdigest()[:16]}.note"
    write_durably(kept, data)
    with office.store.read() as reader:
        head = reader.head()
        assert head is not None, "an open ledger has a checkpoint"
        office.guard.adopt(head[1], TileTree.restore(reader).root)
    move.use(office.state, data)
    return size


def _size_of(copies: Path) -> int:
    """How many entries a copy holds."""
    from custody.store.sqlite import SqliteStore

    store = SqliteStore.open(copies)
    try:
        return store.size()
    finally:
        store.close()
