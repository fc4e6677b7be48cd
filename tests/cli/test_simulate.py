"""`custody simulate`: a whole night as a drill ledger, the same for the same seed, and a file that says what was planted."""

import json
from pathlib import Path

import pytest

from custody.i18n.words import known, say
from custody.simulator.faults import PLANTERS
from custody_cli.commands.simulate import PLANTED, TRUTH, word_of
from tests.cli.harness import Desk

SMALL = ("--kecamatan", "2", "--desa", "4", "--tps", "8")


def desk(folder: Path) -> Desk:
    folder.mkdir(parents=True, exist_ok=True)
    return Desk(folder)


def at(where: Path) -> dict[str, str]:
    return {"CUSTODY_LEDGER": str(where / "ledger"), "CUSTODY_STATE": str(where / "state")}


def test_a_clean_night_has_no_finding(tmp_path: Path) -> None:
    where = tmp_path / "night"
    made = desk(tmp_path).run("simulate", "--folder", str(where), "--seed", "3", *SMALL, "--json")
    assert made.exit == 0, made.err
    told = json.loads(made.out)
    assert (told["boxes"], told["faults"]) == (20, 0)
    assert desk(tmp_path).run("verify", environ=at(where)).exit == 0
    assert json.loads((where / PLANTED).read_text("utf-8")) == []
    rows = (where / TRUTH).read_text("utf-8").splitlines()
    assert rows[0] == "box,since,place,holder"
    assert len({row.split(",")[0] for row in rows[1:]}) == 20


def test_planted_faults_are_found_and_told_in_a_file(tmp_path: Path) -> None:
    where = tmp_path / "night"
    made = desk(tmp_path).run("simulate", "--folder", str(where), "--seed", "3", *SMALL, "--faults", "4")
    assert made.exit == 0, made.err
    assert desk(tmp_path).run("verify", environ=at(where)).exit == 1
    planted = json.loads((where / PLANTED).read_text("utf-8"))
    assert 1 <= len(planted) <= 4
    assert all(one["what"] and one["kind"] in PLANTERS for one in planted)


def test_how_many_faults_found_no_place_is_told(tmp_path: Path) -> None:
    asked = ("--seed", "3", *SMALL, "--way-home", "--faults", "60")
    told = json.loads(desk(tmp_path).run("simulate", "--folder", str(tmp_path / "one"), *asked, "--json").out)
    assert told["asked"] == 60 and sum(told["unplanted"].values()) == 60 - told["faults"] > 0 and set(told["unplanted"]) <= set(PLANTERS)
    shown = desk(tmp_path).run("simulate", "--folder", str(tmp_path / "two"), *asked).out
    assert f"{60 - told['faults']} kesalahan yang diminta TIDAK ditanam" in shown, shown
    assert all(f"  {count}  {say(word_of(kind))}" in shown for kind, count in told["unplanted"].items()), shown


def test_the_same_seed_gives_the_same_ledger(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run = desk(tmp_path).run("simulate", "--folder", str(tmp_path / name), "--seed", "5", *SMALL, "--way-home")
        assert run.exit == 0, run.err
    keys = [sorted((tmp_path / name / "keys").glob("*.pub")) for name in ("one", "two")]
    assert [one.read_bytes() for one in keys[0]] == [one.read_bytes() for one in keys[1]]
    origins = [(tmp_path / name / "ledger" / "policy").read_bytes() for name in ("one", "two")]
    assert origins[0] == origins[1]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "catatan.txt").write_text("milik orang lain", encoding="utf-8")
    run = desk(tmp_path).run("simulate", "--folder", str(tmp_path / "night"))
    assert run.exit == 2
    assert list((tmp_path / "night").iterdir()) == [tmp_path / "night" / "catatan.txt"]


@pytest.mark.parametrize("kind", PLANTERS)
def test_every_kind_of_fault_has_words(kind: str) -> None:
    assert known(word_of(kind))
