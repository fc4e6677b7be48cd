"""`custody witness`: two laptops and a stick, or a network; what the office then says of its ledger (docs/spec/26-witnesses.md)."""

import json
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.core.policy import Policy
from custody.station import keyfile
from custody_cli.commands import witness as program
from fixtures.ports import free_port
from tests.cli.daily_kit import HABI, Evening
from tests.cli.harness import Ended

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("saksi.contoh.example/bawaslu", "saksi.contoh.example/partai", "saksi.contoh.example/kampus")


class Table:
    """An office with an evening's ledger, and the laptops of three witnesses; each a folder, the trust file carried by hand."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        patch.setitem(keyfile.new_key.__kwdefaults__ or {}, "rounds", 1)
        self.evening = Evening(root, desa=(HABI,))
        self.desk, self.root = self.evening.desk, root
        self.word = root / "sandi-saksi"
        self.word.touch(0o600)
        self.word.write_text("sandi saksi\n")
        self.trust = root / "dari-akta"
        shutil.copy(self.evening.office.folder / "policy", self.trust)

    def run(self, *argv: str) -> Ended:
        return self.desk.run("witness", *argv)

    def json(self, *argv: str, exit: int = 0) -> dict[str, Any]:
        ended = self.run(*argv, "--json")
        assert ended.exit == exit, ended.err + ended.out
        return dict(json.loads(ended.out))

    def laptop(self, folder: str, name: str) -> str:
        """A witness; returns its key."""
        return str(self.json("new", folder, "--name", name, "--trust", str(self.trust), "--passphrase-file", str(self.word))["key"])

    def cosign(self, folder: str, request: str, exit: int = 0) -> dict[str, Any]:
        return dict(self.json("cosign", folder, request, "--passphrase-file", str(self.word), exit=exit)["requests"][0])

    def copied(self) -> Path:
        """The ledger and its guard as they are now."""
        place = self.root / "dulu"
        for name, folder in (("buku", self.evening.office.folder), ("keadaan", self.evening.office.state)):
            shutil.copytree(folder, place / name)
        return place

    def put_back(self, place: Path) -> None:
        for name, folder in (("buku", self.evening.office.folder), ("keadaan", self.evening.office.state)):
            shutil.rmtree(folder)
            shutil.copytree(place / name, folder)

    @property
    def policy(self) -> Policy:
        return Policy.parse((self.evening.office.folder / "policy").read_bytes())


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    return Table(tmp_path, monkeypatch)


def test_by_stick_from_beginning_to_verdict(table: Table) -> None:
    keys = [table.laptop(f"saksi-{at}", name) for at, name in enumerate(NAMES)]
    assert "Saksi buku besar" not in table.desk.run("status").out  # nobody is reminded of witnesses that were never asked for
    for at, key in enumerate(keys):
        table.json("add", f"s{at}", key)
    assert table.policy.groups["saksi"].threshold == 2
    made = table.json("request")
    first = table.cosign("saksi-0", made["path"])
    taken = table.json("take", first["path"], exit=4)  # one of three is not enough
    assert (taken["files"][0]["names"], taken["witnessed"]) == (["s0"], None)
    second = table.json("cosign", "saksi-1", made["path"], "--out", "dua.cosigned", "--passphrase-file", str(table.word))["requests"][0]
    taken = table.json("take", second["path"])
    assert (taken["witnessed"][0], taken["waiting"]) == (made["size"], 0)
    assert table.run("take", "dua.cosigned").exit == 0 and "sudah ada" in table.run("take", "dua.cosigned").out

    own = table.evening.office.folder / "policy"
    assert table.desk.run("verify", "--trust", str(own), "--require-witness").exit == 0

    answer = table.root / first["path"]
    lost = answer.read_bytes()  # the stick with the answer is lost: asked again, it gives the same line and none anew
    answer.unlink()
    table.desk.now += timedelta(hours=1)
    assert table.cosign("saksi-0", made["path"])["path"] == first["path"] and answer.read_bytes() == lost
    assert "KONSISTEN dan disaksikan" in table.desk.run("verify", "--trust", str(own)).out
    assert table.desk.run("verify", "--require-witness").exit == 4  # the folder's own word for its witnesses counts for nothing

    table.evening.labels()
    ended = table.desk.run("verify", "--trust", str(own), "--require-witness")
    assert ended.exit == 4 and f"tanpa saksi sejak entri {made['size']}" in ended.out and "DIUBAH" not in ended.out
    shown = table.desk.run("status").out
    assert "Saksi buku besar: tanpa saksi sejak" in shown and f"entri {made['size']}" in shown
    listed = table.json("list")
    assert [row["size"] for row in listed["witnesses"]] == [made["size"], made["size"], 0]
    again = table.json("request", "--since", str(made["size"]), "--out", "lagi.req")
    assert table.cosign("saksi-0", again["path"])["code"] is None
    assert table.cosign("saksi-2", again["path"], exit=4)["code"] == "witness.size"  # that one has seen nothing yet
    assert table.json("show", "saksi-0")["ledgers"][0]["size"] == again["size"]


def test_reports_are_made_though_witnesses_are_away(table: Table) -> None:
    """A policy with a quorum must not block the office's own papers."""
    table.json("add", "s0", table.laptop("saksi-0", NAMES[0]))
    evening = table.evening
    evening.labels()
    evening.seal()
    key = str(evening.office.own_key("kasatops-1"))
    word = str(evening.office.word_file())
    made = table.desk.run("report", "5307192008-001", "--key", key, "--passphrase-file", word, "--out", "laporan.pdf")
    assert made.exit == 0, made.err
    assert "Saksi buku besar: belum ada yang disaksikan" in made.out
    assert table.desk.run("check", "laporan.pdf", "--trust", str(table.trust)).exit == 0
    assert table.desk.run("check", "laporan.pdf").exit == 0  # the witnesses that its own folder names count for nothing
    strict = ("--trust", str(evening.office.folder / "policy"))
    assert table.desk.run("check", "laporan.pdf", *strict).exit == 4
    assert table.desk.run("receipt", "5", "--out", "dulu.tlog-proof").exit == 0
    assert table.desk.run("receipt", "check", "dulu.tlog-proof", *strict).exit == 4
    table.json("take", table.cosign("saksi-0", table.json("request")["path"])["path"])
    assert table.desk.run("check", "laporan.pdf", *strict).exit == 0  # a later head, witnessed, vouches for its own
    assert table.desk.run("receipt", "check", "dulu.tlog-proof", *strict).exit == 0
    without = {"CUSTODY_LEDGER": "", "CUSTODY_STATE": str(table.root / "lain")}
    assert table.desk.run("check", "laporan.pdf", *strict, environ=without).exit == 4
    evening.hand()
    assert table.desk.run("receipt", "5", "--out", "kini.tlog-proof").exit == 0  # made under the head that the witnesses signed
    assert table.desk.run("receipt", "check", "kini.tlog-proof", *strict, environ=without).exit == 0


