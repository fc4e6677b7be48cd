"""What is not a ledger, not ours, not whole or not on a disk of this computer: a code each, and nothing is changed by looking."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from custody.core.errors import Altered, CustodyError, NoLedger, Refused
from custody.store.mounts import linux_kind, system_kind, windows_kind
from custody.store.private import PrivateRegister
from custody.store.schema import LEDGER
from custody.store.sqlite import SETUP, SqliteStore
from tests.store.rows import box, row, rows


def made(folder: Path, count: int = 300) -> Path:
    """A closed ledger; the file."""
    store = SqliteStore.create(folder)
    with store.write() as writer:
        writer.append(rows(0, count))
        writer.put_checkpoint(count, b"catatan")
        writer.put_boxes([box("B1"), box("B2")])
        writer.touch([("B1", 1)])
        writer.put_facts("roster", {"a": b"1"})
    store.close()
    return folder / "ledger.db"


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def cut(path: Path, size: int) -> None:
    os.truncate(path, size)


FILES: list[tuple[str, type[CustodyError], str, Callable[[Path], object]]] = [
    ("no file", NoLedger, "store.missing", lambda p: p.unlink()),
    ("an empty file", NoLedger, "store.empty", lambda p: cut(p, 0)),
    ("a database without tables", NoLedger, "store.empty", lambda p: (p.unlink(), sql(p, "PRAGMA user_version = 0", "VACUUM"))),
    ("a database of others", NoLedger, "store.foreign", lambda p: (p.unlink(), sql(p, "CREATE TABLE entry (idx)"))),
    ("another mark", NoLedger, "store.foreign", lambda p: sql(p, "PRAGMA application_id = 7")),
    ("a newer format", NoLedger, "store.newer", lambda p: sql(p, "PRAGMA user_version = 2")),
    ("garbage", Altered, "store.damaged", lambda p: p.write_bytes(b"bukan basis data " * 1000)),
    ("a spoiled header", Altered, "store.damaged", lambda p: overwrite(p, 0, b"sqlite")),
    ("a spoiled first page", Altered, "store.damaged", lambda p: overwrite(p, 100, b"\xff" * 300)),
    ("half of the file", Altered, "store.damaged", lambda p: cut(p, p.stat().st_size // 2)),
    ("some bytes of the file", Altered, "store.damaged", lambda p: cut(p, 5000)),
    ("less than a header", Altered, "store.damaged", lambda p: cut(p, 50)),
]


@pytest.mark.parametrize(("name", "kind", "code", "spoil"), FILES, ids=[name for name, _, _, _ in FILES])
def test_bad_files(tmp_path: Path, name: str, kind: type[CustodyError], code: str, spoil: Callable[[Path], object]) -> None:
    path = made(tmp_path)
    spoil(path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(CustodyError) as caught:
        store = SqliteStore.open(tmp_path)
        try:  # half a file may open: the pages that are gone are missed when they are asked for
            list(store.rows())
            store.examine()
        finally:
            store.close()
    assert (type(caught.value), caught.value.code, caught.value.facts["path"]) == (kind, code, str(path))
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("code", ["store.missing", "store.newer", "store.foreign"])
def test_the_private_register_tells_the_same(tmp_path: Path, code: str) -> None:
    path = tmp_path / "private.db"
    if code != "store.missing":
        PrivateRegister.create(tmp_path).close()
        sql(path, "PRAGMA user_version = 99" if code == "store.newer" else "PRAGMA application_id = 1129272148")
    with pytest.raises(NoLedger) as caught:
        PrivateRegister.open(tmp_path)
    assert (caught.value.code, caught.value.facts["path"]) == (code, str(path))


def test_a_newer_format_says_which(tmp_path: Path) -> None:
    sql(made(tmp_path), "PRAGMA user_version = 7")
    with pytest.raises(NoLedger) as caught:
        SqliteStore.open(tmp_path)
    assert (caught.value.facts["found"], caught.value.facts["known"]) == (7, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a ledger", None), ("garbage", b"bukan basis data " * 1000), ("a database of others", b"")],
)
def test_creating_overwrites_nothing(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / "ledger.db"
    if content is None:
        made(tmp_path)
    elif content:
        path.write_bytes(content)
    else:
        sql(path, "CREATE TABLE other (x)")
    before = path.read_bytes()
    with pytest.raises(Refused) as caught:
        SqliteStore.create(tmp_path)
    assert (caught.value.code, caught.value.facts["path"]) == ("store.exists", str(path))
    assert path.read_bytes() == before, name


def test_creating_goes_on_after_a_crash_in_the_middle(tmp_path: Path) -> None:
    """The moments at which a crash can leave something: an empty file, and a file that is WAL already and has no tables."""
    path = tmp_path / "ledger.db"
    for leave in (lambda: path.touch(), lambda: sql(path, "PRAGMA journal_mode = WAL")):
        leave()
        with pytest.raises(NoLedger, match=r"store\.empty"):
            SqliteStore.open(tmp_path)
        store = SqliteStore.create(tmp_path)
        assert store.size() == 0
        store.close()
        path.unlink()


def test_a_value_of_the_wrong_type_is_damage(tmp_path: Path) -> None:
    """As a flipped bit in a record header leaves it. STRICT tables let nobody write that, so STRICT is taken away to make it."""
    path = made(tmp_path)
    sql(
        path,
        "DROP TRIGGER entry_no_update",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'STRICT', '') WHERE name = 'entry'",
    )
    sql(path, "UPDATE entry SET body = 'text' WHERE idx = 7", f"UPDATE entry SET leaf = '{'a' * 32}' WHERE idx = 8")
    sql(path, LEDGER.triggers["entry_no_update"])
    store = SqliteStore.open(tmp_path)
    for ask in (lambda: store.row(7), lambda: list(store.rows()), lambda: list(store.leaves())):
        with pytest.raises(Altered, match=r"store\.damaged"):
            ask()
    store.close()


def test_flipped_bytes_are_named_as_damage_or_handed_to_the_judge_400(tmp_path: Path) -> None:
    """A byte changed anywhere: the store answers or raises one of our errors, nothing else; and it does find some."""
    path = made(tmp_path, 12)
    whole, random, found = path.read_bytes(), Random(20240214), 0
    for _ in range(400):
        at = random.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ random.randrange(1, 256)]) + whole[at + 1 :])
        try:
            store = SqliteStore.open(tmp_path)
            try:
                store.examine()
                read_all(store)
            finally:
                store.close()
        except CustodyError as error:
            assert error.code in {"store.damaged", "store.schema", "store.foreign", "store.newer", "store.readonly", "store.io"}, at
            found += 1
    assert found > 20


def read_all(store: SqliteStore) -> None:
    for ask in (store.rows, store.leaves, store.checkpoints, store.boxes, store.touches, store.cosigned):
        assert None not in list(ask())  # type: ignore[operator]
    for topic in store.topics():
        assert list(store.facts(topic))
    for idx in range(store.size() % 20):
        with suppress(Refused):
            store.row(idx)
    store.head()


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can enter, outside of pytest's own, which is root's alone."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def reader_only(public: Path) -> Iterator[Callable[[], Path]]:
    """Makes the folder read-only for this process, also when it runs as root."""
    locked: list[int] = []

    def lock() -> Path:
        for path in (*public.iterdir(), public):
            path.chmod(0o444 | (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH if path.is_dir() else 0))
        if os.geteuid() == 0:
            os.seteuid(65534)
            locked.append(0)
        return public

    yield lock
    if locked:
        os.seteuid(0)
    public.chmod(0o755)


def test_a_read_only_folder_is_read_and_not_written(public: Path, reader_only: Callable[[], Path]) -> None:
    made(public)
    warm = SqliteStore.open(public)  # modules that are loaded late must be loaded before the rights go
    with warm.write():
        pass
    warm.close()
    for leftover in public.glob("*.lock*"):
        leftover.unlink()
    store = SqliteStore.open(reader_only())
    assert (store.size(), store.row(299)) == (300, row(299))
    with pytest.raises(Refused) as caught, store.write():
        pass
    assert caught.value.code == "store.readonly"
    with pytest.raises(Refused) as caught:
        PrivateRegister.create(public)
    assert caught.value.code == "store.readonly"
    store.close()
    assert sorted(path.name for path in public.iterdir()) == ["ledger.db"]


def test_a_read_only_copy_with_a_log_beside_it_is_not_read_in_part(tmp_path: Path, public: Path, reader_only: Callable[[], Path]) -> None:
    """Copied while in use: what is in the log would be missing, and nobody would notice."""
    store = SqliteStore.create(tmp_path)
    with store.write() as writer:
        writer.append(rows(0, 10))
    for name in ("ledger.db", "ledger.db-wal"):
        (public / name).write_bytes((tmp_path / name).read_bytes())
    store.close()
    with pytest.raises(Refused) as caught:
        SqliteStore.open(reader_only())
    assert (caught.value.code, caught.value.facts["path"]) == ("store.unfolded", str(public / "ledger.db"))


def test_reading_leaves_the_files_as_they_are(tmp_path: Path) -> None:
    path = made(tmp_path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    store = SqliteStore.open(tmp_path)
    assert len(list(store.rows())) == 300
    store.examine()
    store.close()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_after_closing_the_file_alone_is_everything(tmp_path: Path) -> None:
    path = made(tmp_path)
    assert not (tmp_path / "ledger.db-wal").exists()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "ledger.db").write_bytes(path.read_bytes())
    store = SqliteStore.open(elsewhere)
    assert store.size() == 300
    store.close()


def test_a_copy_is_whole_while_others_write(tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    store = SqliteStore.create(tmp_path)
    with store.write() as writer:
        writer.append(rows(0, 50))
    with store.write() as writer:
        writer.append(rows(50, 60))
        store.copy(backup)
    with pytest.raises(Refused, match=r"store\.exists"):
        store.copy(backup)
    store.close()
    copy = SqliteStore.open(backup)
    assert list(copy.rows()) == rows(0, 50)
    with copy.write() as writer:
        writer.append(rows(50, 51))
    copy.close()


# Network file systems.

TABLE = """\
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
//kantor/berbagi /mnt/kantor cifs rw 0 0
server:/ekspor /mnt/nama\\040panjang nfs4 rw 0 0
petugas@x:/ /home/p/jauh fuse.sshfs rw 0 0
/dev/sdb1 /home/p/jauh/dekat ext4 rw 0 0
host /mnt/host 9p rw 0 0
tmpfs /mnt/kantor/atas tmpfs rw 0 0
//kantor/berbagi /mnt/dua cifs rw 0 0
/dev/sdc1 /mnt/dua ext4 rw 0 0
rusak
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/p/buku", None),
        ("/mnt/kantor/buku", "cifs"),
        ("/mnt/kantor", "cifs"),
        ("/mnt/kantor2/buku", None),
        ("/mnt/nama panjang/buku", "nfs4"),
        ("/home/p/jauh/buku", "fuse.sshfs"),
        ("/home/p/jauh/dekat/buku", None),
        ("/mnt/host/buku", "9p"),
        ("/mnt/kantor/atas/buku", None),
        ("/mnt/dua/buku", None),
        ("/", None),
    ],
)
def test_what_lies_on_a_network_linux(folder: str, kind: str | None) -> None:
    assert linux_kind(Path(folder), TABLE) == kind


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("C:\\buku", None),
        ("Z:\\buku", "smb"),
        ("\\\\kantor\\berbagi", "smb"),
        ("\\\\?\\C:\\buku", None),
    ],
)
def test_what_lies_on_a_network_windows_simulated(folder: str, kind: str | None) -> None:
    assert windows_kind(Path(folder), lambda drive: 4 if drive == "Z:\\" else 3) == kind


def test_this_computer_answers(tmp_path: Path) -> None:
    assert system_kind(Path("/proc")) is None


@pytest.mark.parametrize("way", ["create", "open"])
def test_a_network_folder_is_refused(tmp_path: Path, way: str) -> None:
    if way == "open":
        made(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(Refused) as caught:
        getattr(SqliteStore, way)(tmp_path, replace(SETUP, network=lambda folder: "cifs"))
    assert (caught.value.code, caught.value.facts) == ("store.network", {"path": str(tmp_path), "kind": "cifs"})
    assert sorted(path.name for path in tmp_path.iterdir()) == before
