"""Group commit: threads that append at the same time share one transaction, one checkpoint and one sync (design chapter 3).

Nobody lingers: whoever finds the ledger free commits what waits at that moment, his own note alone if nobody else is there. Whoever comes
meanwhile waits, and the first of those leads next, with all that has gathered. Leading is handed over, never raced for: threads that race
for a lock are overtaken by the one that just had it, which then commits its own notes one by one.
"""

from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Event, Lock

from custody.core.errors import Undecided
from custody.ledger.ledger import Answer, Ledger
from custody.ledger.patience import patiently
from custody.ledger.receipt import Receipt

MOST = 256  # notes under one checkpoint


class Commits:
    """A queue before one ledger, for the threads of one process."""

    def __init__(self, ledger: Ledger, during: AbstractContextManager[object] | None = None) -> None:
        """:param during: held while there is a commit, and by nobody who waits for one."""
        self._ledger = ledger
        self._during = during if during is not None else nullcontext()
        self._queue: deque[_Waiting] = deque()
        self._turn = Lock()  # over the queue and who leads; never held during a commit
        self._led = False

    def append(self, note: bytes) -> Receipt:
        """Make one note an entry; returns when it is durable, with its receipt.

        Raises as `Ledger.append` for this note alone: what is wrong with the notes of others is told to them.
        """
        (answer,) = self.offer([note])
        if isinstance(answer, Receipt):
            return answer
        raise answer

    def offer(self, notes: Sequence[bytes]) -> list[Answer]:
        """As `Ledger.offer`, together with what others offer meanwhile. At most `MOST` notes."""
        waiting = _Waiting(notes)
        with self._turn:
            self._queue.append(waiting)
            waiting.leads = not self._led
            self._led = True
        try:
            if not waiting.leads:
                waiting.told.wait()
            if waiting.leads:
                while waiting.answer is None:
                    self._commit()
        finally:
            self._leave(waiting)
        if isinstance(waiting.answer, list):
            return waiting.answer
        assert waiting.answer is not None, "told with an answer, or led until there was one"
        raise waiting.answer

    def _leave(self, waiting: "_Waiting") -> None:
        """Whoever leads, also one who is being stopped, hands over to the first who still waits."""
        with self._turn:
            waiting.here = False
            if not waiting.leads:
                return
            after = next((one for one in self._queue if one.here), None)
            self._led = after is not None
            if after is not None:
                after.leads = True
                after.told.set()

    def _commit(self) -> None:
        with self._turn:
            batch = self._next()
        try:
            with self._during:
                answers = patiently(lambda: self._ledger.offer([note for one in batch for note in one.notes]))
        except Exception as error:
            _tell(batch, error)
        except BaseException:  # the leader is being stopped; whoever waited behind it must not wait for ever
            _tell(batch, Undecided("ledger.interrupted"))
            raise
        else:
            _share(batch, answers)

    def _next(self) -> "list[_Waiting]":
        """What goes under the next checkpoint; one who offers more than fits goes alone."""
        batch, room = [self._queue.popleft()], MOST
        room -= len(batch[0].notes)
        while self._queue and len(self._queue[0].notes) <= room:
            batch.append(self._queue.popleft())
            room -= len(batch[-1].notes)
        return batch


class _Waiting:
    """Notes in the queue, and what became of them."""

    __slots__ = ("answer", "here", "leads", "notes", "told")

    def __init__(self, notes: Sequence[bytes]) -> None:
        self.notes = notes
        self.answer: list[Answer] | BaseException | None = None
        self.told = Event()  # that there is an answer, or that it is one's turn to lead
        self.leads = False
        self.here = True  # somebody still waits for it


def _share(batch: "list[_Waiting]", answers: list[Answer]) -> None:
    """To each the answers to his own notes."""
    at = 0
    for one in batch:
        one.answer = answers[at : at + len(one.notes)]
        at += len(one.notes)
        one.told.set()


def _tell(batch: "list[_Waiting]", error: BaseException) -> None:
    for one in batch:
        one.answer = error
        one.told.set()
