"""A ledger's rows in one SQLite file, `ledger.db` in the ledger folder. Keeps design chapter 3 (store, transaction rules)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.core.errors import Refused
from custody.store.database import Database, Setup
from custody.store.direct import Direct
from custody.store.schema import LEDGER
from custody.store.sql import SqlReader, SqlWriter

FILE_NAME = "ledger.db"
_TURN = "UPDATE head SET turn = turn + 1 WHERE turn >= 0"
SETUP = Setup(LEDGER)


class SqliteStore(Direct):
    """The `Store` contract over `<folder>/ledger.db`; `<folder>/ledger.lock` says who writes."""

    def __init__(self, database: Database) -> None:
        """Use `create` or `open`."""
        self._database = database
        self._path = str(database.path)

    @classmethod
    def create(cls, folder: Path, setup: Setup = SETUP) -> SqliteStore:
        """Makes an empty ledger file in a folder that is there. Errors as `Database.create`."""
        return cls(Database.create(folder / FILE_NAME, setup))

    @classmethod
    def open(cls, folder: Path, setup: Setup = SETUP) -> SqliteStore:
        """Opens a ledger file; writes nothing before the first `write()`. Errors as `Database.open`."""
        return cls(Database.open(folder / FILE_NAME, setup))

    @contextmanager
    def read(self) -> Iterator[SqlReader]:
        with self._database.reading() as connection:
            yield SqlReader(connection, self._path)

    @contextmanager
    def write(self, moved: bool = False) -> Iterator[SqlWriter]:
        with self._database.writing() as connection:
            writer = SqlWriter(connection, self._path)
            if not moved and writer.moved():
                raise Refused("store.moved", path=self._path)
            yield writer

    def tidy(self) -> None:
        self._database.tidy(_TURN)

    def examine(self) -> None:
        """SQLite's own check of the file; Altered("store.damaged"). It says nothing about what was signed."""
        self._database.examine()

    def copy(self, folder: Path) -> None:
        """A consistent copy as `<folder>/ledger.db`, for a backup, while others go on writing. Refused("store.exists")."""
        self._database.copy(folder / FILE_NAME)

    def close(self) -> None:
        self._database.close()
