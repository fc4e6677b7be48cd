"""The second verifier against the program: altered ledgers, files and evidence; the same verdict, code and place from both.

`make test` asks a sample; `make soak` asks 10,000 ledgers and as many files, and leaves the figures in the record.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from custody.conformance import mutants, questions
from custody.core import canonical, checkpoint, entry, excerpt, note, policy, proof, statement
from custody.core.errors import CustodyError, Malformed, Undecided
from custody.core.policy import Policy
from custody.core.verdict import MOST_FAULTS
from custody.ledger import exported
from custody.paper.proven import evidence
from custody.paper.proven.evidence import Evidence
from tests.verifier.second import answer, verify

ALWAYS = ("verdict", "code", "entry", "checkpoint")


def ask(ledger: mutants.Ledger) -> dict[str, Any]:
    """What the second verifier says of a ledger."""
    outside = [
        verify.Outside(one.note, one.receipt.index if one.receipt else 0, one.leaf, one.receipt.hashes if one.receipt else ())
        for one in ledger.outside
    ]
    trust = verify.read_policy(ledger.policy) if ledger.policy is not None else None
    judged: dict[str, Any] = verify.judged(verify.judge_ledger(ledger.entries, ledger.kept, trust, outside))
    return judged


def differ(seed: int, count: int) -> tuple[list[str], Counter[str]]:
    """The mutants on which the two disagree, and how often each code was given."""
    wrong, codes = [], Counter[str]()
    for name, ledger in mutants.mutants(seed, count):
        want = mutants.answer(mutants.judge(ledger))
        codes[want.get("code", "consistent")] += 1
        if not questions.agrees(want, found := ask(ledger)):
            wrong.append(f"{name}: {want} and {found}")
    return wrong, codes


def test_altered_ledgers_300() -> None:
    wrong, codes = differ(1, 300)
    assert wrong == []
    assert len(codes) > 15  # of many kinds; else the sample says little


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_altered_ledgers_1000_of_10000(part: int, seed: int, record_property: Callable[[str, object], None]) -> None:
    wrong, codes = differ(seed + part, 1000)
    record_property("second verifier and program disagree on", len(wrong))
    record_property("codes given", dict(codes.most_common()))
    assert wrong == []


def spoilt(data: bytes, random: Random) -> bytes:
    """The bytes with one to three changes: bits, letters, pieces, lines."""
    found = bytearray(data)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        at, rows = random.randrange(len(found) + 1), bytes(found).split(b"\n")
        way = random.randrange(6)
        if way == 0 and at < len(found):
            found[at] ^= 1 << random.randrange(8)
        elif way == 1:
            found[at : at + 1] = random.choice([b"a", b"9", b" ", b'"', b"{", b"\n", b"\t", b"\xc3", b"\x00", b"\x7f", b"=", b"+"])
        elif way == 2:
            del found[at : at + random.randrange(1, 6)]
        elif way == 3:
            found[at:at] = random.choice(
                [b"\n\n", b"0", b"{}", b"null", "\u2014 ".encode(), b"-0", b"1e5", b"\\u0041", b"\\ud800", b"AAAA"]
            )
        elif way == 4:
            del found[at:]
        else:
            rows.insert(random.randrange(len(rows)), random.choice(rows))
            found = bytearray(b"\n".join(rows))
    return bytes(found)


def _proof(data: bytes) -> object:
    return proof.Proof.parse(data)


FORMS: dict[str, tuple[Callable[[bytes], object], Callable[[bytes], object]]] = {
    "json.decode": (canonical.decode, verify.read_json),
    "note.split": (note.split, verify.read_note),
    "note.statement": (note.split_statement, verify.read_statement_note),
    "checkpoint.parse": (checkpoint.Checkpoint.parse, verify.read_head),
    "proof.parse": (_proof, verify.read_proof),
    "policy.parse": (policy.Policy.parse, verify.read_policy),
    "statement.parse": (statement.parse, verify.read_statement),
    "entry.parse": (entry.parse, verify.read_entry),
    "excerpt.parse": (excerpt.Excerpt.parse, verify.read_excerpt),
}


def pools() -> dict[str, list[bytes]]:
    """What the vectors have of each form that is accepted."""
    found: dict[str, list[bytes]] = {name: [] for name in FORMS}
    for one in (one for chapter in questions.CHAPTERS for one in questions.questions(chapter)):
        if one.ask["what"] in FORMS and one.want["verdict"] == "accepted":
            found[one.ask["what"]].append(verify._bytes(one.ask))
    return found


def refusal(read: Callable[[bytes], object], data: bytes, error: type[Exception]) -> str | None:
    """The code with which it is refused."""
    try:
        read(data)
    except error as refused:
        return str(getattr(refused, "code", None))
    return None


def differing_forms(seed: int, count: int) -> list[str]:
    random, ready, wrong = Random(seed), pools(), []
    for _ in range(count):
        what = random.choice(sorted(FORMS))
        data = spoilt(random.choice(ready[what]), random)
        ours, theirs = FORMS[what]
        codes = refusal(ours, data, CustodyError), refusal(theirs, data, verify.Refused)
        if codes[0] != codes[1]:
            wrong.append(f"{what} {codes}: {data[:300]!r}")
    return wrong


def test_spoilt_files_of_every_form_600() -> None:
    assert differing_forms(1, 600) == []


@pytest.mark.soak
def test_spoilt_files_of_every_form_10000(seed: int) -> None:
    assert differing_forms(seed, 10_000) == []


def program_says(files: list[bytes], trust: bytes) -> tuple[str, str]:
    """Verdict and code of the program about evidence (custody/paper/checking/check.py without the page)."""
    read = Policy.parse(trust)
    try:
        reading = evidence.read(Evidence(*files), read)
    except Undecided as error:
        return "undecided", error.code
    except Malformed:
        return "undecided", "check.broken"
    except CustodyError as error:
        return "altered", error.code
    lacking = read.requires_witnesses and read.witnessed(reading.checkpoint) is None
    return ("undecided", "check.unwitnessed") if lacking else ("intact", "check.evidence")


def differing_evidence(seed: int, count: int) -> list[str]:
    reports = json.loads((questions.folder() / "13-report.json").read_bytes())["reports"]
    reports = {name: report for name, report in reports.items() if json.loads(report["facts"])["scope"]["kind"] != "warehouse"}
    random, wrong = Random(seed), []
    for number in range(count):
        report, other = (reports[random.choice(sorted(reports))] for _ in range(2))
        files = [report[name].encode() for name in ("facts", "excerpt", "proof")]
        place = random.randrange(3)
        files[place] = random.choice(
            [spoilt(files[place], random), [other[name].encode() for name in ("facts", "excerpt", "proof")][place]]
        )
        found = verify.judge_evidence(files, verify.read_policy(report["policy"].encode()))
        if (want := program_says(files, report["policy"].encode())) != (found["verdict"], found["code"]):
            wrong.append(f"{seed}-{number}: {want} and {found}")
    return wrong


def test_spoilt_evidence_100() -> None:
    assert differing_evidence(1, 100) == []


@pytest.mark.soak
def test_spoilt_evidence_2000(seed: int) -> None:
    assert differing_evidence(seed, 2000) == []


def export_says(folder: Path, trust: bytes | None) -> tuple[str, list[tuple[Any, ...]], list[str]]:
    """What the program finds in an export: the word, its first faults, what is undecided."""
    try:
        verdict, _ = exported.verify_export(folder, None if trust is None else Policy.parse(trust))
    except Undecided as error:
        return "undecided", [], [error.code]
    faults = [(int(one.step), one.code, one.entry, one.checkpoint) for one in verdict.faults]
    return verdict.integrity, faults, [one.code for one in verdict.undecided]


def differing_exports(folder: Path, seed: int, count: int) -> list[str]:
    base = {
        name: verify.base64.b64decode(data)
        for name, data in json.loads((questions.folder() / "25-export.json").read_bytes())["files"].items()
    }
    random, wrong = Random(seed), []
    for number in range(count):
        files, root = dict(base), folder / str(number)
        name, other = random.choice(sorted(files)), random.choice(sorted(files))
        way = random.choice(["bit", "bit", "spoilt", "gone", "exchanged"])
        if way == "bit":
            files[name] = mutants.flipped(files[name], random)
        elif way == "spoilt":
            files[name] = spoilt(files[name], random)
        elif way == "gone":
            del files[name]
        else:
            files[name], files[other] = files[other], files[name]
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        trust = random.choice([None, base["policy"]])
        want = export_says(root, trust)
        found = verify.judge_export(files.get, files, None if trust is None else verify.read_policy(trust))
        faults = [(one.step, one.code, one.entry, one.checkpoint) for one in found.faults]
        same = faults == want[1] or (len(want[1]) >= MOST_FAULTS and faults[:1] == want[1][:1])  # of more the program tells some
        if (found.integrity, [one.code for one in found.undecided]) != (want[0], want[2]) or not same:
            wrong.append(f"{number}, {way} {name}: {want} and {found.integrity} {faults} {found.undecided}")
    return wrong


def test_altered_exports_60(tmp_path: Path) -> None:
    assert differing_exports(tmp_path, 1, 60) == []


@pytest.mark.soak
def test_altered_exports_2000(tmp_path: Path, seed: int) -> None:
    assert differing_exports(tmp_path, seed, 2000) == []


def test_a_difference_would_be_told() -> None:
    name, ledger = next(iter(mutants.mutants(1, 1)))
    want = mutants.answer(mutants.judge(ledger))
    assert questions.agrees(want, ask(ledger)), name
    del ledger.entries[-1]
    assert not questions.agrees(want, ask(ledger))


def test_a_question_that_it_does_not_know_is_unsupported() -> None:
    assert answer({"what": "page.draw"})["verdict"] == "unsupported"
