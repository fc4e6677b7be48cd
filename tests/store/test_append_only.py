"""A stranger with plain SQL: what the triggers refuse, and that their absence is seen. Nothing here uses the store's own writer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody.core.errors import Altered, CustodyError
from custody.core.private import Opening
from custody.store.private import PlainCode, PrivateRegister
from custody.store.schema import LEDGER
from custody.store.sqlite import SqliteStore
from tests.store.rows import row, rows, tile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = SqliteStore.create(tmp_path)
    with store.write() as writer:
        writer.append(rows(0, 300))
        writer.put_tiles([tile(0)])
        writer.put_checkpoint(200, b"satu")
        writer.put_checkpoint(300, b"dua")
        writer.put_cosignature(300, "saksi", b"baris")
    store.close()
    register = PrivateRegister.create(tmp_path)
    register.put_openings([Opening("name", "00" * 16, "Petugas Contoh Satu")])
    register.put_codes([PlainCode(b"h" * 32, "A" * 16, "B1")])
    register.close()
    return tmp_path


@pytest.fixture
def stranger(folder: Path) -> Iterator[sqlite3.Connection]:
    """As any tool opens the file: none of our settings."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        yield connection


def contents(connection: sqlite3.Connection) -> list[object]:
    return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("entry", "tile", "checkpoint", "cosignature")]


LEAF = f"x'{row(5).leaf.hex()}'"
NEW = f"x'{'ab' * 32}'"
BLOB = "zeroblob(8192)"
ENTRY = "INTO entry (idx, leaf, sid, kind, body) VALUES"
ATTEMPTS = [
    ("update an entry", "UPDATE entry SET body = x'00' WHERE idx = 5", "append-only"),
    ("update or replace an entry", f"UPDATE OR REPLACE entry SET leaf = {LEAF} WHERE idx = 6", "append-only"),
    ("update or ignore an entry", "UPDATE OR IGNORE entry SET kind = 'seal' WHERE idx = 6", "append-only"),
    ("delete an entry", "DELETE FROM entry WHERE idx = 299", "append-only"),
    ("delete all entries", "DELETE FROM entry", "append-only"),
    ("insert a gap", f"INSERT {ENTRY} (301, {NEW}, {NEW}, 'seal', x'00')", "store.order"),
    ("insert below zero", f"INSERT {ENTRY} (-1, {NEW}, {NEW}, 'seal', x'00')", "store.order"),
    ("insert without an index", f"INSERT {ENTRY} (NULL, {NEW}, {NEW}, 'seal', x'00')", "store.order"),
    ("replace an entry by its index", f"REPLACE {ENTRY} (5, {NEW}, {NEW}, 'seal', x'00')", "store.order"),
    ("replace the last entry", f"INSERT OR REPLACE {ENTRY} (299, {NEW}, {NEW}, 'seal', x'00')", "store.order"),
    ("replace an entry by its leaf", f"INSERT OR REPLACE {ENTRY} (300, {LEAF}, {NEW}, 'seal', x'00')", "store.duplicate"),
    ("ignore a leaf that is there", f"INSERT OR IGNORE {ENTRY} (300, {LEAF}, {NEW}, 'seal', x'00')", "store.duplicate"),
    ("upsert an entry", f"INSERT {ENTRY} (5, {NEW}, {NEW}, 'seal', x'00') ON CONFLICT DO UPDATE SET body = x'00'", "store.order"),
    ("upsert by leaf", f"INSERT {ENTRY} (300, {LEAF}, {NEW}, 'a', x'00') ON CONFLICT (leaf) DO UPDATE SET kind = 'x'", "store.duplicate"),
    ("a short leaf", f"INSERT {ENTRY} (300, x'00', {NEW}, 'seal', x'00')", "CHECK"),
    ("a leaf as text", f"INSERT {ENTRY} (300, '{'a' * 32}', {NEW}, 'seal', x'00')", "cannot store TEXT"),
    ("no body", f"INSERT {ENTRY} (300, {NEW}, {NEW}, 'seal', NULL)", "NOT NULL"),
    ("update a tile", "UPDATE tile SET hashes = zeroblob(8192)", "append-only"),
    ("delete a tile", "DELETE FROM tile", "append-only"),
    ("replace a tile", f"REPLACE INTO tile VALUES (0, 0, {BLOB})", "store.tile"),
    ("a tile of entries to come", f"INSERT INTO tile VALUES (0, 1, {BLOB})", "store.tile"),
    ("a high tile of entries to come", f"INSERT INTO tile VALUES (1, 0, {BLOB})", "store.tile"),
    ("update a checkpoint", "UPDATE checkpoint SET note = x'00' WHERE size = 200", "append-only"),
    ("delete a checkpoint", "DELETE FROM checkpoint WHERE size = 300", "append-only"),
    ("replace a checkpoint", "REPLACE INTO checkpoint VALUES (300, x'00')", "store.checkpoint"),
    ("an older checkpoint", "INSERT INTO checkpoint VALUES (250, x'00')", "store.checkpoint"),
    ("a checkpoint of entries to come", "INSERT INTO checkpoint VALUES (301, x'00')", "store.checkpoint"),
    ("upsert a checkpoint", "INSERT INTO checkpoint VALUES (300, x'00') ON CONFLICT DO UPDATE SET note = x'00'", "store.checkpoint"),
    ("update a cosignature", "UPDATE cosignature SET line = x'00'", "append-only"),
    ("delete a cosignature", "DELETE FROM cosignature", "append-only"),
    ("replace a cosignature", f"REPLACE INTO cosignature VALUES (300, 'saksi', x'{b'baris'.hex()}')", "store.duplicate"),
]


