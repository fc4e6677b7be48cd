"""A PostgreSQL server whose disk is full, read-only or lies; SQLite's own are in tests/store/test_faults.py."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody.core.errors import CustodyError
from custody.store.postgres import PostgresStore
from custody.store.postgres_base import Patience
from tests.cluster import Server, in_memory, own_place, require_server
from tests.faults.disks import Disk, mounted
from tests.faults.load import Load, figures, lost_at
from tests.store.rows import rows

Note = Callable[[str, object], None]


@pytest.fixture
def disk() -> Iterator[Disk]:
    with mounted("tmpfs", 128) as made:
        yield made


@pytest.fixture
def server() -> Iterator[Server]:
    require_server()
    made = Server(own_place(in_memory()))
    made.make()
    made.start()
    yield made
    made.throw_away()


def opened(url: str) -> Callable[[], PostgresStore]:
    return lambda: PostgresStore.open(url, Patience(wait=3.0, commit=3.0))


def test_the_disk_of_the_server_is_full_and_then_has_room_again(disk: Disk, record_property: Note) -> None:
    require_server()
    server = Server(own_place(disk.path))
    server.make()
    server.start()
    try:
        url = server.prepared("ledger")
        load = Load(opened(url)).start()
        load.until(50)
        ballast = disk.path / "ballast"
        with ballast.open("wb") as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        load.until_refused()
        ballast.unlink()
        if not server.answers():  # it may have stopped itself: rather that than lie
            server.forget()
            server.start()
        load.until(50)
        load.stop()
        missing = lost_at(load.acknowledged, opened(url))
        figures(load, missing, record_property)
        assert missing == 0
        assert set(load.refused) <= {"database.full", "database.lost", "database.unconfirmed", "database.unreachable", "database.io"}
    finally:
        server.stop()


def test_a_server_that_only_lets_read_and_then_writes_again(server: Server, record_property: Note) -> None:
    """As after a change of roles, or when an administrator holds it still. SQLite's read-only disk is in tests/store/test_faults.py."""
    url = server.prepared("ledger")
    load = Load(opened(url)).start()
    load.until(30)
    name = "ledger"
    server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    load.until_refused()
    time.sleep(1)
    server.sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    load.until(30)
    load.stop()
    missing = lost_at(load.acknowledged, opened(url))
    figures(load, missing, record_property)
    assert missing == 0
    assert load.refused["database.standby"] > 0 and set(load.refused) <= {"database.standby", "database.lost", "database.unconfirmed"}


def full(server: Server, count: int = 600) -> str:
    url = server.prepared("ledger")
    with closing(opened(url)()) as store, store.write() as writer:
        writer.append(rows(0, count))
    server.sql("CHECKPOINT")
    return url


def file_of(server: Server, relation: str) -> Path:
    return server.data / server.sql(f"SELECT pg_relation_filepath('custody.{relation}')", database="ledger")


def read_all(url: str) -> str:
    """What a whole reading says: the bodies in order, and the server's index held against its table."""
    try:
        with closing(opened(url)()) as store:
            store.examine()
            return "whole" if list(store.rows()) == rows(0, 600) else "changed in silence"
    except CustodyError as error:
        return error.code


@pytest.mark.parametrize("relation", ["entry", "entry_pkey"])
def test_one_bit_in_the_files_of_the_server_16_times(server: Server, relation: str, record_property: Note) -> None:
    """Data checksums are on: a page with a flipped bit is not handed out. A bit in unused room of a page counts as well."""
    url = full(server)
    path = file_of(server, relation)
    said = []
    for at in range(16):
        server.stop("fast")
        data = bytearray(path.read_bytes())
        place = (at * 2 + 1) * len(data) // 32
        data[place] ^= 1 << at % 8
        path.write_bytes(data)
        server.start()
        said.append(read_all(url))
        server.stop("fast")
        data[place] ^= 1 << at % 8
        path.write_bytes(data)
        server.start()
    record_property("said", " ".join(f"{one} {said.count(one)}" for one in sorted(set(said))))
    assert "changed in silence" not in said
    assert said.count("store.damaged") == 16
    assert read_all(url) == "whole"


def test_a_row_changed_behind_the_servers_back_is_the_judges(server: Server) -> None:
    """Whoever owns the server can change a row and its checksum, too: the triggers do not see it, the tree does (custody verify)."""
    url = full(server, 10)
    server.sql("ALTER TABLE custody.entry DISABLE TRIGGER ALL", "UPDATE custody.entry SET kind = 'seal' WHERE idx = 3", database="ledger")
    for trigger in ("entry_insert", "entry_leaf", "entry_no_change"):
        server.sql(f"ALTER TABLE custody.entry ENABLE ALWAYS TRIGGER {trigger}", database="ledger")
    with closing(opened(url)()) as store:
        store.examine()
        assert store.row(3) != rows(3, 4)[0]


@pytest.mark.parametrize("jump", ["-1d", "+1h"])
def test_the_clock_of_the_server_jumps(jump: str, record_property: Note) -> None:
    """Order is the order of the locked head row; no clock has a say in it."""
    require_server()
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    if library is None:
        pytest.skip("libfaketime is missing (Debian: apt install faketime)")
    server = Server(own_place(in_memory()))
    server.make()
    told = server.place / "clock"
    told.write_text("+0")
    told.chmod(0o644)
    server.environ = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(told), "FAKETIME_NO_CACHE": "1"}
    server.environ |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    server.start()
    try:
        url = server.prepared("ledger")
        before = float(server.sql("SELECT extract(epoch FROM clock_timestamp())"))
        load = Load(opened(url)).start()
        load.until(60)
        told.write_text(jump)
        load.until(60)
        after = float(server.sql("SELECT extract(epoch FROM clock_timestamp())"))
        assert abs(after - before) > 3000 and abs(time.time() - before) < 600
        load.stop()
        missing = lost_at(load.acknowledged, opened(url))
        figures(load, missing, record_property)
        assert missing == 0
    finally:
        server.throw_away()
