"""In which database the rows of a ledger folder lie: opened, made and named (design chapter 3, ADR 0019)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from custody.core.errors import NoLedger, Refused
from custody.ledger.dwelling import Dwelling, url_of
from custody.ledger.folder import Folder

if TYPE_CHECKING:
    from custody.store.contract import Store
    from custody.store.postgres import PostgresStore
    from custody.store.private import PrivateRegister
    from custody.store.sqlite import SqliteStore

    class KeptStore(Store, Protocol):
        """A store that can look at itself and be copied into a folder as a file."""

        def examine(self) -> None: ...
        def copy(self, folder: Path) -> None: ...


def open_store(path: Path) -> KeptStore:
    """The rows of the ledger in a folder, wherever they lie.

    Raises as `SqliteStore.open` and `PostgresStore.open`; Refused("store.moved") for what was left behind by a move.
    """
    url = url_of(Folder(path).database)
    store: KeptStore = in_folder(path) if url is None else in_database(url)
    if store.moved():
        store.close()
        raise Refused("store.moved", path=url or str(Folder(path).db))
    return store


def made_store(path: Path) -> KeptStore:
    """The same where a ledger is being founded: the file is made if need be; a database was prepared by its administrator."""
    from custody.store.sqlite import SqliteStore

    try:
        return open_store(path)
    except NoLedger as error:
        if error.code not in ("store.missing", "store.empty") or url_of(Folder(path).database) is not None:
            raise
        return SqliteStore.create(path)


def open_private(path: Path) -> PrivateRegister:
    """The private register of a folder, wherever it lies. Raises as `PrivateRegister.open` and `PostgresStore.open`."""
    from custody.store.private import PrivateRegister

    url = url_of(Folder(path).database)
    return PrivateRegister.open(path) if url is None else private_at(url)


def made_private(path: Path) -> PrivateRegister:
    """The same where a ledger is being founded or carried to."""
    from custody.store.private import PrivateRegister

    try:
        return open_private(path)
    except NoLedger as error:
        if error.code not in ("store.missing", "store.empty"):
            raise
        return PrivateRegister.create(path)


def name_database(path: Path, url: str) -> None:
    """Before the founding: the rows of this folder will lie in this database, which must be prepared and empty.

    Raises as `PostgresStore.open`; Refused("store.other") when it holds something, Refused("store.exists") when the folder does.
    """
    folder = Folder(path)
    if folder.db.exists():
        raise Refused("store.exists", path=str(folder.db))
    if url_of(folder.database) == url:
        return
    store = in_database(url)
    try:
        if store.size():
            raise Refused("store.other", size=store.size())
    finally:
        store.close()
    Dwelling(url).write(folder.database)


def database_script(owner: str, application: str) -> str:
    """What an administrator runs in an empty database of its own. :raises Malformed: `database.role`."""
    from custody.store.postgres_schema import setup_sql

    return setup_sql(owner, application)


def in_folder(path: Path) -> SqliteStore:
    """The folder's own file, also one that was left behind by a move. Raises as `SqliteStore.open`."""
    from custody.store.sqlite import SqliteStore

    return SqliteStore.open(path)


def in_database(url: str) -> PostgresStore:
    """The rows in a database. Raises as `PostgresStore.open`."""
    from custody.store.postgres import PostgresStore

    return PostgresStore.open(url)


def private_at(url: str) -> PrivateRegister:
    """The private register in a database. Raises as `PostgresStore.open`."""
    from custody.store.postgres_private import PostgresPrivate

    return PostgresPrivate.at(url)
