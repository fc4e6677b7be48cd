"""Hostile sheets, each with its name: what they are refused for, and where the message points."""

import tracemalloc
from typing import BinaryIO, cast

import pytest

from custody.i18n import words
from custody.intake.faults import Fault, Faults, ImportRefused
from custody.intake.sheettext import LIMITS, Limits
from custody.intake.table import Column, Table, read_table

COLUMNS = (
    Column("kode", ("kode_desa",)),
    Column("nama", ("desa", "desa_kelurahan")),
    Column("jumlah_tps", ("tps", "jml_tps"), number=True),
    Column("kecamatan", needed=False),
)
HEAD = b"kode,nama,jumlah_tps\n"
BODY = b"53.07.19.2008,Habi,7\n"


def read(data: bytes | BinaryIO, limits: Limits = LIMITS) -> tuple[Table, list[Fault]]:
    faults = Faults("daftar.csv", limits.faults)
    table = read_table(data, COLUMNS, faults, limits)
    faults.close()
    return table, faults.warned


def refused(data: bytes | BinaryIO, limits: Limits = LIMITS) -> tuple[Fault, ...]:
    with pytest.raises(ImportRefused) as caught:
        read(data, limits)
    return caught.value.faults


def rows(data: bytes) -> list[tuple[int, str, str, str]]:
    return [(row.line, row["kode"], row["nama"], row["jumlah_tps"]) for row in read(data)[0].rows]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("plain", HEAD + BODY, [(2, "53.07.19.2008", "Habi", "7")]),
        ("no line end at the end", HEAD + BODY[:-1], [(2, "53.07.19.2008", "Habi", "7")]),
        ("UTF-8 mark", b"\xef\xbb\xbf" + HEAD + BODY, [(2, "53.07.19.2008", "Habi", "7")]),
        ("CR LF", (HEAD + BODY).replace(b"\n", b"\r\n"), [(2, "53.07.19.2008", "Habi", "7")]),
        ("CR alone", (HEAD + BODY).replace(b"\n", b"\r"), [(2, "53.07.19.2008", "Habi", "7")]),
        ("semicolons", (HEAD + BODY).replace(b",", b";"), [(2, "53.07.19.2008", "Habi", "7")]),
        ("tabs", (HEAD + BODY).replace(b",", b"\t"), [(2, "53.07.19.2008", "Habi", "7")]),
        ("bars", (HEAD + BODY).replace(b",", b"|"), [(2, "53.07.19.2008", "Habi", "7")]),
        ("separator told", b"sep=;\r\nkode;nama;jumlah_tps\r\n1;a,b;2\r\n", [(3, "1", "a,b", "2")]),
        ("Windows-1252", HEAD + b"1,T\x92Eba,2\n", [(2, "1", "T’Eba", "2")]),
        ("UTF-16 little end first", "kode\tnama\tjumlah_tps\r\n1\tHabi\t2\r\n".encode("utf-16"), [(2, "1", "Habi", "2")]),
        ("UTF-16 big end first", b"\xfe\xff" + "kode,nama,tps\n1,Habi,2\n".encode("utf-16-be"), [(2, "1", "Habi", "2")]),
        ("empty rows skipped", HEAD + b"\n,,\n" + BODY + b"\r\n\n", [(4, "53.07.19.2008", "Habi", "7")]),
        ("separators at the ends", b"kode,nama,jumlah_tps,,\n1,a,2,,\n2,b,3\n", [(2, "1", "a", "2"), (3, "2", "b", "3")]),
        ("header over two lines", b'kode,nama,"Jumlah\nTPS"\n1,a,2\n', [(3, "1", "a", "2")]),
        ("header in other words", b"KODE DESA;Desa/Kelurahan;Jml. TPS\n1;a;2\n", [(2, "1", "a", "2")]),
        ("title above", b"DAFTAR TPS\n\nkode,nama,tps\n1,a,2\n", [(4, "1", "a", "2")]),
        ("spaces of all kinds", HEAD + " 1 , Tana\u00a0 Duen ,\u00a02\n".encode(), [(2, "1", "Tana Duen", "2")]),
        ("letters in parts are joined", HEAD + "1,Cafe\u0301,2\n".encode(), [(2, "1", "Café", "2")]),
        ("quoted separators and quotes", HEAD + b'1,"a, ""b""",2\n', [(2, "1", 'a, "b"', "2")]),
        ("a line break at the end of a cell", HEAD + b'1,"Habi\n",2\n', [(2, "1", "Habi", "2")]),
        ("a minus in a number is no formula", HEAD + b"1,a,-3\n", [(2, "1", "a", "-3")]),
    ],
)
def test_read(name: str, data: bytes, expected: list[tuple[int, str, str, str]]) -> None:
    assert rows(data) == expected, name


