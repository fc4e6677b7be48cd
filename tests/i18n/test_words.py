"""Sentences from codes and facts: forms of places, fallbacks, and facts that would harm a screen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.i18n import words
from custody.i18n.words import fill, next_step, say


@pytest.mark.parametrize(
    ("name", "sentence", "facts", "indonesian", "english"),
    [
        ("a whole number is grouped", "{n}", {"n": 19428}, "19.428", "19,428"),
        ("digits to type are not", "{n:d}", {"n": 19428}, "19428", "19428"),
        ("a boolean is a word", "{b}", {"b": True}, "ya", "yes"),
        ("nothing is a dash", "{b}", {"b": None}, "—", "—"),
        ("a list is joined", "{l}", {"l": ("b", "a")}, "b, a", "b, a"),
        (
            "a long list is cut",
            "{l}",
            {"l": tuple(range(42))},
            ", ".join(map(str, range(40))) + ", dan 2 lagi",
            ", ".join(map(str, range(40))) + ", and 2 more",
        ),
        ("one of two words", "{n} {n:line|lines}", {"n": 1}, "1 line", "1 line"),
        ("the other of two words", "{n} {n:line|lines}", {"n": 2}, "2 lines", "2 lines"),
        (
            "a time in a zone",
            "{t:when}",
            {"t": "2024-11-27T10:00:00Z", "zone": "Asia/Makassar"},
            "27 November 2024 pukul 18.00 WITA",
            "27 November 2024 at 18:00 WITA",
        ),
        ("a clock in a zone", "{t:clock}", {"t": "2024-11-27T11:42:00Z", "zone": "Asia/Makassar"}, "19.42 WITA", "19:42 WITA"),
        ("a time without a zone is UTC", "{t:clock}", {"t": "2024-11-27T11:42:00Z"}, "11.42 UTC", "11:42 UTC"),
        ("a time that is none stays", "{t:when}", {"t": "besok"}, "besok", "besok"),
        ("minutes only", "{m:span}", {"m": 12}, "12 menit", "12 minutes"),
        ("hours and minutes", "{m:span}", {"m": 308}, "5 jam 8 menit", "5 hours 8 minutes"),
        ("whole hours", "{m:span}", {"m": 60}, "1 jam", "1 hour"),
        ("no time at all", "{m:span}", {"m": 0}, "0 menit", "0 minutes"),
        ("the start of a hash", "{h:short}", {"h": "0123456789abcdef"}, "0123456789ab", "0123456789ab"),
        ("words of another code", "{r:title}", {"r": "guard"}, "Petugas jaga", "Guard"),
        ("a value without words stays", "{r:title}", {"r": "cook"}, "cook", "cook"),
        ("a state and its number", "{s:sealstate}", {"s": "torn 00123"}, "robek 00123", "torn 00123"),
        ("several values", "{s:sealpoint}", {"s": "lid slot"}, "tutup, celah", "lid, slot"),
        ("several values, one without words", "{s:sealpoint}", {"s": "lid cap"}, "tutup cap", "lid cap"),
        ("a role by its title, without a fact", "{supervisor:title}", {}, "Kasatops", "Kasatops (operations supervisor)"),
        ("the day alone", "{t:day}", {"t": "2024-11-27T10:00:00Z"}, "27 November 2024", "27 November 2024"),
        ("a range", "{a:to:b}", {"a": 23, "b": 25}, "23–25", "23–25"),
        ("a range of one", "{a:to:b}", {"a": 23, "b": 23}, "23", "23"),
        ("a place without a fact stays visible", "a {gone} b", {}, "a {gone} b", "a {gone} b"),
        ("a fact is never a template", "{a}", {"a": "{b}", "b": "no"}, "{b}", "{b}"),
    ],
)
def test_places(name: str, sentence: str, facts: dict[str, object], indonesian: str, english: str) -> None:
    assert (fill(sentence, facts, "id", {}), fill(sentence, facts, "en", {})) == (indonesian, english), name


def test_a_title_of_the_settings_replaces_the_word() -> None:
    assert fill("{r:title}", {"r": "supervisor"}, "id", {"supervisor": "Kabagops\x1b[2J"}) == "Kabagops\\x1b[2J"


def test_an_unknown_code_is_shown_with_its_facts() -> None:
    assert say("no.such-code", {"count": 17000, "name": "a\nb"}, "id") == "no.such-code (count=17.000, name=a\\x0ab)"
    assert say("no.such-code") == "no.such-code"
    assert say("no.such\x1b[2J") == "no.such\\x1b[2J"
    assert next_step("no.such-code") is None


@pytest.mark.parametrize("harm", ["\x1b[2J\x1b]0;x\x07", "\u202egpj.exe", "a\u200bb", "\x9b31m", "\u2028", "\udcff", "\U000e0041", "\r"])
def test_facts_are_made_visible(harm: str) -> None:
    said = say("cli.file.missing", {"file": harm}, "id")
    assert not any(character in said for character in harm if character not in "2J]0;x[31mgpj.exeab")
    assert "\\x" in said or "\\u" in said or "\\U" in said


@given(
    st.sampled_from([code for _, code in words.codes()] + ["no.code", "", ".", "a..b", "../x"]),
    st.dictionaries(
        st.sampled_from(["file", "text", "count", "zone", "left", "question"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters()), st.tuples(st.text())),
        max_size=5,
    ),
    st.sampled_from(["id", "en"]),
)
def test_nothing_raises_whatever_the_facts_100(code: str, facts: dict[str, object], lang: str) -> None:
    say(code, facts, lang)
    next_step(code, facts, lang)


def test_a_huge_number_is_shown() -> None:
    assert say("no.such", {"n": 10**5000}).startswith("no.such (n=0x")


UNSTATED = {
    "incident.open": ({"what": "wet", "place": "Habi", "owner": "-", "due": "-"}, "penanggung jawab tidak disebut, batas tidak disebut"),
    "giver.not-holder": ({"box": "A", "giver": "-", "holder": "pps-1"}, "(tidak disebut)"),
    "correction.void": ({"box": "A", "holder": "-"}, "kembali kepada tidak seorang pun"),
    "plenary.unsigned": ({"place": "Kangae", "step": "begun", "key": "-"}, "belum ditandatangani seorang saksi pun"),
    "cli.scan.leg": ({"start": "A", "end": "B", "giver": "—", "receiver": "pps-1"}, "pemberi: tidak disebut"),
}


@pytest.mark.parametrize("code", UNSTATED)
def test_what_nobody_stated_is_told_in_words(code: str) -> None:
    facts, told = UNSTATED[code]
    said = words.say(code, facts)
    assert told in said and not re.search(r"(^|[ (])[-—]([ ,).]|$)", said), said
    assert not re.search(r"(^|[ (])[-—]([ ,).]|$)", words.say(code, facts, "en"))
