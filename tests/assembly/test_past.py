"""A ledger as it stood earlier: what a scope means, by places that the authorities laid out (spec chapter 13)."""

from pathlib import Path

import pytest

from custody.assembly.past import Past
from fixtures.daydesk import DayDesk

HABI = "5307192008"


@pytest.mark.parametrize(
    ("name", "scope", "count"),
    [
        ("all", ("operation", "-"), 35),
        ("kabupaten", ("kabupaten", "5307"), 35),
        ("kecamatan", ("kecamatan", "530719"), 35),
        ("desa", ("desa", HABI), 35),
        ("tps", ("tps", f"{HABI}-003"), 5),
        ("another desa", ("desa", "5307192009"), 0),
        ("a box", ("box", f"PEM24-{HABI}-003-DPR-1"), 1),
        ("a warehouse before anything was on its way", ("warehouse", "5307-GUDANG"), 0),
    ],
)
def test_the_boxes_of_a_scope(desk: DayDesk, name: str, scope: tuple[str, str], count: int) -> None:
    with desk.open() as office:
        assert len(Past(office, office.ledger.size).extent(scope).boxes) == count, name


def test_before_the_register_there_was_nothing(desk: DayDesk) -> None:
    with desk.open() as office:
        assert Past(office, 1).extent(("kecamatan", "530719")).boxes == []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DayDesk:
    return DayDesk(Path(tmp_path_factory.mktemp("past")), (HABI,))
