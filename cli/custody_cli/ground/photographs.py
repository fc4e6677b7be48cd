"""Photographs that stay outside the ledger: only their SHA-256 goes in (spec chapter 08)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody.station.manifest import Photo


def digest(path: Path) -> str:
    """SHA-256 of a file in hex. Raises `OSError`, `WrongUse("cli.photo.empty")` for a file without content."""
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
        if file.tell() == 0:
            raise WrongUse("cli.photo.empty", path=str(path))
    return found


def shown(told: Iterable[str], box: Callable[[str], str]) -> tuple[Photo, ...]:
    """Photographs as people name them: `FILE`, `BOX=FILE`, `BOX:POINT=FILE`, the box in any words that `box` finds.

    Raises as `digest`, what `box` raises, and `WrongUse("cli.photo.point")`.
    """
    return tuple(_shown(one, box) for one in told)


def _shown(told: str, box: Callable[[str], str]) -> Photo:
    from custody.core.shapes import POINT
    from custody.station.manifest import Photo

    what, mark, file = told.rpartition("=")
    if not mark or Path(told).exists():
        return Photo(digest(Path(told)))
    name, _, point = what.partition(":")
    if point and not POINT.ok(point.strip().lower()):
        raise WrongUse("cli.photo.point", point=point)
    return Photo(digest(Path(file)), box(name), point.strip().lower() or None)
