"""The story of a box that had everything: opened, looked at, an incident, a ruling, closed; told by trace and by a report that checks."""

import json
from pathlib import Path

import pytest

from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.test_rule import disputed
from tests.paper import rendering

DPR = f"PEM24-{TPS}-DPR-1"


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    made = Evening(tmp_path_factory.mktemp("story"), desa=(HABI,))
    _, second = disputed(made)
    word = ("--passphrase-file", made.word(), "--yes")
    guard, keeper = ("--key", made.key("guard-1")), ("--officer", made.key("keeper-1"), "--present", made.key("guard-1"))
    opened = ("--why", "court-order", "--order", "PHPU/9", "--guest", "saksi/bawaslu Saksi Contoh", "--invited", "saksi/bawaslu")
    told = ("--taken", "c hasil 2", "--returned", "c hasil 1", "--left-open", "--place", "Gudang KPU Sikka", "--reason", "order")
    both = ("--key", made.key("kpu-1"), "--key", made.key("polri-1"))
    for argv in (
        ("rule", "TPS 1 Habi DPR", "--stands", second, "--key", made.key("kasatops-1"), *word),
        ("incident", "TPS 1 Habi", "--code", "wet", "--place", "Gudang KPU Sikka", "--owner", "kasatops-1", *guard, *word),
        ("open", "TPS 1 Habi DPR", *opened, *told, *keeper, *word),
    ):
        ended = made.desk.run(*argv)
        assert ended.exit in (0, 1), ended.err
    ended = made.desk.run("incident", "--settles", _open(made), "--note", "kering lagi", *guard, *word)
    assert ended.exit == 0, ended.err
    close = ("--end", "disposed", "--permit", "ANRI/7", "--seals-unseen", "--reason", "order")
    ended = made.desk.run("close", "TPS 1 Habi DPR", *close, *both, *word)
    assert ended.exit in (0, 1), ended.err
    return made


def _open(evening: Evening) -> str:
    """The entry of the one incident that is open."""
    (row,) = json.loads(evening.desk.run("incident", "--open", "--json").out)["open"]
    return str(row["entry"])


TRACED = (
    "Dibuka di Gudang KPU Sikka oleh keeper-1; dasar: perintah MK, nomor PHPU/9.",
    "Hadir: Petugas jaga guard-1, Saksi (BAWASLU) Saksi Contoh · diundang: Saksi (BAWASLU)",
    "Diambil: c hasil 2 · dikembalikan: c hasil 1",
    "Dibiarkan terbuka.",
    "segel: tidak ada, dibiarkan terbuka",
    "Kejadian di Gudang KPU Sikka: kotak basah. Ditangani kasatops-1.",
    "Diselesaikan pada entri",
    "Putusan: berlaku entri",
    "Ditutup di Gudang KPU Sikka: dilelang, izin ANRI/7.",
)


def test_trace_tells_each_in_words(evening: Evening) -> None:
    told = " ".join(evening.desk.run("trace", "TPS 1 Habi DPR").out.split())
    for sentence in TRACED:
        assert sentence in told, sentence


def test_trace_in_english(evening: Evening) -> None:
    told = evening.desk.run("trace", "TPS 1 Habi DPR", "--lang", "en").out
    for sentence in ("Opened at", "order of the Constitutional Court", "Ruling: entry", "auctioned, permit ANRI/7"):
        assert sentence in told, sentence


REPORTED = (
    "dasar: perintah MK",
    "PHPU/9",
    "diambil: 2 c hasil",
    "dibiarkan terbuka",
    "Saksi BAWASLU Saksi Contoh",
    "kotak basah",
    "diselesaikan pada entri",
    "berlaku: entri",
    "dilelang, izin ANRI/7",
)


def test_a_report_tells_them_and_checks(evening: Evening, tmp_path: Path) -> None:
    file = tmp_path / "kotak.pdf"
    argv = ("report", DPR, "--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--out", str(file))
    assert evening.desk.run(*argv).exit == 0
    told = " ".join(rendering.text(file.read_bytes()).split())
    for sentence in REPORTED:
        assert sentence in told, sentence
    ended = evening.desk.run("check", str(file), "--trust", str(evening.office.folder / "policy"))
    assert ended.exit in (0, 1), ended.out + ended.err


def test_an_open_incident_stands_in_the_report(tmp_path: Path) -> None:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    word = ("--passphrase-file", made.word(), "--yes")
    report = ("--code", "wet", "--place", TPS, "--key", made.key("guard-1"))
    assert made.desk.run("incident", "TPS 1 Habi", *report, *word).exit == 0
    ended = made.desk.run("report", DPR, "--key", made.key("kasatops-1"), "--passphrase-file", made.word(), "--out", "k.pdf")
    assert ended.exit == 0, ended.err
    told = " ".join(rendering.text((tmp_path / "k.pdf").read_bytes()).split())
    assert "TERBUKA" in told and "Kejadian belum selesai: kotak basah di TPS 001 Habi" in told, told[:3000]


def test_a_receipt_says_what_was_recorded(evening: Evening, tmp_path: Path) -> None:
    told = json.loads(evening.desk.run("trace", "TPS 1 Habi DPR", "--json").out)["events"]
    wanted = {"incident": "kotak basah", "opening": "dasar: perintah MK, nomor PHPU/9", "closing": "dilelang, izin ANRI/7"}
    for event in told:
        if event["kind"] in wanted:
            file = str(tmp_path / f"{event['entry']}.tlog-proof")
            assert evening.desk.run("receipt", str(event["entry"]), "--out", file).exit == 0
            shown = evening.desk.run("receipt", "check", file, "--trust", str(evening.office.folder / "policy")).out
            assert wanted.pop(event["kind"]) in shown, shown
    assert wanted == {}
