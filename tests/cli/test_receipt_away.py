"""A receipt far from its ledger, with a trust file alone: that it is of a drill, and hours as they were on the clock there."""

import json
import shutil
from pathlib import Path

import pytest

from custody.core.errors import Malformed
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Desk


def away(evening: Evening, folder: Path) -> str:
    """The receipt of the sealing, checked on another computer, whose clock is in no zone of Indonesia."""
    evening.labels()
    evening.seal()
    with evening.office.open(write=False) as office:
        last = office.ledger.size - 1
    assert evening.desk.run("receipt", str(last), "--out", "segel.tlog-proof").exit == 0
    folder.mkdir()
    for name in ("segel.tlog-proof", "ledger/policy"):
        shutil.copy(evening.root / name, folder / Path(name).name)
    ended = Desk(folder).run("receipt", "check", "segel.tlog-proof", "--trust", "policy")
    assert ended.exit == 0, ended.err
    return ended.out


@pytest.mark.parametrize("drill", [True, False])
def test_a_receipt_says_that_it_is_of_a_drill(tmp_path: Path, drill: bool) -> None:
    told = away(Evening(tmp_path / "desk", desa=(HABI,), changes={"drill": drill}), tmp_path / "away")
    assert ("LATIHAN" in told) == drill, told


def test_its_hour_is_that_of_the_place(tmp_path: Path) -> None:
    told = away(Evening(tmp_path / "desk", desa=(HABI,)), tmp_path / "away")
    assert "WITA" in told and "UTC" not in told and TPS in told, told


def test_a_spoilt_one_proves_nothing_and_a_forged_one_is_altered(tmp_path: Path) -> None:
    """RECEIPT-5: cut short it cannot be decided (4); with another index it does not hold (3); a file that is not there is wrong use (2)."""
    away(Evening(tmp_path / "desk", desa=(HABI,)), tmp_path / "away")
    whole = (tmp_path / "away" / "segel.tlog-proof").read_bytes()
    for data, code, told in (
        (whole[:-50], 4, "note.end"),
        (whole[:20], 4, "proof.header"),
        (whole.replace(b"\nindex ", b"\nindex 1", 1), 3, "merkle.inclusion"),
        (whole.replace(b"custody.", b"custodx."), 4, "checkpoint.unsigned"),
    ):
        (tmp_path / "away" / "x.tlog-proof").write_bytes(data)
        ended = Desk(tmp_path / "away").run("receipt", "check", "x.tlog-proof", "--trust", "policy", "--json")
        assert (ended.exit, told in ended.err) == (code, True), ended.err
    assert Desk(tmp_path / "away").run("receipt", "check", "tiada.tlog-proof", "--trust", "policy").exit == 2


def test_no_real_ledger_bears_the_name_of_a_drill(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"founding\.domain"):
        Evening(tmp_path, desa=(HABI,), changes={"domain": "latihan-sikka"})


def test_a_drill_bears_its_name(tmp_path: Path) -> None:
    made = Evening(tmp_path, desa=(HABI,), changes={"drill": True, "domain": "sikka"})
    assert made.office.founding.body["domain"] == "latihan-sikka"


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0)])
def test_of_several_each_is_answered_for_by_name(tmp_path: Path, order: tuple[int, ...]) -> None:
    away(Evening(tmp_path / "desk", desa=(HABI,)), tmp_path / "away")
    whole = (tmp_path / "away" / "segel.tlog-proof").read_bytes()
    forged = whole.replace(b"\nindex ", b"\nindex 1", 1)
    for name, data in {"baik": whole, "palsu": forged, "terpotong": whole[:20]}.items():
        (tmp_path / "away" / name).write_bytes(data)
    names = ("baik", "palsu", "terpotong", "hilang")
    desk, shuffled = Desk(tmp_path / "away"), [names[one] for one in order]
    ended = desk.run("receipt", "check", *shuffled, "--trust", "policy")
    assert ended.exit == 3 and [ended.out.count(name) for name in names] == [1] * 4 and "Tanda terima sah" in ended.out, ended.out
    ended = desk.run("receipt", "check", *shuffled, "--trust", "policy", "--json")
    told = [json.loads(line) for line in ended.err.splitlines()]
    assert {one["facts"]["file"]: one["exit"] for one in told} == {"palsu": 3, "terpotong": 4, "hilang": 2}, ended.err
    assert json.loads(ended.out)["file"] == "baik"
    assert desk.run("receipt", "check", "terpotong", "hilang", "--trust", "policy").exit == 4
