"""Whatever happens (plug pulled at any step, two processes at once), a witness never signs two histories (WITNESS-8, WITNESS-9)."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from custody.assembly.witnessing import WitnessFolder, book_of
from custody.core.checkpoint import Checkpoint
from custody.core.note import split
from custody.witness.witness import Witness
from fixtures.actors import BAWASLU, LEDGER, ORIGIN
from tests.witness.test_witness import NOON, head, request

ROOT = Path(__file__).resolve().parents[2]

# Cosigns one head; the plug is pulled just before or just after the nth step that touches the disk. Prints the line once it is out.
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.witness.test_one_history import pulled
pulled(sys.argv[2], int(sys.argv[3]), sys.argv[4] == "after")
"""
RACE = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.witness.test_one_history import raced
raced(sys.argv[2], int(sys.argv[3]))
"""


def made(folder: Path) -> Witness:
    return Witness(book_of(WitnessFolder(folder)), [LEDGER.key], BAWASLU, lambda: NOON)


def pulled(folder: str, number: int, after: bool) -> None:
    """Cosign eight entries on top of five, and die at a step."""
    witness, left = made(Path(folder)), [number]
    import pathlib

    def deadly(call):  # type: ignore[no-untyped-def]
        def step(*args, **kept):  # type: ignore[no-untyped-def]
            left[0] -= 1
            if left[0] == 0 and not after:
                os._exit(9)
            result = call(*args, **kept)
            if left[0] == 0:
                os._exit(9)
            return result

        return step

    for module, name in ((os, "open"), (os, "fdopen"), (os, "fsync"), (os, "close"), (pathlib.Path, "replace")):
        setattr(module, name, deadly(getattr(module, name)))
    line = witness.add(request(5, 8)).line
    sys.stdout.write(line.format().decode())
    sys.stdout.flush()
    os._exit(0)


def raced(folder: str, fork: int) -> None:
    """Offer one of two histories, again and again; print each line that comes back."""
    from custody.core.errors import CustodyError

    witness = made(Path(folder))
    keep = witness.book.keep
    witness.book.keep = lambda origin, note: (time.sleep(0.02), keep(origin, note))[1]  # type: ignore[method-assign]  # a slow disk
    print("ready", flush=True)
    sys.stdin.readline()  # both begin at once
    for size in range(6, 20):
        last = witness.book.last(ORIGIN)
        old = Checkpoint.parse(split(last or b"")[0]).size
        try:
            line = witness.add(request(old, max(size, old + 1), fork or None)).line
        except CustodyError:
            continue
        print(split(head(max(size, old + 1), fork or None))[0].hex(), line.signature.hex(), flush=True)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_line_leaves_only_when_its_head_is_on_disk(tmp_path: Path, when: str) -> None:
    finished, dead = False, 0
    for number in range(1, 60):
        folder = tmp_path / str(number)
        folder.mkdir()
        made(folder).add(request(0, 5))
        ran = subprocess.run(
            [sys.executable, "-c", RUN, str(ROOT), str(folder), str(number), when], capture_output=True, cwd=ROOT, timeout=60
        )
        size = Checkpoint.parse(split(made(folder).book.last(ORIGIN) or b"")[0]).size
        assert size in (5, 8), ran.stderr
        if ran.stdout:
            assert size == 8
        dead += ran.returncode == 9
        made(folder).add(request(size, 9))  # it works on, from what it remembers
        if ran.returncode == 0:
            finished = True
            break
    assert finished and dead >= 6  # every step of writing was tried, until none was left


def test_of_two_processes_with_two_histories_one_alone_is_cosigned(tmp_path: Path) -> None:
    made(tmp_path).add(request(0, 5))
    command = [sys.executable, "-c", RACE, str(ROOT), str(tmp_path)]
    pipe = subprocess.PIPE
    runs = [subprocess.Popen([*command, str(fork)], stdin=pipe, stdout=pipe, cwd=ROOT) for fork in (0, 5)]
    for run in runs:
        assert run.stdout is not None and run.stdout.readline() == b"ready\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write(b"\n")
        run.stdin.flush()
    told = [run.communicate(timeout=120)[0].split() for run in runs]
    assert all(run.returncode == 0 for run in runs)
    heads = [[Checkpoint.parse(bytes.fromhex(text.decode())) for text in one[::2]] for one in told]
    assert sum(bool(one) for one in heads) == 1, "both histories were cosigned"
    assert len(heads[0] or heads[1]) > 10
