"""What docs/threat-model.md and SECURITY.md name is there: tests, attackers, promises, findings."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from custody.core.findings import SEVERITY
from custody.i18n import words

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[a-z0-9_/]+\.py(?:::[a-z0-9_]+)?)`", PAGE + (ROOT / "SECURITY.md").read_text("utf-8"))))
ATTACKERS = re.findall(r"^### (A\d+)\. ", PAGE, re.MULTILINE)
PROMISES = [f"G{number}" for number in range(1, 17)]
PARTS = ("*Can*", "*Stopped or exposed by*", "*Held by*", "*Left over*")


@cache
def inside(path: Path) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def about(attacker: str) -> str:
    """What is said of one."""
    return re.split(r"^#{2,3} ", PAGE.partition(f"### {attacker}. ")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("named", TESTS)
def test_a_test_that_is_named_is_there(named: str) -> None:
    file, _, function = named.partition("::")
    assert (ROOT / file).is_file()
    assert not function or function in inside(ROOT / file)


def test_attackers_are_numbered_and_each_stands_in_the_matrix() -> None:
    assert [f"A{number}" for number in range(1, len(ATTACKERS) + 1)] == ATTACKERS
    rows = re.findall(r"^\| (A\d+) [^|]+((?:\| [●◐○][¹²]? ){12})\|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == ATTACKERS


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_of_each_attacker_everything_is_said(attacker: str) -> None:
    said = about(attacker)
    places = [said.find(part) for part in PARTS]
    assert -1 not in places and places == sorted(places)
    assert "`tests/" in said.partition("*Held by*")[2]


def test_every_promise_names_its_tests() -> None:
    for promise in PROMISES:
        (row,) = re.findall(rf"^\| \*\*{promise}\*\* \|.*$", PAGE, re.MULTILINE)
        assert "`tests/" in row, promise


def test_findings_and_codes_that_are_named_exist() -> None:
    named = set(re.findall(r"`([a-z]+\.[a-z-]+)`", PAGE)) - {"private.db"}
    assert sorted(code for code in named if code not in SEVERITY and not words.known(code)) == []
