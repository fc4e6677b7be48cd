"""A box that leaves before its plenary is over asks for a reason at the table, and the reason stands beside the finding."""

from pathlib import Path

import pytest

from custody.core.findings import Finding
from fixtures.smalloffice import election
from tests.cli.daily_kit import TPS, Evening


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    """Five boxes at the kecamatan, by an election whose plenary is recorded."""
    made = Evening(tmp_path, changes={"profile": election(plenary=True)})
    made.labels()
    made.seal()
    made.hand()
    pass_to_the_ppk(made)
    return made


def pass_to_the_ppk(evening: Evening) -> None:
    keys = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"), "--passphrase-file", evening.word())
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--escort", "2", "--seals-seen", "--yes")
    assert ended.exit == 0, ended.err


def away(evening: Evening, *options: str) -> tuple[int, str]:
    keys = ("--giver", evening.key("ppk-1"), "--receiver", evening.key("keeper-1"), "--passphrase-file", evening.word())
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, "--escort", "2", "--seals-seen", "--yes", *options)
    return ended.exit, ended.err + ended.out


def found(evening: Evening) -> list[Finding]:
    with evening.office.open(write=False) as office:
        return [one for one in office.ledger.books() if one.code == "plenary.unfinished"]


def sat(evening: Evening, *steps: str) -> None:
    for step in steps:
        keys = ("--officer", evening.key("ppk-1"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word(), "--yes")
        ended = evening.desk.run("plenary", step, "Kangae", *keys)
        assert ended.exit == 0, ended.err


def test_nothing_is_asked_once_the_plenary_is_over(evening: Evening) -> None:
    sat(evening, "begun", "finished")
    assert away(evening)[0] == 0
    assert found(evening) == []


@pytest.mark.parametrize("steps", [(), ("begun",)])
def test_a_reason_is_asked_and_stands(evening: Evening, steps: tuple[str, ...]) -> None:
    sat(evening, *steps)
    code, told = away(evening)
    assert code == 2 and "plenary.unfinished" in told, told
    assert away(evening, "--reason", "order")[0] == 1
    assert {(one.box, one.stated) for one in found(evening)} == {(box, "order") for box in evening.of(TPS)}
