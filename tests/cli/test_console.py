"""What reaches the screen: two streams, colour only where wanted, and no control character from anywhere."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody_cli.ground.bigwords import rows
from custody_cli.ground.console import TONES, Console, broken, force_utf8, paint, wants_colour
from tests.cli.harness import Terminal

ROOT = Path(__file__).parent.parent.parent


def console(terminal: bool = False, colour: bool = False) -> tuple[Console, io.StringIO, io.StringIO]:
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    return Console(out, err, colour, colour), out, err


def test_answers_and_remarks_take_different_streams() -> None:
    desk, out, err = console()
    desk.answer("jawab")
    desk.note("catatan")
    desk.warn("awas")
    assert (out.getvalue(), err.getvalue()) == ("jawab\n", "catatan\nawas\n")


@pytest.mark.parametrize("terminal", [False, True])
def test_sentences_of_an_answer_break_between_words_on_a_terminal(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    desk, out, _ = console(terminal)
    said = "  temuan (1): Segel tutup berubah [seal.changed]"
    desk.sentence(said)
    assert out.getvalue() == ("  temuan (1): Segel tutup\n  berubah [seal.changed]\n" if terminal else said + "\n")


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "colour"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("never", True, {}, False),
        ("always", False, {}, True),
        ("always", True, {"NO_COLOR": "1"}, True),
    ],
)
def test_wants_colour(choice: str, terminal: bool, environ: dict[str, str], colour: bool) -> None:
    assert wants_colour(choice, Terminal() if terminal else io.StringIO(), environ, "linux") is colour


@pytest.mark.parametrize(("environ", "colour"), [({}, False), ({"WT_SESSION": "1"}, True), ({"WT_SESSION": "1", "NO_COLOR": "1"}, False)])
def test_colour_on_windows_waits_for_a_terminal_that_names_itself(environ: dict[str, str], colour: bool) -> None:
    assert wants_colour("auto", Terminal(), environ, "win32") is colour


@pytest.mark.parametrize("tone", sorted(TONES))
def test_a_tone_is_shown_with_colour_and_taken_out_without(tone: str) -> None:
    for colour, shown in ((True, paint("a", tone) + "\n"), (False, "a\n")):
        desk, out, _ = console(colour=colour)
        desk.answer(paint("a", tone))
        assert out.getvalue() == shown


@pytest.mark.parametrize("harm", ["\x1b[2J", "\x1b]0;t\x07", "\x1b[8m", "\x1b[31m", "\x9b2J", "\r", "\b", "\u202e", "\x1b[1;32", "\x07"])
@pytest.mark.parametrize("colour", [True, False])
def test_what_a_command_forgot_to_clean_is_harmless(harm: str, colour: bool) -> None:
    desk, out, err = console(colour=colour)
    desk.answer(f"Desa {harm}Habi\nbaris dua")
    desk.note(harm)
    desk.table(["nama"], [[harm]])
    shown = out.getvalue() + err.getvalue()
    assert "\x1b" not in shown and "\x07" not in shown and "\r" not in shown and "\u202e" not in shown and "\x9b" not in shown
    assert shown.count("\\x") + shown.count("\\u") >= 3


def test_a_document_is_plain_ascii() -> None:
    desk, out, _ = console()
    desk.document({"schema": "custody.x/1", "name": "T\u2019Eba \u202e\x9b"})
    assert out.getvalue().isascii() and json.loads(out.getvalue())["name"] == "T\u2019Eba \u202e\x9b"


def test_a_table_is_aligned_without_a_terminal_and_drawn_with_one() -> None:
    desk, out, _ = console()
    desk.table(["desa", "kotak"], [["Habi", "30"], ["Langir", "5"]], right=[1])
    assert out.getvalue() == "desa    kotak\nHabi       30\nLangir      5\n"
    desk, out, _ = console(terminal=True)
    desk.table(["desa", "kotak"], [["[bold]Habi[/bold]", "30"]], right=[1])
    assert "[bold]Habi[/bold]" in out.getvalue() and "───" in out.getvalue() and "\x1b" not in out.getvalue()


def test_progress_and_bell_are_silent_without_a_terminal() -> None:
    desk, out, err = console()
    with desk.progress("Memeriksa", 3) as advance:
        advance(3)
    desk.bell()
    assert out.getvalue() + err.getvalue() == ""


def test_progress_and_bell_on_a_terminal() -> None:
    desk, out, err = console(terminal=True)
    with desk.progress("Memeriksa [x]", 3) as advance:
        advance(3)
    desk.bell(2)
    assert "Memeriksa [x]" in err.getvalue() and "3/3" in err.getvalue() and "\a\a" in err.getvalue()
    assert out.getvalue() == ""


def test_a_stream_whose_encoding_was_asked_for_keeps_it_and_never_fails() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    force_utf8(stream, keep=True)
    stream.write("· ✓")
    assert raw.getvalue() == b"? ?"


def test_a_stream_that_cannot_write_a_letter() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", write_through=True)
    Console(stream, stream).answer("≥ 3 — baik ✓")
    assert raw.getvalue() == "? 3 — baik ?\n".encode("cp1252").replace(b"\n", os.linesep.encode())


@pytest.mark.parametrize(
    ("environ", "encoding"), [({}, "utf-8"), ({"PYTHONIOENCODING": "cp1252"}, "cp1252"), ({"PYTHONUTF8": "0", "LC_ALL": "C"}, "utf-8")]
)
def test_a_whole_run_on_a_stream_of_another_encoding(environ: dict[str, str], encoding: str) -> None:
    around = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}", **environ}
    ended = subprocess.run([sys.executable, "-m", "custody_cli", "help", "3"], capture_output=True, env=around, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.decode(encoding).startswith("3 · Ada yang diubah")


def test_big_words_on_a_terminal_and_plain_elsewhere() -> None:
    desk, _, err = console()
    desk.big("TPS 003")
    assert err.getvalue() == "TPS 003\n"
    desk, _, err = console(terminal=True, colour=True)
    desk.big("TPS 003", "red")
    assert "█" in err.getvalue() and "\x1b[97;41m" in err.getvalue()


@pytest.mark.parametrize(
    ("name", "text", "columns", "height"),
    [
        ("one line, two columns a dot", "TPS 003", 80, 5),
        ("one line, one column a dot", "TPS 003 DPRD KAB", 80, 5),
        ("two lines", "KOTA UNENEG", 30, 11),
        ("a word too wide is written plainly", "Watugong-Watugong-Watugong", 40, 1),
        ("nothing", "", 80, 0),
        ("letters that have no block", "Désa ✓", 80, 5),
    ],
)
def test_rows(name: str, text: str, columns: int, height: int) -> None:
    drawn = rows(text, columns)
    assert len(drawn) == height, name
    assert len({len(row) for row in drawn}) <= 1
    if height > 1:
        assert max(map(len, drawn)) <= columns - 2


@given(st.text(st.sampled_from("ABMWQ0189-./ é✓"), max_size=30), st.integers(8, 120))
def test_rows_never_leave_the_screen_100(text: str, columns: int) -> None:
    drawn = rows(text, columns)
    assert drawn == [text] or all(len(row) <= columns - 2 for row in drawn)


def test_rows_use_the_last_column_that_is_free() -> None:
    assert len(rows("AA", 16)[0]) == 14
    assert len(rows("AA", 15)[0]) == 7


@pytest.mark.skipif(os.name == "nt", reason="closes a stream the way a POSIX shell does")
@pytest.mark.parametrize(
    ("closed", "words", "code"), [(">&-", "help 3", 0), ("2>&-", "nothing", 2), ("<&-", "help 3", 0), (">&- 2>&- <&-", "nothing", 2)]
)
def test_a_closed_stream_changes_no_exit_code(closed: str, words: str, code: int, tmp_path: Path) -> None:
    around = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}"}
    line = f'exec "$0" -m custody_cli {words} {closed}'
    ended = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, env=around, cwd=tmp_path, check=False)
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("satu dua tiga", ["satu dua tiga"]),
        ("satu dua tiga empat lima", ["satu dua tiga empat", "lima"]),
        ("  ! satu dua tiga empat lima", ["  ! satu dua tiga", "  empat lima"]),
        (paint("satu dua tiga empat lima", "bad"), ["\x1b[1;31msatu dua tiga empat", "lima\x1b[0m"]),
        ("x" * 25, ["x" * 25]),
    ],
)
def test_lines_break_between_words(text: str, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert broken(text).split("\n") == shown


def test_a_wide_table_keeps_its_words_at_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of areas break between words, however many figures stand beside them."""
    monkeypatch.setenv("COLUMNS", "80")
    out = Terminal()
    heads = ["wilayah", "kotak", "TPS", "PPS", "PPK", "gudang", "jalan", "tak tahu", "telat", "masalah"]
    rows = [["Kecamatan Contoh 1.17 (terpencil)", *["120"] * 9]]
    Console(out, Terminal()).table(heads, rows, right=range(1, 10))
    shown = out.getvalue()
    assert "Kecamatan" in shown and "(terpencil)" in shown and all(len(line) <= 80 for line in shown.splitlines())
