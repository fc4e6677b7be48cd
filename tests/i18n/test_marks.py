"""What a name or a code tells where no ledger is at hand: a drill, and the zone of a place."""

import pytest

from custody.i18n.marks import is_drill, zone_of

DRILLS = {
    "a domain": ("latihan", True),
    "with a name": ("latihan-sikka", True),
    "an origin": ("custody.latihan-sikka/0123456789abcdef", True),
    "a real one": ("custody.sikka/0123456789abcdef", False),
    "a name that only begins alike": ("latihanku", False),
    "in the middle": ("sikka-latihan", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize("name", DRILLS)
def test_a_drill_by_its_name(name: str) -> None:
    text, drill = DRILLS[name]
    assert is_drill(text) == drill


ZONES = {
    "a place in Sikka": (["5307192008"], "Asia/Makassar"),
    "a warehouse": (["5307-GUDANG"], "Asia/Makassar"),
    "a box": (["PEM24-5307192008-001-DPR-1"], "Asia/Makassar"),
    "a place in Jakarta": (["3171"], "Asia/Jakarta"),
    "a place in Papua": (["9471010001"], "Asia/Jayapura"),
    "the first that is one": ([None, "", "3171", "9471"], "Asia/Jakarta"),
    "no code": ([None, "kpps", 7], None),
    "no province": (["9912"], None),
}


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_by_the_code_of_a_place(name: str) -> None:
    codes, zone = ZONES[name]
    assert zone_of(codes) == zone
