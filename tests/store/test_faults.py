"""The disk says no, or the process dies between two steps: nothing is half done, nothing acknowledged is lost, and every error is ours."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core.errors import CustodyError, Refused
from custody.store.private import PlainCode, PrivateRegister
from custody.store.sqlite import SqliteStore
from tests.store.rows import row, rows, tile

ROOT = Path(__file__).parents[2]

# A child that takes the steps of a whole append and kills itself after as many of them as it is told; 99: after the block was left.
DIE = """
import os, signal, sys
from pathlib import Path
from custody.store.sqlite import SqliteStore
from tests.store.test_contract import STEPS
store = SqliteStore.open(Path(sys.argv[1]))
steps, die = [step for _, step in STEPS], int(sys.argv[2])
with store.write() as writer:
    for step in steps[:die]:
        step(writer)
    if die <= len(steps):
        os.kill(os.getpid(), signal.SIGKILL)
print("acknowledged", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("die", [0, 1, 2, 3, 4, 5, 6, 7, 8, 99])
def test_killed_before_or_after_each_step_all_or_nothing(tmp_path: Path, die: int) -> None:
    store = SqliteStore.create(tmp_path)
    with store.write() as writer:
        writer.append(rows(0, 600))
        writer.put_checkpoint(600, b"catatan")
        writer.put_facts("roster", {"a": b"1"})
        writer.put_tiles([tile(0), tile(1)])
    store.close()
    child = subprocess.run([sys.executable, "-c", DIE, str(tmp_path), str(die)], cwd=ROOT, capture_output=True)
    assert (child.returncode, child.stderr) == (-signal.SIGKILL, b"")
    store = SqliteStore.open(tmp_path)
    store.examine()
    if die == 99:
        assert child.stdout == b"acknowledged\n"
        assert (store.size(), store.head(), len(list(store.tiles(0))), store.topics()) == (800, (800, b"baru"), 3, [])
    else:
        assert (store.size(), store.head(), len(list(store.tiles(0))), store.topics()) == (600, (600, b"catatan"), 2, ["roster"])
    with store.write() as writer:
        writer.append([row(store.size(), "sesudah")])
    store.close()


# A child that may not make any file longer than it is told: the system refuses the write that goes beyond (EFBIG, an I/O error to SQLite).
SMALL_FILES = """
import resource, sys
from pathlib import Path
from custody.core.errors import CustodyError
from custody.store.sqlite import SqliteStore
from tests.store.rows import row
store = SqliteStore.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
refused = ""
for _ in range(10_000):
    try:
        with store.write() as writer:
            idx = writer.size()
            writer.append([row(idx)])
            writer.put_checkpoint(idx + 1, b"catatan")
        print(idx, flush=True)
    except CustodyError as error:
        refused = error.code
        break
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.write() as writer:
    idx = writer.size()
    writer.append([row(idx, "sesudah")])
print(idx, refused, flush=True)
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is POSIX")
@pytest.mark.parametrize("limit", [20_000, 65_536, 200_001])
def test_an_error_of_the_disk_in_the_middle(tmp_path: Path, limit: int) -> None:
    SqliteStore.create(tmp_path).close()
    child = subprocess.run([sys.executable, "-c", SMALL_FILES, str(tmp_path), str(limit)], cwd=ROOT, capture_output=True, text=True)
    assert (child.returncode, child.stderr) == (0, "")
    *acknowledged, last = child.stdout.splitlines()
    assert last.split()[1] in ("store.io", "store.full")
    store = SqliteStore.open(tmp_path)
    stored = [found.idx for found in store.rows()]
    assert stored == list(range(len(stored)))
    assert [int(idx) for idx in acknowledged] == stored[: len(acknowledged)]
    assert store.row(int(last.split()[0])).body == row(int(last.split()[0]), "sesudah").body
    store.examine()
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root on Linux to mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def append_until_refused(store: SqliteStore) -> tuple[list[int], CustodyError]:
    acknowledged: list[int] = []
    for _ in range(100_000):
        try:
            with store.write() as writer:
                idx = writer.size()
                writer.append([row(idx)])
            acknowledged.append(idx)
            store.tidy()
        except CustodyError as error:
            return acknowledged, error
    raise AssertionError("never refused")


def test_a_full_disk(small_disk: Path) -> None:
    store = SqliteStore.create(small_disk)
    acknowledged, error = append_until_refused(store)
    assert (type(error), error.code) == (Refused, "store.full")
    assert str(error.facts["path"]).startswith(str(small_disk))
    assert len(acknowledged) > 20
    stored = [found.idx for found in store.rows()]
    assert stored[: len(acknowledged)] == acknowledged == list(range(len(acknowledged)))
    again, error = append_until_refused(store)
    assert (again, error.code) == ([], "store.full")
    remount(small_disk, "size=8m")
    with store.write() as writer:
        writer.append([row(writer.size())])
    store.examine()
    store.close()
    store = SqliteStore.open(small_disk)
    assert store.size() >= len(acknowledged) + 1
    store.close()


def test_a_full_disk_at_creation_and_in_the_private_register(small_disk: Path) -> None:
    register = PrivateRegister.create(small_disk)
    (small_disk / "fill").write_bytes(b"x" * (700 << 10))
    with pytest.raises(Refused, match=r"store\.full"):
        register.put_codes(PlainCode(bytes([at % 256, at // 256]) * 16, "A" * 16, None) for at in range(20_000))
    assert register.spares() == []
    (small_disk / "fill2").write_bytes(b"x" * (small_disk_free(small_disk) - 8192))
    with pytest.raises(Refused, match=r"store\.full"):
        SqliteStore.create(small_disk)
    for name in ("fill", "fill2"):
        (small_disk / name).unlink()
    SqliteStore.create(small_disk).close()
    register.put_codes([PlainCode(b"h" * 32, "A" * 16, None)])
    assert len(register.spares()) == 1
    register.close()


def small_disk_free(disk: Path) -> int:
    room = os.statvfs(disk)
    return room.f_bavail * room.f_frsize


def test_a_disk_that_turns_read_only_and_back(small_disk: Path) -> None:
    store = SqliteStore.create(small_disk)
    with store.write() as writer:
        writer.append(rows(0, 10))
    store.close()
    remount(small_disk, "ro")
    store = SqliteStore.open(small_disk)
    assert list(store.rows()) == rows(0, 10)
    with pytest.raises(Refused) as caught, store.write() as writer:
        writer.append([row(10)])
    assert caught.value.code == "store.readonly"
    store.close()
    remount(small_disk, "rw")
    store = SqliteStore.open(small_disk)
    with store.write() as writer:
        writer.append([row(10)])
    store.close()


# A child whose every step is announced by a question for a file that is not there, so that strace shows which sync belongs to which step.
STEPS_WITH_MARKS = """
import sys
from pathlib import Path
from custody.core.errors import CustodyError
from custody.store.private import PlainCode, PrivateRegister
from custody.store.sqlite import SqliteStore
from tests.store.rows import row, rows
def mark(name):
    Path("/MARK-" + name).exists()
folder = Path(sys.argv[1])
store = SqliteStore.create(folder)
register = PrivateRegister.create(folder)
mark("prime")
store.tidy()
for turn in range(5):
    mark("append")
    with store.write() as writer:
        writer.append([row(turn)])
        writer.put_checkpoint(turn + 1, b"catatan")
    mark("tidy-nothing")
    store.tidy()
mark("long")
for _ in range(10):
    with store.write() as writer:
        start = writer.size()
        writer.append(rows(start, start + 500))
mark("tidy-long")
store.tidy()
for _ in range(3):
    mark("append-after-tidy")
    with store.write() as writer:
        writer.append([row(writer.size())])
try:
    with store.write() as writer:
        writer.append([row(0)])
except CustodyError:
    mark("append-after-refusal")
with store.write() as writer:
    writer.append([row(writer.size())])
mark("read")
list(store.rows(0, 10))
mark("nothing-written")
with store.write() as writer:
    writer.size()
mark("codes-first")
register.put_codes([PlainCode(b"a" * 32, "A" * 16, "B1")])
mark("codes")
register.put_codes([PlainCode(b"b" * 32, "A" * 16, "B1"), PlainCode(b"c" * 32, "A" * 16, "B2")])
mark("end")
store.close()
register.close()
"""


def syncs_by_step(tmp_path: Path) -> dict[str, list[int]]:
    """How many syncs each step took, by strace: step -> one count for each time it was taken."""
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,sync_file_range,msync,sync,syncfs,stat,newfstatat,statx"
    command = ["strace", "-f", "-e", calls, "-o", str(trace), sys.executable, "-c", STEPS_WITH_MARKS, str(tmp_path)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if child.returncode and "ptrace" in child.stderr.lower():
        pytest.skip("strace may not trace here")
    assert child.returncode == 0, child.stderr
    found: dict[str, list[int]] = {}
    current = found.setdefault("before", [0])
    for line in trace.read_text("utf-8", "replace").splitlines():
        if name := re.search(r"/MARK-([a-z-]+)", line):
            current = found.setdefault(name[1], [])
            current.append(0)
        elif re.search(r" (fsync|fdatasync|sync_file_range|msync|sync|syncfs)\(", line):
            current[-1] += 1
    return found


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_one_commit_is_one_sync(tmp_path: Path) -> None:
    found = syncs_by_step(tmp_path)
    assert found["append"] == [1] * 5
    assert found["tidy-nothing"] == [0] * 5
    assert found["long"] == [10]
    assert found["tidy-long"][0] >= 2  # the log is made durable, then the file: the work that an append is spared
    assert found["append-after-tidy"] == [1] * 3
    assert found["append-after-refusal"] == [1]
    assert (found["read"], found["nothing-written"]) == ([0], [0])
    assert found["codes"] == [1]
