"""Private values (spec chapter 7, PRIV-1 to PRIV-3): commitments and their openings."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import private
from custody.core.errors import Altered, CustodyError, Malformed
from custody.core.private import Opening

SALT = "0f" * 16
BAD_SALTS = {
    "short": "0f" * 15,
    "long": "0f" * 17,
    "capital": "0F" * 16,
    "no hex": "zz" * 16,
    "empty": "",
    "digits of another script": "٠" * 32,
}


def test_the_hash_is_over_the_line_and_the_json() -> None:
    line = b'custody/private/v1\n{"field":"name","salt":"' + SALT.encode() + b'","value":"Petugas Contoh"}\n'
    assert Opening("name", SALT, "Petugas Contoh").commitment() == sha256(line).hexdigest()


def test_sealing_gives_what_stands_in_the_statement_and_what_is_kept() -> None:
    committed, opening = private.seal("name", "Petugas Contoh", bytes(range(16)))
    assert committed == {"c": opening.commitment()}
    assert opening == Opening("name", bytes(range(16)).hex(), "Petugas Contoh")
    private.check(committed["c"], opening)


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_salt_has_sixteen_bytes(length: int) -> None:
    with pytest.raises(Malformed, match=r"private\.salt"):
        private.seal("name", "Petugas Contoh", bytes(length))


@pytest.mark.parametrize("name", BAD_SALTS)
def test_an_opening_with_another_salt_is_malformed(name: str) -> None:
    with pytest.raises(Malformed, match=r"private\.salt"):
        Opening("name", BAD_SALTS[name], "x").commitment()


OTHERS = {
    "value": Opening("name", SALT, "petugas Contoh"),
    "field": Opening("rank", SALT, "Petugas Contoh"),
    "salt": Opening("name", "0e" * 16, "Petugas Contoh"),
    "space": Opening("name", SALT, "Petugas Contoh "),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_opening_is_refused(name: str) -> None:
    with pytest.raises(Altered, match=r"private\.opening"):
        private.check(Opening("name", SALT, "Petugas Contoh").commitment(), OTHERS[name])


@pytest.mark.parametrize("value", ["\n", "\x1b[2J", "\ud800", "\x7f"])
def test_values_that_json_does_not_hold_are_malformed(value: str) -> None:
    with pytest.raises(Malformed):
        Opening("note", SALT, value).commitment()


@given(st.text(max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_opened_only_our_own_errors_come_out(field: str, salt: str, value: str) -> None:
    try:
        private.check("ab" * 32, Opening(field, salt, value))
    except CustodyError as error:
        str(error).encode("utf-8", "backslashreplace")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), st.binary(min_size=16, max_size=16))
def test_every_value_of_text_opens_again(value: str, random: bytes) -> None:
    committed, opening = private.seal("note", value, random)
    private.check(committed["c"], opening)
