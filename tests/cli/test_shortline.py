"""A short line that was heard by radio, held against the ledger: it agrees, or decides nothing."""

import json
from pathlib import Path

import pytest

from tests.cli.daily_kit import HABI, Evening


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    made = Evening(tmp_path_factory.mktemp("line"), desa=(HABI,))
    made.labels()
    return made


def heard(evening: Evening, line: str) -> tuple[int, str]:
    ended = evening.desk.run("verify", "--line", line, "--json")
    if ended.out == "":
        return ended.exit, json.loads(ended.err.splitlines()[-1])["code"]
    return ended.exit, json.loads(ended.out)["lines"][0]["outcome"]


def short(evening: Evening) -> str:
    with evening.office.open(write=False) as office:
        return office.ledger.head().short


@pytest.mark.parametrize("change", [str, str.upper, lambda line: line.replace("-", ""), lambda line: line.replace("-", " ")])
def test_what_was_heard_agrees_however_it_was_written_down(evening: Evening, change: object) -> None:
    assert heard(evening, change(short(evening)))[1] == "agrees"  # type: ignore[operator]


def test_an_older_line_agrees_with_the_ledger_of_today(evening: Evening) -> None:
    line = short(evening)
    evening.seal()
    assert short(evening) != line
    assert heard(evening, line) == (0, "agrees")


def test_one_digit_wrong_decides_nothing_and_is_told(evening: Evening) -> None:
    line = short(evening)
    wrong = line[:-1] + ("0" if line[-1] != "0" else "1")
    assert heard(evening, wrong) == (4, "differs")
    assert line in evening.desk.run("verify", "--line", wrong).out


def test_a_line_from_beyond_the_end(evening: Evening) -> None:
    size, _, digits = short(evening).partition(" ")
    assert heard(evening, f"{int(size) + 1} {digits}") == (4, "longer")


@pytest.mark.parametrize("typed", ["", "412", "412 3f9a", "x 3f9a-77c1-0b2e-44d1", "412 3f9a-77c1-0b2e-44dg"])
def test_what_is_no_short_line(evening: Evening, typed: str) -> None:
    assert heard(evening, typed) == (2, "cli.verify.line")


def test_the_form_of_the_spec() -> None:
    from custody.core.checkpoint import Checkpoint

    page = (Path(__file__).parent.parent.parent / "docs" / "spec" / "04-checkpoint.md").read_text("utf-8")
    text = page.split("```")[1].strip("\n").split("\n\n")[0] + "\n"
    assert f"`{Checkpoint.parse(text.encode()).short}`" in page
