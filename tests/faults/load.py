"""Writers at work while something breaks: what was acknowledged to them, what was refused, and whether all of it is there."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from custody.core.errors import CustodyError
from custody.store.contract import Store
from tests.store.rows import row


@dataclass
class Load:
    """`writers` threads, each with a store of its own, as so many processes of the office. Each offers one row until it is acknowledged.

    After an error the same row is offered again: what was committed without an answer is recognised by its leaf.
    """

    opened: Callable[[], Any]
    writers: int = 4
    name: str = ""  # of this load, where another one wrote before
    acknowledged: dict[bytes, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    recognised: int = 0
    longest_gap: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _last: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> "Load":
        self._last = time.monotonic()
        self._threads = [threading.Thread(target=self._work, args=(name,), daemon=True) for name in range(self.writers)]
        for thread in self._threads:
            thread.start()
        return self

    def until(self, more: int, seconds: float = 60.0) -> None:
        """Wait until so many more rows have been acknowledged. TimeoutError with what was refused instead."""
        wanted, end = len(self.acknowledged) + more, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.acknowledged)} of {wanted} acknowledged in {seconds} s; refused: {dict(self.refused)}")
            time.sleep(0.01)

    def until_refused(self, seconds: float = 60.0, code: str | None = None) -> None:
        """Wait until some writer has been told that something is wrong, or just this."""
        end = time.monotonic() + seconds
        while not (self.refused if code is None else self.refused[code]):
            if time.monotonic() > end:
                raise TimeoutError(f"nobody was refused, or not so: {dict(self.refused)}")
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in self._threads), "a writer hangs"

    def _work(self, name: int) -> None:
        store: Any = None
        turn = 0
        while not self._stop.is_set():
            try:
                store = store or self.opened()
                self._offer(store, f"{self.name}{name}-{turn}")
                turn += 1
            except CustodyError as error:
                with self._turn:
                    self.refused[error.code] += 1
                time.sleep(0.05)
        if store is not None:
            store.close()

    def _offer(self, store: Any, text: str) -> None:
        new = row(0, text)
        with store.write() as writer:
            known = writer.by_leaf(new.leaf)
            index = writer.size() if known is None else known.idx
            if known is None:
                writer.append([new._replace(idx=index)])
        with self._turn:
            now = time.monotonic()
            self.longest_gap, self._last = max(self.longest_gap, now - self._last), now
            self.acknowledged[new.leaf] = index
            self.recognised += known is not None


def lost(acknowledged: dict[bytes, int], store: Store) -> int:
    """How many acknowledged rows are not where their writers were told; the rows must be a gapless sequence besides."""
    found: dict[bytes, int] = {}
    for expected, one in enumerate(store.rows()):
        assert one.idx == expected, f"a gap or fork at {expected}"
        found[one.leaf] = one.idx
    return sum(found.get(leaf) != index for leaf, index in acknowledged.items())


def lost_at(acknowledged: dict[bytes, int], opened: Callable[[], Any]) -> int:
    """The same of a store that is opened for it."""
    with closing(opened()) as store:
        return lost(acknowledged, store)


def figures(load: Load, missing: int, note: Callable[[str, object], None]) -> None:
    """Into the record of the run."""
    note("acknowledged", len(load.acknowledged))
    note("lost", missing)
    note("recognised", load.recognised)
    note("longest without an answer", f"{load.longest_gap:.1f} s")
    note("refused", " ".join(f"{code} {count}" for code, count in sorted(load.refused.items())) or "-")
