"""`custody drill`: everything to practise with, marked as practice, and nothing that could ever become real."""

import json
from pathlib import Path

import pytest

from custody.assembly import open_office
from custody.core import entry as entries
from custody.core.errors import Refused
from custody_cli.demo.people import PASSPHRASE
from tests.cli.daily_kit import HABI, Evening
from tests.cli.harness import Desk
from tests.paper import rendering

LIST = """kode,nama,jumlah_tps,kecamatan,kabupaten,provinsi
53.07.19.2001,Teka Iku,2,Kangae,Sikka,Nusa Tenggara Timur
53.07.20.2001,Contoh,1,Kangae,Sikka,Nusa Tenggara Timur
,Jumlah,3,,,
"""


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A drill on a short list of its own, at whose desk commands are typed."""
    root = tmp_path_factory.mktemp("drill")
    desk = Desk(root)
    (root / "daftar.csv").write_text(LIST, "utf-8")
    ended = desk.run("drill", "--folder", "latihan", "--list", "daftar.csv", "--profile", "pilkada-2024", "--json")
    assert ended.exit == 0, ended.err
    told = json.loads(ended.out)
    assert (told["boxes"], told["labels"]) == (6, 2)
    here = root / "latihan"
    desk.environ |= {"CUSTODY_LEDGER": str(here / "ledger"), "CUSTODY_STATE": str(here / "state"), "CUSTODY_KEYS": str(here / "keys")}
    (root / "sandi").touch(mode=0o600)
    (root / "sandi").write_text(PASSPHRASE + "\n", "utf-8")
    return desk


def typed(drill: Desk, *argv: str, by: tuple[str, ...]) -> str:
    keys = [word for name in by for word in ("--key", str(drill.folder / "latihan" / "keys" / name))]
    ended = drill.run(*argv, *keys, "--passphrase-file", "sandi")
    assert ended.exit in (0, 1), ended.err
    return ended.out


def test_there_is_a_key_for_every_seat(drill: Desk) -> None:
    names = {path.name for path in (drill.folder / "latihan" / "keys").iterdir()}
    assert {"kasatops", "penjaga-1", "petugas-gudang", "ppk-kangae", "saksi-bawaslu", "otoritas-kpu", "danru-1"} <= names
    assert sum(name.startswith("ppk-") and not name.endswith(".pub") for name in names) == 2, "two kecamatan of one name"


def test_the_steps_of_a_first_day_end_in_no_error(drill: Desk) -> None:
    assert drill.run("ledger", "unlock").exit == 0
    ended = drill.run("doctor")
    assert "BAIK    Latihan: tidak perlu dicadangkan" in ended.out and "Belum pernah dicadangkan" not in ended.out, ended.out


def test_what_makes_boxes_ready_is_said(tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(LIST, "utf-8")
    assert "belum disegel" in Desk(tmp_path).run("drill", "--list", "daftar.csv", "--profile", "pilkada-2024", "--no-labels").out


def test_status_asks_for_no_backup_of_a_drill(drill: Desk) -> None:
    ended = drill.run("status")
    assert ended.exit in (0, 1) and "custody backup" not in ended.out, (ended.out, ended.err)


def test_a_folder_with_anything_in_it_is_left_alone(drill: Desk) -> None:
    ended = drill.run("drill", "--folder", "latihan", "--json")
    assert json.loads(ended.err.splitlines()[-1])["code"] == "cli.drill.folder"


def test_every_page_that_leaves_it_says_so(drill: Desk) -> None:
    """Labels and their cover, the founding deed, an incident page and a report: each of its pages."""
    place, papers = "TPS 1 Teka Iku", dict[str, Path]()
    typed(drill, "incident", place, "--code", "wet", "--place", place, "--out", "kejadian.pdf", "--yes", by=("penjaga-1",))
    typed(drill, "report", "--out", "laporan.pdf", by=("kasatops",))
    assert drill.run("init", "--deed", "--out", "akta.pdf").exit == 0
    papers |= {path.stem: path for path in drill.folder.glob("*.pdf")}
    papers |= {path.stem: path for path in (drill.folder / "latihan" / "label").glob("*.pdf")}
    assert len(papers) == 6
    for name, path in papers.items():
        for page in rendering.texts(path.read_bytes()):
            assert "LATIHAN" in page, name


def test_the_message_says_so_first(drill: Desk) -> None:
    out = typed(drill, "incident", "--code", "power", "--place", "530719", "--yes", by=("penjaga-1",))
    assert [line for line in out.splitlines() if "KEJADIAN" in line][-1].startswith("LATIHAN KEJADIAN")


def test_nothing_of_it_enters_a_real_ledger(drill: Desk, tmp_path: Path) -> None:
    real = Evening(tmp_path, desa=(HABI,))
    folder = drill.folder / "latihan"
    with open_office(folder / "ledger", state_dir=folder / "state", clock=real.office.clock) as practice, real.office.open() as office:
        assert practice.drill and not office.drill
        size = office.ledger.size
        for index in range(practice.ledger.size):
            with pytest.raises(Refused) as refused:
                office.submit([practice.ledger.note(index)])
            founding = entries.parse(practice.ledger.note(index)).statement.kind.name == "founding"
            assert refused.value.code == ("entry.second-founding" if founding else "entry.foreign"), index
        assert office.ledger.size == size


def test_a_beginner_receives_at_once(tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(LIST, "utf-8")
    desk = Desk(tmp_path)
    ended = desk.run("drill", "--ready", "--list", "daftar.csv", "--profile", "pilkada-2024")
    assert ended.exit == 0 and "4 kotak sudah disegel, dimuat dan menunggu ppk-kangae" in ended.out, ended.out + ended.err
    here = tmp_path / "latihan"
    desk.environ |= {"CUSTODY_LEDGER": str(here / "ledger"), "CUSTODY_STATE": str(here / "state"), "CUSTODY_KEYS": str(here / "keys")}
    typed_ = ["", *("TPS 1 Teka Iku", "TPS 2 Teka Iku"), "berhenti"]
    ended = desk.run("scan", "bongkar", "--receiver", "ppk-kangae", answers=typed_)
    assert "Ditunggu: 4 kotak dari Teka Iku, rit 1, DH-1-LATIHAN" in ended.err and "dari 4" in ended.err, ended.err
