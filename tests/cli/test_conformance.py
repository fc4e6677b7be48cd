"""`custody conformance`: a verifier of others is asked, and what it answers is held against the specification."""

import json
import re
import sys
from pathlib import Path

import pytest

from custody.conformance import asking
from custody_cli.ground.exits import Exit
from tests.cli.harness import Desk

VERIFY = Path(__file__).parents[2] / "docs" / "spec" / "verifier" / "verify.py"
ASKED = ("--chapter", "03-tree", "--chapter", "14-receipt", "--mutants", "5", "--")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, {"CUSTODY_LANG": "en"})


def program(desk: Desk, lines: str) -> tuple[str, ...]:
    """A program of these lines, which reads `question` from every line it is given."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    script = desk.folder / "verifier.py"
    script.write_text(f"import json, sys\nfor line in sys.stdin:\n    question = json.loads(line)\n{body}", encoding="utf-8")
    return sys.executable, str(script)


def test_the_second_verifier_agrees(desk: Desk) -> None:
    ended = desk.run("conformance", *ASKED, sys.executable, str(VERIFY), "--protocol")
    assert (ended.exit, ended.err) == (Exit.FINE, "")
    assert "03-tree          agreed 61, differed 0, not answered 0" in ended.out
    assert "mutants          agreed 5" in ended.out
    assert "AGREES" in ended.out


def test_one_that_accepts_everything_differs(desk: Desk) -> None:
    ended = desk.run(
        "conformance", *ASKED, *program(desk, 'print(json.dumps({"case": question["case"], "verdict": "accepted"}), flush=True)')
    )
    assert ended.exit == Exit.FINDINGS
    assert "TREE-5, index at the size: should be refused merkle.inclusion; answered accepted" in ended.out
    assert "DIFFERS" in ended.out


def test_what_differs_is_shown(desk: Desk) -> None:
    """The verdict is right and the root is not: both roots stand on the line."""
    lines = """answer = {"case": question["case"], "verdict": "unsupported"}
if question["what"] == "tree.root": answer.update(verdict="accepted", value="00")
print(json.dumps(answer), flush=True)"""
    ended = desk.run("conformance", *ASKED, *program(desk, lines))
    assert ended.exit == Exit.FINDINGS
    assert re.search(r'should be accepted value "[0-9a-f]{64}"; answered accepted value "00"', ended.out), ended.out


def test_one_that_ends_before_it_reads_is_told_as_that(desk: Desk) -> None:
    (desk.folder / "ends.py").write_text("", encoding="utf-8")
    ended = desk.run("conformance", *ASKED, sys.executable, "ends.py")
    assert (ended.exit, "ended, or did not answer question 0" in " ".join(ended.err.split())) == (Exit.UNDECIDED, True), ended.err


def test_what_is_not_answered_is_no_failure(desk: Desk) -> None:
    lines = """beyond = question["what"] == "tree.inclusion" and question["index"] >= question["size"]
answer = {"verdict": "refused", "code": "merkle.inclusion"} if beyond else {"verdict": "unsupported"}
print(json.dumps({"case": question["case"], **answer}), flush=True)"""
    ended = desk.run("conformance", *ASKED, *program(desk, lines))
    assert (ended.exit, "AGREES" in ended.out) == (Exit.FINE, True)


def test_one_that_answers_nothing_is_not_called_good(desk: Desk) -> None:
    ended = desk.run(
        "conformance", *ASKED, *program(desk, 'print(json.dumps({"case": question["case"], "verdict": "unsupported"}), flush=True)')
    )
    assert (ended.exit, "AGREES" in ended.out, "NOTHING ANSWERED" in ended.out) == (Exit.UNDECIDED, False, True)
    assert "agreed 0, differed 0, not answered 61" in ended.out


def test_the_document_holds_what_was_asked_and_answered(desk: Desk) -> None:
    lines = 'print(json.dumps({"case": question["case"], "verdict": "refused", "code": "x"}), flush=True)'
    ended = desk.run("--json", "conformance", *ASKED, *program(desk, lines))
    failed = json.loads(ended.out)["chapters"][0]["failed"][0]
    assert failed["answer"]["code"] == "x"
    assert failed["ask"]["what"].startswith("tree.")


TROUBLE = {
    "it ends": ("sys.exit(0)", Exit.UNDECIDED, "ended, or did not answer question 0"),
    "no JSON": ('print("yes", flush=True)', Exit.WRONG_USE, "not one line of JSON with case and verdict: yes"),
    "another case": ('print(json.dumps({"case": "x", "verdict": "accepted"}), flush=True)', Exit.WRONG_USE, "not one line of JSON"),
    "no verdict": ('print(json.dumps({"case": question["case"]}), flush=True)', Exit.WRONG_USE, "not one line of JSON"),
    "a list": ("print([1], flush=True)", Exit.WRONG_USE, "not one line of JSON"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_a_program_that_answers_nothing_of_use(desk: Desk, name: str) -> None:
    lines, code, words = TROUBLE[name]
    ended = desk.run("conformance", *ASKED, *program(desk, lines))
    assert (ended.exit, ended.out) == (code, "")
    assert words in " ".join(ended.err.split())


def test_one_that_never_answers_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.Program.__init__, "__defaults__", (0.2,))
    ended = desk.run("conformance", *ASKED, *program(desk, "pass"))
    assert ended.exit == Exit.UNDECIDED


def test_a_program_that_does_not_exist(desk: Desk) -> None:
    ended = desk.run("conformance", "--", "./not-here")
    assert ended.exit == Exit.WRONG_USE
    assert "./not-here cannot be started" in ended.err


def test_a_chapter_that_does_not_exist(desk: Desk) -> None:
    ended = desk.run("conformance", "--chapter", "99", "--", "./not-here")
    assert ended.exit == Exit.WRONG_USE
    assert "There is no chapter 99" in ended.err
