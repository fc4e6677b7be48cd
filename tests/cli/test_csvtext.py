"""Tables for spreadsheets: one rule for every command that writes them."""

import pytest

from custody_cli.ground import csvtext
from tests.cli.daily_kit import HABI, LANGIR, Evening
from tests.cli.spreadsheet import sheet
from tests.cli.test_reconcile import evening

__all__ = ["evening"]

COMMANDS = [("reconcile",), ("reconcile", "--boxes"), ("findings",), ("findings", "--by-code"), ("overdue",), ("book", "gudang")]


def test_boxes_of_a_store_at_a_past_minute(evening: Evening) -> None:
    rows = sheet(evening.desk.run("reconcile", "gudang", "--at", "01.00", "--csv").out)
    assert [row["di sini"] for row in rows].count("pasti") == 5 and len(rows) == 10
    assert {row["pemegang (kunci)"] for row in rows if row["di sini"] == "pasti"} == {"keeper-1"}
    told = {(row["sejak"], row["zona waktu"], row["sejak (UTC)"]) for row in rows if row["di sini"] == "pasti"}
    assert told == {("2024-11-28 00:30", "WITA", "2024-11-27T16:30:00Z")}
    areas = sheet(evening.desk.run("reconcile", "Kangae", "--csv").out)
    assert [(row["kode"], row["seharusnya"]) for row in areas] == [(HABI, "35"), (LANGIR, "35")]
    every = sheet(evening.desk.run("reconcile", "--boxes", "--csv").out)
    assert len(every) == 70 and {row["terhitung"] for row in every} == {"dipegang", "tidak diketahui"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_into_a_file_or_to_the_screen(evening: Evening, words: tuple[str, ...]) -> None:
    shown, ended = evening.desk.run(*words, "--csv"), evening.desk.run(*words, "--csv", "Tabel malam.CSV")
    path = evening.desk.folder / "Tabel malam.CSV"
    assert path.read_bytes().decode() == shown.out and ended.exit == shown.exit
    assert f"{len(sheet(shown.out))} baris" in ended.out and "Tabel malam.CSV" in ended.out
    assert [one.name for one in path.parent.glob(".*.new")] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--csv", "lama.csv"), "lama.csv"),
        (("--csv", "gudang"), "gudang bukan nama berkas CSV"),
        (("--csv", "tak-ada/baru.csv"), "tak-ada"),
        (("--csv", "baru.csv", "--json"), "tidak keduanya"),
    ],
)
def test_nothing_is_written_over(evening: Evening, words: tuple[str, ...], more: tuple[str, ...], told: str) -> None:
    (evening.desk.folder / "lama.csv").write_text("milik orang lain")
    ended = evening.desk.run(*words, *more)
    assert ended.exit == 2 and told in ended.err and ended.out == "", ended.err
    assert (evening.desk.folder / "lama.csv").read_text() == "milik orang lain"
    assert not (evening.desk.folder / "baru.csv").exists() and not (evening.desk.folder / "gudang").exists()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+62", "'+62"),
        ("-3", "'-3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\\x09x"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=b", "a=b"),
        (-3, "-3"),
        (True, "1"),
        (None, ""),
        ("Habi", "Habi"),
    ],
)
def test_no_cell_is_a_formula(value: object, shown: str) -> None:
    assert csvtext.cell(value) == shown


def test_a_cell_is_quoted_where_it_must_be() -> None:
    assert list(csvtext.lines(["a", "b"], [["x;y", 'he "z"'], ["x,y", 1]])) == ["\ufeffa;b\r\n", '"x;y";"he ""z"""\r\n', "x,y;1\r\n"]


def test_in_a_drill_every_row_says_so() -> None:
    assert list(csvtext.lines(["a"], [["b"]], "LATIHAN")) == ["\ufeffa;LATIHAN\r\n", "b;LATIHAN\r\n"]
