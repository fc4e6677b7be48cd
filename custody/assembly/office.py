"""One open ledger: store, guard, private register, ledger key and outbox, joined for the doors (design chapter 3)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from custody.assembly.ledgerkey import KeyMaker, key_of
from custody.core.errors import Altered, Locked, Malformed, NoLedger, Refused, Undecided
from custody.durable import trouble
from custody.ledger.folder import Folder, Identity
from custody.ledger.patience import patiently

if TYPE_CHECKING:
    from custody.assembly.placing import KeptStore
    from custody.core.policy import Policy
    from custody.core.private import Opening
    from custody.core.statement import Statement
    from custody.ledger.copy import Copy
    from custody.ledger.enrolment import Card
    from custody.ledger.guard import Guard
    from custody.ledger.ledger import Answer, Ledger
    from custody.ledger.outbox import Outbox
    from custody.ledger.ports import Signer
    from custody.ledger.receipt import Receipt
    from custody.station.device import Device
    from custody.store.private import PrivateRegister


@dataclass(frozen=True)
class Submitted:
    """What became of signed statements: in the ledger, with their receipts; or waiting for the ledger key, as files of the outbox."""

    receipts: tuple[Receipt, ...] = ()
    saved: tuple[Path, ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether they are in the ledger; False: recorded, waiting for the ledger key, without a receipt (ADR 0012)."""
        return not self.saved


