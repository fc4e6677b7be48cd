"""Text from outside becomes one visible, harmless line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.i18n.screen import clean


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("plain text stays", "Kec. Kangae (T'Eba) – désa", "Kec. Kangae (T'Eba) – désa"),
        ("colour", "\x1b[31mmerah", "\\x1b[31mmerah"),
        ("title of the window", "\x1b]0;x\x07", "\\x1b]0;x\\x07"),
        ("one-byte escape", "\x9b2J", "\\x9b2J"),
        ("line ends", "a\r\nb", "a\\x0d\\x0ab"),
        ("tab", "a\tb", "a\\x09b"),
        ("delete", "a\x7f", "a\\x7f"),
        ("right to left override", "kotak\u202e1", "kotak\\u202e1"),
        ("isolate", "\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero width", "a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("line separator", "a\u2028b", "a\\u2028b"),
        ("odd spaces", "a\u00a0b\u2003c", "a b c"),
        ("lone surrogate", "a\udc80b", "a\\udc80b"),
        ("private use and tags", "\ue000\U000e0041", "\\ue000\\U000e0041"),
        ("empty", "", ""),
    ],
)
def test_clean(name: str, text: str, shown: str) -> None:
    assert clean(text) == shown, name


def test_a_limit_cuts_and_says_so() -> None:
    assert clean("abcdef", 3) == "abc…"
    assert clean("abc", 3) == "abc"
    assert clean("x" * 10_000_000, 5) == "xxxxx…"


@given(st.text(st.characters()))
def test_nothing_hidden_is_left_and_cleaning_again_changes_nothing_100(text: str) -> None:
    shown = clean(text)
    assert all(unicodedata.category(character)[0] != "C" and unicodedata.category(character) not in ("Zl", "Zp") for character in shown)
    assert clean(shown) == shown
