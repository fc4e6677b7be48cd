"""What a copy of a ledger adds up to together with statements that wait to become entries (spec chapter 23; FOLD-1).

The same fold and the same projections as of entries, in memory only: nothing of it is stored, and no proof is given for it. A statement
that waits is counted as if it were an entry, with a number from the size of the ledger on; whoever shows it says that it waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, cast

from custody.core import entry as entries
from custody.core.entry import Entry
from custody.core.errors import CustodyError, Refused
from custody.core.merkle import leaf_hash
from custody.core.rows import BoxFilter, BoxRow, Row
from custody.core.state import State
from custody.ledger.copy import Copy
from custody.ledger.opening import Opened
from custody.ledger.ports import Reader, Store, Writer
from custody.ledger.projection import Changes


class Ahead:
    """Statements that wait, folded behind the entries: their rows, and what they change in the projections."""

    def __init__(self, size: int) -> None:
        """:param size: how many entries there are; the first that waits gets this number."""
        self.size = size
        self.rows: list[Row] = []
        self.boxes: dict[str, BoxRow] = {}
        self.touched: dict[str, list[int]] = {}
        self.facts: dict[str, dict[str, bytes]] = {}

    def take(self, notes: Sequence[bytes], state: State, reader: Reader) -> None:
        """Fold them, in their order. What no ledger would take is left out; it is told where it is offered."""
        changes = Changes()
        for data in notes:
            try:
                entry = entries.parse(data)
                keys = entries.signers(entry, state.roster, state.size)
                changes.take(entry, state.size, state)
            except CustodyError:
                continue
            self.rows.append(_row(entry, state.size, data))
            state.apply(entry, keys)
        beyond = Beyond(reader, self)
        changes.write(cast(Writer, self), state, lambda index: beyond.row(index).body)

    # -- what `Changes` writes into

    def touch(self, pairs: Iterable[tuple[str, int]]) -> None:
        for box, index in pairs:
            self.touched.setdefault(box, []).append(index)

    def put_boxes(self, rows: Iterable[BoxRow]) -> None:
        self.boxes.update((row.box, row) for row in rows)

    def put_facts(self, topic: str, facts: Mapping[str, bytes]) -> None:
        self.facts.setdefault(topic, {}).update(facts)


class Beyond:
    """A reader of entries and of what waits behind them. Size, leaves, tiles and checkpoints are those of the entries alone."""

    def __init__(self, reader: Reader, ahead: Ahead) -> None:
        self._reader, self._ahead = reader, ahead

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    @contextmanager
    def read(self) -> Iterator[Beyond]:
        """As `Store.read`."""
        with cast(Store, self._reader).read() as reader:
            yield Beyond(reader, self._ahead)

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        size = self._ahead.size
        yield from self._reader.rows(start, size if stop is None else min(stop, size))
        yield from (row for row in self._ahead.rows if start <= row.idx and (stop is None or row.idx < stop))

    def row(self, idx: int) -> Row:
        if idx < self._ahead.size:
            return self._reader.row(idx)
        if idx - self._ahead.size >= len(self._ahead.rows):
            raise Refused("store.entry", index=idx)
        return self._ahead.rows[idx - self._ahead.size]

    def indexes_by_sid(self, sids: Sequence[bytes]) -> dict[bytes, list[int]]:
        found = self._reader.indexes_by_sid(sids)
        wanted = set(sids)
        for row in self._ahead.rows:
            if row.sid in wanted:
                found[row.sid] = [*found.get(row.sid, []), row.idx]
        return found

    def touching(self, box: str) -> list[int]:
        return [*self._reader.touching(box), *self._ahead.touched.get(box, ())]

    def box(self, box: str) -> BoxRow | None:
        return self._ahead.boxes.get(box) or self._reader.box(box)

    def boxes_by_name(self, boxes: Sequence[str]) -> dict[str, BoxRow]:
        return {**self._reader.boxes_by_name(boxes), **{box: self._ahead.boxes[box] for box in boxes if box in self._ahead.boxes}}

    def boxes(self, where: BoxFilter | None = None) -> Iterator[BoxRow]:
        where = where or BoxFilter()
        wanted = {one.name: value for one in fields(where) if (value := getattr(where, one.name)) is not None}
        found = {row.box: row for row in self._reader.boxes(where) if row.box not in self._ahead.boxes}
        found |= {box: row for box, row in self._ahead.boxes.items() if all(getattr(row, one) == value for one, value in wanted.items())}
        return (found[box] for box in sorted(found))

    def fact(self, topic: str, key: str) -> bytes | None:
        return self._ahead.facts.get(topic, {}).get(key) or self._reader.fact(topic, key)

    def facts_by_key(self, topic: str, keys: Sequence[str]) -> dict[str, bytes]:
        waits = self._ahead.facts.get(topic, {})
        return {**self._reader.facts_by_key(topic, keys), **{key: waits[key] for key in keys if key in waits}}

    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]:
        return iter(sorted({**dict(self._reader.facts(topic)), **self._ahead.facts.get(topic, {})}.items()))


class LookingAhead(Copy):
    """A copy that is only asked, with what waits: its rows are `Beyond` those of the store. It follows no more."""

    def __init__(self, store: Store, notes: Sequence[bytes], plain: Copy) -> None:
        """:param plain: the copy over the same store, whose guard and entries these are."""
        super().__init__(store, plain.guard)
        self.ahead: Ahead | None = None
        ahead = Ahead(self.refresh())
        ahead.take(notes, self.state, store)
        self.ahead = ahead
        self.rows = Beyond(store, ahead)
        self._store = cast(Store, self.rows)
        self._settled()

    def _current(self, reader: Reader, known: bool = False) -> Opened:
        """What was folded at the beginning; what others wrote since is seen by the next command."""
        here = self._open
        if here is None or not self.ahead:
            return super()._current(reader, known)
        here.read_from(reader)
        return here

    @property
    def end(self) -> int:
        """The number that the next statement would get: how many entries there are, and statements that wait."""
        assert self.ahead is not None, "looked ahead when it was made"
        return self.ahead.size + len(self.ahead.rows)

    def follow(self, *_: Any, **__: Any) -> int:
        raise AssertionError("what waits is in the state: a copy grows by itself alone")


def _row(entry: Entry, index: int, data: bytes) -> Row:
    return Row(index, leaf_hash(data), bytes.fromhex(entry.statement.sid), entry.statement.kind.name, data)
