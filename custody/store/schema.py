"""The tables of a ledger file and the triggers that keep them append-only. Keeps design chapter 3, "store".

Triggers stop accidents; signatures stop attackers. Whoever has the file can drop a trigger, so they are compared with their text at every
opening, and what was changed behind their back is found by the judge, from the tree and the checkpoints.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from custody.store.layout import Layout, Rule

_Count = BigInteger().with_variant(Integer(), "sqlite")
_Small = SmallInteger().with_variant(Integer(), "sqlite")
Words = Text().with_variant(Text(collation="C"), "postgresql")  # sorted by bytes, as SQLite sorts


class Blob(LargeBinary):
    """Bytes in, and out whatever lies there: a damaged file may hold text in a column of bytes, and the reader wants to see that."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


METADATA = MetaData()

ENTRY = Table(
    "entry",
    METADATA,
    Column("idx", _Count, CheckConstraint("idx >= 0"), primary_key=True, autoincrement=False),
    Column("leaf", Blob, CheckConstraint("length(leaf) = 32"), nullable=False, unique=True),
    Column("sid", Blob, CheckConstraint("length(sid) = 32"), nullable=False, index=True),
    Column("kind", Words, CheckConstraint("length(kind) BETWEEN 1 AND 32"), nullable=False),
    Column("body", Blob, CheckConstraint("length(body) BETWEEN 1 AND 65535"), nullable=False),
    sqlite_strict=True,
)
TILE = Table(
    "tile",
    METADATA,
    Column("level", _Small, CheckConstraint("level BETWEEN 0 AND 6"), primary_key=True, autoincrement=False),
    Column("n", _Count, CheckConstraint("n >= 0"), primary_key=True, autoincrement=False),
    Column("hashes", Blob, CheckConstraint("length(hashes) = 8192"), nullable=False),
    sqlite_strict=True,
)
CHECKPOINT = Table(
    "checkpoint",
    METADATA,
    Column("size", _Count, CheckConstraint("size >= 0"), primary_key=True, autoincrement=False),
    Column("note", Blob, CheckConstraint("length(note) BETWEEN 1 AND 65535"), nullable=False),
    sqlite_strict=True,
)
COSIGNATURE = Table(
    "cosignature",
    METADATA,
    Column("size", _Count, ForeignKey(CHECKPOINT.c.size), primary_key=True, autoincrement=False),
    Column("name", Words, CheckConstraint("length(name) BETWEEN 1 AND 1024"), primary_key=True),
    Column("line", Blob, CheckConstraint("length(line) BETWEEN 1 AND 65535"), primary_key=True),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# The row that a writer locks (SELECT … FOR UPDATE) where the database lets several writers in. In SQLite, counting its turn up is the
# smallest write there is: it starts a fresh log outside the path of an append (sqlite.py, tidy). Below zero: the ledger has gone to
# another database and nothing is appended here, or it has not wholly come yet (carry.py).
HEAD = Table(
    "head",
    METADATA,
    Column("one", _Small, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("turn", _Count, nullable=False),
    sqlite_strict=True,
)

# Projections: computed from the bodies, replaced freely, dropped and rebuilt at will. One index on boxes, for areas: every other question
# scans 20,000 rows in some milliseconds, while each index is paid for at every handoff.
BOX = Table(
    "box",
    METADATA,
    Column("box", Words, primary_key=True),
    Column("status", Words, nullable=False),
    Column("holder", Words),
    Column("place", Words),
    Column("kecamatan", Words),
    Column("desa", Words),
    Column("tps", Words),
    Column("type", Words),
    Column("tip", Blob, CheckConstraint("tip IS NULL OR length(tip) = 32")),
    Column("since", Words),
    Column("due", Words),
    Column("state", Blob, nullable=False),
    Index("box_by_area", "kecamatan", "desa", "tps"),
    sqlite_strict=True,
)
TOUCH = Table(
    "touch",
    METADATA,
    Column("box", Words, primary_key=True),
    Column("idx", _Count, primary_key=True, autoincrement=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
FACT = Table(
    "fact",
    METADATA,
    Column("topic", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("value", Blob, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
PROJECTIONS = (BOX, TOUCH, FACT)

_SIZE = "(SELECT coalesce(max(idx) + 1, 0) FROM entry)"
_NEXT_TILE = "(SELECT coalesce(max(n) + 1, 0) FROM tile WHERE level = NEW.level)"
_TWICE = "EXISTS (SELECT 1 FROM cosignature WHERE size = NEW.size AND name = NEW.name AND line = NEW.line)"

LEDGER = Layout(
    application_id=0x43555354,  # "CUST", in the header of the file
    format=1,
    metadata=METADATA,
    rules=(
        Rule("entry", f"NEW.idx IS DISTINCT FROM {_SIZE}", "store.order"),
        # The right idx with a leaf that is there already: OR REPLACE would delete the old entry.
        Rule("entry", "EXISTS (SELECT 1 FROM entry WHERE leaf = NEW.leaf)", "store.duplicate", "leaf"),
        Rule("tile", f"NEW.n IS DISTINCT FROM {_NEXT_TILE} OR ((NEW.n + 1) << (8 * (NEW.level + 1))) > {_SIZE}", "store.tile"),
        Rule("checkpoint", f"NEW.size <= (SELECT max(size) FROM checkpoint) OR NEW.size > {_SIZE}", "store.checkpoint"),
        Rule("cosignature", _TWICE, "store.duplicate"),
    ),
    first_rows=("INSERT INTO head (one, turn) VALUES (1, 0)",),
)
