"""The reading half of the contract asked of a store directly: each question is a snapshot of its own. Keeps design chapter 3, "store"."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from custody.core.rows import EVERY_BOX, BoxFilter, BoxRow, Row
from custody.store.contract import Reader


class Direct(ABC):
    """Every method of `Reader`, answered from `read()`."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Reader]:
        """One snapshot."""

    def size(self) -> int:
        with self.read() as reader:
            return reader.size()

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        with self.read() as reader:
            yield from reader.rows(start, stop)

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        with self.read() as reader:
            yield from reader.leaves(start, stop)

    def row(self, idx: int) -> Row:
        with self.read() as reader:
            return reader.row(idx)

    def by_leaf(self, leaf: bytes) -> Row | None:
        with self.read() as reader:
            return reader.by_leaf(leaf)

    def by_sid(self, sid: bytes) -> list[Row]:
        with self.read() as reader:
            return reader.by_sid(sid)

    def indexes_by_leaf(self, leaves: Sequence[bytes]) -> dict[bytes, int]:
        with self.read() as reader:
            return reader.indexes_by_leaf(leaves)

    def indexes_by_sid(self, sids: Sequence[bytes]) -> dict[bytes, list[int]]:
        with self.read() as reader:
            return reader.indexes_by_sid(sids)

    def head(self) -> tuple[int, bytes] | None:
        with self.read() as reader:
            return reader.head()

    def checkpoint(self, size: int) -> bytes | None:
        with self.read() as reader:
            return reader.checkpoint(size)

    def checkpoints(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        with self.read() as reader:
            yield from reader.checkpoints(start)

    def cosignatures(self, size: int) -> list[tuple[str, bytes]]:
        with self.read() as reader:
            return reader.cosignatures(size)

    def cosigned(self) -> list[int]:
        with self.read() as reader:
            return reader.cosigned()

    def tile(self, level: int, n: int) -> bytes | None:
        with self.read() as reader:
            return reader.tile(level, n)

    def tiles(self, level: int, start: int = 0) -> Iterator[bytes]:
        with self.read() as reader:
            yield from reader.tiles(level, start)

    def other_tile(self, levels: int) -> tuple[int, int] | None:
        with self.read() as reader:
            return reader.other_tile(levels)

    def touching(self, box: str) -> list[int]:
        with self.read() as reader:
            return reader.touching(box)

    def touches(self) -> Iterator[tuple[str, int]]:
        with self.read() as reader:
            yield from reader.touches()

    def box(self, box: str) -> BoxRow | None:
        with self.read() as reader:
            return reader.box(box)

    def boxes_by_name(self, boxes: Sequence[str]) -> dict[str, BoxRow]:
        with self.read() as reader:
            return reader.boxes_by_name(boxes)

    def boxes(self, where: BoxFilter = EVERY_BOX) -> Iterator[BoxRow]:
        with self.read() as reader:
            yield from reader.boxes(where)

    def fact(self, topic: str, key: str) -> bytes | None:
        with self.read() as reader:
            return reader.fact(topic, key)

    def facts_by_key(self, topic: str, keys: Sequence[str]) -> dict[str, bytes]:
        with self.read() as reader:
            return reader.facts_by_key(topic, keys)

    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]:
        with self.read() as reader:
            yield from reader.facts(topic)

    def topics(self) -> list[str]:
        with self.read() as reader:
            return reader.topics()

    def moved(self) -> bool:
        with self.read() as reader:
            return reader.moved()
