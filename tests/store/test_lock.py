"""The lock file: one holder, a queue, a deadline; the Windows branch against a simulated msvcrt."""

import errno
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from custody.core.errors import Locked, Refused
from custody.store.lock import Latch, PosixLatch, TurnLock, WindowsLatch, system_latch
from custody.store.sqlite import SETUP, SqliteStore
from tests.store.rows import row

ROOT = Path(__file__).parents[2]


class SimulatedMsvcrt:
    """msvcrt.locking as its manual has it: locks bytes at the file position, per open file, and fails with EACCES when they are taken."""

    LK_NBLCK = 2
    LK_UNLCK = 0

    def __init__(self) -> None:
        self.taken: dict[tuple[int, int], int] = {}

    def locking(self, handle: int, mode: int, count: int) -> None:
        place = (os.fstat(handle).st_ino, os.lseek(handle, 0, os.SEEK_CUR))
        assert count == 1
        if mode == self.LK_UNLCK:
            if self.taken.pop(place, None) != handle:
                raise OSError(errno.EACCES, "not locked here")
        elif place in self.taken:
            raise OSError(errno.EACCES, "taken")
        else:
            self.taken[place] = handle


@pytest.fixture(params=["posix", "windows"])
def latch(request: pytest.FixtureRequest) -> Callable[[], Latch]:
    if request.param == "windows":
        simulated = SimulatedMsvcrt()
        return lambda: WindowsLatch(simulated)
    return system_latch


def test_one_holder_at_a_time(tmp_path: Path, latch: Callable[[], Latch]) -> None:
    first, second = (TurnLock(tmp_path / "x.lock", 0.05, latch) for _ in range(2))
    with first.held():
        with pytest.raises(Locked) as caught, second.held():
            pass
        assert (caught.value.code, caught.value.facts) == ("store.locked", {"path": str(tmp_path / "x.lock"), "pid": str(os.getpid())})
        with pytest.raises(Locked), second.held(wait=0.0):
            pass
    with second.held(wait=0.0):
        pass
    with first.held(wait=0.0):
        pass


def test_one_thread_at_a_time(tmp_path: Path, latch: Callable[[], Latch]) -> None:
    lock = TurnLock(tmp_path / "x.lock", 0.05, latch)
    told: list[str] = []

    def other() -> None:
        try:
            with lock.held():
                told.append("in")
        except Locked as error:
            told.append(error.code)

    with lock.held():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    other()
    assert told == ["store.locked", "in"]


def test_given_back_after_an_error(tmp_path: Path, latch: Callable[[], Latch]) -> None:
    lock = TurnLock(tmp_path / "x.lock", 0.05, latch)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), lock.held():
            raise ZeroDivisionError


def test_threads_in_a_tight_loop_all_get_their_turns_4_by_50(tmp_path: Path, latch: Callable[[], Latch]) -> None:
    lock = TurnLock(tmp_path / "x.lock", 60.0, latch)
    inside, most, turns = 0, 0, [0] * 4

    def work(name: int) -> None:
        nonlocal inside, most
        for _ in range(50):
            with lock.held():
                inside += 1
                most = max(most, inside)
                turns[name] += 1
                inside -= 1

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, turns) == (1, [50] * 4)


LOOP = """
import sys
from pathlib import Path
from custody.store.lock import TurnLock
lock = TurnLock(Path(sys.argv[1]), 60.0)
print("ready", flush=True)
while True:
    with lock.held():
        pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs processes that can be killed in the middle")
def test_a_process_in_a_tight_loop_lets_others_in_20(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with subprocess.Popen([sys.executable, "-c", LOOP, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as greedy:
        try:
            assert greedy.stdout is not None
            greedy.stdout.readline()
            lock = TurnLock(path, 60.0)
            for _ in range(20):
                with lock.held():
                    pass
        finally:
            greedy.kill()
    with lock.held(wait=0.0):  # the killed process left nothing behind
        pass


def test_the_system_chooses_its_latch() -> None:
    assert isinstance(system_latch("linux"), PosixLatch)
    assert isinstance(system_latch("darwin"), PosixLatch)
    with pytest.raises(ModuleNotFoundError, match="msvcrt"):  # the Windows branch asks for the Windows module
        system_latch("win32")


def test_other_errors_of_the_system_are_not_taken_for_a_lock(tmp_path: Path) -> None:
    class Broken(SimulatedMsvcrt):
        def locking(self, handle: int, mode: int, count: int) -> None:
            raise OSError(errno.EIO, "broken")

    lock = TurnLock(tmp_path / "x.lock", 0.05, lambda: WindowsLatch(Broken()))
    for _ in range(2):  # and the second try does not find the first one's lock
        with pytest.raises(Refused, match=r"store\.io"), lock.held():
            pass


def test_a_stranger_in_the_database_is_waited_for_until_the_deadline(tmp_path: Path) -> None:
    import sqlite3

    store = SqliteStore.create(tmp_path, replace(SETUP, wait=0.05))
    stranger = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Locked, match=r"store\.locked"), store.write():
        pass
    assert store.size() == 0
    stranger.execute("ROLLBACK")
    stranger.close()
    with store.write() as writer:
        writer.append([row(0)])
    store.close()


def child_reads_and_writes(store: SqliteStore, answers: "multiprocessing.queues.SimpleQueue[str]") -> None:
    for use in (lambda: store.size(), lambda: store.write().__enter__(), lambda: store.tidy()):
        try:
            use()
            answers.put("let in")
        except Refused as error:
            answers.put(error.code)
    store.close()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system")
def test_a_forked_child_must_open_its_own(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path)
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    child = fork.Process(target=child_reads_and_writes, args=(store, answers))
    child.start()
    child.join()
    assert [answers.get() for _ in range(3)] == ["store.fork"] * 3
    with store.write() as writer:
        writer.append([row(0)])
    assert store.size() == 1
    store.close()
