"""Group commit: threads that append at the same time share one transaction, one checkpoint and one sync (design chapter 3).

Nobody lingers: whoever finds the ledger free commits what waits at that moment, his own note alone if nobody else is there. Whoever comes
meanwhile waits, and the first of those leads next, with all that has gathered. Leading is handed over, never raced for: threads that race
for a lock are overtaken by the one that just had it, which then commits its own notes one by one.
"""

from collections import deque
from threading import Event, Lock

from custody.core.errors import Undecided
from custody.ledger.ledger import Answer, Ledger
from custody.ledger.patience import patiently
from custody.ledger.receipt import Receipt

MOST = 256  # notes under one checkpoint


class Commits:
    """A queue before one ledger, for the threads of one process."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: deque[_Waiting] = deque()
        self._turn = Lock()  # over the queue and who leads; never held during a commit
        self._led = False

    def append(self, note: bytes) -> Receipt:
        """Make one note an entry; returns when it is durable, with its receipt.

        Raises as `Ledger.append` for this note alone: what is wrong with the notes of others is told to them.
        """
        waiting = _Waiting(note)
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
        if isinstance(waiting.answer, Receipt):
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
            batch = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
        try:
            answers: list[Answer | BaseException] = [*patiently(lambda: self._ledger.offer([one.note for one in batch]))]
        except Exception as error:
            answers = [error] * len(batch)
        except BaseException:  # the leader is being stopped; whoever waited behind it must not wait for ever
            _tell(batch, [Undecided("ledger.interrupted")] * len(batch))
            raise
        _tell(batch, answers)


class _Waiting:
    """A note in the queue, and what became of it."""

    __slots__ = ("answer", "here", "leads", "note", "told")

    def __init__(self, note: bytes) -> None:
        self.note = note
        self.answer: Answer | BaseException | None = None
        self.told = Event()  # that there is an answer, or that it is one's turn to lead
        self.leads = False
        self.here = True  # somebody still waits for it


def _tell(batch: "list[_Waiting]", answers: "list[Answer | BaseException] | list[Undecided]") -> None:
    for one, answer in zip(batch, answers, strict=True):
        one.answer = answer
        one.told.set()
