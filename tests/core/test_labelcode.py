"""The code on a label: what a person can get wrong is noticed, what belongs to somebody else is told apart."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import labelcode
from custody.core.errors import Malformed
from custody.core.labelcode import ALPHABET

VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
QR_ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
DRAWS = st.binary(min_size=10, max_size=10)


def weighed(symbols: str) -> int:
    """ISO 7064, mod 37-2, as its definition has it: the weighted sum, which is 1 for a string with a right check."""
    return sum(VALUES.index(symbol) * 2**place for place, symbol in enumerate(reversed(symbols))) % 37


def codes(number: int) -> list[str]:
    """Some codes, the same on every run."""
    chance = random.Random(20240214)
    drawn = (labelcode.from_random(chance.randbytes(10)) for _ in range(number * 2))
    return [code for code in drawn if code is not None][:number]


def read(typed: str) -> str:
    try:
        return labelcode.parse(typed)
    except Malformed as error:
        return error.code


def test_the_definition_fits_a_published_example() -> None:
    assert weighed("G123498654321H") == 1  # ISBT 128, donation number


@given(DRAWS)
def test_a_draw_is_a_code_or_thrown_away(draw: bytes) -> None:
    code = labelcode.from_random(draw)
    if code is None:
        return
    check = labelcode.check_symbol(code)
    assert weighed(code + check) == 1
    assert check in ALPHABET and set(code) <= set(ALPHABET) and len(code) == 16
    number = 0
    for symbol in code:
        number = number * 32 + ALPHABET.index(symbol)
    assert number.to_bytes(10, "big") == draw


def test_exactly_the_draws_with_a_check_outside_the_alphabet_are_thrown_away() -> None:
    chance = random.Random(7)
    kept = 0
    for draw in (chance.randbytes(10) for _ in range(2_000)):
        number = int.from_bytes(draw, "big")
        symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
        wanted = next(symbol for symbol in VALUES if weighed(symbols + symbol) == 1)
        assert (labelcode.from_random(draw) == symbols) == (wanted in ALPHABET)
        kept += wanted in ALPHABET
    assert 0.82 < kept / 2_000 < 0.91  # 32 of 37


def test_every_single_wrong_symbol_is_noticed_in_200_codes() -> None:
    for code in codes(200):
        full = code + labelcode.check_symbol(code)
        for place in range(17):
            for symbol in ALPHABET:
                if symbol != full[place]:
                    assert read(full[:place] + symbol + full[place + 1 :]) == "labelcode.check"


def test_every_swap_of_neighbours_is_noticed_in_200_codes() -> None:
    for code in codes(200):
        full = code + labelcode.check_symbol(code)
        for place in range(16):
            swapped = full[:place] + full[place + 1] + full[place] + full[place + 2 :]
            assert read(swapped) == (code if swapped == full else "labelcode.check")


def test_every_swap_over_one_and_every_doubled_pair_is_noticed_in_200_codes() -> None:
    """ABC typed as CBA; AA typed as BB."""
    for code in codes(200):
        full = code + labelcode.check_symbol(code)
        for place in range(15):
            swapped = full[:place] + full[place + 2] + full[place + 1] + full[place] + full[place + 3 :]
            assert read(swapped) == (code if swapped == full else "labelcode.check")
        for place in (place for place in range(16) if full[place] == full[place + 1]):
            pairs = (full[:place] + symbol * 2 + full[place + 2 :] for symbol in ALPHABET if symbol != full[place])
            assert {read(typed) for typed in pairs} == {"labelcode.check"}


TWINS = ("0OQD", "1IL7", "2Z", "5S", "8B", "6G", "UV", "VY", "MN", "EF", "KX", "CG", "PR")


def test_every_twin_of_a_symbol_is_read_right_or_noticed_in_200_codes() -> None:
    """A letter taken for one that looks like it, in capitals or not; O, I and L, which no code has, are read as what they look like."""
    for code in codes(200):
        full = code + labelcode.check_symbol(code)
        for place, symbol in enumerate(full):
            alike = {other for group in TWINS if symbol in group for other in group} - {symbol}
            for other in sorted(alike):
                right = (symbol, other) in {("0", "O"), ("1", "I"), ("1", "L")}
                wanted = code if right else "labelcode.symbol" if other == "U" else "labelcode.check"
                for shown in (other, other.lower()):
                    assert read(full[:place] + shown + full[place + 1 :]) == wanted


@given(DRAWS, st.data())
def test_a_code_is_read_however_it_is_typed(draw: bytes, data: st.DataObject) -> None:
    code = labelcode.from_random(draw)
    if code is None:
        return
    typed = data.draw(st.sampled_from([labelcode.printed(code), labelcode.payload(code)]))
    alike = {"0": "0Oo", "1": "1IiLl"}
    choices = [data.draw(st.sampled_from(alike.get(symbol, symbol + symbol.lower()))) for symbol in typed.removeprefix("KSU1")]
    gaps = [data.draw(st.sampled_from(["", "", " ", "-", " - "])) for _ in choices]
    prefix = data.draw(st.sampled_from(["KSU1", "ksu1 ", ""]))
    assert read(prefix + "".join(gap + choice for gap, choice in zip(gaps, choices, strict=True)) + "\r\n") == code


@given(DRAWS)
def test_the_payload_is_short_and_of_the_alphanumeric_mode(draw: bytes) -> None:
    code = labelcode.from_random(draw)
    if code is not None:
        payload = labelcode.payload(code)
        assert len(payload) == 21 and set(payload) <= QR_ALPHANUMERIC
        assert set("KSU1") - set(ALPHABET) == {"U"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("", "labelcode.short", id="nothing"),
        pytest.param("3Z0N-8RA1-P9Q2-TM6V", "labelcode.short", id="check not typed"),
        pytest.param("KSU1 3Z0N-8RA1", "labelcode.short", id="prefix and half a code"),
        pytest.param("3Z0N-8RA1-P9Q2-TM6V-33", "labelcode.long", id="check typed twice"),
        pytest.param("3Z0N-8RA1-P9Q2-TM6U-3", "labelcode.symbol", id="U"),
        pytest.param("3Z0N-8RA1-P9Q2-TM6V-*", "labelcode.symbol", id="star"),
        pytest.param("3Z0N-8RA1-P9Q2-TM6V-\x1b", "labelcode.symbol", id="escape"),
        pytest.param("3Z0N-8RA1-P9Q2-TM6V-4", "labelcode.check", id="wrong check"),
        pytest.param("https://contoh.example/a", "labelcode.foreign", id="address"),
        pytest.param("3Z0N8RA1P9Q2TM6V3?", "labelcode.foreign", id="question mark"),
        pytest.param("5307192001003", "labelcode.foreign", id="thirteen digits"),
        pytest.param("5307 1920 0100 3123", "labelcode.foreign", id="identity number"),
        pytest.param("KSU23Z0N8RA1P9Q2TM6V3", "labelcode.foreign", id="version 2"),
        pytest.param("3Z0N8RA1P9Q2TM6V3", "3Z0N8RA1P9Q2TM6V", id="right"),
    ],
)
def test_what_is_wrong_is_told(typed: str, code: str) -> None:
    assert read(typed) == code


def test_the_wrong_symbol_is_named_with_its_place() -> None:
    with pytest.raises(Malformed) as refusal:
        labelcode.parse("3Z0N-8RA1-P9Q2-TM6U-3")
    assert refusal.value.facts == {"symbol": "U", "position": 16}


def test_a_commitment_is_bound_to_code_and_ledger() -> None:
    one, other = codes(2)
    commitments = {labelcode.commitment(code, founding * 64) for code in (one, other) for founding in "ab"}
    assert len(commitments) == 4
    with pytest.raises(Malformed):
        labelcode.commitment(one + labelcode.check_symbol(one), "a" * 64)
