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
from custody.core.proof import Proof
from fixtures.smallworld import World, ready

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


def run(folder: Path, data: bytes, trust: bytes) -> tuple[int, str]:
    """The script as its reader runs it, away from this project."""
    for name, content in (("check_receipt.py", SCRIPT.read_bytes()), ("r.tlog-proof", data), ("trust.txt", trust)):
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", "check_receipt.py", "r.tlog-proof", "trust.txt"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env={"PATH": os.environ["PATH"]})
    return ended.returncode, ended.stdout


@needs_openssl
def test_a_receipt_holds_for_whoever_has_the_trust_file(tmp_path: Path) -> None:
    world = ready()
    index = 5
    code, said = run(tmp_path, receipt(world, index).format(), world.policy().format())
    assert code == 0, said
    assert f"entry {index} of" in said
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
