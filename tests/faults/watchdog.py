"""A hardware watchdog played by a named pipe: Patroni's driver `testing` writes to it what it would write to /dev/watchdog.

The kernel of a test machine may have none, and a real one would reset the test machine itself. What a real one does is done here to one of
the played machines: once armed and not written to for as long as Patroni asked for, everything that runs on it is killed.
"""

import os
import re
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


class Watchdog:
    """One watchdog at `pipe`. `fired`: what `asked` said in the moment before it reset the machine; None as long as it did not."""

    def __init__(self, pipe: Path, asked: Callable[[], Any], reset: Callable[[], object]) -> None:
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        self.pipe, self._asked, self._reset = pipe, asked, reset
        self.fired: Any = None
        self.armed = False
        self._seconds, self._fed = 60.0, time.monotonic()
        self._over = threading.Event()
        self._end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)  # also to write: so that it stays open when the other end closes
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop it; it resets nothing after that."""
        self._over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        with suppress(OSError):
            os.close(self._end)
        self._end = -1

    def _work(self) -> None:
        while not self._over.is_set():
            if select.select([self._end], [], [], 0.1)[0]:
                self._heard(os.read(self._end, 4096))
            elif self.armed and time.monotonic() - self._fed > self._seconds:
                self.armed, self.fired = False, self._asked()
                self._reset()

    def _heard(self, data: bytes) -> None:
        """`C…` sets the time, any byte feeds it, `V` at the end disarms it (Linux, Documentation/watchdog/watchdog-api)."""
        self._fed, self.armed = time.monotonic(), not data.endswith(b"V")
        for seconds in re.findall(rb"Ctimeout=(\d+)\n", data):
            self._seconds = float(seconds)
