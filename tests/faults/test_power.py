"""The power goes while entries are written: what was acknowledged is there afterwards. And the controls, which must lose something.

A file system's own shutdown call stands for the power: whatever has not been synced is gone, and every later write fails.
"""

from collections.abc import Callable, Iterator

import pytest

from custody.core.errors import CustodyError
from custody.store import database
from custody.store.contract import Store
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from custody.store.sqlite import SqliteStore
from tests.cluster import Server, own_place, require_server
from tests.faults.disks import Disk, mounted
from tests.faults.load import Load, figures, lost_at

Note = Callable[[str, object], None]


@pytest.fixture(params=["ext4", "xfs"])
def disk(request: pytest.FixtureRequest) -> Iterator[Disk]:
    with mounted(request.param, 400) as made:
        yield made


def cut(disk: Disk, load: Load, count: int) -> None:
    """Work, and lose the power in the middle of it. The writers are told of what fails.

    What counts is what was acknowledged before: an fdatasync that is under way while the call runs may return as if it had succeeded (seen
    with bare files on both file systems), which no machine without power does.
    """
    load.start()
    load.until(count, seconds=120)
    before = dict(load.acknowledged)
    disk.lose_power()
    load.until_refused()
    load.stop()
    load.acknowledged = before


def sqlite(disk: Disk, count: int) -> tuple[Load, int]:
    folder = disk.path / "ledger"
    folder.mkdir()
    SqliteStore.create(folder).close()
    disk.sync()
    load = Load(lambda: SqliteStore.open(folder), writers=1)
    cut(disk, load, count)
    disk.come_back()
    return load, lost_after(load, lambda: SqliteStore.open(folder))


def postgres(disk: Disk, count: int, **settings: str) -> tuple[Load, int]:
    require_server()
    patience = Patience(wait=5.0, commit=5.0, unsafe=bool(settings))
    server = Server(own_place(disk.path), settings=settings)
    server.make()
    server.start()
    url = server.prepared("ledger")
    server.sql("CHECKPOINT")
    disk.sync()
    load = Load(lambda: PostgresStore.open(url, patience), writers=4)
    cut(disk, load, count)
    server.kill()
    disk.come_back()
    server.forget()
    try:
        server.start()
    except RuntimeError:
        return load, len(load.acknowledged)  # not even a server is left
    missing = lost_after(load, lambda: PostgresStore.open(url, patience))
    server.stop()
    return load, missing


def lost_after(load: Load, opened: Callable[[], Store]) -> int:
    try:
        return lost_at(load.acknowledged, opened)
    except CustodyError:
        return len(load.acknowledged)  # not even a ledger is left


def test_sqlite(disk: Disk, record_property: Note) -> None:
    load, missing = sqlite(disk, 150)
    figures(load, missing, record_property)
    assert missing == 0
    assert sum(load.refused.values()) > 0  # refused is said


@pytest.mark.faults
def test_control_sqlite_without_syncs_loses(disk: Disk, monkeypatch: pytest.MonkeyPatch, record_property: Note) -> None:
    monkeypatch.setattr(database, "_WRITER", tuple(one.replace("synchronous=FULL", "synchronous=OFF") for one in database._WRITER))
    load, missing = sqlite(disk, 150)
    figures(load, missing, record_property)
    assert missing > 0


def test_postgres(disk: Disk, record_property: Note) -> None:
    load, missing = postgres(disk, 200)
    figures(load, missing, record_property)
    assert missing == 0
    assert sum(load.refused.values()) > 0


@pytest.mark.faults
def test_control_postgres_without_fsync_loses(disk: Disk, record_property: Note) -> None:
    load, missing = postgres(disk, 200, fsync="off")
    figures(load, missing, record_property)
    assert missing > 0


@pytest.mark.faults
def test_control_postgres_that_does_not_wait_loses(disk: Disk, record_property: Note) -> None:
    load, missing = postgres(disk, 500, synchronous_commit="off")
    figures(load, missing, record_property)
    assert missing > 0
