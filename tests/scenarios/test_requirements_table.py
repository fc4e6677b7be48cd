"""docs/requirements.md: every test it names exists, nothing asked for lacks its row, and every numbered scenario stands in it."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
PAGE = (TESTS.parent / "docs" / "requirements.md").read_text("utf-8")
NAMED = re.findall(r"`(\w+/test_\w+\.py)::(test_\w+)`", PAGE)


def defined(file: str) -> set[str]:
    path = TESTS / file
    return set(re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)) if path.exists() else set()


def test_every_test_it_names_exists() -> None:
    assert [f"{file}::{name}" for file, name in NAMED if name not in defined(file)] == []


def test_every_incident_guideline_and_demand_has_one_row() -> None:
    rows = re.findall(r"^\| ([IRD]\d\d) \|", PAGE, re.MULTILINE)
    assert rows == [f"{letter}{number:02d}" for letter, last in (("I", 24), ("R", 44), ("D", 40)) for number in range(1, last + 1)]


def test_every_row_says_where_it_is_met_or_why_not() -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if re.match(r"\| [RD]\d\d \|", line)]
    assert {row[2] for row in rows} == {"yes", "in part", "no"}
    assert [row[0] for row in rows if row[2] == "yes" and not re.search(r"::test_|`custody |`make |`docs/", row[3])] == []
    assert [row[0] for row in rows if row[2] != "yes" and len(row[3]) < 40] == []


def test_every_numbered_scenario_stands_in_it() -> None:
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        for name in defined(f"scenarios/{file.name}"):
            numbers = re.findall(r"(?:test|and)_([ir]\d\d)", name)
            assert all(f"| {number.upper()} |" in PAGE for number in numbers), name
