"""`custody correct` about the rarer kinds: an opening can be taken back, the others are remarked on, what names no box is told so."""

import json
from pathlib import Path

import pytest

from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended

DPR = f"PEM24-{TPS}-DPR-1"
OPENED = ("--why", "emergency", "--taken", "-", "--left-open", "--reason", "emergency", "--place", TPS)


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    return made


def typed(evening: Evening, *argv: str, by: tuple[str, ...] = (), flag: str = "--key") -> Ended:
    keys = [word for name in by for word in (flag, evening.key(name))]
    return evening.desk.run(*argv, *keys, "--passphrase-file", evening.word(), "--yes", "--json")


def opened(evening: Evening) -> str:
    keys = ("--officer", evening.key("kpps-08-1"), "--present", evening.key("guard-1"))
    ended = typed(evening, "open", "TPS 1 Habi DPR", *OPENED, *keys)
    return str(json.loads(ended.out)["statements"][0])


def test_an_opening_is_taken_back_by_its_officer_and_who_was_with_him(evening: Evening) -> None:
    sid = opened(evening)
    assert evening.state(DPR)[0].holding.shut is False
    ended = typed(evening, "correct", sid, "--void", "--reason", "did-not-happen", by=("kpps-08-1", "guard-1"))
    assert ended.exit == 0, ended.err
    assert evening.state(DPR)[0].holding.kind == "seal"
    again = typed(evening, "correct", sid, "--void", "--reason", "did-not-happen", by=("kpps-08-1", "guard-1"))
    assert json.loads(again.err.splitlines()[-1])["code"] == "void.already", again.err


def test_by_its_officer_alone_it_is_not(evening: Evening) -> None:
    ended = typed(evening, "correct", opened(evening), "--void", "--reason", "did-not-happen", by=("kpps-08-1",))
    assert json.loads(ended.err.splitlines()[-1])["code"] == "void.unsigned" and "guard-1" in ended.err


def test_an_incident_is_remarked_on_and_not_taken_back(evening: Evening) -> None:
    entry = json.loads(typed(evening, "incident", "TPS 1 Habi DPR", "--code", "wet", "--place", TPS, by=("guard-1",)).out)["entry"]
    ended = typed(evening, "correct", str(entry), "--remark", "--reason", "wrong-box", by=("guard-1",))
    assert ended.exit == 0 and "kejadian" in ended.err, ended.err
    ended = typed(evening, "correct", str(entry), "--void", "--reason", "wrong-box", by=("guard-1",))
    assert json.loads(ended.err.splitlines()[-1])["code"] == "void.not-link"


def test_what_names_no_box_is_remarked_on_and_not_taken_back(evening: Evening) -> None:
    entry = json.loads(typed(evening, "incident", "--code", "power", "--place", TPS, by=("guard-1",)).out)["entry"]
    ended = typed(evening, "correct", str(entry), "--remark", "--reason", "other", by=("guard-1",))
    assert ended.exit == 0 and json.loads(ended.out)["boxes"] == [], ended.err
    ended = typed(evening, "correct", str(entry), "--void", "--reason", "other", by=("guard-1",))
    assert json.loads(ended.err.splitlines()[-1])["code"] == "correct.no-box"


def test_a_box_that_it_does_not_name_is_told_so(evening: Evening) -> None:
    ended = typed(evening, "correct", opened(evening), "TPS 1 Habi DPD", "--remark", "--reason", "other", by=("guard-1",))
    assert json.loads(ended.err.splitlines()[-1])["code"] == "correct.other-box"
