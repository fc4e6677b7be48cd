"""A receipt as a strip of paper: its code is read off the page, and then proves what a file proves (docs/spec/27-receipts.md)."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest

from custody.core.proof import Proof
from tests.cli.daily_kit import HABI, Evening
from tests.paper import rendering


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    made = Evening(tmp_path_factory.mktemp("strip"), desa=(HABI,))
    made.labels()
    made.seal()
    made.hand()
    assert made.desk.run("receipt", str(_last(made)), "--strip", "strip.pdf").exit == 0
    return made


def _last(evening: Evening) -> int:
    with evening.office.open(write=False) as office:
        return int(office.ledger.size) - 1


def strip(evening: Evening) -> bytes:
    return (evening.root / "strip.pdf").read_bytes()


def test_it_tells_what_was_recorded_and_by_whom(evening: Evening) -> None:
    text = rendering.text(strip(evening))
    with evening.office.open(write=False) as office:
        head, receipt = office.ledger.head(), office.ledger.receipt(_last(evening))
    assert all(one in text for one in (head.short, receipt.sid[:16], "serah terima, ", f"Entri {receipt.index}"))
    assert rendering.overlapping(strip(evening)) == []


def test_its_code_is_the_proof_and_agrees_with_the_ledger(evening: Evening, tmp_path: Path) -> None:
    (page,) = rendering.pages(strip(evening), 203)  # the dots of a thermal printer
    (code,) = rendering.codes(page)
    proof = Proof.parse(code.encode())
    assert (proof.index, proof.extra) == (_last(evening), None)
    ended = evening.desk.run("gossip", "check", code, "--json")
    assert (ended.exit, json.loads(ended.out)["things"][0]["code"]) == (0, "gossip.agrees")
    page.save(tmp_path / "foto.png")
    ended = evening.desk.run("gossip", "check", str(tmp_path / "foto.png"), "--json")
    assert (ended.exit, json.loads(ended.out)["things"][0]["outcome"]) == (0, "agrees")


def test_the_same_facts_are_the_same_bytes(evening: Evening) -> None:
    assert evening.desk.run("receipt", str(_last(evening)), "--strip", "lagi.pdf").exit == 0
    assert (evening.root / "lagi.pdf").read_bytes() == strip(evening)
    assert not (evening.root / f"tanda-terima-{_last(evening)}.tlog-proof").exists()  # the strip alone was asked for


def test_both_at_once_and_nothing_is_overwritten(evening: Evening) -> None:
    last = str(_last(evening))
    assert evening.desk.run("receipt", last, "--strip", "dua.pdf", "--out", "dua.tlog-proof").exit == 0
    assert (evening.root / "dua.tlog-proof").exists()
    assert evening.desk.run("receipt", last, "--strip", "dua.pdf").exit == 2


def test_a_picture_without_a_code_is_said(evening: Evening, tmp_path: Path) -> None:
    from PIL import Image

    pytest.importorskip("zxingcpp")
    Image.new("L", (200, 200), 255).save(tmp_path / "putih.png")
    ended = evening.desk.run("gossip", "check", str(tmp_path / "putih.png"), "--json")
    assert (ended.exit, json.loads(ended.err.splitlines()[-1])["code"]) == (2, "cli.gossip.picture")


def zbar(picture: Path) -> str:
    """What the program zbarimg reads."""
    if which("zbarimg") is None:
        pytest.skip("the program zbarimg is not installed")
    command = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", str(picture)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_picture_for_a_phone_is_the_proof(evening: Evening) -> None:
    ended = evening.desk.run("receipt", str(_last(evening)), "--qr", "kode.png")
    assert (ended.exit, "kode.png" in ended.out) == (0, True)
    read = zbar(evening.root / "kode.png").removesuffix("\n\n") + "\n"
    assert Proof.parse(read.encode()).index == _last(evening)
    ended = evening.desk.run("gossip", "check", str(evening.root / "kode.png"), "--json")
    assert (ended.exit, json.loads(ended.out)["things"][0]["outcome"]) == (0, "agrees")
    assert not (evening.root / f"tanda-terima-{_last(evening)}.tlog-proof").exists()
    assert evening.desk.run("receipt", str(_last(evening)), "--qr", "kode.png").exit == 2  # nothing is overwritten


def test_the_screen_shows_the_same_code(evening: Evening, tmp_path: Path) -> None:
    from PIL import Image

    ended = evening.desk.run("receipt", str(_last(evening)), "--qr", "-")
    lines = ended.out.splitlines()
    assert ended.exit == 0 and set(ended.out) <= set(" ▀▄█\n")
    image = Image.new("L", (len(lines[0]), 2 * len(lines)), 0)
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            image.putpixel((column, 2 * row), 255 if block in "▀█" else 0)
            image.putpixel((column, 2 * row + 1), 255 if block in "▄█" else 0)
    image.resize((6 * image.width, 6 * image.height), Image.Resampling.NEAREST).save(tmp_path / "layar.png")
    told = json.loads(evening.desk.run("receipt", str(_last(evening)), "--qr", "-", "--json").out)
    assert zbar(tmp_path / "layar.png").rstrip("\n") == told["proof"].rstrip("\n")
    assert told["qr"] == "-"


def test_a_screen_that_is_too_small_and_another_name_are_refused(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    last, desk = str(_last(evening)), replace(evening.desk, terminal=True)
    for columns, rows, exit in ((80, 24, 2), (300, 24, 2), (300, 200, 0)):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", str(rows))
        ended = desk.run("receipt", last, "--qr", "-")
        assert (ended.exit, "--qr" in ended.err, "\x1b[97;40m" in ended.out) == (exit, exit == 2, exit == 0)
    ended = evening.desk.run("receipt", str(_last(evening)), "--qr", "kode.pdf", "--json")
    assert (ended.exit, json.loads(ended.err.splitlines()[-1])["code"]) == (2, "cli.receipt.qr.name")
    assert not (evening.root / "kode.pdf").exists()
