"""A sheet: the same bytes everywhere, its fonts inside it, its title told, its text copied out as it was written."""

import os
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from custody.paper.canvas import typeface
from custody.paper.canvas.sheet import A4, Sheet
from tests.paper.rendering import text

ROOT = Path(__file__).resolve().parents[2]
# Draws labels on every stock and a drill; prints one hash. Run in other processes, under other circumstances.
DRAW = """
from hashlib import sha256
from custody.paper.label.labels import sheets
from custody.paper.label.stocks import STOCKS
from tests.paper.samples import labels
hashes = [sha256(data).hexdigest() for stock in STOCKS.values() for data in sheets(labels(26), stock, "Label", "id")]
print(sha256(" ".join(hashes).encode()).hexdigest())
"""
CIRCUMSTANCES: dict[str, dict[str, str]] = {
    "nothing special": {},
    "another hash seed": {"PYTHONHASHSEED": "1"},
    "a random hash seed": {"PYTHONHASHSEED": "random"},
    "another time zone": {"TZ": "Asia/Jayapura"},
    "another language": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "a source date": {"SOURCE_DATE_EPOCH": "1700000000"},
    "ASCII85": {"RL_useA85": "1", "RL_wrapA85": "1"},
    "compressed pages": {"RL_pageCompression": "1"},
    "unreadable fonts": {"RL_ttfAsciiReadable": "0"},
    "no invariance": {"RL_invariant": "0"},
    "optimised": {"PYTHONOPTIMIZE": "1"},
}


def _drawn(folder: Path, settings: dict[str, str]) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environment = {**kept, "HOME": str(folder), "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONHASHSEED": "0", **settings}
    said = subprocess.run([sys.executable, "-c", DRAW], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return said.stdout.strip()


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _drawn(tmp_path_factory.mktemp("usual"), {})


@pytest.mark.parametrize("settings", CIRCUMSTANCES.values(), ids=CIRCUMSTANCES)
def test_labels_are_the_same_bytes_with(settings: dict[str, str], usual: str, tmp_path: Path) -> None:
    assert len(usual) == 64
    assert _drawn(tmp_path, settings) == usual


def test_labels_are_the_same_bytes_beside_a_settings_file_of_reportlab(usual: str, tmp_path: Path) -> None:
    (tmp_path / "reportlab_settings.py").write_text("useA85 = 1\npageCompression = 1\ninvariant = 0\nttfAsciiReadable = 0\n")
    assert _drawn(tmp_path, {}) == usual


def _sheet(lang: str = "id", *lines: str) -> bytes:
    sheet = Sheet(A4, "Judul", "Perihal", lang)
    for number, line in enumerate(lines):
        sheet.text(20, 250 - 10 * number, line)
    sheet.next_page()
    return sheet.finish()


def test_a_second_document_in_one_process_is_the_same() -> None:
    assert sha256(_sheet("id", "Habi → Kangae")).digest() == sha256(_sheet("id", "Habi → Kangae")).digest()


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    _sheet("id", "Habi")
    assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"


LINES = ("Desa (lama) \\ baru", "T’Eba “Timur” – dan…", "→ ✓ ✗ ● ■", "Naïve Ĝé")


def test_text_can_be_copied_out_as_it_was_written() -> None:
    read = text(_sheet("id", *LINES))
    assert [line for line in LINES if line not in read] == []


@pytest.mark.parametrize(("lang", "told"), [("id", "id-ID"), ("en", "en-GB")])
def test_title_subject_language_and_makers_are_told(lang: str, told: str) -> None:
    with pikepdf.open(BytesIO(_sheet(lang, "Habi"))) as document:
        info = document.docinfo
        assert (str(info.Title), str(info.Subject), str(document.Root.Lang)) == ("Judul", "Perihal", told)
        assert "reportlab" in str(info.Producer) and str(info.Creator) == str(info.Author) == "custody"


def test_all_fonts_are_embedded_and_nothing_is_packed() -> None:
    sheet = Sheet(A4, "Judul", "Perihal", "id")
    for number, name in enumerate(typeface.HASHES):
        sheet.text(20, 250 - 10 * number, "Habi", name)
    sheet.next_page()
    with pikepdf.open(BytesIO(sheet.finish())) as document:
        fonts = [value for value in document.objects if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Font"]
        assert len(fonts) == len(typeface.HASHES)
        assert [str(font.BaseFont) for font in fonts if "/FontFile2" not in font.get("/FontDescriptor", {})] == []
        assert [value for value in document.objects if isinstance(value, pikepdf.Stream) and "/Filter" in value] == []


def test_what_recurs_is_drawn_once() -> None:
    sheet, drawn = Sheet(A4, "Judul", "Perihal", "id"), []

    def draw() -> None:
        drawn.append(1)
        sheet.text(20, 100, "berulang")

    for _ in range(3):
        sheet.kept("again", draw)
    sheet.next_page()
    data = sheet.finish()
    assert len(drawn) == 1 and data.count(b"(berulang)") == 1
    assert text(data).count("berulang") == 3
