"""Labels after a night outside are read by two decoders that we did not write (docs/spec/12-label.md, LABEL-2; tests/paper/worn.py)."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from shutil import which

import pytest

from tests.paper import rendering, worn

pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: codes on paper are not read back")
pytestmark = pytest.mark.skipif(which("zbarimg") is None, reason="the program zbarimg is not installed: the second decoder is missing")
SAMPLE, EASY, SOAK = 48, 8, 400  # labels of each hard case, of each other case; of each case in make soak
CHANCE = 2  # labels that a sample may read less than its share
EACH = pytest.mark.parametrize("case", worn.CASES)
PAPER = pytest.mark.parametrize("paper", worn.PAPERS)


@EACH
@PAPER
def test_some_labels_of_each_case_are_read_as_often_as_they_should(paper: str, case: str) -> None:
    count, chance = (SAMPLE, CHANCE) if case in worn.FLOOR else (EASY, 0)
    read = worn.rate(paper, case, count)
    assert read.count == count and read.wrong == 0
    assert read.either >= worn.floor(paper, case) * count - chance, read


@pytest.mark.parametrize("case", [case for case in worn.CASES if case != "as printed"])
def test_each_case_changes_the_picture(case: str) -> None:
    (_, shot), *_ = worn.printed(worn.PAPERS["thermal 203 dpi"], 1)
    assert worn.CASES[case](shot, Random(1)).picture.tobytes() != shot.picture.tobytes()


def test_a_label_without_its_codes_is_not_read() -> None:
    """So that the rates above rest on the codes, and on nothing else in the picture."""
    (payload, shot), *_ = worn.printed(worn.PAPERS["thermal 203 dpi"], 1)
    covered = shot.picture.copy()
    covered.paste(255, (0, 0, covered.width, covered.height * 3 // 4))
    assert list(worn.zbar_reads([covered, shot.picture])) == [set(), {payload}] and rendering.codes(covered) == {}


@pytest.mark.soak
@EACH
@PAPER
def test_how_often_labels_are_read(paper: str, case: str, record_property: Callable[[str, object], None]) -> None:
    """The full figures, for the record of the run: ZXing / ZBar / one of the two (the least)."""
    read = worn.rate(paper, case, SOAK)
    record_property("per cent read", worn.cell(paper, case, read))
    assert read.wrong == 0 and read.either >= worn.floor(paper, case) * SOAK


@pytest.mark.soak
def test_the_table_is_written(pytestconfig: pytest.Config) -> None:
    """All cases side by side, into docs/evidence/labels-<date>.md."""
    folder: Path | None = pytestconfig.getoption("evidence")
    lines = list(worn.table(SOAK // 4))
    assert len(lines) == len(worn.CASES) + 4
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        head = f"# How often worn labels are read, {datetime.now(UTC):%Y-%m-%d}\n\n"
        (folder / f"labels-{datetime.now(UTC):%Y-%m-%d}.md").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
