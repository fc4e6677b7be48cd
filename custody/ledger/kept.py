"""Step 8 of a verification: what the store keeps beside the signed bytes agrees with them (spec chapter 10, VERIFY-8).

Columns, tiles and cosignatures are computed again from the entries; a gap in the numbers is told as what it is, an entry that is missing.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from types import TracebackType

from custody.core import note, statement
from custody.core.errors import Altered, CustodyError, Refused
from custody.core.kinds import KINDS
from custody.core.merkle import HASH, Tree, leaf_hash
from custody.core.rows import Row
from custody.core.snapshot import REPLAYED
from custody.core.verdict import Fault, Step
from custody.ledger.ports import Reader
from custody.ledger.projection import kind_of
from custody.ledger.tiles import HEIGHT, WIDTH

_HEAD = {kind: f"custody/{kind}/v1\n".encode() for kind in KINDS}
_NONE = b"?"  # begins no note
_BOXES_BY_CHAIN = frozenset(kind.name for kind in KINDS.values() if kind.takes_effect == "box")
_USUAL = {kind: _HEAD[kind] for kind in _BOXES_BY_CHAIN - REPLAYED}  # of these nothing more is kept
_MOST_MISSING = 1 << 20  # a larger gap, or one beyond the newest checkpoint, is a number that was changed, not entries that are gone
_LINE = "\n— ".encode()  # begins a line of signature
_NOTHING = leaf_hash(b"")  # of an entry that is missing
_BEGINNING = -(2**63)  # the smallest number that a row can have
_TOP = 6  # no ledger reaches tiles above this level
_ONE_BY_ONE = 1024  # entries asked for singly where the file does not give them in a row

Tell = Callable[[Fault], None]


class Telling:
    """A block that ends where a file does not give its rows (`store.damaged`); that is told as a fault, and what follows goes on."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, Altered) or error.code != "store.damaged":
            return False
        self._tell(Fault.of(Step.KEPT, error))
        return True


