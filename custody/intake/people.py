"""The list of people for `custody key batch`: who, in which role, at which places (docs/adr/0002-intake-room.md)."""

import re
from dataclasses import dataclass, replace
from typing import BinaryIO

from custody.core.errors import Malformed
from custody.intake.arearows import area_name, cell
from custody.intake.faults import Fault, Faults, shown
from custody.intake.search import PlaceIndex
from custody.intake.sheettext import LIMITS, Limits
from custody.intake.spelling import fold, nearest
from custody.intake.table import Column, Row, Table, heading, read_table

# The role codes of the statements and the words that officers use for them. `ledger` is a key and no person.
# "penjaga gudang" is left out on purpose: KPU's keeper holds, the police guard does not.
ROLE_WORDS: dict[str, tuple[str, ...]] = {
    "authority": ("otoritas", "pemegang otoritas"),
    "supervisor": ("kasatops", "penyelia"),
    "kpps": ("ketua kpps", "anggota kpps"),
    "pps": ("ketua pps", "anggota pps", "sekretaris pps"),
    "ppk": ("ketua ppk", "anggota ppk", "sekretaris ppk"),
    "keeper": ("petugas gudang kpu", "petugas gudang", "kepala gudang", "pengelola gudang"),
    "guard": ("penjaga", "petugas jaga", "pam tps", "pengaman tps", "petugas pam", "anggota jaga", "pencatat"),
    "escort": ("pengawal", "petugas kawal", "kawal"),
    "leader": ("kepala regu", "ketua regu", "kepala jaga", "karu", "danru", "komandan regu"),
    "witness": ("saksi", "pengawas", "bawaslu", "panwascam", "ptps", "pkd"),
}
HOME_KIND = {"kpps": "tps", "pps": "desa", "ppk": "kecamatan"}  # the kind of place a role belongs to
PLACED = frozenset({*HOME_KIND, "keeper", "supervisor"})  # roles that mean nothing without a place
MOST_PLACES = 64
COLUMNS = (
    Column("nama", ("name", "nama_lengkap")),
    Column("pangkat", ("rank", "pangkat_golongan", "pangkat_gol"), needed=False),
    Column("nrp", ("nomor", "nip", "nrp_nip", "nrp_nomor", "nomor_induk", "number"), needed=False),
    Column("satuan", ("unit", "kesatuan", "satker"), needed=False),
    Column("peran", ("role", "tugas", "jabatan")),
    Column("tempat", ("place", "places", "penempatan", "wilayah", "wilayah_tugas"), needed=False),
    Column("lembaga", ("institusi", "instansi", "institution"), needed=False),
)
_ROLES = {fold(word): role for role, words in ROLE_WORDS.items() for word in (role, *words)}
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{0,31}")
_NIK = re.compile(r"[0-9]{16}")
_CODE_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")
_SCIENTIFIC = re.compile(r"[0-9]+[.,]?[0-9]*[eE][+]?[0-9]+")


@dataclass(frozen=True)
class Person:
    """One row: a person in one role. `human` is the line of the first row of the same person, known by the same number.

    rank, number, unit: as written, None where empty. role: a role code. places: official codes, sorted. institution: a code word.
    """

    line: int
    human: int
    name: str
    rank: str | None
    number: str | None
    unit: str | None
    role: str
    places: tuple[str, ...]
    institution: str | None


@dataclass(frozen=True)
class People:
    """The list, in the order of its lines, and what must be said before it is used."""

    people: tuple[Person, ...]
    warnings: tuple[Fault, ...]


def read_people(source: bytes | BinaryIO, file: str, index: PlaceIndex, limits: Limits = LIMITS) -> People:
    """Read a list of people: all or nothing. `tempat` holds codes or names, several parted by `;` or `|`.

    Raises `ImportRefused` with up to `limits.faults` faults.
    """
    faults = Faults(file, limits.faults)
    table = read_table(source, COLUMNS, faults, limits)
    humans: dict[str, Person] = {}
    people: list[Person] = []
    for row in table.rows:
        person = _person(row, table, index, faults)
        if person is not None:
            people.append(_same_human(person, humans, table, faults))
    _refuse_doubles(people, table, faults)
    if not people and not faults.found:
        faults.add("import.people.none", 0)
    faults.close()
    return People(tuple(people), tuple(faults.warned))


