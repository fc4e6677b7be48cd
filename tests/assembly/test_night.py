"""A province's night by simulated stations against one office: nothing lost, one outcome on every engine, in every order (chapter 23)."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench import night, province
from tests.bench.measure import Row
from tests.bench.night import ENGINES, WAYS, Play
from tests.cluster import why_not

SHARE = 0.004  # 39 TPS, 78 boxes, a laptop at the PPK and one at the warehouse


def test_what_is_written_goes_along_and_arrives_once() -> None:
    statements = province.signed(province.province(SHARE))
    told = province.deliveries(statements)
    assert Counter(one.note for each in told for one in each.signed) == Counter(one.note for one in statements)
    assert [each.at for each in told] == sorted(each.at for each in told)
    assert all(one.written <= each.at <= one.reaches and one.station == each.station for each in told for one in each.signed)
    assert any(len(each.signed) > 1 for each in told) and len({each.station for each in told}) > 1


def test_blocks_hold_the_night_once() -> None:
    statements = province.signed(province.province(SHARE))
    arrays = [notes for _, notes in province.blocks(statements, 2, 16)]
    assert Counter(note for notes in arrays for note in notes) == Counter(one.note for one in statements)
    assert max(map(len, arrays)) == 16


def test_a_night_on_sqlite_in_three_ways(tmp_path: Path) -> None:
    _told(list(night.plays(Play(SHARE, tmp_path), ["sqlite"], list(WAYS))))


def test_a_night_on_two_engines_has_one_root(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    rows = _told(list(night.plays(Play(SHARE, tmp_path), ["sqlite", "postgres"], ["paced"])))
    assert len([row for row in rows if "delay at the office" in row.work]) == 2


@pytest.mark.soak
def test_a_tenth_of_a_province_on_every_engine(tmp_path: Path, seed: int, record_property: Callable[[str, object], None]) -> None:
    if reason := why_not():
        pytest.skip(reason)
    for row in _told(list(night.plays(Play(0.1, tmp_path, seed), list(ENGINES), list(WAYS)))):
        record_property(row.work, row.measured)


def _told(rows: list[Row]) -> list[Row]:
    """The checks of a run are rows with a bound: every box alike, one root."""
    checked = [row for row in rows if row.holds is not None]
    assert len(checked) == 2 and [row.work for row in checked if not row.holds] == []
    return rows


def test_a_lost_statement_is_noticed(tmp_path: Path) -> None:
    """The pass itself says so: a delivery that is left out stops it."""
    play = Play(SHARE, tmp_path)
    play.deliveries.pop()
    with pytest.raises(RuntimeError, match="lost"):
        list(night.plays(play, ["sqlite"], ["paced"]))
