"""The list of polling stations, one row each, and what it does to the counts per desa (docs/adr/0002-intake-room.md)."""

from typing import BinaryIO, NamedTuple

from custody.intake.areacode import SPECIAL, dotted, station
from custody.intake.arearows import ABOVE, CODE, NAME_HEADERS, AreaRow, cell, read_row
from custody.intake.faults import Faults
from custody.intake.risks import Risk
from custody.intake.sheettext import LIMITS, Limits
from custody.intake.table import UNUSED, Column, Row, Table, read_table

NUMBER = Column("tps", ("nomor_tps", "no_tps", "nomor", "kode_tps"), needed=False)
_COLUMNS = (CODE, NUMBER, Column("nama", NAME_HEADERS, needed=False), *ABOVE)
_UNUSED = UNUSED | {"lokasi", "alamat", "nama_tps", "lokasi_tps", "jenis_tps", "khusus"}


class Listed(NamedTuple):
    """A list of polling stations: their numbers and first line by desa, the areas that the rows name, the risk of each TPS."""

    table: Table
    rows: tuple[AreaRow, ...]
    numbers: dict[str, list[str]]
    risks: dict[str, Risk]


def read_stations(source: bytes | BinaryIO, faults: Faults, limits: Limits = LIMITS) -> Listed:
    """Read a list with `kode` (desa, or the whole `5307192001-003`) and `tps`. Faults are noted in `faults`, which the caller closes."""
    table = read_table(source, _COLUMNS, faults, limits, _UNUSED)
    rows: list[AreaRow] = []
    lines: dict[tuple[str, str], int] = {}
    numbers: dict[str, list[str]] = {}
    risks: dict[str, Risk] = {}
    for row in table.rows:
        found = _station_row(row, table, faults)
        if found is None:
            continue
        desa, number = found
        if (desa.code, number) in lines:
            faults.add("import.tps.twice", row.line, table.spot("tps"), tps=number, code=dotted(desa.code), other=lines[desa.code, number])
            continue
        lines[desa.code, number] = row.line
        numbers.setdefault(desa.code, []).append(number)
        risks[f"{desa.code}-{number}"] = desa.risk
        rows.append(desa)
    return Listed(table, tuple(rows), numbers, risks)


def _station_row(row: Row, table: Table, faults: Faults) -> tuple[AreaRow, str] | None:
    code, dash, tail = row["kode"].partition("-")
    whole = Row(row.line, {**row.cells, "kode": code, "tps": row["tps"] or tail})
    number = cell(station, whole, "tps", table, faults)
    found = read_row(whole, table, faults, named=False)
    if number is None or found is None:
        return None
    if len(found.code) != 10:
        faults.add("import.tps.area", row.line, table.spot("kode"), code=dotted(found.code))
        return None
    if dash and row["tps"] and station(tail) != number:
        faults.add("import.tps.differs", row.line, table.spot("tps"), tps=number, code=row["kode"])
        return None
    return found, number


def numbered(counts: dict[str, int]) -> dict[str, tuple[str, ...]]:
    """The numbers that a count of polling stations stands for: 3 is 001, 002, 003."""
    return {code: tuple(f"{at:03d}" for at in range(1, count + 1)) for code, count in counts.items()}


def merge(numbers: dict[str, tuple[str, ...]], listed: Listed, counted: bool, faults: Faults) -> dict[str, tuple[str, ...]]:
    """The numbers of every desa's polling stations. `counted`: `numbers` comes from counts, with which the list must agree.

    A list that holds regular numbers is the whole list of its desa; one that holds only special ones (901 and up) is added to the
    count, with a warning. Faults and warnings are noted in `faults` of the list.
    """
    merged = dict(numbers)
    first = {row.code: row.line for row in reversed(listed.rows)}
    for code, found in listed.numbers.items():
        inside, before = sorted(found), numbers.get(code, ())
        if counted and int(inside[0]) >= SPECIAL:
            faults.warn("import.tps.special", first[code], code=dotted(code), numbers=tuple(inside), count=len(before))
            inside = [*before, *inside]
        elif counted and len(before) != len(inside):
            faults.add("import.tps.count", first[code], code=dotted(code), found=len(inside), count=len(before))
        _say_gaps(code, inside, first[code], faults)
        merged[code] = tuple(inside)
    return merged


def _say_gaps(code: str, numbers: list[str], line: int, faults: Faults) -> None:
    regular = [int(number) for number in numbers if int(number) < SPECIAL]
    missing = sorted(set(range(1, max(regular, default=0))) - set(regular))
    if missing:
        faults.warn("import.tps.gap", line, code=dotted(code), missing=tuple(f"{number:03d}" for number in missing[:10]))