@dataclass(frozen=True)
class Office:
    """One open ledger; `state` is the state folder of this machine (guard, holder, date of the last backup).

    `flushed` gathers what became of statements that had waited in the outbox and were offered while it was open: doors must say it.
    """

    folder: Folder
    state: Path
    ledger: Ledger
    private: PrivateRegister
    founding: Statement
    clock: Callable[[], datetime]
    guard: Guard = field(repr=False)
    store: KeptStore = field(repr=False)
    flushed: list[Answer] = field(default_factory=list, repr=False)
    device: Device | None = None

    @property
    def station(self) -> bool:
        """Whether this is a station: a copy of an office's ledger, where what is signed waits to reach the office (spec chapter 23)."""
        return self.device is not None and self.device.station

    @property
    def unlocked(self) -> bool:
        """Whether the ledger key is at hand, so that what is submitted is sealed at once."""
        return self.ledger.signer is not None

    @property
    def origin(self) -> str:
        """The name of the ledger: `custody.<domain>/<32 hex>`."""
        return f"custody.{self.founding.body['domain']}/{self.founding.sid[:32]}"

    @property
    def zone(self) -> str:
        """IANA name of the time zone in which people here read clocks."""
        return str(self.founding.body["zone"])

    @property
    def drill(self) -> bool:
        """Whether this ledger is for training; every screen and paper says so."""
        return bool(self.founding.body["drill"])

    @property
    def policy(self) -> Policy:
        """The trust file of the folder. Raises as `read_policy`."""
        return read_policy(self.folder.policy, self.origin)

    @property
    def outbox(self) -> Outbox:
        """What was signed while the ledger key was locked."""
        from custody.ledger.outbox import Outbox

        return Outbox(self.folder.outbox)

    def now(self) -> str:
        """The present as a moment of the statements."""
        from custody.i18n.dates import utc_text

        return utc_text(self.clock())

    def common(self, happened: str | None = None, basis: str = "now") -> dict[str, Any]:
        """The fields that all statements carry, as of now; `happened` is a moment, None for now."""
        at = self.now()
        return {"at": at, "happened": {"at": happened or at, "basis": basis}, "ledger": self.founding.sid, "seen": self._seen()}

    def draft(self, kind: str, **fields: Any) -> Statement:
        """A statement of this ledger, drafted now. :raises Malformed: `statement.…`."""
        from custody.core import statement

        return statement.draft(kind, {**self.common(), **fields})

    def _seen(self) -> dict[str, Any] | None:
        """The newest checkpoint as statements name it."""
        from custody.core import note
        from custody.core.checkpoint import Checkpoint

        text, lines = note.split(self.ledger.checkpoint())
        head = Checkpoint.parse(text)
        keys = {key.key_id for key in self.ledger.state.roster.ledger_keys()}
        signed = next(line for line in lines if line.name == head.origin and line.key_id in keys)
        return {"root": head.root.hex(), "sig": signed.signature.hex(), "size": head.size}

    def founders(self) -> frozenset[str]:
        """Names of the authorities' keys that signed the founding."""
        from custody.core import entry

        return frozenset(line.name for line in entry.parse(self.ledger.note(0)).lines) - {self.origin}

    def people(self) -> list[Card]:
        """Every person's key that was ever enrolled, with what the private register tells of the person."""
        from custody.core import entry
        from custody.ledger import enrolment

        kinds = (b"founding", b"enrol")
        with self.store.read() as reader:
            notes = [reader.row(int(key)).body for key, kind in reader.facts("replay") if kind in kinds]
        return enrolment.cards([entry.parse(one).statement for one in notes], self.private.opened)

    def submit(self, notes: Sequence[bytes]) -> Submitted:
        """Append signed notes in one transaction, what waits in the outbox first; while the key is locked, keep them there instead.

        :raises BadSignature, Malformed, Refused: for notes that are not authentic; then none of them is kept.
        """
        if self.station:
            return self._kept(notes)
        try:
            patiently(self.flush)
            return Submitted(tuple(patiently(lambda: self.ledger.append(notes))))
        except Locked as error:
            if error.code != "ledger.locked":  # another process holds the database: no reason to go on as if all were well
                raise
        return self._kept(notes)

    def _kept(self, notes: Sequence[bytes]) -> Submitted:
        for one in notes:
            self.ledger.state.authenticate(one)
        return Submitted(saved=tuple(self.outbox.save_all(notes)))

    def flush(self) -> list[Answer]:
        """Append what waits in the outbox, oldest first: a receipt or an error for each, also in `flushed`.

        What is refused is kept as `*.refused` until somebody deals with it. :raises Locked: `ledger.locked`.
        """
        answers = self.outbox.drain(self.ledger) if self.outbox.pending() else []
        self.flushed.extend(answers)
        return answers

    def check_place(self) -> None:
        """Make sure that this folder on this machine may be appended to. Raises as `Guard.check`.

        Another process may append between our look at the store and our look at the guard: then the guard is ahead of an old look,
        and a fresh one settles it. A store that was really put back stays behind.
        """
        for _ in range(2):
            try:
                self._check_place()
            except Altered as error:
                if error.code != "guard.behind":
                    raise
            else:
                return
        self._check_place()

    def _check_place(self) -> None:
        size = self.ledger.refresh()
        self.guard.check(self.store.checkpoint(size), self.ledger.root)


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where this machine keeps guards, holders and dates of backups: $CUSTODY_STATE or the place of the system."""
    from custody.ledger import guard

    return guard.state_folder(environ, Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser())


@contextmanager
def open_office(
    path: Path,
    *,
    state_dir: Path,
    clock: Callable[[], datetime],
    write: bool = False,
    ledger_key: KeyMaker | None = None,
    machine: str | None = None,
) -> Iterator[Office]:
    """Open the ledger in a folder; closed when the block ends.

    :param write: also makes sure, before anything else, that this is the one place where the ledger may be appended to.
    :param ledger_key: gives what signs checkpoints, for founding and origin; None where locked. Default: as the founding says.
    :param machine: stands for the id of this machine, in drills.
    :raises NoLedger: `ledger.none`, `ledger.unfounded`, `store.newer`, `store.foreign`, `store.empty`.
    :raises Refused: `store.network`, `store.readonly`, `guard.missing`, `guard.moved`, `guard.machine`, `guard.path`.
    :raises Altered: `guard.behind`, `guard.fork`, `store.schema`, `store.damaged`, `ledger.identity`.
    """
    folder = Folder(path)
    folder.require()
    if write and not os.access(path, os.W_OK):
        raise Refused("store.readonly", path=str(path))
    with ExitStack() as stack:
        store = _store(folder, stack)
        founding = _founding(store, folder)
        origin = f"custody.{founding.body['domain']}/{founding.sid[:32]}"
        device = device_of(folder)
        station = device is not None and device.station
        guard = guard_of(state_dir if not station else station_state(state_dir, folder), origin, path, machine)
        signer = (ledger_key or key_of(folder, state_dir))(founding, origin) if write and not station else None
        ledger = copy_of(store, guard) if station else ledger_of(store, guard, signer)
        office = Office(folder, state_dir, ledger, _private(folder, stack, write), founding, clock, guard, store, device=device)
        if write:
            own_folder(guard.path.parent)
            office.check_place()
        yield office


def device_of(folder: Folder) -> Device | None:
    """What this laptop keeps of its bundles; None where it never wrote one. :raises Malformed: `device.form`."""
    if not folder.device.exists():
        return None
    from custody.station.device import Device

    return Device.read(folder.device)


def station_state(state: Path, folder: Folder) -> Path:
    """Where a station's guard lies: apart from that of an office of the same ledger on the same machine. Raises as `read_public`."""
    from custody.station.keyfile import read_public

    key = read_public(folder.device_key)
    return state / "stations" / f"{key.name}-{key.public.hex()[:16]}"