@pytest.mark.parametrize(
    ("name", "data", "code", "line", "column"),
    [
        ("nothing", b"", "import.file.empty", 0, None),
        ("only spaces", b" \r\n\n", "import.file.empty", 0, None),
        ("Excel", b"PK\x03\x04abc", "import.file.kind", 0, None),
        ("old Excel", b"\xd0\xcf\x11\xe0abc", "import.file.kind", 0, None),
        ("PDF", b"%PDF-1.7", "import.file.kind", 0, None),
        ("web page", b"<!doctype html><table>", "import.file.kind", 0, None),
        ("UTF-16 without mark", "kode,nama,tps\n1,a,2\n".encode("utf-16-le"), "import.file.utf16", 1, None),
        ("UTF-32", "kode,nama".encode("utf-32"), "import.file.encoding", 1, None),
        ("UTF-8 mark, then not UTF-8", b"\xef\xbb\xbf" + HEAD + b"1,\xff,2\n", "import.file.encoding", 2, None),
        ("two encodings", HEAD + "1,é,2\n".encode() + b"2,\xe9,3\n", "import.file.mixed", 3, None),
        ("two encodings, quotes of a word processor", HEAD + "1,T’Eba,2\n".encode() + b"2,\x92,3\n", "import.file.mixed", 3, None),
        ("bytes that Windows-1252 has not", HEAD + b"1,\x81,2\n", "import.file.encoding", 2, None),
        ("no header", b"1,a,2\n", "import.header", 1, None),
        ("words only", b"\nhello world\n", "import.header", 2, None),
        ("two separators fit", b"kode,nama,x;kode;nama\n", "import.separator", 1, None),
        ("a column missing", b"kode,nama\n1,a\n", "import.column.missing", 1, "jumlah_tps"),
        ("a column misspelt", b"kode,nama,jumlah_tsp\n1,a,2\n", "import.column.near", 1, "C (jumlah_tsp)"),
        ("a column unknown", b"kode,nama,jumlah_tps,suara sah\n1,a,2,3\n", "import.column.unknown", 1, "D (suara sah)"),
        ("a column twice", b"kode,nama,tps,jml_tps\n1,a,2,2\n", "import.column.twice", 1, "D (jml_tps)"),
        ("a control character in the header", b"kode,na\x07ma,jumlah_tps\n", "import.control", 1, "B (na\\x07ma)"),
        ("a row too short", HEAD + BODY + b"1,a\n", "import.ragged", 3, None),
        ("a row too long", HEAD + b"1,a,2,3\n", "import.ragged", 2, None),
        ("a quote not closed", HEAD + b'1,"a,2\n' + BODY * 40, "import.quote", 2, None),
        ("a quote not closed at the end", HEAD + b'1,"a,2\n', "import.quote", 2, None),
        ("a quote closed after thirty lines", HEAD + b'1,"a' + b"\n" * 30 + b'",2\n', "import.quote", 2, None),
        ("a quote closed after two long lines", HEAD + b'1,"' + b"a" * 40_000 + b"\n" + b"a" * 40_000 + b'",2\n', "import.quote", 2, None),
        ("a quote within", HEAD + b'1,"a"b,2\n', "import.quote", 2, None),
        ("formula =", HEAD + b'1,"=HYPERLINK(""http://x"")",2\n', "import.formula", 2, "B (nama)"),
        ("formula @", HEAD + b"1,@SUM(A1),2\n", "import.formula", 2, "B (nama)"),
        ("formula +", HEAD + b"1,+1+cmd|' /C calc'!A0,2\n", "import.formula", 2, "B (nama)"),
        ("formula - in text", HEAD + b"1,-1,2\n", "import.formula", 2, "B (nama)"),
        ("formula behind a space", HEAD + b"1,  =1,2\n", "import.formula", 2, "B (nama)"),
        ("formula behind a tab", HEAD + b"1,\t=1,2\n", "import.formula", 2, "B (nama)"),
        ("formula in wide letters", HEAD + "1,＝1,2\n".encode(), "import.formula", 2, "B (nama)"),
        ("formula in a number", HEAD + b"1,a,=1+1\n", "import.formula", 2, "C (jumlah_tps)"),
        ("minus formula in a number", HEAD + b"1,a,-1-cmd\n", "import.formula", 2, "C (jumlah_tps)"),
        ("formula in a column that is not used", b"kode,nama,tps,ket\n1,a,2,=1\n", "import.formula", 2, "D (ket)"),
        ("NUL", HEAD + b"1,Ha\0bi,2\n", "import.control", 2, "B (nama)"),
        ("terminal escape", HEAD + b"1,\x1b[2JHabi,2\n", "import.control", 2, "B (nama)"),
        ("C1 control", HEAD + "1,a\u009bb,2\n".encode(), "import.control", 2, "B (nama)"),
        ("bidi override", HEAD + "1,a\u202eb,2\n".encode(), "import.bidi", 2, "B (nama)"),
        ("no width", HEAD + "1,a\u200bb,2\n".encode(), "import.invisible", 2, "B (nama)"),
        ("mark within", HEAD + "1,a\ufeffb,2\n".encode(), "import.invisible", 2, "B (nama)"),
        ("damaged earlier", HEAD + "1,a\ufffdb,2\n".encode(), "import.damaged", 2, "B (nama)"),
        ("line break within", HEAD + b'1,"Teka\nIku",2\n', "import.newline", 2, "B (nama)"),
        ("long cell", HEAD + b"1," + b"a" * 501 + b",2\n", "import.long", 2, "B (nama)"),
        ("long line", HEAD + b"1," + b"a" * 70_000 + b",2\n", "import.line.long", 2, None),
        ("long line behind CR LF", b"kode,nama,tps\r\n1,a,2\r\n1," + b"a" * 200_000, "import.line.long", 3, None),
        ("many columns", b"kode,nama,tps" + b",no" * 200 + b"\n", "import.columns", 1, None),
    ],
)
def test_refused(name: str, data: bytes, code: str, line: int, column: str | None) -> None:
    found = refused(data)
    assert (found[0].code, found[0].facts["line"], found[0].facts.get("column")) == (code, line, column), (name, found)
    assert found[0].facts["file"] == "daftar.csv"
    assert len(found) == 1, (name, found)
    for lang in ("id", "en"):
        said = words.say(code, found[0].facts, lang)
        assert "{" not in said and said.isprintable(), said
        assert "daftar.csv" in said and (not line or f" {line}" in said) and (not column or column in said), said
        assert words.next_step(code, found[0].facts, lang), f"{code} names no remedy"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("Windows-1252 is said", HEAD + b"1,T\x92Eba,2\n", "import.windows"),
        ("a title is said", b"DAFTAR\nkode,nama,tps\n1,a,2\n", "import.title"),
        ("a column left aside is said", b"no,kode,nama,tps\n1,1,a,2\n", "import.column.unused"),
    ],
)
def test_warned(name: str, data: bytes, code: str) -> None:
    assert [warning.code for warning in read(data)[1]] == [code], name