def test_a_rewritten_ledger_is_refused_and_told_loudly(table: Table) -> None:
    table.laptop("saksi-0", NAMES[0])
    before = table.copied()
    table.evening.labels()
    first = table.json("request")
    table.cosign("saksi-0", first["path"])
    table.put_back(before)  # the owner puts the old one back, guard and all, and goes on otherwise under the same key
    table.evening.labels()
    table.evening.seal()
    forged = table.json("request", "--since", str(first["size"]), "--out", "palsu.req")
    told = table.run("cosign", "saksi-0", forged["path"], "--passphrase-file", str(table.word))
    assert told.exit == 3 and "TIDAK DAPAT DISAKSIKAN" in told.out
    shown = table.json("show", "saksi-0")
    assert len(shown["evidence"]) == 1 and shown["ledgers"][0]["size"] == first["size"]


def test_over_the_network_with_one_away(table: Table) -> None:
    pytest.importorskip("uvicorn")
    pytest.importorskip("httpx2")
    port = free_port()
    key, gone = table.laptop("saksi-0", NAMES[0]), table.laptop("saksi-1", NAMES[1])
    table.json("add", "s0", key, "--url", f"http://127.0.0.1:{port}/")
    table.json("add", "s1", gone, "--url", f"http://127.0.0.1:{free_port()}", "--needed", "1")
    with _Serving(table, "saksi-0", port):
        told = table.json("ask")
        assert [(row["name"], row["outcome"]) for row in told["asked"]] == [("s0", "cosigned"), ("s1", "away")]
        assert told["waiting"] == 0
        table.evening.labels()
        assert [row["outcome"] for row in table.json("ask")["asked"]] == ["cosigned", "away"]
        assert [row["outcome"] for row in table.json("ask")["asked"]] == ["known", "away"]
    table.evening.seal()
    assert table.run("ask").exit == 4


