"""Codes: what the quick way draws is what the library draws, and readers read it."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import labelcode
from custody.core.errors import Malformed
from custody.paper.canvas import qr
from custody.paper.canvas.sheet import A4, Sheet
from tests.paper.rendering import codes, pages
from tests.paper.samples import code

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def test_500_random_label_codes_are_drawn_as_the_library_draws_them() -> None:
    random = Random(11)
    for payload in (labelcode.payload(code(random)) for _ in range(500)):
        assert qr.label_rows(payload) == qr.rows_hex(qr.matrix(payload)), payload


@settings(max_examples=200)
@given(st.one_of(st.text(ALPHANUMERIC, min_size=1, max_size=29), st.text("abc xyz", min_size=1, max_size=20)))
def test_200_other_payloads_are_drawn_as_the_library_draws_them(payload: str) -> None:
    assert qr.label_rows(payload) == qr.rows_hex(qr.matrix(payload))


@settings(max_examples=200)
@given(st.integers(1, 6), st.sampled_from("LMQ"), st.text(ALPHANUMERIC, min_size=1, max_size=200))
def test_200_codes_of_other_sizes_are_drawn_as_the_library_draws_them(version: int, level: str, payload: str) -> None:
    drawn = [_told(lambda: qr.quick_rows(payload, version, level)), _told(lambda: qr.rows_hex(qr.matrix(payload, version, level)))]
    assert drawn[0] == drawn[1]


def _told(draw: Callable[[], str]) -> str:
    try:
        return draw()
    except Malformed as refusal:
        return refusal.code


@pytest.mark.parametrize("draw", [qr.label_rows, qr.matrix])
def test_what_does_not_fit_is_refused(draw: object) -> None:
    assert callable(draw)
    draw("A" * 29)
    with pytest.raises(Malformed) as refusal:
        draw("A" * 30)
    assert refusal.value.code == "qr.long"


def test_rows_are_padded_to_whole_bytes() -> None:
    assert qr.rows_hex([[True, False, True], [False, True, False], [True, True, True]]) == "a040e0"


@pytest.mark.parametrize("length", [1, 20, 90, 300])
def test_a_code_of_any_length_is_read_back(length: int) -> None:
    payload = "custody.contoh/" + "".join(Random(length).choices("abcdef0123456789 ", k=length)) + "."
    sheet = Sheet(A4, "Kode", "Kode", "id")
    side = qr.draw(sheet, 20, 100, 0.6, payload)
    sheet.next_page()
    assert side == pytest.approx((8 + 17 + 4 * qr.smallest_version(len(payload))) * 0.6)
    assert codes(pages(sheet.finish())[0]) == {payload: 1}


HOLDS = [(1, "M", 1), (14, "M", 1), (15, "M", 2), (20, "Q", 2), (21, "Q", 3), (2331, "M", 40)]


@pytest.mark.parametrize(("length", "level", "version"), HOLDS)
def test_the_smallest_version_is_that_of_the_standard(length: int, level: str, version: int) -> None:
    """ISO/IEC 18004, table 7: bytes in byte mode."""
    assert qr.smallest_version(length, level) == version


def test_longer_than_any_code_is_refused() -> None:
    with pytest.raises(Malformed):
        qr.smallest_version(3000, "Q")
