"""The tables of the specification say what the code says, and every finding is explained and has words."""

import re
from pathlib import Path

import pytest

from custody.core.findings import SEVERITY
from custody.core.kinds import KINDS
from custody.i18n import words
from fixtures import make_spec_tables as tables
from fixtures.finding_origins import ORIGINS

PAGES = sorted(tables.SPEC.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tables_of_a_chapter_are_current(page: Path) -> None:
    text = page.read_text("utf-8")
    assert tables.filled(text) == text, "run: make docs"


def test_every_table_stands_in_one_chapter() -> None:
    named = [name for page in PAGES for name in re.findall(r"<!-- table:([a-z-]+) -->", page.read_text("utf-8"))]
    assert sorted(named) == sorted(["rights", "findings", *KINDS])


def test_every_finding_is_told_when_it_is_given() -> None:
    """In chapter 10, once, by a row of the table that is written by hand."""
    section = (tables.SPEC / "10-verification.md").read_text("utf-8").split("### When each is given")[1].split("\n## ")[0]
    told = [code for row in section.splitlines() if row.startswith("| `") for code in re.findall(r"`([a-z.-]+)`", row.split(" | ")[0])]
    assert sorted(told) == sorted(SEVERITY)


@pytest.mark.parametrize("code", SEVERITY)
def test_every_finding_has_words(code: str) -> None:
    found = words.find(code) or {}
    assert found.get("id") and found.get("en")


def test_every_finding_comes_from_something() -> None:
    """From an incident or a guideline that docs/requirements.md lists, or from what is said in words."""
    assert ORIGINS.keys() == SEVERITY.keys()
    listed = set(re.findall(r"^\| ([IR]\d\d) \|", (tables.SPEC.parent / "requirements.md").read_text("utf-8"), re.MULTILINE))
    assert {number for told in ORIGINS.values() for number in re.findall(r"\b[IR]\d\d\b", told)} <= listed
