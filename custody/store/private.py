"""The private register: what the ledger only commits to, and the plain codes of labels. Keeps design chapters 2 and 3, spec chapter 07.

One file `private.db` in the ledger folder, mode 0600, append-only like the ledger. It is not public, it is backed up together with the
ledger, and losing it is a named risk: the ledger stays whole, and nobody can show any more whose name stands behind a commitment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import CheckConstraint, Column, Connection, MetaData, Table, bindparam, insert, select

from custody.core.errors import Altered, Malformed, Refused
from custody.core.private import Opening, check
from custody.store.database import Database, Setup
from custody.store.layout import Layout, Rule
from custody.store.schema import Blob, Words

T = TypeVar("T")
FILE_NAME = "private.db"
_RIGHTS = 0o600
_CHUNK = 500
_AT_ONCE = 4096  # rows carried over in one transaction

_METADATA = MetaData()
_OPENING = Table(
    "opening",
    _METADATA,
    Column("commitment", Blob, CheckConstraint("length(commitment) = 32"), primary_key=True),
    Column("field", Words, nullable=False, index=True),
    Column("salt", Blob, CheckConstraint("length(salt) = 16"), nullable=False),
    Column("value", Words, nullable=False),
    sqlite_strict=True,
)
_CODE = Table(
    "code",
    _METADATA,
    Column("hash", Blob, CheckConstraint("length(hash) = 32"), primary_key=True),
    Column("symbols", Words, CheckConstraint("length(symbols) = 16"), nullable=False),
    Column("box", Words, index=True),
    sqlite_strict=True,
)
PRIVATE = Layout(
    application_id=0x43555350,  # "CUSP"
    format=1,
    metadata=_METADATA,
    rules=(
        Rule("opening", "EXISTS (SELECT 1 FROM opening WHERE commitment = NEW.commitment)", "private.conflict"),
        Rule("code", "EXISTS (SELECT 1 FROM code WHERE hash = NEW.hash)", "private.conflict"),
    ),
)
SETUP = Setup(PRIVATE, rights=_RIGHTS)

_O, _C = _OPENING.c, _CODE.c
_OPENINGS_IN = select(_OPENING).where(_O.commitment.in_(bindparam("keys", expanding=True)))
_OPENINGS = select(_OPENING).order_by(_O.field, _O.commitment)
_CODES_IN = select(_CODE).where(_C.hash.in_(bindparam("keys", expanding=True)))
_CODES_OF = select(_CODE).where(_C.box == bindparam("box")).order_by(_C.hash)
_CODES = select(_CODE).order_by(_C.hash)
_SPARES = select(_CODE).where(_C.box.is_(None)).order_by(_C.hash)


@dataclass(frozen=True, slots=True)
class PlainCode:
    """The 16 symbols of a printed label, under the hash that the ledger holds; `box` None for a spare label."""

    hash: bytes
    symbols: str
    box: str | None


class Base(Protocol):
    """What the register needs of a database, of either make; `path` is named in errors."""

    @property
    def path(self) -> object: ...
    def reading(self) -> AbstractContextManager[Connection]: ...
    def writing(self) -> AbstractContextManager[Connection]: ...
    def close(self) -> None: ...


class PrivateRegister:
    """Openings and codes of one ledger. Everything put is durable when the call returns; the same row twice is one.

    Threads may share it; several processes may write, one after the other.
    """

    _database: Any

    def __init__(self, database: Base) -> None:
        """Use `create` or `open`."""
        self._database = database

    @classmethod
    def create(cls, folder: Path, setup: Setup = SETUP) -> PrivateRegister:
        """Makes an empty register, readable by its owner alone. Errors as `Database.create`."""
        return cls(Database.create(folder / FILE_NAME, setup))

    @classmethod
    def open(cls, folder: Path, setup: Setup = SETUP) -> PrivateRegister:
        """Opens the register; rights that a copy has widened are narrowed where the file system has any. Errors as `Database.open`."""
        path = folder / FILE_NAME
        with suppress(OSError):
            if os.name != "nt" and path.stat().st_mode & 0o077:
                path.chmod(_RIGHTS)
        return cls(Database.open(path, setup))

    def put_openings(self, openings: Iterable[Opening]) -> None:
        """Keeps openings under their commitments, all or none."""
        rows = {
            _unhex(opening.commitment()): {"field": opening.field, "salt": _unhex(opening.salt), "value": opening.value}
            for opening in openings
        }
        self._put(_OPENING, "commitment", _OPENINGS_IN, rows)

    def opening(self, commitment: str) -> Opening | None:
        """The opening of a commitment (64 hex digits), checked against it. Altered("private.opening" | "store.damaged")."""
        return self.opened([commitment]).get(commitment)

    def opened(self, commitments: Sequence[str]) -> dict[str, Opening]:
        """commitment -> opening for those that are here, each checked."""
        keys = [_unhex(commitment) for commitment in commitments]
        with self._database.reading() as connection:
            return dict(self._opening(raw) for raw in _ask(connection, _OPENINGS_IN, keys))

    def openings(self) -> Iterator[tuple[str, Opening]]:
        """All (commitment, opening), sorted by field, each checked; one snapshot."""
        with self._database.reading() as connection:
            for raw in connection.execute(_OPENINGS):
                yield self._opening(raw)

    def put_codes(self, codes: Iterable[PlainCode]) -> None:
        """Keeps the plain codes of labels, all or none. Refused("private.conflict") for another code under a known hash."""
        self._put(_CODE, "hash", _CODES_IN, {code.hash: {"symbols": code.symbols, "box": code.box} for code in codes})

    def code(self, hash: bytes) -> PlainCode | None:
        """The code behind a hash of the ledger."""
        with self._database.reading() as connection:
            return next((self._code(raw) for raw in _ask(connection, _CODES_IN, [hash])), None)

    def codes_of(self, box: str) -> list[PlainCode]:
        """All codes ever printed for a box; which of them counts, the ledger says."""
        with self._database.reading() as connection:
            return [self._code(raw) for raw in connection.execute(_CODES_OF, {"box": box})]

    def spares(self) -> list[PlainCode]:
        """All codes printed ahead without a box; which are still free, the ledger says."""
        with self._database.reading() as connection:
            return [self._code(raw) for raw in connection.execute(_SPARES)]

    def codes(self) -> Iterator[PlainCode]:
        """All codes, sorted by hash; one snapshot."""
        with self._database.reading() as connection:
            for raw in connection.execute(_CODES):
                yield self._code(raw)

    def take_over(self, other: PrivateRegister) -> None:
        """Keeps all that another register of the same ledger keeps. Raises as `put_openings` and `put_codes`."""
        for openings in batched((opening for _, opening in other.openings()), _AT_ONCE):
            self.put_openings(openings)
        for codes in batched(other.codes(), _AT_ONCE):
            self.put_codes(codes)

    def copy(self, folder: Path) -> None:
        """A consistent copy as `<folder>/private.db`, mode 0600. Refused("store.exists")."""
        self._database.copy(folder / FILE_NAME)

    def examine(self) -> None:
        """SQLite's own check of the file; Altered("store.damaged")."""
        self._database.examine()

    def close(self) -> None:
        """Gives back files and locks; closing twice is fine."""
        self._database.close()

    def _put(self, table: Table, key: str, question: Any, rows: dict[bytes, dict[str, Any]]) -> None:
        with self._database.writing() as connection:
            known = {raw[0]: dict(zip(table.columns.keys()[1:], raw[1:], strict=True)) for raw in _ask(connection, question, list(rows))}
            if any(rows[name] != values for name, values in known.items()):
                raise Refused("private.conflict")
            fresh = [{key: name, **values} for name, values in rows.items() if name not in known]
            if fresh:
                connection.execute(insert(table), fresh)

    def _opening(self, raw: Any) -> tuple[str, Opening]:
        commitment, field, salt, value = raw
        if not (type(commitment) is type(salt) is bytes and type(field) is type(value) is str):
            raise self._damaged()
        opening = Opening(field, salt.hex(), value)
        check(commitment.hex(), opening)
        return commitment.hex(), opening

    def _code(self, raw: Any) -> PlainCode:
        hash, symbols, box = raw
        if not (type(hash) is bytes and type(symbols) is str and (box is None or type(box) is str)):
            raise self._damaged()
        return PlainCode(hash, symbols, box)

    def _damaged(self) -> Altered:
        return Altered("store.damaged", path=str(self._database.path), reason="type")


def batched(rows: Iterable[T], count: int) -> Iterator[list[T]]:
    """The rows in lists of at most so many."""
    running = iter(rows)
    while part := list(islice(running, count)):
        yield part


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Malformed("private.hex") from None


def _ask(connection: Connection, question: Any, keys: Sequence[bytes]) -> Iterator[Any]:
    for at in range(0, len(keys), _CHUNK):
        yield from connection.execute(question, {"keys": list(keys[at : at + _CHUNK])})
