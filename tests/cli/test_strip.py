"""A receipt as a strip of paper: its code is read off the page, and then proves what a file proves (docs/spec/27-receipts.md)."""

import json
from pathlib import Path

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
