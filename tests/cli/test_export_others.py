"""`custody export --epcis --nist --csv --jsonl`: the ledger for systems of others (docs/spec/28-epcis-nist.md)."""

import json
from pathlib import Path

import pytest

from custody.durable import write_stream
from custody_cli.outside.others import Others
from tests.cli.daily_kit import HABI, Evening
from tests.cli.spreadsheet import sheet

ALL = ("--epcis", "e.json", "--nist", "n.json", "--csv", "tabel", "--jsonl", "l.jsonl")
FILES = {"e.json", "n.json", "n-keterangan.json", "l.jsonl"}
TABLES = {"keterangan.csv", "kotak.csv", "rantai.csv", "entri.csv", "baris.csv", "temuan.csv"}


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    made = Evening(tmp_path_factory.mktemp("evening"), desa=(HABI,))
    made.labels()
    made.seal()
    made.hand()
    return made


def args(where: Path) -> list[str]:
    return [one if one.startswith("--") else str(where / one) for one in ALL]


def test_all_at_once(evening: Evening, tmp_path: Path) -> None:
    ended = evening.desk.run("export", str(tmp_path / "ekspor"), *args(tmp_path))
    assert ended.exit == 0, ended.err
    assert "bukan bukti" in ended.out
    assert {one.name for one in tmp_path.iterdir()} == FILES | {"tabel", "ekspor"}
    assert {one.name for one in (tmp_path / "tabel").iterdir()} == TABLES
    for name in ("e.json", "n.json", "n-keterangan.json"):
        json.loads((tmp_path / name).read_bytes())
    lines = [json.loads(line) for line in (tmp_path / "l.jsonl").read_bytes().splitlines()]
    assert [lines[0]["row"], lines[0]["drill"]] == ["about", False]


def test_the_tables_open_in_a_spreadsheet(evening: Evening, tmp_path: Path) -> None:
    assert evening.desk.run("export", "--csv", str(tmp_path / "tabel")).exit == 0
    found = {name: sheet((tmp_path / "tabel" / name).read_bytes().decode()) for name in TABLES}
    (box,) = (row for row in found["kotak.csv"] if row["kotak"].endswith("001-DPR-1"))
    assert (box["keadaan"], box["tempat (kode)"], box["sejak"][:10]) == ("ok", HABI, "2024-11-27")
    chain = [row for row in found["rantai.csv"] if row["kotak"] == box["kotak"]]
    assert [row["tempat (kode)"] for row in chain] == ["5307192008-001", HABI]
    english = evening.desk.run("export", "--csv", str(tmp_path / "table"), "--lang", "en")
    assert english.exit == 0
    assert "holder (key)" in (tmp_path / "table" / "kotak.csv").read_text("utf-8")


REFUSED = {
    "nothing asked for": ((), "Sebut ke mana"),
    "a proof without a folder": (("--entries", "1", "--jsonl", "l.jsonl"), "perlu FOLDER"),
    "one file for two": (("--jsonl", "a.json", "--epcis", "a.json"), "satu berkas"),
    "the page of the log is the other file": (("--nist", "a.json", "--epcis", "a-keterangan.json"), "satu berkas"),
    "a file that is there": (("--epcis", "lama.json"), "lama.json"),
    "a table that is there": (("--csv", "lama"), "kotak.csv"),
    "no such folder": (("--csv", "tidak/ada"), "tidak"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_anything_is_written(name: str, evening: Evening, tmp_path: Path) -> None:
    (tmp_path / "lama.json").write_bytes(b"lama")
    (tmp_path / "lama").mkdir()
    (tmp_path / "lama" / "kotak.csv").write_bytes(b"lama")
    given, words = REFUSED[name]
    typed = [one if one.startswith("--") or one == "1" else str(tmp_path / one) for one in given]
    ended = evening.desk.run("export", *typed)
    assert ended.exit == 2
    assert words in ended.err
    assert {one.name for one in tmp_path.iterdir()} == {"lama", "lama.json"}
    assert (tmp_path / "lama.json").read_bytes() == b"lama"


def test_a_drill_says_so_in_every_row(tmp_path: Path) -> None:
    made = Evening(tmp_path, desa=(HABI,), changes={"drill": True})
    assert made.desk.run("export", *args(tmp_path)).exit == 0
    assert json.loads((tmp_path / "e.json").read_bytes())["custody:drill"] is True
    for name in TABLES:
        heads, *rows = (tmp_path / "tabel" / name).read_text("utf-8").splitlines()
        assert all(row.endswith(";LATIHAN") for row in (heads, *rows)), name


def test_no_half_a_file(tmp_path: Path) -> None:
    """What breaks off half way leaves nothing, and never the name of a whole file."""

    def broken() -> "list[bytes]":
        raise ValueError("putus")

    path = tmp_path / "a.json"
    with pytest.raises(ValueError, match="putus"):
        write_stream(path, (piece for make in (lambda: [b"awal"], broken) for piece in make()))
    assert not list(tmp_path.iterdir())
    assert write_stream(path, [b"a", b"b"]) == 2
    with pytest.raises(FileExistsError, match=r"a\.json"):
        write_stream(path, [b"c"])
    assert (path.read_bytes(), len(list(tmp_path.iterdir()))) == (b"ab", 1)


def test_nothing_asked() -> None:
    assert not Others().asked
    assert Others(tables=Path("t")).asked
