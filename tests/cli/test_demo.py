"""`custody demo`: one run in an empty folder, and everything it leaves behind looked at."""

import json
import shlex
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from custody.assembly import read_policy
from custody.core import labelcode
from custody.core.boxid import BoxId
from custody.core.policy import Policy
from custody.intake.hierarchy import Sheet, read_hierarchy
from custody.paper.checking.check import check
from custody_cli.demo import kangae
from custody_cli.ground.desk import typed_name
from tests.cli.harness import Desk

KANGAE = Path(__file__).parent.parent.parent / "fixtures" / "kangae.csv"


@dataclass
class Ran:
    """The demonstration after its run."""

    desk: Desk
    told: dict[str, Any]
    err: str
    policy: Policy

    @property
    def paper(self) -> Path:
        return self.desk.folder / "demo" / "paper"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    desk = Desk(tmp_path_factory.mktemp("demo"))
    ended = desk.run("demo", "--json")
    assert ended.exit == 0, ended.err
    desk.environ |= {"CUSTODY_LEDGER": str(desk.folder / "demo" / "ledger"), "CUSTODY_STATE": str(desk.folder / "demo" / "state")}
    return Ran(desk, json.loads(ended.out), ended.err, read_policy(desk.folder / "demo" / "ledger" / "policy"))


def test_what_the_last_page_says_to_type_can_be_typed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ended = desk.run("demo", "--folder", "dua kata")
    lines = [shlex.split(line) for line in ended.out.splitlines() if line.startswith("  ") and line.split()[0] in ("export", "custody")]
    environ = dict(word.split("=", 1) for line in lines if line[0] == "export" for word in line[1:])
    assert set(environ) == {"CUSTODY_LEDGER", "CUSTODY_STATE"}
    commands = [line[1:] for line in lines if line[0] == "custody"]
    assert [argv[0] for argv in commands] == ["status", "trace", "verify", "check"]
    for argv in commands:
        answer = desk.run(*argv, environ=environ)
        assert answer.exit in (0, 1) and answer.out, answer.err


@pytest.mark.parametrize(
    ("started", "expected"),
    [(".venv/bin/custody", ".venv/bin/custody"), ("/nowhere/custody", "custody"), ("pytest", "custody"), ("a b/custody", "'a b/custody'")],
)
def test_the_program_is_named_as_it_is_typed(tmp_path: Path, started: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (".venv/bin", "a b"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "custody").touch()
    assert typed_name(started, tmp_path) == expected


def test_what_it_says_it_made(ran: Ran) -> None:
    told = ran.told
    assert (told["boxes"], told["reports"], told["integrity"], told["held"]) == (265, 5, "consistent", True)
    assert set(told["papers"].values()) == {"intact"}
    assert told["attacks"] == {"row": ["altered", "altered"], "tail": ["consistent", "altered"]}
    assert told["edited_paper"] == "altered"
    assert "\x1b" not in ran.err


def test_it_left_everything_in_its_folder(ran: Ran) -> None:
    assert [path.name for path in ran.desk.folder.iterdir()] == ["demo"]
    assert len(list(ran.paper.glob("laporan-*.pdf"))) == 5
    assert len(list(ran.paper.glob("label-*.pdf"))) == ran.told["labels"]
    assert not list((ran.desk.folder / "demo").glob(".copies-*"))


def test_every_report_checks_again_with_the_trust_file_alone(ran: Ran) -> None:
    for path in ran.paper.glob("laporan-*.pdf"):
        assert check(path.read_bytes(), ran.policy).outcome == "intact", path.name


def test_the_warehouse_holds_all_boxes(ran: Ran) -> None:
    (path,) = ran.paper.glob("laporan-gudang-*.pdf")
    reading = check(path.read_bytes(), ran.policy).reading
    assert reading is not None
    holders = {state.holding.holder for state, _ in reading.settled.values() if state.holding is not None}
    assert (len(reading.settled), holders) == (265, {"petugas-gudang"})


def test_three_givers_have_not_signed(ran: Ran) -> None:
    ended = ran.desk.run("verify", "--json")
    findings = json.loads(ended.out)["findings"]
    unsigned = {(one["facts"]["reason"], BoxId.parse(one["box"]).place) for one in findings if one["code"] == "giver.unsigned"}
    assert unsigned == {
        ("no-key", "5307192001-002"),
        ("forgot-passphrase", "5307192005-003"),
        ("refused", "5307192009-007"),
    }
    assert ended.exit == 1


def test_its_receipt_and_its_reports_are_held_against_the_ledger(ran: Ran) -> None:
    held = [*ran.paper.glob("*.tlog-proof"), *ran.paper.glob("laporan-*.pdf")]
    ended = ran.desk.run("verify", "--json", *(word for path in held for word in ("--against", str(path))))
    assert json.loads(ended.out)["outside"] == len(held) == 6


def test_every_label_is_read_back_from_the_sheets_at_150_dpi(ran: Ran) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    zxing = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: labels are not read back")
    read: dict[str, int] = {}
    for path in ran.paper.glob("label-*.pdf"):
        with pdfium.PdfDocument(BytesIO(path.read_bytes())) as document:
            for number in range(len(document)):
                picture = document[number].render(scale=150 / 72, grayscale=True).to_pil()
                for found in zxing.read_barcodes(picture, formats=zxing.BarcodeFormat.QRCode):
                    symbols = labelcode.parse(found.text)
                    read[symbols] = read.get(symbols, 0) + 1
    assert len(read) == 265
    assert set(read.values()) == {2}, "both copies of every code"


def test_the_polling_stations_are_those_of_the_fixture() -> None:
    def rows(data: bytes) -> list[tuple[Any, ...]]:
        found = read_hierarchy(Sheet("kangae.csv", BytesIO(data)), None, None)
        return [(place.code, place.kind, place.name, place.parent) for place in found.places]

    assert rows(kangae.COUNTS.encode()) == rows(KANGAE.read_bytes())


def test_it_replaces_its_own_earlier_run_and_nothing_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "milik-orang").write_text("jangan dihapus")
    ended = desk.run("demo")
    assert ended.exit == 2
    assert (tmp_path / "demo" / "milik-orang").read_text() == "jangan dihapus"
    assert "demo" in ended.err
