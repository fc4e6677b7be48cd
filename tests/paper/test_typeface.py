"""The fonts: the ones that were shipped, what they hold, and text made to fit by their own widths."""

from hashlib import sha256

import pytest

from custody.core.errors import Altered
from custody.paper.canvas import typeface
from custody.paper.canvas.typeface import CODE, HASHES, NARROW, PLAIN, SIGN

NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 .,'-/()·’‘“”–—…Éé"
SIGNS = "→ ✓ ✗ ● ■ ≤ ≥ ≠ ⚠ □ ○ ▲"


@pytest.mark.parametrize("name", HASHES)
def test_every_font_is_the_one_the_hashes_name(name: str) -> None:
    assert sha256(typeface.data(name)).hexdigest() == HASHES[name]


def test_another_font_under_the_same_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HASHES, "BarlowSemiCondensed-Bold", "0" * 64)
    with pytest.raises(Altered) as refusal:
        typeface.data.__wrapped__("BarlowSemiCondensed-Bold")
    assert refusal.value.code == "paper.font"


@pytest.mark.parametrize("name", HASHES)
def test_every_font_holds_the_letters_of_names(name: str) -> None:
    glyphs = typeface.load(name).face.charToGlyph
    assert [char for char in NAMES if ord(char) not in glyphs] == []


@pytest.mark.parametrize("name", [PLAIN, NARROW])
def test_the_fonts_of_reports_hold_the_signs(name: str) -> None:
    glyphs = typeface.load(name).face.charToGlyph
    assert [char for char in SIGNS if ord(char) not in glyphs] == []


def test_widths_add_up_and_an_unknown_character_has_one() -> None:
    assert typeface.width("AV", SIGN, 10) == pytest.approx(typeface.width("A", SIGN, 10) + typeface.width("V", SIGN, 10))
    assert typeface.width("中", SIGN, 10) == typeface.width("0", SIGN, 10)
    assert typeface.width("0123", CODE, 10) == pytest.approx(4 * typeface.width("8", CODE, 10))


WRAPPED = {
    "fits": ("satu dua", 500, ["satu dua"]),
    "two lines": ("satu dua tiga", 45, ["satu dua", "tiga"]),
    "a word too long": ("abcdefghij", 20, ["abc", "def", "ghij"]),
    "no-break space": ("Kab.\u00a0Contoh Timur", 65, ["Kab.\u00a0Contoh", "Timur"]),
    "spaces in a row": ("satu   dua", 500, ["satu dua"]),
    "nothing": ("", 50, [""]),
}


@pytest.mark.parametrize(("text", "room", "lines"), WRAPPED.values(), ids=WRAPPED)
def test_wrapping(text: str, room: float, lines: list[str]) -> None:
    assert typeface.wrapped(text, PLAIN, 10, room) == lines


def test_fitting_lines_takes_the_largest_size_and_fills_lines_evenly() -> None:
    size, lines = typeface.fitting_lines("NAGARI CONTOH PERSIAPAN SUNGAI GUNUNG TENGAH", SIGN, 60, 4, 200, 40)
    assert len(lines) == 2 and len(lines) * size <= 40
    assert max(typeface.width(line, SIGN, size) for line in lines) <= 200
    _, bigger = typeface.fitting_lines("NAGARI CONTOH PERSIAPAN SUNGAI GUNUNG TENGAH", SIGN, size + 0.25, size + 0.25, 200, 40)
    assert bigger != lines, "a larger size would have fitted"


def test_fitting_lines_never_leaves_its_room() -> None:
    size, lines = typeface.fitting_lines("kata " * 200, SIGN, 20, 5, 100, 12)
    assert size == 5 and len(lines) == 2 and lines[-1].endswith("…")
    assert all(typeface.width(line, SIGN, size) <= 100.01 for line in lines)


def test_cutting() -> None:
    assert typeface.cut("Habi", PLAIN, 10, 100) == "Habi"
    assert typeface.cut("Habi", PLAIN, 10, typeface.width("Habi", PLAIN, 10)) == "Habi"
    assert typeface.cut("Habi Habi Habi", PLAIN, 10, 40) == "Habi…"
