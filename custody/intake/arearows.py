"""Rows of a list of areas: code, name, count of polling stations, and what they say of the places above (docs/adr/0002-intake-room.md)."""

import re
import unicodedata
from collections.abc import Callable
from typing import BinaryIO, NamedTuple, TypeVar

from custody.core.errors import Malformed
from custody.intake import risks
from custody.intake.areacode import LEVELS, area, dotted, level
from custody.intake.faults import Faults, shown
from custody.intake.sheettext import LIMITS, Limits
from custody.intake.spelling import bare, fold
from custody.intake.table import Column, Row, Table, read_table

LONGEST_NAME = 80  # characters, as in the statements; the longest real name has 44
MOST_STATIONS = 900  # regular polling stations of one desa are 001 to 900
CODE = Column("kode", ("kode_wilayah", "kode_desa", "kode_kelurahan", "kode_desa_kelurahan", "kode_kemendagri", "code"))
NAME_HEADERS = ("nama_desa", "desa", "kelurahan", "desa_kelurahan", "kelurahan_desa", "nama_kelurahan", "nama_wilayah", "name")
COUNT_HEADERS = ("jml_tps", "tps", "banyak_tps", "total_tps", "jumlah", "jml")
ABOVE = (
    Column("level", ("tingkat",), needed=False),
    Column("jenis", needed=False),
    Column("kecamatan", ("nama_kecamatan", "kec"), needed=False),
    Column("kabupaten", ("nama_kabupaten", "kab", "kabupaten_kota", "kab_kota", "kota"), needed=False),
    Column("provinsi", ("nama_provinsi", "prov"), needed=False),
    Column("kode_kecamatan", ("kode_kec",), needed=False),
    Column("kode_kabupaten", ("kode_kab", "kode_kabupaten_kota"), needed=False),
    *risks.COLUMNS,
)
_MARKS = frozenset("'-./(),\u2019 ")
_LEVEL_WORDS = {
    "provinsi": "provinsi",
    "kabupaten": "kabupaten",
    "kota": "kabupaten",
    "kabupatenkota": "kabupaten",
    "kecamatan": "kecamatan",
    "distrik": "kecamatan",
    "desa": "desa",
    "kelurahan": "desa",
    "desakelurahan": "desa",
}
_TOTAL = re.compile(r"(?:sub[ -]?|grand )?(?:jumlah|total|jml)\b[ :]*(?:seluruhnya|semua|total|tps)?[ :]*(.*)", re.IGNORECASE)
_INTEGER = re.compile(r"[0-9]{1,9}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_CODE_LIKE = re.compile(r"'?[0-9][0-9. ]*")  # but "2 x 11 Kayu Tanam" is a name
_NEGATIVE = re.compile(r"- ?[0-9]+")
T = TypeVar("T")


class AreaRow(NamedTuple):
    """A place of the list. `names`: what its row says of places above it, by their code."""

    line: int
    code: str
    name: str
    tps: int | None
    names: dict[str, str]
    risk: risks.Risk = risks.Risk()


class Stated(NamedTuple):
    """A row that states a total: `of` is the folded name of the area it is for, or empty."""

    line: int
    of: str
    tps: int


class Areas(NamedTuple):
    """A list of areas as read, in the order of its lines."""

    table: Table
    rows: tuple[AreaRow, ...]
    stated: tuple[Stated, ...]


def read_areas(source: bytes | BinaryIO, faults: Faults, counted: bool, named: bool = True, limits: Limits = LIMITS) -> Areas:
    """Read a list of areas. `counted`: it must give `jumlah_tps`; `named`: it must give `nama`.

    Faults of cells are noted in `faults`, which the caller closes. Raises `ImportRefused` as `table.read_table` does.
    """
    name = Column("nama", NAME_HEADERS, needed=named)
    count = Column("jumlah_tps", COUNT_HEADERS, needed=counted, number=True)
    table = read_table(source, (CODE, name, count, *ABOVE), faults, limits)
    stated: list[Stated] = []
    rows: list[AreaRow] = []
    for row in table.rows:
        total = _stated(row, table, faults)
        if total is not None:
            stated.extend(total)
            continue
        found = read_row(row, table, faults, named)
        if found is not None:
            _weigh(found, counted, table, faults)
            rows.append(found)
    return Areas(table, tuple(rows), tuple(stated))


def read_row(row: Row, table: Table, faults: Faults, named: bool = True) -> AreaRow | None:
    """The area of a row, or None where its cells are noted as faulty."""
    before = len(faults.found)
    code = cell(area, row, "kode", table, faults)
    name = cell(area_name, row, "nama", table, faults) if named or row["nama"] else ""
    count = cell(counted_stations, row, "jumlah_tps", table, faults) if row["jumlah_tps"] else None
    if code is None or name is None or len(faults.found) > before:
        return None
    _check_level(row, code, table, faults)
    names, risk = _names_above(row, code, table, faults), _risk(row, table, faults)
    return AreaRow(row.line, code, name, count, names, risk) if len(faults.found) == before else None


def _risk(row: Row, table: Table, faults: Faults) -> risks.Risk:
    found = cell(risks.vulnerability, row, "kerawanan", table, faults)
    return risks.Risk(found, cell(risks.remote, row, "terpencil", table, faults) or False)


def cell(read: Callable[[str], T], row: Row, name: str, table: Table, faults: Faults) -> T | None:
    """Read one cell; where it is malformed, note that with its place and return None."""
    try:
        return read(row[name])
    except Malformed as error:
        faults.take(error, row.line, table.spot(name))
        return None


def area_name(text: str) -> str:
    """A name of an area: Latin letters, digits and `' - . / ( ) , ’`. Raises `Malformed` with `import.name.*`."""
    if len(text) > LONGEST_NAME:
        raise Malformed("import.name.long", value=shown(text), length=len(text), limit=LONGEST_NAME)
    for mark in text:
        if not (mark.isascii() and mark.isalnum()) and mark not in _MARKS and not _latin(mark):
            raise Malformed("import.name.character", value=shown(text), character=shown(mark), number=f"U+{ord(mark):04X}")
    if not any(mark.isalpha() for mark in text):
        raise Malformed("import.name.empty", value=shown(text))
    return text


def _latin(mark: str) -> bool:
    return mark.isalpha() and unicodedata.name(mark, "").startswith("LATIN ")


def counted_stations(text: str) -> int:
    """A count of polling stations; `16.746` is a number with its thousands. Raises `Malformed` with `import.count.*`."""
    if _NEGATIVE.fullmatch(text):
        raise Malformed("import.count.negative", value=shown(text))
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "").replace(",", "")
    if not _INTEGER.fullmatch(text):
        raise Malformed("import.count.integer", value=shown(text))
    return int(text)


