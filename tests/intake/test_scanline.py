"""What scanners deliver: every suffix, wrong keyboards, double reads, other people's codes, and words typed by hand."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import labelcode
from custody.i18n import words
from custody.intake.keyboards import LAYOUTS, SELF_TEST, capitals, diagnose, readings
from custody.intake.scanline import LONGEST, PAYLOAD, Scan, Scanner, is_scan

US = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
US_SHIFT = '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
KEYS = {
    "azerty": ("²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!", "\0001234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§"),
    "qwertz": ("^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_"),
}


def typed_on(layout: str, text: str) -> str:
    """What the keys of a US keyboard give where the computer is set to another layout."""
    return text.translate({ord(us): there for us, there in zip(US + US_SHIFT, "".join(KEYS[layout]), strict=True)})


def code_of(draw: bytes) -> str:
    """A code from ten bytes, trying the next ones until the check can be typed."""
    number = int.from_bytes(draw, "big")
    while (code := labelcode.from_random(number.to_bytes(10, "big"))) is None:
        number = (number + 1) % 2**80
    return code


ONE, TWO = code_of(b"custody-01"), code_of(b"custody-yz")
A, B = labelcode.payload(ONE), labelcode.payload(TWO)


def word_that_passes() -> str:
    """Seventeen letters and no digit whose check happens to be right."""
    words = ("ABCDEFGHJKMNPQR" + last for last in "STVWXYZABCDEFGH")
    return next(word + labelcode.check_symbol(word) for word in words if labelcode.check_symbol(word) in "ABCDEFGHJKMNPQRSTVWXYZ")


CHANCE = word_that_passes()


def scans(*pieces: tuple[str, int]) -> list[Scan]:
    """Everything a scanner gives for pieces of text at their times."""
    scanner = Scanner()
    found = [scan for text, at in pieces for scan in scanner.feed(text, at)]
    return found + scanner.flush(pieces[-1][1] if pieces else 0)


def line(text: str) -> list[tuple[str, str | None]]:
    return [(scan.kind, scan.code or scan.trouble or scan.text) for scan in scans((text, 0))]


def keys(text: str, every: int, start: int = 0) -> list[tuple[str, int]]:
    return [(mark, start + at * every) for at, mark in enumerate(text)]


def test_a_code_of_ours_is_as_long_as_the_parser_thinks() -> None:
    assert len(A) == PAYLOAD == 21


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("enter", A + "\r", [("ours", ONE)]),
        ("enter and line feed", A + "\r\n", [("ours", ONE)]),
        ("tab", A + "\t", [("ours", ONE)]),
        ("no suffix", A, [("ours", ONE)]),
        ("two run together", A + B, [("ours", ONE), ("ours", TWO)]),
        ("two with tabs", A + "\t" + B + "\t", [("ours", ONE), ("ours", TWO)]),
        ("empty lines", "\r\n\r\n\t", []),
        ("small letters", A.lower() + "\n", [("ours", ONE)]),
        ("marks of transmission", "\x02" + A + "\x03\r", [("ours", ONE)]),
        ("the name of the symbology", "]Q1" + A + "\r", [("ours", ONE)]),
        ("noise of a key", "q" + A + "\r", [("ours", ONE)]),
        ("words cut off by a scan", "TPS 3 Ha" + A + "\r", [("stray", "TPS 3 Ha"), ("ours", ONE)]),
        ("a pasted line", "\x1b[200~" + A + "\x1b[201~\r", [("ours", ONE)]),
        ("the groups of four", labelcode.printed(ONE) + "\n", [("ours", ONE)]),
        ("the groups in small letters and spaces", labelcode.printed(ONE).lower().replace("-", " ") + "\n", [("ours", ONE)]),
        ("the groups together", A[4:] + "\n", [("ours", ONE)]),
        ("a group mistyped", labelcode.printed(ONE)[:-1] + ("0" if ONE[-1] != "0" else "1") + "\n", [("broken", "labelcode.check")]),
        ("a letter that no code has", "U" + labelcode.printed(ONE)[1:] + "\n", [("broken", "labelcode.symbol")]),
        ("a code cut short", A[:-1] + "\n", [("broken", "labelcode.short")]),
        ("a code with a symbol changed", A[:-2] + ("0" if A[-2] != "0" else "1") + A[-1] + "\n", [("broken", "labelcode.check")]),
        ("a broken code before a whole one", A[:-4] + B + "\n", [("broken", "labelcode.short"), ("ours", TWO)]),
        ("a version to come", "KSU2" + A[4:] + "\n", [("other", "KSU2" + A[4:])]),
        ("an address", "https://silog.example/x?y=1\n", [("other", "https://silog.example/x?y=1")]),
        ("a www address", "www.example.org\n", [("other", "www.example.org")]),
        ("a long number", "530719200800312\n", [("other", "530719200800312")]),
        ("data", '{"kotak": "DPR"}\n', [("other", '{"kotak": "DPR"}')]),
        ("fields", "5307|Habi|003|DPR\n", [("other", "5307|Habi|003|DPR")]),
        ("a random token", "a81Bd93kLmm02Qx8Zz19\n", [("other", "a81Bd93kLmm02Qx8Zz19")]),
        ("words of a person", "TPS 3 Habi DPR\n", [("typed", "TPS 3 Habi DPR")]),
        ("a box id", "PEM24-5307192008-003-DPR-1\n", [("typed", "PEM24-5307192008-003-DPR-1")]),
        ("a code of a desa", "5307192008\n", [("typed", "5307192008")]),
        ("a long name", "Kota Kefamenanu Utara Barat\n", [("typed", "Kota Kefamenanu Utara Barat")]),
        ("words in the rhythm of a code", "desa habi baru satu 2\n", [("typed", "desa habi baru satu 2")]),
        ("a word that passes the check", CHANCE + "\n", [("typed", CHANCE)]),
        ("an address with the name of its symbology", "]Q1https://silog.example\r", [("other", "https://silog.example")]),
        ("a rubbed-out letter", "Habo\x7fi\n", [("typed", "Habi")]),
        ("rubbed out too far", "\b\b\bHabi\n", [("typed", "Habi")]),
        ("control characters alone", "\x00\x1b\x07\n", []),
        ("a terminal title", "\x1b]0;x\x07habi\n", [("typed", "0;xhabi")]),
    ],
)
def test_lines(name: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert line(text) == expected, name


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("us", B),
        ("caps", B.lower()),
        ("caps", B.swapcase()),
        ("azerty", typed_on("azerty", B)),
        ("azerty", typed_on("azerty", B).swapcase()),
        ("azerty-caps", "".join(typed_on("azerty", mark).lower() if mark.isalpha() else mark for mark in B)),
        ("qwertz", typed_on("qwertz", B)),
    ],
)
def test_wrong_keyboards_are_read_and_named(layout: str, text: str) -> None:
    found = scans((text + "\n", 0))
    assert [(scan.kind, scan.code, scan.layout) for scan in found] == [("ours", TWO, layout)]
    assert "{" not in words.say("scan.keyboard", {"layout": layout})
    assert is_scan(text)


@pytest.mark.parametrize("layout", ["us", "caps", "azerty", "azerty-caps", "qwertz"])
@pytest.mark.parametrize(("suffix", "end"), [("enter", "\r\n"), ("enter", "\n"), ("tab", "\t"), ("none", "")])
def test_the_self_test_names_keyboard_and_suffix(layout: str, suffix: str, end: str) -> None:
    shown = {
        "us": SELF_TEST,
        "caps": SELF_TEST.swapcase(),
        "azerty": typed_on("azerty", SELF_TEST),
        "azerty-caps": "".join(typed_on("azerty", mark) if mark.isalpha() else mark for mark in SELF_TEST),
        "qwertz": typed_on("qwertz", SELF_TEST),
    }[layout]
    assert diagnose(shown + end) == (layout, suffix)
    assert layout in LAYOUTS
    assert words.known(f"scan.layout.{layout}")
    assert words.known(f"scan.suffix.{suffix}")


def test_a_self_test_that_fits_nothing() -> None:
    assert diagnose("") == (None, "none")
    assert diagnose(SELF_TEST[:-1] + "\n") == (None, "enter")


def test_the_self_test_is_no_code_of_ours_and_fits_a_qr() -> None:
    assert not is_scan(SELF_TEST)
    assert set(SELF_TEST) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:")


def test_a_right_keyboard_is_never_read_as_another() -> None:
    assert readings("ABC-1:Ö") == [("us", "ABC-1:Ö"), *readings("ABC-1:Ö")[1:]]
    assert capitals("aß") == "Aß"


class Case(NamedTuple):
    """A name, keystrokes with times, and what must come."""

    name: str
    pieces: list[tuple[str, int]]
    expected: list[tuple[str, str]]


@pytest.mark.parametrize(
    "case",
    [
        Case("a fast code without suffix", keys(A, 3), [("ours", A)]),
        Case("a foreign code without suffix, then ours", [*keys("5307-XYZ", 3), *keys(A, 3, 500)], [("other", "5307-XYZ"), ("ours", A)]),
        Case("slow typing goes on over pauses", keys("habi 3 dpr\r", 300), [("typed", "habi 3 dpr")]),
        Case("fast without spaces is a machine", keys("ABCDEFGH\r", 3), [("other", "ABCDEFGH")]),
        Case("slow without spaces is a person", keys("ABCDEFGH\r", 200), [("typed", "ABCDEFGH")]),
        Case("a whole line says nothing of speed", [("ABCDEFGH\r", 0)], [("typed", "ABCDEFGH")]),
        Case("typing, then a scan", [*keys("habi", 200), *keys(A + "\r", 3, 2000)], [("stray", "habi"), ("ours", A)]),
    ],
    ids=lambda case: case.name,
)
def test_keystrokes(case: Case) -> None:
    assert [(scan.kind, scan.text) for scan in scans(*case.pieces)] == case.expected


def test_silence_ends_what_a_machine_sent_and_not_what_a_person_types() -> None:
    scanner = Scanner()
    assert [scan for text, at in keys("5307-XYZ", 3) for scan in scanner.feed(text, at)] == []
    assert scanner.idle(40) == []
    assert [scan.text for scan in scanner.idle(200)] == ["5307-XYZ"]
    assert [scan for text, at in keys("habi 3 dpr", 200, 1000) for scan in scanner.feed(text, at)] == []
    assert scanner.idle(9_000) == []
    assert [scan.text for scan in scanner.flush(9_001)] == ["habi 3 dpr"]


@pytest.mark.parametrize(
    ("name", "pieces", "again"),
    [
        ("at once", [(A + "\r", 0), (A + "\r", 300)], [False, True]),
        ("held on the label", [(A, 0), (A, 900), (A, 1800)], [False, True, True]),
        ("later", [(A, 0), (A, 1500)], [False, False]),
        ("another between", [(A, 0), (B, 100), (A, 200)], [False, False, False]),
        ("run together", [(A + A, 0)], [False, True]),
        ("typed beside scanned", [(A, 0), (labelcode.printed(ONE) + "\n", 100)], [False, True]),
        ("words are never doubles", [("habi\n", 0), ("habi\n", 10)], [False, False]),
    ],
)
def test_double_reads(name: str, pieces: list[tuple[str, int]], again: list[bool]) -> None:
    assert [scan.again for scan in scans(*pieces)] == again, name


def test_the_how_of_a_code_is_told() -> None:
    assert [scan.how for scan in scans((A + "\n", 0), (labelcode.printed(TWO) + "\n", 5_000))] == ["scanned", "typed"]


@pytest.mark.parametrize("text", [A, "xx" + A + "yy", typed_on("azerty", A), A.lower()])
def test_a_scan_into_a_passphrase_prompt_is_known(text: str) -> None:
    assert is_scan(text)


@pytest.mark.parametrize("text", ["", "correct horse battery staple", A[:-1], A[4:], "x" * 3_000])
def test_a_passphrase_is_no_scan(text: str) -> None:
    assert not is_scan(text)


def test_leaning_on_the_keyboard_is_bounded() -> None:
    scanner = Scanner()
    found = [scan for _ in range(10) for scan in scanner.feed("x" * 1_000, 0)]
    assert [len(scan.text) for scan in found] == [LONGEST] * 5


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 200)), max_size=8))
def test_any_keystrokes_give_clean_scans_100(pieces: list[tuple[str, int]]) -> None:
    at, timed = 0, []
    for text, wait in pieces:
        at += wait
        timed.append((text, at))
    for scan in scans(*timed):
        assert scan.text
        assert not any(ord(mark) < 32 or 127 <= ord(mark) < 160 for mark in scan.text)
        assert (scan.code is not None) == (scan.kind == "ours")


@given(st.binary(min_size=10, max_size=10), st.lists(st.integers(1, 20), max_size=5), st.sampled_from(["\r", "\n", "\t", "\r\n", ""]))
def test_however_a_code_is_cut_it_arrives_whole_100(draw: bytes, cuts: list[int], end: str) -> None:
    code = code_of(draw)
    text = labelcode.payload(code) + end
    edges = sorted({0, len(text), *cuts})
    pieces = [(text[left:right], 5 * at) for at, (left, right) in enumerate(pairwise(edges))]
    assert [(scan.kind, scan.code, scan.layout) for scan in scans(*pieces)] == [("ours", code, "us")]


WORDS = frozenset(("selesai", "kurang", "daftar", "batal", "segel", "bantuan"))


@pytest.mark.parametrize("word", sorted(WORDS))
@pytest.mark.parametrize("every", [1, 20, 50])
def test_a_command_typed_fast_is_no_scan(word: str, every: int) -> None:
    scanner = Scanner(words=WORDS)
    found = [scan for text, at in keys(word, every) for scan in scanner.feed(text, at)]
    assert found + scanner.idle(5_000) == []  # it waits for Enter, as all that people type
    assert [(scan.kind, scan.text) for scan in scanner.feed("\r", 5_001)] == [("typed", word)]
    assert [(scan.kind, scan.text) for text, at in keys(word.upper() + "\r", every, 9_000) for scan in scanner.feed(text, at)] == [
        ("typed", word.upper())
    ]


def test_a_pause_within_fast_typing_cuts_nothing_off() -> None:
    scanner = Scanner(words=WORDS)
    pieces = [*keys("selesa", 10), ("", 300), *keys("i\r", 10, 400), *keys("TPS 3 ", 10, 2_000), ("", 2_300), *keys("Habi\r", 10, 2_400)]
    found = [scan for text, at in pieces for scan in (scanner.feed(text, at) if text else scanner.idle(at))]
    assert [(scan.kind, scan.text) for scan in found] == [("typed", "selesai"), ("typed", "TPS 3 Habi")]
