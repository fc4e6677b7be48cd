"""What docs/spec/verifier says of the protocol and of the second verifier holds."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from custody.conformance import asking, mutants, questions
from tests.verifier.second import FILE, answer, verify

PAGE = (FILE.parent / "PROTOCOL.md").read_text(encoding="utf-8")
ASKED = {questions.WHAT.get(do, do) for do in questions.ASKED}


def test_the_examples_are_answered_so() -> None:
    asked = re.findall(r"^→ (.+)\n← (.+)$", PAGE, re.MULTILINE)[:2]
    assert len(asked) == 2
    for question, said in asked:
        want, found = json.loads(said), verify.answer_to(question)
        assert want.items() <= found.items()


def test_every_question_stands_in_the_tables_and_is_answered_by_the_second_verifier() -> None:
    named = set(re.findall(r"`([a-z0-9]+\.[a-z]+)`", "".join(row.split("|")[1] for row in PAGE.splitlines() if row.startswith("| `"))))
    assert ASKED - named == set()
    assert named - verify.ASKED.keys() == set()
    assert named - ASKED <= {"report.evidence"}


def test_every_code_that_is_asked_for_stands_in_the_tables() -> None:
    wants = [one.want for chapter in questions.CHAPTERS for one in questions.questions(chapter)]
    codes = {fault["code"] for want in wants for fault in (want, *want.get("faults", ()), *want.get("undecided", ())) if "code" in fault}
    codes |= {code for name, ledger in mutants.mutants(3, 150) if (code := mutants.answer(mutants.judge(ledger)).get("code"))}
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_mutants_are_asked_as_the_protocol_says() -> None:
    for name, ledger in mutants.mutants(5, 25):
        assert questions.agrees(mutants.answer(mutants.judge(ledger)), answer(asking.asked_of(ledger))), name


def test_the_same_seed_asks_the_same() -> None:
    one, other = ([(name, asking.asked_of(ledger)) for name, ledger in mutants.mutants(9, 20)] for _ in range(2))
    assert one == other
    assert len({name.split(": ")[1] for name, _ in one}) > 5


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """An export, the evidence of a report, a receipt and a trust file, as files."""
    export = json.loads((questions.folder() / "25-export.json").read_bytes())
    for name, data in export["files"].items():
        path = tmp_path / "ekspor" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(verify.base64.b64decode(data))
    report = json.loads((questions.folder() / "13-report.json").read_bytes())["reports"]["box"]
    (tmp_path / "bukti").mkdir()
    for name, field in zip(verify.FILES, ("facts", "excerpt", "proof"), strict=True):
        (tmp_path / "bukti" / name).write_bytes(report[field].encode())
    (tmp_path / "kepercayaan").write_bytes(report["policy"].encode())
    receipt = next(one for one in questions.questions("14-receipt") if one.ask["what"] == "receipt.verify")
    (tmp_path / "terima.tlog-proof").write_bytes(verify.base64.b64decode(receipt.ask["data"]))
    whole = (tmp_path / "terima.tlog-proof").read_bytes()
    (tmp_path / "terpotong.tlog-proof").write_bytes(whole[:-50])
    (tmp_path / "palsu.tlog-proof").write_bytes(whole.replace(b"\nindex ", b"\nindex 1", 1))
    (tmp_path / "policy").write_bytes(verify.base64.b64decode(receipt.ask["policy"]))
    for name in ("bukaan", "bukaan-diubah"):
        want = "accepted" if name == "bukaan" else "refused"
        reveal = next(one for one in questions.questions("25-export") if one.ask["what"] == "reveal.check" and one.want["verdict"] == want
                      and "files" not in one.ask and one.want.get("code", "private.opening") == "private.opening")  # fmt: skip
        (tmp_path / name).write_bytes(verify.base64.b64decode(reveal.ask["data"]))
    other = next(one for one in questions.questions("10-steps") if one.name == "a trust file of another ledger")
    (tmp_path / "lain").write_bytes(verify.base64.b64decode(other.ask["policy"]))
    return tmp_path


def run(folder: Path, *argv: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, FILE, *argv], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


CALLS = {
    "an export": (("ekspor",), 0, "KONSISTEN"),
    "in English": (("--en", "ekspor"), 0, "CONSISTENT"),
    "an export, witnesses wanted": (("--require-witness", "ekspor"), 4, "KONSISTEN"),
    "an export, the trust file of another ledger": (("--policy", "lain", "ekspor"), 4, "TIDAK DAPAT DIPUTUSKAN"),
    "evidence": (("--policy", "kepercayaan", "bukti"), 0, "UTUH"),
    "evidence without a trust file": (("bukti",), 4, "check.no-trust"),
    "a receipt": (("--policy", "policy", "terima.tlog-proof"), 0, "UTUH"),
    "a receipt cut short": (("--policy", "policy", "terpotong.tlog-proof"), 4, "TIDAK DAPAT DIPUTUSKAN"),
    "a receipt for another index": (("--policy", "policy", "palsu.tlog-proof"), 3, "DIUBAH"),
    "a receipt under the trust file of another ledger": (("--policy", "lain", "terima.tlog-proof"), 4, "checkpoint.unsigned"),
    "a receipt without a trust file": (("terima.tlog-proof",), 4, "check.no-trust"),
    "a head that was kept": (("--against", "ekspor/old.checkpoint", "ekspor"), 0, "KONSISTEN"),
    "a receipt of another history": (("--against", "terima.tlog-proof", "ekspor"), 3, "outside.root (langkah 7)"),
    "a reveal": (("--policy", "ekspor/policy", "bukaan"), 0, "dibuka: "),
    "a reveal, and the export that it is of": (("--policy", "ekspor/policy", "--against", "ekspor", "bukaan"), 0, "dibuka: "),
    "a reveal with another value": (("--policy", "ekspor/policy", "--against", "ekspor", "bukaan-diubah"), 3, "private.opening"),
    "a reveal, and an export by another trust file": (("--policy", "lain", "--against", "ekspor", "bukaan"), 4, "founding.other-ledger"),
    "an export held against an export": (("--against", "ekspor", "ekspor"), 2, "--against: berkas untuk ekspor"),
    "a reveal held against a file": (("--policy", "ekspor/policy", "--against", "ekspor/old.checkpoint", "bukaan"), 2, "--against:"),
    "a receipt held against something": (("--policy", "policy", "--against", "ekspor", "terima.tlog-proof"), 2, "--against:"),
    "something else": (("--policy", "policy", "policy"), 4, "outside.form"),
    "no such file": (("--policy", "policy", "tiada"), 2, "tidak dapat dibaca"),
    "a trust file that is none": (("--policy", "terima.tlog-proof", "ekspor"), 2, "tidak dapat dibaca: policy."),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_command_line(given: Path, name: str) -> None:
    argv, code, words = CALLS[name]
    ended, said = run(given, *argv)
    assert (ended, words in said) == (code, True), said


def test_a_reveal_against_an_altered_export_tells_of_the_export(given: Path) -> None:
    bundle = next(given.glob("ekspor/log/tile/entries/*/*"))
    bundle.write_bytes(bundle.read_bytes()[:-1])
    ended, said = run(given, "--policy", "ekspor/policy", "--against", "ekspor", "bukaan")
    assert (ended, "dibuka" in said, "entry.missing" in said) == (3, False, True)


def test_an_altered_export_names_the_entry(given: Path) -> None:
    bundle = next(given.glob("ekspor/log/tile/entries/*/*"))
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(bytes(data))
    ended, said = run(given, "ekspor")
    assert ended == 3
    assert re.match(r"DIUBAH\n  \S+ \(langkah [23], entri \d+\)", said)


def test_an_export_that_lacks_a_file_is_not_called_altered(given: Path) -> None:
    (given / "ekspor" / "officers.vkeys").unlink()
    ended, said = run(given, "ekspor")
    assert ended == 4
    assert "export.incomplete (langkah 0, berkas officers.vkeys)" in said


def test_evidence_that_lacks_a_file_is_not_called_altered(given: Path) -> None:
    (given / "bukti" / "report.tlog-proof").unlink()
    ended, said = run(given, "--policy", "kepercayaan", "bukti")
    assert (ended, "check.unproven" in said) == (4, True)