def guard_of(state: Path, origin: str, folder: Path, machine: str | None = None) -> Guard:
    """The rollback guard of a ledger on this machine."""
    from custody.ledger.guard import Guard, guard_file, machine_id
    from custody.store.lock import TurnLock

    lock = TurnLock(guard_file(state, origin).with_suffix(".lock"), wait=20.0)
    return Guard(state, origin, machine or machine_id(), folder, lock.held)


def read_policy(path: Path, origin: str | None = None, plain: Callable[[bytes], bytes] = bytes) -> Policy:
    """A trust file, which must name the ledger of `origin` where one is given. plain: what a door puts right before it is read.

    :raises Undecided: `ledger.policy.missing`, `ledger.policy.foreign`. :raises Malformed: `policy.…`.
    """
    from custody.core.policy import MAX_BYTES, Policy
    from custody.reading import read

    try:
        policy = Policy.parse(plain(read(path, MAX_BYTES)))
    except FileNotFoundError:
        raise Undecided("ledger.policy.missing", path=str(path)) from None
    if origin is not None and all(log.name != origin for log in policy.logs):
        raise Undecided("ledger.policy.foreign", path=str(path), origin=origin, named=tuple(log.name for log in policy.logs))
    return policy


def _store(folder: Folder, stack: ExitStack) -> KeptStore:
    from custody.assembly.placing import open_store

    store = open_store(folder.path)
    stack.callback(store.close)
    return store


class _NoRegister:
    """A public copy comes without the private register: nothing can be opened in it, and nothing can be kept."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def opened(self, commitments: Sequence[str]) -> dict[str, Opening]:
        return {}

    def __getattr__(self, name: str) -> Any:
        raise NoLedger("store.missing", path=str(self._path))


def _private(folder: Folder, stack: ExitStack, write: bool) -> PrivateRegister:
    from custody.assembly.placing import open_private

    if not write and not folder.private.exists() and not folder.database.exists():
        return cast("PrivateRegister", _NoRegister(folder.private))
    private = open_private(folder.path)
    stack.callback(private.close)
    return private


def _founding(store: KeptStore, folder: Folder) -> Statement:
    """Entry 0, which says what this ledger is."""
    from custody.core import entry

    if store.size() == 0:
        raise NoLedger("ledger.unfounded", path=str(folder.path))
    try:
        founding = entry.parse(store.row(0).body).statement
    except (Malformed, Refused) as error:
        raise Altered("ledger.replay", entry=0, why=error.code) from error
    if founding.kind.name != "founding":
        raise Altered("ledger.identity", path=str(folder.path))
    said = Identity.read(folder.settings)
    if said is not None and said.founding != founding.sid:
        raise Altered("ledger.identity", path=str(folder.path))
    return founding


def ledger_of(store: KeptStore, guard: Guard, signer: Signer | None) -> Ledger:
    """The ledger over a store. The store's rows and the ledger's are of one shape, in two rooms that do not know each other."""
    from custody.ledger.ledger import Ledger

    return Ledger(store, guard, signer)


def copy_of(store: KeptStore, guard: Guard) -> Copy:
    """The same of a station, which has no ledger key."""
    from custody.ledger.copy import Copy

    return Copy(store, guard)


def own_folder(path: Path) -> None:
    """A folder that is its owner's alone. :raises Refused: `guard.unwritable`."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("guard.unwritable", path=str(path), reason=trouble(error)) from error
