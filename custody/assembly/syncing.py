"""A station and its office over a line: bring what waits, fetch what is lacking (spec chapter 24).

The folder is open only to write or read a bundle, never while something is under way: whoever scans waits for no network. What was begun
lies in `network/` and is gone on with, whenever that is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from custody.assembly import hearing, sending
from custody.assembly.delivered import settle
from custody.assembly.stations import Undelivered, undelivered
from custody.core.errors import CustodyError, Locked, Refused
from custody.core.merkle import leaf_hash
from custody.durable import trouble, write_durably
from custody.reading import read

if TYPE_CHECKING:
    from custody.assembly.hearing import Found
    from custody.assembly.office import Office

MOST_BYTES = 4 << 20  # of statements in one bundle that is brought
AGAIN = 3_600.0  # seconds after which what the office took, and no entry has come of, is brought again
Open = Callable[[], AbstractContextManager["Office"]]


class Line(Protocol):
    """The way to the office. `custody.web.line.HttpLine` is one. Raises `Undecided("network.…")` where nobody answers."""

    def push(self, path: Path) -> dict[str, Any]:
        """Bring this bundle; what the office says of it."""

    def pull(self, start: int, had: str | None, target: Path) -> str | None:
        """Fetch a bundle into this file, going on with what is there; its tag, or None where nothing is lacking."""


@dataclass
class Round:
    """What one round brought. sent: statements that the office took over; found: what was fetched; waits: what is left."""

    sent: int = 0
    entries: int = 0
    delivered: int = 0
    found: list[Found] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    waits: Undelivered = field(default_factory=Undelivered)

    @property
    def trouble(self) -> CustodyError | None:
        """The first thing that ended the reading of a bundle."""
        return next((one.trouble for one in self.found if one.trouble is not None), None)


class Courier:
    """Rounds between one station and its office; remembers, for as long as it lives, what the office has taken over."""

    def __init__(self, open_: Open, folder: Path, random: Callable[[int], bytes], monotonic: Callable[[], float]) -> None:
        """:param open_: opens the station to write. :param folder: `network/` of its folder."""
        self._open, self._folder, self._random, self._monotonic = open_, folder, random, monotonic
        self._taken: dict[bytes, float] = {}
        self._greeted = False

    def round(self, line: Line) -> Round:
        """Bring and fetch, once. What was done before an error stays done.

        :raises Undecided: as `Line`. :raises Altered, Refused: `network.…`; as `sending.write`.
        """
        told = Round()
        try:
            self._bring(line, told)
            self._fetch(line, told)
        finally:
            with self._open() as office:
                told.delivered += settle(office)
                told.waits = undelivered(office)
        return told

    # -- bringing

    def _bring(self, line: Line, told: Round) -> None:
        while (packed := self._packed()) is not None:
            path, notes = packed
            try:
                said = line.push(path)
            finally:
                path.unlink(missing_ok=True)
            self._greeted = True
            now = self._monotonic()
            self._taken |= dict.fromkeys(map(leaf_hash, notes), now)
            told.sent += len(notes)
            refused = said.get("refused")
            told.refused += [one for one in refused if isinstance(one, dict)] if isinstance(refused, list) else []

    def _packed(self) -> tuple[Path, list[bytes]] | None:
        """A bundle with the next statements; None where there is nothing to tell."""
        with self._open() as office:
            notes = self._next(sending.ordered(one.note for one in office.outbox.pending()))
            owed = office.device is not None and any(counter is None for _, counter in office.device.owed)
            if not notes and not owed and self._greeted:
                return None
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / "push.bundle"
            counter = sending.reserved(office, self._random)
            try:
                with path.open("wb") as file:
                    sending.send(office, file.write, sending.receiver(office, None), counter, self._random, notes=notes)
            except OSError as error:
                raise Refused("bundle.unwritable", path=str(path), reason=trouble(error)) from error
            return path, notes

    def _next(self, notes: Sequence[bytes]) -> list[bytes]:
        """What the office has not taken over lately, as much as goes at once."""
        now, some, size = self._monotonic(), list[bytes](), 0
        self._taken = {leaf: at for leaf, at in self._taken.items() if now - at < AGAIN}
        for one in notes:
            if leaf_hash(one) in self._taken:
                continue
            size += len(one)
            if some and (size > MOST_BYTES or len(some) >= 256):
                break
            some.append(one)
        return some

    # -- fetching

    def _fetch(self, line: Line, told: Round) -> None:
        target = self._folder / "pull.bundle"
        while True:
            with self._open() as office:
                start = office.ledger.refresh()
            tag = line.pull(start, self._had(), target)
            if tag is None:
                return
            found = self._heard(target)
            told.found += found
            told.entries += sum(one.entries for one in found)
            told.delivered += sum(one.delivered for one in found)
            if any(one.trouble is not None for one in found):
                return
            write_durably(self._folder / "heard", tag.encode(), 0o600)
            if not any(one.entries for one in found):  # what it told is heard; more than entries an office never has to add
                return

    def _heard(self, path: Path) -> list[Found]:
        try:
            with self._open() as office:
                return hearing.hear_all(office, [path])
        finally:
            path.unlink(missing_ok=True)

    def _had(self) -> str | None:
        try:
            return read(self._folder / "heard", 200).decode("ascii", "replace")
        except OSError:
            return None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One courier at a time goes out from a station. :raises Locked: `network.running`."""
    from custody.store.lock import TurnLock

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with TurnLock(folder / "courier.lock", wait=0.2).held():
            yield
    except Locked as error:
        if error.code == "store.locked" and str(error.facts.get("path", "")).endswith("courier.lock"):
            raise Locked("network.running", pid=str(error.facts.get("pid", os.getpid()))) from None
        raise
