"""One holder at a time among all threads and processes of a machine, by a lock file. Keeps design chapter 3, "store".

The lock is the operating system's: it goes with the process that held it, so a crash leaves nothing to clear away. Windows has its own
branch, which is simulated in the tests and has not been tried on Windows itself.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from custody.core.errors import Locked
from custody.store.trouble import speaking

# Windows locks bytes, and what is locked nobody else can read: so a byte far behind the process number that others may want to know.
_FAR = 1 << 30
_FIRST_NAP, _LONGEST_NAP = 0.0005, 0.01


class Latch(Protocol):
    """The system's own lock on an open file."""

    def take(self, handle: int) -> bool:
        """Without waiting: True when this handle has it now."""

    def drop(self, handle: int) -> None:
        """Gives it back."""


class PosixLatch:
    """flock(2): belongs to the open file, not to the process, so that another file closed elsewhere does not lose it."""

    def __init__(self, fcntl: Any) -> None:
        self._fcntl = fcntl

    def take(self, handle: int) -> bool:
        try:
            self._fcntl.flock(handle, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def drop(self, handle: int) -> None:
        self._fcntl.flock(handle, self._fcntl.LOCK_UN)


class WindowsLatch:
    """msvcrt.locking on one byte."""

    def __init__(self, msvcrt: Any) -> None:
        self._msvcrt = msvcrt

    def take(self, handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            self._msvcrt.locking(handle, self._msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                return False
            raise
        return True

    def drop(self, handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        self._msvcrt.locking(handle, self._msvcrt.LK_UNLCK, 1)


def system_latch(platform: str = sys.platform) -> Latch:
    """The latch of this operating system."""
    if platform == "win32":
        return WindowsLatch(importlib.import_module("msvcrt"))
    return PosixLatch(importlib.import_module("fcntl"))


class _Door:
    """A lock among threads and a lock among processes, taken together."""

    def __init__(self, path: Path, latch: Latch) -> None:
        self._path = path
        self._latch = latch
        self._threads = threading.Lock()
        self._handle = -1

    def enter(self, until: float) -> bool:
        """True when taken; False at the deadline (monotonic seconds)."""
        if not self._threads.acquire(timeout=max(0.0, until - time.monotonic())):
            return False
        taken = False
        try:
            with speaking(self._path):
                taken = self._take(until)
        finally:
            if not taken:
                self._threads.release()
        return taken

    def _take(self, until: float) -> bool:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        taken = False
        try:
            taken = self._wait(handle, until)
        finally:
            if not taken:
                os.close(handle)
        self._handle = handle
        return taken

    def _wait(self, handle: int, until: float) -> bool:
        nap = _FIRST_NAP
        while not self._latch.take(handle):
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(nap, left))
            nap = min(nap * 1.5, _LONGEST_NAP)
        return True

    def leave(self) -> None:
        try:
            self._latch.drop(self._handle)
            os.close(self._handle)
        finally:
            self._threads.release()

    def sign(self) -> None:
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, b"%-19d\n" % os.getpid())


class TurnLock:
    """The right to write, in turn.

    Whoever wants it first takes the queue's lock (`<path>-queue`), keeps that while waiting for the lock itself and lets go of the queue
    once inside. A process that writes in a tight loop therefore cannot slip in again before the one at the head of the queue.
    """

    def __init__(self, path: Path, wait: float, latch: Callable[[], Latch] = system_latch) -> None:
        """`wait`: seconds until Locked("store.locked")."""
        self._path = path
        self._patience = wait
        self._queue = _Door(path.with_name(path.name + "-queue"), latch())
        self._inside = _Door(path, latch())

    @contextmanager
    def held(self, wait: float | None = None) -> Iterator[None]:
        """Holds the lock for the block. Locked("store.locked", path, pid) after `wait` seconds; pid "?" when it is not known."""
        self._enter(time.monotonic() + (self._patience if wait is None else wait))
        try:
            yield
        finally:
            self._inside.leave()

    def _enter(self, until: float) -> None:
        if not self._queue.enter(until):
            raise self._taken()
        try:
            if not self._inside.enter(until):
                raise self._taken()
        finally:
            self._queue.leave()
        with suppress(OSError):  # a courtesy to the one who is refused; on a full disk it may fail
            self._inside.sign()

    def _taken(self) -> Locked:
        holder = "?"
        with suppress(OSError, ValueError):
            holder = str(int(self._path.read_bytes()[:20]))
        return Locked("store.locked", path=str(self._path), pid=holder)
