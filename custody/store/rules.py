"""What a store refuses to take, whatever it is made of. Keeps the contract; in SQLite the triggers say the same once more for strangers."""

from __future__ import annotations

from collections.abc import Sequence

from custody.core.errors import Refused
from custody.core.rows import Row, Tile
from custody.store.contract import HASH_BYTES, TILE_BYTES, TILE_HASHES

NOTE_BYTES = 65_535  # spec 02: the largest note
KIND_CHARS = 32


def check_rows(size: int, rows: Sequence[Row]) -> None:
    """Refused("store.order") unless the indexes go on from `size`; Refused("store.row") for a row of the wrong shape."""
    for expected, row in enumerate(rows, size):
        if row.idx != expected:
            raise Refused("store.order", index=row.idx, expected=expected)
        hashes = len(row.leaf) == len(row.sid) == HASH_BYTES
        if not hashes or not 1 <= len(row.body) <= NOTE_BYTES or not 1 <= len(row.kind) <= KIND_CHARS:
            raise Refused("store.row", reason=f"entry {row.idx}")


def check_tile(size: int, next_n: int, tile: Tile) -> None:
    """Refused("store.tile") unless it is the next of its level, full, and covers only entries that are there."""
    covered = (tile.n + 1) * TILE_HASHES ** (tile.level + 1)
    if tile.n != next_n or not 0 <= tile.level <= 6 or len(tile.hashes) != TILE_BYTES or covered > size:
        raise Refused("store.tile")


def check_checkpoint(size: int, last: int | None, new: int, note: bytes) -> None:
    """Refused("store.checkpoint") unless it is larger than the last one and promises only entries that are there."""
    if not 0 <= new <= size or (last is not None and new <= last) or not 1 <= len(note) <= NOTE_BYTES:
        raise Refused("store.checkpoint")
