"""`custody verify` and `custody receipt`: the whole ledger, with and without what others hold (docs/spec/10-verification.md)."""

import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.core.bundle import Reader
from custody.core.checkpoint import cosign
from custody.store.sqlite import SqliteStore
from fixtures.actors import BAWASLU
from fixtures.tamper import Intruder as Anybody
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Desk, Ended

LEAF_OF_AN_INDEX = 0x0A  # the first byte of such a page (SQLite, database file format, 1.6)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """A polling station sealed and handed over; a receipt, a checkpoint and a report are held outside."""
    evening = Evening(tmp_path_factory.mktemp("evening"), desa=(HABI,))
    evening.labels()
    evening.seal()
    evening.hand()
    with evening.office.open() as office:
        (evening.root / "titik").write_bytes(office.ledger.checkpoint())
        last = office.ledger.size - 1
    assert evening.desk.run("receipt", str(last), "--out", "terima.tlog-proof").exit == 0
    key = str(evening.office.own_key("kasatops-1"))
    made = evening.desk.run("report", TPS, "--key", key, "--passphrase-file", str(evening.office.word_file()), "--out", "lama.pdf")
    assert made.exit == 0, made.err
    for name, start in (("isi.bundle", "0"), ("kepala.bundle", "999999")):
        assert evening.desk.run("bundle", "out", name, "--from", start).exit == 0
    return evening


@pytest.fixture
def copy(evening: Evening, tmp_path: Path) -> Path:
    """A copy of the ledger to do harm to."""
    shutil.copytree(evening.office.folder, tmp_path / "copy")
    return tmp_path / "copy"


