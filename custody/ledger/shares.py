"""Signatures checked by several processes, slice by slice (spec chapter 10, step 3).

A worker reads its slices by itself and says one thing only: the lines of the note with this leaf hash verify under the keys
of the table it was given. The judge compares both, leaf and keys, before he relies on it; everything else he does himself.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from queue import Empty
from types import TracebackType
from typing import Any, Protocol

from custody.core import ed25519, note, statement
from custody.core.errors import Altered, CustodyError
from custody.core.merkle import HASH, leaf_hash
from custody.core.roster import Key, enrolled, found
from custody.core.rows import Row

SLICE = 256  # entries
PATIENCE = 0.2  # seconds between two looks at whether a worker is still alive
_BAD = bytes(HASH)

Table = dict[tuple[str, bytes], bytes]  # (key name, key id) -> public key


class Entries(Protocol):
    """What a worker needs of a reader: entries by number, and where keys are enrolled (topic `replay`). Other columns may be blank."""

    def size(self) -> int: ...
    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]: ...
    def row(self, idx: int) -> Row: ...
    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]: ...


class Shelf(Protocol):
    """What gives a worker such a reader: a store, or an export."""

    def read(self) -> AbstractContextManager[Entries]: ...
    def close(self) -> None: ...


class Leaves(Protocol):
    """Whose entries are judged: the leaf hash of each that was given."""

    def leaf(self, index: int) -> bytes: ...


class Shares:
    """Workers for one verification; also takes part itself while it waits for them. Use as a context manager."""

    def __init__(self, reader: Entries, source: Leaves, first: int, workers: int, reopen: Callable[[], Shelf]) -> None:
        """:param workers: processes to start. :param reopen: opens the store or export in each of them."""
        self._reader, self._source, self._first = reader, source, first
        self._size = reader.size()
        self._table = key_table(reader)
        context = multiprocessing.get_context("spawn")
        self._next = context.Value("q", 0)
        self._results: Any = context.Queue()
        self._done: dict[int, bytes] = {}
        args = (reopen, self._table, first, self._size, self._next, self._results)
        self._workers = [context.Process(target=work, args=args, daemon=True) for _ in range(workers)]

    def __enter__(self) -> Shares:
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._next.get_lock():
            self._next.value = self._size
        for worker in self._workers:
            if kind is not None:
                worker.terminate()
            worker.join()

    def sure(self, index: int, keys: Sequence[Key]) -> bool:
        """Whether a worker found every line of that entry valid, under exactly these keys and over exactly the bytes at hand."""
        number, place = divmod(index - self._first, SLICE)
        leaves = self._slice(number)
        if leaves[place * HASH : (place + 1) * HASH] != self._source.leaf(index):
            return False
        return all(self._table.get((key.name, key.key_id)) == key.public for key in keys)

    def _slice(self, number: int) -> bytes:
        """The answer for a slice; while it is not there yet, slices that nobody has begun are checked here."""
        self._done.pop(number - 1, None)
        while number not in self._done:
            self._collect(wait=False)
            if number in self._done:
                break
            mine = claim(self._next, self._first, self._size)
            if mine is not None:
                self._done[mine] = checked(self._reader, self._table, self._first, mine)
            elif not self._collect(wait=True) and not any(worker.is_alive() for worker in self._workers):
                self._done[number] = b""  # its worker died: then nobody is sure of it, and the judge checks for himself
        return self._done[number]

    def _collect(self, wait: bool) -> bool:
        """Take in what workers have answered; tells whether anything came."""
        came = False
        try:
            while True:
                number, leaves = self._results.get(wait and not came, PATIENCE)
                self._done[number] = leaves
                came = True
        except Empty:
            return came


def work(reopen: Callable[[], Shelf], table: Table, first: int, size: int, following: Any, results: Any) -> None:
    """What a worker process does: take the next slice until there is none."""
    store = reopen()
    try:
        with store.read() as reader:
            while (number := claim(following, first, size)) is not None:
                results.put((number, checked(reader, table, first, number)))
    finally:
        store.close()


def claim(following: Any, first: int, size: int) -> int | None:
    """The number of a slice that nobody has begun, now begun by the caller."""
    with following.get_lock():
        number = int(following.value)
        if first + number * SLICE >= size:
            return None
        following.value = number + 1
        return number


def checked(reader: Entries, table: Table, first: int, number: int) -> bytes:
    """The leaf hashes of a slice, zeros where a line is bad or its key is not in the table."""
    start = first + number * SLICE
    leaves = bytearray(_BAD * SLICE)
    with suppress(Altered):  # a spoiled page: nobody is sure of what is behind it, and the judge says what is wrong
        for row in reader.rows(start, start + SLICE):
            if _valid(row.body, table) and start <= row.idx < start + SLICE:
                at = (row.idx - start) * HASH
                leaves[at : at + HASH] = leaf_hash(row.body)
    return bytes(leaves)


def _valid(body: bytes, table: Table) -> bool:
    try:
        text, lines = note.split_statement(body)
        for line in lines:
            ed25519.verify(table.get((line.name, line.key_id), b""), line.signature, text)
    except CustodyError:
        return False
    return True


def key_table(reader: Entries) -> Table:
    """Every key that a founding or an enrolment names, whether or not it took effect: only a hint which key to try."""
    table: Table = {}
    with suppress(Altered):
        for key in _keys(reader):
            table[key.name, key.key_id] = key.public
    return table


def _keys(reader: Entries) -> Iterator[Key]:
    for index, kind in reader.facts("replay"):
        if kind not in (b"founding", b"enrol"):
            continue
        try:
            one = statement.parse(note.split(reader.row(int(index)).body)[0])
            yield from found(one).keys.values() if one.kind.name == "founding" else [enrolled(one, 0)]
        except (CustodyError, ValueError):  # the judge will say what is wrong with it
            continue
