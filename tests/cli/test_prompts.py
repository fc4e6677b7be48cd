"""Questions: three tries, scanner bursts thrown away, yes and no in two languages."""

import pytest

from custody.core import labelcode
from custody.core.errors import KeyTrouble
from custody.i18n import words
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import ScriptedPrompter, TerminalPrompter, ask, confirm, is_scan, new_passphrase, unlock


def some_code() -> str:
    """The first code that can be typed, from bytes that count up."""
    return next(code for number in range(100) if (code := labelcode.from_random(number.to_bytes(10, "big"))) is not None)


PAYLOAD = labelcode.payload(some_code())


def say(code: str, **facts: object) -> str:
    return words.say(code, facts, "id")


def opens(right: str, code: str = "key.passphrase"):  # type: ignore[no-untyped-def]
    def open_with(typed: str) -> str:
        if typed != right:
            raise KeyTrouble(code, path="k")
        return "key"

    return open_with


@pytest.mark.parametrize(
    ("name", "typed", "scan"),
    [
        ("a scan", PAYLOAD, True),
        ("with Caps Lock the wrong way round", PAYLOAD.lower(), True),
        ("ended by a tab", PAYLOAD + "\t", True),
        ("two scans in a row", PAYLOAD + PAYLOAD, True),
        ("after the first letters of a passphrase", "kuda lau" + PAYLOAD, True),
        ("before the rest of a passphrase", PAYLOAD + "kuda laut", True),
        ("after something like the prefix", "KSU1KSU1" + PAYLOAD, True),
        ("a passphrase", "kuda laut biru tua", False),
        ("a passphrase with the prefix in it", "ksu1 kuda laut biru tua sekali", False),
        ("the code typed by hand, without prefix", labelcode.printed(some_code()), False),
        ("one letter wrong", PAYLOAD[:-1] + ("0" if PAYLOAD[-1] != "0" else "1"), False),
        ("cut short", PAYLOAD[:-1], False),
        ("nothing", "", False),
    ],
)
def test_is_scan(name: str, typed: str, scan: bool) -> None:
    assert is_scan(typed) is scan, name


def test_the_right_passphrase_at_the_third_try() -> None:
    prompter = ScriptedPrompter(["satu", "dua", "tiga"])
    assert unlock(prompter, "Kata sandi:", opens("tiga"), say) == "key"
    assert prompter.told == ["Kata sandi salah. Masih 2 kali.", "Kata sandi salah. Masih 1 kali."]


def test_three_wrong_tries_end_it() -> None:
    prompter = ScriptedPrompter(["satu", "dua", "tiga", "empat"])
    with pytest.raises(KeyTrouble, match=r"key\.passphrase"):
        unlock(prompter, "Kata sandi:", opens("empat"), say)
    assert prompter.left == 1


def test_a_scan_is_thrown_away_and_counts_as_no_try() -> None:
    prompter = ScriptedPrompter([PAYLOAD, "satu", PAYLOAD, "dua", PAYLOAD, "tiga"])
    assert unlock(prompter, "Kata sandi:", opens("tiga"), say) == "key"
    assert sum("pindaian label" in remark for remark in prompter.told) == 3


def test_a_scan_is_never_tried_as_a_passphrase() -> None:
    def open_with(typed: str) -> str:
        assert typed != PAYLOAD
        return typed

    assert unlock(ScriptedPrompter([PAYLOAD, "kuda"]), "?", open_with, say) == "kuda"


def test_a_scanner_that_never_stops_is_told_about() -> None:
    with pytest.raises(WrongUse, match=r"cli\.prompt\.scanner"):
        unlock(ScriptedPrompter([PAYLOAD] * 50), "?", opens("x"), say)


def test_other_trouble_with_a_key_is_not_asked_again() -> None:
    prompter = ScriptedPrompter(["satu", "dua"])
    with pytest.raises(KeyTrouble, match=r"key\.permissions"):
        unlock(prompter, "?", opens("x", "key.permissions"), say)
    assert prompter.left == 1


def test_a_new_passphrase_twice_the_same() -> None:
    prompter = ScriptedPrompter(["pendek", PAYLOAD, "kuda laut", "kuda darat", "kuda laut", "kuda laut"])
    assert new_passphrase(prompter, "?", "lagi?", say) == "kuda laut"
    assert [remark.split(":")[0].split(".")[0] for remark in prompter.told] == [
        "Terlalu pendek",
        "Itu pindaian label, bukan kata sandi",
        "Kedua ketikan tidak sama",
    ]


@pytest.mark.parametrize(
    ("answers", "default", "yes"),
    [
        (["y"], None, True),
        (["YA"], None, True),
        (["yes"], None, True),
        (["t"], None, False),
        (["n"], None, False),
        (["", "mungkin", "ya"], None, True),
        ([""], True, True),
        ([""], False, False),
    ],
)
def test_confirm(answers: list[str], default: bool | None, yes: bool) -> None:
    prompter = ScriptedPrompter(answers)
    assert confirm(prompter, "Benar?", "id", default) is yes
    assert prompter.left == 0


def test_ask_takes_the_default_and_insists_without_one() -> None:
    assert ask(ScriptedPrompter([""]), "Nama?", "x") == "x"
    assert ask(ScriptedPrompter(["", " ", " y "]), "Nama?") == "y"


def test_nobody_answers() -> None:
    with pytest.raises(WrongUse, match=r"cli\.prompt\.nobody"):
        ask(ScriptedPrompter(), "Nama?")


def test_a_passphrase_is_not_read_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("rahasia\n"))
    with pytest.raises(WrongUse, match=r"cli\.prompt\.no_terminal"):
        TerminalPrompter().secret("Kata sandi:")


def test_a_question_goes_to_stderr_and_an_ended_input_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("jawab\r\n"))
    assert TerminalPrompter().line("Nama\x1b[2J?") == "jawab"
    with pytest.raises(WrongUse):
        TerminalPrompter().line("Lagi?")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "Nama\\x1b[2J? Lagi? ")


def test_an_answer_that_is_neither_is_told_what_may_be_answered() -> None:
    prompter = ScriptedPrompter(["mungkin", "", "ya"])
    assert confirm(prompter, "Benar?", "id") is True
    assert prompter.told == ["Jawab: y (ya) atau t (tidak)."] * 2


def test_a_question_breaks_between_words_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.cli.harness import Terminal

    err = Terminal()
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setenv("COLUMNS", "20")
    TerminalPrompter().tell("satu dua tiga empat lima")
    assert err.getvalue() == "satu dua tiga empat\nlima\n"
