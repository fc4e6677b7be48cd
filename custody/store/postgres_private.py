"""The private register in the same PostgreSQL database as its ledger. Keeps design chapters 2 and 3, spec chapter 07; ADR 0019.

What the ledger only commits to must not be lost with one machine: here it goes to the standby with the entries. Whoever runs the database
can read it, as whoever holds the folder can read `private.db`.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from custody.store.postgres_base import Patience, PostgresBase
from custody.store.postgres_schema import check, checked
from custody.store.private import PRIVATE, PrivateRegister

_LOCK = select(func.pg_advisory_xact_lock(PRIVATE.application_id))  # one writer at a time; the ledger's writers have a lock of their own


class PostgresPrivate(PrivateRegister):
    """The register over a database."""

    _database: PostgresBase

    @classmethod
    def at(cls, url: str, patience: Patience | None = None) -> PostgresPrivate:
        """Connects and looks whether the database is ours. Raises as `PostgresStore.open`."""
        return cls(checked(url, _LOCK, patience))

    def copy(self, folder: Path) -> None:
        """All of it as `<folder>/private.db`, mode 0600. Refused("store.exists")."""
        made = PrivateRegister.create(folder)
        try:
            made.take_over(self)
        finally:
            made.close()

    def examine(self) -> None:
        """Structure, triggers and rights. Raises as `postgres_schema.check`."""
        with self._database.reading() as connection:
            check(connection, self._database.path)
