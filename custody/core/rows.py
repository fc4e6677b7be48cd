"""Rows: the values that pass between a ledger and whatever keeps it (design chapter 3, store). Wings meet in them, not in each other."""

from dataclasses import dataclass
from typing import NamedTuple


class Row(NamedTuple):
    """One entry as it lies in the store.

    `idx` counts from 0 without gaps; `leaf` (32 bytes) is unique; `sid` (32 bytes) is not: a statement may arrive again with one more
    signature; `body` is the whole signed note, kept byte for byte and never rebuilt.
    """

    idx: int
    leaf: bytes
    sid: bytes
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Tile:
    """One full tile of 256 hashes (C2SP tlog-tiles): at `level` L each hash covers 256**L entries; `n` counts from 0 at each level."""

    level: int
    n: int
    hashes: bytes


class BoxRow(NamedTuple):
    """What the projection knows of one box: columns to search by, and the whole folded state as bytes that only the ledger reads.

    `type` is the election (PPWP, DPR …), `tip` the sid of the last live link (32 bytes), `since` and `due` are times as in the statements.
    """

    box: str
    status: str
    holder: str | None = None
    place: str | None = None
    kecamatan: str | None = None
    desa: str | None = None
    tps: str | None = None
    type: str | None = None
    tip: bytes | None = None
    since: str | None = None
    due: str | None = None
    state: bytes = b""


@dataclass(frozen=True, slots=True)
class BoxFilter:
    """Which boxes: a field left None does not narrow."""

    kecamatan: str | None = None
    desa: str | None = None
    tps: str | None = None
    type: str | None = None
    place: str | None = None
    holder: str | None = None
    status: str | None = None


EVERY_BOX = BoxFilter()