def test_faults_are_gathered_up_to_twenty_and_sorted_by_line() -> None:
    found = refused(HEAD + b"1,=x,2\n" * 3 + BODY + b"1,a\n" + b"1,\x07,2\n")
    assert [(fault.code, fault.facts["line"]) for fault in found] == [
        ("import.formula", 2),
        ("import.formula", 3),
        ("import.formula", 4),
        ("import.ragged", 6),
        ("import.control", 7),
    ]
    with pytest.raises(ImportRefused) as caught:
        read(HEAD + b"1,=x,2\n" * 1000)
    assert len(caught.value.faults) == 20
    assert caught.value.full


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (HEAD + b"1,=x,2\n" * 2, "import.refused", "2 kesalahan, yang pertama pada baris 2, kolom B (nama)"),
        (HEAD + b"1,a\n", "import.refused.line", "1 kesalahan, yang pertama pada baris 2."),
        (b"", "import.refused.file", "tidak dapat dipakai."),
    ],
)
def test_the_refusal_says_where_it_begins(data: bytes, code: str, said: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        read(data)
    assert caught.value.code == code
    assert words.say(code, caught.value.facts).startswith(f"Berkas daftar.csv: {said}")
    assert words.next_step(code, caught.value.facts)


def test_the_name_of_the_file_is_made_harmless() -> None:
    faults = Faults("a\x1b[2J\u202e.csv")
    with pytest.raises(ImportRefused) as caught:
        read_table(b"", COLUMNS, faults)
    assert caught.value.facts["file"] == "a\\x1b[2J\\u202e.csv"


def test_a_header_is_known_by_one_column_too() -> None:
    found = refused(b"\nkode;nma;jumlah_tsp\n1;a;2\n")
    assert [(fault.code, fault.facts["line"], fault.facts.get("near")) for fault in found] == [
        ("import.column.near", 2, "nama"),
        ("import.column.near", 2, "jumlah_tps"),
    ]


class Endless:
    """A stream that makes up its bytes as it is read, and counts how much was asked of it."""

    def __init__(self, start: bytes, again: bytes, size: int) -> None:
        self.start, self.again, self.left, self.given = start, again, size, 0

    def read(self, count: int) -> bytes:
        take = min(count, self.left)
        piece = self.start[:take] + self.again * ((take - len(self.start[:take])) // len(self.again) + 1)
        piece, self.start = piece[:take], self.start[take:]
        self.left -= take
        self.given += take
        return piece


@pytest.mark.parametrize(
    ("name", "start", "again", "code", "most_read", "most_memory"),
    [
        ("a line of 100 MB", HEAD + b"1,", b"a", "import.line.long", 200_000, 1_000_000),
        ("a quoted cell of 100 MB", HEAD + b'1,"', b"a", "import.line.long", 200_000, 1_000_000),
        ("a header of 100 MB", b"", b"kode,", "import.line.long", 200_000, 1_000_000),
        ("100 MB of rows", HEAD, BODY, "import.file.size", 17_000_000, 40_000_000),
    ],
)
def test_100_mb_are_given_up_early_in_flat_memory(
    name: str, start: bytes, again: bytes, code: str, most_read: int, most_memory: int
) -> None:
    stream = Endless(start, again, 100_000_000)
    tracemalloc.start()
    try:
        found = refused(cast(BinaryIO, stream))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[0].code == code, name
    assert stream.given <= most_read
    assert peak < most_memory


@pytest.mark.parametrize(
    ("name", "data", "limits", "code"),
    [
        ("empty lines without end", HEAD + b"\n" * 2_000, Limits(lines=1_000), "import.file.lines"),
        ("a quote that swallows lines", HEAD + b'1,"' + b"\n" * 2_000, LIMITS, "import.quote"),
        ("one byte too many", HEAD + BODY, Limits(file=len(HEAD + BODY) - 1), "import.file.size"),
    ],
)
def test_limits(name: str, data: bytes, limits: Limits, code: str) -> None:
    assert refused(data, limits)[0].code == code, name


def test_the_size_at_the_limit_is_read() -> None:
    assert len(read(HEAD + BODY, Limits(file=len(HEAD + BODY)))[0].rows) == 1
