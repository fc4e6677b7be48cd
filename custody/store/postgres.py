"""A ledger's rows in PostgreSQL, where several processes write and machines may die. Keeps design chapter 3 (store); ADR 0019."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, text

from custody.core.errors import Altered, Refused
from custody.store.carry import carry_out
from custody.store.direct import Direct
from custody.store.postgres_address import driver
from custody.store.postgres_base import Patience, PostgresBase
from custody.store.postgres_schema import check, checked
from custody.store.postgres_trouble import translate
from custody.store.sql import LOCK_HEAD, SqlReader, SqlWriter

_COPY_FROM = 20  # rows: from here on one COPY is quicker than as many INSERTs


class PostgresStore(Direct):
    """The `Store` contract over one database that an administrator has prepared (`postgres_schema.setup_sql`)."""

    def __init__(self, base: PostgresBase) -> None:
        """Use `open`."""
        self._base = base
        self._path = base.path

    @classmethod
    def open(cls, url: str, patience: Patience | None = None) -> PostgresStore:
        """Connects and looks whether the database is ours; writes nothing.

        Raises as `Address.parse` and `postgres_schema.check`, and Refused("database.unreachable" | "database.password" | …).
        """
        return cls(checked(url, LOCK_HEAD, patience))

    @contextmanager
    def read(self) -> Iterator[SqlReader]:
        with self._base.reading() as connection:
            yield SqlReader(connection, self._path)

    @contextmanager
    def write(self, moved: bool = False) -> Iterator[SqlWriter]:
        with self._base.writing() as connection:
            writer = PostgresWriter(connection, self._path)
            if not moved and writer.moved():
                raise Refused("store.moved", path=self._path)
            yield writer

    def tidy(self) -> None:
        """PostgreSQL tidies by itself."""

    def examine(self) -> None:
        """Structure, triggers and rights, and whether index and table tell the same entries. Raises as `postgres_schema.check`, and
        Altered("store.damaged")."""
        with self._base.reading() as connection:
            check(connection, self._path)
            if _counted(connection, "indexscan", "indexonlyscan", "bitmapscan") != _counted(connection, "seqscan"):
                raise Altered("store.damaged", path=self._path, reason="index")

    def copy(self, folder: Path) -> None:
        """All of it as `<folder>/ledger.db`, an SQLite file as `SqliteStore` opens it, from one snapshot. Refused("store.exists")."""
        with self.read() as reader:
            carry_out(reader, folder)

    def close(self) -> None:
        self._base.close()


class PostgresWriter(SqlWriter):
    """A `Writer` that sends many rows as one stream."""

    def _insert(self, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        if len(rows) < _COPY_FROM:
            return super()._insert(table, rows)
        names = ", ".join(column.name for column in table.columns)
        driven = self._connection.connection.cursor()
        try:
            with driven.copy(f"COPY {table.name} ({names}) FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(row)
        except driver().Error as error:  # past SQLAlchemy, so past its translation
            raise translate(error, self._path) from error
        finally:
            driven.close()
        return None


def _counted(connection: Connection, *without: str) -> tuple[object, ...]:
    """Number and sum of the indexes of all entries, by another way through the table than `without`."""
    for way in without:
        connection.execute(text(f"SET LOCAL enable_{way} = off"))
    counted = connection.execute(text("SELECT count(*), sum(idx), sum(length(body)) FROM entry WHERE idx >= 0")).one()
    for way in without:
        connection.execute(text(f"SET LOCAL enable_{way} = on"))
    return tuple(counted)
