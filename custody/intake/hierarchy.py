"""The hierarchy of an operation: kabupaten, kecamatan, desa and polling stations out of foreign lists (docs/adr/0002-intake-room.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from custody.core.errors import Malformed, Refused
from custody.intake.areacode import PlaceName, above, dotted, level
from custody.intake.arearows import AreaRow, read_areas
from custody.intake.faults import Fault, Faults, shown
from custody.intake.gazetteer import Gazetteer, refuse_doubles, say_same_names
from custody.intake.risks import Risk
from custody.intake.sheettext import LIMITS, Limits
from custody.intake.stations import merge, numbered, read_stations
from custody.intake.sums import check_sums


class Sheet(NamedTuple):
    """A foreign file as a door hands it in: its name, for messages, and its bytes or an open binary stream."""

    file: str
    data: bytes | BinaryIO


class Totals(NamedTuple):
    """What an import would bring in, to be shown and confirmed. `boxes` by type of the profile, one a polling station."""

    kabupaten: int
    kecamatan: int
    desa: int
    tps: int
    boxes: tuple[tuple[str, int], ...]

    @property
    def kotak(self) -> int:
        """All boxes together."""
        return sum(count for _, count in self.boxes)


@dataclass(frozen=True)
class Hierarchy:
    """Places sorted by code (kabupaten to TPS), the provinces they lie in, and what must be said before they are used.

    risks: what the lists say of how vulnerable and how remote a place is, by its code.
    """

    provinces: tuple[PlaceName, ...]
    places: tuple[PlaceName, ...]
    warnings: tuple[Fault, ...]
    risks: Mapping[str, Risk] = field(default_factory=dict)

    def risk(self, code: str) -> Risk:
        """Of a place; a TPS of which nothing is said shares that of its desa."""
        known = self.risks.get(code)
        return known if known not in (None, Risk()) else self.risks.get(code.partition("-")[0], Risk())

    def of_kind(self, kind: str) -> tuple[PlaceName, ...]:
        """The places of one kind, by code."""
        return tuple(place for place in self.places if place.kind == kind)

    def counts(self) -> dict[str, int]:
        """How many polling stations each desa has, by its code."""
        counts = {place.code: 0 for place in self.of_kind("desa")}
        for place in self.of_kind("tps"):
            counts[place.code[:10]] += 1
        return counts

    def totals(self, types: Sequence[str] = ()) -> Totals:
        """The sums, with boxes of these types, one of each a polling station."""
        sums = {kind: len(self.of_kind(kind)) for kind in ("kabupaten", "kecamatan", "desa", "tps")}
        return Totals(**sums, boxes=tuple((code, sums["tps"]) for code in types))


EXPECTABLE = ("kabupaten", "kecamatan", "desa", "tps", "kotak")


def parse_expected(text: str) -> dict[str, int]:
    """What a person says the totals must be: `kecamatan=24,desa=193,tps=445,kotak=890`. Raises `Malformed("import.expect.form")`."""
    expected: dict[str, int] = {}
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in EXPECTABLE or name in expected or not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Malformed("import.expect.form", value=shown(part), names=EXPECTABLE)
        expected[name] = int(number)
    return expected


def check_expected(totals: Totals, expected: dict[str, int]) -> None:
    """Compare totals with what was said. Raises `Refused("import.expect")` with all that differ."""
    wrong = [(name, getattr(totals, name), number) for name, number in expected.items() if getattr(totals, name) != number]
    if wrong:
        differences = tuple(f"{name}: {found} ≠ {number}" for name, found, number in wrong)
        raise Refused("import.expect", differences=differences)


def read_hierarchy(
    counts: Sheet | None = None, wilayah: Sheet | None = None, stations: Sheet | None = None, limits: Limits = LIMITS
) -> Hierarchy:
    """Read the lists of an operation: all of them or nothing.

    counts: one row a desa with `kode`, `nama`, `jumlah_tps`, and the names above as columns, as rows, or in `wilayah`.
    wilayah: the official list (`kode`, `level`, `nama`, `jenis`); codes in the other lists must be in it.
    stations: one row a polling station (`kode` of the desa, `tps`), also 901 and up.
    Raises `ImportRefused` with up to `limits.faults` faults; `Malformed("import.nothing")` where neither counts nor stations are given.
    """
    if counts is None and stations is None:
        raise Malformed("import.nothing", file=shown(wilayah.file) if wilayah else "-")
    names = Gazetteer()
    warnings = _official(wilayah, names, limits) if wilayah else ()
    numbers: dict[str, tuple[str, ...]] = {}
    risks: dict[str, Risk] = {}
    if counts:
        numbers, said = _counted(counts, names, limits, risks)
        warnings += said
    if stations:
        numbers, said = _listed(stations, names, numbers, bool(counts), limits, risks)
        warnings += said
    uncounted = _uncounted(names, numbers, counts or stations) if names.official else ()
    return _built(names.names, numbers, warnings + uncounted, risks)


def _official(sheet: Sheet, names: Gazetteer, limits: Limits) -> tuple[Fault, ...]:
    faults = Faults(sheet.file, limits.faults)
    areas = read_areas(sheet.data, faults, counted=False, limits=limits)
    faults.close()
    names.read_official(areas, faults)
    return tuple(faults.warned)


def _counted(
    sheet: Sheet, names: Gazetteer, limits: Limits, risks: dict[str, Risk]
) -> tuple[dict[str, tuple[str, ...]], tuple[Fault, ...]]:
    faults = Faults(sheet.file, limits.faults)
    areas = read_areas(sheet.data, faults, counted=True, named=not names.official, limits=limits)
    refuse_doubles(areas.rows, areas.table, faults)
    faults.close()
    names.take(areas.rows, areas.table, faults)
    check_sums(areas, names.names, faults)
    say_same_names(areas.rows, names.names, areas.table, faults)
    counts = {row.code: row.tps or 0 for row in areas.rows if level(row.code) == "desa"}
    if not counts:
        faults.add("import.none", 0)
    faults.close()
    risks.update(_said(areas.rows))
    return numbered(counts), tuple(faults.warned)


def _said(rows: Iterable[AreaRow]) -> dict[str, Risk]:
    return {row.code: row.risk for row in rows if row.risk != Risk()}


def _listed(
    sheet: Sheet,
    names: Gazetteer,
    numbers: dict[str, tuple[str, ...]],
    counted: bool,
    limits: Limits,
    risks: dict[str, Risk],
) -> tuple[dict[str, tuple[str, ...]], tuple[Fault, ...]]:
    faults = Faults(sheet.file, limits.faults)
    listed = read_stations(sheet.data, faults, limits)
    faults.close()
    names.take(listed.rows, listed.table, faults)
    if not listed.rows:
        faults.add("import.none", 0)
    if not counted:
        say_same_names(listed.rows, names.names, listed.table, faults)
    merged = merge(numbers, listed, counted, faults)
    faults.close()
    risks.update((code, risk) for code, risk in listed.risks.items() if risk != Risk())
    return merged, tuple(faults.warned)


def _uncounted(names: Gazetteer, numbers: dict[str, tuple[str, ...]], sheet: Sheet | None) -> tuple[Fault, ...]:
    """Say which desa of the official list have no count, by kabupaten; they are left out."""
    missing: dict[str, list[str]] = {}
    covered = {code[:4] for code in numbers}
    for code in names.names:
        if len(code) == 10 and code not in numbers and code[:4] in covered:
            missing.setdefault(code[:4], []).append(code)
    file = shown(sheet.file) if sheet else "-"
    return tuple(
        Fault(
            "import.count.missing",
            {"file": file, "line": 0, "name": names.names[area], "count": len(codes), "codes": tuple(map(dotted, codes[:5]))},
        )
        for area, codes in missing.items()
    )


def _built(names: dict[str, str], numbers: dict[str, tuple[str, ...]], warnings: tuple[Fault, ...], risks: dict[str, Risk]) -> Hierarchy:
    codes = {code[:length] for code in numbers for length in (2, 4, 6, 10)}
    areas = [_place(code, names[code]) for code in sorted(codes) if code in names]
    tps = [PlaceName(f"{code}-{number}", "tps", f"TPS {number}", code) for code, found in numbers.items() for number in found]
    provinces = tuple(place for place in areas if place.kind == "provinsi")
    below = sorted(tps + [place for place in areas if place.kind != "provinsi"])
    return Hierarchy(provinces, tuple(below), warnings, risks)


def _place(code: str, name: str) -> PlaceName:
    """A kabupaten is the top of the statements: it has no parent there."""
    return PlaceName(code, level(code), name, above(code) if len(code) > 4 else None)
