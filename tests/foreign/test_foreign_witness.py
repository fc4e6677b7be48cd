"""A witness that we did not write: our office asks it, and both witnesses are sent the same requests (docs/spec/26-witnesses.md).

Any program `aics-witness` (PyPI aics-witness, Python 3.12) on the path, or named by CUSTODY_FOREIGN_WITNESS. Without it these tests skip.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from custody.core.checkpoint import cosignatures
from custody.core.note import VerifierKey
from custody.witness.book import Book
from custody.witness.witness import Witness
from fixtures.actors import BAWASLU, LEDGER, ORIGIN
from fixtures.ports import free_port
from tests.cli.daily_kit import HABI, Evening
from tests.witness.test_witness import NOON, REFUSED, head, request

PROGRAM = os.environ.get("CUSTODY_FOREIGN_WITNESS") or shutil.which("aics-witness")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no foreign witness here: aics-witness on the path, or CUSTODY_FOREIGN_WITNESS")


class Foreign(NamedTuple):
    """A foreign witness that listens."""

    url: str
    key: VerifierKey
    config: Path

    def watch(self, log: VerifierKey) -> None:
        subprocess.run(
            [str(PROGRAM), "add-log", "-c", str(self.config), "--origin", log.name, "--vkey", str(log)], check=True, capture_output=True
        )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Its configuration, made and with our invented ledger in it."""
    path = tmp_path / "witness.json"
    subprocess.run([str(PROGRAM), "init", "-c", str(path), "--name", "saksi.asing.example/satu"], check=True, capture_output=True)
    return path


@pytest.fixture
def foreign(config: Path, watched: VerifierKey) -> Iterator[Foreign]:
    port = free_port()
    made = subprocess.run([str(PROGRAM), "init", "-c", str(config)], check=True, capture_output=True, text=True)
    key = next(VerifierKey.parse(word) for line in made.stdout.splitlines() for word in line.split() if word.count("+") >= 2)
    found = Foreign(f"http://127.0.0.1:{port}", key, config)
    found.watch(watched)
    process = subprocess.Popen(
        [str(PROGRAM), "serve", "-c", str(config), "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_open(port, process)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def watched() -> VerifierKey:
    """The ledger that it watches."""
    return LEDGER.key


def _until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            assert process.poll() is None
            time.sleep(0.05)
    raise AssertionError("the foreign witness did not begin to listen")


# What only our ledgers do not have, and C2SP leaves to each witness: ours reads three lines, the other may cosign more.
OURS = {"a fourth line in the checkpoint", "too long"}


def test_both_witnesses_answer_alike(foreign: Foreign, tmp_path: Path) -> None:
    httpx2 = pytest.importorskip("httpx2")
    from starlette.testclient import TestClient

    from custody.witness.serving import application

    own = TestClient(application(Witness(Book(tmp_path / "own", nullcontext), [LEDGER.key], BAWASLU, lambda: NOON)))
    with httpx2.Client(base_url=foreign.url) as other:
        for body in (request(0, 5),):
            assert (own.post("/add-checkpoint", content=body).status_code, other.post("/add-checkpoint", content=body).status_code) == (
                200,
                200,
            )
        differing = []
        for name, (body, _, status) in REFUSED.items():
            ours, theirs = own.post("/add-checkpoint", content=body), other.post("/add-checkpoint", content=body)
            if name not in OURS and (ours.status_code, theirs.status_code) != (status, status):
                differing.append((name, ours.status_code, theirs.status_code))
            if status == 409:
                assert (ours.content, ours.headers["content-type"]) == (theirs.content, theirs.headers["content-type"])
        assert differing == []
        last = other.post("/add-checkpoint", content=request(5, 8))
        assert cosignatures(head(8) + last.content, [foreign.key]).keys() == {foreign.key.name}


class TestOfAnOffice:
    """Our office and a foreign witness."""

    @pytest.fixture
    def evening(self, tmp_path: Path) -> Evening:
        return Evening(tmp_path / "kantor", desa=(HABI,))

    @pytest.fixture
    def watched(self, evening: Evening) -> VerifierKey:
        from custody.core.policy import Policy

        return Policy.parse((evening.office.folder / "policy").read_bytes()).logs[0]

    def test_its_lines_make_the_ledger_witnessed(self, foreign: Foreign, evening: Evening) -> None:
        pytest.importorskip("httpx2")
        added = evening.desk.run("witness", "add", "asing", str(foreign.key), "--url", foreign.url)
        assert added.exit == 0, added.err
        for _ in range(2):
            ended = evening.desk.run("witness", "ask", "--json")
            assert [one["outcome"] for one in json.loads(ended.out)["asked"]] == ["cosigned"]
            trust = str(evening.office.folder / "policy")
            told = json.loads(evening.desk.run("verify", "--trust", trust, "--require-witness", "--json").out)
            assert (told["integrity"], told["witnessed"][0], told["undecided"]) == ("consistent", told["size"], [])
            evening.labels()
        assert ORIGIN not in str(foreign.key)