def test_a_witness_that_knows_more_is_told_loudly(table: Table) -> None:
    pytest.importorskip("uvicorn")
    pytest.importorskip("httpx2")
    port = free_port()
    table.json("add", "s0", table.laptop("saksi-0", NAMES[0]), "--url", f"http://127.0.0.1:{port}")
    table.laptop("saksi-1", NAMES[0])
    before = table.copied()
    with _Serving(table, "saksi-0", port):
        table.evening.labels()
        assert table.run("ask").exit == 0
        table.put_back(before)
        ended = table.run("ask")
    assert ended.exit == 3 and "Ujung buku besar ini hilang" in ended.out


class _Serving:
    """`custody witness serve` in a process of its own."""

    def __init__(self, table: Table, folder: str, port: int) -> None:
        self.port = port
        command = [
            sys.executable,
            "-m",
            "custody_cli",
            "witness",
            "serve",
            folder,
            "--port",
            str(port),
            "--passphrase-file",
            str(table.word),
        ]
        environ = {"PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}", "HOME": str(table.root), "PATH": ""}
        self.process = subprocess.Popen(command, cwd=table.root, env=environ, stderr=subprocess.PIPE)

    def __enter__(self) -> "_Serving":
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return self
            except OSError:
                assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
                time.sleep(0.05)
        raise AssertionError("the witness did not begin to listen")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)


def test_asking_again_and_again_waits_longer_while_nobody_answers(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("httpx2")
    naps: list[float] = []
    monkeypatch.setattr(program, "sleep", naps.append)
    table.json("add", "s0", table.laptop("saksi-0", NAMES[0]), "--url", f"http://127.0.0.1:{free_port()}")
    assert table.run("ask", "--every", "1", "--rounds", "9").exit == 4
    assert naps == [120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0, 3600.0]


WORD = ("--passphrase-file", "sandi-saksi")
CASES = {
    "nobody to ask": (("ask",), 4, "cli.witness.ask.nobody"),
    "no witness there": (("show", "kosong"), 8, "witness.folder"),
    "a name with a space": (("new", "lain", "--name", "saksi partai", "--trust", "dari-akta", *WORD), 2, "key.name"),
    "a witness that is there": (("new", "saksi-0", "--name", NAMES[0], "--trust", "dari-akta", *WORD), 7, "key.exists"),
    "more than are registered": (("add", "s0", "{key}", "--needed", "2"), 8, "cli.witness.add.needed"),
    "a log's key as witness": (("add", "s0", "{log}"), 2, "policy.key"),
    "a request beyond the end": (("request", "--since", "999"), 2, "cli.witness.request.since"),
    "no request": (("take", "dari-akta"), 2, "note.separator"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_done_is_said(table: Table, name: str) -> None:
    argv, exit, code = CASES[name]
    facts = {"key": table.laptop("saksi-0", NAMES[0]), "log": str(table.policy.logs[0])}
    ended = table.run(*(one.format(**facts) for one in argv), "--json")
    assert (ended.exit, json.loads(ended.err.splitlines()[-1])["code"]) == (exit, code)
