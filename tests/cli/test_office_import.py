"""custody import: real counts to signed statements, and lists that are refused as a whole."""

from pathlib import Path

import pytest

from tests.cli.harness import Desk
from tests.cli.office_kit import PASSPHRASE, OfficeDesk


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> OfficeDesk:
    OfficeDesk.cheap(monkeypatch)
    made = OfficeDesk(desk)
    made.found()
    return made


def test_kangae(office: OfficeDesk) -> None:
    answer = office.kangae()
    assert (answer["desa"], answer["tps"], answer["boxes"], answer["statements"]) == (9, 53, 265, 2)
    assert answer["types"] == {"DPD": 53, "DPR": 53, "DPRDK": 53, "DPRDP": 53, "PPWP": 53}
    assert answer["sealed"] and [entry["index"] for entry in answer["entries"]] == [1, 2]


def test_again_there_is_nothing_new(office: OfficeDesk) -> None:
    office.kangae()
    assert office.refused("import", "kangae.csv", *office.signers()) == (8, "import.nothing-new")


def test_a_later_list_adds_what_is_new(office: OfficeDesk) -> None:
    office.kangae()
    text = (office.folder / "kangae.csv").read_text().replace("Langir,7", "Langir,8").replace("Jumlah,53", "Jumlah,54")
    (office.folder / "later.csv").write_text(text)
    answer = office.json("import", "later.csv", *office.signers())
    assert answer["boxes"] == 5 and answer["tps"] == 54


def test_the_totals_are_shown_and_confirmed(office: OfficeDesk) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    ended = office.run("import", "kangae.csv", "--key", "kpu-1", "--key", "polri-1", answers=("y", PASSPHRASE, PASSPHRASE))
    assert ended.exit == 0
    for shown in ("9 desa/kelurahan", "53 TPS", "265", "Habi: 7 TPS", "Gudang KPU Sikka"):
        assert shown in ended.err, shown


HASTY: list[tuple[str, list[str], tuple[int, str]]] = [
    ("a key that is not there", ["--key", "kpu-1", "--key", "hilang"], (7, "key.missing")),
    ("a passphrase file that is not there", ["--key", "kpu-1", "--key", "polri-1", "--passphrase-file", "hilang"], (7, "key.missing")),
    ("too few", ["--key", "kpu-1"], (8, "authorise.short")),
    ("a sheet that exists", ["--sheet", "word"], (2, "cli.file.exists")),
]


@pytest.mark.parametrize(("name", "argv", "end"), HASTY, ids=[case[0] for case in HASTY])
def test_what_cannot_end_well_is_said_before_any_question(office: OfficeDesk, name: str, argv: list[str], end: tuple[int, str]) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    assert office.refused("import", "kangae.csv", *argv) == end


def test_not_confirmed_is_not_imported(office: OfficeDesk) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    assert office.refused("import", "kangae.csv", "--key", "kpu-1", "--key", "polri-1", answers=("t",)) == (2, "cli.authorise.stopped")
    assert office.json("ledger", "status")["size"] == 1


def test_totals_that_differ_from_the_paper(office: OfficeDesk) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    assert office.refused("import", "kangae.csv", "--expect", "tps=54", *office.signers()) == (8, "import.expect")


def test_two_warehouses_other_places_and_recapitulation_boxes(office: OfficeDesk) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    more = ["--warehouse", "Gudang Satu", "--warehouse", "5307-TRANSIT=Gudang Transit", "--recap", "1"]
    place = ["--place", "530719-GUDANG=store=Gudang PPK Kangae=530719"]
    answer = office.json("import", "kangae.csv", *more, *place, *office.signers())
    assert answer["boxes"] == 270 and answer["places"] == 1 + 1 + 9 + 53 + 2 + 1


HEAD = "kode,nama,jumlah_tps,kecamatan,kabupaten,provinsi\n"
BAD = [
    ("counts that do not add up", HEAD + "53.07.19.2001,Teka Iku,4,Kangae,Sikka,NTT\n,Jumlah,5,,,\n", 3),
    ("a negative count", HEAD + "53.07.19.2001,Teka Iku,-4,Kangae,Sikka,NTT\n", 2),
    ("a code twice", HEAD + "5307192001,A,4,K,S,N\n53.07.19.2001,A,4,K,S,N\n", 3),
    ("a formula", HEAD + "53.07.19.2001,=HYPERLINK(1),4,Kangae,Sikka,NTT\n", 2),
]


@pytest.mark.parametrize(("name", "text", "line"), BAD, ids=[case[0] for case in BAD])
def test_a_list_with_a_fault_is_refused_whole(office: OfficeDesk, name: str, text: str, line: int) -> None:
    (office.folder / "bad.csv").write_text(text, "utf-8")
    ended = office.run("import", "bad.csv", *office.signers())
    assert ended.exit == 2
    assert "bad.csv" in ended.err and f"baris {line}" in ended.err
    assert office.json("ledger", "status")["size"] == 1


def test_places_named_wrongly(office: OfficeDesk) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    assert office.refused("import", "kangae.csv", "--place", "X=store", *office.signers()) == (2, "import.place")
    assert office.refused("import", "kangae.csv", "--warehouse", "5307=Gudang", *office.signers()) == (2, "import.place.twice")


def test_a_sheet_for_authorities_elsewhere(office: OfficeDesk) -> None:
    (office.folder / "kangae.csv").write_bytes((Path(__file__).parents[2] / "fixtures" / "kangae.csv").read_bytes())
    office.json("import", "kangae.csv", "--sheet", "import.sheet", "--yes")
    for name in ("kpu-1", "bawaslu-1"):
        office.json("key", "sign", "import.sheet", "--key", name, "--passphrase-file", office.word, "--yes")
    done = office.json("key", "submit", "import-kpu-1.sheet", "import-bawaslu-1.sheet", "--yes")
    assert done["sealed"] and done["kinds"] == {"places": 1, "register": 1}
