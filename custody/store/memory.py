"""The contract in memory: for tests, and as the plain reference that other stores are compared with. Keeps design chapter 3, "store"."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from custody.core.errors import Locked, Refused
from custody.core.rows import EVERY_BOX, BoxFilter, BoxRow, Row, Tile
from custody.store.direct import Direct
from custody.store.rules import check_checkpoint, check_rows, check_tile


@dataclass(frozen=True)
class _State:
    """Everything that is committed. Never changed: a writer works on a copy."""

    entries: list[Row] = field(default_factory=list)
    at_leaf: dict[bytes, int] = field(default_factory=dict)
    at_sid: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    tiles: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    notes: dict[int, bytes] = field(default_factory=dict)
    lines: dict[int, frozenset[tuple[str, bytes]]] = field(default_factory=dict)
    box_rows: dict[str, BoxRow] = field(default_factory=dict)
    touched: dict[str, frozenset[int]] = field(default_factory=dict)
    known: dict[str, dict[str, bytes]] = field(default_factory=dict)
    marks: dict[str, bool] = field(default_factory=dict)

    def copy(self) -> _State:
        values: dict[str, Any] = {one.name: getattr(self, one.name).copy() for one in fields(self)}
        return _State(**values)


class MemoryReader:
    """A `Reader` over one state."""

    def __init__(self, state: _State) -> None:
        self._state = state

    def size(self) -> int:
        return len(self._state.entries)

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        yield from self._state.entries[start:stop]

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        for row in self._state.entries[start:stop]:
            yield row.leaf

    def row(self, idx: int) -> Row:
        if not 0 <= idx < self.size():
            raise Refused("store.entry", index=idx)
        return self._state.entries[idx]

    def by_leaf(self, leaf: bytes) -> Row | None:
        idx = self._state.at_leaf.get(leaf)
        return None if idx is None else self._state.entries[idx]

    def by_sid(self, sid: bytes) -> list[Row]:
        return [self._state.entries[idx] for idx in self._state.at_sid.get(sid, ())]

    def indexes_by_leaf(self, leaves: Sequence[bytes]) -> dict[bytes, int]:
        return {leaf: self._state.at_leaf[leaf] for leaf in leaves if leaf in self._state.at_leaf}

    def indexes_by_sid(self, sids: Sequence[bytes]) -> dict[bytes, list[int]]:
        return {sid: list(self._state.at_sid[sid]) for sid in sids if sid in self._state.at_sid}

    def head(self) -> tuple[int, bytes] | None:
        return next(reversed(self._state.notes.items()), None)

    def checkpoint(self, size: int) -> bytes | None:
        return self._state.notes.get(size)

    def checkpoints(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        yield from ((size, note) for size, note in self._state.notes.items() if size >= start)

    def cosignatures(self, size: int) -> list[tuple[str, bytes]]:
        return sorted(self._state.lines.get(size, ()))

    def cosigned(self) -> list[int]:
        return sorted(self._state.lines)

    def tile(self, level: int, n: int) -> bytes | None:
        tiles = self._state.tiles.get(level, ())
        return tiles[n] if 0 <= n < len(tiles) else None

    def tiles(self, level: int, start: int = 0) -> Iterator[bytes]:
        yield from self._state.tiles.get(level, ())[start:]

    def other_tile(self, levels: int) -> tuple[int, int] | None:
        return min(((level, 0) for level, tiles in self._state.tiles.items() if tiles and not 0 <= level < levels), default=None)

    def touching(self, box: str) -> list[int]:
        return sorted(self._state.touched.get(box, ()))

    def touches(self) -> Iterator[tuple[str, int]]:
        for box in sorted(self._state.touched):
            yield from ((box, idx) for idx in self.touching(box))

    def box(self, box: str) -> BoxRow | None:
        return self._state.box_rows.get(box)

    def boxes_by_name(self, boxes: Sequence[str]) -> dict[str, BoxRow]:
        return {box: self._state.box_rows[box] for box in boxes if box in self._state.box_rows}

    def boxes(self, where: BoxFilter = EVERY_BOX) -> Iterator[BoxRow]:
        wanted = {one.name: getattr(where, one.name) for one in fields(where) if getattr(where, one.name) is not None}
        for box in sorted(self._state.box_rows):
            row = self._state.box_rows[box]
            if all(getattr(row, name) == value for name, value in wanted.items()):
                yield row

    def fact(self, topic: str, key: str) -> bytes | None:
        return self._state.known.get(topic, {}).get(key)

    def facts_by_key(self, topic: str, keys: Sequence[str]) -> dict[str, bytes]:
        known = self._state.known.get(topic, {})
        return {key: known[key] for key in keys if key in known}

    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]:
        yield from sorted(self._state.known.get(topic, {}).items())

    def topics(self) -> list[str]:
        return sorted(self._state.known)

    def moved(self) -> bool:
        return self._state.marks.get("moved", False)


class MemoryWriter(MemoryReader):
    """A `Writer` on a copy, which becomes the store's state when all went well."""

    def append(self, rows: Sequence[Row]) -> None:
        check_rows(self.size(), rows)
        state = self._state
        for row in rows:
            if row.leaf in state.at_leaf:
                raise Refused("store.duplicate")
            state.entries.append(row)
            state.at_leaf[row.leaf] = row.idx
            state.at_sid[row.sid] = (*state.at_sid.get(row.sid, ()), row.idx)

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        for tile in tiles:
            former = self._state.tiles.get(tile.level, ())
            check_tile(self.size(), len(former), tile)
            self._state.tiles[tile.level] = (*former, tile.hashes)

    def put_checkpoint(self, size: int, note: bytes) -> None:
        head = self.head()
        check_checkpoint(self.size(), None if head is None else head[0], size, note)
        self._state.notes[size] = note

    def put_cosignature(self, size: int, name: str, line: bytes) -> None:
        if size not in self._state.notes:
            raise Refused("store.checkpoint")
        self._state.lines[size] = self._state.lines.get(size, frozenset()) | {(name, line)}

    def put_boxes(self, rows: Iterable[BoxRow]) -> None:
        self._state.box_rows.update({row.box: row for row in rows})

    def touch(self, pairs: Iterable[tuple[str, int]]) -> None:
        for box, idx in pairs:
            self._state.touched[box] = self._state.touched.get(box, frozenset()) | {idx}

    def put_facts(self, topic: str, facts: Mapping[str, bytes]) -> None:
        if facts:
            self._state.known[topic] = {**self._state.known.get(topic, {}), **facts}

    def drop_facts(self, topic: str) -> None:
        self._state.known.pop(topic, None)

    def drop_projections(self) -> None:
        for projection in (self._state.box_rows, self._state.touched, self._state.known):
            projection.clear()

    def mark(self, moved: bool) -> None:
        self._state.marks["moved"] = moved


class MemoryStore(Direct):
    """The `Store` contract without a disk: durable only as long as the process."""

    def __init__(self, wait: float = 20.0) -> None:
        """`wait`: seconds until Locked("store.locked") for a second writer."""
        self._state = _State()
        self._turn = threading.Lock()
        self._wait = wait

    @contextmanager
    def read(self) -> Iterator[MemoryReader]:
        yield MemoryReader(self._state)

    @contextmanager
    def write(self, moved: bool = False) -> Iterator[MemoryWriter]:
        if not self._turn.acquire(timeout=self._wait):
            raise Locked("store.locked", path="", pid="?")
        try:
            draft = self._state.copy()
            if draft.marks.get("moved") and not moved:
                raise Refused("store.moved", path="")
            yield MemoryWriter(draft)
            self._state = draft
        finally:
            self._turn.release()

    def tidy(self) -> None:
        """Nothing to tidy."""

    def close(self) -> None:
        """Nothing to give back."""
