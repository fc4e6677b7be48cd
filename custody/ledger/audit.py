"""The audit: a whole verification over a store, in the numbered steps of spec chapter 10; `core.verify` plus step 8, what is kept."""

import gc
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

from custody.core import verify as core
from custody.core.brackets import Claims
from custody.core.checkpoint import Checkpoint, open_note
from custody.core.errors import CustodyError
from custody.core.merkle import Tree
from custody.core.policy import Policy
from custody.core.state import State
from custody.core.verdict import MOST_FAULTS, Fault, Step, Verdict
from custody.core.verify import Checked, Outside, Snapshot, Stop, Stopped
from custody.ledger.compared import compare_boxes, compare_facts, compare_touches
from custody.ledger.kept import StoreSource, Telling, compare_old_leaves, compare_tiles
from custody.ledger.ports import Reader, Store
from custody.ledger.shares import Shares
from custody.ledger.snapshots import Halfway, Verified

Open = Callable[[], Store]
SWEEP = 1_000_000  # objects that may gather before Python looks for cycles


def audit(
    store: Store,
    trust: Policy | None = None,
    outside: Iterable[Outside] = (),
    start: Verified | None = None,
    workers: int = 1,
    reopen: Open | None = None,
    watch: Callable[[int], None] = lambda index: None,
    stop: Stop = lambda: False,
) -> tuple[Verdict, Verified]:
    """Judge a ledger as it lies in its store, at one moment, while others may go on appending.

    :param start: what an earlier audit returned, or a snapshot of it: then only newer entries are read, as the verdict's `reread` says,
        and projections are not compared, unless it was stopped there (SNAP-4). It grows along and is not to be used again.
    :param workers: processes that check signatures, this one included; `reopen` opens the store in another process (it is pickled).
    :param watch: is told an index now and then, for a progress bar.
    :param stop: is asked now and then whether to stop here.
    :returns: the verdict, and what the next audit may start from (only after a verdict that is not `altered`).
    :raises Altered: `store.damaged`, when the file itself can no longer be read; `kept.changed`, for an old body during a short audit.
    :raises Interrupted: where `stop` said so.
    """
    with unswept(), store.read() as reader:
        begun = start or Verified(State(), Tree(), Claims(), {}, b"")
        run = _Audit(reader, begun, watch)
        with run.shares(workers, reopen) as checked:
            try:
                verdict, after = core.verify(run.source, trust, outside, checked, run.snapshot(), run.source.compare_sids, stop)
            except Stopped as stopped:
                raise run.interrupted(stopped) from None
        run.compare(verdict, after.state)
        head = reader.head() if not run.count else None
    told = joined(verdict, set(run.source.missing), run.faults, run.count, run.source.unreadable)
    return told, Verified(after.state, after.tree, after.claims, run.replayed, head[1] if head is not None else b"")


class Interrupted(Exception):
    """An audit was stopped after `read` entries: what can go on from there, None where faults were found, and these, in their order."""

    def __init__(self, read: int, verified: Verified | None, faults: tuple[Fault, ...], count: int) -> None:
        super().__init__(read)
        self.read, self.verified, self.faults, self.count = read, verified, faults, count


