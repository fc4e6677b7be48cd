"""Choices typed as codes or as their words, in either language."""

import click
import pytest

from custody_cli.ground.wordchoice import WordChoice
from custody_cli.occasions.closing import ENDS
from custody_cli.occasions.opening import BASES
from custody_cli.table.handing import CARRIERS, UNSIGNED
from custody_cli.table.happening import CODES
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
        ("happening", CODES, "basah", "wet"),
        ("happening", CODES, "Listrik", "power"),
        ("openingbasis", BASES, "pleno", "plenary"),
        ("openingbasis", BASES, "MK", "court-order"),
        ("boxend", ENDS, "arsip", "archived"),
    ],
)
def test_the_code_of_what_was_typed(prefix: str, codes: tuple[str, ...], typed: str, code: str) -> None:
    assert WordChoice(prefix, codes).convert(typed, None, None) == code


def test_what_is_none_of_them_names_them_in_words() -> None:
    with pytest.raises(click.UsageError) as refused:
        WordChoice("carrier", CARRIERS).convert("gerobak", None, None)
    assert "jalan-kaki · sepeda-motor · mobil" in refused.value.format_message()


def test_a_word_of_several_names_these_alone() -> None:
    with pytest.raises(click.UsageError) as refused:
        WordChoice("happening", CODES).convert("hilang", None, None)
    told = refused.value.format_message()
    assert "kotak-hilang · hilang-kontak" in told and "tenggelam" not in told and "kejadian-lain" not in told


@pytest.mark.parametrize("typed", ["rusak", "ko", "kotak"])
def test_a_part_of_several_choices_is_none(typed: str) -> None:
    with pytest.raises(click.UsageError):
        WordChoice("happening", CODES).convert(typed, None, None)


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("unsigned", UNSIGNED),
        ("reason", REASONS),
        ("carrier", CARRIERS),
        ("happening", CODES),
        ("openingbasis", BASES),
        ("boxend", ENDS),
    ],
)
def test_no_two_choices_share_their_words(prefix: str, codes: tuple[str, ...]) -> None:
    kind = WordChoice(prefix, codes)
    shown = kind.shown(None).split("|")
    assert len(set(shown)) == len(codes) and [kind.convert(one, None, None) for one in shown] == list(codes)
