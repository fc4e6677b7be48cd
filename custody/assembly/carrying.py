"""Carrying a ledger from the file of its folder into a database and back (design chapter 3, ADR 0019).

The folder stays the one live place: guard, keys, drafts and outbox do not move. That is another act than `leave` and `arrive` of
`safekeeping`, by which a folder goes to another machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from custody.assembly.office import guard_of, ledger_of
from custody.assembly.placing import in_database, in_folder, private_at
from custody.core.errors import NoLedger, Refused
from custody.ledger.dwelling import Dwelling, url_of
from custody.ledger.folder import Folder

if TYPE_CHECKING:
    from custody.assembly.placing import KeptStore

Ends = tuple["KeptStore", "KeptStore"]


def carried(
    path: Path,
    url: str | None,
    *,
    state_dir: Path,
    machine: str | None = None,
    watch: Callable[[int, int], None] = lambda done, size: None,
) -> int:
    """Make the database of `url` the place where the rows of a folder's ledger lie, or (None) the folder; returns the ledger's size.

    Every row is compared before the old place is closed. What was cut off is taken up by the same call.

    :raises Refused: `store.same` when it lives there already, `store.other` when something else does, `database.other`, `guard.…`.
    :raises Altered: `store.carried`, `guard.…`.
    """
    from custody.store.carry import carry

    folder = Folder(path)
    folder.require()
    known = Dwelling.read(folder.database)
    with ExitStack() as stack:
        source, target = _into_folder(folder, known, stack) if url is None else _into_database(folder, known, url, stack)
        _check_guard(source, path, state_dir, machine)
        there = known.url if url is None and known is not None else url
        assert there is not None

        def named() -> None:
            _carry_private(path, there, back=url is None)
            (Dwelling(there).back() if url is None else Dwelling(there)).write(folder.database)

        return carry(source, target, named, watch)


def _into_database(folder: Folder, known: Dwelling | None, url: str, stack: ExitStack) -> Ends:
    now = url_of(folder.database)
    if now not in (None, url):
        raise Refused("database.other", path=str(now))
    target = _closed_at_end(in_database(url), stack)
    if now == url and not target.moved():  # else only the last step is missing: the target may not be appended to yet
        raise Refused("store.same", path=url)
    return _closed_at_end(in_folder(folder.path), stack), target


def _into_folder(folder: Folder, known: Dwelling | None, stack: ExitStack) -> Ends:
    if known is None:
        raise Refused("store.same", path=str(folder.db))
    target = _closed_at_end(_own_file(folder), stack)
    if url_of(folder.database) is None and not target.moved():
        raise Refused("store.same", path=str(folder.db))
    return _closed_at_end(in_database(known.url), stack), target


def _own_file(folder: Folder) -> KeptStore:
    from custody.store.sqlite import SqliteStore

    try:
        return in_folder(folder.path)
    except NoLedger as error:
        if error.code not in ("store.missing", "store.empty"):
            raise
        return SqliteStore.create(folder.path)


def _closed_at_end(store: KeptStore, stack: ExitStack) -> KeptStore:
    stack.callback(store.close)
    return store


def _check_guard(source: KeptStore, path: Path, state_dir: Path, machine: str | None) -> None:
    """Only the one live place may say where the rows lie, and nothing may be missing from them."""
    ledger = ledger_of(source, guard_of(state_dir, _origin(source, path), path, machine), None)
    size = ledger.refresh()
    guard_of(state_dir, ledger.origin, path, machine).check(source.checkpoint(size), ledger.root)


def _origin(source: KeptStore, path: Path) -> str:
    from custody.core import entry

    if source.size() == 0:
        raise NoLedger("ledger.unfounded", path=str(path))
    founding = entry.parse(source.row(0).body).statement
    return f"custody.{founding.body['domain']}/{founding.sid[:32]}"


def _carry_private(path: Path, url: str, back: bool) -> None:
    """The private register goes along: all that one keeps, the other keeps too."""
    from custody.store.private import PrivateRegister

    with ExitStack() as stack:
        there = private_at(url)
        stack.callback(there.close)
        try:
            here = PrivateRegister.open(path)
        except NoLedger as error:
            if error.code not in ("store.missing", "store.empty"):
                raise
            here = PrivateRegister.create(path)
        stack.callback(here.close)
        (here if back else there).take_over(there if back else here)
