"""Choices typed as codes or as their words, in either language."""

import click
import pytest

from custody_cli.ground.wordchoice import WordChoice
from custody_cli.table.handing import CARRIERS, UNSIGNED
from custody_cli.table.reasons import REASONS


@pytest.mark.parametrize(
    ("prefix", "codes", "typed", "code"),
    [
        ("unsigned", UNSIGNED, "no-key", "no-key"),
        ("unsigned", UNSIGNED, "tidak punya kunci", "no-key"),
        ("unsigned", UNSIGNED, "Lupa-Kata-Sandi", "forgot-passphrase"),
        ("unsigned", UNSIGNED, "has no key", "no-key"),
        ("reason", REASONS, "gelap, listrik mati", "darkness"),
        ("reason", REASONS, "cuaca", "weather"),
        ("carrier", CARRIERS, "jalan kaki", "foot"),
    ],
)
def test_the_code_of_what_was_typed(prefix: str, codes: tuple[str, ...], typed: str, code: str) -> None:
    assert WordChoice(prefix, codes).convert(typed, None, None) == code


def test_what_is_none_of_them_names_them_in_words() -> None:
    with pytest.raises(click.UsageError) as refused:
        WordChoice("carrier", CARRIERS).convert("gerobak", None, None)
    assert "jalan-kaki|sepeda-motor|mobil" in refused.value.format_message()


@pytest.mark.parametrize(("prefix", "codes"), [("unsigned", UNSIGNED), ("reason", REASONS), ("carrier", CARRIERS)])
def test_no_two_choices_share_their_words(prefix: str, codes: tuple[str, ...]) -> None:
    kind = WordChoice(prefix, codes)
    shown = kind.shown(None).split("|")
    assert len(set(shown)) == len(codes) and [kind.convert(one, None, None) for one in shown] == list(codes)