class _Audit:
    """One audit under way: the faults of step 8."""

    def __init__(self, reader: Reader, begun: Verified, watch: Callable[[int], None]) -> None:
        self.reader, self.begun = reader, begun
        self.tree, self.first = begun.tree, begun.state.size
        self.whole = begun.halfway is not None or not self.first
        self.faults: list[Fault] = []
        self.count = 0
        self.source = StoreSource(reader, self.tree, self.tell, watch)
        self.source.touched = begun.halfway.touched if begun.halfway is not None else {}

    @property
    def replayed(self) -> dict[int, bytes]:
        """The notes that a ledger reads again when it opens, of all that was read by now."""
        return {**self.begun.replayed, **self.source.replayed}

    def snapshot(self) -> Snapshot:
        """Where the verification begins."""
        begun = self.begun
        return Snapshot(begun.state, begun.tree, begun.claims, begun.halfway.repeats if begun.halfway is not None else None)

    def interrupted(self, stopped: Stopped) -> Interrupted:
        """What is left of an audit that was stopped. Where anything was found, nobody goes on from there: all is read anew."""
        self.source.compare_leaves()
        after, faults = stopped.snapshot, sorted([*stopped.faults, *self.faults], key=lambda fault: fault.step)
        head, newest, verified = self._head_within(after), self.reader.head(), None
        if not faults and self.whole and head is not None and newest is not None and after.repeats is not None:
            runs = self.begun.halfway.runs if self.begun.halfway is not None else ()
            halfway = Halfway(after.repeats, self.source.touched, newest[1] if _signed(newest[1], after.state) else head, runs)
            verified = Verified(after.state, after.tree, after.claims, self.replayed, head, halfway)
        return Interrupted(after.tree.size, verified, tuple(faults[:MOST_FAULTS]), stopped.count + self.count)

    def _head_within(self, after: Snapshot) -> bytes | None:
        """The newest checkpoint kept that covers nothing but what was read; None where there is none, or it is not right."""
        within = [note for size, note in self.reader.checkpoints() if size <= after.tree.size][-1:]
        told = _signed(within[0], after.state) if within else None
        return within[0] if told is not None and told.root == after.tree.root(told.size) else None

    def tell(self, fault: Fault) -> None:
        if fault.code == "store.damaged" and fault in self.faults:  # one file, however many of its rows are asked for
            return
        self.count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def shares(self, workers: int, reopen: Open | None) -> AbstractContextManager[Checked | None]:
        """Others who check signatures meanwhile; nobody for a short ledger."""
        if workers < 2 or reopen is None:
            return nullcontext()
        return Shares(self.reader, self.source, self.first, workers - 1, reopen)

    def compare(self, verdict: Verdict, state: State) -> None:
        """Tiles; and in a whole audit the projections, where every entry is as it was signed: from others they cannot be computed."""
        self.source.compare_leaves()
        with Telling(self.tell):
            if self.whole and self.first:
                compare_old_leaves(self.reader, self.tree, self.first, self.tell)
            compare_tiles(self.reader, self.tree, 0 if self.whole else self.first, self.tell)
        if not self.whole or any(fault.entry is not None for fault in verdict.faults):
            return
        judged = verdict.boxes or {box: one for box, (one, _) in state.settle(self.source.note).items()}
        with Telling(self.tell):
            compare_boxes(self.reader, state, judged, self.tell)
        with Telling(self.tell):
            compare_touches(self.reader, state, self.source.touched, self.tell)
        with Telling(self.tell):
            compare_facts(self.reader, state, self.replayed, self.tell)


def _signed(note: bytes, state: State) -> Checkpoint | None:
    """A checkpoint that a ledger key known by now has signed; else None."""
    try:
        return open_note(note, state.roster.ledger_keys())
    except CustodyError:
        return None


def joined(verdict: Verdict, missing: Container[int], kept: Iterable[Fault], count: int, unreadable: Container[int] = ()) -> Verdict:
    """The verdict with the `count` faults of step 8 of which `kept` are told; an entry that is missing or unreadable is called that."""
    told = [_missing(fault, unreadable) if fault.entry in missing and fault.step <= Step.ENTRIES else fault for fault in verdict.faults]
    faults = sorted([*told, *kept], key=lambda fault: fault.step)[:MOST_FAULTS]
    return replace(verdict, faults=tuple(faults), fault_count=verdict.fault_count + count)


@contextmanager
def unswept() -> Iterator[None]:
    """Entries come and go without cycles: sweeping for them would look through the growing state again and again."""
    before = gc.get_threshold()
    gc.set_threshold(SWEEP, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _missing(fault: Fault, unreadable: Container[int]) -> Fault:
    return Fault(fault.step, "entry.unreadable" if fault.entry in unreadable else "entry.missing", (), fault.entry)
