"""The contract of a store: what the ledger may ask of the place where its rows lie. Keeps design chapter 3, "store"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from custody.core.rows import EVERY_BOX, BoxFilter, BoxRow, Row, Tile

TILE_HASHES = 256
HASH_BYTES = 32
TILE_BYTES = TILE_HASHES * HASH_BYTES


class Reader(Protocol):
    """Reading. All calls on one `Reader` that came from `Store.read()` or `Store.write()` answer from one and the same state of the store.

    Iterators stream in chunks and keep memory flat; leave them before the `with` block ends. Nothing here raises the database's own
    errors: only `CustodyError`s with the codes `store.*`.
    """

    def size(self) -> int:
        """How many entries there are; the next one gets this index."""

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Entries start <= idx < stop, ascending; to the end when `stop` is None or beyond it.

        From 0 on also what somebody put before the first: a row with a number below zero is no entry.
        """

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaf hashes of the same entries, without their bodies."""

    def row(self, idx: int) -> Row:
        """The entry at `idx`; Refused("store.entry") when there is none."""

    def by_leaf(self, leaf: bytes) -> Row | None:
        """The entry with exactly this note: a retry finds its old receipt here."""

    def by_sid(self, sid: bytes) -> list[Row]:
        """All entries of one statement, ascending: its signers are the union over them."""

    def indexes_by_leaf(self, leaves: Sequence[bytes]) -> dict[bytes, int]:
        """leaf -> idx for those that are known; one question for a whole batch."""

    def indexes_by_sid(self, sids: Sequence[bytes]) -> dict[bytes, list[int]]:
        """sid -> indexes, ascending, for those that are known; one question for a whole batch."""

    def head(self) -> tuple[int, bytes] | None:
        """The newest checkpoint (size, signed note), or None before the first."""

    def checkpoint(self, size: int) -> bytes | None:
        """The signed note of the checkpoint of exactly this size."""

    def checkpoints(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """All checkpoints of size >= start, ascending; from a number below zero on also what somebody put under a size below zero."""

    def cosignatures(self, size: int) -> list[tuple[str, bytes]]:
        """(witness name, signature line) for the checkpoint of this size, sorted."""

    def cosigned(self) -> list[int]:
        """The sizes that have a cosignature, ascending."""

    def tile(self, level: int, n: int) -> bytes | None:
        """8,192 bytes of a full tile, or None."""

    def tiles(self, level: int, start: int = 0) -> Iterator[bytes]:
        """All full tiles of a level from number `start`, in order: what a tree is loaded from."""

    def other_tile(self, levels: int) -> tuple[int, int] | None:
        """Level and number of a tile that no ledger has: of a level below 0 or from `levels` on, or a number below 0; None without any."""

    def touching(self, box: str) -> list[int]:
        """Projection: the indexes of the entries that speak of this box, ascending."""

    def touches(self) -> Iterator[tuple[str, int]]:
        """Projection: all (box, idx), sorted; for comparing with a rebuilt one."""

    def box(self, box: str) -> BoxRow | None:
        """Projection: one box."""

    def boxes_by_name(self, boxes: Sequence[str]) -> dict[str, BoxRow]:
        """Projection: those of these boxes that have a row; one question for a whole batch."""

    def boxes(self, where: BoxFilter = EVERY_BOX) -> Iterator[BoxRow]:
        """Projection: the boxes that match, sorted by box id."""

    def fact(self, topic: str, key: str) -> bytes | None:
        """Projection: one free-form fact."""

    def facts_by_key(self, topic: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Projection: those of these facts of a topic that are known; one question for a whole batch."""

    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Projection: all facts of a topic, sorted by key."""

    def topics(self) -> list[str]:
        """Projection: all topics that have a fact, sorted."""

    def moved(self) -> bool:
        """Whether the ledger lives in another database, or has not wholly come into this one yet: nothing is appended here."""


class Writer(Reader, Protocol):
    """The one write transaction. Reads see what this transaction has written.

    Only the process that holds the store's lock has one. Any error raised inside the `with` block, by whomever, undoes everything;
    nothing is durable before the block has been left without error.
    """

    def append(self, rows: Sequence[Row]) -> None:
        """Adds entries. Their `idx` must go on from `size()` without a gap, Refused("store.order");
        a leaf that is there already is Refused("store.duplicate"); compare before you append."""

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        """Adds full tiles; every hash in them must cover entries that are there, Refused("store.tile")."""

    def put_checkpoint(self, size: int, note: bytes) -> None:
        """Adds a checkpoint; larger than the last and not larger than `size()`, Refused("store.checkpoint")."""

    def put_cosignature(self, size: int, name: str, line: bytes) -> None:
        """Adds a witness's line to the checkpoint of this size; the same line twice is one."""

    def put_boxes(self, rows: Iterable[BoxRow]) -> None:
        """Projection: sets these boxes, the former row of each is replaced."""

    def touch(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Projection: entry idx speaks of box; the same pair twice is one."""

    def put_facts(self, topic: str, facts: Mapping[str, bytes]) -> None:
        """Projection: sets these facts, the former value of each is replaced."""

    def drop_facts(self, topic: str) -> None:
        """Projection: forgets a topic."""

    def drop_projections(self) -> None:
        """Projection: forgets all boxes, touches and facts, to be rebuilt from the bodies. Entries, tiles and checkpoints stay."""

    def mark(self, moved: bool) -> None:
        """From this transaction on the ledger lives elsewhere, or here again; see `carry.py`, which alone decides it."""


class Store(Reader, Protocol):
    """A ledger's rows. Asked directly, each call answers from a state of its own; use `read()` where several answers must agree.

    Any thread may read at any time. One `Store` must not be carried over a fork.
    """

    def read(self) -> AbstractContextManager[Reader]:
        """One unchanging state of the store for all reads in the block; writers are not hindered."""

    def write(self, moved: bool = False) -> AbstractContextManager[Writer]:
        """The one write transaction: waits its turn behind other threads and processes, Locked("store.locked") at the deadline.

        Refused("store.moved") where the ledger lives in another database; with `moved` also there, for carrying it.

        When the block has been left without error, all of it is durable: it survives kill -9 and loss of power, and was paid for with one
        database sync. When leaving it raises, it is not acknowledged; all of it or none of it may be found later, so forget what you
        believed about the size and ask again.
        """

    def tidy(self) -> None:
        """Housekeeping outside the acknowledged path: call it after answering. Does nothing if nothing is due or another writes."""

    def close(self) -> None:
        """Gives back files and locks; closing twice is fine."""
