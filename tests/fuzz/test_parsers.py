"""Whatever bytes come: a value that writes the same bytes again, or an error of ours with words; within bounds of memory and time (G16)."""

import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.core.errors import CustodyError
from tests.fuzz.mutations import bombs, spoiled
from tests.fuzz.parser import KB, MB, Parser, judged
from tests.fuzz.table import TABLE

PATIENCE = 20.0  # seconds of a processor for one input: no measurement, it tells a reader that hangs
LARGE = 32 * KB
DEAR = 10_000  # rows with fewer inputs in soak than that take milliseconds for each
SMALL = 2 * KB
SLACK = 32 * MB  # what libraries load when they are first asked, and room for the largest file of an export


@contextmanager
def patient() -> Iterator[None]:
    """An input that takes too long fails."""

    def over(*_: object) -> None:
        raise AssertionError(f"more than {PATIENCE} seconds of a processor")

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def corpus(parser: Parser) -> list[bytes]:
    for package in parser.needs:
        pytest.importorskip(package)
    return list(parser.corpus())


def size(parser: Parser) -> int:
    return min(parser.most, LARGE if parser.runs >= DEAR else SMALL)


every = pytest.mark.parametrize("parser", TABLE, ids=[parser.name for parser in TABLE])
sampled = settings(suppress_health_check=list(HealthCheck), deadline=None)


@every
def test_what_is_as_it_should_be_is_read(parser: Parser) -> None:
    found = corpus(parser)
    assert found
    for data in found:
        assert len(data) <= parser.most
        assert judged(parser, data), data[:200]


def tried(parser: Parser, found: list[bytes], random: Random) -> bool:
    data = spoiled(random, found, min(parser.most, max(64 * KB, 2 * max(map(len, found)))))
    with patient():
        return judged(parser, data)


@pytest.mark.parametrize("parser", [one for one in TABLE if one.runs >= DEAR], ids=lambda parser: parser.name)
@settings(sampled, max_examples=100)
@given(data=st.data())
def test_spoiled_input_brings_no_foreign_error_100(parser: Parser, data: st.DataObject) -> None:
    tried(parser, corpus(parser), data.draw(st.randoms(use_true_random=False)))


@pytest.mark.parametrize("parser", [one for one in TABLE if one.runs < DEAR], ids=lambda parser: parser.name)
@settings(sampled, max_examples=15)
@given(data=st.data())
def test_spoiled_input_brings_no_foreign_error_15(parser: Parser, data: st.DataObject) -> None:
    tried(parser, corpus(parser), data.draw(st.randoms(use_true_random=False)))


@every
@settings(sampled, max_examples=15)
@given(data=st.binary(max_size=300))
def test_any_bytes_bring_no_foreign_error_15(parser: Parser, data: bytes) -> None:
    corpus(parser)
    judged(parser, data[: parser.most])


@every
def test_no_input_takes_much_memory_or_time(parser: Parser) -> None:
    found = corpus(parser)
    for name, data in bombs(found, size(parser)).items():
        tracemalloc.start()
        try:
            with patient():
                judged(parser, data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak <= parser.peak * len(data) + SLACK, f"{name}: {peak} bytes for {len(data)}"


@pytest.mark.parametrize("parser", [one for one in TABLE if one.beyond is not None and one.most <= 4 * MB], ids=lambda parser: parser.name)
def test_what_is_larger_than_stated_is_refused(parser: Parser) -> None:
    for name, data in bombs(corpus(parser), parser.most + 1).items():
        with pytest.raises(CustodyError) as refusal:
            parser.read(data)
        assert refusal.value.code == parser.beyond, name


@pytest.mark.soak
@every
def test_spoiled_input_in_great_numbers(parser: Parser, seed: int, record_property: Any) -> None:
    found, random = corpus(parser), Random(f"{seed} {parser.name}")
    read = sum(tried(parser, found, random) for _ in range(parser.runs))
    record_property("inputs", parser.runs)
    record_property("read", read)
