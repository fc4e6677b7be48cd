"""Drawing a report (docs/spec/13-report.md, DRAW): the same bytes everywhere, and a page that can be read."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pypdfium2
import pytest

from custody.paper import drawings
from custody.paper.canvas import typeface
from custody.paper.canvas.sheet import A4, MM, Sheet
from custody.paper.codes import pagecode
from custody.paper.reports import report
from fixtures.reports import Told
from fixtures.smallworld import place
from tests.paper import rendering, stories

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
from hashlib import sha256
from tests.paper import stories
print(sha256(stories.short().pdf).hexdigest())
"""
SETTINGS = "useA85 = 1\npageCompression = 1\nwrapA85 = 1\nttfAsciiReadable = 0\ninvariant = 0\n"
OTHER_WORDS = {"LANG": "tr_TR.UTF-8", "LC_ALL": "C", "LANGUAGE": "tr"}

# Name: what the surroundings are; what stands in files there.
SURROUNDINGS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "hash seed 0": ({"PYTHONHASHSEED": "0"}, {}),
    "hash seed 7": ({"PYTHONHASHSEED": "7"}, {}),
    "another zone": ({"TZ": "America/St_Johns"}, {}),
    "another locale": (OTHER_WORDS, {}),
    "SOURCE_DATE_EPOCH": ({"SOURCE_DATE_EPOCH": "1"}, {}),
    "reportlab in the environment": (
        {"RL_useA85": "1", "RL_pageCompression": "1", "RL_wrapA85": "1", "RL_ttfAsciiReadable": "0", "RL_invariant": "0"},
        {},
    ),
    "reportlab_settings.py": ({}, {"reportlab_settings.py": SETTINGS}),
    "settings in the home folder": ({}, {".reportlab_settings": SETTINGS}),
    "a random hash seed": ({"PYTHONHASHSEED": "random"}, {}),
    "text in bytes of another coding": ({"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, {}),
    "asserts off": ({"PYTHONOPTIMIZE": "1"}, {}),
}


def drawn_in(folder: Path, environ: Mapping[str, str], program: str = PROGRAM) -> str:
    """The hash of a report drawn by another process in that folder."""
    path = os.pathsep.join((str(folder), str(ROOT), str(ROOT / "cli")))
    around = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": path, **environ}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=around, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_the_same_bytes_in_other_surroundings(name: str, tmp_path: Path) -> None:
    environ, files = SURROUNDINGS[name]
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    assert drawn_in(tmp_path, environ) == sha256(stories.short().pdf).hexdigest()


def test_no_packing_of_any_build_of_zlib_is_asked_for(tmp_path: Path) -> None:
    """Another build packs the same into other bytes; so nothing is packed, neither content nor fonts nor colours."""
    broken = """
import zlib
def never(*given, **more):
    raise AssertionError("something is packed")
zlib.compress = zlib.compressobj = never
"""
    assert drawn_in(tmp_path, {}, broken + PROGRAM) == sha256(stories.short().pdf).hexdigest()


# Its first line names packages that are others than ours, which may draw otherwise: those of a system, say.
PACKAGES = """
import json, sys
from importlib.metadata import version
print(" ".join(name for name, ours in json.loads(sys.argv[1]).items() if version(name) != ours))
"""


@pytest.mark.parametrize("name", ["python3.11", "python3.12", "python3.13"])
def test_the_same_bytes_in_every_python_at_hand(name: str, tmp_path: Path) -> None:
    """Run by the interpreter of that name, with its own packages first and ours behind them; without the packages it is left out."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not here")
    around = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", str(tmp_path))}
    ours = [str(ROOT), str(ROOT / "cli")]
    known = f"import sys; sys.path += {[str(Path(pypdfium2.__file__).parent.parent)]!r}\n"
    around["PYTHONPATH"] = os.pathsep.join(ours)
    ours_are = json.dumps({package: version(package) for package in ("cryptography", "orjson", "pikepdf", "PyNaCl", "qrcode", "reportlab")})
    command = [found, "-c", known + PACKAGES + PROGRAM, ours_are]
    ran = subprocess.run(command, cwd=tmp_path, env=around, capture_output=True, text=True, check=False)
    if ran.returncode != 0 and ("Error: No module named" in ran.stderr or "pyenv" in ran.stderr):
        pytest.skip(f"{name} has not the packages of requirements.txt")
    others, _, drawn = ran.stdout.partition("\n")
    if others:
        pytest.skip(f"{name} has other versions of {others}")
    assert drawn.strip() == sha256(stories.short().pdf).hexdigest(), ran.stderr


def test_the_same_bytes_after_other_documents() -> None:
    first = stories.short()
    assert report.draw(stories.long().reading) == stories.long().pdf
    assert report.draw(first.reading) == first.pdf


def test_nothing_in_the_file_is_packed() -> None:
    pdf = stories.long().pdf
    assert re.findall(rb"/Filter", pdf) == []
    assert b"Decode" not in pdf


def test_only_fonts_that_travel_with_the_program() -> None:
    pdf = stories.long().pdf
    assert pdf.count(b"/FontFile2") == pdf.count(b"/Type /FontDescriptor") > 0
    assert b"Helvetica" not in pdf
    assert typeface.HASHES


def test_the_drawing_version_of_the_facts_is_runnable() -> None:
    assert stories.short().reading.facts.drawing in drawings.DRAWINGS


def test_another_word_is_another_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawings.renderer("id")
    found = report.words.catalogue
    monkeypatch.setattr(report.words, "catalogue", lambda room: {**found(room), "x.y": {"id": "kata", "en": "word"}})
    drawings.renderer.cache_clear()
    try:
        assert drawings.renderer("id") != before
    finally:
        drawings.renderer.cache_clear()


# -- what a reader sees --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told() -> str:
    return rendering.text(stories.short().pdf)


@pytest.mark.parametrize(
    "wanted",
    [
        "Laporan Penjagaan Kotak Suara",
        "Kotak PEM24-5307192001-001-DPR-1",
        "Bripka Petugas Contoh ppk-1 (ppk-1)",
        "TPS 001 Desa Satu → PPS Desa Satu",
        "EB-0001-XX",
        "pencatat Bripka Petugas Contoh guard-1",
        "Yang tidak dibuktikan laporan ini",
        "mendampingi berita acara KPU",
        "Halaman 1 dari 2",
        "Titik periksa 12 berkas mana, bukan bukti",
        "Cara memeriksa laporan ini",
    ],
)
def test_it_stands_on_the_page(told: str, wanted: str) -> None:
    assert wanted.replace(" ", "") in "".join(told.split())


def test_every_page_says_what_it_is_and_how_many_there_are() -> None:
    given = stories.long()
    pages = given.pdf.count(b"/Type /Page\n")
    text = rendering.text(given.pdf)
    assert pages > 2
    assert text.count("mendampingi berita acara KPU") == pages
    assert all(f"Halaman {number} dari" in text for number in range(1, pages + 1))
    assert given.reading.head.root.hex()[:16] in text


@pytest.mark.parametrize("pages", [1, 9, 10, 345])
def test_the_number_of_the_page_ends_at_the_right_margin(pages: int) -> None:
    sheet = Sheet(A4, "Contoh", "contoh", "id")
    for number in range(1, pages + 1):
        sheet.numbered(report.RIGHT, 11.5, lambda last, number=number: f"Halaman {number} dari {last}", typeface.BOLD, 7)  # type: ignore[misc]
        sheet.next_page()
    with pypdfium2.PdfDocument(sheet.finish()) as document:
        for number in {0, pages - 1}:
            page = document[number].get_textpage()
            assert page.get_text_bounded().strip() == f"Halaman {number + 1} dari {pages}"
            ends = max(page.get_charbox(at)[2] for at in range(page.count_chars()))
            assert abs(ends - report.RIGHT * MM) < 1.5


def test_a_drill_says_so_on_every_page_and_nothing_else_does() -> None:
    world = Told(drill=True)
    drill = stories.told(world, world.report())
    assert rendering.text(drill.pdf).count("LATIHAN") == drill.pdf.count(b"/Type /Page\n")
    assert "LATIHAN" not in rendering.text(stories.short().pdf)


def test_in_english() -> None:
    text = rendering.text(stories.other().pdf)
    assert "Ballot box custody report" in text
    assert "Laporan" not in text


def test_the_code_on_the_first_page_names_ledger_and_checkpoint() -> None:
    given = stories.short()
    head = given.reading.head
    found = rendering.codes(rendering.pages(given.pdf)[0])
    assert f"{head.origin} {head.size} {head.root.hex()[:32]}" in found


def test_the_code_on_every_page_names_the_page_and_what_it_shows() -> None:
    """Scanned at 150 dpi; each page shows some of the entries that rest behind the report, and together they show all."""
    given = stories.long()
    own, head = given.reading.own, given.reading.head
    pages = rendering.pages(given.pdf, 150)
    codes = [pagecode.parse(text) for page in pages for text in rendering.codes(page) if text.startswith(pagecode.HEAD)]
    assert [(code.page, code.pages) for code in codes] == [(at + 1, len(pages)) for at in range(len(pages))]
    assert {(code.entry, code.sid, code.size) for code in codes} == {(own.entry, own.sid[:16], head.size)}
    shown = [{one.entry for one in given.reading.told if code.shows(one.entry)} for code in codes]
    assert set().union(*shown) == {one.entry for one in given.reading.told}
    texts = rendering.texts(given.pdf)
    assert all(str(max(some)) in told for some, told in zip(shown, texts, strict=True) if some)


@pytest.mark.parametrize("name", ["Wae Rebo Satu Dua Tiga Empat Lima Enam Tujuh", "D" * 44, "Ŵ ‮ ∞ 漢字"])
def test_long_and_strange_names_of_places_stay_on_the_paper(name: str) -> None:
    world = Told()
    world.put(
        world.draft("places", legs=[], places=[place("5307192001", "desa", name, "530719")]),
        "kpu-1",
        "polri-1",
    )
    given = stories.told(world, world.report())
    for page in rendering.pages(given.pdf):
        margin = page.crop((round(page.width * 196 / 210), 0, page.width, page.height))
        assert margin.getextrema() == (255, 255), "something runs over the margin"
