"""Three verifiers, one answer: the program, verify.py and verify.html in a real Chromium, over every vector and over altered ledgers.

`make soak` asks all of them 10,000 ledgers; its record counts what each said, by verdict and by code.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from custody.conformance import asking, mutants, questions
from tests.verifier import chromium
from tests.verifier.second import answer
from tests.verifier.test_page import ask, in_browser, page

__all__ = ["page"]  # the fixture
Said = dict[str, dict[str, Any]]  # by the name of the verifier
PLACE = ("verdict", "code", "entry", "checkpoint")


def altered(page: chromium.Chromium, seed: int, count: int) -> Iterator[tuple[str, Said]]:
    """What each says of each altered ledger."""
    ledgers = [(name, asking.asked_of(ledger), mutants.answer(mutants.judge(ledger))) for name, ledger in mutants.mutants(seed, count)]
    for (name, asked, program), shown in zip(ledgers, ask(page, [asked for _, asked, _ in ledgers]), strict=True):
        yield name, {"program": program, "verify.py": answer(asked), "verify.html": shown}


def agree(said: Said) -> bool:
    """Whether verdict, code, entry and checkpoint are the same from all, and all the faults where they are told."""
    places = {tuple(one.get(name) for name in PLACE) for one in said.values()}
    return len(places) == 1 and all(questions.agrees(said["program"], one) for one in said.values())


def test_one_that_says_otherwise_does_not_agree() -> None:
    same = {"verdict": "altered", "code": "head.root", "checkpoint": 3, "faults": [{"step": 5}]}
    for name, value in {"verdict": "consistent", "code": "head.size", "checkpoint": 4, "faults": []}.items():
        for who in ("verify.py", "verify.html"):
            said = {"program": same, "verify.py": same, "verify.html": same}
            assert agree(said)
            assert not agree({**said, who: {**same, name: value}})
    assert not agree({"program": {"verdict": "consistent"}, "verify.py": {"verdict": "consistent"}, "verify.html": same})


@in_browser
def test_200_altered_ledgers(page: chromium.Chromium) -> None:
    asked = list(altered(page, 2, 200))
    assert [name for name, said in asked if not agree(said)] == []
    assert len({said["program"].get("code") for _, said in asked}) > 15  # of many kinds; else the sample says little


@in_browser
@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_1000_of_10_000_altered_ledgers(
    page: chromium.Chromium, part: int, seed: int, record_property: Callable[[str, object], None]
) -> None:
    differing, said = [], {}  # type: list[str], dict[str, Counter[str]]
    for name, answers in altered(page, seed + part, 1000):
        for who, one in answers.items():
            said.setdefault(who, Counter())[f"{one['verdict']} {one.get('code', '')}".strip()] += 1
        if not agree(answers):
            differing.append(f"{name}: {answers}")
    for who, counts in said.items():
        record_property(who, counts.total())
    record_property(
        "each said" if len({str(sorted(one.items())) for one in said.values()}) == 1 else "the program said",
        dict(said["program"].most_common()),
    )
    record_property("ledgers on which not all three agree", len(differing))
    assert differing == []


@in_browser
@pytest.mark.soak
def test_every_vector(page: chromium.Chromium, record_property: Callable[[str, object], None]) -> None:
    """What the program says of a vector is what the vector wants: tests/test_vectors.py."""
    asked = [one for chapter in questions.CHAPTERS for one in questions.questions(chapter)]
    wrong = []
    for one, found in zip(asked, ask(page, [one.ask for one in asked]), strict=True):
        own = answer(one.ask)
        if own != found or not questions.agrees(one.want, own):
            wrong.append((one.chapter, one.name, one.want, own, found))
    record_property("questions", len(asked))
    record_property("wanted", dict(Counter(one.want["verdict"] for one in asked).most_common()))
    record_property("on which not all three agree", len(wrong))
    assert wrong == []
