"""Names of the files of an export (spec chapter 25, EXPORT-1 to EXPORT-9; C2SP tlog-tiles). Text in, text out; `/` divides."""

import re
from collections.abc import Iterator

from custody.core.checkpoint import MAX_SIZE
from custody.ledger.tiles import HEIGHT, WIDTH

CHECKPOINT = "log/checkpoint"
TILES = "log/tile"
POLICY = "policy"
OFFICERS = "officers.vkeys"
COSIGNED = "cosigned"
PROOFS = "proofs"
OLD = "old.checkpoint"
REQUEST = "consistency.req"
PARTIAL = ".p"

_GROUPED = re.compile("(?:x[0-9]{3}/)*[0-9]{3}")
_PROOF = re.compile(r"(0|[1-9][0-9]{0,15})\.(entry|tlog-proof)")


def number(value: int) -> str:
    """A path number: `007`, `x001/x234/067`."""
    groups = [f"{value % 1000:03}"]
    while value := value // 1000:
        groups.append(f"x{value % 1000:03}")
    return "/".join(reversed(groups))


def of_number(path: str) -> int | None:
    """The value of a path number up to `MAX_SIZE`; None for what is none."""
    if not _GROUPED.fullmatch(path):
        return None
    value = int(path.replace("x", "").replace("/", ""))
    return value if value <= MAX_SIZE and number(value) == path else None


def tile(level: int, n: int, width: int = WIDTH) -> str:
    """The hash tile `n` of a level; `width` below 256 for a partial one."""
    return f"{TILES}/{level}/{number(n)}{_part(width)}"


def bundle(n: int, width: int = WIDTH) -> str:
    """The entry bundle `n`; `width` below 256 for a partial one."""
    return f"{TILES}/entries/{number(n)}{_part(width)}"


def head(size: int) -> str:
    """An earlier checkpoint that a witness has cosigned."""
    return f"{COSIGNED}/{number(size)}"


def entry(index: int) -> str:
    """An entry that somebody asked for."""
    return f"{PROOFS}/{index}.entry"


def proof(index: int) -> str:
    """Its proof."""
    return f"{PROOFS}/{index}.tlog-proof"


def proven(name: str) -> int | None:
    """The index that a name in `proofs/` is for; None where it is no such name."""
    found = _PROOF.fullmatch(name)
    return int(found[1]) if found else None


def full_tiles(size: int) -> Iterator[tuple[int, int]]:
    """Level and number of each full hash tile of a ledger of that size, in the order of EXPORT-15."""
    level = 0
    while full := size >> HEIGHT * (level + 1):
        yield from ((level, n) for n in range(full))
        level += 1


def partial_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of each partial hash tile."""
    level = 0
    while at := size >> HEIGHT * level:
        if at % WIDTH:
            yield level, at // WIDTH, at % WIDTH
        level += 1


def _part(width: int) -> str:
    return f"{PARTIAL}/{width}" if width < WIDTH else ""
