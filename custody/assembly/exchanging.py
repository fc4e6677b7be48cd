"""The ledger for other people's systems: one open office as a source of documents (spec chapter 28; `custody.exchange`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from custody import __version__
from custody.core import act as acts
from custody.core.act import Act
from custody.core.checkpoint import Checkpoint
from custody.core.findings import Finding
from custody.core.moment import from_seconds
from custody.core.note import split
from custody.core.rows import BoxRow, Row
from custody.core.state import State
from custody.exchange.source import COMPLETE, NO_EFFECT, Box, Source, Stop, Told

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.ledger.ports import Reader

_AT_ONCE = 256  # entries whose earlier arrivals are asked for together
Undone = dict[int, dict[str, frozenset[str]]]


@contextmanager
def source_of(office: Office) -> Iterator[Source]:
    """One office as it stands now, for as long as this block lasts. What arrives meanwhile is in none of its documents.

    :raises NoLedger: `ledger.unfounded`. :raises Altered: `projection.damaged`.
    """
    from custody.assembly.piles import Piles
    from custody.assembly.reviewing import flowing
    from custody.ledger.ledger import checkpoint_note

    office.ledger.refresh()
    with ExitStack() as stack:
        reader = stack.enter_context(office.store.read())
        note = checkpoint_note(reader, reader.size())
        head = Checkpoint.parse(split(note)[0])
        found = stack.enter_context(Piles(one for one in flowing(office) if all(index < head.size for index in one.entries)))
        told = _Entries(reader, office.ledger.state, head.size, found)
        yield Source(
            note=note,
            head=head,
            founding=office.founding,
            made=office.now(),
            version=__version__,
            places=office.ledger.state.places,
            registered=told.registered,
            entries=told.all,
            find=told.find,
            undone=_undone(reader, head.size),
            boxes=lambda: map(_box, reader.boxes()),
            findings=lambda: iter(found),
        )


class _Entries:
    """The entries of one state of the store, each with what its statement had become by then."""

    def __init__(self, reader: Reader, state: State, size: int, found: Iterable[Finding]) -> None:
        self.reader, self.state, self.size = reader, state, size
        self.idle = {(one.entries[0], one.box) for one in found if one.code == "ack.no-effect"}

    def all(self) -> Iterator[Told]:
        """In order, a few at a time."""
        rows = self.reader.rows(0, self.size)
        while some := list(islice(rows, _AT_ONCE)):
            known = self.reader.indexes_by_sid([row.sid for row in some])
            for row in some:
                yield self._told(row, [index for index in known.get(row.sid, ()) if index < row.idx])

    def find(self, sid: str) -> Told | None:
        """A statement with all its signatures, as of its first entry; None where it is not here."""
        raw = bytes.fromhex(sid)
        there = [index for index in self.reader.indexes_by_sid([raw]).get(raw, ()) if index < self.size]
        if not there:
            return None
        told = self._told(self.reader.row(there[-1]), there[:-1])
        return told._replace(entry=there[0], leaf=self.reader.row(there[0]).leaf)

    def registered(self, box: str) -> int | None:
        """The entry by which a box is registered."""
        known = self.state.register.boxes.get(box)
        return known.since if known is not None else None

    def _told(self, row: Row, earlier: list[int]) -> Told:
        this = self.state.act_again(row.body, row.idx)
        if not earlier:
            return Told(row.idx, this, row.leaf, self._stage(this, row.idx), None)
        before = self._united(earlier)
        whole = acts.united(before, this)
        return Told(row.idx, whole, row.leaf, self._stage(whole, row.idx), self._stage(before, earlier[-1]))

    def _united(self, indexes: list[int]) -> Act:
        first, *more = (self.state.act_again(self.reader.row(index).body, index) for index in indexes)
        for act in more:
            first = acts.united(first, act)
        return first

    def _stage(self, act: Act, upto: int) -> str:
        """What the signatures up to an entry make of a statement; what people decide later is not in it."""
        kind = act.statement.kind
        if kind.name == "register":
            known = (self.registered(item["box"]) for item in act.body["boxes"])
            return COMPLETE if any(index is not None and act.entry <= index <= upto for index in known) else NO_EFFECT
        if kind.name == "ack":
            return NO_EFFECT if all((act.entry, line["box"]) in self.idle for line in act.body["boxes"]) else COMPLETE
        return acts.completion(act, self.state) if kind.link else COMPLETE


def _undone(reader: Reader, size: int) -> Undone:
    """What corrections took back and rulings decided against, as the fold of each box has judged it (FOLD-7, FOLD-12)."""
    from custody.ledger.projection import glance

    found: Undone = {}
    for row in reader.boxes():
        for one in glance(row).findings:
            for sid in _fallen(one):
                index = _decider(one, reader)
                if index is not None and index < size:
                    by = found.setdefault(index, {})
                    by[sid] = by.get(sid, frozenset()) | {row.box}
    return found


def _fallen(one: Finding) -> list[str]:
    facts = dict(one.facts)
    if one.code == "correction.void":
        return [str(facts["about"])]
    return str(facts["falls"]).split() if one.code == "ruling.made" else []


def _decider(one: Finding, reader: Reader) -> int | None:
    """The correction or the newest ruling among the entries of a finding."""
    kind = one.code.partition(".")[0]
    return max((index for index in one.entries if index < reader.size() and reader.row(index).kind == kind), default=None)


def _box(row: BoxRow) -> Box:
    from custody.ledger.projection import glance, trail

    seen, path = glance(row), trail([row])
    stops = [Stop(from_seconds(step.at), step.place, step.to, step.entry, True) for step in path.of(row.box)]
    stops += [Stop(from_seconds(one.step.at), one.step.place, one.step.to, one.entry, False) for one in path.loose(row.box)]
    tip = row.tip.hex() if row.tip is not None else None
    covered = (seen.coverage.spans, seen.coverage.covered_spans)
    return Box(row.box, row.status, row.holder, row.place, tip, row.since, row.due, *covered, seen.findings, tuple(stops))
