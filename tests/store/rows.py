"""Plain rows, tiles and boxes for the store's tests; nothing in them is a statement."""

from hashlib import sha256

from custody.core.rows import BoxRow, Row, Tile
from custody.store.contract import TILE_BYTES


def row(idx: int, text: str = "", sid: bytes | None = None) -> Row:
    """A row whose leaf follows from its text (by default its index)."""
    body = f"catatan {text or idx}\n".encode()
    return Row(idx, sha256(b"\0" + body).digest(), sid or sha256(body).digest(), "handoff", body)


def rows(start: int, stop: int) -> list[Row]:
    return [row(idx) for idx in range(start, stop)]


def tile(n: int, level: int = 0) -> Tile:
    return Tile(level, n, bytes([n % 256]) * TILE_BYTES)


def box(name: str, status: str = "ok", desa: str = "5307192001", holder: str | None = "ppk-contoh") -> BoxRow:
    return BoxRow(name, status, holder, "530719", "530719", desa, desa + "-001", "PPWP", b"t" * 32, "2024-11-27T10:00:00Z", None, b"{}")