class Intruder(Anybody):
    """One who puts the triggers back, so that nothing but the rows shows what was done."""

    def __init__(self, folder: Path) -> None:
        with sqlite3.connect(folder / "ledger.db") as database:
            self.triggers = [sql for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")]
        database.close()
        super().__init__(folder)

    def close(self) -> None:
        for sql in self.triggers:
            self.run(sql)
        super().close()


def verify(evening: Evening, *argv: str, folder: Path | None = None) -> Ended:
    return evening.desk.run("verify", *argv, *(("--ledger", str(folder)) if folder else ()))


def told(evening: Evening, *argv: str, folder: Path | None = None) -> tuple[int, dict[str, Any]]:
    ended = verify(evening, *argv, "--json", folder=folder)
    return ended.exit, json.loads(ended.out)


def test_whole(evening: Evening) -> None:
    ended = verify(evening)
    assert ended.exit == 0
    assert ended.out.startswith("KONSISTEN, tanpa saksi")
    assert "0 pelanggaran, 0 peringatan" in ended.out
    assert ended.err == ""


def test_in_english(evening: Evening) -> None:
    assert verify(evening, "--lang", "en").out.startswith("CONSISTENT, unwitnessed")


def test_as_a_document(evening: Evening) -> None:
    exit, document = told(evening)
    assert (exit, document["exit"], document["integrity"], document["faults"]) == (0, 0, "consistent", [])
    assert document["size"] == document["reread"]
    assert len(document["root"]) == 64


@pytest.mark.parametrize("held", ["titik", "terima.tlog-proof", "lama.pdf"])
def test_against_what_others_hold(evening: Evening, held: str) -> None:
    exit, document = told(evening, "--against", held)
    assert (exit, document["outside"]) == (0, 1)
    assert "Cocok dengan 1 bukti dari luar." in verify(evening, "--against", held).out


def checkpoints(bundle: bytes) -> int:
    """How many there are in a bundle: between its parts, and one more where the head names another."""
    return len({part.data for part in Reader(io.BytesIO(bundle).read) if part.kind == "checkpoint"})


# What happened to a bundle on its way; the exit code, how many checkpoints count (None: all), and what is undecided. The trust file of the
# folder names the ledger: with that alone it is read.
BUNDLES: dict[str, tuple[str, Callable[[bytes], bytes], int, int | None, str | None]] = {
    "with entries": ("isi.bundle", lambda data: data, 0, None, None),
    "without entries": ("kepala.bundle", lambda data: data, 0, 1, None),
    "cut in the middle": ("isi.bundle", lambda data: data[: len(data) * 9 // 10], 0, None, None),
    "cut in its head": ("isi.bundle", lambda data: data[:200], 4, 0, "outside.form"),
    "a byte of its entries changed": ("isi.bundle", lambda data: changed_at(data, len(data) // 2), 0, None, None),
    "a byte of its head changed": ("isi.bundle", lambda data: changed_at(data, 300), 4, 0, "outside.form"),
    "a newer format": ("isi.bundle", lambda data: data.replace(b"custody-bundle/v1", b"custody-bundle/v9", 1), 4, 0, "outside.form"),
}


def changed_at(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("name", BUNDLES)
@pytest.mark.parametrize("trust", [(), ("--trust", "buku/policy")], ids=["own trust", "trust named"])
def test_against_a_bundle(evening: Evening, name: str, trust: tuple[str, ...]) -> None:
    held, harm, code, count, undecided = BUNDLES[name]
    data = (evening.root / held).read_bytes()
    (evening.root / "dibawa.bundle").write_bytes(harm(data))
    trust = tuple(one.replace("buku", str(evening.office.folder)) for one in trust)
    exit, document = told(evening, "--against", "dibawa.bundle", *trust)
    assert (exit, document["integrity"], document["faults"]) == (code, "consistent", [])
    assert [one["code"] for one in document["undecided"]] == ([undecided] if undecided else [])
    assert document["outside"] == count if count is not None else document["outside"] > 0


def test_a_bundle_of_another_ledger_decides_nothing(evening: Evening, tmp_path: Path) -> None:
    other = Evening(tmp_path / "lain", desa=(HABI,), changes={"operation": "Operasi Lain"})
    assert other.desk.run("bundle", "out", str(evening.root / "lain.bundle"), "--from", "0").exit == 0
    exit, document = told(evening, "--against", "lain.bundle")
    assert (exit, document["integrity"], document["outside"], document["faults"]) == (4, "consistent", 0, [])
    assert document["undecided"]


def test_against_all_of_them_by_two_processes(evening: Evening) -> None:
    exit, document = told(evening, "--against", "titik", "--against", "terima.tlog-proof", "--against", "lama.pdf", "--workers", "2")
    assert (exit, document["outside"]) == (0, 3)
    alone = told(evening)[1]
    assert {**document, "outside": 0} == alone


def test_findings_of_procedure_are_another_answer(evening: Evening, copy: Path, tmp_path: Path) -> None:
    other = Evening(tmp_path / "other", desa=(HABI,))
    other.hand()
    ended = verify(other)
    assert ended.exit == 1
    assert ended.out.startswith("KONSISTEN")
    assert "pelanggaran" in ended.out
    assert told(other)[1]["findings"]


def test_witnesses_may_be_asked_for(evening: Evening) -> None:
    ended = verify(evening, "--require-witness")
    assert ended.exit == 4
    assert "BELUM DAPAT DIPUTUSKAN" in ended.out
    assert "DIUBAH" not in ended.out


def test_witnesses_named_in_the_folder_of_the_ledger_count_for_nothing(evening: Evening, copy: Path) -> None:
    """Whoever can write the folder can write a witness into its trust file; only a trust file from outside speaks for one."""
    with evening.office.open(write=False) as office:
        head, size = office.ledger.checkpoint(), office.ledger.size
    own = (copy / "policy").read_text().replace("quorum none", f"witness saksi {BAWASLU.key}\nquorum saksi")
    (copy / "policy").write_text(own)
    (evening.root / "dari-luar").write_text(own)
    store = SqliteStore.open(copy)
    with store.write() as writer:
        writer.put_cosignature(size, BAWASLU.key.name, cosign(head, BAWASLU.sign, BAWASLU.key, 1_732_800_000).format())
    store.close()
    exit, document = told(evening, folder=copy)
    assert (exit, document["own_trust"], document["witnessed"]) == (0, True, None)
    assert verify(evening, "--require-witness", folder=copy).exit == 4
    assert "saksi tidak dihitung" in verify(evening, folder=copy).out
    exit, document = told(evening, "--trust", "dari-luar", "--require-witness", folder=copy)
    assert (exit, document["own_trust"], document["witnessed"]) == (0, False, [size, 1_732_800_000])


def test_an_index_that_leads_astray_is_altered_though_every_row_is_right(evening: Evening, copy: Path) -> None:
    """The rows are read in their order and agree; only a look at the file itself finds that a search would miss one."""
    file = copy / "ledger.db"
    with sqlite3.connect(file) as database:
        (sid,) = database.execute("SELECT sid FROM entry ORDER BY idx DESC LIMIT 1").fetchone()
        (page,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    data = bytearray(file.read_bytes())
    (place,) = [found.start() for found in re.finditer(re.escape(sid), data) if data[found.start() // page * page] == LEAF_OF_AN_INDEX]
    data[place + 31] ^= 1
    file.write_bytes(data)
    exit, document = told(evening, folder=copy)
    assert (exit, document["integrity"]) == (3, "altered")
    assert [(fault["step"], fault["code"]) for fault in document["faults"]] == [(8, "store.damaged")]


def test_an_altered_row_is_shown_with_its_entry(evening: Evening, copy: Path) -> None:
    intruder = Intruder(copy)
    intruder.run("UPDATE entry SET body = CAST(replace(body, 'guard-1', 'guard-2') AS BLOB) WHERE kind = 'seal'")
    intruder.close()
    ended = verify(evening, folder=copy)
    assert ended.exit == 3
    assert ended.out.startswith("DIUBAH")
    assert "langkah" in ended.out and "entri" in ended.out
    assert "Tata cara tidak dinilai" in ended.out
    document = told(evening, folder=copy)[1]
    assert document["integrity"] == "altered"
    assert document["faults"][0]["entry"] is not None
    assert document["faults"][0]["message"]


@pytest.mark.parametrize("held", ["titik", "terima.tlog-proof", "lama.pdf", "isi.bundle", "kepala.bundle"])
def test_a_cut_tail_shows_only_from_outside(evening: Evening, copy: Path, held: str) -> None:
    intruder = Intruder(copy)
    (size,) = intruder.connection.execute("SELECT max(size) FROM checkpoint WHERE size < (SELECT max(size) - 2 FROM checkpoint)").fetchone()
    for sql in ("DELETE FROM entry WHERE idx >= ?", "DELETE FROM checkpoint WHERE size > ?", "DELETE FROM touch WHERE idx >= ?"):
        intruder.run(sql, (size,))
    intruder.close()
    document = told(evening, "--against", held, folder=copy)[1]
    assert document["integrity"] == "altered"
    assert "outside.longer" in {fault["code"] for fault in document["faults"]}
    assert verify(evening, "--against", held, folder=copy).exit == 3


@pytest.mark.parametrize(
    "data", [b"", b"\x1b[2Jbukan", b"%PDF-1.7 bukan", b"c2sp.org/tlog-proof@v1\n"], ids=["nothing", "escape", "pdf", "proof"]
)
def test_a_file_that_is_no_evidence_decides_nothing_and_changes_no_verdict(evening: Evening, data: bytes) -> None:
    name = "aneh\x1b[31m"
    (evening.root / name).write_bytes(data)
    ended = verify(evening, "--against", name, "--against", "titik")
    assert ended.exit == 4
    assert "\x1b" not in ended.out + ended.err
    assert ended.out.startswith("KONSISTEN")
    assert "BELUM DAPAT DIPUTUSKAN" in ended.out and "tanda terima" in ended.out and "Tata cara: 0" in ended.out
    assert "DIUBAH" not in ended.out
    document = told(evening, "--against", name, "--against", "titik")[1]
    assert (document["integrity"], document["outside"], document["faults"]) == ("consistent", 1, [])
    assert [one["code"] for one in document["undecided"]] == ["outside.form"]


def test_an_altered_ledger_stays_altered_beside_a_file_that_is_no_evidence(evening: Evening, copy: Path) -> None:
    (evening.root / "bukan").write_bytes(b"bukan")
    intruder = Intruder(copy)
    intruder.run("UPDATE entry SET body = CAST(replace(body, 'guard-1', 'guard-2') AS BLOB) WHERE kind = 'seal'")
    intruder.close()
    ended = verify(evening, "--against", "bukan", folder=copy)
    assert (ended.exit, ended.out.startswith("DIUBAH")) == (3, True)
    assert "BELUM DAPAT DIPUTUSKAN: 1 berkas" in ended.out


def test_no_ledger(evening: Evening, tmp_path: Path) -> None:
    assert verify(evening, folder=tmp_path / "tiada").exit == 5


# -- receipts -------------------------------------------------------------------------------------------------------------------------


def outside(evening: Evening) -> Desk:
    return Desk(evening.root)


def test_a_receipt_is_checked_without_a_ledger(evening: Evening) -> None:
    policy = str(evening.office.folder / "policy")
    ended = outside(evening).run("receipt", "check", "terima.tlog-proof", "--trust", policy)
    assert ended.exit == 0
    assert ended.out.startswith("Tanda terima sah")


def test_a_receipt_is_shown_in_words_with_its_signers(evening: Evening) -> None:
    policy = str(evening.office.folder / "policy")
    alone = outside(evening).run("receipt", "check", "terima.tlog-proof", "--trust", policy).out
    told = json.loads(outside(evening).run("receipt", "check", "terima.tlog-proof", "--trust", policy, "--json").out)
    assert told["kind"] == "handoff"
    assert "Isinya: serah terima, " in alone and told["statement"]["boxes"][0]["box"] in alone
    assert {one["key"]: one["parts"] for one in told["signers"]}[told["statement"]["giver"]] == ["giver"]
    assert f"{told['statement']['giver']} · pemberi" in alone and "--ledger FOLDER" in alone
    assert evening.desk.run("receipt", "0", "--out", "awal.tlog-proof").exit == 0
    first = outside(evening).run("receipt", "check", "awal.tlog-proof", "--trust", policy).out
    assert "Isinya: pendirian buku besar" in first and "kpu-1" in first
    here = evening.desk.run("receipt", "check", "terima.tlog-proof").out
    assert "pemberi · KPPS" in here and "penerima · PPS" in here
    assert "TPS 001" in here or "TPS 003" in here or "Habi" in here


def test_a_ledger_at_hand_names_boxes_and_places_of_a_receipt(evening: Evening) -> None:
    shown = evening.desk.run("receipt", "check", "terima.tlog-proof").out
    assert "TPS 001 Habi · DPD (PEM24-5307192008-001-DPD-1)" in shown and "WITA" in shown, shown


def test_a_receipt_names_every_box(evening: Evening) -> None:
    told = json.loads(evening.desk.run("receipt", "check", "terima.tlog-proof", "--json").out)["statement"]["boxes"]
    policy = str(evening.office.folder / "policy")
    for shown in (
        evening.desk.run("receipt", "check", "terima.tlog-proof").out,
        outside(evening).run("receipt", "check", "terima.tlog-proof", "--trust", policy).out,
    ):
        assert len(told) > 3 and [one["box"] for one in told if one["box"] not in shown] == [], shown


@pytest.mark.parametrize("drill", [True, False], ids=["drill", "election"])
def test_what_comes_from_a_drill_says_so(tmp_path: Path, drill: bool) -> None:
    made = Evening(tmp_path, desa=(HABI,), changes={"drill": drill})
    made.seal()
    assert made.desk.run("receipt", "14", "--out", "t.tlog-proof").exit == 0
    shown = made.desk.run("receipt", "check", "t.tlog-proof").out
    table = made.desk.run("reconcile", "--csv").out
    assert (("LATIHAN" in shown), {line.endswith("LATIHAN") for line in table.splitlines()}) == (drill, {drill}), shown


def test_help_on_a_finding_names_roles_and_leaves_no_stand_in_for_them(evening: Evening) -> None:
    for code in ("enrol.place.none", "void.duty"):
        said = evening.desk.run("help", code).out
        assert "Kasatops" in said or "<role>" in said
        assert "<supervisor>" not in said
    assert "putusan" not in evening.desk.run("help", "correction.no-effect").out


def test_a_receipt_by_the_id_of_its_statement(evening: Evening) -> None:
    policy = str(evening.office.folder / "policy")
    first = json.loads(outside(evening).run("receipt", "check", "terima.tlog-proof", "--trust", policy, "--json").out)
    again = json.loads(evening.desk.run("receipt", first["sid"], "--out", "lagi.tlog-proof", "--json").out)
    assert (again["entry"], again["sid"]) == (first["entry"], first["sid"])


def test_a_changed_receipt(evening: Evening) -> None:
    policy = str(evening.office.folder / "policy")
    data = (evening.root / "terima.tlog-proof").read_bytes()
    (evening.root / "palsu").write_bytes(data.replace(b"index ", b"index 1", 1))
    ended = outside(evening).run("receipt", "check", "palsu", "--trust", policy)
    assert ended.exit == 3


@pytest.mark.parametrize(
    ("what", "exit"),
    [("99999", 8), ("ab" * 32, 8), ("bukan", 2), ("terima.tlog-proof", 2), ("-1", 2)],
    ids=["too far", "unknown id", "no id", "a file", "negative"],
)
def test_there_is_no_such_entry(evening: Evening, what: str, exit: int) -> None:
    assert evening.desk.run("receipt", what, "--out", "tiada.tlog-proof").exit == exit
    assert not (evening.root / "tiada.tlog-proof").exists()


def test_a_receipt_is_never_overwritten(evening: Evening) -> None:
    assert evening.desk.run("receipt", "0", "--out", "terima.tlog-proof").exit == 2


@pytest.mark.parametrize("argv", [("terima.tlog-proof",), ("tiada", "--trust", "policy")], ids=["no trust file", "no file"])
def test_a_receipt_that_cannot_be_checked(evening: Evening, argv: tuple[str, ...]) -> None:
    wanted = [str(evening.office.folder / one) if one == "policy" else one for one in argv]
    ended = outside(evening).run("receipt", "check", *wanted)
    assert ended.exit == (4 if len(argv) == 1 else 2)
    assert ended.out == ""


@pytest.mark.parametrize("index", [-1, -(2**63), 2**62, 2**63 - 2])
def test_a_row_under_a_number_that_no_entry_has_is_told(evening: Evening, copy: Path, index: int) -> None:
    """Found by its id or its hash like an entry, and no entry: behind the last, or before the first."""
    intruder = Intruder(copy)
    intruder.run("PRAGMA ignore_check_constraints = ON")
    intruder.run(f"INSERT INTO entry SELECT {index}, randomblob(32), sid, kind, body FROM entry WHERE idx = 5")
    intruder.close()
    document = json.loads(verify(evening, "--json", folder=copy).out)
    assert document["integrity"] == "altered"
    assert index in [one["facts"].get("found") for one in document["faults"] if one["code"] == "kept.index"]


STRAYS = {  # what somebody put under sizes, levels and numbers that nothing has
    "a checkpoint": ("INSERT INTO checkpoint SELECT -1, note FROM checkpoint ORDER BY size LIMIT 1", "checkpoint.unsigned"),
    "a checkpoint that is none": ("INSERT INTO checkpoint VALUES (-5, x'00')", "note.control"),
    "a level above all": ("INSERT INTO tile VALUES (7, 0, zeroblob(8192))", "kept.tile"),
    "a level below all": ("INSERT INTO tile VALUES (-1, 0, zeroblob(8192))", "kept.tile"),
    "a number below all": ("INSERT INTO tile VALUES (0, -1, zeroblob(8192))", "kept.tile"),
}


@pytest.mark.parametrize("name", STRAYS)
def test_a_row_where_nothing_is_kept_is_told(evening: Evening, copy: Path, name: str) -> None:
    """VERIFY-8: nothing reads it, and nobody put it there in good faith."""
    question, code = STRAYS[name]
    intruder = Intruder(copy)
    intruder.run("PRAGMA ignore_check_constraints = ON")
    intruder.run(question)
    intruder.close()
    document = json.loads(verify(evening, "--json", folder=copy).out)
    assert (document["integrity"], [one["code"] for one in document["faults"]]) == ("altered", [code])
