"""The contract's questions and writes in SQL, for any database that SQLAlchemy Core speaks. Keeps design chapter 3, "store".

What lies in the tables is handed out as it is, a missing index included: finding that is the judge's work. Only a value of the wrong type,
which no honest write leaves behind, is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import NoneType
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, or_, select, update

from custody.core.errors import Altered, Refused
from custody.core.rows import EVERY_BOX, BoxFilter, BoxRow, Row, Tile
from custody.store.contract import HASH_BYTES, TILE_BYTES
from custody.store.rules import check_checkpoint, check_rows, check_tile
from custody.store.schema import BOX, CHECKPOINT, COSIGNATURE, ENTRY, FACT, HEAD, PROJECTIONS, TILE, TOUCH

_row_of: Callable[[tuple[int, bytes, bytes, str, bytes]], Row] = partial(tuple.__new__, Row)  # made of every entry: a third of the time
_box_of: Callable[[Sequence[Any]], BoxRow] = partial(tuple.__new__, BoxRow)
CHUNK = 512  # rows fetched at a time, and names asked for at a time
_BEGINNING, _END = -(2**63), 2**63 - 1  # the smallest and the largest number that a row can have

_E, _K = ENTRY.c, CHECKPOINT.c
_RANGE = (_E.idx >= bindparam("start"), _E.idx < bindparam("stop"))
_ROWS = select(ENTRY).where(*_RANGE).order_by(_E.idx)
_LEAVES = select(_E.leaf).where(*_RANGE).order_by(_E.idx)
_ROW = select(ENTRY).where(_E.idx == bindparam("idx"))
_BY_LEAF = select(ENTRY).where(_E.leaf == bindparam("leaf"))
_BY_SID = select(ENTRY).where(_E.sid == bindparam("sid")).order_by(_E.idx)
_LEAVES_IN = select(_E.leaf, _E.idx).where(_E.leaf.in_(bindparam("keys", expanding=True))).order_by(_E.idx)
_SIDS_IN = select(_E.sid, _E.idx).where(_E.sid.in_(bindparam("keys", expanding=True))).order_by(_E.idx)
_SIZE = select(func.coalesce(func.max(_E.idx) + 1, 0))
_HEAD = select(CHECKPOINT).order_by(_K.size.desc()).limit(1)
_CHECKPOINT = select(_K.note).where(_K.size == bindparam("size"))
_CHECKPOINTS = select(CHECKPOINT).where(_K.size >= bindparam("start")).order_by(_K.size)
_COSIGNATURES = select(COSIGNATURE.c.name, COSIGNATURE.c.line).where(COSIGNATURE.c.size == bindparam("size"))
_COSIGNED = select(COSIGNATURE.c.size).distinct().order_by(COSIGNATURE.c.size)
_TILE = select(TILE.c.hashes).where(TILE.c.level == bindparam("level"), TILE.c.n == bindparam("n"))
_TILES = select(TILE.c.hashes).where(TILE.c.level == bindparam("level"), TILE.c.n >= bindparam("start")).order_by(TILE.c.n)
_OTHER_TILE = (
    select(TILE.c.level, TILE.c.n)
    .where(or_(TILE.c.level < 0, TILE.c.level >= bindparam("levels"), TILE.c.n < 0))
    .order_by(TILE.c.level, TILE.c.n)
    .limit(1)
)
_NEXT_TILE = select(func.coalesce(func.max(TILE.c.n) + 1, 0)).where(TILE.c.level == bindparam("level"))
_TOUCHING = select(TOUCH.c.idx).where(TOUCH.c.box == bindparam("box")).order_by(TOUCH.c.idx)
_TOUCHES = select(TOUCH).order_by(TOUCH.c.box, TOUCH.c.idx)
_BOX = select(BOX).where(BOX.c.box == bindparam("box"))
_BOXES_IN = select(BOX).where(BOX.c.box.in_(bindparam("keys", expanding=True)))
_FACT = select(FACT.c.value).where(FACT.c.topic == bindparam("topic"), FACT.c.key == bindparam("key"))
_FACTS_IN = select(FACT.c.key, FACT.c.value).where(FACT.c.topic == bindparam("topic"), FACT.c.key.in_(bindparam("keys", expanding=True)))
_FACTS = select(FACT.c.key, FACT.c.value).where(FACT.c.topic == bindparam("topic")).order_by(FACT.c.key)
_TOPICS = select(FACT.c.topic).distinct().order_by(FACT.c.topic)
_TURN = select(HEAD.c.turn)
LOCK_HEAD = _TURN.with_for_update()
_BOX_TYPES: tuple[Any, ...] = (str, str, *[(str, NoneType)] * 6, (bytes, NoneType), *[(str, NoneType)] * 2, bytes)
_FILTERS = tuple(BoxFilter.__dataclass_fields__)


class SqlReader:
    """A `Reader` over one transaction of `connection`; `path` is named in errors."""

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    def size(self) -> int:
        return self._number(self._connection.execute(_SIZE).scalar_one())

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        for raw in self._stream(_ROWS, start=start or _BEGINNING, stop=_END if stop is None else stop):
            yield self._row(raw)

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        for (leaf,) in self._stream(_LEAVES, start=start, stop=_END if stop is None else stop):
            yield self._bytes(leaf, HASH_BYTES)

    def row(self, idx: int) -> Row:
        raw = self._only(_ROW, idx=idx)
        if raw is None:
            raise Refused("store.entry", index=idx)
        return self._row(raw)

    def by_leaf(self, leaf: bytes) -> Row | None:
        raw = self._only(_BY_LEAF, leaf=leaf)
        return None if raw is None else self._row(raw)

    def by_sid(self, sid: bytes) -> list[Row]:
        return [self._row(raw) for raw in self._connection.execute(_BY_SID, {"sid": sid})]

    def indexes_by_leaf(self, leaves: Sequence[bytes]) -> dict[bytes, int]:
        return {self._bytes(leaf): self._number(idx) for leaf, idx in self._ask_many(_LEAVES_IN, leaves)}

    def indexes_by_sid(self, sids: Sequence[bytes]) -> dict[bytes, list[int]]:
        found: dict[bytes, list[int]] = {}
        for sid, idx in self._ask_many(_SIDS_IN, sids):
            found.setdefault(self._bytes(sid), []).append(self._number(idx))
        return found

    def head(self) -> tuple[int, bytes] | None:
        raw = self._only(_HEAD)
        return None if raw is None else (self._number(raw[0]), self._bytes(raw[1]))

    def checkpoint(self, size: int) -> bytes | None:
        return self._value(self._only(_CHECKPOINT, size=size))

    def checkpoints(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        for size, note in self._stream(_CHECKPOINTS, start=start):
            yield self._number(size), self._bytes(note)

    def cosignatures(self, size: int) -> list[tuple[str, bytes]]:
        found = self._connection.execute(_COSIGNATURES, {"size": size})
        return sorted((self._text(name), self._bytes(line)) for name, line in found)

    def cosigned(self) -> list[int]:
        return [self._number(size) for (size,) in self._connection.execute(_COSIGNED)]

    def tile(self, level: int, n: int) -> bytes | None:
        return self._value(self._only(_TILE, level=level, n=n), TILE_BYTES)

    def tiles(self, level: int, start: int = 0) -> Iterator[bytes]:
        for (hashes,) in self._stream(_TILES, level=level, start=start):
            yield self._bytes(hashes, TILE_BYTES)

    def other_tile(self, levels: int) -> tuple[int, int] | None:
        found = self._connection.execute(_OTHER_TILE, {"levels": levels}).first()
        return None if found is None else (self._number(found[0]), self._number(found[1]))

    def touching(self, box: str) -> list[int]:
        return [self._number(idx) for (idx,) in self._connection.execute(_TOUCHING, {"box": box})]

    def touches(self) -> Iterator[tuple[str, int]]:
        for chunk in self._chunks(_TOUCHES):
            boxes, indexes = zip(*chunk, strict=True)
            if {*map(type, boxes)} != {str} or {*map(type, indexes)} != {int}:
                raise self._damaged()
            yield from zip(boxes, indexes, strict=True)

    def box(self, box: str) -> BoxRow | None:
        raw = self._only(_BOX, box=box)
        return None if raw is None else self._box(raw)

    def boxes_by_name(self, boxes: Sequence[str]) -> dict[str, BoxRow]:
        return {row.box: row for row in map(self._box, self._ask_many(_BOXES_IN, boxes))}

    def boxes(self, where: BoxFilter = EVERY_BOX) -> Iterator[BoxRow]:
        wanted = {name: value for name in _FILTERS if (value := getattr(where, name)) is not None}
        for raw in self._stream(select(BOX).where(*(BOX.c[name] == value for name, value in wanted.items())).order_by(BOX.c.box)):
            yield self._box(raw)

    def fact(self, topic: str, key: str) -> bytes | None:
        return self._value(self._only(_FACT, topic=topic, key=key))

    def facts_by_key(self, topic: str, keys: Sequence[str]) -> dict[str, bytes]:
        return {self._text(key): self._bytes(value) for key, value in self._ask_many(_FACTS_IN, keys, topic=topic)}

    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]:
        for key, value in self._stream(_FACTS, topic=topic):
            yield self._text(key), self._bytes(value)

    def topics(self) -> list[str]:
        return [self._text(topic) for (topic,) in self._connection.execute(_TOPICS)]

    def moved(self) -> bool:
        return self._number((self._only(_TURN) or (None,))[0]) < 0

    def _only(self, question: Any, **values: object) -> Any:
        """The one row there is, or None. Of a spoiled index there may be several."""
        with self._connection.execute(question, values) as result:
            found = result.fetchmany(2)
        if len(found) > 1:
            raise self._damaged()
        return found[0] if found else None

    def _stream(self, question: Any, **values: object) -> Iterator[Any]:
        for chunk in self._chunks(question, **values):
            yield from chunk

    def _chunks(self, question: Any, **values: object) -> Iterator[Sequence[Any]]:
        """What a question finds, so many rows at a time, none empty."""
        with self._connection.execute(question, values, execution_options={"yield_per": CHUNK}) as result:
            yield from result.partitions()

    def _ask_many(self, question: Any, keys: Sequence[bytes] | Sequence[str], **values: object) -> Iterator[Any]:
        for at in range(0, len(keys), CHUNK):
            yield from self._connection.execute(question, {"keys": list(keys[at : at + CHUNK]), **values})

    def _row(self, raw: Any) -> Row:
        idx, leaf, sid, kind, body = raw
        if not (type(idx) is int and type(leaf) is type(sid) is type(body) is bytes and type(kind) is str):
            raise self._damaged()
        return _row_of((idx, leaf, sid, kind, body))

    def _box(self, raw: Any) -> BoxRow:
        if not all(map(isinstance, raw, _BOX_TYPES)):
            raise self._damaged()
        return _box_of(raw)

    def _bytes(self, value: object, length: int | None = None) -> bytes:
        if not isinstance(value, bytes) or (length is not None and len(value) != length):
            raise self._damaged()
        return value

    def _value(self, raw: Any, length: int | None = None) -> bytes | None:
        return None if raw is None else self._bytes(raw[0], length)

    def _number(self, value: object) -> int:
        if not isinstance(value, int):
            raise self._damaged()
        return value

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._damaged()
        return value

    def _damaged(self) -> Altered:
        return Altered("store.damaged", path=self._path, reason="type")


class SqlWriter(SqlReader):
    """A `Writer` over the one write transaction; whoever makes it has locked the others out (BEGIN IMMEDIATE, or `LOCK_HEAD`)."""

    def __init__(self, connection: Connection, path: str) -> None:
        super().__init__(connection, path)
        self._size: int | None = None
        self._place = "?" if connection.dialect.paramstyle == "qmark" else "%s"

    def size(self) -> int:
        if self._size is None:
            self._size = super().size()
        return self._size

    def append(self, rows: Sequence[Row]) -> None:
        check_rows(self.size(), rows)
        self._insert(ENTRY, [(r.idx, r.leaf, r.sid, r.kind, r.body) for r in rows])
        self._size = self.size() + len(rows)

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        size = self.size()
        for tile in tiles:
            check_tile(size, self._number(self._connection.execute(_NEXT_TILE, {"level": tile.level}).scalar_one()), tile)
            self._insert(TILE, [(tile.level, tile.n, tile.hashes)])

    def put_checkpoint(self, size: int, note: bytes) -> None:
        head = self.head()
        check_checkpoint(self.size(), None if head is None else head[0], size, note)
        self._insert(CHECKPOINT, [(size, note)])

    def put_cosignature(self, size: int, name: str, line: bytes) -> None:
        if self.checkpoint(size) is None:
            raise Refused("store.checkpoint")
        if (name, line) not in self.cosignatures(size):
            self._insert(COSIGNATURE, [(size, name, line)])

    def put_boxes(self, rows: Iterable[BoxRow]) -> None:
        last = {row.box: row for row in rows}
        self._delete(BOX, ("box",), [(box,) for box in last])
        self._insert(BOX, list(last.values()))

    def touch(self, pairs: Iterable[tuple[str, int]]) -> None:
        unique = sorted(set(pairs))
        self._delete(TOUCH, ("box", "idx"), unique)
        self._insert(TOUCH, unique)

    def put_facts(self, topic: str, facts: Mapping[str, bytes]) -> None:
        self._delete(FACT, ("topic", "key"), [(topic, key) for key in facts])
        self._insert(FACT, [(topic, key, value) for key, value in facts.items()])

    def drop_facts(self, topic: str) -> None:
        self._delete(FACT, ("topic",), [(topic,)])

    def drop_projections(self) -> None:
        for table in PROJECTIONS:
            self._connection.execute(delete(table))

    def mark(self, moved: bool) -> None:
        self._connection.execute(update(HEAD).values(turn=-1 if moved else 0))

    # Rows go to the driver as tuples: building SQLAlchemy's parameters costs more than SQLite's own work on a row.

    def _insert(self, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        names = [column.name for column in table.columns]
        self._many(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([self._place] * len(names))})", rows)

    def _delete(self, table: Table, names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        self._many(f"DELETE FROM {table.name} WHERE {' AND '.join(f'{name} = {self._place}' for name in names)}", rows)

    def _many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self._connection.exec_driver_sql(statement, list(rows))
