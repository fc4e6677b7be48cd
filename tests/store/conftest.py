"""Stores of every make, for the contract suite."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from custody.store.memory import MemoryStore
from custody.store.sqlite import SETUP, SqliteStore

Make = Callable[..., MemoryStore | SqliteStore]


@pytest.fixture(params=["memory", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes an empty store; a writer of it waits a tenth of a second, or as told. All are closed at the end."""
    made: list[MemoryStore | SqliteStore] = []

    def new(wait: float = 0.1) -> MemoryStore | SqliteStore:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(MemoryStore(wait) if request.param == "memory" else SqliteStore.create(folder, replace(SETUP, wait=wait)))
        return made[-1]

    yield new
    for store in made:
        store.close()


@pytest.fixture
def store(make: Make) -> MemoryStore | SqliteStore:
    return make()
