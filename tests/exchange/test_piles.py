"""Findings in order, however many (docs/spec/28-epcis-nist.md, XCHG-2): what is merged from the disk is what a list would be."""

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from custody.assembly.piles import Piles
from custody.core.findings import SEVERITY, Finding, finding

CODES = sorted(SEVERITY)


def drawn(seed: int, count: int) -> Iterator[Finding]:
    """Findings from few entries and codes, so that many are alike or differ in one thing."""
    random = Random(seed)
    for _ in range(count):
        entries = [random.randrange(40) for _ in range(random.randrange(1, 3))]
        facts = {name: random.choice(["satu", "dua", 1, 22]) for name in random.sample(["about", "key", "number"], random.randrange(3))}
        one = finding(random.choice(CODES[:4]), *entries, box=random.choice([None, "A", "B"]), **facts)
        yield one._replace(stated=random.choice([None, None, "rain"]))


@pytest.mark.parametrize("most", [1, 7, 500, 10_000])
def test_each_once_and_in_order(most: int) -> None:
    wanted = sorted(set(drawn(1, 2_000)), key=lambda one: (one.entries, one.code, one.box or "", str(one.facts), one.stated or ""))
    with Piles(drawn(1, 2_000), most) as piles:
        assert list(piles) == wanted
        one, other = iter(piles), iter(piles)  # each begins anew
        assert [next(one) for _ in range(5)] == [next(other) for _ in range(5)] == wanted[:5]
    assert 300 < len(wanted) < 2_000


def test_none_at_all() -> None:
    with Piles(iter(())) as piles:
        assert list(piles) == []


def test_nothing_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken() -> Iterator[Finding]:
        yield from drawn(2, 50)
        raise ValueError

    with Piles(drawn(2, 50), 10):
        assert len([name for *_, names in os.walk(tmp_path) for name in names]) == 5
    with pytest.raises(ValueError):
        Piles(broken(), 10)
    assert list(tmp_path.iterdir()) == []


def test_memory_is_flat() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        with Piles((finding("box.disputed", index, box="A") for index in range(count)), 500) as piles:
            assert sum(1 for _ in piles) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(600)
    few, many = peak(2_000), peak(12_000)
    assert many < 2 * few  # six times as many; of each pile only a line is at hand
