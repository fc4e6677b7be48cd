"""The whole verification of an open ledger, by one process or several, and going on where one was stopped (spec chapter 10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.core.verdict import Step

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.merkle import Tree
    from custody.core.policy import Policy
    from custody.core.state import State
    from custody.core.verdict import Verdict
    from custody.core.verify import Outside
    from custody.ledger.audit import Interrupted
    from custody.ledger.ports import Store
    from custody.ledger.snapshots import Verified

Watch = Callable[[int], None]


def _reopened(folder: Path) -> Store:
    """The same store in another process, for reading."""
    from custody.assembly.placing import open_store

    return open_store(folder)


def verify_office(
    office: Office, trust: Policy | None, held: Sequence[Outside], workers: int = 1, watch: Watch = lambda index: None
) -> Verdict:
    """Judge the ledger as it lies there now, its rows and the file that holds them: an index that leads astray hides what is there.

    Raises as `custody.ledger.audit.audit`.
    """
    return verify_on(office, trust, held, None, lambda: False, workers, watch).verdict


class Unopened(NamedTuple):
    """What the rows tell of a ledger that does not open any more."""

    verdict: Verdict
    zone: str
    state: State
    tree: Tree


def verify_unopened(folder: Path, trust: Policy | None, held: Sequence[Outside]) -> Unopened:
    """Judge a ledger whose file is so damaged that it does not open: entry by entry, with what the file still gives (VERIFY-8).

    Raises as `custody.ledger.audit.audit` and `custody.assembly.placing.open_store`.
    """
    from custody.assembly.placing import open_store
    from custody.ledger.audit import audit

    store = open_store(folder)
    try:
        verdict, after = audit(store, trust, held)
    finally:
        store.close()
    founding = after.state.authority.founding
    zone = str(founding.body["zone"]) if founding is not None else "UTC"
    return Unopened(verdict, zone, after.state, after.tree)


def _examined(office: Office, verdict: Verdict) -> Verdict:
    from custody.core.errors import Altered
    from custody.core.verdict import Fault

    try:
        office.store.examine()
    except Altered as error:
        return replace(verdict, fault_count=1, faults=(Fault.of(Step.KEPT, error),))
    return verdict


class Resumed(NamedTuple):
    """A verdict; where an earlier run was stopped, the entry before which it ended and when (Unix seconds), one pair for each such run."""

    verdict: Verdict
    runs: tuple[tuple[int, int], ...]


class Remembered:
    """What a verification that was stopped left on this machine, for the ledger in one folder; never in that folder itself."""

    def __init__(self, state: Path, folder: Path) -> None:
        """:param state: the state directory. :param folder: of the ledger."""
        self.path = state / "verify" / f"{sha256(str(folder.resolve()).encode()).hexdigest()[:32]}.halfway"

    def found(self, origin: str) -> Verified | None:
        """What can be gone on from; None where there is nothing of this ledger. Altered("snapshot.hash") where it was changed."""
        from custody.core.errors import Undecided
        from custody.ledger import snapshots

        try:
            kept = snapshots.load(self.path)
        except Undecided:
            return None
        return kept if kept.halfway is not None and kept.state.roster.origin == origin else None

    def keep(self, interrupted: Interrupted, now: int) -> None:
        """Remember how far a verification came. Raises `Refused("snapshot.unwritable")`."""
        from custody.ledger import snapshots

        kept = interrupted.verified
        if kept is not None and kept.halfway is not None:
            runs = (*kept.halfway.runs, (interrupted.read, now))
            snapshots.save(self.path, kept._replace(halfway=kept.halfway._replace(runs=runs)))

    def forget(self) -> None:
        """Nothing is gone on from any more."""
        for path in (self.path, self.path.with_name(self.path.name + ".sha256")):
            path.unlink(missing_ok=True)


def verify_on(
    office: Office,
    trust: Policy | None,
    held: Sequence[Outside],
    start: Verified | None,
    stop: Callable[[], bool],
    workers: int = 1,
    watch: Watch = lambda index: None,
) -> Resumed:
    """As `verify_office`, going on from `start` (SNAP-4) and stopping where `stop` says so.

    What the ledger had signed by the time of the stop, and what this machine's guard says of this folder, is held against it; where it is
    shorter now than what was read, all is read anew.

    :raises Interrupted: of `custody.ledger.audit`.
    """
    from custody.ledger.audit import audit

    known, runs = _known(start) + _guarded(office), start.halfway.runs if start is not None and start.halfway is not None else ()
    if start is not None and office.store.size() < start.state.size:
        start, runs = None, ()
    reopen = partial(_reopened, office.folder.path)
    verdict = audit(office.store, trust, [*held, *known], start, workers, reopen, watch, stop)[0]
    if not any(fault.step == Step.OUTSIDE for fault in verdict.faults):
        verdict = replace(verdict, outside=verdict.outside - len(known))  # one's own memory is nothing from outside
    return Resumed(verdict if verdict.fault_count else _examined(office, verdict), runs)


def _guarded(office: Office) -> list[Outside]:
    """The head that this machine signed last in this very folder; nothing for a copy, and nothing for a guard that cannot be read."""
    from custody.core.errors import Altered
    from custody.core.verify import Outside

    with suppress(Altered):
        promised = office.guard.promised()
        return [Outside(office.guard.path.name, promised)] if promised is not None else []
    return []


def _known(start: Verified | None) -> list[Outside]:
    """The head that an earlier run saw."""
    from custody.core.verify import Outside

    return [Outside("custody verify", start.halfway.newest)] if start is not None and start.halfway is not None else []
