"""A disk that fails under the ledger while entries are written: I/O errors, or suddenly read-only. It is said, and no answer is lost.

The device itself answers with errors (a loop device that is told to show only its first block), or ext4 is told that it is damaged. Full
disks and losses of power are in their own files.

ext4 that gives itself up may answer a sync under way in that very moment as if it had succeeded (seen in four of twelve runs of SQLite), as
it does when its power goes (`test_power`). No database can tell; the guard of the ledger syncs once more before anybody gets an answer.
So what counts there is what was answered before the moment; of each writer at most the one answer under way may be lost, and it is told.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

from custody.core.errors import CustodyError
from custody.ledger.receipt import Receipt
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from custody.store.sqlite import SqliteStore
from fixtures.smalloffice import SmallOffice
from fixtures.smallworld import place
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


class Outcome(NamedTuple):
    """Of a run: how many answers are lost, and how many more of those given in the moment when the disk broke."""

    load: Load
    missing: int
    momentary: int

    def judged(self, breaks: Break, record_property: Note) -> None:
        figures(self.load, self.missing, record_property)
        record_property("lost of what was under way", self.momentary)
        assert self.missing == 0
        assert self.momentary <= (self.load.writers if breaks is Disk.turn_read_only else 0)


def broken_under(load: Load, disk: Disk, breaks: Break) -> dict[bytes, int]:
    """Work, and break the disk in the middle of it; what was answered before."""
    load.start()
    load.until(100, seconds=120)
    before = dict(load.acknowledged)
    breaks(disk)
    load.until_refused()
    load.stop()
    return before


def mended(load: Load, before: dict[bytes, int]) -> Outcome:
    """Work on, on a whole disk; then look for all answers."""
    again = Load(load.opened, load.writers, "again", dict(load.acknowledged)).start()
    again.until(50, seconds=120)
    again.stop()
    after = {leaf: index for leaf, index in again.acknowledged.items() if leaf not in load.acknowledged}
    moment = {leaf: index for leaf, index in load.acknowledged.items() if leaf not in before}
    return Outcome(load, lost_at({**before, **after}, load.opened), lost_at(moment, load.opened))


def postgres(broken: tuple[Disk, Break, Break], **settings: str) -> Outcome:
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
        load = Load(lambda: PostgresStore.open(url, patience))
        before = broken_under(load, disk, breaks)
        server.kill()
        mends(disk)
        disk.come_back()
        server.forget()
        server.start()
        return mended(load, before)
    finally:
        server.stop()


@pytest.mark.faults
def test_postgres(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    found = postgres(broken)
    found.judged(broken[1], record_property)
    assert set(found.load.refused) <= ALLOWED, "said in words of ours"


@pytest.mark.faults
@pytest.mark.parametrize("broken", [BROKEN[0]], ids=["I/O errors, ext4"], indirect=True)
def test_control_postgres_without_fsync_loses(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    """If nothing is lost here, the runs above prove nothing."""
    found = postgres(broken, fsync="off")
    figures(found.load, found.missing, record_property)
    assert found.missing > 0


def test_sqlite(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    disk, breaks, mends = broken
    folder = disk.path / "ledger"
    folder.mkdir()
    SqliteStore.create(folder).close()
    disk.sync()
    load = Load(lambda: SqliteStore.open(folder), writers=1)
    before = broken_under(load, disk, breaks)
    mends(disk)
    disk.come_back()
    mended(load, before).judged(breaks, record_property)
    assert set(load.refused) <= {"store.io", "store.damaged", "store.readonly", "store.missing"}


def test_receipts_of_an_office(broken: tuple[Disk, Break, Break], record_property: Note) -> None:
    """Ledger and guard on the disk that breaks: what has a receipt is there afterwards, also of what was under way in the moment."""
    disk, breaks, mends = broken
    office, told = SmallOffice(disk.path / "office"), Told()
    disk.sync()
    worker = threading.Thread(target=told.work, args=(office,))
    worker.start()
    told.wait(20)
    breaks(disk)
    worker.join(timeout=60)
    assert told.refused is not None, "it was said"
    mends(disk)
    disk.come_back()
    with office.open(write=False) as opened:
        kept = list(opened.ledger.notes())
    missing = sum(kept[one.index : one.index + 1] != [one.note] for one in told.receipts)
    record_property("receipts", len(told.receipts))
    record_property("lost", missing)
    record_property("refused", told.refused)
    assert missing == 0


@dataclass
class Told:
    """What an office said to somebody who records one statement after the other: receipts, and at last why there is none."""

    receipts: list[Receipt] = field(default_factory=list)
    refused: str | None = None

    def work(self, office: SmallOffice) -> None:
        try:
            with office.open() as opened:
                while True:
                    code = f"53{len(self.receipts):02d}"
                    drafted = opened.draft("places", legs=[], places=[place(code, "kabupaten", f"Kabupaten Contoh {code}", None)])
                    self.receipts += opened.submit([office.signed(drafted, "kpu-1", "polri-1")]).receipts
        except (CustodyError, OSError) as error:
            self.refused = error.code if isinstance(error, CustodyError) else type(error).__name__

    def wait(self, count: int) -> None:
        end = time.monotonic() + 60
        while len(self.receipts) < count and self.refused is None and time.monotonic() < end:
            time.sleep(0.005)
        assert self.refused is None and len(self.receipts) >= count
