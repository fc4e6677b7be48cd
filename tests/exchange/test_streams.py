"""Documents of any size pass through in pieces: memory does not grow with the ledger (docs/spec/28-epcis-nist.md)."""

import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from custody.exchange import epcis, nist, rows
from custody.exchange.source import Source
from fixtures.bigworld import BigWorld
from fixtures.exchanged import opened
from fixtures.office import in_folder

BOXES = 60
SIZES = (800, 3_200)
DOCUMENTS: dict[str, Callable[[Source], Iterator[bytes]]] = {"epcis": epcis.document, "nist": nist.document, "jsonl": rows.json_lines}


def peak(root: Path, size: int) -> dict[str, tuple[int, int]]:
    """For each document: its pieces, and how many bytes were in use at most while it was written."""
    world = BigWorld(BOXES)
    notes = world.all(size)
    ledger = in_folder(world, root)
    next(notes)
    while some := list(islice(notes, 400)):
        ledger.append(some)
    found = {}
    with opened(ledger, ledger._store) as made:
        for name, document in DOCUMENTS.items():
            tracemalloc.start()
            pieces = sum(1 for _ in document(made))
            found[name] = (pieces, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    ledger.close()
    return found


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, tuple[int, int]]]:
    return [peak(tmp_path_factory.mktemp("besar") / str(size), size) for size in SIZES]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_memory_is_flat(name: str, measured: list[dict[str, tuple[int, int]]]) -> None:
    (few, low), (many, high) = (one[name] for one in measured)
    assert many > 2.5 * few
    assert high < 1.3 * low + 300_000, f"{low} bytes for {few} pieces, {high} for {many}"
