"""Dates, clocks and numbers of officers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import Malformed
from custody.i18n import dates

EVENING = "2024-11-27T10:00:00Z"


@pytest.mark.parametrize(
    ("zone", "lang", "shown"),
    [
        ("Asia/Makassar", "id", "27 November 2024 pukul 18.00 WITA"),
        ("Asia/Jakarta", "id", "27 November 2024 pukul 17.00 WIB"),
        ("Asia/Pontianak", "id", "27 November 2024 pukul 17.00 WIB"),
        ("Asia/Jayapura", "id", "27 November 2024 pukul 19.00 WIT"),
        ("Asia/Makassar", "en", "27 November 2024 at 18:00 WITA"),
        ("UTC", "id", "27 November 2024 pukul 10.00 UTC"),
        ("Asia/Kathmandu", "id", "27 November 2024 pukul 15.45 UTC+05:45"),
    ],
)
def test_when(zone: str, lang: str, shown: str) -> None:
    assert dates.when(EVENING, zone, lang) == shown


def test_the_day_is_that_of_the_zone() -> None:
    assert dates.day("2024-02-13T16:30:00Z", "Asia/Makassar", "id", weekday=True) == "Rabu, 14 Februari 2024"
    assert dates.day("2024-02-13T16:30:00Z", "Asia/Makassar", "en", weekday=True) == "Wednesday, 14 February 2024"
    assert dates.clock("2024-02-13T11:42:00Z", "Asia/Makassar", "id") == "19.42 WITA"


@pytest.mark.parametrize(
    "typed",
    [
        "27-11-2024 18.00",
        "27/11/2024 18:00",
        "27.11.2024 18.00",
        "2024-11-27 18:00",
        "2024-11-27T18:00:00",
        "27 November 2024 pukul 18.00",
        "27 nov 2024, 18.00",
        "  27 NOVEMBER 2024 at 18:00:00 ",
        EVENING,
    ],
)
def test_typed(typed: str) -> None:
    assert dates.from_typed(typed, "Asia/Makassar") == EVENING


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "18.00",
        "besok",
        "31-02-2024 10.00",
        "27-13-2024 10.00",
        "27-11-24 10.00",
        "27-11-2024 24.00",
        "27-11-2024",
        "٢٧-11-2024 10.00",
        "27 no 2024 10.00",
    ],
)
def test_typed_nonsense_is_malformed(typed: str) -> None:
    with pytest.raises(Malformed, match=r"date\.typed"):
        dates.from_typed(typed, "Asia/Makassar")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-11-27",
        "2024-11-27T10:00:00",
        "2024-02-30T10:00:00Z",
        "2024-11-27T25:00:00Z",
        "2024-11-27t10:00:00Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_utc_text_is_strict(text: str) -> None:
    with pytest.raises(Malformed, match=r"date\.utc"):
        dates.parse_utc(text)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Asia", "a\0b"])
def test_an_unknown_zone_is_malformed(zone: str) -> None:
    with pytest.raises(Malformed, match=r"date\.zone"):
        dates.zone(zone)


def test_a_time_without_zone_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"date\.naive"):
        dates.utc_text(datetime(2024, 11, 27))


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak"]),
)
def test_round_trip_through_a_zone_100(moment: datetime, zone: str) -> None:
    text = dates.utc_text(moment.replace(tzinfo=UTC))
    assert dates.utc_text(dates.local(text, zone)) == text
    shown = dates.local(text, zone)
    assert dates.from_typed(f"{shown.day}-{shown.month}-{shown.year} {shown.hour:02}.{shown.minute:02}.{shown.second:02}", zone) == text


@pytest.mark.parametrize(("value", "indonesian"), [(0, "0"), (999, "999"), (1000, "1.000"), (19428, "19.428"), (-1234567, "-1.234.567")])
def test_numbers(value: int, indonesian: str) -> None:
    assert dates.number(value, "id") == indonesian
    assert dates.number(value, "en") == indonesian.replace(".", ",")
