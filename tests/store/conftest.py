"""Stores of every make, for the contract suite."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from custody.store.memory import MemoryStore
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from custody.store.sqlite import SETUP, SqliteStore
from tests.cluster import Server, copied, dropped

AnyStore = MemoryStore | SqliteStore | PostgresStore
Make = Callable[..., AnyStore]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes an empty store; a writer of it waits a tenth of a second, or as told. All are closed at the end."""
    made: list[AnyStore] = []
    urls: list[str] = []
    server: Server | None = request.getfixturevalue("cluster") if request.param == "postgres" else None

    def new(wait: float = 0.1) -> AnyStore:
        if server is not None:
            urls.append(copied(server))
            made.append(PostgresStore.open(urls[-1], Patience(wait)))
        elif request.param == "memory":
            made.append(MemoryStore(wait))
        else:
            folder = tmp_path / str(len(made))
            folder.mkdir()
            made.append(SqliteStore.create(folder, replace(SETUP, wait=wait)))
        return made[-1]

    yield new
    for store in made:
        store.close()
    for url in urls:
        assert server is not None
        dropped(server, url)


@pytest.fixture
def store(make: Make) -> AnyStore:
    return make()
