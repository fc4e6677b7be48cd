"""Moments (spec chapter 7, STMT-4): one way to write a time, and no other."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import Malformed
from custody.core.moment import FORM, from_seconds, is_moment, to_seconds

RIGHT = {
    "1970-01-01T00:00:00Z": 0,
    "2024-02-14T05:00:00Z": 1_707_886_800,
    "2024-02-29T23:59:59Z": 1_709_251_199,
    "2000-02-29T00:00:00Z": 951_782_400,
    "2034-12-31T23:59:59Z": 2_051_222_399,
    "0001-01-01T00:00:00Z": -62_135_596_800,
    "9999-12-31T23:59:59Z": 253_402_300_799,
}
WRONG = [
    "",
    "2024",
    "2024-02-14",
    "2024-02-14T05:00Z",
    "2024-02-14T05:00:00",
    "2024-02-14T05:00:00z",
    "2024-02-14t05:00:00Z",
    "2024-02-14 05:00:00Z",
    "2024-02-14T05:00:00+00:00",
    "2024-02-14T05:00:00.0Z",
    "2024-02-14T05:00:0Z",
    "24-02-14T05:00:00Z",
    "02024-02-14T05:00:00Z",
    "2024-02-14T05:00:00Z\n",
    " 2024-02-14T05:00:00Z",
    "2024-02-30T05:00:00Z",
    "2023-02-29T05:00:00Z",
    "1900-02-29T05:00:00Z",
    "2024-13-01T05:00:00Z",
    "2024-00-01T05:00:00Z",
    "2024-01-00T05:00:00Z",
    "2024-02-14T24:00:00Z",
    "2024-02-14T05:60:00Z",
    "2024-02-14T05:00:60Z",
    "0000-01-01T00:00:00Z",
    "-024-02-14T05:00:00Z",
    "+024-02-14T05:00:00Z",
    "2024-W07-3T05:00:00Z",
    "2024-045T05:00:00Z  ",
    "２０２４-02-14T05:00:00Z",
    "2024-02-14T٠٥:00:00Z",
    "2024/02/14T05:00:00Z",
    "2024-02-14T05.00.00Z",
    "2024-02-14T05:00:00A",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    assert is_moment(text)
    assert to_seconds(text) == RIGHT[text]
    assert from_seconds(RIGHT[text]) == text


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert not is_moment(text)
    with pytest.raises(Malformed, match=r"moment\.shape"):
        to_seconds(text)


@pytest.mark.parametrize("value", [None, 0, 1_707_886_800, True, b"2024-02-14T05:00:00Z", ["2024-02-14T05:00:00Z"]])
def test_what_is_no_text_is_no_moment(value: object) -> None:
    assert not is_moment(value)


@pytest.mark.parametrize("seconds", [-62_135_596_801, 253_402_300_800, 2**53, -(2**53), 2**100])
def test_times_that_have_no_such_form(seconds: int) -> None:
    with pytest.raises(Malformed, match=r"moment\.range"):
        from_seconds(seconds)


@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_every_second_has_one_form(seconds: int) -> None:
    text = from_seconds(seconds)
    assert len(text) == 20
    assert to_seconds(text) == seconds


@given(st.text(max_size=24) | st.text("0123456789-T:Z", min_size=18, max_size=22))
def test_whatever_is_a_moment_is_written_as_its_own_time(text: str) -> None:
    if is_moment(text):
        assert from_seconds(to_seconds(text)) == text


@pytest.mark.parametrize("text", [*RIGHT, *WRONG])
def test_the_form_matches_moments_only(text: str) -> None:
    assert re.fullmatch(FORM, text) is None or is_moment(text)


@given(st.tuples(*(st.integers(0, most) for most in (9_999, 13, 32, 25, 61, 61))))
def test_the_form_is_of_every_moment_but_of_early_years_and_leap_days_of_centuries(parts: tuple[int, ...]) -> None:
    text = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parts)
    wanted = is_moment(text) and text >= "1000" and not text.startswith("00-02-29", 2)
    assert (re.fullmatch(FORM, text) is not None) == wanted


def test_every_day_of_four_years_is_of_the_form() -> None:
    days = [from_seconds(1_704_067_200 + 86_400 * day)[:10] for day in range(4 * 365 + 1)]
    assert all(re.fullmatch(FORM, f"{day}T23:59:59Z") for day in days)
    assert days[59] == "2024-02-29"
