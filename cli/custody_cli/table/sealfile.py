"""Seals from a sheet, headed in either language: box, point, number, state; kotak, titik, nomor, keadaan. As Excel saves it, too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import Malformed
from custody.reading import read
from custody_cli.boxes.choosing import MOST_FILE
from custody_cli.table import sealwords

if TYPE_CHECKING:
    from custody.station.manifest import SealsOf

_COLUMNS = {"kotak": ("box",), "titik": ("point",), "nomor": ("number",), "keadaan": ("state",)}


def read_seals(path: Path, points: Sequence[str]) -> dict[str, SealsOf]:
    """Box -> point -> state and number; `points` are those that the operation looks at.

    Raises `Malformed("cli.seal.file")` with the line; `ImportRefused` for what is no sheet of these columns.
    """
    from custody.core.shapes import NUMBER, POINT
    from custody.intake.faults import Faults
    from custody.intake.table import Column, read_table

    faults = Faults(path.name)
    table = read_table(read(path, MOST_FILE), [Column(name, also) for name, also in _COLUMNS.items()], faults)
    faults.close()
    found: dict[str, SealsOf] = {}
    for row in table.rows:
        point, state = sealwords.point(row["titik"], points) or row["titik"], sealwords.state(row["keadaan"] or "intact")
        number, box = row["nomor"].upper() or None, row["kotak"]
        if not (box and POINT.ok(point) and (number is None or NUMBER.ok(number)) and state is not None):
            raise Malformed("cli.seal.file", path=str(path), line=row.line)
        found.setdefault(box, {})[point] = (state, number)
    return found
