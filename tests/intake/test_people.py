"""The list of people: roles and places in words, one human with several rows, and what is refused."""

import pytest

from custody.core.shapes import CODE, PLACE, ROLES
from custody.i18n import words
from custody.intake.areacode import PlaceName
from custody.intake.faults import Fault, ImportRefused
from custody.intake.people import ROLE_WORDS, People, read_people, role_of
from custody.intake.search import PlaceIndex

PLACES = PlaceIndex.of(
    [
        PlaceName("5307", "kabupaten", "Sikka", None),
        PlaceName("5307-GUDANG", "warehouse", "Gudang KPU Sikka", "5307"),
        PlaceName("530719", "kecamatan", "Kangae", "5307"),
        PlaceName("530718", "kecamatan", "Kewapante", "5307"),
        PlaceName("5307192008", "desa", "Habi", "530719"),
        PlaceName("5307192008-003", "tps", "TPS 003", "5307192008"),
        PlaceName("5307192009", "desa", "Kangae", "530719"),
        PlaceName("5307182001", "desa", "Namangkewa", "530718"),
        PlaceName("5307182002", "desa", "Waiara", "530718"),
        PlaceName("5307182003", "desa", "Waiara", "530719"),
    ]
)
HEAD = "nama;pangkat;nrp;satuan;peran;tempat;lembaga\n"


def read(rows: str) -> People:
    return read_people((HEAD + rows).encode(), "orang.csv", PLACES)


def refused(rows: str) -> tuple[Fault, ...]:
    with pytest.raises(ImportRefused) as caught:
        read(rows)
    return caught.value.faults


def test_a_row_becomes_a_person() -> None:
    person = read("Petugas Contoh Satu;Bripka;12345678;Polres Contoh;penjaga;5307-GUDANG;Polri\n").people[0]
    assert (person.name, person.rank, person.number, person.unit) == ("Petugas Contoh Satu", "Bripka", "12345678", "Polres Contoh")
    assert (person.role, person.places, person.institution) == ("guard", ("5307-GUDANG",), "polri")
    assert (person.line, person.human) == (2, 2)


def test_what_is_empty_is_none() -> None:
    person = read("Petugas Contoh Dua;;;;saksi;;\n").people[0]
    assert (person.rank, person.number, person.unit, person.places, person.institution) == (None, None, None, (), None)


@pytest.mark.parametrize(
    ("role", "text", "codes"),
    [
        ("KPPS", "TPS 3 Habi", ("5307192008-003",)),
        ("kpps", "5307192008-003", ("5307192008-003",)),
        ("PPS", "habi", ("5307192008",)),
        ("PPS", "Kangae", ("5307192009",)),
        ("PPK", "Kangae", ("530719",)),
        ("PPK", "kangae; Kewapante", ("530718", "530719")),
        ("Petugas Gudang", "gudang kpu sikka", ("5307-GUDANG",)),
        ("pengawal", "53.07.19.2008", ("5307192008",)),
        ("pengawal", "Waiara kec. Kewapante", ("5307182002",)),
    ],
)
def test_places_by_role(role: str, text: str, codes: tuple[str, ...]) -> None:
    person = read(f'Petugas Contoh;;;;{role};"{text}";KPU\n').people[0]
    assert person.places == codes
    assert all(PLACE.ok(code) for code in person.places)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "ledger"])
def test_every_role_of_a_person_has_words(role: str) -> None:
    assert role_of(role.upper()) == role
    assert all(role_of(word) == role for word in ROLE_WORDS[role])


def test_one_number_is_one_human_and_no_number_is_nobody_else() -> None:
    people = read(
        "Petugas Contoh Satu;;1234 5678;;saksi;;\n"
        "Petugas Contoh Dua;;;;saksi;;\n"
        "PETUGAS CONTOH SATU;;12345678;;pengawal;;\n"
        "Petugas Contoh Dua;;;;pengawal;;\n"
    )
    assert [person.human for person in people.people] == [2, 3, 2, 5]
    assert [(warning.code, warning.facts["line"]) for warning in people.warnings] == [("import.people.name.same", 5)]


@pytest.mark.parametrize(
    ("name", "rows", "code", "line", "column"),
    [
        ("nobody", "", "import.people.none", 0, None),
        ("no name", ";;;;saksi;;\n", "import.name.empty", 2, "A (nama)"),
        ("a formula for a name", "=1+1;;;;saksi;;\n", "import.formula", 2, "A (nama)"),
        ("a role unknown", "Contoh;;;;gubernur;;\n", "import.people.role", 2, "E (peran)"),
        ("a role of a key", "Contoh;;;;ledger;;\n", "import.people.role.near", 2, "E (peran)"),
        ("no role", "Contoh;;;;;;\n", "import.people.role", 2, "E (peran)"),
        ("a role misspelt", "Contoh;;;;pengawl;;\n", "import.people.role.near", 2, "E (peran)"),
        ("a national identity number", "Contoh;;5307000000000001;;saksi;;\n", "import.people.nik", 2, "C (nrp)"),
        ("a number that became another", "Contoh;;1.23E+17;;saksi;;\n", "import.people.number.scientific", 2, "C (nrp)"),
        ("a number with strange marks", "Contoh;;12#3;;saksi;;\n", "import.people.number", 2, "C (nrp)"),
        ("a place unknown", "Contoh;;;;PPS;Zzzzz;\n", "import.people.place.unknown", 2, "F (tempat)"),
        ("a place not sure", "Contoh;;;;PPS;Hab;\n", "import.people.place.unsure", 2, "F (tempat)"),
        ("a place of two", "Contoh;;;;PPS;Waiara;\n", "import.people.place.unsure", 2, "F (tempat)"),
        ("a place missing", "Contoh;;;;PPK;;\n", "import.people.place.empty", 2, "F (tempat)"),
        ("a number of two", "Contoh A;;77;;saksi;;\nContoh B;;77;;saksi;;\n", "import.people.number.taken", 3, "C (nrp)"),
        ("somebody twice", "Contoh A;;77;;saksi;;\nContoh A;;77;;saksi;;\n", "import.people.twice", 3, "A (nama)"),
        ("an institution of marks", "Contoh;;;;saksi;;!!!\n", "import.people.institution", 2, "G (lembaga)"),
        ("too many places", 'Contoh;;;;PPK;"' + "530719;" * 65 + '";\n', "import.people.place.many", 2, "F (tempat)"),
    ],
)
def test_refused(name: str, rows: str, code: str, line: int, column: str | None) -> None:
    found = refused(rows)
    assert (found[0].code, found[0].facts["line"], found[0].facts.get("column")) == (code, line, column), (name, found)
    for lang in ("id", "en"):
        said = words.say(code, found[0].facts, lang)
        assert "{" not in said
        assert "orang.csv" in said and (not column or column in said), said
        assert words.next_step(code, found[0].facts, lang)


def test_a_place_of_another_kind_is_said() -> None:
    people = read("Contoh;;;;PPS;5307-GUDANG;\n")
    assert people.people[0].places == ("5307-GUDANG",)
    assert [warning.code for warning in people.warnings] == ["import.people.place.kind"]


@pytest.mark.parametrize("text", ["KPU", "Polres Contoh", "bawaslu.kabupaten", "A" * 40])
def test_institutions_fit_into_statements(text: str) -> None:
    institution = read(f"Contoh;;;;saksi;;{text}\n").people[0].institution
    assert CODE.ok(institution)
