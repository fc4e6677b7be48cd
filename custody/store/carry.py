"""Carrying a ledger from one database into another: same entries, same tree, and at no moment two that can be appended to (ADR 0019).

Order: copy while the source goes on; then, with the source locked, copy the rest, compare, mark the source as moved; then the folder names
the new place; last, the target may be appended to. Cut off anywhere, it is taken up again by the same call. The target holds nothing, or a
beginning of the same ledger that an earlier call or an earlier stay left there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path

from custody.core.errors import Altered, Refused
from custody.core.rows import Tile
from custody.store.contract import Reader, Store, Writer
from custody.store.private import batched
from custody.store.sqlite import SqliteStore

Watch = Callable[[int, int], None]
_PART = 4096  # entries in one transaction of the target
_LEVELS = 7


def unwatched(done: int, size: int) -> None:
    """Nobody looks on."""


def carry(source: Store, target: Store, named: Callable[[], None], watch: Watch = unwatched) -> int:
    """Make `target` the place where the ledger of `source` lives; returns its size.

    :param named: is called when the source is closed and the target whole: makes the folder name the target, durably.
    :param watch: is told how many entries are across, and how many there are.
    :raises Refused: `store.other` when the target holds something else, `store.moved` when both have been left.
    :raises Altered: `store.carried` when the target does not hold what was sent.
    """
    if not source.moved():
        _close_target(target)
        with source.read() as reader:
            _copy(reader, target.write, watch)
        with source.write() as reader:  # nobody appends any more
            _copy(reader, target.write, watch)
            _same(reader, target)
            reader.mark(moved=True)
    else:
        with source.read() as reader:
            _same(reader, target)
    size = source.size()
    named()
    with target.write(moved=True) as writer:
        writer.mark(moved=False)
    return size


def carry_out(reader: Reader, folder: Path) -> None:
    """A copy of one snapshot as an SQLite ledger in `folder`, complete. Refused("store.exists")."""
    made = SqliteStore.create(folder)
    try:
        _copy(reader, made.write, unwatched)
    finally:
        made.close()


def _close_target(target: Store) -> None:
    """While it is being filled nobody may append there. A target that lives would be a second ledger."""
    with target.write(moved=True) as writer:
        if writer.size() and not writer.moved():
            raise Refused("store.other", size=writer.size())
        writer.mark(moved=True)


def _copy(reader: Reader, write: Callable[[bool], AbstractContextManager[Writer]], watch: Watch) -> None:
    size = reader.size()
    while True:
        with write(True) as writer:
            start = writer.size()
            _agree(reader, writer, start)
            if start == size:
                _rest(reader, writer)
                return
            stop = min(size, start + _PART)
            writer.append(list(reader.rows(start, stop)))
            _tiles(reader, writer)
        watch(stop, size)


def _agree(reader: Reader, writer: Writer, size: int) -> None:
    """The target holds a beginning of the source: same newest checkpoint below its size, and the same last entry."""
    if size == 0:
        return
    if size > reader.size() or writer.row(size - 1) != reader.row(size - 1) or writer.row(0) != reader.row(0):
        raise Refused("store.other", size=size)


def _tiles(reader: Reader, writer: Writer) -> None:
    size = writer.size()
    for level in range(_LEVELS):
        have = sum(1 for _ in writer.tiles(level))
        full = size // 256 ** (level + 1)
        for n, hashes in enumerate(islice(reader.tiles(level, have), max(0, full - have)), have):
            writer.put_tiles([Tile(level, n, hashes)])


def _rest(reader: Reader, writer: Writer) -> None:
    """What hangs on the entries: checkpoints, cosignatures, and the projections, which are dropped and sent whole."""
    _tiles(reader, writer)
    head = writer.head()
    for size, note in reader.checkpoints(0 if head is None else head[0] + 1):
        writer.put_checkpoint(size, note)
    for size in reader.cosigned():
        for name, line in reader.cosignatures(size):
            writer.put_cosignature(size, name, line)
    writer.drop_projections()
    for boxes in batched(reader.boxes(), _PART):
        writer.put_boxes(boxes)
    for touches in batched(reader.touches(), _PART):
        writer.touch(touches)
    for topic in reader.topics():
        for facts in batched(reader.facts(topic), _PART):
            writer.put_facts(topic, dict(facts))


def _same(reader: Reader, target: Store) -> None:
    """Every row on both sides, compared. :raises Altered: `store.carried`."""
    with target.read() as other:
        asked: list[tuple[str, Callable[[Reader], object]]] = [("size", Reader.size), ("head", Reader.head), ("topics", Reader.topics)]
        for what, ask in asked:
            if ask(reader) != ask(other):
                raise Altered("store.carried", what=what)
        for what, stream in _STREAMS:
            if any(one != two for one, two in _beside(stream(reader), stream(other))):
                raise Altered("store.carried", what=what)


_STREAMS: list[tuple[str, Callable[[Reader], Iterator[object]]]] = [
    ("entry", lambda r: r.rows()),
    ("checkpoint", lambda r: r.checkpoints()),
    ("tile", lambda r: (tile for level in range(_LEVELS) for tile in r.tiles(level))),
    ("cosignature", lambda r: ((size, r.cosignatures(size)) for size in r.cosigned())),
    ("box", lambda r: r.boxes()),
    ("touch", lambda r: r.touches()),
    ("fact", lambda r: ((topic, list(r.facts(topic))) for topic in r.topics())),
]


def _beside(one: Iterator[object], other: Iterator[object]) -> Iterator[tuple[object, object]]:
    end = object()
    while True:
        pair = next(one, end), next(other, end)
        if pair == (end, end):
            return
        yield pair
