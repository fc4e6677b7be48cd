"""Several processes at one ledger, and one that is killed: what was acknowledged is there, in order, once."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from custody.store.sqlite import SqliteStore
from tests.store.rows import rows

ROOT = Path(__file__).parents[2]
Record = Callable[[str, object], None]


@contextmanager
def process(folder: Path, name: str, count: int, batch: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.store.appender", str(folder), name, str(count), str(batch)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            yield child
        finally:
            child.kill()


def test_8_processes_append_25_each_at_once(tmp_path: Path) -> None:
    SqliteStore.create(tmp_path).close()
    acknowledged: dict[int, str] = {}
    names = [f"p{at}" for at in range(8)]
    commands = [[sys.executable, "-m", "tests.store.appender", str(tmp_path), name, "25"] for name in names]
    children = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands]
    for child in children:
        out, err = child.communicate()
        assert (child.returncode, err) == (0, b"")
        for line in out.decode().splitlines():
            idx, text = line.split()
            assert acknowledged.setdefault(int(idx), text) == text
    store = SqliteStore.open(tmp_path)
    stored = [(row.idx, row.body.decode().split()[1]) for row in store.rows()]
    assert stored == sorted(acknowledged.items())
    assert [idx for idx, _ in stored] == list(range(200))
    for name in names:
        assert [text for _, text in stored if text.startswith(f"{name}-")] == [f"{name}-{turn}-0" for turn in range(25)]
    assert [size for size, _ in store.checkpoints()] == list(range(1, 201))
    store.examine()
    store.close()


def kill_again_and_again(folder: Path, kills: int, seed: int) -> int:
    """Kills a writer at random moments; after each, everything acknowledged must be there. Returns how many entries were acknowledged."""
    random = Random(seed)
    SqliteStore.create(folder).close()
    acknowledged: dict[int, str] = {}
    for turn in range(kills):
        with process(folder, f"k{turn}", 100_000, batch=random.choice([1, 3, 40])) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(random.randrange(1, 200))]
            child.kill()
            lines += child.stdout.read().splitlines(keepends=True)
        for line in lines:
            if line.endswith(b"\n"):
                idx, text = line.decode().split()
                assert acknowledged.setdefault(int(idx), text) == text
        store = SqliteStore.open(folder)
        stored = {row.idx: row.body.decode().split()[1] for row in store.rows()}
        assert list(stored) == list(range(len(stored)))
        assert {idx: stored.get(idx) for idx in acknowledged} == acknowledged
        head = store.head()
        assert head is not None
        assert head[0] == len(stored)
        store.examine()
        store.close()
    return len(acknowledged)


def test_killed_8_times_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    assert kill_again_and_again(tmp_path, 8, 20240214) > 100


@pytest.mark.soak
def test_killed_50_times_nothing_acknowledged_is_missing(tmp_path: Path, seed: int, record_property: Record) -> None:
    record_property("kills", 50)
    record_property("acknowledged", kill_again_and_again(tmp_path, 50, seed))


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path) -> None:
    SqliteStore.create(tmp_path).close()
    with process(tmp_path, "k", 100_000) as child:
        assert child.stdout is not None
        child.stdout.readline()
    store = SqliteStore.open(tmp_path)
    with store.write() as writer:
        assert writer.size() > 0
    store.close()


def test_a_reader_never_folds_the_log(tmp_path: Path) -> None:
    """Folding is writing: only the holder of the lock may do it."""
    SqliteStore.create(tmp_path).close()
    with process(tmp_path, "k", 100_000) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline() for _ in range(20)]
    before = {name: (tmp_path / name).read_bytes() for name in ("ledger.db", "ledger.db-wal")}
    store = SqliteStore.open(tmp_path)
    assert store.size() >= len(acknowledged)
    store.close()
    assert len(before["ledger.db-wal"]) > 4096
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


READ = """
import sys
from pathlib import Path
from custody.store.sqlite import SqliteStore
store = SqliteStore.open(Path(sys.argv[1]))
print(store.size(), flush=True)
sys.stdin.readline()
store.close()
"""


def test_the_last_writer_leaves_everything_in_the_file_though_a_reader_stays(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path)
    with subprocess.Popen([sys.executable, "-c", READ, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"0\n"
        with store.write() as writer:
            writer.append(rows(0, 50))
        store.close()
        alone = tmp_path / "alone"
        alone.mkdir()
        (alone / "ledger.db").write_bytes((tmp_path / "ledger.db").read_bytes())
        copy = SqliteStore.open(alone)
        assert copy.size() == 50
        copy.close()
        reader.communicate(b"\n")
        assert reader.returncode == 0
