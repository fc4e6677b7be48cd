"""Counts that a list states twice: rows of totals against the rows they sum up (docs/adr/0002-intake-room.md)."""

from custody.intake.areacode import dotted, level
from custody.intake.arearows import AreaRow, Areas, Stated
from custody.intake.faults import Faults
from custody.intake.spelling import bare, fold


def check_sums(areas: Areas, names: dict[str, str], faults: Faults) -> None:
    """Compare every stated total with the desa it sums up. Faults are noted in `faults`, which the caller closes.

    The count on the row of a kecamatan or kabupaten is for all desa under its code. A row `Jumlah` with the name of an area is for
    that area; without one it may sum what stands since the last such row, or everything above it.
    """
    desa = [row for row in areas.rows if level(row.code) == "desa"]
    for row in areas.rows:
        if row.tps is not None and level(row.code) != "desa":
            _compare(row.line, _under(desa, row.code), row.tps, names.get(row.code, dotted(row.code)), areas, faults)
    start = 0
    for total in areas.stated:
        code = _named(total, names, desa)
        if code is not None:
            _compare(total.line, _under(desa, code), total.tps, names[code], areas, faults)
            continue
        since = sum(row.tps or 0 for row in desa if start < row.line < total.line)
        everything = sum(row.tps or 0 for row in desa if row.line < total.line)
        if total.tps not in (since, everything):
            faults.add("import.total", total.line, areas.table.spot("jumlah_tps"), stated=total.tps, found=everything)
        start = total.line


def _under(desa: list[AreaRow], code: str) -> int:
    return sum(row.tps or 0 for row in desa if row.code.startswith(code))


def _named(total: Stated, names: dict[str, str], desa: list[AreaRow]) -> str | None:
    """The code of the area that a total names, among those above the desa of the list."""
    if not total.of:
        return None
    above = {row.code[:length] for row in desa for length in (2, 4, 6)}
    found = [code for code in above if fold(bare(names.get(code, ""))) == total.of]
    return found[0] if len(found) == 1 else None


def _compare(line: int, found: int, stated: int, name: str, areas: Areas, faults: Faults) -> None:
    if found != stated:
        faults.add("import.total.area", line, areas.table.spot("jumlah_tps"), name=name, stated=stated, found=found)