class StoreSource:
    """The entries of a store, as `core.verify` wants to be given them; each row's columns are compared on the way.

    Afterwards `touched` holds who spoke of which box where the chains of the state do not say so, and `replayed` the notes that a ledger
    reads again when it opens.
    """

    def __init__(self, reader: Reader, tree: Tree, tell: Tell, watch: Callable[[int], None] = lambda index: None) -> None:
        """:param tree: the tree that grows while the entries are read. :param watch: is told the index now and then."""
        self._reader, self._tree, self._tell, self._watch = reader, tree, tell, watch
        self._covered = 0
        with Telling(tell):
            head = reader.head()
            self._covered = head[0] if head is not None else 0
        self._leaves: list[bytes] = []  # columns of the newest entries, not yet compared
        self._sids: list[str | None] = []  # the same; None for an entry that is missing
        self._compared = 0  # entries before this one are
        self.missing: list[int] = []
        self.unreadable: set[int] = set()  # of these the ones that the file has and does not give
        self._misplaced: dict[int, int] = {}  # place -> the number it is kept under
        self.touched: dict[str, list[int]] = {}
        self.replayed: dict[int, bytes] = {}

    def notes(self, start: int) -> Iterator[bytes]:
        """Every entry from `start`; one that is missing is given as no bytes, so that the others keep their places."""
        index = self._compared = start
        for idx, leaf, sid, kind, body in self._rows(start):
            if idx < 0:
                self._stray(idx)
                continue
            if idx != index:
                for gap in self._gap(index, idx):
                    yield gap
                    index += 1
                if idx != index:
                    self._misplaced[index] = idx
            if index & 255 == 0:
                self._watch(index)
                self.compare_leaves()
            if idx in self.unreadable:
                yield self._without(index)
            else:
                self._leaves.append(leaf)
                self._sids.append(sid.hex())
                if not body.startswith(_USUAL.get(kind, _NONE)):
                    self._look(kind, body, index)
                yield body
            index += 1

    def _stray(self, idx: int) -> None:
        """A row before the first, which stands in the place of no entry."""
        self._tell(Fault(Step.KEPT, "kept.index", (("found", idx),)))

    def _rows(self, start: int) -> Iterator[Row]:
        """The rows from `start`. Around a spoiled page of the file they are asked for singly; one that cannot be read has no body."""
        while True:
            row: Row | None = None
            with Telling(self._tell):
                for row in self._reader.rows(start):
                    yield row
                return
            start = row.idx + 1 if row is not None else start
            end = min(start + _ONE_BY_ONE, self._covered)
            yield from self._singly(start, end)
            if end >= self._covered:
                return
            start = end

    def _singly(self, start: int, end: int) -> Iterator[Row]:
        for index in range(start, end):
            try:
                yield self._reader.row(index)
            except Refused:  # there is none: the next one shows the gap
                continue
            except Altered:
                self.unreadable.add(index)
                yield Row(index, _NOTHING, b"", "", b"")

    def compare_leaves(self) -> None:
        """The column `leaf` of the entries that have been given and entered into the tree by now; to be called once more after the last."""
        start, end = self._compared, self._tree.size
        kept, hashes = self._leaves[: end - start], self._tree.nodes(0, start, end)
        wanted = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
        for at in range(len(kept)) if kept != wanted else ():
            if kept[at] != wanted[at]:
                self._tell(Fault(Step.KEPT, "kept.column", (("column", "leaf"),), entry=start + at))
        del self._leaves[: end - start]
        self._compared = end

    def compare_sids(self, start: int, sids: Sequence[str | None]) -> None:
        """The column `sid` of the entries from `start` on, which have been given and read; None where no statement could be read."""
        kept = self._sids[: len(sids)]
        del self._sids[: len(sids)]
        if kept == sids:
            return
        for index, (one, sid) in enumerate(zip(kept, sids, strict=True), start):
            if one is not None and one != (sid or self._sid(index)):
                self._tell(Fault(Step.KEPT, "kept.column", (("column", "sid"),), entry=index))

    def _sid(self, index: int) -> str:
        """What the id would be of an entry that is no statement."""
        body = self._reader.row(self._misplaced.get(index, index)).body
        return sha256(body[: body.rfind(b"\n\n") + 1]).hexdigest()

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry that was given, from the tree that it was entered into."""
        return self._tree.nodes(0, index, index + 1)

    def note(self, index: int) -> bytes:
        """One entry again; it must be the one that the tree holds. Raises `Altered("kept.changed")`."""
        body = self._reader.row(self._misplaced.get(index, index)).body
        if leaf_hash(body) != self.leaf(index):
            raise Altered("kept.changed", entry=index)
        return body

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """Every checkpoint with its cosignature lines; a line that is none is told and left out.

        As stored it has one line, the ledger's own: cosignatures are kept apart, and a second line was put there by nobody who may.
        """
        with Telling(self._tell):
            cosigned = set(self._reader.cosigned())
            for size, signed in self._reader.checkpoints(_BEGINNING):
                if signed.count(_LINE) > 1:
                    self._tell(Fault(Step.KEPT, "kept.line", checkpoint=size))
                yield size, self._cosigned(size, signed) if size in cosigned else signed

    def _cosigned(self, size: int, signed: bytes) -> bytes:
        for name, line in self._reader.cosignatures(size):
            try:
                added = note.split(signed + line)[1][-1]
                whole = added.name == name and added.format() == line
            except CustodyError:
                whole = False
            if whole:
                signed += line
            else:
                self._tell(Fault(Step.KEPT, "kept.cosignature", (("name", name),), checkpoint=size))
        return signed

    def _gap(self, index: int, found: int) -> Iterator[bytes]:
        if not index < found < min(self._covered, index + _MOST_MISSING):
            self._tell(Fault(Step.KEPT, "kept.index", (("found", found),), entry=index))
            return
        for one in range(index, found):
            yield self._without(one)

    def _without(self, index: int) -> bytes:
        """An entry that is not there to be read."""
        self.missing.append(index)
        self._leaves.append(_NOTHING)
        self._sids.append(None)
        return b""

    def _look(self, kind: str, body: bytes, index: int) -> None:
        """At an entry of which more is to be kept, or that is not what its column says."""
        if not body.startswith(_HEAD.get(kind, _NONE)):
            self._tell(Fault(Step.KEPT, "kept.column", (("column", "kind"),), entry=index))
            kind = kind_of(body).decode("ascii", "replace")
        if kind in REPLAYED:
            self.replayed[index] = body
        if kind not in _BOXES_BY_CHAIN:
            for box in _named(body):
                self.touched.setdefault(box, []).append(index)


def _named(body: bytes) -> list[str]:
    try:
        return statement.boxes_of(statement.parse(note.split(body)[0]))
    except CustodyError:  # step 2 says so
        return []


def compare_old_leaves(reader: Reader, tree: Tree, end: int, tell: Tell) -> None:
    """The column `leaf` of the entries before `end`, whose bodies were read by an earlier run and are not read again (SNAP-5).

    Those that are there no more are told, of a gap the entries that stand in the wrong place.
    """
    count = 0
    for index, leaf in enumerate(reader.leaves(0, end)):
        count = index + 1
        if leaf != tree.nodes(0, index, index + 1):
            tell(Fault(Step.KEPT, "kept.column", (("column", "leaf"),), entry=index))
    for index in range(count, end):
        tell(Fault(Step.KEPT, "entry.missing", entry=index))
    for row in reader.rows(0, 1):
        if row.idx < 0:
            tell(Fault(Step.KEPT, "kept.index", (("found", row.idx),)))


def compare_tiles(reader: Reader, tree: Tree, first: int, tell: Tell) -> None:
    """Every full tile from entry `first` on is there and is what the leaves add up to, and there are no others."""
    if (other := reader.other_tile(_TOP + 1)) is not None:
        tell(Fault(Step.KEPT, "kept.tile", (("level", other[0]), ("n", other[1]))))
    for level in range(_TOP + 1):
        full = tree.size >> HEIGHT * (level + 1)
        for n in range(first >> HEIGHT * (level + 1), full):
            kept = reader.tile(level, n)
            if kept != tree.nodes(HEIGHT * level, n * WIDTH, (n + 1) * WIDTH):
                tell(Fault(Step.KEPT, "kept.tile" if kept is not None else "tile.missing", (("level", level), ("n", n))))
        if next(iter(reader.tiles(level, full)), None) is not None:
            tell(Fault(Step.KEPT, "kept.tile", (("level", level), ("n", full))))