def _stated(row: Row, table: Table, faults: Faults) -> tuple[Stated, ...] | None:
    """A row of totals has no code and begins with a word for it; None for any other row."""
    first = next((row[name] for name in ("kode", "nama", "kecamatan", "kabupaten") if row[name]), "")
    match = _TOTAL.fullmatch(first)
    if match is None or (row["kode"] and row["kode"] != first):
        return None
    count = cell(counted_stations, row, "jumlah_tps", table, faults)
    return () if count is None else (Stated(row.line, fold(bare(match[1])), count),)


def _weigh(row: AreaRow, counted: bool, table: Table, faults: Faults) -> None:
    """Look at the count of a desa: missing and too high are faults, none and many are said before the import."""
    if not counted or level(row.code) != "desa":
        return
    spot, place = table.spot("jumlah_tps"), {"name": row.name or dotted(row.code)}
    if row.tps is None:
        faults.add("import.count.empty", row.line, spot, **place)
    elif row.tps > MOST_STATIONS:
        faults.add("import.count.limit", row.line, spot, count=row.tps, limit=MOST_STATIONS, **place)
    elif row.tps > 99:
        faults.warn("import.count.many", row.line, spot, count=row.tps, **place)
    elif row.tps == 0:
        faults.warn("import.count.zero", row.line, spot, **place)


def _check_level(row: Row, code: str, table: Table, faults: Faults) -> None:
    said, kind = row["level"], level(code)
    if said and _LEVEL_WORDS.get(fold(said)) != kind:
        faults.add("import.code.level", row.line, table.spot("level"), value=shown(said), code=dotted(code), kind=kind)
    wanted = {"desa": "2", "kelurahan": "1"}.get(fold(row["jenis"]))
    if kind == "desa" and wanted and code[6] != wanted:
        faults.warn("import.code.sort", row.line, table.spot("jenis"), value=shown(row["jenis"]), code=dotted(code))


def _names_above(row: Row, code: str, table: Table, faults: Faults) -> dict[str, str]:
    """Names of the places above by their code, from columns that hold a name or a code; a code must be the one above."""
    names: dict[str, str] = {}
    for length, kind in LEVELS.items():
        above = code[:length]
        if length >= len(code):
            continue
        for name in (kind, f"kode_{kind}"):
            text = row[name]
            if text and (name != kind or _CODE_LIKE.fullmatch(text)):
                _check_above(text, above, row, name, table, faults)
            elif text:
                found = cell(area_name, row, name, table, faults)
                names[above] = found or ""
    return names


def _check_above(text: str, above: str, row: Row, name: str, table: Table, faults: Faults) -> None:
    said = cell(area, row, name, table, faults)
    if said is not None and said != above:
        faults.add("import.code.parent", row.line, table.spot(name), value=shown(text), code=dotted(above))