@pytest.mark.parametrize(("name", "sql", "why"), ATTEMPTS, ids=[name for name, _, _ in ATTEMPTS])
def test_refused_by_the_file_itself(stranger: sqlite3.Connection, name: str, sql: str, why: str) -> None:
    before = contents(stranger)
    with pytest.raises(sqlite3.Error, match=why):
        stranger.execute(sql)
    assert contents(stranger) == before


def test_what_is_right_goes_in(stranger: sqlite3.Connection) -> None:
    """So that the refusals above are refusals of what they name."""
    stranger.execute(f"INSERT {ENTRY} (300, {NEW}, {NEW}, 'seal', x'00')")
    stranger.execute("INSERT INTO checkpoint VALUES (301, x'00')")
    stranger.execute("INSERT INTO cosignature VALUES (301, 'saksi', x'00')")
    assert [len(rows) for rows in contents(stranger)] == [301, 1, 3, 2]  # type: ignore[arg-type]


PRIVATE = [
    ("update an opening", "UPDATE opening SET value = 'x'", "append-only"),
    ("delete an opening", "DELETE FROM opening", "append-only"),
    ("replace an opening", "REPLACE INTO opening SELECT commitment, field, salt, 'x' FROM opening", "private.conflict"),
    ("update a code", "UPDATE code SET box = 'B2'", "append-only"),
    ("delete a code", "DELETE FROM code", "append-only"),
    ("replace a code", "REPLACE INTO code SELECT hash, symbols, 'B2' FROM code", "private.conflict"),
]


@pytest.mark.parametrize(("name", "sql", "why"), PRIVATE, ids=[name for name, _, _ in PRIVATE])
def test_refused_by_the_private_register(folder: Path, name: str, sql: str, why: str) -> None:
    with closing(sqlite3.connect(folder / "private.db", isolation_level=None)) as stranger:
        with pytest.raises(sqlite3.Error, match=why):
            stranger.execute(sql)
        assert stranger.execute("SELECT value FROM opening").fetchall() == [("Petugas Contoh Satu",)]
        assert stranger.execute("SELECT box FROM code").fetchall() == [("B1",)]


def refused_at_opening(folder: Path) -> CustodyError:
    with pytest.raises(CustodyError) as caught:
        SqliteStore.open(folder)
    return caught.value


@pytest.mark.parametrize("name", sorted(LEDGER.triggers))
def test_a_dropped_trigger_is_seen(folder: Path, stranger: sqlite3.Connection, name: str) -> None:
    stranger.execute(f"DROP TRIGGER {name}")
    error = refused_at_opening(folder)
    assert (type(error), error.code, error.facts["name"]) == (Altered, "store.schema", name)


LESS = LEDGER.triggers["entry_no_update"].replace("BEFORE", "AFTER")
CHANGES = [
    ("a trigger that says less", "entry_no_update", ["DROP TRIGGER entry_no_update", LESS]),
    ("a trigger of a stranger", "extra", ["CREATE TRIGGER extra AFTER INSERT ON entry BEGIN DELETE FROM box; END"]),
    ("a column more", "entry", ["ALTER TABLE entry ADD COLUMN more TEXT"]),
    ("a table gone", "touch", ["DROP TABLE touch"]),
    ("a table of a stranger", "names", ["CREATE TABLE names (name TEXT)"]),
    ("a view of a stranger", "shown", ["CREATE VIEW shown AS SELECT * FROM entry"]),
    ("a search table of a stranger", "search", ["CREATE VIRTUAL TABLE search USING fts5(body)"]),
    ("an index that lets nothing more in", "one_kind", ["CREATE UNIQUE INDEX one_kind ON fact (topic)"]),
    ("a column renamed", "box", ["ALTER TABLE box RENAME COLUMN holder TO owner"]),
]


@pytest.mark.parametrize(("name", "what", "sql"), CHANGES, ids=[name for name, _, _ in CHANGES])
def test_a_changed_structure_is_seen(folder: Path, stranger: sqlite3.Connection, name: str, what: str, sql: list[str]) -> None:
    for statement in sql:
        stranger.execute(statement)
    error = refused_at_opening(folder)
    assert (type(error), error.code, error.facts["name"]) == (Altered, "store.schema", what)
    assert error.facts["path"] == str(folder / "ledger.db")
