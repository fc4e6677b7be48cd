"""The vectors of the specification: made again byte for byte, every rule has one, and the library answers every one as written."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from custody.core.errors import CustodyError
from custody.core.findings import SEVERITY
from fixtures import make_vectors

SPEC = make_vectors.ROOT / "docs" / "spec"
RULE = re.compile(r"^\*\*([A-Z]+-\d+)\*\*", re.MULTILINE)
FILES = sorted(make_vectors.OUT.glob("*.json"))
OPERATIONS = {name: run for module in make_vectors.modules() for name, run in module.OPERATIONS.items()}


def _load(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text("utf-8"))["vectors"])


ALL = [pytest.param(vector, id=f"{path.stem}: {vector['must']} {vector['name']}") for path in FILES for vector in _load(path)]


def test_the_committed_files_are_what_the_script_makes() -> None:
    assert {path.name: path.read_bytes() for path in FILES} == make_vectors.rendered()


def test_two_sets_never_answer_for_one_operation() -> None:
    assert len(OPERATIONS) == sum(len(module.OPERATIONS) for module in make_vectors.modules())


@pytest.mark.parametrize("vector", ALL)
def test_the_library_answers_as_the_vector_says(vector: dict[str, Any]) -> None:
    run = OPERATIONS[vector["do"]]
    if "error" not in vector:
        assert run(vector["given"]) == vector["want"]
        return
    with pytest.raises(CustodyError) as refusal:
        run(vector["given"])
    assert refusal.value.code == vector["error"]
    run(vector["mended"])  # without the one flaw it is accepted, so nothing else was wrong with it


def test_every_rule_of_the_specification_has_a_vector() -> None:
    rules = {rule for page in SPEC.glob("*.md") for rule in RULE.findall(page.read_text("utf-8"))}
    shown = {vector["must"] for path in FILES for vector in _load(path)}
    assert sorted(rules - shown) == [], "rules without a vector"
    assert sorted(shown - rules) == [], "vectors about a rule that no chapter states"


def test_every_finding_stands_in_a_vector() -> None:
    wants = [vector["want"] for path in FILES for vector in _load(path) if isinstance(vector.get("want"), dict)]
    told = {one[0] for want in wants for one in want.get("findings", ())}
    assert sorted(SEVERITY.keys() - told) == []


@pytest.mark.parametrize("page", sorted(SPEC.glob("*.md")), ids=lambda page: page.stem)
def test_the_rules_of_a_chapter_stand_in_order(page: Path) -> None:
    numbers: dict[str, list[int]] = {}
    for rule in RULE.findall(page.read_text("utf-8")):
        prefix, number = rule.split("-")
        numbers.setdefault(prefix, []).append(int(number))
    assert all(given == sorted(set(given)) for given in numbers.values()), numbers


def test_no_rule_is_stated_twice() -> None:
    rules = [rule for page in SPEC.glob("*.md") for rule in RULE.findall(page.read_text("utf-8"))]
    assert len(rules) == len(set(rules))


OPENINGS = [pytest.param(path, vector, id=path.stem) for path in FILES for vector in _load(path) if vector["name"] == "example"]


@pytest.mark.parametrize(("path", "vector"), OPENINGS)
def test_a_chapter_opens_with_the_vector_named_example(path: Path, vector: dict[str, Any]) -> None:
    opening = (SPEC / f"{path.stem}.md").read_text("utf-8").split("```\n")[1]
    given = [text.rstrip("\n") for text in [*vector["given"].values(), vector["want"]] if isinstance(text, str)]
    assert opening.rstrip("\n") in given


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_names_in_a_file_are_unique(path: Path) -> None:
    names = [(vector["must"], vector["name"]) for vector in _load(path)]
    assert len(names) == len(set(names))
