"""A disk that fails under the ledger while entries are written: I/O errors, or suddenly read-only. It is said, and no answer is lost.

The device itself answers with errors (a loop device that is told to show only its first block), or ext4 is told that it is damaged. Full
disks and losses of power are in their own files.
"""

from collections.abc import Callable, Iterator

import pytest

from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from custody.store.sqlite import SqliteStore
from tests.cluster import Server, own_place, require_server
from tests.faults.disks import Disk, mounted
from tests.faults.load import Load, figures, lost_at

Note = Callable[[str, object], None]
Break = Callable[[Disk], None]
ALLOWED = {"database.io", "database.lost", "database.unconfirmed", "database.unreachable", "store.damaged"}
BROKEN: list[tuple[str, str, Break, Break]] = [
    ("I/O errors", "ext4", Disk.fail, Disk.heal),
    ("I/O errors", "xfs", Disk.fail, Disk.heal),
    ("read-only", "ext4", Disk.turn_read_only, lambda disk: None),
]


@pytest.fixture(params=BROKEN, ids=[f"{name}, {kind}" for name, kind, *_ in BROKEN])
def broken(request: pytest.FixtureRequest) -> Iterator[tuple[Disk, Break, Break]]:
    _, kind, breaks, mends = request.param
    with mounted(kind, 400) as disk:
        yield disk, breaks, mends


def postgres(broken: tuple[Disk, Break, Break], **settings: str) -> tuple[Load, int]:
    """What was acknowledged, before the disk broke, while it was broken and on a whole one again; and how much of it is lost."""
    require_server()
    disk, breaks, mends = broken
    patience = Patience(wait=5.0, commit=5.0, unsafe=bool(settings))
    server = Server(own_place(disk.path), settings=settings)
    server.make()
    server.start()
    try:
        url = server.prepared("ledger")
        server.sql("CHECKPOINT")
        disk.sync()  # initdb was told to sync nothing
        load = Load(lambda: PostgresStore.open(url, patience)).start()
        load.until(100, seconds=120)
        breaks(disk)
        load.until_refused()
        load.stop()
        server.kill()
        mends(disk)
        disk.come_back()
        server.forget()
        server.start()
        again = Load(load.opened, acknowledged=dict(load.acknowledged), name="again").start()
        again.until(50, seconds=120)
        again.stop()
        return load, lost_at({**load.acknowledged, **again.acknowledged}, load.opened)
    finally:
        server.stop()


@pytest.mark.faults
def test_postgres(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    load, missing = postgres(broken)
    figures(load, missing, record_property)
    assert missing == 0
    assert set(load.refused) <= ALLOWED, "said in words of ours"


@pytest.mark.faults
@pytest.mark.parametrize("broken", [BROKEN[0]], ids=["I/O errors, ext4"], indirect=True)
def test_control_postgres_without_fsync_loses(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    """If nothing is lost here, the runs above prove nothing."""
    load, missing = postgres(broken, fsync="off")
    figures(load, missing, record_property)
    assert missing > 0


def test_sqlite(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    disk, breaks, mends = broken
    folder = disk.path / "ledger"
    folder.mkdir()
    SqliteStore.create(folder).close()
    disk.sync()
    load = Load(lambda: SqliteStore.open(folder), writers=1).start()
    load.until(100, seconds=120)
    breaks(disk)
    load.until_refused()
    load.stop()
    mends(disk)
    disk.come_back()
    again = Load(load.opened, writers=1, acknowledged=dict(load.acknowledged), name="again").start()
    again.until(50, seconds=120)
    again.stop()
    missing = lost_at(again.acknowledged, load.opened)
    figures(load, missing, record_property)
    assert missing == 0
    assert set(load.refused) <= {"store.io", "store.damaged", "store.readonly", "store.missing"}
