"""Random changes to reports: none is intact, what is vouched for looks as drawn to two other readers (docs/spec/13-report.md, CHECK-4)."""

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from custody.i18n import words
from custody.paper.checking.check import PaperVerdict, check
from fixtures import pdfedits as edits
from fixtures import pdfmutants, pdfraw
from tests.paper import rendering, stories

DPI = 40


@cache
def wrappings() -> tuple[bytes, ...]:
    """The report as it was drawn, and as other programs write it."""
    pdf = stories.short().pdf
    return pdf, edits.edited(pdf, qdf=True), edits.edited(pdf, edits.described(), normalize_content=True), pdfraw.rebuilt(pdf)


@cache
def other() -> bytes:
    """Another report of another story."""
    return stories.other().pdf


def seen_by_poppler(pdf: bytes) -> list[bytes]:
    """What poppler copies out and draws; empty where it is not installed."""
    if shutil.which("pdftotext") is None or shutil.which("pdftoppm") is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.pdf"
        path.write_bytes(pdf)
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout
        subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", path, Path(folder) / "page"], capture_output=True, check=True)
        return [text, *(page.read_bytes() for page in sorted(Path(folder).glob("page*.pgm")))]


def seen_by_pdfium(pdf: bytes) -> list[bytes]:
    return [rendering.text(pdf).encode(), *(page.tobytes() for page in rendering.pages(pdf, DPI))]


@cache
def drawn() -> tuple[list[bytes], list[bytes]]:
    pdf = stories.short().pdf
    return seen_by_poppler(pdf), seen_by_pdfium(pdf)


def judged(changed: bytes) -> PaperVerdict:
    """The verdict, once it is sound: it says why in words, and what is vouched for is seen as drawn by both readers."""
    verdict = check(changed, stories.short().trust)
    assert words.known(verdict.code) or verdict.outcome == "altered", verdict.code
    assert verdict.outcome != "intact" or changed == stories.short().pdf
    if verdict.outcome == "resaved":
        poppler, pdfium = drawn()
        assert seen_by_pdfium(changed) == pdfium
        assert seen_by_poppler(changed) == poppler
    return verdict


def outcomes(kind: str, count: int, seed: str) -> Counter[str]:
    """What comes of so many changed reports of one kind. A failure names the number of the one that failed."""
    found: Counter[str] = Counter()
    for number in range(count):
        changed = pdfmutants.mutant(Random(f"{seed} {kind} {number}"), kind, wrappings(), other())
        if changed not in wrappings():
            try:
                found[judged(changed).outcome] += 1
            except Exception as error:
                raise AssertionError(f"{kind} {number} of seed {seed}") from error
    return found


@pytest.mark.parametrize("kind", pdfmutants.CHANGES)
def test_30_mutants_of_each_kind_are_never_intact(kind: str) -> None:
    found = outcomes(kind, 30, "sample")
    assert found.total() >= 20 and found["intact"] == 0 and found["altered"] > 0, found


@pytest.mark.soak
@pytest.mark.parametrize("kind", pdfmutants.CHANGES)
def test_1_000_mutants_of_each_of_10_kinds_are_never_intact(kind: str, seed: int, record_property: Callable[[str, object], None]) -> None:
    found = outcomes(kind, 1_000, str(seed))
    for outcome, count in sorted(found.items()):
        record_property(outcome, count)
    assert found["intact"] == 0
