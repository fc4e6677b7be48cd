"""Seal numbers from a CSV file, headed in either language: box, point, number, state; kotak, titik, nomor, keadaan."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import Malformed
from custody.reading import read
from custody_cli.boxes.choosing import MOST_FILE
from custody_cli.table import sealwords

if TYPE_CHECKING:
    from custody.station.manifest import SealsOf

_COLUMNS = ("box", "point", "number", "state"), ("kotak", "titik", "nomor", "keadaan")
Row = tuple[str, str, str, str]


def read_seals(path: Path, points: Sequence[str]) -> dict[str, SealsOf]:
    """Box -> point -> state and number; `points` are those that the operation looks at.

    Raises `Malformed("cli.seal.file")` with the line.
    """
    from custody.core.shapes import NUMBER, POINT

    found: dict[str, SealsOf] = {}
    for line, (box, told, typed, condition) in _rows(path):
        point, state = sealwords.point(told, points) or told, sealwords.state(condition or "intact")
        number = typed.upper() or None
        if not (box and POINT.ok(point) and (number is None or NUMBER.ok(number)) and state is not None):
            raise Malformed("cli.seal.file", path=str(path), line=line)
        found.setdefault(box, {})[point] = (state, number)
    return found


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """The rows with their lines; strict about columns and quotes."""
    rows = csv.reader(read(path, MOST_FILE).decode("utf-8-sig", "replace").splitlines(keepends=True), strict=True)
    try:
        for row in rows:
            if (rows.line_num == 1 and tuple(cell.strip().lower() for cell in row) not in _COLUMNS) or len(row) not in (0, 4):
                raise Malformed("cli.seal.file", path=str(path), line=rows.line_num)
            if rows.line_num > 1 and row:
                box, point, number, state = (cell.strip() for cell in row)
                yield rows.line_num, (box, point, number, state)
    except csv.Error:
        raise Malformed("cli.seal.file", path=str(path), line=rows.line_num) from None
