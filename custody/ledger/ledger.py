"""The office's ledger: notes go in, receipts come out, and nothing is acknowledged before it is durable (design chapter 3).

Order of an append: one write transaction (catch up, guard, admit, rows, tiles, projections, one checkpoint), COMMIT, guard, answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

from custody.core import checkpoint as checkpoints
from custody.core.act import Act
from custody.core.books import LOADS
from custody.core.checkpoint import Checkpoint
from custody.core.errors import CustodyError, KeyTrouble, Locked, NoLedger, Refused, Undecided
from custody.core.findings import Finding
from custody.core.holding import BoxState
from custody.core.note import split
from custody.core.proof import Proof
from custody.core.rows import BoxFilter, BoxRow
from custody.core.state import State
from custody.core.trail import Trail
from custody.ledger.admit import Batch, Broken
from custody.ledger.opening import Opened, caught_up, opened
from custody.ledger.ports import Guard, Reader, Signer, Store, Writer
from custody.ledger.projection import FORM, shelf, trail
from custody.ledger.receipt import Receipt
from custody.ledger.together import judged, judged_of, settled

Answer = Receipt | CustodyError


class Ledger:
    """One ledger, held by one process. Threads may share it: each call has it for itself; `commits.Commits` lets them commit together.

    Other processes may append to the same store; every append begins with what they have written.
    """

    def __init__(self, store: Store, guard: Guard, signer: Signer | None = None) -> None:
        """:param signer: the unlocked ledger key, None while it is locked: then there are only receipts for what is there already."""
        self._store, self._guard, self._signer = store, guard, signer
        self._turn = RLock()
        self._open: Opened | None = None
        self._batch: Batch | None = None  # what memory is ahead of the store by
        self._booked: tuple[int, list[Finding]] | None = None  # what the books gave at a size

    # -- appending -------------------------------------------------------------------------------------------------------------

    def append(self, notes: Sequence[bytes]) -> list[Receipt]:
        """Make these notes entries, all of them or none, under one checkpoint; returns their receipts, in order.

        A note that is an entry already, or brings no signature that was not seen yet, gets the receipt of what is there.

        :raises Malformed, BadSignature, Refused: a note is not authentic; the fact `note` is its number from 0.
        :raises Locked: `ledger.locked`, and `store.locked` when others write for too long.
        :raises Altered, Refused: `guard.…` when this folder must not be appended to; `ledger.head`, `ledger.replay`.
        :raises Undecided: `ledger.unacknowledged`: all is stored, but the guard could not be advanced. Offer it again for the receipts.
        """
        answers = self._offer(notes, whole=True)
        return [answer for answer in answers if isinstance(answer, Receipt)]

    def offer(self, notes: Sequence[bytes]) -> list[Answer]:
        """As `append`, but a note that is not authentic is answered with its error and hinders no other."""
        return self._offer(notes, whole=False)

    def found(self, founding: bytes) -> Receipt:
        """Begin a ledger in an empty store with the signed founding, and make this folder its home in the guard.

        May be called again with the same note after a crash, while it stands alone. Raises as `append`, and `Refused("ledger.founded")`.
        """
        with self._turn, self._whole_or_forgotten():
            with self._store.write() as writer:
                self._current(writer)
                batch = self._begin(writer, [founding])
                if batch.start > 1 or (batch.start and batch.known(founding) is None):
                    raise Refused("ledger.founded", size=batch.start)
                batch.take(founding)
                head = self._commit(writer, batch) or _newest(writer)
            here = self._settled()
            self._guard.adopt(head, here.tree.root)
            return self._receipt(0, head, self.note)

    def _offer(self, notes: Sequence[bytes], whole: bool) -> list[Answer]:
        with self._turn, self._whole_or_forgotten():
            with self._store.write() as writer:
                self._ready(writer)
                answers, batch, head = self._admit(writer, notes, whole)
            self._settled()
            batch.reader = self._store
            if head is None:
                head = self.checkpoint()
            else:
                self._acknowledge(head)
            return [self._receipt(answer, head, batch.note) if isinstance(answer, int) else answer for answer in answers]

    def _ready(self, writer: Writer) -> None:
        """Catch up, and ask the guard whether this folder may go on."""
        here = self._current(writer)
        self._guard.check(_newest(writer), here.tree.root)

    def _admit(self, writer: Writer, notes: Sequence[bytes], whole: bool) -> tuple[list[int | CustodyError], Batch, bytes | None]:
        broken: dict[int, CustodyError] = {}
        while True:
            batch = self._begin(writer, notes)
            if self._signer is None and any(batch.known(data) is None for data in notes):
                raise Locked("ledger.locked")
            try:
                answers = []
                for number, data in enumerate(notes):
                    batch.look_ahead(data)
                    answers.append(_taken(batch, number, data, broken, whole))
            except _Again as again:  # a state that failed half way: read it anew, leave that note out
                broken[again.number] = again.reason
                self._open = None
                self._current(writer)
                continue
            return answers, batch, self._commit(writer, batch)

    def _begin(self, writer: Writer, notes: Sequence[bytes]) -> Batch:
        here = self._current(writer)
        self._batch = Batch(writer, here.state, here.tree, notes, here.kept)
        return self._batch

    def _commit(self, writer: Writer, batch: Batch) -> bytes | None:
        """Write all rows of a batch and its one checkpoint; None when it adds nothing."""
        if not batch.rows:
            return None
        here = self._current(writer, known=True)
        head = self._sign(here)
        writer.append(batch.rows)
        writer.put_tiles(here.tree.taken())
        batch.changes.write(writer, here.state, batch.note)
        if batch.start == 0:
            writer.put_facts("form", {"projections": FORM})
        writer.put_checkpoint(here.tree.size, head)
        return head

    def _sign(self, here: Opened) -> bytes:
        signer, roster, size = self._signer, here.state.roster, here.tree.size
        if signer is None:
            raise Locked("ledger.locked")
        own = roster.known(signer.key.name, signer.key.key_id, size)
        if own is None or own.role != "ledger" or own.public != signer.key.public or not own.counts(size - 1):
            raise KeyTrouble("ledger.key", name=signer.key.name, origin=roster.origin)
        return checkpoints.sign(Checkpoint(roster.origin, size, here.tree.root()), signer.sign, signer.key)

    def _acknowledge(self, head: bytes) -> None:
        try:
            self._guard.advance(head)
        except CustodyError as error:
            raise Undecided("ledger.unacknowledged", why=error.code) from error

    # -- reading ---------------------------------------------------------------------------------------------------------------

    @property
    def signer(self) -> Signer | None:
        """The ledger key, None while it is locked."""
        return self._signer

    def unlock(self, signer: Signer) -> None:
        """Use this ledger key from now on."""
        with self._turn:
            self._signer = signer

    def lock(self) -> None:
        """Forget the ledger key."""
        with self._turn:
            self._signer = None

    @property
    def state(self) -> State:
        """What the entries add up to; boxes are called up when asked for. Read only, and only until the next append by anybody."""
        return self._here().state

    @property
    def origin(self) -> str:
        """The name of the ledger; empty before its founding."""
        return self.state.roster.origin

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._here().tree.size

    def refresh(self) -> int:
        """Take what other processes appended since; returns the size."""
        with self._turn, self._whole_or_forgotten(), self._store.read() as reader:
            self._current(reader)
            self._settled()
            return self.size

    def head(self) -> Checkpoint:
        """The newest checkpoint; it was checked when it was opened. Raises `NoLedger("ledger.unfounded")`."""
        with self._turn:
            self.refresh()
            return Checkpoint.parse(split(_newest(self._store))[0])

    def checkpoint(self, size: int | None = None) -> bytes:
        """The signed note of a checkpoint with the cosignatures it has; the newest when `size` is None.

        Raises `Refused("ledger.checkpoint")` when none was signed at that size.
        """
        with self._turn:
            wanted = self.size if size is None else size
            return checkpoint_note(self._store, wanted)

    def note(self, index: int) -> bytes:
        """The bytes of an entry. Raises `Refused("store.entry")`."""
        return self._store.row(index).body

    def notes(self, start: int = 0) -> Iterator[bytes]:
        """All entries from `start`, in order."""
        return (row.body for row in self._store.rows(start))

    def indexes(self, sid: str) -> list[int]:
        """The entries of a statement, ascending; empty when it is not here."""
        raw = bytes.fromhex(sid)
        return self._store.indexes_by_sid([raw]).get(raw, [])

    def touching(self, box: str) -> list[int]:
        """The entries that speak of a box, ascending."""
        return self._store.touching(box)

    def boxes(self, where: BoxFilter | None = None) -> Iterator[BoxRow]:
        """The rows of boxes that match, sorted by box id, from the projection."""
        return self._store.boxes(where or BoxFilter())

    def judge(self, boxes: Iterable[str]) -> dict[str, tuple[BoxState, tuple[Finding, ...]]]:
        """The state of these boxes now and what the law finds; after this `state.holding` answers for each of them."""
        with self._turn:
            self.refresh()
            return self.state.settle(self.note, list(boxes))

    def books(self, rows: Iterable[BoxRow] | None = None) -> list[Finding]:
        """What is found where boxes, rooms, loads, plenaries and incidents are judged together, as everything stands now.

        :param rows: only what is found of the boxes of these rows.
        """
        with self._turn:
            size = self.refresh()
            if self._booked is not None and self._booked[0] == size:
                return list(self._booked[1])
            with self._store.read() as reader:
                if rows is not None:
                    return judged_of(rows, reader, self.act, self.state)
                self._booked = size, judged(reader, self.act, self.state)
            return list(self._booked[1])

    def act(self, index: int) -> Act:
        """The act of an entry, for which keys count as they did at its index. Raises `Refused("store.entry")`."""
        return self.state.act_again(self.note(index), index)

    def trail(self, boxes: Iterable[str] | None = None) -> Trail:
        """Where these boxes were from when to when, or every one, by the times claimed."""
        with self._turn:
            self.refresh()
            with self._store.read() as reader:
                return trail(reader.boxes() if boxes is None else (row for box in boxes if (row := reader.box(box)) is not None))

    def booked(self, book: str, size: int | None = None) -> list[Act]:
        """The acts of a book (`core.books`), each statement once with all its signatures, in order of the times claimed.

        Of those of the loads that are only offered, `state.holding` answers after this.

        :param size: as the ledger stood when it had so many entries.
        """
        with self._turn:
            self.refresh()
            with self._store.read() as reader:
                acts = shelf(reader).acts(book, self.act, size)
                return settled(acts, self.state, reader) if book == LOADS else acts

    def foresee(self, box: str, act: Act) -> tuple[BoxState, list[Finding]]:
        """What a box would be, and what the law would find, if this act were the next entry; nothing is kept."""
        with self._turn:
            self.refresh()
            return self.state.foresee(box, act, self.note)

    def receipt(self, what: int | str, size: int | None = None) -> Receipt:
        """The receipt of an entry by its index, or of a statement by its id; against the newest checkpoint or that of `size`.

        Raises `Refused`: `ledger.statement` for an unknown id, `store.entry`, `ledger.checkpoint`.
        """
        with self._turn:
            self.refresh()
            index = what if isinstance(what, int) else next(iter(self.indexes(what)), None)
            if index is None:
                raise Refused("ledger.statement", sid=str(what))
            return self._receipt(index, self.checkpoint(size), self.note, size)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the first `old` entries are the beginning of the first `new` (all, when None)."""
        with self._turn:
            return self._here().tree.consistency(old, new)

    def root(self, size: int | None = None) -> bytes:
        """The tree head over the first `size` entries (all, when None), 32 bytes. Raises `Malformed("merkle.range")`."""
        with self._turn:
            return self._here().tree.root(size)

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """Complete nodes of the tree, as `merkle.Tree.nodes` gives them: what an excerpt is taken from."""
        with self._turn:
            return self._here().tree.nodes(level, start, end)

    def tidy(self) -> None:
        """Housekeeping of the store; to be called when an answer has been given, never before."""
        self._store.tidy()

    def close(self) -> None:
        """Forget the key and give the store back its files."""
        self.lock()
        self._store.close()

    # -- what is held in memory ------------------------------------------------------------------------------------------------

    def _here(self) -> Opened:
        with self._turn:
            if self._open is None:
                self.refresh()
            assert self._open is not None, "refresh opens"
            return self._open

    def _current(self, reader: Reader, known: bool = False) -> Opened:
        """State and tree as the reader sees the store. `known`: they are ahead of it by the batch under way."""
        here = self._open
        if here is not None and (known or here.tree.size == reader.size()):
            here.read_from(reader)
        else:
            self._open = None  # until all of it has been read
            if here is not None and 0 < here.tree.size < reader.size():
                caught_up(here, reader)
            else:
                here = opened(reader)
            self._open = here
        return here

    def _settled(self) -> Opened:
        """After the transaction: ask the store itself, and keep no more than is needed."""
        here = self._here()
        here.read_from(self._store)
        here.state.facts.known.clear()
        here.state.said.clear()
        return here

    @contextmanager
    def _whole_or_forgotten(self) -> Iterator[None]:
        """Whatever goes wrong, memory and store agree afterwards: what is ahead of the store is dropped, and read again when needed."""
        try:
            yield
        except BaseException:
            self._step_back()
            raise
        finally:
            self._batch = None

    def _step_back(self) -> None:
        if self._batch is not None and self._batch.rows:
            self._open = None
        if self._open is not None:
            self._open.read_from(self._store)

    def _receipt(self, index: int, signed: bytes, note: Callable[[int], bytes], size: int | None = None) -> Receipt:
        """:param signed: the checkpoint of `size`, the newest when None. :param note: gives the bytes of an entry."""
        return Receipt(index, note(index), Proof(index, tuple(self._here().tree.inclusion(index, size)), signed))


class _Again(Exception):
    def __init__(self, number: int, reason: CustodyError) -> None:
        super().__init__(reason.code)
        self.number, self.reason = number, reason


def _newest(reader: Reader) -> bytes:
    head = reader.head()
    if head is None:
        raise NoLedger("ledger.unfounded")
    return head[1]


def checkpoint_note(reader: Reader, size: int) -> bytes:
    """A stored checkpoint with its cosignature lines. Raises `Refused("ledger.checkpoint")`."""
    note = reader.checkpoint(size)
    if note is None:
        raise Refused("ledger.checkpoint", size=size)
    return note + b"".join(line for _, line in reader.cosignatures(size))


def _taken(batch: Batch, number: int, data: bytes, broken: dict[int, CustodyError], whole: bool) -> int | CustodyError:
    try:
        if number in broken:
            raise broken[number]
        return batch.take(data)
    except Broken as error:
        raise _Again(number, error.reason) from error
    except CustodyError as error:
        if whole:
            raise type(error)(error.code, **{**error.facts, "note": number}) from error
        return error
