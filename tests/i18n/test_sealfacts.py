"""What a sentence says of a seal before and after: named cases, and the words in both languages."""

import pytest

from custody.i18n import words
from custody.i18n.sealfacts import seal_facts

CASES = {
    "only the number differs, and there was none": ("intact", "intact WM123", "tercatat utuh tanpa nomor, ditemukan utuh WM123"),
    "only the number differs, and there is none": ("torn A1", "torn", "tercatat robek A1, ditemukan robek tanpa nomor"),
    "two numbers": ("intact A1", "intact A2", "tercatat utuh A1, ditemukan utuh A2"),
    "another state": ("intact", "torn", "tercatat utuh, ditemukan robek"),
    "another state and number": ("intact", "torn A1", "tercatat utuh, ditemukan robek A1"),
    "gone": ("intact", "missing", "tercatat utuh, ditemukan tidak ada"),
    "not recorded": ("-", "intact A1", "tercatat tidak dicatat, ditemukan utuh A1"),
    "loose": ("loose", "loose A1", "tercatat longgar tanpa nomor, ditemukan longgar A1"),
    "replaced": ("replaced A1", "replaced", "tercatat diganti A1, ditemukan diganti tanpa nomor"),
}


@pytest.mark.parametrize("case", CASES)
def test_before_and_after(case: str) -> None:
    was, found, told = CASES[case]
    facts = {"point": "lid", "box": "X", **seal_facts({"was": was, "found": found})}
    assert told in words.say("seal.changed", facts, "id")
    assert "unnumbered" not in words.say("seal.changed", facts, "en")


def test_of_one_fact_nothing_is_compared() -> None:
    assert seal_facts({"found": "torn"}) == {"found": "torn"} and seal_facts({"value": "A1"}) == {}
