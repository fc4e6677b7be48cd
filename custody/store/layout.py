"""What a database file of ours must contain, how it is made and how it is recognised again. Keeps design chapter 3, "store"."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, MetaData

from custody.core.errors import Altered, NoLedger, Refused


@dataclass(frozen=True)
class Rule:
    """What a new row of an append-only table may not be: the SQL condition `wrong`, refused with `code` by the trigger <table>_<name>.

    The condition must also hold for every row that would collide with one that is there: SQLite's INSERT OR REPLACE deletes the old row
    without asking a DELETE trigger; only a BEFORE INSERT trigger meets it first. Both databases read it, SQLite with IS NOT for
    IS DISTINCT FROM.
    """

    table: str
    wrong: str
    code: str
    name: str = "insert"


def _trigger(name: str, what: str, table: str, code: str, when: str = "") -> str:
    return f"CREATE TRIGGER {name} BEFORE {what} ON {table} {when}BEGIN SELECT RAISE(ABORT, 'custody:{code}'); END"


@dataclass(frozen=True)
class Layout:
    """One kind of file: its mark in the SQLite header, its format number, tables, rules of append-only ones, and first rows (SQL)."""

    application_id: int
    format: int
    metadata: MetaData
    rules: tuple[Rule, ...]
    first_rows: tuple[str, ...] = ()

    @property
    def append_only(self) -> list[str]:
        """The tables whose rows stay as they are."""
        return list(dict.fromkeys(rule.table for rule in self.rules))

    @property
    def triggers(self) -> dict[str, str]:
        """SQLite's triggers: name -> SQL text."""
        kept = [(f"{table}_no_{what.lower()}", what, table) for table in self.append_only for what in ("UPDATE", "DELETE")]
        made = {name: _trigger(name, what, table, "store.append-only") for name, what, table in kept}
        for rule in self.rules:
            when = f"WHEN {rule.wrong.replace('IS DISTINCT FROM', 'IS NOT')} "
            name = f"{rule.table}_{rule.name}"
            made[name] = _trigger(name, "INSERT", rule.table, rule.code, when)
        return made

    def create(self, connection: Connection) -> None:
        """Makes everything inside the caller's transaction; Refused("store.exists") unless the file is empty."""
        self.refuse_used(connection)
        self.metadata.create_all(connection, checkfirst=False)
        for statement in (*self.triggers.values(), *self.first_rows):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA application_id = {self.application_id}")
        connection.exec_driver_sql(f"PRAGMA user_version = {self.format}")

    def refuse_used(self, connection: Connection) -> None:
        """Refused("store.exists") unless the file is empty."""
        if _tables(connection) or _number(connection, "application_id"):
            raise Refused("store.exists")

    def check(self, connection: Connection) -> None:
        """NoLedger("store.empty" | "store.foreign" | "store.newer") for a file that is not ours to open; Altered("store.schema") where
        a table, a column or a trigger is not as it was made."""
        mark, version = _number(connection, "application_id"), _number(connection, "user_version")
        if not mark and not _tables(connection):
            raise NoLedger("store.empty")
        if mark != self.application_id:
            raise NoLedger("store.foreign")
        if version > self.format:
            raise NoLedger("store.newer", found=version, known=self.format)
        self._check_tables(connection)
        self._check_triggers(connection)

    def _check_tables(self, connection: Connection) -> None:
        there = _tables(connection)
        for table in self.metadata.sorted_tables:
            columns = [str(row[1]) for row in connection.exec_driver_sql(f"PRAGMA table_info({table.name})")]
            if table.name not in there or columns != [column.name for column in table.columns]:
                raise Altered("store.schema", name=table.name)
        indexes = {str(index.name) for table in self.metadata.sorted_tables for index in table.indexes}
        made = {*self.metadata.tables, *indexes}
        for name in sorted(there | _named(connection, "index")):
            if name not in made and not name.startswith("sqlite_"):  # names of its own: SQLite lets nobody else use them
                raise Altered("store.schema", name=name)

    def _check_triggers(self, connection: Connection) -> None:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there, made = {str(row[0]): str(row[1]) for row in found}, self.triggers
        for name in sorted(there.keys() | made.keys()):
            if there.get(name) != made.get(name):
                raise Altered("store.schema", name=name)


def _tables(connection: Connection) -> set[str]:
    return _named(connection, "table", "view")


def _named(connection: Connection, *kinds: str) -> set[str]:
    return {str(row[0]) for row in connection.exec_driver_sql("SELECT name, type FROM sqlite_master") if row[1] in kinds}


def _number(connection: Connection, pragma: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