def _person(row: Row, table: Table, index: PlaceIndex, faults: Faults) -> Person | None:
    name = cell(area_name, row, "nama", table, faults)
    role = cell(role_of, row, "peran", table, faults)
    number = cell(_number, row, "nrp", table, faults) if row["nrp"] else ""
    places = _places(row, role, table, index, faults)
    institution = cell(_institution, row, "lembaga", table, faults) if row["lembaga"] else ""
    if name is None or role is None or number is None or places is None or institution is None:
        return None
    rank, unit = row["pangkat"] or None, row["satuan"] or None
    return Person(row.line, row.line, name, rank, number or None, unit, role, places, institution or None)


def role_of(text: str) -> str:
    """The role code of a word in Indonesian or English.

    Raises `Malformed`: `import.people.role`, or `import.people.role.near` where one word is near.
    """
    folded = fold(text)
    role = _ROLES.get(folded)
    if role is not None:
        return role
    near = nearest(folded, _ROLES) if folded else None
    if near is None:
        raise Malformed("import.people.role", value=shown(text), roles=tuple(ROLE_WORDS))
    raise Malformed("import.people.role.near", value=shown(text), near=_ROLES[near])


def _number(text: str) -> str:
    """A service number. The national identity number is refused: it is not needed, so it is not kept."""
    if _NIK.fullmatch(text.replace(" ", "")):
        raise Malformed("import.people.nik")
    if _SCIENTIFIC.fullmatch(text):
        raise Malformed("import.people.number.scientific", value=shown(text))
    if not _NUMBER.fullmatch(text):
        raise Malformed("import.people.number", value=shown(text))
    return text


def _institution(text: str) -> str:
    """An institution as a code word: `Polres TTU` → `polres-ttu`."""
    code = heading(text).replace("_", "-")
    if not _CODE_WORD.fullmatch(code):
        raise Malformed("import.people.institution", value=shown(text))
    return code


def _places(row: Row, role: str | None, table: Table, index: PlaceIndex, faults: Faults) -> tuple[str, ...] | None:
    texts = [text.strip() for text in re.split(r"[;|]", row["tempat"]) if text.strip()]
    spot = table.spot("tempat")
    if role in PLACED and not texts:
        faults.add("import.people.place.empty", row.line, spot, role=role)
        return None
    if len(texts) > MOST_PLACES:
        faults.add("import.people.place.many", row.line, spot, count=len(texts), limit=MOST_PLACES)
        return None
    codes = [_place(text, role, row.line, spot, index, faults) for text in texts]
    return None if None in codes else tuple(sorted({code for code in codes if code}))


def _place(text: str, role: str | None, line: int, spot: str, index: PlaceIndex, faults: Faults) -> str | None:
    """The code of one place: first among the kind that the role belongs to, then among all, with a warning."""
    kind = HOME_KIND.get(role or "")
    place, found = index.resolve(text, frozenset({kind}) if kind else None)
    if kind and not found:
        place, found = index.resolve(text)
        if place:
            faults.warn("import.people.place.kind", line, spot, value=shown(text), kind=place.kind, role=role, wanted=kind)
    if place:
        return place.code
    near = tuple(f"{match.place.code} {match.place.name}" for match in found[:5])
    faults.add("import.people.place.unsure" if near else "import.people.place.unknown", line, spot, value=shown(text), near=near)
    return None


def _same_human(person: Person, humans: dict[str, Person], table: Table, faults: Faults) -> Person:
    """Tie a row to the first row with the same number; without a number each row is a person of its own."""
    key = fold(person.number) if person.number else f"line {person.line}"
    first = humans.setdefault(key, person)
    if fold(first.name) != fold(person.name):
        spot = table.spot("nrp")
        names = {"name": person.name, "other": first.name}
        faults.add("import.people.number.taken", person.line, spot, value=person.number, before=first.line, **names)
    return replace(person, human=first.line)


def _refuse_doubles(people: list[Person], table: Table, faults: Faults) -> None:
    """A person twice in one role is a slip; two people of one name without numbers are said."""
    roles: dict[tuple[int, str], int] = {}
    names: dict[str, Person] = {}
    for person in people:
        before = roles.setdefault((person.human, person.role), person.line)
        if before != person.line:
            faults.add("import.people.twice", person.line, table.spot("nama"), name=person.name, role=person.role, before=before)
        other = names.setdefault(fold(person.name), person)
        if other.human != person.human:
            faults.warn("import.people.name.same", person.line, table.spot("nama"), name=person.name, before=other.line)
