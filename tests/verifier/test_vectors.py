"""The second verifier over all vectors that concern it, the 914 signatures of C2SP's collection, and the tables of chapter 8."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from custody.conformance import questions
from tests.verifier.second import FILE, answer, verify

ROOT = Path(__file__).parents[2]
SIGNATURES = ROOT.parent / "shared" / "vectors" / "ed25519vectors.json"
# Chapters whose vectors are none of a verifier's business, and why.
BESIDE = {
    "11": "what a label carries: the ledger holds its hash",
    "12": "labels on paper",
    "13-pages": "what is drawn",
    "15": "what the office keeps for itself",
    "21": "what is drawn",
    "22": "certificates",
    "23": "how stations carry what is not yet in the ledger",
    "24": "how the office answers over a network",
    "26": "what a witness does before it cosigns; cosignatures themselves are chapter 4",
    "27": "how what others hold is compared; receipts themselves are chapter 14",
    "28": "the same ledger in formats of others",
    "ledger-small": "holds no vectors: the ledger that others start from",
}


@pytest.mark.parametrize("chapter", questions.CHAPTERS)
def test_it_answers_as_the_vectors_want(chapter: str) -> None:
    answers = [(one, answer(one.ask)) for one in questions.questions(chapter)]
    wrong = [(one.rule, one.name, one.want, found) for one, found in answers if not questions.agrees(one.want, found)]
    assert wrong == []


def test_every_file_of_vectors_is_asked_or_said_to_be_beside() -> None:
    rest = {path.stem for path in questions.folder().glob("*.json")} - set(questions.CHAPTERS)
    assert {name for name in rest if not BESIDE.keys() & {name, name[:2]}} == set()


def test_every_operation_is_asked_or_said_to_be_beside() -> None:
    done = {
        vector["do"]
        for chapter in questions.CHAPTERS
        for vector in json.loads((questions.folder() / f"{chapter}.json").read_bytes())["vectors"]
    }
    assert done - set(questions.ASKED) == set(questions.BESIDE)


def test_an_answer_that_differs_does_not_agree() -> None:
    want = {"verdict": "altered", "code": "head.root", "entry": 3, "faults": [1]}
    assert questions.agrees(want, want)
    assert questions.agrees(want, {"verdict": "altered", "code": "head.root", "entry": 3})
    for name, value in {"verdict": "consistent", "code": "head.size", "entry": 4, "faults": []}.items():
        assert not questions.agrees(want, {**want, name: value})
    assert not questions.agrees(want, {"verdict": "altered"})


@pytest.mark.skipif(not SIGNATURES.exists(), reason="the collection of signatures is not here")
def test_it_takes_the_strictest_view_of_914_signatures() -> None:
    weak = {"low_order_R", "low_order_A", "low_order_residue", "non_canonical_A", "non_canonical_R", "reencoded_k"}
    cases = json.loads(SIGNATURES.read_bytes())
    wrong = [
        case["number"]
        for case in cases
        if verify.valid(bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"]))
        == bool(weak & set(case["flags"] or ()))
    ]
    assert (len(cases), wrong) == (914, [])


def test_its_tables_are_those_of_chapter_8_to_the_letter() -> None:
    page = (ROOT / "docs" / "spec" / "08-kinds.md").read_text(encoding="utf-8")
    tables = {}
    for kind, rows in re.findall(r"<!-- table:(\w+) -->\n(.*?)<!-- end -->", page, re.DOTALL):
        cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows.splitlines()[2:]]
        tables[kind] = {cell[0].strip("`"): cell[1] for cell in cells}
    own = {kind: {name: shape for name, shape in table.items() if name in tables[kind]} for kind, table in verify.TABLES.items()}
    assert own == tables
    assert {name for kind, table in verify.TABLES.items() for name in table.keys() - tables[kind].keys()} <= {
        "at",
        "happened",
        "ledger",
        "seen",
    }


def test_its_patterns_are_those_of_chapter_8() -> None:
    page = (ROOT / "docs" / "spec" / "08-kinds.md").read_text(encoding="utf-8")
    patterns = dict(re.findall(r"^\| ([a-z ]+) \| `(.+)` \|$", page, re.MULTILINE))
    assert patterns.items() <= verify.PATTERNS.items()


def test_it_needs_nothing_but_the_standard_library_of_python_3_9() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def _python(version: str) -> str | None:
    """A Python of that version: on the path, or one that pyenv keeps."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for python in (*map(str, kept), shutil.which(f"python{version}")):
        if python is not None and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    return None


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13"])
def test_it_runs_under_other_pythons(version: str) -> None:
    python = _python(version)
    if python is None:
        pytest.skip(f"python{version} is not here")
    asked = [one for chapter in ("05-proof", "08-kinds", "10-steps", "16-excerpt") for one in questions.questions(chapter)]
    lines = "".join(json.dumps({"case": number, **one.ask}) + "\n" for number, one in enumerate(asked))
    done = subprocess.run([python, FILE, "--protocol"], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one.name for one, found in zip(asked, answers, strict=True) if not questions.agrees(one.want, found)] == []
