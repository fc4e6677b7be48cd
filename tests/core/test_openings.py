"""Openings, closings, later boxes (spec chapters 9 REG-8, 10 LAW-5, LAW-9, LAW-15 to LAW-18), beside the cases that are vectors."""

from itertools import permutations

import pytest

from custody.core import note
from custody.core.findings import Finding
from custody.core.verify import verify
from fixtures.opened import GUARD, WITNESS, Opened, at_ppk, to_store
from fixtures.vectorsets.law_openings import ABOUT, CASES, found


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_verifier_tells_the_same(case: tuple[str, str]) -> None:
    """Every finding, and no other, with its facts."""
    build, expected = CASES[case]
    history = build()
    history.world.checkpoint()
    verdict, _ = verify(history.world, history.world.policy())
    assert verdict.faults == ()
    told = [one for one in verdict.findings if one.code.startswith(ABOUT)]
    assert [(one.code, tuple(entry - history.base for entry in one.entries), dict(one.facts)) for one in told] == expected


def test_no_term_is_stated() -> None:
    assert found(to_store(at_ppk(retention=None)).closed("disposed").world.entries) == []


def test_who_was_there_may_sign_later() -> None:
    """A witness who is named and signs the same text in a later entry was there, in whichever order the entries come."""
    seen = set()
    for order in permutations((("ppk-1", "guard-1"), ("witness-1",))):
        history = at_ppk()
        start = len(history.world.entries)
        history.opened(names=("ppk-1", "guard-1", "witness-1"), basis="court-order", order="1/2025", present=[GUARD, WITNESS])
        whole = history.world.entries.pop()
        text = whole.split(b"\n\n")[0] + b"\n"
        for names in order:
            history.world.entries.append(_signed(history, text, names))
        assert len(history.world.entries) == start + 2
        seen.add(tuple(one.code for one in found(history.world.entries)))
    assert seen == {()}


def _signed(history: Opened, text: bytes, names: tuple[str, ...]) -> bytes:

    return note.join(text, [history.world.person(name).line(text) for name in names])


def in_order(history: Opened, backwards: bool) -> list[tuple[str, str | None, str]]:
    """What is found, whichever way round the notes arrive. Which of two boxes had a number first is told by who came first."""
    base, notes = history.world.entries[: history.base], history.world.entries[history.base :]
    told = found([*base, *(reversed(notes) if backwards else notes)])
    return sorted((one.code, None if one.code == "seal.reused" else one.box, str(_facts(one))) for one in told)


def _facts(one: Finding) -> dict[str, str | int]:
    return {name: value for name, value in one.facts if name != "other"}


@pytest.mark.parametrize("case", [case for case in CASES if case[0] != "REG-8"], ids=" ".join)
def test_the_statements_may_arrive_in_any_order(case: tuple[str, str]) -> None:
    build, _ = CASES[case]
    assert in_order(build(), True) == in_order(build(), False)
