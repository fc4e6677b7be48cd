"""docs/check_receipt.py, the checker that outsiders read and run: it agrees with the core, and refuses what was changed."""

import importlib.util
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from custody.core.merkle import Tree, leaf_hash
from custody.core.note import ED25519, VerifierKey
from custody.core.proof import Proof
from fixtures.actors import BAWASLU
from fixtures.smallworld import Person, World, ready

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "check_receipt.py"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")


@cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_receipt", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def receipt(world: World, index: int) -> Proof:
    """A receipt as `custody receipt` writes it."""
    notes = list(world.notes(0))
    tree = Tree()
    for one in notes:
        tree.append(leaf_hash(one))
    return Proof(index, tuple(tree.inclusion(index, len(notes))), world.checkpoint(), notes[index])


def test_every_entry_of_every_size_up_to_40_leads_to_the_root() -> None:
    tree = Tree()
    for size in range(1, 41):
        tree.append(leaf_hash(b"%d" % (size - 1)))
        for index in range(size):
            assert script().root_of(b"%d" % index, index, size, tree.inclusion(index, size)) == tree.root(size)


def test_another_entry_index_or_proof_leads_elsewhere() -> None:
    tree = Tree()
    for number in range(11):
        tree.append(leaf_hash(b"%d" % number))
    proof = tree.inclusion(4, 11)
    wrong = [(b"x", 4, proof), (b"4", 5, proof), (b"4", 4, proof[:-1]), (b"4", 4, [*proof, proof[0]]), (b"4", 4, proof[::-1])]
    assert all(script().root_of(entry, index, 11, hashes) != tree.root(11) for entry, index, hashes in wrong)


def run(folder: Path, data: bytes, trust: bytes, *more: str) -> tuple[int, str]:
    """The script as its reader runs it, away from this project."""
    for name, content in (("check_receipt.py", SCRIPT.read_bytes()), ("r.tlog-proof", data), ("trust.txt", trust)):
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", "check_receipt.py", "r.tlog-proof", "trust.txt", *more]
    ended = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env={"PATH": os.environ["PATH"]})
    return ended.returncode, ended.stdout


@needs_openssl
def test_a_receipt_holds_for_whoever_has_the_trust_file(tmp_path: Path) -> None:
    world = ready()
    index = 5
    code, said = run(tmp_path, receipt(world, index).format(), world.policy().format())
    assert code == 0, said
    assert f"entry {index} of" in said
    assert "The PAGES of a PDF were NOT looked at" in said and "HALAMAN sebuah PDF TIDAK dilihat" in said


@needs_openssl
def test_signatures_of_persons_are_checked_for_the_keys_that_are_named_and_else_said_not_to_be(tmp_path: Path) -> None:
    world = ready()
    proof, trust = receipt(world, 5), world.policy().format()
    assert proof.extra is not None
    signers = [line.split(" ")[1] for line in proof.extra.rpartition(b"\n\n")[2].decode().splitlines()]
    code, said = run(tmp_path, proof.format(), trust)
    assert code == 0 and said.count("NOT CHECKED") == len(signers) > 0
    keys = {name: str(Person(name).key) for name in signers}
    code, said = run(tmp_path, proof.format(), trust, *keys.values())
    assert (code, "NOT CHECKED" in said, said.count(": OK")) == (0, False, 2 + len(signers)), said
    name, number, _ = keys[signers[0]].split("+", 2)
    other = str(VerifierKey(name, ED25519, Person("stranger").signing.public)).split("+", 2)[2]
    code, said = run(tmp_path, proof.format(), trust, f"{name}+{number}+{other}")
    assert code == 3 and f"tanda tangan {name}: NO" in said


@needs_openssl
def test_a_trust_file_that_windows_has_touched(tmp_path: Path) -> None:
    """Line ends of Windows, a byte order mark and a last line that does not end change nothing of what it says."""
    world = ready()
    touched = b"\xef\xbb\xbf" + world.policy().format().replace(b"\n", b"\r\n").rstrip()
    code, said = run(tmp_path, receipt(world, 5).format(), touched)
    assert code == 0, said
    assert said.count(": OK") == 2


@needs_openssl
@pytest.mark.parametrize("what", ["entry", "checkpoint", "trust"])
def test_what_was_changed_does_not_hold(tmp_path: Path, what: str) -> None:
    world = ready()
    proof, trust = receipt(world, 5), world.policy().format()
    if what == "entry":
        assert proof.extra is not None
        proof = Proof(5, proof.hashes, proof.checkpoint, proof.extra.replace(b'"at":"20', b'"at":"19', 1))
    elif what == "checkpoint":
        head, size, rest = proof.checkpoint.split(b"\n", 2)
        proof = Proof(5, proof.hashes, b"\n".join([head, b"%d" % (int(size) + 1), rest]), proof.extra)
    else:
        other = World(operation="Operasi Lain")
        trust = other.policy().format()
    code, said = run(tmp_path, proof.format(), trust)
    assert code == 3, said
    assert ": NO" in said


def test_an_entry_outside_the_tree_or_a_way_past_its_root_leads_nowhere() -> None:
    tree = Tree()
    for number in range(8):
        tree.append(leaf_hash(b"%d" % number))
    proof = tree.inclusion(7, 8)
    cases = [(7, 7, proof), (-1, 8, proof), (8, 8, proof), (0, 0, []), (7, 8, [*proof, bytes(32)])]
    assert [script().root_of(b"7", index, size, hashes) for index, size, hashes in cases] == [b""] * 5


@needs_openssl
def test_two_keys_of_one_ledger_in_the_trust_file(tmp_path: Path) -> None:
    """After a rotation both stand there under one name: the line of either counts, wherever it stands."""
    world = ready()
    old = VerifierKey(world.origin, ED25519, Person("old-ledger").signing.public)
    for rows in ((old, world.ledger_key), (world.ledger_key, old)):
        trust = "".join(f"log {key}\n" for key in rows) + "quorum none\n"
        assert run(tmp_path, receipt(world, 5).format(), trust.encode())[0] == 0
    assert run(tmp_path, receipt(world, 5).format(), f"log {old}\nquorum none\n".encode())[0] == 3


@needs_openssl
def test_witnesses_that_are_asked_for_are_not_passed_over(tmp_path: Path) -> None:
    """The script does not look at them: it says so, and its answer is neither yes nor no. What is altered stays altered."""
    world = ready()
    trust = f"log {world.ledger_key}\nwitness bawaslu {BAWASLU.key}\nquorum bawaslu\n".encode()
    code, said = run(tmp_path, receipt(world, 5).format(), trust)
    assert (code, "NOT CHECKED" in said) == (4, True)
    other = receipt(world, 5)
    assert run(tmp_path, Proof(4, other.hashes, other.checkpoint, other.extra).format(), trust)[0] == 3


@needs_openssl
def test_nothing_in_a_receipt_steers_the_screen(tmp_path: Path) -> None:
    world = ready()
    proof = receipt(world, 5)
    head = proof.checkpoint.replace(world.origin.encode(), b"\x1b[2Jcustody.palsu", 1)
    code, said = run(tmp_path, Proof(5, proof.hashes, head, b"\x1b[31mOK\n").format(), world.policy().format())
    assert (code, "\x1b" in said) == (3, False)


def test_without_arguments_it_says_how_it_is_called() -> None:
    ended = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "") and "TRUST-FILE" in ended.stdout
